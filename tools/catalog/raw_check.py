"""Hold a folder of raw tables against their declaration before anything is built: what is there, what is missing, what is newer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .raw_tables import PAGE, RawTable, declared, described_sources, fault, missing

PARTS = {"zones": ("official",), "regions": ("providers",)}
"""Modules that a topic leaves some of its reading to."""


def check(raw: Path, topics: Iterable[str], *, named: bool = True) -> tuple[dict[str, int], list[str]]:
    """See that the raw tables of these topics are there, of the declared edition, with their columns.

    Returns
    -------
    the topics none of whose raw tables is there, each with their number: its built tables are left as they stand;
    and a sentence for each other table that is missing and whose built rows are kept

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
    kept = [
        table
        for table in wanted
        if table.stands and not (raw / table.path).is_file() and not newer(raw, table)
    ]
    wrong = [
        said
        for table in wanted
        if table not in kept
        for said in (newer(raw, table) or fault(raw, table),)
        if said
    ]
    if wrong:
        raise ValueError("\n".join(wrong))
    return left, [f"{missing(raw, table)}: its rows stand as they are ({table.source})" for table in kept]


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
