"""Totals: sums over the rows of a table, with ranges that know which rows share a factor.

Errors of the same factor row do not average out: a hundred million runs under one default load are wrong together. So,
for each factor and each of its rows (the zone and year of a grid, the device of a rated power, the default of a class),
the runs' absolute deviations due to that factor alone are summed, and these sums are combined in quadrature:

    high = T + sqrt( sum over factor rows f of ( sum over runs i of (T_i with f at its high - T_i) )^2 )

For columns this is one group-by over the words and fills that decide which rows a run shares; the rest is done here on
a few thousand groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.frames.columns import col
from wattgram.frames.groups import FIGURES, factor_rows, figured, grouped, with_labels
from wattgram.frames.schema import WORK
from wattgram.value import Z_90, Value, exp

if TYPE_CHECKING:
    from wattgram.frames.pipeline import Plan

__all__ = ["FIGURES", "Sums", "Totals", "totals"]

LEAST_SHARE = 1e-6
"""No range reaches 0, as that of no factor does; a sum's own deviations stay far above this share of it."""


class Totals(NamedTuple):
    """Sums over the rows of a table, or of one part of it."""

    rows: int
    answered: int
    """Rows without an issue."""
    covered: dict[str, int]
    """Of each figure the number of rows that have it."""
    figures: dict[str, Value | None]
    """Of each figure its sum over those rows, None where no row has it."""
    issues: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The totals as JSON has them."""
        figures = {name: None if value is None else value.to_dict() for name, value in self.figures.items()}
        return {
            "rows": self.rows,
            "rows_answered": self.answered,
            "rows_with_issue": self.rows - self.answered,
            **figures,
            "rows_with": self.covered,
            "issues": self.issues,
        }


class Sums:
    """The sums of one part of a table while they are gathered."""

    def __init__(self) -> None:
        self.rows = self.answered = 0
        self.covered = dict.fromkeys(FIGURES, 0)
        self.central = dict.fromkeys(FIGURES, 0.0)
        self.issues: dict[str, int] = {}
        self.making_in_total = 0.0
        self.due: dict[tuple[Any, ...], dict[str, list[float]]] = {}
        """Of each factor row and figure the absolute deviations due to it alone, down and up."""

    def add(self, issue: str, rows: int, *figures: float) -> None:
        """Add the rows of one issue (or of none): their figures, and how many rows have each."""
        self.rows += rows
        if issue:
            self.issues[issue] = self.issues.get(issue, 0) + rows
        else:
            self.answered += rows
        for name, figure, covered in zip(
            FIGURES, figures[: len(FIGURES)], figures[len(FIGURES) :], strict=True
        ):
            self.central[name] += figure
            self.covered[name] += int(covered)

    def share_making(self, plan: Plan) -> None:
        """Service life and utilisation are one assumption for every row."""
        making = {"embodied_kg": self.central["embodied_kg"], "total_kg": self.making_in_total}
        for identity in ("service-life-years", "utilisation-over-life"):
            shared = plan.options.catalog.default(identity) ** -1.0
            self.deviate((identity,), making, shared.low_sq, shared.high_sq)

    def deviate(
        self, row: tuple[Any, ...], figures: Mapping[str, float], low_sq: float, high_sq: float
    ) -> None:
        """Add what one factor row alone does to the figures that it enters."""
        if row[0] == "slots_kg":
            self.making_in_total += figures["total_kg"]
        if not low_sq and not high_sq:
            return
        down, up = 1.0 - exp(low_sq**0.5 * -Z_90), exp(high_sq**0.5 * Z_90) - 1.0
        due = self.due.setdefault(row, {})
        for name, figure in figures.items():
            both = due.setdefault(name, [0.0, 0.0])
            both[0] += figure * down
            both[1] += figure * up

    def totals(self) -> Totals:
        """The sums with their ranges: each factor row's deviations, already added, in quadrature."""
        values: dict[str, Value | None] = {}
        for name in FIGURES:
            unit, central = "kWh" if name == "energy_kwh" else "kg", self.central[name]
            parts = [both[name] for both in self.due.values() if name in both]
            down, up = (sum(part[side] ** 2 for part in parts) ** 0.5 for side in (0, 1))
            low = max(central - down, central * LEAST_SHARE)
            values[name] = Value(central, low, central + up, unit, "derived") if self.covered[name] else None
        return Totals(self.rows, self.answered, self.covered, values, dict(sorted(self.issues.items())))


def totals(native: Any, plan: Plan, by: Sequence[str] = ()) -> dict[tuple[str, ...], Totals]:
    """The totals of a frame, as a whole under the key (), and for each combination of the columns `by`.

    Parameters
    ----------
    native : the frame
    plan : its words, from the first scan
    by : columns of the frame; `month` is the month of `start` where the table has no such column

    Raises
    ------
    InputError : a column that the frame does not have
    """
    groups = plan.backend.reduce(
        native, with_labels(native, plan, by), partial(grouped, plan=plan, by=tuple(by))
    )
    groups = figured(groups, plan)
    labels = [f"by{at}" for at in range(len(by))]
    every: dict[tuple[str, ...], Sums] = {(): Sums()}

    def into(cells: Sequence[Any]) -> list[Sums]:
        label = tuple(_label(cell) for cell in cells[: len(by)])
        return [every[()], every.setdefault(label, Sums())] if by else [every[()]]

    for cells in _summed(
        groups, plan, [*labels, "issue"], ("rows", *FIGURES, *(f"rows_{name}" for name in FIGURES))
    ):
        for sums in into(cells):
            sums.add(*cells[len(by) :])
    for factor, keys, figures in factor_rows(plan):
        for cells in _summed(groups, plan, [*labels, *keys], figures.values()):
            *row, low_sq, high_sq = cells[len(by) : len(by) + len(keys)]
            due = dict(zip(figures, cells[len(by) + len(keys) :], strict=True))
            for sums in into(cells):
                sums.deviate((factor, *(row or [low_sq, high_sq])), due, low_sq, high_sq)
    for sums in every.values():
        sums.share_making(plan)
    whole = {(): every.pop(()).totals()}
    return whole | {label: every[label].totals() for label in sorted(every)}


def _summed(groups: Any, plan: Plan, keys: Sequence[str], figures: Iterable[str]) -> list[tuple[Any, ...]]:
    """Sums of figures by keys, over groups that are few."""
    names = list(dict.fromkeys(figures))
    found = groups.group_by(*(WORK + key for key in keys)).agg(*(col(name).sum() for name in names))
    rows = plan.backend.fetch(found.select(*(WORK + name for name in [*keys, *names])))
    return [tuple(0.0 if cell is None or cell != cell else cell for cell in row) for row in rows]  # noqa: PLR0124 - NaN


def _label(cell: Any) -> str:
    """A group's name as text; the month 202405 as 2024-05."""
    return cell if isinstance(cell, str) else f"{cell // 100}-{cell % 100:02d}" if cell else ""
