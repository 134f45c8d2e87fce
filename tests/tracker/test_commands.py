"""`wattgram track -- CMD` and `wattgram runs`: real processes, their exit codes, and what they print."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wattgram.cli import main
from wattgram.report import FORMS
from wattgram.tracker.journal import read_runs

NAMES = ("id", "state", "start", "duration_h", "energy_kwh", "operational_kg", "covers")


def tracked(runs, *words, code="", options=(), **more):
    """`wattgram track -- python -c code`, run to its end."""
    command = words or (sys.executable, "-c", code)
    return subprocess.run(
        [sys.executable, "-m", "wattgram", "track", "--runs", runs, *options, "--", *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        **more,
    )


def call(capsys, *words):
    """The command in this process."""
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_output_and_exit_code_are_the_childs(runs):
    """The child's output is its own, its code 7 is ours, our one line is on standard error, the run is finished."""
    done = tracked(
        runs,
        code="import sys; print('out'); print(sys.stdin.read()); sys.exit(7)",
        options=("--where", "FR"),
        input="in",
    )
    assert done.returncode == 7
    assert done.stdout == "out\nin\n"
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("wattgram: ")
    assert "CO2e" in done.stderr
    (run,) = read_runs(runs)
    assert run.state == "finished"
    assert run.segments[0].footer["exit_code"] == 7


