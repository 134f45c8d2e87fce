"""Every source says under which terms it is used, in one spelling; and no row or source of the data is read by nothing."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "wattgram"
DATA = SOURCE / "data"
SOURCES = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))
PROGRAM = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
OF_LISTS = {"eco2ai-cpu-list"}
"""Sources of lists that the build reads, whose rows all have a better source today."""
SPDX = ("CC-BY-4.0", "ODbL-1.0", "OGL-UK-3.0", "OGL-Canada-2.0", "Apache-2.0", "MPL-2.0", "AGPL-3.0", "MIT")


def cited():
    """The ids in every source column of every table."""
    found = set()
    for path in DATA.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                cells = (cell for column, cell in row.items() if column.endswith(("source_id", "source_ids")))
                found |= {one for cell in cells for one in cell.split("|") if one}
    return found


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_says_its_terms_in_one_spelling(name):
    """A licence is never empty, and one that SPDX has is written as SPDX writes it: CC-BY-4.0, not CC BY 4.0."""
    licence = SOURCES[name]["licence"]
    assert licence
    for text in (licence, SOURCES[name]["citation"]):
        known = {re.sub(r"\W", "", one).lower(): one for one in SPDX}
        for said in re.findall(r"[A-Za-z]+(?:[ -][A-Z][A-Za-z]*)*[ -]\d\.\d|MIT\b", text):
            right = known.get(re.sub(r"\W", "", said).lower(), said)
            assert said == right


def test_a_spelling_of_a_licence_outside_the_tables_is_the_same():
    """Notices beside the data and terms of live services too."""
    notices = "\n".join(path.read_text(encoding="utf-8") for path in DATA.rglob("*.md"))
    assert re.findall(r"CC[ _]BY\S*|CC-BY(?!-\d\.\d)", PROGRAM + notices) == []


def test_the_licence_of_the_package_names_that_of_every_table():
    """A licence that is the whole of a source's terms, of a source with rows, stands in the expression of the wheel."""
    project = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shipped = {SOURCES[name]["licence"] for name in cited() & set(SOURCES)}
    assert {one for one in SPDX if one in shipped} - set(project["license"].split(" AND ")) == set()


def test_every_source_is_cited_by_a_row_or_named_by_the_program():
    """What nothing cites is a citation of nothing."""
    named = {name for name in SOURCES if f'"{name}"' in PROGRAM}
    assert set(SOURCES) - cited() - named == OF_LISTS


def test_every_default_is_read():
    """Each row of assumptions.csv is named in the program, whole or by the beginning that it is put together from."""
    with (DATA / "assumptions.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row["id"] for row in csv.DictReader(handle)]
    whole = set(re.findall(r'"([a-z0-9.-]+)"', PROGRAM))
    begun = {
        *re.findall(r'f"([a-z0-9-]+-)\{', PROGRAM),
        *re.findall(r'startswith\("([a-z0-9-]+-)"\)', PROGRAM),
    }
    of_build = {
        "grid-year-known"
    }  # the range that the build gives to every yearly figure (zones.csv, range_basis)
    unread = [name for name in rows if name not in whole | of_build and not name.startswith(tuple(begun))]
    assert unread == []
