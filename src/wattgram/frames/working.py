"""Working columns: the expressions of a table between its columns and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from wattgram.frames.schema import WORK
from wattgram.value import Value

__all__ = ["SIDES", "cell", "chosen", "col", "value_of"]

SIDES = ("low_sq", "high_sq")
"""The squared deviations of a value, each a column beside its central figure."""


def col(name: str) -> Any:
    """A working column."""
    return nw.col(WORK + name)


def value_of(name: str) -> Value:
    """The value whose central figure and deviations stand in three columns."""
    return Value.from_deviations(col(name), col(f"{name}_low_sq"), col(f"{name}_high_sq"))


def cell(number: Any) -> Any:
    """A number as an expression; what is one already stays."""
    return nw.lit(number, dtype=nw.Float64) if number is None or isinstance(number, (int, float)) else number


def chosen(cases: Sequence[tuple[Any, Any]], otherwise: Any) -> Any:
    """The value of the first condition that holds."""
    found = nw.lit(otherwise) if isinstance(otherwise, (int, str)) else otherwise
    for condition, value in reversed(cases):
        found = nw.when(condition).then(nw.lit(value)).otherwise(found)
    return found
