"""Parquet: the bounds of a file's numbers, from what it keeps beside them.

DuckDB answers the least and the greatest of a column from the statistics of its row groups, where they are there, and
scans the column otherwise. A scan is not worth it: such a file has no bounds. Statistics pass over NaN.
"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from typing import Any

import duckdb

from wattgram.errors import InputError
from wattgram.frames.backends.arrow_schema import spans_per_h
from wattgram.frames.backends.sql import REAL, WHOLE, literal, quoted
from wattgram.frames.bounds import Bounds
from wattgram.frames.schema import SPANS, Roles

__all__ = ["MOST_FILES", "bounds_of", "spans_of"]

MOST_FILES = 16
"""Files whose statistics are read, which takes some milliseconds for each."""
SCANNED = "PARQUET"
"""What a plan says that reads rows."""


def bounds_of(
    native: Any, files: Sequence[str], roles: Roles, spans: Container[str] = ()
) -> dict[str, Bounds]:
    """Of each role of a number its bounds over all files; none of a role that any file keeps no statistics of.

    Parameters
    ----------
    native : a relation over these files
    spans : columns whose numbers are spans of time in units of their own
    """
    types = dict(zip(native.columns, map(str, native.types), strict=True))
    named = {
        role: name for group in (roles.numbers, roles.spans, roles.times) for role, name in group.items()
    }
    wanted = {
        role: sql for role, name in named.items() if name not in spans and (sql := _figure(types[name]))
    }
    every: dict[str, list[Bounds]] = {role: [] for role in wanted}
    for file in files:
        found = _of_file(
            native, file, {role: (named[role], types[named[role]], wanted[role]) for role in wanted}
        )
        for role, bounds in found.items():
            every[role].append(bounds)
    return {role: _over(some) for role, some in every.items() if len(some) == len(files)}


def spans_of(connection: Any, files: Sequence[str]) -> dict[str, int]:
    """Of a column of hours that was written as spans of time how many of its units are an hour; Parquet keeps numbers alone.

    Parameters
    ----------
    connection : a DuckDB connection, or a module that has one of its own

    Raises
    ------
    InputError : such a column of one unit in one file, and of another unit or a plain number in the next
    """
    listed = ", ".join(literal(file) for file in files)
    asked = f"select value from parquet_kv_metadata([{listed}]) where decode(key) = 'ARROW:schema'"  # noqa: S608
    every = [spans_per_h(bytes(value)) for (value,) in connection.execute(asked).fetchall()]
    found: dict[str, set[int]] = {}
    for columns in every:
        for name, per_h in columns.items():
            if name.casefold() in SPANS:
                found.setdefault(name, set()).add(per_h)
    spans = {name: units for name, units in found.items() if any(units)}
    for name, units in spans.items():
        if len(units) > 1 or len(every) < len(files):
            allowed = "it is a span of time in one file and of another unit or a number in the next; write one of them anew"
            raise InputError("column", name, allowed)
    return {name: units.pop() for name, units in spans.items()}


def _figure(kind: str) -> str:
    """How a bound of a column of this type becomes a number; nothing where it cannot."""
    if kind in (*WHOLE, *REAL):
        return "cast({} as double)"
    if kind in ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
        return "cast(epoch_us({}) as double)"
    return ""


def _of_file(native: Any, file: str, wanted: dict[str, tuple[str, str, str]]) -> dict[str, Bounds]:
    """Of each role its bounds in one file, where the file keeps them."""
    source = f"read_parquet([{literal(file)}])"
    ends = [
        f"{sql.format(f'{end}({quoted(name)})')}"
        for name, _, sql in wanted.values()
        for end in ("min", "max")
    ]
    asked = f"select {', '.join(ends)} from {source}"  # noqa: S608 - quoted names of the file's own columns
    try:
        if not wanted or SCANNED in str(native.query("frame", f"explain {asked}").fetchall()):
            return {}
        cells = native.query("frame", asked).fetchall()[0]
        found = {}
        for at, (role, (name, kind, _)) in enumerate(wanted.items()):
            low, high = cells[2 * at : 2 * at + 2]
            if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
                continue
            if role == "count" and kind not in WHOLE:  # whether each is whole, its row alone can say
                continue
            blank = f"select 1 from {source} where {quoted(name)} is null limit 1"  # noqa: S608
            filled = role in ("hours", "start") and not native.query("frame", blank).fetchall()
            found[role] = Bounds(low, high, kind in WHOLE, filled)
    except duckdb.Error:  # a column of another type in this file, or none of this name
        return {}
    return found


def _over(some: Sequence[Bounds]) -> Bounds:
    """The bounds of several files together."""
    return Bounds(
        min(one.low for one in some),
        max(one.high for one in some),
        all(one.whole for one in some),
        all(one.filled for one in some),
    )
