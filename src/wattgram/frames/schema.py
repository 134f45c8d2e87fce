"""The columns of a table of runs: what may come in, what goes out, and the codes of a row without a figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from wattgram.errors import InputError, echo
from wattgram.importers.kinds import kind_of

__all__ = [
    "BLANKS",
    "FAULTS",
    "INPUTS",
    "NUMBER",
    "OUTPUTS",
    "PERCENT",
    "SHARES",
    "SPANS",
    "TIME",
    "WORK",
    "Roles",
    "labels_of",
    "likely",
    "roles_of",
    "unread",
]

WORK = "_wg_"
"""What every working column starts with; none of them is left in an answer."""

TEXTS = ("hardware", "where", "provider", "region", "measured_scope", "workload")
NUMBERS = ("count", "load", "overhead", "pue", "measured_energy_kwh", "intensity")
SHARES = ("load",)
"""Numbers that may be written as a percentage, as those of one run may."""
SPANS = ("hours",)
TIMES = ("start", "end")
INPUTS = (*TEXTS, *NUMBERS, *SPANS, *TIMES)
"""The names that are read, in capitals or not; every other column passes through."""

OTHER_NAMES = {
    "hardware": (
        "gpu", "gpu_type", "gpu_name", "gpu_model", "accelerator", "device", "device_name", "instance_type", "instance",
        "machine_type", "machine", "node_type", "vm_type", "processor", "cpu", "cpu_model", "chip",
    ),
    "hours": (
        "duration", "duration_h", "duration_hours", "run_hours", "runtime", "runtime_hours", "run_time", "elapsed",
        "walltime", "wall_time", "wallclock", "time", "time_h", "time_hours", "hrs", "h",
    ),
    "where": ("location", "place", "country", "site", "zone", "city", "datacenter", "datacentre", "data_center", "grid"),
    "count": (
        "gpus", "gpu_count", "num_gpus", "n_gpus", "ngpus", "nr_gpus", "devices", "num_devices", "n_devices", "quantity",
        "number", "accelerators", "nodes", "num_nodes",
    ),
    "load": ("utilization", "utilisation", "gpu_utilization", "gpu_util", "util"),
    "pue": ("power_usage_effectiveness",),
    "measured_energy_kwh": ("energy", "kwh", "energy_consumed", "measured_energy", "energy_measured_kwh"),
    "start": ("start_time", "started", "started_at", "begin", "begin_time", "start_date"),
}  # fmt: skip
"""What tables call these columns; such a name is told to the user, never read."""

OUTPUTS = (
    "energy_kwh",
    "operational_kg",
    "operational_kg_low",
    "operational_kg_high",
    "market_kg",
    "embodied_kg",
    "total_kg",
    "total_kg_low",
    "total_kg_high",
    "intensity_g_per_kwh",
    "zone",
    "warning",
    "issue",
)

FAULTS = {
    "missing": "the cell is blank, and nothing stands for it",
    "unknown": "the catalog has no row for the word; the summary names the nearest",
    "ambiguous": "several rows answer to the word and cannot be ranked",
    "unusable": "the cell is no such quantity, or outside the range in which it means anything",
}
"""An issue is `<column>-<fault>`, as in `hardware-unknown`, `hours-unusable`, `where-missing`."""

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""What counts as a number in a column of text, on every engine alike."""

PERCENT = NUMBER.replace("$", " *%$")
"""What counts as a percentage in a column of text: `80%` is 0.8."""

TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?Z?)?$"
"""What an engine may read as a UTC time by itself; other texts are read word by word."""

BLANKS = ("", "na", "n/a", "nan", "nat", "none", "null", "<na>")
"""What an exporter writes for an empty cell, in lower case."""


class Roles(NamedTuple):
    """Which column of the frame says what: role to column name, those that are there alone."""

    texts: dict[str, str]
    numbers: dict[str, str]
    spans: dict[str, str]
    times: dict[str, str]

    def has(self, role: str) -> bool:
        """Whether a column plays this role."""
        return any(role in group for group in self)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        return tuple(dict.fromkeys(name for group in self for name in group.values()))


