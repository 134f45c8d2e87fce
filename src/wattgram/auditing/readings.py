"""Readings: every way in which the words of a statement can be multiplied, each with what it takes them to mean.

Three ways of reckoning stand beside each other: the calculator's tables with its page's rounding, the same product at
full precision, and the full method with today's data.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from wattgram.auditing.devices import CORES_PER_CHIP, Power, powers_of
from wattgram.auditing.places import DEFAULT, Grid, grids_of
from wattgram.calculator import page_kg

if TYPE_CHECKING:
    from wattgram.auditing.claim import Claim
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint

__all__ = ["SAME_ENERGY", "W_PER_KW", "Reading", "default_grid", "readings_of", "reckon"]

SHOWN_DIGITS = 3
W_PER_KW = 1e3
MOST_KG = 1e12
SAME_ENERGY = 0.02
TOOL = "wattgram"
_RANK_OF_GRID = {"stated": 0, "page": 1, "default": 2, "catalog": 4, "full": 6}
_RANK_OF_POWER = {"stated": 0, "page": 0, "catalog": 1, "energy": 0, "full": 0}


class Reading(NamedTuple):
    """One product that the words admit."""

    kg: float
    power: Power
    devices: float
    hours: float
    grid: Grid
    mode: str
    """`page` (its rounding), `exact`, `display` (its truncated digits), `energy` (a stated energy) or `full`."""
    pue: float = 1.0
    counted: str = ""
    """How the devices were counted, where the words leave it open."""

    @property
    def rank(self) -> float:
        """How far the reading is from what is stated [1]: 0 where every word is used as it stands."""
        of_mode = 0.5 * (self.mode == "display")
        return (
            of_mode
            + _RANK_OF_GRID[self.grid.basis]
            + _RANK_OF_POWER[self.power.basis]
            + 2 * bool(self.counted)
            + 4 * self.grid.loose
        )


def default_grid(catalog: Catalog) -> Grid:
    """The intensity that the page fills in for private infrastructure."""
    grams = catalog.figure(DEFAULT)
    return Grid(grams, f"the page's default {grams / 1e3:g} kg/kWh", "default")


def grids_for(claim: Claim, catalog: Catalog) -> list[Grid]:
    """Every intensity that the words admit; the page's default where they name no place at all."""
    grids = grids_of(claim.region, claim.provider, list(claim.intensities_g_per_kwh), catalog)
    if not claim.energy_kwh and not _is_ours(claim) and any(g.basis == "page" and not g.loose for g in grids):
        # Hours and a region of the calculator's own table: with one year or another of today's catalog beside it, many a
        # wrong figure would come out by luck.
        grids = [grid for grid in grids if grid.basis != "catalog"]
    return grids or [default_grid(catalog)]


def _is_ours(claim: Claim) -> bool:
    """Whether the statement says that it was made with this program."""
    return TOOL in f"{claim.source} {claim.text}".lower()


def powers_for(claim: Claim, catalog: Catalog) -> list[Power]:
    """Every rated power that the words admit; a stated one leaves no choice."""
    if claim.powers_w:
        return [Power(watts, f"{watts:g} W as stated", "stated") for watts in claim.powers_w]
    return powers_of(claim.hardware, catalog) if claim.hardware else []


def counts_for(claim: Claim) -> list[tuple[float, str]]:
    """Every number of devices that the words admit, with how it was counted where that is open."""
    if claim.chips:
        chips = claim.chips * (claim.count or 1)
        if claim.per_device:
            return [(1.0, "the hours are device-hours"), (float(chips), "")]
        return [
            (float(chips), ""),
            (float(chips * CORES_PER_CHIP), f"{chips * CORES_PER_CHIP} cores counted as devices"),
        ]
    if claim.per_device:
        return [(1.0, "")]
    count = claim.count or 1
    if "TPU" in claim.hardware.upper() and count % CORES_PER_CHIP == 0:
        return [
            (float(count), ""),
            (count / CORES_PER_CHIP, f"{count} cores are {count // CORES_PER_CHIP} chips"),
        ]
    return [(float(count), "")]


def reckon(
    power_w: float, devices: float, hours: float, grid: Grid, pue: float = 1.0
) -> list[tuple[float, str]]:
    """The product as the page rounds it, as it displays it, and at full precision [kg CO2e]."""
    exact = power_w * devices * hours / W_PER_KW * pue * grid.intensity_g_per_kwh / 1e3
    out = [(exact, "exact")]
    if (
        pue == 1.0
        and grid.basis in ("stated", "page", "default")
        and math.isfinite(exact)
        and exact < MOST_KG
    ):
        page = page_kg(power_w, hours * devices, grid.intensity_g_per_kwh, typed=grid.basis != "page")
        out = [(page, "page"), *out, (_displayed(page), "display")]
    return out


def _displayed(kg: float) -> float:
    """A figure as the page's card showed it: cut, not rounded, to three digits."""
    if kg <= 0:
        return kg
    step = 10.0 ** (math.floor(math.log10(kg)) - SHOWN_DIGITS + 1)
    return math.floor(kg / step + 1e-9) * step


def readings_of(claim: Claim, catalog: Catalog, full: Footprint | None) -> list[Reading]:
    """Every product that the words admit; none where the device or the hours are missing."""
    grids = grids_for(claim, catalog)
    out = _of_energy(claim, grids)
    if claim.hours:
        pue = claim.pue or 1.0
        for power in powers_for(claim, catalog):
            for devices, counted in counts_for(claim):
                out += [
                    Reading(kg, power, devices, claim.hours, grid, mode, pue, counted)
                    for grid in grids
                    for kg, mode in reckon(power.power_w, devices, claim.hours, grid, pue)
                    if _draws(claim, power.power_w * devices * claim.hours / W_PER_KW)
                ]
    return out + _of_full(claim, full)


def _draws(claim: Claim, kwh: float) -> bool:
    """Whether an energy fits the one that is stated, before or after the PUE; with none stated, any does."""
    if not claim.energy_kwh:
        return True
    return any(abs(kwh * pue / claim.energy_kwh - 1) <= SAME_ENERGY for pue in (1.0, claim.pue or 1.0))


def _of_energy(claim: Claim, grids: list[Grid]) -> list[Reading]:
    """A stated energy times each intensity, with and without a stated PUE."""
    if not claim.energy_kwh:
        return []
    stated = Power(0.0, f"{claim.energy_kwh:g} kWh as stated", "energy")
    pues = dict.fromkeys((1.0, claim.pue or 1.0))
    return [
        Reading(
            claim.energy_kwh * grid.intensity_g_per_kwh / 1e3 * pue,
            stated,
            1,
            claim.hours or 0.0,
            grid,
            "energy",
            pue,
        )
        for grid in grids
        for pue in pues
    ]


def _of_full(claim: Claim, full: Footprint | None) -> list[Reading]:
    """The full method's own figures, where the statement says that it was made with it."""
    if full is None or not _is_ours(claim):
        return []
    hardware = full.assembled.hardware
    today = Power(hardware.rated_power_w.central, hardware.name, "full")
    grams = full.assembled.factors.intensity_g_per_kwh.central or 0.0
    return [
        Reading(
            float(value.central),
            today,
            1,
            claim.hours or 0.0,
            Grid(grams, f"today's full method, {name}", "full"),
            "full",
        )
        for name, value in (("operational", full.operational), ("total", full.total))
        if value.central is not None
    ]
