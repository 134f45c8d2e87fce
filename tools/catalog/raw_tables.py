"""The raw tables as `raw_tables.toml` declares them: found by edition, checked before anything is built, read.

`raw_check.py` holds a folder against it. One declaration serves the reader, `--fetch` and the page `docs/reference/raw-tables.md`; whoever has a new edition names it there
with its source, and nowhere else.
"""

from __future__ import annotations

import csv
import re
import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .tables import opened, read_csv

HERE = Path(__file__).parent
DECLARED = HERE / "raw_tables.toml"
SOURCES = HERE / "sources"
PAGE = "docs/reference/raw-tables.md"
NEAR = 0.8
"""How alike a file's name must be to be taken for a slip of the one that is missing."""
STANDING = ("zones", "official")
"""Modules that keep the built rows of a source whose raw table is not there."""
KINDS = ("yearly", "fetched", "collected", "fixed", "check")


class RawTable(NamedTuple):
    """One raw table: where it lies, what of it is read, who publishes it."""

    name: str
    pattern: str
    edition: str
    year: str
    kind: str
    read_by: str
    sources: tuple[str, ...]
    cites: dict[str, str]
    producer: str
    how: str
    columns: dict[str, str]

    @property
    def path(self) -> str:
        """Where the declared edition lies below the folder of raw tables."""
        return self.pattern.replace("{edition}", self.edition)

    @property
    def source(self) -> str:
        """The source that the built rows cite."""
        return self.sources[0]

    @property
    def stands(self) -> bool:
        """Whether its built rows are kept where the file is not there."""
        return self.read_by in STANDING

    def by(self) -> str:
        """Who publishes it, with the address, in words for a message."""
        if not self.sources:
            return self.producer
        said = described_sources()[self.sources[0]]
        return ", ".join(filter(None, (said["producer"], said["title"], said["url"])))


@cache
def declared() -> dict[str, RawTable]:
    """Every declared table by name, in the order of the declaration."""
    return declarations(tomllib.loads(DECLARED.read_text(encoding="utf-8")))


def declarations(said: dict[str, dict[str, object]]) -> dict[str, RawTable]:
    """The tables of a declaration; ValueError where one does not say what it must."""
    tables: dict[str, RawTable] = {}
    for name, cells in said.items():
        wrong = set(cells) - set(RawTable._fields) - {"path"}
        missing = {"path", "kind", "read_by", "sources", "how", "columns"} - set(cells)
        if wrong or missing or cells["kind"] not in KINDS:
            fault = (
                f"has {', '.join(sorted(wrong))}, which nothing reads"
                if wrong
                else f"lacks {', '.join(sorted(missing))}"
                if missing
                else f"is of kind '{cells['kind']}'; the kinds are {', '.join(KINDS)}"
            )
            raise ValueError(f"raw_tables.toml: [{name}] {fault}")
        tables[name] = RawTable(
            name=name,
            pattern=str(cells["path"]),
            edition=str(cells.get("edition", "")),
            year=str(cells.get("year", "")),
            kind=str(cells["kind"]),
            read_by=str(cells["read_by"]),
            sources=tuple(cells["sources"]),  # type: ignore[arg-type]
            cites=dict(cells.get("cites", {})),  # type: ignore[call-overload]
            producer=str(cells.get("producer", "")),
            how=str(cells["how"]),
            columns=dict(cells["columns"]),  # type: ignore[call-overload]
        )
    return tables


@cache
def described_sources() -> dict[str, dict[str, str]]:
    """Every source that is described, by id."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(SOURCES.glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def path_of(name: str) -> str:
    """Where a declared table lies, for the words that say what a column was built from."""
    return declared()[name].path


def source_of(name: str) -> str:
    """The source that rows of this table cite."""
    return declared()[name].source


def read(raw: Path, name: str) -> list[dict[str, str]]:
    """Every row of a declared table.

    Raises
    ------
    ValueError : the file is missing, empty, or lacks a column that is read
    """
    table = declared()[name]
    wrong = fault(raw, table)
    if wrong:
        raise ValueError(wrong)
    return read_csv(raw / table.path)


def kept_rows(raw: Path, name: str, built: Path) -> list[dict[str, str]] | None:
    """The built rows of a source whose raw table is not there; None where it is there and is to be read.

    Raises
    ------
    ValueError : the file is missing and no row of its source stands
    """
    table = declared()[name]
    if (raw / table.path).is_file():
        return None
    rows = read_csv(built) if built.is_file() else []
    kept = [row for row in rows if table.source in row["source_id"].split("|")]
    if not kept:
        raise ValueError(f"{fault(raw, table)}; and no built row of {table.source} stands")
    return kept


def newest_column(rows: list[dict[str, str]], pattern: str) -> tuple[str, str]:
    """The column that a name with `*` means, of the newest year, and that year."""
    kept = re.compile(re.escape(pattern).replace(r"\*", "([0-9]{4})"))
    found = [(match[1], name) for name in rows[0] if (match := kept.fullmatch(name))]
    year, name = max(found)
    return name, year


def missing(raw: Path, table: RawTable) -> str:
    """That a raw table is missing, with the file that may be meant."""
    path = raw / table.path
    names = [file.name for file in path.parent.glob("*")] if path.parent.is_dir() else []
    near = get_close_matches(path.name, names, n=1, cutoff=NEAR)
    return f"{table.path} is missing" + (f" (is it {near[0]}?)" if near else "")


def fault(raw: Path, table: RawTable) -> str:
    """Why a raw table cannot be read, as a sentence; empty where it can."""
    path = raw / table.path
    if not path.is_file():
        return f"{missing(raw, table)}; from {table.by()}"
    try:
        with opened(path) as handle:
            reader = csv.reader(handle)
            header = [cell.strip() for cell in next(reader, [])]
            filled = next(reader, None) is not None
    except (UnicodeDecodeError, OSError, EOFError, csv.Error) as error:
        return f"{table.path} is no CSV in UTF-8 ({error}); from {table.by()}"
    for column in table.columns:
        kept = re.compile(re.escape(column).replace(r"\*", "[0-9]{4}"))
        if not any(kept.fullmatch(cell) for cell in header):
            near = get_close_matches(column, header, n=1)
            return (
                f"{table.path} lacks the column '{column}' ({table.columns[column]})"
                + (f"; '{near[0]}' stands there" if near else "")
                + f"; from {table.by()}"
            )
    return "" if filled else f"{table.path} has no rows; from {table.by()}"
