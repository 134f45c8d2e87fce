"""Look-ups: what the words of a table mean, and the small tables that are joined to its rows by whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wattgram.value import Value

__all__ = ["PARTS", "Failure", "Lookup", "Meanings", "codes", "columns_of"]

PARTS = ("", "_low_sq", "_high_sq")
"""A value stands in three columns: its central figure and the two squared deviations."""


class Failure(NamedTuple):
    """A word that names nothing: in which column, how many rows have it, why, and what is near."""

    column: str
    word: str
    rows: int
    issue: str
    reason: str
    nearest: tuple[str, ...]
    meaning: str = ""
    """What a mapping of the user's makes of the word, where it does."""

    def to_dict(self) -> dict[str, Any]:
        """The failure as JSON has it."""
        found = {**self._asdict(), "nearest": list(self.nearest)}
        if not self.meaning:
            del found["meaning"]
        return found


class Lookup(NamedTuple):
    """A small table to join: its key columns, all its columns, and the words that failed."""

    keys: tuple[str, ...]
    columns: Mapping[str, Sequence[Any]]
    failures: tuple[Failure, ...] = ()
    whole: bool = False
    """Whether every key that a row can have is in it: then no join needs to look for rows without one."""

    def varies(self, name: str) -> bool:
        """Whether any row of this column holds something other than null, 0 or false."""
        return any(self.columns[name])


class Meanings(NamedTuple):
    """The words of one dimension, each with what it means; the number of a word is its place here.

    The first stands for a word that was not there when the words were read.
    """

    rows: tuple[Mapping[str, Any], ...]
    failures: tuple[Failure, ...]

    def numbers(self, name: str) -> dict[Any, int]:
        """Each distinct word with its number, in their order."""
        return {word: at for at, word in enumerate(dict.fromkeys(row[name] for row in self.rows))}

    def varies(self, name: str) -> bool:
        """Whether the meaning of any word has something under this name, other than 0 and false."""
        found = (row.get(name) for row in self.rows)
        return any(one.central if isinstance(one, Value) else one for one in found)


def columns_of(
    rows: Sequence[Mapping[str, Any]], names: Iterable[str], values: Iterable[str]
) -> dict[str, list[Any]]:
    """Rows as columns, a Value in three; null where a row has nothing or the unknown."""
    columns = {name: [row.get(name) for row in rows] for name in names}
    for name in values:
        found = [row.get(name) for row in rows]
        there = [one if isinstance(one, Value) else None for one in found]
        for part, attribute in zip(PARTS, ("central", "low_sq", "high_sq"), strict=True):
            columns[name + part] = [None if one is None else _cell(getattr(one, attribute)) for one in there]
    return columns


def _cell(number: Any) -> float | None:
    return None if number is None else float(number)


def codes(*texts: str | None) -> str | None:
    """Codes joined by |, each once; None where there is none."""
    return "|".join(dict.fromkeys(code for text in texts if text for code in text.split("|"))) or None
