"""Windows: the best time to run, found by prefix sums over a series; for one run and for thousands.

A run at constant power emits `P * (C(s + d) - C(s))`. As a function of its start s this is linear between the times at
which s or s + d meets a step of the series, so the least lies at one of those times, and none has to be searched
between them. An interruptible run takes the cheapest steps until it has its hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wattgram.errors import OutOfRangeError
from wattgram.series import Series, text_of

__all__ = ["Job", "Window", "best_hours", "best_of_jobs", "best_window"]

HOUR_S = 3600.0
SLACK_S = 1e-6
"""A microsecond, which is what is left of a duration in floats."""


class Window(NamedTuple):
    """When to run: one piece, or several, oldest first, and the mean intensity of their hours."""

    pieces: tuple[tuple[float, float], ...]
    """(begin, end) of each [s since 1970 UTC]."""
    mean_g_per_kwh: float

    @property
    def begin_s(self) -> float:
        """Start of the first piece [s since 1970 UTC]."""
        return self.pieces[0][0]

    @property
    def end_s(self) -> float:
        """End of the last piece [s since 1970 UTC]."""
        return self.pieces[-1][1]


class Job(NamedTuple):
    """One run to place: how long it takes, when it may begin, when it must have ended."""

    duration_h: float
    earliest_s: float
    deadline_s: float
    interruptible: bool = False


def best_window(series: Series, duration_h: float, earliest_s: float, deadline_s: float) -> Window:
    """The one stretch of `duration_h` within [earliest, deadline] with the least mean intensity; the earliest of equals.

    Parameters
    ----------
    series : intensity over time; a stretch with a gap in it is no candidate
    duration_h : length of the run [h]
    earliest_s, deadline_s : when it may begin and must have ended [s since 1970 UTC]

    Returns
    -------
    Window of one piece

    Raises
    ------
    OutOfRangeError : the time is too short for it, or the series does not hold it without a gap
    """
    duration_s = duration_h * HOUR_S
    low_s, high_s = _bounds(series, duration_s, earliest_s, deadline_s)
    last_s = high_s - duration_s
    best: tuple[float, float] | None = None
    for start_s, grams in _candidates(series, duration_s, low_s, last_s):
        if best is None or (grams, start_s) < best:
            best = (grams, start_s)
    if best is None:
        raise _no_room(series, duration_s, low_s, high_s, "without a gap")
    grams, start_s = best
    return Window(((start_s, start_s + duration_s),), grams / duration_h)


def _candidates(
    series: Series, duration_s: float, low_s: float, last_s: float
) -> Iterable[tuple[float, float]]:
    """(start, integral over the run) at every start at which the least can lie, gaps left out."""
    step = series.step_s
    whole, part = divmod(duration_s / step, 1.0)
    k = int(whole)
    sums, covered, begin = series.integral, series.covered_h, series.begin_s
    full = duration_s / HOUR_S - SLACK_S
    gapless = covered[-1] >= len(series) * step / HOUR_S - SLACK_S
    first, last = -int(-(low_s - begin) // step), int((last_s - begin) // step)
    if first <= last:  # starts on a step of the series
        ends = _between(sums, k, part, first, last)
        held = None if gapless else _between(covered, k, part, first, last)
        for at, grams in enumerate(map(float.__sub__, ends, sums[first : last + 1])):
            if held is None or held[at] - covered[first + at] >= full:
                yield begin + (first + at) * step, grams
    edges = [low_s, last_s]
    if part:  # ends on a step of the series
        low_end = -int(-(low_s + duration_s - begin) // step)
        high_end = int((last_s + duration_s - begin) // step)
        edges += [begin + end * step - duration_s for end in range(low_end, high_end + 1)]
    for start_s in edges:
        if low_s <= start_s <= last_s:
            if not gapless and series.coverage(start_s, start_s + duration_s) * duration_s / HOUR_S < full:
                continue
            end_s = min(start_s + duration_s, float(series.end_s))
            yield start_s, series.integral_g_h_per_kwh(end_s) - series.integral_g_h_per_kwh(start_s)


def _between(sums: Sequence[float], k: int, part: float, first: int, last: int) -> list[float]:
    """A cumulative sum at a run's end, for starts on the steps first..last."""
    ends = sums[first + k : last + k + 1]
    if not part:
        return list(ends)
    after = sums[first + k + 1 : last + k + 2]
    return [one + part * (other - one) for one, other in zip(ends, after, strict=True)]


