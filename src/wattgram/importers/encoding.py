"""Files as text, whatever wrote them: packed or plain, in UTF-8, UTF-16 or Windows-1252; and what is no text at all.

A log comes in blocks of whole lines, so that a hundred thousand of them cost no hundred thousand reads.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

from wattgram.errors import ECHO_CHARACTERS, InputError

__all__ = ["blocks_of", "opened", "unusable"]

BLOCK = 1 << 18
PACKED_BLOCK = 1 << 14
GZIP_HEADER = 16
"""Added to zlib's window it says that a stream has the header of gzip."""
SNIFFED_BYTES = 4096
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ZERO_WIDTH = "\N{ZERO WIDTH NO-BREAK SPACE}"
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ": "lzma"}
FOREIGN = {
    b"PAR1": "it is Parquet, a table already; hand it to wattgram batch",
    b"PK\x03\x04": "it is a ZIP archive or a workbook; unpack it, or save it as CSV",
    b"\x28\xb5\x2f\xfd": "it is packed by Zstandard; unpack it first",
    b"%PDF": "it is a PDF, no log",
}
CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32), 127})
"""Bytes that no log in text has, but for the tab, the ends of lines and pages, and the escape of coloured terminals."""
MOST_CONTROLS = 0.05
"""Share of such bytes at a file's beginning above which it is binary; below it, lines with a NUL are torn ones."""
UTF16_ZEROS = 0.4
"""Share of zeros in every other byte that plain text in UTF-16 has at least."""


def unusable(name: str, text: str) -> InputError:
    """The error of a file; of a long path the end is shown, which tells one file from another."""
    shown = name if len(name) < ECHO_CHARACTERS else f"\N{HORIZONTAL ELLIPSIS}{name[2 - ECHO_CHARACTERS :]}"
    return InputError("file", shown, text)


@contextmanager
def opened(source: Any, name: str) -> Iterator[IO[Any]]:
    """A path, an open file or `-` (standard input), open; what we opened is closed again.

    Raises
    ------
    InputError : a folder; OSError : a file that cannot be opened
    """
    if hasattr(source, "read"):
        yield source
    elif source == "-":
        if sys.stdin is None:
            raise unusable(name, "it is closed; pipe a log into it, or name a file")
        yield sys.stdin.buffer
    elif os.path.isdir(source):
        raise unusable(name, "it is a folder; name the files in it")
    else:
        with open(source, "rb") as handle:
            yield handle


def blocks_of(handle: IO[Any], name: str) -> Iterator[str]:
    """The text of an open file in pieces of some size, the byte-order mark left out.

    Raises
    ------
    InputError : a file that is no text, or packed and damaged
    """
    if isinstance(handle.read(0), str):
        text = handle.read(BLOCK).removeprefix(ZERO_WIDTH)
        while text:
            yield text
            text = handle.read(BLOCK)
        return
    stream = handle if hasattr(handle, "peek") else io.BufferedReader(io.BytesIO(handle.read()))
    head = stream.peek(SNIFFED_BYTES)[:SNIFFED_BYTES]
    for mark, library in PACKED.items():
        if head.startswith(mark):
            yield from _unpacked(stream, library, name)
            return
    for mark, sentence in FOREIGN.items():
        if head.startswith(mark):
            raise unusable(name, sentence)
    utf16 = _utf16(head)
    if utf16:
        text = stream.read() + stream.read()  # the second one is the error of a torn stream
        yield text.decode(utf16, errors="replace").removeprefix(ZERO_WIDTH)
        return
    # A crash leaves a run of zeros in a log, which counts as one; in a binary file they are all over.
    seen = re.sub(rb"\0+", b"\0", head)
    if len(seen) - len(seen.translate(None, CONTROLS)) > MOST_CONTROLS * len(seen):
        raise unusable(name, "it is binary, no text")
    yield from _decoded(stream)


class _Unpacked(io.RawIOBase):
    """A packed stream as it is plain; of a torn one everything before the tear, then an end, and then an OSError."""

    def __init__(self, stream: IO[bytes], unpacker: Callable[[], Any]) -> None:
        self.stream, self.unpacker, self.now = stream, unpacker, unpacker()
        self.packed = self.plain = b""
        self.over, self.fault, self.told = False, "", False

    def readable(self) -> bool:
        """It is read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; 0 at the end."""
        while not self.plain and not self.over:
            self._fill()
        if not self.plain and self.fault:
            if self.told:
                raise OSError(self.fault)
            self.told = True
        taken = min(len(buffer), len(self.plain))
        buffer[:taken], self.plain = self.plain[:taken], self.plain[taken:]
        return taken

    def _fill(self) -> None:
        self.packed = self.packed or self.stream.read(PACKED_BLOCK)
        if not self.packed:
            self.over, self.fault = True, "" if self.now.eof else "it is cut off"
            return
        if self.now.eof:
            self.now = self.unpacker()
        try:
            self.plain = self.now.decompress(self.packed)
        except Exception as error:  # noqa: BLE001 - each packing has an error of its own
            self.over, self.fault = True, str(error)
        else:
            self.packed = self.now.unused_data.lstrip(b"\0")  # zeros are what a tape pads with


def _unpacked(stream: IO[bytes], packing: str, name: str) -> Iterator[str]:
    try:
        yield from blocks_of(io.BufferedReader(_Unpacked(stream, _unpacker(packing))), name)
    except OSError as error:
        raise unusable(name, f"it is packed and cannot be unpacked to its end: {error}") from None


def _unpacker(packing: str) -> Callable[[], Any]:
    """Each is loaded where a log is packed so."""
    if packing == "gzip":
        import zlib  # noqa: PLC0415

        return partial(zlib.decompressobj, wbits=zlib.MAX_WBITS | GZIP_HEADER)
    if packing == "bz2":
        import bz2  # noqa: PLC0415

        return bz2.BZ2Decompressor
    import lzma  # noqa: PLC0415

    return lzma.LZMADecompressor


def _utf16(head: bytes) -> str:
    """The UTF-16 that a file's beginning is in: by its mark, or by the zeros of plain letters; empty for none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    half = len(head) // 2
    low, high = head[1::2].count(0), head[::2].count(0)
    if half and not high and low >= UTF16_ZEROS * half:
        return "utf-16-le"
    return "utf-16-be" if half and not low and high >= UTF16_ZEROS * half else ""


def _decoded(stream: IO[bytes]) -> Iterator[str]:
    """UTF-8, and line by line Windows-1252 where it is none; a character is never cut between two blocks."""
    rest = stream.read(BLOCK).removeprefix(BYTE_ORDER_MARK)
    torn: OSError | None = None
    while rest:
        try:
            block = stream.read(BLOCK)
        except OSError as error:
            block, torn = b"", error
        cut = rest.rfind(b"\n") + 1 if block else len(rest)
        piece, rest = (rest[:cut], rest[cut:] + block) if cut else (rest, block)
        try:
            yield piece.decode()
        except UnicodeDecodeError:
            yield "".join(_line(line) for line in piece.splitlines(keepends=True))
    if torn is not None:
        raise torn


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
