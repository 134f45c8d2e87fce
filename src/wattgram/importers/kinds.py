"""Kinds: which program wrote a table, by the names of its columns, for one that was taken for another."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["kind_of"]

MARKS = {
    "slurm": ({"jobid", "elapsed"}, {"jobid", "state"}, {"jobidraw", "elapsed"}, {"jobid", "alloctres"}),
    "codecarbon": ({"emissions", "energy_consumed", "duration"}, {"emissions", "emissions_rate"}),
    "nvidia-smi": (
        {"timestamp", "power.draw"},
        {"timestamp", "power.draw.instant"},
        {"timestamp", "power.draw.average"},
    ),
    "wandb": ({"_runtime"}, {"_wandb"}, {"startedat", "cpu_count"}),
    "trainer": ({"train_runtime"}, {"total_flos"}, {"log_history", "global_step"}),
}
"""Names that stand together in the tables of one kind alone."""


def kind_of(names: Iterable[object]) -> str:
    """The kind of log that has these columns; empty where they are of none."""
    there = {str(name).partition("[")[0].strip().lower() for name in names}
    return next((kind for kind, marks in MARKS.items() if any(mark <= there for mark in marks)), "")
