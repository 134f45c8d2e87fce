"""Fill: every blank of a run becomes a Value with its range, source and reason; a stated figure stays certain.

The choices are `where` expressions over conditions, so one text serves one run (floats) and a table (columns): what
differs between two rows is a condition, never a branch on the kind of number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.value import Number, Value, known, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = [
    "WORKLOADS",
    "fill_load",
    "fill_overhead",
    "fill_pue",
    "intensity_range",
    "is_large_training",
    "published_pue",
    "stated",
]

WORKLOADS: dict[str, str] = {
    "large-training": "load-large-training",
    "training": "load-training",
    "finetuning": "load-training",
    "inference": "load-inference",
    "other": "load-training",
}
"""Workload classes that a user can state, and the default load of each."""


def stated(figure: Number, unit: str, reason: str = "stated") -> Value:
    """A figure the user gave: certain."""
    return Value.from_deviations(figure, 0.0, 0.0, unit, "given", (), reason)


def is_large_training(device_hours_h: Number, datacentre: Any, catalog: Catalog) -> Any:
    """Whether a run without a stated workload counts as large training (from 500 device-hours on data-centre devices)."""
    return (device_hours_h >= catalog.figure("large-training-device-hours")) & datacentre


def fill_load(load: Number | None, large: Any, catalog: Catalog, workload: str | None = None) -> Value:
    """Load [1]: the stated one, else that of the workload class, else by the scale of the run."""
    if workload is not None:
        default = catalog.default(WORKLOADS[workload], "1", f"workload {workload}")
    else:
        default = where(
            large,
            catalog.default("load-large-training", "1", "large training, by its device-hours"),
            catalog.default("load-training", "1", "no workload stated, short or small run"),
        )
    return where(known(load), stated(load, "1"), default)  # type: ignore[no-any-return]


def fill_overhead(overhead: Number | None, default: Value) -> Value:
    """Rest of the node over what is counted [1]: the stated one, else that of the hardware's class."""
    return where(known(overhead), stated(overhead, "1"), default)  # type: ignore[no-any-return]


def fill_pue(pue: Number | None, default: Value) -> Value:
    """PUE [1]: the stated one, else the site's, the fleet's or the class's."""
    return where(known(pue), stated(pue, "1"), default)  # type: ignore[no-any-return]


def published_pue(pue: float, catalog: Catalog, sources: tuple[str, ...], reason: str) -> Value:
    """A published PUE with the range that publication, year and season leave it: on the part above 1, so it stays >= 1."""
    spread = catalog.default("pue-published")
    return Value(
        pue, 1 + (pue - 1) * spread.low, 1 + (pue - 1) * spread.high, "1", "catalog", sources, reason
    )


def intensity_range(annual: Value, long_run: Any, hour: Value) -> Value:
    """Range of a grid intensity: the row's own for a month or more, at least that of an unknown hour below."""
    low_sq = where(long_run, annual.low_sq, _wider(annual.low_sq, hour.low_sq))
    high_sq = where(long_run, annual.high_sq, _wider(annual.high_sq, hour.high_sq))
    return Value.from_deviations(
        annual.central, low_sq, high_sq, annual.unit, annual.origin, annual.sources, annual.reason
    )


def _wider(one: Number, other: Number) -> Number:
    return where(one > other, one, other)
