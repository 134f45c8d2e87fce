"""Reading rows into points: what was wrong and what was assumed is gathered on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.errors import InputError
from wattgram.grid.sheet import Sheet
from wattgram.grid.times import Clock, looks_like_time
from wattgram.series import UNNAMED, Point, Series

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["Asked", "Reading", "one_zone", "time_column"]

NAMED_LINES = 3
"""Lines that a note names; the rest are counted."""


class Asked(NamedTuple):
    """What the user says about a file, in place of what the file says or lacks."""

    zone: str | None = None
    boundary: str | None = None
    kind: str | None = None
    column: str | None = None
    clock_zone: dt.tzinfo | None = None


class Reading:
    """Points gathered row by row, with what was wrong and what was assumed."""

    def __init__(self, sheet: Sheet, time_at: int, clock_zone: dt.tzinfo | None, utc: bool) -> None:  # noqa: FBT001
        self.sheet, self.time_at = sheet, time_at
        self.clock = Clock((cells[time_at] for _, cells in sheet.rows), clock_zone)
        self.said_utc = utc or clock_zone is not None
        self.bad: list[tuple[int, str]] = list(sheet.problems)
        self.points: dict[int, Point] = {}
        self.replaced: list[int] = []

    def add(self, line: int, time: str, value: float | None, estimated: bool = False) -> None:  # noqa: FBT001, FBT002
        """Take one row, its value [as the column says]; a time that is none is a bad row."""
        try:
            stamp = self.clock.seconds(time)
        except ValueError as error:
            reason = str(error)
            self.bad.append((line, f"'{time[:30]}': {'it is no time' if 'isoformat' in reason else reason}"))
            return
        point = Point(stamp, value, estimated)
        last = self.points.get(stamp)
        if last is not None and last.g_per_kwh is not None and value is None:
            return
        if last is not None and last.g_per_kwh is not None and last.g_per_kwh != value:
            self.replaced.append(line)
        self.points[stamp] = point

    def number(self, line: int, cell: str) -> float | None:
        """A cell as a number [as the column says]; None where it is empty, and where it is none, which makes a bad row."""
        text = cell.strip()
        if text.lower() in ("", "nan", "null", "none", "na", "n/a", "-"):
            return None
        if re.fullmatch(r"-?\d+,\d+", text):
            text = text.replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            self.bad.append((line, f"'{text[:30]}' is no number"))
            return None
        if not 0 <= value < float("inf"):
            self.bad.append((line, f"{text[:30]} is no intensity"))
            return None
        return value

    def notes(self) -> Iterator[str]:
        """What must be said of this reading, one sentence each."""
        if self.bad:
            shown = "; ".join(f"line {line}: {reason}" for line, reason in self.bad[:NAMED_LINES])
            more = "" if len(self.bad) <= NAMED_LINES else f" and {len(self.bad) - NAMED_LINES} more"
            yield f"{self.sheet.name}: {len(self.bad)} rows were left out ({shown}{more})"
        if self.replaced:
            lines = ", ".join(str(line) for line in self.replaced[:NAMED_LINES])
            yield (
                f"{self.sheet.name}: {len(self.replaced)} times stand twice with different values; "
                f"the later row counts (line {lines}{' …' if len(self.replaced) > NAMED_LINES else ''})"
            )
        if self.clock.bare and not self.said_utc:
            yield f"{self.sheet.name}: its times name no zone and were read as UTC"

    def series(self, zone: str, more_notes: tuple[str, ...] = (), **about: Any) -> Series:
        """The series of what was gathered; times off the grid of the others are bad rows."""
        if not any(point.g_per_kwh is not None for point in self.points.values()):
            line, reason = self.bad[0] if self.bad else (0, "no row has a value")
            raise InputError("series file", self.sheet.name, f"no row can be read; line {line}: {reason}")
        return Series.from_points(zone, self.points.values(), notes=(*self.notes(), *more_notes), **about)


def one_zone(sheet: Sheet, zone_at: int | None, wanted: str | None) -> str:
    """The one zone to read from a file that has a column of them; InputError where several are and none is named."""
    if zone_at is None:
        return wanted or UNNAMED
    zones = list(dict.fromkeys(cells[zone_at] for _, cells in sheet.rows if cells[zone_at]))
    if wanted is None and len(zones) > 1:
        allowed = (
            f"it holds {len(zones)} zones, say which; where none can be said (a batch, which takes several files), give "
            f"a file of each zone, with its name on the first line: # zone: {zones[0]}"
        )
        raise InputError("series file", sheet.name, allowed, zones[:4])
    if wanted is not None and wanted not in zones:
        raise InputError("zone", wanted, f"{sheet.name} holds {', '.join(zones[:6])}")
    return wanted or (zones[0] if zones else UNNAMED)


def time_column(sheet: Sheet) -> int:
    """The column whose cells are times; the first of them, one that says UTC before others."""
    sample = [cells for _, cells in sheet.rows[:50]]
    found = [
        at
        for at in range(len(sheet.header))
        if sum(looks_like_time(cells[at]) or _slashed(cells[at]) for cells in sample) * 2 > len(sample)
    ]
    if not found:
        allowed = "no column holds times; write them as 2024-05-17T08:00Z"
        raise InputError("series file", sheet.name, allowed)
    return next((at for at in found if "utc" in sheet.header[at].lower()), found[0])


def _slashed(cell: str) -> bool:
    return re.match(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}[ T,]", cell) is not None
