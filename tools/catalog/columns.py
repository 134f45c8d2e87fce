"""Write columns.csv: every column of every built table with type, unit, description and origin, as data."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path

from catalog.tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated" / "columns.csv"
COLUMNS = ("table", "column", "type", "unit", "description", "built_from")
UNITS = {
    "_g_per_kwh": "g CO2e/kWh",
    "_l_per_kwh": "L/kWh",
    "_tflop_per_s": "TFLOP/s",
    "_kg": "kg CO2e",
    "kg_co2e": "kg CO2e",
    "_gib": "GiB",
    "_gb": "GB",
    "_deg": "degree",
    "_percent": "%",
    "_w": "W",
    "window_h": "h",
    "year": "year",
    "share": "1",
    "pue": "1",
}
"""The unit a column's name ends in."""


def unit_of(column: str) -> str:
    """The unit that the name of a column says; empty for text and counts."""
    return next((unit for ending, unit in UNITS.items() if column.endswith(ending)), "")


def kind_of(cells: list[str]) -> str:
    """`number` where every known cell is one, else `text`."""
    try:
        return "number" if [float(cell) for cell in cells if cell] else "text"
    except ValueError:
        return "text"


def provenance(topics: list[str]) -> dict[tuple[str, str], str]:
    """(table, column) -> raw file and column, as the topic modules say it."""
    said: dict[tuple[str, str], str] = {}
    for topic in topics:
        for table, columns in importlib.import_module(f"catalog.{topic}").PROVENANCE.items():
            said |= {(table, column): origin for column, origin in columns.items()}
    return said


def build(out: Path, topics: list[str]) -> None:
    """Describe what stands in `out`; a column without a description or an origin is an error."""
    described = {row["column"]: row["description"] for row in read_csv(CURATED)}
    origins = provenance(topics)
    rows = []
    for path in sorted(out.rglob("*.csv")):
        table = path.relative_to(out).as_posix()
        if table == "columns.csv":
            continue
        with path.open(encoding="utf-8", newline="") as handle:
            header, *lines = csv.reader(handle)
        for at, column in enumerate(header):
            if column not in described or (table, column) not in origins:
                raise ValueError(f"{table}: column {column} has no description or no origin")
            cells = [line[at] for line in lines]
            rows.append(
                {
                    "table": table,
                    "column": column,
                    "type": kind_of(cells),
                    "unit": unit_of(column),
                    "description": described[column],
                    "built_from": origins[table, column],
                }
            )
    write_table(out / "columns.csv", COLUMNS, rows, key=("table", "column"))
