"""Weights & Biases: `wandb-metadata.json` (the machine) and `wandb-summary.json` (the runtime) to a table of runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from wattgram.duration import LONGEST_DURATION_H
from wattgram.errors import echo
from wattgram.importers.clock import Clock
from wattgram.importers.encoding import unusable
from wattgram.importers.naming import one_device
from wattgram.importers.reading import each_of, files_of, json_of, named, paths_of
from wattgram.importers.record import RUN_COLUMNS, Imported, Journal, Row

__all__ = ["COLUMNS", "read_wandb"]

COLUMNS = (*RUN_COLUMNS, "run_id", "name", "project", "user", "host", "program", "state", "cpus")
METADATA = frozenset(
    {"startedAt", "gpu", "gpu_count", "gpu_nvidia", "gpu_devices", "cpu_count", "os", "python", "host"}
)
SUMMARY = frozenset({"_runtime", "_wandb", "_timestamp", "_step"})
KEYS = ("gpu_count", "gpu_nvidia", "gpu_amd", "gpu_devices", "cpu_count", "run_id")
MARKS = METADATA | SUMMARY | {"metadata", "summary"}
FILES = ("wandb-metadata.json", "wandb-summary.json")
SECONDS_PER_HOUR = 3600


def read_wandb(source: Any, *, where: str | None = None, hardware: str | None = None) -> Imported:
    """Runs of Weights & Biases as a table of runs.

    Parameters
    ----------
    source : run folders (searched for their files), metadata and summary files in any order, or lists of them
    where : place of the runs, which these files never name
    hardware : hardware of runs whose machine has no GPU by name; the GPUs of a machine are all counted, used or not

    Returns
    -------
    rows with `hours` [h] from the summary's runtime, `start` from the metadata

    Raises
    ------
    InputError : a file that is neither metadata nor summary
    """
    journal = Journal()
    return Imported("wandb", COLUMNS, _rows(paths_of(source), journal, where, hardware), journal)


def _rows(sources: list[Any], journal: Journal, where: str | None, hardware: str | None) -> Iterator[Row]:
    runs: list[dict[str, Any]] = []
    for file, one in each_of(_once(files_of(sources, _inside)), journal, _objects):
        _place(runs, file, one)
    for run in runs:
        yield _row(run, journal, where, hardware)


def _once(files: list[Any]) -> list[Any]:
    """The files, each once: `latest-run` is a link to a run that stands beside it, and has its name."""
    real = [os.path.realpath(file) if isinstance(file, (str, os.PathLike)) else file for file in files]
    return list({file if isinstance(file, str) else id(file): file for file in real}.values())


def _inside(folder: str) -> list[str]:
    """The files of the runs under a folder."""
    return [
        os.path.join(inner, name)
        for inner, _, names in sorted(os.walk(folder))
        for name in sorted(names)
        if name.replace("_", "-") in FILES
    ]


def _objects(source: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(source, (str, os.PathLike)) and os.path.isdir(source):
        raise unusable(named(source), f"it is a folder without {' or '.join(FILES)}, in it or below it")
    file = named(source)
    if file.endswith((".yaml", ".yml")):
        text = f"it is YAML, the settings of a run; {' and '.join(FILES)} say what ran and how long"
        raise unusable(file, text)
    found = json_of(source)
    every = found if isinstance(found, list) else [found]
    if not every or not all(isinstance(one, dict) and MARKS & set(one) for one in every):
        raise unusable(file, "it is neither metadata nor summary of Weights & Biases")
    for one in every:
        yield file, one


def _place(runs: list[dict[str, Any]], file: str, one: dict[str, Any]) -> None:
    """Put metadata to the summary of its folder, or to the one before it that still lacks it."""
    parts = {kind: one[kind] for kind in ("metadata", "summary") if isinstance(one.get(kind), dict)}
    if not parts:
        parts = {
            "summary"
            if SUMMARY & set(one) and not {"startedAt", "gpu_count", "cpu_count"} & set(one)
            else "metadata": one
        }
    folder = os.path.dirname(os.path.abspath(file))
    for run in runs:
        if run["folder"] == folder and not set(parts) & set(run):
            run.update(parts)
            return
    runs.append({"file": file, "folder": folder, **parts})


def _row(run: dict[str, Any], journal: Journal, where: str | None, hardware: str | None) -> Row:
    metadata, summary = _plain(run.get("metadata", {})), run.get("summary", {})
    inner = summary.get("_wandb")
    seconds = inner.get("runtime") if isinstance(inner, dict) else None
    runtime = summary.get("_runtime")
    # `_runtime` is when the last metric was logged, `_wandb.runtime` the whole (of a resumed run, in some versions, its last
    # part): a run took the longer of the two
    seconds = max(
        (
            n
            for n in (runtime, seconds)
            if isinstance(n, (int, float)) and 0 < n < LONGEST_DURATION_H * SECONDS_PER_HOUR
        ),
        default=None,
    )
    word, count = _hardware(metadata)
    if word is None:
        word, count = hardware, 1
    faults = []
    if word is None:
        text = "the metadata names no GPU; say what ran with --hardware"
        faults.append(("hardware-unknown", text if metadata else f"no metadata says what ran; {text[27:]}"))
    if seconds is None:
        odd = next(
            (
                given
                for given in (runtime, inner.get("runtime") if isinstance(inner, dict) else None)
                if given is not None
            ),
            None,
        )
        text = "no summary says how long the run took (_runtime)"
        if odd is not None:
            text = f"its _runtime is {echo(odd)}, and no number of seconds that a run can take"
        faults.append(("hours-unknown", text))
    journal.settle(run["file"], 0, faults)
    start, _, text = Clock().checked(_text(metadata.get("startedAt")), None)
    if text:
        journal.note(run["file"], 0, "time-out-of-range", text)
    row: Row = dict.fromkeys(COLUMNS)
    row.update(
        hardware=word,
        count=count,
        hours=None if seconds is None else seconds / SECONDS_PER_HOUR,
        where=where,
        start=start,
        run_id=_text(metadata.get("run_id")) or _folder_id(run["folder"]),
        name=_text(metadata.get("name")),
        project=_text(metadata.get("project"))
        or _argument(metadata.get("args"), "--wandb_project", "--project"),
        user=_text(metadata.get("username")),
        host=_text(metadata.get("host")),
        program=_text(metadata.get("program")),
        state=_text(metadata.get("state")),
        cpus=metadata.get("cpu_count") if isinstance(metadata.get("cpu_count"), int) else None,
    )
    return row


def _plain(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata with its keys in one form: some versions write gpuCount, most gpu_count."""
    low = {name.replace("_", "").lower(): value for name, value in metadata.items()}
    return metadata | {
        name: low[key] for name in KEYS if name not in metadata and (key := name.replace("_", "")) in low
    }


