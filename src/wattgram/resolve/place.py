"""Place words: a cloud region, zone, country, subdivision, city, coordinates or a stated intensity to grid zones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.catalog import place_key
from wattgram.errors import AmbiguousWordError, UnknownWordError
from wattgram.resolve.hints import place_hint
from wattgram.resolve.notice import Notice
from wattgram.run import WHERE_FORMS, Place, parse_where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import City, Country, Region, Subdivision

__all__ = ["PlaceWord", "resolve_place"]

FARTHEST_CITY_KM = 500.0
QUARTER_TURN_DEG = 90.0
SMALL_TOWN_PEOPLE = 200_000
EARTH_RADIUS_KM = 6371.0088
USUAL_PROVIDERS = ("aws", "azure", "gcp")
"""Whose region a bare region word means, when one of them has it: the three the paper knew."""
PLACE_TABLES = ("countries", "subdivisions", "cities")


class PlaceWord(NamedTuple):
    """What a place word means: the grid zones it may draw from, first the one that is taken."""

    name: str
    kind: str
    """region, zone, country, subdivision, city, coordinates or intensity"""
    zones: tuple[str, ...]
    country: str = ""
    continent: str = ""
    provider: str = ""
    region: str = ""
    large: bool = False
    """Only the country is known, and its zones differ materially."""
    direct_zones: tuple[str, ...] = ()
    """Zones to try, in order, for the direct boundary."""
    record: Any = None
    intensity_g_per_kwh: float | None = None
    coordinates_deg: tuple[float, float] | None = None
    notices: tuple[Notice, ...] = ()


def resolve_place(text: str, catalog: Catalog) -> PlaceWord:
    """The meaning of a place word; remembered for each distinct word.

    Raises
    ------
    UnknownWordError, AmbiguousWordError, InputError : with the nearest matches
    """
    asked = ("place", text)
    if asked not in catalog.memory:
        catalog.memory[asked] = _resolve(parse_where(text), catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _resolve(place: Place, catalog: Catalog) -> PlaceWord:
    if place.kind == "intensity":
        return PlaceWord(place.text, "intensity", (), intensity_g_per_kwh=place.intensity_g_per_kwh)
    if place.kind == "coordinates":
        return _coordinates(place, catalog)
    if place.kind == "region":
        return _provider_region(place, catalog)
    return _word(place.text, catalog)


# --- cloud regions --------------------------------------------------------------------------------------------------


def _provider_region(place: Place, catalog: Catalog) -> PlaceWord:
    providers = catalog.table("providers").keys_of(place_key(place.provider))
    if not providers:
        return _not_a_provider(place, catalog)
    # The 2019 calculator listed a provider with a blank region; its row has the provider's name as an alias.
    word = f"{providers[0]}:{place_key(place.text) or providers[0]}"
    regions = catalog.table("regions")
    keys = regions.keys_of(word)
    if not keys and place_key(place.text):
        starting = {
            key for known in regions.words() if known.startswith(word) for key in regions.keys_of(known)
        }
        # what is shut to the public is never what a part of a name means
        keys = sorted(key for key in starting if "gov" in word or "gov" not in key)
    if not keys:
        mine = f"{providers[0]}|"
        names = [key.replace("|", ":") for key in regions.keys() if key.startswith(mine)]  # noqa: SIM118
        near = _nearest(f"{providers[0]}:{place.text}", names)
        raise UnknownWordError("region", f"{place.provider}:{place.text}", WHERE_FORMS, near or names[:3])
    return _of_regions(f"{place.provider}:{place.text}", keys, catalog)


def _not_a_provider(place: Place, catalog: Catalog) -> PlaceWord:
    """`Paris, France` written as `France/Paris`, or a provider nobody knows."""
    names = catalog.table("providers").keys()
    near = _nearest(place.provider, names)
    raise UnknownWordError("provider", place.provider, f"the providers are {', '.join(sorted(names))}", near)


def _of_regions(text: str, keys: list[str], catalog: Catalog) -> PlaceWord:
    """One region, or several that a word fits: ranked within one provider, an error across providers that differ."""
    places = [_region(key, catalog) for key in keys]
    first = places[0]
    if len({(place.zones, place.provider) for place in places}) == 1:
        if len(places) == 1:
            return first
        names = ", ".join(place.name for place in places)
        return first._replace(
            notices=(Notice("ambiguous-place", f"{text} fits {names}; all draw from one zone"),)
        )
    if len({place.provider for place in places}) > 1:
        usual = [place for place in places if place.provider in USUAL_PROVIDERS]
        if len({place.provider for place in usual}) == 1:
            others = ", ".join(place.name for place in places if place not in usual)
            notice = Notice("ambiguous-place", f"{text} is read as {usual[0].name}; there is also {others}")
            kept = _of_regions(text, [f"{place.provider}|{place.region}" for place in usual], catalog)
            return kept._replace(notices=(*kept.notices, notice))
        raise AmbiguousWordError(
            "region",
            text,
            "write the provider before it",
            [f"{place.name} ({place.zones[0]})" for place in places[:8]],
        )
    names = ", ".join(place.name for place in places[1:])
    notice = Notice("ambiguous-place", f"{text} is read as {first.name}; it could be {names}")
    zones = tuple(dict.fromkeys(zone for place in places for zone in place.zones))
    return first._replace(zones=zones, notices=(*first.notices, notice))


def _region(key: str, catalog: Catalog) -> PlaceWord:
    region: Region = catalog.table("regions").record(key)
    zone = catalog.table("region_zones").record(key).zone
    direct = [region.subdivision] if region.subdivision else []
    latitude, longitude = region.latitude_deg, region.longitude_deg
    return PlaceWord(
        f"{region.provider}:{region.region}",
        "region",
        (zone,),
        country=region.country,
        continent=region.continent,
        provider=region.provider,
        region=region.region,
        direct_zones=(*direct, zone, region.country),
        record=region,
        coordinates_deg=(latitude, longitude) if latitude is not None and longitude is not None else None,
    )


# --- words ----------------------------------------------------------------------------------------------------------


def _word(text: str, catalog: Catalog) -> PlaceWord:
    word = place_key(text)
    by_code = _by_code(text, word, catalog)
    if by_code:
        return by_code
    found = [place for table in PLACE_TABLES for place in _named(table, word, catalog)]
    if not found and "-" in word:
        found = _qualified(text, catalog)
    if found:
        return _ranked(text, found)
    regions = catalog.table("regions")
    keys = regions.keys_of(word)
    if not any(key.split("|")[0] in USUAL_PROVIDERS for key in keys):
        keys += [key for known in regions.words() if _starts(known, word) for key in regions.keys_of(known)]
    if keys:
        return _of_regions(text, list(dict.fromkeys(keys)), catalog)
    if hint := place_hint(text, catalog):
        raise UnknownWordError("place", text, hint)
    raise UnknownWordError("place", text, WHERE_FORMS, _nearest_places(text, word, catalog))


def _starts(known: str, word: str) -> bool:
    return ":" not in known and len(word) > 4 and known.startswith(word) and not known[len(word) :].isalpha()  # noqa: PLR2004


def _by_code(text: str, word: str, catalog: Catalog) -> PlaceWord | None:
    """A grid zone, ISO country or subdivision code, written as one."""
    code = text.strip().upper()
    countries = catalog.table("countries").keys_of(word) if len(word) in (2, 3) and word.isalpha() else []
    if len(countries) == 1:
        return _country(catalog.table("countries").record(countries[0]))
    zones = catalog.table("zones").keys_of(word)
    subdivisions = catalog.table("subdivisions")
    is_subdivision = code in subdivisions.keys() if "-" in code else False  # noqa: SIM118 - keys() is ours
    if is_subdivision and not (zones and zones[0] == code and catalog.zone_years(code, "lifecycle")):
        return _subdivision(subdivisions.record(code), catalog)
    if zones:
        country = code.split("-")[0]
        rows = catalog.table("countries").rows(country)
        continent = rows[0]["continent"] if rows else ""
        return PlaceWord(zones[0], "zone", (zones[0],), country, continent, direct_zones=(zones[0], country))
    return None


def _named(table: str, word: str, catalog: Catalog) -> list[PlaceWord]:
    rows = catalog.table(table)
    found = [rows.record(key) for key in rows.keys_of(word)]
    if table == "countries":
        return [_country(row) for row in found]
    if table == "subdivisions":
        return [_subdivision(row, catalog) for row in found]
    return [_city(row, catalog) for row in sorted(found, key=lambda row: -(row.population or 0))]


def _country(row: Country) -> PlaceWord:
    return PlaceWord(
        row.name,
        "country",
        (row.zone,),
        row.country,
        row.continent,
        large=bool(row.large),
        direct_zones=(row.country,),
        record=row,
    )


def _subdivision(row: Subdivision, catalog: Catalog) -> PlaceWord:
    zones = tuple(row.zones.split("|"))
    notices: tuple[Notice, ...] = ()
    if len(zones) > 1:
        notices = (
            Notice(
                "several-zones", f"{row.name} is served by the grid zones {', '.join(zones)}; state the city"
            ),
        )
    direct = tuple(zone for zone in (row.direct_zone, row.country) if zone)
    continent = catalog.table("countries").record(row.country).continent
    return PlaceWord(
        row.name,
        "subdivision",
        zones,
        row.country,
        continent,
        direct_zones=direct,
        record=row,
        notices=notices,
    )


def _city(row: City, catalog: Catalog) -> PlaceWord:
    direct = tuple(zone for zone in (row.subdivision, row.zone, row.country) if zone)
    continent = catalog.table("countries").record(row.country).continent
    name = f"{row.city}, {row.subdivision or row.country}"
    at = (row.latitude_deg or 0.0, row.longitude_deg or 0.0)
    return PlaceWord(
        name, "city", (row.zone,), row.country, continent, direct_zones=direct, record=row, coordinates_deg=at
    )


def _qualified(text: str, catalog: Catalog) -> list[PlaceWord]:
    """`Montreal, Canada`, `Portland OR`, `California, US`: a city or subdivision with what it lies in after it."""
    pieces = [piece for piece in place_key(text).split("-") if piece]
    for cut in range(len(pieces) - 1, 0, -1):
        head, tail = "-".join(pieces[:cut]), "-".join(pieces[cut:])
        countries = catalog.table("countries").keys_of(tail)
        inside = [place for place in _named("subdivisions", head, catalog) if place.country in countries]
        cities = _named("cities", head, catalog)
        subdivisions = catalog.table("subdivisions").keys_of(tail)
        kept = [
            city
            for city in cities
            if city.country in countries
            or city.record.subdivision in subdivisions
            or city.record.subdivision.lower() == f"{city.country}-{tail}".lower()
        ]
        if inside or kept:
            return [*inside, *kept]
    return []


def _ranked(text: str, found: list[PlaceWord]) -> PlaceWord:
    """Of several places of one name: all one zone is no question; cities rank by population; the rest is an error."""
    first = found[0]
    others = [place for place in found[1:] if place.zones != first.zones]
    if not others:
        return first
    towns = [place for place in others if place.kind == "city"]
    if first.kind != "city" and towns == others and all(_small(place) for place in towns):
        listed = ", ".join(_shown(place) for place in towns[:4])
        notice = Notice("ambiguous-place", f"{text} is read as {_shown(first)}; there is also {listed}")
        return first._replace(notices=(*first.notices, notice))
    if first.kind != "city":
        inside = all(place.country == first.country for place in others)
        if inside and all(set(place.zones) <= set(first.zones) for place in others):
            return first
        raise AmbiguousWordError(
            "place", text, "write the one you mean", [_shown(place) for place in found[:6]]
        )
    listed = ", ".join(_shown(place) for place in others[:4])
    notice = Notice(
        "ambiguous-place", f"{text} is read as {first.name}, the most populous; there is also {listed}"
    )
    return first._replace(notices=(*first.notices, notice))


def _small(place: PlaceWord) -> bool:
    """A town that nobody would mean by the bare name of a state or country."""
    return (place.record.population or 0) < SMALL_TOWN_PEOPLE


def _shown(place: PlaceWord) -> str:
    code = getattr(place.record, place.kind, "") if place.kind in ("country", "subdivision") else ""
    return f"{place.name} ({code})" if code else place.name


# --- coordinates ----------------------------------------------------------------------------------------------------


def _coordinates(place: Place, catalog: Catalog) -> PlaceWord:
    cities: list[City] = catalog.memory.get("cities") or [
        catalog.table("cities").spec.kind(row) for row in catalog.table("cities").all_rows()
    ]
    catalog.memory["cities"] = cities
    notices = []
    latitude, longitude = place.coordinates_deg
    distance_km, city = (
        _nearest_city(latitude, longitude, cities) if abs(latitude) <= QUARTER_TURN_DEG else (math.inf, None)
    )
    if distance_km > FARTHEST_CITY_KM and abs(longitude) <= QUARTER_TURN_DEG:
        swapped_km, swapped = _nearest_city(longitude, latitude, cities)
        if swapped_km <= FARTHEST_CITY_KM:
            distance_km, city = swapped_km, swapped
            notices.append(Notice("coordinates-swapped", f"{place.text} is read as longitude, latitude"))
    if city is None or distance_km > FARTHEST_CITY_KM:
        raise UnknownWordError(
            "place", place.text, f"no city of the catalog lies within {FARTHEST_CITY_KM:g} km"
        )
    found = _city(city, catalog)
    notices.append(
        Notice("nearest-city", f"{place.text} is taken to {found.name}, {distance_km:.0f} km away")
    )
    return found._replace(kind="coordinates", notices=(*found.notices, *notices))


def _nearest_city(latitude_deg: float, longitude_deg: float, cities: list[City]) -> tuple[float, City | None]:
    """Great-circle distance [km] to the nearest city, and that city (haversine)."""
    phi, cosine = math.radians(latitude_deg), math.cos(math.radians(latitude_deg))
    best, nearest = math.inf, None
    for city in cities:
        other = math.radians(city.latitude_deg or 0.0)
        half_lambda = math.radians((city.longitude_deg or 0.0) - longitude_deg) / 2
        a = math.sin((other - phi) / 2) ** 2 + cosine * math.cos(other) * math.sin(half_lambda) ** 2
        if a < best:
            best, nearest = a, city
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(best))) if nearest else math.inf, nearest


# --- nearest words --------------------------------------------------------------------------------------------------


def _nearest(text: str, names: list[str]) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only an unknown word pays for it

    by_key = {place_key(name): name for name in names}
    return [by_key[close] for close in get_close_matches(place_key(text)[:80], by_key, n=3, cutoff=0.6)]


def _nearest_places(text: str, word: str, catalog: Catalog) -> list[str]:
    names = [row["name"] for row in catalog.table("countries").all_rows()]
    names += [row["name"] for row in catalog.table("subdivisions").all_rows()]
    names += [row["city"] for row in catalog.table("cities").all_rows()]
    near = _nearest(text, names)
    regions = [key.replace("|", ":") for key in catalog.table("regions").keys()]  # noqa: SIM118
    by_region: dict[str, list[str]] = {}
    for name in regions:
        by_region.setdefault(place_key(name.split(":")[1]), []).append(name)
    from difflib import get_close_matches  # noqa: PLC0415 - only an unknown word pays for it

    close = get_close_matches(word[:80], by_region, n=2, cutoff=0.7)
    return [*near, *(by_region[key][0] for key in close)][:3]
