"""Names: a user's own words for hardware and places, and a counted device as a name and a number."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from wattgram.errors import InputError
from wattgram.importers.record import Imported, Row
from wattgram.run import parse_hardware

__all__ = ["one_device", "renamed"]

HEADS = (["word", "means"], ["word", "meaning"], ["from", "to"], ["name", "means"], ["given", "meant"])


def one_device(word: str | None) -> tuple[str | None, int]:
    """`4xA100` as A100 and 4, so that a table has few distinct words; anything else is one of itself."""
    if word is None:
        return None, 1
    try:
        parts = parse_hardware(word)
    except InputError:
        return word, 1
    part = parts[0]
    if len(parts) == 1 and part.kind == "device" and part.whole == 1:
        return part.name, part.number
    return word, 1


def renamed(imported: Imported, mapping: Mapping[str, str] | str) -> Imported:
    """The same rows with the user's names for hardware and places put into words that the catalog knows.

    Parameters
    ----------
    mapping : a mapping, or a CSV of two columns: the word in the log, and what it means

    Raises
    ------
    InputError : a file that is no such CSV; OSError : one that cannot be opened
    """
    pairs = mapping.items() if isinstance(mapping, Mapping) else _pairs(mapping)
    names = {word.strip().casefold(): means.strip() for word, means in pairs}
    imported.journal.names = names

    def rows() -> Iterator[Row]:
        for row in imported.read():
            for column in ("hardware", "where"):
                word = row.get(column)
                if isinstance(word, str):
                    row[column] = names.get(word.strip().casefold(), word)
            yield row

    return Imported(imported.kind, imported.columns, rows(), imported.journal)


def _pairs(path: str) -> list[tuple[str, str]]:
    allowed = "it is a CSV of two columns, the word in the log and what it means: cluster-a,8xA100"
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as handle:
        rows: list[list[Any]] = [row for row in csv.reader(handle) if any(cell.strip() for cell in row)]
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or not row[1].strip():  # noqa: PLR2004 - a word and its meaning
            raise InputError("map", path, f"row {number} has no meaning; {allowed}")
    if rows and [cell.strip().lower() for cell in rows[0][:2]] in HEADS:
        rows = rows[1:]
    return [(row[0], row[1]) for row in rows]
