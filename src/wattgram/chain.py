"""The chain of docs/method.md: the factors of one run (or of a table of runs), and what the formula makes of them.

The factors are `Value`s; inside them are floats or columns. Nothing here looks anything up.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from wattgram import flop, formula
from wattgram.value import UNKNOWN, Unknown, Value, known, where

__all__ = ["Factors", "Results", "chain", "chain_elsewhere", "lacoste2019_kg"]


class Factors(NamedTuple):
    """Every factor of the product, each with its own range."""

    rated_power_w: Value
    load: Value
    host_power_w: Value
    overhead: Value
    system_power_w: Value | Unknown
    use_system_power: Any
    """True where the published system power stands in place of power, load and overhead."""
    duration_h: Value | Unknown
    pue: Value
    intensity_g_per_kwh: Value | Unknown
    slots_kg: Value | Unknown
    service_life_years: Value
    utilisation: Value
    hours_per_year: float
    wue_l_per_kwh: Value | Unknown = UNKNOWN
    matched_share: float | Unknown = UNKNOWN
    residual_g_per_kwh: Value | Unknown = UNKNOWN
    measured_energy_kwh: Value | Unknown = UNKNOWN
    measured_scope: Any = ""
    """device, it or facility: a word, or a column of words."""
    embodied: bool = True
    training_flop: Value | Unknown = UNKNOWN
    """Work from which the duration follows, in place of a stated one."""
    peak_tflop_per_s: Value | Unknown = UNKNOWN
    mfu: Value | Unknown = UNKNOWN


class Results(NamedTuple):
    """What comes out, each with its range; UNKNOWN where a factor is."""

    device_power_w: Any
    it_power_w: Any
    it_energy_kwh: Any
    energy_kwh: Any
    operational_kg: Any
    market_kg: Any
    embodied_kg: Any
    total_kg: Any
    water_l: Any
    duration_h: Any = UNKNOWN


def chain(f: Factors) -> Results:
    """Energy, emissions, embodied share, total and water of the factors (docs/method.md, "The chain").

    A measured energy takes the place of the modelled one at its scope: `device` is still multiplied by overhead and
    PUE, `it` by PUE, `facility` by nothing; IT energy (for water) is then facility energy over PUE.
    """
    device_power = formula.device_power_w(f.rated_power_w, f.load)
    modelled = formula.it_power_w(device_power, f.host_power_w, f.overhead)
    it_power = where(f.use_system_power, f.system_power_w, modelled)
    duration = _duration(f)
    it_energy = formula.energy_kwh(it_power, duration)
    energy = formula.facility_energy_kwh(it_energy, f.pue)
    if not isinstance(f.measured_energy_kwh, Unknown):
        measured, (it_measured, facility_measured) = known(f.measured_energy_kwh), _measured(f)
        it_energy, energy = (
            where(measured, it_measured, it_energy),
            where(measured, facility_measured, energy),
        )
    operational = formula.operational_kg(energy, f.intensity_g_per_kwh)
    market = formula.market_based_kg(energy, f.matched_share, f.residual_g_per_kwh)
    embodied = formula.embodied_kg(
        f.slots_kg, duration, f.hours_per_year, f.service_life_years, f.utilisation
    )
    total = operational
    if f.embodied:
        total = formula.total_kg(operational, embodied)
        if isinstance(f.measured_energy_kwh, Unknown) and _uncertain(duration) and isinstance(total, Value):
            total = _of_shared_duration(f, it_power, duration)
    return Results(
        device_power.as_unit("W"),
        it_power.as_unit("W"),
        it_energy.as_unit("kWh"),
        energy.as_unit("kWh"),
        operational.as_unit("kg"),
        market.as_unit("kg"),
        embodied.as_unit("kg") if f.embodied else UNKNOWN,
        total.as_unit("kg"),
        formula.water_l(it_energy, f.wue_l_per_kwh).as_unit("L"),
        duration,
    )


def chain_elsewhere(f: Factors, base: Results) -> Results:
    """`chain(f)` for the factors of `base` at another place: what is upstream of the facility's meter is taken from there.

    Only PUE, intensity, water and claims may differ, and nothing be measured.
    """
    energy = formula.facility_energy_kwh(base.it_energy_kwh, f.pue)
    operational = formula.operational_kg(energy, f.intensity_g_per_kwh)
    total = operational
    if f.embodied:
        total = formula.total_kg(operational, base.embodied_kg)
        if _uncertain(base.duration_h) and isinstance(total, Value):
            total = _of_shared_duration(f, base.it_power_w, base.duration_h)
    return base._replace(
        energy_kwh=energy.as_unit("kWh"),
        operational_kg=operational.as_unit("kg"),
        market_kg=formula.market_based_kg(energy, f.matched_share, f.residual_g_per_kwh).as_unit("kg"),
        total_kg=total.as_unit("kg"),
        water_l=formula.water_l(base.it_energy_kwh, f.wue_l_per_kwh).as_unit("L"),
    )


def _duration(f: Factors) -> Any:
    """The stated duration, or the one that the work, the rate and its share of use give."""
    if isinstance(f.training_flop, Unknown):
        return f.duration_h
    return flop.device_hours_h(f.training_flop, f.peak_tflop_per_s, f.mfu).as_unit("h")


def _uncertain(duration: Any) -> bool:
    """Whether the hours have a range; those of a table never do, they are stated."""
    return (
        isinstance(duration, Value)
        and isinstance(duration.low_sq, float)
        and duration.low_sq + duration.high_sq > 0
    )


def _of_shared_duration(f: Factors, it_power: Any, duration: Any) -> Any:
    """Total of a run of uncertain length: more hours raise both terms alike, so the length is multiplied last."""
    hours = duration.certain()
    energy = formula.facility_energy_kwh(formula.energy_kwh(it_power, hours), f.pue)
    total = formula.total_kg(
        formula.operational_kg(energy, f.intensity_g_per_kwh),
        formula.embodied_kg(f.slots_kg, hours, f.hours_per_year, f.service_life_years, f.utilisation),
    )
    return total * Value.from_deviations(1.0, duration.low_sq, duration.high_sq)


def _measured(f: Factors) -> tuple[Any, Any]:
    measured, at_facility = f.measured_energy_kwh, f.measured_scope == "facility"
    it_energy = where(f.measured_scope == "device", measured * f.overhead, measured)
    return (
        where(at_facility, measured * f.pue**-1.0, it_energy),
        where(at_facility, measured, formula.facility_energy_kwh(it_energy, f.pue)),
    )


def lacoste2019_kg(rated_power_w: Any, duration_h: Any, intensity_g_per_kwh: Any) -> Any:
    """The figure of the paper's own method: the same formula with load, overhead and PUE 1 and no embodied share.

    M = TDP * t * I

    Parameters
    ----------
    rated_power_w : TDP of all devices together [W]
    duration_h : time [h]
    intensity_g_per_kwh : intensity of the region [g CO2e/kWh]

    Returns
    -------
    emissions [kg CO2e]

    References
    ----------
    Lacoste, Luccioni, Schmidt, Dandres 2019, arXiv:1910.09700
    """
    power = formula.it_power_w(formula.device_power_w(rated_power_w, 1.0), 0.0, 1.0)
    energy = formula.facility_energy_kwh(formula.energy_kwh(power, duration_h), 1.0)
    return formula.operational_kg(energy, intensity_g_per_kwh)
