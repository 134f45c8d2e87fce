"""Findings: every code is explained, each row is counted once, and no foreign byte reaches a terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from wattgram import importers
from wattgram.importers import record
from wattgram.importers.record import CODES, Journal

SOURCES = Path(record.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "importers.md"


def test_every_code_is_explained():
    """The codes in the source are those of the table, and the page has a row for each."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    used = {code for code in CODES if text.count(f'"{code}"') > 1}
    assert used == set(CODES)
    said = set(re.findall(r'"([a-z]+-[a-z]+(?:-[a-z]+)*)",\s*(?:f?"|text)', text))
    assert said <= set(CODES) | {"nvidia-smi"}
    page = PAGE.read_text(encoding="utf-8")
    for code, meaning in CODES.items():
        assert f"| `{code}` | {meaning} |" in page


def test_a_row_is_counted_once():
    """Two faults are two findings and one unusable row; no fault is a usable one."""
    journal = Journal()
    journal.settle("log", 2, [("bad-cell", "one"), ("hours-unknown", "two")])
    journal.settle("log", 3, [])
    assert (journal.usable, journal.unusable) == (1, 1)
    assert journal.counts == {"bad-cell": 1, "hours-unknown": 1}
    assert all(finding.unusable for finding in journal.findings)


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\0b", "line\nline", "\u202eabc"])
def test_a_finding_shows_nothing_that_a_terminal_obeys(text):
    """Escapes, zeros, ends of lines and marks of direction are replaced, in the text and in the name of the file."""
    journal = Journal()
    journal.bad(text, 1, "bad-row", text)
    assert str(journal.findings[0]).isprintable()


def test_a_finding_is_not_without_end():
    """A cell of a megabyte is cut in the finding."""
    journal = Journal()
    journal.bad("log", 1, "bad-row", "x" * 1_000_000)
    assert len(str(journal.findings[0])) < 1000


@pytest.mark.parametrize(
    ("kind", "log", "code"),
    [
        ("slurm", "JobID|State|Elapsed|NCPUS\n1|COMPLETED|INVALID|4\n", "hours-unknown"),
        ("wandb", '[{"gpu": "NVIDIA A100", "gpu_count": 1}, {"_runtime": null}]', "hours-unknown"),
        ("trainer", '{"global_step": 1, "total_flos": 1e18, "log_history": []}', "hours-unknown"),
        ("trainer", '{"global_step": 1, "log_history": []}', "hours-unknown"),
        ("csv", "hardware,hours,where\nA100,,FR\n", "bad-cell"),
    ],
)
def test_a_row_with_neither_hours_nor_energy_is_unusable_whatever_its_kind(kind, log, code):
    """Nothing can be estimated of it; exit code 2 where every row is one."""
    imported = importers.read(kind, io.StringIO(log))
    assert [(row["hours"], row["measured_energy_kwh"]) for row in imported] == [(None, None)]
    assert (imported.summary["usable"], imported.summary["unusable"]) == (0, 1)
    assert imported.summary["findings"][code] == 1
