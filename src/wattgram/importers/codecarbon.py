"""CodeCarbon: `emissions.csv` of every schema, to a table of runs with the energy as it was measured.

A run's rows are cumulative: `flush()` writes the total so far again and again under one run id. So the last row of a
session is its energy, and a counter that falls back marks a new session under the same id. Rows with a task name are
increments and are summed. Carbon is left to be computed; theirs stays beside as `codecarbon_kg`.

References
----------
CodeCarbon, "Output": the columns of emissions.csv; the session rule is checked against its own files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wattgram.errors import echo
from wattgram.estimation import LIMITS
from wattgram.importers.clock import Clock
from wattgram.importers.codecarbon_layout import Layout, layout_of, other_layout, shifted
from wattgram.importers.codecarbon_words import Words
from wattgram.importers.encoding import unusable
from wattgram.importers.naming import one_device
from wattgram.importers.reading import (
    NOTHING,
    Line,
    cells_of,
    each_of,
    lines_of,
    named,
    number_of,
    paths_of,
    pointed,
)
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["COLUMNS", "read_codecarbon"]

COLUMNS = (
    *RUN_COLUMNS,
    "run_id",
    "project",
    "experiment",
    "task",
    "codecarbon_kg",
    "cpu_energy_kwh",
    "gpu_energy_kwh",
    "ram_energy_kwh",
    "country",
    "tracking_mode",
    "codecarbon_version",
)
SECONDS_PER_HOUR = 3600
NEAR = 1e-6
"""Relative difference up to which two sums are one figure printed twice."""
SUMMER = timedelta(hours=1)
"""What a clock without a zone jumps by within a session, as a summer begins."""
STEADY = timedelta(seconds=5)
"""Within which the start of one session, time less duration, stands still: times are whole seconds."""


def read_codecarbon(
    source: Any,
    *,
    where: str | None = None,
    hardware: str | None = None,
    delimiter: str | None = None,
    catalog: Catalog | None = None,
) -> Imported:
    """Runs of CodeCarbon as a table of runs, one row for each session (or task) of a run id.

    Parameters
    ----------
    source : path, paths, open file, or `-` for standard input
    where : place of runs whose own place is not known
    hardware : hardware of runs that name none
    delimiter : what stands between cells, where it is neither comma, semicolon nor tab

    Returns
    -------
    rows with `measured_energy_kwh` [kWh] and its scope, `hours` [h], `codecarbon_kg` [kg CO2e, theirs]; findings; summary

    Raises
    ------
    InputError : a file without the header of CodeCarbon
    """
    from wattgram.catalog import Catalog as Loaded  # noqa: PLC0415 - the catalog opens when a log is read

    journal = Journal()
    words = Words(catalog if catalog is not None else Loaded.load(), where, hardware)
    reader = _Reader(words, journal)
    return Imported("codecarbon", COLUMNS, reader.rows(paths_of(source), delimiter), journal)


class _Session:
    """One stretch of a run's counter: its latest row."""

    __slots__ = ("cells", "duration_s", "energy_kwh", "kg", "line", "task", "written")

    def __init__(
        self, line: Line, cells: dict[str, str], energy_kwh: float, duration_s: float | None
    ) -> None:
        self.line, self.cells, self.energy_kwh, self.duration_s = line, cells, energy_kwh, duration_s
        self.kg = number_of(cells.get("emissions"))
        self.task = cells.get("task_name", "")
        self.written = _moment(cells)

    def goes_on(self, later: _Session) -> bool:
        """Whether a later row of the same id may be the same counter, further on."""
        longer = later.duration_s is None or self.duration_s is None or later.duration_s >= self.duration_s
        return longer and later.energy_kwh >= self.energy_kwh * (1 - NEAR)

    def is_apart(self, later: _Session) -> bool:
        """Whether one counter began after the other was written; not where a time is unknown, or one alone has a zone."""
        if self.written is None or later.written is None or not self.duration_s or not later.duration_s:
            return False
        try:
            began = self.written - timedelta(seconds=self.duration_s)
            began_later = later.written - timedelta(seconds=later.duration_s)
            apart = began_later > self.written + STEADY or began > later.written + STEADY
            return apart and abs(abs(began_later - began) - SUMMER) > STEADY
        except (TypeError, OverflowError):
            return False


