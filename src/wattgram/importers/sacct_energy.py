"""The energy of a job from what its own row and those of its steps say, so that no joule is counted twice.

Slurm reads a counter of each node; a step has what the nodes it ran on drew from its start to its end, whoever else was
on them. So the figures of one job lie inside one another:

    extern    every node of the job, from its start to its end
    batch     the first node, from the job's start to its end
    0, 1 ...  the nodes of the step, while it ran

The job row has the energy of `extern` where the site keeps such a step for that, else (and in older versions always) the
sum over all its steps, in which a node counts two or three times.

References
----------
Slurm: sacct(1), ConsumedEnergy ("only in case of exclusive job allocation"); slurm.conf(5), PrologFlags=Contain.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

__all__ = ["StepEnergy", "job_energy_j"]

SAME = 0.01
"""Relative difference up to which two energies are one: printed with three digits, read some seconds apart."""


class StepEnergy(NamedTuple):
    """What one step says of its energy."""

    name: str
    joules: float
    nodes: float = 1.0
    start: str | None = None
    end: str | None = None
    elapsed_s: float | None = None


def job_energy_j(
    own_j: float | None, steps: list[StepEnergy], nodes: float | None, elapsed_s: float | None
) -> tuple[float | None, str]:
    """Energy of a job [J], and a sentence where its own row is not believed.

    Parameters
    ----------
    own_j : what the job row says [J]
    steps : what its steps say
    nodes : nodes that the job held [1]
    elapsed_s : how long it ran [s]

    Returns
    -------
    the job's own figure, but where that is the sum of steps that lie inside one another; without one, the largest of
    `extern`, `batch` and the numbered steps together; None where nobody counted
    """
    if not steps:
        return own_j, ""
    extern_j = max((step.joules for step in steps if step.name.startswith("ex")), default=0.0)
    batch_j = max((step.joules for step in steps if step.name.startswith("ba")), default=0.0)
    numbered = [step for step in steps if not step.name.startswith(("ex", "ba"))]
    inside_j = max(extern_j, batch_j, _together_j(numbered, nodes or 1.0, elapsed_s))
    every_j = sum(step.joules for step in steps)
    if own_j is None:
        return inside_j, ""
    if abs(own_j - every_j) > SAME * every_j or inside_j > every_j * (1 - SAME):
        return own_j, ""
    return inside_j, (
        f"its {own_j:g} J are the sum of steps that count the same nodes at the same time; {inside_j:g} J are counted"
    )


def _together_j(steps: list[StepEnergy], nodes: float, elapsed_s: float | None) -> float:
    """Energy of the numbered steps [J]: one after another they add up; at the same time on the same nodes they do not."""
    total_j = sum(step.joules for step in steps)
    if len(steps) < 2:  # noqa: PLR2004 - one step overlaps with none
        return total_j
    if all(step.start and step.end for step in steps):
        return sum(_cluster_j(cluster, nodes) for cluster in _clusters(steps))
    held_s = sum((step.elapsed_s or 0.0) * step.nodes for step in steps)
    if elapsed_s and held_s > elapsed_s * nodes * (1 + SAME):
        return max(step.joules for step in steps)
    return total_j


def _clusters(steps: list[StepEnergy]) -> list[list[StepEnergy]]:
    """Steps in groups that overlap in time."""
    found: list[list[StepEnergy]] = []
    last = ""
    for step in sorted(steps, key=lambda one: (one.start or "", one.end or "")):
        if found and (step.start or "") < last:
            found[-1].append(step)
        else:
            found.append([step])
        last = max(last, step.end or "")
    return found


def _cluster_j(steps: list[StepEnergy], nodes: float) -> float:
    """Energy of steps that overlap [J]: all of it where the job had nodes for each of them, else the most that need not overlap."""
    changes = sorted(
        change
        for step in steps
        for change in ((step.start, step.nodes), (step.end, -step.nodes))
        if change[0]
    )
    if max(accumulate(change for _, change in changes)) <= nodes:
        return sum(step.joules for step in steps)
    # The largest sum over steps of which no two overlap (weighted interval scheduling): certainly drawn, once.
    steps = sorted(steps, key=lambda one: one.end or "")
    ends = [step.end or "" for step in steps]
    most_j = [0.0]
    for number, step in enumerate(steps):
        before = bisect_right(ends, step.start or "", 0, number)
        most_j.append(max(most_j[-1], most_j[before] + step.joules))
    return most_j[-1]
