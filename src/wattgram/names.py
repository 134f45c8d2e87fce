"""Names: a user's own words for hardware and places, each with what it means, from a mapping or a small CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from wattgram.errors import InputError, echo

__all__ = ["meaning_of", "read_names"]

TAKES = "it takes a CSV of two columns, the word in the table and what it means: cluster-a,8xA100"
HEADS = (["word", "means"], ["word", "meaning"], ["from", "to"], ["name", "means"], ["given", "meant"])
MARKS = "\t;,"
"""What may stand between the two cells. Coordinates hold a comma, so a comma is the last to be taken for the mark."""
PAIR = 2


def read_names(mapping: Mapping[str, str] | str) -> dict[str, str]:
    """Words and their meanings, blanks around them taken away; and each in small letters, for `meaning_of`.

    Parameters
    ----------
    mapping : a mapping, or the path of a CSV of two columns: the word, and what it means

    Raises
    ------
    InputError : a file that is not there or no text, a row without a meaning or of more than two cells, two meanings of
        one word
    """
    pairs: Iterable[tuple[object, object]] = (
        mapping.items() if isinstance(mapping, Mapping) else _pairs(str(mapping))
    )
    said: dict[str, str] = {}
    for word, means in pairs:
        text, meaning = str(word).strip(), str(means).strip()
        if said.setdefault(text, meaning) != meaning:
            both = f"{echo(said[text])} and {echo(meaning)}"
            raise InputError("map", text, f"it is given two meanings, {both}; leave one")
    folded: dict[str, str] = {}
    for text, meaning in said.items():
        folded.setdefault(text.casefold(), meaning)
    return folded | said


def meaning_of(names: Mapping[str, str], word: str) -> str:
    """What a word means: as it is written, else in capitals or not, else itself."""
    text = word.strip()
    return names.get(text, names.get(text.casefold(), word))


def _pairs(path: str) -> list[tuple[str, str]]:
    try:
        with open(path, "rb") as handle:
            rows = _rows(_text(handle.read()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError("map", path, f"{reason}; {TAKES}") from None
    for number, row in enumerate(rows, 1):
        if len(row) < PAIR or not row[1].strip():
            raise InputError("map", path, f"row {number} has no meaning; {TAKES}")
        beyond = next((cell for cell in row[PAIR:] if cell.strip()), None)
        if beyond is not None:
            surplus = f"row {number} goes on with {echo(beyond)}; {TAKES} (a comma of a cell in quotes)"
            raise InputError("map", path, surplus)
    if rows and [cell.strip().lower() for cell in rows[0][:PAIR]] in HEADS:
        rows = rows[1:]
    return [(row[0], row[1]) for row in rows]


def _text(raw: bytes) -> str:
    """UTF-8, what a spreadsheet calls Unicode text, or Windows-1252."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    if "\0" in text:
        raise csv.Error
    return text


def _rows(text: str) -> list[list[str]]:
    """The rows by the mark that parts most of them into two cells; in doubt the rarer mark, which no meaning holds."""

    def parted(mark: str) -> list[list[str]]:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
        return [row for row in read if any(cell.strip() for cell in row)]

    def fits(rows: list[list[str]]) -> tuple[int, int]:
        several = [row for row in rows if len(row) >= PAIR]
        return sum(not any(cell.strip() for cell in row[PAIR:]) for row in several), len(several)

    return max(map(parted, MARKS), key=fits)
