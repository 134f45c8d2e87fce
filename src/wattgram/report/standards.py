"""Standards: the lines that the GHG Protocol and the Software Carbon Intensity ask of a statement, each safe in its units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.report.figures import figure, mass, mass_range
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["ghg_line", "large_count", "rate_text", "score_line", "score_name"]

SHOWN_PER = {
    "token": (1e6, "million tokens"),
    "parameter": (1e9, "billion parameters"),
    "request": (1e3, "thousand requests"),
    "flop": (1e18, "EFLOP"),
}
"""Of each functional unit, how many a score is shown per, and their name: one scale each, so no two are mixed up."""
GRAMS_PER_KG = 1e3


def ghg_line(footprint: Footprint) -> str:
    """Scope 2 of the GHG Protocol in its two ways, side by side; empty where the place is unknown."""
    if not isinstance(footprint.operational, Value):
        return ""
    market = footprint.market
    if isinstance(market, Value):
        second = f"market-based {mass(market.central)} CO2e, by the provider's claim; it is not subtracted"
    else:
        second = "market-based not known, as no claim is"
    return f"GHG Protocol, Scope 2: location-based {mass(footprint.operational.central)} CO2e; {second}."


def _scaled(value: Value, per: str) -> Value:
    """A score [g per unit] in kg per as many units as it is shown for."""
    scaled: Value = value * (SHOWN_PER[per][0] / GRAMS_PER_KG)
    return scaled


def rate_text(g_per_unit: Value, per: str) -> str:
    """A score as people read it: `130 g CO2e per million tokens`.

    Parameters
    ----------
    g_per_unit : emissions of one unit [g CO2e]
    per : the unit: token, parameter, request or flop
    """
    return f"{mass(_scaled(g_per_unit, per).central)} CO2e per {SHOWN_PER[per][1]}"


def large_count(units: float) -> str:
    """A number of units [1] in words: `300 billion`, `1,000`, `3.15e+23`."""
    for size, word in ((1e15, ""), (1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if units >= size:
            return f"{figure(units / size, 6)}{word}" if word else f"{units:.6g}"
    return figure(units, 6)


def score_name(footprint: Footprint) -> str:
    """What a score is called: the standard, and whose score it is."""
    found = footprint.score
    return "" if found is None else f"SCI (ISO/IEC 21031:2024), {found.role} score of SCI for AI"


def score_line(footprint: Footprint) -> str:
    """The score in one sentence, with its range and what it is made of; empty where none was asked for."""
    found = footprint.score
    if found is None:
        return ""
    name = score_name(footprint)
    if not isinstance(found.g_per_unit, Value):
        lacks = "the place" if not isinstance(found.operational_kg, Value) else "the making of the hardware"
        return f"{name}: not known, as {lacks} is not."
    value = found.g_per_unit
    span = f" (90 %: {mass_range(_scaled(value, found.per))})" if value.low_sq + value.high_sq else ""
    units = f"{large_count(found.units)} {'FLOP' if found.per == 'flop' else found.per + 's'}"
    runs = ""
    if found.development is not None:
        runs = f", failed and tuning runs included (× {found.development:g})"
    elif found.role == "provider":
        runs = "; failed and tuning runs, which the score counts, were not stated"
    return (
        f"{name}: {rate_text(value, found.per)}{span}: {mass(found.operational_kg.central)} location-based and "
        f"{mass(found.embodied_kg.central)} of hardware (by its time alone, without utilisation, as the standard has it) over {units}{runs}."
    )
