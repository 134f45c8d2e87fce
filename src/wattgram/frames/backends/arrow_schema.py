"""Arrow schema: which columns of a Parquet file are spans of time, of which Parquet itself keeps the number alone.

Arrow has a type for a span and Parquet has none: a writer keeps the Arrow schema beside the file's own, as a message of
Arrow's format (https://arrow.apache.org/docs/format/Columnar.html), which is a FlatBuffer. Read here are the names of its
fields and the units of those that are spans.
"""

from __future__ import annotations

import base64
import binascii
import struct

__all__ = ["spans_per_h"]

DURATION = 18
"""The number of the type in Arrow's Schema.fbs."""
PER_HOUR = (3_600, 3_600_000, 3_600_000_000, 3_600_000_000_000)
"""Of each number of a TimeUnit (s, ms, us, ns) how many are an hour."""
MILLISECOND = 1
"""The unit where none is written."""
CONTINUATION = 0xFFFFFFFF
HEADER, FIELDS, NAME, TYPE, TYPE_OF, UNIT = 2, 1, 0, 2, 3, 0
"""The places of what is read, in the tables of Message, Schema, Field and Duration."""


class _Table:
    """A table of a FlatBuffer: its fields stand where its own list of places says."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.places = at - struct.unpack_from("<i", data, at)[0]
        self.length = struct.unpack_from("<H", data, self.places)[0]

    def place(self, field: int) -> int:
        """Where a field stands; 0 where it is left out."""
        entry = 4 + 2 * field
        offset = struct.unpack_from("<H", self.data, self.places + entry)[0] if entry < self.length else 0
        return self.at + offset if offset else 0

    def number(self, field: int, form: str, otherwise: int) -> int:
        at = self.place(field)
        return int(struct.unpack_from(form, self.data, at)[0]) if at else otherwise

    def target(self, field: int) -> int:
        """Where what a field points to stands."""
        at = self.place(field)
        return at + int(struct.unpack_from("<I", self.data, at)[0])

    def tables(self, field: int) -> list[_Table]:
        start = self.target(field)
        number = struct.unpack_from("<I", self.data, start)[0]
        places = range(start + 4, start + 4 + 4 * number, 4)
        return [_Table(self.data, at + struct.unpack_from("<I", self.data, at)[0]) for at in places]

    def text(self, field: int) -> str:
        start = self.target(field)
        size = struct.unpack_from("<I", self.data, start)[0]
        return self.data[start + 4 : start + 4 + size].decode("utf-8")


def _per_h(field: _Table) -> int:
    if field.number(TYPE, "<B", 0) != DURATION:
        return 0
    unit = _Table(field.data, field.target(TYPE_OF)).number(UNIT, "<h", MILLISECOND)
    return PER_HOUR[unit]


def spans_per_h(kept: bytes) -> dict[str, int]:
    """Of each column how many of its units are an hour [1], where it is a span of time, and 0 where it is none.

    Parameters
    ----------
    kept : what stands under `ARROW:schema` in the metadata of a Parquet file; nothing is found in what is no such message
    """
    try:
        data = base64.b64decode(kept)
        if struct.unpack_from("<I", data)[0] == CONTINUATION:
            data = data[4:]
        data = data[4:]
        schema = _Table(data, _Table(data, struct.unpack_from("<I", data)[0]).target(HEADER))
        return {field.text(NAME): _per_h(field) for field in schema.tables(FIELDS)}
    except (struct.error, binascii.Error, UnicodeDecodeError, IndexError):
        return {}
