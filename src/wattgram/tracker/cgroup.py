"""The share of a machine that is the job's: by container, Slurm, processor affinity; and the processor time it used."""

from __future__ import annotations

import os
from typing import NamedTuple

__all__ = ["Allocation", "allocation", "cgroup_seconds", "read_text", "tree_seconds"]

BYTES_PER_GB = 1e9
UNLIMITED_BYTES = 1 << 60
"""Version 1 writes a number near 2^63 where there is no limit."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_MOST_PROCESSES = 4096


class Allocation(NamedTuple):
    """What of the machine the job was given."""

    cpus: float
    machine_cpus: int
    memory_gb: float | None
    machine_memory_gb: float | None
    cgroup: str
    """File that counts the processor time of the whole job; empty where only this process tree is known."""
    reason: str

    @property
    def fraction(self) -> float:
        """Share of the machine's processors [1]."""
        return min(1.0, self.cpus / self.machine_cpus)


def read_text(path: str) -> str:
    """A small file of the system; empty where it is not there or not readable."""
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read(65536)
    except OSError:
        return ""


def allocation(proc: str = "/proc", cgroups: str = "/sys/fs/cgroup") -> Allocation:
    """The tightest of affinity, control group and Slurm; the whole machine where nothing limits the job."""
    machine = os.cpu_count() or 1
    cpus, reason = float(machine), "the whole machine"
    try:
        allowed = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        allowed = machine
    if allowed < cpus:
        cpus, reason = float(allowed), f"affinity to {allowed} of {machine} processors"
    memory_gb = machine_gb = _meminfo_gb(proc)
    quota, limit_gb, usage = _limits(proc, cgroups)
    if quota is not None and quota < cpus:
        cpus, reason = quota, f"control group of {quota:g} of {machine} processors"
    if limit_gb is not None and (memory_gb is None or limit_gb < memory_gb):
        memory_gb = limit_gb
        reason += f", {limit_gb:.3g} GB"
    job = os.environ.get("SLURM_JOB_ID", "")
    if job:
        given = _number(os.environ.get("SLURM_CPUS_ON_NODE", ""))
        if given and given < cpus:
            cpus, reason = given, f"Slurm gave {given:g} of {machine} processors"
        megabytes = _number(os.environ.get("SLURM_MEM_PER_NODE", ""))
        if megabytes and (memory_gb is None or megabytes / 1000 < memory_gb):
            memory_gb = megabytes / 1000
    limited = quota is not None or limit_gb is not None or bool(job)
    return Allocation(max(cpus, 0.01), machine, memory_gb, machine_gb, usage if limited else "", reason)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number > 0 else None


def _meminfo_gb(proc: str) -> float | None:
    for line in read_text(f"{proc}/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return float(line.split()[1]) * 1024 / BYTES_PER_GB
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_GB
    return None


def _limits(proc: str, cgroups: str) -> tuple[float | None, float | None, str]:
    """Processors [1] and memory [GB] that the control group allows, and the file that counts its processor time."""
    paths: dict[str, str] = {}
    for line in read_text(f"{proc}/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        for name in ["unified"] if number == "0" else names.split(","):
            paths[name] = path
    found = _version_2(cgroups, paths.get("unified", "/"))
    return found or _version_1(cgroups, paths)


def _version_2(cgroups: str, path: str) -> tuple[float | None, float | None, str] | None:
    quota = limit = None
    usage = ""
    folder = path.rstrip("/")
    while True:
        here = cgroups + folder
        if os.path.exists(f"{here}/cpu.max") or os.path.exists(f"{here}/memory.max"):
            most, _, period = read_text(f"{here}/cpu.max").strip().partition(" ")
            if (quota_us := _number(most)) and (period_us := _number(period)):
                quota = min(quota or quota_us / period_us, quota_us / period_us)
            if bytes_ := _number(read_text(f"{here}/memory.max").strip()):
                limit = min(limit or bytes_ / BYTES_PER_GB, bytes_ / BYTES_PER_GB)
            if not usage and os.path.exists(f"{here}/cpu.stat"):
                usage = f"{here}/cpu.stat"
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    return (quota, limit, usage) if usage or quota or limit else None


def _version_1(cgroups: str, paths: dict[str, str]) -> tuple[float | None, float | None, str]:
    def file(controller: str, name: str) -> str:
        inside = f"{cgroups}/{controller}{paths.get(controller, '/').rstrip('/')}/{name}"
        return inside if os.path.exists(inside) else f"{cgroups}/{controller}/{name}"

    quota_us = _number(read_text(file("cpu", "cpu.cfs_quota_us")).strip())
    period_us = _number(read_text(file("cpu", "cpu.cfs_period_us")).strip())
    quota = quota_us / period_us if quota_us and period_us else None
    bytes_ = _number(read_text(file("memory", "memory.limit_in_bytes")).strip())
    limit = bytes_ / BYTES_PER_GB if bytes_ and bytes_ < UNLIMITED_BYTES else None
    usage = file("cpuacct", "cpuacct.usage")
    return quota, limit, usage if os.path.exists(usage) else ""


def cgroup_seconds(file: str) -> float | None:
    """Processor time of a control group so far [s]; None where it cannot be read."""
    text = read_text(file)
    if file.endswith("cpu.stat"):
        found = [line.split()[1] for line in text.splitlines() if line.startswith("usage_usec")]
        return float(found[0]) / 1e6 if found else None
    nanoseconds = _number(text.strip())
    return nanoseconds / 1e9 if nanoseconds else None


def tree_seconds(root: int | None = None, proc: str = "/proc") -> float | None:
    """Processor time of a process, its living descendants and those it has waited for, so far [s].

    Sum of utime, stime, cutime and cstime over the tree; None where the system does not tell.
    """
    waiting, seen, total = [root or os.getpid()], 0, None
    while waiting and seen < _MOST_PROCESSES:
        pid = waiting.pop()
        seen += 1
        fields = read_text(f"{proc}/{pid}/stat").rpartition(")")[2].split()
        if len(fields) < 15:  # noqa: PLR2004 - utime to cstime are fields 14 to 17, two of them before the bracket
            continue
        total = (total or 0.0) + sum(map(int, fields[11:15])) / _TICKS_PER_S
        waiting += _children(pid, proc)
    if total is None and root is None:
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system
    return total


def _children(pid: int, proc: str) -> list[int]:
    try:
        threads = os.listdir(f"{proc}/{pid}/task")
    except OSError:
        return []
    return [int(child) for one in threads for child in read_text(f"{proc}/{pid}/task/{one}/children").split()]
