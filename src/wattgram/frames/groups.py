"""Groups: the rows of a table brought together by the words and fills that decide which factor rows a run shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from wattgram import formula
from wattgram.errors import InputError
from wattgram.frames.columns import col
from wattgram.frames.schema import WORK, Roles
from wattgram.frames.words import Lookup
from wattgram.value import where

if TYPE_CHECKING:
    from wattgram.frames.pipeline import Plan

__all__ = ["FIGURES", "factor_rows", "figured", "grouped", "with_labels"]

FIGURES = ("energy_kwh", "operational_kg", "market_kg", "embodied_kg", "total_kg")
SIDES = ("low_sq", "high_sq")


HARDWARE_ROWS = (
    "power_row",
    "embodied_row",
    "overhead_row",
    "slots_kg",
    *(
        f"{name}_{side}"
        for name in ("rated_power_w", "host_power_w", "system_power_w", "slots_kg")
        for side in SIDES
    ),
)
PLACE_ROWS = ("pue_row", "grid_row", "matched_share")
FILLED = tuple(
    f"f_{name}_{side}" for name in ("load", "overhead", "pue", "intensity_g_per_kwh") for side in SIDES
)
SQUARES = (*(name for name in HARDWARE_ROWS if name.endswith("_sq")), *FILLED)


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
    """One row for each combination of words and fills, with the sums of its runs."""
    roles, hardware = plan.roles, plan.words.hardware
    frame = plan.factored(frame)
    there = frame.collect_schema().names()
    labels = [f"by{at}" for at in range(len(by))]
    if any(WORK + label not in there for label in labels):
        frame = plan.backend.calendar(frame, "start", month=True)
        frame = frame.with_columns(
            *(col("month").alias(WORK + label) for label in labels if WORK + label not in there)
        )
    energy = col("r_energy_kwh")
    device = energy
    if hardware.varies("host_power_w"):
        part = col("f_rated_power_w") * col("f_load")
        both = part + col("f_host_power_w")
        device = energy * part * where(both > 0, both, 1.0) ** -1.0
    frame = frame.with_columns(
        device.alias(WORK + "device_kwh"),
        col("hours").is_null().alias(WORK + "untimed"),
        nw.coalesce(col("issue"), nw.lit("")).alias(WORK + "issue"),
    )
    keys = [*labels, "hardware_id", "place_id", "issue", "untimed"]
    keys += [
        f"f_{name}_{side}" for name in ("load", "overhead", "pue", "intensity_g_per_kwh") for side in SIDES
    ]
    if hardware.varies("system_power_w"):
        keys.append("use_system_power")
    if roles.has("measured_energy_kwh"):
        measured = ~col("measured_energy_kwh").is_null()
        scope = col("measured_scope") if roles.has("measured_scope") else nw.lit("it")
        frame = frame.with_columns(nw.when(measured).then(scope).otherwise(nw.lit("")).alias(WORK + "scope"))
        keys.append("scope")
    sums = ("r_energy_kwh", "r_operational_kg", "r_embodied_kg", "r_market_kg", "device_kwh")
    rows = nw.len().alias(WORK + "rows")
    return frame.group_by(*(WORK + key for key in keys)).agg(*(col(name).sum() for name in sums), rows)


def figured(groups: Any, plan: Plan) -> Any:
    """The groups with their figures, the rows that have each, and what of each figure every factor enters."""
    words, embodied = plan.words, plan.options.embodied
    groups = plan.backend.attach(groups, _by_id(words.hardware, "hardware_id", HARDWARE_ROWS))
    groups = plan.backend.attach(groups, _by_id(words.places, "place_id", PLACE_ROWS))
    there = groups.collect_schema().names()
    fine = (col("issue") == "") | (col("issue") == "where-missing")
    placed = col("issue") == ""
    making = fine & ~col("slots_kg").is_null() & ~col("untimed")
    total = placed & making if embodied else placed
    claimed = placed & ~col("matched_share").is_null()
    has = dict(zip(FIGURES, (fine, placed, claimed, making, total), strict=True))
    if not embodied:
        has["embodied_kg"] = nw.lit(value=False)
    zero = nw.lit(0.0)
    named = {name: col(f"r_{name}") for name in FIGURES[:4]}
    figures = {name: nw.when(has[name]).then(figure).otherwise(zero) for name, figure in named.items()}
    figures["made_in_total"] = nw.when(total & making).then(named["embodied_kg"]).otherwise(zero)
    figures["used_in_total"] = nw.when(total).then(named["operational_kg"]).otherwise(zero)
    rows = {
        f"rows_{name}": nw.when(condition).then(col("rows")).otherwise(0) for name, condition in has.items()
    }
    groups = groups.with_columns(**{WORK + name: value for name, value in (figures | rows).items()})
    used = col("used_in_total")
    groups = groups.with_columns((formula.total_kg(used, col("made_in_total"))).alias(WORK + "total_kg"))
    groups = plan.backend.settle(groups)
    system = col("use_system_power") if WORK + "use_system_power" in there else nw.lit(value=False)
    scope = col("scope") if WORK + "scope" in there else nw.lit("")
    modelled = (scope == "") & ~system
    energy = col("energy_kwh")
    share = col("device_kwh") * where(energy > 0, energy, 1.0) ** -1.0
    parts = {
        "device": nw.when(modelled).then(share).otherwise(zero),
        "host": nw.when(modelled).then(share * -1.0 + 1.0).otherwise(zero),
        "system": nw.when((scope == "") & system).then(nw.lit(1.0)).otherwise(zero),
        "node": nw.when(modelled | (scope == "device")).then(nw.lit(1.0)).otherwise(zero),
        "site": nw.when(scope != "facility").then(nw.lit(1.0)).otherwise(zero),
    }
    groups = groups.with_columns(**{f"{WORK}part_{name}": part for name, part in parts.items()})
    entering = {
        f"{part}_{name}": col(name) * col(f"part_{part}")
        for part in parts
        for name in (*FIGURES[:3], "used_in_total")
    }
    groups = groups.with_columns(**{WORK + name: figure for name, figure in entering.items()})
    groups = plan.backend.settle(groups)
    return groups.with_columns(*(nw.coalesce(col(name), zero).alias(WORK + name) for name in SQUARES))


def _by_id(lookup: Lookup, key: str, names: Sequence[str]) -> Lookup:
    """The columns of a look-up by its number, words of a factor row as numbers."""
    columns = {key: lookup.columns[key]}
    for name in names:
        cells = lookup.columns[name]
        if name.endswith("_row"):
            numbers = {word: at for at, word in enumerate(dict.fromkeys(cells))}
            cells = [numbers[word] for word in cells]
        columns[name] = cells
    return Lookup((key,), columns, ())


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
        ("rated_power_w", ("power_row", *squares("rated_power_w")), part("device", *FIGURES[:3])),
        ("overhead", ("overhead_row", *squares("f_overhead")), part("node", *FIGURES[:3])),
        ("pue", ("pue_row", *squares("f_pue")), part("site", *FIGURES[:3])),
        (
            "intensity_g_per_kwh",
            ("grid_row", *squares("f_intensity_g_per_kwh")),
            {"operational_kg": "operational_kg", "market_kg": "market_kg", "total_kg": "used_in_total"},
        ),
        (
            "slots_kg",
            ("embodied_row", *squares("slots_kg")),
            {"embodied_kg": "embodied_kg", "total_kg": "made_in_total"},
        ),
    ]
    if plan.words.hardware.varies("host_power_w"):
        rows.append(("host_power_w", squares("host_power_w"), part("host", *FIGURES[:3])))
    if plan.words.hardware.varies("system_power_w"):
        rows.append(
            ("system_power_w", ("power_row", *squares("system_power_w")), part("system", *FIGURES[:3]))
        )
    return rows
