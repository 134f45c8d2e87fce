"""Build what a kilogram of CO2e compares with (equivalences.csv) and what each fuel emits (fuels.csv)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from . import raw_tables
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
BY_FUEL = raw_tables.path_of("fuels")
EQUIVALENTS = raw_tables.path_of("equivalents")
EQUIVALENCES = ("id", "name", "kg_co2e", "per", "scope", "year", "source_id", "note")
FUELS = ("source_id", "fuel", "direct_g_per_kwh", "lifecycle_g_per_kwh", "note")

# Definitions: what one unit of the raw table is in the unit of ours.
UNITS = {
    "": Fraction(1),
    "mile-km": 1 / Fraction("1.609344"),
    "gallon-litre": 1 / Fraction("3.785411784"),
    "lb-kg": 1 / Fraction("0.45359237"),
    "g-kg": Fraction(1, 1000),
}
# The raw table's words for a source -> our id; a row whose source is not here is left out, with the reason
# below.
FUEL_SOURCES = {
    "IPCC AR5 WG3 Annex III 2014 (as used by Electricity Maps defaults)": "ipcc-ar5-2014",
    "UNECE 2022 (EM override for Europe)": "unece-lca-2022",
    "codecarbon 3.3.2 carbon_intensity_per_source.json": "codecarbon-3.3.2",
    "China MEE 2024 lifecycle factors": "china-mee-2024",
    "HewlettPackard dc-rl avg_CI": "ipcc-ar5-2014",
}
# No fuel (world average), or a default of Electricity Maps rather than of the named source.
NOT_FUELS = frozenset(("world average", "unknown"))

PROVENANCE: dict[str, dict[str, str]] = {
    "equivalences.csv": {
        **dict.fromkeys(
            ("id", "name", "per", "scope", "source_id", "note"), "tools/catalog/curated/equivalences.csv"
        ),
        "kg_co2e": f"{EQUIVALENTS}:value in kg per our unit, or curated/equivalences.csv:value",
        "year": f"{EQUIVALENTS}:year, or curated/equivalences.csv:year",
    },
    "fuels.csv": {
        "source_id": f"{BY_FUEL}:source",
        "fuel": f"{BY_FUEL}:fuel",
        "direct_g_per_kwh": f"{BY_FUEL}:direct_g_kwh",
        "lifecycle_g_per_kwh": f"{BY_FUEL}:lifecycle_g_kwh",
        "note": f"{BY_FUEL}:note",
    },
}


def build(raw: Path, out: Path) -> None:
    """Write equivalences.csv and fuels.csv."""
    known = {row["id"]: row for row in raw_tables.read(raw, "equivalents")}
    made: list[dict[str, object]] = []
    for row in read_csv(CURATED / "equivalences.csv"):
        source = known.get(row["raw_id"], {})
        if not row["value"] and not source:
            raise ValueError(
                f"curated/equivalences.csv: {row['id']} takes its value from {row['raw_id']}, which no raw row is"
            )
        value = float(Fraction(row["value"] or source["value"]) * UNITS[row["unit"]])
        made.append({**row, "kg_co2e": value, "year": row["year"] or source["year"]})
    write_table(out / "equivalences.csv", EQUIVALENCES, made, key=("id",))
    write_table(out / "fuels.csv", FUELS, fuels(raw), key=("source_id", "fuel"))


def fuels(raw: Path) -> list[dict[str, str]]:
    """Emission factors by fuel from the sources that state them; overrides of Electricity Maps stay
    outside.
    """
    made: list[dict[str, str]] = []
    for row in raw_tables.read(raw, "fuels"):
        if row["source"] not in FUEL_SOURCES or row["fuel"] in NOT_FUELS:
            continue
        rooftop = row["source"].startswith("HewlettPackard")
        oil = (FUEL_SOURCES[row["source"]], row["fuel"]) == ("ipcc-ar5-2014", "oil")
        made.append(
            {
                "source_id": "uk-post-2014" if oil else FUEL_SOURCES[row["source"]],
                "fuel": "solar rooftop" if rooftop else row["fuel"],
                "direct_g_per_kwh": "" if oil else row["direct_g_kwh"],
                "lifecycle_g_per_kwh": row["lifecycle_g_kwh"],
                "note": "IPCC median of rooftop panels" if rooftop else row["note"],
            }
        )
    return made
