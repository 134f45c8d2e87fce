"""What tests of the tracker share: a machine that stands still, a clock moved by hand, settings of nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from wattgram.testing import FakeClock
from wattgram.tracker.meters import Sensors


@pytest.fixture(autouse=True)
def settings_of_nobody(tmp_path, monkeypatch):
    """No test reads the settings, the place or the job of whoever runs it."""
    for name in list(os.environ):
        if name.startswith(("WATTGRAM_", "SLURM_", "TORCHELASTIC", "OMPI_", "CUDA_VISIBLE", "HIP_", "ROCR_")):
            monkeypatch.delenv(name)
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WATTGRAM_CONFIG", str(tmp_path / "no-settings.toml"))


@pytest.fixture
def clock():
    """A clock moved by hand."""
    return FakeClock()


@pytest.fixture
def runs(tmp_path):
    """A folder for journals."""
    return str(tmp_path / "runs")


@pytest.fixture
def bare(tmp_path):
    """Sensors of a machine that has none."""
    return Sensors(powercap=str(tmp_path / "no-powercap"))


class Constant:
    """A meter of a constant power, half of it the job's."""

    name = "constant"
    period_s = 0.0

    def __init__(self, watts=100.0, part="gpu:0", device="GPU-constant", method="energy-counter"):
        from wattgram.tracker.meters import Part

        self.watts = watts
        self.parts = (Part(part, device, self.name, method, 0.95, 1.05, "NVIDIA A100-SXM4-80GB"),)
        self.begin_s = None
        self.fails = False

    def read(self, now_s):
        from wattgram.tracker.meters import Reading

        if self.fails:
            raise RuntimeError("the sensor is on fire")
        self.begin_s = now_s if self.begin_s is None else self.begin_s
        joules = self.watts * (now_s - self.begin_s)
        return {self.parts[0].name: Reading(joules, joules / 2)}

    def notices(self):
        return ()


@pytest.fixture
def constant():
    """The class of a meter of constant power."""
    return Constant


@pytest.fixture
def program(tmp_path):
    """Run a program that tracks; gives the process."""

    def run(text, *words, wait=True, env=None, **options):
        path = tmp_path / f"program{len(list(tmp_path.glob('program*')))}.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, str(path), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
            **options,
        )
        if wait:
            process.out, process.err = process.communicate(timeout=300)
        return process

    return run
