"""Hours: runs with a start, integrated over the hourly series of their zone by two look-ups, whatever their length.

    mean over a run = (C(t1) - C(t0)) / (H(t1) - H(t0))      C(t) the integral of the intensity, H(t) the covered hours

Each series is laid out step after step in one table, so a step of a zone has one number, and the two look-ups are two
equi-joins on whole numbers; within a step C is linear. There is never a row for each hour of a run.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import islice
from operator import sub
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from wattgram.errors import InputError
from wattgram.frames.lookup import Lookup, Meanings, codes
from wattgram.frames.schema import WORK
from wattgram.frames.working import col
from wattgram.resolve.hours import (
    COVERED,
    ESTIMATED_UPSTREAM,
    fit,
    over_gaps,
    series_deviations,
    series_spread,
)
from wattgram.series import HOUR_S, UNNAMED, Series
from wattgram.value import UNKNOWN, Unknown, Value, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.backends.base import Backend
    from wattgram.frames.columns import Options

__all__ = ["Clock", "clock_of", "integrated", "read_series"]

HOUR_US = 3_600_000_000.0
ZONE = re.compile("[A-Z]{2,6}(-[A-Z0-9]+)*")
NAMING = "name its zone: '# zone: PL' in the first line of the file, PL=FILE, or a mapping by zone"
ALIKE = ("series_begin_us", "series_length_us", "series_per_us")
NONE_HELD = -1
"""The step of a run that no series holds."""


class Clock(NamedTuple):
    """The series of a table's zones, laid out for two joins."""

    begins: Lookup
    ends: Lookup
    words: dict[str, list[Any]]
    """Of each place word of the table, in their order, where its series stands and begins, and its step."""
    places: Lookup | None
    """The same of each place and year, where the zone of a word is another from year to year."""
    spreads: dict[str, Value]
    """Of each zone the deviations of its series, where they are the same for every run."""
    sums: tuple[str, ...]
    """What is summed along the steps: the integral, and the hours covered and estimated where they vary."""
    alike: dict[str, float]
    """When all series begin, how long they are and their step, as far as it is the same for all."""
    warnings: dict[str, str | None]
    """Of each zone the codes of its series, where they are the same for every run."""

    def deviations(self, zone: str | None) -> Value | Unknown:
        """The deviations of a zone's series (its figure is each row's own); unknown where they are each row's own too."""
        return self.spreads.get(zone or "", UNKNOWN)

    def about(self, name: str) -> Any:
        """What is said of the series of a row, as an expression."""
        return nw.lit(self.alike[name]) if name in self.alike else col(name)


def read_series(given: Any, catalog: Catalog, **said: str | None) -> dict[str, Series]:
    """Series by zone, from a mapping, one or several Series, or paths of files (`PL=prices.csv` says the zone of a file).

    Parameters
    ----------
    said : `boundary`, `column` and `timezone` of the files that do not say them

    Raises
    ------
    InputError : a file that is no series, two series of one zone, a series of another zone than is said, a live source
    """
    if isinstance(given, Mapping):
        items: Iterable[tuple[str, Any]] = ((str(zone), item) for zone, item in given.items())
    else:
        items = map(_zoned, [given] if isinstance(given, (str, Series)) else given)
    found: dict[str, Series] = {}
    for zone, item in items:
        series = _of_zone(item, zone) if isinstance(item, Series) else _opened(str(item), zone, catalog, said)
        if series.zone in found:
            raise InputError("series", series.zone, "two series are of this zone; give one")
        found[series.zone] = series
    if UNNAMED in found and len(found) > 1:
        raise InputError("series", UNNAMED, f"a series without a zone goes alone; {NAMING}")
    return found


def _zoned(item: Any) -> tuple[str, Any]:
    """`PL=prices.csv` as zone and path; a file of that very name is a path."""
    if isinstance(item, Series):
        return "", item
    zone, mark, path = str(item).partition("=")
    said = mark and ZONE.fullmatch(zone) and not os.path.exists(str(item))
    return (zone, path) if said else ("", item)


def _opened(path: str, zone: str, catalog: Catalog, said: Mapping[str, Any]) -> Series:
    from wattgram.grid import open_series  # noqa: PLC0415 - only where a file is said

    return open_series(path, catalog=catalog, zone=zone or None, **said)


def _of_zone(series: Series, zone: str) -> Series:
    """A series under the zone that is said of it."""
    if not zone or series.zone == zone:
        return series
    if series.zone != UNNAMED:
        raise InputError("series", series.zone, f"it is given as that of {zone}; say one of the two")
    named = copy(series)
    named.zone = zone
    return named


