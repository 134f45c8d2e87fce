"""Processors without a sensor: rated power x the share of it that a processor draws at its load.

P = P_rated * s(load)        s from measured servers: 0.12 at rest, 0.32 at 10 %, 0.75 at 50 %, 1.02 at full load

The job's part is that of the processors it was given, at the load of its own processes:

P_job = P_rated * (given / all) * s(load of the job on what it was given)

Since s rises ever less, the parts of jobs that share a machine by allocation never add up to more than the machine.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from wattgram.resolve.notice import Notice
from wattgram.tracker.cgroup import cgroup_seconds
from wattgram.tracker.meters.protocol import MODEL, Part, Reading

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.tracker.machine import Machine

__all__ = ["LoadGauge", "ProcessorModel", "share_of_rated"]

SHORTEST_WINDOW_S = 0.1
"""Processor time is counted in steps of 10 ms; over less than ten of them a load is mostly noise [s]."""
CURVE = (
    (0.0, "processor-idle-share"),
    (0.1, "processor-curve-10"),
    (0.5, "processor-curve-50"),
    (1.0, "processor-curve-100"),
)
"""Load [1], and the row of assumptions.csv with the share of rated power at that load."""


def share_of_rated(load: float, catalog: Catalog) -> float:
    """Share of its rated power that a processor draws at a load [1], linear between the measured points.

    References
    ----------
    Teads 2021, mean of measured servers
    """
    points = [(at, catalog.figure(row)) for at, row in CURVE]
    load = min(max(load, 0.0), 1.0)
    for (left, low), (right, high) in pairwise(points):
        if load <= right:
            return low + (high - low) * (load - left) / (right - left)
    return points[-1][1]


class LoadGauge:
    """Load of the machine and of the job, between one look and the next.

    Parameters
    ----------
    machine : the machine whose times are read
    catalog : where the curve is
    """

    def __init__(self, machine: Machine, catalog: Catalog) -> None:
        self.machine, self.catalog = machine, catalog
        self.fraction = machine.allocation.fraction
        self.at_s: float | None = None
        self.machine_share = self.job_share = share_of_rated(0.0, catalog)

    @property
    def by(self) -> str:
        """How the job's load is told: `allocation` or `tree`."""
        return "allocation" if self.machine.allocation.cgroup else "tree"

    def _times(self) -> tuple[float | None, float | None]:
        file = self.machine.allocation.cgroup
        job = cgroup_seconds(file) if file else None
        return self.machine.machine_seconds(), self.machine.tree_seconds() if job is None else job

    def look(self, now_s: float) -> tuple[float, float]:
        """Shares of rated power since the last look: (whole machine, the job on what it was given) [1]."""
        if self.at_s is None:
            self.at_s, self.times = now_s, self._times()
        elapsed_s = now_s - self.at_s
        if elapsed_s < SHORTEST_WINDOW_S:
            return self.machine_share, self.job_share
        (machine_was, job_was), self.times = self.times, self._times()
        machine_is, job_is = self.times
        given = self.machine.allocation
        job_load = _load(job_was, job_is, elapsed_s * given.cpus)
        all_load = _load(machine_was, machine_is, elapsed_s * given.machine_cpus)
        if job_load is None:
            job_load = all_load if all_load is not None else 1.0
        all_load = max(all_load or 0.0, job_load * self.fraction)
        self.at_s = now_s
        self.machine_share = share_of_rated(all_load, self.catalog)
        self.job_share = share_of_rated(job_load, self.catalog)
        return self.machine_share, self.job_share

    def job_of_measured(self, now_s: float) -> float:
        """The job's part of what a sensor measured for the whole machine [1], split as the model would."""
        machine_share, job_share = self.look(now_s)
        return min(1.0, self.fraction * job_share / machine_share)


def _load(was: float | None, now: float | None, whole_s: float) -> float | None:
    if was is None or now is None or whole_s <= 0:
        return None
    return min(1.0, max(0.0, (now - was) / whole_s))


class ProcessorModel:
    """Energy of the sockets that no sensor covers.

    Parameters
    ----------
    machine : the machine
    catalog : rated powers, curve and range
    sockets : numbers of the sockets to cover
    """

    name = "processor-model"
    period_s = 0.0

    def __init__(self, machine: Machine, catalog: Catalog, sockets: list[int]) -> None:
        self.gauge = LoadGauge(machine, catalog)
        rated = machine.rated(catalog)
        spread = catalog.default("sensor-tdp-model")
        range_ = (rated.power_w * spread) * (1 / rated.power_w.central)
        self.each_w = rated.power_w.central / machine.sockets
        what = f"{machine.processor or 'processor'}: {rated.power_w.central:.4g} W rated ({rated.words}), by load"
        self.parts = tuple(
            Part(
                f"cpu:{number}",
                f"{machine.id}/cpu:{number}",
                self.name,
                MODEL,
                range_.low,
                range_.high,
                what,
                self.gauge.by,
            )
            for number in sockets
        )
        self._said = _notices(machine, rated.known, rated.power_w.central)
        self.node_j = self.job_j = 0.0
        self.at_s: float | None = None

    def read(self, now_s: float) -> dict[str, Reading]:
        """Energy so far [J], at a time [s], each socket the same."""
        machine_share, job_share = self.gauge.look(now_s)
        if self.at_s is not None:
            elapsed_s = now_s - self.at_s
            self.node_j += self.each_w * machine_share * elapsed_s
            self.job_j += self.each_w * self.gauge.fraction * job_share * elapsed_s
        self.at_s = now_s
        return {part.name: Reading(self.node_j, self.job_j) for part in self.parts}

    def notices(self) -> tuple[Notice, ...]:
        """That it is a model, and on what it rests."""
        return self._said


def _notices(machine: Machine, known: bool, rated_w: float) -> tuple[Notice, ...]:  # noqa: FBT001 - two facts of one row
    named = machine.processor or "no name"
    text = (
        f"no sensor for the processor: its energy is modelled from {rated_w:.3g} W rated power and its load"
    )
    said = [Notice("energy-modelled", text)]
    if not known:
        text = (
            f"the processor says it is '{named}', which the catalog has not: a typical draw per vCPU is taken"
        )
        said.append(Notice("processor-unknown", text))
    return tuple(said)
