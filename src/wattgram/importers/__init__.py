"""Importers: the logs that machines already write, as a table of runs.

    read_slurm("sacct.txt", partitions="site.toml")     what `sacct` prints
    read_codecarbon("emissions.csv")                    CodeCarbon
    read_nvidia_smi("power.csv")                        `nvidia-smi --query-gpu=... --format=csv`
    read_wandb("wandb/run-1/files")                     Weights & Biases: metadata and summary
    read_trainer("trainer_state.json")                  Hugging Face Trainer
    read_columns("runs.csv", {"hardware": "gpu"})       any CSV, by a map of its columns

Each gives an `Imported`: rows that stream, findings with their lines, and a summary.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattgram.importers.codecarbon import read_codecarbon
    from wattgram.importers.columns import read_columns
    from wattgram.importers.naming import renamed
    from wattgram.importers.nvidia_smi import read_nvidia_smi
    from wattgram.importers.record import Finding, Imported
    from wattgram.importers.slurm import read_slurm
    from wattgram.importers.trainer import read_trainer
    from wattgram.importers.wandb import read_wandb

__all__ = [
    "KINDS",
    "Finding",
    "Imported",
    "read",
    "read_codecarbon",
    "read_columns",
    "read_nvidia_smi",
    "read_slurm",
    "read_trainer",
    "read_wandb",
    "renamed",
]

KINDS = {
    "slurm": "read_slurm",
    "codecarbon": "read_codecarbon",
    "nvidia-smi": "read_nvidia_smi",
    "wandb": "read_wandb",
    "trainer": "read_trainer",
    "csv": "read_columns",
}
"""Each kind of log and the function that reads it."""

_HOMES = {
    "Finding": "record",
    "Imported": "record",
    "read_codecarbon": "codecarbon",
    "read_columns": "columns",
    "read_nvidia_smi": "nvidia_smi",
    "read_trainer": "trainer",
    "read_wandb": "wandb",
    "read_slurm": "slurm",
    "renamed": "naming",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wattgram.importers' has no attribute '{name}'")
    return getattr(import_module(f"wattgram.importers.{_HOMES[name]}"), name)


def read(kind: str, source: Any, **options: Any) -> Imported:
    """A log of a kind named by a word, as `wattgram import KIND` has it.

    Raises
    ------
    InputError : a kind that is none, and what the reader of that kind raises
    """
    if kind not in KINDS:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        from wattgram.errors import InputError  # noqa: PLC0415

        raise InputError(
            "kind", kind, f"it is one of {', '.join(KINDS)}", get_close_matches(kind, KINDS, n=1)
        )
    found: Imported = __getattr__(KINDS[kind])(source, **options)
    return found
