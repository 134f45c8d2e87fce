"""Build the tables of countries and subdivisions: which grid zone serves a place that somebody names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import cities
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
COUNTRY_COLUMNS = (
    "country",
    "iso3",
    "name",
    "aliases",
    "zone",
    "subnational_zones",
    "large",
    "continent",
    "capital",
    "source_id",
)
SUBDIVISION_COLUMNS = ("subdivision", "name", "aliases", "country", "zones", "direct_zone", "source_id")

# A country is `large` when the grids of its people differ by more than this factor: dirtiest over cleanest
# zone of the newest year, among those that serve about 5 % of the people or more: a 90 % range over people.
MATERIAL = 1.5

PROVENANCE: dict[str, dict[str, str]] = {
    "countries.csv": {
        "country": "curated/iso_countries.csv:country (ISO 3166-1 alpha-2; XK for Kosovo)",
        "iso3": "curated/iso_countries.csv:iso3",
        "name": "curated/iso_countries.csv:name",
        "aliases": "curated/iso_countries.csv:aliases",
        "zone": "made here: Electricity Maps' zone, else the grid it hangs on (curated), else Ember's",
        "subnational_zones": "made here: count of Electricity Maps zones within the country",
        "large": "curated/large_countries.csv, checked here against the figures of the zones",
        "continent": "curated/iso_countries.csv:continent",
        "capital": "curated/iso_countries.csv:capital",
        "source_id": "made here",
    },
    "subdivisions.csv": {
        "subdivision": "curated/subdivision_zones.csv:subdivision (ISO 3166-2)",
        "name": "curated/subdivision_zones.csv:name",
        "aliases": "curated/subdivision_zones.csv:aliases",
        "country": "curated/subdivision_zones.csv:country",
        "zones": "curated/subdivision_zones.csv:zones",
        "direct_zone": "made here: the same id in zones.csv with boundary direct",
        "source_id": "made here",
    },
    "cities.csv": cities.PROVENANCE,
}


def country_rows(
    maps: dict[str, float], country_of: dict[str, str], others: set[str], direct: dict[str, float]
) -> Iterator[dict[str, object]]:
    """Every country with the zone that answers for it; blank where no source has a figure."""
    checked = {row["country"]: row for row in read_csv(CURATED / "large_countries.csv")}
    for row in checked.values():
        figures = [maps.get(zone, direct.get(zone)) for zone in row["zones"].split("|") if zone]
        known = [figure for figure in figures if figure is not None]
        if len(known) != len(figures) or (known and max(known) <= MATERIAL * min(known)):
            raise ValueError(
                f"large_countries.csv: {row['country']} no longer has zones that differ materially"
            )
    for row in read_csv(CURATED / "iso_countries.csv"):
        country = row["country"]
        source = "iso-3166"
        if country in maps:
            zone = country
        elif row["zone_override"]:
            zone = row["zone_override"]
            source = "iso-3166|ours-country-zones"
        else:
            zone = country if country in others else ""
        parts = sum(
            owner == country and name != country for name, owner in country_of.items() if name != zone
        )
        yield {
            **row,
            "zone": zone,
            "subnational_zones": parts,
            "large": "yes" if country in checked else "",
            "source_id": source,
        }


def subdivision_rows(zones: set[str], direct: dict[str, float]) -> Iterator[dict[str, object]]:
    """Every subdivision with its grid zones, most populous first."""
    for row in read_csv(CURATED / "subdivision_zones.csv"):
        unknown = set(row["zones"].split("|")) - zones
        if unknown:
            raise ValueError(f"{row['subdivision']}: no zone is called {sorted(unknown)}")
        yield {
            **row,
            "direct_zone": row["subdivision"] if row["subdivision"] in direct else "",
            "source_id": "iso-3166|ours-subdivision-zones",
        }


def build(raw: Path, out: Path) -> None:
    """Write countries, subdivisions and cities; the two zone tables must have been built before."""
    every = read_csv(out / "electricitymaps/zones.csv")
    latest = max(row["year"] for row in every)
    newest = [row for row in every if row["year"] == latest]
    maps = {row["zone"]: float(row["intensity_g_per_kwh"]) for row in newest}
    country_of = {row["zone"]: row["country"] for row in newest}
    others = read_csv(out / "zones.csv")
    lifecycle = {row["zone"] for row in others if row["boundary"] == "lifecycle"}
    direct = {
        row["zone"]: float(row["intensity_g_per_kwh"])
        for row in others
        if row["boundary"] == "direct" and row["basis"] != "residual"
    }
    countries = list(country_rows(maps, country_of, lifecycle, direct))
    write_table(out / "countries.csv", COUNTRY_COLUMNS, countries, ("country",))
    write_table(
        out / "subdivisions.csv", SUBDIVISION_COLUMNS, subdivision_rows(set(maps), direct), ("subdivision",)
    )
    cities.build(raw, out)
