"""Settings, calibration, allocation: what is read from files, and what is made of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import wattgram
from wattgram.cli import main
from wattgram.errors import InputError, NothingMeasuredError
from wattgram.testing import powercap_tree
from wattgram.tracker.calibrate import line
from wattgram.tracker.cgroup import allocation, cgroup_seconds, tree_seconds
from wattgram.tracker.forecast import parse_budget
from wattgram.tracker.journal import default_folder, read_runs
from wattgram.tracker.meters import Sensors
from wattgram.tracker.settings import calibration, config_path, save_calibration, setting


def test_the_folder_of_runs(monkeypatch, tmp_path):
    """Argument, then environment, then config file, then `runs` here."""
    monkeypatch.chdir(tmp_path)
    assert default_folder() == str(tmp_path / "runs")
    config = tmp_path / "c.toml"
    config.write_text(f'runs = "{tmp_path / "of-config"}"\n', encoding="utf-8")
    monkeypatch.setenv("WATTGRAM_CONFIG", str(config))
    assert default_folder() == str(tmp_path / "of-config")
    monkeypatch.setenv("WATTGRAM_RUNS", str(tmp_path / "of-environment"))
    assert default_folder() == str(tmp_path / "of-environment")
    assert default_folder("said") == str(tmp_path / "said")


def test_a_damaged_config_file_is_no_config(monkeypatch, tmp_path):
    """A file that is no TOML stops nobody."""
    config = tmp_path / "c.toml"
    config.write_bytes(b"\xff where = = 3")
    monkeypatch.setenv("WATTGRAM_CONFIG", str(config))
    assert setting("where") is None


def test_the_config_file_is_that_of_the_system(monkeypatch, tmp_path):
    """Without WATTGRAM_CONFIG it is config.toml in the folder that the system has for settings."""
    monkeypatch.delenv("WATTGRAM_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert config_path() == str(tmp_path / "wattgram" / "config.toml")
        platformdirs = pytest.importorskip("platformdirs")
        assert config_path() == str(Path(platformdirs.user_config_dir("wattgram")) / "config.toml")
        monkeypatch.delenv("XDG_CONFIG_HOME")
        assert config_path() == str(Path(platformdirs.user_config_dir("wattgram")) / "config.toml")


# --- calibration ----------------------------------------------------------------------------------------------------


def test_two_readings_make_a_line():
    """Wall 105 and 315 W at sensors of 43 and 230 W: factor 1.123, fixed 56.7 W (57 W + 1.12 x)."""
    found = line(105.0, 315.0, 43.0, 230.0)
    assert (found.factor, found.fixed_w) == pytest.approx((210 / 187, 105 - 43 * 210 / 187))
    with pytest.raises(NothingMeasuredError, match="too near"):
        line(105.0, 315.0, 43.0, 43.1)
    with pytest.raises(InputError):
        line(300.0, 200.0, 43.0, 230.0)


def test_a_calibrated_machine_has_the_wall(monkeypatch, tmp_path, runs, clock, constant):
    """57 W + 1.12 x 100 W over an hour is 0.169 kWh of IT equipment: the rest of the server is not modelled again."""
    from wattgram.tracker.machine import Machine
    from wattgram.tracker.meters.calibrated import Calibrated

    meter = Calibrated([constant(100.0)], Machine(), 57.0, 1.12)
    with wattgram.track("FR", runs=runs, meters=[meter], clock=clock, scope="node") as t:
        clock.advance(3600)
    footprint = t.footprint()
    assert footprint.assembled.factors.measured_energy_kwh.central == pytest.approx(0.169)
    assert footprint.run.measured_scope == "it"
    assert footprint.energy.central == pytest.approx(0.169 * footprint.assembled.factors.pue.central)


def test_both_numbers_are_kept_beside_other_settings(monkeypatch, tmp_path):
    """The file keeps what it said; a second host keeps its own numbers."""
    config = tmp_path / "folder" / "c.toml"
    config.parent.mkdir()
    config.write_text('where = "FR"\n', encoding="utf-8")
    monkeypatch.setenv("WATTGRAM_CONFIG", str(config))
    save_calibration("one.example", 57.0, 1.12)
    save_calibration('two "x"', 10.0, 1.0)
    assert setting("where") == "FR"
    assert calibration("one.example") == (57.0, 1.12)
    assert calibration('two "x"') == (10.0, 1.0)
    assert calibration("three") is None


def test_calibrate_as_a_command(monkeypatch, tmp_path, capsys, runs):
    """`wattgram track --calibrate IDLE LOAD` looks at rest and load, says the line, and the next run has a `rest`."""
    config = tmp_path / "new" / "c.toml"
    monkeypatch.setenv("WATTGRAM_CONFIG", str(config))
    seen = iter([20.0, 60.0])
    monkeypatch.setattr("wattgram.tracker.calibrate._watts", lambda *_: next(seen))
    busy = [sys.executable, "-c", "import time; time.sleep(9)"]
    assert main(["track", "--calibrate", "80", "160", "--seconds", "0.2", "--", *busy]) == 0
    out = capsys.readouterr().out
    assert "wall = 40 W + 2 x sensors" in out
    assert config.exists()
    with wattgram.track(runs=runs):
        pass
    assert "rest (model)" in read_runs(runs)[0].covers


# --- allocation -----------------------------------------------------------------------------------------------------


def system(tmp_path, files):
    """Folders that stand for /proc and /sys/fs/cgroup."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return str(tmp_path / "proc"), str(tmp_path / "cgroup")


