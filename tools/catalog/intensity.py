"""Say what a row of grid intensity looks like, and what range a figure has that stands alone."""

from __future__ import annotations

from .tables import significant

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
# `grid-year-known` of assumptions.csv: what a yearly figure is worth for a run of a month or more (docs/method.md, "Grid intensity").
SPREAD = 1.1
ASSUMED = "assumption:grid-year-known"


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
    try:
        value = float(figure)
    except ValueError:
        raise ValueError(f"{zone} {year} ({source}): '{figure}' is no figure") from None
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
