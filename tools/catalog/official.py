"""Read the official grid factors: what leaves the stack, by regulators and agencies, and residual mixes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import raw_tables
from .intensity import zone_row
from .tables import named, read_csv

CURATED = Path(__file__).parent / "curated"


def direct_row(zone: str, name: str, year: str, figure: str, basis: str, source: str) -> dict[str, object]:
    """One factor of what leaves the stack; the country is read off the zone's id."""
    country = "" if zone == "EU" else "US" if zone.startswith("EGRID-") else zone[:2]
    return zone_row(zone, name, country, year, figure, boundary="direct", basis=basis, source=source)


LACKING = "curated/official_areas.csv has no name for this zone; write one there"
"""What a new area of an agency's table needs."""


def american_rows(raw: Path) -> Iterator[dict[str, object]]:
    """Subregions, states and the nation of eGRID: direct, by generation."""
    regions, states = raw_tables.declared()["egrid_subregions"], raw_tables.declared()["egrid_states"]
    for row in raw_tables.read(raw, regions.name):
        zone, figure = f"EGRID-{row['subregion']}", row["gco2e_kwh_from_lb"]
        yield direct_row(zone, row["name"], regions.year, figure, "generation", regions.source)
    for row in raw_tables.read(raw, states.name):
        zone, name = f"US-{row['usps']}", row["state"].title().replace(" Of ", " of ")
        if row["usps"] == "usa":
            zone, name = "US", "United States"
        yield direct_row(zone, name, states.year, row["gco2e_kwh"], "generation", states.source)


def consumption_rows(raw: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """Provinces and states whose regulators count what is imported: Canada, Australia, China."""
    source = raw_tables.source_of("canada")
    for row in raw_tables.read(raw, "canada"):
        zone, figure = row["iso3166_2"], row["gco2e_kwh_consumption_intensity"]
        yield direct_row(zone, named(names, zone, LACKING), row["data_year"], figure, "consumption", source)
    edition = raw_tables.declared()["australia"]
    for row in raw_tables.read(raw, "australia"):
        basis = "residual" if "residual" in row["basis"] else "consumption"
        first, figure = row["iso3166_2"], row["gco2e_kwh_scope2"]
        # One line of the source reads "NSW and ACT".
        for zone in (first, "AU-ACT") if first == "AU-NSW" else (first,):
            yield direct_row(zone, named(names, zone, LACKING), edition.year, figure, basis, edition.source)
    source = raw_tables.source_of("china")
    for row in raw_tables.read(raw, "china"):
        zone, figure = row["iso3166_2"], row["gco2_kwh"]
        yield direct_row(zone, row["name"], row["year"], figure, "consumption", source)


def european_rows(raw: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """The EEA's direct factors and the residual mixes of the AIB."""
    source = raw_tables.source_of("europe")
    for row in raw_tables.read(raw, "europe"):
        zone = "EU" if row["iso2"] == "EU27" else row["iso2"]
        figure = row["gco2e_kwh_generation"]
        yield direct_row(zone, named(names, zone, LACKING), row["year"], figure, "generation", source)
    source = raw_tables.source_of("residual_mixes")
    for row in raw_tables.read(raw, "residual_mixes"):
        zone, figure = row["iso2"], row["gco2_kwh_residual_mix"]
        # Austria and the Netherlands print NA: full disclosure leaves no residual mix, not a zero one.
        if figure:
            yield direct_row(zone, named(names, zone, LACKING), row["year"], figure, "residual", source)


def official_rows(raw: Path) -> list[dict[str, object]]:
    """Return the direct factors of regulators and agencies, and the residual mixes."""
    names = {row["zone"]: row["name"] for row in read_csv(CURATED / "official_areas.csv")}
    return [*american_rows(raw), *consumption_rows(raw, names), *european_rows(raw, names)]
