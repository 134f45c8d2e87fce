"""Groups: the rows of a table brought together by node, site and fault; then each group is one run of all their work.

The chain is a product, so the rows of one node and site differ in what they say themselves alone: hours, count, and a
stated load, overhead, PUE, intensity or energy. Their products are summed; everything else is done on the groups, by the
same chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from wattgram import formula
from wattgram.errors import InputError
from wattgram.frames.columns import of_factors, raised, warning
from wattgram.frames.fills import node_lookup, site_lookup
from wattgram.frames.numbers import fatal_of, faults
from wattgram.frames.schema import WORK, Roles
from wattgram.frames.working import SIDES, chosen, col
from wattgram.value import Value, known, where

if TYPE_CHECKING:
    from wattgram.frames.gather import Words
    from wattgram.frames.pipeline import Plan

__all__ = ["FIGURES", "factor_rows", "figured", "grouped", "sums_of", "with_labels"]

FIGURES = ("energy_kwh", "operational_kg", "market_kg", "embodied_kg", "total_kg")


def with_labels(native: Any, plan: Plan, by: Sequence[str]) -> Roles:
    """The roles of a frame with the columns to group by, read as text.

    Raises
    ------
    InputError : a column that the frame does not have
    """
    there = [str(column) for column in plan.backend.columns(native)]
    texts = dict(plan.roles.texts)
    for at, name in enumerate(by):
        if name in there:
            texts[f"by{at}"] = name
        elif name != "month" or not plan.roles.has("start"):
            from difflib import get_close_matches  # noqa: PLC0415 - only a wrong name pays for it

            hint = "; month needs a column 'start'" if name == "month" else ""
            allowed = f"the table has the columns {', '.join(there[:20])}{hint}"
            raise InputError("by", name, allowed, get_close_matches(name, there, n=1))
    return plan.roles._replace(texts=texts)


def grouped(frame: Any, plan: Plan, by: Sequence[str]) -> Any:
    """One row for each combination of node, site and fault, with the sums of what its runs say themselves."""
    roles, words = plan.roles, plan.words
    frame = plan.numbered(frame)
    there = frame.collect_schema().names()
    labels = [f"by{at}" for at in range(len(by))]
    if any(WORK + label not in there for label in labels):
        frame = plan.backend.calendar(frame, "start", month=True)
        frame = frame.with_columns(
            *(col("month").alias(WORK + label) for label in labels if WORK + label not in there)
        )
    sums = sums_of(roles, words)
    frame = frame.with_columns(**{WORK + name: product for name, product in sums.items()})
    faultless = all(condition is None for condition, _ in faults(roles, words))
    keys = [*labels, "node", "site", *(() if faultless else ("fault",))]
    if roles.has("measured_energy_kwh"):  # else a row without hours is of no use
        untimed = nw.when(col("hours").is_null()).then(nw.lit(1)).otherwise(nw.lit(0))
        frame = frame.with_columns(untimed.alias(WORK + "untimed"))
        keys.append("untimed")
    raises = list(raised(roles, words, plan.options).values())
    if raises:
        flags = {f"{WORK}raises_{at}": chosen([(one, 1)], 0) for at, one in enumerate(raises)}
        frame = frame.with_columns(**flags)
        keys += [f"raises_{at}" for at in range(len(raises))]
    if words.clock is not None and not words.clock.spreads:
        keys += [f"series_g_per_kwh_{side}" for side in SIDES]
    rows = nw.len().alias(WORK + "rows")
    groups = frame.group_by(*(WORK + key for key in keys)).agg(*(col(name).sum() for name in sums), rows)
    return groups.with_columns(nw.lit(0).alias(WORK + "fault")) if faultless else groups


def sums_of(roles: Roles, words: Words) -> dict[str, Any]:
    """What is summed over the rows of a group: hours held, work done, energy measured, and both by a row's own intensity.

    A stated load is in the work, but beside a host, which it is no part of: there the work under load is a sum of its own.
    """
    clocked = words.clock is not None

    def times(product: Any, *names: str) -> Any:
        for name in names:
            if roles.has(name):
                product = product * nw.coalesce(col(name), nw.lit(1.0))
        return product

    held_h = times(col("hours"), "count")
    work_h = times(held_h, "overhead", "pue")
    found = {"held_h": held_h, "work_h": work_h if words.hosted else times(work_h, "load")}
    if roles.has("load") and words.hosted:
        found["load_h"] = times(work_h, "load")
    if roles.has("measured_energy_kwh"):
        scope = col("measured_scope") if roles.has("measured_scope") else nw.lit("it")
        of_node = where(
            scope == "device", times(col("measured_energy_kwh"), "overhead"), col("measured_energy_kwh")
        )
        found["used_kwh"] = where(scope == "facility", of_node, times(of_node, "pue"))
    if roles.has("intensity") or clocked:
        own = nw.coalesce(
            *((col("intensity"),) if roles.has("intensity") else ()),
            *((col("series_g_per_kwh"),) if clocked else ()),
        )
        found |= {f"{name}_grid": product * own for name, product in found.items() if name != "held_h"}
    return found


def figured(groups: Any, plan: Plan) -> Any:
    """The groups with their figures, the rows that have each, and what of each figure every factor enters.

    Three steps and no more, since an engine binds every column anew in each of them: the products, what counts of them,
    and what each factor enters.
    """
    words, roles = plan.words, plan.roles
    groups = plan.backend.attach(groups, node_lookup(words.nodes, hosted=True, rows=True))
    groups = plan.backend.attach(groups, site_lookup(words.sites, rows=True))
    there = groups.collect_schema().names()
    labels = [name.removeprefix(WORK) for name in there if name.startswith(WORK + "by")]
    groups = groups.with_columns(
        fatal_of(roles, words).alias(WORK + "fatal"),
        **{WORK + name: value for name, value in _results(plan).items()},
    )
    factors = factor_rows(plan)
    keys = [*labels, "rows", *(key for _, some, _ in factors for key in some)]
    counted = _counted(plan, untimed=WORK + "untimed" in there)
    groups = groups.select(
        *(WORK + key for key in dict.fromkeys(keys)), **{WORK + name: cell for name, cell in counted.items()}
    )
    entering = {
        f"{name}_{figure}": col(figure) * col(f"part_{name}")
        for name in (name.removeprefix("part_") for name in counted if name.startswith("part_"))
        for figure in (*FIGURES[:3], "used_in_total")
    }
    entering["total_kg"] = formula.total_kg(col("used_in_total"), col("made_in_total"))
    kept = [*labels, "issue", "warning", "rows", *FIGURES, *(f"rows_{name}" for name in FIGURES)]
    kept += [name for _, some, figures in factors for name in (*some, *figures.values())]
    return groups.select(*(entering.get(name, col(name)).alias(WORK + name) for name in dict.fromkeys(kept)))


def _counted(plan: Plan, *, untimed: bool) -> dict[str, Any]:
    """What counts of a group's products: its figures, 0 where it has none, the rows that have each, and the parts of its draw.

    Parameters
    ----------
    untimed : whether some rows have a measured energy and no hours
    """
    words, roles, embodied = plan.words, plan.roles, plan.options.embodied
    zero, fine = nw.lit(0.0), col("fatal").is_null()
    placed = fine & col("grid_issue").is_null()
    making = fine & ~col("r_embodied_kg").is_null() if embodied else nw.lit(value=False)
    if untimed:
        making = making & (col("untimed") == 0)
    total = placed & making if embodied else placed
    has = dict(
        zip(FIGURES, (fine, placed, placed & ~col("matched_share").is_null(), making, total), strict=True)
    )
    counted = {
        name: nw.when(has[name]).then(col(f"r_{name}")).otherwise(zero)
        for name in FIGURES
        if name != "total_kg"
    }
    counted["made_in_total"] = nw.when(total & making).then(col("r_embodied_kg")).otherwise(zero)
    counted["used_in_total"] = nw.when(total).then(col("r_operational_kg")).otherwise(zero)
    counted |= {f"rows_{name}": nw.when(holds).then(col("rows")).otherwise(0) for name, holds in has.items()}
    raises = {code: col(f"raises_{at}") == 1 for at, code in enumerate(raised(roles, words, plan.options))}
    counted["issue"] = nw.coalesce(col("fatal"), col("grid_issue"), nw.lit(""))
    counted["warning"] = nw.coalesce(warning(words, raises), nw.lit(""))
    system, scope = col("use_system_power"), col("scope")
    modelled = fine & (scope == "") & ~system
    counted["part_device"] = nw.when(modelled).then(col("device_share")).otherwise(zero)
    if words.hosted:
        counted["part_host"] = nw.when(modelled).then(col("device_share") * -1.0 + 1.0).otherwise(zero)
    if words.hardware.varies("system_power_w"):
        counted["part_system"] = nw.when((scope == "") & system).then(nw.lit(1.0)).otherwise(zero)
    counted["part_node"] = nw.when(modelled | (scope == "device")).then(nw.lit(1.0)).otherwise(zero)
    counted["part_site"] = nw.when(scope != "facility").then(nw.lit(1.0)).otherwise(zero)
    return counted


def _results(plan: Plan) -> dict[str, Any]:
    """Energy, operational, market-based and embodied figures of a group, and the devices' part of its draw.

    The sums stand for the hours of one run of the node: `held_h` where its making is counted, `work_h` where its energy
    is, `work_h_grid` where each row has an intensity of its own, which is in the sum already.
    """
    words, roles, options = plan.words, plan.roles, plan.options

    def stated(name: str) -> Any:
        """1 where the rows state it: it is in the sum already."""
        return nw.when(~col(f"{name}_low_sq").is_null()).then(nw.coalesce(col(name), nw.lit(1.0)))

    def load(end: str) -> Any:
        if not words.hosted:
            return nw.coalesce(col("filled_load"), nw.lit(1.0)) if roles.has("load") else col("filled_load")
        if not roles.has("load"):
            return col("filled_load")
        work_h = col(f"work_h{end}")
        mean = col(f"load_h{end}") * where(work_h > 0, work_h, 1.0) ** -1.0
        return nw.coalesce(col("filled_load"), mean)

    def results(hours: Any, end: str = "", **own: Any) -> Any:
        if roles.has("measured_energy_kwh"):
            used = nw.when(col("scope") != "").then(col(f"used_kwh{end}"))
            own |= {"measured_energy_kwh": Value.from_deviations(used), "measured_scope": col("scope")}
        return of_factors(
            roles,
            words,
            options,
            rated_power_w=Value.from_deviations(col("draw_w")),
            load=Value.from_deviations(load(end)),
            host_power_w=Value.from_deviations(col("host_power_w")),
            overhead=Value.from_deviations(stated("filled_overhead")),
            pue=Value.from_deviations(nw.coalesce(stated("site_pue"), col("class_pue"))),
            duration_h=Value.from_deviations(hours),
            slots_kg=Value.from_deviations(col("slots_kg")),
            **own,
        )

    grid = Value.from_deviations(col("grid_g_per_kwh"))
    mix = Value.from_deviations(col("residual_g_per_kwh"))
    whole = results(col("work_h"), intensity_g_per_kwh=grid, residual_g_per_kwh=where(known(mix), mix, grid))
    held = results(col("held_h"), intensity_g_per_kwh=grid)
    operational, market = whole.operational_kg.central, whole.market_kg.central
    if "work_h_grid" in sums_of(roles, words):
        one = Value.from_deviations(nw.lit(1.0))
        own = results(col("work_h_grid"), "_grid", intensity_g_per_kwh=one, residual_g_per_kwh=one)
        operational = where(col("own_grid"), own.operational_kg.central, operational)
        if market is not None:
            market = where(col("own_grid") & mix.central.is_null(), own.market_kg.central, market)
    device_w = col("draw_w") * load("")
    both_w = device_w + col("host_power_w")
    null = nw.lit(None, dtype=nw.Float64)
    return {
        "r_energy_kwh": whole.energy_kwh.central,
        "r_operational_kg": operational,
        "r_market_kg": null if market is None else market,
        "r_embodied_kg": null if held.embodied_kg.central is None else held.embodied_kg.central,
        "device_share": device_w * where(both_w > 0, both_w, 1.0) ** -1.0,
        **{
            f"f_{name}_{side}": nw.coalesce(*(col(f"{one}_{side}") for one in of), nw.lit(0.0))
            for side in SIDES
            for name, of in {
                "load": ("filled_load",),
                "draw_w": ("draw_w",),
                "host_power_w": ("host_power_w",),
                "overhead": ("filled_overhead",),
                "pue": ("site_pue", "class_pue"),
                "intensity_g_per_kwh": (
                    "grid_g_per_kwh",
                    *(("series_g_per_kwh",) if words.clock is not None and not words.clock.spreads else ()),
                ),
                "slots_kg": ("slots_kg",),
            }.items()
        },
    }


def factor_rows(plan: Plan) -> list[tuple[str, tuple[str, ...], Mapping[str, str]]]:
    """Of each factor its name, the columns that name its rows and deviations, and which figures it enters.

    The load is shared by all runs of one class, the rest of the node and the power by all of one device, the PUE by all
    of one site, the intensity by all of one zone and year (`shared_by` in assumptions.csv).
    """

    def part(name: str, *figures: str) -> Mapping[str, str]:
        return {**{figure: f"{name}_{figure}" for figure in figures}, "total_kg": f"{name}_used_in_total"}

    def squares(name: str) -> tuple[str, str]:
        return f"{name}_low_sq", f"{name}_high_sq"

    rows: list[tuple[str, tuple[str, ...], Mapping[str, str]]] = [
        ("load", squares("f_load"), part("device", *FIGURES[:3])),
        ("rated_power_w", ("power_row", *squares("f_draw_w")), part("device", *FIGURES[:3])),
        ("overhead", ("overhead_row", *squares("f_overhead")), part("node", *FIGURES[:3])),
        ("pue", ("pue_row", *squares("f_pue")), part("site", *FIGURES[:3])),
        (
            "intensity_g_per_kwh",
            ("grid_row", *squares("f_intensity_g_per_kwh")),
            {"operational_kg": "operational_kg", "market_kg": "market_kg", "total_kg": "used_in_total"},
        ),
        (
            "slots_kg",
            ("embodied_row", *squares("f_slots_kg")),
            {"embodied_kg": "embodied_kg", "total_kg": "made_in_total"},
        ),
    ]
    if plan.words.hosted:
        rows.append(("host_power_w", squares("f_host_power_w"), part("host", *FIGURES[:3])))
    if plan.words.hardware.varies("system_power_w"):
        rows.append(("system_power_w", ("power_row", *squares("f_draw_w")), part("system", *FIGURES[:3])))
    return rows
