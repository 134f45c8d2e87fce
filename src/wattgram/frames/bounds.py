"""Bounds: what an engine knows of a table's numbers without reading its rows, so that no row is asked what none can be."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Bounds"]


class Bounds(NamedTuple):
    """The least and the greatest number of a column, both finite; NaN is none of its numbers."""

    low: float
    high: float
    whole: bool = False
    """Whether its numbers are whole by their type."""
    filled: bool = False
    """Whether no cell is blank."""

    def within(self, low: float, high: float, *, above: bool = False) -> bool:
        """Whether every number is from `low` (above it, if `above`) to `high` [as the column]."""
        return (self.low > low if above else self.low >= low) and self.high <= high
