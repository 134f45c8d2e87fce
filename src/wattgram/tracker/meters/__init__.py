"""Meters: what this machine can measure, and a model for each part that it cannot; no part twice.

`find_meters` looks for sensors first (NVIDIA, AMD, Apple, RAPL), then lets models cover what is left: processors by
rated power and load, memory by gigabytes, stated accelerators by rated power.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.resolve.notice import Notice
from wattgram.tracker.meters.memory import MemoryModel
from wattgram.tracker.meters.processor import ProcessorModel
from wattgram.tracker.meters.protocol import Meter, Part, Reading

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.tracker.machine import Machine

__all__ = ["Meter", "Part", "Reading", "Sensors", "find_meters"]


class Sensors(NamedTuple):
    """Where to look; a test points these at its fakes."""

    powercap: str = "/sys/class/powercap"
    nvml: Any = None
    """A stand-in for NVIDIA's library."""
    amdsmi: Any = None
    apple: Any = None


def find_meters(
    machine: Machine, catalog: Catalog, hardware: str | None = None, sensors: Sensors | None = None
) -> tuple[list[Meter], list[Notice]]:
    """Every meter of this machine and what was found missing; each part is covered once.

    Parameters
    ----------
    machine : the machine
    catalog : ranges and models
    hardware : what the user states to be there
    sensors : where to look
    """
    sensors = sensors or Sensors()
    notices: list[Notice] = []
    meters: list[Meter] = []
    for make in (_nvidia, _amd, _apple, _rapl):
        try:
            meter = make(machine, catalog, sensors, notices)
        except Exception as error:  # noqa: BLE001 - whatever a driver does, the run goes on
            text = f"a sensor of {make.__name__.strip('_')} failed when it was opened: {type(error).__name__}: {error}"
            notices.append(Notice("sensor-unreadable", text))
            continue
        if meter is not None:
            _keep(meter, meters, notices)
    covered = {part.name for meter in meters for part in meter.parts}
    if hardware:
        from wattgram.tracker.meters.stated import Stated  # noqa: PLC0415 - only where something is stated

        stated = Stated(hardware, machine, catalog, covered)
        if stated.whole:
            return [stated], [*notices, *stated.notices()]
        if stated.parts:
            _keep(stated, meters, notices)
    return [*meters, *_models(machine, catalog, covered)], notices


def _models(machine: Machine, catalog: Catalog, covered: set[str]) -> list[Meter]:
    """A model for each socket and for the memory, where no sensor covers them."""
    models: list[Meter] = []
    if "system" in covered:
        return models
    bare = [number for number in range(machine.sockets) if f"cpu:{number}" not in covered]
    bare = bare[: max(0, machine.sockets - sum(name.startswith("cpu:") for name in covered))]
    if bare:
        models.append(ProcessorModel(machine, catalog, bare))
    if not any(name.startswith("dram:") for name in covered):
        memory = MemoryModel(machine, catalog)
        models += [memory] if memory.parts else []
    return models


def _keep(meter: Meter, meters: list[Meter], notices: list[Notice]) -> None:
    """Add a meter, unless what it covers is covered; a part that two meters claim is a fault of ours, and said."""
    if not meter.parts:
        notices += meter.notices()
        return
    devices = {part.device for other in meters for part in other.parts}
    if any(part.device in devices for part in meter.parts):
        text = f"{meter.name} covers a device that another meter has already, so it is left out"
        notices.append(Notice("sensor-mirrored", text))
        return
    meters.append(meter)


def _library(found: tuple[Any, str], notices: list[Notice]) -> Any:
    library, missing = found
    if missing:
        notices.append(Notice("sensor-missing", missing))
    return library


def _nvidia(machine: Machine, catalog: Catalog, sensors: Sensors, notices: list[Notice]) -> Meter | None:  # noqa: ARG001 - one face for all
    from wattgram.tracker.meters.nvidia import Nvidia, nvml  # noqa: PLC0415 - one at a time

    lib = sensors.nvml if sensors.nvml is not None else _library(nvml(), notices)
    return Nvidia(catalog, lib) if lib is not None else None


def _amd(machine: Machine, catalog: Catalog, sensors: Sensors, notices: list[Notice]) -> Meter | None:  # noqa: ARG001 - one face for all
    from wattgram.tracker.meters.amd import Amd, amdsmi  # noqa: PLC0415

    lib = sensors.amdsmi if sensors.amdsmi is not None else _library(amdsmi(), notices)
    return Amd(catalog, lib) if lib is not None else None


def _apple(machine: Machine, catalog: Catalog, sensors: Sensors, notices: list[Notice]) -> Meter | None:
    from wattgram.tracker.meters.apple import Apple, apple_silicon  # noqa: PLC0415

    lib = sensors.apple if sensors.apple is not None else _library(apple_silicon(), notices)
    return Apple(machine, catalog, lib) if lib is not None else None


def _rapl(machine: Machine, catalog: Catalog, sensors: Sensors, notices: list[Notice]) -> Meter | None:  # noqa: ARG001 - one face for all
    import os  # noqa: PLC0415 - only to see whether there is anything

    if not os.path.isdir(sensors.powercap):
        return None
    from wattgram.tracker.meters.rapl import Rapl  # noqa: PLC0415

    return Rapl(machine, catalog, sensors.powercap)
