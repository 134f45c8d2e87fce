"""From the rows of `sacct` to jobs: a job row with the step rows under it is one job, each attempt of a requeued job its own.

`123.batch`, `123.extern` and `123.0` are steps of `123`; `123_4` (array task) and `123+0` (part of a heterogeneous job)
are jobs of their own. Steps carry what the job row lacks: memory used, energy, CPU time. They never add hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wattgram.errors import InputError
from wattgram.importers.reading import Line, lines_of, named
from wattgram.importers.record import Journal
from wattgram.importers.sacct_fields import Tres, energy_of, gigabytes_of, seconds_of, tres_of
from wattgram.importers.sacct_layout import FIELDS, Layout, layout_of, names_of

__all__ = ["Job", "jobs_of"]

ASKED_FOR = (
    "sacct -P --format=JobID,JobName,User,Account,Partition,State,Submit,Start,End,Elapsed,NNodes,NCPUS,NTasks,"
    "TotalCPU,ReqMem,MaxRSS,AllocTRES,ConsumedEnergyRaw"
)
USED = {
    "state": "failed and cancelled work is not told apart",
    "totalcpu": "how busy the cores were is not known",
    "partition": "partitions cannot be told apart",
    "user": "users cannot be told apart",
}


class Job:
    """One attempt of one job: its row, and what its steps add."""

    __slots__ = (
        "busy_s",
        "cells",
        "energy_batch_j",
        "energy_extern_j",
        "energy_steps_j",
        "identity",
        "layout",
        "line",
        "rss_gb",
        "step_tres",
        "whole",
    )

    def __init__(self, identity: str, line: Line, cells: list[str], layout: Layout, *, whole: bool) -> None:
        self.identity, self.line, self.cells, self.layout, self.whole = identity, line, cells, layout, whole
        self.rss_gb = 0.0
        self.busy_s = 0.0
        self.energy_batch_j = self.energy_extern_j = self.energy_steps_j = 0.0
        self.step_tres: Tres | None = None

    def cell(self, name: str) -> str:
        """The cell of a field; empty where the table lacks it."""
        at = self.layout.at.get(name)
        return "" if at is None else self.cells[at].strip()

    def step_energy_j(self) -> float | None:
        """Energy of the steps [J]: `extern` covers the whole job; else `batch` and the numbered steps overlap on one node."""
        found = self.energy_extern_j or max(self.energy_batch_j, self.energy_steps_j)
        return found or None


class _Places:
    """Where the fields that steps are read for stand in a layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        raw = layout.place("jobidraw")
        self.identity = at if (at := layout.place("jobid")) >= 0 else raw
        self.raw = raw
        self.rss = layout.place("maxrss")
        self.tasks = layout.place("ntasks")
        self.energy = layout.place("consumedenergyraw")
        self.energy_short = layout.place("consumedenergy")
        self.busy = layout.place("totalcpu")
        self.tres = layout.place("alloctres")
        self.usage = layout.place("tresusageintot")
        self.start = layout.place("start")


def jobs_of(
    sources: list[Any], journal: Journal, delimiter: str | None = None, columns: str | None = None
) -> Iterator[Job]:
    """The jobs of one or more logs, in their order.

    Raises
    ------
    InputError : a log without the header of sacct
    """
    gathering = _Gathering(journal, delimiter, columns)
    for source in sources:
        yield from gathering.jobs(source)


class _Gathering:
    """Rows of logs on their way to jobs: the layout in force, the job whose steps are coming, the attempts seen."""

    def __init__(self, journal: Journal, delimiter: str | None, columns: str | None) -> None:
        self.journal, self.delimiter, self.columns = journal, delimiter, columns
        self.seen: set[int] = set()
        self.places: _Places | None = None
        self.job: Job | None = None

    def jobs(self, source: Any) -> Iterator[Job]:
        """The jobs of one log; each is out when the next one begins."""
        self.places = _stated(self.columns, self.delimiter)
        lines = lines_of(source)
        waiting = next(lines, None)
        while waiting is not None:
            line, waiting = waiting, next(lines, None)
            text = line.text
            if "jobid" in text.lower() and self._is_header(line, waiting):
                continue
            if not text.strip(" -\t"):
                continue
            if self.places is None:
                raise InputError(
                    "log",
                    text.strip(),
                    f"{line.file} has no header of sacct in line {line.number}; ask for one with {ASKED_FOR}, "
                    "or name the columns (--columns)",
                )
            done = self._row(line, self.places)
            if done is not None:
                yield done
        if self.places is None:
            raise InputError("log", named(source), f"it is empty; ask for {ASKED_FOR}")
        done, self.job = self._once(self.job), None
        if done is not None:
            yield done

    def _is_header(self, line: Line, following: Line | None) -> bool:
        layout = layout_of(line.text, following.text if following else "", self.delimiter)
        if layout is None:
            return False
        if self.places is None or self.places.layout.names != layout.names:
            _say_missing(line, layout, self.journal)
        self.places = _Places(layout)
        return True

    def _row(self, line: Line, places: _Places) -> Job | None:
        """Take in one row; the job before it, where this one begins another."""
        job, journal = self.job, self.journal
        try:
            cells = places.layout.cut(line.text)
            identity, step = _identity(cells, places, job)
            if step is not None and job is not None and job.identity == identity:
                _add_step(job, step, cells, places)
                return None
            new = Job(identity, line, cells, places.layout, whole=step is None)
            if step is not None:
                if hash(identity) in self.seen:
                    text = f"step {identity}.{step} stands apart from its job and is left out"
                    journal.note(line.file, line.number, "late-step", text)
                    return None
                _add_step(new, step, cells, places)
                text = f"{identity}.{step} has no job row; its job is taken from its steps"
                journal.note(line.file, line.number, "step-without-job", text)
        except ValueError as error:
            journal.bad(line.file, line.number, "bad-row", f"the row cannot be read: {error}")
            return None
        self.job = new
        return self._once(job)

    def _once(self, job: Job | None) -> Job | None:
        """A job, unless this very attempt stood in the logs before: exports that overlap count it once."""
        if job is None:
            return None
        at = job.layout.place("start")
        start = job.cells[at].strip() if at >= 0 else ""
        mark = hash((job.identity, start) if start[:1].isdigit() else (job.identity, tuple(job.cells)))
        self.seen.add(hash(job.identity))
        if mark in self.seen:
            text = f"job {job.identity} with the same start stood before and is counted once"
            self.journal.note(job.line.file, job.line.number, "duplicate-row", text)
            return None
        self.seen.add(mark)
        return job


