"""Live: the tracked runs of a folder as the page shows them; a journal is read again only when it has grown."""

from __future__ import annotations

import os
from typing import Any

from wattgram.chart import course
from wattgram.errors import UnknownWordError
from wattgram.tracker.journal import find_run, read_run, together
from wattgram.tracker.record import Run
from wattgram.tracker.summary import covers_text, duration_text, energy_text, listed
from wattgram.web.messages import Messages
from wattgram.web.problem import Problem

__all__ = ["Folder", "run_view", "runs_view"]

SUFFIX = ".jsonl"
MOST_POINTS = 240
"""Steps of the drawing; a longer run is drawn in means over several samples."""
SECONDS_PER_HOUR = 3600.0
JOULES_PER_KWH = 3.6e6


class Folder:
    """A folder of journals.

    Parameters
    ----------
    path : the folder; it may not be there yet
    """

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.known: dict[str, tuple[tuple[float, int], Run]] = {}

    def runs(self) -> list[Run]:
        """Every run, oldest first; ranks of one job are one."""
        try:
            names = [name for name in os.listdir(self.path) if name.endswith(SUFFIX)]
        except OSError:
            names = []
        found: dict[str, tuple[tuple[float, int], Run]] = {}
        for name in names:
            path = os.path.join(self.path, name)
            try:
                state = os.stat(path)
                stamp = (state.st_mtime, state.st_size)
                known = self.known.get(name)
                found[name] = known if known and known[0] == stamp else (stamp, read_run(path))
            except OSError:
                continue
        self.known = found
        return together([run for _, run in found.values()])

    def run(self, identity: str) -> Run:
        """One run by its id.

        Raises
        ------
        Problem : there is none
        """
        try:
            return find_run(self.runs(), identity)
        except UnknownWordError as error:
            raise Problem("not-found", str(error), nearest=list(error.nearest)) from None


def runs_view(folder: Folder) -> dict[str, Any]:
    """Every run, newest first, and what they sum to."""
    rows = [_row(run) for run in folder.runs()]
    known = [row["operational_kg"] for row in rows if row["operational_kg"] is not None]
    return {
        "rows": rows[::-1],
        "running": sum(row["state"] == "running" for row in rows),
        "energy_text": energy_text(sum(row["energy_kwh"] or 0.0 for row in rows)),
        "energy_kwh": sum(row["energy_kwh"] or 0.0 for row in rows),
        "operational_kg": sum(known) if known else None,
        "without_place": len(rows) - len(known),
    }


def run_view(run: Run, say: Messages) -> dict[str, Any]:
    """One run: its figures, its power over time, its tasks."""
    row = _row(run)
    points = _points(run)
    watts = [power for _, _, power in points]
    drawing = ""
    if points:
        mean_w = sum(power * seconds for _, seconds, power in points) / sum(one[1] for one in points)
        told = say("runs.chart_text", mean=say.figure(mean_w), most=say.figure(max(watts)))
        drawing = course(
            [(seconds, power) for _, seconds, power in points], say("runs.chart"), told, unit="W"
        )
    tasks = [
        {
            "name": name,
            "depth": name.count("/"),
            "seconds": seconds,
            "energy_kwh": joules / JOULES_PER_KWH,
            "energy_text": energy_text(joules / JOULES_PER_KWH),
            "duration_text": duration_text(seconds / SECONDS_PER_HOUR),
            "power_w": joules / seconds if seconds else None,
        }
        for name, (seconds, joules) in run.tasks().items()
    ]
    own, node = row["measured_energy_kwh"], row["node_energy_kwh"]
    parts = None if own is None else {"job": energy_text(own), "node": energy_text(node or own)}
    return {
        "row": row,
        "parts": parts,
        "drawing": drawing,
        "tasks": tasks,
        "environment": run.header.get("environment") or {},
    }


def _row(run: Run) -> dict[str, Any]:
    """A run as the list has it, with its parts in words."""
    row = listed(run)
    return {
        **row,
        "covers_text": covers_text(row["covers"]),
        "energy_text": energy_text(row["energy_kwh"]),
        "duration_text": duration_text(row["duration_h"]),
    }


def _points(run: Run) -> list[tuple[float, float, float]]:
    """Power between samples, in means over so many that the drawing keeps its size."""
    every = run.power()
    step = -(-len(every) // MOST_POINTS) if every else 1
    points = []
    for at in range(0, len(every), step):
        some = every[at : at + step]
        seconds = sum(one[1] for one in some)
        points.append((some[-1][0], seconds, sum(one[1] * one[2] for one in some) / seconds))
    return points
