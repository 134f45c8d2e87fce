"""powercap_tree: a folder of RAPL counters as Linux shows them, and the handle that moves them."""

from __future__ import annotations

import os
from collections.abc import Mapping

__all__ = ["Powercap", "powercap_tree"]

MICROJOULES_PER_JOULE = 1e6
USUAL_RANGE_UJ = 262_143_328_850


class Powercap:
    """The counters of a tree, moved by hand.

    Parameters
    ----------
    folder : the tree
    range_uj : at which each counter wraps [uJ]; None leaves the file out
    """

    def __init__(self, folder: str, range_uj: int | None) -> None:
        self.folder, self.range_uj = folder, range_uj

    def add(self, zone: str, joules: float) -> None:
        """Move a counter on by an energy [J], with its wrap."""
        path = f"{self.folder}/{zone}/energy_uj"
        with open(path, encoding="ascii") as handle:
            now_uj = int(handle.read()) + round(joules * MICROJOULES_PER_JOULE)
        if self.range_uj is not None:
            now_uj %= self.range_uj + 1
        self.set(zone, now_uj)

    def set(self, zone: str, microjoules: int | str) -> None:
        """Put a counter to a figure, or to anything else a file may hold."""
        with open(f"{self.folder}/{zone}/energy_uj", "w", encoding="ascii") as handle:
            handle.write(f"{microjoules}\n")


def powercap_tree(
    folder: str, zones: Mapping[str, str], *, start_uj: int = 1_000_000, range_uj: int | None = USUAL_RANGE_UJ
) -> Powercap:
    """Write a tree of counters.

    Parameters
    ----------
    folder : where; it stands for /sys/class/powercap
    zones : path in the tree to the name of the zone: `{"intel-rapl:0": "package-0", "intel-rapl:0/intel-rapl:0:0": "dram"}`
    start_uj : what each counter shows at first [uJ]
    range_uj : at which each counter wraps [uJ]
    """
    tree = Powercap(folder, range_uj)
    for zone, name in zones.items():
        os.makedirs(f"{folder}/{zone}", exist_ok=True)
        with open(f"{folder}/{zone}/name", "w", encoding="ascii") as handle:
            handle.write(f"{name}\n")
        if range_uj is not None:
            with open(f"{folder}/{zone}/max_energy_range_uj", "w", encoding="ascii") as handle:
                handle.write(f"{range_uj}\n")
        tree.set(zone, start_uj)
    return tree
