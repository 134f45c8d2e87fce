"""AMD devices by amdsmi: the energy accumulator, each package once.

A package of two dies (MI250X) appears as two devices of which the second has no counter of its own: it reads 0, or the
same as the first. Either way its package is counted once.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from wattgram.resolve.notice import Notice
from wattgram.tracker.meters.integral import PowerIntegral
from wattgram.tracker.meters.protocol import COUNTER, POWER, POWER_PERIOD_S, Part, Reading
from wattgram.tracker.meters.visible import visible

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Amd", "amdsmi"]

JOULES_PER_MICROJOULE = 1e-6


def amdsmi() -> tuple[Any, str]:
    """AMD's library, initialised, or None and what is missing."""
    present = os.path.exists("/dev/kfd")
    if not present and "amdsmi" not in sys.modules:
        return None, ""
    try:
        from contextlib import redirect_stdout  # noqa: PLC0415 - only with the library
        from io import StringIO  # noqa: PLC0415

        with redirect_stdout(StringIO()):
            import amdsmi as lib  # noqa: PLC0415 - an extra, and it prints when it is imported

            lib.amdsmi_init()
    except ImportError:
        return (
            None,
            "AMD devices are there but not their library: pip install 'wattgram[amd]'" if present else "",
        )
    except Exception as error:  # noqa: BLE001 - a driver may fail in any way, and the run goes on
        return None, f"AMD devices are there but amdsmi does not answer: {error}" if present else ""
    return lib, ""


class _Device:
    def __init__(self, lib: Any, index: int, handle: Any) -> None:
        self.lib, self.index, self.handle = lib, index, handle
        self.uuid = str(lib.amdsmi_get_gpu_device_uuid(handle))
        try:
            asic = lib.amdsmi_get_gpu_asic_info(handle)
            self.name = str(asic.get("market_name") or "AMD device")
        except Exception:  # noqa: BLE001 - the name is not needed to count
            self.name = "AMD device"
        self.integral = PowerIntegral()
        self.last_j: float | None = None
        self.joules = 0.0
        self.method = COUNTER if self.counter_j() else POWER

    def counter_j(self) -> float | None:
        """The accumulator since boot [J]; None or 0 where the device has none."""
        try:
            info = self.lib.amdsmi_get_energy_count(self.handle)
            steps = info.get("energy_accumulator", info.get("power"))
            return float(steps) * float(info["counter_resolution"]) * JOULES_PER_MICROJOULE
        except Exception:  # noqa: BLE001 - not supported
            return None

    def read(self, now_s: float) -> float | None:
        """Joules so far; None where the device did not answer."""
        if self.method == COUNTER:
            now_j = self.counter_j()
            if now_j is None:
                return None
            self.joules += max(0.0, now_j - (now_j if self.last_j is None else self.last_j))
            self.last_j = now_j
            return self.joules
        try:
            info = self.lib.amdsmi_get_power_info(self.handle)
            power = info.get("current_socket_power", info.get("average_socket_power"))
            if not isinstance(power, (int, float)):
                power = info.get("average_socket_power")
            return self.integral.add(now_s, float(power))
        except Exception:  # noqa: BLE001 - a die without a sensor of its own
            return None


class Amd:
    """The AMD devices of a node.

    Parameters
    ----------
    catalog : ranges of the two methods
    lib : amdsmi (a fake in tests)
    chosen : what HIP_VISIBLE_DEVICES says; left out, the variables themselves
    """

    name = "amd"

    def __init__(self, catalog: Catalog, lib: Any, chosen: str | None = None) -> None:
        self.catalog = catalog
        every = [_Device(lib, i, handle) for i, handle in enumerate(lib.amdsmi_get_processor_handles())]
        for variable in ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"):
            chosen = chosen if chosen is not None else os.environ.get(variable)
        self.mine = set(visible(chosen, [device.uuid for device in every]))
        self.mirrors = [device for at, device in enumerate(every) if _mirrors(device, every[:at])]
        self.devices = [device for device in every if device not in self.mirrors]
        for mirror in self.mirrors:
            if mirror.index in self.mine and mirror.index:
                self.mine.add(mirror.index - 1)

    @property
    def parts(self) -> tuple[Part, ...]:
        """A part for each package."""
        parts = []
        for device in self.devices:
            row = "sensor-energy-counter" if device.method == COUNTER else "sensor-power-polling"
            spread = self.catalog.default(row)
            name = f"gpu:{device.index}"
            parts.append(
                Part(name, device.uuid, self.name, device.method, spread.low, spread.high, device.name)
            )
        return tuple(parts)

    @property
    def period_s(self) -> float:
        """Once a second [s] where power is integrated."""
        return POWER_PERIOD_S if any(device.method == POWER for device in self.devices) else 0.0

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s]."""
        readings = {}
        for device in self.devices:
            joules = device.read(now_s)
            if joules is not None:
                readings[f"gpu:{device.index}"] = Reading(
                    joules, joules if device.index in self.mine else 0.0
                )
        return readings

    def notices(self) -> tuple[Notice, ...]:
        """Dies that share the counter of their package."""
        names = ", ".join(f"gpu:{device.index}" for device in self.mirrors)
        text = f"{names} shares the sensor of the package before it and is not counted again"
        return (Notice("sensor-mirrored", text),) if self.mirrors else ()


def _mirrors(device: _Device, before: list[_Device]) -> bool:
    """Whether this is the second die of the package before it: the same counter, or none while that one has one."""
    if device.index % 2 == 0 or not before or before[-1].method != COUNTER:
        return False
    own, first = device.counter_j(), before[-1].counter_j()
    return not own or (first is not None and abs(own - first) < 1.0)
