"""Writing a table of runs: CSV, JSON lines or Parquet; a file appears whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from types import SimpleNamespace
from typing import IO, Any

from wattgram.errors import InputError, MissingExtraError
from wattgram.importers.record import Imported
from wattgram.report.csv import safe_cell

__all__ = ["FORMS", "check_not_read", "form_of", "whole_file", "write_file", "write_lines"]

FORMS = ("csv", "jsonl")
ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}
NUMBERS = frozenset(
    (
        *("count", "hours", "load", "overhead", "pue", "intensity", "measured_energy_kwh"),
        *("nodes", "cpus", "gpus", "cpu_efficiency", "memory_requested_gb", "memory_used_gb"),
        *("mean_power_w", "peak_power_w", "readings", "gaps", "gap_seconds"),
        *("total_flops", "epochs", "steps", "train_loss", "samples_per_second"),
        *("codecarbon_kg", "cpu_energy_kwh", "gpu_energy_kwh", "ram_energy_kwh"),
    )
)
"""Columns that are numbers in Parquet; every other one is text."""
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,;:\s°-]*\d[\d.,;:\s°-]*")
"""A number, coordinates, a date: nothing that a spreadsheet could run."""


def form_of(path: str) -> str:
    """The form that the ending of a file name asks for.

    Raises
    ------
    InputError : an ending that stands for none
    """
    ending = os.path.splitext(path)[1].lower()
    if ending not in ENDINGS:
        raise InputError("output file", path, f"its name ends in one of {', '.join(ENDINGS)}")
    return ENDINGS[ending]


def check_not_read(output: str, logs: Sequence[str], others: Sequence[str | None] = ()) -> None:
    """Refuse an output that is a file which is read: by any path, by a link of either kind, or as standard input.

    Raises
    ------
    InputError : the output is one of the logs, or another file that the import reads
    """
    if not os.path.exists(output):
        return
    there = os.stat(output)
    for what, paths in (("the file of the log", logs), ("a file that the import reads", others)):
        for path in paths:
            if path and (found := _status(path)) is not None and os.path.samestat(found, there):
                raise InputError("output file", output, f"it is {what}, which would be lost; name another")


def _status(path: str) -> os.stat_result | None:
    try:
        return os.fstat(sys.stdin.fileno()) if path == "-" else os.stat(path)
    except (AttributeError, OSError, ValueError):  # standard input may be closed, or be no file
        return None


def write_lines(imported: Imported, handle: IO[str], form: str) -> None:
    """Every row as it comes: CSV with a header, or one JSON object a line."""
    for text in _texts(imported, form, safe=True):
        handle.write(text)


def write_file(imported: Imported, path: str) -> bool:
    """Every row into a file that takes its name when it is complete; False, and no file, where no row can be used.

    Raises
    ------
    InputError : an ending that is none of ours; MissingExtraError : Parquet without the extra; OSError : disk or rights
    """
    form = form_of(path)
    if form == "parquet":
        _duckdb()
    with whole_file(path) as temporary:
        if form == "parquet":
            _write_parquet(imported, temporary)
        else:
            with open(temporary, "w", encoding="utf-8", newline="") as handle:
                handle.writelines(_texts(imported, form, safe=True))
                handle.flush()
                os.fsync(handle.fileno())
        if imported.journal.usable == 0:
            return False
        os.replace(temporary, os.path.realpath(path))  # a link stays one: what it leads to is replaced
    return True


@contextmanager
def whole_file(path: str) -> Iterator[str]:
    """A temporary name beside the file, gone again whatever happens; so whoever is stopped leaves nothing half done.

    Raises
    ------
    InputError : a folder, a device or a pipe; a folder that cannot be written to
    """
    folder = os.path.dirname(os.path.realpath(path))
    if os.path.isdir(path):
        raise InputError("output file", path, "it is a folder")
    if os.path.exists(path) and not os.path.isfile(path):
        raise InputError("output file", path, "it is a device or a pipe, and a file is to take its place")
    try:
        handle, temporary = tempfile.mkstemp(prefix=".wattgram-", suffix=".part", dir=folder)
    except OSError as error:
        raise InputError("output file", path, f"its folder cannot be written to: {error.strerror}") from None
    os.close(handle)
    os.chmod(temporary, 0o666 & ~_umask())
    try:
        yield temporary
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def _texts(imported: Imported, form: str, *, safe: bool) -> Iterator[str]:
    # The first row is read before anything is written: bad input gets its sentence and no output.
    rows = iter(imported)
    first = next(rows, None)
    if first is None:
        return
    every = chain((first,), rows)
    if form == "jsonl":
        for row in every:
            yield json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
        return
    line: list[str] = []
    writer = csv.writer(SimpleNamespace(write=line.append), lineterminator="\n")
    writer.writerow(imported.columns)
    yield line.pop()
    cells_of = itemgetter(*imported.columns)
    for row in every:
        writer.writerow(cells_of(row))
        text = line.pop()
        if safe and _may_run(text):
            cells = [_inert(cell) if isinstance(cell, str) else cell for cell in cells_of(row)]
            writer.writerow(cells)
            text = line.pop()
        yield text


def _inert(text: str) -> str:
    """Text that starts as a formula does, so that no spreadsheet runs it; what is plainly a number stays as it is."""
    return text if not text or _PLAIN_NUMBER.fullmatch(text) else safe_cell(text)


def _may_run(line: str) -> bool:
    """Whether a cell of a line may start as a formula does; most lines have none, and are not looked at again."""
    return (
        line[0] in '=+-@\t\r\n"'
        or ",-" in line
        or ',"' in line
        or ",=" in line
        or ",+" in line
        or ",@" in line
        or ",\t" in line
    )


# --- Parquet --------------------------------------------------------------------------------------------------------


def _duckdb() -> Any:
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("Parquet", "frames") from None
    return duckdb


def _write_parquet(imported: Imported, path: str) -> None:
    """Rows as text, then the text as Parquet: so no more than a line of them is ever in memory here."""
    duckdb = _duckdb()
    rows = f"{path}.csv"
    try:
        with open(rows, "w", encoding="utf-8", newline="") as handle:
            handle.writelines(_texts(imported, "csv", safe=False))
        with duckdb.connect() as connection:
            table = connection.read_csv(
                rows,
                header=True,
                columns=dict.fromkeys(imported.columns, "VARCHAR"),
                auto_detect=False,
                delimiter=",",
                quotechar='"',
                escapechar='"',
            )
            # A cell that is no number (of a row that was said to be unusable) is none there, and ends nothing.
            cells = (_quoted(name) for name in imported.columns)
            table.project(
                ", ".join(
                    f"try_cast({cell} AS DOUBLE) AS {cell}" if name in NUMBERS else cell
                    for name, cell in zip(imported.columns, cells, strict=True)
                )
            ).write_parquet(path, compression="zstd")
    except duckdb.Error as error:
        raise OSError(f"Parquet could not be written: {str(error).splitlines()[0]}") from None
    finally:
        if os.path.exists(rows):
            os.unlink(rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
