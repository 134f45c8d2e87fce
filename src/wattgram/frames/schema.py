"""The columns of a table of runs: what may come in, what goes out, and the codes of a row without a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wattgram.errors import InputError

__all__ = ["BLANKS", "FAULTS", "INPUTS", "NUMBER", "OUTPUTS", "TIME", "WORK", "Roles", "roles_of"]

WORK = "_wg_"
"""What every working column starts with; none of them is left in an answer."""

TEXTS = ("hardware", "where", "provider", "region", "measured_scope", "workload")
NUMBERS = ("count", "load", "overhead", "pue", "measured_energy_kwh", "intensity")
SPANS = ("hours",)
TIMES = ("start", "end")
INPUTS = (*TEXTS, *NUMBERS, *SPANS, *TIMES)
"""The names that are read; every other column passes through."""

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
    taken = [name for name in names if name in {out + suffix for out in OUTPUTS}]
    if taken:
        allowed = "it has the name of an answer; rename it, or say suffix='_2' (--suffix _2) for the answers"
        raise InputError("column", taken[0], allowed)
    odd = [name for name in names if isinstance(name, str) and name.startswith(WORK)]
    if odd:
        raise InputError("column", odd[0], f"names that start with {WORK} are kept for the working columns")
    there: Mapping[str, None] = dict.fromkeys(names)
    found = Roles(
        *({name: name for name in group if name in there} for group in (TEXTS, NUMBERS, SPANS, TIMES))
    )
    _check(found, [str(name) for name in names])
    return found


def _check(roles: Roles, names: list[str]) -> None:
    listed = "the columns are hardware, count, hours or start and end, where or provider and region, and more"
    if not roles.has("hardware"):
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong table pays for it

        shown = ", ".join(names[:12])
        raise InputError(
            "table", shown, f"it has no column 'hardware'; {listed}", get_close_matches("hardware", names)
        )
    timed = (
        roles.has("hours") or roles.has("measured_energy_kwh") or (roles.has("start") and roles.has("end"))
    )
    if not timed:
        shown = ", ".join(names[:12])
        raise InputError("table", shown, f"it has no column 'hours', nor 'start' and 'end'; {listed}")
