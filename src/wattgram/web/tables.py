"""Tables: the catalog as it is browsed, searched and downloaded: every table of it, its rows, columns and sources."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from wattgram.catalog import Catalog, place_key
from wattgram.catalog.tables import SPECS
from wattgram.errors import InputError, UnknownWordError
from wattgram.report.csv import safe_cell

__all__ = ["Column", "Tables"]

FILES = {
    "calculator-devices": ("calculator-2026-03/devices.csv", ("name",)),
    "calculator-paper": ("calculator-2026-03/paper.csv", ("what",)),
    "calculator-regions": ("calculator-2026-03/regions.csv", ("provider", "region")),
    "columns": ("columns.csv", ("table", "column")),
    "declared": ("declared.csv", ("provider", "region", "year")),
    "fleets": ("fleets.csv", ("provider", "year")),
    "fuels": ("fuels.csv", ("fuel",)),
}
"""Tables that no look-up needs, each with its file and what names a row."""
SOURCE_COLUMNS = (
    "id",
    "producer",
    "title",
    "published",
    "licence",
    "url",
    "citation",
    "accessed",
    "changed",
    "via",
    "status",
)
ORDER = (
    "accelerators", "processors", "instances", "regions", "zones", "region_zones", "providers", "claims", "fleets",
    "declared", "embodied", "assumptions", "equivalences", "fuels", "countries", "subdivisions", "cities",
    "calculator-devices", "calculator-regions", "calculator-paper", "sources", "columns",
)  # fmt: skip
"""The tables in the order in which they are read."""


class Column(NamedTuple):
    """A column, its unit, and what it means."""

    name: str
    unit: str
    description: str


class _Held(NamedTuple):
    """A table in memory: its columns, its rows, and of each row the text that a search looks into."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]


class Tables:
    """The tables of one catalog; each is read when first asked for, and kept.

    Parameters
    ----------
    catalog : the catalog they belong to, its overlay included
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._held: dict[str, _Held] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every table, in order."""
        return ORDER

    def check(self, name: str) -> str:
        """The name of a table.

        Raises
        ------
        UnknownWordError : a name that is none
        """
        if name not in ORDER:
            from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

            raise UnknownWordError(
                "table", name, f"the tables are {', '.join(ORDER)}", get_close_matches(name[:80], ORDER, n=1)
            )
        return name

    def _table(self, name: str) -> _Held:
        if name not in self._held:
            rows = list(self._read(self.check(name)))
            columns = tuple(rows[0]) if rows else SOURCE_COLUMNS
            cells = tuple(tuple(row.get(column, "") for column in columns) for row in rows)
            self._held[name] = _Held(columns, cells, tuple(place_key(" ".join(row)) for row in cells))
        return self._held[name]

    def _read(self, name: str) -> Iterator[dict[str, str]]:
        if name == "sources":
            for key, source in self.catalog.sources().items():
                row = {"id": key, **source}
                yield {column: str(row.get(column, "")) for column in SOURCE_COLUMNS}
        elif name in FILES:
            with open(f"{self.catalog.folder}/{FILES[name][0]}", encoding="utf-8", newline="") as handle:
                yield from csv.DictReader(handle)
        else:
            columns: dict[str, None] = {}
            rows = list(self.catalog.table(name).all_rows())
            for row in rows:
                columns.update(dict.fromkeys(row))
            for row in rows:
                yield {column: row.get(column, "") for column in columns}

    def key_columns(self, name: str) -> tuple[str, ...]:
        """The columns whose cells name a row (all years of a zone are named together)."""
        if name == "sources":
            return ("id",)
        if name in FILES:
            return FILES[name][1]
        spec = SPECS[name]
        return spec.key[: spec.group] if spec.group else spec.key

    def count(self, name: str) -> int:
        """How many rows a table has."""
        return len(self._table(name).rows)

    def columns(self, name: str) -> list[Column]:
        """The columns of a table, described."""
        said = self._described
        file = FILES[name][0] if name in FILES else SPECS[name].files[0] if name in SPECS else ""
        return [
            said.get((file, column)) or said.get((f"{name}.csv", column)) or Column(column, "", "")
            for column in self._table(name).columns
        ]

    @cached_property
    def _described(self) -> dict[tuple[str, str], Column]:
        rows = self._read("columns")
        return {
            (row["table"], row["column"]): Column(row["column"], row["unit"], row["description"])
            for row in rows
        }

    def find(self, name: str, query: str = "") -> list[tuple[str, ...]]:
        """Rows in which every word of the query stands somewhere; all rows for an empty one."""
        held = self._table(name)
        words = [word for word in (place_key(piece) for piece in query.split()) if word]
        if not words:
            return list(held.rows)
        return [
            row
            for row, text in zip(held.rows, held.texts, strict=True)
            if all(word in text for word in words)
        ]

    def key_of(self, name: str, row: tuple[str, ...]) -> str:
        """What names a row in an address: its key cells joined by a colon."""
        at = [self._table(name).columns.index(column) for column in self.key_columns(name)]
        return ":".join(row[one] for one in at)

    def rows_of(self, name: str, key: str) -> list[dict[str, str]]:
        """The rows that a key names: one, or the years of a zone.

        Raises
        ------
        UnknownWordError : a key that names none
        """
        held = self._table(name)
        found = [
            dict(zip(held.columns, row, strict=True)) for row in held.rows if self.key_of(name, row) == key
        ]
        if not found:
            raise UnknownWordError("row", key, f"table {name} has no such row; search it with q=")
        return found

    def citing(self, source: str) -> dict[str, int]:
        """In which tables a source is cited, and by how many rows."""
        found: dict[str, int] = {}
        for name in ORDER:
            if name in ("sources", "columns"):
                continue
            held = self._table(name)
            at = [n for n, column in enumerate(held.columns) if column.endswith("source_id")]
            count = sum(any(source in row[one].split("|") for one in at) for row in held.rows)
            if count:
                found[name] = count
        return found

    def csv_text(self, name: str, query: str = "") -> str:
        """Rows as CSV that is safe to open in a spreadsheet."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self._table(name).columns)
        writer.writerows([_cell(cell) for cell in row] for row in self.find(name, query))
        return out.getvalue()

    def page(self, name: str, query: str, limit: int, offset: int) -> tuple[list[dict[str, str]], int]:
        """Some of the rows that fit a query, and how many fit."""
        found = self.find(name, query)
        columns = self._table(name).columns
        return [dict(zip(columns, row, strict=True)) for row in found[offset : offset + limit]], len(found)

    def search(self, query: str, each: int) -> list[dict[str, Any]]:
        """Every table that has rows with these words, how many, and the first of them.

        Raises
        ------
        InputError : an empty query
        """
        if not place_key(query):
            raise InputError("q", query, "say one or more words to look for")
        answers = []
        for name in ORDER:
            rows, count = self.page(name, query, each, 0)
            if count:
                answers.append({"table": name, "count": count, "rows": rows})
        return answers


def _cell(cell: str) -> str:
    """A number stays one (a longitude may be negative); any other text is made safe."""
    try:
        float(cell)
    except ValueError:
        return safe_cell(cell)
    return cell
