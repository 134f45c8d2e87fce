"""One row of `sacct`: which of its cells are read, where they stand, and what a step adds to its job."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from wattgram.importers.reading import Line
from wattgram.importers.sacct_energy import StepEnergy
from wattgram.importers.sacct_fields import SHORT, energy_of, gigabytes_of, seconds_of, time_of, tres_of
from wattgram.importers.sacct_layout import Layout

__all__ = ["HOLDING", "Cells", "Job", "Places", "add_step"]

UNCOUNTED = ("", "0", "U", "I")
"""How a CPU time begins that may be none: blank, 00:00:00, Unknown, INVALID."""
LONG_TEXT = ("submitline", "comment", "admincomment", "systemcomment", "extra")


class Cells(NamedTuple):
    """The cells of a job row that are read, each as Slurm calls it; empty where the table lacks it."""

    state: str
    elapsed: str
    elapsedraw: str
    start: str
    end: str
    submit: str
    cputime: str
    cputimeraw: str
    totalcpu: str
    alloccpus: str
    ncpus: str
    reqcpus: str
    allocnodes: str
    nnodes: str
    alloctres: str
    reqtres: str
    allocgres: str
    reqgres: str
    reqmem: str
    consumedenergyraw: str
    consumedenergy: str
    nodelist: str
    jobname: str
    user: str
    uid: str
    account: str
    partition: str


HOLDING = slice(Cells._fields.index("alloccpus"), Cells._fields.index("reqmem") + 1)
"""The cells that say what a job held."""


class Job:
    """One attempt of one job: its row, and what its steps add."""

    __slots__ = (
        "before_s",
        "busy_s",
        "cells",
        "energies",
        "identity",
        "layout",
        "line",
        "rss_gb",
        "said",
        "stem",
        "step_tres",
        "zero_energy",
    )

    def __init__(self, identity: str, line: Line, cells: list[str], places: Places) -> None:
        self.identity, self.line, self.cells, self.layout = identity, line, cells, places.layout
        self.said = places.said(cells)
        self.stem = f"{identity}."
        """How the ids of its steps begin."""
        self.rss_gb = self.busy_s = 0.0
        self.before_s = 0.0
        """How long it had run when it stood in a log before [s]."""
        self.energies: list[StepEnergy] = []
        self.zero_energy = False
        """Whether a step says 0 J, which a node without a sensor does."""
        self.step_tres = ""


class Places:
    """Where the fields that are read stand in a layout; one that the table lacks is the empty cell behind the others."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.raw = layout.place("jobidraw")
        self.identity = at if (at := layout.place("jobid")) >= 0 else self.raw
        self.rss, self.tasks, self.busy = (self._at(name) for name in ("maxrss", "ntasks", "totalcpu"))
        self.energy, self.energy_short = self._at("consumedenergyraw"), self._at("consumedenergy")
        self.tres, self.usage = self._at("alloctres"), self._at("tresusageintot")
        self.marks = len(layout.names) - 1
        self.free = bool(layout.delimiter) and any(layout.place(name) >= 0 for name in LONG_TEXT)
        self.ends_free = self.free and layout.names[-1] in LONG_TEXT
        self._take = itemgetter(*(self._at(name) for name in Cells._fields))

    def _at(self, name: str) -> int:
        at = self.layout.place(name)
        return at if at >= 0 else len(self.layout.names)

    def wraps(self, text: str) -> bool:
        """Whether a line is shorter than its row: a submit line or a comment may hold ends of lines."""
        return self.free and text.count(self.layout.delimiter) < self.marks

    def continues(self, text: str) -> bool:
        """Whether a line goes on with the text of the row before, whose last cell it is: no id, no other cell."""
        mark = self.layout.delimiter
        return self.ends_free and mark not in text.removesuffix(mark) and not text[:1].isdigit()

    def said(self, cells: list[str]) -> Cells:
        """The cells of a row that are read."""
        return Cells._make(self._take(cells))


def add_step(job: Job, step: str, cells: list[str], places: Places) -> None:
    """What a step says that its job row does not."""
    extern = step[:2] == "ex"
    cell = cells[places.rss]
    if cell and cell != "0":
        rss_gb = gigabytes_of(cell, bare="") or 0.0
        tasks = cells[places.tasks]
        rss_gb *= int(tasks[:SHORT]) if tasks.isdecimal() and tasks != "0" else 1
        job.rss_gb = max(job.rss_gb, rss_gb)
    usage = tres_of(cells[places.usage]) if cells[places.usage] else None
    if usage and usage.memory_gb:
        job.rss_gb = max(job.rss_gb, usage.memory_gb)
    if extern or not job.step_tres:
        job.step_tres = cells[places.tres] or job.step_tres
    if usage or cells[places.energy] or cells[places.energy_short]:
        joules = energy_of(cells[places.energy]) or energy_of(cells[places.energy_short])
        joules = joules or (usage.energy_j if usage else None)
        if joules:
            job.energies.append(_step_energy(step, joules, places.said(cells)))
        elif "0" in (cells[places.energy], cells[places.energy_short]):
            job.zero_energy = True
    if not extern and job.said.totalcpu[:1] in UNCOUNTED:
        job.busy_s += seconds_of(cells[places.busy]) or 0.0


def _step_energy(step: str, joules: float, said: Cells) -> StepEnergy:
    nodes = tres_of(said.alloctres).nodes or (float(said.nnodes[:SHORT]) if said.nnodes.isdecimal() else 1.0)
    try:
        times = time_of(said.start), time_of(said.end)
    except ValueError:  # said of the job; without them it is told from the durations which steps overlap
        times = None, None
    return StepEnergy(step, joules, nodes or 1.0, *times, elapsed_s=seconds_of(said.elapsed))
