"""Any CSV: commas, percentages and words that the catalog does not know, in every column by one rule."""

from __future__ import annotations

import io

import pytest

from wattgram.errors import InputError
from wattgram.importers import read_columns, renamed


def read(column, cell, columns=None):
    """The row and the findings of a table of one device with one more column."""
    hours = "" if column in ("hours", "seconds", "measured_energy_wh") else ",hours"
    table = f"hardware,where,{column}{hours}\nA100,FI,{cell}{hours and ',2'}\n"
    imported = read_columns(io.StringIO(table), columns)
    (row,) = imported.rows
    return row, imported.findings


@pytest.mark.parametrize(
    "column", ["hours", "seconds", "measured_energy_wh", "measured_energy_kwh", "load", "count", "pue"]
)
@pytest.mark.parametrize("cell", ["1,234", "1,5"])
def test_a_comma_that_could_be_decimal_is_refused_in_every_column(column, cell):
    """No column reads 1,234 as a thousand and another as one and a quarter."""
    row, findings = read(column, f'"{cell}"')
    assert [(finding.code, finding.unusable) for finding in findings] == [("bad-cell", True)]
    assert f"{column} '{cell}'" in findings[0].text
    assert f"write {cell.replace(',', '.')}" in findings[0].text
    assert row["hours"] in (None, 2.0)


def test_marks_between_thousands_are_read():
    """1,234,567 s and 1,234.5 Wh can be nothing else."""
    assert read("seconds", '"1,234,567"')[0]["hours"] == pytest.approx(1234567 / 3600)
    assert read("measured_energy_wh", '"1,234.5"')[0]["measured_energy_kwh"] == pytest.approx(1.2345)
    assert read("hours", '"1,234.5"')[0]["hours"] == 1234.5


def test_what_is_no_number_is_said_as_it_stands():
    """`abc` is there and no number; it is not missing."""
    _, findings = read("seconds", "abc")
    assert "seconds 'abc' cannot be used: it takes a number" in findings[0].text
    assert "missing" not in findings[0].text


def test_a_percentage_of_load_is_its_share():
    """80% is 0.8, and of no other column anything."""
    assert read("load", "80%")[0]["load"] == 0.8
    assert read("pue", "80%")[1][0].code == "bad-cell"


@pytest.mark.parametrize(
    ("column", "cell", "meant"),
    [("hours", "3,5", 3.5), ("hours", "1.234,5", 1234.5), ("hours", "3d4h", 76.0), ("seconds", "5400,0", 1.5),
     ("load", "0,85", 0.85), ("load", "62,5 %", 0.625), ("count", "2,0", 2), ("measured_energy_wh", "1500,5", 1.5005)],
)  # fmt: skip
def test_between_semicolons_a_comma_is_decimal(column, cell, meant):
    """A spreadsheet that parts cells by semicolons does so because its decimals have commas; a place keeps its own."""
    ours = {"seconds": "hours", "measured_energy_wh": "measured_energy_kwh"}.get(column, column)
    hours = ";1" if column != "hours" else ""
    text = f"hardware;where;{column}{hours and ';minutes'}\nA100;45.5,-73.6;{cell}{hours}\n"
    imported = read_columns(io.StringIO(text))
    (row,) = imported.rows
    assert (row[ours], row["where"]) == (pytest.approx(meant), "45.5,-73.6")
    assert list(imported.findings) == []


def test_between_semicolons_too_a_comma_before_three_digits_is_asked_back():
    """`1,234` could be a thousand and more."""
    imported = read_columns(io.StringIO("hardware;where;hours\nA100;FI;1,234\n"))
    assert [row["hours"] for row in imported] == [None]
    assert "write 1.234 or 1234" in imported.findings[0].text


def test_a_name_of_ours_is_given_one_of_yours():
    """hours=a,hours=b would lose one of them."""
    with pytest.raises(
        InputError, match="column 'hours' cannot be used: it is given two of yours, 'a' and 'b'"
    ):
        read_columns(io.StringIO("hardware,a,b\nT4,1,2\n"), "hours=a,hours=b")


TABLE = "hardware,where,hours\nBanana 9,Atlantis,1\nBanana 9,FI,1\n"


def test_a_word_that_the_catalog_does_not_know_is_said_once():
    """The rows stay usable; each word has one remark, which names --map."""
    imported = read_columns(io.StringIO(TABLE))
    assert len(imported.rows) == 2
    assert [(finding.line, finding.code) for finding in imported.findings] == [(2, "unknown-word")] * 2
    assert "'Banana 9'" in imported.findings[0].text
    assert "'Atlantis'" in imported.findings[1].text
    assert "--map" in imported.findings[0].text
    assert imported.summary["unusable"] == 0


def test_a_word_with_a_meaning_of_your_own_is_not_said():
    """--map gives both words a meaning, and nothing is left to say."""
    imported = renamed(read_columns(io.StringIO(TABLE)), {"banana 9": "A100", "Atlantis": "FI"})
    assert [(row["hardware"], row["where"]) for row in imported] == [("A100", "FI")] * 2
    assert imported.findings == []


def test_a_log_that_has_an_importer_of_its_own_is_sent_there():
    """Its seconds would be read as hours; with a map the user has said what is what."""
    head = "timestamp,run_id,duration,emissions,emissions_rate,energy_consumed,gpu_model,pue\n"
    line = "2024-01-01T00:00:00,a,3600,0.1,0.1,0.5,Tesla T4,1.0\n"
    with pytest.raises(InputError, match="it is a log of codecarbon: `wattgram import codecarbon` reads it"):
        read_columns(io.StringIO(head + line))
    imported = read_columns(io.StringIO(head + line), "hardware=gpu_model,seconds=duration")
    assert [row["hours"] for row in imported] == [1.0]


def test_a_space_between_thousands_is_asked_about():
    """`1 000` s is no number here, and the finding says what to write."""
    _, findings = read("seconds", "1 000")
    assert "seconds '1 000' cannot be used: a mark between thousands? write 1000" in findings[0].text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("duration_s", "--columns seconds=duration_s"),
        ("time (min)", "--columns minutes=time (min)"),
        ("Days", "--columns days=Days"),
        ("hours", None),
        ("wall_h", None),
        ("runs", None),
        ("gpu_id", None),
    ],
)
def test_hours_under_the_name_of_another_unit_are_said(tmp_path, name, said):
    """7200 of a column `duration_s` that is mapped as hours are 7200 hours, and what would read them as seconds is said."""
    path = tmp_path / "runs.csv"
    path.write_text(f"hardware,{name}\nA100,7200\n")
    found = read_columns(str(path), {"hours": name})
    assert [one["hours"] for one in found] == [7200]
    assert [
        one.text.partition("for ")[2].partition(": ")[2]
        for one in found.findings
        if one.code == "unit-doubtful"
    ] == ([said] if said else [])
