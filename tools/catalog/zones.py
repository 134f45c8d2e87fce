"""Build the grid intensities: one table derived from Electricity Maps (ODbL), one from every other source.

The two stay apart because the first is share-alike: nothing in ``zones.csv`` may be computed from it, while a
row of ``electricitymaps/zones.csv`` may look at Ember for the width of its range.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .tables import read_csv, significant, write_table

COLUMNS = (
    "zone",
    "zone_name",
    "country",
    "year",
    "boundary",
    "basis",
    "intensity_g_per_kwh",
    "low_g_per_kwh",
    "high_g_per_kwh",
    "range_basis",
    "flag",
    "source_id",
)
CURATED = Path(__file__).parent / "curated"

ELECTRICITY_MAPS = "electricitymaps-2025"
EMBER = "ember-owid-2026"

# `grid-year-known` of assumptions.csv: what a yearly figure is worth for a run of a month or more (METHOD 2).
SPREAD = 1.1
ASSUMED = "assumption:grid-year-known"
# Two sources further apart than this (either way) are flagged: the reader should see both.
DISAGREE = 1.25

# The sub-national zones that carry all but a percent or two of their country's electricity.
WHOLE_COUNTRY = {"CL-SEN": "CL"}
EMBER_AGGREGATES = {"OWID_WRL": ("WORLD", ""), "OWID_EU27": ("EU", "")}
EMBER_COUNTRIES = {"OWID_KOS": "XK"}

# A number kept exactly as it is printed in the raw table, beside the number it stands for.
Figure = tuple[str, float]

PROVENANCE: dict[str, dict[str, str]] = {
    "electricitymaps/zones.csv": {
        "zone": "grid/electricitymaps_zone_year_2021_2025.csv:zone",
        "zone_name": "grid/electricitymaps_zone_year_2021_2025.csv:zone_name, country_name",
        "country": "grid/electricitymaps_zone_year_2021_2025.csv:country_iso2",
        "year": "grid/electricitymaps_zone_year_2021_2025.csv:year",
        "boundary": "made here: lifecycle",
        "basis": "made here: consumption",
        "intensity_g_per_kwh": "grid/electricitymaps_zone_year_2021_2025.csv:gco2eq_kwh_lifecycle_consumption",
        "low_g_per_kwh": "made here: min(intensity / 1.1, Ember of the same country and year)",
        "high_g_per_kwh": "made here: max(intensity x 1.1, Ember of the same country and year)",
        "range_basis": "made here: two-sources, or the assumption",
        "flag": "grid/electricitymaps_zone_year_2021_2025.csv:flag; sources-disagree made here",
        "source_id": "made here",
    },
    "zones.csv": {
        "zone": "made here from the ISO code, subregion or province of the source",
        "zone_name": "the source's name of the area; names of Canadian, Australian and European areas: curated",
        "country": "made here from the zone",
        "year": "the source's data year (Australia: the year of the edition)",
        "boundary": "made here: lifecycle for Ember, direct for the official factors",
        "basis": "made here: generation, consumption or residual as the source says",
        "intensity_g_per_kwh": "grid/owid_ember_..., egrid2023_..., canada_..., australia_..., eea_..., china_..., aib_...",
        "low_g_per_kwh": "made here: intensity / 1.1",
        "high_g_per_kwh": "made here: intensity x 1.1",
        "range_basis": "made here: the assumption",
        "flag": "made here: constant-all-years",
        "source_id": "made here",
    },
}


def zone_row(
    zone: str,
    name: str,
    country: str,
    year: str,
    figure: str,
    *,
    boundary: str,
    basis: str,
    source: str,
) -> dict[str, object]:
    """One zone-year whose range is the assumption; the central figure stays the text of the raw table."""
    value = float(figure)
    return {
        "zone": zone,
        "zone_name": name,
        "country": country,
        "year": year,
        "boundary": boundary,
        "basis": basis,
        "intensity_g_per_kwh": figure,
        "low_g_per_kwh": significant(value / SPREAD),
        "high_g_per_kwh": significant(value * SPREAD),
        "range_basis": ASSUMED,
        "flag": "",
        "source_id": source,
    }


def ember_areas(raw: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(zone, year) -> (name, figure) of every country, the world and the EU in Ember's table.

    The other aggregates (continents, income groups) are left out: nobody's electricity comes from one.
    """
    iso2 = {row["iso3"]: row["country"] for row in read_csv(CURATED / "iso_countries.csv")}
    areas: dict[tuple[str, str], tuple[str, str]] = {}
    for row in read_csv(raw / "grid/owid_ember_country_year_2000_2025.csv"):
        code = row["Code"]
        if code in EMBER_AGGREGATES:
            zone = EMBER_AGGREGATES[code][0]
        elif code in EMBER_COUNTRIES:
            zone = EMBER_COUNTRIES[code]
        elif code in iso2:
            zone = iso2[code]
        elif not code or code.startswith("OWID_"):
            continue
        else:
            raise ValueError(f"Ember names {row['Entity']!r} with the code {code!r}, which no country has")
        figure = row["Carbon intensity of electricity per kWh"]
        if figure and int(row["Year"]) >= 2000:
            areas[zone, row["Year"]] = (row["Entity"], figure)
    return areas


