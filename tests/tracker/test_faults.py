"""What goes wrong in the world: kills, full and closed disks, crashes, forks, clocks. Nothing written is ever lost."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import wattgram
from wattgram.tracker.journal import read_runs
from wattgram.tracker.writer import Writer

BUSY = """
    import os, sys, time
    import wattgram
    import wattgram.tracker.writer as pen
    told = int(sys.argv[2])
    write = pen.Writer.write
    def counted(self, record):
        done = write(self, record)
        os.write(told, b"+")
        return done
    pen.Writer.write = counted
    t = wattgram.track("FR", runs=sys.argv[1], interval_s=0.01).start()
    while True:
        time.sleep(0.001)
"""


def kill_at(program, runs, wait_s, least=1):
    """Run the program, kill it after its first lines and some time more; how many lines it had written for sure."""
    ours, theirs = os.pipe()
    process = program(BUSY, runs, str(theirs), wait=False, pass_fds=[theirs])
    os.close(theirs)
    told = 0
    while told < least:
        assert os.read(ours, 1) == b"+"
        told += 1
    time.sleep(wait_s)
    process.kill()
    process.communicate()
    while more := os.read(ours, 65536):
        told += len(more)
    os.close(ours)
    return told


def check_kills(program, runs, number, seed):
    random.seed(seed)
    for _ in range(number):
        shutil.rmtree(runs, ignore_errors=True)
        told = kill_at(program, runs, random.uniform(0, 0.15))  # noqa: S311 - a moment, no secret
        (run,) = read_runs(runs)
        assert run.state == "interrupted"
        lines = 1 + len(run.segments[0].samples)
        assert lines - told in (0, 1), "every line that was written is read; one may be in flight"
        assert run.torn <= 1
        assert told == 1 or sum(run.joules().values()) > 0


def test_killed_at_ten_random_moments(program, runs):
    """SIGKILL: no line is lost but the one in flight, the journal is readable, the run reads as interrupted."""
    check_kills(program, runs, 10, seed=1)


@pytest.mark.slow
def test_killed_at_a_hundred_random_moments(program, runs):
    """The same a hundred times: 0 lost lines, 0 unreadable journals."""
    check_kills(program, runs, 100, seed=2)


def test_a_killed_run_has_its_energy_in_the_list(program, runs):
    """`wattgram runs list` after a kill: one run, interrupted, with an energy above 0 and its carbon."""
    kill_at(program, runs, 0, least=5)
    out = subprocess.run(
        [sys.executable, "-m", "wattgram", "runs", "list", "--runs", runs, "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (run,) = json.loads(out)
    assert run["state"] == "interrupted"
    assert run["energy_kwh"] > 0
    assert run["operational_kg"] > 0


ENDINGS = {
    "sys.exit": ("sys.exit(3)", 3, "interrupted", "SystemExit"),
    "exception": ("raise RuntimeError('boom')", 1, "interrupted", "RuntimeError"),
    "Ctrl-C": ("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", -2, "interrupted", "KeyboardInterrupt"),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(5)", -15, "interrupted", ""),
    "os._exit": ("os._exit(4)", 4, "interrupted", ""),
    "abort": ("os.abort()", -6, "interrupted", ""),
    "end": ("pass", 0, "finished", ""),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_every_way_to_end(program, runs, how):
    """However the program ends, its own way of ending is untouched, and the journal has its samples and its state."""
    words, code, state, reason = ENDINGS[how]
    process = program(
        f"""
        import os, resource, signal, sys, time
        import wattgram
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with wattgram.track(runs=sys.argv[1], interval_s=0.02) as t:
            while t.writer.written < 5:
                time.sleep(0.01)
            {words}
        """,
        runs,
    )
    assert process.returncode == code
    (run,) = read_runs(runs)
    assert (run.state, run.reason) == (state, reason)
    assert sum(run.joules().values()) > 0
    assert run.torn == 0
    if how == "exception":
        assert "boom" in process.err


def test_forgetting_to_stop(program, runs):
    """A tracker that nobody stopped writes its last sample when the interpreter ends, and reads as interrupted."""
    process = program(
        """
        import sys, time
        import wattgram
        t = wattgram.track(runs=sys.argv[1], interval_s=10).start()
        time.sleep(0.2)
        """,
        runs,
    )
    assert (process.returncode, process.err) == (0, "")
    (run,) = read_runs(runs)
    assert (run.state, run.reason) == ("interrupted", "not stopped")
    assert run.duration_h * 3600 >= 0.2


def test_a_running_run_reads_as_running(runs):
    """While its process lives a run is running; no lock file says so."""
    tracker = wattgram.track(runs=runs).start()
    assert read_runs(runs)[0].state == "running"
    assert [path.suffix for path in Path(runs).iterdir()] == [".jsonl"]
    tracker.stop()
    assert read_runs(runs)[0].state == "finished"


def test_a_torn_last_line_costs_itself_alone(clock, runs, constant):
    """A power cut within the last line: all before it is read, and the loss is said."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock):
        clock.advance(120)
    (path,) = Path(runs).iterdir()
    # another process wrote it: this one lives, and what it writes would read as running
    text = re.sub(rb'"started":"\d+"', b'"started":"1"', path.read_bytes())
    last = text.rstrip(b"\n").rindex(b"\n") + 1
    for cut in range(last + 1, len(text) - 1, 37):
        path.write_bytes(text[:cut])
        (run,) = read_runs(runs)
        assert (run.torn, run.state) == (1, "interrupted")
        # the last whole sample is at 8 + 7 x 15 = 113 s
        assert sum(run.joules("node").values()) == pytest.approx(113 * 100)
    path.write_bytes(text[:40])
    (run,) = read_runs(runs)
    assert (run.state, run.torn, run.covers) == ("interrupted", 1, [])
    path.write_bytes(b"")
    assert read_runs(runs)[0].state == "interrupted"


