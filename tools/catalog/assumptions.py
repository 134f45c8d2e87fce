"""Build assumptions.csv: every default and constant of the method, with range, sharing, status and source.

The hand-made table writes ratios as they are argued (`1/1.1`, `533/384`); here they become numbers, once and
exactly.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated" / "assumptions.csv"
COLUMNS = (
    "id",
    "factor",
    "class",
    "low",
    "central",
    "high",
    "unit",
    "shared_by",
    "status",
    "source_id",
    "reason",
)
PROVENANCE: dict[str, dict[str, str]] = {
    "assumptions.csv": dict.fromkeys(COLUMNS, "tools/catalog/curated/assumptions.csv"),
}


def number(text: str) -> float:
    """The value of a cell such as `0.5` or `1/1.1`; the ratio is rounded once, to the nearest float."""
    numerator, _, denominator = text.partition("/")
    return float(Fraction(numerator) / Fraction(denominator or "1"))


def build(raw: Path, out: Path) -> None:  # noqa: ARG001  every topic is built by this call
    """Write assumptions.csv from the hand-made table."""
    rows: list[dict[str, object]] = []
    for row in read_csv(CURATED):
        low, central, high = (number(row[name]) for name in ("low", "central", "high"))
        if not low <= central <= high:
            raise ValueError(f"assumptions: {row['id']} is not ordered low <= central <= high")
        rows.append({**row, "low": low, "central": central, "high": high})
    write_table(out / "assumptions.csv", COLUMNS, rows, key=("id",))