def best_hours(series: Series, duration_h: float, earliest_s: float, deadline_s: float) -> Window:
    """The cheapest hours within [earliest, deadline] that make up `duration_h`, for a run that can be interrupted.

    Parameters
    ----------
    series : intensity over time; gaps are not used
    duration_h : length of the run [h]
    earliest_s, deadline_s : when it may begin and must have ended [s since 1970 UTC]

    Returns
    -------
    Window of as many pieces as it takes; interruption itself is taken as free

    Raises
    ------
    OutOfRangeError : the time is too short for it, or the series has too few hours in it
    """
    duration_s = duration_h * HOUR_S
    low_s, high_s = _bounds(series, duration_s, earliest_s, deadline_s)
    step, begin = series.step_s, series.begin_s
    slots: list[tuple[float, float, float]] = []
    for index in range(int((low_s - begin) // step), -int(-(high_s - begin) // step)):
        value = series.g_per_kwh[index]
        if value == value:  # noqa: PLR0124 - NaN alone differs from itself
            start = begin + index * step
            slots.append((value, max(float(start), low_s), min(float(start + step), high_s)))
    slots.sort()
    taken: list[tuple[float, float]] = []
    left_s, grams = duration_s, 0.0
    for value, start_s, end_s in slots:
        if left_s <= SLACK_S:
            break
        used_s = min(end_s - start_s, left_s)
        taken.append((start_s, start_s + used_s))
        grams += value * used_s / HOUR_S
        left_s -= used_s
    if left_s > SLACK_S:
        raise _no_room(series, duration_s, low_s, high_s, "in hours that have a value")
    return Window(_joined(taken), grams / duration_h)


def _joined(pieces: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted(pieces):
        if joined and abs(joined[-1][1] - start_s) <= SLACK_S:
            joined[-1] = (joined[-1][0], end_s)
        else:
            joined.append((start_s, end_s))
    return tuple(joined)


def best_of_jobs(series: Series, jobs: Iterable[Job]) -> list[Window | None]:
    """The best time of each of many jobs, each by itself; None where the series has no room for one.

    The cumulative integral is made once, and a job costs as much as its own window has steps: thousands of jobs with
    days to choose from take a second or two of plain Python.
    """
    found: list[Window | None] = []
    for job in jobs:
        search = best_hours if job.interruptible else best_window
        try:
            found.append(search(series, job.duration_h, job.earliest_s, job.deadline_s))
        except OutOfRangeError:
            found.append(None)
    return found


def _bounds(series: Series, duration_s: float, earliest_s: float, deadline_s: float) -> tuple[float, float]:
    low_s, high_s = max(earliest_s, float(series.begin_s)), min(deadline_s, float(series.end_s))
    if high_s - low_s < duration_s - SLACK_S:
        raise _no_room(series, duration_s, earliest_s, deadline_s, "within the series")
    return low_s, max(high_s, low_s + duration_s)


def _no_room(series: Series, duration_s: float, low_s: float, high_s: float, how: str) -> OutOfRangeError:
    span = f"{duration_s / HOUR_S:g} h between {text_of(low_s)} and {text_of(high_s)}"
    held = f"it covers {text_of(series.begin_s)} to {text_of(series.end_s)}"
    return OutOfRangeError("time", span, f"the series of {series.zone} has no room for it {how}; {held}")