class _Reader:
    """Lines to sessions, sessions to rows."""

    def __init__(self, words: Words, journal: Journal) -> None:
        self.words, self.journal = words, journal
        self.clock = Clock()
        self.sessions: list[_Session] = []
        self.latest: dict[str, _Session] = {}
        self.places: dict[str, int] = {}
        self.seen: set[int] = set()
        journal.figures.update({"readings": 0, "runs": 0, "measured_energy_kwh": 0.0, "codecarbon_kg": 0.0})

    def rows(self, sources: list[Any], delimiter: str | None) -> Iterator[Row]:
        """Every session as a row; they are known when the last line is read."""
        for line, layout in each_of(
            sources, self.journal, lambda source: _readings(source, delimiter, self.journal)
        ):
            self._line(line, layout)
        with_total = {s.cells.get("run_id") for s in self.sessions if not s.task and s.cells.get("run_id")}
        for session in self.sessions:
            run_id = session.cells.get("run_id")
            if session.task and run_id in with_total:
                text = f"task '{session.task[:40]}' is part of the total of its run and is not counted again"
                self.journal.note(session.line.file, session.line.number, "task-in-total", text)
                continue
            row = self._row(session)
            if row is not None:
                yield row

    def _line(self, line: Line, layout: Layout) -> None:
        texts = cells_of(line.text, layout.delimiter)
        if layout.delimiter != ",":
            texts = [pointed(text) for text in texts]
        names = layout.names
        if len(texts) == len(names) + 1 and not texts[-1]:
            texts.pop()
        other = other_layout(texts) if len(texts) != len(names) or shifted(names, texts) else None
        if other is None and not any(texts[len(names) :]):
            texts = texts[: len(names)]
        if len(texts) != len(names) or other is not None:
            if other is None:
                text = f"the row is torn: {len(texts)} cells where the header has {len(names)}"
                self.journal.bad(line.file, line.number, "bad-row", text)
                return
            self.journal.note(
                line.file,
                line.number,
                "other-schema",
                f"the row has the {len(texts)} columns of another version; it is read so",
            )
            names = other
        cells = dict(zip(names, texts, strict=True))
        energy_kwh, duration_s = _energy_kwh(cells), number_of(cells.get("duration"))
        fault = _fault(cells, energy_kwh, duration_s)
        if fault or energy_kwh is None:
            self.journal.bad(line.file, line.number, "bad-row", fault)
            return
        self.journal.add("readings")
        self._session(line, cells, energy_kwh, duration_s)

    def _session(
        self, line: Line, cells: dict[str, str], energy_kwh: float, duration_s: float | None
    ) -> None:
        run_id = cells.get("run_id") or (cells.get("experiment_id") if "run_id" not in cells else "") or ""
        task = cells.get("task_name", "")
        mark = hash((run_id, task, cells.get("timestamp"), duration_s, energy_kwh, cells.get("project_name")))
        if mark in self.seen and (run_id or cells.get("timestamp")):
            self.journal.note(
                line.file, line.number, "duplicate-row", "the same row stood before and is counted once"
            )
            return
        self.seen.add(mark)
        last = self.latest.get(run_id) if run_id and not task else None
        session = _Session(line, cells, energy_kwh, duration_s)
        if last is not None and last.goes_on(session):
            if last.is_apart(session):
                text = (
                    f"run {run_id[:40]} has {energy_kwh:g} kWh after {last.energy_kwh:g} kWh of a time that does not touch "
                    f"its own; they are taken as one counter, further on, and as two runs they would be "
                    f"{energy_kwh + last.energy_kwh:g} kWh"
                )
                self.journal.note(line.file, line.number, "session-apart", text)
            self.sessions[self.places[run_id]] = session
        else:
            if last is not None:
                text = f"run {run_id[:40]} starts again: {energy_kwh:g} kWh after {last.energy_kwh:g} kWh; both sessions count"
                self.journal.note(line.file, line.number, "session-reused", text)
            if run_id and not task:
                self.places[run_id] = len(self.sessions)
            self.sessions.append(session)
        if run_id and not task:
            self.latest[run_id] = session

    def _row(self, session: _Session) -> Row | None:
        cells, journal, line = session.cells, self.journal, session.line
        hours = None if not session.duration_s else session.duration_s / SECONDS_PER_HOUR
        measured_kwh = session.energy_kwh or None
        if measured_kwh is None:
            text = "the energy is 0: nothing was measured, and unknown is not zero"
            if hours is None:
                journal.bad(line.file, line.number, "energy-zero", text)
                return None
            journal.note(line.file, line.number, "energy-zero", text + "; it is left to be modelled")
        place = self.words.place(cells)
        if place.text:
            journal.note(line.file, line.number, place.code, place.text)
        if journal.names:
            cells = cells | {
                name: journal.meant(cells.get(name)) or "" for name in ("gpu_model", "cpu_model")
            }
        thing = self.words.thing(cells, measured_kwh, hours)
        if thing.word and thing.text:
            journal.note(line.file, line.number, thing.code, thing.text)
        scope, pue = _scope(cells)
        if pue is not None and pue > LIMITS["pue"][1]:
            text = f"a PUE of {pue:g} is out of range; it is left out"
            journal.note(line.file, line.number, "pue-implausible", text)
            scope, pue = "it", None
        start, end = _times(cells, session.duration_s)
        stamp = cells.get("timestamp", "")
        if start is None and stamp.lower() not in NOTHING:
            journal.note(
                line.file, line.number, "time-unreadable", f"{echo(stamp)} is no time; it is left out"
            )
        start, end, text = self.clock.checked(start, end)
        if text:
            journal.note(line.file, line.number, "time-out-of-range", text)
        row: Row = dict.fromkeys(COLUMNS)
        hardware, count = one_device(thing.word)
        row.update(
            hardware=hardware,
            count=count,
            hours=hours,
            where=place.word,
            pue=pue,
            measured_energy_kwh=measured_kwh,
            measured_scope=scope if measured_kwh else None,
            start=start,
            end=end,
            run_id=cells.get("run_id") or cells.get("experiment_id") or None,
            project=cells.get("project_name") or None,
            experiment=cells.get("experiment_id") or None,
            task=session.task or None,
            codecarbon_kg=session.kg,
            cpu_energy_kwh=number_of(cells.get("cpu_energy")),
            gpu_energy_kwh=number_of(cells.get("gpu_energy")),
            ram_energy_kwh=number_of(cells.get("ram_energy")),
            country=cells.get("country_name") or None,
            tracking_mode=cells.get("tracking_mode") or None,
            codecarbon_version=cells.get("codecarbon_version") or None,
        )
        journal.settle(line.file, line.number, [] if thing.word else [(thing.code, thing.text)])
        journal.add("runs")
        journal.add("measured_energy_kwh", session.energy_kwh)
        journal.add("codecarbon_kg", session.kg or 0.0)
        return row


