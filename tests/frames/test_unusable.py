"""Each issue that is no matter of words is shown with the cells that have it, how often, and what they might mean."""

from __future__ import annotations

import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from wattgram.catalog import Catalog
from wattgram.cli import main
from wattgram.errors import InputError
from wattgram.estimation import estimate, make_run
from wattgram.frames import estimate_frame, summarise
from wattgram.frames.batch import batch
from wattgram.frames.unusable import ALLOWED

HEAD = "hardware,count,hours,where,load,overhead,pue,intensity,measured_energy_kwh,measured_scope,workload,start,end\n"
CELLS = {
    "count": {"0": 2, "1.5": 1, "two": 1, "20000000": 1},
    "hours": {"-3": 3, "0": 1, "3,5": 2, "1e9": 1, "2024-01-02 to 2024-01-01": 2, "nan hours": 1},
    "load": {"2": 1, "180%": 4, "80": 1},
    "overhead": {"0.5": 1},
    "pue": {"0.5": 1, "9": 1},
    "intensity": {"-4": 1, "6000": 1},
    "measured_energy_kwh": {"-1": 1, "1,234.5": 1},
    "measured_scope": {"wall": 1},
    "workload": {"gaming": 2},
    "start": {"yesterday": 1, "1999-01-01": 1},
}


def text():
    """A row for each of the cells above, and one that is fine."""
    names = HEAD.strip().split(",")
    lines = []
    for column, cells in CELLS.items():
        for cell, rows in cells.items():
            row = dict.fromkeys(names, "") | {"hardware": "T4", "hours": "1", "where": "FR", column: cell}
            if " to " in cell:
                row |= {"hours": "", **dict(zip(("start", "end"), cell.split(" to "), strict=True))}
            lines += [",".join(f'"{row[name]}"' for name in names)] * rows
    return HEAD + "\n".join(lines) + "\nT4,1,1,FR,,,,,,,,,\n"


