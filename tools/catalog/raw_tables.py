"""The raw tables as `raw_tables.toml` declares them: found by edition, checked before anything is built, read.

One declaration serves the reader, `--fetch` and the page `docs/reference/raw-tables.md`; whoever has a new edition names it there
with its source, and nowhere else.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .tables import opened, read_csv

HERE = Path(__file__).parent
DECLARED = HERE / "raw_tables.toml"
SOURCES = HERE / "sources"
PAGE = "docs/reference/raw-tables.md"
PARTS = {"zones": ("official",), "regions": ("providers",)}
"""Modules that a topic leaves some of its reading to."""
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


def newest_column(rows: list[dict[str, str]], pattern: str) -> tuple[str, str]:
    """The column that a name with `*` means, of the newest year, and that year."""
    kept = re.compile(re.escape(pattern).replace(r"\*", "([0-9]{4})"))
    found = [(match[1], name) for name in rows[0] if (match := kept.fullmatch(name))]
    year, name = max(found)
    return name, year


def check(raw: Path, topics: Iterable[str], *, named: bool = True) -> dict[str, int]:
    """See that the raw tables of these topics are there, of the declared edition, with their columns.

    Returns
    -------
    the topics none of whose raw tables is there, each with their number: its built tables are left as they stand

    Raises
    ------
    ValueError : one sentence a fault, each with the producer of the file; a topic that was asked for by name lacks all
    """
    if not raw.is_dir():
        raise ValueError(f"there is no folder {raw}; {PAGE} lists the raw tables that it holds")
    unknown = [
        f"raw_tables.toml: [{table.name}] cites '{name}', which no file of tools/catalog/sources/ describes"
        for table in declared().values()
        for name in (*table.sources, *table.cites.values())
        if name not in described_sources()
    ]
    if unknown:
        raise ValueError("\n".join(unknown))
    of_topic = {topic: tables_of(topic) for topic in topics}
    left = {
        topic: len(tables)
        for topic, tables in of_topic.items()
        if tables and not any((raw / table.path).is_file() or newer(raw, table) for table in tables)
    }
    reading = [topic for topic, tables in of_topic.items() if tables]
    if left and len(left) == len(reading):
        tables = [table for topic in reading for table in of_topic[topic]]
        raise ValueError(
            f"{raw} holds none of the {len(tables)} raw tables that are read, such as {tables[0].path}; {PAGE} lists them"
        )
    wanted = [table for topic in of_topic if named or topic not in left for table in of_topic[topic]]
    wrong = [said for table in wanted for said in (newer(raw, table) or fault(raw, table),) if said]
    if wrong:
        raise ValueError("\n".join(wrong))
    return left


def tables_of(topic: str) -> list[RawTable]:
    """The raw tables that a topic reads, those of its parts too."""
    return [table for table in declared().values() if table.read_by in (topic, *PARTS.get(topic, ()))]


def newer(raw: Path, table: RawTable) -> str:
    """What to write where a later edition than the declared one lies in the folder; empty where none does."""
    if not table.edition:
        return ""
    before, _, after = Path(table.pattern).name.partition("{edition}")
    folder = (raw / table.pattern).parent
    editions = [
        path.name[len(before) : len(path.name) - len(after)] for path in folder.glob(f"{before}*{after}")
    ]
    later = max(
        (edition for edition in editions if _order(edition) > _order(table.edition)), key=_order, default=""
    )
    if not later or table.kind == "fixed":
        return ""
    return (
        f"{table.pattern.replace('{edition}', later)} is a later edition than {table.edition}: in [{table.name}] of "
        f'tools/catalog/raw_tables.toml write edition = "{later}"'
        + (" and its year" if table.year else "")
        + f", and the id of its source, described in tools/catalog/sources/, for {table.sources[0] if table.sources else 'the rows'}"
    )


def _order(edition: str) -> list[tuple[int, str]]:
    """Editions in the order of their numbers: 2.10.0 after 2.5.0."""
    return [
        (int(piece), "") if piece.isdigit() else (0, piece) for piece in re.findall(r"\d+|[^\d]+", edition)
    ]


def fault(raw: Path, table: RawTable) -> str:
    """Why a raw table cannot be read, as a sentence; empty where it can."""
    path = raw / table.path
    if not path.is_file():
        names = [file.name for file in path.parent.glob("*")] if path.parent.is_dir() else []
        near = get_close_matches(path.name, names, n=1)
        return f"{table.path} is missing" + (f" (is it {near[0]}?)" if near else "") + f"; from {table.by()}"
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
