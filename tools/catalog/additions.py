"""Rows that stand in no raw table: added to the built tables, or put in the place of the row with their key.

`additions/` has the shape of the data folder and of an overlay: a CSV named after its table, with the key columns and any
others of that table; what it leaves out or blank keeps what stands, and `unknown` takes a figure away. A row that proved itself in
somebody's overlay becomes part of the catalog by moving here, with its source in `sources/additions.toml`; nobody needs the raw
tables for that.

Two sources of one zone and year have two keys, so a zone-year of another source stands beside the first and is not used. Where it is
to be used instead, its column `corrects` names the source of the row that it takes the place of.

What stood before is remembered in `index/additions.json`, and every build starts from it: a line that is removed here is gone
from the catalog with the next build, and what it corrected is back.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .tables import opened, read_csv, write_table

FOLDER = Path(__file__).parent / "additions"
STOOD = Path("index/additions.json")
CORRECTS = "corrects"
SAME_FIGURE = ("zone", "year", "boundary")
Row = dict[str, str]
Key = tuple[str, ...]


def _tables() -> dict[str, tuple[str, Any]]:
    """File -> name and specification of its table."""
    from wattgram.catalog.tables import SPECS

    return {file: (name, spec) for name, spec in SPECS.items() for file in spec.files}


class _Built:
    """The rows of one built file by key, and what stood before the additions wherever they change it."""

    def __init__(self, path: Path, key: Key) -> None:
        with path.open(encoding="utf-8", newline="") as handle:
            self.columns = next(csv.reader(handle))
        self.path, self.key = path, key
        self.rows = {self.identity(row): row for row in read_csv(path)}
        self.stood: dict[Key, Row | None] = {}

    def identity(self, row: Row) -> Key:
        return tuple(row.get(name, "") for name in self.key)

    def put(self, identity: Key, row: Row | None) -> None:
        """Set the row of a key, or leave the key without one."""
        self.stood.setdefault(identity, self.rows.get(identity))
        if row is None:
            self.rows.pop(identity, None)
        else:
            self.rows[identity] = row

    def write(self) -> None:
        write_table(self.path, self.columns, self.rows.values(), key=self.key)


def _before(out: Path) -> dict[str, _Built]:
    """The files that the last build's additions changed, as they were before it; nothing is written."""
    ledger = out / STOOD
    if not ledger.exists():
        return {}
    files: dict[str, _Built] = {}
    for file, entries in json.loads(ledger.read_text(encoding="utf-8")).items():
        files[file] = _Built(out / file, _tables()[file][1].key)
        for identity, row in entries:
            files[file].put(tuple(identity), row)
        files[file].stood = {}
    return files


def undo(out: Path) -> None:
    """Take the additions of the last build out of the tables again."""
    for built in _before(out).values():
        built.write()
    (out / STOOD).unlink(missing_ok=True)


def build(out: Path, folder: Path | None = None) -> list[str]:
    """Merge every table of additions into `out`; a line for each, and one for each row that is not used.

    Raises
    ------
    ValueError : a file named after no table, an unknown column, an empty key or one that stands twice, a row that cannot
        stand, a correction without a source, or of a row that is not there
    """
    folder = folder or FOLDER
    tables = _tables()
    built = _before(out)
    changed = set(built)
    said: list[str] = []
    added: list[tuple[str, Row]] = []
    for path in sorted(folder.rglob("*.csv")):
        table = path.relative_to(folder).as_posix()
        if table not in tables:
            raise ValueError(f"additions/{table} is named after no table: {', '.join(sorted(tables))}")
        name, spec = tables[table]
        for file in spec.files:
            if file not in built:
                built[file] = _Built(out / file, spec.key)
        rows = _read(path, table, built[table], name)
        for row in rows:
            taken = row.pop(CORRECTS, "")
            if taken:
                for file, identity in _corrected(table, row, taken, {f: built[f] for f in spec.files}):
                    built[file].put(identity, None)
            added.append((table, _merge(table, name, spec, row, built[table])))
        said.append(
            f"1 addition is in {table}" if len(rows) == 1 else f"{len(rows)} additions are in {table}"
        )
    for file, one in built.items():
        if one.stood or file in changed:
            one.write()
    stood = {
        file: [[list(k), row] for k, row in one.stood.items()] for file, one in built.items() if one.stood
    }
    (out / STOOD).parent.mkdir(exist_ok=True)
    text = json.dumps(stood, ensure_ascii=False, separators=(",", ":"))
    (out / STOOD).write_text(text + "\n", encoding="utf-8")
    return said + list(_not_used(added, built))


