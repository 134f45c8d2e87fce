"""Plain: a CSV is looked through before an engine reads it, so that no engine drops, shifts or renames a cell of it.

A file in UTF-8 with one kind of line end and as many cells in each row as its header names is read as it stands. What is
odd and can be read all the same (another encoding, short rows, stray quotes, the `sep=;` of a spreadsheet) is written
plainly into the scratch folder, row by row, and said. What cannot be read is one sentence with its line.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from wattgram.errors import InputError, echo
from wattgram.frames.textfile import bare, called, decoded, lines_of, mark_of, refused, text_of, unpacked

__all__ = ["Plain", "plain"]

MOST_ROW_BYTES = 2_000_000
"""The longest row that the embedded engine takes; a quote that is never closed is found after as much."""
SEP = re.compile(rb"\s*sep=(.)[ \t]*\r?\n")
"""The first line that a spreadsheet writes where the mark is not the usual one."""

Say = Callable[[str], None]
"""Told a sentence on how a file was read."""
Told = Callable[[float], None]
"""Told the share of a file that was looked through."""


class Plain(NamedTuple):
    """A CSV that every engine reads alike: each row has a cell for each name of its header."""

    path: str
    header: tuple[str, ...]
    mark: str
    multiline: bool
    """Whether a cell holds a line end, so that the file cannot be cut at any of them."""


def plain(path: str, scratch: str, *, shown: str, tab: bool, bare_lines: bool, say: Say, told: Told) -> Plain:
    """A CSV as every engine reads it: as it stands, or written plainly to `scratch`.

    Parameters
    ----------
    path, shown : the file, and the name its user knows it by
    scratch : the folder for what has to be written anew
    tab : whether the mark is a tab whatever the header looks like
    bare_lines : whether blank lines, a byte order mark and packing are to go too, which the embedded engine takes
    say, told : told what was odd, and how far it is

    Raises
    ------
    InputError : no table: a row with cells that no column has, a quote that is never closed, a NUL byte, two columns of
        one name, a file of another kind
    """
    anew, was = decoded(path, shown, scratch, ".csv")
    scan = _Scan(anew, shown, "\t" if tab else "")
    scan.look(told)
    notes = [f"it is written {was}"] if was else []
    for sentence in [*notes, *scan.notes()]:
        say(f"{shown}: {sentence}")
    if scan.odd or (bare_lines and scan.mild):
        anew = os.path.join(scratch, f"plain-{len(os.listdir(scratch))}.csv")
        scan.write(anew)
        return Plain(anew, scan.header, ",", scan.multiline)
    return Plain(anew, scan.header, scan.mark, scan.multiline)


class _Unfinished(Exception):  # noqa: N818 - no error yet: more of the file may close the quote
    """A block that ends within a quoted cell, and the line in which its row begins."""


class _Scan:
    """One CSV while it is looked through."""

    def __init__(self, path: str, shown: str, mark: str) -> None:
        self.path, self.shown, self.mark = path, shown, mark
        self.header: tuple[str, ...] = ()
        self.head_lines = 0
        """How many lines the header takes, with what stands before it."""
        self.returns = self.multiline = self.odd = False
        self.mild = path.lower().endswith(".gz")
        self.short = self.foreign = (0, 0)
        """How many rows are short and how many lines are no UTF-8, and the first line of each."""

    def refused(self, reason: str) -> InputError:
        """The error of a file that is no table."""
        return refused(self.shown, reason)

    def notes(self) -> Iterator[str]:
        """What is odd and was read all the same, a sentence each."""
        number, first = self.foreign
        if number:
            lines = "1 line is" if number == 1 else f"{number:,} lines are"
            yield f"{lines} not in UTF-8 (line {first}{' first' if number > 1 else ''}); read as Windows-1252"
        number, first = self.short
        if number:
            rows = "1 row has" if number == 1 else f"{number:,} rows have"
            at = f"line {first}{' first' if number > 1 else ''}"
            yield f"{rows} fewer cells than the header ({at}); the missing ones are read as blank"

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, told: Told) -> None:
        """Go through the file once, some whole rows at a time."""
        size, seen, line, kept = max(os.path.getsize(self.path), 1), 0, 1, b""
        for piece in unpacked(self.path, self.shown):
            seen += len(piece)
            told(min(seen / size, 0.99))
            cut = piece.rfind(b"\n") + 1
            block, rest = kept + piece[:cut], piece[cut:]
            try:
                line += self._looked(block, line) if cut else 0
                kept = rest if cut else kept + rest
            except _Unfinished as unfinished:
                kept = block + rest
                if len(kept) > 2 * MOST_ROW_BYTES:
                    raise self.refused(f"the quote that opens in {unfinished} is not closed") from None
            if len(kept) > 4 * MOST_ROW_BYTES:
                raise self.refused(self._too_long(line))
        try:
            self._looked(kept, line)
        except _Unfinished as unfinished:
            raise self.refused(f"the quote that opens in {unfinished} is not closed") from None
        if not self.header:
            raise self.refused("it holds no text; a table has at least a header, as in hardware,hours,where")

    def _looked(self, block: bytes, line: int) -> int:
        """Look at the rows of a block that begins in a line of this number; the number of its lines."""
        if b"\0" in block:
            at = line + block[: block.index(b"\0")].count(b"\n")
            raise self.refused(
                f"line {at} holds a NUL byte: it was cut off, or is no text; take that line out"
            )
        lines = block.count(b"\n")
        if not self.header:
            start = self._head(block, line)
            line, block = line + block[:start].count(b"\n"), block[start:]
        if block and (len(block) > MOST_ROW_BYTES or not self._regular(block)):
            self._one_by_one(block, line)
        return lines

    def _head(self, block: bytes, line: int) -> int:
        """Read the header at the start of a block; how many bytes it takes, with what stands before it."""
        start = 3 if line == 1 and block.startswith(b"\xef\xbb\xbf") else 0
        self.mild = self.mild or start > 0
        sep = SEP.match(block, start)
        if sep and line == 1:
            self.mark, start, self.odd = sep[1].decode("latin-1"), sep.end(), True
        text = block[start:].lstrip(b" \t\r\n") if self.mark != "\t" else block[start:].lstrip(b"\r\n")
        self.odd = self.odd or len(text) != len(block) - start
        start = len(block) - len(text)
        if not text:
            return start
        self.mark = self.mark or mark_of(next(lines_of(text)))
        rows = self._rows(text, line + block[:start].count(b"\n"))
        names, at, taken = next(rows)
        end = start
        for _ in range(taken):
            end = block.find(b"\n", end) + 1 or len(block)
        raw = block[start:end]
        if not text_of(raw)[1]:
            self.foreign, self.odd = (1, at), True
        self.returns, self.head_lines = raw.endswith(b"\r\n"), at + taken - 1
        self.header = self._checked(tuple(names))
        return end

    def _checked(self, names: tuple[str, ...]) -> tuple[str, ...]:
        first: dict[str, int] = {}
        for at, name in enumerate(names, 1):
            key = name.strip().casefold()
            if key in first:
                other = names[first[key] - 1]
                both = f"{echo(name)} twice" if other == name else f"{echo(other)} and {echo(name)}"
                where = f"in columns {first[key]} and {at}"
                raise self.refused(f"its header names {both}, {where}; give each column a name of its own")
            if key:
                first[key] = at
        self.mild = self.mild or not all(name.strip() for name in names)
        return tuple(name if name.strip() else _unnamed(at, names) for at, name in enumerate(names))

    def _regular(self, block: bytes) -> bool:
        """Whether every row of a block has its cells, its line end and its encoding, looked at all together."""
        rows = bare(block, self.mark)
        if b'"' in rows:
            return False
        self.multiline = self.multiline or rows.count(b"\n") != block.count(b"\n")
        returns = rows.count(b"\r")
        if returns != (rows.count(b"\n") if self.returns else 0) or (
            returns and rows.count(b"\r\n") != returns
        ):
            return False
        if not block.isascii():
            try:
                block.decode()
            except UnicodeDecodeError:
                return False
        lines = rows.split(b"\n")
        if not lines[-1]:
            lines.pop()
        mark = self.mark.encode()
        return {line.count(mark) for line in lines} == {len(self.header) - 1} and b"" not in lines

    def _one_by_one(self, block: bytes, line: int) -> None:
        """Look at the rows of a block one after the other, and remember what is odd."""
        names, short, blank, multiline, trailing = len(self.header), [], False, False, False
        for row, at, taken in self._rows(block, line):
            multiline = multiline or taken > 1
            if sum(map(len, row)) > MOST_ROW_BYTES:
                raise self.refused(self._too_long(at))
            if not "".join(row).strip() and len(row) < names:
                blank = True
            elif len(row) < names:
                short.append(at)
            elif len(row) > names:
                if any(cell.strip() for cell in row[names:]):
                    raise self.refused(self._too_many(row, at))
                trailing = True
        lines = block.split(b"\n")
        foreign = [at for at, raw in enumerate(lines, line) if not text_of(raw)[1]]
        ends = {raw.endswith(b"\r") for raw in lines[:-1]} | {self.returns}
        stray = b'"' in bare(block, self.mark)
        self.multiline, self.mild = self.multiline or multiline, self.mild or blank
        self.odd = self.odd or bool(short or foreign or trailing or stray or len(ends) > 1)
        self.short = _more(self.short, short)
        self.foreign = _more(self.foreign, foreign)

    def _too_long(self, at: int) -> str:
        return f"the row in line {at} is longer than {MOST_ROW_BYTES:,} bytes, the most that is read"

    def _too_many(self, row: list[str], at: int) -> str:
        names = len(self.header)
        extra = next(cell for cell in row[names:] if cell.strip())
        return (
            f"line {at} has {len(row)} cells where the header names {names}, {echo(extra.strip()[:40])} among those beyond; "
            f"put a cell that holds {called(self.mark)} into quotes, or give the header a name for it"
        )

    def _rows(self, block: bytes, line: int) -> Iterator[tuple[list[str], int, int]]:
        """The rows of a block, the line each begins in, and how many lines it takes."""
        reader = csv.reader(lines_of(block), delimiter=self.mark, strict=True)
        before = 0
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._broken(str(error), f"line {line + before}") from None
            yield row, line + before, reader.line_num - before
            before = reader.line_num

    def _broken(self, error: str, at: str) -> Exception:
        if "unexpected end" in error:
            return _Unfinished(at)
        if "new-line" in error:
            return self.refused(
                f"{at} holds a carriage return in the middle of a row; take it out, or quote the cell"
            )
        if "expected after" in error:
            return self.refused(
                f"the quoted cell that begins in {at} goes on where its quote is closed; "
                'a quote within a cell is written twice, as in ""'
            )
        said = "a quote is not closed, or it is no text"
        return self.refused(f"a cell in {at} is longer than {csv.field_size_limit():,} characters: {said}")

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self, path: str) -> None:
        """Write the same rows in UTF-8, with commas and one kind of line end; short ones filled up with blank cells."""
        width = len(self.header)
        with open(path, "w", encoding="utf-8", newline="") as handle:
            out = csv.writer(handle, lineterminator="\r\n")  # so that a cell with either of the two is quoted
            out.writerow(self.header)
            lines = self._lines()
            for _ in range(self.head_lines):
                next(lines, "")
            for row in csv.reader(lines, delimiter=self.mark, strict=True):
                if len(row) >= width or "".join(row).strip():
                    out.writerow([*row[:width], *[""] * (width - len(row))])

    def _lines(self) -> Iterator[str]:
        kept = b""
        for piece in unpacked(self.path, self.shown):
            cut = piece.rfind(b"\n") + 1
            yield from lines_of(kept + piece[:cut]) if cut else ()
            kept = piece[cut:] if cut else kept + piece
        yield from lines_of(kept)


def _unnamed(at: int, names: tuple[str, ...]) -> str:
    """A name for a column without one, by its place."""
    name = f"column{at}"
    while name in names:
        name += "_"
    return name


def _more(known: tuple[int, int], lines: list[int]) -> tuple[int, int]:
    return (known[0] + len(lines), known[1] or lines[0]) if lines else known