def test_a_container_has_its_quota(tmp_path, monkeypatch):
    """Version 2: 1.5 processors and 2 GB of a machine with more; the file that counts its time is its own."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    proc, cgroups = system(
        tmp_path,
        {
            "proc/meminfo": "MemTotal: 64000000 kB\n",
            "proc/self/cgroup": "0::/pod/box\n",
            "cgroup/pod/cpu.max": "400000 100000\n",
            "cgroup/pod/memory.max": "max\n",
            "cgroup/pod/box/cpu.max": "150000 100000\n",
            "cgroup/pod/box/memory.max": "2000000000\n",
            "cgroup/pod/box/cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
        },
    )
    given = allocation(proc, cgroups)
    assert (given.cpus, given.machine_cpus, given.memory_gb) == (1.5, 64, 2.0)
    assert given.fraction == pytest.approx(1.5 / 64)
    assert cgroup_seconds(given.cgroup) == pytest.approx(2.5)


def test_a_container_of_version_1_has_its_quota(tmp_path, monkeypatch):
    """Version 1: 2 of 8 processors, no memory limit (a number near 2^63)."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    proc, cgroups = system(
        tmp_path,
        {
            "proc/meminfo": "MemTotal: 16000000 kB\n",
            "proc/self/cgroup": "4:memory:/docker/x\n3:cpuacct,cpu:/docker/x\n",
            "cgroup/cpu/docker/x/cpu.cfs_quota_us": "200000\n",
            "cgroup/cpu/docker/x/cpu.cfs_period_us": "100000\n",
            "cgroup/memory/docker/x/memory.limit_in_bytes": "9223372036854771712\n",
            "cgroup/cpuacct/docker/x/cpuacct.usage": "3000000000\n",
        },
    )
    given = allocation(proc, cgroups)
    assert given.cpus == 2.0
    assert given.memory_gb == pytest.approx(16.384)
    assert cgroup_seconds(given.cgroup) == pytest.approx(3.0)


def test_slurm_says_what_it_gave(tmp_path, monkeypatch):
    """A job of 4 processors and 8 GB on a node of 64: its share, and its own processor time where it is counted."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    for name, value in (("SLURM_JOB_ID", "7"), ("SLURM_CPUS_ON_NODE", "4"), ("SLURM_MEM_PER_NODE", "8000")):
        monkeypatch.setenv(name, value)
    proc, cgroups = system(tmp_path, {"proc/meminfo": "MemTotal: 64000000 kB\n"})
    given = allocation(proc, cgroups)
    assert (given.cpus, given.memory_gb) == (4.0, 8.0)
    assert "Slurm" in given.reason


def test_affinity_is_a_share(tmp_path, monkeypatch):
    """A process bound to 2 of 8 processors has a quarter."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert allocation(*system(tmp_path, {"proc/meminfo": ""})).fraction == 0.25


def test_processor_time_of_a_tree(tmp_path):
    """A process with a living child and a waited-for one: 3 + 1 + 4 s in ticks, a name with brackets and blanks too."""
    ticks = os.sysconf("SC_CLK_TCK")

    def stat(name, times):
        return (
            f"1 ({name}) S "
            + " ".join(["0"] * 10)
            + " "
            + " ".join(str(t * ticks) for t in times)
            + " 0" * 30
        )

    proc, _ = system(
        tmp_path,
        {
            "proc/10/stat": stat("my (odd) name", (2, 1, 0, 1)),
            "proc/10/task/10/children": "11 12",
            "proc/11/stat": stat("worker", (3, 1, 0, 0)),
            "proc/11/task/11/children": "",
        },
    )
    assert tree_seconds(10, proc) == pytest.approx(8.0)


def test_a_processor_at_rest_or_unreadable_is_never_0(runs, tmp_path):
    """Counters that cannot be read leave the model, which is above 0."""
    tree = powercap_tree(str(tmp_path / "p"), {"intel-rapl:0": "package-0"})
    tree.set("intel-rapl:0", "")
    with wattgram.track(runs=runs, sensors=Sensors(powercap=str(tmp_path / "p"))) as t:
        pass
    assert "sensor-unreadable" in {notice.code for notice in t.footprint().warnings}
    assert sum(read_runs(runs)[0].joules().values()) > 0
    assert Path(runs).exists()


@pytest.mark.parametrize(
    ("given", "amount", "unit"),
    [("5 kg", 5, "kg"), ("500g", 0.5, "kg"), ("1.5 t CO2e", 1500, "kg"), (2, 2, "kg"), ("10 kWh", 10, "kWh")],
)
def test_a_budget_has_its_unit(given, amount, unit):
    """Masses of CO2e and energies; a bare number is kg."""
    found = parse_budget(given)
    assert found.unit == unit
    assert found.amount == pytest.approx(amount)
