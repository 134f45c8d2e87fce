"""Slurm: what `sacct` prints, in any of its layouts, to a table of runs, one row for each attempt of a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wattgram.importers.partitions import Site, load_site
from wattgram.importers.reading import paths_of
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row
from wattgram.importers.sacct_fields import (
    NO_VALUE,
    RUNNING,
    SECONDS_PER_HOUR,
    WAITING,
    WASTED,
    Gpu,
    Tres,
    energy_of,
    gres_of,
    memory_of,
    seconds_of,
    state_of,
    time_of,
    tres_of,
)
from wattgram.importers.sacct_hardware import Words
from wattgram.importers.sacct_jobs import Job, jobs_of

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["COLUMNS", "read_slurm"]

COLUMNS = (
    *RUN_COLUMNS,
    "job",
    "name",
    "user",
    "account",
    "partition",
    "state",
    "wasted",
    "submit",
    "nodes",
    "cpus",
    "gpus",
    "cpu_efficiency",
    "memory_requested_gb",
    "memory_used_gb",
)
JOULES_PER_KWH = 3.6e6
NOISE = 1.02
"""CPU time is sampled: up to this much over the time held is rounding, not a fault."""


def read_slurm(
    source: Any,
    *,
    partitions: str | Mapping[str, Any] | None = None,
    where: str | None = None,
    hardware: str | None = None,
    finished: bool = False,
    delimiter: str | None = None,
    columns: str | None = None,
    catalog: Catalog | None = None,
) -> Imported:
    """Jobs of `sacct` as a table of runs.

    Parameters
    ----------
    source : path, paths, open file, or `-` for standard input
    partitions : TOML file (or mapping) that describes the site's partitions; without it the GPU type that Slurm
        names is the hardware, and cores are those of a server processor nobody named
    where : place of jobs whose partition states none
    hardware : what GPUs are whose type the log does not name
    finished : leave out jobs that still run (they count so far otherwise)
    delimiter : what stands between cells, where the header does not show it
    columns : names of the columns, for a log without a header

    Returns
    -------
    rows with `hours` [h], `load` [1], `measured_energy_kwh` [kWh], memory [GB]; findings; summary

    Raises
    ------
    InputError : a log without the header of sacct, a description of partitions that cannot be used
    """
    from wattgram.catalog import Catalog as Loaded  # noqa: PLC0415 - the catalog opens when a log is read

    journal = Journal()
    site = load_site(partitions)
    words = Words(site, hardware, catalog if catalog is not None else Loaded.load())
    reader = _Reader(site, words, where, journal, finished=finished)
    jobs = jobs_of(paths_of(source), journal, delimiter, columns)
    return Imported("slurm", COLUMNS, reader.rows(jobs), journal)


class _Reader:
    """Jobs to rows, and the account of them."""

    def __init__(
        self, site: Site, words: Words, where: str | None, journal: Journal, *, finished: bool
    ) -> None:
        self.site, self.words, self.where, self.journal, self.finished = site, words, where, journal, finished
        self.most_node_w = words.catalog.figure("highest-plausible-node-power")
        journal.figures.update(
            dict.fromkeys(("jobs", "finished", "running", "pending", "never_started"), 0)
            | {"core_hours": 0.0, "gpu_hours": 0.0, "wasted": {}}
            | {"memory_requested_gb_hours": 0.0, "memory_used_gb_hours": 0.0, "memory_known_gb_hours": 0.0}
            | {"measured": 0, "measured_energy_kwh": 0.0}
        )

    def rows(self, jobs: Iterator[Job]) -> Iterator[Row]:
        """One row for each job that ran."""
        for job in jobs:
            try:
                row = self._row(job)
            except ValueError as error:
                self.journal.bad(job.line.file, job.line.number, "bad-row", f"job {job.identity}: {error}")
                continue
            if row is not None:
                yield row

    def _row(self, job: Job) -> Row | None:
        cell, journal = job.cell, self.journal
        state = state_of(cell("state"))
        elapsed_s, cpus = _elapsed_s(job), _cpus(job)
        journal.add("jobs")
        if state in WAITING and not elapsed_s:
            journal.add("pending")
            return None
        if elapsed_s == 0:
            journal.add("never_started")
            return None
        running = state in RUNNING
        journal.add("running" if running else "finished")
        if running and self.finished:
            return None
        tres = _tres(job)
        cpus = tres.cpus or cpus
        nodes = tres.nodes or _number(cell("allocnodes")) or _number(cell("nnodes"))
        gpus = _gpus(job, tres)
        requested_gb = (
            tres.memory_gb or memory_of(cell("reqmem"), cpus, nodes) or tres_of(cell("reqtres")).memory_gb
        )
        name = cell("partition").split(",")[0]
        partition = self.site.of(name)
        busy, efficiency = self._busy(job, elapsed_s, cpus)
        held = self.words.held(partition, gpus, cpus, requested_gb, busy)
        hours = None if elapsed_s is None else elapsed_s / SECONDS_PER_HOUR
        measured_kwh = self._measured_kwh(job, elapsed_s, nodes, cpus)
        self._say(job, held.code, held.text, hours, measured_kwh, known=held.hardware is not None)
        start, end = _times(job, running=running)
        row: Row = dict.fromkeys(COLUMNS)
        row.update(
            hardware=held.hardware,
            count=held.number,
            hours=hours,
            where=partition.where or self.where,
            load=held.load
            if held.load is not None
            else partition.load
            if gpus
            else self.words.load_of(partition, efficiency),
            overhead=partition.overhead,
            pue=partition.pue,
            measured_energy_kwh=measured_kwh,
            measured_scope=None if measured_kwh is None else partition.energy_scope or "it",
            workload=partition.workload,
            start=start,
            end=end,
            job=job.identity,
            name=cell("jobname") or None,
            user=cell("user") or cell("uid") or None,
            account=cell("account") or None,
            partition=name or None,
            state=state or None,
            wasted=None if running or not state else "yes" if state in WASTED else "no",
            submit=time_of(cell("submit")),
            nodes=_whole(nodes),
            cpus=_whole(cpus),
            gpus=_whole(sum(gpu.number for gpu in gpus)),
            cpu_efficiency=efficiency,
            memory_requested_gb=requested_gb,
            memory_used_gb=job.rss_gb or None,
        )
        self._account(row, state)
        return row

    def _busy(
        self, job: Job, elapsed_s: float | None, cpus: float | None
    ) -> tuple[float | None, float | None]:
        """Mean number of busy CPUs and their share of those held; None where no CPU time was counted."""
        busy_s = seconds_of(job.cell("totalcpu")) or job.busy_s or None
        if not busy_s or not elapsed_s or not cpus:
            return None, None
        busy = busy_s / elapsed_s
        if busy > cpus * NOISE and busy_s > elapsed_s * cpus + cpus:
            text = f"job {job.identity} has more CPU time than it held cores; they are taken as all busy"
            self.journal.note(job.line.file, job.line.number, "cpu-time-over", text)
        busy = min(busy, cpus)
        return busy, busy / cpus

    def _measured_kwh(
        self, job: Job, elapsed_s: float | None, nodes: float | None, cpus: float | None
    ) -> float | None:
        """Energy that the nodes' counters give [kWh]: the job's own, else that of its steps; never both."""
        joules = energy_of(job.cell("consumedenergyraw")) or energy_of(job.cell("consumedenergy"))
        joules = joules or job.step_energy_j() or tres_of(job.cell("alloctres")).energy_j
        if joules is None:
            return None
        most_nodes = nodes or cpus or 1.0
        if joules >= NO_VALUE or (elapsed_s and joules / elapsed_s > self.most_node_w * most_nodes):
            text = f"job {job.identity}: {joules:g} J in {elapsed_s or 0:g} s is no energy of {most_nodes:g} nodes; it is left out"
            self.journal.note(job.line.file, job.line.number, "energy-implausible", text)
            return None
        return joules / JOULES_PER_KWH

    def _say(
        self, job: Job, code: str, text: str, hours: float | None, measured_kwh: float | None, *, known: bool
    ) -> None:
        journal, line = self.journal, job.line
        if not known:
            journal.bad(line.file, line.number, code, f"job {job.identity}: {text}")
        elif code:
            journal.note(line.file, line.number, code, f"job {job.identity}: {text}")
        if hours is None and measured_kwh is None:
            journal.bad(
                line.file,
                line.number,
                "hours-unknown",
                f"job {job.identity}: neither a duration nor an energy is known",
            )
        else:
            journal.usable += 1

    def _account(self, row: Row, state: str) -> None:
        hours, figures = row["hours"] or 0.0, self.journal.figures
        core_hours, gpu_hours = hours * (row["cpus"] or 0), hours * row["gpus"]
        figures["core_hours"] += core_hours
        figures["gpu_hours"] += gpu_hours
        if row["wasted"] == "yes":
            waste = figures["wasted"].setdefault(state, {"jobs": 0, "core_hours": 0.0, "gpu_hours": 0.0})
            waste["jobs"] += 1
            waste["core_hours"] += core_hours
            waste["gpu_hours"] += gpu_hours
        if row["memory_requested_gb"]:
            figures["memory_requested_gb_hours"] += row["memory_requested_gb"] * hours
            if row["memory_used_gb"]:
                figures["memory_known_gb_hours"] += row["memory_requested_gb"] * hours
                figures["memory_used_gb_hours"] += (
                    min(row["memory_used_gb"], row["memory_requested_gb"]) * hours
                )
        if row["measured_energy_kwh"] is not None:
            figures["measured"] += 1
            figures["measured_energy_kwh"] += row["measured_energy_kwh"]


def _number(cell: str) -> float | None:
    return float(cell) if cell.isdigit() and cell != "0" else None


def _whole(number: float | None) -> float | None:
    """3.0 as 3: counts are printed as counts."""
    return int(number) if number is not None and number == int(number) else number


def _elapsed_s(job: Job) -> float | None:
    """How long an attempt ran [s]: said, or from start to end, or its CPU time over its CPUs."""
    for name in ("elapsed", "elapsedraw"):
        seconds = seconds_of(job.cell(name))
        if seconds is not None:
            return seconds
    start, end = time_of(job.cell("start")), time_of(job.cell("end"))
    if start and end:
        from datetime import datetime  # noqa: PLC0415 - only where Elapsed is missing

        return max(0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
    held_s, cpus = seconds_of(job.cell("cputime")) or seconds_of(job.cell("cputimeraw")), _cpus(job)
    return held_s / cpus if held_s is not None and cpus else None


def _cpus(job: Job) -> float | None:
    return _number(job.cell("alloccpus")) or _number(job.cell("ncpus")) or _number(job.cell("reqcpus"))


def _tres(job: Job) -> Tres:
    """What was allocated; what was asked for where the log does not say."""
    for cell in (job.cell("alloctres"), job.cell("reqtres")):
        if cell:
            return tres_of(cell)
    return job.step_tres or Tres()


def _gpus(job: Job, tres: Tres) -> tuple[Gpu, ...]:
    """GPUs held; their type from whichever field names it."""
    others = (
        gres_of(job.cell("allocgres")),
        tres_of(job.cell("reqtres")).gpus,
        gres_of(job.cell("reqgres")),
        job.step_tres.gpus if job.step_tres else (),
    )
    found = tres.gpus or next((gpus for gpus in others if gpus), ())
    if any(not gpu.type for gpu in found):
        total = sum(gpu.number for gpu in found)
        for gpus in others:
            if gpus and all(gpu.type for gpu in gpus) and sum(gpu.number for gpu in gpus) == total:
                return gpus
    return found


def _times(job: Job, *, running: bool) -> tuple[str | None, str | None]:
    """Start and end; where only the submission is known, its day, for the year of the grid."""
    start, end = time_of(job.cell("start")), time_of(job.cell("end"))
    if start is None and (submit := time_of(job.cell("submit"))):
        return submit[: len("2024-01-01")], None
    return start, None if running else end
