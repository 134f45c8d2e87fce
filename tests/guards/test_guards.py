"""The guards guard: each is broken on purpose in a copy of the tree, and must say so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PARTS = ("src", "tests", "docs", "tools", "benchmarks", "pyproject.toml", "mkdocs.yml")
FILES = ("README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE")

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path):
    """A copy of what the guards look at."""
    for name in (*PARTS, *FILES):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
        else:
            shutil.copy(path, tmp_path / name)
    return tmp_path


def guard(tree, *words):
    """A guard run on the copy: exit code and everything it printed."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout


def suite(tree, path, name):
    """One test file of the copy, the tests with this word in their name."""
    words = ("-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", "-k", name)
    return guard(tree, sys.executable, "-m", "pytest", path, *words)


def change(tree, path, before, after):
    """Replace one text in a file of the copy; the text must be there."""
    text = (tree / path).read_text(encoding="utf-8")
    assert before in text, f"{path} no longer holds {before!r}"
    (tree / path).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_an_import_against_the_flow_is_refused(tree):
    """The value that knows the answer breaks the layers."""
    assert guard(tree, BIN / "lint-imports")[0] == 0
    with (tree / "src/wattgram/value.py").open("a", encoding="utf-8") as handle:
        handle.write("\nfrom wattgram import footprint  # noqa\n")
    code, said = guard(tree, BIN / "lint-imports")
    assert code == 1
    assert "BROKEN" in said


def test_a_module_without_a_layer_is_refused(tree):
    """A new module at the top cannot import whatever it likes: it has its place in the order, or the contract breaks."""
    (tree / "src/wattgram/heat.py").write_text('"""Heat."""\n', encoding="utf-8")
    code, said = guard(tree, BIN / "lint-imports")
    assert code == 1
    assert "wattgram.heat" in said


def test_an_unrequested_import_is_refused(tree):
    """click in the package's own module would enter everybody's training script."""
    change(
        tree,
        "src/wattgram/__init__.py",
        "from __future__ import annotations\n",
        "from __future__ import annotations\nimport click\n",
    )
    code, said = suite(tree, "tests/test_package.py", "standard_library")
    assert code == 1
    assert "click" in said


def test_an_unsorted_public_name_is_refused(tree):
    """A public name out of order, or one without a home, fails."""
    change(tree, "src/wattgram/__init__.py", '    "estimate",\n', "")
    change(tree, "src/wattgram/__init__.py", '    "Catalog",\n', '    "estimate",\n    "Catalog",\n')
    assert suite(tree, "tests/test_package.py", "public_names")[0] == 1


def test_a_module_that_grows_too_long_is_refused(tree):
    """401 lines are one too many."""
    path = tree / "src/wattgram/errors.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# one more" * 400, encoding="utf-8")
    assert suite(tree, "tests/test_package.py", "held_in_the_head")[0] == 1


def test_a_formula_of_the_wrong_dimension_is_refused(tree):
    """Emissions without the intensity are no emissions."""
    change(
        tree,
        "src/wattgram/formula.py",
        "return facility_energy_kwh * intensity_g_per_kwh * KILO_PER_UNIT",
        "return facility_energy_kwh * KILO_PER_UNIT",
    )
    code, said = suite(tree, "tests/test_dimensions.py", "operational")
    assert code == 1
    assert "operational" in said


def test_a_figure_in_the_arithmetic_is_refused(tree):
    """A constant belongs into the catalog, with its source."""
    change(tree, "src/wattgram/formula.py", "return it_energy_kwh * pue", "return it_energy_kwh * pue * 1.12")
    assert suite(tree, "tests/test_package.py", "no_figure")[0] == 1


def test_a_changed_figure_of_the_catalog_is_shown(tree):
    """One digit of one device's rated power is one failed line of the snapshot."""
    path = tree / "src/wattgram/data/accelerators.csv"
    text = path.read_text(encoding="utf-8")
    line = next(row for row in text.splitlines() if row.startswith("nvidia-a100-sxm4-80gb,"))
    path.write_text(text.replace(line, line.replace(",400,", ",401,", 1)), encoding="utf-8")
    assert ",401," in path.read_text(encoding="utf-8")
    code, said = suite(tree, "tests/catalog/test_snapshot.py", "accelerators")
    assert code == 1
    assert "401" in said


def test_an_undocumented_option_is_refused(tree):
    """An option that the reference does not show fails the coverage of the documentation."""
    change(
        tree,
        "src/wattgram/cli/estimate.py",
        '@click.option("--count"',
        '@click.option("--secret", help="x")\n@click.option("--count"',
    )
    code, said = suite(tree, "tests/docs/test_coverage.py", "commands")
    assert code == 1
    assert "--secret" in said


def test_an_undocumented_warning_code_is_refused(tree):
    """A code without its line in docs/warnings.md fails."""
    change(
        tree,
        "src/wattgram/resolve/notice.py",
        '    "ambiguous-place":',
        '    "brand-new": "x",\n    "ambiguous-place":',
    )
    code, said = suite(tree, "tests/docs/test_coverage.py", "warning_code")
    assert code == 1
    assert "brand-new" in said


