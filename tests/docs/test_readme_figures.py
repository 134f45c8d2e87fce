"""Figures in the prose of the README are those of the pages and tables they are taken from."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import wattgram

ROOT = Path(__file__).parents[2]
README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
ACCURACY = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")


def test_the_sentence_on_calibration_is_that_of_the_page():
    """How many measured runs, how many inside, and the median error: the line `in sample` of docs/accuracy.md."""
    held, runs, off = re.search(
        r"\| all \| in sample \| (\d+) of (\d+) \|.*\| (0\.\d+) \|", ACCURACY
    ).groups()
    said = re.search(
        r"Against (\d+) measured runs the 90 % range holds for (\d+), and the centre is off by a median of (\d+) %",
        README,
    )
    assert said is not None
    assert said.groups() == (runs, held, f"{100 * float(off):.0f}")


def test_the_counts_of_the_catalog_are_those_of_its_tables():
    """Regions, providers, cities, accelerators, processors and instance types as many as the README says."""
    catalog = wattgram.Catalog.load()
    for words, table in (
        ("cloud regions", "regions"),
        ("providers", "providers"),
        ("cities", "cities"),
        ("accelerators", "accelerators"),
        ("processors", "processors"),
        ("instance types", "instances"),
    ):
        said = re.search(rf"(\d[\d,]*) {words}", README)
        assert said is not None, words
        assert int(said[1].replace(",", "")) == sum(1 for _ in catalog.table(table).all_rows()), words


def test_the_count_of_grid_zones_and_their_years_are_those_of_the_table():
    """The grid zones of Electricity Maps, and the years from the first to the last of them."""
    said = re.search(r"(\d+) grid zones of Electricity Maps for (\d{4}) to (\d{4})", README)
    with (ROOT / "src/wattgram/data/electricitymaps/zones.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    years = {row["year"] for row in rows}
    assert said.groups() == (str(len({row["zone"] for row in rows})), min(years), max(years))