def test_options_of_the_command_stay_with_it(runs):
    """What stands after -- is the command's, even where it looks like an option or a number of ours."""
    done = tracked(
        runs, sys.executable, "-c", "import sys; print(sys.argv[1:])", "--runs", "x", "-1", "--help"
    )
    assert done.stdout == "['--runs', 'x', '-1', '--help']\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_handed_on(runs, number):
    """SIGTERM (and Ctrl-C) reach the child, which ends as it likes; its code is kept and the journal saved."""
    code = (
        "import signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: (print('tidied up', flush=True), sys.exit(5)))\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "wattgram", "track", "--runs", runs, "--", sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (5, "tidied up\n")
    assert err.startswith("wattgram: ")
    (run,) = read_runs(runs)
    assert (run.state, run.reason) == ("interrupted", number.name)
    assert sum(run.joules().values()) > 0


@pytest.mark.parametrize("pause_s", [0.001, 0.005, 0.02])
def test_an_impatient_ctrl_c_loses_nothing(runs, pause_s):
    """Ctrl-C again and again, until the command is gone: the summary is said, the journal closed, the code the child's."""
    code = "import time; print('ready', flush=True); time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, "-m", "wattgram", "track", "--runs", runs, "--", sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)  # two at once: after a pause the command may be gone
    sent = 1
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        sent += 1
        time.sleep(pause_s)
    err = process.communicate(timeout=120)[1]
    assert sent > 1
    (said,) = [line for line in err.splitlines() if line.startswith("wattgram: ")]
    assert "Wh (90 %: " in said
    assert process.returncode in (
        130,
        -2,
    )  # -2: a signal in the moment in which the interpreter lays down its own
    (run,) = read_runs(runs)
    assert (run.state, run.reason) == ("interrupted", "SIGINT")
    assert sum(run.joules().values()) > 0


def test_a_child_that_is_killed_has_the_shells_code(runs):
    """A child ended by SIGKILL is 128 + 9, and the run reads as interrupted by it."""
    done = tracked(runs, code="import os; os.kill(os.getpid(), 9)")
    assert done.returncode == 137
    assert (read_runs(runs)[0].state, read_runs(runs)[0].reason) == ("interrupted", "SIGKILL")


def test_a_command_that_is_none(runs, tmp_path):
    """No such command is 127, one that cannot be run is 126, as in a shell, each with a sentence."""
    done = tracked(runs, "no-such-command-at-all")
    assert done.returncode == 127
    assert "there is no command" in done.stderr
    plain = tmp_path / "plain"
    plain.write_text("x", encoding="utf-8")
    done = tracked(runs, str(plain))
    assert done.returncode == 126
    assert "Traceback" not in done.stderr


def test_bad_options_start_nothing(runs, capsys):
    """A wrong place, format or number is exit 2 in one sentence, before the command is started."""
    for options in (
        ("--where", "Atlantis"),
        ("--format", "yaml"),
        ("--interval", "0"),
        ("--interval", "x"),
        ("--budget", "much"),
        ("--hardware", "nothing-known"),
        ("--scope", "world"),
        ("--calibrate", "10", "5"),
    ):
        code, out, err = call(capsys, "track", "--runs", runs, *options, "--", "touch", f"{runs}-started")
        assert (code, out, err.count("\n")) == (2, "", 1), options
    assert call(capsys, "track", "--runs", runs)[0] == 2
    assert not os.path.exists(f"{runs}-started")


def test_quiet_and_report(runs):
    """--quiet prints nothing of ours; --format prints a report on standard error when it ends."""
    assert tracked(runs, code="pass", options=("--quiet",)).stderr == ""
    done = tracked(runs, code="pass", options=("--where", "FR", "--format", "json"))
    assert json.loads(done.stderr)["run"]["where"] == "France"


def test_the_energy_is_that_of_the_child(runs):
    """A child that keeps a processor busy for a second is seen in the load: more than at rest, by the model."""
    tracked(runs, code="import time\nwhile time.process_time() < 1: pass")
    tracked(runs, code="import time; time.sleep(1)")
    watts = []
    for run in read_runs(runs):
        names = {part.device: part.name for part in run.parts().values()}
        joules = next(j for device, j in run.joules().items() if names[device] == "cpu:0")
        watts.append(joules / (run.duration_h * 3600))
    assert watts[0] > 1.5 * watts[1]


def test_runs_list_as_json(runs, capsys):
    """The names are those of the contract; a run without a place has a null in operational_kg, one with a place a figure."""
    tracked(runs, code="pass")
    tracked(runs, code="pass", options=("--where", "100 g/kWh", "--name", "placed"))
    code, out, err = call(capsys, "runs", "list", "--runs", runs, "--format", "json")
    assert (code, err) == (0, "")
    first, second = json.loads(out)
    for run in (first, second):
        assert set(NAMES) <= set(run)
        assert run["state"] == "finished"
        assert run["energy_kwh"] > 0
        assert run["duration_h"] > 0
        assert "cpu:0 (model)" in run["covers"]
    assert first["operational_kg"] is None
    assert second["operational_kg"] == pytest.approx(second["energy_kwh"] * 0.1, rel=1e-9)
    assert second["energy_kwh"] > second["measured_energy_kwh"]
    out = call(capsys, "runs", "list", "--runs", runs, "--format", "json", "--where", "200 g/kWh")[1]
    for run in json.loads(out):
        assert run["operational_kg"] == pytest.approx(run["energy_kwh"] * 0.2, rel=1e-9)


def test_a_running_run_is_listed_as_running(runs, capsys):
    """While the command runs its run is `running`, with what it has drawn so far."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wattgram", "track", "--runs", runs, "--", "sleep", "600"],
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 120
    states = []
    while time.monotonic() < until and not states:
        if os.path.isdir(runs):
            states = [
                run["state"]
                for run in json.loads(call(capsys, "runs", "list", "--runs", runs, "--format", "json")[1])
                if run["energy_kwh"]
            ]
        time.sleep(0.05)
    assert states == ["running"]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    assert process.returncode == 128 + signal.SIGTERM
    assert (
        json.loads(call(capsys, "runs", "list", "--runs", runs, "--format", "json")[1])[0]["state"]
        == "interrupted"
    )


def test_runs_show_in_every_form(runs, capsys):
    """A run is a footprint: every form of report, by its id, the beginning of it, or `last`."""
    tracked(runs, code="pass", options=("--where", "FR"))
    (run,) = read_runs(runs)
    for form in FORMS:
        code, out, err = call(capsys, "runs", "show", run.id[:6], "--runs", runs, "--format", form)
        assert (code, err) == (0, "")
        assert out.strip()
    data = json.loads(call(capsys, "runs", "show", "--runs", runs, "--format", "json")[1])
    assert data["run"]["measured_scope"] == "device"
    assert data["operational_kg"]["low"] < data["operational_kg"]["central"] < data["operational_kg"]["high"]


def test_runs_export_is_what_a_batch_reads(runs, capsys):
    """CSV with the columns of a table of runs; the hardware words are words that `estimate` takes."""
    tracked(runs, code="pass", options=("--where", "FR"))
    out = call(capsys, "runs", "export", "--runs", runs)[1]
    (row,) = csv.DictReader(io.StringIO(out))
    assert {
        "hardware",
        "count",
        "hours",
        "where",
        "measured_energy_kwh",
        "energy_origin",
        "measured_scope",
        "start",
        "end",
    } <= set(row)
    from wattgram import estimate

    footprint = estimate(
        row["hardware"],
        float(row["hours"]),
        row["where"],
        measured_energy_kwh=float(row["measured_energy_kwh"]),
        measured_scope=row["measured_scope"],
        start=row["start"],
    )
    listed = json.loads(call(capsys, "runs", "list", "--runs", runs, "--format", "json")[1])[0]
    assert footprint.energy.central == pytest.approx(listed["energy_kwh"], rel=1e-9)
    samples = json.loads(call(capsys, "runs", "export", "--runs", runs, "--samples", "--format", "json")[1])
    assert samples[-1]["job_j"] / 3.6e6 == pytest.approx(float(row["measured_energy_kwh"]), rel=1e-12)


def test_a_batch_of_the_folder_agrees_with_the_list(runs, capsys):
    """`wattgram batch runs/`: the sums of the table are those of the list."""
    pytest.importorskip("duckdb")
    tracked(runs, code="pass", options=("--where", "FR"))
    tracked(runs, code="pass", options=("--where", "SE"))
    listed = json.loads(call(capsys, "runs", "list", "--runs", runs, "--format", "json")[1])
    code, out, _ = call(capsys, "batch", runs, "--format", "csv")
    assert code == 0
    (row,) = csv.DictReader(io.StringIO(out))
    for name in ("energy_kwh", "operational_kg"):
        assert float(row[name]) == pytest.approx(sum(run[name] for run in listed), rel=1e-9)


def test_runs_compare(runs, capsys):
    """Runs side by side, the least first; one run elsewhere with --by."""
    tracked(runs, code="import time; time.sleep(0.6)", options=("--where", "FR"))
    tracked(runs, code="pass", options=("--where", "FR"))
    rows = json.loads(call(capsys, "runs", "compare", "--runs", runs, "--format", "json")[1])
    assert rows[0]["times_the_least"] == 1.0
    assert rows[1]["times_the_least"] > 1.0
    code, out, _ = call(capsys, "runs", "compare", "last", "--runs", runs, "--by", "zone", "--limit", "5")
    assert code == 0
    assert "France" in out or "FR" in out


@pytest.mark.parametrize("form", ["text", "csv", "markdown", "json"])
def test_lists_in_every_form(runs, capsys, form):
    """A list of no runs and of one, in each form."""
    os.makedirs(runs)
    code, _, err = call(capsys, "runs", "list", "--runs", runs, "--format", form)
    assert (code, err) == (0, "")
    tracked(runs, code="pass")
    code, out, err = call(capsys, "runs", "list", "--runs", runs, "--format", form)
    assert (code, err) == (0, "")
    assert "finished" in out


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "list", "--runs", "/nowhere/at/all"),
        ("runs", "show", "nobody", "--runs", "RUNS"),
        ("runs", "list", "--runs", "RUNS", "--format", "xml"),
        ("runs", "list", "--runs", "RUNS", "--where", "Atlantis"),
        ("runs", "export", "--runs", "RUNS", "--format", "text"),
        ("runs", "frobnicate"),
    ],
    ids=" ".join,
)
def test_bad_input_is_exit_2_and_one_sentence(runs, capsys, words):
    """One line on standard error, nothing on standard output."""
    os.makedirs(runs)
    code, out, err = call(capsys, *[runs if word == "RUNS" else word for word in words])
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_run_of_which_nothing_was_measured_is_exit_3(runs, capsys):
    """A journal whose header alone is there has no energy: null in the list, exit 3 when it is shown."""
    tracked(runs, code="pass")
    (name,) = os.listdir(runs)
    path = os.path.join(runs, name)
    with open(path, encoding="utf-8") as handle:
        header = handle.readline()
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(header)
    (row,) = json.loads(call(capsys, "runs", "list", "--runs", runs, "--format", "json")[1])
    assert row["energy_kwh"] is None
    assert row["state"] == "interrupted"
    assert call(capsys, "runs", "show", "--runs", runs)[0] == 3


def test_the_command_is_kept_without_its_secrets(runs):
    """The journal has the command, and none of the secrets on it."""
    secrets = ("hf_abcdefghij0123456789", "hunter2", "s3cr3t")
    tracked(
        runs,
        sys.executable,
        "-c",
        "pass",
        "--lr",
        "0.1",
        secrets[0],
        "--password",
        secrets[1],
        f"API_KEY={secrets[2]}",
    )
    text = (Path(runs) / os.listdir(runs)[0]).read_text(encoding="utf-8")
    assert "--lr 0.1" in text
    assert not any(secret in text for secret in secrets)


def test_a_run_that_is_none_is_said_plainly(runs, tmp_path, capsys):
    """An empty folder holds no runs; an id like no other gets no suggestion."""
    (tmp_path / "empty").mkdir()
    code, _, err = call(capsys, "runs", "show", "--runs", str(tmp_path / "empty"))
    assert code == 2
    assert "the folder holds no runs" in err
    tracked(runs, code="pass")
    code, _, err = call(capsys, "runs", "show", "zzz", "--runs", runs)
    assert code == 2
    assert "did you mean" not in err
