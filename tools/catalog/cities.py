"""Build the table of cities: the large and those with computers, each with the grid that serves it.

Which towns are kept, what else people call them and which grid they hang on is decided here and in
``curated/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .gazetteer import Gazetteer, Town, key_of, plain, read_gazetteer
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
COLUMNS = (
    "id",
    "city",
    "aliases",
    "subdivision",
    "country",
    "latitude_deg",
    "longitude_deg",
    "population",
    "zone",
    "zone_basis",
    "source_id",
)
PROVENANCE = {
    "id": "GeoNames geonameid; x-... for places that GeoNames' list of towns lacks",
    "city": "GeoNames name",
    "aliases": "made here: spelling without accents; curated/city_aliases.csv: other names people type",
    "subdivision": "curated/admin1_subdivisions.csv from GeoNames admin1code",
    "country": "GeoNames countrycode",
    "latitude_deg": "GeoNames latitude",
    "longitude_deg": "GeoNames longitude",
    "population": "GeoNames population",
    "zone": "curated/city_zones.csv, zone_boxes.csv, subdivision_zones.csv, else countries.csv:zone",
    "zone_basis": "made here: how the zone was found",
    "source_id": "made here",
}
FLOOR = 100_000
# Where one grid serves the whole country a larger floor loses no zone; Europe and a few others keep the first
# one, because papers name their middling cities. The most populous countries have floors of their own.
SINGLE_ZONE_FLOOR = 250_000
FLOORS = {"BR": 130_000, "CN": 500_000, "IN": 160_000, "RU": 150_000} | dict.fromkeys(
    ("HK", "IL", "KR", "NZ", "SG", "TW"), FLOOR
)
# A "city" this near to one three times its size is a quarter or suburb of it, on the same grid.
QUARTER_KM = 8.0


class Zones:
    """Which zone serves a town: the town's own rule, its island or corner, its subdivision, its country."""

    def __init__(self, out: Path) -> None:
        """Read the rules; countries.csv must have been built."""
        self.country = {row["country"]: row["zone"] for row in read_csv(out / "countries.csv")}
        self.admin1 = {
            (row["country"], row["admin1"]): row["subdivision"]
            for row in read_csv(CURATED / "admin1_subdivisions.csv")
        }
        self.subdivision = {
            row["subdivision"]: row["zones"].split("|")[0]
            for row in read_csv(CURATED / "subdivision_zones.csv")
        }
        self.town = {
            key_of(row["country"], row["admin1"], row["city"]): (row["zone"], row["reason"])
            for row in read_csv(CURATED / "city_zones.csv")
        }
        self.boxes = read_csv(CURATED / "zone_boxes.csv")
        # A country whose subdivisions all answer with the country's own zone has nothing to choose from.
        self.split = {name[:2] for name, zone in self.subdivision.items() if zone != self.country[name[:2]]}

    def subdivision_of(self, town: Town) -> str:
        """The ISO 3166-2 code where we have the mapping."""
        return self.admin1.get((town.country, town.admin1), "")

    def of(self, town: Town) -> tuple[str, str, str]:
        """(zone, zone_basis, source_id)."""
        rule = self.town.get(key_of(town.country, town.admin1, town.name))
        if rule is not None:
            return rule[0], f"override: {rule[1]}", "geonames|ours-city-zones"
        for box in self.boxes:
            inside = (
                float(box["south_deg"]) <= town.latitude <= float(box["north_deg"])
                and float(box["west_deg"]) <= town.longitude <= float(box["east_deg"])
                and box["country"] == town.country
                and box["admin1"] in {"", town.admin1}
            )
            if inside:
                return box["zone"], f"override: {box['reason']}", "geonames|ours-city-zones"
        subdivision = self.subdivision_of(town)
        if subdivision and town.country in self.split:
            return self.subdivision[subdivision], "state", "geonames|ours-subdivision-zones"
        zone = self.country.get(town.country, "")
        return zone, "country" if zone else "", "geonames"


def kept(towns: list[Town], zones: Zones) -> list[Town]:
    """Capitals, large cities, picked towns, and the largest town of every other country and zone."""
    known = Gazetteer(towns)
    countries = read_csv(CURATED / "iso_countries.csv")
    excluded = {town.id for town in known.listed("city_exclusions.csv")}
    chosen = {town.id: town for town in towns if town.extra}
    chosen |= {town.id: town for town in known.listed("city_picks.csv")}
    for row in countries:
        for capital in capital_of(row["capital"], known.of_country.get(row["country"], [])):
            chosen[capital.id] = capital
            break
    floors = {row["country"]: floor(row["country"], row["continent"], zones) for row in countries}
    by_size = sorted(known.index.values(), key=lambda town: -town.population)
    candidates = [town for town in by_size if town.id not in excluded]
    for town in candidates:
        if town.population >= floors[town.country] and not is_quarter(town, known.of_country[town.country]):
            chosen[town.id] = town
    served = {(town.country, zones.of(town)[0]) for town in chosen.values()}
    for town in candidates:
        place = (town.country, zones.of(town)[0])
        if place not in served:
            served.add(place)
            chosen[town.id] = town
    return list(chosen.values())


def floor(country: str, continent: str, zones: Zones) -> int:
    """How many people make a city of this country large."""
    first = country in zones.split or continent == "Europe"
    return FLOORS.get(country, FLOOR if first else SINGLE_ZONE_FLOOR)


def capital_of(capital: str, local: Iterable[Town]) -> Iterator[Town]:
    """The towns of the country that bear the capital's name, largest first."""
    wanted = plain(capital.partition(",")[0]).casefold()
    named = [town for town in local if plain(town.name).casefold() == wanted]
    yield from sorted(named, key=lambda town: -town.population)


def is_quarter(town: Town, local: Iterable[Town]) -> bool:
    """Whether a city at least three times as large, or its own double entry, lies next to it."""
    return any(
        (other.population >= 3 * town.population or (other.name == town.name and other.id < town.id))
        and abs(other.latitude - town.latitude) < 0.1
        and town.km(other) < QUARTER_KM
        for other in local
    )


def build(_raw: Path, out: Path) -> None:
    """Write cities.csv; `countries.csv` must have been built before."""
    zones = Zones(out)
    extra = {row["id"]: row["aliases"] for row in read_csv(CURATED / "extra_cities.csv")}
    curated = {
        (row["country"], row["city"]): row["aliases"] for row in read_csv(CURATED / "city_aliases.csv")
    }
    towns = kept(read_gazetteer(), zones)
    largest: dict[tuple[str, str], Town] = {}
    for town in towns:
        first = largest.get((town.country, town.name))
        if first is None or town.population > first.population:
            largest[town.country, town.name] = town
    rows: list[dict[str, object]] = []
    for town in towns:
        aliases = [plain(town.name)] if plain(town.name) != town.name else []
        if largest[town.country, town.name] is town:
            aliases += curated.get((town.country, town.name), "").split("|")
        aliases += extra.get(town.id, "").split("|")
        zone, basis, source = zones.of(town)
        rows.append(
            {
                "id": town.id,
                "city": town.name,
                "aliases": "|".join(dict.fromkeys(alias for alias in aliases if alias)),
                "subdivision": zones.subdivision_of(town),
                "country": town.country,
                "latitude_deg": round(town.latitude, 3),
                "longitude_deg": round(town.longitude, 3),
                "population": town.population or None,
                "zone": zone,
                "zone_basis": basis,
                "source_id": source.replace("geonames", "ours-extra-cities") if town.extra else source,
            }
        )
    write_table(out / "cities.csv", COLUMNS, rows, ("id",))
