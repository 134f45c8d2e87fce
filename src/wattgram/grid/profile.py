"""Profiles: how the intensity of a zone moves through the day and the year, as multiples of its mean.

    relative mean of (month, hour) = mean of that hour in that month / mean of the whole series

with the 5th and 95th percentile of the hours beside it. Rows with month and hour `all` hold, for windows of one hour, a
day and a week, where 90 % of the means over such a window lie: the range of a run that long whose start is not known.
Hours are UTC.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.resolve.hours import WINDOWS_H

if TYPE_CHECKING:
    from wattgram.series import Series

__all__ = ["COLUMNS", "percentile", "profile_csv", "profile_rows"]

COLUMNS = (
    "zone",
    "month",
    "hour",
    "window_h",
    "relative_mean",
    "relative_p5",
    "relative_p95",
    "year",
    "estimated_share",
    "source_id",
)
SHORTEST_DAYS = 28
DIGITS = 6
HOUR_S = 3600


def percentile(values: Iterable[float], share: float) -> float:
    """A percentile by linear interpolation between the two nearest of the sorted values.

    Parameters
    ----------
    values : at least one number
    share : which percentile, 0.05 being the fifth [1]

    Returns
    -------
    the value with that share of the others below it [as the values]
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def profile_rows(series: Series, source_id: str | None = None) -> list[dict[str, object]]:
    """The profile of a series as rows of profiles.csv.

    Parameters
    ----------
    series : at least four weeks of average intensity
    source_id : id of its source; the series' own where left out

    Returns
    -------
    rows by month and hour [1, relative to the mean], then those of whole windows

    Raises
    ------
    InputError : a marginal series, or one that is too short to know a day's shape
    """
    if series.kind != "average":
        raise InputError(
            "series", series.zone, "a profile is made of average intensity, this one is marginal"
        )
    hours = _hourly(series)
    if len(hours) < SHORTEST_DAYS * 24:
        raise InputError("series", series.zone, f"it has less than {SHORTEST_DAYS} days of values")
    mean = sum(hours.values()) / len(hours)
    if mean == 0:
        raise InputError("series", series.zone, "its mean is 0, of which nothing can be a multiple")
    about = {
        "zone": series.zone,
        "year": dt.datetime.fromtimestamp((series.begin_s + series.end_s) / 2, dt.UTC).year,
        "estimated_share": _short(series.estimated_share),
        "source_id": source_id or series.source,
    }
    cells: dict[tuple[int, int], list[float]] = {}
    for time_s, value in hours.items():
        at = dt.datetime.fromtimestamp(time_s, dt.UTC)
        cells.setdefault((at.month, at.hour), []).append(value / mean)
    rows = [
        _row(about, str(month), str(hour), 1, values, sum(values) / len(values))
        for (month, hour), values in sorted(cells.items())
    ]
    for window in WINDOWS_H:
        means = [value / mean for value in _rolling(hours, window)]
        if means:
            rows.append(_row(about, "all", "all", window, means, 1.0))
    return rows


def _row(
    about: dict[str, object], month: str, hour: str, window_h: int, values: list[float], mean: float
) -> dict[str, object]:
    low, high = percentile(values, 0.05), percentile(values, 0.95)
    return {
        **about,
        "month": month,
        "hour": hour,
        "window_h": window_h,
        "relative_mean": _short(mean),
        "relative_p5": _short(min(low, mean)),
        "relative_p95": _short(max(high, mean)),
    }


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _hourly(series: Series) -> dict[int, float]:
    """Whole hours that have a value throughout, oldest first [g CO2e/kWh]."""
    first = -(-series.begin_s // HOUR_S) * HOUR_S
    return {
        time_s: series.mean_g_per_kwh(time_s, time_s + HOUR_S)
        for time_s in range(first, series.end_s - HOUR_S + 1, HOUR_S)
        if series.coverage(time_s, time_s + HOUR_S) >= 1
    }


def _rolling(hours: dict[int, float], window_h: int) -> list[float]:
    """Means over every window of so many hours in a row."""
    times = list(hours)
    sums = [0.0]
    for value in hours.values():
        sums.append(sums[-1] + value)
    return [
        (sums[at + window_h] - sums[at]) / window_h
        for at in range(len(times) - window_h + 1)
        if times[at + window_h - 1] - times[at] == (window_h - 1) * HOUR_S
    ]


def profile_csv(rows: Iterable[dict[str, object]]) -> str:
    """Rows as the CSV an overlay takes (`profiles.csv`)."""
    import csv  # noqa: PLC0415 - only where a file is written
    import io  # noqa: PLC0415

    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