def test_lines_that_are_no_record_of_ours_are_skipped(clock, runs, constant):
    """Binary rubbish, other people's JSON and null figures in a journal are counted and skipped."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock):
        clock.advance(60)
    (path,) = Path(runs).iterdir()
    lines = path.read_bytes().split(b"\n")
    strange = [
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"type":"sample","t_s":null}',
        b'{"type":"sample"}',
        b"1e999",
    ]
    path.write_bytes(b"\n".join([lines[0], *strange, *lines[1:]]))
    (run,) = read_runs(runs)
    assert run.torn == len(strange)
    assert sum(run.joules("node").values()) == pytest.approx(6000)


# --- disks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk(small_disk, clock, constant, caplog):
    """The disk is full for an hour: the program goes on, the total is right, the journal follows when there is room."""
    ballast = small_disk / "ballast"
    runs = str(small_disk / "runs")
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(60)
        with suppress(OSError):
            ballast.write_bytes(b"x" * 100_000)
        clock.advance(3600)
        assert "No space left" in caplog.text
        assert t.footprint().assembled.factors.measured_energy_kwh.central == pytest.approx(
            0.05 * 3660 / 3600
        )
        ballast.unlink()
        clock.advance(60)
    (run,) = read_runs(runs)
    assert run.state == "finished"
    assert len(run.segments[0].samples) > 3720 / 15
    assert sum(run.joules("node").values()) == pytest.approx(372_000)
    assert "journal-waiting" in {notice.code for notice in t.footprint().warnings}


def test_a_disk_that_is_full_to_the_end(small_disk, clock, constant):
    """Nothing could be written at all: the answer is there all the same, with the warning."""
    with suppress(OSError):
        (small_disk / "ballast").write_bytes(b"x" * 100_000)
    with wattgram.track(runs=str(small_disk / "runs"), meters=[constant()], clock=clock) as t:
        clock.advance(3600)
    footprint = t.footprint()
    assert footprint.assembled.factors.measured_energy_kwh.central == pytest.approx(0.05)
    assert "journal-waiting" in {notice.code for notice in footprint.warnings}


def test_a_file_that_may_not_grow(program, runs):
    """A limit on file size (RLIMIT_FSIZE) is a full disk too: exit 0, a warning, the total in the answer."""
    process = program(
        """
        import resource, sys, time
        import wattgram
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        with wattgram.track(runs=sys.argv[1], interval_s=0.01) as t:
            time.sleep(0.5)
        print(t.footprint().run.duration_h * 3600)
        """,
        runs,
    )
    assert process.returncode == 0
    assert float(process.out) >= 0.5
    assert "cannot be written" in process.err
    assert process.err.count("\n") == 1
    (run,) = read_runs(runs)
    assert sum(run.joules().values()) > 0


def test_a_folder_that_cannot_be_made(tmp_path, clock, constant, caplog):
    """The folder is a file: one warning, and the total in memory."""
    (tmp_path / "runs").write_text("", encoding="utf-8")
    with wattgram.track(runs=str(tmp_path / "runs"), meters=[constant()], clock=clock) as t:
        clock.advance(3600)
    assert t.footprint().assembled.factors.measured_energy_kwh.central == pytest.approx(0.05)
    assert caplog.text.count("cannot be written") == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to become another user")
def test_a_folder_that_may_not_be_written(program, tmp_path):
    """A read-only folder: the program ends as it would, its answer has the energy, one line on standard error."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    for above in tmp_path.parents:
        if "pytest" in above.name:
            above.chmod(0o755)
    tmp_path.chmod(0o755)
    process = program(
        """
        import logging, os, sys, time
        import wattgram
        with wattgram.track(runs=sys.argv[2]) as t:  # all is loaded while the libraries can be read
            pass
        t.footprint()
        os.setuid(65534)
        with wattgram.track(runs=sys.argv[1]) as t:
            time.sleep(0.1)
        print(t.footprint().energy.central > 0)
        """,
        str(folder / "runs"),
        str(tmp_path / "runs"),
    )
    assert (process.returncode, process.out) == (0, "True\n"), process.err
    assert process.err.count("cannot be written") == 1


