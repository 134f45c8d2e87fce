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


@pytest.mark.parametrize(
    ("shown", "printed", "written"),
    [
        ("a 1\n…\nz 9", "a 2\nb\nc\nz 9", "a 2\n…\nz 9"),
        ("a 1\n…", "a 2\nb\nc", "a 2\n…"),
        ("took … s\n184 kg", "took 3.2 s\n185 kg", "took … s\n185 kg"),
        ("…\n184 kg\n…", "x\ny\n185 kg\nz", "…\n185 kg\n…"),
        ("0.4.0, catalog 2026.11+…", "0.5.0, catalog 2026.11+1a2b3c4d5e6f", "0.5.0, catalog 2026.11+…"),
        ("v 0.4.0 (2026.11+…), … kg", "v 0.5.0 (2027.11+1a2b3c4d5e6f), 9 kg", "v 0.5.0 (2027.11+…), … kg"),
        ("2 kg\n2026.11+…", "3 kg\n2026.11+1a2b3c4d\nnew", "3 kg\n2026.11+…\nnew"),
        ("a\nb", "a\nc\nd", "a\nc\nd"),
        ("took … s", "failed", "failed"),
    ],
)
def test_what_a_page_leaves_out_stays_left_out(shown, printed, written):
    """A changed output keeps each `…` that still fits it, and the masked hash of a catalog in a changed line too."""
    assert doc_blocks.masked(shown, printed) == written
    assert doc_blocks.same(written, printed)


@pytest.mark.parametrize(
    "block",
    [
        "```console\n$ python -c 'print(1/0)'\n1\n```\n",
        "```console\n$ python -c 'print(1/0)'\nTraceback (most recent call last):\n…\n```\n",
        "```python\nprint(1 / 0)\n#> 1\n```\n",
    ],
    ids=["new", "shown", "python"],
)
def test_a_traceback_is_never_written(tmp_path, monkeypatch, capsys, block):
    """A page whose program crashes, even where the page shows that, fails, is named with its line, and stays as it was."""
    monkeypatch.setattr(doc_blocks, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    text = "```console\n$ echo 185\n184\n```\n\n" + block
    page.write_text(text)
    monkeypatch.setattr(sys, "argv", ["doc_blocks.py", "--write", str(page)])
    assert doc_blocks.main() == 1
    assert page.read_text() == text
    at = 6 if "python\n" in block else 7
    assert f"page.md:{at}: a traceback; the page is left as it was" in capsys.readouterr().err
