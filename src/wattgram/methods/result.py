"""MethodResult: what one method gives for a run, and how a power becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram import formula
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint
    from wattgram.resolve.device import Device

__all__ = ["Method", "MethodResult", "memory_gb", "no_figure", "result_of", "stated"]


class Method(NamedTuple):
    """A method: its name, where it is published, and what it takes into account and leaves out."""

    name: str
    citation: str
    why: str


class MethodResult(NamedTuple):
    """What one method gives for a run, and what it rests on."""

    method: str
    citation: str
    energy_kwh: Value | Unknown
    operational_kg: Value | Unknown
    embodied_kg: Value | Unknown
    """UNKNOWN where the method counts none."""
    total_kg: Value | Unknown
    factors: tuple[tuple[str, Value], ...]
    """The constants and inputs that entered, by name."""
    why: str
    """What it takes into account and what it leaves out, in one sentence."""
    missing: str
    """Why there is no figure, or what of the run it could not count; empty where it has all."""

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON has it; null where the method gives no figure."""
        return {
            "method": self.method,
            "citation": self.citation,
            "energy_kwh": self.energy_kwh.to_dict(),
            "operational_kg": self.operational_kg.to_dict(),
            "embodied_kg": self.embodied_kg.to_dict(),
            "total_kg": self.total_kg.to_dict(),
            "factors": [
                {"name": name, **value.to_dict(), "unit": value.unit, "source": "|".join(value.sources)}
                for name, value in self.factors
            ],
            "why": self.why,
            "missing": self.missing or None,
        }


def no_figure(method: Method, missing: str) -> MethodResult:
    """A method that cannot tell, and why."""
    return MethodResult(
        method.name, method.citation, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, (), method.why, missing
    )


def result_of(
    footprint: Footprint,
    method: Method,
    power_w: Any,
    hours_h: float,
    factors: dict[str, Value],
    missing: str,
    embodied: Value | Unknown = UNKNOWN,
) -> MethodResult:
    """Energy [kWh] and emissions [kg CO2e] of a power at the facility meter [W] for a time [h], at the intensity of the run; without ranges."""
    intensity = footprint.assembled.factors.intensity_g_per_kwh
    if isinstance(intensity, Value):
        factors["intensity_g_per_kwh"] = intensity.certain()
    energy = formula.energy_kwh(power_w, hours_h).certain().as_unit("kWh")
    operational = formula.operational_kg(energy, intensity.certain()).as_unit("kg")
    total = operational + embodied if isinstance(embodied, Value) else operational
    entered = tuple(factors.items())
    return MethodResult(
        method.name, method.citation, energy, operational, embodied, total, entered, method.why, missing
    )


def stated(figure: float | None, unit: str) -> Value | None:
    """A figure the user gave [as `unit` says]; None where none was given."""
    return None if figure is None else Value(figure, unit=unit, reason="stated")


def memory_gb(devices: tuple[Device, ...]) -> float:
    """Memory of all parts that are memory [GB]."""
    return float(sum(device.memory_gb * device.number for device in devices))
