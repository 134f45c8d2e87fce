"""A hook of mkdocs: the headings of each page are those that its HTML shows.

A fence that the Markdown of the site does not know (a file name after the language, say, without `title=`) is no error to
mkdocs: it swallows what follows up to the next fence, headings and all. An error of this
hook ends `mkdocs build --strict`, with `--quiet` too (which hides warnings from it).
"""

from __future__ import annotations

import html
import logging
import re
from typing import Any

LOG = logging.getLogger("mkdocs.hooks.site_headings")
FENCED = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2[^\S\n]*$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^## +(.+?)[ #]*$", re.MULTILINE)
SHOWN = re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL)
PERMALINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)


def letters(text: str) -> str:
    """A heading without markup and signs, so that its Markdown and its HTML are the same text."""
    linked = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return "".join(re.findall(r"[^\W_]+", linked)).lower()


def written(markdown: str) -> list[str]:
    """The second-level headings of a page, what stands in fences left out."""
    return [letters(text) for text in HEADING.findall(FENCED.sub("", markdown))]


def shown(page: str) -> list[str]:
    """The second-level headings of the HTML of a page."""
    return [
        letters(html.unescape(re.sub(r"<[^>]+>", "", PERMALINK.sub("", text))))
        for text in SHOWN.findall(page)
    ]


def lost(markdown: str, page: str) -> list[str]:
    """What one of the two has and the other has not, in words; empty where they agree."""
    mine, theirs = written(markdown), shown(page)
    return [] if mine == theirs else [f"its headings are {mine}, the HTML shows {theirs}"]


def on_page_content(page_html: str, /, page: Any = None, **_: Any) -> str:
    """Called by mkdocs with the HTML of each page."""
    for text in lost(page.markdown, page_html):
        LOG.error("%s: %s", page.file.src_path, text)
    return page_html
