"""Rows that stand in no raw table: added to the built tables, or put in the place of the row with their key.

`additions/` has the shape of the data folder and of an overlay: a CSV named after its table, with the key columns and any
others of that table; what it leaves out or blank keeps what stands, and `unknown` takes a figure away. A row that proved itself in somebody's overlay becomes part of the catalog by moving here, with its
source in `sources/additions.toml`; nobody needs the raw tables for that.
"""

from __future__ import annotations

import csv
from pathlib import Path

from .tables import read_csv, write_table

FOLDER = Path(__file__).parent / "additions"


def build(out: Path, folder: Path = FOLDER) -> list[str]:
    """Merge every table of additions into `out`; a line for each.

    Raises
    ------
    ValueError : a file named after no table, an unknown column, an empty key or one that stands twice, a row that cannot
        stand, a correction without a source
    """
    from wattgram.catalog.overlay import faults, fill
    from wattgram.catalog.tables import SPECS

    names = {name: table for table, spec in SPECS.items() for name in spec.files}
    keys = {name: SPECS[table].key for name, table in names.items()}
    said = []
    for path in sorted(folder.rglob("*.csv")):
        table = path.relative_to(folder).as_posix()
        if table not in keys:
            raise ValueError(f"additions/{table} is named after no table: {', '.join(sorted(keys))}")
        with (out / table).open(encoding="utf-8", newline="") as handle:
            columns = next(csv.reader(handle))
        rows = read_csv(path)
        strange = {name for row in rows for name in row} - set(columns)
        if strange:
            raise ValueError(f"additions/{table} has unknown columns: {', '.join(sorted(strange))}")
        of_key = [tuple(row.get(name, "") for name in keys[table]) for row in rows]
        if not all(all(key) for key in of_key):
            raise ValueError(f"additions/{table}: a key is empty; it is {', '.join(keys[table])}")
        mine = dict(zip(of_key, rows, strict=True))
        if len(mine) != len(rows):
            raise ValueError(f"additions/{table}: a key stands twice")
        standing = {tuple(row[name] for name in keys[table]): row for row in read_csv(out / table)}
        whole = []
        for key, row in mine.items():
            given = {name: (row.get(name) or "").strip() for name in columns}
            try:
                whole.append(fill(SPECS[names[table]], given, standing.get(key), source=""))
            except ValueError as error:
                raise ValueError(f"additions/{table}, {'/'.join(key)}: {error}") from None
            for fault in faults(names[table], whole[-1], new=key not in standing):
                raise ValueError(f"additions/{table}: {fault}")
        kept = [row for key, row in standing.items() if key not in mine]
        write_table(out / table, columns, [*kept, *whole], key=keys[table])
        said.append(f"added {len(rows)} rows to {table}")
    return said
