"""Any CSV as a table of runs, by a map of its columns: `hardware=gpu,hours=duration_h`.

Columns that have the names of a table of runs already need no map; all others pass through.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.duration import LONGEST_DURATION_H
from wattgram.errors import AmbiguousWordError, InputError, WattgramError, echo
from wattgram.estimation import LIMITS, MOST_KWH
from wattgram.importers.encoding import unusable
from wattgram.importers.kinds import kind_of
from wattgram.importers.reading import (
    NOTHING,
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
from wattgram.run import MOST_DEVICES, check_number, parse_duration, parse_start

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["read_columns"]

HOURS_OF = {"seconds": 1 / 3600, "minutes": 1 / 60, "days": 24.0}
KWH_OF = {"measured_energy_wh": 1e-3, "measured_energy_j": 1 / 3.6e6}
OTHERS = {"hours": (HOURS_OF, LONGEST_DURATION_H), "measured_energy_kwh": (KWH_OF, MOST_KWH)}
"""Columns that may be said in other units: the factors, and the most of the column itself."""
NUMBERS = {"count": (1.0, MOST_DEVICES, False), **LIMITS, "measured_energy_kwh": (0.0, MOST_KWH, True)}
MOST_WORDS = 1000
"""Distinct words that are looked up; a table with more of them has names of its own, and has said so by then."""
MOST_LINES = 100
"""Lines that one row may have at most."""
DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""The line by which a spreadsheet says what stands between the cells."""
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_UNIT = re.compile(r"(?:[_\s([]|^)(s|secs?|seconds?|mins?|minutes?|d|days?)[)\]]?$", re.IGNORECASE)
UNITS = {"s": "seconds", "m": "minutes", "d": "days"}
"""What a name such as `duration_s` or `time (min)` says of its cells, by the first letter of the unit."""
TARGETS = (*RUN_COLUMNS, *HOURS_OF, *KWH_OF)
COUNTED = frozenset({"hours", *NUMBERS, *HOURS_OF, *KWH_OF})
"""Columns that hold numbers."""


class _Table(NamedTuple):
    """A header: what stands where, and what passes through."""

    delimiter: str
    names: list[str]
    sources: dict[str, int]


def read_columns(
    source: Any,
    columns: Mapping[str, str] | str | None = None,
    *,
    where: str | None = None,
    hardware: str | None = None,
    delimiter: str | None = None,
    catalog: Catalog | None = None,
) -> Imported:
    """Any CSV as a table of runs.

    Parameters
    ----------
    source : path, paths, open file, or `-` for standard input
    columns : our name to theirs, as a mapping or as `hardware=gpu,hours=duration_h`; beside the names of a table of runs
        there are `seconds`, `minutes` and `days` for a duration, `measured_energy_wh` and `measured_energy_j` for an energy
    where, hardware : for rows that say none
    delimiter : what stands between cells, where it is neither comma, semicolon, tab nor pipe

    Raises
    ------
    InputError : a map that names no column of ours, or none of the file's
    """
    mapping = _mapping(columns)
    sources = paths_of(source)
    journal = Journal()
    files = each_of(sources, journal, lambda source: [_opened(source, mapping, delimiter, journal)])
    first = next(files, None)
    if first is None:
        return Imported("csv", RUN_COLUMNS, iter(()), journal)
    table = first[1]
    used = set(table.sources.values())
    passed = [name for at, name in enumerate(table.names) if at not in used and name]
    names = (*RUN_COLUMNS, *dict.fromkeys(name for name in passed if name not in RUN_COLUMNS))
    reader = _Reader(journal, names, where, hardware, catalog)
    return Imported(
        "csv", names, (row for lines, of in chain((first,), files) for row in reader.rows(lines, of)), journal
    )


def _opened(
    source: Any, mapping: dict[str, str], delimiter: str | None, journal: Journal
) -> tuple[Iterator[Line], _Table]:
    """The lines of a file below its header, and what that states."""
    lines = lines_of(source, journal)
    head = next((line for line in lines if line.text.strip()), None)
    if head is not None and (said := _SEPARATOR.fullmatch(head.text.strip())):
        delimiter = delimiter or said[1]
        head = next((line for line in lines if line.text.strip()), None)
    if head is None:
        raise unusable(named(source), "it is empty")
    table = _table(head, mapping, delimiter)
    theirs = mapping.get("hours", "")
    unit = _UNIT.search(theirs)
    if unit:
        seems = UNITS[unit[1][0].lower()]
        text = f"column {echo(theirs)} seems to hold {seems} and is read as hours; for {seems}: --columns {seems}={theirs}"
        journal.note(head.file, head.number, "unit-doubtful", text)
    return lines, table