def _read(path: Path, table: str, built: _Built, name: str) -> list[Row]:
    """The rows of one file of additions, their columns and keys seen to."""
    with opened(path) as handle:
        lines = csv.reader(handle)
        header = next(lines, [])
        for cells in lines:
            if cells and len(cells) != len(header):
                raise ValueError(
                    f"additions/{table}: line {lines.line_num} has {len(cells)} fields, the header {len(header)}"
                )
    rows = read_csv(path)
    allowed = {*built.columns, CORRECTS} if name == "zones" else set(built.columns)
    strange = {column for row in rows for column in row} - allowed
    if strange:
        raise ValueError(f"additions/{table} has unknown columns: {', '.join(sorted(strange))}")
    identities = [built.identity(row) for row in rows]
    if not all(all(identity) for identity in identities):
        raise ValueError(f"additions/{table}: a key is empty; it is {', '.join(built.key)}")
    if len(set(identities)) != len(rows):
        raise ValueError(f"additions/{table}: a key stands twice")
    return rows


def _merge(table: str, name: str, spec: Any, row: Row, built: _Built) -> Row:
    """Put one addition into its table, blanks kept from the row with its key."""
    from wattgram.catalog.overlay import faults, fill

    identity = built.identity(row)
    standing = built.rows.get(identity)
    given = {column: row.get(column, "") for column in built.columns}
    try:
        whole = fill(spec, given, standing, source="")
    except ValueError as error:
        raise ValueError(f"additions/{table}, {'/'.join(identity)}: {error}") from None
    for fault in faults(name, whole, new=standing is None):
        raise ValueError(f"additions/{table}, {'/'.join(identity)}: {fault}")
    built.put(identity, whole)
    return whole


def _same(row: Row, other: Row) -> bool:
    return all(row[column] == other[column] for column in SAME_FIGURE)


def _corrected(table: str, row: Row, source: str, files: dict[str, _Built]) -> list[tuple[str, Key]]:
    """Where the row stands that this one takes the place of: the same zone, year and boundary by the named source."""
    others = [
        (file, identity, other)
        for file, built in files.items()
        for identity, other in built.rows.items()
        if _same(row, other) and identity != built.identity(row) and other["basis"] != "residual"
    ]
    found = [
        (file, identity)
        for file, identity, other in others
        if source in (other["source_id"], *other["source_id"].split("|"))
    ]
    if not found:
        where = "/".join(row[column] for column in SAME_FIGURE)
        there = ", ".join(dict.fromkeys(other["source_id"] for *_, other in others)) or "none"
        raise ValueError(
            f"additions/{table}, {where}: corrects names '{source}', and the rows there are of {there}"
        )
    return found


def _not_used(added: list[tuple[str, Row]], built: dict[str, _Built]) -> Iterator[str]:
    """A sentence for each zone-year of the additions that no answer takes, since another comes first."""
    for table, row in added:
        if "intensity_g_per_kwh" not in row or row["basis"] == "residual":
            continue
        files = [file for file in _tables() if _tables()[file][0] == "zones"]
        rivals = [
            other
            for file in files
            for _, other in sorted(built[file].rows.items())
            if _same(row, other) and other["basis"] != "residual"
        ]
        first = next((other for other in rivals if other["basis"] == "consumption"), rivals[0])
        if first is not row:
            where = "/".join(row[column] for column in (*SAME_FIGURE, "basis", "source_id"))
            yield (
                f"NOT USED: additions/{table}, {where}: the row of {first['source_id']} comes first; where yours is to be "
                f"used instead, write {first['source_id'].split('|')[0]} into its column corrects"
            )
