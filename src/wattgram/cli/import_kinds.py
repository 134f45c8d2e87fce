"""What `wattgram import` says of each kind of log: what it reads, how to get one, what comes out, and an example."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

__all__ = ["KINDS", "OPTION_OF", "Kind", "columns_of"]


class Kind(NamedTuple):
    """One kind of log."""

    reads: str
    get: tuple[str, ...]
    """Commands that write such a log, or its files; lines as they are typed."""
    rows: str
    """What a row is, and what it holds."""
    example: tuple[str, ...]
    options: tuple[str, ...]
    """Options that go with it; any other is an error, so that none is ever left unheeded."""
    module: str
    catalogued: bool = True
    """Whether its reader looks words up in the catalog."""


KINDS = {
    "slurm": Kind(
        "What sacct prints, in any layout: -P, -p, --delimiter, fixed width, --json; any columns in any order.",
        (
            (
                "sacct -a -P -S 2024-01-01 -o JobID,JobName,User,Account,Partition,State,Submit,Start,End,Elapsed,NNodes,NCPUS,"
                "NTasks,NodeList,TotalCPU,ReqMem,MaxRSS,AllocTRES,ConsumedEnergyRaw > sacct.txt"
            ),
        ),
        "One row for each attempt of a job that ran; steps add memory and energy, never hours. Pending jobs are left out.",
        (
            "wattgram import slurm sacct.txt --partitions site.toml -o runs.parquet",
            "wattgram import slurm sacct.txt --where FI | wattgram batch - --by user,wasted",
        ),
        ("partitions", "where", "hardware", "finished", "delimiter", "columns"),
        "slurm",
    ),
    "codecarbon": Kind(
        "emissions.csv of CodeCarbon, of every version, task files and files joined together.",
        ("EmissionsTracker().start() ... writes emissions.csv beside your script",),
        "One row for each session (or task) of a run: the energy as measured, their carbon beside it as codecarbon_kg.",
        ("wattgram import codecarbon emissions.csv -o runs.csv",),
        ("where", "hardware", "delimiter"),
        "codecarbon",
    ),
    "nvidia-smi": Kind(
        "Power logs: a time, a power, and where there are several GPUs an index or a uuid; with or without units.",
        (
            "nvidia-smi --query-gpu=timestamp,index,name,power.draw,power.limit --format=csv -l 1 > power.csv",
            "nvidia-smi dmon -s p -o DT > power.txt",
        ),
        "One row for each GPU: the energy by the trapezoid rule, gaps left out and said.",
        (
            "wattgram import nvidia-smi power.csv --where FR",
            "wattgram import nvidia-smi log.csv --columns timestamp,index,power.draw --hardware A100 --where FR",
        ),
        ("where", "hardware", "columns", "delimiter"),
        "nvidia_smi",
    ),
    "wandb": Kind(
        "Runs of Weights & Biases: wandb-metadata.json (the machine) and wandb-summary.json (the runtime), or folders.",
        ("wandb/run-20240101_120000-ab12cd34/files/ on the machine that ran it",),
        "One row for each run; all GPUs of the machine are counted.",
        ("wattgram import wandb wandb/ --where FR -o runs.csv",),
        ("where", "hardware"),
        "wandb",
        catalogued=False,
    ),
    "trainer": Kind(
        "The Hugging Face Trainer: trainer_state.json, all_results.json, train_results.json, or output folders.",
        ("Trainer(...).train() writes them into its output_dir",),
        "One row for each training. Without train_runtime the hours follow from the FLOPs on --hardware, and that is said.",
        ("wattgram import trainer output/ --hardware 8xA100 --where FR",),
        ("where", "hardware"),
        "trainer",
    ),
    "csv": Kind(
        "Any table in text. Columns with the names of a table of runs need no map; all others pass through.",
        ("your own spreadsheet, as CSV, with a header",),
        "One row for each line. A duration may also be seconds, minutes or days; an energy measured_energy_wh or _j.",
        ("wattgram import csv runs.csv --columns hardware=gpu,hours=duration_h --where FR",),
        ("where", "hardware", "columns", "delimiter"),
        "columns",
    ),
}
"""Each kind of log, in the order in which they are named."""


OPTION_OF = {
    (
        "columns",
        "slurm",
    ): "Names of the columns of a log without a header, as in JobID,State,Elapsed,AllocTRES.",
    (
        "columns",
        "nvidia-smi",
    ): "Names of the columns of a log without a header, as in timestamp,index,power.draw.",
    ("columns", "csv"): "Our names and yours, as in hardware=gpu,hours=duration_h.",
}
"""What an option says to one kind, where it says another thing to others."""


def columns_of(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of a row that a table of runs is estimated from, and those that pass through."""
    from wattgram.importers.record import RUN_COLUMNS  # noqa: PLC0415 - only for the help of a kind

    every = getattr(import_module(f"wattgram.importers.{KINDS[kind].module}"), "COLUMNS", RUN_COLUMNS)
    return RUN_COLUMNS, tuple(name for name in every if name not in RUN_COLUMNS)
