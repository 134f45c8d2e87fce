"""The account of a Slurm log in a few lines: what ran, what was left out, what was wasted."""

from __future__ import annotations

from typing import Any

__all__ = ["summary_lines"]


def summary_lines(figures: dict[str, Any]) -> list[str]:
    """Jobs, hours, waste by state, memory asked for and used, energy measured."""
    lines = [
        (
            f"  jobs: {figures['finished']:,} finished, {figures['running']:,} still running (counted so far), "
            f"{figures['pending']:,} pending and {figures['never_started']:,} that never started (left out)"
        ),
        f"  held: {figures['core_hours']:,.1f} core-hours, {figures['gpu_hours']:,.1f} GPU-hours",
    ]
    if figures["measured"]:
        lines.append(
            f"  measured by the nodes: {figures['measured_energy_kwh']:,.4g} kWh in {figures['measured']:,} job{'' if figures['measured'] == 1 else 's'}"
        )
    return lines + _waste(figures)


def _waste(figures: dict[str, Any]) -> list[str]:
    lines = []
    wasted = figures["wasted"]
    if wasted:
        total = {
            name: sum(state[name] for state in wasted.values())
            for name in ("jobs", "core_hours", "gpu_hours")
        }
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


def _work(of: dict[str, float]) -> str:
    jobs = f"{of['jobs']:,} job{'' if of['jobs'] == 1 else 's'}"
    return f"{jobs}, {of['core_hours']:,.1f} core-hours, {of['gpu_hours']:,.1f} GPU-hours"


def _share(total: dict[str, float], figures: dict[str, Any]) -> str:
    name = "gpu_hours" if figures["gpu_hours"] else "core_hours"
    word = "GPU-hours" if figures["gpu_hours"] else "core-hours"
    return f" ({total[name] / figures[name]:.0%} of all {word})" if figures[name] else ""
