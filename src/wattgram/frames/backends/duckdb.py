"""DuckDB: everything stays a relation on the user's own connection; nothing is read before it is asked for."""

from __future__ import annotations

import json
import uuid
from collections.abc import Container, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from wattgram.frames.backends.base import Backend, Counts, Pipeline, Step, kinds_of
from wattgram.frames.backends.parquet import MOST_FILES, bounds_of
from wattgram.frames.backends.sql import ZONELESS, literal, micros, number, quoted, span
from wattgram.frames.bounds import Bounds
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import SHARES, WORK, Roles

__all__ = ["DuckDB"]

SQL_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "whole": "BIGINT", "flag": "BOOLEAN"}
KEY = f"{WORK}key_"
"""What the key of a look-up is called in its table, so that a join needs no other names for its sides."""
LONG = 5000
"""Rows from which a look-up is worth arrays."""


class DuckDB(Backend):
    """DuckDB relations."""

    name = "duckdb"

    def __init__(self, files: Sequence[str] = (), spans: Mapping[str, int] | None = None) -> None:
        """The engine.

        Parameters
        ----------
        files : the Parquet files that a relation stands for, where it is known to; they tell the bounds of their numbers
        spans : of their columns that are spans of time how many of its units are an hour
        """
        self._files, self._spans = files, spans or {}
        self._tables: dict[int, tuple[Lookup, Any]] = {}
        """Look-ups that stand on the connection already: one scan after another joins the same table."""
        self._cells: dict[tuple[int, ...], tuple[str, Lookup]] = {}
        """The names of their tables."""
        self._bounds: tuple[Any, Mapping[str, Bounds]] | None = None
        """What is known of a relation already."""
        self._raw: Any = None
        """The user's relation: a statement through it need not bind all that was built on it."""

    def in_hours(self, native: Any) -> Any:
        """The relation with its spans of time as hours [h]: their units are in no file that is written from it."""
        if not self._spans:
            return native
        cells = (
            f"cast({quoted(name)} as double) / {per_h} as {quoted(name)}"
            for name, per_h in self._spans.items()
        )
        return native.project(f"* replace ({', '.join(cells)})")

    def anew(self) -> DuckDB:
        """The same for another connection."""
        return DuckDB(self._files, self._spans)

    def bounds(self, native: Any, roles: Roles) -> Mapping[str, Bounds]:
        """The bounds that Parquet files keep of their numbers, for as long as they are few."""
        if not 0 < len(self._files) <= MOST_FILES:
            return {}
        if self._bounds is None or self._bounds[0] is not native:
            self._bounds = (native, bounds_of(native, self._files, roles, self._spans))
        return self._bounds[1]

    def columns(self, native: Any) -> list[str]:
        """Names of the columns, as they stand."""
        return list(native.columns)

    def ingest(
        self, native: Any, roles: Roles, passed: Sequence[str] = ("*",), bounded: Container[str] = ()
    ) -> Any:
        """The relation with its working columns.

        Parameters
        ----------
        passed : the columns that pass through
        bounded : roles whose numbers are taken as they stand
        """
        self._raw = native
        types = dict(zip(native.columns, map(str, native.types), strict=True))
        made: dict[str, str] = {}
        for role, name in roles.texts.items():
            made[role] = f"coalesce(cast({quoted(name)} as varchar), '')"
        for role, name in roles.numbers.items():
            known = role in bounded
            made[role] = number(quoted(name), types[name], share=role in SHARES, known=known)
        for role, name in roles.spans.items():
            per_h = self._spans.get(name)
            made |= span(quoted(name), types[name], role, known=role in bounded, per_h=per_h)
        for role, name in roles.times.items():
            made |= micros(quoted(name), types[name], role, known=role in bounded)
            if types[name] in ZONELESS:
                time = quoted(name)
                made[f"year_of_{role}"] = f"coalesce(year({time}), 0)::bigint"
                made[f"month_of_{role}"] = f"coalesce(year({time}) * 100 + month({time}), 0)::bigint"
        cells = [*passed, *(f"{sql} as {WORK}{name}" for name, sql in made.items())]
        return nw.from_native(native.project(", ".join(cells)))

    def over(self, native: Any, roles: Roles, step: Step) -> Counts:
        """The words that a step finds; no column passes through."""
        return step(self.ingest(native, roles, passed=()))

    def reduce(
        self, native: Any, roles: Roles, step: Pipeline, bounds: Mapping[str, Bounds] | None = None
    ) -> Any:
        """The few rows that a step reduces a relation to; no column passes through."""
        return self.settle(step(self.ingest(native, roles, passed=(), bounded=bounds or ())))

    def summed(self, frame: Any, keys: Sequence[str], names: Sequence[str]) -> list[tuple[Any, ...]]:
        """The sums, as one query."""
        keyed = ", ".join(WORK + name for name in keys)
        sums = ", ".join(f"sum({WORK}{name})" for name in names)
        return list(nw.to_native(frame).aggregate(f"{keyed}, {sums}", keyed).fetchall())

    def summed_each(
        self, frame: Any, wanted: Sequence[tuple[Sequence[str], Sequence[str]]]
    ) -> list[list[tuple[Any, ...]]]:
        """The sums, as one query for all: grouping sets."""
        keys = list(dict.fromkeys(key for some, _ in wanted for key in some))
        names = list(dict.fromkeys(name for _, some in wanted for name in some))
        sets = [frozenset(some) for some, _ in wanted]
        grouped = ", ".join(f"({', '.join(WORK + key for key in some)})" for some in dict.fromkeys(sets))
        keyed = ", ".join(WORK + key for key in keys)
        cells = ", ".join([f"grouping_id({keyed})", keyed, *(f"sum({WORK}{name})" for name in names)])
        asked = f"select {cells} from frame group by grouping sets ({grouped})"  # noqa: S608 - names of our own
        rows: dict[int, list[tuple[Any, ...]]] = {}
        for which, *row in nw.to_native(frame).query("frame", asked).fetchall():
            rows.setdefault(which, []).append(tuple(row))
        found = []
        for (some, sums), one in zip(wanted, sets, strict=True):
            which = sum(1 << at for at, key in enumerate(reversed(keys)) if key not in one)
            places = [keys.index(key) for key in some] + [len(keys) + names.index(name) for name in sums]
            found.append([tuple(row[at] for at in places) for row in rows.get(which, ())])
        return found

    def calendar(self, frame: Any, of: str, *, month: bool = False) -> Any:
        """Year of a time (or year x 100 + month), from microseconds alone, or of a column that has no zone to be read in.

        Of the column itself the engine knows the span without reading it, and so keeps the numbers of places short.
        """
        name = WORK + ("month" if month else "year")
        if f"{name}_of_{of}" in frame.collect_schema().names():
            return frame.with_columns(nw.col(f"{name}_of_{of}").alias(name))
        time = f"make_timestamp(cast({WORK}{of} as bigint))"
        figure = f"year({time}) * 100 + month({time})" if month else f"year({time})"
        return nw.from_native(nw.to_native(frame).project(f"*, coalesce({figure}, 0)::bigint as {name}"))

    def attach(self, frame: Any, lookup: Lookup) -> Any:
        """A join with a temporary table on the frame's own connection.

        Where every key is in the table, an inner join of whole numbers: DuckDB then looks its rows up by place, and hands
        them on without copying.
        """
        if id(lookup) not in self._tables:
            self._tables[id(lookup)] = (lookup, self._table(lookup).set_alias("words"))
        on = " and ".join(f"{WORK}{key} = {KEY}{key}" for key in lookup.keys)
        how = "inner" if lookup.whole else "left"
        joined = nw.to_native(frame).join(self._tables[id(lookup)][1], on, how)
        return nw.from_native(joined.project(f"* exclude ({', '.join(KEY + key for key in lookup.keys)})"))

    def _table(self, lookup: Lookup) -> Any:
        """A relation of the look-up; one table stands for all look-ups of the same cells under other names."""
        cells = tuple(map(id, lookup.columns.values()))
        if cells not in self._cells:
            self._cells[cells] = (_placed(self._raw, lookup), lookup)
        name, first = self._cells[cells]
        pairs = zip(first.columns, lookup.columns, strict=True)
        picked = ", ".join(
            f"{WORK}{own} as {KEY if other in lookup.keys else WORK}{other}" for own, other in pairs
        )
        return self._raw.query("frame", f"select {picked} from {name}")  # noqa: S608 - names of our own

    def settle(self, frame: Any) -> Any:
        """A temporary table of the rows."""
        native = nw.to_native(frame)
        name = f"{WORK}{uuid.uuid4().hex}"
        native.query("frame", f"create temp table {name} as from frame")
        return nw.from_native(self._raw.query("frame", f"from {name}"))

    def fetch(self, frame: Any) -> list[tuple[Any, ...]]:
        """The rows of a small relation."""
        return list(nw.to_native(frame).fetchall())

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The relation's own columns and the answers, still a relation."""
        answers = nw.to_native(apply(self.ingest(native, roles)))
        return answers.project(", ".join(quoted(name) for name in [*native.columns, *outputs]))

    def beside(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The same with the answers put beside the rows by their order, for a connection of one thread, which keeps it.

        No column passes through the statements of the answers, each of which binds every column that does.
        """
        answers = nw.to_native(apply(self.ingest(native, roles, passed=())))
        answers = answers.project(", ".join(map(quoted, outputs)))
        return native.query("runs", "from runs positional join answers")


def _placed(native: Any, lookup: Lookup) -> str:
    """The name of a temporary table of the look-up, sent as one text by columns (literals one by one take seconds to parse)."""
    name, kinds = f"{WORK}{uuid.uuid4().hex}", kinds_of(lookup)
    create = f"create temp table {name} as "
    arrays = _arrays(lookup, kinds)
    if arrays is not None:
        picked = ", ".join(
            f"nullif({cell}, 'nan'::double) as {cell}" if arrays[cell].dtype.kind == "f" else cell
            for cell in arrays
        )
        native.query("frame", f"{create} select {picked} from arrays")  # noqa: S608 - names of our own
        return name
    types = {column: [SQL_TYPES[kinds[column]]] for column in lookup.columns}
    cells = literal(
        json.dumps({name: list(cells) for name, cells in lookup.columns.items()}, allow_nan=False)
    )
    picked = ", ".join(f"unnest(p.{quoted(column)}) as {WORK}{column}" for column in lookup.columns)
    source = f"(select from_json({cells}, {literal(json.dumps(types))}) as p)"
    native.query("frame", f"{create} select {picked} from {source}")  # noqa: S608 - the words are one quoted literal
    return name


def _arrays(lookup: Lookup, kinds: dict[str, str]) -> Any:
    """A long look-up of numbers (the hours of a series) as arrays, which are read as they stand; None where numpy is missing."""
    if len(lookup.columns[lookup.keys[0]]) < LONG or {"text", "flag"} & set(kinds.values()):
        return None
    try:
        import numpy as np  # noqa: PLC0415 - only for a long table
    except ImportError:
        return None
    return {
        WORK + name: np.array(cells, "int64" if kinds[name] == "whole" else "float64")  # a blank becomes NaN
        for name, cells in lookup.columns.items()
    }