def test_an_undocumented_json_name_is_refused(tree):
    """A name in an answer that docs/json.md does not have fails."""
    change(tree, "src/wattgram/report/json.py", '"schema":', '"secret": 1, "schema":')
    code, said = suite(tree, "tests/docs/test_coverage.py", "json_name")
    assert code == 1
    assert "secret" in said


UNDOCUMENTED = {
    "command": (
        "src/wattgram/cli/__init__.py",
        "COMMANDS = {",
        'COMMANDS = {\n    "secret": ("wattgram.cli.batch", "x"),',
        "tests/docs/test_coverage.py",
        "commands",
    ),
    "route": (
        "src/wattgram/web/routes/service.py",
        '@router.get(\n    "/healthz"',
        '@router.get("/secret")\nasync def secret() -> None:\n    """x"""\n\n\n@router.get(\n    "/healthz"',
        "tests/docs/test_coverage.py",
        "rest",
    ),
    "address of a page": (
        "src/wattgram/web/routes/data.py",
        '@router.api_route("/learn"',
        '@router.api_route("/secret", methods=["HEAD"])\n@router.api_route("/learn"',
        "tests/docs/test_coverage.py",
        "rest",
    ),
    "code of a refusal": (
        "src/wattgram/web/problem.py",
        '    "bad-input": (422',
        '    "secret": (422, "x"),\n    "bad-input": (422',
        "tests/docs/test_coverage.py",
        "rest",
    ),
    "column of answers": (
        "src/wattgram/frames/schema.py",
        '    "energy_kwh",\n',
        '    "energy_kwh",\n    "secret_kwh",\n',
        "tests/docs/test_coverage.py",
        "table_of_runs",
    ),
    "error": (
        "src/wattgram/errors.py",
        "class OutOfRangeError(InputError):",
        'class SecretError(InputError):\n    """x"""\n\n\nclass OutOfRangeError(InputError):',
        "tests/docs/test_coverage.py",
        "error_stands",
    ),
    "finding of an import": (
        "src/wattgram/importers/record.py",
        '    "file-torn": "',
        '    "secret-code": "x",\n    "file-torn": "',
        "tests/importers/test_record.py",
        "explained",
    ),
    "word of the arithmetic": (
        "src/wattgram/formula.py",
        "def water_l(it_energy_kwh: Number, wue_l_per_kwh: Number)",
        "def water_l(it_energy_kwh: Number, wue_l_per_kwh: Number, secret_w: Number = 0.0)",
        "tests/docs/test_coverage.py",
        "word_of_the_arithmetic",
    ),
    "symbol of a formula": (
        "src/wattgram/formula.py",
        "W = E_it * WUE",
        "W = E_it * SECRET",
        "tests/docs/test_coverage.py",
        "symbol",
    ),
    "column of the data": (
        "src/wattgram/data/claims.csv",
        "id,provider,",
        "id,secret,provider,",
        "tests/catalog/test_catalog.py",
        "columns_csv",
    ),
    "unit of a number": (
        "src/wattgram/report/figures.py",
        "A mass [kg CO2e] in the unit",
        "A mass in the unit",
        "tests/test_units.py",
        "has_its_unit",
    ),
    "formula outside of the check": (
        "src/wattgram/comparison/limits.py",
        "def distance_km(",
        "def distance(",
        "tests/test_dimensions.py",
        "left_out",
    ),
    "licence": (
        "src/wattgram/data/sources.toml",
        'licence = "CC-BY-4.0"',
        'licence = "CC BY 4.0"',
        "tests/catalog/test_sources.py",
        "one_spelling",
    ),
}
"""What is new and stands on no page: where it is put, by which change, and the test that must see it."""


@pytest.mark.parametrize("what", UNDOCUMENTED)
def test_what_is_documented_nowhere_is_refused(tree, what):
    """The test that passes on the tree fails on one with something new that no page has."""
    path, before, after, test, name = UNDOCUMENTED[what]
    change(tree, path, before, after)
    code, said = suite(tree, test, name)
    assert code == 1, said


def test_a_readme_that_shows_another_figure_is_refused(tree):
    """The README prints what the program prints, or fails."""
    readme = (tree / "README.md").read_text(encoding="utf-8")
    figure = re.search(r"\n  ([\d.]+) kg CO2e     90 %", readme)
    change(tree, "README.md", figure[0], figure[0].replace(figure[1], "99.9"))
    code, said = guard(tree, sys.executable, "tools/doc_blocks.py", "README.md")
    assert code == 1
    assert "99.9" in said


def test_an_unused_name_and_a_wrong_type_are_refused(tree):
    """Style and types are checked on the whole tree."""
    with (tree / "src/wattgram/value.py").open("a", encoding="utf-8") as handle:
        handle.write("\n\ndef _twice(figure: float) -> str:\n    return figure * 2\n")
    assert guard(tree, BIN / "mypy", "--no-incremental", "src/wattgram/value.py")[0] == 1
    with (tree / "src/wattgram/value.py").open("a", encoding="utf-8") as handle:
        handle.write("\nimport os\n")
    assert guard(tree, BIN / "ruff", "check", "--no-cache", "src")[0] == 1
