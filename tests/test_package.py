"""The package as a house: what importing it loads, its names, its modules, its README."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wattgram
from wattgram.resolve.notice import CODES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "wattgram"
LONGEST_MODULE = 400


def loaded_by(code):
    """Names of the modules that a fresh interpreter holds after this code, beyond those it starts with."""
    script = (
        f"import sys; before = set(sys.modules); {code}; print('\\n'.join(sorted(set(sys.modules) - before)))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(out.split())


def test_importing_wattgram_loads_the_standard_library_alone():
    """`import wattgram` in somebody's training script brings in nothing from outside and opens no table."""
    loaded = loaded_by("import wattgram")
    outside = {name for name in loaded if name.split(".")[0] not in sys.stdlib_module_names}
    assert outside == {"wattgram", "wattgram.version"}
    assert not loaded & {"json", "csv", "re", "pathlib", "dataclasses", "click"} - set(
        loaded_by("import typing")
    )


def test_an_estimate_loads_nothing_from_outside():
    """The library path needs no dependency: click is the command's, not the library's."""
    loaded = loaded_by("import wattgram; wattgram.estimate('8xA100', '100h', 'aws:us-east-1').report()")
    outside = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert outside == {"wattgram"}
    assert not loaded & {"dataclasses", "difflib", "tomllib", "socket", "urllib.request"}


def test_public_names_are_sorted_few_and_documented():
    """`__all__` is sorted, at most 15 names, each found, each with a docstring."""
    names = wattgram.__all__
    assert names == sorted(names)
    assert len(names) <= 15
    for name in names:
        assert getattr(wattgram, name) is not None
        assert f"`{name}`" in wattgram.__doc__ or name in ("InputError", "WattgramError")
    with pytest.raises(AttributeError):
        _ = wattgram.no_such_name


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix()
)
def test_a_module_can_be_held_in_the_head(path):
    """No module is longer than 400 lines, and each opens by saying its one responsibility."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(ast.parse(text))


def test_no_module_has_a_name_that_says_nothing():
    """No utils, helpers, manager, common or core."""
    stems = {path.stem for path in SOURCE.rglob("*.py")}
    assert not stems & {"utils", "helpers", "manager", "common", "core", "misc"}


def test_formula_holds_no_figure_but_a_unit_prefix():
    """The arithmetic knows one number, kilo; 1.0 and -1.0 are structure."""
    tree = ast.parse((SOURCE / "formula.py").read_text())
    figures = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    }
    assert figures <= {1e-3, 1.0}


def test_every_warning_code_is_documented():
    """Each code has a line in docs/warnings.md, and the code in the source is in the list."""
    page = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
    used = set()
    for path in SOURCE.rglob("*.py"):
        used |= set(re.findall(r'Notice\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert used <= set(CODES)
    assert all(f"`{code}`" in page for code in CODES)


def test_a_change_of_version_has_a_line_in_the_changelog():
    """The version of the package is the newest of the changelog and of the citation file."""
    newest = re.search(r"(?m)^## (\S+) \(", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert newest[1] == wattgram.__version__
    cited = re.findall(r"(?m)^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited == [wattgram.__version__]


def test_every_lint_ignore_has_its_reason():
    """Each ignored rule of the whole tree stands with a comment that says why."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("\nignore = [") :]
    lines = block[: block.index("\n]")].splitlines()[2:]
    assert all("#" in line for line in lines)
    assert tomllib.loads(text)["project"]["name"] == "wattgram"


@pytest.mark.parametrize(
    ("command", "lacking", "extra"),
    [
        ("batch runs.csv", "narwhals", "frames"),
        ("batch runs.csv", "duckdb", "frames"),
        ("serve", "fastapi", "web"),
        ("serve", "uvicorn", "web"),
        ("estimate A100 1h FR --start 2024-01-01 --series live:neso:GB", "httpx2", "live"),
        ("import csv runs.csv -o runs.parquet", "duckdb", "frames"),
    ],
)
def test_a_missing_extra_is_one_sentence_with_the_pip_line(tmp_path, command, lacking, extra):
    """A door whose dependency is not installed says what to install, with exit code 2 and no traceback."""
    (tmp_path / "runs.csv").write_text("hardware,hours,where\nA100,1,FR\n")
    script = (
        f"import sys; sys.modules[{lacking!r}] = None; from wattgram.cli import main; "
        f"sys.exit(main({__import__('shlex').split(command)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert f"pip install 'wattgram[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
