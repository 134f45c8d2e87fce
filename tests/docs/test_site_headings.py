"""The site shows every heading of its pages: no fence swallows one."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("site_headings", ROOT / "tools" / "site_headings.py")
site_headings = importlib.util.module_from_spec(_spec)
sys.modules["site_headings"] = site_headings
_spec.loader.exec_module(site_headings)

PAGE = '# Page\n\n## Given `a_b`\n\n```csv title="runs.csv"\n## no heading\n```\n\n## What [it](x.md) costs\n'
HTML = (
    '<h2 id="given">Given <code>a_b</code><a class="headerlink" href="#given">&para;</a></h2>'
    '<h2 id="what">What <a href="x/">it</a> costs</h2>'
)


def test_equal_headings_are_no_fault():
    """Code, links and permalinks are the same text on both sides; a line of a fence is no heading."""
    assert site_headings.lost(PAGE, HTML) == []


def test_a_swallowed_heading_is_found():
    """A page whose HTML lacks one heading of two is reported with both lists."""
    assert site_headings.lost(PAGE, HTML.partition('<h2 id="what">')[0]) == [
        "its headings are ['givenab', 'whatitcosts'], the HTML shows ['givenab']"
    ]


def test_the_site_is_built_with_the_check():
    """mkdocs.yml names the hook and is strict, so that an error of it ends the build."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "hooks: [tools/site_headings.py]" in text
    assert re.search(r"(?m)^strict: true$", text)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "docs").rglob("*.md")),
    ids=lambda path: path.relative_to(ROOT / "docs").as_posix(),
)
def test_a_fence_is_one_that_the_site_knows(path):
    """After the backticks stands a language and at most options such as title="runs.csv"; a bare word makes no fence."""
    openings = re.findall(r"(?m)^ *```(\S.*)$", path.read_text(encoding="utf-8"))
    assert [said for said in openings if not re.fullmatch(r'\w+( \w+="[^"]*")*', said)] == []
