"""Fills: each way in which the blanks of a row can be filled, by the scalar path's own functions, as a row to join.

A row's number of its *node* (hardware word, way of its load, overhead stated, energy measured) and of its *site* (place
word and year, way of its PUE and of its intensity) say all that it does not say itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from wattgram import formula
from wattgram.frames.lookup import Lookup, Meanings, codes, columns_of
from wattgram.frames.ways import SERIES, STATED, Ways, place_numbers
from wattgram.frames.working import SIDES
from wattgram.resolve.facility import CERTAIN_ONE
from wattgram.resolve.fill import WORKLOADS, fill_load, intensity_range, scale_of, takes_system_power
from wattgram.resolve.hardware import OVERHEAD_OF_CLASS
from wattgram.resolve.hours import unknown_hour
from wattgram.value import UNKNOWN, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.columns import Options
    from wattgram.frames.hours import Clock

__all__ = ["node_fills", "node_lookup", "site_fills", "site_lookup"]

CERTAIN_ZERO = Value(0.0, unit="W")
SAID = Value.from_deviations(None)
"""A factor that each row says itself: certain, its figure in the row."""
NODE_WORDS = ("hardware_issue", "node_warning", "scope")
NODE_VALUES = ("draw_w", "filled_load", "host_power_w", "filled_overhead", "class_pue", "slots_kg")
NODE_ROWS = ("power_row", "embodied_row", "overhead_row")
SITE_WORDS = ("place_issue", "grid_issue", "site_warning", "zone")
SITE_VALUES = ("site_pue", "grid_g_per_kwh")
SITE_ROWS = ("pue_row", "grid_row")


# --- nodes: hardware, load, overhead ----------------------------------------------------------------------------------


def node_fills(
    hardware: Meanings, ways: Ways, catalog: Catalog, only: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Of each hardware word and way what its rows draw, and what must be said of it.

    Parameters
    ----------
    only : the nodes that rows have; left out, every word with every way
    """
    every = list(product(*ways.node))
    memory: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    drawn: dict[tuple[int, Value], Value] = {}
    rows = []
    for number in range(len(hardware.rows) * len(every)) if only is None else sorted(only):
        at, way = divmod(number, len(every))
        word = hardware.rows[at]
        if "rated_power_w" not in word:
            *_, scope = every[way]
            rows.append(
                {
                    "node": number,
                    "hardware_issue": word["hardware_issue"],
                    "scope": scope,
                    "use_system_power": False,
                }
            )
            continue
        kind = (
            word["datacentre"],
            word["draw_stated"],
            word["desk"] and word["overhead_row"],
            word["system_power_at_any_scale"],
            isinstance(word["system_power_w"], Value),
            word["host_power_w"].central > 0,
        )
        if kind not in memory:
            memory[kind] = [_node_way(word, one, catalog) for one in every]
        rows.append({"node": number, **_node(word, memory[kind][way], at, drawn)})
    return rows


def _node_way(word: Mapping[str, Any], way: tuple[Any, ...], catalog: Catalog) -> dict[str, Any]:
    """What one way fills in for every hardware word of one kind."""
    load, overhead, scope = way
    workload = load if load in WORKLOADS else None
    device_hours_h = load if isinstance(load, float) else 0.0
    scale = scale_of(device_hours_h, word["datacentre"], catalog, workload)
    parts_stated = STATED in (load, overhead) or word["host_power_w"].central > 0
    published, at_any_scale = word["system_power_w"], word["system_power_at_any_scale"]
    taken = not scope and bool(takes_system_power(published, at_any_scale, parts_stated, scale))
    filled = CERTAIN_ONE if taken or word["draw_stated"] else fill_load(None, scale, catalog, workload)
    assumed = not taken and not word["draw_stated"]
    said = {
        "default-load": assumed and load != STATED and not scope,
        "default-overhead": assumed and overhead != STATED and scope in ("", "device"),
        "desk-assumed": word["desk"]
        and word["overhead_row"] == OVERHEAD_OF_CLASS["workstation"]
        and overhead != STATED
        and scope in ("", "device"),
    }
    return {
        "load": SAID if load == STATED else filled,
        "overhead_stated": overhead == STATED,
        "answered": "stated-power" if word["draw_stated"] and STATED in (load, overhead) else "",
        "use_system_power": taken,
        "scope": scope,
        # a card whose overhead says nothing of a desk may still take the PUE of one, which its place decides
        "desk_by_place": word["desk"] and not said["desk-assumed"] and scope != "facility",
        "said": "|".join(code for code, holds in said.items() if holds),
    }


def _without(code: str, warning: str | None) -> str | None:
    """The codes of a word but the one whose advice this way follows."""
    return codes(*(one for one in warning.split("|") if one != code)) if warning and code else warning


