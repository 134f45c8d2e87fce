"""Sources: files, a folder or standard input as one table, each file looked at before an engine reads it."""

from __future__ import annotations

import glob
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from wattgram.errors import InputError
from wattgram.frames.jsonfile import fault, is_lines, json_lines
from wattgram.frames.plain import Plain, plain
from wattgram.frames.textfile import decoded, opened, refused

__all__ = ["FORMATS", "Source", "find_source", "form_of", "format_of", "spooled"]

FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""The formats that are written, by the end of a name."""
READ = {
    **FORMATS,
    ".json": "json",
    **{f"{ending}.gz": form for ending, form in {**FORMATS, ".json": "json"}.items() if form != "parquet"},
}
"""The formats that are read."""
READ_FORMS = "it takes a .parquet, .csv, .tsv, .jsonl or .json file, a folder of them, a folder of journals, or - (standard input)"
OTHER = {
    (".xlsx", ".xls", ".xlsm", ".ods"): "a workbook is not read: save the sheet as CSV (in Excel: CSV UTF-8)",
    (
        ".zip",
        ".tar",
        ".tgz",
        ".tar.gz",
        ".bz2",
        ".xz",
        ".zst",
        ".7z",
    ): "unpack it first; of packed files it reads .csv.gz and .jsonl.gz",
    (
        ".arrow",
        ".feather",
        ".ipc",
        ".orc",
        ".avro",
    ): "write it as Parquet, which every library of tables does",
    (".db", ".sqlite", ".sqlite3", ".duckdb"): "export the table as Parquet or CSV",
    (
        ".txt",
        ".log",
        ".out",
    ): "a log becomes a table with `wattgram import`; a table of text is named .csv or .tsv",
}
"""What to do with files that are tables of another kind."""
SPOOL_BYTES = 1 << 20
MAGIC = b"PAR1"

Say = Callable[[str], None]
Told = Callable[[float], None]


class Source(NamedTuple):
    """Files of one format that are one table.

    Parameters
    ----------
    paths : the files that an engine reads
    form : parquet, csv, tsv, jsonl, json or journals
    tables : of a CSV that was looked through, its header and how its cells stand
    shown : the names its user knows the files by, where they are others
    """

    paths: list[str]
    form: str
    tables: tuple[Plain, ...] = ()
    shown: Mapping[str, str] = {}

    def name(self, path: str) -> str:
        """The name that a file is known by."""
        return self.shown.get(path, path)

    def fault(self) -> InputError | None:
        """What is wrong with a file that an engine could not read, where it can be found."""
        for path in self.paths if self.form == "jsonl" else ():
            if "://" not in path and (reason := fault(path)):
                return refused(self.name(path), reason)
        return None


# --- finding ----------------------------------------------------------------------------------------------------------


def form_of(path: str, forms: Mapping[str, str]) -> str:
    """The format that a file name says, nothing where it says none."""
    name = os.path.basename(path).lower()
    return next((forms[end] for end in sorted(forms, key=len, reverse=True) if name.endswith(end)), "")


def format_of(path: str, what: str, allowed: str) -> str:
    """The format in which a file of this name is written.

    Raises
    ------
    InputError : a name that says none
    """
    form = form_of(path, FORMATS)
    if not form:
        raise InputError(what, path, allowed)
    return form


def _read_form(path: str) -> str:
    form = form_of(path, READ)
    if form:
        return form
    name = path.lower()
    raise refused(path, next((hint for ends, hint in OTHER.items() if name.endswith(ends)), READ_FORMS))


def find_source(runs: str | Sequence[str], say: Say) -> Source:
    """The table of a path, a pattern such as `runs/*.csv`, or several of them.

    Raises
    ------
    InputError : nothing is there, it is empty, of no format that is read, or of several
    """
    found: dict[str, list[str]] = {}
    given = [runs] if isinstance(runs, str) else list(runs)
    if len(given) > 1 and "-" in given:
        raise refused(", ".join(given), "standard input (-) is a table by itself")
    for path in given:
        for form, files in _found(path, say).items():
            known = found.setdefault(form, [])
            known += [file for file in files if file not in known]
    pipes = found.get("pipe", ())
    if len(pipes) > 1 or (pipes and len(found) > 1):
        raise refused(", ".join(given), "a pipe is a table by itself; write it to a file first")
    if len(found) > 1:
        kinds = ", ".join(sorted(found))
        first = given[0] if len(given) == 1 else ", ".join(given)
        raise refused(first, f"it mixes {kinds}; name one kind, or put each in a folder of its own")
    form, paths = next(iter(found.items()))
    return Source(paths, form)


def _found(path: str, say: Say) -> dict[str, list[str]]:
    """The files at a path, by their format."""
    if "://" in path:
        return {_read_form(path): [path]}
    if os.path.isdir(path):
        return _folder(path, say)
    if not os.path.exists(path):
        matched = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []
        if not matched:
            none = "no file matches it" if glob.has_magic(path) else "there is no such file"
            raise refused(path, f"{none}; {READ_FORMS}")
        found: dict[str, list[str]] = {}
        for one in matched:
            for form, files in _found(one, say).items():
                found.setdefault(form, []).extend(files)
        return found
    if not os.path.isfile(path):
        return {"pipe": [path]}
    form = _read_form(path)
    if os.path.getsize(path) == 0:
        raise refused(path, "the file is empty")
    return {form: [path]}


def _folder(path: str, say: Say) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    left: list[str] = []
    for folder, inner, names in os.walk(path):
        inner[:] = sorted(name for name in inner if not name.startswith((".", "_")))
        for name in sorted(names):
            file = os.path.join(folder, name)
            form = form_of(name, READ)
            if name.startswith((".", "_")):
                continue
            if not form:
                left.append(file)
            elif not os.path.getsize(file):
                say(f"{file}: it is empty, and was left out")
            else:
                found.setdefault(form, []).append(file)
    if not found:
        raise refused(path, f"no table is in the folder; {READ_FORMS}")
    if list(found) == ["jsonl"] and _is_journal(found["jsonl"][0]):
        return {"journals": [path]}
    if left:
        listed = ", ".join(os.path.basename(file) for file in left[:3])
        more = f" and {len(left) - 3:,} more" if len(left) > 3 else ""  # noqa: PLR2004 - as many as were named
        say(f"{path}: it holds files of no format that is read, which were left out: {listed}{more}")
    return found


def _is_journal(path: str) -> bool:
    with opened(path) as handle:
        head = handle.readline()
    try:
        record = json.loads(head)
    except ValueError:
        return False
    return isinstance(record, dict) and record.get("type") == "header" and "segment" in record


# --- reading ----------------------------------------------------------------------------------------------------------


@contextmanager
def spooled(source: Source | None, scratch: str, *, engine: str, say: Say, told: Told) -> Iterator[Source]:
    """A source that can be read several times, and alike on every engine.

    Standard input (None) and journals are written to a file in `scratch` first; files are looked through, and written
    anew where an engine would not read them as they are meant.

    Raises
    ------
    InputError : nothing on standard input; a file that is no table
    """
    if source is None:
        source = _spool(sys.stdin.buffer, "standard input", scratch)
    elif source.form == "pipe":
        with open(source.paths[0], "rb") as stream:
            source = _spool(stream, source.paths[0], scratch)
    if source.form == "journals":
        path = _written(_journal_rows(source.paths[0]), scratch)
        source = Source([path], "jsonl", shown={path: source.paths[0]})
    if any("://" in path for path in source.paths):
        yield source
    elif source.form == "parquet":
        for path in source.paths:
            _check_parquet(path)
        yield source
    elif source.form in ("json", "jsonl"):
        yield _as_lines(source, scratch, unpack=engine != "duckdb")
    else:
        bare_lines, tab = engine != "duckdb", source.form == "tsv"
        tables = tuple(
            plain(path, scratch, shown=source.name(path), tab=tab, bare_lines=bare_lines, say=say, told=told)
            for path in source.paths
        )
        shown = {table.path: source.name(path) for table, path in zip(tables, source.paths, strict=True)}
        yield Source([table.path for table in tables], "csv", tables, shown)


def _check_parquet(path: str) -> None:
    with open(path, "rb") as handle:
        head = handle.read(4)
        handle.seek(-min(4, os.path.getsize(path)), os.SEEK_END)
        tail = handle.read(4)
    if head != MAGIC:
        raise refused(path, "it is no Parquet file, whatever its name says")
    if tail != MAGIC:
        raise refused(path, "it is cut off: the end of a Parquet file is missing; copy or write it anew")


def _as_lines(source: Source, scratch: str, *, unpack: bool) -> Source:
    paths: list[str] = []
    for path in source.paths:
        anew, _ = decoded(path, source.name(path), scratch, ".jsonl")
        if source.form == "json" or not is_lines(anew):
            anew = json_lines(anew, source.name(path), scratch)
        elif unpack and anew.lower().endswith(".gz"):
            packed, anew = anew, os.path.join(scratch, f"unpacked-{len(paths)}.jsonl")
            with opened(packed) as handle, open(anew, "wb") as out:
                shutil.copyfileobj(handle, out)
        paths.append(anew)
    shown = {anew: source.name(path) for anew, path in zip(paths, source.paths, strict=True)}
    return Source(paths, "jsonl", shown=shown)


def _spool(stream: IO[bytes], shown: str, scratch: str) -> Source:
    """What can be read once alone, in a file; what it is is seen by its first bytes."""
    first = stream.read(SPOOL_BYTES)
    if not first.strip():
        raise refused(shown, "it is empty; a table has at least a header")
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    form = (
        "parquet" if first[:4] == MAGIC else "json" if start == b"[" else "jsonl" if start == b"{" else "csv"
    )
    ending = ".csv.gz" if first[:2] == b"\x1f\x8b" else f".{form}"
    path = os.path.join(scratch, f"standard-input{ending}")
    with open(path, "wb") as handle:
        while first:
            handle.write(first)
            first = stream.read(SPOOL_BYTES)
    return Source([path], form, shown={path: shown})


def _journal_rows(folder: str) -> Iterable[Mapping[str, Any]]:
    from importlib import import_module  # noqa: PLC0415 - only for a folder of journals

    rows: Iterable[Mapping[str, Any]] = import_module("wattgram.tracker.journal").rows(folder)
    return rows


def _written(rows: Iterable[Mapping[str, Any]], scratch: str) -> str:
    path = os.path.join(scratch, "journals.jsonl")
    with open(path, "w", encoding="utf-8") as handle:
        handle.writelines(json.dumps(row) + "\n" for row in rows)
    return path
