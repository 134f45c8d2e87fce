"""CSV: one line an answer, the columns of a table of runs; safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from wattgram.report.sharpen import what_would_help
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["COLUMNS", "csv_row", "csv_text", "safe_cell"]

COLUMNS = {
    "hardware": "what ran, as it was resolved; it can be typed again",
    "count": "how many of that hardware were said with `count` [1]; they are in `hardware` and in every figure",
    "hours": "time on all devices together [h], stated or from the work; empty with a measured energy alone",
    "where": "the place as it was resolved",
    "energy_kwh": "energy at the facility meter [kWh]",
    "operational_kg": "location-based operational emissions [kg CO2e]; empty where the place is not known",
    "operational_kg_low": "lower end of the 90 % range of `operational_kg`",
    "operational_kg_high": "upper end of the 90 % range of `operational_kg`",
    "market_kg": "market-based operational emissions, by a dated claim of the provider [kg CO2e]; empty without one",
    "embodied_kg": "share of the making of the hardware [kg CO2e]; empty where nothing is known of it",
    "total_kg": "operational and embodied together [kg CO2e]; empty where one of them is",
    "total_kg_low": "lower end of the 90 % range of `total_kg`",
    "total_kg_high": "upper end of the 90 % range of `total_kg`",
    "intensity_g_per_kwh": "carbon intensity that was taken [g CO2e/kWh]",
    "zone": "the grid zone it is of; empty for a stated intensity",
    "warning": "codes of the warnings, joined by |",
    "would_help": "the input that would narrow the range most, as a sentence",
    "device_count": "how many devices compute [1]; of a part of one its share: 1/7 of A100 is 0.143, 2 of a socket's 96 vCPU are 0.0208",
    "energy_kwh_low": "lower end of the 90 % range of `energy_kwh`",
    "energy_kwh_high": "upper end of the 90 % range of `energy_kwh`",
}
"""Columns of the CSV form, in order, and what each holds."""


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading = + - @ or control character gets an apostrophe."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def csv_row(footprint: Footprint) -> dict[str, Any]:
    """The answer as one row; unknown is an empty cell."""
    run, found = footprint.run, footprint.assembled
    intensity = found.factors.intensity_g_per_kwh
    row: dict[str, Any] = {
        "hardware": safe_cell(found.hardware.name),
        "count": run.copies,
        "hours": footprint.duration.central,
        "where": safe_cell(found.place.name) if found.place else None,
        "intensity_g_per_kwh": intensity.central if isinstance(intensity, Value) else None,
        "zone": found.zone or None,
        "warning": "|".join(dict.fromkeys(notice.code for notice in footprint.warnings)) or None,
        "device_count": f"{found.hardware.device_count:.15g}",
        "would_help": what_would_help(footprint) or None,
    }
    figures = {
        "energy_kwh": footprint.energy,
        "operational_kg": footprint.operational,
        "market_kg": footprint.market,
        "embodied_kg": footprint.embodied,
        "total_kg": footprint.total,
    }
    for name, value in figures.items():
        row[name] = value.central
        if f"{name}_low" in COLUMNS:
            row[f"{name}_low"], row[f"{name}_high"] = value.low, value.high
    return row


def csv_text(footprint: Footprint) -> str:
    """Header and one row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerow(csv_row(footprint))
    return out.getvalue()
