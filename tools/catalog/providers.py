"""Build what a cloud provider says of itself: fleet PUE and WUE by year, and dated claims."""

from __future__ import annotations

from pathlib import Path

from . import raw_tables
from .tables import named, read_csv, write_table

CURATED = Path(__file__).parent / "curated"
RAW = raw_tables.path_of("fleets")
PROVIDERS = (
    "provider",
    "name",
    "aliases",
    "facility",
    "pue",
    "pue_year",
    "wue_l_per_kwh",
    "wue_year",
    "source_id",
)
FLEETS = ("provider", "year", "pue", "wue_l_per_kwh", "scope", "confidence", "source_id")
CLAIMS = (
    "id",
    "provider",
    "regions",
    "from_year",
    "to_year",
    "basis",
    "matched_share",
    "statement",
    "confidence",
    "source_id",
)
# Google's row of 2025 says that the fleet mean of 2024 was the same 1.09.
GOOGLE_2024 = {"provider": "gcp", "year": "2024", "pue": "1.09", "wue_l_kwh": "", "confidence": "high"}

PROVENANCE: dict[str, dict[str, str]] = {
    "providers.csv": {
        **dict.fromkeys(("provider", "name", "aliases", "facility"), "tools/catalog/curated/providers.csv"),
        **dict.fromkeys(
            ("pue", "pue_year", "wue_l_per_kwh", "wue_year"), "newest row of fleets.csv that has one"
        ),
        "source_id": "made here; sources of the fleet's figures where there are some",
    },
    "fleets.csv": {
        **dict.fromkeys(("provider", "year", "pue", "confidence"), RAW),
        "wue_l_per_kwh": f"{RAW}:wue_l_kwh",
        "scope": "made here",
        "source_id": "tools/catalog/curated/fleet_sources.csv",
    },
    "claims.csv": dict.fromkeys(CLAIMS, "tools/catalog/curated/claims.csv"),
}
LACKING = "curated/fleet_sources.csv names no source of this provider and year; write one there"
SCOPES = {"industry": "mean of an operators' survey", "china": "national mean"}


def fleets(raw: Path) -> list[dict[str, str]]:
    """Every yearly fleet figure with the primary source that published it."""
    sources = {
        (row["provider"], row["year"]): row["source_id"] for row in read_csv(CURATED / "fleet_sources.csv")
    }
    made: list[dict[str, str]] = []
    for row in [*raw_tables.read(raw, "fleets"), GOOGLE_2024]:
        provider = row["provider"].removesuffix("_avg")
        made.append(
            {
                "provider": provider,
                "year": row["year"],
                "pue": row["pue"],
                "wue_l_per_kwh": row["wue_l_kwh"],
                "scope": SCOPES.get(provider, "whole fleet"),
                "confidence": row["confidence"].split(" (")[0],
                "source_id": named(sources, (row["provider"], row["year"]), LACKING),
            }
        )
    return made


def newest(rows: list[dict[str, str]], provider: str, column: str) -> dict[str, str]:
    """The newest fleet row of a provider that has a figure in this column, or nothing."""
    known = [row for row in rows if row["provider"] == provider and row[column]]
    return max(known, key=lambda row: row["year"], default={})


def build(raw: Path, out: Path) -> None:
    """Write providers.csv, fleets.csv and claims.csv."""
    history = fleets(raw)
    made: list[dict[str, str]] = []
    for row in read_csv(CURATED / "providers.csv"):
        name = row["provider"]
        pue, wue = newest(history, name, "pue"), newest(history, name, "wue_l_per_kwh")
        sources = [figure["source_id"] for figure in (pue, wue) if figure] or [f"{name}-regions"]
        made.append(
            {
                **row,
                "pue": pue.get("pue", ""),
                "pue_year": pue.get("year", ""),
                "wue_l_per_kwh": wue.get("wue_l_per_kwh", ""),
                "wue_year": wue.get("year", ""),
                "source_id": "|".join(dict.fromkeys(sources)),
            }
        )
    write_table(out / "providers.csv", PROVIDERS, made, key=("provider",))
    write_table(out / "fleets.csv", FLEETS, history, key=("provider", "year"))
    write_table(out / "claims.csv", CLAIMS, read_csv(CURATED / "claims.csv"), key=("id",))