def electricity_maps_rows(
    raw: Path, ember: dict[tuple[str, str], tuple[str, str]]
) -> Iterator[dict[str, object]]:
    """Every zone and year of Electricity Maps; the range opens to Ember's figure where the area is a country."""
    for row in read_csv(raw / "grid/electricitymaps_zone_year_2021_2025.csv"):
        zone, year = row["zone"], row["year"]
        country = row["country_iso2"]
        figure = row["gco2eq_kwh_lifecycle_consumption"]
        name = row["zone_name"]
        if row["country_name"] and row["country_name"] not in name:
            name = f"{name}, {row['country_name']}"
        built = zone_row(
            zone,
            name,
            country,
            year,
            figure,
            boundary="lifecycle",
            basis="consumption",
            source=ELECTRICITY_MAPS,
        )
        flags = ["constant-all-years"] if row["flag"] == "constant_all_years" else []
        second = ember.get((WHOLE_COUNTRY.get(zone, zone), year))
        if second is not None:
            ours, theirs = float(figure), float(second[1])
            built["low_g_per_kwh"] = significant(min(ours / SPREAD, theirs))
            built["high_g_per_kwh"] = significant(max(ours * SPREAD, theirs))
            built["range_basis"] = "two-sources"
            built["source_id"] = f"{ELECTRICITY_MAPS}|{EMBER}"
            if max(ours, theirs) > DISAGREE * min(ours, theirs):
                flags.append("sources-disagree")
        built["flag"] = "|".join(flags)
        yield built


def ember_rows(ember: dict[tuple[str, str], tuple[str, str]]) -> Iterator[dict[str, object]]:
    """Ember's life-cycle figures of generation; a series of five years or more that never moves is flagged."""
    figures: dict[str, list[str]] = {}
    for (zone, _), (_, figure) in ember.items():
        figures.setdefault(zone, []).append(figure)
    for (zone, year), (name, figure) in ember.items():
        country = "" if zone in {"WORLD", "EU"} else zone
        built = zone_row(
            zone, name, country, year, figure, boundary="lifecycle", basis="generation", source=EMBER
        )
        series = figures[zone]
        built["flag"] = "constant-all-years" if len(series) >= 5 and len(set(series)) == 1 else ""
        yield built


def official_rows(raw: Path) -> Iterator[dict[str, object]]:
    """The direct (stack) factors of regulators and agencies, and the residual mixes."""
    names = {row["zone"]: row["name"] for row in read_csv(CURATED / "official_areas.csv")}
    grid = raw / "grid"

    def direct(
        zone: str, year: str, figure: str, basis: str, source: str, name: str = ""
    ) -> dict[str, object]:
        label = name or names[zone]
        country = "" if zone == "EU" else "US" if zone.startswith("EGRID-") else zone[:2]
        return zone_row(zone, label, country, year, figure, boundary="direct", basis=basis, source=source)

    for row in read_csv(grid / "egrid2023_rev2_subregion.csv"):
        figure = row["gco2e_kwh_from_lb"]
        zone = f"EGRID-{row['subregion']}"
        yield direct(zone, "2023", figure, "generation", "egrid2023-rev2", row["name"])
    for row in read_csv(grid / "egrid2023_rev2_state.csv"):
        national = row["usps"] == "usa"
        zone = "US" if national else f"US-{row['usps']}"
        name = "United States" if national else row["state"].title().replace(" Of ", " of ")
        yield direct(zone, "2023", row["gco2e_kwh"], "generation", "egrid2023-rev2", name)
    for row in read_csv(grid / "canada_eccc_nir2026_2024_province.csv"):
        figure = row["gco2e_kwh_consumption_intensity"]
        yield direct(row["iso3166_2"], row["data_year"], figure, "consumption", "eccc-nir-2026")
    for row in read_csv(grid / "australia_nga2026_state.csv"):
        basis = "residual" if "residual" in row["basis"] else "consumption"
        zones = [row["iso3166_2"]]
        if row["iso3166_2"] == "AU-NSW":
            zones.append("AU-ACT")  # one line of the source: "NSW and ACT"
        for zone in zones:
            yield direct(zone, "2026", row["gco2e_kwh_scope2"], basis, "nga-2026")
    for row in read_csv(grid / "eea_2024_country_direct.csv"):
        zone = "EU" if row["iso2"] == "EU27" else row["iso2"]
        yield direct(zone, row["year"], row["gco2e_kwh_generation"], "generation", "eea-2024")
    for row in read_csv(grid / "china_mee_nbs_2023_province.csv"):
        zone, name = row["iso3166_2"], row["name"]
        yield direct(zone, row["year"], row["gco2_kwh"], "consumption", "mee-nbs-2023", name)
    for row in read_csv(grid / "aib_2025_residual_mix.csv"):
        figure = row["gco2_kwh_residual_mix"]
        if (
            figure
        ):  # Austria and the Netherlands print NA: full disclosure leaves no residual mix, not a zero one
            yield direct(row["iso2"], row["year"], figure, "residual", "aib-residual-2025")


def build(raw: Path, out: Path) -> None:
    """Write both tables and the notice that goes with the first."""
    ember = ember_areas(raw)
    write_table(
        out / "electricitymaps/zones.csv", COLUMNS, electricity_maps_rows(raw, ember), ("zone", "year")
    )
    write_table(
        out / "zones.csv",
        COLUMNS,
        [*ember_rows(ember), *official_rows(raw)],
        ("zone", "year", "boundary", "basis", "source_id"),
    )
    notice = (CURATED / "electricitymaps_notice.md").read_text(encoding="utf-8")
    (out / "electricitymaps/NOTICE.md").write_text(notice, encoding="utf-8")
