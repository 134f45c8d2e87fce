"""The energy that Slurm's counters give a job, and whether what it held can have drawn it.

A counter covers whole nodes, and a node may have none: then Slurm writes 0. What is too much for any node is left out; what is
only too little or too much for what the job held is the user's own measurement, stays, and is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.importers.partitions import Partition
from wattgram.importers.sacct_energy import job_energy_j
from wattgram.importers.sacct_fields import NO_VALUE, SECONDS_PER_HOUR, energy_of, tres_of
from wattgram.importers.sacct_hardware import Held
from wattgram.importers.sacct_row import Job

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Counters"]

JOULES_PER_KWH = 3.6e6


class Counters:
    """Energies of jobs, from their own rows and those of their steps; each joule once.

    Parameters
    ----------
    note : says something of a job: a code and a sentence
    """

    def __init__(self, catalog: Catalog, note: Callable[[Job, str, str], None]) -> None:
        self.catalog, self.note = catalog, note
        self.most_node_w = catalog.figure("highest-plausible-node-power")
        self.nodes: dict[str, tuple[str, str, str]] = {}
        """By the list of nodes: start, end and id of the measured job that ended last on them."""
        self._bounds_w: dict[object, tuple[float, float] | None] = {}

    def kwh(
        self,
        job: Job,
        elapsed_s: float | None,
        nodes: float | None,
        cpus: float | None,
        times: tuple[str | None, str | None],
    ) -> float | None:
        """Energy of a job [kWh] of so long [s] on so many nodes and CPUs [1]; None where nobody counted, or no node could draw as much."""
        said = job.said
        if not (
            said.consumedenergyraw
            or said.consumedenergy
            or job.energies
            or job.zero_energy
            or "energy=" in said.alloctres
        ):
            return None
        own_j = energy_of(said.consumedenergyraw) or energy_of(said.consumedenergy)
        own_j = own_j or tres_of(said.alloctres).energy_j
        if own_j is not None and own_j >= NO_VALUE and job.energies:
            own_j = None
        joules, twice = job_energy_j(own_j, job.energies, nodes, elapsed_s)
        if joules is None:
            if job.zero_energy or _is_zero(said.consumedenergyraw) or _is_zero(said.consumedenergy):
                text = "its ConsumedEnergy is 0, as Slurm writes it where no sensor is read, and unknown is not zero; it is left to be modelled"
                self.note(job, "energy-zero", text)
            return None
        most_nodes = nodes or cpus or 1.0
        if joules >= NO_VALUE or (elapsed_s and joules / elapsed_s > self.most_node_w * most_nodes):
            text = f"{joules:g} J in {elapsed_s or 0:g} s is no energy of {most_nodes:g} node{'' if most_nodes == 1 else 's'}; it is left out"
            self.note(job, "energy-implausible", text)
            return None
        if twice:
            self.note(job, "energy-counted-twice", twice)
        self._say_shared(job, *times)
        return joules / JOULES_PER_KWH

    def say_odd(
        self,
        job: Job,
        measured_kwh: float | None,
        elapsed_s: float | None,
        held: Held,
        partition: Partition,
    ) -> None:
        """Say of an energy [kWh] over a time [s] that it is less than what the job held draws at rest, or more than at its rated power."""
        if not measured_kwh or not elapsed_s or held.hardware is None:
            return
        asked = (held.hardware, held.number, partition.overhead)
        if asked not in self._bounds_w:
            self._bounds_w[asked] = self._bounds(held.hardware, held.number, partition.overhead)
        bounds = self._bounds_w[asked]
        if bounds is None:
            return
        least_w, most_w = bounds
        mean_w = measured_kwh * 1000 * SECONDS_PER_HOUR / elapsed_s
        what = held.hardware if held.number == 1 else f"{held.number}x{held.hardware}"
        drawn = f"its {measured_kwh:.4g} kWh are a mean of {mean_w:,.4g} W"
        if mean_w < least_w:
            text = (
                f"{drawn}, less than {what} draws at rest ({least_w:,.4g} W): its counter may not see the GPUs, or have begun late; "
                "it is kept as measured; leave the column out and it is modelled"
            )
            self.note(job, "energy-low", text)
        elif mean_w > most_w:
            text = (
                f"{drawn}, more than {what} draws at its rated power, all around it included ({most_w:,.4g} W): "
                "Slurm counts the whole node, whoever else was on it; it is kept as measured"
            )
            self.note(job, "energy-high", text)

    def _bounds(self, word: str, number: int, overhead: float | None) -> tuple[float, float] | None:
        """The least and the most that hardware can draw [W], what is around it included; None for what the catalog does not know.

        The least is that at rest: rated power x the low end of the share at rest x the low end of what is around it.
        """
        from wattgram.resolve import resolve_hardware  # noqa: PLC0415 - only where an energy is measured

        try:
            found = resolve_hardware(word, self.catalog, number)
        except InputError:
            return None
        rests = "processor-idle-share" if found.kind == "cpu-node" else "idle-share"
        around = self.catalog.default(found.overhead_id) if found.overhead_id else None
        low, high = (around.low, around.high) if around is not None else (1.0, 1.0)
        low, high = (overhead, overhead) if overhead is not None else (low, high)
        least_w = found.rated_power_w.central * self.catalog.default(rests).low * low
        return least_w, (found.rated_power_w.high + found.host_power_w.high) * high

    def _say_shared(self, job: Job, start: str | None, end: str | None) -> None:
        """Say where another measured job was on the same nodes at the same time: each has the energy of both."""
        nodes = job.said.nodelist
        if not nodes or start is None or end is None:
            return
        before = self.nodes.get(nodes)
        if before is None or end > before[1]:
            self.nodes[nodes] = (start, end, job.identity)
        if before is not None and start < before[1] and end > before[0]:
            text = (
                f"job {before[2]} was on {nodes} at the same time, and Slurm counts the whole node for both"
            )
            self.note(job, "energy-of-shared-node", text)


def _is_zero(cell: str) -> bool:
    """Whether a cell says 0, and not nothing."""
    text = cell.strip()
    return text[:1] == "0" and energy_of(text) is None
