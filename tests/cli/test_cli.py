"""The command as a user meets it: real processes, exit codes, one sentence for every mistake."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest

import wattgram
from wattgram.cli import COMMANDS, main

ENV = {**os.environ, "NO_COLOR": "1"}


def run(*words, stdin="", env=ENV):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "wattgram", *words],
        capture_output=True,
        text=True,
        input=stdin,
        env=env,
        check=False,
    )


def call(capsys, *words):
    """The command in this process: exit code, standard output, standard error."""
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_main_example_in_a_process(grid):
    """`wattgram estimate 8xA100-SXM4-80GB 100h aws:us-east-1` prints the 358.8 kWh times PJM's figure with its range and exits 0."""
    done = run("estimate", "8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    assert done.returncode == 0
    assert done.stderr == ""
    assert f"{358.8 * grid('US-MIDA-PJM')['intensity_g_per_kwh'] / 1000:.3g} kg CO2e" in done.stdout
    assert "90 %: " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 108
    assert len(done.stdout.splitlines()) <= 40


def test_json_csv_and_library_give_the_same_figures(capsys):
    """One path: JSON, CSV and the library have the same figures for the same words."""
    words = ("estimate", "TPU v3-8", "3d4h", "Montreal")
    answer = wattgram.estimate(*words[1:])
    data = json.loads(call(capsys, *words, "--format", "json")[1])
    row = next(csv.DictReader(io.StringIO(call(capsys, *words, "--format", "csv")[1])))
    assert data == json.loads(json.dumps(answer.to_dict()))
    assert float(row["operational_kg"]) == data["operational_kg"]["central"] == answer.operational.central
    assert float(row["total_kg_high"]) == data["total_kg"]["high"] == answer.total.high


def test_json_has_the_documented_names(capsys, grid):
    """Schema 1: the names of docs/json.md, each figure with central, low and high."""
    data = json.loads(call(capsys, "estimate", "A100", "1h", "aws:us-east-1", "--format", "json")[1])
    assert data["schema"] == 1
    for name in ("energy_kwh", "operational_kg", "market_kg", "embodied_kg", "total_kg", "water_l"):
        assert set(data[name]) == {"central", "low", "high"}
    assert {
        "name",
        "central",
        "low",
        "high",
        "unit",
        "origin",
        "source",
        "reason",
        "share",
        "narrowed",
    } == set(data["factors"][0])
    assert data["lacoste2019_basis"] == "calculator"
    assert {source["id"] for source in data["sources"]} >= {
        grid("US-MIDA-PJM")["source_id"].partition("|")[0]
    }
    assert [warning["code"] for warning in data["warnings"]] == ["ambiguous-hardware"]


@pytest.mark.parametrize(
    "words",
    [
        ("estimate", "A100", "-1h", "FR"),
        ("estimate", "A100", "0h", "FR"),
        ("estimate", "A100", "nan", "FR"),
        ("estimate", "A100", "1e9h", "FR"),
        ("estimate", "A100", "100x", "FR"),
        ("estimate", "", "1h", "FR"),
        ("estimate", "-8xA100", "1h", "FR"),
        ("estimate", "0xA100", "1h", "FR"),
        ("estimate", "Xeon", "1h", "FR"),
        ("estimate", "RTX 6000", "1h", "FR"),
        ("estimate", "A100", "1h", "us-east"),
        ("estimate", "A100", "1h", "Atlantis"),
        ("estimate", "A100", "1h", "aws:us-esat-1"),
        ("estimate", "A100", "1h", "nimbus:us-1"),
        ("estimate", "A100", "1h", "FR", "--pue", "0.5"),
        ("estimate", "A100", "1h", "FR", "--load", "3"),
        ("estimate", "A100", "1h", "--intensity", "-1"),
        ("estimate", "A100", "1h", "--intensity=-1"),
        ("estimate", "A100", "1h", "FR", "--start", "2999"),
        ("estimate", "A100", "1h", "FR", "--format", "yaml"),
        ("estimate", "A100", "1h", "FR", "--method", "lacoste"),
        ("estimate", "A100", "1h", "FR", "--formt", "json"),
        ("estimate", "A100", "1h", "FR", "extra"),
        ("estimate", "A100", "1h"),
        ("estimate", "A100"),
        ("estimate",),
        ("estimat", "A100"),
        ("estimate", "A" * 10_000, "1h", "FR"),
        ("estimate", "A100", "9" * 10_000, "FR"),
        ("estimate", "A100", "1h", "F" * 10_000),
        ("estimate", "显卡", "1h", "FR"),
        ("estimate", "A100", "1h", "Fr\x07\x1bance"),
        ("estimate", "A100", "1h", "FR", "--overlay", "/nowhere/at/all"),
        ("catalog", "planets"),
        ("catalog", "hardware", "no-such-thing"),
        ("catalog",),
    ],
    ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode(),
)
def test_bad_input_is_exit_2_and_one_sentence(capsys, words):
    """One line on standard error, nothing on standard output, no traceback, the input echoed to 80 characters."""
    code, out, err = call(capsys, *words)
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("wattgram: ")
    assert err.strip().isprintable()
    assert len(err) < 700
    assert "A" * 81 not in err


@pytest.mark.parametrize("place", ["-73.6,45.5", "45.5,-73.6", "45.5, -73.6"])
def test_a_place_may_start_with_a_minus(capsys, place):
    """Coordinates are no option: they are Montreal in either order."""
    code, out, _ = call(capsys, "estimate", "A100", "1h", place, "--format", "json")
    assert code == 0
    assert json.loads(out)["run"]["zone"] == "CA-QC"


def test_a_run_as_json_on_standard_input():
    """`-` reads one JSON object with the names of estimate()."""
    done = run(
        "estimate",
        "-",
        "--format",
        "csv",
        stdin='{"hardware": "A100-SXM4-80GB", "duration": 10, "where": "FR"}',
    )
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].startswith("A100-SXM4-80GB,1,10.0,France,")
    for bad in ("", "[]", "{", '{"hardwear": "A100"}', '{"duration": 1}'):
        done = run("estimate", "-", stdin=bad)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1


