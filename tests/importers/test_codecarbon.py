"""CodeCarbon files of every version: the energy is that of the sessions, each counted once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wattgram
from wattgram.errors import InputError
from wattgram.importers import read_codecarbon, renamed
from wattgram.importers.codecarbon_layout import KNOWN

LOGS = Path(__file__).parents[3] / "shared" / "cases" / "logs"

CELLS = {
    "timestamp": "2024-05-01T10:00:00",
    "project_name": "mnist",
    "run_id": "run-1",
    "duration": "100",
    "emissions": "0.01",
    "energy_consumed": "0.05",
    "cpu_energy": "0.01",
    "gpu_energy": "0.03",
    "ram_energy": "0.01",
    "country_name": "France",
    "country_iso_code": "FRA",
    "region": "île-de-france",
    "cpu_model": "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz",
    "gpu_count": "2",
    "gpu_model": "2 x NVIDIA A100-SXM4-80GB",
    "longitude": "2.3",
    "latitude": "48.8",
    "tracking_mode": "machine",
    "on_cloud": "N",
}


def row(names, **cells):
    """One line with these columns."""
    return ",".join((CELLS | cells).get(name, "") for name in names)


def write(path, names, rows, end="\n", encoding="utf-8"):
    """A file of that shape."""
    text = end.join([",".join(names), *rows]) + end
    path.write_bytes(text.encode(encoding))
    return str(path)


def total(imported):
    """Measured energy of all rows [kWh]."""
    return sum(one["measured_energy_kwh"] for one in imported)


@pytest.mark.parametrize("names", KNOWN, ids=[f"{len(names)} columns, {names[0]}" for names in KNOWN])
def test_every_schema_gives_the_same_run(tmp_path, names):
    """12 to 38 columns: energy, hours, place and their own carbon come out of each."""
    imported = read_codecarbon(write(tmp_path / "e.csv", names, [row(names)]))
    (one,) = imported.rows
    assert one["measured_energy_kwh"] == 0.05
    assert one["measured_scope"] == "it"
    assert one["hours"] == 100 / 3600
    assert one["codecarbon_kg"] == 0.01
    assert one["where"] in ("île-de-france", "île-de-france, France")
    assert one["start"] == "2024-05-01T09:58:20"
    if "gpu_model" in names:
        assert (one["hardware"], one["count"]) == ("NVIDIA A100-SXM4-80GB", 2)
    else:
        assert one["hardware"] == "1800.0W"
    said = {} if "gpu_model" in names else {"hardware-unknown": 1}
    assert imported.summary["findings"] == said
    assert imported.summary["unusable"] == 0


@pytest.mark.parametrize(
    ("end", "encoding"), [("\r\n", "utf-8"), ("\n", "utf-8-sig"), ("\n", "cp1252"), ("\r\n", "utf-16")]
)
def test_line_ends_and_encodings(tmp_path, end, encoding):
    """CRLF, a byte-order mark, Windows-1252 and UTF-16 change nothing."""
    names = KNOWN[1]
    (one,) = read_codecarbon(write(tmp_path / "e.csv", names, [row(names)], end, encoding)).rows
    assert one["measured_energy_kwh"] == 0.05
    assert one["country"] == "France"


def test_rows_of_one_run_are_cumulative(tmp_path):
    """flush() writes the total so far again: 1, 2, 3 is 3, not 6."""
    names = KNOWN[1]
    rows = [
        row(names, energy_consumed=str(n), duration=str(10 * n), emissions=str(n / 10)) for n in (1, 2, 3)
    ]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    (one,) = imported.rows
    assert (one["measured_energy_kwh"], one["hours"], one["codecarbon_kg"]) == (3, 30 / 3600, 0.3)
    assert imported.summary["readings"] == 3


def test_a_counter_that_falls_back_is_a_new_session(tmp_path):
    """1, 3 and then 1, 2 under the same id are two sessions: 3 + 2."""
    names = KNOWN[2]
    readings = (
        ("1", "10", "10:00:10"),
        ("3", "30", "10:00:30"),
        ("1", "10", "11:00:10"),
        ("2", "20", "11:00:20"),
    )
    rows = [
        row(names, energy_consumed=energy, duration=duration, timestamp=f"2024-05-01T{time}")
        for energy, duration, time in readings
    ]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    assert total(imported) == 5
    assert imported.summary["findings"] == {"session-reused": 1}


def test_tasks_are_increments(tmp_path):
    """Rows with a task name are summed, also when one repeats."""
    names = KNOWN[3]
    rows = [
        row(names, task_name=task, energy_consumed=e, timestamp=f"2024-05-01T10:0{n}:00")
        for n, (task, e) in enumerate([("load", "1"), ("train", "5"), ("load", "2")])
    ]
    assert total(read_codecarbon(write(tmp_path / "e.csv", names, rows))) == 8


def test_a_total_beside_its_tasks_is_counted_once(tmp_path):
    """A run that has both tasks and a total is its total."""
    names = KNOWN[3]
    rows = [row(names, task_name="a", energy_consumed="1"), row(names, task_name="", energy_consumed="3")]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    assert total(imported) == 3
    assert imported.summary["findings"] == {"task-in-total": 1}


def test_a_torn_row_is_reported_and_the_rest_goes_on(tmp_path):
    """A line cut in the middle and two lines run together are each one finding with its line."""
    names = KNOWN[1]
    whole = [row(names, run_id=f"r{n}") for n in range(4)]
    rows = [
        whole[0],
        whole[1][:60],
        whole[2] + whole[3],
        row(names, run_id="r9"),
        row(names, run_id="x", energy_consumed="much"),
    ]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    assert total(imported) == pytest.approx(0.1)
    assert [(f.line, f.code, f.unusable) for f in imported.findings] == [
        (n, "bad-row", True) for n in (3, 4, 6)
    ]


def test_files_joined_together(tmp_path):
    """A second header, with other columns, holds from there on; rows of another version without one are recognised."""
    names, more = KNOWN[1], KNOWN[6]
    rows = [
        row(names, run_id="a"),
        row(more, run_id="b"),
        ",".join(more),
        row(more, run_id="c"),
        "",
        row(names, run_id="d"),
    ]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    assert [one["run_id"] for one in imported] == ["a", "b", "c", "d"]
    assert imported.summary["findings"] == {"other-schema": 2}


def test_padding_semicolons_and_decimal_commas(tmp_path):
    """A spreadsheet's own export reads the same."""
    names = KNOWN[1]
    path = tmp_path / "e.csv"
    line = ";".join(f" {(CELLS | {'energy_consumed': '0,05'}).get(name, '')} " for name in names)
    path.write_text(" ; ".join(names) + "\n" + line + "\n")
    assert total(read_codecarbon(str(path))) == 0.05


