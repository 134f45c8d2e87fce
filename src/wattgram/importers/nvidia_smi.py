"""nvidia-smi: a log of power readings to the energy of each GPU, by the trapezoid rule, gaps left out and said.

`nvidia-smi --query-gpu=timestamp,index,name,power.draw --format=csv -l 1`, with or without units and header, and the
like of it that other programs write, `nvidia-smi dmon` among them. A mean draw that no such board can have is in another unit than its label says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from wattgram.errors import AmbiguousWordError, InputError, WattgramError, echo
from wattgram.importers.clock import Clock
from wattgram.importers.encoding import unusable
from wattgram.importers.power_columns import POWER, Columns, clock_of, columns_by_form, columns_of, said_of
from wattgram.importers.power_dmon import dmon_as_query
from wattgram.importers.power_integral import Gpu
from wattgram.importers.power_order import LOOKED_AT, Order
from wattgram.importers.reading import (
    Line,
    cells_of,
    each_of,
    lines_of,
    meant_by,
    named,
    number_of,
    paths_of,
    pointed,
)
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row
from wattgram.run import MOST_WATTS

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["COLUMNS", "read_nvidia_smi"]

COLUMNS = (*RUN_COLUMNS, "device", "mean_power_w", "peak_power_w", "readings", "gaps", "gap_seconds")
ASKED_FOR = "nvidia-smi --query-gpu=timestamp,index,name,power.draw --format=csv -l 1"
JOULES_PER_KWH = 3.6e6
SECONDS_PER_HOUR = 3600
MILLI = 1e-3
MOST_BEFORE = 20
"""Lines that may stand before a log: what a shell or a script said."""
DELIMITERS = (",", ";", "\t", "|")
_POWER_CELL = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(m|k)?w?", re.IGNORECASE)
_REST = re.compile(r"\d+\s*[mk]?W", re.IGNORECASE)
"""What stands after the comma of `33,09 W` in a log whose cells are parted by commas."""


def read_nvidia_smi(
    source: Any,
    *,
    where: str | None = None,
    hardware: str | None = None,
    columns: str | None = None,
    delimiter: str | None = None,
    catalog: Catalog | None = None,
) -> Imported:
    """Power logs as a table of runs, one row for each GPU of each file.

    Parameters
    ----------
    source : path, paths, open file, or `-` for standard input
    where : place of the runs, which such a log never names
    hardware : what the GPUs are, where the log does not name them
    columns : names of the columns, for a log without a header: `timestamp,index,power.draw`
    delimiter : what stands between cells, where it is neither comma, semicolon, tab nor pipe

    Returns
    -------
    rows with `measured_energy_kwh` [kWh] of scope device, `hours` [h] without gaps, mean and peak power [W]

    Raises
    ------
    InputError : a log without a column of times or of power
    """
    from wattgram.catalog import Catalog as Loaded  # noqa: PLC0415 - the catalog opens when a log is read

    journal = Journal()
    reader = _Reader(catalog if catalog is not None else Loaded.load(), journal, where, hardware)
    rows = reader.rows(paths_of(source), columns, delimiter)
    return Imported("nvidia-smi", COLUMNS, rows, journal)


class _Reader:
    """Lines to readings, readings to rows."""

    def __init__(self, catalog: Catalog, journal: Journal, where: str | None, hardware: str | None) -> None:
        self.catalog, self.journal, self.where, self.hardware = catalog, journal, where, hardware
        self.wide_s = catalog.figure("power-log-gap-seconds")
        self.intervals = catalog.figure("power-log-gap-intervals")
        self.clock = Clock()
        self.silent: dict[str, tuple[Line, str | None]] = {}
        """GPUs of the log at hand that had a line without a reading."""
        self.seen: set[int] = set()
        journal.figures.update({"devices": 0, "readings": 0, "measured_energy_kwh": 0.0})

    def rows(self, sources: list[Any], stated: str | None, delimiter: str | None) -> Iterator[Row]:
        """Every GPU of every log."""
        for gpu in each_of(sources, self.journal, lambda source: self._read(source, stated, delimiter)):
            row = self._row(gpu)
            if row is not None:
                yield row

    def _read(self, source: Any, stated: str | None, delimiter: str | None) -> Iterable[Gpu]:
        columns = _stated(stated) if stated else None
        mark = delimiter or ("," if stated else "")
        gpus: dict[str, Gpu] = {}
        self.silent = {}
        order: Order | None = None
        waiting: list[tuple[Line, list[str]]] = []
        before: Line | None = None
        for line in dmon_as_query(lines_of(source, self.journal)):
            if not line.text.strip():
                continue
            found = _header(line.text, mark)
            if found is not None:
                self._take(waiting, columns, gpus)
                (columns, mark), order, waiting = found, None, []
                continue
            mark = mark or ","
            columns = columns or self._by_form(line, mark)
            if columns is None:
                before = before or line
                if line.number >= before.number + MOST_BEFORE:
                    break
                continue
            cells = cells_of(line.text, mark)
            if mark != ",":
                cells = [pointed(cell) for cell in cells]
            if order is None and not columns.devices:
                waiting.append((line, cells))
                if len(waiting) == LOOKED_AT:
                    order, waiting = self._take(waiting, columns, gpus), []
            else:
                self._line(line, cells, columns, gpus, order)
        if columns is None:
            raise unusable(named(source), "it is empty" if before is None else _no_log(before))
        self._take(waiting, columns, gpus)
        self._say_silent(gpus)
        return gpus.values()

    def _by_form(self, line: Line, mark: str) -> Columns | None:
        """The columns of a log without a header, said; None for a line whose form shows none, as what a script said before."""
        columns = columns_by_form(cells_of(line.text, mark))
        if columns is not None:
            self.journal.note(line.file, line.number, "no-header", said_of(columns))
        return columns

    def _say_silent(self, gpus: dict[str, Gpu]) -> None:
        """Say which GPUs had lines and not one reading: what they drew is unknown, and no row can stand for them."""
        for device, (line, name) in self.silent.items():
            if device not in gpus:
                called = f"{device} ({name})" if name else device
                text = f"GPU {called} has no reading of its power in the whole log; its energy is not known"
                self.journal.bad(line.file, line.number, "never-read", text)

    def _take(
        self,
        waiting: list[tuple[Line, list[str]]],
        columns: Columns | None,
        gpus: dict[str, Gpu],
    ) -> Order | None:
        """Take in the first readings of a log that names no GPU, once their order shows how many there are."""
        if columns is None or not waiting:
            return None
        times = (clock_of(cells[columns.time]) for _, cells in waiting if len(cells) > columns.time)
        order = Order([at_s for at_s in times if at_s is not None])
        if order.devices > 1:
            text = f"no column tells the GPUs apart; readings come {order.devices} at a time and are those of {order.devices} GPUs"
            self.journal.note(waiting[0][0].file, waiting[0][0].number, "gpus-by-order", text)
        for line, cells in waiting:
            self._line(line, cells, columns, gpus, order)
        return order

    def _line(
        self, line: Line, cells: list[str], columns: Columns, gpus: dict[str, Gpu], order: Order | None
    ) -> None:
        journal = self.journal
        if len(cells) <= max(columns.time, columns.power):
            journal.bad(line.file, line.number, "bad-row", f"the row is torn: {_count(len(cells), 'cell')}")
            return
        at_s = clock_of(cells[columns.time])
        if at_s is None:
            journal.bad(line.file, line.number, "bad-row", f"{echo(cells[columns.time])} is no time")
            return
        device = columns.device(cells) or str(order.device(at_s) if order else 0)
        text = cells[columns.power]
        watts = _watts(text, columns.milliwatts)
        if watts is None and columns.others:
            others = (_watts(cells[at], milliwatts=False) for at in columns.others if at < len(cells))
            watts = next((other for other in others if other is not None), None)
        if watts is None:
            if text[:1] == "[" or text.lower() in ("n/a", "", "nan", "err!"):
                text = f"power {echo(text)} is no reading; the line is left out"
                journal.note(line.file, line.number, "no-reading", text)
                self.silent.setdefault(device, (line, columns.cell(cells, columns.name)))
            else:
                journal.bad(line.file, line.number, "bad-row", f"{echo(text)} is no power{_advice(text)}")
            return
        if text.isdecimal() and len(cells) > columns.power + 1 and _REST.fullmatch(cells[columns.power + 1]):
            said = f"{text},{cells[columns.power + 1]}"
            text = f"{echo(said)} is cut by its own comma; write the log with another mark between cells, or with points"
            journal.bad(line.file, line.number, "bad-row", text)
            return
        gpu = gpus.get(device)
        if gpu is None:
            gpu = gpus[device] = Gpu(line, device, columns.cell(cells, columns.name))
        if gpu.limit_w is None and columns.limit >= 0:
            gpu.limit_w = _watts(columns.cell(cells, columns.limit) or "", milliwatts=False)
        journal.add("readings")
        if not gpu.take(at_s, watts, self.wide_s):
            journal.note(
                line.file,
                line.number,
                "time-backwards",
                f"the clock of GPU {device} ran backwards; no time is counted twice",
            )

    def _row(self, gpu: Gpu) -> Row | None:
        journal, line = self.journal, gpu.line
        mark = hash((gpu.device, gpu.name, gpu.readings, gpu.track))
        if gpu.readings > 1 and mark in self.seen:
            text = f"the {gpu.readings:,} readings of GPU {gpu.device} stood before, at the same times, and are counted once"
            journal.note(line.file, line.number, "duplicate-row", text)
            return None
        self.seen.add(mark)
        gaps, gap_s = gpu.close(self.wide_s, self.intervals)
        if not gpu.covered_s:
            journal.bad(
                line.file,
                line.number,
                "one-reading",
                f"GPU {gpu.device} has no two readings, one after the other in time, to integrate between",
            )
            return None
        if gaps:
            text = f"GPU {gpu.device}: {_count(gaps, 'gap')} of {gap_s:,.0f} s in all; nothing is counted in them"
            journal.note(line.file, line.number, "gap", text)
        word = journal.meant(gpu.name) or self.hardware
        known = word is not None and self._is_known(word)
        scale = self._scale(gpu, word)
        kwh = gpu.energy_j * scale / JOULES_PER_KWH
        mean_w = gpu.energy_j * scale / gpu.covered_s
        faults = []
        if not kwh:
            text = f"GPU {gpu.device}: every reading is 0 W, and unknown is not zero"
            if not known:
                faults.append(("energy-zero", text))
            else:
                journal.note(line.file, line.number, "energy-zero", f"{text}; it is left to be modelled")
        elif not known:
            unknown = f"the catalog has no {echo(word)}" if word else "the log does not say what it is"
            word = self.hardware or f"{mean_w!r}W"
            stands = word if self.hardware else f"its mean draw, {mean_w:.4g} W without the server around it,"
            text = f"GPU {gpu.device}: {unknown} (--hardware does); {stands} stands for it"
            journal.note(line.file, line.number, "hardware-unknown", text)
        start, end, text = self.clock.checked(_iso(gpu.low_s), _iso(gpu.high_s))
        if text:
            journal.note(line.file, line.number, "time-out-of-range", text)
        row: Row = dict.fromkeys(COLUMNS)
        row.update(
            hardware=word,
            count=1,
            hours=gpu.covered_s / SECONDS_PER_HOUR,
            where=self.where,
            measured_energy_kwh=kwh or None,
            measured_scope="device" if kwh else None,
            start=start,
            end=end,
            device=gpu.device,
            mean_power_w=mean_w,
            peak_power_w=gpu.peak_w * scale,
            readings=gpu.readings,
            gaps=gaps,
            gap_seconds=gap_s,
        )
        journal.settle(line.file, line.number, faults)
        journal.add("devices")
        journal.add("measured_energy_kwh", kwh)
        return row

    def _scale(self, gpu: Gpu, word: str | None) -> float:
        """What watts of this log are to be multiplied by: a draw that no such board has is in milliwatts."""
        mean_w = gpu.energy_j / gpu.covered_s
        rated_w = gpu.limit_w or self._rated_w(word)
        most_w = self.catalog.figure("highest-plausible-device-power")
        said = "any GPU"
        if rated_w:
            most_w, said = (
                rated_w * self.catalog.figure("highest-plausible-load"),
                f"a board of {rated_w:g} W",
            )
        if mean_w <= most_w:
            return 1.0
        text = f"GPU {gpu.device}: a mean of {mean_w:,.0f} W is more than {said} can draw; the figures are read as milliwatts"
        self.journal.note(gpu.line.file, gpu.line.number, "unit-trap", text)
        return MILLI

    def _rated_w(self, word: str | None) -> float | None:
        from wattgram.resolve import resolve_hardware  # noqa: PLC0415 - only where a name is to be looked up

        try:
            return None if word is None else resolve_hardware(word, self.catalog).rated_power_w.high
        except WattgramError:
            return None

    def _is_known(self, word: str) -> bool:
        """Whether a table of runs could use a name; one that stands for several devices is another matter."""
        from wattgram.resolve import resolve_hardware  # noqa: PLC0415 - only where a name is to be looked up

        try:
            resolve_hardware(word, self.catalog)
        except AmbiguousWordError:
            return True
        except WattgramError:
            return False
        return True


def _no_log(line: Line) -> str:
    """What a file is that has no readings over time, and how to get one that has."""
    text = line.text.strip()
    what = f"line {line.number} is no header with a time and {POWER[0]}"
    if text.startswith(("<?xml", "<!DOCTYPE nvidia", "<nvidia_smi_log")):
        what = "it is XML of nvidia-smi -q -x, which says how things stand and no power over time"
    elif "NVSMI LOG" in text:
        what = "it is nvidia-smi -q, which says how things stand and no power over time"
    return f"{what}; ask for {ASKED_FOR}, or name the columns (--columns)"


def _stated(text: str) -> Columns:
    """The columns of a log without a header, as the user names them."""
    columns = columns_of(text, ",")
    if columns is None:
        raise InputError("columns", text, f"name a time and a power, as in timestamp,index,{POWER[0]}")
    return columns


def _header(text: str, mark: str) -> tuple[Columns, str] | None:
    """The columns that a header states and what stands between them; None where the line is none."""
    for one in (mark,) if mark else DELIMITERS:
        columns = columns_of(text, one)
        if columns is not None:
            return columns, one
    return None


def _watts(cell: str, milliwatts: bool) -> float | None:  # noqa: FBT001 - the unit of the header
    """Watts of `33.09 W`, `6629 mW` or a bare number in the header's unit; None where nothing was read."""
    match = _POWER_CELL.fullmatch(cell.strip())
    number = number_of(match[1]) if match else None
    if match is None or number is None or not 0 <= number <= MOST_WATTS:
        return None
    unit = (match[2] or "").lower()
    bare = not cell.strip()[-1:].isalpha()
    return number * (MILLI if unit == "m" or (bare and milliwatts) else 1000.0 if unit == "k" else 1.0)


def _advice(cell: str) -> str:
    meant = meant_by(cell)
    return f": {meant}" if meant else ""


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _iso(at_s: float) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 - only for the rows

    return datetime.fromtimestamp(at_s, UTC).replace(tzinfo=None).isoformat(timespec="seconds")