def test_a_folder_that_vanishes(runs, clock, constant):
    """The folder is deleted during the run: it is made again, with its header, and the total is whole."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(600)
        shutil.rmtree(runs)
        clock.advance(600)
    (run,) = read_runs(runs)
    assert (run.id, run.state) == (t.id, "finished")
    assert sum(run.joules("node").values()) == pytest.approx(120_000)


def test_a_change_of_folder_does_not_move_the_journal(tmp_path, clock, constant, monkeypatch):
    """`runs` is the folder where the run began, wherever the program goes then."""
    monkeypatch.chdir(tmp_path)
    with wattgram.track(meters=[constant()], clock=clock):
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        clock.advance(60)
    assert len(read_runs(str(tmp_path / "runs"))) == 1
    assert not (tmp_path / "elsewhere" / "runs").exists()


def test_the_pen_ends_a_line_that_was_cut(tmp_path):
    """A write that took part of a line is ended by the next, and the whole line follows."""
    pen = Writer(str(tmp_path / "a.jsonl"))
    pen.write({"n": 1})
    with (tmp_path / "a.jsonl").open("ab") as other:
        other.write(b'{"n":')
    pen.torn = True
    pen.write({"n": 2})
    assert (tmp_path / "a.jsonl").read_text() == '{"n":1}\n{"n":\n{"n":2}\n'


# --- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps(runs, clock, constant, jump_s):
    """The time of day is set back or forward by a day: duration and energy are by monotonic time, and it is said."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(1800)
        clock.jump(jump_s)
        clock.advance(1800)
    (run,) = read_runs(runs)
    assert run.duration_h == pytest.approx(1.0)
    assert sum(run.joules("node").values()) == pytest.approx(360_000)
    gaps = [notice.text for notice in t.footprint().warnings if notice.code == "time-gap"]
    assert gaps == [f"clock jump of {jump_s:.0f} s during the run"]


def test_a_machine_that_sleeps(runs, clock, constant):
    """An hour of suspend adds no time and no energy, and is said."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(1800)
        clock.suspend(3600)
        clock.advance(1800)
    assert read_runs(runs)[0].duration_h == pytest.approx(1.0)
    assert [notice.text for notice in t.footprint().warnings if notice.code == "time-gap"] == [
        "suspend of 3600 s during the run"
    ]


def test_a_process_that_stood_still(runs, clock, constant):
    """Ten minutes without a sample (SIGSTOP): counters went on, so the energy is whole, and the gap is said."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(60)
        clock.stall(600)
        clock.advance(60)
    assert sum(read_runs(runs)[0].joules("node").values()) == pytest.approx(72_000)
    assert any(notice.code == "time-gap" and "standstill" in notice.text for notice in t.footprint().warnings)


# --- processes ------------------------------------------------------------------------------------------------------


def test_eight_processes_start_twenty_runs_each(program, runs):
    """160 runs begun at once in one folder: 160 journals, each whole, each with an id of its own."""
    text = """
        import sys
        import wattgram
        for _ in range(20):
            with wattgram.track(runs=sys.argv[1]):
                pass
    """
    processes = [program(text, runs, wait=False) for _ in range(8)]
    for process in processes:
        _, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, "")
    found = read_runs(runs)
    assert len(found) == len({run.id for run in found}) == 160
    assert {run.state for run in found} == {"finished"}
    assert all(run.torn == 0 and sum(run.joules().values()) > 0 for run in found)


