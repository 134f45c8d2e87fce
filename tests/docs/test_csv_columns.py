"""The columns of every CSV are those that the documentation lists, in its order."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

import wattgram
from wattgram.advice import advise
from wattgram.advice.forms import render_advice, render_review
from wattgram.advice.review import review
from wattgram.auditing import audit
from wattgram.auditing.forms import render_findings
from wattgram.report.methods import render_methods

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "csv.md").read_text(encoding="utf-8")
RUN = wattgram.estimate("8xA100", "100h", "aws:us-east-1")
TABLE = [
    {"hardware": "A100", "hours": "10", "where": "FR", "project": "a"},
    {"hardware": "4xH100", "hours": "2", "where": "DE", "project": "b"},
]
STATEMENT = "Carbon emitted: 1.38 kg CO2eq for 10 hours on an RTX 3080 in private infrastructure."
FORMS = {
    "estimate,": lambda: RUN.report("csv"),
    "estimate --methods": lambda: render_methods(RUN, "csv"),
    "compare": lambda: wattgram.compare(RUN, "year").report("csv"),
    "advise,": lambda: render_advice(advise(RUN), RUN, "csv"),
    "advise of a table": lambda: render_review(review(TABLE, wattgram.Catalog.load()), "csv"),
    "inference": lambda: wattgram.inference("8B", "FR", output_tokens=100).report("csv"),
    "audit": lambda: render_findings([("card", audit(STATEMENT))], "csv"),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_header_is_the_documented_one(name):
    """No column is undocumented, none is documented that is not there, and each row has a cell for each."""
    section = re.search(rf"(?ms)^## {name}[^\n]*\n(.*?)(?=^## |\Z)", PAGE)[1]
    documented = re.findall(r"(?m)^\| `(\w+)` \| (.+) \|$", section)
    header, *rows = csv.reader(io.StringIO(FORMS[name]()))
    if name == "inference":
        assert header == [
            "what",
            *(f"{column}{end}" for column, _ in documented[1:] for end in ("", "_low", "_high")),
        ]
    else:
        assert header == [column for column, _ in documented]
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    assert all(len(meaning) > 5 for _, meaning in documented)


def test_the_units_of_the_page_are_those_of_the_names():
    """A column named in kg, kWh, hours or grams per kilowatt-hour says that unit."""
    units = {"_kg": "kg CO2e", "_kwh": "kWh", "_h": "[h]", "_g_per_kwh": "[g CO2e/kWh]"}
    for column, meaning in re.findall(r"(?m)^\| `(\w+)` \| (.+) \|$", PAGE):
        for ending, unit in units.items():
            if (
                column.endswith(ending)
                and not column.endswith(("_low", "_high"))
                and not (ending == "_kwh" and column.endswith("_g_per_kwh"))
            ):
                assert unit in meaning, column


def test_a_review_sums_device_hours():
    """Beside what a group emits stands for how long its devices ran, in text, Markdown, CSV and JSON."""
    found = review([*TABLE, {**TABLE[1], "hours": "3"}], wattgram.Catalog.load())
    assert {group.name: group.device_hours_h for group in found.groups["project"]} == {"a": 10.0, "b": 20.0}
    assert "device-hours" in render_review(found, "text")
    assert "| project | runs | device-hours | CO2e |" in render_review(found, "markdown")
    assert found.to_dict()["groups"]["device"][0]["device_hours_h"] in (10.0, 20.0)