def _hardware(metadata: dict[str, Any]) -> tuple[str | None, int]:
    """GPUs by name and number: each listed device, else one name and gpu_count; an Apple chip by its name."""
    listed = metadata.get("gpu_nvidia") or metadata.get("gpu_amd") or metadata.get("gpu_devices") or ()
    names = (
        [name for one in listed if isinstance(one, dict) and (name := _text(one.get("name")))]
        if isinstance(listed, list)
        else []
    )
    if names and len(set(names)) > 1:
        return " + ".join(f"{names.count(name)}x{name}" for name in dict.fromkeys(names)), 1
    said = metadata.get("gpu")
    gpu = names[0] if names else _text(said if not isinstance(said, list) else next(iter(said), None))
    if gpu:
        many = [part.strip() for part in gpu.strip("[]").split(",") if part.strip()]
        number = metadata.get("gpu_count")
        count = number if isinstance(number, int) and number > 0 else len(names) or len(many) or 1
        word, of_word = one_device(many[0] if many else gpu)
        return word, count * of_word
    apple = metadata.get("apple")
    return (_text(apple.get("name")) if isinstance(apple, dict) else None), 1


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _folder_id(folder: str) -> str | None:
    """`wandb/run-20240101_120000-ab12cd34/files` is run ab12cd34."""
    return next(
        (
            part.rsplit("-", 1)[1]
            for part in reversed(folder.split(os.sep))
            if part.startswith(("run-", "offline-run-"))
        ),
        None,
    )


def _argument(given: Any, *flags: str) -> str | None:
    words = [word for word in given if isinstance(word, str)] if isinstance(given, list) else []
    for at, word in enumerate(words[:-1]):
        if word in flags:
            return words[at + 1]
    return None
