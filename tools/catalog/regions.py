"""Build what is known of cloud regions: place, aliases, own PUE and WUE, declared intensity, grid zone.

Places are our own table of cities (GeoNames coordinates): a provider names a city at best, never a building.
A figure stands only where the operator itself published it; the global mean that one list repeats for every
region of AWS is no figure of a region and is dropped.
"""

from __future__ import annotations

from pathlib import Path

from . import providers
from .region_aliases import display_name, region_aliases
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
REGIONS = (
    "provider",
    "region",
    "aliases",
    "name",
    "city",
    "subdivision",
    "country",
    "continent",
    "latitude_deg",
    "longitude_deg",
    "time_zone",
    "pue",
    "pue_year",
    "pue_source_id",
    "wue_l_per_kwh",
    "wue_year",
    "wue_source_id",
    "declared_direct_g_per_kwh",
    "declared_year",
    "declared_source_id",
    "operational_since",
    "confidence",
    "source_id",
)
ZONES = ("provider", "region", "zone", "zone_basis", "confidence", "cfe_percent_2025", "source_id")
DECLARED = ("provider", "region", "year", "boundary", "declared_g_per_kwh", "cfe_share", "source_id")

GOOGLE_DECLARED = "google-region-carbon-2024"
# The only lifecycle figure among the direct ones of 2024: it jumps by 100 g and equals the life-cycle figure.
LIFECYCLE_BY_SLIP = {("southamerica-west1", "2024")}
# The global mean of AWS in 2023 that a second-hand list writes into every region without a figure of its own.
AWS_FLEET_WUE = "0.18"
# The list repeats Google's figures of 2023 under 2024, all thirteen of them: the year is the one they are
# known for.
GOOGLE_PUE_YEAR = "2023"

ASIA = frozenset(
    ["AE", "BH", "CN", "HK", "ID", "IL", "IN", "JP", "KR", "MY", "PH", "QA", "SA", "SG", "TH", "TW"]
)
CONTINENTS = {
    **dict.fromkeys(("US", "CA", "MX"), "North America"),
    **dict.fromkeys(("BR", "CL", "CO"), "South America"),
    **dict.fromkeys(ASIA, "Asia"),
    **dict.fromkeys(("AU", "NZ"), "Oceania"),
    "ZA": "Africa",
}

PROVENANCE: dict[str, dict[str, str]] = {
    **providers.PROVENANCE,
    "regions.csv": {
        **dict.fromkeys(("provider", "region", "country", "confidence"), "cloud/cloud_regions.csv"),
        "time_zone": "cloud/cloud_regions.csv:iana_tz",
        "name": "cloud/cloud_regions.csv:name, or the city where that is a code or a building",
        "aliases": "made here from id, name and city; tools/catalog/curated/region_aliases.csv",
        "city": "tools/catalog/curated/region_places.csv: the city whose coordinates stand for the region",
        **dict.fromkeys(
            ("subdivision", "latitude_deg", "longitude_deg"), "tools/catalog/curated/region_cities.csv"
        ),
        "continent": "made here from country",
        "pue": "cloud/cloud_regions.csv:pue",
        "pue_year": "cloud/cloud_regions.csv:pue_year; 2023 for Google, whose 2024 column repeats it",
        "wue_l_per_kwh": "cloud/cloud_regions.csv:wue_l_kwh without the repeated global mean of AWS",
        "wue_year": "cloud/cloud_regions.csv:wue_year",
        "declared_direct_g_per_kwh": "cloud/gcp_declared_region_carbon_2019_2024.csv: newest direct figure",
        "declared_year": "cloud/gcp_declared_region_carbon_2019_2024.csv:year",
        "operational_since": "cloud/cloud_regions.csv:operational_since, where the operator announced it",
        **dict.fromkeys(("pue_source_id", "wue_source_id", "declared_source_id", "source_id"), "made here"),
    },
    "electricitymaps/region_zones.csv": {
        **dict.fromkeys(("provider", "region", "confidence"), "cloud/cloud_regions.csv"),
        "zone": "cloud/cloud_regions.csv:em_zone",
        "zone_basis": "cloud/cloud_regions.csv:em_zone_by_polygon; tools/catalog/curated/zone_overrides.csv",
        "cfe_percent_2025": "cloud/cloud_regions.csv:em_cfe_pct_2025",
        "source_id": "made here",
    },
    "declared.csv": {
        "boundary": "cloud/gcp_declared_region_carbon_2019_2024.csv:basis",
        "declared_g_per_kwh": "cloud/gcp_declared_region_carbon_2019_2024.csv:grid_gco2eq_kwh",
        "cfe_share": "cloud/gcp_declared_region_carbon_2019_2024.csv:google_cfe_hourly",
        **dict.fromkeys(("provider", "source_id"), "made here"),
        **dict.fromkeys(("region", "year"), "cloud/gcp_declared_region_carbon_2019_2024.csv"),
    },
}

Row = dict[str, str]


