"""Duration: how long, as people type it and as machines print it, in hours."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from wattgram.errors import InputError, OutOfRangeError

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["NUMBER", "parse_duration", "plain"]

LONGEST_WORD = 200
LONGEST_DURATION_H = 1e8
DURATION_FORMS = "write hours such as 100h, 1h30, 90min, 12:30:00 or PT100H, days and weeks such as 3d4h or 2w, or a bare number of hours"


def plain(what: str, given: object, allowed: str) -> str:
    """The word as clean text, or the sentence that says why it is none."""
    if not isinstance(given, str):
        raise InputError(what, given, allowed)
    text = given.strip()
    if not text:
        raise InputError(what, given, f"it is empty; {allowed}")
    if len(text) > LONGEST_WORD:
        raise InputError(what, given, f"it is longer than {LONGEST_WORD} characters; {allowed}")
    return text


HOURS_PER = {"w": 168.0, "d": 24.0, "h": 1.0, "m": 1 / 60, "s": 1 / 3600, "ms": 1 / 3600e3}
# Patterns are compiled when first used: an estimate from the shell needs three of them.
NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?"
_UNIT = (
    r"weeks?|wks?|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|m(?!s)|seconds?|secs?|sec|s|milliseconds?|ms"
)
_SPAN = rf"(?i:({NUMBER})\s*({_UNIT})[\s,]*(?:and\s+)?)"
_CLOCK = r"(?:(\d{1,7})-)?(\d{1,8}):([0-5]?\d):([0-5]?\d(?:\.\d{1,9})?)"
_HOURS_MINUTES = r"(\d{1,8}):([0-5]\d)"
_HOUR_MINUTE = r"(?i:(\d{1,8})\s*h\s*([0-5]?\d))"
_THOUSANDS = r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])"
_ISO = rf"(?i:P(?:({NUMBER})W)?(?:({NUMBER})D)?(?:T(?:({NUMBER})H)?(?:({NUMBER})M)?(?:({NUMBER})S)?)?)"
_NOT_UNITS = (
    (
        rf"(?i:\d+,\d+\s*(?:{_UNIT})?)",
        "a comma before so many digits could be a decimal point or an error; write 1.5h, or 1500h",
    ),
    (
        rf"(?i:{NUMBER}\s*(?:months?|mos?|years?|yrs?|y))",
        "months and years differ in length; write days or weeks, as in 60d or 8w",
    ),
    (rf"{NUMBER}\s*M", "M could be minutes or months; write 5m or 5min for minutes, 8w or 60d for months"),
    (r"(?i:PT\d.*[DW].*)", "days and weeks stand before the T: P9D, P2W, P1DT12H"),
)


def parse_duration(given: str | float | timedelta) -> float:
    """Hours from `100h`, `3d4h`, `90min`, `12:30:00`, `2-03:00:00`, `PT100H`, a number of hours or a timedelta.

    Returns
    -------
    duration [h], more than 0 and at most 1e8 (device-hours are legal)

    Raises
    ------
    InputError : a text of no such form; OutOfRangeError : zero, negative, not finite or absurd
    """
    if hasattr(given, "total_seconds"):
        return _checked_hours(given, given.total_seconds() * HOURS_PER["s"])
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return _checked_hours(given, given)
    text = plain("duration", given, DURATION_FORMS).replace("\N{NO-BREAK SPACE}", " ")
    text = re.sub(_THOUSANDS, lambda found: found[0].replace(",", ""), text)
    try:
        return _checked_hours(given, float(text))
    except OutOfRangeError:
        raise
    except ValueError:
        pass
    if text.startswith("-") and text[1:2].isdigit():
        raise OutOfRangeError("duration", given, f"a run takes time; {DURATION_FORMS}")
    hours = _clock(text)
    if hours is None:
        _refuse(given, text)
        hours = _spans(given, text)
    return _checked_hours(given, hours)


def _clock(text: str) -> float | None:
    """Hours of a form that clocks and machines write; None where the text is none."""
    if match := re.fullmatch(_HOURS_MINUTES, text) or re.fullmatch(_HOUR_MINUTE, text):
        return int(match[1]) + int(match[2]) * HOURS_PER["m"]
    if ":" in text and (match := re.fullmatch(_CLOCK, text)):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return days * 24 + hours + minutes * HOURS_PER["m"] + seconds * HOURS_PER["s"]
    if len(text) > 1 and text[0] in "pP" and (match := re.fullmatch(_ISO, text)) and any(match.groups()):
        return float(
            sum(float(n or 0) * HOURS_PER[unit] for n, unit in zip(match.groups(), "wdhms", strict=True))
        )
    return None


def _refuse(given: object, text: str) -> None:
    """The sentence for words that look like a duration and could be read in two ways."""
    for pattern, instead in _NOT_UNITS:
        if re.fullmatch(pattern, text):
            raise InputError("duration", given, instead)


def _spans(given: object, text: str) -> float:
    hours, at = 0.0, 0
    units: list[str] = []
    while at < len(text):
        match = re.match(_SPAN, text[at:])
        if not match:
            raise InputError("duration", given, DURATION_FORMS)
        word = match[2].lower()
        unit = "ms" if word.startswith(("ms", "milli")) else word[0]
        if unit in units:
            raise InputError("duration", given, f"a unit stands twice; {DURATION_FORMS}")
        units.append(unit)
        hours += float(match[1]) * HOURS_PER[unit]
        at += match.end()
    return float(hours)


def _checked_hours(given: object, hours: float) -> float:
    if math.isnan(hours) or math.isinf(hours) or hours <= 0 or hours > LONGEST_DURATION_H:
        raise OutOfRangeError(
            "duration",
            given,
            f"it takes more than 0 and at most {LONGEST_DURATION_H:,.0f} hours; {DURATION_FORMS}",
        )
    return float(hours)
