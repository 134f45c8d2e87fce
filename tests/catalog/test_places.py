"""Places: every country, subdivision and city finds the grid that serves it."""

from __future__ import annotations

import csv
import math
import os
import tomllib
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "wattgram" / "data"
RAW = Path(os.environ.get("WATTGRAM_RAW", ROOT.parent / "shared" / "data"))


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def fold(name: str) -> str:
    """The name as a look-up compares it: no accents, no case."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


COUNTRIES = {row["country"]: row for row in read(DATA / "countries.csv")}
SUBDIVISIONS = {row["subdivision"]: row for row in read(DATA / "subdivisions.csv")}
CITIES = read(DATA / "cities.csv")
MAPS = read(DATA / "electricitymaps/zones.csv")
OTHERS = read(DATA / "zones.csv")
NEWEST = {row["zone"]: float(row["intensity_g_per_kwh"]) for row in MAPS if row["year"] == "2025"}
LIFECYCLE = set(NEWEST) | {row["zone"] for row in OTHERS if row["boundary"] == "lifecycle"}


def city(name: str, country: str, subdivision: str = "") -> dict[str, str]:
    """The largest city of that name or alias."""
    found = [
        row
        for row in CITIES
        if row["country"] == country
        and subdivision in {"", row["subdivision"]}
        and fold(name) in {fold(word) for word in (row["city"], *row["aliases"].split("|"))}
    ]
    return max(found, key=lambda row: int(row["population"] or 0))


def test_every_zone_named_by_a_place_has_figures() -> None:
    """No country, subdivision or city points to a zone without a life-cycle figure."""
    named = {row["zone"] for row in [*COUNTRIES.values(), *CITIES]} - {""}
    named |= {zone for row in SUBDIVISIONS.values() for zone in row["zones"].split("|")}
    assert named <= LIFECYCLE


def test_direct_zones_have_direct_figures() -> None:
    """Every subdivision that names a direct zone has a direct row: US, Canada, Australia and China."""
    direct = {row["zone"] for row in OTHERS if row["boundary"] == "direct"}
    named = [row for row in SUBDIVISIONS.values() if row["direct_zone"]]
    assert {row["direct_zone"] for row in named} <= direct
    assert Counter(row["country"] for row in named) == {"US": 51, "CA": 13, "AU": 8, "CN": 30}


def test_all_249_countries_and_kosovo_are_there() -> None:
    """Each ISO 3166 country stands once, with three letters, a continent and, if inhabited, a capital."""
    assert len(COUNTRIES) == 250
    assert len({row["iso3"] for row in COUNTRIES.values()}) == 250
    assert all(len(row["iso3"]) == 3 and row["name"] and row["continent"] for row in COUNTRIES.values())
    nobody = {country for country, row in COUNTRIES.items() if not row["capital"]}
    assert nobody == {"AQ", "BV", "HM", "IO", "TK", "UM"}


def test_only_small_islands_have_no_zone() -> None:
    """A country without a figure has an empty zone, and no city of 100,000 people; nothing is invented."""
    without = {country for country, row in COUNTRIES.items() if not row["zone"]}
    assert len(without) == 22
    assert {row["country"] for row in CITIES if not row["zone"]} <= without
    assert all(int(row["population"] or 0) < 100_000 for row in CITIES if not row["zone"])


def test_no_name_means_two_countries() -> None:
    """No name, alias or code of a country is also another country's, accents and case aside."""
    owners: dict[str, set[str]] = defaultdict(set)
    for country, row in COUNTRIES.items():
        for word in (row["name"], country, row["iso3"], *row["aliases"].split("|")):
            if word:
                owners[fold(word)].add(country)
    assert {word: who for word, who in owners.items() if len(who) > 1} == {}


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("USA", "US"),
        ("Etats-Unis", "US"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("Frankreich", "FR"),
        ("España", "ES"),
        ("Holland", "NL"),
        ("Czech Republic", "CZ"),
        ("Turkey", "TR"),
        ("Korea", "KR"),
        ("Viet Nam", "VN"),
        ("Ivory Coast", "CI"),
        ("Russian Federation", "RU"),
        ("Suisse", "CH"),
        ("日本", "JP"),
    ],
)
def test_countries_answer_to_what_people_call_them(word: str, country: str) -> None:
    """Common short names, native names and French, German and Spanish ones find the country."""
    row = COUNTRIES[country]
    assert fold(word) in {fold(name) for name in (row["name"], country, *row["aliases"].split("|"))}


def test_large_countries_are_those_whose_peoples_grids_differ() -> None:
    """Ten countries are large; in each but Russia the zones of its people differ by more than half."""
    large = {country for country, row in COUNTRIES.items() if row["large"] == "yes"}
    assert large == {"AU", "BR", "CA", "CN", "IN", "JP", "NO", "RU", "SE", "US"}
    assert NEWEST["CA-AB"] > 1.5 * NEWEST["CA-QC"]
    assert NEWEST["IN-EA"] > 1.5 * NEWEST["IN-SO"]
    assert NEWEST["JP-TK"] > 1.5 * NEWEST["JP-KY"]
    assert NEWEST["DK-DK2"] < 1.5 * NEWEST["DK-DK1"]
    assert NEWEST["MY-WM"] < 1.5 * NEWEST["MY-EM"]


