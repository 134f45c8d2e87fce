"""Apple silicon by zeus-apple-silicon: processor, graphics, memory and neural engine of the chip."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wattgram.resolve.notice import Notice
from wattgram.tracker.meters.protocol import COUNTER, COUNTER_PERIOD_S, Part, Reading

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.tracker.machine import Machine

__all__ = ["Apple", "apple_silicon"]

JOULES_PER_MILLIJOULE = 1e-3
FIELDS = {
    "cpu:0": "cpu_total_mj",
    "gpu:0": "gpu_mj",
    "gpu:0.sram": "gpu_sram_mj",
    "dram:0": "dram_mj",
    "ane:0": "ane_mj",
}
"""Part, and the field of the library that has its millijoules."""
WINDOW = "wattgram"


def apple_silicon() -> tuple[Any, str]:
    """The library, or None and what is missing."""
    if sys.platform != "darwin" and "zeus_apple_silicon" not in sys.modules:
        return None, ""
    try:
        import zeus_apple_silicon as lib  # noqa: PLC0415 - an extra
    except ImportError:
        return (
            None,
            "the chip has energy counters but their library is not here: pip install 'wattgram[apple]'",
        )
    return lib, ""


class Apple:
    """The counters of an Apple chip, read in windows that follow one another.

    Parameters
    ----------
    machine : the machine
    catalog : the range of a counter
    lib : the library (a fake in tests)
    """

    name = "apple"
    period_s = COUNTER_PERIOD_S

    def __init__(self, machine: Machine, catalog: Catalog, lib: Any) -> None:
        self.monitor = lib.AppleEnergyMonitor()
        self.monitor.begin_window(WINDOW)
        self.joules: dict[str, float] = {}
        spread = catalog.default("sensor-energy-counter")
        what = machine.processor or "Apple chip"
        self.parts = tuple(
            Part(name, f"{machine.id}/{name}", self.name, COUNTER, spread.low, spread.high, what)
            for name in FIELDS
        )

    def read(self, now_s: float) -> dict[str, Reading]:  # noqa: ARG002 - the library keeps time itself
        """Energy so far [J], at a time [s]; a field that the chip has not is left out."""
        window = self.monitor.end_window(WINDOW)
        self.monitor.begin_window(WINDOW)
        for name, field in FIELDS.items():
            millijoules = getattr(window, field, None)
            if millijoules is not None:
                self.joules[name] = self.joules.get(name, 0.0) + millijoules * JOULES_PER_MILLIJOULE
        return {name: Reading(joules, joules) for name, joules in self.joules.items()}

    def notices(self) -> tuple[Notice, ...]:
        """None."""
        return ()
