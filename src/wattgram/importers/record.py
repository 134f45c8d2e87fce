"""What an importer gives back: rows of a table of runs, findings with their lines, and a summary that fills as rows are read.

Rows stream: nothing is read until the rows are asked for, and the findings and the summary are complete when the last
row is out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from wattgram.names import meaning_of

__all__ = ["CODES", "RUN_COLUMNS", "Finding", "Imported", "Journal", "Row"]

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

CODES = {
    "ambiguous-gpu-type": "a GPU type could be several GPUs, none of them the usual one; say which in the TOML, or with `--map`",
    "bad-cell": "a cell is no such quantity, or out of range",
    "bad-row": "a line cannot be read: torn, over-long, no text, no job id, no energy",
    "cell-cut-off": "a narrow column of Slurm cut a cell off; what is whole of it is read, and names that begin alike are one",
    "cpu-time-over": "a job has more CPU time than it held cores; they are taken as all busy",
    "duplicate-row": "the same row, power log or run stood before, or is a checkpoint of one, and is counted once",
    "energy-counted-twice": "a job row is the sum of steps that count the same nodes; they are counted once",
    "energy-implausible": "an energy that no such machine can use; it is left out",
    "energy-high": "a measured energy is more than what the job held can draw; Slurm counts whole nodes, and it is kept",
    "energy-low": "a measured energy is less than what the job held draws at rest; it is kept",
    "energy-of-shared-node": "two measured jobs were on one node at the same time; each has the energy of both",
    "energy-zero": "every reading is 0, as where no sensor is read, which is no measurement; modelled where the hardware is named",
    "file-torn": "a file ends in the middle, or cannot be read further; what stands before counts",
    "file-unusable": "one of several files cannot be read at all",
    "gap": "a power log has a pause; nothing is counted in it",
    "gpu-part-unknown": "a job held shards of a GPU, whose size no log says; its cores alone are counted",
    "gpus-by-order": "no column tells the GPUs apart; they are told by the order of their lines",
    "gpu-type-contradicted": "the log names another GPU than the TOML or `--hardware`; that of the log is taken",
    "hardware-unknown": "the log does not say what ran",
    "hours-modelled": "no runtime is stated; the hours follow from the FLOPs",
    "hours-unknown": "no duration is known; without an energy the row cannot be used",
    "job-continued": "a job stood in a log before while it ran; what it ran since is added",
    "no-job-in-partition": "a table of the TOML describes a partition that no job was in",
    "late-step": "a step stands apart from its job and is left out",
    "missing-columns": "the table lacks columns, and what cannot be known without them",
    "never-read": "a GPU of a power log has no reading at all; its energy is not known",
    "no-header": "a power log without a header, read by the form of its cells",
    "no-reading": "a power that is `[N/A]`; the line is left out",
    "one-reading": "a GPU has no two readings to integrate between",
    "other-schema": "a row has the columns of another version; it is read so",
    "place-unknown": "the row names no place that the catalog knows",
    "pue-implausible": "a stated PUE is out of range; it is left out",
    "session-apart": "two rows of one run id are of times that do not touch; they are taken as one counter, and said",
    "session-reused": "a counter starts again under the same run id; both sessions count",
    "step-without-job": "steps without a job row; the job is taken from them",
    "task-in-total": "a task is part of the total of its run, and is not counted again",
    "time-ambiguous": "a day and a month could be either way round, and are not guessed; the time is left out",
    "time-backwards": "a clock ran backwards; no time is counted twice",
    "time-out-of-range": "a time is before the years of the data, or ahead of now; it is left out, or its day alone kept",
    "time-unreadable": "a cell is no time; it is left out",
    "unit-doubtful": "the name of the column of hours is that of another unit; it is read as hours",
    "unit-trap": "a draw that no such board has; the figures are read as milliwatts",
    "unknown-word": "the catalog does not know a word of the table; name what it means with `--map`",
    "unknown-gpu-type": "the catalog has no GPU of this name; name it in the TOML, or with `--map`",
}
"""What a finding may say of a line, by its code."""

MOST_FINDINGS_KEPT = 1000
LONGEST_TEXT = 600


WHAT_RAN = "hardware-unknown"


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
    left_out : unusable ones that gave no row [1]
    placeless : rows given out that say no place [1]
    names : the user's own words for hardware and places, and what they mean (`read_names`)
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.counts: dict[str, int] = {}
        self.rows = 0
        self.usable = 0
        self.unusable = 0
        self.left_out = self.placeless = 0
        self.figures: dict[str, Any] = {}
        self.names: dict[str, str] = {}

    def note(self, file: str, line: int, code: str, text: str) -> None:
        """A remark on a row that can be used all the same."""
        self._add(Finding(file, line, code, text, unusable=False))

    def bad(self, file: str, line: int, code: str, text: str) -> None:
        """A line or file that gives no row."""
        self.settle(file, line, [(code, text)])
        self.left_out += 1

    def settle(self, file: str, line: int, faults: Sequence[tuple[str, str]]) -> None:
        """Count one row: usable, or, where it has faults (code and sentence), once as unusable.

        What ran can be said afterwards (--hardware, --partitions): a row that lacks it alone is usable, with a remark.
        """
        unusable = any(code != WHAT_RAN for code, _ in faults)
        self.unusable += unusable
        self.usable += not unusable
        for code, text in faults:
            self._add(Finding(file, line, code, text, unusable=unusable))

    def _add(self, finding: Finding) -> None:
        seen = self.counts.get(finding.code, 0)
        self.counts[finding.code] = seen + 1
        if seen < MOST_FINDINGS_KEPT:
            self.findings.append(finding._replace(file=_shown(finding.file), text=_shown(finding.text)))

    def add(self, name: str, amount: float = 1) -> None:
        """Add to a figure of the summary [as its name ends]."""
        self.figures[name] = self.figures.get(name, 0) + amount

    def meant(self, word: str | None) -> str | None:
        """What a word of the log means in the user's own names (`--map`); the word itself where they have none."""
        return meaning_of(self.names, word) if word and self.names else word


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
        journal = self.journal
        for row in self._rows:
            journal.rows += 1
            journal.placeless += row["where"] is None
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
