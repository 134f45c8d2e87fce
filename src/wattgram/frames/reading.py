"""Reading: a source as a table on one engine; files of other columns are brought together by the names of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import groupby
from typing import Any

from wattgram.errors import InputError
from wattgram.frames.backends.parquet import spans_of
from wattgram.frames.backends.sql import literal, quoted
from wattgram.frames.jsonfile import FORM
from wattgram.frames.plain import Plain
from wattgram.frames.schema import INPUTS
from wattgram.frames.source import Source
from wattgram.frames.textfile import refused

__all__ = ["on_dask", "on_duckdb", "on_polars", "on_spark"]

TEMPORAL = ("DATE", "TIME", "TIMESTAMP", "UUID", "INTERVAL")
"""What the embedded engine makes of a text in JSON; it stays the text that it is."""

MOST_SCHEMAS = 200
"""Files whose columns are looked at one by one on Spark, which cannot bring whole and broken numbers together itself."""


def _alike(tables: Iterable[Plain]) -> list[list[Plain]]:
    """Files one after the other that have one header and one mark."""
    return [list(some) for _, some in groupby(tables, key=lambda table: (table.header, table.mark))]


def _listed(paths: Iterable[str]) -> str:
    return "[" + ", ".join(literal(path) for path in paths) + "]"


# --- the embedded engine ----------------------------------------------------------------------------------------------


def on_duckdb(source: Source, connection: Any) -> Any:
    """A relation. Cells of a CSV stay text: `007` stays 007, and one odd cell costs its own row alone."""
    if source.form == "parquet":
        return connection.sql(f"from read_parquet({_listed(source.paths)}, union_by_name = true)")
    if source.form == "jsonl":
        return _json_on_duckdb(source, connection)
    how = "header = true, quote = '\"', escape = '\"', strict_mode = true"
    if not source.tables:
        mark = ", delim = '\t'" if source.form == "tsv" else ""
        files = _listed(source.paths)
        return connection.sql(
            f"from read_csv({files}, all_varchar = true, union_by_name = true, {how}{mark})"
        )
    parts = []
    for some in _alike(source.tables):
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in some[0].header)
        files = _listed(table.path for table in some)
        mark = literal(some[0].mark)
        parts.append(
            f"from read_csv({files}, columns = {{{columns}}}, auto_detect = false, delim = {mark}, {how})"
        )
    return connection.sql(" union all by name ".join(parts))


def _json_on_duckdb(source: Source, connection: Any) -> Any:
    """Objects, their texts as they stand; a column of texts and numbers is one of texts."""
    files = _listed(source.paths)
    how = "format = 'newline_delimited', union_by_name = true"
    seen = connection.sql(f"from read_json({files}, {how}, sample_size = -1)")
    kinds = dict(zip(seen.columns, map(str, seen.types), strict=True))
    if list(kinds) == ["json"]:  # what it calls the column of values that are no objects
        raise source.fault() or refused(source.name(source.paths[0]), f"its objects name no column; {FORM}")
    kept = {name: "VARCHAR" if kind.startswith(TEMPORAL) else kind for name, kind in kinds.items()}
    kept = {name: "VARCHAR" if kind in ('"NULL"', "NULL") else kind for name, kind in kept.items()}
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kept.items())
    table = connection.sql(f"from read_json({files}, {how}, columns = {{{columns}}})")
    mixed = [name for name, kind in kept.items() if kind == "JSON" and name in INPUTS]
    if not mixed:
        return table
    texts = ", ".join(f"({quoted(name)} ->> '$') as {quoted(name)}" for name in mixed)
    return table.project(f"* replace ({texts})")


# --- the others -------------------------------------------------------------------------------------------------------


def on_polars(source: Source) -> Any:
    """A lazy frame."""
    import polars as pl  # noqa: PLC0415 - only with this engine

    if source.form == "jsonl":
        frames = [pl.scan_ndjson(path, infer_schema_length=None) for path in source.paths]
    elif source.form == "parquet":
        schemas = [(path, pl.scan_parquet(path).collect_schema()) for path in source.paths]
        alike = [[path for path, _ in some] for _, some in groupby(schemas, key=lambda one: one[1])]
        frames = [pl.scan_parquet(paths, glob=False) for paths in alike]
    elif source.tables:
        frames = [
            pl.scan_csv(
                [table.path for table in some],
                separator=some[0].mark,
                schema=dict.fromkeys(some[0].header, pl.String),
                glob=False,
            )
            for some in _alike(source.tables)
        ]
    else:
        mark = "\t" if source.form == "tsv" else ","
        frames = [pl.scan_csv(source.paths, separator=mark, infer_schema=False)]
    return frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal_relaxed")


def on_dask(source: Source) -> Any:
    """A Dask frame of pandas partitions."""
    import dask.dataframe as dd  # noqa: PLC0415 - only with this engine

    if source.form == "jsonl":
        frames = [dd.read_json(path, lines=True, dtype=False) for path in source.paths]
    elif source.form == "parquet":
        every = [dd.read_parquet(path) for path in source.paths]
        alike = groupby(zip(source.paths, every, strict=True), key=lambda one: dict(one[1].dtypes))
        frames = [dd.read_parquet([path for path, _ in some]) for _, some in alike]
    else:
        whole: dict[str, Any] = {"dtype": str, "keep_default_na": False}
        frames = [
            dd.read_csv(
                [table.path for table in some],
                sep=some[0].mark,
                header=0,
                names=list(some[0].header),
                blocksize=None if any(table.multiline for table in some) else "default",
                **whole,
            )
            for some in _alike(source.tables)
        ]
        if not source.tables:
            frames = [dd.read_csv(source.paths, sep="\t" if source.form == "tsv" else ",", **whole)]
    together: Any = dd.concat
    return frames[0] if len(frames) == 1 else together(frames)


def on_spark(source: Source, session: Any) -> Any:
    """A Spark frame; what it cannot read fails, in place of being left out."""
    strict = session.read.option("mode", "FAILFAST")
    if source.form == "jsonl":
        wrong = source.fault()  # said before Spark fills the screen with where it stood
        if wrong is not None:
            raise wrong
        return strict.json(source.paths)
    if source.form == "parquet":
        import duckdb  # noqa: PLC0415 - what Parquet keeps beside its columns; this engine does not look there

        for name in spans_of(duckdb, source.paths):
            allowed = "it holds spans of time, of which Spark sees bare numbers; write hours, or take --engine duckdb"
            raise InputError("column", name, allowed)
        return _parquet_on_spark(source.paths, session)
    if not source.tables:
        mark = "\t" if source.form == "tsv" else ","
        return strict.csv(source.paths, header=True, sep=mark, escape='"', multiLine=True)
    from pyspark.sql.types import StringType, StructField, StructType  # noqa: PLC0415 - only with this engine

    frames = [
        strict.csv(
            [table.path for table in some],
            schema=StructType([StructField(name, StringType()) for name in some[0].header]),
            header=True,
            sep=some[0].mark,
            escape='"',
            multiLine=any(table.multiline for table in some),
        )
        for some in _alike(source.tables)
    ]
    return _by_name(frames)


def _parquet_on_spark(paths: list[str], session: Any) -> Any:
    """Files of one table; where a column is of several kinds among them, of the one that holds all."""
    if not 1 < len(paths) <= MOST_SCHEMAS:
        return session.read.option("mergeSchema", "true").parquet(*paths)
    read = [(path, session.read.parquet(path).schema) for path in paths]
    alike = groupby(read, key=lambda one: one[1])
    return _by_name([session.read.parquet(*(path for path, _ in some)) for _, some in alike])


def _by_name(frames: list[Any]) -> Any:
    join: Callable[[Any, Any], Any] = lambda one, other: one.unionByName(other, allowMissingColumns=True)  # noqa: E731
    return reduce(join, frames)