@pytest.fixture
def runs(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(text(), encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ["duckdb", "polars", pytest.param("dask", marks=pytest.mark.slow)])
def test_every_cell_is_shown_with_its_rows(runs, engine):
    """Of each column the number of rows, of different cells, and the three most frequent, on each engine."""
    found = {one.column: one for one in batch(str(runs), engine=engine).unusable}
    assert set(found) == set(CELLS)
    for column, cells in CELLS.items():
        one = found[column]
        assert (one.issue, one.rows, one.distinct) == (f"{column}-unusable", sum(cells.values()), len(cells))
        assert one.examples == tuple(sorted(cells.items(), key=lambda item: (-item[1], item[0]))[:3])


@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy", "pyarrow", "duckdb"])
def test_every_kind_of_frame_shows_numbers_as_they_stand(kind):
    """Columns of numbers: the same rows and counts from each."""
    cells = {
        "hardware": ["T4"] * 5,
        "hours": [-3.0, -3.0, 1.0, 0.0, 2.0],
        "where": ["FR"] * 5,
        "load": [None, None, None, None, 2.5],
    }
    table = pa.table(cells)
    frame = {
        "pandas": lambda: pd.DataFrame(cells),
        "polars": lambda: pl.DataFrame(cells),
        "lazy": lambda: pl.LazyFrame(cells),
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.connect().from_arrow(table),
    }[kind]()
    found = summarise(frame).unusable
    told = [(one.issue, one.rows, [(float(cell), rows) for cell, rows in one.examples]) for one in found]
    assert told == [("hours-unusable", 3, [(-3.0, 2), (0.0, 1)]), ("load-unusable", 1, [(2.5, 1)])]


def test_a_table_without_such_cells_is_not_scanned_again():
    """Unknown words alone, or nothing: no cells."""
    frame = pl.DataFrame({"hardware": ["T4", "wonder chip"], "hours": [1.0, 2.0], "where": ["FR", "FR"]})
    summary = summarise(frame)
    assert (summary.unusable, summary.totals.issues) == ((), {"hardware-unknown": 1})


def test_what_was_probably_meant_is_asked(runs):
    """A decimal comma, a percentage, a mark between thousands, an end before its start."""
    hints = {one.column: one.hint for one in batch(str(runs)).unusable}
    assert hints["hours"] == (
        "'2024-01-02 to 2024-01-01': the end is not after the start; '3,5': a decimal comma? write 3.5"
    )
    assert hints["load"] == "'80': a percentage? write 80% or 0.8"
    assert hints["measured_energy_kwh"] == "'1,234.5': a mark between thousands? write 1234.5"
    assert hints["workload"] == ""


def test_the_summary_says_them_in_text_and_in_json(runs, capsys):
    """In a line under the issue, and as `unusable`; words are listed apart, where a map mends them."""
    assert main(["batch", str(runs)]) == 1
    shown = capsys.readouterr().out
    assert (
        "  hours-unusable           10 runs: '-3' (3 runs), '2024-01-02 to 2024-01-01' (2 runs), '3,5' (2 runs) and 3 more\n"
        in shown
    )
    assert "it takes a number above 0 and at most 1.5, or a percentage such as 80%\n" in shown
    assert "Words that name nothing" not in shown
    assert main(["batch", str(runs), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["unusable"]
    load = next(one for one in found if one["column"] == "load")
    assert load["examples"] == [
        {"value": "180%", "rows": 4},
        {"value": "2", "rows": 1},
        {"value": "80", "rows": 1},
    ]
    assert main(["batch", str(runs), "--format", "markdown"]) == 1
    assert "* `workload-unusable`: 2 runs, 'gaming' (2 runs)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("column", "fine", "wrong"),
    [
        ("count", 10_000_000, 10_000_001),
        ("load", 1.5, 1.51),
        ("overhead", 1.0, 0.99),
        ("pue", 5.0, 5.01),
        ("intensity", 5000.0, 5000.1),
        ("measured_energy_kwh", 1e12, 1.1e12),
    ],
)
def test_what_a_column_takes_is_what_one_run_takes(column, fine, wrong):
    """The limits that the sentence names hold for a row and for a single run alike."""
    number = f"{fine:,.0f}" if fine >= 1000 else f"{fine:g}"
    assert number in ALLOWED[column]
    cells = {"hardware": ["T4", "T4"], "hours": [1.0, 1.0], "where": ["FR", "FR"], column: [fine, wrong]}
    found = summarise(pl.DataFrame(cells))
    assert [(one.column, one.rows) for one in found.unusable] == [(column, 1)]
    make_run("T4", 1, "FR", **{column: fine})
    with pytest.raises(InputError):
        make_run("T4", 1, "FR", **{column: wrong})
    assert Catalog.load()


PERCENT = {"80%": 0.8, " 62.5 % ": 0.625, "150%": 1.5, "1e1%": 0.1, "0.8": 0.8, "": None}
NO_PERCENT = ("0%", "151%", "%", "8 0%", "80%%", "0,8%", "80 %h")


@pytest.mark.parametrize("kind", ["pandas", "category", "polars", "lazy", "pyarrow", "duckdb"])
def test_a_load_in_per_cent_is_that_of_one_run(kind):
    """`80%` is 0.8 in a table as it is on the command line."""
    cells = [*PERCENT, *NO_PERCENT]
    columns = {"hardware": "T4", "hours": 1.0, "where": "FR", "load": cells, "pue": 1.1}
    table = pa.table(pd.DataFrame(columns))
    frame = {
        "pandas": lambda: pd.DataFrame(columns),
        "category": lambda: pd.DataFrame(columns).astype({"load": "category"}),
        "polars": lambda: pl.DataFrame(pl.from_arrow(table)),
        "lazy": lambda: pl.LazyFrame(pl.from_arrow(table)),
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.connect().from_arrow(table),
    }[kind]()
    answers = estimate_frame(frame)
    answers = answers.collect() if kind == "lazy" else answers
    answers = answers.to_arrow_table() if kind == "duckdb" else answers
    energies, issues = ([*answers[name]] for name in ("energy_kwh", "issue"))
    if kind in ("pyarrow", "duckdb"):
        energies, issues = [one.as_py() for one in energies], [one.as_py() for one in issues]
    for energy, load in zip(energies, PERCENT.values(), strict=False):
        assert energy == pytest.approx(estimate("T4", 1, "FR", load=load, pue=1.1).energy.central, rel=1e-12)
    assert issues == [None] * len(PERCENT) + ["load-unusable"] * len(NO_PERCENT)


def test_no_other_column_takes_a_percentage():
    """`110%` of PUE could be 1.1 or 2.1; it is an issue."""
    frame = pd.DataFrame({"hardware": ["T4"], "hours": [1.0], "where": ["FR"], "pue": ["110%"]})
    assert [(one.column, one.rows) for one in summarise(frame).unusable] == [("pue", 1)]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("1 000", "a mark between thousands? write 1000"),
        ("1\N{NO-BREAK SPACE}234,5", "a mark between thousands? write 1234.5"),
        ("1'234'567", "a mark between thousands? write 1234567"),
        ("1,234", "a decimal comma? write 1.234; a mark between thousands? 1234"),
        ("0,125", "a decimal comma? write 0.125"),
        ("12 34", ""),
    ],
)
def test_marks_between_thousands_are_asked_about(cell, hint):
    """Spaces of every width and apostrophes stand between thousands; one comma before three digits may be either."""
    frame = pd.DataFrame({"hardware": ["T4"], "measured_energy_kwh": [cell], "where": ["FR"]})
    (found,) = summarise(frame).unusable
    assert found.hint.partition(": ")[2] == hint
