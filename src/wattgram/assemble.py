"""Assemble: one run's words and blanks into the factors of the product, with the reason for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.calculator import calculator_power_w, calculator_region
from wattgram.chain import Factors
from wattgram.errors import InputError
from wattgram.resolve import Hardware, Notice, PlaceWord, resolve_hardware, resolve_place
from wattgram.resolve.fill import (
    fill_load,
    fill_overhead,
    fill_pue,
    intensity_range,
    is_large_training,
    published_pue,
    stated,
)
from wattgram.resolve.intensity import annual_intensity, residual_mix
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import Claim, Provider
    from wattgram.run import Run

__all__ = ["Assembled", "assemble"]

CERTAIN_ONE = Value.from_deviations(1.0, 0.0, 0.0, "1", "given", (), "stated watts are the draw itself")
MATCHING = ("annual-match", "hourly-match")


class Assembled(NamedTuple):
    """The factors of a run and what was found on the way."""

    factors: Factors
    hardware: Hardware
    place: PlaceWord | None
    zone: str
    year: int | None
    claims: tuple[Claim, ...]
    notices: tuple[Notice, ...]
    paper_power_w: float
    paper_intensity_g_per_kwh: float | Unknown
    paper_basis: str
    paper_offset_percent: float | None


def assemble(run: Run, catalog: Catalog) -> Assembled:
    """Every factor of a run as a Value.

    Raises
    ------
    InputError and its kin : a word that is unknown or ambiguous, a place without a figure under the boundary
    """
    hardware = resolve_hardware(run.hardware, catalog, run.copies)
    place = resolve_place(run.where, catalog) if run.where is not None else None
    notices = [*hardware.notices, *(place.notices if place else ())]
    year = run.start.year if run.start else None
    intensity, zone, intensity_year = _intensity(run, place, year, catalog, notices)
    paper = _paper(hardware, place, intensity, run, catalog)
    duration = UNKNOWN if run.duration_h is None else stated(run.duration_h, "h")
    if run.method == "lacoste2019":
        factors = _lacoste2019(run, hardware, duration, intensity, paper, catalog, notices)
        claims: tuple[Claim, ...] = ()
    else:
        claims = _claims(place, year, catalog)
        factors = _full(run, hardware, place, duration, intensity, claims, catalog, notices)
    return Assembled(
        factors, hardware, place, zone, intensity_year, claims, tuple(dict.fromkeys(notices)), *paper
    )


def _full(
    run: Run,
    hardware: Hardware,
    place: PlaceWord | None,
    duration: Value | Unknown,
    intensity: Value | Unknown,
    claims: tuple[Claim, ...],
    catalog: Catalog,
    notices: list[Notice],
) -> Factors:
    if hardware.kind == "stated" and run.load is None:
        load = CERTAIN_ONE
    else:
        device_hours_h = (run.duration_h or 0.0) * hardware.device_count
        large = is_large_training(device_hours_h, hardware.kind == "datacentre", catalog)
        load = fill_load(run.load, bool(large), catalog, run.workload)
    host_stated = hardware.host_power_w.central > 0
    unstated = run.load is None and run.overhead is None and run.workload is None and not host_stated
    share = _matched_share(claims)
    residual = residual_mix(place.country, catalog) if place else None
    if residual is None:
        residual = intensity if isinstance(intensity, Value) else None
        if isinstance(share, float) and share < 1:
            text = "no residual mix is published here; unmatched energy takes the location's own intensity"
            notices.append(Notice("no-residual-mix", text))
    if run.boundary == "direct" and run.embodied:
        text = (
            "operational emissions are direct; the making of the hardware is added to the total all the same"
        )
        notices.append(Notice("mixed-boundary", text))
    measured: Value | Unknown = UNKNOWN
    if run.measured_energy_kwh is not None:
        measured = Value(
            run.measured_energy_kwh, unit="kWh", origin="measured", reason=f"scope {run.measured_scope}"
        )
    return Factors(
        rated_power_w=hardware.rated_power_w,
        load=load,
        host_power_w=hardware.host_power_w,
        overhead=fill_overhead(run.overhead, _default_overhead(hardware, catalog)),
        system_power_w=hardware.system_power_w,
        use_system_power=unstated
        and isinstance(hardware.system_power_w, Value)
        and not isinstance(measured, Value),
        duration_h=duration,
        pue=fill_pue(run.pue, _default_pue(hardware, place, catalog) if run.pue is None else CERTAIN_ONE),
        intensity_g_per_kwh=intensity,
        slots_kg=hardware.slots_kg if run.embodied else UNKNOWN,
        service_life_years=catalog.default("service-life-years"),
        utilisation=catalog.default("utilisation-over-life"),
        hours_per_year=catalog.figure("hours-per-year"),
        wue_l_per_kwh=_wue(place, catalog),
        matched_share=share,
        residual_g_per_kwh=residual or UNKNOWN,
        measured_energy_kwh=measured,
        measured_scope=run.measured_scope if isinstance(measured, Value) else "",
        embodied=run.embodied,
    )


def _default_overhead(hardware: Hardware, catalog: Catalog) -> Value:
    return catalog.default(hardware.overhead_id, "1") if hardware.overhead_id else CERTAIN_ONE


# --- where: intensity, PUE, water, claims ---------------------------------------------------------------------------


def _intensity(
    run: Run, place: PlaceWord | None, year: int | None, catalog: Catalog, notices: list[Notice]
) -> tuple[Value | Unknown, str, int | None]:
    given = run.intensity_g_per_kwh
    if given is None and place is not None:
        given = place.intensity_g_per_kwh
    if given is not None:
        if 0 < given < catalog.figure("lowest-plausible-intensity"):
            notices.append(Notice("intensity-unit", f"{given:g} g/kWh is very low; was another unit meant?"))
        return stated(given, "g/kWh"), "", None
    if place is None:
        notices.append(Notice("place-unknown", "the place is not known, so there is energy and no carbon"))
        return UNKNOWN, "", None
    annual, zone, of_year, found = annual_intensity(place, run.boundary, year, catalog)
    notices += found
    long_run = run.duration_h is not None and run.duration_h >= catalog.figure("grid-long-run-hours")
    return intensity_range(annual, long_run, catalog), zone, of_year


def _default_pue(hardware: Hardware, place: PlaceWord | None, catalog: Catalog) -> Value:
    if place is not None and place.kind == "region":
        region = place.record
        if region.pue is not None:
            reason = f"published for {place.name}, {region.pue_year}"
            return published_pue(region.pue, catalog, tuple(region.pue_source_id.split("|")), reason)
        provider: Provider = catalog.table("providers").record(place.provider)
        default = catalog.default(
            "pue-hyperscaler" if provider.facility == "hyperscaler" else "pue-enterprise", "1"
        )
        if provider.pue is None:
            return default
        sources = tuple(provider.source_id.split("|"))
        reason = f"fleet of {provider.name}, {provider.pue_year}"
        if provider.facility != "hyperscaler":
            return published_pue(provider.pue, catalog, sources, reason)
        low, high = min(default.low, provider.pue), max(default.high, provider.pue)
        return Value(provider.pue, low, high, "1", "catalog", sources, reason)
    if hardware.kind in ("workstation", "computer", "edge"):
        return catalog.default("pue-desk", "1")
    return catalog.default("pue-enterprise", "1")


def _wue(place: PlaceWord | None, catalog: Catalog) -> Value | Unknown:
    if place is None or place.kind != "region":
        return UNKNOWN
    region = place.record
    if region.wue_l_per_kwh is not None:
        sources = tuple(region.wue_source_id.split("|"))
        return Value(
            region.wue_l_per_kwh,
            unit="L/kWh",
            origin="catalog",
            sources=sources,
            reason=f"published, {region.wue_year}",
        )
    provider: Provider = catalog.table("providers").record(place.provider)
    if provider.wue_l_per_kwh is None:
        return UNKNOWN
    reason = f"fleet of {provider.name}, {provider.wue_year}"
    sources = tuple(provider.source_id.split("|"))
    return Value(provider.wue_l_per_kwh, unit="L/kWh", origin="catalog", sources=sources, reason=reason)


def _claims(place: PlaceWord | None, year: int | None, catalog: Catalog) -> tuple[Claim, ...]:
    """The provider's claims of the run's year; the newest of each basis where the year is not known."""
    if place is None or not place.provider:
        return ()
    asked = ("claims", place.provider, place.region, year)
    if asked not in catalog.memory:
        catalog.memory[asked] = _find_claims(place, year, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _find_claims(place: PlaceWord, year: int | None, catalog: Catalog) -> tuple[Claim, ...]:
    if "claims" not in catalog.memory:
        table = catalog.table("claims")
        catalog.memory["claims"] = [table.record(key) for key in table.keys()]  # noqa: SIM118 - keys() is ours
    kept: dict[str, Claim] = {}
    for claim in catalog.memory["claims"]:
        if claim.provider != place.provider or (
            claim.regions and place.region not in claim.regions.split("|")
        ):
            continue
        begins = claim.from_year or 0
        if catalog.as_of_year and begins >= catalog.as_of_year:
            continue
        if year is not None and not begins <= year <= (claim.to_year or 9999):
            continue
        last = kept.get(claim.basis)
        if last is None or (claim.to_year or 9999, begins) > (last.to_year or 9999, last.from_year or 0):
            kept[claim.basis] = claim
    return tuple(kept.values())


def _matched_share(claims: tuple[Claim, ...]) -> float | Unknown:
    """Share matched by instruments; offsets are none. The annual match counts, as Scope 2 guidance does."""
    for basis in MATCHING:
        for claim in claims:
            if claim.basis == basis and claim.matched_share is not None:
                return claim.matched_share
    return UNKNOWN


# --- the paper's own method -----------------------------------------------------------------------------------------


def _paper(
    hardware: Hardware, place: PlaceWord | None, intensity: Value | Unknown, run: Run, catalog: Catalog
) -> tuple[float, float | Unknown, str, float | None]:
    """Power and intensity as the 2019 calculator has them, where it has both; else those of the catalog."""
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


def _lacoste2019(
    run: Run,
    hardware: Hardware,
    duration: Value | Unknown,
    intensity: Value | Unknown,
    paper: tuple[float, float | Unknown, str, float | None],
    catalog: Catalog,
    notices: list[Notice],
) -> Factors:
    """The preset: the same factors, with load, overhead and PUE 1 by definition and nothing embodied."""
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
