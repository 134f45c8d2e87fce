"""Readings that name no GPU, told apart by their order: those of one query come together, and then there is a pause.

`nvidia-smi --query-gpu=timestamp,power.draw -l 1` on a machine of eight prints eight lines within some milliseconds, each
with a time of its own, and a second later the next eight. Taken as one GPU they would be an eighth of the energy.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

__all__ = ["LOOKED_AT", "Order"]

LOOKED_AT = 400
"""Readings from which the number of GPUs is told."""
CLOSE = 0.2
"""Share of the pause between two queries below which two readings belong to one."""
ALIKE = 0.9
"""Share of the queries that must have one number of readings."""
FEWEST_QUERIES = 3
FEWEST_OF_ONE_TIME = 2
"""Where the readings of a query have one time to the last digit, two of them show it."""


class Order:
    """The number of GPUs in a log that names none, and which of them a reading is of.

    Parameters
    ----------
    times_s : times of the first readings, in their order [s]
    """

    def __init__(self, times_s: list[float]) -> None:
        self.devices, self.close_s = _devices(times_s)
        self._last_s = float("-inf")
        self._at = -1

    def device(self, at_s: float) -> int:
        """The GPU, from 0, of the next reading at a time [s]."""
        if self.devices == 1:
            return 0
        together = 0 <= at_s - self._last_s <= self.close_s
        self._at = self._at + 1 if together and self._at + 1 < self.devices else 0
        self._last_s = at_s
        return self._at


def _devices(times_s: list[float]) -> tuple[int, float]:
    """Readings of a query [1] and how far apart two of them may be [s]; 1 where the readings show no such order."""
    steps_s = [later - earlier for earlier, later in pairwise(times_s)]
    lengths_s = sorted({step for step in steps_s if step > 0})
    # Between the steps within a query and the pauses between two there is a jump; a gap of hours is another one.
    jumps = [(low, high) for low, high in pairwise([0.0, *lengths_s]) if low <= CLOSE * high]
    for low_s, high_s in jumps:
        sizes = [1]
        for step in steps_s:
            if 0 <= step <= low_s:
                sizes[-1] += 1
            else:
                sizes.append(1)
        usual = int(median(sizes))
        whole = sizes if sizes[-1] >= usual else sizes[:-1]
        fewest = FEWEST_QUERIES if low_s else FEWEST_OF_ONE_TIME
        if usual > 1 and len(whole) >= fewest and whole.count(usual) >= ALIKE * len(whole):
            return usual, (low_s + high_s) / 2
    return 1, 0.0
