"""The account of a Slurm log, kept while its jobs go by: what ran, what was wasted, what is not known."""

from __future__ import annotations

from typing import Any

__all__ = ["WASTE", "Account"]

WASTE = ("jobs", "core_hours", "gpu_hours", "hours_unknown", "cores_unknown", "gpus_unknown")
"""What is summed of the jobs of each state that lost its work; the unknown is counted among jobs of known hours."""


class Account:
    """Sums over jobs; what is not known is counted and never added as zero."""

    def __init__(self) -> None:
        self.jobs = self.finished = self.running = self.pending = self.never_started = 0
        self.core_hours = self.gpu_hours = 0.0
        self.hours_unknown = self.cores_unknown = self.gpus_unknown = 0
        self.wasted: dict[str, dict[str, float]] = {}
        self.requested_gb_hours = self.used_gb_hours = self.known_gb_hours = 0.0
        self.measured = 0
        self.measured_kwh = 0.0

    def add(
        self,
        wasted: str,
        hours: float | None,
        cpus: float | None,
        gpus: float | None,
        requested_gb: float | None,
        used_gb: float | None,
        measured_kwh: float | None,
    ) -> None:
        """Take in a job: hours [h], CPUs and GPUs [1], memory [GB], energy [kWh]; `wasted` is the state in which it lost its work, empty where it did not."""
        if measured_kwh is not None:
            self.measured += 1
            self.measured_kwh += measured_kwh
        if hours is None:
            self.hours_unknown += 1
        elif cpus is None:
            self.cores_unknown += 1
        if gpus is None:
            self.gpus_unknown += 1
        core_hours, gpu_hours = (hours or 0.0) * (cpus or 0.0), (hours or 0.0) * (gpus or 0.0)
        self.core_hours += core_hours
        self.gpu_hours += gpu_hours
        if wasted:
            waste = self.wasted.setdefault(wasted, dict.fromkeys(WASTE, 0))
            waste["jobs"] += 1
            waste["core_hours"] += core_hours
            waste["gpu_hours"] += gpu_hours
            waste["hours_unknown"] += hours is None
            waste["cores_unknown"] += hours is not None and cpus is None
            waste["gpus_unknown"] += hours is not None and gpus is None
        if requested_gb and hours:
            self.requested_gb_hours += requested_gb * hours
            if used_gb:
                self.known_gb_hours += requested_gb * hours
                self.used_gb_hours += min(used_gb, requested_gb) * hours

    def figures(self) -> dict[str, Any]:
        """The figures of the summary, by name."""
        return {
            "jobs": self.jobs,
            "finished": self.finished,
            "running": self.running,
            "pending": self.pending,
            "never_started": self.never_started,
            "core_hours": self.core_hours,
            "gpu_hours": self.gpu_hours,
            "hours_unknown": self.hours_unknown,
            "cores_unknown": self.cores_unknown,
            "gpus_unknown": self.gpus_unknown,
            "wasted": self.wasted,
            "memory_requested_gb_hours": self.requested_gb_hours,
            "memory_used_gb_hours": self.used_gb_hours,
            "memory_known_gb_hours": self.known_gb_hours,
            "measured": self.measured,
            "measured_energy_kwh": self.measured_kwh,
        }