def test_a_fork_leaves_the_run_to_its_parent(program, runs):
    """A forked child neither samples nor ends its parent's run; a run of its own works there."""
    process = program(
        """
        import os, sys, time
        import wattgram
        with wattgram.track(runs=sys.argv[1], interval_s=0.02, name="parent") as t:
            time.sleep(0.05)
            child = os.fork()
            if child == 0:
                with t.task("not mine"):
                    pass
                t.stop()
                with wattgram.track(runs=sys.argv[1], interval_s=0.02, name="child"):
                    time.sleep(0.1)
                sys.exit(0)
            os.waitpid(child, 0)
            time.sleep(0.05)
        """,
        runs,
    )
    assert (process.returncode, process.err) == (0, "")
    found = {run.header["name"]: run for run in read_runs(runs)}
    assert {name: run.state for name, run in found.items()} == {"parent": "finished", "child": "finished"}
    assert len(found["parent"].segments[0].samples) > 1
    assert found["parent"].tasks() == {}


def test_a_fork_sees_no_thread_of_ours(program, runs):
    """From Python 3.12 on a fork with threads is warned about: ours is gone at that moment, and there again after it."""
    process = program(
        """
        import os, sys, threading, time
        os.register_at_fork(before=lambda: print("threads at the fork:", threading.active_count()))
        import wattgram
        with wattgram.track(runs=sys.argv[1], interval_s=0.02) as t:
            time.sleep(0.05)
            sys.stdout.flush()
            for _ in range(3):
                child = os.fork()
                if child == 0:
                    os._exit(0)
                os.waitpid(child, 0)
            before = t.writer.written
            until = time.monotonic() + 60
            while t.writer.written <= before + 2 and time.monotonic() < until:
                time.sleep(0.02)
            print("went on:", t.writer.written > before + 2, threading.active_count())
        """,
        runs,
    )
    assert process.out == "threads at the fork: 1\n" * 3 + "went on: True 2\n", process.err


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_worker_processes(program, runs, method):
    """Pools of workers beside a running tracker, forked or spawned: no hang, no fault, the workers' runs are whole."""
    process = program(
        """
        import multiprocessing, sys, time
        import wattgram

        def work(runs):
            with wattgram.track(runs=runs, name="worker"):
                return sum(range(1000))

        if __name__ == "__main__":
            with wattgram.track(runs=sys.argv[1], interval_s=0.01, name="parent"):
                with multiprocessing.get_context(sys.argv[2]).Pool(2) as pool:
                    assert pool.map(work, [sys.argv[1]] * 4) == [499500] * 4
        """,
        runs,
        method,
    )
    assert (process.returncode, process.err) == (0, "")
    names = sorted(run.header["name"] for run in read_runs(runs))
    assert names == ["parent", *["worker"] * 4]
    assert {run.state for run in read_runs(runs)} == {"finished"}


def test_warnings_as_errors_end_nothing(program, tmp_path):
    """`python -W error` and a folder that cannot be written: the program goes on."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    process = program(
        """
        import sys, warnings
        warnings.simplefilter("error")
        import wattgram
        with wattgram.track(runs=sys.argv[1]):
            pass
        print("alive")
        """,
        str(tmp_path / "file"),
    )
    assert (process.returncode, process.out) == (0, "alive\n")


def test_the_sampler_is_one_thread_and_starts_no_process(program, runs):
    """Three trackers at once: one thread more, no child process, and none of it left after the last."""
    process = program(
        """
        import os, sys, threading, time
        import wattgram
        trackers = [wattgram.track(runs=sys.argv[1]).start() for _ in range(3)]
        children = open(f"/proc/self/task/{os.getpid()}/children").read()
        print(threading.active_count() - 1, repr(children), all(t.daemon for t in threading.enumerate()[1:]))
        for t in trackers:
            t.stop()
        until = time.monotonic() + 60
        while threading.active_count() > 1 and time.monotonic() < until:
            time.sleep(0.01)
        print(threading.active_count() - 1)
        """,
        runs,
    )
    assert process.out == "1 '' True\n0\n"


def test_a_signal_is_not_ours(program, runs):
    """No signal handler is installed and none is changed by tracking."""
    process = program(
        """
        import signal, sys
        import wattgram
        before = {s: signal.getsignal(s) for s in signal.valid_signals()}
        with wattgram.track(runs=sys.argv[1]):
            assert before == {s: signal.getsignal(s) for s in signal.valid_signals()}
        """,
        runs,
    )
    assert process.returncode == 0, process.err
    assert signal.SIGTERM
