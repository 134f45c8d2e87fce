"""Hours: the intensity of a run whose hours are known (a series), and the spread of one whose hours are not (a profile)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError
from wattgram.resolve.fill import intensity_range, wider
from wattgram.resolve.notice import Notice
from wattgram.value import Number, Value, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import Profile
    from wattgram.run import Run
    from wattgram.series import Series

__all__ = [
    "COVERED",
    "ESTIMATED_UPSTREAM",
    "WINDOWS_H",
    "annual_hours",
    "fit",
    "hour_windows",
    "over_gaps",
    "relative_hours",
    "series_deviations",
    "series_intensity",
    "series_spread",
    "series_value",
    "unknown_hour",
]

UNIT = "g/kWh"
ESTIMATED_UPSTREAM = ("IN-WE", "JP-TK")
"""Zones whose hourly figures are estimated throughout by their publisher, whatever a file of them says."""
WINDOWS_H = (1, 24, 168)
"""Lengths of run for which a profile says the range of an unknown start: an hour, a day, a week [h]."""
WHOLLY = 0.9999
COVERED = 1.0 - 1e-9
"""A run is covered when no more than rounding is missing of it."""


# --- hours known ----------------------------------------------------------------------------------------------------


def series_intensity(run: Run, zone: str, catalog: Catalog) -> tuple[Value, str, int, tuple[Notice, ...]]:
    """Intensity of a run from its series, integrated exactly over start and duration.

    I = (C(t1) - C(t0)) / (t1 - t0)

    Parameters
    ----------
    run : with a series, a start and a duration
    zone : the grid zone of the run's place; empty where the place is not said
    catalog : for the spread of a series

    Returns
    -------
    intensity [g CO2e/kWh] with its range, grid zone, year, warnings

    Raises
    ------
    InputError : no start or duration, another boundary or zone, marginal values, a run that the series does not hold
    """
    series: Series = run.series
    fit(series, run.boundary, zone)
    if run.start is None:
        raise InputError("series", series.zone, "the run needs a start (and a duration) to be found in it")
    if run.duration_h is None:
        raise InputError("series", series.zone, "the run needs a duration to be found in it")
    from wattgram.series import UNNAMED  # noqa: PLC0415 - a run without a series does without

    begin_s = run.start.timestamp()
    value, notices = series_value(series, ((begin_s, begin_s + run.duration_h * 3600.0),), catalog)
    return value, zone if series.zone == UNNAMED else series.zone, run.start.year, notices


def series_value(
    series: Series, pieces: Sequence[tuple[float, float]], catalog: Catalog
) -> tuple[Value, tuple[Notice, ...]]:
    """Mean intensity of a series over one or more pieces of time, with its range and what must be said.

    Parameters
    ----------
    series : the series, which holds every piece
    pieces : (begin, end) of each [s since 1970 UTC]
    catalog : for the spread of a series

    Returns
    -------
    intensity [g CO2e/kWh], warnings

    Raises
    ------
    InputError : a piece outside the series, or without any value
    """
    from wattgram.series import UNNAMED, text_of  # noqa: PLC0415 - a run without a series does without

    lengths = [end_s - begin_s for begin_s, end_s in pieces]
    whole = sum(lengths)
    shares = [length / whole for length in lengths]
    covers = [series.coverage(*piece) for piece in pieces]
    covered = sum(map(float.__mul__, shares, covers))
    weights = [
        share * cover / covered if covered else share for share, cover in zip(shares, covers, strict=True)
    ]
    mean = sum(w * series.mean_g_per_kwh(*piece) for w, piece in zip(weights, pieces, strict=True))
    estimated = sum(w * series.estimated_share_of(*piece) for w, piece in zip(weights, pieces, strict=True))
    share = 1.0 if series.zone in ESTIMATED_UPSTREAM else estimated
    low_sq, high_sq = series_deviations(share, series.basis == "generation", catalog)
    more = "" if len(pieces) == 1 else f" in {len(pieces)} pieces"
    name = "your series," if series.zone == UNNAMED else series.zone
    reason = f"{name} {text_of(pieces[0][0])} and {whole / 3600:.6g} h{more}, integrated over the series"
    value = Value.from_deviations(
        mean, low_sq, high_sq, UNIT, "given", (series.source or "user-series",), reason
    )
    if covered < COVERED and mean > 0:
        wider = over_gaps(value, covered, *series_spread(series))
        reason += f", {covered:.0%} of it covered"
        value = Value.from_deviations(mean, wider.low_sq, wider.high_sq, UNIT, "given", value.sources, reason)
    return value, series_notices(series, covered, estimated)


def fit(series: Series, boundary: str, zone: str) -> None:
    """Refuse a series that must not enter a footprint: marginal, of another boundary, of another zone.

    Raises
    ------
    InputError : with what it is and what the run is
    """
    if series.kind != "average":
        allowed = "marginal intensity says what a change of load does, and never enters a footprint"
        raise InputError("series", f"{series.zone}, {series.kind}", allowed)
    if series.boundary not in (boundary, "unknown"):
        raise InputError(
            "series", f"{series.zone}, {series.boundary}", f"the run is asked for with boundary {boundary}"
        )
    from wattgram.series import UNNAMED  # noqa: PLC0415 - a run without a series does without

    inside = series.zone == zone or series.zone.startswith(f"{zone}-")
    if zone and series.zone != UNNAMED and not inside:
        raise InputError("series", series.zone, f"the run is in grid zone {zone}; say the series' own zone")


def series_notices(series: Series, covered: float, estimated: float) -> tuple[Notice, ...]:
    """What must be said beside a figure from a series."""
    found = []
    if series.boundary == "unknown":
        found.append(
            Notice("series-boundary", f"the series of {series.zone} says no boundary; it is taken as asked")
        )
    if covered < COVERED:
        found.append(
            Notice("series-gap", f"the series of {series.zone} has values for {covered:.1%} of the run")
        )
    if estimated > WHOLLY or series.zone in ESTIMATED_UPSTREAM:
        found.append(Notice("series-estimated", f"every hour of {series.zone} is estimated by its source"))
    elif estimated > 0:
        found.append(
            Notice(
                "series-estimated",
                f"{estimated:.0%} of the hours of {series.zone} are estimated by their source",
            )
        )
    if series.basis == "generation":
        found.append(
            Notice(
                "series-generation", f"the series of {series.zone} is production-based: it knows no imports"
            )
        )
    found += [Notice("series-file", note) for note in series.notes]
    return tuple(found)


def series_deviations(estimated: Number, generation: Any, catalog: Catalog) -> tuple[Number, Number]:
    """Squared deviations of a series: those of measured hours, of estimated ones, and of a production basis.

    Parameters
    ----------
    estimated : share of the run's hours that the source estimated [1]; a float or a column
    generation : whether the series is production-based; a condition
    """
    measured, guessed = catalog.default("grid-series-measured"), catalog.default("grid-series-estimated")
    mix, rest = catalog.default("grid-series-generation"), 1.0 + estimated * -1.0
    low_sq = measured.low_sq * rest + guessed.low_sq * estimated
    high_sq = measured.high_sq * rest + guessed.high_sq * estimated
    return (
        where(generation, wider(low_sq, mix.low_sq), low_sq),
        where(generation, wider(high_sq, mix.high_sq), high_sq),
    )


def over_gaps(value: Value, covered: Number, low_g_per_kwh: Number, high_g_per_kwh: Number) -> Value:
    """A mean over the covered hours with the range that the others may have had: that of the series' own steps.

    Parameters
    ----------
    value : the mean over the covered hours, with its range [g CO2e/kWh]
    covered : share of the run that has a value [1]
    low_g_per_kwh, high_g_per_kwh : 5th and 95th percentile of the series' steps [g CO2e/kWh]
    """
    mean, rest = value.central, 1.0 + covered * -1.0
    low = value.low * covered + where(low_g_per_kwh < mean, low_g_per_kwh, mean) * rest
    high = value.high * covered + where(high_g_per_kwh > mean, high_g_per_kwh, mean) * rest
    low = where(low > 0, where(low < value.low, low, value.low), value.low)
    return Value(mean, low, where(high > value.high, high, value.high))


def series_spread(series: Series) -> tuple[float, float]:
    """5th and 95th percentile of a series' steps [g CO2e/kWh]."""
    known = sorted(value for value in series.g_per_kwh if value == value)  # noqa: PLR0124 - NaN alone differs
    return known[int(0.05 * (len(known) - 1))], known[-(-95 * (len(known) - 1) // 100)]


# --- hours not known ------------------------------------------------------------------------------------------------


def annual_hours(annual: Value, zone: str, duration_h: float | None, catalog: Catalog) -> Value:
    """A year's intensity with the range of a run whose start is not known, and the reason where a profile gave it.

    Parameters
    ----------
    annual : intensity of the year [g CO2e/kWh], with the row's own range
    zone : whose hours they are
    duration_h : length of the run [h]; where it is not known, an hour may be any
    """
    long_run = duration_h is not None and duration_h >= catalog.figure("grid-long-run-hours")
    hour = unknown_hour(hour_windows(zone, catalog), duration_h or 0.0)
    ranged = intensity_range(annual, long_run, catalog, hour)
    if hour.origin == "catalog" and ranged.low_sq + ranged.high_sq > annual.low_sq + annual.high_sq:
        ranged.reason += f"; hour unknown, by the {hour.reason}"
        ranged.sources += hour.sources
    return ranged


def unknown_hour(windows: Sequence[Value], duration_h: Number) -> Value:
    """Factor between the hours a run met and the year's mean [1], central 1, where its start is not known.

    Where 90 % of the means over an hour, a day or a week lie, by the longest of those that the run fills. Serves
    floats and columns alike.

    Parameters
    ----------
    windows : the zone's factors for windows of WINDOWS_H (`hour_windows`)
    duration_h : length of the run [h]
    """
    value = windows[0]
    for window_h, longer in zip(WINDOWS_H[1:], windows[1:], strict=True):
        value = where(duration_h >= window_h, longer, value)
    return value


def hour_windows(zone: str, catalog: Catalog) -> tuple[Value, ...]:
    """The factor of an unknown hour for windows of WINDOWS_H: the zone's own profile, else the default of every zone."""
    asked = ("profile windows", zone)
    if asked not in catalog.memory:
        default = catalog.default("grid-hour-unknown")
        found = {
            row.window_h: Value(
                1.0,
                row.relative_p5,
                row.relative_p95,
                "factor",
                "catalog",
                tuple(row.source_id.split("|")),
                f"profile of {zone}, {row.year}, {row.window_h:g} h",
            )
            for row in profile_of(zone, catalog)
            if row.month == "all" and row.hour == "all"
        }
        values = [default] * len(WINDOWS_H)
        for at, window_h in enumerate(WINDOWS_H):
            values[at] = found.get(window_h, values[at - 1] if at else default)
        catalog.memory[asked] = tuple(values)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def profile_of(zone: str, catalog: Catalog) -> list[Profile]:
    """The rows of a zone's profile; none where it has none."""
    asked: Any = ("profile", zone)
    if asked not in catalog.memory:
        catalog.memory[asked] = catalog.table("profiles").records(zone) if zone else []
    return catalog.memory[asked]  # type: ignore[no-any-return]


def relative_hours(zone: str, catalog: Catalog) -> dict[tuple[int, int], tuple[float, float, float]]:
    """(month, hour UTC) to mean and 90 % range [1, relative to the year's] of a zone's profile; empty where it has none."""
    return {
        (int(row.month), int(row.hour)): (row.relative_mean, row.relative_p5, row.relative_p95)
        for row in profile_of(zone, catalog)
        if row.month != "all" and row.hour != "all"
    }
