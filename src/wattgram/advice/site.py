"""Site: the machine room, the life of the hardware, the supply; and, on a line of their own, certificates and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.advice.action import Action, Saved, by_spread
from wattgram.report.figures import energy, mass
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.advice import Situation

__all__ = ["certificates", "clean_supply", "offsets", "pue", "service_life"]

CLEAN_FUELS = ("wind", "solar")
CLEAN_SOURCE = "ipcc-ar5-2014"


def _share(case: Situation, saved: Saved) -> float | None:
    return (
        saved.central / case.figure.central
        if isinstance(case.figure, Value) and case.figure.central
        else None
    )


def pue(case: Situation) -> Action:
    """A better machine room: a PUE as hyperscalers have it.

    saved = M_operational * (1 - PUE' / PUE)
    """
    title = "Run in a more efficient machine room"
    footprint = case.footprint
    now, best = footprint.assembled.factors.pue, footprint.catalog.default("pue-hyperscaler")
    if not isinstance(footprint.operational, Value):
        return Action("pue", title, "There is no operational figure.", None, "high", best.sources)
    effort = "medium" if case.provider else "high"
    if now.central <= best.central:
        text = f"The PUE is {now.central:.3g} already."
        return Action("pue", title, text, Saved(0.0, 0.0, 0.0), effort, best.sources, 0.0)
    without = footprint.operational * now.certain() ** -1.0
    if now.low_sq + now.high_sq > 0:  # the spread of the PUE is moved on its own, below
        operational = footprint.operational
        without = Value.from_deviations(
            operational.central / now.central,
            max(operational.low_sq - now.low_sq, 0.0),
            max(operational.high_sq - now.high_sq, 0.0),
        )
    saved = by_spread(
        lambda per_pue, now, best: per_pue * (now - best), per_pue=without, now=now, best=best.certain()
    )
    text = (
        f"A PUE of {best.central:.3g}, as hyperscale operators have it, in place of {now.central:.3g}: free cooling, warmer "
        "aisles, or another room."
    )
    return Action(
        "pue",
        title,
        text,
        saved,
        effort,
        tuple(dict.fromkeys((*best.sources, *now.sources))),
        _share(case, saved),
    )


def service_life(case: Situation) -> Action:
    """Longer service: the making of the hardware over more years.

    saved = M_embodied * (1 - life / life')
    """
    title = "Keep the hardware in service longer"
    footprint = case.footprint
    life = footprint.assembled.factors.service_life_years
    if not isinstance(footprint.embodied, Value):
        text = "Nothing is known of the making of this hardware, or it is left out."
        return Action("service-life", title, text, None, "medium", ())
    longer = float(case.life_years) if case.life_years is not None else float(life.high)
    if longer <= life.central:
        text = f"{longer:g} years are no more than the {life.central:g} assumed."
        return Action("service-life", title, text, Saved(0.0, 0.0, 0.0), "medium", life.sources, 0.0)
    whole = footprint.embodied.central * life.central
    saved = by_spread(
        lambda making, life: making / life - making / max(longer, life),
        making=Value.from_deviations(whole, footprint.embodied.low_sq, footprint.embodied.high_sq),
        life=life.certain(),
    )
    text = (
        f"{longer:g} years in place of {life.central:g}: {mass(footprint.embodied.central)} of making falls to "
        f"{mass(whole / longer)}. Older devices draw more for the same work, which is not in this figure."
    )
    return Action("service-life", title, text, saved, "medium", life.sources, _share(case, saved))


def clean_supply(case: Situation) -> Action | None:
    """Wind or solar power of one's own, for infrastructure of one's own; None in a rented cloud region.

    saved = E * (I_grid - I_clean)
    """
    footprint = case.footprint
    if case.provider:
        return None
    title = "Supply the machine room with wind or solar power"
    intensity = footprint.assembled.factors.intensity_g_per_kwh
    if not isinstance(intensity, Value) or not isinstance(footprint.operational, Value):
        return Action("clean-supply", title, "There is no operational figure.", None, "high", (CLEAN_SOURCE,))
    rows = {
        row["fuel"]: float(row["lifecycle_g_per_kwh"])
        for row in footprint.catalog.table("fuels").all_rows()
        if row["source_id"] == CLEAN_SOURCE and row["fuel"] in CLEAN_FUELS
    }
    wind, solar = (rows[name] for name in CLEAN_FUELS)
    clean = Value(wind, wind, max(wind, solar), "g/kWh")
    if intensity.central <= solar:
        text = f"The grid is at {intensity.central:.3g} g/kWh already."
        return Action("clean-supply", title, text, Saved(0.0, 0.0, 0.0), "high", (CLEAN_SOURCE,), 0.0)
    saved = by_spread(
        lambda energy, grid, clean: energy * (grid - clean) / 1000,
        energy=footprint.energy,
        grid=intensity,
        clean=clean,
    )
    text = (
        f"Wind at {wind:g} or solar at {solar:g} g/kWh (life-cycle medians) in place of {intensity.central:.3g}, as far as it "
        "is drawn in the hour it is made; certificates bought apart from the power are not this."
    )
    return Action(
        "clean-supply", title, text, saved, "high", (CLEAN_SOURCE, *intensity.sources), _share(case, saved)
    )


# --- apart: no kilogram of the run's own ----------------------------------------------------------------------------


def certificates(case: Situation) -> Action | None:
    """Certificates: what they would change, which is the market-based line alone; None where that is 0 already."""
    footprint = case.footprint
    market = footprint.market
    if isinstance(market, Value) and not market.central:
        return None
    now = f"The market-based line is {mass(market.central)} now. " if isinstance(market, Value) else ""
    text = (
        f"Certificates for {energy(footprint.energy.central)} of the same grid and year would set the market-based line "
        f"to 0 and leave the location-based one as it is. {now}Prefer contracts that build new supply, hour by hour."
    )
    return Action(
        "certificates", "Buy certificates", text, None, "low", ("ghg-protocol-scope-2",), separate=True
    )


def offsets(case: Situation) -> Action:
    """Offsets: the last line, and no saving."""
    amount = f"{mass(case.figure.central)} CO2e" if isinstance(case.figure, Value) else "the rest"
    text = (
        f"What is left, {amount}, can be offset; that pays for reductions elsewhere, of uncertain worth, and takes nothing "
        "off this run."
    )
    return Action("offsets", "Offset what is left", text, None, "low", ("lacoste-2019",), separate=True)
