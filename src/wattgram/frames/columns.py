"""Columns: the factors of every row by the fills of one run, and what the chain makes of them, as expressions.

Nothing is computed twice and nothing is written twice: `resolve.fill` fills blanks, `chain` and `formula` multiply, on
column expressions in place of floats. Each factor is carried as three columns, its central figure and the two squared
log-deviations; the ends of a range are computed last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from wattgram import formula
from wattgram.chain import Factors, chain
from wattgram.duration import LONGEST_DURATION_H
from wattgram.estimation import LIMITS, MOST_KWH, SCOPES
from wattgram.frames.schema import WORK, Roles
from wattgram.resolve.fill import (
    WORKLOADS,
    Scale,
    fill_load,
    fill_overhead,
    fill_pue,
    intensity_range,
    scale_of,
    stated,
    takes_system_power,
)
from wattgram.resolve.hours import WINDOWS_H, unknown_hour
from wattgram.run import MOST_DEVICES, MOST_INTENSITY_G_PER_KWH
from wattgram.value import UNKNOWN, Value, known, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.gather import Words

__all__ = ["FACTORS", "Options", "answers", "checked", "factors"]

FACTORS = (
    "rated_power_w",
    "load",
    "host_power_w",
    "overhead",
    "system_power_w",
    "pue",
    "intensity_g_per_kwh",
    "slots_kg",
)
"""The factors that a row has of its own; service life and utilisation are those of every row."""
ENERGY_ONLY = "where-missing"
"""The one issue beside which there is an energy: the place alone is not known."""


class Options(NamedTuple):
    """How a table is estimated, beyond what its columns say."""

    catalog: Catalog
    boundary: str = "lifecycle"
    embodied: bool = True
    suffix: str = ""
    series: Any = None
    """Hourly series by zone, or None."""


def col(name: str) -> Any:
    """A working column."""
    return nw.col(WORK + name)


def _value(name: str) -> Value:
    return Value.from_deviations(col(name), col(f"{name}_low_sq"), col(f"{name}_high_sq"))


def _expression(number: Any) -> Any:
    return nw.lit(number, dtype=nw.Float64) if number is None or isinstance(number, (int, float)) else number


# --- what cannot be used ----------------------------------------------------------------------------------------------


def checked(frame: Any, roles: Roles, words: Words) -> Any:
    """The frame with `issue`, and with the time and the measurement of a row gone that has no figure for a reason."""
    faults = [col("hardware_issue")]
    if roles.has("count"):
        count = col("count")
        wrong = (count < 1) | (count > MOST_DEVICES) | (count != count.round(0))
        faults.append(_fault(wrong | (count * col("device_count") > MOST_DEVICES), "count-unusable"))
        frame = frame.with_columns(nw.coalesce(count, nw.lit(1.0)).alias(WORK + "count"))
    faults += [_fault(~col(name).is_null(), None, name) for name in words.issues]
    faults += [_out_of(name, *LIMITS[name]) for name in LIMITS if roles.has(name)]
    if roles.has("start"):
        faults.append(
            _fault((col("start") < words.first_us) | (col("start") > words.now_us), "start-unusable")
        )
    if roles.has("intensity"):
        faults.append(_out_of("intensity", 0.0, MOST_INTENSITY_G_PER_KWH, above=False))
    if roles.has("measured_energy_kwh"):
        faults.append(_out_of("measured_energy_kwh", 0.0, MOST_KWH, above=True))
    for name, allowed in (("measured_scope", SCOPES), ("workload", tuple(WORKLOADS))):
        if roles.has(name):
            faults.append(_fault(~col(name).is_in(["", *allowed]), f"{name}-unusable"))
    faults.append(_out_of("hours", 0.0, LONGEST_DURATION_H, above=True))
    untimed = col("hours").is_null()
    if roles.has("measured_energy_kwh"):
        untimed = untimed & col("measured_energy_kwh").is_null()
    faults.append(_fault(untimed, "hours-missing"))
    unstated = col("intensity").is_null() if roles.has("intensity") else nw.lit(value=True)
    grid = nw.when(unstated).then(col("grid_issue"))
    faults += [col("place_issue"), nw.when(grid != ENERGY_ONLY).then(grid)]
    frame = frame.with_columns(nw.coalesce(*faults).alias(WORK + "fatal"))
    fine = col("fatal").is_null()
    kept = [nw.when(fine).then(col("hours")).alias(WORK + "hours")]
    if roles.has("measured_energy_kwh"):
        kept.append(nw.when(fine).then(col("measured_energy_kwh")).alias(WORK + "measured_energy_kwh"))
    return frame.with_columns(*kept, nw.coalesce(col("fatal"), grid).alias(WORK + "issue"))


def _fault(condition: Any, code: str | None, column: str = "") -> Any:
    return nw.when(condition).then(nw.lit(code) if code else col(column))


def _out_of(name: str, low: float, high: float, above: bool) -> Any:  # noqa: FBT001 - as LIMITS has it
    below = (col(name) <= low) if above else (col(name) < low)
    return _fault(below | (col(name) > high), f"{name}-unusable")


# --- the factors ------------------------------------------------------------------------------------------------------


def factors(frame: Any, roles: Roles, words: Words, options: Options) -> Any:
    """The frame with every factor of its rows as three columns, by the fills of one run."""
    catalog = options.catalog
    count = col("count") if roles.has("count") else 1.0
    said = {name: col(name) if roles.has(name) else None for name in ("load", "overhead", "pue", "intensity")}
    workload = _stated_word("workload") if roles.has("workload") else None
    hosted = words.hardware.varies("host_power_w")
    made: dict[str, Value] = {
        "rated_power_w": _value("rated_power_w") * count,
        "slots_kg": _value("slots_kg") * count,
    }
    if hosted:
        made["host_power_w"] = _value("host_power_w") * count
    # Load: the class by device-hours, as in one run; stated watts are a draw, so their load is 1.
    scale = _scale(col("hours") * count * col("device_count"), workload, catalog)
    load = _by_workload(workload, scale, catalog)
    if words.hardware.varies("draw_stated"):
        load = where(col("draw_stated"), Value.from_deviations(1.0), load)
    made["load"] = where(known(said["load"]), stated(said["load"], "1"), load)
    made["overhead"] = fill_overhead(said["overhead"], _value("class_overhead"))
    site = _value("site_pue")
    default = (
        where(known(site), site, _value("class_pue"))
        if words.places.varies("site_pue")
        else _value("class_pue")
    )
    made["pue"] = fill_pue(said["pue"], default)
    # Intensity: of the hours, where a series has them; else of the year, with the spread of a short run.
    long_run = col("hours") >= catalog.figure("grid-long-run-hours")
    grid = _value("grid_g_per_kwh")
    hour = unknown_hour([_value(f"hour_{window_h}") for window_h in WINDOWS_H], col("hours").fill_null(0.0))
    ranged = intensity_range(grid, long_run.fill_null(value=False), catalog, hour)
    if words.places.varies("grid_fixed"):
        ranged = where(col("grid_fixed"), grid, ranged)
    if words.clock is not None:
        ranged = where(~col("series_g_per_kwh").is_null(), _value("series_g_per_kwh"), ranged)
    made["intensity_g_per_kwh"] = where(known(said["intensity"]), stated(said["intensity"], "g/kWh"), ranged)
    extra = {}
    if words.hardware.varies("system_power_w"):
        made["system_power_w"] = _value("system_power_w") * count
        extra[WORK + "use_system_power"] = _system_power(roles, said, hosted, scale)
    columns = {
        WORK + "f_" + name + part: _expression(getattr(value, attribute))
        for name, value in made.items()
        for part, attribute in (("", "central"), ("_low_sq", "low_sq"), ("_high_sq", "high_sq"))
    }
    return frame.with_columns(**columns, **extra)


def _stated_word(name: str) -> Any:
    return nw.when(col(name) != "").then(col(name))


def _scale(device_hours_h: Any, workload: Any, catalog: Catalog) -> Scale:
    device_hours_h = device_hours_h.fill_null(0.0)
    by_hours = scale_of(device_hours_h, col("datacentre"), catalog)
    if workload is None:
        return by_hours
    none = workload.is_null()
    return Scale(
        where(none, by_hours.large, workload == "large-training"),
        where(none, by_hours.small, nw.lit(value=False)),
    )


def _by_workload(workload: Any, scale: Scale, catalog: Catalog) -> Value:
    load = fill_load(None, scale, catalog)
    if workload is not None:
        for name in WORKLOADS:
            load = where(
                (workload == name).fill_null(value=False), fill_load(None, scale, catalog, name), load
            )
    return load


def _system_power(roles: Roles, said: dict[str, Any], hosted: bool, scale: Scale) -> Any:  # noqa: FBT001
    parts = [~said[name].is_null() for name in ("load", "overhead") if said[name] is not None]
    if hosted:
        parts.append(col("host_power_w") > 0)
    stated_parts: Any = nw.lit(value=False)
    for part in parts:
        stated_parts = stated_parts | part
    taken = takes_system_power(col("system_power_w"), col("system_power_at_any_scale"), stated_parts, scale)
    if roles.has("measured_energy_kwh"):
        taken = taken & col("measured_energy_kwh").is_null()
    return taken.fill_null(value=False)


# --- the answers ------------------------------------------------------------------------------------------------------


def chained(frame: Any, roles: Roles, words: Words, options: Options) -> Any:
    """The frame with energy, operational, market-based and embodied figures: what the chain makes of the factors."""
    catalog = options.catalog
    measured = roles.has("measured_energy_kwh")
    system = words.hardware.varies("system_power_w")
    hosted = words.hardware.varies("host_power_w")
    if hosted:
        frame = _with_host(frame)
    residual = UNKNOWN
    if words.places.varies("matched_share"):
        mix = Value.from_deviations(col("residual_g_per_kwh"))
        residual = where(known(mix), mix, _value("f_intensity_g_per_kwh"))
    results = chain(
        Factors(
            rated_power_w=_value("node_w") if hosted else _value("f_rated_power_w"),
            load=Value(1.0) if hosted else _value("f_load"),
            host_power_w=Value(0.0),
            overhead=_value("f_overhead"),
            system_power_w=_value("f_system_power_w") if system else UNKNOWN,
            use_system_power=col("use_system_power") if system else False,
            duration_h=Value.from_deviations(col("hours")),
            pue=_value("f_pue"),
            intensity_g_per_kwh=_value("f_intensity_g_per_kwh"),
            slots_kg=_value("f_slots_kg"),
            service_life_years=catalog.default("service-life-years"),
            utilisation=catalog.default("utilisation-over-life"),
            hours_per_year=catalog.figure("hours-per-year"),
            matched_share=col("matched_share") if residual else UNKNOWN,
            residual_g_per_kwh=residual,
            measured_energy_kwh=Value.from_deviations(col("measured_energy_kwh")) if measured else UNKNOWN,
            measured_scope=col("measured_scope") if roles.has("measured_scope") else "it",
            embodied=options.embodied,
        )
    )
    columns = {
        WORK + "r_" + name + part: _expression(getattr(value, attribute))
        for name, value in (("operational_kg", results.operational_kg), ("embodied_kg", results.embodied_kg))
        for part, attribute in (("", "central"), ("_low_sq", "low_sq"), ("_high_sq", "high_sq"))
    }
    columns[WORK + "r_energy_kwh"] = _expression(results.energy_kwh.central)
    columns[WORK + "r_market_kg"] = _expression(results.market_kg.central)
    return frame.with_columns(**columns)


def _with_host(frame: Any) -> Any:
    """The frame with the draw of devices and host together as one factor, `_wg_node_w`.

    The same sum as in the chain, taken in steps: an engine computes what stands in a condition anew wherever it stands,
    so each step is a column of its own, and rows without a stated host take no logarithm.
    """

    def parts(name: str, value: Value) -> dict[str, Any]:
        ends = (("", value.central), ("_low_sq", value.low_sq), ("_high_sq", value.high_sq))
        return {f"{WORK}{name}{part}": _expression(number) for part, number in ends}

    device = formula.device_power_w(_value("f_rated_power_w"), _value("f_load"))
    frame = frame.with_columns(**parts("device_w", device))
    host = _value("f_host_power_w")
    node = formula.it_power_w(_value("device_w"), host, 1.0)
    there = host.central > 0
    low, high = (nw.when(there).then(end) for end in (node.low, node.high))
    frame = frame.with_columns(
        node.central.alias(WORK + "node_w"), low.alias(WORK + "node_low_w"), high.alias(WORK + "node_high_w")
    )
    whole = Value(col("node_w"), col("node_low_w"), col("node_high_w"))
    device = _value("device_w")
    return frame.with_columns(
        where(there, whole.low_sq, device.low_sq).alias(WORK + "node_w_low_sq"),
        where(there, whole.high_sq, device.high_sq).alias(WORK + "node_w_high_sq"),
    )


def answers(frame: Any, roles: Roles, words: Words, options: Options) -> Any:
    """The frame with the output columns, the ends of the ranges computed last."""
    operational = _value("r_operational_kg")
    embodied = _value("r_embodied_kg")
    total = formula.total_kg(operational, embodied) if options.embodied else operational
    zone = nw.when(col("zone") != "").then(col("zone")) if words.clock is not None else col("zone")
    figures = {
        "energy_kwh": col("r_energy_kwh"),
        "operational_kg": operational.central,
        "operational_kg_low": operational.low,
        "operational_kg_high": operational.high,
        "market_kg": col("r_market_kg"),
        "embodied_kg": embodied.central,
        "total_kg": total.central,
        "total_kg_low": total.low,
        "total_kg_high": total.high,
        "intensity_g_per_kwh": col("f_intensity_g_per_kwh"),
        "zone": zone if not roles.has("intensity") else nw.when(col("intensity").is_null()).then(zone),
        "warning": warning(roles, words, options),
        "issue": col("issue"),
    }
    return frame.with_columns(**{name + options.suffix: expression for name, expression in figures.items()})


def warning(roles: Roles, words: Words, options: Options) -> Any:
    """The codes of a row, joined by |: those of its words, what was assumed, and what its figures raise."""
    fine = col("fatal").is_null()
    of_grid = (fine & col("intensity").is_null()) if roles.has("intensity") else fine
    if words.clock is not None:
        of_series = of_grid
        of_grid = of_grid & col("series_g_per_kwh").is_null()
    parts = [nw.when(of_grid if name == "grid_warning" else fine).then(col(name)) for name in words.warnings]
    assumed = {
        "default-load": _blank(roles, "load"),
        "default-overhead": _blank(roles, "overhead"),
        "default-pue": _blank(roles, "pue") & col("site_pue").is_null(),
    }
    if words.hardware.varies("draw_stated"):
        draw = col("draw_stated")
        assumed["default-load"] = assumed["default-load"] & ~draw
        assumed["default-overhead"] = assumed["default-overhead"] & ~draw
    if roles.has("measured_energy_kwh"):
        modelled, scope = col("measured_energy_kwh").is_null(), _scope(roles)
        assumed["default-load"] = assumed["default-load"] & modelled
        assumed["default-overhead"] = assumed["default-overhead"] & (modelled | (scope == "device"))
        assumed["default-pue"] = assumed["default-pue"] & (modelled | (scope != "facility"))
    if words.hardware.varies("system_power_w"):
        for name in ("default-load", "default-overhead"):
            assumed[name] = assumed[name] & ~col("use_system_power")
    parts += [nw.when(fine & condition).then(nw.lit(code)) for code, condition in assumed.items()]
    if roles.has("intensity"):
        low = (col("intensity") > 0) & (
            col("intensity") < options.catalog.figure("lowest-plausible-intensity")
        )
        parts.append(nw.when(fine & low).then(nw.lit("intensity-unit")))
    if words.clock is not None:
        parts.append(nw.when(of_series).then(col("series_said")))
    elif options.series:  # of no zone of the table
        placed = of_grid & ~col("zone").is_null() & ~col("start").is_null()
        parts.append(nw.when(placed).then(nw.lit("series-outside")))
    if options.boundary == "direct" and options.embodied:
        parts.append(nw.when(fine).then(nw.lit("mixed-boundary")))
    joined = nw.concat_str(*parts, separator="|", ignore_nulls=True)
    return nw.when(joined != "").then(joined)


def _blank(roles: Roles, name: str) -> Any:
    return col(name).is_null() if roles.has(name) else nw.lit(value=True)


def _scope(roles: Roles) -> Any:
    return col("measured_scope") if roles.has("measured_scope") else nw.lit("it")
