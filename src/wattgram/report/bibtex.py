"""BibTeX: every source of an answer as an entry, with the program and the paper whose method it follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["PAPER_KEY", "TOOL_KEY", "bibtex", "cite_key"]

TOOL_KEY = "wattgram"
PAPER_KEY = "lacoste2019"
_PAPER = """@article{lacoste2019,
  title   = {Quantifying the Carbon Emissions of Machine Learning},
  author  = {Lacoste, Alexandre and Luccioni, Alexandra and Schmidt, Victor and Dandres, Thomas},
  journal = {arXiv preprint arXiv:1910.09700},
  year    = {2019}
}"""
_ESCAPED = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\^{}",
}
_YEAR = re.compile(r"\d{4}")


def cite_key(identity: str) -> str:
    """The key of a source in a citation: letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.:-]", "-", identity)


def _field(text: str) -> str:
    plain = text.replace("\\", "").replace("{", "").replace("}", "")
    return "".join(_ESCAPED.get(c, c if c.isprintable() else " ") for c in plain)


_PERSON = re.compile(r"(?:[A-Z]\.[ -]?)+ ?[A-Z][\w'-]+")


def _authors(producer: str) -> str:
    """Who wrote it, as BibTeX has names: people joined by `and`, `et al.` as `others`, a body in braces of its own."""
    if not producer:
        return ""
    whole, others = producer.removesuffix(" et al."), producer.endswith(" et al.")
    names = whole.split(", ")
    if all(_PERSON.fullmatch(name) for name in names) or (others and all(name.isalpha() for name in names)):
        return " and ".join([*map(_field, names), *(["others"] if others else [])])
    return f"{{{_field(producer)}}}"


def _entry(key: str, fields: dict[str, str]) -> str:
    width = max(len(name) for name, text in fields.items() if text)
    lines = ",\n".join(f"  {name:<{width}} = {{{text}}}" for name, text in fields.items() if text)
    return f"@misc{{{key},\n{lines}\n}}"


def bibtex(footprint: Footprint) -> str:
    """One entry for each source, after those of the program and the paper."""
    from wattgram.version import __version__  # noqa: PLC0415 - only where it is printed

    tool = {
        "author": "{The wattgram founders}",
        "title": "{wattgram}: from watts to grams, the carbon footprint of machine learning",
        "year": footprint.catalog.version[:4],
        "howpublished": "Python package \\texttt{wattgram}",
        "note": f"Version {__version__}, catalog {_field(footprint.catalog.version)}",
    }
    entries = [_entry(TOOL_KEY, tool), _PAPER]
    for identity, source in footprint.sources:
        year = _YEAR.search(source.get("published", "") or source.get("citation", ""))
        url = source.get("url", "")
        entries.append(
            _entry(
                cite_key(identity),
                {
                    "author": _authors(source.get("producer", "")),
                    "key": _field(identity) if not source.get("producer") else "",
                    "title": f"{{{_field(source.get('title', '') or source.get('citation', ''))}}}",
                    "year": year[0] if year else "",
                    # styles without a url field print this one; a line may break after each slash
                    "howpublished": _field(url)
                    .replace("/", "/\\allowbreak ")
                    .replace("/\\allowbreak /\\allowbreak ", "//"),
                    "url": "".join(c for c in url if c.isprintable() and c not in "{}\\ "),
                    "urldate": source.get("accessed", ""),
                    # no style prints a field it does not know
                    "x-licence": _field(source.get("licence", "")),
                },
            )
        )
    return "\n\n".join(entries) + "\n"
