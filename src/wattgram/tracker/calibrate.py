"""Calibrating: two readings of a wall meter make a line through what the sensors and models say.

factor = (W_load - W_idle) / (S_load - S_idle)        fixed = W_idle - factor * S_idle
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import NamedTuple

from wattgram.catalog import Catalog
from wattgram.errors import InputError, NothingMeasuredError, OutOfRangeError
from wattgram.run import check_number
from wattgram.tracker.machine import Machine
from wattgram.tracker.meters import Sensors, find_meters
from wattgram.tracker.sampler import Station
from wattgram.tracker.settings import save_calibration

__all__ = ["Line", "calibrate", "line"]

MOST_W = 1e6
LONGEST_S = 3600.0
SETTLE_S = 1.0
LEAST_STEP = 0.02
"""Sensors that move by less than this share between rest and load cannot be calibrated [1]."""
BUSY = "while True: pass"


class Line(NamedTuple):
    """Wall watts as a function of sensor watts."""

    fixed_w: float
    factor: float


def line(idle_w: float, load_w: float, sensors_idle_w: float, sensors_load_w: float) -> Line:
    """The line through two points.

    Parameters
    ----------
    idle_w, load_w : readings of the wall meter [W]
    sensors_idle_w, sensors_load_w : what sensors and models said at the same time [W]

    Raises
    ------
    NothingMeasuredError : the sensors did not move between rest and load
    InputError : the load's reading is not above that at rest
    """
    check_number("idle reading", idle_w, 0, MOST_W, "W", above=True)
    check_number("load reading", load_w, 0, MOST_W, "W", above=True)
    if load_w <= idle_w:
        raise OutOfRangeError("load reading", load_w, f"it is more than that at rest, {idle_w:g} W")
    if sensors_load_w - sensors_idle_w <= LEAST_STEP * sensors_idle_w:
        raise NothingMeasuredError(
            f"sensors and models say {sensors_idle_w:.4g} W at rest and {sensors_load_w:.4g} W under load, too near to "
            "each other; write the load after --, as in wattgram track --calibrate 80 310 -- python train.py"
        )
    factor = (load_w - idle_w) / (sensors_load_w - sensors_idle_w)
    return Line(idle_w - factor * sensors_idle_w, factor)


def calibrate(
    idle_w: float, load_w: float, seconds: float, words: list[str], sensors: Sensors | None = None
) -> str:
    """Look at the machine at rest and under load, and keep the line; the sentence that says so.

    Parameters
    ----------
    idle_w, load_w : readings of the wall meter [W]
    seconds : how long to look at each [s]
    words : the command that is the load; empty, and every processor is kept busy
    sensors : where to look (tests)
    """
    check_number("seconds", seconds, 0, LONGEST_S, "s", above=True)
    line(idle_w, load_w, 1.0, 2.0)
    machine = Machine()
    station = Station(*find_meters(machine, Catalog.load(), None, sensors))
    at_rest_w = _watts(station, seconds)
    loads = [words] if words else [[sys.executable, "-c", BUSY]] * (os.cpu_count() or 1)
    try:
        running = [subprocess.Popen(one, stdout=2) for one in loads]  # noqa: S603 - the user's own command, or ours
    except OSError as error:
        raise InputError(
            "command", words[0] if words else "", f"it cannot be run: {error.strerror}"
        ) from None
    try:
        time.sleep(min(SETTLE_S, seconds))
        under_load_w = _watts(station, seconds)
    finally:
        for one in running:
            one.terminate()
            one.wait()
    found = line(idle_w, load_w, at_rest_w, under_load_w)
    host = machine.id.partition("/")[0]
    path = save_calibration(host, found.fixed_w, found.factor)
    return (
        f"{host}: wall = {found.fixed_w:.4g} W + {found.factor:.4g} x sensors "
        f"(sensors and models: {at_rest_w:.4g} W at rest, {under_load_w:.4g} W under load); kept in {path}"
    )


def _watts(station: Station, seconds: float) -> float:
    """Mean power of the whole machine over some time [W]."""
    begin_s = time.monotonic()
    station.read(begin_s)
    before_j = sum(one.node_j for one in station.readings.values())
    while (left_s := begin_s + seconds - time.monotonic()) > 0:
        time.sleep(min(left_s, max(0.05, station.due_in_s(time.monotonic()))))
        station.read(time.monotonic(), only_due=True)
    end_s = time.monotonic()
    station.read(end_s)
    return (sum(one.node_j for one in station.readings.values()) - before_j) / (end_s - begin_s)