def test_the_same_file_twice_counts_once(tmp_path):
    """Rows that stood before are said and left out."""
    names = KNOWN[1]
    path = write(tmp_path / "e.csv", names, [row(names)])
    imported = read_codecarbon([path, path])
    assert total(imported) == 0.05
    assert imported.summary["findings"] == {"duplicate-row": 1}


def test_zero_energy_is_not_measured(tmp_path):
    """A tracker without sensors wrote 0: the run is left to be modelled, and that is said."""
    names = KNOWN[1]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, [row(names, energy_consumed="0.0")]))
    (one,) = imported.rows
    assert one["measured_energy_kwh"] is one["measured_scope"] is None
    assert one["hardware"] == "NVIDIA A100-SXM4-80GB"
    assert imported.summary["findings"] == {"energy-zero": 1}


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"cloud_provider": "aws", "cloud_region": "us-east-1"}, "aws:us-east-1"),
        ({"cloud_provider": "google", "cloud_region": "europe-west1"}, "gcp:europe-west1"),
        (
            {
                "country_name": "Canada",
                "country_iso_code": "CAN",
                "region": "quebec",
                "latitude": "",
                "longitude": "",
            },
            "quebec, Canada",
        ),
        (
            {"country_name": "United States", "country_iso_code": "USA", "region": "massachusetts"},
            "massachusetts",
        ),
        (
            {
                "country_name": "Germany",
                "country_iso_code": "DEU",
                "region": "",
                "latitude": "",
                "longitude": "",
            },
            "DEU",
        ),
    ],
)
def test_places_in_our_words(tmp_path, cells, where):
    """Cloud region first, then region, coordinates and country; each is a place that the catalog knows."""
    from wattgram.catalog import Catalog
    from wattgram.resolve import resolve_place

    names = KNOWN[1]
    (one,) = read_codecarbon(write(tmp_path / "e.csv", names, [row(names, **cells)])).rows
    assert resolve_place(one["where"], Catalog.load()).zones == resolve_place(where, Catalog.load()).zones


def test_an_unknown_place_is_said(tmp_path):
    """A country nobody knows leaves the cell blank, with a finding that names the option; --where fills it."""
    names = KNOWN[1]
    nowhere = {
        "country_name": "Atlantis",
        "country_iso_code": "ATL",
        "region": "",
        "latitude": "",
        "longitude": "",
    }
    path = write(tmp_path / "e.csv", names, [row(names, **nowhere)])
    imported = read_codecarbon(path)
    assert imported.rows[0]["where"] is None
    assert "--where" in imported.findings[0].text
    assert read_codecarbon(path, where="FR").rows[0]["where"] == "FR"


