"""NVIDIA devices by NVML: the energy counter where it agrees with integrated power, else integrated power.

All devices of the node are read; the job's are those that CUDA_VISIBLE_DEVICES leaves it. A MIG instance has no
sensor of its own: its whole device is taken and said to be shared.
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

__all__ = ["Nvidia", "nvml"]

JOULES_PER_MILLIJOULE = WATTS_PER_MILLIWATT = 1e-3
CHECK_S = 20.0
"""For so long both the counter and the power of a device are read, to see whether they agree [s]."""
LEAST_CHECK_J = 50.0
"""Less energy than this is too coarse to compare on [J]."""


def nvml() -> tuple[Any, str]:
    """NVIDIA's library, initialised, or None and what is missing; no device is no fault."""
    present = os.path.exists("/proc/driver/nvidia/version") or os.path.exists("/dev/nvidiactl")
    if not present and "pynvml" not in sys.modules and os.name != "nt":
        return None, ""
    try:
        import pynvml  # noqa: PLC0415 - an extra, and only where there is a device

        pynvml.nvmlInit()
    except ImportError:
        fault = "NVIDIA devices are there but not their library: pip install 'wattgram[track]'"
        return None, fault if present else ""
    except Exception as error:  # noqa: BLE001 - a driver may fail in any way, and the run goes on
        return None, f"NVIDIA devices are there but NVML does not answer: {error}" if present else ""
    return pynvml, ""


class _Device:
    """One device: its handle, its two ways of being known, and what was added up."""

    def __init__(self, lib: Any, index: int) -> None:
        self.lib, self.index = lib, index
        self.handle = lib.nvmlDeviceGetHandleByIndex(index)
        self.uuid = _text(lib.nvmlDeviceGetUUID(self.handle))
        self.name = _text(lib.nvmlDeviceGetName(self.handle))
        self.integral = PowerIntegral()
        self.counter_j = 0.0
        self.last_mj: int | None = None
        self.method = COUNTER
        self.checked = False
        self.begin_s: float | None = None
        self.energy_j = 0.0
        self.dropped = False
        try:
            lib.nvmlDeviceGetTotalEnergyConsumption(self.handle)
        except Exception:  # noqa: BLE001 - not supported before Volta, or not permitted
            self.method, self.checked = POWER, True

    def power_w(self) -> float:
        """Power now [W], instantaneous where the driver has it, else its mean over a second."""
        field = getattr(self.lib, "NVML_FI_DEV_POWER_INSTANT", None)
        if field is not None:
            try:
                value = self.lib.nvmlDeviceGetFieldValues(self.handle, [field])[0]
                if value.nvmlReturn == 0:
                    return float(value.value.uiVal) * WATTS_PER_MILLIWATT
            except Exception:  # noqa: BLE001, S110 - an older driver has the other call
                pass
        return float(self.lib.nvmlDeviceGetPowerUsage(self.handle)) * WATTS_PER_MILLIWATT

    def read(self, now_s: float, agreement: float) -> float | None:
        """Joules so far; None where the device did not answer this time."""
        if self.begin_s is None:
            self.begin_s = now_s
        before_j = self.counter_j if self.method == COUNTER else self.integral.joules
        try:
            if not self.checked or self.method == POWER:
                self.integral.add(now_s, self.power_w())
            if self.method == COUNTER:
                now_mj = int(self.lib.nvmlDeviceGetTotalEnergyConsumption(self.handle))
                step_mj = now_mj - (now_mj if self.last_mj is None else self.last_mj)
                self.last_mj = now_mj
                self.dropped |= step_mj < 0
                self.counter_j += max(0, step_mj) * JOULES_PER_MILLIJOULE
        except Exception:  # noqa: BLE001 - a device that fell off the bus must not end the run
            self.dropped = True
            return None
        after_j = self.counter_j if self.method == COUNTER else self.integral.joules
        self.energy_j += after_j - before_j
        if not self.checked and now_s - self.begin_s >= CHECK_S and self.integral.joules >= LEAST_CHECK_J:
            self.checked = True
            if abs(self.counter_j / self.integral.joules - 1) > agreement:
                self.method = POWER
                self.energy_j += self.integral.joules - self.counter_j
                self.energy_j = max(self.energy_j, 0.0)
        return self.energy_j


class Nvidia:
    """The NVIDIA devices of a node.

    Parameters
    ----------
    catalog : ranges of the two methods
    lib : NVML (a fake in tests)
    chosen : what CUDA_VISIBLE_DEVICES says; left out, the variable itself
    """

    name = "nvidia"

    def __init__(self, catalog: Catalog, lib: Any, chosen: str | None = None) -> None:
        self.catalog, self.lib = catalog, lib
        self.devices = [_Device(lib, index) for index in range(lib.nvmlDeviceGetCount())]
        said = os.environ.get("CUDA_VISIBLE_DEVICES") if chosen is None else chosen
        uuids = [device.uuid for device in self.devices]
        self.mine = set(visible(said, uuids, self._parents(said)))
        self.shared = [index for index in sorted(self.mine) if "MIG" in (said or "").upper()]
        self.agreement = catalog.figure("sensor-agreement")

    def _parents(self, said: str | None) -> dict[str, str]:
        """For each MIG instance that is named, the UUID of its device."""
        parents = {}
        for word in (said or "").split(","):
            if word.strip().upper().startswith("MIG") and "GPU-" not in word.upper():
                try:
                    handle = self.lib.nvmlDeviceGetHandleByUUID(word.strip())
                    parent = self.lib.nvmlDeviceGetDeviceHandleFromMigDeviceHandle(handle)
                    parents[word.strip()] = _text(self.lib.nvmlDeviceGetUUID(parent))
                except Exception:  # noqa: BLE001, S112 - a word that names nothing ends CUDA's list too
                    continue
        return parents

    @property
    def parts(self) -> tuple[Part, ...]:
        """A part for each device, with the method that holds for it now."""
        return tuple(self._part(device) for device in self.devices)

    def _part(self, device: _Device) -> Part:
        row = "sensor-energy-counter" if device.method == COUNTER else "sensor-power-polling"
        spread = self.catalog.default(row)
        name, low, high = f"gpu:{device.index}", spread.low, spread.high
        return Part(name, device.uuid, self.name, device.method, low, high, device.name)

    @property
    def period_s(self) -> float:
        """Once a second [s] while power is integrated or a counter is being checked; else when a sample is written."""
        watched = any(device.method == POWER or not device.checked for device in self.devices)
        return POWER_PERIOD_S if watched else 0.0

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s]: of each device, and of the job where the device is visible to it."""
        readings = {}
        for device in self.devices:
            joules = device.read(now_s, self.agreement)
            if joules is not None:
                mine = joules if device.index in self.mine else 0.0
                readings[f"gpu:{device.index}"] = Reading(joules, mine)
        return readings

    def notices(self) -> tuple[Notice, ...]:
        """Shared devices, counters that were not believed, samples that were lost."""
        said = []
        if self.shared:
            names = ", ".join(f"gpu:{index}" for index in self.shared)
            text = f"{names} is used through a MIG instance, which has no sensor: the whole device is counted"
            said.append(Notice("shared-device", text))
        for device in self.devices:
            if device.checked and device.method == POWER and device.last_mj is not None:
                text = f"the energy counter of gpu:{device.index} differs from its power by more than a tenth: power is integrated"
                said.append(Notice("counter-disagrees", text))
            if device.dropped:
                text = f"gpu:{device.index} could not be read at least once, so its energy is a lower end"
                said.append(Notice("sample-dropped", text))
        return tuple(said)


def _text(given: str | bytes) -> str:
    return given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)
