"""What a job held and for how long: from whichever of its cells say it."""

from __future__ import annotations

import re
from typing import NamedTuple

from wattgram.errors import echo
from wattgram.importers.partitions import Partition, Site
from wattgram.importers.sacct_fields import (
    CUT_OFF,
    SHORT,
    Gpu,
    Tres,
    gres_of,
    memory_of,
    seconds_of,
    time_of,
    tres_of,
)
from wattgram.importers.sacct_row import HOLDING, Cells, Job
from wattgram.importers.sacct_types import Types

__all__ = ["Holding", "Holdings", "cpus_of", "elapsed_s_of"]

LONGEST_S = 2.0**31
"""A negative duration is printed as one of 136 years; none that is this long ran."""
MOST_KEPT = 1 << 16
_PART = re.compile(r"gres/(?:shard|mps)\b[^,=]*=[1-9]\d*")
GPU_FIELDS = ("alloctres", "reqtres", "allocgres", "reqgres")


def _number(cell: str) -> float | None:
    """The whole number of a cell; zero is one that was not counted."""
    return float(cell) if cell.isdecimal() and len(cell) < SHORT and cell != "0" else None


def cpus_of(said: Cells) -> float | None:
    """CPUs that the row says were held [1]."""
    return _number(said.alloccpus) or _number(said.ncpus) or _number(said.reqcpus)


def elapsed_s_of(said: Cells) -> tuple[float | None, str]:
    """How long an attempt ran [s], and why that is not known where a cell should say it and does not.

    Elapsed says it, or start and end do, or the CPU time held over the CPUs.
    """
    doubt, unread = "", False
    for cell in (said.elapsed, said.elapsedraw):
        try:
            seconds = seconds_of(cell)
        except ValueError:
            doubt, unread = f"its Elapsed is {echo(cell[:20])}, and no duration", True
            continue
        if seconds is not None and seconds < LONGEST_S:
            return seconds, ""
        if seconds is not None or cell.upper() == "INVALID" or cell[-1:] == CUT_OFF:
            doubt = f"its Elapsed is {cell[:20]}"
    start, end = time_of(said.start), time_of(said.end)
    if start and end:
        span_s = _span_s(start, end)
        taken = f"{doubt}; Start and End are taken" if unread else ""
        return (span_s, taken) if span_s >= 0 else (None, f"it ends ({end}) before it starts ({start})")
    held_s, cpus = seconds_of(said.cputime) or seconds_of(said.cputimeraw), cpus_of(said)
    if held_s is not None and cpus and held_s / cpus < LONGEST_S:
        return held_s / cpus, ""
    return None, doubt


def _span_s(start: str, end: str) -> float:
    from datetime import datetime  # noqa: PLC0415 - only where Elapsed is missing

    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    if (first.tzinfo is None) is not (last.tzinfo is None):
        raise ValueError("its start and end are not in the same clock")
    return (last - first).total_seconds()


class Holding(NamedTuple):
    """What a job held."""

    partition: Partition
    name: str
    """Of the partition, as the log has it."""
    cpus: float | None
    nodes: float | None
    gpus: tuple[Gpu, ...]
    number_of_gpus: float | None
    """A MIG instance is its share of one; None where no field could name one, or a narrow column cut them all off."""
    requested_gb: float | None
    part: str = ""
    """A part of a GPU that is in no count of them, as the log has it."""


class Holdings:
    """What jobs held: put together once for each distinct set of cells, of which a log has a few hundred."""

    def __init__(self, site: Site, types: Types) -> None:
        self.site, self.types = site, types
        self._known: dict[object, Holding] = {}
        self.seen: dict[str, int] = {}
        """Partitions of the log, and the description that each was given."""

    def of(self, job: Job) -> Holding:
        """What a job held.

        Raises
        ------
        ValueError : a cell that should say it and does not
        """
        said = job.said
        asked = (said.partition, said[HOLDING], job.step_tres)
        found = self._known.get(asked)
        if found is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            found = self._known[asked] = self._found(job)
        return found

    def _found(self, job: Job) -> Holding:
        said = job.said
        tres = tres_of(said.alloctres or said.reqtres or job.step_tres)
        cpus = tres.cpus or cpus_of(said)
        nodes = tres.nodes or _number(said.allocnodes) or _number(said.nnodes)
        gpus = _gpus_of(job, tres)
        seen = gpus or _gpus_are_said(job)
        requested_gb = (
            tres.memory_gb or memory_of(said.reqmem, cpus, nodes) or tres_of(said.reqtres).memory_gb
        )
        name = said.partition.partition(",")[0]
        part = "" if gpus else next(iter(_PART.findall(said.alloctres or said.reqtres)), "")
        partition = self.site.of(name)
        self.seen[name] = id(partition)
        shares = (gpu.number * self.types.share(gpu.type, partition) for gpu in gpus)
        number = whole(sum(shares)) if seen else None
        return Holding(partition, name, whole(cpus), whole(nodes), gpus, number, requested_gb, part)


def whole(amount: float | None) -> float | None:
    """3.0 as 3: counts are printed as counts."""
    return int(amount) if amount is not None and amount == int(amount) else amount


def _gpus_are_said(job: Job) -> bool:
    """Whether a field would name the job's GPUs if it had any."""
    there = [name for name in GPU_FIELDS if job.layout.place(name) >= 0]
    cells = [cell for name in there if (cell := getattr(job.said, name))]
    return bool(there) and (not cells or any(cell[-1:] != CUT_OFF for cell in cells))


def _gpus_of(job: Job, tres: Tres) -> tuple[Gpu, ...]:
    """GPUs held, their type from whichever field names it."""
    said = job.said
    found = tres.gpus
    if found and all(gpu.type for gpu in found):
        return found
    others = (
        gres_of(said.allocgres),
        tres_of(said.reqtres).gpus,
        gres_of(said.reqgres),
        tres_of(job.step_tres).gpus,
    )
    found = found or next((gpus for gpus in others if gpus), ())
    total = sum(gpu.number for gpu in found)
    for gpus in others:
        if gpus and all(gpu.type for gpu in gpus) and sum(gpu.number for gpu in gpus) == total:
            return gpus
    return found
