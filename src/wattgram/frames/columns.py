"""Columns: what a row says itself, what its node and its site say, and what the chain makes of both, as expressions.

Nothing is computed twice and nothing is written twice: `fills` has filled the blanks, `chain` and `formula` multiply, on
column expressions in place of floats. Each factor is its central figure and two squared log-deviations; the ends of a
range are computed last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from wattgram import formula
from wattgram.chain import Factors, Results, chain
from wattgram.frames.schema import WORK, Roles
from wattgram.frames.working import SIDES, cell, col, value_of
from wattgram.value import UNKNOWN, Value, known, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.gather import Words

__all__ = ["Options", "answers", "chained", "of_factors", "raised", "warning"]


class Options(NamedTuple):
    """How a table is estimated, beyond what its columns say."""

    catalog: Catalog
    boundary: str = "lifecycle"
    embodied: bool = True
    suffix: str = ""
    series: Any = None
    """Hourly series by zone, or None."""


# --- the factors and what the chain makes of them ---------------------------------------------------------------------


def of_factors(roles: Roles, words: Words, options: Options, **own: Any) -> Results:
    """What the chain makes of a row's factors: of its own figures, its node and its site.

    Parameters
    ----------
    own : other factors than those of the row
    """
    catalog, measured = options.catalog, roles.has("measured_energy_kwh")
    said = {
        name: (col(name),) if roles.has(name) else () for name in ("load", "overhead", "pue", "intensity")
    }
    varying = words.clock is not None and not words.clock.spreads
    series = () if words.clock is None else (col("series_g_per_kwh"),)
    central = nw.coalesce(*said["intensity"], *series, col("grid_g_per_kwh"))
    low_sq, high_sq = (
        nw.coalesce(col(f"grid_g_per_kwh_{side}"), col(f"series_g_per_kwh_{side}"))
        if varying
        else col(f"grid_g_per_kwh_{side}")
        for side in SIDES
    )
    intensity = Value.from_deviations(central, low_sq, high_sq)
    residual: Any = UNKNOWN
    if words.places.varies("matched_share"):
        mix = Value.from_deviations(col("residual_g_per_kwh"))
        residual = where(known(mix), mix, intensity)
    pue = nw.coalesce(*said["pue"], col("site_pue"), col("class_pue"))
    low_sq, high_sq = (nw.coalesce(col(f"site_pue_{side}"), col(f"class_pue_{side}")) for side in SIDES)
    factors = Factors(
        rated_power_w=Value.from_deviations(col("draw_w") * (col("count") if roles.has("count") else 1.0)),
        load=Value.from_deviations(nw.coalesce(*said["load"], col("filled_load"))),
        host_power_w=Value(0.0),
        overhead=_overhead(roles, "node"),
        system_power_w=UNKNOWN,
        use_system_power=False,
        duration_h=Value.from_deviations(col("hours")),
        pue=Value.from_deviations(pue, low_sq, high_sq),
        intensity_g_per_kwh=intensity,
        slots_kg=value_of("slots_kg") * (col("count") if roles.has("count") else 1.0),
        service_life_years=catalog.default("service-life-years"),
        utilisation=catalog.default("utilisation-over-life"),
        hours_per_year=catalog.figure("hours-per-year"),
        matched_share=col("matched_share") if residual else UNKNOWN,
        residual_g_per_kwh=residual,
        measured_energy_kwh=Value.from_deviations(col("measured_energy_kwh")) if measured else UNKNOWN,
        measured_scope=col("measured_scope") if roles.has("measured_scope") else "it",
        embodied=options.embodied,
    )
    return chain(factors._replace(**own))


def chained(frame: Any, roles: Roles, words: Words, options: Options) -> Any:
    """The frame with energy, operational, market-based and embodied figures; none where the row is of no use."""
    fine, own = col("fatal").is_null(), {}
    kept = ["hours"] + (["measured_energy_kwh"] if roles.has("measured_energy_kwh") else [])
    frame = frame.with_columns(*(nw.when(fine).then(col(name)).alias(WORK + name) for name in kept))
    if words.hosted:
        frame = _with_host(frame, roles)
        own = {
            "rated_power_w": Value.from_deviations(col("node_w")),
            "load": Value(1.0),
            "overhead": _overhead(roles, "node_w"),
        }
    results = of_factors(roles, words, options, **own)
    columns = {
        WORK + "r_" + name + part: cell(getattr(value, attribute))
        for name, value in (("operational_kg", results.operational_kg), ("embodied_kg", results.embodied_kg))
        for part, attribute in (("", "central"), ("_low_sq", "low_sq"), ("_high_sq", "high_sq"))
    }
    columns[WORK + "r_energy_kwh"] = cell(results.energy_kwh.central)
    columns[WORK + "r_market_kg"] = cell(results.market_kg.central)
    return frame.with_columns(**columns)


def _overhead(roles: Roles, name: str) -> Value:
    """The last factor of a node's draw, which carries the deviations of them all (added up in the look-up)."""
    said = (col("overhead"),) if roles.has("overhead") else ()
    central = nw.coalesce(*said, col("filled_overhead"))
    return Value.from_deviations(central, *(col(f"{name}_{side}") for side in SIDES))


