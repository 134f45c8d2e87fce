"""The same run at other times: by a series of its zone, or by the zone's month x hour profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.comparison.entry import Entry, fresh, with_factors
from wattgram.errors import InputError
from wattgram.footprint import Footprint
from wattgram.resolve.hours import ESTIMATED_UPSTREAM, fit, relative_hours, series_value
from wattgram.resolve.intensity import annual_intensity
from wattgram.resolve.notice import Notice
from wattgram.run import parse_duration, parse_start
from wattgram.series import UNNAMED, Series, text_of
from wattgram.value import Value
from wattgram.windows import Window, best_hours, best_window

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Times", "start_times", "starts"]

HOUR_S = 3600
DEFAULT_WITHIN = "24h"
MOST_ENTRIES = 400


class Times(NamedTuple):
    """When the run may start, and by what its hours are known."""

    series: Series
    relative: dict[tuple[int, int], tuple[float, float, float]]
    """The profile that the series was drawn from; empty where it is a series of the user's."""
    annual: Value | None
    earliest_s: float
    latest_s: float
    """Latest start [s since 1970 UTC]."""
    deadline_s: float
    interruptible: bool
    duration_h: float


def start_times(base: Footprint, said: dict[str, Any], series: Series | None) -> tuple[Times, dict[str, str]]:
    """What was said about times, in seconds; and how it is shown.

    Raises
    ------
    InputError : no duration, no series and no profile of the zone, a series that does not fit, too little time
    """
    duration_h = base.assembled.factors.duration_h
    if not isinstance(duration_h, Value):
        raise InputError("by", "start", "a run without a duration has no hours to be moved")
    hours = float(duration_h.central)
    within_h = parse_duration(said.get("within") or DEFAULT_WITHIN)
    series = series or base.run.series
    earliest_s, from_now = _earliest(base, said.get("start"), series)
    latest_s = earliest_s + within_h * HOUR_S
    deadline_s = latest_s + hours * HOUR_S
    if said.get("deadline"):
        deadline_s = _deadline(said["deadline"], earliest_s)
        latest_s = (
            min(latest_s, deadline_s - hours * HOUR_S) if said.get("within") else deadline_s - hours * HOUR_S
        )
        if latest_s < earliest_s:
            raise InputError(
                "deadline", said["deadline"], f"the run takes {hours:g} h from {text_of(earliest_s)}"
            )
    relative: dict[tuple[int, int], tuple[float, float, float]] = {}
    annual, cut = None, False
    if series is None:
        series, relative, annual = _from_profile(base, earliest_s, deadline_s)
    else:
        fit(series, base.run.boundary, base.assembled.zone)
    short_s = latest_s + hours * HOUR_S - series.end_s
    cut = short_s > 0 and latest_s > earliest_s
    latest_s = max(latest_s - max(short_s, 0.0), earliest_s)
    deadline_s = min(deadline_s, max(float(series.end_s), earliest_s + hours * HOUR_S))
    shown = {"from": text_of(earliest_s) + (" (now)" if from_now else ""), "within": f"{within_h:g}h"}
    if said.get("deadline"):
        shown["deadline"] = text_of(deadline_s)
        if not said.get("within"):
            del shown["within"]
    if cut:
        shown["until"] = f"{text_of(series.end_s)}, where the series ends"
    if said.get("interruptible"):
        shown["interruptible"] = "yes"
    own = "series" if series.zone == UNNAMED else f"series of {series.zone}"
    shown["hours"] = f"profile of {series.zone}" if relative else own
    times = Times(
        series, relative, annual, earliest_s, latest_s, deadline_s, bool(said.get("interruptible")), hours
    )
    return times, shown


