"""Reading logs as lines: files, folders' worth of them or standard input, in whatever encoding a tool wrote them."""

from __future__ import annotations

import csv
import io
import math
import os
import sys
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from wattgram.errors import InputError

__all__ = ["Line", "cells_of", "json_of", "lines_of", "named", "number_of", "paths_of"]

LONGEST_LINE = 1_000_000
NOTHING = frozenset({"", "n/a", "[n/a]", "na", "nan", "none", "null", "unknown", "[unknown error]", "-"})
SNIFFED_BYTES = 4
GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"


class Line(NamedTuple):
    """One line of a log, without its end."""

    file: str
    number: int
    text: str


def paths_of(source: Any) -> list[Any]:
    """The files a caller means: one path, several, an open file, or `-` for standard input.

    Raises
    ------
    InputError : nothing at all
    """
    if isinstance(source, (str, bytes, os.PathLike)) or hasattr(source, "read"):
        return [source]
    sources = list(source)
    if not sources:
        raise InputError("file", "", "name at least one log, or - for standard input")
    return sources


def named(source: Any) -> str:
    """The name by which messages call a source."""
    if source == "-":
        return "standard input"
    return (
        os.fsdecode(getattr(source, "name", None) or source) if not _is_open(source) else _open_name(source)
    )


def _is_open(source: Any) -> bool:
    return hasattr(source, "read")


def _open_name(source: Any) -> str:
    name = getattr(source, "name", "")
    return name if isinstance(name, str) and name else "input"


def lines_of(source: Any) -> Iterator[Line]:
    """The lines of a log, numbered from 1; UTF-8 with or without a mark, UTF-16, else Windows-1252; gzip too.

    Raises
    ------
    InputError : a folder, or a file of no text; OSError : a file that cannot be opened
    """
    name = named(source)
    if _is_open(source):
        yield from _lines(name, source)
        return
    if source == "-":
        yield from _lines(name, sys.stdin.buffer)
        return
    if os.path.isdir(source):
        raise InputError("file", name, "it is a folder; name the files in it")
    with open(source, "rb") as handle:
        yield from _lines(name, handle)


def _lines(name: str, handle: IO[Any]) -> Iterator[Line]:
    if isinstance(handle.read(0), str):
        yield from _numbered(name, _texts(handle))
        return
    stream: Any = handle if hasattr(handle, "peek") else io.BufferedReader(io.BytesIO(handle.read()))
    head = stream.peek(SNIFFED_BYTES)[:SNIFFED_BYTES]
    if head.startswith(GZIP):
        import gzip  # noqa: PLC0415 - only a packed log needs it
        import zlib  # noqa: PLC0415

        try:
            with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
                yield from _lines(name, io.BufferedReader(packed))
        except (EOFError, OSError, zlib.error) as error:
            raise InputError("file", name, f"it is packed and cannot be unpacked: {error}") from None
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = stream.read().decode("utf-16", errors="replace")
        yield from _numbered(name, iter(text.splitlines()))
    elif head.startswith(PARQUET):
        raise InputError("file", name, "it is Parquet, a table already; hand it to wattgram batch")
    else:
        yield from _decoded(name, stream)


def _texts(handle: IO[str]) -> Iterator[str]:
    for number, text in enumerate(handle):
        yield text if number else text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _decoded(name: str, handle: IO[bytes]) -> Iterator[Line]:
    number, line = 1, handle.readline(LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
    while line:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode("cp1252", errors="replace")
        yield Line(name, number, text.rstrip("\r\n"))
        number, line = number + 1, handle.readline(LONGEST_LINE)


def _numbered(name: str, texts: Iterator[str]) -> Iterator[Line]:
    for number, text in enumerate(texts, 1):
        yield Line(name, number, text.rstrip("\r\n"))


def cells_of(text: str, delimiter: str = ",") -> list[str]:
    """The cells of one line, blanks stripped; a quote that a torn line left open ends with the line."""
    if '"' not in text:
        return [cell.strip() for cell in text.split(delimiter)]
    try:
        found = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        found = text.split(delimiter)
    return [cell.strip() for cell in found]


def number_of(cell: str | None) -> float | None:
    """The finite number of a cell; None where it is blank, `N/A` or no number. A decimal comma is read as a point."""
    if cell is None:
        return None
    text = cell.strip()
    try:
        number = float(text)
    except ValueError:
        if text.count(",") != 1 or "." in text:
            return None
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return None
    return number if math.isfinite(number) else None


def json_of(source: Any) -> Any:
    """The JSON of a file, of lines of JSON (a list), or InputError."""
    import json  # noqa: PLC0415 - only the logs that are JSON

    name = named(source)
    text = "\n".join(line.text for line in lines_of(source))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise InputError("file", name, "it is no JSON") from None
