"""Build embodied.csv: emissions of making a device, a server or a computer, with the published spread.

Where two or more figures are published for the same thing, low and high are the extremes and the central
value is their geometric mean. Where there is one, the range is the spread seen where two exist: how far the
maker's (or a teardown's) figure and the bottom-up figure lie from their geometric mean; a lone bottom-up
figure is the upper end.
"""

from __future__ import annotations

import math
from pathlib import Path

from . import raw_tables
from .tables import named, read_csv, significant, write_table

CURATED = Path(__file__).parent / "curated" / "embodied_devices.csv"
FIGURES = raw_tables.path_of("embodied")
BOAVIZTA = raw_tables.path_of("boavizta")
COLUMNS = (
    "id",
    "item",
    "kind",
    "low_kg",
    "central_kg",
    "high_kg",
    "per",
    "node_share_included",
    "scope",
    "year",
    "confidence",
    "source_id",
    "note",
)
PROVENANCE: dict[str, dict[str, str]] = {
    "embodied.csv": {
        **dict.fromkeys(COLUMNS, "curated/embodied_devices.csv"),
        "low_kg": "made here: the lowest published figure, or central / class spread",
        "central_kg": f"{FIGURES}:kgco2e; {BOAVIZTA}:gwp_embedded_kgco2e; geometric mean of several",
        "high_kg": "made here: the highest published figure, or central x class spread",
    },
}


def figures(raw: Path) -> dict[tuple[str, str], float]:
    """Every raw figure by file and name."""
    found = {("embodied_curated", row["item"]): row["kgco2e"] for row in raw_tables.read(raw, "embodied")}
    found |= {
        ("boavizta", row["gpu"]): row["gwp_embedded_kgco2e"] for row in raw_tables.read(raw, "boavizta")
    }
    return {name: float(figure) for name, figure in found.items() if figure}


BOTTOM_UP = raw_tables.source_of("boavizta")
"""The source that adds up parts; every reviewed footprint of the same device lies below it."""


def centre(values: list[float]) -> float:
    """The geometric mean: figures that differ by factors are averaged as factors."""
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))


def class_spread(groups: dict[str, list[dict[str, str]]], values: dict[str, list[float]]) -> float:
    """How far two published figures of one accelerator lie from their centre, on average."""
    pairs = [
        values[key]
        for key, rows in groups.items()
        if rows[0]["kind"] == "accelerator" and len(values[key]) > 1
    ]
    return centre([math.sqrt(max(pair) / min(pair)) for pair in pairs])


def row_of(rows: list[dict[str, str]], values: list[float], spread: float) -> dict[str, object]:
    """One built row from all figures of one thing."""
    said = [row["note"] for row in rows if row["note"]]
    several = len(values) > 1
    if several:
        low, central, high = min(values), significant(centre(values)), max(values)
        said.append("geometric mean and extremes of the published figures")
    else:
        central = values[0]
        low, high = significant(central / spread), significant(central * spread)
        if rows[0]["source_id"] == BOTTOM_UP:
            high, low, central = central, significant(central / spread**2), significant(central / spread)
            said.append(
                f"one bottom-up figure published ({high:g} kg); where a reviewed footprint stands beside it, "
                f"it is the higher of the two by x{spread**2:.2f}, so it is taken as the upper end (ours)"
            )
        else:
            said.append(
                f"one figure published; range /{spread:.2f} to x{spread:.2f} is ours, "
                "from the accelerators that have two"
            )
    return {
        **rows[0],
        "low_kg": low,
        "central_kg": central,
        "high_kg": high,
        "year": max(row["year"] for row in rows),
        "source_id": "|".join(dict.fromkeys(one for row in rows for one in row["source_id"].split("|"))),
        "note": "; ".join(said),
    }


def build(raw: Path, out: Path) -> None:
    """Write embodied.csv."""
    known = figures(raw)
    groups: dict[str, list[dict[str, str]]] = {}
    for row in read_csv(CURATED):
        groups.setdefault(row["id"], []).append(row)
    values = {
        key: [
            float(row["raw_name"])
            if row["raw_file"] == "stated"
            else named(
                known,
                (row["raw_file"], row["raw_name"]),
                f"no raw table has a figure of this name, which curated/embodied_devices.csv takes for {key}",
            )
            for row in rows
        ]
        for key, rows in groups.items()
    }
    spread = class_spread(groups, values)
    built = [
        {name: cell for name, cell in row_of(rows, values[key], spread).items() if name in COLUMNS}
        for key, rows in groups.items()
    ]
    write_table(out / "embodied.csv", COLUMNS, built, key=("id",))
