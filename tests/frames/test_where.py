"""The place that a command names for the runs that say none, and the names of a user's own."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from wattgram.catalog import Catalog
from wattgram.cli import main
from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.frames import estimate_frame, summarise
from wattgram.frames.batch import batch


@pytest.mark.parametrize("engine", ["duckdb", "polars", "dask"])
def test_a_blank_place_is_the_one_of_the_command(tmp_path, engine):
    """Blank and `n/a` are Finland, a place that is said stays, and the number of rows filled is told."""
    runs, out = tmp_path / "runs.csv", tmp_path / "out.jsonl"
    runs.write_text("hardware,hours,where\nRTX 3090,4,\nRTX 3090,4,n/a\nRTX 3090,4,FR\n")
    summary = batch(str(runs), str(out), where="FI", engine=engine)
    figures = [estimate("RTX 3090", 4, place).operational.central for place in ("FI", "FI", "FR")]
    assert summary.totals.figures["operational_kg"].central == pytest.approx(sum(figures))
    assert not summary.has_issues
    assert summary.notes == ("2 runs say no place: where 'FI' stands for it",)


def test_a_table_without_a_column_of_places_takes_the_one_of_the_command(tmp_path, capsys):
    """No place anywhere: each run is in Finland, exit code 0, and standard error says so."""
    runs, out = tmp_path / "runs.csv", tmp_path / "out.csv"
    runs.write_text("hardware,hours\nRTX 3090,4\n")
    code = main(["batch", str(runs), "-o", str(out), "--where", "FI"])
    assert code == 0
    with out.open() as handle:
        assert [row["zone"] for row in csv.DictReader(handle)] == ["FI"]
    assert "1 run says no place: where 'FI' stands for it" in capsys.readouterr().err


def test_a_frame_takes_a_place_for_its_blanks():
    """`estimate_frame(where=)` and `summarise(where=)` fill a blank; hardware that is blank stays an issue."""
    frame = pd.DataFrame({"hardware": ["RTX 3090", ""], "hours": [4.0, 4.0], "where": ["", "FR"]})
    answers = estimate_frame(frame, where="FI")
    assert answers["zone"].tolist()[0] == "FI"
    assert answers["issue"].tolist() == [None, "hardware-missing"]
    assert summarise(frame, where="FI").totals.covered["operational_kg"] == 1


def test_a_place_that_is_none_is_said_before_anything_is_read(tmp_path, capsys):
    """A wrong place of the command is bad input with the nearest, not an issue of every row."""
    runs = tmp_path / "runs.csv"
    runs.write_text("hardware,hours\nRTX 3090,4\n")
    assert main(["batch", str(runs), "--where", "Montreall"]) == 2
    assert "Montreal" in capsys.readouterr().err


def test_the_place_of_the_command_may_be_a_name_of_one_s_own():
    """`--where` goes through the user's names as a cell does."""
    frame = pd.DataFrame({"hardware": ["RTX 3090"], "hours": [4.0]})
    answers = estimate_frame(frame, where="room 3", mapping={"room 3": "FI"})
    assert answers["zone"].tolist() == ["FI"]


def test_the_issue_of_a_missing_place_names_the_way_out():
    """The summary of runs without a place says how to name it."""
    frame = pd.DataFrame({"hardware": ["RTX 3090"], "hours": [4.0]})
    for form in ("text", "markdown"):
        assert "batch --where PLACE, or import ... --where PLACE" in summarise(frame).report(form)


def test_a_date_that_is_none_is_said_under_its_own_name():
    """`as-of` is what was said, so `as-of` is what cannot be used."""
    with pytest.raises(InputError, match=r"^as-of 'foo' cannot be used"):
        Catalog(as_of="foo")


def test_a_zone_whose_runs_have_no_start_is_not_said_to_lack_a_series(tmp_path):
    """Runs in Germany without a start were never asked for by the hour; those of Poland with one were."""
    (tmp_path / "FR.csv").write_text(
        "# zone: FR\n# boundary: lifecycle\ntime_utc,g_per_kwh\n2024-05-17T00:00Z,60\n2024-05-17T01:00Z,50\n"
    )
    runs = tmp_path / "runs.csv"
    runs.write_text("hardware,hours,where,start\nRTX 3090,4,DE,\nRTX 3090,1,PL,2024-05-17T00:00Z\n")
    notes = batch(str(runs), series=str(tmp_path / "FR.csv")).notes
    assert any(note.startswith("no series was given for PL:") for note in notes)


def test_an_output_where_nothing_can_be_written_is_said_without_a_temporary_name(tmp_path, capsys):
    """The sentence names the folder that was meant."""
    runs = tmp_path / "runs.csv"
    runs.write_text("hardware,hours,where\nRTX 3090,4,FR\n")
    assert main(["batch", str(runs), "-o", "/proc/answers.csv"]) == 2
    said = capsys.readouterr().err
    assert "output '/proc' cannot be used" in said
    assert "wattgram-" not in said