def test_a_state_that_is_a_city_too_and_a_cloud_region_that_is_none(tmp_path):
    """Washington is the state, which CodeCarbon names; of an unknown cloud region the country stands, and that is said."""
    names = KNOWN[1]
    nowhere = {"country_name": "United States", "country_iso_code": "USA", "latitude": "", "longitude": ""}
    rows = [
        row(names, run_id="a", region="washington", **nowhere),
        row(names, run_id="b", region="", cloud_provider="aws", cloud_region="nowhere-9", **nowhere),
    ]
    found = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    assert [one["where"] for one in found] == ["US-WA", "USA"]
    assert [(one.line, one.code) for one in found.findings] == [(3, "place-unknown")]
    assert "aws:nowhere-9" in found.findings[0].text


def test_a_stated_pue(tmp_path):
    """1.0 is CodeCarbon's default and states nothing; 1.5 is in each part of the energy already and is not applied again."""
    names = KNOWN[2]
    parts = {"cpu_energy": "0.015", "gpu_energy": "0.045", "ram_energy": "0.015", "energy_consumed": "0.075"}
    rows = [row(names, run_id="a", pue="1.0"), row(names, run_id="b", pue="1.5", **parts)]
    found = read_codecarbon(write(tmp_path / "e.csv", names, rows)).rows
    assert [(one["pue"], one["measured_scope"]) for one in found] == [(None, "it"), (1.5, "facility")]
    one = found[1]
    answer = wattgram.estimate(
        one["hardware"],
        one["hours"],
        one["where"],
        pue=one["pue"],
        measured_energy_kwh=one["measured_energy_kwh"],
        measured_scope=one["measured_scope"],
    )
    assert answer.energy.central == pytest.approx(0.075)


def test_a_counter_that_grew_in_a_time_apart_is_said(tmp_path):
    """An hour of 1 kWh from 9:00 and two hours of 2 kWh from 13:00 are 2 kWh, or 3 by what is said; a summer that begins is not said."""
    names = KNOWN[2]
    short = row(names, timestamp="2024-05-01T10:00:00", duration="3600", energy_consumed="1")
    long = row(names, timestamp="2024-05-01T15:00:00", duration="7200", energy_consumed="2")
    early = row(names, timestamp="2024-05-01T05:00:00", duration="7200", energy_consumed="2")
    for rows in ([short, long], [short, early]):
        found = read_codecarbon(write(tmp_path / "e.csv", names, rows))
        assert (total(found), found.summary["findings"]) == (2, {"session-apart": 1})
        assert "3 kWh" in found.findings[0].text
    summer = [
        row(names, timestamp="2024-03-31T01:59:00", duration="600", energy_consumed="1"),
        row(names, timestamp="2024-03-31T03:09:00", duration="1200", energy_consumed="2"),
    ]
    found = read_codecarbon(write(tmp_path / "e.csv", names, summer))
    assert (total(found), found.summary["findings"]) == (2, {})


def test_rows_of_another_version_with_as_many_columns_are_read_by_their_own(tmp_path):
    """31, 32 and 38 columns are several versions: a row that the header does not fit is read by the one it fits."""
    for head, below in ((2, 3), (4, 5), (6, 7), (7, 6)):
        place = {
            "cloud_provider": "aws",
            "cloud_region": "us-east-1",
            "on_cloud": "Y",
            "pue": "1.0",
            "wue": "0",
            "ram_utilization_percent": "12",
        }
        rows = [row(KNOWN[head], run_id="a"), row(KNOWN[below], run_id="b", task_name="train", **place)]
        found = read_codecarbon(write(tmp_path / "e.csv", KNOWN[head], rows))
        last = found.rows[1]
        assert (last["run_id"], last["where"]) == ("b", "aws:us-east-1")
        assert (found.summary["unusable"], found.summary["findings"]["other-schema"]) == (0, 1)
    short = row(KNOWN[7], cloud_provider="aws", cloud_region="us-east-1", on_cloud="Y", pue="1.0", wue="0")
    found = read_codecarbon(write(tmp_path / "e.csv", KNOWN[1], [short]))
    assert found.rows[0]["where"] == "aws:us-east-1"


def test_times_and_factors_that_cannot_be(tmp_path):
    """A time that is none or to come and a PUE of 500 are left out and said; a duration of zero gives no end."""
    names = KNOWN[2]
    rows = [
        row(names, run_id="a", timestamp="yesterday"),
        row(names, run_id="b", timestamp="9999-12-31T23:59:59"),
        row(names, run_id="c", pue="500"),
        row(names, run_id="d", duration="0"),
    ]
    imported = read_codecarbon(write(tmp_path / "e.csv", names, rows))
    found = imported.rows
    assert [(one["start"], one["end"]) for one in found[:2]] == [(None, None), (None, None)]
    assert found[2]["pue"] is None
    assert (found[3]["hours"], found[3]["start"], found[3]["end"]) == (None, "2024-05-01T10:00:00", None)
    assert imported.summary["findings"] == {
        "pue-implausible": 1,
        "time-out-of-range": 1,
        "time-unreadable": 1,
    }
    assert imported.summary["unusable"] == 0


