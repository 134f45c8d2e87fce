"""Hours: runs with a start, integrated over the hourly series of their zone by two look-ups, whatever their length.

    mean over a run = (C(t1) - C(t0)) / (H(t1) - H(t0))      C(t) the integral of the intensity, H(t) the covered hours

Each series is laid out step after step in one table, so a step of a zone has one number, and the two look-ups are two
equi-joins on whole numbers; within a step C is linear. There is never a row for each hour of a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from wattgram.errors import InputError
from wattgram.frames.schema import WORK
from wattgram.frames.words import Lookup
from wattgram.resolve.hours import (
    COVERED,
    ESTIMATED_UPSTREAM,
    fit,
    over_gaps,
    series_deviations,
    series_spread,
)
from wattgram.series import UNNAMED, Series
from wattgram.value import Value, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.backends.base import Backend

__all__ = ["Clock", "clock_of", "integrated", "read_series"]

HOUR_US = 3_600_000_000.0
SUMS = ("integral", "covered", "estimated")


class Clock(NamedTuple):
    """The series of a table's zones, laid out for two joins."""

    begins: Lookup
    ends: Lookup
    zones: Lookup
    """Of each place of the table where its series begins, its step, and what must be said of it."""
    generation: bool
    gaps: bool


def read_series(given: Any, catalog: Catalog) -> dict[str, Series]:
    """Series by zone, from a mapping, one or several Series, or paths of files.

    Raises
    ------
    InputError : a file that is no series, two series of one zone, a live source
    """
    if isinstance(given, Mapping):
        items: Iterable[Any] = given.values()
    else:
        items = [given] if isinstance(given, (str, Series)) else given
    found: dict[str, Series] = {}
    for item in items:
        series = item
        if not isinstance(item, Series):
            from wattgram.grid import open_series  # noqa: PLC0415 - only where a file is said

            series = open_series(str(item), catalog=catalog)
        if series.zone in found:
            raise InputError("series", series.zone, "two series are of this zone; give one")
        found[series.zone] = series
    if UNNAMED in found and len(found) > 1:
        raise InputError("series", UNNAMED, "a series without a zone goes alone; name the zone in its file")
    return found


def clock_of(series: Mapping[str, Series], zones: Sequence[str | None], boundary: str) -> Clock | None:
    """The look-ups for the zones of a table; None where no series is of any of them.

    Raises
    ------
    InputError : marginal values, or a series of another boundary
    """
    steps: dict[str, list[Any]] = {name: [] for name in ("step", *SUMS, *(f"{sum_}_more" for sum_ in SUMS))}
    about: dict[str, dict[str, Any]] = {}
    for zone, one in series.items():
        fit(one, boundary, "")
        if zone not in zones and zone != UNNAMED:
            continue
        about[zone] = _about(one, len(steps["step"]))
        sums = dict(zip(SUMS, (one.integral, one.covered_h, one.estimated_h), strict=True))
        steps["step"] += range(len(steps["step"]), len(steps["step"]) + len(one) + 1)
        for name, values in sums.items():
            steps[name] += values
            steps[f"{name}_more"] += [after - before for before, after in pairwise(values)] + [0.0]
    if not about:
        return None
    names = [zone for zone in dict.fromkeys(zones) if zone and (zone in about or UNNAMED in about)]
    rows = [{"zone": zone, **about.get(zone, about.get(UNNAMED, {}))} for zone in names]
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    if not rows:
        return None
    begins, ends = (
        Lookup((f"{side}_step",), {f"{side}_{name}": cells for name, cells in steps.items()}, ())
        for side in ("begin", "end")
    )
    return Clock(
        begins,
        ends,
        Lookup(("zone",), columns, ()),
        any(columns["series_generation"]),
        any(columns["series_gaps"]),
    )


def _about(one: Series, base: int) -> dict[str, Any]:
    low, high = series_spread(one)
    codes = {"series-boundary": one.boundary == "unknown", "series-generation": one.basis == "generation"}
    codes["series-file"] = bool(one.notes)
    return {
        "series_base": float(base),
        "series_begin_us": one.begin_s * 1e6,
        "series_end_us": one.end_s * 1e6,
        "series_step_us": one.step_s * 1e6,
        "series_per_us": 1.0 / (one.step_s * 1e6),
        "series_low": low,
        "series_high": high,
        "series_upstream": 1.0 if one.zone in ESTIMATED_UPSTREAM else 0.0,
        "series_generation": one.basis == "generation",
        "series_gaps": any(math.isnan(value) for value in one.g_per_kwh),
        "series_warning": "|".join(code for code, said in codes.items() if said) or None,
    }


