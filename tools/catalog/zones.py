"""Build the grid intensities: one table derived from Electricity Maps (ODbL), one from every other source.

The two stay apart because the first is share-alike: nothing in ``zones.csv`` may be computed from it, while a
row of ``electricitymaps/zones.csv`` may look at Ember for the width of its range.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import raw_tables
from .intensity import COLUMNS, SPREAD, zone_row
from .official import official_rows
from .tables import read_csv, significant, write_table

CURATED = Path(__file__).parent / "curated"

ELECTRICITY_MAPS = raw_tables.source_of("electricitymaps")
EMBER = raw_tables.source_of("ember")

# Two sources further apart than this (either way) are flagged: the reader should see both.
DISAGREE = 1.25

# The sub-national zones that carry all but a percent or two of their country's electricity.
WHOLE_COUNTRY = {"CL-SEN": "CL"}
EMBER_AGGREGATES = {"OWID_WRL": ("WORLD", ""), "OWID_EU27": ("EU", "")}
EMBER_COUNTRIES = {"OWID_KOS": "XK"}

MAP_FILE = raw_tables.path_of("electricitymaps")
FIGURE = "intensity_g_per_kwh"
MAP_FIGURE = "gco2eq_kwh_lifecycle_consumption"

PROVENANCE: dict[str, dict[str, str]] = {
    "electricitymaps/zones.csv": {
        "zone": f"{MAP_FILE}:zone",
        "zone_name": f"{MAP_FILE}:zone_name, country_name",
        "country": f"{MAP_FILE}:country_iso2",
        "year": f"{MAP_FILE}:year",
        "boundary": "made here: lifecycle",
        "basis": "made here: consumption",
        "intensity_g_per_kwh": f"{MAP_FILE}:{MAP_FIGURE}",
        "low_g_per_kwh": "made here: min(intensity / 1.1, Ember of the same country and year)",
        "high_g_per_kwh": "made here: max(intensity x 1.1, Ember of the same country and year)",
        "range_basis": "made here: two-sources, or the assumption",
        "flag": f"{MAP_FILE}:flag; sources-disagree made here",
        "source_id": "made here",
    },
    "zones.csv": {
        "zone": "made here from the ISO code, subregion or province of the source",
        "zone_name": "the source's name of the area, or curated/official_areas.csv:name",
        "country": "made here from the zone",
        "year": "the source's data year (Australia: the year of the edition)",
        "boundary": "made here: lifecycle for Ember, direct for the official factors",
        "basis": "made here: generation, consumption or residual as the source says",
        "intensity_g_per_kwh": "the yearly tables of Ember and of the regulators: docs/reference/raw-tables.md",
        "low_g_per_kwh": "made here: intensity / 1.1",
        "high_g_per_kwh": "made here: intensity x 1.1",
        "range_basis": "made here: the assumption",
        "flag": "made here: constant-all-years",
        "source_id": "made here",
    },
}


def ember_areas(raw: Path, out: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(zone, year) -> (name, figure) of every country, the world and the EU in Ember's table.

    The other aggregates (continents, income groups) are left out: nobody's electricity comes from one.
    """
    kept = raw_tables.kept_rows(raw, "ember", out / "zones.csv")
    if kept is not None:
        return {(row["zone"], row["year"]): (row["zone_name"], row[FIGURE]) for row in kept}
    iso2 = {row["iso3"]: row["country"] for row in read_csv(CURATED / "iso_countries.csv")}
    areas: dict[tuple[str, str], tuple[str, str]] = {}
    for row in raw_tables.read(raw, "ember"):
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
        # A life-cycle figure of exactly 0 is a hole in the source (no grid emits nothing): unknown, not zero.
        if figure and float(figure) > 0 and int(row["Year"]) >= 2000:
            areas[zone, row["Year"]] = (row["Entity"], figure)
    return areas


def map_rows(raw: Path, out: Path) -> list[dict[str, str]]:
    """The raw rows of Electricity Maps; where their file is not there, as the built ones say them."""
    kept = raw_tables.kept_rows(raw, "electricitymaps", out / "electricitymaps/zones.csv")
    if kept is None:
        return raw_tables.read(raw, "electricitymaps")
    return [
        {
            **{name: row[name] for name in ("zone", "zone_name", "year")},
            "country_name": "",
            "country_iso2": row["country"],
            MAP_FIGURE: row[FIGURE],
            "flag": "constant_all_years" if "constant-all-years" in row["flag"] else "",
        }
        for row in kept
    ]


def understated(table: list[dict[str, str]], official: list[dict[str, object]]) -> set[str]:
    """Name the zones whose regulator counts much more at the stack than the map over the life cycle.

    Both count what is consumed, so the direct figure should be the smaller one. An edition later than the
    map's newest year is held against that year.
    """
    newest = max(row["year"] for row in table)
    maps = {(row["zone"], row["year"]): float(row[MAP_FIGURE]) for row in table}
    zones: set[str] = set()
    for row in official:
        ours = maps.get((str(row["zone"]), min(str(row["year"]), newest)))
        if (
            row["basis"] == "consumption"
            and ours
            and float(str(row["intensity_g_per_kwh"])) > DISAGREE * ours
        ):
            zones.add(str(row["zone"]))
    return zones


def electricity_maps_rows(
    table: list[dict[str, str]],
    ember: dict[tuple[str, str], tuple[str, str]],
    official: list[dict[str, object]],
) -> Iterator[dict[str, object]]:
    """Every zone and year of Electricity Maps; for a country the range opens to Ember's figure."""
    disputed = understated(table, official)
    for row in table:
        zone, year = row["zone"], row["year"]
        country = row["country_iso2"]
        figure = row[MAP_FIGURE]
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
        disagree = zone in disputed
        second = ember.get((WHOLE_COUNTRY.get(zone, zone), year))
        if second is not None:
            ours, theirs = float(figure), float(second[1])
            built["low_g_per_kwh"] = significant(min(ours / SPREAD, theirs))
            built["high_g_per_kwh"] = significant(max(ours * SPREAD, theirs))
            built["range_basis"] = "two-sources"
            built["source_id"] = f"{ELECTRICITY_MAPS}|{EMBER}"
            disagree |= max(ours, theirs) > DISAGREE * min(ours, theirs)
        if disagree:
            flags.append("sources-disagree")
        built["flag"] = "|".join(flags)
        yield built


def ember_rows(ember: dict[tuple[str, str], tuple[str, str]]) -> Iterator[dict[str, object]]:
    """Ember's life-cycle figures of generation; a series of five years that never moves is flagged."""
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


def build(raw: Path, out: Path) -> None:
    """Write both tables and the notice that goes with the first."""
    ember, official, table = ember_areas(raw, out), official_rows(raw, out / "zones.csv"), map_rows(raw, out)
    maps = electricity_maps_rows(table, ember, official)
    write_table(out / "electricitymaps/zones.csv", COLUMNS, maps, ("zone", "year"))
    write_table(
        out / "zones.csv",
        COLUMNS,
        [*ember_rows(ember), *official],
        ("zone", "year", "boundary", "basis", "source_id"),
    )
    notice = (CURATED / "electricitymaps_notice.md").read_text(encoding="utf-8")
    (out / "electricitymaps/NOTICE.md").write_text(notice, encoding="utf-8")
