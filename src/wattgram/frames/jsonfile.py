"""Jsonfile: runs as JSON: a list of objects becomes a line for each, and a line that is no object is found and named."""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterator
from typing import Any

from wattgram.errors import InputError, echo
from wattgram.frames.textfile import opened, refused, unpacked

__all__ = ["FORM", "fault", "is_lines", "json_lines"]

BETWEEN = re.compile(r"[ \t\r\n,\[\]]+")
"""What stands between the objects of a list."""
MOST_CHARACTERS = 16_000_000
"""The longest object that is read out of a list."""
FORM = 'a run is an object, as in {"hardware": "A100", "hours": 3, "where": "FR"}'


def is_lines(path: str) -> bool:
    """Whether a file begins as an object on one line, without the marks that engines stumble over."""
    with opened(path) as handle:
        head = handle.readline(1 << 16).strip()
    return head[:1] == b"{" and head != b"{"


def json_lines(path: str, shown: str, scratch: str) -> str:
    """A file with a line for each object of a JSON list, or of objects one after the other, written to `scratch`.

    Raises
    ------
    InputError : it is no JSON, it is cut off, or something in it is no object
    """
    out = os.path.join(scratch, f"lines-{len(os.listdir(scratch))}.jsonl")
    with open(out, "w", encoding="utf-8") as handle:
        handle.writelines(
            text.replace("\r", " ").replace("\n", " ") + "\n" for text in _objects(_texts(path, shown), shown)
        )
    return out


def _texts(path: str, shown: str) -> Iterator[str]:
    """The text of a file in blocks."""
    reader = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        yield from (reader.decode(block) for block in unpacked(path, shown))
        yield reader.decode(b"", final=True)
    except UnicodeDecodeError:
        raise refused(shown, "it is not in UTF-8; save it as that") from None


def _objects(texts: Iterator[str], shown: str) -> Iterator[str]:
    """The text of each object."""
    read = json.JSONDecoder()
    kept, opened_lists, line, found = "", 0, 1, False
    for text in texts:
        kept, at = kept + text, 0
        while True:
            between = BETWEEN.match(kept, at)
            start = between.end() if between else at
            opened_lists += kept.count("[", at, start) - kept.count("]", at, start)
            line += kept.count("\n", at, start)
            at = start
            try:
                record, end = read.raw_decode(kept, at)
            except (ValueError, RecursionError) as error:
                if len(kept) - at > MOST_CHARACTERS:
                    raise _no_json(shown, line, error) from None
                break  # the rest of the object may come with the next block
            if not isinstance(record, dict):
                what = echo(kept[at : min(end, at + 40)])
                raise refused(shown, f"line {line} holds {what}, which is no object; {FORM}")
            found = True
            yield kept[at:end]
            line += kept.count("\n", at, end)
            at = end
        kept = kept[at:]
    if kept:
        raise _no_json(shown, line, _error_of(kept))
    if opened_lists:
        raise refused(shown, f"its list is not closed by a ] in line {line}, so it was cut off")
    if not found:
        raise refused(shown, f"it holds no run; {FORM}")


def _error_of(text: str) -> Exception:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return error
    return ValueError(text[:1])


def _no_json(shown: str, line: int, error: Exception) -> InputError:
    at = line + getattr(error, "lineno", 1) - 1
    return refused(shown, f"line {at} is no JSON, or the file was cut off there; {FORM}")


def fault(path: str) -> str:
    """What is wrong with the first line of a file of JSON lines that is no run; nothing where all are.

    An engine says that a file cannot be read, and not always where; so its lines are gone through once more.
    """
    with opened(path) as handle:
        for at, raw in enumerate(handle, 1):
            if raw.strip():
                reason = _fault(raw)
                if reason:
                    return f"line {at} {reason}"
    return ""


def _fault(raw: bytes) -> str:
    try:
        record = json.loads(raw.decode().rstrip(), object_pairs_hook=_pairs)
    except UnicodeDecodeError:
        return "is not in UTF-8; save the file as that"
    except _TwiceError as twice:
        return f"names {echo(twice)} twice; each name stands once in an object"
    except RecursionError:
        return f"is nested too deep; {FORM}"
    except ValueError as error:
        column = getattr(error, "colno", 1)
        cut = "" if raw.endswith(b"\n") else ", the last one, which was perhaps cut off,"
        return (
            f"is no JSON from column {column}{cut}: {echo(raw.decode(errors='replace').strip()[:60])}; {FORM}"
        )
    if not isinstance(record, dict):
        return f"holds {echo(raw.decode().strip()[:40])}, which is no object; {FORM}"
    return ""


class _TwiceError(Exception):
    """A name that stands twice in one object."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found