def test_subdivisions_belong_to_their_country() -> None:
    """Every subdivision is named by its country's code and served by zones of that country."""
    assert len(SUBDIVISIONS) >= 400
    counts = Counter(row["country"] for row in SUBDIVISIONS.values())
    expected = {"US": 51, "CA": 13, "AU": 8, "BR": 27, "IN": 36, "JP": 47, "CN": 31, "NO": 15, "SE": 21}
    assert {country: counts[country] for country in expected} == expected
    assert (counts["IT"], counts["ES"], counts["DE"], counts["DK"], counts["GB"]) == (20, 19, 16, 5, 4)
    for code, row in SUBDIVISIONS.items():
        assert code.split("-")[0] == row["country"]
        assert all(zone.split("-")[0] == row["country"] for zone in row["zones"].split("|"))


def test_no_name_means_two_subdivisions_of_one_country() -> None:
    """Within a country each name or alias of a subdivision is one subdivision's alone."""
    words = Counter(
        (row["country"], word)
        for row in SUBDIVISIONS.values()
        for word in {fold(word) for word in (row["name"], *row["aliases"].split("|")) if word}
    )
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "country", "subdivision", "zone"),
    [
        ("Montreal", "CA", "", "CA-QC"),
        ("Los Angeles", "US", "", "US-CAL-LDWP"),
        ("Sacramento", "US", "", "US-CAL-BANC"),
        ("San Francisco", "US", "", "US-CAL-CISO"),
        ("Palo Alto", "US", "", "US-CAL-CISO"),
        ("Seattle", "US", "", "US-NW-SCL"),
        ("Tacoma", "US", "", "US-NW-TPWR"),
        ("Quincy", "US", "US-WA", "US-NW-GCPD"),
        ("The Dalles", "US", "", "US-NW-BPAT"),
        ("Prineville", "US", "", "US-NW-PACW"),
        ("El Paso", "US", "", "US-SW-EPE"),
        ("Amarillo", "US", "", "US-CENT-SWPP"),
        ("Austin", "US", "", "US-TEX-ERCO"),
        ("Beaumont", "US", "", "US-MIDW-MISO"),
        ("Chicago", "US", "", "US-MIDA-PJM"),
        ("Urbana", "US", "", "US-MIDW-MISO"),
        ("Columbus", "US", "US-OH", "US-MIDA-PJM"),
        ("Ashburn", "US", "", "US-MIDA-PJM"),
        ("Council Bluffs", "US", "", "US-MIDW-MISO"),
        ("Oak Ridge", "US", "", "US-TEN-TVA"),
        ("Los Alamos", "US", "", "US-SW-PNM"),
        ("Princeton", "US", "", "US-MIDA-PJM"),
        ("Ithaca", "US", "", "US-NY-NYIS"),
        ("Cambridge", "US", "US-MA", "US-NE-ISNE"),
        ("Cambridge", "GB", "", "GB"),
        ("Belfast", "GB", "", "GB-NIR"),
        ("Kirkwall", "GB", "", "GB-ORK"),
        ("Ajaccio", "FR", "", "FR-COR"),
        ("Saclay", "FR", "", "FR"),
        ("Tenerife", "ES", "", "ES-CN-TE"),
        ("Lulea", "SE", "", "SE-SE1"),
        ("Malmo", "SE", "", "SE-SE4"),
        ("Tromso", "NO", "", "NO-NO4"),
        ("Kobenhavn", "DK", "", "DK-DK2"),
        ("Aarhus", "DK", "", "DK-DK1"),
        ("München", "DE", "", "DE"),
        ("Zurich", "CH", "", "CH"),
        ("Palermo", "IT", "", "IT-SIC"),
        ("Bangalore", "IN", "", "IN-SO"),
        ("Calcutta", "IN", "", "IN-EA"),
        ("Kyoto", "JP", "", "JP-KN"),
        ("Fortaleza", "BR", "", "BR-NE"),
        ("Canberra", "AU", "", "AU-NSW"),
        ("Kuching", "MY", "", "MY-EM"),
        ("Cebu City", "PH", "", "PH-VI"),
        ("Irkutsk", "RU", "", "RU-2"),
        ("Vladivostok", "RU", "", "RU-AS"),
        ("Saigon", "VN", "", "VN"),
    ],
)
def test_cities_find_the_grid_that_serves_them(name: str, country: str, subdivision: str, zone: str) -> None:
    """A city's zone is its balancing area, bidding zone or island, by whatever name it is typed."""
    assert city(name, country, subdivision)["zone"] == zone


