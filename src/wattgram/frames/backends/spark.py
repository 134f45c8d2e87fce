"""Spark: small tables are broadcast, times are read without the session's time zone, nothing is collected but words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
from pyspark.sql import functions as F  # noqa: N812 - as Spark's own documentation has it
from pyspark.sql import types as T  # noqa: N812 - (the same)

from wattgram.frames.backends.base import Backend, Pipeline, kinds_of, work
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import BLANKS, NUMBER, PERCENT, SHARES, TIME, WORK, Roles

__all__ = ["Spark"]

HOUR_US = 3_600_000_000
WHOLE = ("tinyint", "smallint", "int", "bigint", "float", "double")


class Spark(Backend):
    """PySpark DataFrames, classic or Connect."""

    name = "pyspark"

    def columns(self, native: Any) -> list[str]:
        """Names of the columns, as they stand."""
        return list(native.columns)

    def ingest(self, native: Any, roles: Roles) -> Any:
        """The frame with its working columns."""
        types = dict(native.dtypes)
        made: dict[str, str] = {}
        for role, name in roles.texts.items():
            made[role] = f"coalesce(cast({_quoted(name)} as string), '')"
        for role, name in roles.numbers.items():
            made[role] = _number(_quoted(name), types[name], share=role in SHARES)
        for role, name in roles.spans.items():
            made |= _span(_quoted(name), types[name], role)
        for role, name in roles.times.items():
            made |= _micros(_quoted(name), types[name], role)
        return nw.from_native(
            native.selectExpr("*", *(f"{sql} as {WORK}{name}" for name, sql in made.items()))
        )

    def calendar(self, frame: Any, of: str, *, month: bool = False) -> Any:
        """Year of a time (or year x 100 + month), from microseconds alone."""
        date = f"date_from_unix_date(cast(floor({WORK}{of} / 86400000000) as int))"
        figure = f"year({date}) * 100 + month({date})" if month else f"year({date})"
        name = WORK + ("month" if month else "year")
        return nw.from_native(
            nw.to_native(frame).selectExpr("*", f"cast(coalesce({figure}, 0) as bigint) as {name}")
        )

    def attach(self, frame: Any, lookup: Lookup) -> Any:
        """A left join with a broadcast table."""
        native = nw.to_native(frame)
        types = {
            "text": T.StringType(),
            "number": T.DoubleType(),
            "whole": T.LongType(),
            "flag": T.BooleanType(),
        }
        kinds = kinds_of(lookup)
        schema = T.StructType([T.StructField(WORK + name, types[kinds[name]]) for name in lookup.columns])
        rows = list(zip(*work(lookup).values(), strict=True))
        table = F.broadcast(native.sparkSession.createDataFrame(rows, schema))
        return nw.from_native(native.join(table, on=[WORK + key for key in lookup.keys], how="left"))

    def settle(self, frame: Any) -> Any:
        """The rows, kept by the executors."""
        return nw.from_native(nw.to_native(frame).persist())

    def fetch(self, frame: Any) -> list[tuple[Any, ...]]:
        """The rows of a small frame, brought to the driver."""
        return [tuple(row) for row in nw.to_native(frame).collect()]

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The frame's own columns and the answers, not yet computed."""
        answers = nw.to_native(apply(self.ingest(native, roles)))
        return answers.select(*(_quoted(name) for name in [*native.columns, *outputs]))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _number(name: str, kind: str, *, share: bool = False) -> str:
    """DOUBLE, null where blank, infinite where the cell is no number."""
    if kind == "boolean":
        return f"(case when {name} is null then null else double('infinity') end)"
    if kind in WHOLE or kind.startswith("decimal"):
        return f"nullif(cast({name} as double), double('NaN'))"
    if kind == "void":
        return "cast(null as double)"
    text = f"trim(cast({name} as string))"
    blanks = ", ".join(_literal(blank) for blank in BLANKS)
    percent = f"when {text} rlike {_literal(PERCENT)} then try_cast(trim(trailing ' %' from {text}) as double) / 100 "
    return (
        f"(case when {text} is null or lower({text}) in ({blanks}) then null "
        f"when {text} rlike {_literal(NUMBER)} then try_cast({text} as double) "
        f"{percent if share else ''}else double('infinity') end)"
    )


def _span(name: str, kind: str, role: str) -> dict[str, str]:
    if kind.startswith("interval"):
        whole = f"(extract(day from {name}) * 24 + extract(hour from {name}))"
        return {
            role: f"double({whole} + extract(minute from {name}) / 60 + extract(second from {name}) / 3600)"
        }
    number = _number(name, kind)
    if kind in WHOLE or kind in ("boolean", "void") or kind.startswith("decimal"):
        return {role: number}
    text = f"coalesce(trim(cast({name} as string)), '')"
    infinite = f"({number} = double('infinity'))"
    return {
        role: f"(case when {infinite} then null else {number} end)",
        f"{role}_word": f"(case when {infinite} then {text} else '' end)",
    }


def _micros(name: str, kind: str, role: str) -> dict[str, str]:
    """Microseconds since 1970 UTC; a time without a zone is UTC, whatever the session's zone."""
    if kind == "timestamp":
        return {role: f"cast(unix_micros({name}) as double)"}
    if kind in ("timestamp_ntz", "date"):
        return {role: _plain(f"cast({name} as timestamp_ntz)")}
    if kind == "void":
        return {role: "cast(null as double)"}
    text = f"coalesce(trim(cast({name} as string)), '')"
    written = f"({text} rlike {_literal(TIME)})"
    time = f"try_cast(rtrim('Z', {text}) as timestamp_ntz)"
    read = f"(case when {written} then {_plain(time)} end)"
    return {role: read, f"{role}_word": f"(case when {read} is null then {text} else '' end)"}


def _plain(time: str) -> str:
    """Microseconds of a time without a zone, of its parts alone: `extract(SECOND)` keeps the microseconds."""
    days = f"datediff({time}, date'1970-01-01')"
    seconds = f"(hour({time}) * 3600 + minute({time}) * 60)"
    return f"(double({days}) * 86400000000D + double({seconds}) * 1000000D + double(extract(SECOND FROM {time}) * 1000000))"
