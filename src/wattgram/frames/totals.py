"""Totals: sums over the rows of a table, with ranges that know which rows share a factor.

Errors of the same factor row do not average out: a hundred million runs under one default load are wrong together. So,
for each factor and each of its rows (the zone and year of a grid, the device of a rated power, the default of a class),
the runs' absolute deviations due to that factor alone are summed; the rows of one factor are independent terms, so these sums
are combined in quadrature; and the factors are those of a product, so what each does to the total T adds in the logs:

    d_f = sqrt( sum over rows r of f of ( sum over runs i of (T_i with r at its high - T_i) )^2 )
    ln(high / T)^2 = sum over factors f of ln(1 + d_f / T)^2

Operation and making add their absolute deviations in quadrature. So a table of one run has the range of that run.

For columns this is one group-by over the words and fills that decide which rows a run shares; the rest is done here on
a few thousand groups.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.frames.groups import FIGURES, factor_rows, figured, grouped, sums_of, with_labels
from wattgram.value import Z_90, Value, exp, ln

if TYPE_CHECKING:
    from wattgram.frames.pipeline import Plan

__all__ = ["FIGURES", "Sums", "Totals", "totals"]

MAKING = ("slots_kg", "service-life-years", "utilisation-over-life")
"""The factors of the making of the hardware; all others are of its operation."""


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
    """Of each issue its rows."""
    warnings: dict[str, int]
    """Of each warning code its rows."""

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
            "warnings": self.warnings,
        }


class Sums:
    """The sums of one part of a table while they are gathered."""

    def __init__(self) -> None:
        self.rows = self.answered = 0
        self.covered = dict.fromkeys(FIGURES, 0)
        self.central = dict.fromkeys(FIGURES, 0.0)
        self.issues: dict[str, int] = {}
        self.warnings: dict[str, int] = {}
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

    def warn(self, codes: str, rows: int) -> None:
        """Add the rows that raise these codes, joined by |."""
        for code in codes.split("|") if codes else ():
            self.warnings[code] = self.warnings.get(code, 0) + int(rows)

    def share_making(self, plan: Plan) -> None:
        """Service life and utilisation are one assumption for every row."""
        making = {"embodied_kg": self.central["embodied_kg"], "total_kg": self.making_in_total}
        for identity in ("service-life-years", "utilisation-over-life"):
            shared = plan.options.catalog.default(identity) ** -1.0
            self.deviate((identity,), making, shared.low_sq, shared.high_sq)

    def deviate(
        self, row: tuple[Any, ...], figures: Mapping[str, float], low_sq: float, high_sq: float
    ) -> None:
        """Add what one factor row alone does, by its squared log-deviations [1], to the figures that it enters [as their names end]."""
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
        """The sums with their ranges: each factor row's deviations, already added, side by side."""
        making = {row for row in self.due if row[0] in MAKING}
        values: dict[str, Value | None] = {}
        for name in FIGURES:
            unit, central = "kWh" if name == "energy_kwh" else "kg", self.central[name]
            if not self.covered[name]:
                values[name] = None
            elif name == "total_kg":
                operational = self._ranged(name, central - self.making_in_total, self.due.keys() - making)
                value = operational + self._ranged(name, self.making_in_total, making)
                values[name] = value.as_unit(unit)
            else:
                values[name] = self._ranged(name, central, self.due.keys()).as_unit(unit)
        issues, warnings = (dict(sorted(found.items())) for found in (self.issues, self.warnings))
        return Totals(self.rows, self.answered, self.covered, values, issues, warnings)

    def _ranged(self, name: str, central: float, rows: Iterable[tuple[Any, ...]]) -> Value:
        """A sum with what each factor does to it: the rows of one factor as terms, the factors as those of a product."""
        down_sq: dict[str, float] = {}
        up_sq: dict[str, float] = {}
        for row in rows if central > 0 else ():
            if name in self.due[row]:
                down, up = self.due[row][name]
                down_sq[row[0]] = down_sq.get(row[0], 0.0) + down**2
                up_sq[row[0]] = up_sq.get(row[0], 0.0) + up**2
        low_sq = sum((ln(central / (central - sq**0.5)) / Z_90) ** 2 for sq in down_sq.values())
        high_sq = sum((ln((central + sq**0.5) / central) / Z_90) ** 2 for sq in up_sq.values())
        return Value.from_deviations(central, low_sq, high_sq)


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
    groups = figured(_grouped(native, plan, by), plan)
    labels = [f"by{at}" for at in range(len(by))]
    every: dict[tuple[str, ...], Sums] = {(): Sums()}

    def into(cells: Sequence[Any]) -> list[Sums]:
        label = tuple(_label(cell) for cell in cells[: len(by)])
        return [every[()], every.setdefault(label, Sums())] if by else [every[()]]

    factors = factor_rows(plan)
    answered = ("rows", *FIGURES, *(f"rows_{name}" for name in FIGURES))
    wanted = [([*labels, "issue", "warning"], answered)]
    wanted += [([*labels, *keys], tuple(dict.fromkeys(figures.values()))) for _, keys, figures in factors]
    answers, *shares = plan.backend.summed_each(groups, wanted)
    for cells in map(_numbers, answers):
        issue, warning, rows = cells[len(by) : len(by) + 3]
        for sums in into(cells):
            sums.add(issue, rows, *cells[len(by) + 3 :])
            sums.warn(warning, rows)
    for (factor, keys, figures), share in zip(factors, shares, strict=True):
        for cells in map(_numbers, share):
            *row, low_sq, high_sq = cells[len(by) : len(by) + len(keys)]
            due = dict(zip(figures, cells[len(by) + len(keys) :], strict=True))
            for sums in into(cells):
                sums.deviate((factor, *(row or [low_sq, high_sq])), due, low_sq, high_sq)
    for sums in every.values():
        sums.share_making(plan)
    whole = {(): every.pop(()).totals()}
    return whole | {label: every[label].totals() for label in sorted(every)}


def _grouped(native: Any, plan: Plan, by: Sequence[str]) -> Any:
    """The groups of a frame, its numbers taken within their bounds where the engine knows some.

    A NaN hides from the bounds that files keep, but not from a sum: where there is one, the rows are asked after all. Beside a
    measured energy a row without hours is fine, and what is blank in a product hides a NaN: there each row is asked at once.
    """
    roles, measured = with_labels(native, plan, by), plan.roles.has("measured_energy_kwh")
    known = {} if measured else plan.backend.bounds(native, plan.roles)
    for bounds in (known, {}) if known else ({},):
        bounded = plan._replace(words=plan.words._replace(bounds=bounds))
        groups = plan.backend.reduce(native, roles, partial(grouped, plan=bounded, by=tuple(by)), bounds)
        if not bounds or _finite(groups, plan):
            break
    return groups


def _finite(groups: Any, plan: Plan) -> bool:
    sums = list(sums_of(plan.roles, plan.words))
    return all(math.isfinite(cell) for row in plan.backend.summed(groups, ("fault",), sums) for cell in row)


def _numbers(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """The cells of a sum, 0 where there was nothing to add."""
    return tuple(0.0 if cell is None or cell != cell else cell for cell in cells)  # noqa: PLR0124 - NaN


def _label(cell: Any) -> str:
    """A group's name as text; the month 202405 as 2024-05."""
    return cell if isinstance(cell, str) else f"{cell // 100}-{cell % 100:02d}" if cell else ""
