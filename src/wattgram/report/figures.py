"""Figures as people read them: rounded by significant digits on display only, never in the arithmetic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = [
    "DIGITS",
    "ENERGY_WAS",
    "LABELS",
    "MASS_DIGITS",
    "development_line",
    "energy",
    "energy_range",
    "figure",
    "how_long",
    "label_of",
    "mass",
    "mass_range",
    "origin_word",
    "quantity",
    "range_text",
    "reading",
    "span",
    "worked_line",
]

LABELS = {
    "training_flop": "training compute",
    "peak_tflop_per_s": "peak rate",
    "mfu": "MFU",
    "device_hours_h": "device-hours",
    "rated_power_w": "rated power",
    "load": "load",
    "host_power_w": "host power",
    "overhead": "server overhead",
    "system_power_w": "system power",
    "measured_energy_kwh": "measured energy",
    "duration_h": "duration",
    "pue": "PUE",
    "intensity_g_per_kwh": "grid intensity",
    "slots_kg": "making of hardware",
    "service_life_years": "service life",
    "utilisation": "utilisation",
    "device_power_w": "device power",
    "it_power_w": "IT power",
    "it_energy_kwh": "IT energy",
    "energy_kwh": "facility energy",
    "operational_kg": "operational",
    "embodied_kg": "embodied",
    "total_kg": "total",
}
"""The field's words for every quantity."""

_UNITS: dict[str, tuple[tuple[float, float, str], ...]] = {
    "kg": (
        (1e-7, 1e9, "µg"),
        (1e-3, 1e6, "mg"),
        (1.0, 1e3, "g"),
        (1e3, 1.0, "kg"),
        (1e6, 1e-3, "t"),
        (1e9, 1e-6, "kt"),
        (math.inf, 1e-9, "Mt"),
    ),
    "kWh": (
        (1e-7, 1e9, "µWh"),
        (1e-4, 1e6, "mWh"),
        (1.0, 1e3, "Wh"),
        (1e4, 1.0, "kWh"),
        (1e7, 1e-3, "MWh"),
        (1e10, 1e-6, "GWh"),
        (math.inf, 1e-9, "TWh"),
    ),
    "W": ((1.0, 1e3, "mW"), (1e4, 1.0, "W"), (1e7, 1e-3, "kW"), (1e10, 1e-6, "MW"), (math.inf, 1e-9, "GW")),
    "h": ((1 / 3.6e6, 3.6e6, "ms"), (1 / 60, 3600.0, "s"), (0.1, 60.0, "min"), (math.inf, 1.0, "h")),
}
"""Of each unit: below how many of it another is taken, how many of that one make it, and its name. Figures stay what they are:
JSON, CSV and every calculation have the first unit."""
MASS_DIGITS, DIGITS, LONG_DIGITS = 3, 4, 6
ORIGIN_WORDS = {"given": "stated"}
"""How reports name an origin where they do not call it as JSON does: what the user said is stated, in every sentence."""


def origin_word(value: Value) -> str:
    """Where a value comes from, in the word that reports have for it."""
    return ORIGIN_WORDS.get(value.origin, value.origin)


def reading(central: float, unit: str, digits: int = DIGITS) -> tuple[float, str]:
    """Factor [1] and unit in which an amount [as `unit` says] reads best; the choice is made on the rounded figure (999.96 Wh is 1 kWh)."""
    if unit not in _UNITS or central == 0:
        return 1.0, unit
    rounded = float(f"{central:.{digits}g}")
    return next((factor, name) for below, factor, name in _UNITS[unit] if rounded < below)


def figure(x: float, digits: int = 3) -> str:
    """A figure [as the caller writes beside it] to some significant digits, with thousands separated: 0.0123, 1.23, 123, 12,300."""
    if x == 0:
        return "0"
    text = f"{x:.{digits}g}"
    if "e" in text and 1e-4 <= abs(x) < 1e9:  # noqa: PLR2004 - beyond these an exponent is easier to read
        return f"{float(text):,.0f}" if abs(x) >= 1 else f"{float(text):.10f}".rstrip("0")
    return text if "e" in text else f"{float(text):,.{len(text.partition('.')[2])}f}"


def mass(kg: float | None) -> str:
    """A mass [kg CO2e] in the unit in which it reads best: `213 kg`, `1.2 t`, `3.4 g`; `unknown` for None."""
    if kg is None:
        return "unknown"
    factor, unit = reading(kg, "kg", MASS_DIGITS)
    return f"{figure(kg * factor)} {unit}"


