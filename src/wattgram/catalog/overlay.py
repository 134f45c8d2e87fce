"""Rows of one's own: read from an overlay, and joined with the row they correct.

A row whose key is known says only what it corrects; every cell it leaves out or blank keeps what stands: blank is "not
said", and a figure is taken away by the word `unknown`. A corrected cell is cited to whoever corrected it: the `source_id` of the row, or `user-overlay`
where it names none. A new key must say what the table cannot do without.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattgram.catalog.tables import SPECS, Spec, Table
from wattgram.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ORDERED", "OWN_SOURCE", "faults", "fill", "out_of_order", "outranked", "read_overlay"]

Row = dict[str, str]

UNKNOWN_CELL = "unknown"
"""What a cell says whose figure nobody knows, though one stands."""
OWN_SOURCE = "user-overlay"
"""What a corrected cell is cited to where the correction names no source."""

NEEDED = ("name", "source_id")
"""Cells that a new row must have, where its table has the column; figures that cannot be unknown are told by the record."""

ORDERED = (
    ("low", "central", "high"),
    ("low_kg", "central_kg", "high_kg"),
    ("low_g_per_kwh", "intensity_g_per_kwh", "high_g_per_kwh"),
    ("system_power_low_w", "system_power_w", "system_power_high_w"),
    ("relative_p5", "relative_mean", "relative_p95"),
)
"""Columns of one row that hold low <= central <= high."""


def _identity(spec: Spec, row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(column, "") for column in spec.key)


def _source_column(column: str, columns: tuple[str, ...]) -> str:
    """The column that cites this one: `pue_source_id` for `pue` and `pue_year`, else the row's `source_id`."""
    for name in columns:
        of = name.removesuffix("_source_id")
        if of != name and (column == of or column.startswith(f"{of}_")):
            return name
    return "source_id"


def fill(
    spec: Spec, given: Mapping[str, str], standing: Mapping[str, str] | None, source: str = OWN_SOURCE
) -> Row:
    """The whole row that a correction means: its own cells, the rest from the row that stands.

    Parameters
    ----------
    given : the cells as written; a blank one is not said, `unknown` takes a figure away
    standing : the row with the same key, None where the key is new
    source : what corrected cells are cited to where `given` names no source; "" where it must name one

    Raises
    ------
    ValueError : a corrected cell has no source
    """
    if standing is None:
        return {name: "" if cell == UNKNOWN_CELL else cell for name, cell in given.items()}
    said = {name: "" if cell == UNKNOWN_CELL else cell for name, cell in given.items() if cell}
    row = {**standing, **said}
    columns = tuple(row)
    for column in [name for name, cell in said.items() if cell != standing.get(name, "")]:
        cites = _source_column(column, columns)
        if column.endswith("source_id") or cites in said or cites in spec.key:
            continue
        own = said.get("source_id") or source
        if not own:
            raise ValueError(f"{column} is corrected and no {cites} says by whom")
        row[cites] = own
    return row


def faults(table: str, row: Mapping[str, str], *, new: bool) -> Iterator[str]:
    """What keeps a row out of its table: a cell that is needed, a figure that is none, a range that does not hold."""
    spec = SPECS[table]
    if new:
        lacking = [name for name in NEEDED if name in row and not row[name]]
        if lacking:
            yield f"'{'/'.join(_identity(spec, row))}' is a new row of {table} and needs {' and '.join(lacking)}"
            return
    try:
        cells = spec.kind(row)
    except ValueError as error:
        yield str(error)
        return
    yield from out_of_order(spec.kind, cells)


def out_of_order(kind: Any, cells: Any) -> Iterator[str]:
    """Each range of a record that does not hold, as a sentence."""
    for first, middle, last in ORDERED:
        if middle in kind.__annotations__ and getattr(cells, middle) is not None:
            three = getattr(cells, first), getattr(cells, middle), getattr(cells, last)
            if None in three or not three[0] <= three[1] <= three[2]:
                yield f"{first} <= {middle} <= {last} does not hold"


def outranked(row: Mapping[str, str], others: list[Row]) -> str:
    """Why a zone-year of one's own is never used beside these; empty where it is."""
    same = ("zone", "year", "boundary")
    if row["basis"] in ("consumption", "residual"):
        return ""
    if any(o["basis"] == "consumption" and all(o[n] == row[n] for n in same) for o in others):
        return (
            f"it is never used: for {row['zone']} {row['year']} {row['boundary']} a row of basis consumption stands, "
            f"and that comes before {row['basis']}"
        )
    return ""


def _files(path: Path) -> list[Path]:
    """The CSV itself, or those of a folder and of its folders that are named as in the catalog."""
    if not path.is_dir():
        return [path]
    folders = {Path(name).parent for spec in SPECS.values() for name in spec.files}
    return sorted(file for folder in folders for file in (path / folder).glob("*.csv"))


def _columns(spec: Spec, data: str) -> list[str]:
    columns: dict[str, None] = {}
    for name in spec.files:
        with open(f"{data}/{name}", encoding="utf-8", newline="") as handle:
            columns |= dict.fromkeys(next(csv.reader(handle)))
    return list(columns)


def read_overlay(overlay: str, data: str) -> dict[str, list[Row]]:
    """Rows of an overlay by table, each whole.

    Raises
    ------
    CatalogError : no file, an unknown file name or column, a key that is empty or stands twice, a cell that does not fit
    """
    path = Path(overlay)
    files = _files(path)
    if not files or not all(file.is_file() for file in files):
        raise CatalogError(f"the overlay '{path}' is no CSV file and no folder with any")
    rows: dict[str, list[Row]] = {}
    for file in files:
        if file.stem not in SPECS:
            raise CatalogError(
                f"overlay file '{file.name}' is named after no table: {', '.join(sorted(SPECS))}"
            )
        rows.setdefault(file.stem, []).extend(_rows_of(file, data))
    for table, mine in rows.items():
        seen: set[tuple[str, ...]] = set()
        for row in mine:
            identity = _identity(SPECS[table], row)
            if identity in seen:
                raise CatalogError(f"overlay file '{table}.csv': the key {'/'.join(identity)} stands twice")
            seen.add(identity)
    return rows


def _rows_of(file: Path, data: str) -> list[Row]:
    table, spec = file.stem, SPECS[file.stem]
    columns = _columns(spec, data)
    shipped = Table(table, data)
    rows: list[Row] = []
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        names = reader.fieldnames or []
        strange = [name for name in names if name not in columns]
        missing = [name for name in spec.key if name not in names]
        if strange or missing:
            fault = f"has unknown columns {strange}" if strange else f"lacks the key columns {missing}"
            raise CatalogError(f"overlay file '{file.name}' {fault}; the columns are {', '.join(columns)}")
        for line, cells in enumerate(reader, 2):
            where = f"overlay file '{file.name}', line {line}"
            if None in cells or not all((cells[name] or "").strip() for name in spec.key):
                raise CatalogError(f"{where}: a key is empty or a cell too many")
            given = dict.fromkeys(columns, "") | {n: (cell or "").strip() for n, cell in cells.items()}
            standing = shipped.row_of(_identity(spec, given))
            full = fill(spec, given, standing)
            for fault in faults(table, full, new=standing is None):
                raise CatalogError(f"{where}: {fault}")
            rows.append(full)
    return rows
