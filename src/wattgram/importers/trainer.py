"""Hugging Face Trainer: `trainer_state.json`, `all_results.json`, `train_results.json` to a table of runs.

The files of one folder are one training: the state has its FLOPs, the results have its runtime.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from wattgram.errors import InputError
from wattgram.importers.reading import json_of, named, paths_of
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row

__all__ = ["COLUMNS", "read_trainer"]

COLUMNS = (*RUN_COLUMNS, "name", "total_flops", "epochs", "steps", "train_loss", "samples_per_second")
FILES = ("trainer_state.json", "all_results.json", "train_results.json")
MARKS = frozenset({"log_history", "global_step", "train_runtime", "total_flos", "eval_runtime"})
SECONDS_PER_HOUR = 3600


def read_trainer(source: Any, *, where: str | None = None, hardware: str | None = None) -> Imported:
    """Trainings of the Hugging Face Trainer as a table of runs.

    Parameters
    ----------
    source : folders, files, an open file, or `-`; a file may hold a list of states or results, or lines of them
    where, hardware : place and hardware, which these files never name

    Returns
    -------
    rows with `hours` [h] from train_runtime, `total_flops` [FLOP] from total_flos

    Raises
    ------
    InputError : a file that is none of the Trainer's
    """
    journal = Journal()
    return Imported("trainer", COLUMNS, _rows(paths_of(source), journal, where, hardware), journal)


def _rows(sources: list[Any], journal: Journal, where: str | None, hardware: str | None) -> Iterator[Row]:
    trainings: dict[str, tuple[str, dict[str, Any]]] = {}
    for source in _files(sources):
        found = json_of(source)
        for number, one in enumerate(found if isinstance(found, list) else [found]):
            if not isinstance(one, dict) or not MARKS & set(one):
                raise InputError(
                    "file", named(source), "it is no state or results of the Hugging Face Trainer"
                )
            folder = os.path.dirname(os.path.abspath(named(source)))
            key = folder if not isinstance(found, list) else f"{named(source)} {number + 1}"
            trainings.setdefault(key, (named(source), {}))[1].update(_figures(one))
    for key, (file, figures) in trainings.items():
        yield _row(key, file, figures, journal, where, hardware)


def _files(sources: list[Any]) -> Iterator[Any]:
    for source in sources:
        if not isinstance(source, str) or not os.path.isdir(source):
            yield source
            continue
        inside = [os.path.join(source, name) for name in FILES]
        there = [path for path in inside if os.path.isfile(path)]
        if not there:
            raise InputError("folder", source, f"it holds none of {', '.join(FILES)}")
        yield from there


def _figures(one: dict[str, Any]) -> dict[str, float]:
    """The figures of a state (its last log of each) or of results."""
    history = one.get("log_history")
    logs = [log for log in history if isinstance(log, dict)] if isinstance(history, list) else []
    names = ("train_runtime", "total_flos", "epoch", "train_loss", "train_samples_per_second", "global_step")
    figures: dict[str, float] = {}
    for log in (*logs, one):
        for name in names:
            number = log.get(name)
            if (
                isinstance(number, (int, float))
                and not isinstance(number, bool)
                and 0 <= number < float("inf")
            ):
                figures[name] = float(number)
    return figures


def _row(
    key: str, file: str, figures: dict[str, float], journal: Journal, where: str | None, hardware: str | None
) -> Row:
    seconds, flops = figures.get("train_runtime"), figures.get("total_flos") or None
    hours = seconds / SECONDS_PER_HOUR if seconds else None
    if hours is None:
        known = f"; its work is {flops:g} FLOP: wattgram estimate --flops {flops:g}" if flops else ""
        journal.bad(
            file,
            0,
            "hours-unknown",
            f"no train_runtime says how long it ran (all_results.json has it){known}",
        )
    elif hardware is None:
        journal.bad(
            file, 0, "hardware-unknown", "the Trainer does not write what it ran on; say it with --hardware"
        )
    if hours is not None or flops is not None:
        journal.usable += 1
    row: Row = dict.fromkeys(COLUMNS)
    row.update(
        hardware=hardware,
        count=1,
        hours=hours,
        where=where,
        name=os.path.basename(key),
        total_flops=flops,
        epochs=figures.get("epoch"),
        steps=figures.get("global_step"),
        train_loss=figures.get("train_loss"),
        samples_per_second=figures.get("train_samples_per_second"),
    )
    return row