def _node(
    word: Mapping[str, Any], filled: Mapping[str, Any], at: int, drawn: dict[tuple[int, Value], Value]
) -> dict[str, Any]:
    """The factors of a node's draw: those of the product, or the published system power in their place.

    Parameters
    ----------
    at : the number of the word
    drawn : of each word and load the draw of devices and host together, kept from way to way
    """
    taken, load = filled["use_system_power"], filled["load"]
    draw_w = word["system_power_w"] if taken else word["rated_power_w"]
    host_w = CERTAIN_ZERO if taken else word["host_power_w"]
    overhead = word["class_overhead"]
    if taken:
        overhead = CERTAIN_ONE
    elif filled["overhead_stated"]:
        overhead = SAID
    of_load = [draw_w, load]
    if host_w.central > 0 and load is not SAID:
        if (at, load) not in drawn:
            drawn[at, load] = formula.it_power_w(formula.device_power_w(draw_w, load), host_w, 1.0)
        of_load = [drawn[at, load]]
    if (
        filled["scope"] == "device"
    ):  # the energy of the devices is measured: what is beside them alone is not known
        of_load = []
    return {
        "node_warning": codes(_without(filled["answered"], word["hardware_warning"]), filled["said"]),
        "draw_w": draw_w,
        "filled_load": load,
        "filled_overhead": overhead,
        "host_power_w": host_w,
        **{f"node_{side}": sum(getattr(one, side) for one in (*of_load, overhead)) for side in SIDES},
        **{name: word[name] for name in ("class_pue", "slots_kg", *NODE_ROWS)},
        **{name: filled[name] for name in ("use_system_power", "scope", "desk_by_place")},
    }


# --- sites: PUE and intensity -----------------------------------------------------------------------------------------


def site_fills(
    places: Meanings, ways: Ways, clock: Clock | None, options: Options, only: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Of each place word, year and way its PUE and intensity, and what must be said of it.

    Parameters
    ----------
    only : the sites that rows have; left out, every place with every way
    """
    every, rows = list(product(*ways.site)), []
    for number, place in zip(place_numbers(places), places.rows, strict=True):
        for site, way in enumerate(every, number * len(every)):
            if only is None or site in only:
                rows.append({"site": site, **_site(place, way, clock, options)})
    return rows


def _site(
    place: Mapping[str, Any], way: tuple[Any, ...], clock: Clock | None, options: Options
) -> dict[str, Any]:
    pue, intensity, at_facility = way
    site_pue, of_row = place.get("site_pue", UNKNOWN), intensity in (STATED, SERIES)
    by_class = pue != STATED and not isinstance(site_pue, Value)
    grid, zone = place.get("grid_g_per_kwh", UNKNOWN), place.get("zone") or ""
    if intensity == STATED:
        grid = SAID
    elif intensity == SERIES:
        grid = clock.deviations(zone) if clock is not None else UNKNOWN
    elif "hour_windows" in place:
        long_run = intensity >= options.catalog.figure("grid-long-run-hours")
        grid = intensity_range(
            grid, long_run, options.catalog, unknown_hour(place["hour_windows"], intensity)
        )
    return {
        **{name: place.get(name) for name in ("place_issue", "matched_share", "pue_row")},
        **{
            name: None if intensity == STATED else place.get(name)
            for name in ("grid_issue", "zone", "grid_row")
        },
        "site_warning": codes(
            place.get("place_warning"),
            None if of_row else place.get("grid_warning"),
            "default-pue" if by_class and not at_facility else None,
            "mixed-boundary" if options.boundary == "direct" and options.embodied else None,
            clock.warnings.get(zone) if clock is not None and intensity == SERIES else None,
            "series-outside" if options.series and zone and place["year"] and not of_row else None,
        ),
        "site_pue": SAID if pue == STATED else site_pue,
        "grid_g_per_kwh": grid,
        "residual_g_per_kwh": place.get("residual_g_per_kwh"),
        "own_grid": of_row,
        "pue_by_class": by_class and not at_facility,
    }


# --- as tables --------------------------------------------------------------------------------------------------------


def node_lookup(
    fills: list[dict[str, Any]],
    *,
    hosted: bool,
    stated_loads: bool = False,
    rows: bool = False,
    whole: bool = False,
) -> Lookup:
    """The table of nodes.

    Parameters
    ----------
    hosted : whether any hardware word names its host
    stated_loads : whether rows state a load, so that beside a host the deviations of a draw are each row's own
    rows : with the names and deviations of the single factors and their rows, as sums need them
    whole : whether every node is in it
    """
    names = ["node", *NODE_WORDS, "use_system_power", "desk_by_place", *(f"node_{side}" for side in SIDES)]
    columns = columns_of(fills, names, NODE_VALUES)
    if not rows:
        alone = {f"{name}_{side}" for name in ("draw_w", "filled_load", "filled_overhead") for side in SIDES}
        hosts = {"host_power_w", *(f"host_power_w_{side}" for side in SIDES)}
        dropped = {"scope", "use_system_power"} | (
            set() if any(columns["desk_by_place"]) else {"desk_by_place"}
        )
        dropped |= set() if stated_loads and hosted else alone | (hosts - {"host_power_w"})
        dropped |= set() if hosted else hosts
        columns = {name: cells for name, cells in columns.items() if name not in dropped}
        return Lookup(("node",), columns, whole=whole)
    return Lookup(("node",), columns | _numbered(fills, NODE_ROWS))


def site_lookup(fills: list[dict[str, Any]], *, rows: bool = False) -> Lookup:
    """The table of sites; with the rows that factors come from, as sums need them.

    It is not whole: a lazy frame may have got a year since its words were read.
    """
    names = ("site", *SITE_WORDS, "matched_share", "pue_by_class", *(("own_grid",) if rows else ()))
    columns = columns_of(fills, names, SITE_VALUES)
    columns |= columns_of(fills, (), ("residual_g_per_kwh",))
    for side in SIDES:
        del columns[f"residual_g_per_kwh_{side}"]
    return Lookup(("site",), columns | (_numbered(fills, SITE_ROWS) if rows else {}))


def _numbered(fills: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, list[int]]:
    """The names of rows of the catalog as numbers, which sum and join faster."""
    columns = {}
    for name in names:
        numbers: dict[Any, int] = {}
        columns[name] = [numbers.setdefault(row.get(name), len(numbers)) for row in fills]
    return columns
