"""Memory without a sensor: watts for every gigabyte that is there, used or not.

P = W_per_GB * GB        three published constants, 0.284, 0.3725 and 0.392 W/GB, are the range
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.resolve.notice import Notice
from wattgram.tracker.meters.protocol import MODEL, Part, Reading

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.tracker.machine import Machine

__all__ = ["MemoryModel"]


class MemoryModel:
    """Energy of the machine's memory, and of the job's part of it.

    Parameters
    ----------
    machine : the machine
    catalog : the constant and its range
    """

    name = "memory-model"
    period_s = 0.0

    def __init__(self, machine: Machine, catalog: Catalog) -> None:
        each = catalog.default("memory-w-per-gb")
        given = machine.allocation
        self.node_w = each.central * (given.machine_memory_gb or 0.0)
        self.job_w = each.central * (given.memory_gb or 0.0)
        what = f"{given.memory_gb or 0:.4g} of {given.machine_memory_gb or 0:.4g} GB at {each.central:g} W/GB"
        low, high = each.low / each.central, each.high / each.central
        part = Part("memory", f"{machine.id}/memory", self.name, MODEL, low, high, what)
        self.parts: tuple[Part, ...] = (part,) if self.node_w else ()
        self.begin_s: float | None = None

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s]."""
        if self.begin_s is None:
            self.begin_s = now_s
        elapsed_s = now_s - self.begin_s
        return {part.name: Reading(self.node_w * elapsed_s, self.job_w * elapsed_s) for part in self.parts}

    def notices(self) -> tuple[Notice, ...]:
        """None: the cover says that it is a model."""
        return ()
