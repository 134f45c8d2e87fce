"""Summary: what a table of runs comes to, which rows have no figure and why, in the forms people need."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.errors import InputError
from wattgram.frames.lookup import Failure
from wattgram.frames.totals import FIGURES, Totals
from wattgram.report.csv import safe_cell
from wattgram.report.figures import energy, energy_range, mass, mass_range

if TYPE_CHECKING:
    from wattgram.frames.unusable import Unusable

__all__ = ["FORMS", "SCHEMA", "Summary"]

SCHEMA = 1
FORMS = ("text", "json", "csv", "markdown")
MOST_FAILURES = 12
MOST_GROUPS = 40
MOST_LABEL = 40
WHY = {
    "missing": "the cell is blank, and nothing stands for it",
    "hours-missing": "no hours, no start with an end, and no measured energy",
    "where-missing": "no place is said, so there is energy and no carbon",
    "unknown": "the words that name nothing are below",
    "ambiguous": "the words that could be several are below",
    "unusable": "the cells are below",
}
"""Why a row has no figure, where its cell need not be shown with the issue."""
WAYS_OUT = {
    "where-missing": "name the place of these runs: batch --where PLACE, or import ... --where PLACE",
    "hardware-missing": "say what ran: import ... --hardware WORD, of a cluster import slurm ... --partitions TOML",
}
"""What mends an issue that no cell shows."""
LABELS = {
    "operational_kg": "operational, location-based",
    "energy_kwh": "energy at the facility meter",
    "embodied_kg": "making of the hardware",
    "total_kg": "operational and making",
    "market_kg": "market-based, by the providers' claims",
}
"""The figures in the order in which they are told."""
SOME = "* of some of these runs only; the others have no such figure."
NAMED = ("hardware", "where")
"""The columns whose cells are words; what is wrong with another is said with its issue."""


class Summary(NamedTuple):
    """The totals of a table as a whole and by group, and its issues."""

    totals: Totals
    by: tuple[str, ...]
    groups: dict[tuple[str, ...], Totals]
    failures: tuple[Failure, ...]
    boundary: str
    catalog_version: str
    unusable: tuple[Unusable, ...] = ()
    """Of each issue that is no matter of words the cells that have it."""
    notes: tuple[str, ...] = ()
    """What was odd about the files and was read all the same."""
    embodied: bool = True
    """Whether the making of the hardware was asked for; where not, nothing is said of it."""

    @property
    def has_issues(self) -> bool:
        """Whether any row carries an issue."""
        return bool(self.totals.issues)

    @property
    def is_void(self) -> bool:
        """Whether there are rows and none of them has any figure."""
        return self.totals.rows > 0 and not self.totals.covered["energy_kwh"]

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON has it (schema 1); figures as {central, low, high}, null where no row has one."""
        return {
            "schema": SCHEMA,
            "boundary": self.boundary,
            **self.totals.to_dict(),
            "by": list(self.by),
            "groups": [
                {"group": dict(zip(self.by, label, strict=True)), **totals.to_dict()}
                for label, totals in self.groups.items()
            ],
            "unknown": [failure.to_dict() for failure in self.failures],
            "unusable": [cells.to_dict() for cells in self.unusable],
            "notes": list(self.notes),
            "catalog": {"version": self.catalog_version},
        }

    def report(self, form: str = "text") -> str:
        """The summary in one of FORMS, ending in a newline.

        Raises
        ------
        InputError : a form that is none
        """
        if form == "json":
            return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        if form == "csv":
            return self._csv()
        if form == "markdown":
            return self._markdown()
        if form == "text":
            return self._text()
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")

    # --- text -------------------------------------------------------------------------------------------------------

    def _text(self) -> str:
        whole = self.totals
        lines = [self._counts()]
        figures = self._figures()
        if figures:
            lines += ["", *(f"  {line.rstrip()}" for line in _columns(figures))]
        if self.groups:
            order = "in order of month" if self.by[0] == "month" else "most first"
            items = self._ranked()[:MOST_GROUPS]
            lines += ["", f"By {', '.join(self.by)}, {order}:", ""]
            lines += _aligned([self._head(), *(self._cells(*item) for item in items)], len(self.by))
            if any(self._lacks(totals) for _, totals in items):
                lines.append(f"  {SOME}")
            if len(self.groups) > MOST_GROUPS:
                lines.append(f"  and {len(self.groups) - MOST_GROUPS:,} more; all in --format csv or json")
        if whole.issues:
            lines += ["", "Issues (a run with several is counted under the first):", *self._issues()]
        if whole.warnings:
            lines += ["", "Warnings (docs/warnings.md; the column `warning` of each run):"]
            lines += [f"  {code:<24} {_rows(rows)}" for code, rows in self._warned()]
        words = [failure for failure in self.failures if failure.column in NAMED]
        if words:
            lines += [
                "",
                "Words that name nothing (a CSV of two columns, word and meaning, mends them: --map names.csv):",
            ]
            lines += [f"  {self._failure(failure)}" for failure in words[:MOST_FAILURES]]
            if len(words) > MOST_FAILURES:
                lines.append(f"  and {len(words) - MOST_FAILURES:,} more; all in --format json")
        catalog = f"Catalog {self.catalog_version}; boundary {self.boundary}"
        if figures:
            lines += ["", f"{catalog}; runs that share a factor are wrong together,"]
            lines.append("so the range of a sum is that of the shared factors.")
        else:
            lines += ["", f"{catalog}."]
        return "\n".join(lines) + "\n"

    def _counts(self) -> str:
        """How many runs have a figure; energy is one, so where fewer have carbon, that is said beside it."""
        whole = self.totals
        with_energy, with_carbon = whole.covered["energy_kwh"], whole.covered["operational_kg"]
        carbon = "" if with_carbon == with_energy else f" ({with_carbon:,} with carbon)"
        issues = f"{whole.rows - whole.answered:,} with an issue"
        return f"{_rows(whole.rows)} · {with_energy:,} with a figure{carbon} · {issues}"

    def _warned(self) -> list[tuple[str, int]]:
        """Warning codes with their rows, most first."""
        return sorted(self.totals.warnings.items(), key=lambda item: (-item[1], item[0]))

    def _issues(self) -> list[str]:
        """A line for each issue, most rows first, and under it what its cells are and might be."""
        cells = {one.issue: one for one in self.unusable}
        lines = []
        for issue, rows in sorted(self.totals.issues.items(), key=lambda item: (-item[1], item[0])):
            one = cells.get(issue)
            why = one.shown() if one else WHY.get(issue, WHY.get(issue.rpartition("-")[2], ""))
            lines.append(f"  {issue:<24} {_rows(rows)}: {why}")
            lines += [
                f"  {'':<24} {said}"
                for said in ((f"it takes {one.allowed}", one.hint) if one else (WAYS_OUT.get(issue),))
                if said
            ]
        return lines

    def _figures(self) -> list[tuple[str, str, str]]:
        """Each figure of the whole with its range, and what it is and of how many runs."""
        whole, rows = self.totals, []
        for name, label in LABELS.items():
            value = whole.figures[name]
            if value is None or (name in ("embodied_kg", "total_kg") and not self.embodied):
                continue
            if name == "energy_kwh":
                shown, span = energy(value.central), energy_range(value)
            else:
                shown, span = f"{mass(value.central)} CO2e", mass_range(value)
            ranged = value.central and value.low_sq + value.high_sq
            some = "" if whole.covered[name] == whole.rows else f", of {_rows(whole.covered[name])}"
            rows.append((shown, f"90 %: {span}" if ranged else "", label + some))
        return rows

    def _failure(self, failure: Failure) -> str:
        from wattgram.errors import echo  # noqa: PLC0415 - only where a word failed

        near = (
            f"; did you mean {' or '.join(failure.nearest)}?"
            if failure.nearest and failure.issue.endswith("unknown")
            else ""
        )
        if failure.issue.endswith("ambiguous"):
            near = f"; it could be {', '.join(failure.nearest[:3])}"
        means = f" (mapped to {echo(failure.meaning)})" if failure.meaning else ""
        fault = failure.issue.partition("-")[2]
        return f"{failure.column} {echo(failure.word)}{means}, {_rows(failure.rows)}: {fault}{near}"

    def _ranked(self) -> list[tuple[tuple[str, ...], Totals]]:
        def size(item: tuple[tuple[str, ...], Totals]) -> float:
            value = item[1].figures["operational_kg"] or item[1].figures["energy_kwh"]
            return -(value.central if value else 0.0)

        ranked = sorted(self.groups.items(), key=size)
        if "month" not in self.by:
            return ranked
        # Months are in their order; what stands before them in a label, in that of the most of it.
        at = self.by.index("month")
        place: dict[tuple[str, ...], float] = {}
        for label, totals in ranked:
            place[label[:at]] = place.get(label[:at], 0.0) + size((label, totals))
        return sorted(ranked, key=lambda item: (place[item[0][:at]], item[0][: at + 1]))

    def _head(self) -> tuple[str, ...]:
        making = ("making", "total") if self.embodied else ()
        return (*self.by, "runs", "energy", "operational", "90 %", *making, "issues")

    def _shown(self) -> tuple[str, ...]:
        """The figures of a group's row."""
        making = ("embodied_kg", "total_kg") if self.embodied else ()
        return ("energy_kwh", "operational_kg", *making)

    def _lacks(self, totals: Totals) -> bool:
        """Whether a figure of a group's row is of some of its runs only."""
        return any(0 < totals.covered[name] < totals.rows for name in self._shown())

    def _cells(self, label: tuple[str, ...], totals: Totals) -> tuple[str, ...]:
        cells = []
        for name in self._shown():
            value = totals.figures[name]
            shown = (energy if name == "energy_kwh" else mass)(value.central if value else None)
            cells.append(shown + ("*" if 0 < totals.covered[name] < totals.rows else ""))
        operational = totals.figures["operational_kg"]
        cells.insert(2, mass_range(operational) if operational else "")
        return (
            *(_label(cell) for cell in label),
            f"{totals.rows:,}",
            *cells,
            f"{totals.rows - totals.answered:,}",
        )

    # --- tables -----------------------------------------------------------------------------------------------------

    def _markdown(self) -> str:
        items = self._ranked() if self.groups else []
        label = ("all",) * len(self.by)
        rows = [self._head(), *(self._cells(*item) for item in items), self._cells(label, self.totals)]
        ruled = ["|".join(("", *[":--"] * len(self.by), *["--:"] * (len(rows[0]) - len(self.by)), ""))]
        shown = [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
        lacks = any(self._lacks(totals) for totals in (self.totals, *self.groups.values()))
        figures = [
            f"* {label}: {shown}{f' ({span})' if span else ''}" for shown, span, label in self._figures()
        ]
        cells = {one.issue: f", {_escaped(one.shown())}" for one in self.unusable}
        issues = [
            f"* `{issue}`: {_rows(count)}{cells.get(issue) or (f'; {WAYS_OUT[issue]}' if issue in WAYS_OUT else '')}"
            for issue, count in self.totals.issues.items()
        ]
        named = [failure for failure in self.failures if failure.column in NAMED]
        words = [f"* {_escaped(self._failure(failure))}" for failure in named[:MOST_FAILURES]]
        blocks = (
            [self._counts()],
            figures,
            [shown[0], *ruled, *shown[1:]],
            [_escaped(SOME)] if lacks else [],
            issues,
            [f"* `{code}`: {_rows(rows)}" for code, rows in self._warned()],
            words,
            [f"Catalog {self.catalog_version}; boundary {self.boundary}."],
        )
        return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"

    def _csv(self) -> str:
        out = io.StringIO()
        parts = [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")]
        writer = csv.writer(out, lineterminator="\n")
        coverage = [f"rows_with_{name}" for name in FIGURES]
        writer.writerow([*self.by, "rows", "rows_with_issue", *parts, *coverage])
        items: Sequence[tuple[tuple[str, ...], Totals]] = list(self.groups.items()) or [((), self.totals)]
        for label, totals in items:
            cells: list[Any] = [*map(safe_cell, label), totals.rows, totals.rows - totals.answered]
            for name in FIGURES:
                value = totals.figures[name]
                cells += [value.central, value.low, value.high] if value else [None, None, None]
            writer.writerow([*cells, *(totals.covered[name] for name in FIGURES)])
        return out.getvalue()


def _escaped(cell: str) -> str:
    """Text that Markdown takes for itself: no column ends in it and no emphasis begins."""
    return cell.replace("|", "\\|").replace("*", "\\*")


def _label(cell: str) -> str:
    """The name of a group in one line of a table."""
    text = " ".join("".join(c if c.isprintable() else " " for c in cell).split())
    return (text if len(text) <= MOST_LABEL else text[: MOST_LABEL - 1] + "…") or "(blank)"


def _rows(number: int) -> str:
    return f"{number:,} run" if number == 1 else f"{number:,} runs"


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    return ["   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _aligned(rows: list[tuple[str, ...]], number: int) -> list[str]:
    """Rows under one head, the first columns (so many) to the left and figures to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if at < number else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
