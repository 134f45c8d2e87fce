"""Sinks: the answers of a table to a file, whole or not at all."""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, echo
from wattgram.frames.backends.sql import HOUR_US, quoted
from wattgram.frames.schema import NUMBER, SPANS
from wattgram.frames.source import format_of
from wattgram.frames.textfile import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "WRITE_FORMS",
    "check_output",
    "replacing",
    "scratch_folder",
    "write_dask",
    "write_duckdb",
    "write_polars",
    "write_spark",
]

WRITE_FORMS = "it takes a .parquet, .csv, .tsv or .jsonl file"
FORMULA = r"^[=+\-@\t\r\n]"
"""What a spreadsheet takes for a formula."""


def check_output(output: str | None, read: Sequence[str], runs: str | Sequence[str]) -> str | None:
    """The folder that an output goes to, where it is one of this machine.

    Parameters
    ----------
    output : the file to write, or None
    read : the files of the runs
    runs : what the user said they are

    Raises
    ------
    InputError : the folder is not there, or what is there already are the runs, or would be taken for runs
    """
    if output is None or "://" in output:
        return None
    folder = os.path.dirname(os.path.abspath(output))
    if not os.path.isdir(folder):
        raise refused(
            output, what="output", reason=f"its folder {echo(folder)} does not exist; make it first"
        )
    if os.path.exists(output) and not os.path.isfile(output) and not os.path.isdir(output):
        raise refused(
            output,
            what="output",
            reason="it is a device or a pipe, and a file is to take its place; name another",
        )
    if os.path.isdir(output) and not _ours(output):
        raise refused(output, what="output", reason="a folder of that name is there")
    same = os.path.exists(output) and any(
        os.path.exists(path) and os.path.samefile(path, output) for path in read
    )
    if same:
        raise refused(
            output, what="output", reason="it is the file of the runs, which would be lost; name another"
        )
    for one in [runs] if isinstance(runs, str) else runs:
        if os.path.isdir(one) and _within(folder, one):
            allowed = "it lies in the folder of the runs, and would be read as runs the next time; name another folder"
            raise refused(output, what="output", reason=allowed)
    return folder


def _within(folder: str, other: str) -> bool:
    """Whether a folder is another one or lies in it."""
    folder, other = os.path.realpath(folder), os.path.realpath(other)
    return os.path.commonpath([folder, other]) == other


@contextmanager
def replacing(path: str) -> Iterator[str]:
    """A temporary name beside `path`, which takes its place only when all is written; nothing is left of it else.

    Raises
    ------
    InputError : the folder is not there, or the name says no format
    """
    format_of(path, "output", WRITE_FORMS)
    check_output(path, (), ())
    path = os.path.realpath(path)  # a link stays one: what it leads to is replaced
    folder, name = os.path.split(path)
    _sweep(folder, f".{name}.{platform.node()}.", ".partial")
    partial = os.path.join(folder, f".{name}.{platform.node()}.{os.getpid()}.partial")
    try:
        yield partial
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.isfile(partial):
            with open(partial, "rb") as handle:
                os.fsync(handle.fileno())
        os.replace(partial, path)
    finally:
        if os.path.isdir(partial):
            shutil.rmtree(partial, ignore_errors=True)
        elif os.path.exists(partial):
            os.unlink(partial)


@contextmanager
def scratch_folder(beside: str | None) -> Iterator[str]:
    """A folder for what an engine spills, beside the output where there is one; gone at the end."""
    prefix = f".wattgram-{platform.node()}-"
    if beside is not None:
        _sweep(beside, prefix, "")
    try:
        scratch = tempfile.TemporaryDirectory(prefix=f"{prefix}{os.getpid()}-", dir=beside)
    except OSError as error:
        if beside is None or error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        reason = f"nothing can be written there ({error.strerror}); name another folder"
        raise InputError("output", beside, reason) from None
    with scratch as folder:
        yield folder


def _sweep(folder: str, head: str, tail: str) -> None:
    """Remove what a killed batch of this machine left: names that hold the number of a process that is no more."""
    for name in os.listdir(folder):
        if not (name.startswith(head) and name.endswith(tail)):
            continue
        number = re.match("[0-9]+", name[len(head) :])
        if number is None or _runs(int(number[0])):
            continue
        left = os.path.join(folder, name)
        with suppress(OSError):
            shutil.rmtree(left) if os.path.isdir(left) else os.unlink(left)


