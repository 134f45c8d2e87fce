"""Assemble: one run's words and blanks into the factors of the product, with the reason for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wattgram.chain import Factors
from wattgram.errors import InputError
from wattgram.paper import lacoste2019_factors, paper_words
from wattgram.resolve import Hardware, Notice, PlaceWord, resolve_hardware, resolve_place
from wattgram.resolve.facility import CERTAIN_ONE, class_overhead, class_pue, default_pue, on_a_desk, site_pue
from wattgram.resolve.fill import (
    Scale,
    fill_load,
    fill_overhead,
    fill_pue,
    scale_of,
    stated,
    takes_system_power,
)
from wattgram.resolve.hours import annual_hours, series_intensity
from wattgram.resolve.intensity import annual_intensity, residual_mix
from wattgram.training import training_factors
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import Claim, Provider
    from wattgram.run import Run
    from wattgram.training import Training

__all__ = [
    "Assembled",
    "assemble",
    "class_overhead",
    "class_pue",
    "matched_share",
    "no_residual_mix",
    "odd_intensity",
    "of_published_power",
    "site_pue",
]

NO_SENSOR = {"assumed": ", modelled: there was no sensor", "derived": ", in part modelled"}
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
    scale: Scale
    training: Training | None = None


def assemble(run: Run, catalog: Catalog) -> Assembled:
    """Every factor of a run as a Value.

    Raises
    ------
    InputError and its kin : a word that is unknown or ambiguous, a place without a figure under the boundary
    """
    hardware = resolve_hardware(run.hardware, catalog, run.copies)
    place = resolve_place(run.where, catalog) if run.where is not None else None
    notices = [*hardware.notices, *(place.notices if place else ())]
    training = None
    if run.work is not None:
        training = training_factors(run.work, hardware, run.workload, catalog, notices)
        run = run._replace(duration_h=training.duration_h)
    year = run.start.year if run.start else None
    intensity, zone, intensity_year = _intensity(run, place, year, catalog, notices)
    paper = paper_words(hardware, place, intensity, run, catalog)
    duration = UNKNOWN if run.duration_h is None else stated(run.duration_h, "h")
    if run.method == "lacoste2019":
        factors = lacoste2019_factors(run, hardware, duration, intensity, paper, catalog, notices)
        claims: tuple[Claim, ...] = ()
    else:
        claims = _claims(place, year, catalog)
        factors = _full(run, hardware, place, duration, intensity, claims, catalog, notices)
    if training is not None:
        factors = factors._replace(
            duration_h=UNKNOWN,
            training_flop=training.flop,
            peak_tflop_per_s=training.peak_tflop_per_s,
            mfu=training.mfu,
        )
    return Assembled(
        factors,
        hardware,
        place,
        zone,
        intensity_year,
        claims,
        tuple(dict.fromkeys(notices)),
        *paper,
        _scale(run, hardware, catalog),
        training,
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
    scale = _scale(run, hardware, catalog)
    if hardware.kind == "stated" and (run.load is not None or run.overhead is not None):
        notices[:] = [notice for notice in notices if notice.code != "stated-power"]  # its advice is followed
    if hardware.kind == "stated" and run.load is None:
        load = CERTAIN_ONE
    else:
        load = fill_load(run.load, scale, catalog, run.workload)
    share = _matched_share(claims)
    residual = residual_mix(place.country, catalog) if place else None
    if residual is None:
        notices += no_residual_mix(share, residual)
        residual = intensity if isinstance(intensity, Value) else None
    if run.boundary == "direct" and run.embodied:
        text = (
            "operational emissions are direct; the making of the hardware is added to the total all the same"
        )
        notices.append(Notice("mixed-boundary", text))
    notices += on_a_desk(run, hardware, place, catalog)
    measured: Value | Unknown = UNKNOWN
    if run.measured_energy_kwh is not None:
        low_kwh, high_kwh = run.measured_range_kwh or (None, None)
        reason = f"scope {run.measured_scope}{NO_SENSOR.get(run.measured_origin, '')}"
        measured = Value(run.measured_energy_kwh, low_kwh, high_kwh, "kWh", run.measured_origin, (), reason)
    return Factors(
        rated_power_w=hardware.rated_power_w,
        load=load,
        host_power_w=hardware.host_power_w,
        overhead=fill_overhead(run.overhead, class_overhead(hardware, catalog)),
        system_power_w=hardware.system_power_w,
        use_system_power=run.measured_energy_kwh is None and of_published_power(run, hardware, scale),
        duration_h=duration,
        pue=fill_pue(run.pue, default_pue(hardware, place, catalog) if run.pue is None else CERTAIN_ONE),
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


def _scale(run: Run, hardware: Hardware, catalog: Catalog) -> Scale:
    device_hours_h = (run.duration_h or 0.0) * hardware.device_count
    return scale_of(device_hours_h, hardware.kind == "datacentre", catalog, run.workload)


def of_published_power(run: Run, hardware: Hardware, scale: Scale) -> bool:
    """Whether the published system power of the hardware is what this run drew, at that scale."""
    parts_stated = run.load is not None or run.overhead is not None or hardware.host_power_w.central > 0
    return bool(
        takes_system_power(hardware.system_power_w, hardware.system_power_at_any_scale, parts_stated, scale)
    )


# --- where: intensity, PUE, water, claims ---------------------------------------------------------------------------


def _intensity(
    run: Run, place: PlaceWord | None, year: int | None, catalog: Catalog, notices: list[Notice]
) -> tuple[Value | Unknown, str, int | None]:
    given = run.intensity_g_per_kwh
    if given is None and place is not None:
        given = place.intensity_g_per_kwh
    if given is not None:
        if run.series is not None:
            raise InputError("series", run.series.zone, "an intensity is stated already; say one of the two")
        notices += odd_intensity(given, catalog)
        return stated(given, "g/kWh"), "", None
    if run.series is not None:
        value, series_zone, series_year, said = series_intensity(run, _zone_of(place, catalog), catalog)
        notices += said
        return value, series_zone, series_year
    if place is None:
        notices.append(Notice("place-unknown", "the place is not known, so there is energy and no carbon"))
        return UNKNOWN, "", None
    annual, zone, of_year, found = annual_intensity(place, run.boundary, year, catalog)
    notices += found
    return annual_hours(annual, zone, run.duration_h, catalog), zone, of_year


def _zone_of(place: PlaceWord | None, catalog: Catalog) -> str:
    """The zone a place draws from, to hold a series against; empty where the place is not said."""
    return "" if place is None else annual_intensity(place, "lifecycle", None, catalog)[1]


def odd_intensity(given_g_per_kwh: float, catalog: Catalog) -> list[Notice]:
    """The remark that a stated intensity [g CO2e/kWh] is so low that another unit may have been meant."""
    if 0 < given_g_per_kwh < catalog.figure("lowest-plausible-intensity"):
        return [Notice("intensity-unit", f"{given_g_per_kwh:g} g/kWh is very low; was another unit meant?")]
    return []


def _wue(place: PlaceWord | None, catalog: Catalog) -> Value | Unknown:
    if place is None or place.kind != "region":
        return UNKNOWN
    asked = ("site-wue", place.provider, place.region)
    if asked not in catalog.memory:
        catalog.memory[asked] = _site_wue(place, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _site_wue(place: PlaceWord, catalog: Catalog) -> Value | Unknown:
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


def matched_share(place: PlaceWord, year: int | None, catalog: Catalog) -> float | Unknown:
    """Share of a place's electricity matched by its provider's claims of that year [1]; unknown without a claim."""
    return _matched_share(_claims(place, year, catalog))


def no_residual_mix(share: float | Unknown, residual: Value | None) -> list[Notice]:
    """The remark that energy outside the matched share [1] takes the location's own intensity, where it does."""
    if residual is not None or not isinstance(share, float) or share >= 1:
        return []
    text = "no residual mix is published here; unmatched energy takes the location's own intensity"
    return [Notice("no-residual-mix", text)]


def _matched_share(claims: tuple[Claim, ...]) -> float | Unknown:
    """Share matched by instruments; offsets are none. The annual match counts, as Scope 2 guidance does."""
    for basis in MATCHING:
        for claim in claims:
            if claim.basis == basis and claim.matched_share is not None:
                return claim.matched_share
    return UNKNOWN