def efficiency(row: Row) -> dict[str, str]:
    """The region's own PUE and WUE with year and primary source; nothing where the operator published
    none.
    """
    made: dict[str, str] = {}
    provider = row["provider"]
    if row["pue"]:
        year = GOOGLE_PUE_YEAR if provider == "gcp" else row["pue_year"]
        sources = {
            "aws": "aws-cloud-efficiency-2024",
            "gcp": "google-datacenter-efficiency-2023",
            "azure": "microsoft-region-factsheets-2022"
            if year == "2022"
            else "microsoft-datacenter-efficiency-2023",
        }
        made |= {"pue": row["pue"], "pue_year": year, "pue_source_id": sources[provider]}
    repeated = provider == "aws" and row["wue_l_kwh"] == AWS_FLEET_WUE
    if row["wue_l_kwh"] and not repeated:
        new_site = row["pue_year"] == "2022"
        sources = {
            "aws": "aws-cloud-efficiency-2024",
            "azure": "microsoft-region-factsheets-2022"
            if new_site
            else "microsoft-datacenter-efficiency-fy22",
        }
        made |= {
            "wue_l_per_kwh": row["wue_l_kwh"],
            "wue_year": row["wue_year"],
            "wue_source_id": sources[provider],
        }
    return made


def declared(raw: Path) -> list[dict[str, str]]:
    """Google's declared yearly intensities; the boundary changed from life-cycle to direct with 2021."""
    made: list[dict[str, str]] = []
    for row in read_csv(raw / "cloud" / "gcp_declared_region_carbon_2019_2024.csv"):
        slip = (row["region"], row["year"]) in LIFECYCLE_BY_SLIP
        made.append(
            {
                "provider": "gcp",
                "region": row["region"],
                "year": row["year"],
                "boundary": "lifecycle" if slip or row["basis"] == "lifecycle" else "direct",
                "declared_g_per_kwh": row["grid_gco2eq_kwh"],
                "cfe_share": row["google_cfe_hourly"],
                "source_id": GOOGLE_DECLARED,
            }
        )
    return made


def zones(rows: list[Row]) -> list[Row]:
    """The grid zone of each region and why it is that one; a curated row must agree with the raw table."""
    overrides = {(row["provider"], row["region"]): row for row in read_csv(CURATED / "zone_overrides.csv")}
    made: list[Row] = []
    for row in rows:
        override = overrides.get((row["provider"], row["region"]))
        if override is None and row["em_zone"] != row["em_zone_by_polygon"]:
            raise ValueError(
                f"{row['provider']} {row['region']}: the zone is not the polygon's and has no reason"
            )
        if override is not None and override["zone"] != row["em_zone"]:
            raise ValueError(f"{row['provider']} {row['region']}: the raw table now says {row['em_zone']}")
        chosen = override or {"zone_basis": "polygon that holds the site", "confidence": row["confidence"]}
        made.append(
            {
                "provider": row["provider"],
                "region": row["region"],
                "zone": row["em_zone"],
                "zone_basis": chosen["zone_basis"],
                "confidence": chosen["confidence"],
                "cfe_percent_2025": row["em_cfe_pct_2025"],
                "source_id": "electricitymaps-sites-2025|electricitymaps-2025",
            }
        )
    return made


def build(raw: Path, out: Path) -> None:
    """Write the tables of regions and of their providers."""
    rows = read_csv(raw / "cloud" / "cloud_regions.csv")
    places = {row["city"]: row for row in read_csv(CURATED / "region_cities.csv")}
    cities = {
        (row["provider"], row["region"]): row["city"] for row in read_csv(CURATED / "region_places.csv")
    }
    keys = [(row["provider"], row["region"]) for row in rows]
    names = {key: display_name(key[0], row["name"], cities[key]) for key, row in zip(keys, rows, strict=True)}
    also = region_aliases(names, cities)
    stated = declared(raw)
    newest: dict[str, dict[str, str]] = {}
    for figure in sorted(stated, key=lambda item: item["year"]):
        if figure["boundary"] == "direct":
            newest[figure["region"]] = figure
    made: list[dict[str, str]] = []
    for key, row in zip(keys, rows, strict=True):
        place = places[cities[key]]
        if place["country"] != row["country_iso2"]:
            raise ValueError(
                f"{key} is in {row['country_iso2']}, its city {place['city']} in {place['country']}"
            )
        figure = newest.get(row["region"], {}) if row["provider"] == "gcp" else {}
        announced = row["provider"] in {"aws", "alibaba", "upcloud"}
        made.append(
            {
                "provider": row["provider"],
                "region": row["region"],
                "aliases": also[key],
                "name": names[key],
                "city": place["city"],
                "subdivision": place["subdivision"],
                "country": row["country_iso2"],
                "continent": CONTINENTS.get(row["country_iso2"], "Europe"),
                "latitude_deg": place["latitude_deg"],
                "longitude_deg": place["longitude_deg"],
                "time_zone": row["iana_tz"],
                **efficiency(row),
                "declared_direct_g_per_kwh": figure.get("declared_g_per_kwh", ""),
                "declared_year": figure.get("year", ""),
                "declared_source_id": figure.get("source_id", ""),
                "operational_since": row["operational_since"] if announced else "",
                "confidence": row["confidence"],
                "source_id": f"{row['provider']}-regions|{place['source_id']}",
            }
        )
    write_table(out / "regions.csv", REGIONS, made, key=("provider", "region"))
    write_table(out / "declared.csv", DECLARED, stated, key=("provider", "region", "year"))
    write_table(out / "electricitymaps" / "region_zones.csv", ZONES, zones(rows), key=("provider", "region"))
    providers.build(raw, out)
