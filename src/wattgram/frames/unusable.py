"""Unusable: of each issue that is no matter of words the cells that have it, the most frequent first, as they stand.

Asked for only where the totals say that there are such rows: one more scan, which reads the columns of the runs and
groups the rows with an issue alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from wattgram.duration import LONGEST_DURATION_H
from wattgram.errors import echo
from wattgram.estimation import LIMITS, MOST_KWH, SCOPES
from wattgram.frames.numbers import checked
from wattgram.frames.schema import BLANKS, SHARES, WORK
from wattgram.frames.working import col
from wattgram.resolve.fill import WORKLOADS
from wattgram.run import FIRST_YEAR, MOST_DEVICES, MOST_INTENSITY_G_PER_KWH

if TYPE_CHECKING:
    from wattgram.frames.pipeline import Plan

__all__ = ["ALLOWED", "Unusable", "unusable"]

EXAMPLES = 3
MOST_SHOWN = 40
LEAST_PERCENT = 5
"""From here on a load without a sign is taken for a percentage in what is asked back."""
FAULT = "-unusable"
THOUSANDS = ",' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}"
"""What tables put between thousands."""


def _between(name: str) -> str:
    low, high, above = LIMITS[name]
    return f"a number {'above' if above else 'from'} {low:g} {'and at most' if above else 'to'} {high:g}"


ALLOWED = {
    "count": f"a whole number from 1, with its devices at most {MOST_DEVICES:,}",
    "hours": f"a number above 0 and at most {LONGEST_DURATION_H:,.0f}, or a text such as 3d4h or 12:30:00",
    "start": f"a time from {FIRST_YEAR} to now, as in 2024-05-01T12:00:00Z",
    "end": "a time, as in 2024-05-01T12:00:00Z",
    "load": f"{_between('load')}, or a percentage such as 80%",
    "overhead": _between("overhead"),
    "pue": _between("pue"),
    "intensity": f"a number of g/kWh from 0 to {MOST_INTENSITY_G_PER_KWH:,.0f}",
    "measured_energy_kwh": f"a number of kWh above 0 and at most {MOST_KWH:,.0f}",
    "measured_scope": f"one of {', '.join(SCOPES)}",
    "workload": f"one of {', '.join(WORKLOADS)}",
}
"""What each column takes."""


class Unusable(NamedTuple):
    """The cells of one column that cannot be used: how many rows, how many different ones, and the most frequent."""

    issue: str
    column: str
    rows: int
    distinct: int
    examples: tuple[tuple[str, int], ...]
    """Cells as they stand in the table, with the number of their rows."""
    allowed: str
    hint: str
    """What was probably meant, or nothing."""

    def to_dict(self) -> dict[str, Any]:
        """The cells as JSON has them."""
        examples = [{"value": value, "rows": rows} for value, rows in self.examples]
        return {**self._asdict(), "examples": examples, "hint": self.hint or None}

    def shown(self) -> str:
        """The most frequent cells in a line."""
        cells = [
            f"{echo(_short(value))}{'' if rows == 1 else f' ({rows:,} runs)'}"
            for value, rows in self.examples
        ]
        more = self.distinct - len(cells)
        return ", ".join(cells) + (f" and {more:,} more" if more > 0 else "")


def _short(value: str) -> str:
    return value if len(value) <= MOST_SHOWN else value[: MOST_SHOWN - 1] + "…"


def unusable(native: Any, plan: Plan, issues: Mapping[str, int]) -> tuple[Unusable, ...]:
    """The cells behind the issues of a table that are no matter of words, those of most rows first."""
    codes = {
        code: code.removesuffix(FAULT)
        for code in issues
        if code.endswith(FAULT) and code.removesuffix(FAULT) in ALLOWED
    }
    if not codes:
        return ()
    raw = {f"raw_{role}": _column(plan, role) for role in {*codes.values(), "start", "end"}}
    roles = plan.roles._replace(texts=plan.roles.texts | {name: of for name, of in raw.items() if of})

    def step(frame: Any) -> Any:
        frame = plan.numbered(frame)
        for lookup in plan.words.lookups:
            frame = plan.backend.attach(frame, lookup)
        frame = checked(frame, plan.roles, plan.words)
        code = nw.coalesce(col("issue"), nw.lit(""))
        frame = plan.backend.tidy(frame.with_columns(code.alias(WORK + "code")))
        found = reduce(
            lambda other, one: nw.when(col("code") == one[0]).then(_cell(plan, one[1])).otherwise(other),
            codes.items(),
            nw.lit(""),
        )
        frame = frame.filter(col("code").is_in(list(codes))).with_columns(found.alias(WORK + "cell"))
        return frame.group_by(WORK + "code", WORK + "cell").agg(nw.len().alias(WORK + "rows"))

    groups = plan.backend.reduce(native, roles, step)
    groups = groups.group_by(WORK + "code", WORK + "cell").agg(col("rows").sum())
    found = [_one(groups, plan, code, column, issues[code]) for code, column in codes.items()]
    return tuple(sorted(found, key=lambda one: -one.rows))


def _column(plan: Plan, role: str) -> str:
    return next((group[role] for group in plan.roles if role in group), "")


def _cell(plan: Plan, role: str) -> Any:
    """The cell that a column's issue is about; of hours that were not written, the span they come from."""
    if role != "hours":
        return col(f"raw_{role}")
    there = plan.roles.has("start") and plan.roles.has("end")
    span = nw.concat_str(col("raw_start"), nw.lit(" to "), col("raw_end")) if there else nw.lit("")
    if not plan.roles.has("hours"):
        return span
    written = ~col("raw_hours").str.strip_chars().str.to_lowercase().is_in(list(BLANKS))
    return nw.when(written).then(col("raw_hours")).otherwise(span)


def _one(groups: Any, plan: Plan, code: str, column: str, rows: int) -> Unusable:
    mine = groups.filter(col("code") == code)
    distinct = plan.backend.fetch(mine.select(nw.len().alias(WORK + "cells")))[0][0]
    most = mine.sort(WORK + "rows", WORK + "cell", descending=[True, False]).head(EXAMPLES)
    examples = tuple(
        (str(cell), int(number))
        for cell, number in plan.backend.fetch(most.select(WORK + "cell", WORK + "rows"))
    )
    hints = [
        f"{echo(_short(value))}: {hint}" for value, _ in examples if (hint := _hint(column, value.strip()))
    ]
    return Unusable(code, column, rows, int(distinct), examples, ALLOWED[column], "; ".join(hints))


def _hint(column: str, value: str) -> str:
    """What was probably meant by a cell."""
    if re.fullmatch(r"[0-9]+,[0-9]+", value) and column not in ("start", "end"):
        point, none = value.replace(",", "."), value.replace(",", "")
        either = re.fullmatch("[1-9][0-9]{0,2},[0-9]{3}", value)
        return f"a decimal comma? write {point}" + (f"; a mark between thousands? {none}" if either else "")
    if re.fullmatch(rf"[0-9]{{1,3}}([{THOUSANDS}][0-9]{{3}})+([.,][0-9]+)?", value):
        whole = re.sub(f"[{THOUSANDS}](?=[0-9]{{3}}(?![0-9]))", "", value)
        return f"a mark between thousands? write {whole.replace(',', '.')}"
    percent = re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value)
    if column in SHARES and percent and LEAST_PERCENT <= float(value) <= 100:  # noqa: PLR2004 - of 100
        return f"a percentage? write {value}% or {float(value) / 100:g}"
    if column == "hours" and " to " in value:
        return "the end is not after the start"
    return ""
