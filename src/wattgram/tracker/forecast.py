"""What a run will come to: progress so far, stretched to the whole, with the range that the parts so far show.

E_total = E_so_far / fraction        each further part costs what the mean part cost, within their own spread
"""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from wattgram.errors import InputError
from wattgram.run import check_number
from wattgram.value import UNKNOWN, Z_90, Unknown, Value

__all__ = ["Budget", "Prediction", "parse_budget", "predicted"]

MOST = 1e12
_BUDGET = r"(?i:\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:(mg|g|kg|t)(?:\s*co2?₂?\s*e?q?)?|([kM]?Wh))\s*)"
_KG = {"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3}
_KWH = {"wh": 1e-3, "kwh": 1.0, "mwh": 1e3}


class Prediction(NamedTuple):
    """The total to expect, each figure with its range; UNKNOWN where it cannot be said."""

    fraction: float | None
    """How much of the run is done [1]; None where nobody said."""
    duration_h: Value | Unknown
    measured_energy_kwh: Value | Unknown
    """What the meters and models will have by then [kWh]."""
    energy_kwh: Value | Unknown
    """At the facility meter [kWh]."""
    operational_kg: Value | Unknown


class Budget(NamedTuple):
    """A limit on the operational emissions or on the facility energy of a run."""

    amount: float
    unit: str
    """`kg` or `kWh`"""
    text: str


def parse_budget(given: str | float | None) -> Budget | None:
    """A budget from `5 kg`, `500 g`, `10 kWh`; a bare number is a mass [kg CO2e].

    Raises
    ------
    InputError : anything else
    """
    if given is None:
        return None
    if isinstance(given, (int, float)):
        return Budget(check_number("budget", given, 0, MOST, "kg", above=True), "kg", f"{given:g} kg")
    match = re.fullmatch(_BUDGET, str(given))
    if match is None:
        raise InputError("budget", given, "write an amount with its unit, as in '5 kg', '500 g' or '10 kWh'")
    number = float(match[1])
    amount = number * (_KG[match[2].lower()] if match[2] else _KWH[match[3].lower()])
    check_number("budget", amount, 0, MOST, "kg" if match[2] else "kWh", above=True)
    return Budget(amount, "kg" if match[2] else "kWh", given.strip())


def stretched(total: float, parts: list[float], fraction: float, unit: str) -> Value:
    """A quantity that is `total` after `fraction` of the run, at its end.

    Parameters
    ----------
    total : so far [unit]
    parts : of each finished part [unit]; their spread is that of the parts to come
    fraction : how much is done [1]
    unit : the unit
    """
    central = total / fraction
    count = len(parts)
    if fraction >= 1 or count < 2 or not total:  # noqa: PLR2004 - one part has no spread
        spread = 0.0 if fraction >= 1 else 1 - fraction
    else:
        mean = sum(parts) / count
        variance = sum((one - mean) ** 2 for one in parts) / (count - 1)
        to_come = count * (1 - fraction) / fraction
        # error of the mean of the parts so far, carried to each part to come, and their own scatter
        deviation = math.sqrt(variance * (to_come**2 / count + to_come))
        spread = Z_90 * deviation / central
    return Value(
        central, max(central / (1 + spread), min(total, central)), central * (1 + spread), unit, "derived"
    )


def predicted(
    fraction: float | None,
    so_far: Any,
    hours: float,
    parts: list[tuple[float, float]],
    footprint: Any,
) -> Prediction:
    """The prediction from what is known.

    Parameters
    ----------
    fraction : how much is done [1]; None where nobody said
    so_far : measured energy so far, with its range [kWh]
    hours : time so far [h]
    parts : hours [h] and energy [kWh] of each finished part
    footprint : the footprint so far, whose factors hold for the rest too
    """
    if not fraction or not isinstance(so_far, Value) or not so_far.central or footprint is None:
        return Prediction(fraction or None, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    fraction = min(fraction, 1.0)
    duration = stretched(hours, [one[0] for one in parts], fraction, "h")
    raw = stretched(so_far.central, [one[1] for one in parts], fraction, "kWh")
    growth = raw * (1 / so_far.central)
    energy = (so_far * growth).as_unit("kWh")
    facility = (footprint.energy * growth).as_unit("kWh")
    carbon = footprint.operational * growth if isinstance(footprint.operational, Value) else UNKNOWN
    return Prediction(fraction, duration, energy, facility, carbon.as_unit("kg"))
