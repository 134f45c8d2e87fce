"""Sources: a file, a folder or standard input as a table on one engine, read when it is asked for."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from wattgram.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FORMATS", "Source", "find_source", "format_of", "spooled"]

FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv.gz": "csv",
    ".tsv.gz": "tsv",
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
}
READ_FORMS = "it takes a .parquet, .csv, .tsv or .jsonl file, a folder of them, a folder of journals, or - (standard input)"
SPOOL_BYTES = 1 << 20


class Source:
    """Files of one format that are one table.

    Parameters
    ----------
    paths : the files
    form : parquet, csv, tsv or jsonl
    """

    def __init__(self, paths: list[str], form: str) -> None:
        self.paths, self.form = paths, form

    def on_duckdb(self, connection: Any) -> Any:
        """A relation. Cells of a CSV stay text: `007` stays 007, and one odd cell costs its own row alone."""
        listed = "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in self.paths) + "]"
        if self.form == "parquet":
            return connection.sql(f"from read_parquet({listed}, union_by_name = true)")
        if self.form == "jsonl":
            return connection.sql(
                f"from read_json({listed}, format = 'newline_delimited', union_by_name = true, sample_size = -1)"
            )
        mark = "'\t'" if self.form == "tsv" else "','"
        options = (
            "header = true, all_varchar = true, null_padding = true, union_by_name = true, parallel = true"
        )
        options = options.replace(", parallel = true", "")
        if self.form == "csv":
            mark = "'" + self._delimiter() + "'"
        return connection.sql(
            f"from read_csv({listed}, delim = {mark}, quote = '\"', escape = '\"', {options})"
        )

    def on_polars(self) -> Any:
        """A lazy frame."""
        import polars as pl  # noqa: PLC0415 - only with this engine

        if self.form == "parquet":
            return pl.scan_parquet(self.paths)
        if self.form == "jsonl":
            return pl.scan_ndjson(self.paths, infer_schema_length=None)
        return pl.scan_csv(self.paths, separator=self._delimiter(), infer_schema=False)

    def on_dask(self) -> Any:
        """A Dask frame of pandas partitions."""
        import dask.dataframe as dd  # noqa: PLC0415 - only with this engine

        if self.form == "parquet":
            return dd.read_parquet(self.paths)
        if self.form == "jsonl":
            return dd.read_json(self.paths, lines=True)
        return dd.read_csv(self.paths, dtype=str, keep_default_na=False, sep=self._delimiter())

    def on_spark(self, session: Any) -> Any:
        """A Spark frame."""
        if self.form == "parquet":
            return session.read.option("mergeSchema", "true").parquet(*self.paths)
        if self.form == "jsonl":
            return session.read.json(self.paths)
        return session.read.csv(self.paths, header=True, sep=self._delimiter(), escape='"', multiLine=True)

    def _delimiter(self) -> str:
        """The mark between the cells of the header: a comma, or what stands there in its place."""
        if self.form == "tsv":
            return "\t"
        with _opened(self.paths[0]) as handle:
            head = handle.readline().decode("utf-8", "replace")
        return (
            ","
            if "," in head
            else max(";\t|", key=head.count)
            if any(mark in head for mark in ";\t|")
            else ","
        )


def format_of(path: str, what: str, allowed: str) -> str:
    """The format that a file name says.

    Raises
    ------
    InputError : a name that says none
    """
    name = os.path.basename(path).lower()
    for ending in sorted(FORMATS, key=len, reverse=True):
        if name.endswith(ending):
            return FORMATS[ending]
    raise InputError(what, path, allowed)


def find_source(path: str) -> Source:
    """The table at a path.

    Raises
    ------
    InputError : nothing is there, it is empty, or of no format that is read
    """
    if "://" in path:
        return Source([path], format_of(path, "runs", READ_FORMS))
    if os.path.isdir(path):
        return _folder(path)
    if not os.path.exists(path):
        raise InputError("runs", path, f"there is no such file; {READ_FORMS}")
    form = format_of(path, "runs", READ_FORMS)
    if os.path.getsize(path) == 0:
        raise InputError("runs", path, "the file is empty")
    return Source([path], form)


def _folder(path: str) -> Source:
    found: dict[str, list[str]] = {}
    for folder, _, names in sorted(os.walk(path)):
        for name in sorted(names):
            form = next(
                (
                    FORMATS[end]
                    for end in sorted(FORMATS, key=len, reverse=True)
                    if name.lower().endswith(end)
                ),
                "",
            )
            file = os.path.join(folder, name)
            if form and not name.startswith((".", "_")) and os.path.getsize(file):
                found.setdefault(form, []).append(file)
    if not found:
        raise InputError("runs", path, f"no table is in the folder; {READ_FORMS}")
    if len(found) > 1:
        raise InputError(
            "runs", path, f"it mixes {', '.join(sorted(found))}; name one kind, in a folder of its own"
        )
    form, paths = next(iter(found.items()))
    if form == "jsonl" and _is_journal(paths[0]):
        return Source([path], "journals")
    return Source(paths, form)


def _is_journal(path: str) -> bool:
    with _opened(path) as handle:
        head = handle.readline()
    try:
        record = json.loads(head)
    except ValueError:
        return False
    return isinstance(record, dict) and record.get("type") == "header" and "segment" in record


def _opened(path: str) -> IO[bytes]:
    if path.endswith(".gz"):
        import gzip  # noqa: PLC0415 - only for such a file

        return gzip.open(path, "rb")  # type: ignore[return-value]
    return open(path, "rb")


@contextmanager
def spooled(source: Source | None, folder: str) -> Iterator[Source]:
    """A source that can be read twice: standard input (None) and journals are written to a file in `folder` first.

    Raises
    ------
    InputError : nothing on standard input
    """
    if source is None:
        yield _spool(sys.stdin.buffer, folder)
    elif source.form == "journals":
        yield Source([_written(_journal_rows(source.paths[0]), folder)], "jsonl")
    else:
        yield source


def _spool(stream: IO[bytes], folder: str) -> Source:
    first = stream.read(SPOOL_BYTES)
    if not first.strip():
        raise InputError("standard input", "", "it is empty; a table has at least a header")
    if first[:4] == b"PAR1":
        form = "parquet"
    else:
        form = "jsonl" if first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else "csv"
    path = os.path.join(folder, f"standard-input.{form}")
    with open(path, "wb") as handle:
        while first:
            handle.write(first)
            first = stream.read(SPOOL_BYTES)
    return Source([path], form)


def _journal_rows(folder: str) -> Iterable[Mapping[str, Any]]:
    from importlib import import_module  # noqa: PLC0415 - only for a folder of journals

    rows: Iterable[Mapping[str, Any]] = import_module("wattgram.tracker.journal").rows(folder)
    return rows


def _written(rows: Iterable[Mapping[str, Any]], folder: str) -> str:
    path = os.path.join(folder, "journals.jsonl")
    with open(path, "w", encoding="utf-8") as handle:
        handle.writelines(json.dumps(row) + "\n" for row in rows)
    return path
