"""The page about trainings and serving shows what the program prints."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

from wattgram.cli import main

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "flops.md").read_text(encoding="utf-8")


def test_every_example_prints_what_the_page_shows(capsys):
    """Each command of docs/flops.md gives exactly the lines under it, down to its sources."""
    shown = re.findall(r"```console\n\$ (wattgram [^\n]+)\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) == 2
    for command, output in shown:
        assert main(shlex.split(command)[1:]) == 0
        printed = capsys.readouterr().out.split("\nSources:")[0]
        assert printed.strip() == output.strip(), command


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
