"""The account of a Slurm log in a few lines: what ran, what was left out, what was wasted."""

from __future__ import annotations

from typing import Any

from wattgram.importers.slurm_account import WASTE

__all__ = ["summary_lines"]


def summary_lines(figures: dict[str, Any]) -> list[str]:
    """Jobs, hours, waste by state, memory asked for and used, energy measured."""
    lines = [
        (
            f"  jobs: {figures['finished']:,} finished, {figures['running']:,} still running (counted so far), "
            f"{figures['pending']:,} pending and {figures['never_started']:,} that never started (left out)"
        ),
        f"  held: {_held(figures)}",
    ]
    if figures["measured"]:
        lines.append(
            f"  measured by the nodes: {figures['measured_energy_kwh']:,.4g} kWh in {_jobs(figures['measured'])}"
        )
    return lines + _waste(figures)


def _waste(figures: dict[str, Any]) -> list[str]:
    lines = []
    wasted = figures["wasted"]
    if wasted:
        total = {name: sum(state[name] for state in wasted.values()) for name in WASTE}
        lines.append(f"  waste, work that failed or was cut off: {_work(total)}{_share(total, figures)}")
        by_size = sorted(wasted.items(), key=lambda item: -item[1]["core_hours"])
        lines += [f"    {state.lower().replace('_', ' ')}: {_work(of)}" for state, of in by_size]
    asked, used = figures["memory_known_gb_hours"], figures["memory_used_gb_hours"]
    if asked and used:
        lines.append(
            f"  waste, memory asked for and never used: {asked - used:,.1f} of {asked:,.1f} GB-hours "
            f"({(asked - used) / asked:.0%}), over jobs whose use is known"
        )
    return lines


def _held(figures: dict[str, Any]) -> str:
    """Hours held, and of how many jobs they are not known: unknown is not zero."""
    timed = figures["finished"] + figures["running"] - figures["hours_unknown"]
    if timed <= 0:
        return "not known, no job says how long it ran" if figures["hours_unknown"] else "nothing"
    return _hours(figures, timed)


def _work(of: dict[str, float]) -> str:
    timed = of["jobs"] - of["hours_unknown"]
    if timed <= 0:
        return f"{_jobs(of['jobs'])} of unknown hours"
    return f"{_jobs(of['jobs'])}, {_hours(of, timed)}"


def _hours(of: dict[str, Any], timed: float) -> str:
    """Core-hours and GPU-hours of so many jobs of known hours, and of how many of them they are not known."""
    cores = f"{of['core_hours']:,.1f} core-hours"
    if of["cores_unknown"] == timed:
        cores = "core-hours not known"
    elif of["cores_unknown"]:
        cores += f" (the cores of {_jobs(of['cores_unknown'])} are not known)"
    gpus = f"{of['gpu_hours']:,.1f} GPU-hours"
    if of["gpus_unknown"]:
        gpus = "GPU-hours not known" if not of["gpu_hours"] else f"{gpus} (not known of all jobs)"
    return f"{cores}, {gpus}{_untimed(of['hours_unknown'])}"


def _untimed(jobs: float) -> str:
    return f", and {_jobs(jobs)} of unknown hours" if jobs else ""


def _jobs(number: float) -> str:
    return f"{number:,} job{'' if number == 1 else 's'}"


def _share(total: dict[str, float], figures: dict[str, Any]) -> str:
    name, word = ("gpu_hours", "GPU-hours") if total["gpu_hours"] else ("core_hours", "core-hours")
    return f" ({total[name] / figures[name]:.0%} of all {word})" if total[name] else ""