def _earliest(base: Footprint, said: Any, series: Series | None) -> tuple[float, bool]:
    if said is not None:
        return parse_start(said, future=True).timestamp(), False
    if base.run.start is not None:
        return base.run.start.timestamp(), False
    now_s = float(dt.datetime.now(dt.UTC).timestamp() // HOUR_S * HOUR_S)
    if series is not None and not series.begin_s <= now_s <= series.end_s:
        raise InputError(
            "start", "", f"say when the run may start; the series covers {text_of(series.begin_s)} on"
        )
    return now_s, True


def _deadline(said: Any, earliest_s: float) -> float:
    """A deadline as a time, or as hours after the earliest start."""
    try:
        return earliest_s + parse_duration(said) * HOUR_S
    except InputError:
        return parse_start(said, future=True).timestamp()


def _from_profile(
    base: Footprint, earliest_s: float, deadline_s: float
) -> tuple[Series, dict[tuple[int, int], tuple[float, float, float]], Value]:
    """The hours to come as the zone's profile has them: the year's mean times the usual month and hour."""
    place, zone = base.assembled.place, base.assembled.zone
    if place is None or not zone:
        raise InputError("by", "start", "a stated intensity has no hours; name the place, or give a series")
    relative = relative_hours(zone, base.catalog)
    if not relative:
        allowed = f"no profile of {zone} is known; give a series (--series FILE), or derive one: wattgram catalog profile"
        raise InputError("by", "start", allowed)
    year = base.run.start.year if base.run.start else None
    annual = annual_intensity(place, base.run.boundary, year, base.catalog)[0]
    begin_s = int(earliest_s // HOUR_S * HOUR_S)
    count = int(-(-(deadline_s - begin_s) // HOUR_S))
    try:
        values = [annual.central * relative[_month_hour(begin_s + at * HOUR_S)][0] for at in range(count)]
    except KeyError:
        raise InputError("by", "start", f"the profile of {zone} lacks a month of that time") from None
    series = Series(zone, begin_s, HOUR_S, values, boundary=base.run.boundary, source=annual.sources[0])
    return series, relative, annual


def _month_hour(time_s: float) -> tuple[int, int]:
    at = dt.datetime.fromtimestamp(time_s, dt.UTC)
    return at.month, at.hour


# --- the alternatives -----------------------------------------------------------------------------------------------


def starts(base: Footprint, times: Times) -> Iterator[Entry]:
    """The run at its earliest start (its own), at every step it may start at, and at the best of all times."""
    series, duration_s = times.series, times.duration_h * HOUR_S
    own = Window(((times.earliest_s, times.earliest_s + duration_s),), 0.0)
    yield _entry(base, times, own, "this run", own=True)
    search = best_hours if times.interruptible else best_window
    bound_s = times.deadline_s if times.interruptible else times.latest_s + duration_s
    best = search(series, times.duration_h, times.earliest_s, bound_s)
    seen = {times.earliest_s}
    if times.interruptible or best.begin_s not in seen:
        yield _entry(base, times, best, _label(times, best))
        seen.add(-1.0 if times.interruptible else best.begin_s)
    step = series.step_s
    steps = int((times.latest_s - times.earliest_s) // step) + 2
    stride = max(1, -(-steps // MOST_ENTRIES))
    first = series.begin_s - int(-(times.earliest_s - series.begin_s) // step) * step
    start_s = float(first)
    while start_s <= times.latest_s and start_s + duration_s <= series.end_s:
        if start_s not in seen and series.coverage(start_s, start_s + duration_s) >= 1 - 1e-9:
            window = Window(((start_s, start_s + duration_s),), 0.0)
            yield _entry(base, times, window, _label(times, window))
        start_s += step * stride


def _label(times: Times, window: Window) -> str:
    later = f"{(window.begin_s - times.earliest_s) / HOUR_S:.4g} h later"
    if len(window.pieces) == 1:
        return later
    done = dt.datetime.fromtimestamp(window.end_s // 60 * 60, dt.UTC)
    return f"in {len(window.pieces)} pieces to {done:%m-%dT%H:%MZ}"


def _entry(base: Footprint, times: Times, window: Window, label: str, *, own: bool = False) -> Entry:
    value, alone, notices = _intensity(base.catalog, times, window)
    start = dt.datetime.fromtimestamp(window.begin_s, dt.UTC)
    footprint = fresh(base, start=start)
    known = {notice.code for notice in footprint.assembled.notices}
    kept = (*footprint.assembled.notices, *(one for one in notices if one.code not in known))
    footprint.assembled = footprint.assembled._replace(notices=kept)
    moved = with_factors(footprint, intensity_g_per_kwh=value)
    entry = Entry(text_of(window.begin_s // 60 * 60), label, moved, own=own)
    entry.alone, entry.pieces = alone, window.pieces
    return entry


def _intensity(
    catalog: Catalog, times: Times, window: Window
) -> tuple[Value, tuple[float, float], tuple[Notice, ...]]:
    """Intensity of the pieces, the squared deviations that are the hours' own, and what must be said."""
    series = times.series
    hours = [(end_s - begin_s) / HOUR_S for begin_s, end_s in window.pieces]
    grams = sum(
        series.integral_g_h_per_kwh(min(end_s, series.end_s)) - series.integral_g_h_per_kwh(begin_s)
        for begin_s, end_s in window.pieces
    )
    mean = grams / sum(hours)
    if not times.relative or times.annual is None:
        value, notices = series_value(series, window.pieces, catalog)
        return value, (0.0, 0.0), notices
    low = high = middle = 0.0
    for begin_s, end_s in window.pieces:
        at = begin_s
        while at < end_s - 1e-6:
            until = min((at // HOUR_S + 1) * HOUR_S, end_s)
            here = times.relative[_month_hour(at)]
            middle, low, high = (
                one + share * (until - at) for one, share in zip((middle, low, high), here, strict=True)
            )
            at = until
    spread = Value(middle, min(low, middle), max(high, middle))
    annual = times.annual
    value = Value.from_deviations(
        mean,
        annual.low_sq + spread.low_sq,
        annual.high_sq + spread.high_sq,
        annual.unit,
        "catalog",
        annual.sources,
        f"{annual.reason}, times the usual month and hour of {series.zone}",
    )
    notices = ()
    if series.zone in ESTIMATED_UPSTREAM:
        notices = (Notice("series-estimated", f"every hour of {series.zone} is estimated by its source"),)
    return value, (spread.low_sq, spread.high_sq), notices