def _mapping(columns: Mapping[str, str] | str | None) -> dict[str, str]:
    if isinstance(columns, str):
        pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
        if not all(equals and theirs.strip() for _, equals, theirs in pairs):
            raise InputError(
                "columns", columns, "it takes our names and yours, as in hardware=gpu,hours=duration_h"
            )
        mapping: dict[str, str] = {}
        for ours, _, theirs in pairs:
            if mapping.setdefault(ours.strip().lower(), theirs.strip()) != theirs.strip():
                both = f"{echo(mapping[ours.strip().lower()])} and {echo(theirs.strip())}"
                raise InputError("column", ours.strip(), f"it is given two of yours, {both}; leave one")
    else:
        mapping = dict(columns or {})
    for ours in mapping:
        if ours not in TARGETS:
            from difflib import get_close_matches  # noqa: PLC0415 - only a wrong name pays for it

            near = get_close_matches(ours, TARGETS, n=1)
            raise InputError("column", ours, f"a table of runs has {', '.join(TARGETS)}", near)
    return mapping


def _table(head: Line, mapping: dict[str, str], delimiter: str | None) -> _Table:
    mark = delimiter or max(DELIMITERS, key=head.text.count)
    names = cells_of(head.text, mark)
    if not mapping and (kind := kind_of(names)):
        raise unusable(head.file, f"it is a log of {kind}: `wattgram import {kind}` reads it")
    low = [name.lower() for name in names]
    places: dict[str, int] = {name: low.index(name) for name in TARGETS if name in low}
    for ours, theirs in mapping.items():
        if theirs.lower() not in low:
            from difflib import get_close_matches  # noqa: PLC0415 - only a wrong name pays for it

            near = get_close_matches(theirs, names, n=1)
            raise InputError("column", theirs, f"{head.file} has the columns {', '.join(names)}", near)
        places[ours] = low.index(theirs.lower())
    if not places:
        text = (
            f"line {head.number} names no column of a table of runs ({', '.join(RUN_COLUMNS[:4])}, ...); "
            "say which of yours they are with --columns"
        )
        raise unusable(head.file, text)
    return _Table(mark, names, places)


