"""Reading logs as lines: files, several of them or standard input; a line that is none is said, and the rest goes on."""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from wattgram.errors import InputError
from wattgram.importers.encoding import blocks_of, opened, unusable
from wattgram.importers.record import Journal

__all__ = [
    "Line",
    "cells_of",
    "each_of",
    "files_of",
    "json_of",
    "lines_of",
    "meant_by",
    "named",
    "number_of",
    "paths_of",
    "pointed",
]

LONGEST_LINE = 1_000_000
MOST_BEFORE_JSON = 2000
"""Characters that may stand before JSON: what a shell said."""
NOTHING = frozenset({"", "n/a", "[n/a]", "na", "nan", "none", "null", "unknown", "[unknown error]", "-"})

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d*|(?:,\d{3}){2,})")
"""Commas that can only stand between thousands: two of them or more, or one with a point after it."""
_ONE_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_JSON = re.compile(r'^[ \t]*(?:\{\s*["}]|\[\s*[{\]])', re.MULTILINE)
"""How JSON begins, which no prompt of a shell does: `[ada@login ~]$`."""
_GAP = re.compile("[' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}]")
_PARTED = re.compile(rf"\d{{1,3}}({_GAP.pattern}\d{{3}})+([.,]\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+(?:[eE][+-]?\d+)?(?:\s*[mkMK]?[wW])?")

Thing = TypeVar("Thing")


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
        raise unusable("", "name at least one log, or - for standard input")
    return sources


def named(source: Any) -> str:
    """The name by which messages call a source."""
    if source == "-":
        return "standard input"
    if not hasattr(source, "read"):
        return os.fsdecode(source)
    name = getattr(source, "name", "")
    return name if isinstance(name, str) and name else "input"


def files_of(sources: list[Any], inside: Callable[[str], list[str]]) -> list[Any]:
    """The files, those inside of folders in the place of the folders; a folder without any stays, and cannot be read."""
    found: list[Any] = []
    for source in sources:
        folder = isinstance(source, (str, os.PathLike)) and os.path.isdir(source)
        found += (inside(os.fspath(source)) if folder else []) or [source]
    return found


def each_of(sources: list[Any], journal: Journal, read: Callable[[Any], Iterable[Thing]]) -> Iterator[Thing]:
    """What is read of each source; one of several that cannot be read at all is a finding, and the rest goes on.

    Raises
    ------
    InputError, OSError : the only source cannot be read
    """
    for source in sources:
        try:
            yield from read(source)
        except (InputError, OSError) as error:
            if len(sources) == 1:
                raise
            journal.bad(named(source), 0, "file-unusable", f"the file cannot be read: {_reason(error)}")


def lines_of(
    source: Any, journal: Journal, of_json: Callable[[Iterator[str], str], Iterator[Line]] | None = None
) -> Iterator[Line]:
    """The lines of a log, numbered from 1; what is no line of text is a finding with its number, and left out.

    A log that is JSON is put into lines by `of_json`, of its blocks and its name, where the kind has such a form.

    Raises
    ------
    InputError : a folder, or a file of no text; OSError : a file that cannot be opened
    """
    name = named(source)
    number = 0
    try:
        with opened(source, name) as handle:
            blocks = blocks_of(handle, name)
            if of_json is not None:
                first = next(blocks, "")
                as_json = _json_of(first)
                blocks = chain((first if as_json is None else as_json,), blocks)
                if as_json is not None:
                    for line in of_json(blocks, name):
                        number = line.number
                        yield line
                    return
            for number, text in enumerate(_split(blocks), 1):
                if text is None:
                    journal.bad(
                        name, number, "bad-row", f"the line is longer than {LONGEST_LINE:,} characters"
                    )
                elif "\0" in text:
                    if text.strip("\0 ,;|\t"):
                        journal.bad(name, number, "bad-row", "the line holds bytes that are no text")
                else:
                    yield Line(name, number, text)
    except (InputError, OSError) as error:
        if not number:
            raise
        text = f"the file ends here: {_reason(error)}; what stands before counts"
        journal.bad(name, number + 1, "file-torn", text)


def _json_of(text: str) -> str | None:
    """The beginning of a log from its JSON on, with an end of line for each that stands before; None where it has none."""
    found = _JSON.search(text, 0, MOST_BEFORE_JSON)
    if found is None or "jobid" in text[: found.start()].lower():
        return None
    return "\n" * text.count("\n", 0, found.start()) + text[found.start() :]


def _reason(error: InputError | OSError) -> str:
    return error.allowed if isinstance(error, InputError) else str(error.strerror or error)


def _split(blocks: Iterable[str]) -> Iterator[str | None]:
    """Lines without their ends; None for one that is longer than any line of a log."""
    rest, too_long, end = "", False, ""
    for block in blocks:
        end = end or ("\r" if "\r" in block and "\n" not in block else "\n")
        lines = block.split(end)
        if len(lines) == 1:
            rest += "" if too_long else lines[0]
        else:
            yield None if too_long or len(rest) + len(lines[0]) > LONGEST_LINE else _bare(rest + lines[0])
            rest, too_long = lines.pop(), False
            for text in lines[1:]:
                yield text if text[-1:] != "\r" else text.rstrip("\r")
        if len(rest) > LONGEST_LINE:
            rest, too_long = "", True
    if rest or too_long:
        yield None if too_long else _bare(rest)


def _bare(text: str) -> str:
    return text.rstrip("\r")


def cells_of(text: str, delimiter: str = ",") -> list[str]:
    """The cells of one line, blanks stripped; a quote that a torn line left open ends with the line."""
    if '"' not in text:
        return [cell.strip() for cell in text.split(delimiter)]
    try:
        found = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except (csv.Error, TypeError):
        found = text.split(delimiter)
    return [cell.strip() for cell in found]


def number_of(cell: str | None) -> float | None:
    """The finite number of a cell [as its column says]; None where it is blank, `N/A` or no number.

    Commas are read where they can only stand between thousands (1,234,567 and 1,234.5); one that might be a decimal comma
    makes a cell no number, and `meant_by` says what it could mean.
    """
    if cell is None:
        return None
    text = cell.strip()
    if "," in text:
        if not _THOUSANDS.fullmatch(text):
            return None
        text = text.replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def meant_by(cell: str) -> str:
    """What a cell with a single comma, or with other marks between thousands, could mean, as advice; empty where it has none."""
    if _PARTED.fullmatch(cell):
        return f"a mark between thousands? write {_GAP.sub('', cell).replace(',', '.')}"
    found = _ONE_COMMA.search(cell)
    if found is None:
        return ""
    before, after = found.groups()
    if len(after) == len("000") and len(before) <= len("000") and before[0] != "0":
        return f"the comma could be a decimal one or stand between thousands; write {before}.{after} or {before}{after}"
    return f"a decimal comma? write {before}.{after}"


def pointed(cell: str) -> str:
    """A number with a decimal comma with a point instead, for logs whose cells are not parted by commas; else the cell."""
    return cell.replace(".", "").replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell


def json_of(source: Any) -> Any:
    """The JSON of a file, of lines of JSON (a list), or InputError."""
    import json  # noqa: PLC0415 - only the logs that are JSON

    name = named(source)
    with opened(source, name) as handle:
        text = "".join(blocks_of(handle, name))
    if not text.strip():
        raise unusable(name, "it is empty")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise unusable(name, "it is no JSON") from None