def col(name: str) -> Any:
    """A working column."""
    return nw.col(WORK + name)


def _expression(number: Any) -> Any:
    return nw.lit(number, dtype=nw.Float64) if isinstance(number, (int, float)) else number


def integrated(frame: Any, backend: Backend, clock: Clock, catalog: Catalog) -> Any:
    """The frame with `_wg_series_g_per_kwh` and its deviations (null where no series holds the run), and its codes."""
    frame = frame.with_columns(nw.coalesce(col("zone"), nw.lit("")).alias(WORK + "zone"))
    frame = backend.attach(frame, clock.zones)
    begin, end = (
        col("start") - col("series_begin_us"),
        col("start") + col("hours") * HOUR_US - col("series_begin_us"),
    )
    frame = frame.with_columns(begin.alias(WORK + "begin_us"), end.alias(WORK + "end_us"))
    length = col("series_end_us") - col("series_begin_us")
    held = (col("begin_us") >= 0) & (col("end_us") <= length) & (col("end_us") > col("begin_us"))
    frame = frame.with_columns(held.fill_null(value=False).alias(WORK + "held"))
    made: dict[str, Any] = {}
    for side in ("begin", "end"):
        inside = col(f"{side}_us") % col("series_step_us")
        number = (col("series_base") + ((col(f"{side}_us") - inside) * col("series_per_us"))).round(0)
        made[f"{WORK}{side}_step"] = nw.when(col("held")).then(number).otherwise(-1.0).cast(nw.Int64)
        made[f"{WORK}{side}_part"] = inside * col("series_per_us")
    frame = frame.with_columns(**made)
    frame = backend.attach(backend.attach(frame, clock.begins), clock.ends)
    sums = {
        f"{WORK}over_{name}": col(f"end_{name}")
        + col(f"end_{name}_more") * col("end_part")
        - col(f"begin_{name}")
        - col(f"begin_{name}_more") * col("begin_part")
        for name in SUMS
    }
    frame = frame.with_columns(**sums)
    covered_h = col("over_covered")
    per_h = where(covered_h > 0, covered_h, 1.0) ** -1.0
    mean = nw.when(col("held") & (covered_h > 0)).then(col("over_integral") * per_h)
    hours = where(col("hours") > 0, col("hours"), 1.0)
    frame = frame.with_columns(
        mean.alias(WORK + "series_g_per_kwh"),
        (covered_h * hours**-1.0).alias(WORK + "series_covered"),
        where(col("series_upstream") > 0, 1.0, col("over_estimated") * per_h).alias(
            WORK + "series_estimated"
        ),
    )
    generation = col("series_generation") if clock.generation else False
    low_sq, high_sq = series_deviations(col("series_estimated"), generation, catalog)
    value = Value.from_deviations(col("series_g_per_kwh"), low_sq, high_sq)
    gap = (col("series_covered") < COVERED).fill_null(value=False)
    if clock.gaps:
        wide = over_gaps(value, col("series_covered"), col("series_low"), col("series_high"))
        value = where(gap & (col("series_g_per_kwh") > 0), wide, value)
    used = ~col("series_g_per_kwh").is_null()
    codes = [nw.when(used).then(col("series_warning"))]
    codes.append(nw.when(used & gap).then(nw.lit("series-gap")))
    codes.append(nw.when(used & (col("series_estimated") > 0)).then(nw.lit("series-estimated")))
    outside = ~used & (col("zone") != "") & ~col("start").is_null()
    codes.append(nw.when(outside).then(nw.lit("series-outside")))
    said = nw.concat_str(*codes, separator="|", ignore_nulls=True)
    return frame.with_columns(
        _expression(value.low_sq).alias(WORK + "series_g_per_kwh_low_sq"),
        _expression(value.high_sq).alias(WORK + "series_g_per_kwh_high_sq"),
        nw.when(said != "").then(said).alias(WORK + "series_said"),
    )
