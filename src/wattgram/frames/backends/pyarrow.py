"""pyarrow: a join loses the order of the rows here, so they carry their number and are sorted back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.compute as pc

from wattgram.frames.backends.base import Backend, Pipeline, kinds_of, work
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import BLANKS, NUMBER, PERCENT, SHARES, WORK, Roles

__all__ = ["PyArrow"]

US_PER_HOUR = 3_600_000_000


class PyArrow(Backend):
    """pyarrow Tables, with dictionary, large, view, decimal or null columns."""

    name = "pyarrow"

    def columns(self, native: Any) -> list[str]:
        """Names of the columns, as they stand."""
        return list(native.column_names)

    def ingest(self, native: Any, roles: Roles) -> Any:
        """A narrow table of the working columns, with the number of each row."""
        made: dict[str, Any] = {}
        for role, name in roles.texts.items():
            made[role] = _text(native[name])
        for role, name in roles.numbers.items():
            made[role], _ = _number(native[name], share=role in SHARES)
        for role, name in roles.spans.items():
            made[role], word = _number(native[name], words=True)
            if word is not None:
                made[f"{role}_word"] = word
        for role, name in roles.times.items():
            made[role], word = _micros(native[name])
            if word is not None:
                made[f"{role}_word"] = word
        made["row"] = pa.array(range(len(native)), pa.int64())
        return nw.from_native(pa.table({WORK + name: cells for name, cells in made.items()}))

    def calendar(self, frame: Any, of: str, *, month: bool = False) -> Any:
        """Year of a time (or year x 100 + month), from microseconds alone."""
        native = nw.to_native(frame)
        time = native[WORK + of].cast(pa.int64()).cast(pa.timestamp("us"))
        figure = pc.year(time)
        if month:
            figure = pc.add(pc.multiply(figure, 100), pc.month(time))
        name = WORK + ("month" if month else "year")
        return nw.from_native(native.append_column(name, pc.fill_null(figure.cast(pa.int64()), 0)))

    def attach(self, frame: Any, lookup: Lookup) -> Any:
        """A left join; `finish` puts the rows back in order."""
        dtypes = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "flag": pa.bool_()}
        kinds = kinds_of(lookup)
        columns = {
            name: pa.array(cells, dtypes[kinds[name.removeprefix(WORK)]])
            for name, cells in work(lookup).items()
        }
        on = [WORK + key for key in lookup.keys]
        return nw.from_native(nw.to_native(frame).join(pa.table(columns), keys=on, join_type="left outer"))

    def fetch(self, frame: Any) -> list[tuple[Any, ...]]:
        """The rows of a small table."""
        native = nw.to_native(frame)
        return list(zip(*(column.to_pylist() for column in native.columns), strict=True))

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The answers beside the table's own columns, in the order of its rows."""
        answers = nw.to_native(apply(self.ingest(native, roles))).sort_by(WORK + "row")
        for name in outputs:
            native = native.append_column(name, answers[name])
        return native


def _text(column: Any) -> Any:
    """Any column as text; blank where null."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return pc.fill_null(column.cast(pa.string()), "")


def _number(column: Any, *, words: bool = False, share: bool = False) -> tuple[Any, Any]:
    """Any column as float64, null where blank, infinite where it is no number; and the words among its cells."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_duration(kind):
        return pc.divide(
            column.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64()), float(US_PER_HOUR)
        ), None
    if pa.types.is_boolean(kind):
        return pc.if_else(pc.is_valid(column), float("inf"), pa.scalar(None, pa.float64())), None
    if (
        pa.types.is_null(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    ):
        number = column.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(number), pa.scalar(None, pa.float64()), number), None
    text = pc.utf8_trim_whitespace(_text(column))
    written = pc.match_substring_regex(text, NUMBER)
    blank = pc.is_in(pc.utf8_lower(text), value_set=pa.array(BLANKS))
    number = pc.if_else(written, text, pa.scalar(None, pa.string())).cast(pa.float64())
    if share:
        percent = pc.match_substring_regex(text, PERCENT)
        hundredths = pc.if_else(percent, pc.utf8_rtrim(text, " %"), pa.scalar(None, pa.string()))
        number = pc.coalesce(number, pc.divide(hundredths.cast(pa.float64()), 100.0))
        written = pc.or_(written, percent)
    other = pc.and_(pc.invert(written), pc.invert(blank))
    if words:
        return number, pc.if_else(other, text, "")
    return pc.if_else(other, float("inf"), number), None


def _micros(column: Any) -> tuple[Any, Any]:
    """A time as microseconds since 1970 UTC in float64; and the words where the column is text."""
    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("us"))
    elif not pa.types.is_timestamp(kind):
        text = pc.utf8_trim_whitespace(_text(column))
        return pa.nulls(len(text), pa.float64()), text
    zone = column.type.tz
    return column.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64()).cast(pa.float64()), None
