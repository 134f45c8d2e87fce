"""Green Algorithms 2021: processors and memory at their rated power, times PUE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram import formula
from wattgram.methods.result import Method, MethodResult, memory_gb, no_figure, result_of, stated
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["green_algorithms", "green_algorithms_power_w"]

PERSONAL = ("workstation", "computer", "edge")
"""Kinds of hardware that stand on a desk."""


def green_algorithms_power_w(
    device_power_w: Any, usage: Any, memory_gb: Any, memory_w_per_gb: Any, pue: Any
) -> Any:
    """Power of a job at the facility meter by Green Algorithms.

    P = PUE * (P_rated * usage + memory * 0.3725 W/GB)

    Parameters
    ----------
    device_power_w : rated power of all processors and GPUs together [W]
    usage : usage factor [1], 1 where it is not known
    memory_gb : memory available [GB]
    memory_w_per_gb : power of memory [W/GB]
    pue : power usage effectiveness [1]

    Returns
    -------
    power at the facility meter [W]

    References
    ----------
    Lannelongue, Grealey, Inouye 2021, doi:10.1002/advs.202100707
    """
    return formula.facility_energy_kwh(
        formula.it_power_w(formula.device_power_w(device_power_w, usage), memory_gb * memory_w_per_gb, 1.0),
        pue,
    )


def green_algorithms(footprint: Footprint, hours_h: float | None) -> MethodResult:
    """The run, of `hours_h` [h], by Lannelongue et al. 2021: usage 1 and the mean PUE of data centres unless they are stated."""
    catalog, run, hardware = footprint.catalog, footprint.run, footprint.assembled.hardware
    per_gb = catalog.default("method-green-algorithms-memory")
    why = (
        f"rated power all the time of processors and GPUs, {per_gb.central:g} W for each GB of memory, no rest of the "
        "server, no making; the mean PUE of data centres unless one is stated"
    )
    citation = catalog.source("green-algorithms-2021")["citation"]
    method = Method("green-algorithms-2021", citation, why)
    if hours_h is None:
        return no_figure(method, "it needs a duration")
    rated = sum(d.rated_power_w.central * d.number for d in hardware.devices if d.kind != "memory")
    memory = memory_gb(hardware.devices)
    pue_row = "personal" if hardware.kind in PERSONAL else "paper"
    sources = hardware.devices[0].rated_power_w.sources
    factors = {
        "rated_power_w": Value(rated, unit="W", origin="catalog", sources=sources),
        "usage": stated(run.load, "1") or catalog.default("method-green-algorithms-load", "1"),
        "memory_gb": Value(memory, unit="GB", origin="given" if memory else "assumed"),
        "memory_w_per_gb": per_gb,
        "pue": stated(run.pue, "1") or catalog.default(f"method-green-algorithms-pue-{pue_row}", "1"),
    }
    power_w = green_algorithms_power_w(
        factors["rated_power_w"], factors["usage"], factors["memory_gb"], per_gb, factors["pue"]
    )
    missing = (
        "" if memory else "the memory of the node is not stated, so none is counted (add it, as in + 512GB)"
    )
    return result_of(footprint, method, power_w, hours_h, factors, missing)
