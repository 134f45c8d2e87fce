"""Slurm: what `sacct` prints, in any of its layouts, to a table of runs, one row for each attempt of a job."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wattgram.errors import echo
from wattgram.importers.clock import Clock
from wattgram.importers.partitions import Site, load_site
from wattgram.importers.reading import paths_of
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row
from wattgram.importers.sacct_fields import (
    CUT_OFF,
    RUNNING,
    SECONDS_PER_HOUR,
    WAITING,
    WASTED,
    seconds_of,
    state_of,
    time_of,
)
from wattgram.importers.sacct_hardware import OF_PARTITION, Held, Words
from wattgram.importers.sacct_held import Holdings, elapsed_s_of
from wattgram.importers.sacct_jobs import jobs_of
from wattgram.importers.sacct_layout import FIELDS
from wattgram.importers.sacct_measured import Counters
from wattgram.importers.sacct_row import Job
from wattgram.importers.slurm_account import Account

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
FIGURES = ("elapsed", "start", "end", "totalcpu", "alloctres", "reqtres", "reqmem", "consumedenergyraw")
LISTS = ("AllocTRES", "ReqTRES")
NAMES = ("user", "account", "partition")
"""Columns by which rows are put together; cut off, they put strangers together."""
DIGITS = frozenset("0123456789")
BARE_KEY = re.compile(r"[\w-]+", re.ASCII)
MOST_NAMED = 12
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
    words = Words(site, hardware, catalog if catalog is not None else Loaded.load(), _meant(journal))
    reader = _Reader(site, words, where, journal, finished=finished)
    jobs = jobs_of(paths_of(source), journal, delimiter, columns, finished=finished)
    return Imported("slurm", COLUMNS, reader.rows(jobs), journal)


def _meant(journal: Journal) -> Callable[[str], str]:
    """What a word means in the user's own names, which are given after the log is opened."""
    return lambda word: journal.meant(word) or word


