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


def american_rows(raw: Path, _names: dict[str, str]) -> Iterator[dict[str, object]]:
    """Subregions of eGRID: direct, by generation."""
    table = raw_tables.declared()["egrid_subregions"]
    for row in raw_tables.read(raw, table.name):
        zone, figure = f"EGRID-{row['subregion']}", row["gco2e_kwh_from_lb"]
        yield direct_row(zone, row["name"], table.year, figure, "generation", table.source)


def state_rows(raw: Path, _names: dict[str, str]) -> Iterator[dict[str, object]]:
    """States and the nation of eGRID: direct, by generation."""
    table = raw_tables.declared()["egrid_states"]
    for row in raw_tables.read(raw, table.name):
        zone, name = f"US-{row['usps']}", row["state"].title().replace(" Of ", " of ")
        if row["usps"] == "usa":
            zone, name = "US", "United States"
        yield direct_row(zone, name, table.year, row["gco2e_kwh"], "generation", table.source)


def canadian_rows(raw: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """Provinces of Canada, whose inventory counts what is imported."""
    source = raw_tables.source_of("canada")
    for row in raw_tables.read(raw, "canada"):
        zone, figure = row["iso3166_2"], row["gco2e_kwh_consumption_intensity"]
        yield direct_row(zone, named(names, zone, LACKING), row["data_year"], figure, "consumption", source)


def australian_rows(raw: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """States of Australia, by what is consumed, and its residual mix."""
    table = raw_tables.declared()["australia"]
    for row in raw_tables.read(raw, table.name):
        basis = "residual" if "residual" in row["basis"] else "consumption"
        first, figure = row["iso3166_2"], row["gco2e_kwh_scope2"]
        # One line of the source reads "NSW and ACT".
        for zone in (first, "AU-ACT") if first == "AU-NSW" else (first,):
            yield direct_row(zone, named(names, zone, LACKING), table.year, figure, basis, table.source)


def chinese_rows(raw: Path, _names: dict[str, str]) -> Iterator[dict[str, object]]:
    """Provinces of China, by what is consumed."""
    source = raw_tables.source_of("china")
    for row in raw_tables.read(raw, "china"):
        zone, figure = row["iso3166_2"], row["gco2_kwh"]
        yield direct_row(zone, row["name"], row["year"], figure, "consumption", source)


def european_rows(raw: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """The EEA's direct factors of generation."""
    source = raw_tables.source_of("europe")
    for row in raw_tables.read(raw, "europe"):
        zone = "EU" if row["iso2"] == "EU27" else row["iso2"]
        figure = row["gco2e_kwh_generation"]
        yield direct_row(zone, named(names, zone, LACKING), row["year"], figure, "generation", source)


def residual_rows(raw: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """The residual mixes of the AIB."""
    source = raw_tables.source_of("residual_mixes")
    for row in raw_tables.read(raw, "residual_mixes"):
        zone, figure = row["iso2"], row["gco2_kwh_residual_mix"]
        # Austria and the Netherlands print NA: full disclosure leaves no residual mix, not a zero one.
        if figure:
            yield direct_row(zone, named(names, zone, LACKING), row["year"], figure, "residual", source)


READERS = {
    "egrid_subregions": american_rows,
    "egrid_states": state_rows,
    "canada": canadian_rows,
    "australia": australian_rows,
    "china": chinese_rows,
    "europe": european_rows,
    "residual_mixes": residual_rows,
}
"""Raw table -> what reads it."""


def official_rows(raw: Path, built: Path) -> list[dict[str, object]]:
    """Return the direct factors of regulators and agencies, and the residual mixes.

    Rows of a source whose raw table is not there are those that stand in `built`.
    """
    names = {row["zone"]: row["name"] for row in read_csv(CURATED / "official_areas.csv")}
    rows: list[dict[str, object]] = []
    for name, reader in READERS.items():
        kept = raw_tables.kept_rows(raw, name, built)
        if kept is None:
            rows += reader(raw, names)
        else:
            rows += [{**row} for row in kept if _of(name, row["zone"])]
    return rows


def _of(name: str, zone: str) -> bool:
    """Whether a zone is of this table; the two of eGRID share a source."""
    return not name.startswith("egrid_") or zone.startswith("EGRID-") == (name == "egrid_subregions")
