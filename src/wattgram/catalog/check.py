"""Check of the catalog: schema, ranges, sources and references of every row, an overlay's included."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattgram.catalog.overlay import out_of_order, outranked
from wattgram.catalog.tables import SPECS

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["RANGES", "REFERENCES", "check"]

RANGES: dict[str, tuple[float, float]] = {
    "_w": (0.02, 25000.0),
    "declared_direct_g_per_kwh": (0.5, 2500.0),
    "direct_g_per_kwh": (0.0, 2500.0),
    "_g_per_kwh": (0.5, 2500.0),
    "_kg": (0.5, 20000.0),
    "pue": (1.0, 2.5),
    "_l_per_kwh": (0.0, 10.0),
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
    "_tflop_per_s": (0.001, 20000.0),
    "share": (0.0, 1.0),
    "relative_mean": (0.05, 10.0),
    "window_h": (1.0, 8784.0),
    "year": (1990.0, 2100.0),
}
"""By the ending of a column's name, the figures that are possible at all."""

REFERENCES = (
    ("instances", "accelerator_id", "accelerators"),
    ("instances", "processor_id", "processors"),
    ("accelerators", "embodied_id", "embodied"),
    ("region_zones", "zone", "zones"),
    ("countries", "zone", "zones"),
    ("subdivisions", "zones", "zones"),
    ("subdivisions", "direct_zone", "zones"),
    ("cities", "zone", "zones"),
    ("regions", "provider", "providers"),
    ("claims", "provider", "providers"),
    ("profiles", "zone", "zones"),
)
"""Columns whose cells name rows of another table."""


def check(catalog: Catalog) -> tuple[list[str], dict[str, int]]:
    """Every fault as a sentence, and the number of rows of each table."""
    findings: list[str] = list(_stamp(catalog))
    counts: dict[str, int] = {}
    sources = catalog.sources()
    keys = {name: set(catalog.table(name).keys()) for name in SPECS}
    for name, spec in SPECS.items():
        seen: set[tuple[str, ...]] = set()
        counts[name] = 0
        for row in catalog.table(name).all_rows():
            counts[name] += 1
            key = tuple(row.get(column, "") for column in spec.key)
            where = f"{name} {'/'.join(key)}"
            if key in seen:
                findings.append(f"{where}: the key stands twice")
            seen.add(key)
            findings += _row_faults(where, spec.kind, row, sources)
            findings += [
                f"{where}: {column} names '{piece}', which is no row of {target}"
                for table, column, target in REFERENCES
                if table == name
                for piece in row.get(column, "").split("|")
                if piece and piece not in keys[target]
            ]
    zones = catalog.table("zones")
    for row in zones.own_rows():
        why = outranked(row, zones.rows(row["zone"]))
        if why:
            findings.append(f"zones {'/'.join(row[column] for column in SPECS['zones'].key)}: {why}")
    return findings, counts


def _row_faults(where: str, kind: Any, row: dict[str, str], sources: dict[str, Any]) -> Iterator[str]:
    try:
        cells = kind(row)
    except ValueError as error:
        yield f"{where}: {error}"
        return
    ids = [
        piece for column in row if column.endswith("source_id") for piece in row[column].split("|") if piece
    ]
    if not row.get("source_id"):
        yield f"{where}: it has no source"
    yield from (f"{where}: source '{piece}' is not described" for piece in ids if piece not in sources)
    for column, value in vars(cells).items():
        if isinstance(value, (int, float)):
            low, high = next(
                (r for ending, r in RANGES.items() if column.endswith(ending)), (-math.inf, math.inf)
            )
            if not low <= value <= high:
                yield f"{where}: {column} is {value:g}, outside {low:g} to {high:g}"
    yield from (f"{where}: {fault}" for fault in out_of_order(kind, cells))


def _stamp(catalog: Catalog) -> Iterator[str]:
    """The shipped files are those that the stamp was made of."""
    digest = hashlib.sha256()
    folder = Path(catalog.folder)
    for path in sorted(
        p for p in folder.rglob("*") if p.suffix in {".csv", ".toml"} and "index" not in p.parts
    ):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    stamp = json.loads((folder / "index" / "catalog.json").read_text(encoding="utf-8"))
    if stamp["sha256"] != digest.hexdigest():
        yield "the tables are not those of the index: run tools/build_catalog.py"
