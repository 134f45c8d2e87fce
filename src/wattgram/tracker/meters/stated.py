"""What the user states and no sensor covers: accelerators by rated power and load, bare watts as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.resolve import resolve_hardware
from wattgram.resolve.notice import Notice
from wattgram.tracker.meters.protocol import MODEL, Part, Reading

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.tracker.machine import Machine
    from wattgram.value import Value

__all__ = ["Stated", "stated_processor"]


def stated_processor(hardware: str, catalog: Catalog) -> str:
    """Name of the processor that a hardware word states; empty where it states none."""
    found = [d for d in resolve_hardware(hardware, catalog).devices if d.kind == "processor"]
    return str(found[0].record.name) if found and hasattr(found[0].record, "name") else ""


class Stated:
    """Modelled energy of the stated accelerators or watts.

    Parameters
    ----------
    hardware : the hardware word
    machine : the machine
    catalog : rated powers and the default load
    measured : names of the parts that a sensor covers already
    """

    name = "stated"
    period_s = 0.0

    def __init__(self, hardware: str, machine: Machine, catalog: Catalog, measured: set[str]) -> None:
        devices = resolve_hardware(hardware, catalog).devices
        self.watts: dict[str, Value] = {}
        load = catalog.default("load-training")
        sensed = any(name.startswith("gpu:") for name in measured)
        for device in devices:
            for _ in range(round(device.number)):
                if device.kind == "power":
                    self.watts[f"stated:{len(self.watts)}"] = device.rated_power_w
                elif device.kind == "accelerator" and not sensed:
                    self.watts[f"gpu:{len(self.watts)}"] = device.rated_power_w * load
        names = {device.kind: device.name for device in devices}
        self.parts = tuple(
            Part(
                name,
                f"{machine.id}/{name}",
                self.name,
                MODEL,
                power.low / power.central,
                power.high / power.central,
                names["power"] if name.startswith("stated") else names["accelerator"],
            )
            for name, power in self.watts.items()
        )
        self.begin_s: float | None = None

    @property
    def whole(self) -> bool:
        """Whether bare watts are stated, which are the draw of everything."""
        return any(name.startswith("stated") for name in self.watts)

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s]."""
        if self.begin_s is None:
            self.begin_s = now_s
        elapsed_s = now_s - self.begin_s
        return {
            name: Reading(power.central * elapsed_s, power.central * elapsed_s)
            for name, power in self.watts.items()
        }

    def notices(self) -> tuple[Notice, ...]:
        """That the accelerators are modelled."""
        if not self.watts or self.whole:
            return ()
        text = (
            f"no sensor for {len(self.watts)} stated accelerators: their energy is rated power x a usual load"
        )
        return (Notice("energy-modelled", text),)
