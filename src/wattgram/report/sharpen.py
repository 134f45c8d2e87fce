"""Which input would sharpen the answer most, and by how much: the sentence of every report, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.report.figures import LABELS, span
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["WHOLES", "Sharper", "sharper", "spread_line", "what_would_help", "whole"]

_SAY = {
    "rated_power_w": "Measure the energy",
    "system_power_w": "Measure the energy",
    "measured_energy_kwh": "Measure the energy again",
    "host_power_w": "Measure the energy of the node",
    "duration_h": "State the duration",
    "intensity_g_per_kwh": "State the intensity of the hours it ran",
    "slots_kg": "Give the embodied emissions of the hardware in an overlay",
    "service_life_years": "Give the service life of the hardware in an overlay",
    "utilisation": "Give the utilisation of the hardware in an overlay",
}
_SAY_AFTER = {
    ("rated_power_w", "ambiguous-hardware"): "Name the exact device",
    ("intensity_g_per_kwh", "large-country"): "Name the city, state, grid zone or cloud region",
    ("intensity_g_per_kwh", "several-zones"): "Name the city or grid zone",
    ("intensity_g_per_kwh", "ambiguous-place"): "Name the exact place",
    ("intensity_g_per_kwh", "intensity-year"): "State the intensity of that year",
}
"""What to say of a factor where a warning says why it is uncertain."""


_LEAVES_SOME = frozenset(say for (name, _), say in _SAY_AFTER.items() if name == "intensity_g_per_kwh")
"""What leaves the hour unknown: the place named, the yearly figure still has a range."""


WHOLES = {"total": "total", "operational": "operational emissions", "energy": "energy"}
"""What the shares of the factors are shares of: the spread of this figure."""


def whole(footprint: Footprint) -> tuple[Value, str]:
    """The figure whose spread the shares divide, and its key in WHOLES: the total where there is one with a making."""
    if isinstance(footprint.total, Value):
        return footprint.total, "total" if isinstance(footprint.embodied, Value) else "operational"
    if isinstance(footprint.operational, Value):
        return footprint.operational, "operational"
    return footprint.energy, "energy"


def spread_line(footprint: Footprint) -> str:
    """What the column of shares means; empty where nothing is uncertain."""
    if not any(factor.share for factor in footprint.factors):
        return ""
    return f"Spread: the part of each factor in the 90 % range of the {WHOLES[whole(footprint)[1]]}."


class Sharper(NamedTuple):
    """The one input that would narrow the range most."""

    name: str
    """The factor, by its name in JSON."""
    share: float
    """Its share of the squared deviation of the result [1]."""
    now: float
    """The range as a factor either way, sqrt(high / low) [1]."""
    then: float
    """The same if this factor were known exactly [1]."""
    text: str
    """The sentence."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return self._asdict()


def sharper(footprint: Footprint) -> Sharper | None:
    """The factor whose knowledge would narrow the range of the total most; None where nothing is uncertain.

    The range is that of the total, of the operational emissions where there is no total, else of the energy: the same
    that the shares divide.
    """
    uncertain = [factor for factor in footprint.factors if factor.share > 0]
    if not uncertain:
        return None
    most = min(uncertain, key=lambda factor: factor.narrowed)
    target, of_what = whole(footprint)
    if not target.low:
        return None
    now, then = span(target), most.narrowed**0.5
    codes = [notice.code for notice in footprint.warnings]
    said = [_SAY_AFTER[most.name, code] for code in codes if (most.name, code) in _SAY_AFTER]
    say = said[0] if said else _SAY.get(most.name, f"State the {LABELS[most.name]}")
    best = " at best" if say in _LEAVES_SOME else ""
    text = f"{say}, and the range of the {WHOLES[of_what]} narrows from ×/÷{now:.2f} to ×/÷{then:.2f}{best} ({most.share:.0%} of its spread)."
    return Sharper(most.name, most.share, now, then, text)


def what_would_help(footprint: Footprint) -> str:
    """The input that would sharpen the answer most, as a sentence; empty where nothing is uncertain."""
    found = sharper(footprint)
    return found.text if found else ""
