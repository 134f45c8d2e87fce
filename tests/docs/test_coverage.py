"""Nothing a user can meet is undocumented: commands, options, routes, columns, JSON names, warning codes, errors, terms."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

import wattgram
from wattgram import errors
from wattgram.frames import schema
from wattgram.resolve.notice import CODES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_spec = importlib.util.spec_from_file_location("build_reference", ROOT / "tools" / "build_reference.py")
build_reference = importlib.util.module_from_spec(_spec)
sys.modules["build_reference"] = build_reference
_spec.loader.exec_module(build_reference)

EXAMPLE = ("8xA100", "100h", "aws:us-east-1")


def page(name):
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(build_reference.MAKERS))
def test_a_reference_page_is_what_the_program_says(name):
    """Every command, option, public name, formula, table, column and route stands in its page as it is today.

    `python tools/build_reference.py --write` renews them.
    """
    assert (
        page(f"reference/{name}") == build_reference.NOTE + build_reference.MAKERS[name]().rstrip("\n") + "\n"
    )


def names_in(value):
    """Every name of a JSON object, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner)


@pytest.mark.parametrize(
    "answer",
    [
        wattgram.estimate(*EXAMPLE).to_dict(),
        wattgram.compare(wattgram.estimate(*EXAMPLE), "provider").to_dict(3),
    ],
    ids=["footprint", "comparison"],
)
def test_every_json_name_is_documented(answer):
    """Each name of an answer stands in docs/json.md."""
    text = page("json.md")
    assert {name for name in names_in(answer) if f"`{name}`" not in text} - {
        "central",
        "low",
        "high",
    } == set()


def test_every_warning_code_has_its_line():
    """Each code stands in docs/warnings.md in a row of its own, and no row is of a code that is gone."""
    rows = re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", page("warnings.md"))
    assert len(rows) == len(set(rows))
    assert set(CODES) <= set(rows)


def test_every_error_stands_in_the_tree():
    """Each error class is public and drawn in the module's tree, which the library page shows."""
    tree = inspect.getdoc(errors)
    classes = [
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, Exception) and thing.__module__ == errors.__name__
    ]
    assert sorted(classes) == sorted(name for name in errors.__all__ if name.endswith("Error"))
    assert all(name in tree for name in classes)
    assert all(name in page("reference/library.md") for name in classes)


SHOWN = [
    *(one for module in build_reference.ARITHMETIC for one in build_reference.functions_of(module)),
    *build_reference.METHODS,
]
"""Every public function of the arithmetic and of the other methods."""


def test_every_word_of_the_arithmetic_is_a_term():
    """Each parameter of each formula, and what it computes, stands in docs/terms.md with its unit."""
    rows = [line for line in page("terms.md").splitlines() if line.startswith("| ")]
    named = {name for line in rows for name in re.findall(r"`(\w+)`", line)}
    words = {parameter for one in SHOWN for parameter in inspect.signature(one).parameters}
    assert {word for word in words if word not in named} == set()
    assert [line for line in rows if not line.split("|")[3].strip()] == [], "a row without a unit"


def test_every_formula_has_its_source():
    """Each names where it is from, in the docstring and so on its page."""
    assert [one.__name__ for one in SHOWN if "\nReferences\n---" not in inspect.getdoc(one)] == []


def test_every_symbol_of_a_formula_is_a_term():
    """Each symbol of the formulas that docs/reference/formulas.md shows of the arithmetic is a row of docs/terms.md."""
    cells = [line.split("|")[1] for line in page("terms.md").splitlines() if line.startswith("| ")]
    listed = {symbol.strip() for cell in cells for symbol in cell.split(",")}
    plain = set(
        re.findall(r"\w+", "ln round trunc, and so in parameters, h year W GB")
    )  # functions, words, units
    symbols = set()
    for one in SHOWN:
        head = inspect.getdoc(one).partition("\n\nParameters\n")[0]
        for line in build_reference.FORMULA.findall(head):
            symbols |= set(re.findall(r"[^\W\d]\w*", re.sub(r"\d[\d.e]*", " ", line)))
    assert symbols - listed - plain == set()


def test_every_page_is_in_the_navigation():
    """A page that no one can reach is no page, and the navigation names none that is missing."""
    listed = set(
        re.findall(r"(?m)^\s+- .*: ([\w./-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    )
    there = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert there - listed == set()
    assert listed - there == set()


def test_every_column_of_a_table_of_runs_is_documented():
    """Each column that is read or written, and each fault an issue can name, stands on the page of tables."""
    text = page("scale.md")
    words = set(re.findall(r"[a-z_0-9]+", text))
    assert {*schema.INPUTS, *schema.OUTPUTS} - words == set()
    assert set(schema.FAULTS) - words == set()


def test_every_variable_of_the_environment_is_documented():
    """Each `WATTGRAM_...` that source, tools or tests read stands in a table, and no table names one that nothing reads."""
    read = set()
    for folder in ("src", "tools", "benchmarks", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            read |= set(re.findall(r"\bWATTGRAM_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8")))
    tables = page("tracker.md") + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = {
        name
        for line in tables.splitlines()
        if line.startswith("| `W")
        for name in re.findall(r"`(WATTGRAM_\w+)`", line)
    }
    served = {"WATTGRAM_WHERE", "WATTGRAM_RUNS"}  # settings.py asks for WATTGRAM_ and the name of the setting
    assert read | served == listed
