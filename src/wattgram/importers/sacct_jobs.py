"""From the rows of `sacct` to jobs: a job row with the step rows under it is one job, each attempt of a requeued job its own.

`123.batch`, `123.extern` and `123.0` are steps of `123`; `123_4` (array task) and `123+0` (part of a heterogeneous job)
are jobs of their own. Steps carry what the job row lacks: memory used, energy, CPU time. They never add hours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from wattgram.errors import InputError, echo
from wattgram.importers.encoding import unusable
from wattgram.importers.reading import Line, each_of, lines_of, named
from wattgram.importers.record import Journal
from wattgram.importers.sacct_energy import StepEnergy
from wattgram.importers.sacct_fields import SHORT, energy_of, gigabytes_of, seconds_of, time_of, tres_of
from wattgram.importers.sacct_layout import FIELDS, Layout, layout_of, names_of

__all__ = ["Job", "jobs_of"]

ASKED_FOR = (
    "sacct -P --format=JobID,JobName,User,Account,Partition,State,Submit,Start,End,Elapsed,NNodes,NCPUS,NTasks,"
    "NodeList,TotalCPU,ReqMem,MaxRSS,AllocTRES,ConsumedEnergyRaw"
)
BLANK = " -\t"
LONG_TEXT = ("submitline", "comment", "admincomment", "systemcomment", "extra")
MOST_LINES = 100
"""Lines that one row may have at most."""
UNCOUNTED = ("", "0", "U", "I")
"""How a CPU time begins that may be none: blank, 00:00:00, Unknown, INVALID."""
USED = {
    "state": "failed and cancelled work is not told apart",
    "totalcpu": "how busy the cores were is not known",
    "partition": "partitions cannot be told apart",
    "user": "users cannot be told apart",
}


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
    )

    def __init__(self, identity: str, line: Line, cells: list[str], places: _Places) -> None:
        self.identity, self.line, self.cells, self.layout = identity, line, cells, places.layout
        self.said = places.said(cells)
        self.stem = f"{identity}."
        """How the ids of its steps begin."""
        self.rss_gb = 0.0
        self.busy_s = 0.0
        self.energies: list[StepEnergy] = []
        self.step_tres = ""


class _Places:
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


def jobs_of(
    sources: list[Any], journal: Journal, delimiter: str | None = None, columns: str | None = None
) -> Iterator[Job]:
    """The jobs of one or more logs, in their order.

    Raises
    ------
    InputError : a log without the header of sacct
    """
    gathering = _Gathering(journal, delimiter, columns)
    yield from each_of(sources, journal, gathering.jobs)


class _Gathering:
    """Rows of logs on their way to jobs: the layout in force, the job whose steps are coming, the attempts seen."""

    def __init__(self, journal: Journal, delimiter: str | None, columns: str | None) -> None:
        self.journal, self.delimiter, self.columns = journal, delimiter, columns
        self.seen: set[int] = set()
        self.places: _Places | None = None
        self.job: Job | None = None

    def jobs(self, source: Any) -> Iterator[Job]:
        """The jobs of one log; each is out when the next one begins."""
        self._begin()
        lines = lines_of(source, self.journal)
        ahead: deque[Line] = deque()
        waiting = next(lines, None)
        while waiting is not None:
            line, waiting = waiting, ahead.popleft() if ahead else next(lines, None)
            text = line.text
            # sacct writes JobID; a first header, or a line that starts with a letter, may have it in another case.
            if (
                (self.places is None or "obID" in text or text[:1].isalpha())
                and "jobid" in text.lower()
                and self._is_header(line, waiting)
            ):
                continue
            if text[:1] in BLANK and not text.strip(BLANK):
                continue
            if self.places is None:
                text = f"line {line.number} is no header of sacct; ask for one with {ASKED_FOR}, or name the columns (--columns)"
                raise unusable(line.file, text)
            if self.job is not None and self.places.continues(text):
                continue
            if waiting is not None and self.places.wraps(text):
                ahead.appendleft(waiting)
                line = _whole(line, ahead, lines, self.places)
                waiting = ahead.popleft() if ahead else next(lines, None)
            done = self._row(line, self.places)
            if done is not None:
                yield done
        if self.places is None:
            raise unusable(named(source), f"it is empty; ask for {ASKED_FOR}")
        done, self.job = self._once(self.job), None
        if done is not None:
            yield done

    def _begin(self) -> None:
        """Forget the log before: its columns, and the job whose steps might have come."""
        self.places, self.job = _stated(self.columns, self.delimiter), None

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
            cells.append("")
            identity = cells[places.identity].strip()
            if job is not None and identity.startswith(job.stem):
                _add_step(job, identity[len(job.stem) :], cells, places)
                return None
            identity, step = _identity(cells, places, job)
            if step is not None and job is not None and job.identity == identity:
                _add_step(job, step, cells, places)
                return None
            new = Job(identity, line, cells, places)
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
        start = job.said.start
        mark = hash((job.identity, start) if start[:1].isdigit() else (job.identity, tuple(job.cells)))
        self.seen.add(hash(job.identity))
        if mark in self.seen:
            text = f"job {job.identity} with the same start stood before and is counted once"
            self.journal.note(job.line.file, job.line.number, "duplicate-row", text)
            return None
        self.seen.add(mark)
        return job


def _whole(line: Line, ahead: deque[Line], lines: Iterator[Line], places: _Places) -> Line:
    """A row that runs over several lines, as one; the line itself where the next ones do not make it whole."""
    text = line.text
    taken: list[Line] = []
    while places.wraps(text) and len(taken) < MOST_LINES:
        more = ahead.popleft() if ahead else next(lines, None)
        if more is None:
            break
        taken.append(more)
        if not places.wraps(more.text):
            break
        text = f"{text} {more.text}"
    if not places.wraps(text):
        return line._replace(text=text)
    ahead.extendleft(reversed(taken))
    return line


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
    if not dot and identity[-1:] == "+" and places.raw >= 0:
        head, dot, step = cells[places.raw].partition(".")
    if not head or not head[0].isdigit():
        raise ValueError(f"{echo(identity)} is no job id")
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
    return "billing" in cells[places.tres]


def _add_step(job: Job, step: str, cells: list[str], places: _Places) -> None:
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
    if not extern and job.said.totalcpu[:1] in UNCOUNTED:
        job.busy_s += seconds_of(cells[places.busy]) or 0.0


def _step_energy(step: str, joules: float, said: Cells) -> StepEnergy:
    nodes = tres_of(said.alloctres).nodes or (float(said.nnodes[:SHORT]) if said.nnodes.isdecimal() else 1.0)
    times = time_of(said.start), time_of(said.end)
    return StepEnergy(step, joules, nodes or 1.0, *times, elapsed_s=seconds_of(said.elapsed))


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
