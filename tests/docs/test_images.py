"""Every picture of the documentation is shown on a page and can be taken again."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_spec = importlib.util.spec_from_file_location("screenshots", ROOT / "tools" / "screenshots.py")
screenshots = importlib.util.module_from_spec(_spec)
sys.modules["screenshots"] = screenshots
_spec.loader.exec_module(screenshots)


def shown(page):
    """The pictures that a page shows, as paths."""
    text = page.read_text(encoding="utf-8")
    return {(page.parent / name).resolve() for name in re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", text)}


def test_every_picture_is_shown_and_every_shown_one_is_there():
    """A file of docs/images that no page shows is dead weight, and a page without its picture is broken."""
    there = {path.resolve() for path in (DOCS / "images").iterdir()}
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    assert set().union(*map(shown, pages)) == there


def test_every_picture_is_one_that_the_tool_takes():
    """`tools/screenshots.py` renews each of them, and takes none that nobody keeps."""
    assert {shot.name for shot in screenshots.SHOTS} == {path.stem for path in (DOCS / "images").iterdir()}
