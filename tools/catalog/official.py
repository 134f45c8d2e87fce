"""Read the official grid factors: what leaves the stack, by regulators and agencies, and residual mixes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .intensity import zone_row
from .tables import read_csv

CURATED = Path(__file__).parent / "curated"


def direct_row(zone: str, name: str, year: str, figure: str, basis: str, source: str) -> dict[str, object]:
    """One factor of what leaves the stack; the country is read off the zone's id."""
    country = "" if zone == "EU" else "US" if zone.startswith("EGRID-") else zone[:2]
    return zone_row(zone, name, country, year, figure, boundary="direct", basis=basis, source=source)


def american_rows(grid: Path) -> Iterator[dict[str, object]]:
    """Subregions, states and the nation of eGRID: direct, by generation."""
    for row in read_csv(grid / "egrid2023_rev2_subregion.csv"):
        zone, figure = f"EGRID-{row['subregion']}", row["gco2e_kwh_from_lb"]
        yield direct_row(zone, row["name"], "2023", figure, "generation", "egrid2023-rev2")
    for row in read_csv(grid / "egrid2023_rev2_state.csv"):
        zone, name = f"US-{row['usps']}", row["state"].title().replace(" Of ", " of ")
        if row["usps"] == "usa":
            zone, name = "US", "United States"
        yield direct_row(zone, name, "2023", row["gco2e_kwh"], "generation", "egrid2023-rev2")


def consumption_rows(grid: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """Provinces and states whose regulators count what is imported: Canada, Australia, China."""
    for row in read_csv(grid / "canada_eccc_nir2026_2024_province.csv"):
        zone, figure = row["iso3166_2"], row["gco2e_kwh_consumption_intensity"]
        yield direct_row(zone, names[zone], row["data_year"], figure, "consumption", "eccc-nir-2026")
    for row in read_csv(grid / "australia_nga2026_state.csv"):
        basis = "residual" if "residual" in row["basis"] else "consumption"
        first = row["iso3166_2"]
        # One line of the source reads "NSW and ACT".
        for zone in (first, "AU-ACT") if first == "AU-NSW" else (first,):
            yield direct_row(zone, names[zone], "2026", row["gco2e_kwh_scope2"], basis, "nga-2026")
    for row in read_csv(grid / "china_mee_nbs_2023_province.csv"):
        zone, figure = row["iso3166_2"], row["gco2_kwh"]
        yield direct_row(zone, row["name"], row["year"], figure, "consumption", "mee-nbs-2023")


def european_rows(grid: Path, names: dict[str, str]) -> Iterator[dict[str, object]]:
    """The EEA's direct factors and the residual mixes of the AIB."""
    for row in read_csv(grid / "eea_2024_country_direct.csv"):
        zone = "EU" if row["iso2"] == "EU27" else row["iso2"]
        figure = row["gco2e_kwh_generation"]
        yield direct_row(zone, names[zone], row["year"], figure, "generation", "eea-2024")
    for row in read_csv(grid / "aib_2025_residual_mix.csv"):
        zone, figure = row["iso2"], row["gco2_kwh_residual_mix"]
        if (
            figure
        ):  # Austria and the Netherlands print NA: full disclosure leaves no residual mix, not a zero one
            yield direct_row(zone, names[zone], row["year"], figure, "residual", "aib-residual-2025")


def official_rows(raw: Path) -> list[dict[str, object]]:
    """Return the direct factors of regulators and agencies, and the residual mixes."""
    names = {row["zone"]: row["name"] for row in read_csv(CURATED / "official_areas.csv")}
    grid = raw / "grid"
    return [*american_rows(grid), *consumption_rows(grid, names), *european_rows(grid, names)]
