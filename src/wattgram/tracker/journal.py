"""Journals read back: a file to a run, a folder to a list of runs or to rows of a table.

A journal is `runs/<date>-<id>.jsonl`: a header, samples with the joules so far, a footer. A run is `finished` where a
footer says so; `running` where its process still lives (host, boot, process number and its start agree), or, on
another host, where its last line is younger than four intervals and a minute; else `interrupted`. No lock file is
needed for that, and a torn line costs itself alone.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import Any

from wattgram.errors import InputError, UnknownWordError
from wattgram.tracker.record import Run, Sample, Segment

__all__ = [
    "SCHEMA",
    "default_folder",
    "find_run",
    "iso",
    "read_run",
    "read_runs",
    "row",
    "rows",
    "sample_rows",
    "together",
]

SCHEMA = 1
SUFFIX = ".jsonl"
IDENTITY_LENGTH = 12


def default_folder(given: str | None = None) -> str:
    """The folder of journals: as given, else `WATTGRAM_RUNS`, else the config file, else `runs` here."""
    if given:
        return os.path.abspath(given)
    from wattgram.tracker.settings import setting  # noqa: PLC0415 - only where none is given

    return os.path.abspath(setting("runs") or "runs")


def read_run(path: str) -> Run:
    """One journal; lines that are no record of ours are counted and skipped.

    Raises
    ------
    OSError : the file cannot be read
    """
    with open(path, "rb") as handle:
        text = handle.read()
    headers: dict[str, dict[str, Any]] = {}
    samples: dict[str, list[Sample]] = {}
    footers: dict[str, dict[str, Any]] = {}
    torn = 0
    for line in text.split(b"\n"):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            kind, segment = record["type"], str(record.get("segment", ""))
            if kind == "header":
                headers.setdefault(segment, record)
                samples.setdefault(segment, [])
            elif kind == "sample":
                samples.setdefault(segment, []).append(_sample(record))
            elif kind == "footer":
                samples.setdefault(segment, []).append(_sample(record))
                footers[segment] = record
        except (ValueError, KeyError, TypeError, AttributeError):
            torn += 1
    name = os.path.basename(path).removesuffix(SUFFIX)
    first = next(iter(headers.values()), {})
    segments = [
        Segment(header, _in_order(samples.get(key, [])), footers.get(key)) for key, header in headers.items()
    ]
    return Run(str(first.get("id") or name[-IDENTITY_LENGTH:]), segments, path, torn)


def _sample(record: dict[str, Any]) -> Sample:
    node = {str(name): float(joules) for name, joules in record["node_j"].items()}
    job = {str(name): float(joules) for name, joules in record["job_j"].items()}
    tasks = {str(path): float(seconds) for path, seconds in (record.get("task") or {}).items()}
    return Sample(float(record["t_s"]), node, job, tasks, float(record.get("at_s") or 0.0))


def _in_order(samples: list[Sample]) -> list[Sample]:
    """Samples by time; lines that waited for the disk may stand behind later ones."""
    return sorted(samples, key=lambda sample: sample.t_s)


def read_runs(folder: str, *, merge: bool = True) -> list[Run]:
    """Every run of a folder, oldest first; the ranks of one job are one run.

    Parameters
    ----------
    folder : the folder of journals
    merge : whether the ranks of a job are put together

    Raises
    ------
    InputError : there is no such folder
    """
    if not os.path.isdir(folder):
        raise InputError("runs", folder, "it is no folder; name the one with the journals, as in --runs runs")
    found = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(SUFFIX):
            try:
                found.append(read_run(os.path.join(folder, name)))
            except OSError:
                continue
    return together(found) if merge else sorted(found, key=_by_start)


def _by_start(run: Run) -> tuple[float, str]:
    return run.start_s or 0.0, run.id


def together(runs: list[Run]) -> list[Run]:
    """Ranks that name the same job and the same run of it become one; oldest first."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        group = run.header.get("group")
        groups.setdefault(f"group {group}" if group else f"run {run.path}", []).append(run)
    return sorted((_one(members) for members in groups.values()), key=_by_start)


