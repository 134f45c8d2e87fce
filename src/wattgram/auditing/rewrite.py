"""Rewrite: the card's carbon section and its YAML metadata replaced by today's estimate, every other byte kept."""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING

from wattgram.auditing.machine import block_of, front_matter
from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.auditing.verdict import Finding
    from wattgram.footprint import Footprint

__all__ = ["chosen", "replaced", "write_file"]

_HEADING = re.compile(
    r"^(#{1,6})\s+.*(?:environmental impact|carbon (?:footprint|emissions?|impact)|co2 (?:emissions?|footprint)|emissions?\b.*|climate impact|impact environnemental|"
    r"umweltauswirkung|impacto ambiental|环境影响|環境影響).*$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s*(```|~~~)")


def chosen(findings: list[Finding]) -> Footprint:
    """The estimate that a card is rewritten with: that of its section, else of the first statement that names a run.

    Raises
    ------
    InputError : no statement names hardware, hours and place, or several name different runs
    """
    able = [finding for finding in findings if finding.full is not None]
    listed = [finding for finding in able if finding.claim.kind == "list"] or able
    runs = {
        (f.full.assembled.hardware.name, f.full.run.duration_h, f.full.run.where, f.full.run.copies)
        for f in listed
        if f.full is not None
    }
    if not listed or listed[0].full is None:
        missing = sorted({word for finding in findings for word in finding.missing}) or ["a carbon statement"]
        said = f"it lacks {', '.join(missing)}; supply it with --hardware, --hours and --where"
        raise InputError("card", "--write", said)
    if len(runs) > 1:
        raise InputError(
            "card", "--write", f"it states {len(runs)} different runs, and its metadata holds one"
        )
    return listed[0].full


def replaced(text: str, findings: list[Finding]) -> str:
    """The card with its metadata and its carbon statement made new; what else it holds stays byte for byte.

    A list or table that states the run is replaced where it stands; else the section is, under its own heading; else
    a section is added at the end.

    Raises
    ------
    InputError : no one run is stated, or the front matter is no YAML
    """
    from wattgram.report.modelcard import section, yaml_text  # noqa: PLC0415 - only a rewrite needs them

    footprint = chosen(findings)
    end = "\r\n" if "\r\n" in text else "\n"
    spans = [one.claim.span for one in findings if one.claim.span is not None and one.full is not None]
    new = section(footprint).replace("\n", end)
    text = _in_place(text, spans[0], new, end) if spans else _section(text, new, end)
    return _metadata(text, yaml_text(footprint).replace("\n", end), end)


def _in_place(text: str, span: tuple[int, int], section: str, end: str) -> str:
    lines = text.split("\n")
    body = section.rstrip("\r\n").split("\n")[2:]
    if end == "\r\n":
        body = [line.rstrip("\r") + "\r" for line in body]
    if span[1] >= len(lines):
        body[-1] = body[-1].rstrip("\r")
    return "\n".join([*lines[: span[0]], *body, *lines[span[1] :]])


def _metadata(text: str, block: str, end: str) -> str:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    bounds = front_matter(text)
    if bounds is None:
        return f"{mark}---{end}{block}---{end}{end if text.removeprefix(mark).strip() else ''}{text.removeprefix(mark)}"
    lines = text.split("\n")
    first, closing = bounds[0], bounds[1] - 1
    _check_yaml("\n".join(lines[first:closing]))
    found = block_of([line.rstrip("\r") for line in lines], first, closing)
    new = block.rstrip("\r\n").split("\n")
    if end == "\r\n":
        new = [line.rstrip("\r") + "\r" for line in new]
    at, until = found or (closing, closing)
    result = "\n".join([*lines[:at], *new, *lines[until:]])
    _check_yaml("\n".join(result.split("\n")[first : closing + len(new) - (until - at)]))
    return result


def _check_yaml(block: str) -> None:
    import yaml  # noqa: PLC0415 - only a rewrite needs it

    try:
        data = yaml.load(block.replace("\r", ""), Loader=yaml.BaseLoader)  # noqa: S506 - it builds strings alone
    except (yaml.YAMLError, ValueError, RecursionError):
        raise InputError(
            "front matter", block.strip(), "it is no valid YAML, so nothing was written"
        ) from None
    if data is not None and not isinstance(data, dict):
        raise InputError("front matter", block.strip(), "it is no YAML mapping, so nothing was written")


def _section(text: str, section: str, end: str) -> str:
    """The section with the carbon statement replaced up to the next heading of its rank; appended where there is none."""
    lines = text.split("\n")
    bounds = front_matter(text)
    start, fenced = None, False
    level = 0
    stop = len(lines)
    for number in range(bounds[1] if bounds else 0, len(lines)):
        line = lines[number].rstrip("\r")
        if _FENCE.match(line):
            fenced = not fenced
        if fenced:
            continue
        heading = re.match(r"(#{1,6})\s", line)
        if start is None and (found := _HEADING.match(line)):
            start, level = number, len(found[1])
        elif start is not None and heading and len(heading[1]) <= level:
            stop = number
            break
    if start is None:
        gap = "" if not text or text.endswith(end + end) else end if text.endswith("\n") else end + end
        return text + gap + section
    title = lines[start].rstrip("\r")
    body = section.split("\n")[1:]
    new = [title + ("\r" if end == "\r\n" else ""), *body]
    tail = lines[stop:]
    while new and not new[-1].strip():
        new.pop()
    blank = "\r" if end == "\r\n" else ""
    after = [blank, *tail] if stop < len(lines) else [""]
    return "\n".join([*lines[:start], *new, *after])


def write_file(path: str, text: str) -> bool:
    """Put a text in place of a file's at once, or not at all; False where it holds that text already."""
    real = os.path.realpath(path)
    data = text.encode("utf-8")
    with open(real, "rb") as handle:
        if handle.read() == data:
            return False
    mode = os.stat(real).st_mode
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(real), prefix=".wattgram-")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.chmod(temporary, mode & 0o7777)
        os.replace(temporary, real)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    return True
