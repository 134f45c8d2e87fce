"""Paper: the factors of the paper's own method (Lacoste et al. 2019), on the calculator's tables where they have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.calculator import calculator_power_w, calculator_region
from wattgram.chain import Factors
from wattgram.errors import InputError
from wattgram.resolve import Hardware, Notice, PlaceWord
from wattgram.resolve.fill import fill_overhead
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.run import Run

__all__ = ["lacoste2019_factors", "paper_words"]


def paper_words(
    hardware: Hardware, place: PlaceWord | None, intensity: Value | Unknown, run: Run, catalog: Catalog
) -> tuple[float, float | Unknown, str, float | None]:
    """Power [W] and intensity [g CO2e/kWh] as the 2019 calculator has them, where it has both; else those of the catalog."""
    computing = [d for d in hardware.devices if d.kind in ("accelerator", "processor")][:1]
    of_page = (
        calculator_power_w(computing[0].record.id, catalog)
        if len(hardware.devices) == 1 and computing and computing[0].record is not None
        else None
    )
    region = calculator_region(place.provider, place.region, catalog) if place and place.provider else None
    stated_intensity = run.intensity_g_per_kwh is not None or (
        place is not None and place.kind == "intensity"
    )
    offset = region.offset_percent if region else None
    if of_page is not None and region and not stated_intensity:
        return of_page * hardware.device_count, region.intensity_g_per_kwh, "calculator", offset
    plain = intensity.central if isinstance(intensity, Value) else UNKNOWN
    return hardware.rated_power_w.central, plain, "catalog", offset


def lacoste2019_factors(
    run: Run,
    hardware: Hardware,
    duration: Value | Unknown,
    intensity: Value | Unknown,
    paper: tuple[float, float | Unknown, str, float | None],
    catalog: Catalog,
    notices: list[Notice],
) -> Factors:
    """The preset: the same factors at the power [W] and intensity [g CO2e/kWh] of `paper`, with load, overhead and PUE 1 by
    definition and nothing embodied.
    """
    for name in ("load", "overhead", "pue"):
        if getattr(run, name) is not None:
            text = f"{name} {getattr(run, name):g} was stated and stands in place of the paper's 1"
            notices.append(Notice("stated-overrides-method", text))
    if run.measured_energy_kwh is not None:
        raise InputError(
            "method", run.method, "it starts from rated power; a measured energy goes with method full"
        )
    power_w, intensity_g, basis, _ = paper
    page = "the 2019 calculator's own table"
    if basis == "calculator":
        source = ("mlco2-impact-2026-03",)
        rated = Value(power_w, unit="W", origin="catalog", sources=source, reason=page)
        grid: Value | Unknown = Value(
            intensity_g, unit="g/kWh", origin="catalog", sources=source, reason=page
        )
    else:
        rated, grid = hardware.rated_power_w.certain(), intensity.certain()
    one: dict[str, Any] = {
        name: fill_overhead(getattr(run, name), catalog.default(f"method-lacoste2019-{name}", "1"))
        for name in ("load", "overhead", "pue")
    }
    return Factors(
        rated_power_w=rated,
        host_power_w=Value(0.0, unit="W"),
        system_power_w=UNKNOWN,
        use_system_power=False,
        duration_h=duration,
        intensity_g_per_kwh=grid,
        slots_kg=UNKNOWN,
        service_life_years=catalog.default("service-life-years"),
        utilisation=catalog.default("utilisation-over-life"),
        hours_per_year=catalog.figure("hours-per-year"),
        embodied=False,
        **one,
    )
