"""From the rows of `sacct` to jobs: a job row with the step rows under it is one job, each attempt of a requeued job its own.

`123.batch`, `123.extern` and `123.0` are steps of `123`; `123_4` (array task) and `123+0` (part of a heterogeneous job)
are jobs of their own. Steps carry what the job row lacks: memory used, energy, CPU time. They never add hours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from wattgram.errors import InputError, echo
from wattgram.importers.encoding import unusable
from wattgram.importers.reading import Line, each_of, lines_of, named
from wattgram.importers.record import Journal
from wattgram.importers.sacct_fields import RUNNING, seconds_of, state_of
from wattgram.importers.sacct_json import MARK, json_as_table
from wattgram.importers.sacct_layout import FIELDS, Layout, layout_of, names_of
from wattgram.importers.sacct_row import Job, Places, add_step

__all__ = ["ASKED_FOR", "jobs_of"]

ASKED_FOR = (
    "sacct -P --format=JobID,JobName,User,Account,Partition,State,Submit,Start,End,Elapsed,NNodes,NCPUS,NTasks,"
    "NodeList,TotalCPU,ReqMem,MaxRSS,AllocTRES,ConsumedEnergyRaw"
)
BLANK = " -\t"
MOST_BEFORE = 20
"""Lines that may stand before a header: what a shell or a script said."""
MOST_LINES = 100
"""Lines that one row may have at most."""
USED = {
    "state": "failed and cancelled work is not told apart",
    "totalcpu": "how busy the cores were is not known",
    "partition": "partitions cannot be told apart",
    "user": "users cannot be told apart",
}


def jobs_of(
    sources: list[Any],
    journal: Journal,
    delimiter: str | None = None,
    columns: str | None = None,
    *,
    finished: bool = False,
) -> Iterator[Job]:
    """The jobs of one or more logs, in their order; with `finished` those that still run are no earlier sight of others.

    Raises
    ------
    InputError : a log without the header of sacct
    """
    gathering = _Gathering(journal, delimiter, columns, finished=finished)
    yield from each_of(sources, journal, gathering.jobs)


class _Gathering:
    """Rows of logs on their way to jobs: the layout in force, the job whose steps are coming, the attempts seen."""

    def __init__(
        self, journal: Journal, delimiter: str | None, columns: str | None, *, finished: bool
    ) -> None:
        self.journal, self.delimiter, self.columns, self.finished = journal, delimiter, columns, finished
        self.lacking: list[list[str]] = []
        self.seen: set[int] = set()
        self.running: dict[int, float] = {}
        self.places: Places | None = None
        self.job: Job | None = None

    def jobs(self, source: Any) -> Iterator[Job]:
        """The jobs of one log; each is out when the next one begins."""
        self._begin()
        before, first = 0, ""
        for line in self._rows(source):
            if self.places is None:
                before, first = before or line.number, first or line.text
                if line.number >= before + MOST_BEFORE or _is_row(line.text):
                    break
                continue
            done = self._row(line, self.places)
            if done is not None:
                yield done
        if self.places is None:
            raise unusable(named(source), _no_header(before, first))
        done, self.job = self._once(self.job), None
        if done is not None:
            yield done

    def _rows(self, source: Any) -> Iterator[Line]:
        """The lines of a log but its headers and the blank ones, each a row whole; headers are taken in on the way."""
        lines = lines_of(source, self.journal, json_as_table)
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
            ) or (text[:1] in BLANK and not text.strip(BLANK)):
                continue
            if self.places is not None and self.places.free:
                if self.job is not None and self.places.continues(text):
                    continue
                if waiting is not None and self.places.wraps(text):
                    ahead.appendleft(waiting)
                    line = _whole(line, ahead, lines, self.places)
                    waiting = ahead.popleft() if ahead else next(lines, None)
            yield line

    def _begin(self) -> None:
        """Forget the log before: its columns, and the job whose steps might have come."""
        self.places, self.job = _stated(self.columns, self.delimiter), None

    def _is_header(self, line: Line, following: Line | None) -> bool:
        delimiter = None if MARK in line.text else self.delimiter
        layout = layout_of(line.text, following.text if following else "", delimiter)
        if layout is None:
            return False
        if self.places is None or self.places.layout.names != layout.names:
            _say_missing(line, layout, self.journal, self.lacking)
        self.places = Places(layout)
        return True

    def _row(self, line: Line, places: Places) -> Job | None:
        """Take in one row; the job before it, where this one begins another."""
        job, journal = self.job, self.journal
        try:
            cells = places.layout.cut(line.text)
            cells.append("")
            identity = cells[places.identity].strip()
            if job is not None and identity.startswith(job.stem):
                add_step(job, identity[len(job.stem) :], cells, places)
                return None
            identity, step = _identity(cells, places, job)
            if step is not None and job is not None and job.identity == identity:
                add_step(job, step, cells, places)
                return None
            new = Job(identity, line, cells, places)
            if step is not None:
                if hash(identity) in self.seen:
                    text = f"step {identity}.{step} stands apart from its job and is left out"
                    journal.note(line.file, line.number, "late-step", text)
                    return None
                add_step(new, step, cells, places)
                text = f"{identity}.{step} has no job row; its job is taken from its steps"
                journal.note(line.file, line.number, "step-without-job", text)
        except ValueError as error:
            journal.bad(line.file, line.number, "bad-row", f"the row cannot be read: {error}")
            return None
        self.job = new
        return self._once(job)

    def _once(self, job: Job | None) -> Job | None:
        """A job, unless this very attempt stood in the logs before: exports that overlap count it once.

        One that still ran then is counted so far, and what it ran since is added; it keeps how long that was.
        """
        if job is None:
            return None
        start = job.said.start
        mark = hash((job.identity, start) if start[:1].isdigit() else (job.identity, tuple(job.cells)))
        running = state_of(job.said.state) in RUNNING
        if running and self.finished:
            return job
        self.seen.add(hash(job.identity))
        if mark in self.seen:
            before_s, now_s = self.running.get(mark), _seconds(job.said.elapsed)
            if before_s is None or now_s is None or now_s <= before_s:
                text = f"job {job.identity} with the same start stood before and is counted once"
                self.journal.note(job.line.file, job.line.number, "duplicate-row", text)
                return None
            job.before_s = before_s
        self.seen.add(mark)
        if running:
            self.running[mark] = _seconds(job.said.elapsed) or 0.0
        else:
            self.running.pop(mark, None)
        return job


def _is_row(text: str) -> bool:
    """Whether a line without a header above it is one of a table, and no command: then the columns are to be asked for."""
    return "|" in text and " | " not in text


def _no_header(number: int, text: str) -> str:
    if not number:
        return f"it is empty; ask for {ASKED_FOR}"
    if text.startswith(("%YAML", "---")):
        return "it is YAML; ask for sacct --json, which is read"
    return (
        f"line {number} is no header of sacct; ask for one with {ASKED_FOR}, or name the columns (--columns)"
    )


def _seconds(cell: str) -> float | None:
    try:
        return seconds_of(cell)
    except ValueError:
        return None


def _whole(line: Line, ahead: deque[Line], lines: Iterator[Line], places: Places) -> Line:
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


def _stated(columns: str | None, delimiter: str | None) -> Places | None:
    if not columns:
        return None
    words = [word for word in columns.replace("|", ",").split(",") if word.strip()]
    layout = Layout(names_of(words), delimiter or "|")
    if layout.place("jobid") < 0 and layout.place("jobidraw") < 0:
        raise InputError("columns", columns, "a log of sacct has a column JobID or JobIDRaw")
    return Places(layout)


def _identity(cells: list[str], places: Places, job: Job | None) -> tuple[str, str | None]:
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


def _held(cells: list[str], places: Places) -> bool:
    """Whether a row with a cut-off id is a job's: only jobs are billed."""
    return "billing" in cells[places.tres]


def _say_missing(line: Line, layout: Layout, journal: Journal, said: list[list[str]]) -> None:
    """Which columns a log lacks, and what cannot be known without them: once, however many headers lack them."""
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
    if lacking and lacking not in said:
        said.append(lacking)
        how = "" if "missing-columns" in journal.counts else f"; ask for {ASKED_FOR}"
        text = f"columns are missing ({'; '.join(lacking)}){how}"
        journal.note(line.file, line.number, "missing-columns", text)