def _with_host(frame: Any, roles: Roles) -> Any:
    """The frame with the draw of devices and host together as one factor, `_wg_node_w`, its deviations with the overhead's.

    The same sum as in the chain. Its deviations stand in the look-up but where a row states a load beside a host; they
    are taken in steps, because an engine computes what stands in a condition anew wherever it stands.
    """
    count = col("count") if roles.has("count") else 1.0
    said = (col("load"),) if roles.has("load") else ()
    device_w = formula.device_power_w(col("draw_w") * count, nw.coalesce(*said, col("filled_load")))
    frame = frame.with_columns(
        device_w.alias(WORK + "device_w"), (col("host_power_w") * count).alias(WORK + "host_w")
    )
    node_w = formula.it_power_w(col("device_w"), col("host_w"), 1.0).alias(WORK + "node_w")
    squares = {f"{WORK}node_w_{side}": col(f"node_{side}") for side in SIDES}
    if not roles.has("load"):
        return frame.with_columns(node_w, **squares)
    device = Value.from_deviations(col("device_w"), *(col(f"draw_w_{side}") for side in SIDES))
    host = Value.from_deviations(col("host_w"), *(col(f"host_power_w_{side}") for side in SIDES))
    node = formula.it_power_w(device, host, 1.0)
    own = (col("host_w") > 0) & ~col("load").is_null()
    if roles.has("measured_energy_kwh"):
        own = own & col("measured_energy_kwh").is_null()
    ends = {f"{WORK}node_{end}_w": nw.when(own).then(getattr(node, end)) for end in ("low", "high")}
    frame = frame.with_columns(node_w, **ends)
    node = Value(col("node_w"), col("node_low_w"), col("node_high_w"))
    for side in SIDES:
        whole = getattr(node, side) + col(f"filled_overhead_{side}")
        squares[f"{WORK}node_w_{side}"] = where(own, whole, col(f"node_{side}"))
    return frame.with_columns(**squares)


# --- the answers ------------------------------------------------------------------------------------------------------


def answers(frame: Any, roles: Roles, words: Words, options: Options) -> Any:
    """The frame with the output columns, the ends of the ranges computed last."""
    operational = value_of("r_operational_kg")
    embodied = value_of("r_embodied_kg")
    total = formula.total_kg(operational, embodied) if options.embodied else operational
    said = (col("intensity"),) if roles.has("intensity") else ()
    series = () if words.clock is None else (col("series_g_per_kwh"),)
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
        "intensity_g_per_kwh": nw.coalesce(*said, *series, col("grid_g_per_kwh")),
        "zone": col("zone"),
        "warning": warning(words, raised(roles, words, options)),
        "issue": col("issue"),
    }
    return frame.with_columns(**{name + options.suffix: expression for name, expression in figures.items()})


def raised(roles: Roles, words: Words, options: Options) -> dict[str, Any]:
    """What the figures of a row raise beside its words: codes and their conditions."""
    found: dict[str, Any] = {}
    if roles.has("intensity"):
        lowest = options.catalog.figure("lowest-plausible-intensity")
        found["intensity-unit"] = (col("intensity") > 0) & (col("intensity") < lowest)
    if words.clock is not None and "covered" in words.clock.sums:
        held = ~col("series_g_per_kwh").is_null()
        if roles.has("intensity"):
            held = held & col("intensity").is_null()
        found["series-gap"] = held & col("series_gap")
        if "estimated" in words.clock.sums:
            found["series-estimated"] = held & (col("row_estimated") > 0)
    return found


def warning(words: Words, raises: Mapping[str, Any]) -> Any:
    """The codes of a row, joined by |: those of its node and its site, and what its figures raise (`raised`)."""
    parts = [col("node_warning"), col("site_warning")]
    parts += [nw.when(condition).then(nw.lit(code)) for code, condition in raises.items()]
    if "desk_by_place" in words.lookups[0].columns:
        parts.append(nw.when(col("desk_by_place") & col("pue_by_class")).then(nw.lit("desk-assumed")))
    joined = nw.concat_str(*parts, separator="|", ignore_nulls=True)
    return nw.when(col("fatal").is_null() & (joined != "")).then(joined)
