"""DuckDB: everything stays a relation on the user's own connection; nothing is read before it is asked for."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from wattgram.frames.backends.base import Backend, Counts, Pipeline, Step, kinds_of
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import BLANKS, NUMBER, PERCENT, SHARES, TIME, WORK, Roles

__all__ = ["DuckDB", "quoted"]

HOUR_US = 3_600_000_000
WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
REAL = ("FLOAT", "DOUBLE")
ZONELESS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")
SQL_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "whole": "BIGINT", "flag": "BOOLEAN"}
LONG = 5000
"""Rows from which a look-up is worth an Arrow table."""


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


class DuckDB(Backend):
    """DuckDB relations."""

    name = "duckdb"

    def __init__(self) -> None:
        self._tables: dict[int, tuple[Lookup, Any]] = {}
        """Look-ups that stand on the connection already: one scan after another joins the same table."""
        self._raw: Any = None
        """The user's relation: a statement through it need not bind all that was built on it."""

    def columns(self, native: Any) -> list[str]:
        """Names of the columns, as they stand."""
        return list(native.columns)

    def ingest(self, native: Any, roles: Roles, passed: Sequence[str] = ("*",)) -> Any:
        """The relation with its working columns."""
        self._raw = native
        types = dict(zip(native.columns, map(str, native.types), strict=True))
        made: dict[str, str] = {}
        for role, name in roles.texts.items():
            made[role] = f"coalesce(cast({quoted(name)} as varchar), '')"
        for role, name in roles.numbers.items():
            made[role] = _number(quoted(name), types[name], share=role in SHARES)
        for role, name in roles.spans.items():
            made |= _span(quoted(name), types[name], role)
        for role, name in roles.times.items():
            made |= _micros(quoted(name), types[name], role)
            if types[name] in ZONELESS:
                time = quoted(name)
                made[f"year_of_{role}"] = f"coalesce(year({time}), 0)::bigint"
                made[f"month_of_{role}"] = f"coalesce(year({time}) * 100 + month({time}), 0)::bigint"
        cells = [*passed, *(f"{sql} as {WORK}{name}" for name, sql in made.items())]
        return nw.from_native(native.project(", ".join(cells)))

    def over(self, native: Any, roles: Roles, step: Step) -> Counts:
        """The words that a step finds; no column passes through."""
        return step(self.ingest(native, roles, passed=()))

    def reduce(self, native: Any, roles: Roles, step: Pipeline) -> Any:
        """The few rows that a step reduces a relation to; no column passes through."""
        return self.settle(step(self.ingest(native, roles, passed=())))

    def summed(self, frame: Any, keys: Sequence[str], names: Sequence[str]) -> list[tuple[Any, ...]]:
        """The sums, as one query."""
        keyed = ", ".join(WORK + name for name in keys)
        sums = ", ".join(f"sum({WORK}{name})" for name in names)
        return list(nw.to_native(frame).aggregate(f"{keyed}, {sums}", keyed).fetchall())

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
            self._tables[id(lookup)] = (lookup, nw.from_native(_placed(self._raw, lookup)))
        on = [WORK + key for key in lookup.keys]
        return frame.join(self._tables[id(lookup)][1], on=on, how="inner" if lookup.whole else "left")

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


def _placed(native: Any, lookup: Lookup) -> Any:
    """The look-up as a temporary table, sent as one text by columns (literals one by one take seconds to parse)."""
    name, kinds = f"{WORK}{uuid.uuid4().hex}", kinds_of(lookup)
    create = f"create temp table {name} as "
    arrow_table = _arrow_table(lookup, kinds)
    if arrow_table is not None:
        native.query("frame", f"{create} from arrow_table")
        return native.query("frame", f"from {name}")
    types = {column: [SQL_TYPES[kinds[column]]] for column in lookup.columns}
    cells = literal(json.dumps(lookup.columns, allow_nan=False))
    picked = ", ".join(f"unnest(p.{quoted(column)}) as {WORK}{column}" for column in lookup.columns)
    source = f"(select from_json({cells}, {literal(json.dumps(types))}) as p)"
    native.query("frame", f"{create} select {picked} from {source}")  # noqa: S608 - the words are one quoted literal
    return native.query("frame", f"from {name}")


def _arrow_table(lookup: Lookup, kinds: dict[str, str]) -> Any:
    """A long look-up (the hours of a series) as an Arrow table, which is read as it stands; None where pyarrow is missing."""
    if len(lookup.columns[lookup.keys[0]]) < LONG:
        return None
    try:
        import pyarrow as pa  # noqa: PLC0415 - only for a long table
    except ImportError:
        return None
    types = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "flag": pa.bool_()}
    return pa.table(
        {WORK + name: pa.array(cells, types[kinds[name]]) for name, cells in lookup.columns.items()}
    )


def _number(name: str, kind: str, *, share: bool = False) -> str:
    """DOUBLE, null where blank, infinite where the cell is no number."""
    if kind == "BOOLEAN":
        return f"(case when {name} is null then null else 'inf'::double end)"
    if kind in REAL:
        return f"(case when isnan({name}) then null else cast({name} as double) end)"
    if kind in WHOLE or kind.startswith("DECIMAL"):
        return f"cast({name} as double)"
    text = f"trim(cast({name} as varchar))"
    written = f"regexp_matches({text}, {literal(NUMBER)})"
    blanks = ", ".join(literal(blank) for blank in BLANKS)
    percent = (
        f"when regexp_matches({text}, {literal(PERCENT)}) then try_cast(rtrim({text}, ' %') as double) / 100 "
    )
    return (
        f"(case when {text} is null or lower({text}) in ({blanks}) then null "
        f"when {written} then try_cast({text} as double) {percent if share else ''}else 'inf'::double end)"
    )


def _span(name: str, kind: str, role: str) -> dict[str, str]:
    if kind == "INTERVAL":
        return {role: f"(epoch_us({name}) / {HOUR_US}::double)"}
    number = _number(name, kind)
    if kind in WHOLE or kind in REAL or kind == "BOOLEAN" or kind.startswith("DECIMAL"):
        return {role: number}
    text = f"coalesce(trim(cast({name} as varchar)), '')"
    return {
        role: f"(case when isinf({number}) then null else {number} end)",
        f"{role}_word": f"(case when isinf({number}) then {text} else '' end)",
    }


def _micros(name: str, kind: str, role: str) -> dict[str, str]:
    """Microseconds since 1970 UTC; a time without a zone is UTC, whatever the session's zone."""
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        time = name if kind in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP") else f"cast({name} as timestamp)"
        return {role: f"(case when isfinite({name}) then cast(epoch_us({time}) as double) end)"}
    text = f"coalesce(trim(cast({name} as varchar)), '')"
    read = f"(case when regexp_matches({text}, {literal(TIME)}) then epoch_us(try_cast(rtrim({text}, 'Z') as timestamp)) end)"
    return {
        role: f"cast({read} as double)",
        f"{role}_word": f"(case when {read} is null then {text} else '' end)",
    }
