"""Runs as people read them: one line for one, a table for many."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, NothingMeasuredError
from wattgram.report.figures import energy as energy_text
from wattgram.report.figures import figure, mass, mass_range, range_text
from wattgram.tracker.account import ENERGY_ORIGIN, footprint_of, measured
from wattgram.tracker.journal import iso
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.tracker.record import Run

__all__ = ["covers_text", "duration_text", "energy_text", "listed", "one_line", "table"]

SECONDS_PER_HOUR = 3600.0
_STEPS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def duration_text(hours: float) -> str:
    """A time [h] as people say it: `2.5 h`, `12 s`."""
    seconds = hours * SECONDS_PER_HOUR
    for length_s, unit in _STEPS:
        if seconds >= length_s:
            return f"{figure(seconds / length_s)} {unit}"
    return f"{figure(seconds)} s"


def one_line(footprint: Footprint, run: Run) -> str:
    """What a tracked command says when it ends."""
    energy = footprint.energy
    said = f"{energy_text(energy.central)} (90 %: {range_text(energy)})"
    carbon = footprint.operational
    if isinstance(carbon, Value):
        said += f", {mass(carbon.central)} CO2e ({mass_range(carbon)})"
    else:
        said += ", place not known, so no carbon"
    where = os.path.relpath(run.path) if run.path else "memory"
    waits = any(notice.code == "journal-waiting" for notice in footprint.warnings)
    kept = f"the journal {where} could not be written" if waits else where
    return f"wattgram: {said}; {duration_text(run.duration_h)}; {covers_text(run.covers)}; {kept}"


def covers_text(covers: list[str]) -> str:
    """Names of parts as one reads them: `gpu:0-7, cpu:0 (model)`."""
    groups: dict[tuple[str, str], list[int]] = {}
    plain: list[str] = []
    for one in covers:
        name, _, how = one.partition(" ")
        kind, _, number = name.partition(":")
        if number.isdigit():
            groups.setdefault((kind, how), []).append(int(number))
        else:
            plain.append(one)
    said = []
    for (kind, how), numbers in groups.items():
        numbers.sort()
        whole = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1))
        spans = f"{numbers[0]}-{numbers[-1]}" if whole else ",".join(map(str, numbers))
        said.append(f"{kind}:{spans}{' ' + how if how else ''}")
    return ", ".join([*said, *plain])


def listed(
    run: Run, where: str | None = None, scope: str = "job", catalog: Catalog | None = None
) -> dict[str, Any]:
    """A run as `wattgram runs list --format json` has it; null is unknown.

    `energy_kwh` and `operational_kg` are those of its footprint (facility energy, rest of the server and PUE
    modelled); `measured_energy_kwh` is what the meters and models of its parts add up to, `node_energy_kwh` the same
    for the whole machine.
    """
    own, node = measured(run, "job"), measured(run, "node")
    issue = None
    footprint: Footprint | None = None
    try:
        footprint = footprint_of(run, where, scope=scope, catalog=catalog)
    except NothingMeasuredError:
        issue = "nothing-measured"
    except InputError as error:
        issue = str(error)
    carbon = footprint.operational if footprint else None
    return {
        "id": run.id,
        "state": run.state,
        "start": iso(run.start_s),
        "duration_h": run.duration_h,
        "energy_kwh": footprint.energy.central if footprint else None,
        "operational_kg": carbon.central if isinstance(carbon, Value) else None,
        "covers": run.covers,
        "name": run.header.get("name"),
        "where": where or run.header.get("where"),
        "hardware": footprint.assembled.hardware.name if footprint else None,
        "measured_energy_kwh": own.central if own else None,
        "energy_origin": ENERGY_ORIGIN[own.origin] if own else None,
        "node_energy_kwh": node.central if node else None,
        "reason": run.reason or None,
        "ranks": run.ranks or None,
        "issue": issue,
        "file": run.path,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Runs as a text table, newest last, with their sum."""
    if not rows:
        return "no runs yet\n"
    head = ("id", "state", "start", "duration", "energy", "operational", "covers")
    lines = [head, *(_cells(row) for row in rows)]
    if len(rows) > 1:
        energy = sum(row["energy_kwh"] or 0.0 for row in rows)
        known = [row["operational_kg"] for row in rows if row["operational_kg"] is not None]
        carbon = mass(sum(known)) if known else "unknown"
        note = "" if len(known) == len(rows) else f"{len(rows) - len(known)} without a place"
        lines.append((f"{len(rows)} runs", "", "", "", energy_text(energy), carbon, note))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    energy = energy_text(row["energy_kwh"])
    label = row["id"] if not row["name"] else f"{row['id']} {row['name'][:24]}"
    start = (row["start"] or "unknown")[:16].replace("T", " ")
    carbon = mass(row["operational_kg"])
    return (
        label,
        row["state"],
        start,
        duration_text(row["duration_h"]),
        energy,
        carbon,
        covers_text(row["covers"]),
    )