def test_csv_is_safe_to_open_in_a_spreadsheet():
    """A cell that a spreadsheet would run as a formula starts with an apostrophe."""
    from wattgram.report.csv import safe_cell

    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("@x") == "'@x"
    assert safe_cell("A100") == "A100"


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
@pytest.mark.parametrize("view", ["hardware", "regions", "zones", "sources", "assumptions"])
def test_every_view_of_the_catalog_in_every_form(capsys, view, form):
    """`wattgram catalog` shows each table in each form."""
    code, out, err = call(capsys, "catalog", view, "a", "--format", form)
    assert (code, err) == (0, "")
    assert out.strip()
    if form == "json":
        assert isinstance(json.loads(out), list)


def test_catalog_zones_of_france_are_exactly_those(capsys):
    """A query that is a zone finds that zone alone: 2024 is 33 g/kWh life-cycle (Electricity Maps)."""
    rows = json.loads(call(capsys, "catalog", "zones", "FR", "--format", "json")[1])
    assert {row["zone"] for row in rows} == {"FR"}
    assert [
        row["intensity_g_per_kwh"] for row in rows if row["year"] == "2024" and row["basis"] == "consumption"
    ] == ["33"]


def test_catalog_check_passes(capsys):
    """`wattgram catalog check` finds nothing and says how many rows it read."""
    code, out, _ = call(capsys, "catalog", "check")
    assert code == 0
    regions = sum(1 for _ in wattgram.Catalog.load().table("regions").all_rows())
    assert f"{regions} regions" in out
    assert "0 findings" in out


def test_help_lists_every_command_and_each_command_answers(capsys):
    """No command in `--help` is a stub: each has a help of its own."""
    code, out, _ = call(capsys, "--help")
    assert code == 0
    for name in COMMANDS:
        assert f"  {name} " in out
        assert call(capsys, name, "--help")[0] == 0


def test_version(capsys):
    """`--version` is that of the package."""
    assert call(capsys, "--version")[1] == f"wattgram {wattgram.__version__}\n"


def test_a_closed_pipe_is_no_error():
    """`wattgram catalog zones --all | head -1` ends quietly."""
    done = subprocess.run(  # noqa: S602 - a pipe needs a shell
        f"{sys.executable} -m wattgram catalog zones --all | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("zone")


def test_no_word_at_all_is_answered_with_the_help_and_a_missing_one_with_an_example(capsys):
    """`wattgram` prints its help in lines; `wattgram estimate` says what is missing and how it looks."""
    assert main([]) == 2
    shown = capsys.readouterr().out
    assert "\nCommands:\n" in shown
    assert main(["estimate"]) == 2
    assert "for example: wattgram estimate 8xA100 100h FR" in capsys.readouterr().err
