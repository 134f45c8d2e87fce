"""Limits on places: how far from the run, and which are out of the question."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from wattgram.catalog import place_key
from wattgram.errors import InputError
from wattgram.resolve import resolve_place
from wattgram.resolve.place import EARTH_RADIUS_KM
from wattgram.run import check_number

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint

__all__ = ["LIMITING", "distance_km", "equal_columns", "limits"]

LIMITING = ("exclude", "max_distance_km")
HALFWAY_ROUND_KM = 20040.0
"""Half the way round the Earth: nothing is farther."""


def equal_columns(constraint: Mapping[str, str]) -> dict[str, str]:
    """The part of a constraint that names columns and the cell each must have."""
    return {name: cell for name, cell in constraint.items() if name not in LIMITING}


def limits(base: Footprint, constraint: Mapping[str, str]) -> Callable[[Mapping[str, str]], bool]:
    """Whether a row of regions (or a zone with its country) keeps to the distance and is not excluded.

    Raises
    ------
    InputError : an excluded word that names no place, or a distance from a place without coordinates
    """
    out = [_excluded(word, base.catalog) for word in _words(constraint.get("exclude", ""))]
    most = constraint.get("max_distance_km")
    most_km = None if most is None else check_number("distance", most, 0, HALFWAY_ROUND_KM, "km", above=True)
    here = None if most_km is None else _coordinates(base)
    zones: dict[tuple[str, str], str] = {}
    if any("zone" in one for one in out):
        rows = base.catalog.kept_rows("region_zones")
        zones = {(row["provider"], row["region"]): row["zone"] for row in rows}

    def allowed(row: Mapping[str, str]) -> bool:
        if zones and "zone" not in row:
            row = {**row, "zone": zones.get((row["provider"], row["region"]), "")}
        if any(all(row.get(column) == cell for column, cell in one.items()) for one in out):
            return False
        if most_km is None or here is None:
            return True
        if not row.get("latitude_deg"):
            return False
        there = float(row["latitude_deg"]), float(row["longitude_deg"])
        return distance_km(here, there) <= most_km

    return allowed


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _excluded(word: str, catalog: Catalog) -> dict[str, str]:
    """The columns by which rows are excluded: a provider, a region of one, a zone or a country."""
    provider = catalog.table("providers").keys_of(place_key(word))
    if provider:
        return {"provider": provider[0]}
    found = resolve_place(word, catalog)
    if found.kind == "region":
        return {"provider": found.provider, "region": found.region}
    if found.kind == "country":
        return {"country": found.country}
    if found.kind == "zone":
        return {"zone": found.zones[0]}
    raise InputError("exclude", word, "it takes a provider, a cloud region, a grid zone or a country")


def _coordinates(base: Footprint) -> tuple[float, float]:
    place = base.assembled.place
    if place is not None and place.coordinates_deg:
        return place.coordinates_deg
    record = getattr(place, "record", None)
    latitude, longitude = getattr(record, "latitude_deg", None), getattr(record, "longitude_deg", None)
    if place is None or latitude is None or longitude is None:
        name = place.name if place else "a stated intensity"
        raise InputError(
            "distance from", name, "it has no coordinates; name a cloud region, a city or coordinates"
        )
    return float(latitude), float(longitude)


def distance_km(here_deg: tuple[float, float], there_deg: tuple[float, float]) -> float:
    """Great-circle distance of two places.

    d = 2 R asin(sqrt(sin^2(dphi / 2) + cos(phi_1) cos(phi_2) sin^2(dlambda / 2)))

    Parameters
    ----------
    here_deg, there_deg : latitude and longitude [deg]

    Returns
    -------
    distance [km]

    References
    ----------
    Sinnott 1984, Virtues of the Haversine, Sky and Telescope 68, 159
    """
    (phi, one), (psi, other) = (tuple(map(math.radians, place)) for place in (here_deg, there_deg))
    a = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin((other - one) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(a)))
