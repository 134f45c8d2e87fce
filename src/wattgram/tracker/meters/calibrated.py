"""Calibrated: the wall meter as a line through two readings, over what the sensors and models say.

P_wall = fixed + factor * P_sensors

The sensors keep their parts; what the wall has beyond them is a part of its own, `rest`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.tracker.meters.protocol import MODEL, Part, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wattgram.resolve.notice import Notice
    from wattgram.tracker.machine import Machine
    from wattgram.tracker.meters.protocol import Meter

__all__ = ["Calibrated"]


class Calibrated:
    """Meters with the rest of the machine beside them.

    Parameters
    ----------
    meters : what is found on this machine
    machine : the machine
    fixed_w, factor : the line through the two wall-meter readings [W], [1]
    """

    name = "calibrated"

    def __init__(self, meters: Sequence[Meter], machine: Machine, fixed_w: float, factor: float) -> None:
        self.meters, self.fixed_w, self.factor = list(meters), fixed_w, factor
        what = f"wall = {fixed_w:.4g} W + {factor:.4g} x sensors"
        self.rest = Part("rest", f"{machine.id}/rest", self.name, MODEL, 1.0, 1.0, what)
        self.fraction = machine.allocation.fraction
        self.begin_s: float | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Those of the meters, and the rest."""
        return (*(part for meter in self.meters for part in meter.parts), self.rest)

    @property
    def period_s(self) -> float:
        """As often [s] as the most demanding of the meters."""
        periods = [meter.period_s for meter in self.meters if meter.period_s]
        return min(periods, default=0.0)

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s]; the job has its share of the fixed watts and what follows its own sensors."""
        if self.begin_s is None:
            self.begin_s = now_s
        readings: dict[str, Reading] = {}
        for meter in self.meters:
            readings.update(meter.read(now_s))
        fixed_j = self.fixed_w * (now_s - self.begin_s)
        node_j = fixed_j + (self.factor - 1) * sum(one.node_j for one in readings.values())
        job_j = fixed_j * self.fraction + (self.factor - 1) * sum(one.job_j for one in readings.values())
        readings["rest"] = Reading(max(0.0, node_j), max(0.0, job_j))
        return readings

    def notices(self) -> tuple[Notice, ...]:
        """What the meters have to say."""
        return tuple(notice for meter in self.meters for notice in meter.notices())
