"""RAPL: the energy counters of Intel and AMD processors, each joule counted once.

The tree of counters has traps. `psys` contains the packages; MSR and MMIO list one package twice; some AMD machines
mirror the counter of a socket on each of its dies; `core` and `uncore` are inside their package; a counter wraps at
`max_energy_range_uj`. Packages and their `dram` are counted, `psys` only where there is no package.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from wattgram.resolve.notice import Notice
from wattgram.tracker.cgroup import read_text
from wattgram.tracker.meters.processor import LoadGauge
from wattgram.tracker.meters.protocol import COUNTER, Part, Reading

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.tracker.machine import Machine

__all__ = ["POWERCAP", "Rapl", "Zone", "zones"]

POWERCAP = "/sys/class/powercap"
JOULES_PER_MICROJOULE = 1e-6
MIRROR_J, MIRROR_SHARE = 1.0, 0.01
"""How far a counter has to move before it can be told from another [J], and how near mirrored ones stay [1]."""
WRAP_PERIOD_S = 30.0
"""The smallest counters wrap after about 90 s at full draw; they are read more often than that [s]."""
_PACKAGE = re.compile(r"package-(\d+)(?:-die-(\d+))?")


class Zone(NamedTuple):
    """One counter of the tree."""

    part: str
    """`cpu:0`, `dram:0`, or `system` for psys"""
    path: str
    max_uj: int | None
    name: str


def zones(powercap: str = POWERCAP) -> tuple[list[Zone], list[str]]:
    """The counters to read, each joule once, and the paths that are there but cannot be read."""
    found: dict[str, Zone] = {}
    psys: list[Zone] = []
    closed: list[str] = []
    for folder in _folders(powercap):
        name = read_text(f"{folder}/name").strip()
        package = _package_of(folder, name)
        if name == "psys":
            psys.append(_zone("system", folder, name))
        elif package is not None and (name.startswith("package") or name == "dram"):
            part = f"{'dram' if name == 'dram' else 'cpu'}:{package}"
            zone = _zone(part, folder, name)
            if not _readable(zone):
                closed.append(zone.path)
            elif part not in found:
                found[part] = zone
    if not found:
        readable = [zone for zone in psys if _readable(zone)]
        closed += [zone.path for zone in psys if zone not in readable]
        return readable[:1], closed
    return [found[part] for part in sorted(found)], [path for path in closed if _part_of(path) not in found]


def _folders(powercap: str) -> list[str]:
    """Zones in the order of preference: MSR (or AMD's) before MMIO, parents before their children."""
    try:
        names = os.listdir(powercap)
    except OSError:
        return []
    folders = []
    for name in sorted(names, key=lambda name: ("mmio" in name, name.count(":"), name)):
        folder = f"{powercap}/{name}"
        folders.append(folder)
        try:
            nested = [one for one in os.listdir(folder) if one.startswith(f"{name}:")]
        except OSError:
            continue
        folders += [f"{folder}/{one}" for one in sorted(nested) if one not in names]
    return [folder for folder in folders if os.path.exists(f"{folder}/energy_uj")]


def _zone(part: str, folder: str, name: str) -> Zone:
    largest = read_text(f"{folder}/max_energy_range_uj").strip()
    return Zone(part, f"{folder}/energy_uj", int(largest) if largest.isdigit() else None, name)


def _package_of(folder: str, name: str) -> str | None:
    """Number of the package that a zone is, or is inside of, with its die where it names one."""
    if match := _PACKAGE.fullmatch(name):
        return match[1] + (f".{match[2]}" if match[2] and match[2] != "0" else "")
    if name != "dram":
        return None
    head, _, zone = folder.rpartition("/")
    parent = head if os.path.exists(f"{head}/name") else f"{head}/{zone.rpartition(':')[0]}"
    return _package_of(parent, read_text(f"{parent}/name").strip()) if zone.count(":") > 1 else None


def _part_of(path: str) -> str:
    folder = path.rpartition("/")[0]
    name = read_text(f"{folder}/name").strip()
    return f"{'dram' if name == 'dram' else 'cpu'}:{_package_of(folder, name)}"


def _readable(zone: Zone) -> bool:
    return read_text(zone.path).strip().isdigit()


class Rapl:
    """The counters of the machine's processors and memory.

    Parameters
    ----------
    machine : whose load tells the job's part
    catalog : the range of a counter
    powercap : folder of the counters
    """

    name = "rapl"

    def __init__(self, machine: Machine, catalog: Catalog, powercap: str = POWERCAP) -> None:
        self.zones, closed = zones(powercap)
        self.gauge = LoadGauge(machine, catalog)
        spread = catalog.default("sensor-energy-counter")
        what = machine.processor or "processor"
        self.parts = tuple(
            Part(
                z.part,
                f"{machine.id}/{z.part}",
                self.name,
                COUNTER,
                spread.low,
                spread.high,
                f"{what}, {z.name}",
                self.gauge.by,
            )
            for z in self.zones
        )
        smallest = min((zone.max_uj or 0 for zone in self.zones), default=0)
        self.period_s = WRAP_PERIOD_S if smallest else 0.0
        self.last_uj: dict[str, int] = {}
        self.first_uj: dict[str, int] = {}
        self.joules: dict[str, list[float]] = {part.name: [0.0, 0.0] for part in self.parts}
        self.mirrors: set[str] = set()
        self.settled: set[str] = set()
        self.dropped: dict[str, int] = {}
        self._said: list[Notice] = []
        if closed:
            text = (
                f"{len(closed)} energy counters of the processor are there but may not be read by this user "
                f"({closed[0]}); `sudo chmod a+r {closed[0]}` opens one until the next boot"
            )
            self._said.append(Notice("sensor-unreadable", text))

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s]; a counter that went back without a wrap, or cannot be read, drops this sample."""
        share = self.gauge.job_of_measured(now_s)
        readings: dict[str, Reading] = {}
        for zone in self.zones:
            if zone.part in self.mirrors:
                continue
            text = read_text(zone.path).strip()
            if not text.isdigit():
                self._drop(zone, "could not be read")
                continue
            now_uj = int(text)
            step_uj = now_uj - self.last_uj.get(zone.part, now_uj)
            self.last_uj[zone.part] = now_uj
            self.first_uj.setdefault(zone.part, now_uj)
            if step_uj < 0:
                if zone.max_uj is None or step_uj + zone.max_uj + 1 < 0:
                    self._drop(zone, "went back")
                    continue
                step_uj += zone.max_uj + 1
            node = self.joules[zone.part]
            node[0] += step_uj * JOULES_PER_MICROJOULE
            node[1] += step_uj * JOULES_PER_MICROJOULE * share
            readings[zone.part] = Reading(*node)
        self._settle_dies(readings)
        return readings

    def _settle_dies(self, readings: dict[str, Reading]) -> None:
        """Dies that show the counter of their socket are no counters of their own.

        A further die is held back until the first has moved by a joule; then it either moved with it, from the same
        figure, and is dropped, or it is counted with all that it added up meanwhile.
        """
        for zone in self.zones:
            first = zone.part.partition(".")[0]
            if zone.part == first or zone.part in self.settled or zone.part in self.mirrors:
                continue
            if first not in readings or zone.part not in readings:
                continue
            moved_j, own_j = readings[first].node_j, readings[zone.part].node_j
            if max(moved_j, own_j) < MIRROR_J:
                del readings[zone.part]
            elif (
                self._near(first, zone.part) and abs(moved_j - own_j) < MIRROR_SHARE * moved_j + MIRROR_J / 10
            ):
                self.mirrors.add(zone.part)
                del readings[zone.part]
                self.parts = tuple(part for part in self.parts if part.name != zone.part)
                text = f"{zone.name} mirrors the counter of its socket and is not counted again"
                self._said.append(Notice("sensor-mirrored", text))
            else:
                self.settled.add(zone.part)

    def _near(self, first: str, other: str) -> bool:
        return abs(self.first_uj[first] - self.first_uj[other]) * JOULES_PER_MICROJOULE < 2 * MIRROR_J

    def _drop(self, zone: Zone, why: str) -> None:
        self.dropped[zone.part] = self.dropped.get(zone.part, 0) + 1
        if self.dropped[zone.part] == 1:
            text = f"the counter {zone.name} {why} at least once; that sample is left out, so the energy is a lower end"
            self._said.append(Notice("sample-dropped", text))

    def notices(self) -> tuple[Notice, ...]:
        """What was found closed, mirrored or dropped."""
        return tuple(self._said)
