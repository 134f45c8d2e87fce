"""polars: eager frames get the answers beside their columns, lazy ones stay lazy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from wattgram.frames.backends.base import Backend, Pipeline, kinds_of, work
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import BLANKS, NUMBER, PERCENT, SHARES, WORK, Roles

__all__ = ["Polars"]

US_PER_HOUR = 3_600_000_000


class Polars(Backend):
    """polars DataFrames and LazyFrames."""

    name = "polars"

    def columns(self, native: Any) -> list[str]:
        """Names of the columns, as they stand."""
        return list(native.collect_schema().names())

    def ingest(self, native: Any, roles: Roles) -> Any:
        """The frame with its working columns; of an eager frame those alone."""
        schema = native.collect_schema()
        made: list[pl.Expr] = []
        for role, name in roles.texts.items():
            made.append(_text(pl.col(name), schema[name]).alias(WORK + role))
        for role, name in roles.numbers.items():
            made.append(
                _number(pl.col(name), schema[name], share=role in SHARES).fill_nan(None).alias(WORK + role)
            )
        for role, name in roles.spans.items():
            made += _span(pl.col(name), schema[name], WORK + role)
        for role, name in roles.times.items():
            made += _micros(pl.col(name), schema[name], WORK + role)
        if isinstance(native, pl.LazyFrame):
            return nw.from_native(native.with_columns(made))
        return nw.from_native(native.lazy().select(made).collect())

    def calendar(self, frame: Any, of: str, *, month: bool = False) -> Any:
        """Year of a time (or year x 100 + month), from microseconds alone."""
        time = pl.col(WORK + of).cast(pl.Int64).cast(pl.Datetime("us"))
        year = time.dt.year().cast(pl.Int64)
        made = (year * 100 + time.dt.month().cast(pl.Int64)) if month else year
        name = WORK + ("month" if month else "year")
        return nw.from_native(nw.to_native(frame).with_columns(made.fill_null(0).alias(name)))

    def attach(self, frame: Any, lookup: Lookup) -> Any:
        """A left join that keeps the order of the rows."""
        dtypes = {"text": pl.String, "number": pl.Float64, "whole": pl.Int64, "flag": pl.Boolean}
        kinds = kinds_of(lookup)
        schema = {WORK + name: dtypes[kinds[name]] for name in lookup.columns}
        table: Any = pl.DataFrame(work(lookup), schema=schema)
        native = nw.to_native(frame)
        if isinstance(native, pl.LazyFrame):
            table = table.lazy()
        on = [WORK + key for key in lookup.keys]
        return nw.from_native(native.join(table, on=on, how="left", maintain_order="left"))

    def settle(self, frame: Any) -> Any:
        """The collected rows."""
        native = nw.to_native(frame)
        return nw.from_native(native.collect() if isinstance(native, pl.LazyFrame) else native)

    def fetch(self, frame: Any) -> list[tuple[Any, ...]]:
        """The rows of a small frame."""
        native = nw.to_native(frame)
        return list((native.collect() if isinstance(native, pl.LazyFrame) else native).rows())

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The answers beside the frame's own columns."""
        answers = nw.to_native(apply(self.ingest(native, roles)))
        if isinstance(native, pl.LazyFrame):
            return answers.select(*native.collect_schema().names(), *outputs)
        return native.hstack(answers.select(*outputs))


def _text(column: pl.Expr, dtype: Any) -> pl.Expr:
    if dtype == pl.Object:
        column = column.map_elements(str, return_dtype=pl.String)
    return column.cast(pl.String).fill_null("")


def _number(column: pl.Expr, dtype: Any, *, share: bool = False) -> pl.Expr:
    """Float64; infinite where the cell is no number."""
    if dtype == pl.Boolean:
        return pl.when(column.is_null()).then(None).otherwise(float("inf"))
    if dtype.is_numeric() or dtype == pl.Null:
        return column.cast(pl.Float64)
    text = _text(column, dtype).str.strip_chars()
    number = pl.when(text.str.contains(NUMBER)).then(text).otherwise(None).cast(pl.Float64, strict=False)
    other = pl.when(text.str.to_lowercase().is_in(BLANKS)).then(None).otherwise(float("inf"))
    if not share:
        return pl.coalesce(number, other)
    percent = pl.when(text.str.contains(PERCENT)).then(text.str.strip_chars_end(" %")).otherwise(None)
    return pl.coalesce(number, percent.cast(pl.Float64, strict=False) / 100, other)


def _span(column: pl.Expr, dtype: Any, name: str) -> list[pl.Expr]:
    if dtype == pl.Duration:
        return [(column.dt.total_microseconds().cast(pl.Float64) / US_PER_HOUR).alias(name)]
    number = _number(column, dtype).fill_nan(None)
    if dtype.is_numeric() or dtype in (pl.Null, pl.Boolean):
        return [number.alias(name)]
    word = pl.when(number.is_infinite()).then(_text(column, dtype)).otherwise(pl.lit(""))
    plain = pl.when(number.is_infinite()).then(None).otherwise(number)
    return [plain.alias(name), word.fill_null("").alias(f"{name}_word")]


def _micros(column: pl.Expr, dtype: Any, name: str) -> list[pl.Expr]:
    if dtype == pl.Date:
        column, dtype = column.cast(pl.Datetime("us")), pl.Datetime("us")
    if dtype == pl.Datetime:
        return [column.dt.epoch("us").cast(pl.Float64).alias(name)]
    word = _text(column, dtype).str.strip_chars()
    return [pl.lit(None, dtype=pl.Float64).alias(name), word.alias(f"{name}_word")]
