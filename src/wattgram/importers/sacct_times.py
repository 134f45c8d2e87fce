"""Times of `sacct` in another form than its standard one, as SLURM_TIME_FORMAT makes them: read where they can mean one moment.

    2024/05/24-14:00:01      2024-05-24 02:00:01 PM      24 May 2024 14:00      Fri May 24 14:00:01 2024
    05/24/2024 14:00         no month is the 24th, so it is May; 05/06/2024 could be May or June, and is not guessed
    05/24-14:00:01           has no year; Ystday 14:00 counts from the day on which sacct ran

A zone at the end (CEST) is left out: the times of a log are those of its cluster's clock.

References
----------
Slurm: sacct(1), SLURM_TIME_FORMAT ("standard", "relative", or a format of strftime(3)).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

__all__ = ["AmbiguousTimeError", "other_time_of"]

MOST_MONTHS = 12
HALF_DAY_H = 12
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ADVICE = "SLURM_TIME_FORMAT=standard sacct ... prints one"
LONGEST = 60
"""No time has as many characters."""

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_NAMED = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?:(?:ystday|tomorr|today|mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}\s+[a-z]{3}(?:\s+\d{2}:\d{2})?",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2})?(?!\d)")
_FILLER = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|[a-z]{1,5}|[+-]\d{2}:?\d{2}|[,T@()-]", re.IGNORECASE
)
"""What may stand beside a day and a clock: the name of the day, a zone."""


class AmbiguousTimeError(ValueError):
    """A time whose day and month could be either way round."""


@lru_cache(maxsize=65536)
def other_time_of(text: str) -> str:
    """A point in time as ISO text, without a zone.

    Raises
    ------
    AmbiguousTimeError : two numbers that could each be the month; ValueError : no time, or one that lacks its year
    """
    shown = text[:40]
    clock = _CLOCK.search(text) if len(text) < LONGEST else None
    if clock is None:
        raise ValueError(f"'{shown}' is no time; {ADVICE}")
    if _RELATIVE.fullmatch(text):
        raise ValueError(f"'{shown}' is a time relative to the day on which sacct ran; {ADVICE}")
    rest = f"{text[: clock.start()]} {text[clock.end() :]}".strip()
    try:
        year, month, day, rest = _day(rest, shown)
        hour = _hour(int(clock["hour"]), (clock["half"] or "").lower())
        moment = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{clock['minute']}:{clock['second'] or '00'}"
        moment = datetime.fromisoformat(moment).isoformat()
    except AmbiguousTimeError:
        raise
    except ValueError as error:
        raise ValueError(str(error) if shown in str(error) else f"'{shown}' is no time; {ADVICE}") from None
    if _FILLER.sub(" ", rest).strip():
        raise ValueError(f"'{shown}' is no time; {ADVICE}")
    return moment


def _hour(hour: int, half: str) -> int:
    """The hour of the day; of a clock of twelve hours its twelfth is midnight or noon."""
    if half and not 1 <= hour <= HALF_DAY_H:
        raise ValueError
    return hour % HALF_DAY_H + HALF_DAY_H * (half == "p") if half else hour


def _day(rest: str, shown: str) -> tuple[int, int, int, str]:
    """Year, month, day, and what else stands there."""
    if found := _YEAR_FIRST.search(rest):
        return int(found[1]), int(found[3]), int(found[4]), rest.replace(found[0], " ", 1)
    if found := _YEAR_LAST.search(rest):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if first <= MOST_MONTHS and second <= MOST_MONTHS and first != second:
            either = f"{year}-{first:02d}-{second:02d} or {year}-{second:02d}-{first:02d}"
            raise AmbiguousTimeError(f"'{shown}' could be {either}; {ADVICE}")
        month, day = (first, second) if first <= MOST_MONTHS else (second, first)
        return year, month, day, rest.replace(found[0], " ", 1)
    if named := _NAMED.search(rest):
        numbers = re.findall(r"\d+", rest)
        years = [number for number in numbers if len(number) == len("2024")]
        days = [number for number in numbers if len(number) <= len("24")]
        if len(years) == len(days) == 1 and len(numbers) == len(years) + len(days):
            month = MONTHS.index(named[1].lower()) + 1
            return int(years[0]), month, int(days[0]), re.sub(r"\d+", " ", rest.replace(named[0], " ", 1))
    if named or _NO_YEAR.match(rest):
        raise ValueError(f"'{shown}' has no year of four digits; {ADVICE}")
    raise ValueError
