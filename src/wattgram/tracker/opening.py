"""Opening a run: its id and file, its meters and their first reading, its header."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from wattgram.catalog import Catalog
from wattgram.tracker.environment import environment, rank_and_group
from wattgram.tracker.journal import SCHEMA, default_folder, iso, read_run
from wattgram.tracker.machine import Machine
from wattgram.tracker.meters import find_meters
from wattgram.tracker.meters.protocol import Meter
from wattgram.tracker.place import place
from wattgram.tracker.record import process_identity
from wattgram.tracker.sampler import Station
from wattgram.tracker.settings import calibration
from wattgram.tracker.writer import Writer

if TYPE_CHECKING:
    from wattgram.tracker.tracker import Tracker

__all__ = ["open_run"]

DEFAULT_RUNS = "runs"


def open_run(tracker: Tracker, number: int) -> None:
    """Everything before the first sample.

    Parameters
    ----------
    tracker : the tracker that starts
    number : how many runs this process has begun before
    """
    said = tracker.settings
    catalog = said.catalog or Catalog.load()
    machine = _machine(said.hardware, catalog)
    where, notices = place(said.where)
    tracker.notices += notices
    key = (said.hardware, said.sensors, said.meters, id(catalog))
    tracker.station_key = key
    tracker.station = tracker.sampler.station(key, lambda: _station(tracker, machine, catalog))
    now_s = tracker.pace.begin(tracker.clock)  # time and energy begin at one moment
    start_s = tracker.clock.wall_s()
    tracker.station.read(now_s)
    tracker.base = {name: (one.node_j, one.job_j) for name, one in tracker.station.readings.items()}
    tracker.tasks.since_s = now_s
    folder = default_folder(None if said.runs == DEFAULT_RUNS else said.runs)
    append = _choose_file(tracker, folder)
    tracker.writer = Writer(tracker.path, append=append)
    rated = machine.rated(catalog)
    memory = machine.allocation
    rank, group = rank_and_group()
    tracker.header = {
        "type": "header",
        "schema": SCHEMA,
        "segment": os.urandom(3).hex(),
        "id": tracker.id,
        "name": said.name,
        "start": iso(start_s),
        "start_s": start_s,
        "interval_s": tracker.pace.interval_s,
        "where": where,
        "hardware": said.hardware,
        "scope": said.scope,
        "rank": rank,
        "group": f"{group}/{number}" if group else "",
        "host": {
            "node": machine.id,
            "job": _host_words(rated.job_words, memory.memory_gb),
            "whole": _host_words(rated.words, memory.machine_memory_gb),
        },
        "parts": [part.to_dict() for part in tracker.station.parts],
        "notices": [one.to_dict() for one in [*tracker.notices, *tracker.station.notices()]],
        "environment": environment(machine, said.command),
        "process": process_identity(),
    }
    if not tracker.writer.write(tracker.header):
        tracker._journal_waits()  # noqa: SLF001 - a part of the tracker, in a file of its own


def _machine(hardware: str | None, catalog: Catalog) -> Machine:
    if not hardware:
        return Machine()
    from wattgram.tracker.meters.stated import stated_processor  # noqa: PLC0415 - only where it is stated

    return Machine(processor=stated_processor(hardware, catalog))


def _station(tracker: Tracker, machine: Machine, catalog: Catalog) -> Station:
    said = tracker.settings
    if said.meters is not None:
        return Station(said.meters)
    meters, notices = find_meters(machine, catalog, said.hardware, said.sensors)
    numbers = calibration(str(machine.id.partition("/")[0]))
    if numbers is not None:
        from wattgram.tracker.meters.calibrated import Calibrated  # noqa: PLC0415 - only where it was done

        wrapped: list[Meter] = [Calibrated(meters, machine, *numbers)]
        return Station(wrapped, notices)
    return Station(meters, notices)


def _host_words(processors: str, memory_gb: float | None) -> str:
    return f"{processors} + {memory_gb:.4g}GB" if memory_gb else processors


def _choose_file(tracker: Tracker, folder: str) -> bool:
    """The run's id and path; True where an earlier journal is continued."""
    resume = tracker.settings.resume
    if resume is not None:
        tracker.id = resume
        found = _journals_of(folder, resume)
        if found:
            tracker.path = found
            earlier: Any = None
            try:
                earlier = read_run(found)
            except OSError:
                earlier = None
            if earlier is not None and earlier.segments:
                tracker.id, tracker.earlier = earlier.id, earlier.segments
            return True
    else:
        tracker.id = os.urandom(6).hex()
    date = time.strftime("%Y-%m-%d", time.gmtime(tracker.clock.wall_s()))
    tracker.path = os.path.join(folder, f"{date}-{tracker.id}.jsonl")
    return False


def _journals_of(folder: str, identity: str) -> str | None:
    """The journal of an id, or of its beginning where only one begins so."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".jsonl"))
    except OSError:
        return None
    ids = {name: name.removesuffix(".jsonl")[len("2026-01-01-") :] for name in names}
    exact = [name for name in names if ids[name] == identity]
    begun = [name for name in names if ids[name].startswith(identity) and len(identity) >= 6]  # noqa: PLR2004 - as typed
    chosen = exact or (begun if len(begun) == 1 else [])
    return os.path.join(folder, chosen[-1]) if chosen else None
