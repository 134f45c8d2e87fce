"""Times of a file or a service as seconds since 1970 in UTC: ISO 8601, slashed dates, epochs, local clocks with DST."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from wattgram.errors import InputError

__all__ = ["Clock", "looks_like_time", "time_zone"]

_SLASHED = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?"
)
_EPOCH = re.compile(r"\d{9,10}(?:\.0*)?|\d{12,13}")
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")
LAST_MONTH = 12
NOON = 12
EPOCH_MS_DIGITS = 11


def time_zone(name: str) -> dt.tzinfo:
    """A time zone by its IANA name (`Europe/Paris`) or `UTC`; InputError for a name that is none."""
    if name.strip().upper() in ("UTC", "Z", "GMT"):
        return dt.UTC
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError):
        raise InputError("time zone", name, "it takes an IANA name such as Europe/Paris, or UTC") from None


def looks_like_time(text: str) -> bool:
    """Whether a cell is a time in one of the forms that `Clock` reads."""
    try:
        Clock([text]).seconds(text)
    except ValueError:
        return False
    return True


class Clock:
    """Reads the times of one file: what is ambiguous in one cell is decided by all of them.

    Parameters
    ----------
    cells : every time cell of the file, in its order
    zone : the zone of cells that carry none; UTC where none is named

    `local` tells afterwards whether a cell without a zone was read.
    """

    def __init__(self, cells: Iterable[str], zone: dt.tzinfo | None = None) -> None:
        self.zone = zone or dt.UTC
        self.bare = False
        self._seen: set[dt.datetime] = set()
        self._day_first = _day_first(cells)

    def seconds(self, cell: str) -> int:
        """Seconds since 1970 in UTC; ValueError with one phrase where it is no time.

        A local hour that comes twice (clocks set back) is the earlier one first and the later one second, in the
        order of the file; an hour that the clocks skip is no time.
        """
        text = cell.strip()
        if _EPOCH.fullmatch(text):
            number = float(text)
            return round(number / 1000 if len(text.partition(".")[0]) > EPOCH_MS_DIGITS else number)
        found = self._slashed(text) or dt.datetime.fromisoformat(_SPACED_OFFSET.sub("", _plain(text)))
        if found.tzinfo is None:
            self.bare = True
            found = self._localised(found)
        stamp = found.timestamp()
        if stamp != int(stamp):
            raise ValueError("it has parts of a second")
        return int(stamp)

    def _slashed(self, text: str) -> dt.datetime | None:
        match = _SLASHED.fullmatch(text)
        if not match:
            return None
        first, second, year, hour = (int(part) for part in match.groups()[:4])
        half = (match[7] or "").lower()
        if half:
            hour = hour % NOON + (NOON if half == "pm" else 0)
        day_first = self._day_first if not half else False
        if day_first is None:
            raise ValueError("day and month cannot be told apart in this file; write the year first")
        day, month = (first, second) if day_first else (second, first)
        return dt.datetime(year, month, day, hour, int(match[5]), int(match[6] or 0))  # noqa: DTZ001 - the zone comes after

    def _localised(self, bare: dt.datetime) -> dt.datetime:
        if self.zone is dt.UTC:
            return bare.replace(tzinfo=dt.UTC)
        early = bare.replace(tzinfo=self.zone)
        late = early.replace(fold=1)
        if early.utcoffset() == late.utcoffset():
            return early
        if early.astimezone(dt.UTC).astimezone(self.zone).replace(tzinfo=None) != bare:
            raise ValueError("the clocks skip this hour")
        if bare in self._seen:
            return late
        self._seen.add(bare)
        return early


def _plain(text: str) -> str:
    """`2024-01-01 00:00:00 UTC` and `2024-01-01T00` as ISO 8601 has them."""
    text = re.sub(r"\s*(?:UTC|GMT)$", "Z", text)
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("it is no time")
    return text


def _day_first(cells: Iterable[str]) -> bool | None:
    """Whether slashed dates put the day first; None where no cell of the file tells."""
    verdict = None
    for cell in cells:
        match = _SLASHED.fullmatch(cell.strip())
        if match and int(match[1]) > LAST_MONTH:
            return True
        if match and int(match[2]) > LAST_MONTH:
            verdict = False
    return verdict
