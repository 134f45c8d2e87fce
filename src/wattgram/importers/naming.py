"""Names: a user's own words for hardware and places, and a counted device as a name and a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wattgram.errors import InputError
from wattgram.importers.record import Imported, Row
from wattgram.names import meaning_of, read_names
from wattgram.run import parse_hardware

__all__ = ["one_device", "renamed"]


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
    InputError : a file that is no such CSV
    """
    names = read_names(mapping)
    imported.journal.names = names

    def rows() -> Iterator[Row]:
        for row in imported.read():
            for column in ("hardware", "where"):
                word = row.get(column)
                if isinstance(word, str):
                    row[column] = meaning_of(names, word)
            yield row

    return Imported(imported.kind, imported.columns, rows(), imported.journal)