def _readings(source: Any, delimiter: str | None, journal: Journal) -> Iterator[tuple[Line, Layout]]:
    """The lines of a file below a header, with the columns that it states."""
    layout: Layout | None = None
    for line in lines_of(source, journal):
        if not line.text.strip(" ,;\t"):
            continue
        found = layout_of(line.text, delimiter)
        if found is not None:
            layout = found
        elif layout is None:
            text = f"line {line.number} is no header of CodeCarbon (timestamp, ..., emissions, ...)"
            raise unusable(line.file, text)
        else:
            yield line, layout
    if layout is None:
        raise unusable(named(source), "it is empty")


def _energy_kwh(cells: dict[str, str]) -> float | None:
    """Energy of a row [kWh]: the total, else the sum of its parts."""
    total = number_of(cells.get("energy_consumed"))
    if total is not None or cells.get("energy_consumed"):
        return total
    parts = [number_of(cells.get(f"{part}_energy")) for part in ("cpu", "gpu", "ram")]
    return (
        sum(part for part in parts if part is not None) if any(part is not None for part in parts) else None
    )


def _fault(cells: dict[str, str], energy_kwh: float | None, duration_s: float | None) -> str:
    """What makes a row no measurement: an energy or a duration that is none; empty where nothing does."""
    given = cells.get("energy_consumed", "")
    if energy_kwh is None:
        return f"energy_consumed {echo(given)} is no energy" if given else "the row states no energy"
    if energy_kwh < 0:
        return f"an energy of {energy_kwh:g} kWh is none"
    stated = cells.get("duration", "")
    if (duration_s is None and stated.lower() not in NOTHING) or (duration_s or 0.0) < 0:
        return f"duration {echo(stated)} is no time"
    stated = cells.get("pue", "")
    if number_of(stated) is None and stated.lower() not in NOTHING:
        return f"pue {echo(stated)} is no number"
    return ""


def _scope(cells: dict[str, str]) -> tuple[str, float | None]:
    """What the energy covers, and the PUE that was stated (1 is CodeCarbon's default, which states nothing).

    CPU, GPU and memory are the IT equipment. CodeCarbon multiplies the energy of each by a stated PUE as it counts, so that
    the parts and their sum are the facility's alike.
    """
    pue = number_of(cells.get("pue"))
    return ("it", None) if pue is None or pue <= 1 else ("facility", pue)


def _moment(cells: dict[str, str]) -> datetime | None:
    """When a row was written; None where no time says it."""
    try:
        return datetime.fromisoformat(cells.get("timestamp", ""))
    except ValueError:
        return None


def _times(cells: dict[str, str], duration_s: float | None) -> tuple[str | None, str | None]:
    """Start and end: the timestamp is when the row was written."""
    end = _moment(cells)
    if end is None:
        return None, None
    try:
        start = end - timedelta(seconds=duration_s or 0.0)
    except OverflowError:
        return None, None
    if not duration_s:
        return end.isoformat(), None
    return start.isoformat(timespec="seconds"), end.isoformat(timespec="seconds")