def _runs(pid: int) -> bool:
    """Whether a process of this number is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _ours(path: str) -> bool:
    """Whether a folder is a table that Spark or Dask wrote, which a new one may replace."""
    return any(name == "_SUCCESS" or name.startswith("part") for name in os.listdir(path))


def write_duckdb(relation: Any, path: str, form: str) -> None:
    """A relation to a file, streaming; text of a CSV is safe to open in a spreadsheet."""
    if form == "parquet":
        relation.write_parquet(path)
        return
    if form in ("csv", "tsv"):
        relation.project(_safe(relation)).write_csv(path, sep="\t" if form == "tsv" else ",", header=True)
        return
    finite = [
        f"case when isfinite({quoted(name)}) then {quoted(name)} end as {quoted(name)}"
        if str(kind) in ("FLOAT", "DOUBLE")
        else quoted(name)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]  # JSON has no word for what is no number
    relation = relation.project(", ".join(finite))
    relation.query("answers", f"copy (from answers) to '{path.replace(chr(39), chr(39) * 2)}' (format json)")


def _safe(relation: Any) -> str:
    cells = []
    for name, kind in zip(relation.columns, map(str, relation.types), strict=True):
        cell = quoted(name)
        if kind == "VARCHAR":
            plain = f"not regexp_matches({cell}, '{FORMULA}') or regexp_matches({cell}, '{NUMBER}')"
            cell = f"case when {cell} is null or {plain} then {cell} else '''' || {cell} end as {cell}"
        elif kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
            cell = f"cast(to_json({cell}) as varchar) as {cell}"
        elif kind == "JSON":  # a column of texts and numbers: a text without the quotes of JSON
            cell = f"({cell} ->> '$') as {cell}"
        cells.append(cell)
    return ", ".join(cells)


def write_polars(frame: Any, path: str, form: str) -> None:
    """A lazy polars frame to a file, streaming."""
    import polars as pl  # noqa: PLC0415 - only with this engine

    if form == "parquet":
        frame.sink_parquet(path)
        return
    kinds = frame.collect_schema()
    spans = [name for name, kind in kinds.items() if kind == pl.Duration]
    hours = [name for name in spans if name.casefold() in SPANS]
    frame = frame.with_columns(
        pl.col(hours).dt.total_microseconds() / HOUR_US,  # a span has its unit in no text
        pl.col([name for name in spans if name not in hours]).cast(
            pl.Int64
        ),  # as the other engines write them
    )
    if form == "jsonl":
        frame.sink_ndjson(path)
    else:
        frame = frame.with_columns(
            pl.when(pl.col(name).is_not_null()).then(_as_json(name)).alias(name)
            for name, kind in kinds.items()
            if kind.is_nested()
        )
        texts = [name for name, kind in kinds.items() if kind == pl.String]
        safe = [
            pl.when(pl.col(name).str.contains(FORMULA) & ~pl.col(name).str.contains(NUMBER))
            .then(pl.concat_str(pl.lit("'"), pl.col(name)))
            .otherwise(pl.col(name))
            .alias(name)
            for name in texts
        ]
        frame.with_columns(safe).sink_csv(path, separator="\t" if form == "tsv" else ",")


def _as_json(name: str) -> Any:
    """A nested cell as the JSON text of it, which a CSV can hold."""
    import polars as pl  # noqa: PLC0415 - only with this engine

    return pl.struct(pl.col(name).alias("v")).struct.json_encode().str.slice(5).str.head(-1)


def write_dask(frame: Any, path: str, form: str) -> None:
    """A Dask frame to a folder of parts."""
    os.makedirs(path)
    if form == "parquet":
        frame.to_parquet(path, write_index=False)
    elif form == "jsonl":
        frame.to_json(os.path.join(path, "part-*.jsonl"), lines=True, orient="records")
    else:
        frame.map_partitions(_safe_part, meta=frame._meta).to_csv(  # noqa: SLF001 - dask's own name for the empty frame
            os.path.join(path, f"part-*.{form}"), index=False, sep="\t" if form == "tsv" else ","
        )


def _safe_part(part: Any) -> Any:
    from wattgram.report.csv import safe_cell  # noqa: PLC0415 - only with this engine

    texts = part.select_dtypes(include=["object", "str"]).columns
    return part.assign(**{name: part[name].map(lambda x: _safe_text(x, safe_cell)) for name in texts})


def _safe_text(cell: Any, safe_cell: Any) -> Any:
    return safe_cell(cell) if isinstance(cell, str) and not re.match(NUMBER, cell) else cell


def write_spark(frame: Any, path: str, form: str) -> None:
    """A Spark frame to a folder of parts, by Spark's own commit."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - only with this engine

    if form == "parquet":
        frame.write.parquet(path)
    elif form == "jsonl":
        frame.write.json(path)
    else:
        texts = [name for name, kind in frame.dtypes if kind == "string"]
        for name in texts:
            cell = F.col(f"`{name}`")
            frame = frame.withColumn(
                name,
                F.when(cell.rlike(FORMULA) & ~cell.rlike(NUMBER), F.concat(F.lit("'"), cell)).otherwise(cell),
            )
        frame.write.csv(path, header=True, sep="\t" if form == "tsv" else ",")
