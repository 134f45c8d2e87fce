"""The summary of a table: which figures are of some runs only, what was left out, and in what order groups stand."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from wattgram.cli import main
from wattgram.errors import InputError
from wattgram.frames import estimate_frame, summarise
from wattgram.frames.batch import batch

RUNS = pd.DataFrame(
    {
        "hardware": ["RTX 3090", "8xA100-SXM4-80GB", "RTX 3090", "zork"],
        "hours": [4.0, 100.0, 8.0, 1.0],
        "where": ["FR", "FR", "", "FR"],
        "user": ["ada", "bob", "ada", "ada"],
        "start": ["2024-05-01", "2024-04-01", "2024-05-01", "2024-06-01"],
    }
)


def row_of(text, name):
    return next(line for line in text.splitlines() if line.strip(" |").startswith(name))


def test_a_group_s_figure_of_some_of_its_runs_is_marked():
    """Of three runs of ada two have energy and one carbon: both are starred, bob's are not, and the star is explained."""
    summary = summarise(RUNS, by="user")
    text = summary.report()
    assert (row_of(text, "ada").count("*"), row_of(text, "bob").count("*")) == (4, 0)
    assert "* of some of these runs only" in text
    assert row_of(summary.report("markdown"), "ada").count(r"\*") == 4


def test_no_star_stands_where_every_figure_is_whole():
    """A table that is covered throughout has neither a star nor its explanation."""
    text = summarise(RUNS[:2], by="user").report()
    assert "*" not in text


def test_a_group_s_row_has_its_total():
    """The total of a group is its operation and its making, under a head of its own."""
    summary = summarise(RUNS[:2], by="user")
    head = row_of(summary.report(), "user").split()
    assert head == ["user", "runs", "energy", "operational", "90", "%", "making", "total", "issues"]
    figures = summary.groups["bob",].figures
    assert figures["total_kg"].central == pytest.approx(
        figures["operational_kg"].central + figures["embodied_kg"].central
    )


def test_markdown_says_of_how_many_runs_a_figure_of_the_whole_is():
    """The whole has its total and its market figure in Markdown as in text, each with its coverage."""
    shown = summarise(RUNS).report("markdown")
    assert "* operational and making, of 2 runs: " in shown
    assert "* energy at the facility meter, of 3 runs: " in shown


def test_a_csv_of_the_summary_counts_the_rows_behind_each_figure():
    """Each figure has a column with the number of its rows."""
    rows = {row["user"]: row for row in csv.DictReader(io.StringIO(summarise(RUNS, by="user").report("csv")))}
    ada = rows["ada"]
    assert (ada["rows"], ada["rows_with_energy_kwh"], ada["rows_with_operational_kg"]) == ("3", "2", "1")
    assert rows["bob"]["rows_with_total_kg"] == "1"


def test_the_making_that_was_left_out_is_not_unknown():
    """Without the making neither text nor Markdown has a line or a column of it, nor of the total."""
    summary = summarise(RUNS[:2], by="user", embodied=False)
    for form in ("text", "markdown"):
        shown = summary.report(form)
        assert "making" not in shown
        assert "unknown" not in shown
    assert "making" in summarise(RUNS[:2], by="user").report()


def test_energy_alone_is_a_figure(tmp_path, capsys):
    """Runs without a place have energy: they are counted as having a figure, and the exit code is 1, not 2."""
    path = tmp_path / "runs.csv"
    path.write_text("hardware,hours\nRTX 3090,4\nRTX 3090,5\n")
    code = main(["batch", str(path)])
    text = capsys.readouterr().out
    assert code == 1
    assert text.startswith("2 runs · 2 with a figure (0 with carbon) · 2 with an issue\n")


def test_a_table_without_any_figure_says_nothing_of_ranges(tmp_path, capsys):
    """No figure: exit code 2, no blank lines in its place, and no sentence about sums."""
    path = tmp_path / "runs.csv"
    path.write_text("hardware,hours,where\nzork,4,FR\n")
    code = main(["batch", str(path)])
    text = capsys.readouterr().out
    assert code == 2
    assert "\n\n\n" not in text
    assert "wrong together" not in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_months_stand_in_their_order(form):
    """By month the earliest comes first, though a later one has more."""
    shown = summarise(RUNS[:3].assign(start=["2024-03", "2024-05", "2024-04"]), by="month").report(form)
    at = [shown.index(month) for month in ("2024-03", "2024-04", "2024-05")]
    assert at == sorted(at)


def test_months_of_a_user_stand_in_their_order_and_users_by_the_most():
    """By user and month, bob, who has most, comes first, and ada's months follow in their order."""
    shown = summarise(RUNS.assign(start=["2024-05", "2024-04", "2024-03", "2024-06"]), by="user,month")
    lines = [line.split()[:2] for line in shown.report().splitlines() if line.startswith(("  ada", "  bob"))]
    assert lines == [["bob", "2024-04"], ["ada", "2024-03"], ["ada", "2024-05"], ["ada", "2024-06"]]


@pytest.mark.parametrize("by", ["user", "USER", "user,user", ["user"], ("User", "user")])
def test_columns_to_sum_by_are_a_text_or_names_each_once(by):
    """A text is split at commas, names are read in capitals or not, and one named twice is summed by once."""
    summary = summarise(RUNS, by=by)
    assert (summary.by, list(summary.groups)) == (("user",), [("ada",), ("bob",)])


def test_a_batch_takes_the_columns_to_sum_by_as_a_text(tmp_path):
    """`batch(by="USER,month")` is as the command has it."""
    path = tmp_path / "runs.csv"
    RUNS.to_csv(path, index=False)
    assert batch(str(path), by="USER,month").by == ("user", "month")


def test_answers_in_place_of_runs_are_said():
    """A table that has every column of answers is no table of runs, and the sentence says which to give."""
    with pytest.raises(InputError, match="give it the runs, not their answers"):
        summarise(estimate_frame(RUNS))


def test_blank_texts_of_an_answer_are_alike_in_pandas():
    """A blank issue, warning and zone are None, whatever pandas makes of a column of words."""
    answers = estimate_frame(RUNS)
    assert answers["issue"].tolist()[:2] == [None, None]
    assert answers["warning"].tolist()[3] is None
    assert answers["zone"].tolist()[2] is None


def test_json_and_text_have_the_meaning_of_a_mapped_word_that_names_nothing():
    """`zork`, mapped to `blorp`, which is nothing either: both words are said."""
    summary = summarise(RUNS, mapping={"zork": "blorp"})
    assert "hardware 'zork' (mapped to 'blorp'), 1 run" in summary.report()
    assert json.loads(summary.report("json"))["unknown"][0]["meaning"] == "blorp"