class _Reader:
    """Jobs to rows, and the account of them."""

    def __init__(
        self, site: Site, words: Words, where: str | None, journal: Journal, *, finished: bool
    ) -> None:
        self.words, self.where, self.journal, self.finished = words, where, journal, finished
        self.holdings = Holdings(site, words.types)
        self.counters = Counters(words.catalog, self._note)
        self.account = Account()
        self.clock = Clock()
        self.cut_names: set[str] = set()
        journal.figures = self.account.figures()

    def rows(self, jobs: Iterator[Job]) -> Iterator[Row]:
        """One row for each job that ran."""
        self.words.check()
        try:
            for job in jobs:
                try:
                    row = self._row(job)
                except ValueError as error:
                    self._bad(job, "bad-row", f"job {job.identity}: {error}")
                    continue
                if row is not None:
                    yield row
            self._say_unmatched()
        finally:
            self.journal.figures = self.account.figures()

    def _say_unmatched(self) -> None:
        """Say which tables of the TOML describe a partition that no job was in: a name may be mistyped."""
        seen = self.holdings.seen
        unmatched = [
            name for name, of in self.holdings.site.partitions.items() if id(of) not in seen.values()
        ]
        if unmatched and self.account.jobs:
            tables = ", ".join(f"[partition.{name}]" for name in unmatched)
            names = ", ".join(sorted(name for name in seen if name)[:MOST_NAMED]) or "no names"
            text = f"no job was in {tables} of the TOML; the partitions of the log are {names}"
            self.journal.note("--partitions", 0, "no-job-in-partition", text)

    def _bad(self, job: Job, code: str, text: str) -> None:
        self.journal.bad(job.line.file, job.line.number, code, text)

    def _note(self, job: Job, code: str, text: str) -> None:
        self.journal.note(job.line.file, job.line.number, code, f"job {job.identity}: {text}")

    def _say_doubts(self, job: Job) -> None:
        """Say with the first job that shows it what is doubtful of a GPU type."""
        doubts = self.words.types.doubts
        while doubts:
            self._note(job, *doubts.pop(0))

    def _row(self, job: Job) -> Row | None:
        said, account = job.said, self.account
        state = state_of(said.state)
        elapsed_s, doubt = elapsed_s_of(said)
        account.jobs += 1
        if state in WAITING and not elapsed_s:
            account.pending += 1
            return None
        if elapsed_s == 0:
            account.never_started += 1
            return None
        running = state in RUNNING
        account.running += running
        account.finished += not running
        if running and self.finished:
            return None
        holding = self.holdings.of(job)
        partition, cpus, gpus = holding.partition, holding.cpus, holding.gpus
        busy, efficiency = self._busy(job, elapsed_s, cpus)
        held = self.words.held(partition, gpus, cpus, holding.requested_gb, busy)
        self._say_doubts(job)
        if not job.layout.delimiter:
            self._say_cut_off(job, gpus_known=holding.number_of_gpus is not None)
        if holding.part:
            text = f"it held {holding.part}, a part of a GPU whose size the log does not say; its cores alone are counted"
            self._note(job, "gpu-part-unknown", text)
        hours = None if elapsed_s is None else elapsed_s / SECONDS_PER_HOUR
        start, end, submit = self._times(job, running=running)
        measured_kwh = self.counters.kwh(job, elapsed_s, holding.nodes, cpus, (start, end))
        self.counters.say_odd(job, measured_kwh, elapsed_s, held, partition)
        if job.before_s and elapsed_s:
            hours, measured_kwh = self._rest(job, elapsed_s, measured_kwh)
        if held.code or doubt or hours is None:
            held = self._settled(job, held, hours, measured_kwh, doubt)
        else:
            self.journal.usable += 1
        wasted = None if running or not state else state in WASTED
        load = held.load
        if load is None:
            load = partition.load if gpus else self.words.load_of(partition, efficiency)
        account.add(
            state if wasted else "",
            hours,
            cpus,
            holding.number_of_gpus,
            holding.requested_gb,
            job.rss_gb,
            measured_kwh,
        )
        # In the order of COLUMNS, which a test holds it to.
        return {
            "hardware": held.hardware,
            "count": held.number,
            "hours": hours,
            "where": partition.where or self.where,
            "load": load,
            "overhead": partition.overhead,
            "pue": partition.pue,
            "measured_energy_kwh": measured_kwh,
            "measured_scope": None if measured_kwh is None else partition.energy_scope or "it",
            "workload": partition.workload,
            "start": start,
            "end": end,
            "job": job.identity,
            "name": said.jobname or None,
            "user": said.user or said.uid or None,
            "account": said.account or None,
            "partition": holding.name or None,
            "state": state or None,
            "wasted": None if wasted is None else "yes" if wasted else "no",
            "submit": submit,
            "nodes": holding.nodes,
            "cpus": cpus,
            "gpus": holding.number_of_gpus,
            "cpu_efficiency": efficiency,
            "memory_requested_gb": holding.requested_gb,
            "memory_used_gb": job.rss_gb or None,
        }

    def _busy(
        self, job: Job, elapsed_s: float | None, cpus: float | None
    ) -> tuple[float | None, float | None]:
        """Mean number of busy CPUs and their share of those held; None where no CPU time was counted."""
        busy_s = seconds_of(job.said.totalcpu) or job.busy_s or None
        if not busy_s or not elapsed_s or not cpus:
            return None, None
        busy = busy_s / elapsed_s
        if busy > cpus * NOISE and busy_s > elapsed_s * cpus + cpus:
            text = "it has more CPU time than it held cores; they are taken as all busy"
            self._note(job, "cpu-time-over", text)
        busy = min(busy, cpus)
        return busy, busy / cpus

    def _rest(self, job: Job, elapsed_s: float, measured_kwh: float | None) -> tuple[float, float | None]:
        """Hours and energy since a job stood in a log before and still ran: there it was counted so far."""
        share = max(0.0, 1 - job.before_s / elapsed_s)
        hours = elapsed_s / SECONDS_PER_HOUR * share
        text = f"it stood before while it ran, with {job.before_s / SECONDS_PER_HOUR:.4g} h; the {hours:.4g} h since are added"
        self._note(job, "job-continued", text)
        return hours, None if measured_kwh is None else measured_kwh * share

    def _say_cut_off(self, job: Job, *, gpus_known: bool) -> None:
        """Say which figures a narrow column cut off: what is whole of them is read, and GPUs may be in the rest."""
        cut = [FIELDS[name] for name in FIGURES if getattr(job.said, name)[-1:] == CUT_OFF]
        if cut:
            lists = [name for name in cut if name in LISTS]
            whole = "its" if len(cut) == 1 else f"of {' and '.join(lists)} the"
            read = f"; {whole} whole parts are read, the rest is not" if lists else ", and not read"
            if lists and not gpus_known:
                read += ", so whether it held GPUs is not known"
            text = f"{' and '.join(cut)} cut off{read}; ask for wider columns ({cut[0]}%100), or for -P"
            self._note(job, "cell-cut-off", text)
        for name in NAMES:
            cell = getattr(job.said, name)
            if cell[-1:] == CUT_OFF and name not in self.cut_names:
                self.cut_names.add(name)
                text = (
                    f"{FIELDS[name]} {echo(cell)} is cut off, and names that begin alike are taken for one; "
                    f"ask for {FIELDS[name]}%40, or for -P"
                )
                self._note(job, "cell-cut-off", text)

    def _settled(
        self, job: Job, held: Held, hours: float | None, measured_kwh: float | None, doubt: str
    ) -> Held:
        """Count the row as usable or not, and say what stands against it; what held an energy is at least its mean draw."""
        faults = []
        if said := job.said.partition.partition(",")[0]:
            name = said if BARE_KEY.fullmatch(said) else f'"{said}"'
            held = held._replace(text=held.text.replace(OF_PARTITION, f"of [partition.{name}]"))
        if held.hardware is None:
            if measured_kwh and hours:
                mean_w = measured_kwh * 1000 / hours
                self._note(job, held.code, f"{held.text}; its mean draw stands for it, {mean_w:.4g} W")
                held = Held(f"{mean_w!r}W", 1)
            else:
                faults.append((held.code, f"job {job.identity}: {held.text}"))
        elif held.code and not self._is_meant(held.hardware):
            self._note(job, held.code, held.text)
        if hours is None and measured_kwh is None:
            text = f"job {job.identity}: neither a duration nor an energy is known"
            faults.append(("hours-unknown", f"{text}: {doubt}" if doubt else text))
        elif doubt:
            self._note(job, "hours-unknown" if hours is None else "time-unreadable", doubt)
        self.journal.settle(job.line.file, job.line.number, faults)
        return held

    def _is_meant(self, word: str) -> bool:
        """Whether the user's own names give a word a meaning that the catalog knows."""
        meant = self.journal.meant(word)
        return meant is not None and meant != word and self.words.is_known(meant)

    def _times(self, job: Job, *, running: bool) -> tuple[str | None, str | None, str | None]:
        """Start, end and submission; where only that is known, its day is the start, for the year of the grid."""
        said = job.said
        try:
            submit, start, end = time_of(said.submit), time_of(said.start), time_of(said.end)
        except ValueError as error:
            self._say_time(job, error)
            submit, start, end = (_time(cell) for cell in (said.submit, said.start, said.end))
        if running:
            end = None
        if end is not None and start is not None and end < start and len(end) == len(start):
            if said.elapsed[:1] in DIGITS:
                self._note(
                    job, "time-backwards", f"it ends ({end}) before it starts ({start}); Elapsed is taken"
                )
            end = None
        if start is None:
            start, end = submit[: len("2024-01-01")] if submit else None, None
        start, end, text = self.clock.checked(start, end)
        if text:
            self._note(job, "time-out-of-range", text)
        return start, end, submit

    def _say_time(self, job: Job, error: ValueError) -> None:
        """Say, once for a job, that its times are in a form that cannot be read, or that could be read in two ways."""
        from wattgram.importers.sacct_times import AmbiguousTimeError  # noqa: PLC0415 - only such a log pays for it

        code = "time-ambiguous" if isinstance(error, AmbiguousTimeError) else "time-unreadable"
        self._note(job, code, f"{error}; it is left out")


def _time(cell: str) -> str | None:
    try:
        return time_of(cell)
    except ValueError:
        return None
