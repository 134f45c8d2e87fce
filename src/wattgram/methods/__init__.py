"""The same run by several published methods, each from its own formula and its own constants, and why they differ.

`full` is this program's method; `lacoste2019` the paper's (rated power x hours x intensity); `green-algorithms-2021` that
of Lannelongue et al. (processors, memory, PUE); `ccf` that of Cloud Carbon Footprint (half way from idle to full power).
A method that has no constant for the hardware gives no figure and says so. The grid intensity is that of the run for all
of them, the 2019 calculator's own table excepted, so what differs is the method and not the age of a grid table.
"""

from __future__ import annotations

from typing import Any

from wattgram.footprint import Footprint
from wattgram.methods.ccf import ccf, ccf_power_w
from wattgram.methods.green_algorithms import green_algorithms, green_algorithms_power_w
from wattgram.methods.result import Method, MethodResult, no_figure
from wattgram.value import UNKNOWN, Value

__all__ = ["METHOD_NAMES", "MethodResult", "by_methods", "ccf_power_w", "green_algorithms_power_w"]

METHOD_NAMES = ("full", "lacoste2019", "green-algorithms-2021", "ccf")


def by_methods(footprint: Footprint) -> tuple[MethodResult, ...]:
    """The run of a footprint by every method of METHOD_NAMES, in that order."""
    training = footprint.assembled.training
    hours_h = training.duration_h if training else footprint.run.duration_h
    return (
        _full(footprint),
        _lacoste2019(footprint, hours_h),
        green_algorithms(footprint, hours_h),
        ccf(footprint, hours_h),
    )


def _full(footprint: Footprint) -> MethodResult:
    full = footprint
    if footprint.run.method != "full":
        full = Footprint(footprint.run._replace(method="full"), footprint.catalog)
    factors = tuple((factor.name, factor.value) for factor in full.factors)
    why = (
        "the usual draw of the devices, the rest of the server and the site's PUE, each with its range; "
        "the making of the hardware shared out over its life"
    )
    missing = "" if isinstance(full.operational, Value) else "the place is not known, so there is no carbon"
    return MethodResult(
        "full",
        "wattgram, docs/method.md",
        full.energy,
        full.operational,
        full.embodied,
        full.total,
        factors,
        why,
        missing,
    )


def _lacoste2019(footprint: Footprint, hours_h: float | None) -> MethodResult:
    citation = footprint.catalog.source("lacoste-2019")["citation"]
    basis = footprint.assembled.paper_basis
    where = (
        "its calculator's own power and grid tables"
        if basis == "calculator"
        else "power and grid of this catalog, since its own tables lack device or region"
    )
    why = f"rated power all the time, no host, no PUE, no making; {where}"
    plain: dict[str, Any] = dict.fromkeys(("load", "overhead", "pue", "measured_energy_kwh", "work"))
    run = footprint.run._replace(method="lacoste2019", duration_h=hours_h, **plain)
    if hours_h is None:
        return no_figure(Method("lacoste2019", citation, why), "it needs a duration")
    answer = Footprint(run, footprint.catalog)
    factors = tuple((factor.name, factor.value) for factor in answer.factors)
    return MethodResult(
        "lacoste2019",
        citation,
        answer.energy,
        answer.operational,
        UNKNOWN,
        answer.operational,
        factors,
        why,
        "",
    )
