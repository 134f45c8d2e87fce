"""Fill: every blank of a run becomes a Value with its range, source and reason; a stated figure stays certain.

The choices are `where` expressions over conditions, so one text serves one run (floats) and a table (columns): what
differs between two rows is a condition, never a branch on the kind of number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.value import Number, Value, known, where

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = [
    "WORKLOADS",
    "Scale",
    "fill_load",
    "fill_overhead",
    "fill_pue",
    "intensity_range",
    "published_pue",
    "scale_of",
    "stated",
    "takes_system_power",
    "wider",
]

WORKLOADS: dict[str, str] = {
    "large-training": "load-large-training",
    "training": "load-training",
    "finetuning": "load-training",
    "inference": "load-inference",
    "other": "load-training",
}
"""Workload classes that a user can state, and the default load of each."""


class Scale(NamedTuple):
    """How big a run is, as two conditions: True or False for one run, column expressions for a table."""

    large: Any
    """Large training: its devices are held near their limit, as those of the published large trainings are."""
    small: Any
    """A small run: data, validation and waiting leave its devices idle for much of the time."""


def stated(figure: Number, unit: str, reason: str = "stated") -> Value:
    """A figure the user gave [as `unit` says]: certain."""
    return Value.from_deviations(figure, 0.0, 0.0, unit, "given", (), reason)


def scale_of(device_hours_h: Number, datacentre: Any, catalog: Catalog, workload: str | None = None) -> Scale:
    """The scale of a run: as the stated workload says, else by its device-hours.

    Parameters
    ----------
    device_hours_h : number of devices x hours [h]
    datacentre : whether its devices are data-centre accelerators; nothing else is ever large training
    catalog : for the thresholds `large-training-device-hours` and `small-run-device-hours`
    workload : the stated class; where one is stated, device-hours decide nothing
    """
    if workload is not None:
        return Scale(large=workload == "large-training", small=False)
    return Scale(
        (device_hours_h >= catalog.figure("large-training-device-hours")) & datacentre,
        device_hours_h < catalog.figure("small-run-device-hours"),
    )


def fill_load(load: Number | None, scale: Scale, catalog: Catalog, workload: str | None = None) -> Value:
    """Load [1]: the stated one, else that of the stated workload, else by the scale of the run."""
    if workload is not None:
        default = catalog.default(WORKLOADS[workload], "1", f"workload {workload}")
    else:
        middling = catalog.default("load-training", "1", "no workload stated, a run of middling size")
        default = where(
            scale.large,
            catalog.default("load-large-training", "1", "large training, by its device-hours"),
            where(
                scale.small,
                catalog.default("load-small-run", "1", "no workload stated, a small run by its device-hours"),
                middling,
            ),
        )
    return where(known(load), stated(load, "1"), default)  # type: ignore[no-any-return]


def takes_system_power(published: Any, at_any_scale: Any, stated_parts: Any, scale: Scale) -> Any:
    """Whether the published system power of the hardware stands in place of rated power x load x overhead.

    Parameters
    ----------
    published : the system power [W], UNKNOWN or null where none is published
    at_any_scale : whether it was seen to hold for small runs too (TPUs); else it speaks for large training alone
    stated_parts : whether load, overhead, processors or memory are stated: then the product is what was meant
    scale : the scale of the run
    """
    return where(stated_parts, no=known(published) & (at_any_scale | scale.large), yes=False)


def fill_overhead(overhead: Number | None, default: Value) -> Value:
    """Rest of the node over what is counted [1]: the stated one, else that of the hardware's class."""
    return where(known(overhead), stated(overhead, "1"), default)  # type: ignore[no-any-return]


def fill_pue(pue: Number | None, default: Value) -> Value:
    """PUE [1]: the stated one, else the site's, the fleet's or the class's."""
    return where(known(pue), stated(pue, "1"), default)  # type: ignore[no-any-return]


def published_pue(pue: float, catalog: Catalog, sources: tuple[str, ...], reason: str) -> Value:
    """A published PUE with the range that publication, year and season leave it: on the part above 1, so it stays >= 1.

    low = 1 + (PUE - 1) * s_low, high = 1 + (PUE - 1) * s_high

    Parameters
    ----------
    pue : as published [1]
    catalog : whose row `pue-published` of assumptions.csv is s
    sources, reason : who published it, and for where and when

    Returns
    -------
    PUE with its 90 % range [1]
    """
    spread = catalog.default("pue-published")
    return Value(
        pue, 1 + (pue - 1) * spread.low, 1 + (pue - 1) * spread.high, "1", "catalog", sources, reason
    )


def intensity_range(annual: Value, long_run: Any, catalog: Catalog, hour: Value | None = None) -> Value:
    """Range of a grid intensity: the row's own for a month or more, at least that of an unknown hour below.

    Parameters
    ----------
    annual : intensity of the year [g CO2e/kWh], with the row's own range
    long_run : whether the run takes a month or more
    hour : factor of an unknown hour [1] (`hours.unknown_hour`: the zone's own where a profile is known)
    """
    if hour is None:
        hour = catalog.default("grid-hour-unknown")
    low_sq = where(long_run, annual.low_sq, wider(annual.low_sq, hour.low_sq))
    high_sq = where(long_run, annual.high_sq, wider(annual.high_sq, hour.high_sq))
    return Value.from_deviations(
        annual.central, low_sq, high_sq, annual.unit, annual.origin, annual.sources, annual.reason
    )


def wider(one: Number, other: Number) -> Number:
    """The larger of two squared log-deviations [1]."""
    return where(one > other, one, other)