def clock_of(
    series: Mapping[str, Series], places: Meanings, numbers: Sequence[int], options: Options
) -> Clock | None:
    """The look-ups for the places of a table; None where no series is of any of their zones.

    Parameters
    ----------
    numbers : of each place (word and year) its number

    Raises
    ------
    InputError : marginal values, or a series of another boundary
    """
    for one in series.values():
        fit(one, options.boundary, "")
    zones = sorted({zone for row in places.rows if (zone := row.get("zone"))})
    fitting = {zone: series.get(zone) or series.get(UNNAMED) for zone in zones}
    of_zone = {zone: one for zone, one in fitting.items() if one is not None}
    if UNNAMED in series and len(zones) > 1:
        listed = ", ".join(zones[:5]) + (" and more" if len(zones) > 5 else "")  # noqa: PLR2004 - enough to see
        raise InputError("series", UNNAMED, f"it names no zone, and the runs are in {listed}; {NAMING}")
    used = {one.zone: one for one in of_zone.values()}
    if not used:
        return None
    gaps = any(one.has_gaps for one in used.values())
    partly = any(0 < one.estimated_share < 1 and one.zone not in ESTIMATED_UPSTREAM for one in used.values())
    sums = ("integral", *(("covered",) if gaps or partly else ()), *(("estimated",) if partly else ()))
    steps, bases = _steps(used, sums)
    about = {zone: _about(one, bases[one.zone], varying=gaps or partly) for zone, one in of_zone.items()}
    alike = {
        name: figures.pop() for name in ALIKE if len(figures := {row[name] for row in about.values()}) == 1
    }
    spreads = {} if gaps or partly else {zone: _spread(one, options.catalog) for zone, one in of_zone.items()}
    names = [name for name in next(iter(about.values())) if name not in alike]
    of_places = [about.get(row.get("zone") or "", {}) for row in places.rows]
    of_words: dict[Any, list[Mapping[str, Any]]] = {}
    for row, of_place in zip(places.rows, of_places, strict=True):
        of_words.setdefault(row["where"], []).append(of_place)
    words: dict[str, list[Any]] = {}
    by_place = None
    if all(one == some[0] for some in of_words.values() for one in some):
        words = {name: [some[0].get(name) for some in of_words.values()] for name in names}
    else:
        columns = {"place": list(numbers)} | {name: [one.get(name) for one in of_places] for name in names}
        by_place = Lookup(("place",), columns)
    begins, ends = (
        Lookup((f"{side}_step",), {f"{side}_{name}": cells for name, cells in steps.items()}, whole=True)
        for side in ("begin", "end")
    )
    warnings = {zone: _said(one, partly) for zone, one in of_zone.items()}
    return Clock(begins, ends, words, by_place, spreads, sums, alike, warnings)


def _steps(used: Mapping[str, Series], sums: Sequence[str]) -> tuple[dict[str, array[Any]], dict[str, int]]:
    """The steps of all series one after the other, what is summed up to each and within it, and where each zone begins."""
    steps: dict[str, array[Any]] = {"step": array("q", [NONE_HELD])}
    steps |= {f"{name}{part}": array("d", [0.0]) for name in sums for part in ("", "_more")}
    bases = {}
    for zone, one in used.items():
        bases[zone] = len(steps["step"])
        steps["step"].extend(range(bases[zone], bases[zone] + len(one) + 1))
        values = {"integral": one.integral, "covered": one.covered_h, "estimated": one.estimated_h}
        for name in sums:
            steps[name].extend(values[name])
            if name == "integral" and one.step_s == HOUR_S and not one.has_gaps:
                steps[f"{name}_more"].extend(one.g_per_kwh)  # over an hour the integral grows by its value
            else:
                steps[f"{name}_more"].extend(map(sub, islice(values[name], 1, None), values[name]))
            steps[f"{name}_more"].append(0.0)
    return steps, bases


def _spread(one: Series, catalog: Catalog) -> Value:
    """The deviations of a series without gaps that its source estimated wholly or not at all."""
    estimated = 1.0 if one.zone in ESTIMATED_UPSTREAM else one.estimated_share
    return Value.from_deviations(None, *series_deviations(estimated, one.basis == "generation", catalog))


def _said(one: Series, partly: bool) -> str | None:  # noqa: FBT001 - one caller
    """What must be said of a series, whatever its hours."""
    return codes(
        "series-boundary" if one.boundary == "unknown" else None,
        "series-generation" if one.basis == "generation" else None,
        "series-file" if one.notes else None,
        "series-estimated"
        if not partly and (one.zone in ESTIMATED_UPSTREAM or one.estimated_share > 0)
        else None,
    )


