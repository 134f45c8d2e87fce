"""The documentation as a user types it: every command and every line of Python prints what the page shows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("doc_blocks", ROOT / "tools" / "doc_blocks.py")
doc_blocks = importlib.util.module_from_spec(_spec)
sys.modules["doc_blocks"] = doc_blocks
_spec.loader.exec_module(doc_blocks)


@pytest.mark.parametrize("page", doc_blocks.pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_prints_what_it_shows(page):
    """Each console and Python block of the page, run in order in an empty folder, gives the output shown."""
    assert [str(drift) for drift in doc_blocks.run_page(page)] == []


def test_a_changed_output_is_found(tmp_path, monkeypatch):
    """A page that shows another figure than the program prints is reported with its line, and mended by --write."""
    monkeypatch.setattr(doc_blocks, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```console\n$ echo 185\n184\n```\n\n```python\nprint(1 + 1)\n#> 3\n```\n")
    drifts = doc_blocks.run_page(page, write=True)
    assert [(drift.line, drift.shown, drift.printed) for drift in drifts] == [
        (4, "184", "185"),
        (8, "3", "2"),
    ]
    assert doc_blocks.run_page(page) == []
    assert "$ echo 185\n185\n" in page.read_text()


@pytest.mark.parametrize(
    ("shown", "printed", "equal"),
    [
        ("a\nb", "a\nb", True),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…", "a\nb\nc", True),
        ("a\n…\nd", "a\nb\nc", False),
        ("a.c", "abc", False),
        ("a … c", "a b b c", True),
        ("a … c", "a b\nc", False),
    ],
)
def test_an_ellipsis_stands_for_lines(shown, printed, equal):
    """`…` alone on a line stands for any number of whole lines, and for nothing else."""
    assert doc_blocks.same(shown, printed) is equal