def test_an_empty_or_foreign_file_is_one_sentence(tmp_path):
    """No header of CodeCarbon: InputError says what is missing."""
    for text in ("", "a,b\n1,2\n"):
        path = tmp_path / "e.csv"
        path.write_text(text)
        with pytest.raises(InputError):
            list(read_codecarbon(str(path)))


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\r"), max_size=80), max_size=5))
def test_no_line_breaks_the_reader(lines):
    """Whatever follows the header, each line is a row or a finding."""
    import io

    text = "\n".join([",".join(KNOWN[1]), *lines])
    imported = read_codecarbon(io.StringIO(text))
    assert len(imported.rows) <= len(lines)


@pytest.mark.skipif(
    not LOGS.is_dir(), reason="the real logs stand beside the checkout, in ../shared/cases/logs"
)
def test_real_files_have_their_session_aware_totals():
    """Energy and carbon of seven real files of six versions, to a part in 1e8."""
    with (LOGS / "expected_codecarbon.csv").open(newline="") as handle:
        expected = list(csv.DictReader(handle))
    assert len(expected) == 7
    for one in expected:
        rows = read_codecarbon(str(LOGS / one["file"])).rows
        energy = sum(found["measured_energy_kwh"] for found in rows)
        carbon = sum(found["codecarbon_kg"] for found in rows)
        assert energy == pytest.approx(float(one["energy_kwh_session_aware"]), rel=1e-8), one["file"]
        assert carbon == pytest.approx(float(one["kg_session_aware"]), rel=1e-8), one["file"]
        assert all(found["hardware"] and found["where"] for found in rows)


def test_a_decimal_comma_between_commas_is_refused(tmp_path):
    """A quoted 0,05 kWh in a file of commas is no energy; between semicolons it can be nothing else."""
    names = KNOWN[0]
    path = write(tmp_path / "e.csv", names, [row(names, energy_consumed='"0,05"')])
    imported = read_codecarbon(path)
    assert imported.rows == []
    assert "energy_consumed '0,05'" in imported.findings[0].text
    text = row(names, energy_consumed="0.05").replace(",", ";").replace("0.05", "0,05")
    (tmp_path / "e.csv").write_text(";".join(names) + "\n" + text + "\n")
    assert total(read_codecarbon(path)) == pytest.approx(0.05)


def test_a_name_of_your_own_for_a_gpu(tmp_path):
    """--map gives the model a meaning: the row is that GPU, and no mean draw stands for it."""
    names = KNOWN[0]
    cells = {"gpu_model": "Zork", "gpu_count": "1", "cpu_model": ""}
    names = tuple(dict.fromkeys((*names, *cells)))
    path = write(tmp_path / "e.csv", names, [row(names, **cells)])
    assert [one["hardware"] for one in renamed(read_codecarbon(path), {"zork": "Tesla T4"})] == ["Tesla T4"]
    assert read_codecarbon(path).rows[0]["hardware"].endswith("W")


@pytest.mark.parametrize(
    ("model", "count", "meant"),
    [
        ("1 x NVIDIA GeForce RTX 30901 x NVIDIA GeForce RTX 3080", "2", "1xNVIDIA GeForce RTX 3090 + 1xNVIDIA GeForce RTX 3080"),
        ("4 x Tesla T412 x Tesla V100-SXM2-16GB", "16.0", "4xTesla T4 + 12xTesla V100-SXM2-16GB"),
        ("1 x Tesla T41 x NVIDIA A102 x NVIDIA L4", "", "1xTesla T4 + 1xNVIDIA A10 + 2xNVIDIA L4"),
        ("1 x Tesla T4, 1 x Tesla K80", "2", "1xTesla T4 + 1xTesla K80"),
    ],
)  # fmt: skip
def test_several_kinds_of_gpu_are_told_apart(tmp_path, model, count, meant):
    """CodeCarbon joins the names of two kinds without a mark: the catalog and the count say where one ends."""
    names = KNOWN[4]
    cells = {"gpu_model": f'"{model}"', "gpu_count": count}
    imported = read_codecarbon(write(tmp_path / "e.csv", names, [row(names, **cells)]))
    assert [one["hardware"] for one in imported] == [meant]
    assert list(imported.findings) == []