def _stated(columns: str | None, delimiter: str | None) -> _Places | None:
    if not columns:
        return None
    words = [word for word in columns.replace("|", ",").split(",") if word.strip()]
    layout = Layout(names_of(words), delimiter or "|")
    if layout.place("jobid") < 0 and layout.place("jobidraw") < 0:
        raise InputError("columns", columns, "a log of sacct has a column JobID or JobIDRaw")
    return _Places(layout)


def _identity(cells: list[str], places: _Places, job: Job | None) -> tuple[str, str | None]:
    """The job that a row belongs to, and the step it is (None: the job itself)."""
    identity = cells[places.identity].strip()
    head, dot, step = identity.partition(".")
    if not dot and identity.endswith("+") and places.raw >= 0:
        head, dot, step = cells[places.raw].strip().partition(".")
    if not head or not head[0].isdigit():
        raise ValueError(f"'{identity[:40]}' is no job id")
    if (
        not dot
        and head.endswith("+")
        and job is not None
        and job.identity.startswith(head[:-1])
        and not _held(cells, places)
    ):
        return job.identity, "+"
    return head, step if dot else None


def _held(cells: list[str], places: _Places) -> bool:
    """Whether a row with a cut-off id is a job's: only jobs are billed."""
    return places.tres >= 0 and "billing" in cells[places.tres]


def _add_step(job: Job, step: str, cells: list[str], places: _Places) -> None:
    """What a step says that its job row does not."""
    if places.rss >= 0 and (cell := cells[places.rss].strip()) and cell != "0":
        rss = gigabytes_of(cell, bare="") or 0.0
        tasks = cells[places.tasks].strip() if places.tasks >= 0 else ""
        job.rss_gb = max(job.rss_gb, rss * (int(tasks) if tasks.isdigit() and tasks != "0" else 1))
    usage = tres_of(cells[places.usage]) if places.usage >= 0 and cells[places.usage].strip() else None
    if usage and usage.memory_gb:
        job.rss_gb = max(job.rss_gb, usage.memory_gb)
    if places.tres >= 0 and cells[places.tres].strip() and (job.step_tres is None or step.startswith("ex")):
        job.step_tres = tres_of(cells[places.tres])
    joules = _energy(cells, places) or (usage.energy_j if usage else None) or 0.0
    if joules:
        if step.startswith("ex"):
            job.energy_extern_j = max(job.energy_extern_j, joules)
        elif step.startswith("ba"):
            job.energy_batch_j = max(job.energy_batch_j, joules)
        else:
            job.energy_steps_j += joules
    if places.busy >= 0 and not step.startswith("ex"):
        job.busy_s += seconds_of(cells[places.busy]) or 0.0


def _energy(cells: list[str], places: _Places) -> float | None:
    for at in (places.energy, places.energy_short):
        if at >= 0 and (found := energy_of(cells[at])):
            return found
    return None


def _say_missing(line: Line, layout: Layout, journal: Journal) -> None:
    """Which columns a log lacks, and what cannot be known without them: once for each header."""
    names = set(layout.names)
    lacking = [f"no {FIELDS[name]}: {what}" for name, what in USED.items() if name not in names]
    if (
        not names & {"elapsed", "elapsedraw"}
        and not {"start", "end"} <= names
        and not names & {"cputime", "cputimeraw"}
    ):
        lacking.insert(0, "no Elapsed: how long a job ran is not known")
    if not names & {"alloctres", "reqtres", "allocgres", "reqgres"}:
        lacking.append("no AllocTRES: GPUs cannot be seen")
    if not names & {"alloctres", "reqtres", "reqmem"}:
        lacking.append("no ReqMem: memory is not counted")
    if "start" not in names and "end" not in names and "submit" not in names:
        lacking.append("no Start: the year of a job is not known")
    if lacking:
        text = f"columns are missing ({'; '.join(lacking)}); ask for {ASKED_FOR}"
        journal.note(line.file, line.number, "missing-columns", text)