def mass_range(value: Value | Unknown) -> str:
    """Low to high of a mass in the unit of its central figure."""
    if isinstance(value, Unknown):
        return ""
    factor, unit = reading(value.central, "kg", MASS_DIGITS)
    return f"{figure(value.low * factor)} to {figure(value.high * factor)} {unit}"


def quantity(value: Value | Unknown) -> str:
    """A value with its unit."""
    if isinstance(value, Unknown):
        return "unknown"
    if value.unit == "kg":
        return mass(value.central)
    factor, name = reading(value.central, value.unit)
    unit = "" if name in ("", "1") else f" {name}"
    if unit == " year" and value.central != 1:
        unit = " years"
    return f"{figure(value.central * factor, DIGITS).replace('e+', 'e')}{unit}"


def energy(kwh: float | None) -> str:
    """An energy [kWh] in the unit in which it reads best: `1.23 kWh`, `11.7 mWh`; `unknown` for None."""
    if kwh is None:
        return "unknown"
    factor, unit = reading(kwh, "kWh", MASS_DIGITS)
    return f"{figure(kwh * factor)} {unit}"


def energy_range(value: Value | Unknown) -> str:
    """Low to high of an energy in the unit of its central figure."""
    return "" if isinstance(value, Unknown) else f"{range_text(value)} {reading(value.central, 'kWh')[1]}"


def range_text(value: Value | Unknown) -> str:
    """`0.60 to 0.95`, in the unit of the figure as `quantity` prints it, or nothing for a certain value."""
    if isinstance(value, Unknown) or value.low_sq + value.high_sq == 0:
        return ""
    if value.unit == "kg":
        return mass_range(value)
    factor = reading(value.central, value.unit)[0]
    return f"{figure(value.low * factor)} to {figure(value.high * factor)}".replace("e+", "e")


def span(value: Value) -> float:
    """Width of a range as a factor either way: sqrt(high / low) [1]."""
    return float((value.high / value.low) ** 0.5) if value.low else 1.0


def how_long(footprint: Footprint, otherwise: str = "duration not stated") -> str:
    """The user's second word: the hours of a run, or the work they follow from."""
    training = footprint.assembled.training
    if training is not None:
        return quantity(training.flop)
    hours = footprint.duration.central
    if hours is None:
        return otherwise
    factor, unit = reading(hours, "h", LONG_DIGITS)
    return f"{figure(hours * factor, LONG_DIGITS)} {unit}"


def worked_line(footprint: Footprint) -> str:
    """What the work takes, as a sentence; empty where the hours were stated."""
    if footprint.assembled.training is None:
        return ""
    hours, wall = footprint.device_hours, footprint.duration
    count = footprint.assembled.hardware.device_count
    said = f"{figure(hours.central or 0.0)} device-hours{_in_brackets(range_text(hours))}"
    if count == 1:
        return f"{said} for the work; with a count of devices there would be a wall time."
    return f"{said} for the work: {figure(wall.central or 0.0)} h on {count:,.10g} devices{_in_brackets(range_text(wall))}."


def _in_brackets(span_text: str) -> str:
    return f" (90 %: {span_text})" if span_text else ""


def development_line(footprint: Footprint) -> str:
    """The run with those that failed or tuned for it, as a sentence; empty where it was not asked for."""
    whole = footprint.development
    if whole is None:
        return ""
    parts = [f"{quantity(whole['energy_kwh'])}"]
    for name in ("operational_kg", "total_kg"):
        value = whole[name]
        if isinstance(value, Value):
            parts.append(
                f"{mass(value.central)} CO2e {LABELS[name]}{_in_brackets(mass_range(value) if value.low_sq + value.high_sq else '')}"
            )
    return (
        f"With development (failed and tuning runs, stated as × {figure(footprint.run.development or 1.0)}): {', '.join(parts)}; "
        "not in the figures above."
    )


def label_of(name: str, value: Value) -> str:
    """The word for a quantity; an energy that no sensor read is never called measured."""
    if name == "measured_energy_kwh" and value.origin != "measured":
        return "modelled energy" if value.origin == "assumed" else "tracked energy"
    return LABELS[name]


ENERGY_WAS = {"measured": "measured", "assumed": "modelled", "derived": "measured in part, modelled in part"}
"""How the energy of a run came about, by the origin of its value."""
