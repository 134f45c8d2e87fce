"""FakeNvml: as much of NVIDIA's library as a tracker uses, with devices of your making."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

__all__ = ["FakeDevice", "FakeNvml", "NVMLError"]

MILLI_PER_UNIT = 1e3


class NVMLError(Exception):
    """What the library raises."""


class FakeDevice:
    """A device that draws a constant power.

    Parameters
    ----------
    power_w : its draw [W]
    name, uuid : as the driver names it
    counter : whether it has an energy counter
    counter_factor : how wrong that counter is [1]
    mig : UUIDs of its MIG instances
    """

    def __init__(
        self,
        power_w: float = 300.0,
        name: str = "NVIDIA A100-SXM4-80GB",
        uuid: str = "",
        *,
        counter: bool = True,
        counter_factor: float = 1.0,
        mig: tuple[str, ...] = (),
    ) -> None:
        self.power_w, self.name, self.uuid = power_w, name, uuid
        self.counter, self.counter_factor, self.mig = counter, counter_factor, mig
        self.lost = False
        """Set it, and every call on the device fails, as when it falls off the bus."""


class FakeNvml:
    """The library; pass it as `sensors=Sensors(nvml=FakeNvml(...))`, or put it in `sys.modules["pynvml"]`.

    Parameters
    ----------
    devices : the devices
    now_s : a clock, such as `FakeClock().monotonic_s`, by which counters grow
    """

    wattgram_fake = True
    NVMLError = NVMLError
    NVML_FI_DEV_POWER_INSTANT = 186

    def __init__(self, devices: list[FakeDevice], now_s: Callable[[], float]) -> None:
        self.devices, self.now_s = devices, now_s
        self.calls = 0
        for index, device in enumerate(devices):
            device.uuid = device.uuid or f"GPU-{index:08x}-0000-0000-0000-000000000000"

    def _ask(self, device: FakeDevice) -> FakeDevice:
        self.calls += 1
        if device.lost:
            raise NVMLError("GPU is lost")
        return device

    def nvmlInit(self) -> None:  # noqa: N802 - the library's own name, as all that follow
        """Nothing to do."""

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        """How many devices there are."""
        return len(self.devices)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeDevice:  # noqa: N802
        """A device by number."""
        return self.devices[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Any:  # noqa: N802
        """A device, or a MIG instance, by identity."""
        for device in self.devices:
            if device.uuid == uuid:
                return device
            if uuid in device.mig:
                return SimpleNamespace(parent=device, uuid=uuid)
        raise NVMLError("Not Found")

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, handle: Any) -> FakeDevice:  # noqa: N802
        """The device that a MIG instance is part of."""
        return handle.parent  # type: ignore[no-any-return]

    def nvmlDeviceGetUUID(self, device: FakeDevice) -> str:  # noqa: N802
        """Its identity."""
        return device.uuid

    def nvmlDeviceGetName(self, device: FakeDevice) -> str:  # noqa: N802
        """Its name."""
        return device.name

    def nvmlDeviceGetTotalEnergyConsumption(self, device: FakeDevice) -> int:  # noqa: N802
        """Its energy since the driver was loaded [mJ]."""
        if not self._ask(device).counter:
            raise NVMLError("Not Supported")
        return int((1e6 + device.power_w * device.counter_factor * self.now_s()) * MILLI_PER_UNIT)

    def nvmlDeviceGetFieldValues(self, device: FakeDevice, fields: list[int]) -> list[Any]:  # noqa: N802
        """Its power now [mW]."""
        milliwatts = int(self._ask(device).power_w * MILLI_PER_UNIT)
        return [SimpleNamespace(nvmlReturn=0, value=SimpleNamespace(uiVal=milliwatts)) for _ in fields]

    def nvmlDeviceGetPowerUsage(self, device: FakeDevice) -> int:  # noqa: N802
        """Its power [mW]."""
        return int(self._ask(device).power_w * MILLI_PER_UNIT)
