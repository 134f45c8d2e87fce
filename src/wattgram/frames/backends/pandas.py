"""pandas: the working columns are a narrow frame of their own, so an odd index or dtype passes through untouched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from wattgram.frames.backends.base import Backend, Pipeline, kinds_of, work
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import BLANKS, NUMBER, PERCENT, SHARES, WORK, Roles

__all__ = ["Pandas"]

US_PER_HOUR = 3_600_000_000


class Pandas(Backend):
    """pandas DataFrames, with numpy, nullable, arrow, categorical or object columns."""

    name = "pandas"

    def columns(self, native: Any) -> list[Any]:
        """Names of the columns, as they stand."""
        return list(native.columns)

    def ingest(self, native: Any, roles: Roles) -> Any:
        """A narrow frame of the working columns, in the order of the rows."""
        made: dict[str, Any] = {}
        for role, name in roles.texts.items():
            made[role] = _text(native[name])
        for role, name in roles.numbers.items():
            made[role], _ = _number(native[name], share=role in SHARES)
        for role, name in roles.spans.items():
            number, word = _number(native[name], words=True)
            made[role] = number
            if word is not None:
                made[f"{role}_word"] = word
        for role, name in roles.times.items():
            made[role], word = _micros(native[name])
            if word is not None:
                made[f"{role}_word"] = word
        made["row"] = np.arange(len(native))
        return nw.from_native(pd.DataFrame({WORK + name: np.asarray(cells) for name, cells in made.items()}))

    def calendar(self, frame: Any, of: str, *, month: bool = False) -> Any:
        """Year of a time (or year x 100 + month), from microseconds alone."""
        native = nw.to_native(frame)
        micros = native[WORK + of].to_numpy(dtype="float64", na_value=np.nan)
        known = np.isfinite(micros)
        months = (
            np.where(known, micros, 0)
            .astype("int64")
            .astype("datetime64[us]")
            .astype("datetime64[M]")
            .astype("int64")
        )
        years = 1970 + months // 12
        name, figure = ("month", years * 100 + months % 12 + 1) if month else ("year", years)
        return nw.from_native(native.assign(**{WORK + name: np.where(known, figure, 0)}))

    def attach(self, frame: Any, lookup: Lookup) -> Any:
        """A left join, which keeps the order of the rows here."""
        dtypes = {"text": object, "number": "float64", "whole": "int64", "flag": "boolean"}
        kinds = kinds_of(lookup)
        table = pd.DataFrame(
            {
                name: pd.Series(cells, dtype=dtypes[kinds[name.removeprefix(WORK)]])
                for name, cells in work(lookup).items()
            }
        )
        on = [WORK + key for key in lookup.keys]
        return nw.from_native(nw.to_native(frame).merge(table, on=on, how="left"))

    def settle(self, frame: Any) -> Any:
        """The rows are computed; their columns are laid together."""
        return self.tidy(frame)

    def tidy(self, frame: Any) -> Any:
        """Columns laid together: pandas slows down, and warns, over many single ones."""
        return nw.from_native(nw.to_native(frame).copy())

    def fetch(self, frame: Any) -> list[tuple[Any, ...]]:
        """The rows of a small frame."""
        native = nw.to_native(frame)
        return list(native.itertuples(index=False, name=None))

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The answers beside the frame, under its own index."""
        answers = nw.to_native(apply(self.ingest(native, roles)).select(*outputs))
        texts = [name for name in outputs if not pd.api.types.is_numeric_dtype(answers[name].dtype)]
        for (
            name
        ) in texts:  # a blank is None in each of them: the type of a column may hang on what its words are
            cells = answers[name].astype(object)
            answers[name] = cells.where(cells.notna(), None)
        return pd.concat([native, answers.set_axis(native.index, axis=0)], axis=1)


def _text(column: Any) -> Any:
    """Any column as text; blank where null."""
    if isinstance(column.dtype, pd.CategoricalDtype) or not pd.api.types.is_string_dtype(column.dtype):
        column = column.astype(object)
    null = column.isna().to_numpy()
    cells = column.to_numpy(dtype=object, na_value="")
    return np.array(
        [
            "" if gone else cell if type(cell) is str else _plain(cell)
            for cell, gone in zip(cells, null, strict=True)
        ],
        dtype=object,
    )


def _plain(cell: Any) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def _number(column: Any, *, words: bool = False, share: bool = False) -> tuple[Any, Any]:
    """Any column as Float64, NaN where blank, infinite where it is no number; and the words among its cells."""
    kind = column.dtype
    if pd.api.types.is_timedelta64_dtype(kind) or str(kind).startswith("duration"):
        micros = column.astype("timedelta64[us]")
        hours = micros.to_numpy().astype("int64") / US_PER_HOUR
        return np.where(column.isna(), np.nan, hours), None
    if pd.api.types.is_bool_dtype(kind):
        return np.where(column.isna(), np.nan, np.inf), None
    if pd.api.types.is_numeric_dtype(kind):
        return column.to_numpy(dtype="float64", na_value=np.nan), None
    text = pd.Series(_text(column)).str.strip()
    blank = text.str.lower().isin(BLANKS).to_numpy()
    written = text.str.fullmatch(NUMBER).to_numpy(dtype=bool)
    number = np.full(len(text), np.nan)
    number[written] = text.to_numpy()[written].astype("float64")
    if share:
        percent = text.str.fullmatch(PERCENT).to_numpy(dtype=bool)
        number[percent] = text[percent].str.rstrip(" %").to_numpy().astype("float64") / 100
        written = written | percent
    other = ~written & ~blank
    if not words:
        number[other] = np.inf
        return number, None
    return number, np.where(other, text.to_numpy(), "").astype(object)


def _micros(column: Any) -> tuple[Any, Any]:
    """A time as microseconds since 1970 UTC in Float64, NaN where blank; and the words among its cells."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        plain = column.astype("datetime64[us, UTC]" if getattr(column.dt, "tz", None) else "datetime64[us]")
        if getattr(plain.dt, "tz", None) is not None:
            plain = plain.dt.tz_convert(None)
        micros = plain.to_numpy(dtype="datetime64[us]").astype("int64").astype("float64")
        return np.where(column.isna(), np.nan, micros), None
    text = pd.Series(_text(column)).str.strip()
    return np.full(len(text), np.nan), text.to_numpy(dtype=object)
