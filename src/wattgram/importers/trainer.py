"""Hugging Face Trainer: `trainer_state.json`, `all_results.json`, `train_results.json` to a table of runs.

The files of one folder are one training: the state has its FLOPs, the results have its runtime.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from wattgram.duration import LONGEST_DURATION_H
from wattgram.errors import InputError, echo
from wattgram.importers.encoding import unusable
from wattgram.importers.reading import each_of, files_of, json_of, named, paths_of
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["COLUMNS", "read_trainer"]

COLUMNS = (*RUN_COLUMNS, "name", "total_flops", "epochs", "steps", "train_loss", "samples_per_second")
FILES = ("trainer_state.json", "all_results.json", "train_results.json")
MARKS = frozenset({"log_history", "global_step", "train_runtime", "total_flos", "eval_runtime"})
SECONDS_PER_HOUR = 3600


def read_trainer(
    source: Any, *, where: str | None = None, hardware: str | None = None, catalog: Catalog | None = None
) -> Imported:
    """Trainings of the Hugging Face Trainer as a table of runs.

    Parameters
    ----------
    source : folders, files, an open file, or `-`; a file may hold a list of states or results, or lines of them
    where, hardware : place and hardware, which these files never name

    Returns
    -------
    rows with `hours` [h] from train_runtime, or else modelled from the FLOPs and said; `total_flops` [FLOP] from total_flos

    Raises
    ------
    InputError : a file that is none of the Trainer's
    """
    journal = Journal()
    return Imported("trainer", COLUMNS, _rows(paths_of(source), journal, where, hardware, catalog), journal)


def _rows(
    sources: list[Any],
    journal: Journal,
    where: str | None,
    hardware: str | None,
    catalog: Catalog | None,
) -> Iterator[Row]:
    trainings: dict[str, tuple[str, dict[str, Any]]] = {}
    for key, file, figures in each_of(files_of(sources, _inside), journal, _trainings):
        trainings.setdefault(key, (file, {}))[1].update(figures)
    for key, (file, figures) in trainings.items():
        whole = _whole_of(key, trainings)
        if whole is not None:
            text = (
                f"{os.path.basename(key)} is on the way to {os.path.basename(whole)} and is not counted again"
            )
            journal.note(file, 0, "duplicate-row", text)
            continue
        yield _row(key, file, figures, journal, where, hardware, catalog)


def _whole_of(key: str, trainings: Iterable[str]) -> str | None:
    """What counts in the place of a checkpoint: its training, else the last checkpoint of that; None for all else."""
    parent, name = os.path.split(key)
    if not _steps(name):
        return None
    if parent in trainings:
        return parent
    last = max(
        (other for other in trainings if os.path.dirname(other) == parent),
        key=lambda other: _steps(os.path.basename(other)),
    )
    return None if last == key else last


def _steps(name: str) -> int:
    """The steps of `checkpoint-500`; 0 for all else."""
    number = name.removeprefix("checkpoint-")
    return int(number) if number != name and number.isdecimal() else 0


def _inside(folder: str) -> list[str]:
    """The files of a training: those of its folder, else the state of its last checkpoint, else the trainings below it."""
    there = [path for name in FILES if os.path.isfile(path := os.path.join(folder, name))]
    if there:
        return there
    steps = [(_steps(name), name) for name in os.listdir(folder) if _steps(name)]
    states = (os.path.join(folder, name, FILES[0]) for _, name in sorted(steps, reverse=True))
    last = next((path for path in states if os.path.isfile(path)), None)
    if last is not None:
        return [last]
    with os.scandir(folder) as entries:
        below = sorted(
            one.path for one in entries if one.is_dir(follow_symlinks=False) and one.name[0] != "."
        )
    return [path for one in below for path in _inside(one)]


def _trainings(source: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The folder (or the place in a list) that a file's figures belong to, the file, and the figures."""
    if isinstance(source, (str, os.PathLike)) and os.path.isdir(source):
        text = f"it is a folder without {', '.join(FILES[:-1])} or {FILES[-1]}, in it or below it"
        raise unusable(named(source), text)
    file, found = named(source), json_of(source)
    every = found if isinstance(found, list) else [found]
    if not every or not all(isinstance(one, dict) and set(one) & MARKS for one in every):
        raise unusable(file, "it is no state or results of the Hugging Face Trainer")
    folder = os.path.dirname(os.path.abspath(file))
    for number, one in enumerate(every, 1):
        yield folder if not isinstance(found, list) else f"{file} {number}", file, _figures(one)


