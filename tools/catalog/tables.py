"""Read raw tables and write built ones: the only place that knows how a table looks on disk."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

Row = Mapping[str, object]


def opened(path: Path) -> TextIO:
    """A CSV as text, one that is packed by gzip too."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_csv(path: Path) -> list[dict[str, str]]:
    """Every row of a CSV as a dict of stripped strings; a missing cell is an empty string."""
    with opened(path) as handle:
        return [
            {(name or "").strip(): (cell or "").strip() for name, cell in row.items() if name is not None}
            for row in csv.DictReader(handle)
        ]


def named(known: Mapping[Any, Any], key: Any, lacking: str) -> Any:
    """What a hand-made table says of a key; where it does not, a sentence that says where to write it."""
    if key not in known:
        word = "/".join(key) if isinstance(key, tuple) else key
        raise ValueError(f"{word}: {lacking}")
    return known[key]


def cell(value: object) -> str:
    """The text of one cell: unknown is empty, a float is written without a needless `.0`."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Row], key: Sequence[str]) -> int:
    """Write rows sorted by key; a duplicate key or an unnamed column is an error, not a surprise."""
    table = [[cell(row.get(name)) for name in columns] for row in rows]
    places = [columns.index(name) for name in key]
    table.sort(key=lambda cells: [cells[place] for place in places])
    seen: set[tuple[str, ...]] = set()
    for cells in table:
        identity = tuple(cells[place] for place in places)
        if identity in seen:
            raise ValueError(f"{path.name}: the key {identity} stands twice")
        seen.add(identity)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(table)
    return len(table)


def significant(value: float, digits: int = 6) -> float:
    """A derived figure cut to significant digits for the page; never used on a raw figure."""
    return float(f"{value:.{digits}g}")