def _one(members: list[Run]) -> Run:
    if len(members) == 1:
        return members[0]
    members = sorted(members, key=lambda run: (_rank(run), run.start_s or 0.0))
    whole = Run(
        members[0].id,
        [segment for run in members for segment in run.segments],
        members[0].path,
        sum(run.torn for run in members),
    )
    whole.ranks = [run.id for run in members]
    return whole


def _rank(run: Run) -> int:
    rank = str(run.header.get("rank", ""))
    return int(rank) if rank.isdigit() else 0


def find_run(runs: list[Run], word: str) -> Run:
    """The run of an id or of its beginning; `last` is the newest.

    Raises
    ------
    UnknownWordError : none, with the nearest
    """
    if not runs:
        raise UnknownWordError("run", word, "the folder holds no runs; name another with --runs", [])
    if word == "last":
        return runs[-1]
    exact = [run for run in runs if word in (run.id, *run.ranks)]
    begun = exact or [run for run in runs if any(one.startswith(word) for one in (run.id, *run.ranks))]
    if len(begun) == 1:
        return begun[0]
    if begun:
        near = [run.id for run in begun[-3:]]
        raise UnknownWordError("run", word, "several runs begin so; write more of the id", near)
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong id pays for it

    near = get_close_matches(word[:80], [run.id for run in runs], n=3)
    raise UnknownWordError("run", word, "no run of the folder has that id: wattgram runs list", near)


def rows(folder: str, *, scope: str = "job") -> Iterator[dict[str, Any]]:
    """A row for each run of a folder; see `row`.

    Raises
    ------
    InputError : there is no such folder
    """
    return (row(run, scope) for run in read_runs(folder))


def row(run: Run, scope: str = "job") -> dict[str, Any]:
    """A run as a row of a table of runs.

    Returns
    -------
    `hardware`, `count`, `hours`, `where`, `measured_energy_kwh`, `measured_scope`, `start`, `end` as a batch reads
    them; beside them `id`, `state`, `name`, `covers`, `ranks`, `command`, `file`. A figure that is not known is None.
    """
    from wattgram.tracker.account import (  # noqa: PLC0415 - reading needs no catalog
        ENERGY_ORIGIN,
        batch_words,
        measured,
        scope_of,
    )

    energy = measured(run, scope)
    return {
        "id": run.id,
        "state": run.state,
        "name": run.header.get("name") or None,
        "hardware": batch_words(run, scope) or None,
        "count": 1,
        "hours": run.duration_h or None,
        "where": run.header.get("where") or None,
        "measured_energy_kwh": None if energy is None else energy.central,
        "energy_origin": None if energy is None else ENERGY_ORIGIN[energy.origin],
        "measured_scope": scope_of(run),
        "start": iso(run.start_s),
        "end": iso(run.end_s),
        "covers": "; ".join(run.covers),
        "ranks": max(1, len(run.ranks)),
        "command": (run.header.get("environment") or {}).get("command"),
        "file": run.path,
    }


def sample_rows(run: Run) -> Iterator[dict[str, Any]]:
    """A row for each sample of a run: when, joules so far of the job and of the node, the task it was in."""
    for one in run.segments:
        for sample in one.samples:
            yield {
                "id": run.id,
                "segment": one.header.get("segment"),
                "rank": one.header.get("rank") or None,
                "at": iso(sample.at_s or one.begin_s + sample.t_s),
                "t_s": sample.t_s,
                "job_j": sum(sample.job_j.values()),
                "node_j": sum(sample.node_j.values()),
                "task": max(sample.task, key=lambda path: sample.task[path], default="") or None,
                **{f"{name}_j": joules for name, joules in sample.job_j.items()},
            }


def iso(seconds: float | None) -> str | None:
    """A time [s since 1970] as text in UTC."""
    if seconds is None:
        return None
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{milliseconds:03d}Z"