def _figures(one: dict[str, Any]) -> dict[str, Any]:
    """The figures of a state (its last log of each) or of results; a runtime that is none stays as it stands, under `odd`."""
    history = one.get("log_history")
    logs = [log for log in history if isinstance(log, dict)] if isinstance(history, list) else []
    names = ("train_runtime", "total_flos", "epoch", "train_loss", "train_samples_per_second", "global_step")
    figures: dict[str, Any] = {}
    for log in (*logs, one):
        for name in names:
            number = log.get(name)
            if (
                isinstance(number, (int, float))
                and not isinstance(number, bool)
                and 0 <= number < float("inf")
            ):
                figures[name] = float(number)
            elif name == "train_runtime" and number is not None:
                figures["odd"] = number
    return figures


def _row(
    key: str,
    file: str,
    figures: dict[str, float],
    journal: Journal,
    where: str | None,
    hardware: str | None,
    catalog: Catalog | None,
) -> Row:
    seconds, flops = figures.get("train_runtime"), figures.get("total_flos") or None
    hours = seconds / SECONDS_PER_HOUR if seconds else None
    odd = figures.get("odd") if seconds is None else None
    if hours is not None and hours > LONGEST_DURATION_H:
        hours, odd = None, seconds
    if seconds == 0:
        odd = 0
    faults = []
    if hardware is None:
        text = "the Trainer does not write what it ran on; say it with --hardware"
        faults.append(("hardware-unknown", text))
    if hours is None and flops is not None and hardware is not None:
        hours = _hours_of(flops, hardware, file, journal, catalog, _untimed(odd))
    if hours is None:
        elsewhere = odd is None and os.path.basename(file) != FILES[1]
        text = _untimed(odd) + (f" ({FILES[1]} has it)" if elsewhere else "")
        if flops and not hardware:  # the work is known: what is lacking is what ran
            text += f"; with --hardware it follows from its {flops:g} FLOP"
        faults.append(("hours-unknown", text))
    journal.settle(file, 0, faults)
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


def _untimed(odd: Any) -> str:
    """Why the hours are not known: no runtime, or one that is none."""
    if odd is None:
        return "no train_runtime says how long it ran"
    return f"its train_runtime is {echo(odd)}, and no number of seconds that a run can take"


def _hours_of(
    flops: float, hardware: str, file: str, journal: Journal, catalog: Catalog | None, untimed: str
) -> float | None:
    """Hours that the work takes on the hardware, as an estimate from FLOPs has them [h]; None where it has none."""
    from wattgram.catalog import Catalog as Loaded  # noqa: PLC0415 - only a state without its runtime needs these
    from wattgram.flop import device_hours_h  # noqa: PLC0415
    from wattgram.resolve import resolve_hardware  # noqa: PLC0415
    from wattgram.run import Work  # noqa: PLC0415
    from wattgram.training import training_factors  # noqa: PLC0415

    catalog = catalog if catalog is not None else Loaded.load()
    try:
        device = resolve_hardware(hardware, catalog)
        found = training_factors(Work(flop=flops), device, None, catalog, [])
    except InputError:
        return None
    hours = device_hours_h(found.flop, found.peak_tflop_per_s, found.mfu)
    text = (
        f"{untimed}; its {flops:g} FLOP take {hours.central:.3g} h on {hardware} "
        f"(90 %: {hours.low:.3g} to {hours.high:.3g} h), and those stand for it"
    )
    journal.note(file, 0, "hours-modelled", text)
    return float(hours.central) if hours.central <= LONGEST_DURATION_H else None