def _about(one: Series, base: int, *, varying: bool) -> dict[str, float | bool]:
    """Where a series stands among the steps of all; and what each run's own deviations need, where they vary."""
    found: dict[str, float | bool] = {
        "series_base": float(base),
        "series_begin_us": one.begin_s * 1e6,
        "series_length_us": (one.end_s - one.begin_s) * 1e6,
        "series_per_us": 1.0 / (one.step_s * 1e6),
    }
    if varying:
        found["series_low"], found["series_high"] = series_spread(one)
        found["series_estimated"] = 1.0 if one.zone in ESTIMATED_UPSTREAM else one.estimated_share
        found["series_generation"] = one.basis == "generation"
    return found


def integrated(frame: Any, backend: Backend, clock: Clock, catalog: Catalog) -> Any:
    """The frame with `_wg_series_g_per_kwh` (null where no series holds the run), and where they vary its deviations and what they raise."""
    if clock.places is not None:
        frame = backend.attach(frame, clock.places)
    begin = col("start") - clock.about("series_begin_us")
    frame = frame.with_columns(
        begin.alias(WORK + "begin_us"), (begin + col("hours") * HOUR_US).alias(WORK + "end_us")
    )
    held = (
        ~col("series_base").is_null()
        & (col("begin_us") >= 0)
        & (col("end_us") <= clock.about("series_length_us"))
        & (col("end_us") > col("begin_us"))
    )
    at = {side: col(f"{side}_us") * clock.about("series_per_us") for side in ("begin", "end")}
    frame = frame.with_columns(
        held.alias(WORK + "held"), **{f"{WORK}{side}_at": one for side, one in at.items()}
    )
    made: dict[str, Any] = {}
    for side in at:
        whole = col(f"{side}_at").floor()
        # a run that is not held stands before the first step, and out of sight
        step = nw.when(col("held")).then(col("series_base") + whole).otherwise(float(NONE_HELD))
        made[f"{WORK}{side}_step"] = step.cast(nw.Int64)
        made[f"{WORK}{side}_part"] = col(f"{side}_at") - whole
    frame = frame.with_columns(**made)
    frame = backend.attach(backend.attach(frame, clock.begins), clock.ends)
    over = {
        name: (col(f"end_{name}") - col(f"begin_{name}"))
        + (col(f"end_{name}_more") * col("end_part") - col(f"begin_{name}_more") * col("begin_part"))
        for name in clock.sums
    }
    some, covered_h = col("held"), col("hours")  # a run that is held has a length
    if "covered" in clock.sums:
        over = {name: nw.when(col("held")).then(sum_) for name, sum_ in over.items()}
        some, covered_h = col("over_covered") > 0, col("over_covered")
    frame = frame.with_columns(**{f"{WORK}over_{name}": sum_ for name, sum_ in over.items()})
    mean = nw.when(some).then(col("over_integral") / where(some, covered_h, 1.0))
    frame = frame.with_columns(mean.alias(WORK + "series_g_per_kwh"))
    if "covered" in clock.sums:
        hours = where(col("hours") > 0, col("hours"), 1.0)
        frame = frame.with_columns((covered_h * hours**-1.0).alias(WORK + "series_covered"))
        gap = (col("series_covered") < COVERED).fill_null(value=False)
        frame = _varying(frame.with_columns(gap.alias(WORK + "series_gap")), clock, catalog)
    return frame


def _varying(frame: Any, clock: Clock, catalog: Catalog) -> Any:
    """The frame with the deviations of each run's own hours: estimated ones, and those without a value."""
    share = col("series_estimated")
    if "estimated" in clock.sums:
        covered_h = col("over_covered")
        own = col("over_estimated") * where(covered_h > 0, covered_h, 1.0) ** -1.0
        share = where(col("series_estimated") == 1.0, 1.0, own)
    frame = frame.with_columns(share.alias(WORK + "row_estimated"))
    low_sq, high_sq = series_deviations(col("row_estimated"), col("series_generation"), catalog)
    value = Value.from_deviations(col("series_g_per_kwh"), low_sq, high_sq)
    wide = over_gaps(value, col("series_covered"), col("series_low"), col("series_high"))
    value = where(col("series_gap") & (col("series_g_per_kwh") > 0), wide, value)
    return frame.with_columns(
        value.low_sq.alias(WORK + "series_g_per_kwh_low_sq"),
        value.high_sq.alias(WORK + "series_g_per_kwh_high_sq"),
    )
