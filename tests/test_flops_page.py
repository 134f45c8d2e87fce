"""The page about trainings and serving prints the defaults that the data has (its examples are run with all pages)."""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "flops.md").read_text(encoding="utf-8")


def test_the_table_of_defaults_is_that_of_the_data():
    """Low, central and high of every MFU on the page are those of assumptions.csv."""
    with (ROOT / "src" / "wattgram" / "data" / "assumptions.csv").open(
        encoding="utf-8", newline=""
    ) as handle:
        rows = {
            tuple(float(row[n]) for n in ("low", "central", "high"))
            for row in csv.DictReader(handle)
            if row["id"].startswith("mfu-")
        }
    printed = re.findall(r"\| (0\.\d+) \| (0\.\d+) \| (0\.\d+) \|", PAGE)
    assert {tuple(map(float, line)) for line in printed} == rows
