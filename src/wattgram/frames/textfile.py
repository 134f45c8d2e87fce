"""Textfile: the bytes of a table that is text: unpacked, their encoding, the mark between their cells."""

from __future__ import annotations

import codecs
import csv
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from typing import IO

from wattgram.errors import ECHO_CHARACTERS, InputError
from wattgram.frames.schema import INPUTS

__all__ = ["bare", "called", "decoded", "lines_of", "mark_of", "opened", "refused", "text_of", "unpacked"]

BLOCK_BYTES = 1 << 20
MARKS = ",;\t|"
"""What may stand between two cells."""
KINDS = {
    b"PAR1": "it is a Parquet file; name it .parquet",
    b"PK\x03\x04": "it is a workbook or an archive; save the sheet as CSV (in Excel: CSV UTF-8), or unpack it",
    b"\xd0\xcf\x11\xe0": "it is a workbook; save the sheet as CSV (in Excel: CSV UTF-8)",
    b"\x1f\x8b": "it is packed with gzip; unpack it, or end its name in .gz",
    b"\x28\xb5\x2f\xfd": "it is packed with zstd; unpack it first",
    b"BZh": "it is packed with bzip2; unpack it first",
    b"SQLite format 3": "it is a database; export the table as CSV",
}
"""How files of other kinds begin, and what to do with each."""
FALLBACK = "cp1252"
"""What a line that is no UTF-8 is read as: Windows-1252, ISO 8859-1 with characters in place of controls."""


def refused(path: str, reason: str, what: str = "runs") -> InputError:
    """The error of a file that cannot be used, which is named by the end of its path."""
    shown = path if len(path) <= ECHO_CHARACTERS else "…" + path[1 - ECHO_CHARACTERS :]
    return InputError(what, shown, reason)


def opened(path: str) -> IO[bytes]:
    """The bytes of a file, unpacked where its name ends in .gz."""
    return gzip.open(path, "rb") if path.lower().endswith(".gz") else open(path, "rb")  # type: ignore[return-value]


def unpacked(path: str, shown: str, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The bytes of a file in blocks.

    Raises
    ------
    InputError : a packed file that is cut off or damaged
    """
    try:
        with opened(path) as handle:
            while block := handle.read(size):
                yield block
    except EOFError:
        raise refused(shown, "the packed file is cut off; pack or copy it anew") from None
    except (zlib.error, gzip.BadGzipFile):
        raise refused(shown, "it is damaged, or not packed with gzip as its name says") from None


def decoded(path: str, shown: str, scratch: str, ending: str) -> tuple[str, str]:
    """A file with a byte for each plain character and lines that end in a line feed, and what it was before if it was not.

    Parameters
    ----------
    path, shown : the file, and the name its user knows it by
    scratch : where to write it anew if it is of another form
    ending : what its name should end in there

    Returns
    -------
    its path and ""; or the path of the file written anew, and what the first one was

    Raises
    ------
    InputError : a file of another kind, or in two encodings
    """
    head = next(unpacked(path, shown, 1 << 16), b"")
    for magic, reason in KINDS.items():
        if head.startswith(magic):
            raise refused(shown, reason)
    encoding = _wide(head)
    if encoding is None and (b"\n" in head or b"\r" not in head):
        return path, ""
    anew = os.path.join(scratch, f"decoded-{len(os.listdir(scratch))}{ending}")
    with open(anew, "wb") as out:
        if encoding is None:
            out.writelines(block.replace(b"\r", b"\n") for block in unpacked(path, shown))
            return anew, "with the line ends of an old Macintosh"
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            out.writelines(decoder.decode(block).encode() for block in unpacked(path, shown))
            out.write(decoder.decode(b"", final=True).encode())
        except UnicodeError:
            said = f"it begins in {encoding.upper()} and does not go on in it; save it as UTF-8"
            raise refused(shown, said) from None
    return anew, f"in {encoding.upper()}"


def _wide(head: bytes) -> str | None:
    """The encoding of a text of more than one byte a character, by its mark or by where its zeros stand."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) > len(head) // 4 and not min(odd, even):
        return "utf-16-le" if odd else "utf-16-be"
    return None


def text_of(raw: bytes) -> tuple[str, bool]:
    """A line as text, and whether it was UTF-8."""
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode(FALLBACK), False
    except UnicodeDecodeError:
        return raw.decode("latin-1"), False


def lines_of(block: bytes) -> Iterator[str]:
    """The lines of a block as text, each with its line end."""
    lines = block.split(b"\n")
    last = lines.pop()
    for raw in lines:
        yield text_of(raw)[0] + "\n"
    if last:
        yield text_of(last)[0]


def bare(block: bytes, mark: str) -> bytes:
    """A block without its quoted cells: a quote that is left in it stands where none should, or is not closed."""
    if b'"' not in block:
        return block
    edge = re.escape(mark.encode())
    quoted = rb"(?<![^\n" + edge + rb'])"(?:[^"]++|"")*+"(?=[\r\n' + edge + rb"]|\Z)"
    return re.sub(quoted, b"", block)


def mark_of(line: str) -> str:
    """The mark between the cells of a header: the one that brings most names that are known, then most cells."""
    known = set(INPUTS)

    def weight(mark: str) -> tuple[int, int]:
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=mark), [])
        return sum(cell.strip().casefold() in known for cell in cells), len(cells)

    return max(MARKS, key=weight)


def called(mark: str) -> str:
    """A mark in words."""
    return {",": "a comma", ";": "a semicolon", "\t": "a tab"}.get(mark, f"a {mark}")