def test_an_override_says_why() -> None:
    """Every city says how its zone was found: its country, its state, or an override with the reason."""
    for row in CITIES:
        basis = row["zone_basis"]
        assert basis in {"country", "state"} or basis.startswith("override: ") or not row["zone"]
        assert row["source_id"].split("|")[0] in {"geonames", "ours-extra-cities"}


def test_a_city_lies_in_a_zone_of_its_state() -> None:
    """No city of a subdivision is served by a zone that the subdivision does not list."""
    for row in CITIES:
        if row["subdivision"] and row["zone_basis"] != "country":
            assert row["zone"] in SUBDIVISIONS[row["subdivision"]]["zones"].split("|"), row["city"]


# Balancing areas that feed into the grid or serve scattered cooperatives: no town of theirs is known to us.
NO_CITY = {"US-CENT-SPA", "US-MIDW-AECI", "US-NW-GRID", "US-SE-SEPA"}


def test_every_zone_with_people_has_a_city() -> None:
    """Each Electricity Maps zone serves a city of the table, but for national averages and four US areas."""
    averages = {zone for zone in NEWEST if any(other.startswith(f"{zone}-") for other in NEWEST)}
    served = {row["zone"] for row in CITIES}
    assert set(NEWEST) - served - averages == NO_CITY


def test_every_capital_is_a_city() -> None:
    """The capital of every country is in the table of cities."""
    names = {(row["country"], fold(row["city"])) for row in CITIES}
    missing = {c for c, row in COUNTRIES.items() if row["capital"] and (c, fold(row["capital"])) not in names}
    assert missing == set()


def test_cities_are_where_they_should_be() -> None:
    """Coordinates are degrees, no city stands twice, and the file stays small enough to carry (350 kB)."""
    for row in CITIES:
        assert abs(float(row["latitude_deg"])) <= 90
        assert abs(float(row["longitude_deg"])) <= 180
    assert len({row["id"] for row in CITIES}) == len(CITIES) > 4000
    twins = Counter((row["country"], row["subdivision"], row["city"]) for row in CITIES if row["subdivision"])
    assert sum(count > 1 for count in twins.values()) <= 3
    assert (DATA / "cities.csv").stat().st_size < 350_000
    assert float(city("Montreal", "CA")["latitude_deg"]) == pytest.approx(45.5, abs=0.1)


def test_sources_are_described() -> None:
    """Each source id of the three tables is described with a licence."""
    with (ROOT / "tools/catalog/sources/places.toml").open("rb") as handle:
        sources = tomllib.load(handle)
    rows = [*COUNTRIES.values(), *SUBDIVISIONS.values(), *CITIES]
    used = {source for row in rows for source in row["source_id"].split("|")}
    assert used == set(sources)
    assert all(source["licence"] for source in sources.values())


# Cloud regions whose zone is not that of the city they are named for.
REGION_EXCEPTIONS = {
    "gcp:us-west2": "the city is served by LADWP; the region may stand in a neighbouring CAISO city",
    "upcloud:us-nyc1": "named for New York; the table of regions puts its data centre in New Jersey (PJM)",
}


def test_cities_agree_with_the_cloud_regions_in_them() -> None:
    """A city that a cloud region is named for has the region's zone, but for two listed exceptions."""
    table = RAW / "cloud" / "cloud_regions.csv"
    if not table.exists():
        pytest.skip("needs the raw tables: set WATTGRAM_RAW")
    compared, differing = 0, set()
    for region in read(table):
        if not region["city"] or not region["lat"]:
            continue
        place = (float(region["lat"]), float(region["lon"]))
        named = [
            row
            for row in CITIES
            if row["country"] == region["country_iso2"]
            and fold(region["city"]) in {fold(word) for word in (row["city"], *row["aliases"].split("|"))}
            and math.dist(place, (float(row["latitude_deg"]), float(row["longitude_deg"]))) < 1.5
        ]
        if named:
            compared += 1
            if all(row["zone"] != region["em_zone"] for row in named):
                differing.add(f"{region['provider']}:{region['region']}")
    assert compared > 180
    assert differing == set(REGION_EXCEPTIONS)


def test_every_city_with_a_cloud_region_is_there() -> None:
    """Within 40 km of each cloud region whose town is known there is a city of the table."""
    table = RAW / "cloud" / "cloud_regions.csv"
    if not table.exists():
        pytest.skip("needs the raw tables: set WATTGRAM_RAW")
    far = []
    for region in read(table):
        if region["city"] == region["name"] and region["provider"] == "azure":
            continue  # Microsoft names no town: the point is the middle of a state or country
        north, east = float(region["lat"]), float(region["lon"])
        width = math.cos(math.radians(north))
        nearest = min(
            math.hypot(float(row["latitude_deg"]) - north, (float(row["longitude_deg"]) - east) * width)
            * 111.2
            for row in CITIES
            if row["country"] == region["country_iso2"]
        )
        if nearest > 40:
            far.append((region["provider"], region["region"], round(nearest)))
    assert far == []
