"""Grid intensity of a resolved place: which zone, which year, which source, and how far to trust it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.resolve.notice import Notice
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import ZoneYear
    from wattgram.resolve.place import PlaceWord

__all__ = ["BOUNDARIES", "annual_intensity", "residual_mix"]

BOUNDARIES = ("lifecycle", "direct")
UNIT = "g/kWh"


def annual_intensity(
    place: PlaceWord, boundary: str, year: int | None, catalog: Catalog
) -> tuple[Value, str, int | None, tuple[Notice, ...]]:
    """Intensity of a place in a year, with the zone and year it was taken from; remembered.

    Returns
    -------
    intensity [g CO2e/kWh] with its range for a run of a month or more, zone, year of the figure, warnings

    Raises
    ------
    InputError : the place has no figure under this boundary
    """
    asked = ("intensity", place.name, place.kind, boundary, year)
    if asked not in catalog.memory:
        catalog.memory[asked] = _annual(place, boundary, year, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _annual(
    place: PlaceWord, boundary: str, year: int | None, catalog: Catalog
) -> tuple[Value, str, int | None, tuple[Notice, ...]]:
    if boundary == "direct":
        declared = _declared(place, year)
        if declared:
            return declared
        for zone in place.direct_zones:
            rows = catalog.zone_years(zone, "direct")
            if rows:
                return _of_rows([_row_of_year(rows, year)], place, year, catalog)
        allowed = "no source in the catalog gives a direct figure here; use boundary lifecycle or state the intensity"
        raise InputError("place", place.name, allowed)
    per_zone = [catalog.zone_years(zone, boundary) for zone in place.zones]
    rows_of_year = [_row_of_year(rows, year) for rows in per_zone if rows]
    if not rows_of_year:
        raise InputError(
            "place",
            place.name,
            f"the catalog has no {boundary} intensity for it; state one, as in '400 g/kWh'",
        )
    return _of_rows(rows_of_year, place, year, catalog)


def _row_of_year(rows: list[ZoneYear], year: int | None) -> ZoneYear:
    """The year of the run where the table has it, else the nearest; consumption before generation."""
    newest = rows[-1].year
    wanted = (
        newest
        if year is None
        else min((row.year for row in rows), key=lambda known: (abs(known - year), -known))
    )
    of_year = [row for row in rows if row.year == wanted]
    return next((row for row in of_year if row.basis == "consumption"), of_year[0])


def _of_rows(
    rows: list[ZoneYear], place: PlaceWord, year: int | None, catalog: Catalog
) -> tuple[Value, str, int | None, tuple[Notice, ...]]:
    first = rows[0]
    low, high = min(row.low_g_per_kwh for row in rows), max(row.high_g_per_kwh for row in rows)
    sources = tuple(dict.fromkeys(source for row in rows for source in row.source_id.split("|")))
    reason = f"{first.zone} {first.year}, {first.boundary}, {first.basis}"
    notices = _notices(first, year, catalog)
    if place.large and first.zone == place.zones[0]:
        spread = catalog.default("grid-country-only")
        low, high = (
            min(low, first.intensity_g_per_kwh * spread.low),
            max(high, first.intensity_g_per_kwh * spread.high),
        )
        text = f"the grid zones of {place.name} differ widely; name the zone, city or cloud region"
        notices.append(Notice("large-country", text))
    low, high = min(low, first.intensity_g_per_kwh), max(high, first.intensity_g_per_kwh)
    value = Value(first.intensity_g_per_kwh, low, high, UNIT, "catalog", sources, reason)
    return value, first.zone, first.year, tuple(notices)


def _notices(row: ZoneYear, year: int | None, catalog: Catalog) -> list[Notice]:
    notices = []
    if "constant-all-years" in row.flag:
        notices.append(
            Notice("constant-intensity", f"the source gives {row.zone} one default mix for every year")
        )
    if "sources-disagree" in row.flag:
        text = f"two sources differ on {row.zone} in {row.year}: {row.low_g_per_kwh:.0f} to {row.high_g_per_kwh:.0f} g/kWh"
        notices.append(Notice("sources-disagree", text))
    now = catalog.as_of_year or time.gmtime().tm_year
    if year is None and now - row.year > catalog.figure("stale-years"):
        notices.append(Notice("stale-intensity", f"the newest figure for {row.zone} is of {row.year}"))
    if year is not None and year != row.year:
        notices.append(
            Notice("intensity-year", f"{row.zone} has no figure for {year}; that of {row.year} was taken")
        )
    return notices


def _declared(place: PlaceWord, year: int | None) -> tuple[Value, str, int | None, tuple[Notice, ...]] | None:
    """The operator's own direct figure for its region, where it publishes one."""
    region = place.record if place.kind == "region" else None
    if region is None or region.declared_direct_g_per_kwh is None:
        return None
    value = Value(
        region.declared_direct_g_per_kwh,
        unit=UNIT,
        origin="catalog",
        sources=tuple(region.declared_source_id.split("|")),
        reason=f"{place.name} {region.declared_year}, direct, declared by the operator",
    )
    notices: tuple[Notice, ...] = ()
    if year is not None and year != region.declared_year:
        text = f"{place.name} is taken with its declared figure of {region.declared_year}"
        notices = (Notice("intensity-year", text),)
    return value, place.zones[0], region.declared_year, notices


def residual_mix(country: str, catalog: Catalog) -> Value | None:
    """Residual mix of a country [g CO2/kWh], where one is published (AIB); None where none is, which is not 0."""
    asked = ("residual", country)
    if asked not in catalog.memory:
        rows = (
            [row for row in catalog.table("zones").records(country) if row.basis == "residual"]
            if country
            else []
        )
        newest = max(rows, key=lambda row: row.year) if rows else None
        catalog.memory[asked] = newest and Value(
            newest.intensity_g_per_kwh,
            newest.low_g_per_kwh,
            newest.high_g_per_kwh,
            UNIT,
            "catalog",
            tuple(newest.source_id.split("|")),
            f"residual mix of {country} {newest.year}",
        )
    return catalog.memory[asked]  # type: ignore[no-any-return]
