"""What an importer gives back: rows of a table of runs, findings with their lines, and a summary that fills as rows are read.

Rows stream: nothing is read until the rows are asked for, and the findings and the summary are complete when the last
row is out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

__all__ = ["RUN_COLUMNS", "Finding", "Imported", "Journal", "Row"]

Row = dict[str, Any]
"""One run: the columns of a table of runs and those that pass through; None is "not known"."""

RUN_COLUMNS = (
    "hardware",
    "count",
    "hours",
    "where",
    "load",
    "overhead",
    "pue",
    "measured_energy_kwh",
    "measured_scope",
    "workload",
    "start",
    "end",
)
"""The columns that a table of runs is estimated from; every importer gives them, first and in this order."""

MOST_FINDINGS_KEPT = 1000
LONGEST_TEXT = 600


class Finding(NamedTuple):
    """Something about one line: where, a code, one sentence, and whether the row can be used at all."""

    file: str
    line: int
    code: str
    text: str
    unusable: bool

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text} [{self.code}]"


class Journal:
    """What was found on the way: every finding counted, the first of each code kept.

    Attributes
    ----------
    findings : the first findings of each code, in the order of the lines
    counts : findings of each code [1]
    rows : rows given out [1]
    usable, unusable : each row, line or file is one of them, however many faults it has [1]
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.counts: dict[str, int] = {}
        self.rows = 0
        self.usable = 0
        self.unusable = 0
        self.figures: dict[str, Any] = {}

    def note(self, file: str, line: int, code: str, text: str) -> None:
        """A remark on a row that can be used all the same."""
        self._add(Finding(file, line, code, text, unusable=False))

    def bad(self, file: str, line: int, code: str, text: str) -> None:
        """A line or file that gives no row, or a row that cannot be used."""
        self.settle(file, line, [(code, text)])

    def settle(self, file: str, line: int, faults: Sequence[tuple[str, str]]) -> None:
        """Count one row: usable, or, where it has faults (code and sentence), once as unusable."""
        if not faults:
            self.usable += 1
            return
        self.unusable += 1
        for code, text in faults:
            self._add(Finding(file, line, code, text, unusable=True))

    def _add(self, finding: Finding) -> None:
        seen = self.counts.get(finding.code, 0)
        self.counts[finding.code] = seen + 1
        if seen < MOST_FINDINGS_KEPT:
            self.findings.append(finding._replace(file=_shown(finding.file), text=_shown(finding.text)))

    def add(self, name: str, amount: float = 1) -> None:
        """Add to a figure of the summary."""
        self.figures[name] = self.figures.get(name, 0) + amount


def _shown(text: str) -> str:
    """A text without anything that a terminal would obey, and not without end."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}\N{HORIZONTAL ELLIPSIS}"
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


class Imported:
    """The rows of one or more logs, read as they are asked for.

    Attributes
    ----------
    kind : slurm, codecarbon, nvidia-smi, wandb, trainer or csv
    columns : names of the cells of every row, in order
    journal : findings and counts; complete when the last row is out
    """

    def __init__(self, kind: str, columns: tuple[str, ...], rows: Iterator[Row], journal: Journal) -> None:
        self.kind, self.columns, self.journal = kind, columns, journal
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.journal.rows += 1
            yield row

    def read(self) -> Iterator[Row]:
        """The rows without being counted, for whoever passes them on."""
        return self._rows

    @property
    def rows(self) -> list[Row]:
        """Every row at once (the first time; they are read once)."""
        return list(self)

    @property
    def findings(self) -> list[Finding]:
        """What was found so far, the first of each code."""
        return self.journal.findings

    @property
    def summary(self) -> dict[str, Any]:
        """Rows, usable and unusable ones, findings by code, and what the kind counts beside them."""
        journal = self.journal
        return {
            "kind": self.kind,
            "rows": journal.rows,
            "usable": journal.usable,
            "unusable": journal.unusable,
            "findings": dict(sorted(journal.counts.items())),
            **journal.figures,
        }
