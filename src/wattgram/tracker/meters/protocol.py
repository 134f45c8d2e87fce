"""Meter: one source of energy figures, and the parts of the machine that it covers.

A meter adds up joules since it was opened. It never goes backwards, and a part that it could not read is left out of a
reading rather than given as 0. Every part says by which method it is known, so a total says what is measured in it and
what is modelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from wattgram.resolve.notice import Notice

__all__ = ["COUNTER", "COUNTER_PERIOD_S", "MODEL", "POWER", "POWER_PERIOD_S", "Meter", "Part", "Reading"]

COUNTER, POWER, MODEL = "energy-counter", "power-integral", "model"
COUNTER_PERIOD_S = 15.0
"""A counter adds up by itself: it is read as seldom as a journal is written."""
POWER_PERIOD_S = 1.0
"""Power has to be integrated, so it is read at least once a second."""


class Part(NamedTuple):
    """One part of the machine that a meter answers for."""

    name: str
    """`gpu:0`, `cpu:0`, `dram:0`, `memory`, `rest`: the name in the journal."""
    device: str
    """Identity of the device across the processes of a node: a UUID, else the machine's id with the part's name."""
    meter: str
    method: str
    """energy-counter, power-integral or model"""
    low: float
    high: float
    """Ends of the 90 % range as factors on the joules [1]."""
    what: str
    """The device as its driver names it, or the model and its figures."""
    share: str = "device"
    """How the job's part is told: `device` (all of it), `allocation` (of the whole job) or `tree` (of this process tree)."""

    @property
    def cover(self) -> str:
        """The part as `covers` names it: modelled ones say so."""
        return f"{self.name} (model)" if self.method == MODEL else self.name

    def to_dict(self) -> dict[str, Any]:
        """The part as the journal's header has it."""
        return self._asdict()


class Reading(NamedTuple):
    """Joules of one part since the meter was opened: of the whole device, and of this job."""

    node_j: float
    job_j: float


class Meter(Protocol):
    """What a source of energy figures has to have; users may write their own and pass it as `meters=[...]`."""

    @property
    def name(self) -> str:
        """The meter's own name."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it covers now."""

    @property
    def period_s(self) -> float:
        """How often it has to be read [s]; 0 is "when a sample is written"."""

    def read(self, now_s: float) -> Mapping[str, Reading]:
        """Joules so far by part; `now_s` is monotonic time [s]. A part that cannot be read is left out."""

    def notices(self) -> tuple[Notice, ...]:
        """What a reader of the figures has to know about this meter."""