class _Reader:
    """Lines to rows."""

    def __init__(
        self,
        journal: Journal,
        names: tuple[str, ...],
        where: str | None,
        hardware: str | None,
        catalog: Catalog | None,
    ) -> None:
        self.journal, self.names, self.where, self.hardware = journal, names, where, hardware
        self.catalog = catalog
        self.words: set[tuple[str, str]] = set()

    def rows(self, lines: Iterator[Line], table: _Table) -> Iterator[Row]:
        """A row for each line."""
        for line in _whole(lines, table):
            if not line.text.strip():
                continue
            cells = cells_of(line.text, table.delimiter)
            if cells == table.names:  # files joined together, each with its header
                continue
            if len(cells) != len(table.names):
                text = f"the row is torn: {len(cells)} of the {len(table.names)} cells that the header has"
                self.journal.bad(line.file, line.number, "bad-row", text)
                continue
            yield self._row(line, cells, table)

    def _row(self, line: Line, cells: list[str], table: _Table) -> Row:
        row: Row = dict.fromkeys(self.names)
        row.update((name, cell or None) for name, cell in zip(table.names, cells, strict=True) if name in row)
        said = {
            name: cell for name, at in table.sources.items() if (cell := cells[at]).lower() not in NOTHING
        }
        if table.delimiter == ";":  # which stands there because the comma is the mark of decimals
            said = {name: _decimal(cell) if name in COUNTED else cell for name, cell in said.items()}
        faults = []
        for name in RUN_COLUMNS:
            try:
                row[name] = _value(name, said)
            except ValueError as error:
                # As it stands, so that a batch of it says the same; but hours with a comma, of which it would read a number.
                row[name] = None if name == "hours" and "," in said.get(name, "") else said.get(name)
                faults.append(str(error))
        row["hardware"] = row["hardware"] or self.hardware
        row["where"] = row["where"] or self.where
        row["count"] = 1 if row["count"] is None else row["count"]
        timed = (
            row["hours"] is not None
            or row["measured_energy_kwh"] is not None
            or (row["start"] and row["end"])
        )
        if row["hardware"] is None:
            faults.append("no hardware is said; say which column has it, or --hardware")
        if not timed:
            faults.append("neither hours nor start and end nor a measured energy are said")
        self._say_unknown(line, row)
        self.journal.settle(line.file, line.number, [("bad-cell", fault) for fault in faults[:1]])
        return row

    def _say_unknown(self, line: Line, row: Row) -> None:
        """Remark on a word that the catalog does not know, once for each; a batch of the table would ask for it."""
        for column in ("hardware", "where"):
            word = self.journal.meant(row[column])
            if not word or (column, word) in self.words or len(self.words) >= MOST_WORDS:
                continue
            self.words.add((column, word))
            fault = self._fault(column, word)
            if fault:
                text = f"{fault}; say what it means with --map, a CSV with the line {row[column]},MEANING"
                self.journal.note(line.file, line.number, "unknown-word", text)

    def _fault(self, column: str, word: str) -> str:
        """Why a word means nothing to the catalog; empty where it means something, or one of several things."""
        from wattgram.catalog import Catalog  # noqa: PLC0415 - the catalog opens when there is a word to look up
        from wattgram.resolve import resolve_hardware, resolve_place  # noqa: PLC0415

        if self.catalog is None:
            self.catalog = Catalog.load()
        try:
            (resolve_hardware if column == "hardware" else resolve_place)(word, self.catalog)
        except AmbiguousWordError:
            return ""
        except WattgramError as error:
            return str(error)
        return ""


def _whole(lines: Iterator[Line], table: _Table) -> Iterator[Line]:
    """Rows of which a quoted cell has ends of lines, each as one; a quote that nothing closes is a torn line of its own."""
    ahead: deque[Line] = deque()
    while (line := ahead.popleft() if ahead else next(lines, None)) is not None:
        text = line.text
        taken: list[Line] = []
        while text.count('"') % 2 and len(taken) < MOST_LINES:
            more = ahead.popleft() if ahead else next(lines, None)
            if more is None:
                break
            taken.append(more)
            text = f"{text}\n{more.text}"
        if text.count('"') % 2 or (taken and len(cells_of(text, table.delimiter)) != len(table.names)):
            ahead.extendleft(reversed(taken))
            text = line.text
        yield line._replace(text=text)


def _value(name: str, said: dict[str, str]) -> Any:
    """The value of one of our columns, from whichever of theirs says it."""
    cell = said.get(name)
    units, most = OTHERS.get(name, ({}, 0.0))
    if cell is None:
        other = next((other for other in units if other in said), None)
        return None if other is None else _number(other, said[other], 0, most / units[other]) * units[other]
    if name == "hours":
        number = number_of(cell)
        if number is None and (meant := meant_by(cell)):
            raise InputError(name, cell, meant)
        return parse_duration(cell if number is None else number)
    if name in ("start", "end"):
        parse_start(cell, future=True)
    if name == "count":
        return int(_number(name, cell, 1, MOST_DEVICES, above=False, whole=True))
    if name not in NUMBERS:
        return cell
    low, high, above = NUMBERS[name]
    return _number(name, cell, low, high, above=above)


def _decimal(cell: str) -> str:
    """A number with a decimal comma with a point instead; one that could stand between thousands stays as it is."""
    number = cell.removesuffix("%").rstrip()
    return cell if _THOUSANDS.fullmatch(number) else pointed(number) + cell[len(number) :]


def _number(
    name: str, cell: str, low: float, high: float, *, above: bool = True, whole: bool = False
) -> float:
    """The number of a cell within its limits; a comma that could mean two things is none, and 80% of a load is 0.8."""
    number = number_of(cell)
    if (
        number is None
        and name == "load"
        and cell.endswith("%")
        and (share := number_of(cell[:-1])) is not None
    ):
        number = share / 100
    if number is None and (meant := meant_by(cell)):
        raise InputError(name, cell, meant)
    return check_number(name, cell if number is None else number, low, high, above=above, whole=whole)
