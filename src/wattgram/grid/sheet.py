"""A file of rows, whatever wrote it: encodings, separators, comment lines, gzip; every row with its line number."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import NamedTuple

from wattgram.errors import InputError, echo

__all__ = ["Sheet", "read_sheet"]

SEPARATORS = ",;\t|"
MOST_BYTES = 400_000_000


class Sheet(NamedTuple):
    """The rows of a file under its header."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Line number and cells of each row, as many as the header has."""
    said: dict[str, str]
    """What comment lines such as `# zone: FR` say."""
    problems: tuple[tuple[int, str], ...]

    def column(self, *names: str) -> int | None:
        """Place of the first header that is one of these, whatever its case."""
        lowered = [name.lower() for name in self.header]
        return next((lowered.index(name) for name in names if name in lowered), None)


def read_sheet(source: str | Path | io.TextIOBase) -> Sheet:
    """A CSV file (or a text stream) as a sheet.

    Raises
    ------
    InputError : no such file, no text, nothing in it but a header
    """
    name, text = _text(source)
    said: dict[str, str] = {}
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            key, colon, value = line.lstrip("# \t").partition(":")
            if colon:
                said[key.strip().lower()] = value.strip()
        elif line.strip():
            lines.append((number, line))
    if not lines:
        raise InputError("series file", name, "it is empty")
    separator = max(SEPARATORS, key=lines[0][1].count)
    reader = csv.reader((line for _, line in lines), delimiter=separator)
    header, *cells = [tuple(cell.strip() for cell in row) for row in reader]
    numbers = [number for number, _ in lines][1:]
    rows, problems = [], []
    for number, row in zip(numbers, cells, strict=False):
        if len(row) > len(header) and any(row[len(header) :]):
            problems.append((number, f"it has {len(row)} cells, the header {len(header)}"))
        else:
            rows.append((number, (row + ("",) * len(header))[: len(header)]))
    if not rows:
        raise InputError("series file", name, "it has a header and no rows")
    return Sheet(name, header, tuple(rows), said, tuple(problems))


def _text(source: str | Path | io.TextIOBase) -> tuple[str, str]:
    if isinstance(source, io.TextIOBase):
        return getattr(source, "name", "standard input"), source.read()
    path = Path(source)
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
        if path.stat().st_size > MOST_BYTES:
            raise InputError("series file", path, f"it is larger than {MOST_BYTES // 1_000_000} MB")
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except OSError as error:
        raise InputError("series file", path, f"it cannot be read: {error.strerror or error}") from None
    except EOFError:
        raise InputError("series file", path, "it is a gzip file that ends early") from None
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] not in (b"\xff\xfe", b"\xfe\xff") else ("utf-16",):
        try:
            return path.name, raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if not text or "\x00" in text:
        raise InputError("series file", path, f"it is no text; a CSV was expected, not {echo(raw[:8])}")
    return path.name, text
