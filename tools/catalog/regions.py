"""Build what is known of cloud regions: place, aliases, own PUE and WUE, declared intensity, grid zone.

Places are our own table of cities (GeoNames coordinates): a provider names a city at best, never a building.
A figure stands only where the operator itself published it; the global mean that one list repeats for every
region of AWS is no figure of a region and is dropped.
"""

from __future__ import annotations

from pathlib import Path

from . import providers, raw_tables
from .region_aliases import display_name, region_aliases
from .tables import named, read_csv, write_table

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
ZONES = ("provider", "region", "zone", "zone_basis", "confidence", "cfe_percent", "cfe_year", "source_id")
DECLARED = ("provider", "region", "year", "boundary", "declared_g_per_kwh", "cfe_share", "source_id")

RAW = raw_tables.path_of("regions")
DECLARED_RAW = raw_tables.path_of("google_declared")
GOOGLE_DECLARED = raw_tables.source_of("google_declared")
SITES = raw_tables.source_of("regions")
CARBON_FREE = "em_cfe_pct_*"
# The only lifecycle figure among the direct ones of 2024: it jumps by 100 g and equals the life-cycle figure.
LIFECYCLE_BY_SLIP = {("southamerica-west1", "2024")}
# The global mean of AWS in 2023 that a second-hand list writes into every region without a figure of its own.
AWS_FLEET_WUE = ("aws", "0.18")
# The list repeats Google's figures of 2023 under 2024, all thirteen of them: the year is the one they are
# known for.
REPEATED = {("gcp", "2024"): "2023"}

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
        **dict.fromkeys(("provider", "region", "country", "confidence"), RAW),
        "time_zone": f"{RAW}:iana_tz",
        "name": f"{RAW}:name, or the city where that is a code or a building",
        "aliases": "made here from id, name and city; tools/catalog/curated/region_aliases.csv",
        "city": "tools/catalog/curated/region_places.csv: the city whose coordinates stand for the region",
        **dict.fromkeys(
            ("subdivision", "latitude_deg", "longitude_deg"), "tools/catalog/curated/region_cities.csv"
        ),
        "continent": "made here from country",
        "pue": f"{RAW}:pue",
        "pue_year": f"{RAW}:pue_year; 2023 for Google, whose 2024 column repeats it",
        "wue_l_per_kwh": f"{RAW}:wue_l_kwh without the repeated global mean of AWS",
        "wue_year": f"{RAW}:wue_year",
        "declared_direct_g_per_kwh": f"{DECLARED_RAW}: newest direct figure",
        "declared_year": f"{DECLARED_RAW}:year",
        "operational_since": f"{RAW}:operational_since, where the operator announced it",
        **dict.fromkeys(("pue_source_id", "wue_source_id"), "tools/catalog/curated/efficiency_sources.csv"),
        **dict.fromkeys(("declared_source_id", "source_id"), "made here"),
    },
    "electricitymaps/region_zones.csv": {
        **dict.fromkeys(("provider", "region", "confidence"), RAW),
        "zone": f"{RAW}:em_zone",
        "zone_basis": f"{RAW}:em_zone_by_polygon; tools/catalog/curated/zone_overrides.csv",
        "cfe_percent": f"{RAW}:{CARBON_FREE}, the newest",
        "cfe_year": f"{RAW}:{CARBON_FREE}, the year in the newest column's name",
        "source_id": "made here",
    },
    "declared.csv": {
        "boundary": f"{DECLARED_RAW}:basis",
        "declared_g_per_kwh": f"{DECLARED_RAW}:grid_gco2eq_kwh",
        "cfe_share": f"{DECLARED_RAW}:google_cfe_hourly",
        **dict.fromkeys(("provider", "source_id"), "made here"),
        **dict.fromkeys(("region", "year"), DECLARED_RAW),
    },
}

Row = dict[str, str]
NO_CITY = "a new region; curated/region_places.csv must name the city whose coordinates stand for it"
NO_SOURCE = (
    "curated/efficiency_sources.csv names no source of this provider's figure of this year; write one there"
)
NO_PLACE = "curated/region_cities.csv has no coordinates of this city; write them there"


def efficiency(row: Row, sources: dict[tuple[str, str, str, str], str]) -> Row:
    """The region's own PUE and WUE with year and primary source; nothing where the operator published
    none.
    """
    made: Row = {}
    provider = row["provider"]
    pue_year = REPEATED.get((provider, row["pue_year"]), row["pue_year"])
    if row["pue"]:
        source = named(sources, (provider, "pue", pue_year, pue_year), NO_SOURCE)
        made |= {"pue": row["pue"], "pue_year": pue_year, "pue_source_id": source}
    if row["wue_l_kwh"] and (provider, row["wue_l_kwh"]) != AWS_FLEET_WUE:
        year = row["wue_year"]
        source = named(sources, (provider, "wue", year, pue_year), NO_SOURCE)
        made |= {"wue_l_per_kwh": row["wue_l_kwh"], "wue_year": year, "wue_source_id": source}
    return made


def declared(raw: Path) -> list[dict[str, str]]:
    """Google's declared yearly intensities; the boundary changed from life-cycle to direct with 2021."""
    made: list[dict[str, str]] = []
    for row in raw_tables.read(raw, "google_declared"):
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
    column, year = raw_tables.newest_column(rows, CARBON_FREE)
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
                "cfe_percent": row[column],
                "cfe_year": year if row[column] else "",
                "source_id": f"{SITES}|{raw_tables.source_of('electricitymaps')}",
            }
        )
    return made


def build(raw: Path, out: Path) -> None:
    """Write the tables of regions and of their providers."""
    rows = raw_tables.read(raw, "regions")
    sources = {
        (row["provider"], row["figure"], row["year"], row["pue_year"]): row["source_id"]
        for row in read_csv(CURATED / "efficiency_sources.csv")
    }
    places = {row["city"]: row for row in read_csv(CURATED / "region_cities.csv")}
    cities = {
        (row["provider"], row["region"]): row["city"] for row in read_csv(CURATED / "region_places.csv")
    }
    keys = [(row["provider"], row["region"]) for row in rows]
    names = {
        key: display_name(key[0], row["name"], named(cities, key, NO_CITY))
        for key, row in zip(keys, rows, strict=True)
    }
    also = region_aliases(names, cities)
    stated = declared(raw)
    newest: dict[str, dict[str, str]] = {}
    for figure in sorted(stated, key=lambda item: item["year"]):
        if figure["boundary"] == "direct":
            newest[figure["region"]] = figure
    made: list[dict[str, str]] = []
    for key, row in zip(keys, rows, strict=True):
        place = named(places, cities[key], NO_PLACE)
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
                **efficiency(row, sources),
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