def roles_of(columns: Iterable[str], suffix: str) -> Roles:
    """The roles that a frame's columns play.

    Raises
    ------
    InputError : no hardware, an input column twice, or a column with the name of an output
    """
    names = list(columns)
    twice = sorted({name for name in names if names.count(name) > 1 and name in INPUTS})
    if twice:
        raise InputError("column", twice[0], "it stands twice in the table, so neither can be read")
    answers = {
        (out + suffix).casefold() for out in OUTPUTS
    }  # two names that differ in capitals are one to some engines
    taken = [name for name in names if isinstance(name, str) and name.casefold() in answers]
    if len(taken) == len(OUTPUTS):
        allowed = (
            "every column of answers is there already, so these are answers; give it the runs, not their answers "
            "(suffix='_2', --suffix _2, for a second set)"
        )
        raise InputError("table", ", ".join(taken[:3]) + ", …", allowed)
    if taken:
        allowed = "it has the name of an answer; rename it, or say suffix='_2' (--suffix _2) for the answers"
        raise InputError("column", taken[0], allowed)
    odd = [name for name in names if isinstance(name, str) and name.startswith(WORK)]
    if odd:
        raise InputError("column", odd[0], f"names that start with {WORK} are kept for the working columns")
    found = Roles(*(_played(group, names) for group in (TEXTS, NUMBERS, SPANS, TIMES)))
    _check(found, [str(name) for name in names])
    return found


def _plain(name: object) -> str:
    return re.sub("[ -]+", "_", str(name).strip().casefold())


def _played(roles: Iterable[str], names: list[str]) -> dict[str, str]:
    """The column of each role: the one of its name, else the one whose name differs in capitals and spaces alone."""
    found = {}
    for role in roles:
        alike = [role] if role in names else [name for name in names if _plain(name) == role]
        if len(alike) > 1:
            both = " and ".join(echo(name) for name in alike)
            raise InputError("column", role, f"it could be {both}; name the one that is meant {role}")
        if alike:
            found[role] = alike[0]
    return found


def labels_of(by: str | Iterable[str], columns: Iterable[str]) -> tuple[str, ...]:
    """The columns to sum by, each once: a text is split at commas, names are read in capitals or not.

    A name that no column has stays as it is: it is `month`, or said to be none where the columns are read.
    """
    there = list(columns)
    names = [name.strip() for name in by.split(",")] if isinstance(by, str) else list(by)
    found = []
    for name in filter(None, names):
        alike = [name] if name in there else [one for one in there if _plain(one) == _plain(name)]
        found.append(alike[0] if len(alike) == 1 else "month" if _plain(name) == "month" else name)
    return tuple(dict.fromkeys(found))


def likely(role: str, names: Iterable[str], *, misspelt: bool = True) -> str:
    """The column that is probably meant for a role, under a name of the table's own; nothing where none is."""
    taken = {_plain(name): str(name) for name in names}
    for name in OTHER_NAMES[role]:
        if name in taken:
            return taken[name]
    if not misspelt:
        return ""
    close = get_close_matches(role, [name for name in taken if name not in INPUTS], n=1, cutoff=0.75)
    return taken[close[0]] if close else ""


def unread(roles: Roles, names: Iterable[str]) -> dict[str, str]:
    """Of roles that no column plays the column that is probably meant; a blank of these has a default."""
    names = list(names)
    absent = [
        role for role in ("count", "load", "pue", "measured_energy_kwh", "start") if not roles.has(role)
    ]
    if not any(roles.has(role) for role in ("where", "region", "provider", "intensity")):
        absent.append("where")
    found = {role: likely(role, names, misspelt=False) for role in absent}
    return {role: name for role, name in found.items() if name and name not in roles.columns}


def _check(roles: Roles, names: list[str]) -> None:
    timed = (
        roles.has("hours") or roles.has("measured_energy_kwh") or (roles.has("start") and roles.has("end"))
    )
    missing = [] if roles.has("hardware") else ["hardware"]
    missing += [] if timed else ["hours"]
    if not missing:
        return
    said = {"hardware": "'hardware'", "hours": "'hours' (nor 'start' and 'end')"}
    if kind := kind_of(names):
        log = f"it is a log of {kind}, no table of runs: `wattgram import {kind} FILE | wattgram batch -` reads it"
        raise InputError("table", ", ".join(names[:12]), log)
    meant = {role: likely(role, names) for role in missing}
    listed = "the columns are hardware, count, hours or start and end, where or provider and region, and more"
    if all(meant.values()):
        pairs = ",".join(f"{role}={name}" for role, name in meant.items())
        listed = f"rename {_joined(meant)}, or let `wattgram import csv FILE --columns {pairs}` do it"
        if "hours" in meant and not re.search("h(ou)?rs?|_h$|^h$", meant["hours"], re.IGNORECASE):
            listed += f" (seconds={meant['hours']}, minutes={meant['hours']} where it is in these)"
    elif any(meant.values()):
        listed = f"perhaps {_joined(meant)}; {listed}"
    raise InputError(
        "table",
        ", ".join(names[:12]),
        f"it has no column {' and no '.join(said[role] for role in missing)}; {listed}",
    )


def _joined(meant: Mapping[str, str]) -> str:
    return " and ".join(f"{echo(name)} to {role}" for role, name in meant.items() if name)
