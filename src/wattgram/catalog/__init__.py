"""The catalog: every figure of the world that enters a result, each a row with a source.

`Catalog.load()` opens the shipped tables; an overlay (a CSV in the same shape, or a folder of them) adds or corrects
rows without touching the package; `as_of` hides what was not yet known at a date. The version is a date and a hash of
the content, and is printed in every report.
"""

from __future__ import annotations

import json
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wattgram.catalog.tables import SPECS, Table, place_key
from wattgram.errors import CatalogError
from wattgram.value import Value

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from wattgram.catalog.records import Assumption, ZoneYear

__all__ = ["DATA", "Catalog", "place_key"]

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
"""Folder of the shipped tables (a plain string: pathlib alone would cost a tenth of an estimate's start)."""


class Catalog:
    """The tables, by name; each is opened when it is first asked for.

    Parameters
    ----------
    overlay : a CSV named after its table (`zones.csv`, `accelerators.csv`, ...), or a folder of such files
    as_of : a date; what the catalog holds of later years is hidden
    folder : another version's data folder, for instance that of an older release
    """

    _loaded: dict[tuple[str, str, str], Catalog] = {}  # noqa: RUF012 - one process, one copy of each

    def __init__(
        self,
        overlay: str | Path | None = None,
        as_of: str | date | None = None,
        folder: str | Path | None = None,
    ) -> None:
        self.folder = str(folder) if folder else DATA
        self.overlay = str(overlay) if overlay else None
        self.as_of_year = _year(as_of)
        self.tables: dict[str, Table] = {}
        self.memory: dict[Any, Any] = {}
        """What look-ups have found, by their question; a catalog never changes once loaded."""
        self._overlay_rows: dict[str, list[dict[str, str]]] = {}
        if self.overlay is not None:
            from wattgram.catalog.overlay import read_overlay  # noqa: PLC0415 - only an overlay needs it

            self._overlay_rows = read_overlay(self.overlay, self.folder)

    @classmethod
    def load(
        cls,
        overlay: str | Path | None = None,
        as_of: str | date | None = None,
        folder: str | Path | None = None,
    ) -> Catalog:
        """The catalog of these settings, opened once a process."""
        asked = (str(overlay or ""), str(as_of or ""), str(folder or ""))
        if overlay is not None or asked not in cls._loaded:
            cls._loaded[asked] = cls(overlay, as_of, folder)
        return cls._loaded[asked]

    def table(self, name: str) -> Table:
        """One table by name; CatalogError for a name that is none."""
        if name not in self.tables:
            if name not in SPECS:
                raise CatalogError(f"there is no table '{name}'; the tables are {', '.join(sorted(SPECS))}")
            self.tables[name] = Table(name, self.folder, self._overlay_rows.get(name, ()))
        return self.tables[name]

    @cached_property
    def _stamp(self) -> dict[str, Any]:
        try:
            with open(f"{self.folder}/index/catalog.json", encoding="utf-8") as handle:
                stamp: dict[str, Any] = json.load(handle)
        except (OSError, ValueError) as error:
            raise CatalogError(
                f"the catalog in {os.path.basename(self.folder)} has no readable stamp: {error}"
            ) from error
        return stamp

    @cached_property
    def version(self) -> str:
        """Date and content hash, such as `2026.11+1a2b3c4d`; an overlay adds its own hash, `as_of` its year."""
        version: str = self._stamp["version"]
        if self._overlay_rows:
            import hashlib  # noqa: PLC0415 - only an overlay needs it

            text = json.dumps(self._overlay_rows, sort_keys=True)
            version += f".overlay-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        return version + (f".as-of-{self.as_of_year}" if self.as_of_year else "")

    def source(self, identity: str) -> dict[str, str]:
        """A record of sources.toml: producer, title, citation, url, published, accessed, licence, changed."""
        found: dict[str, str] | None = self._sources.get(identity)
        if found is None:
            raise CatalogError(f"source '{identity}' is cited but not described")
        return found

    @cached_property
    def _sources(self) -> dict[str, dict[str, str]]:
        with open(f"{self.folder}/index/sources.json", encoding="utf-8") as handle:
            sources: dict[str, dict[str, str]] = json.load(handle)
        if self._overlay_rows:
            label = os.path.basename(self.overlay or "overlay")
            cited = {
                cell
                for rows in self._overlay_rows.values()
                for row in rows
                for name, cell in row.items()
                if name.endswith("source_id")
            }
            for identity in {piece for text in cited for piece in text.split("|") if piece} - set(sources):
                sources[identity] = {
                    "citation": f"your overlay {label}",
                    "licence": "",
                    "url": "",
                    "status": "ours",
                }
        return sources

    def sources(self) -> dict[str, dict[str, str]]:
        """Every source by id."""
        return dict(self._sources)

    def assumption(self, identity: str) -> Assumption:
        """A default of `assumptions.csv` as its row."""
        found = self.memory.get(identity)
        if found is None:
            try:
                found = self.table("assumptions").record(identity)
            except KeyError:
                raise CatalogError(f"the catalog has no assumption '{identity}'") from None
            self.memory[identity] = found
        return found  # type: ignore[no-any-return]

    def default(self, identity: str, unit: str | None = None, reason: str | None = None) -> Value:
        """A default of `assumptions.csv` as a value with its range, its source and its reason."""
        asked = ("default", identity, unit, reason)
        if asked not in self.memory:
            row = self.assumption(identity)
            self.memory[asked] = Value(
                row.central,
                row.low,
                row.high,
                row.unit if unit is None else unit,
                "assumed",
                tuple(row.source_id.split("|")),
                f"{identity}: {reason or row.reason}",
            )
        return self.memory[asked]  # type: ignore[no-any-return]

    def figure(self, identity: str) -> float:
        """The central figure of a default that is a threshold or a definition [as its row in assumptions.csv]."""
        return self.assumption(identity).central

    def kept_rows(self, table: str) -> list[dict[str, str]]:
        """Every row of a small table, read once; not to be changed."""
        asked = ("rows", table)
        if asked not in self.memory:
            self.memory[asked] = list(self.table(table).all_rows())
        return self.memory[asked]  # type: ignore[no-any-return]

    def zone_years(self, zone: str, boundary: str) -> list[ZoneYear]:
        """Every intensity [g CO2e/kWh] of a zone under one boundary, residual mixes apart, oldest first."""
        asked = ("zone", zone, boundary)
        if asked not in self.memory:
            rows = [
                row
                for row in self.table("zones").records(zone)
                if row.boundary == boundary and row.basis != "residual"
            ]
            if self.as_of_year:
                rows = [row for row in rows if row.year < self.as_of_year]
            self.memory[asked] = sorted(rows, key=lambda row: row.year)
        return self.memory[asked]  # type: ignore[no-any-return]


def _year(as_of: str | date | None) -> int | None:
    if as_of is None or as_of == "":
        return None
    from wattgram.errors import InputError  # noqa: PLC0415 - only where a date is said
    from wattgram.run import parse_start  # noqa: PLC0415

    try:
        return parse_start(as_of).year
    except InputError as error:
        raise InputError("as-of", as_of, error.allowed, error.nearest) from None
