"""Columns are found whatever their capitals and spaces; what a table calls otherwise is asked back, never guessed."""

from __future__ import annotations

import polars as pl
import pytest

import wattgram
from wattgram.cli import main
from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.frames.schema import likely, roles_of, unread


def test_capitals_and_spaces_do_not_hide_a_column():
    """` Hardware `, `HOURS`, `Measured Energy-kWh`: read, and passed through under their own names."""
    roles = roles_of([" Hardware ", "HOURS", "Measured Energy-kWh", "note"], "")
    assert roles.texts == {"hardware": " Hardware "}
    assert roles.spans == {"hours": "HOURS"}
    assert roles.numbers == {"measured_energy_kwh": "Measured Energy-kWh"}
    answers = wattgram.estimate_frame(pl.DataFrame({" Hardware ": ["T4"], "HOURS": [3.0], "Where": ["FR"]}))
    assert answers.columns[:3] == [" Hardware ", "HOURS", "Where"]
    assert answers["energy_kwh"][0] == pytest.approx(estimate("T4", 3, "FR").energy.central)


def test_the_exact_name_goes_before_and_two_others_are_asked_about():
    """`hours` beside `Hours` is the one; `Hours` beside `HOURS` is an error."""
    assert roles_of(["hardware", "Hours", "hours"], "").spans == {"hours": "hours"}
    with pytest.raises(InputError, match="'Hours' and 'HOURS'"):
        roles_of(["hardware", "Hours", "HOURS"], "")


@pytest.mark.parametrize("name", ["energy_kwh", "Energy_kWh", "ZONE"])
def test_a_column_named_as_an_answer_is_refused_whatever_its_capitals(name):
    """Engines to which `Zone` is `zone` would lose one of the two."""
    with pytest.raises(InputError, match="--suffix"):
        roles_of(["hardware", "hours", name], "")
    assert roles_of(["hardware", "hours", name], "_2").has("hours")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["gpu", "duration", "where"], "--columns hardware=gpu,hours=duration"),
        (["gpu_type", "hours"], "rename 'gpu_type' to hardware"),
        (["Hardwares", "hours"], "rename 'Hardwares' to hardware"),
        (["hardware", "walltime"], "no column 'hours' (nor 'start' and 'end'); rename 'walltime' to hours"),
        (
            ["job", "elapsed"],
            "no column 'hardware' and no 'hours' (nor 'start' and 'end'); perhaps 'elapsed' to hours",
        ),
        (["a", "b"], "the columns are hardware, count, hours or start and end"),
        (["gpu", "duration"], "(seconds=duration, minutes=duration where it is in these)"),
        (
            ["UID", "User", "JobID", "State", "Elapsed"],
            "it is a log of slurm, no table of runs: `wattgram import slurm FILE",
        ),
        (
            ["timestamp", "duration", "emissions", "energy_consumed", "gpu_model"],
            "`wattgram import codecarbon FILE",
        ),
        (["timestamp", "index", "power.draw [W]"], "`wattgram import nvidia-smi FILE"),
        (["_runtime", "loss"], "`wattgram import wandb FILE"),
        (["train_runtime", "epoch"], "`wattgram import trainer FILE"),
    ],
)
def test_a_missing_column_is_named_with_what_is_probably_it(names, sentence):
    """All that is missing at once, and a command that mends it."""
    with pytest.raises(InputError) as caught:
        roles_of(names, "")
    assert sentence in str(caught.value)


def test_a_name_that_is_only_like_another_is_not_taken_for_it():
    """`account` is no `count`, `area` no `where`."""
    names = ["hardware", "hours", "account", "area", "status", "downloads"]
    assert unread(roles_of(names, ""), names) == {}
    assert likely("hardware", ["software", "hardwear"]) == "hardwear"


def test_columns_that_are_probably_meant_and_not_read_are_said(tmp_path, capsys):
    """A table of 8 GPUs a run, counted as one each without a word, would be an eighth."""
    path = tmp_path / "runs.csv"
    path.write_text("hardware,GPUs,hours,location\nT4,8,2,FR\n", encoding="utf-8")
    assert main(["batch", str(path)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "wattgram: column 'GPUs' is not read, and no run states its count: rename it to count if that is what it is",
        "wattgram: column 'location' is not read, and no run has a place, so none has carbon: rename it to where if that is what it is",
    ]
    path.write_text("hardware,count,gpus,hours,where\nT4,8,8,2,FR\n", encoding="utf-8")
    assert main(["batch", str(path)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("hours", ["run_hours", "duration_h", "h", "hrs"])
def test_a_column_that_says_hours_is_not_asked_for_seconds(hours):
    """The unit is doubted where the name leaves it open alone."""
    with pytest.raises(InputError) as caught:
        roles_of(["gpu", hours], "")
    assert f"hours={hours}` do it" in str(caught.value)
    assert "seconds=" not in str(caught.value)


def test_a_table_of_runs_that_was_made_from_a_log_is_none():
    """With hardware and hours it is read, whatever else stands beside them."""
    assert roles_of(
        ["hardware", "hours", "JobID", "State", "emissions", "energy_consumed", "duration"], ""
    ).has("hours")
