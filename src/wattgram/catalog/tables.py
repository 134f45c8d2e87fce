"""Tables on disk: which files, which key, which words lead to a row; read row by row through a compact index.

A large table is never read whole to answer one question. `tools/build_catalog.py` writes, for each table, an index
with the byte span of every row and the words that lead to it; an overlay's rows are indexed in memory the same way
and stand before the shipped ones.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.catalog import records
from wattgram.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SPECS", "Spec", "Table", "build_index", "place_key", "words_of"]

Row = dict[str, str]


class Spec(NamedTuple):
    """What makes a table: its files in order of rank, the columns of its key, its record."""

    files: tuple[str, ...]
    key: tuple[str, ...]
    kind: Any
    group: int = 0
    """How many columns of the key name a row's group (zone-years are asked for by zone)."""


SPECS: dict[str, Spec] = {
    "accelerators": Spec(("accelerators.csv",), ("id",), records.Accelerator),
    "assumptions": Spec(("assumptions.csv",), ("id",), records.Assumption),
    "cities": Spec(("cities.csv",), ("id",), records.City),
    "claims": Spec(("claims.csv",), ("id",), records.Claim),
    "countries": Spec(("countries.csv",), ("country",), records.Country),
    "embodied": Spec(("embodied.csv",), ("id",), records.Embodied),
    "equivalences": Spec(("equivalences.csv",), ("id",), records.Equivalence),
    "fuels": Spec(("fuels.csv",), ("source_id", "fuel"), records.Fuel),
    "instances": Spec(("instances.csv",), ("provider", "instance_type"), records.Instance),
    "processors": Spec(("processors.csv",), ("id",), records.Processor),
    "profiles": Spec(("profiles.csv",), ("zone", "month", "hour", "window_h"), records.Profile, group=1),
    "providers": Spec(("providers.csv",), ("provider",), records.Provider),
    "region_zones": Spec(("electricitymaps/region_zones.csv",), ("provider", "region"), records.RegionZone),
    "regions": Spec(("regions.csv",), ("provider", "region"), records.Region),
    "subdivisions": Spec(("subdivisions.csv",), ("subdivision",), records.Subdivision),
    "zones": Spec(
        ("electricitymaps/zones.csv", "zones.csv"),
        ("zone", "year", "boundary", "basis", "source_id"),
        records.ZoneYear,
        group=1,
    ),
}

_MARKS = str.maketrans(dict.fromkeys(" _./,'’()", "-"))


OPERATORS = {
    "US-CAL-CISO": ("caiso",),
    "US-CENT-SWPP": ("spp",),
    "US-NE-ISNE": ("iso-ne", "isone"),
    "US-NW-BPAT": ("bpa",),
    "US-NY-NYIS": ("nyiso",),
    "US-TEX-ERCO": ("ercot",),
}
"""What people call an area by its system operator, beside the last word of its id (PJM, MISO, TVA)."""


def place_key(text: str) -> str:
    """One spelling for `Montréal` and `montreal`, `northamerica_northeast1` and `northamerica-northeast1`."""
    text = text.strip().lower()
    if not text.isascii():
        import unicodedata  # noqa: PLC0415 - most words are ASCII

        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = (
            "".join(c for c in decomposed if not unicodedata.combining(c))
            .replace("ß", "ss")
            .replace("ø", "o")
        )
    return "-".join(piece for piece in text.translate(_MARKS).split("-") if piece)


def words_of(table: str, row: Mapping[str, str]) -> Iterator[str]:
    """The words, in one spelling, that lead to this row."""
    aliases = [alias for alias in row.get("aliases", "").split("|") if alias]
    if table in ("accelerators", "processors"):
        from wattgram.catalog.names import key, normalise  # noqa: PLC0415 - only hardware needs it

        names = (row["id"].replace("-", " "), row["name"], row.get("full_name", ""), *aliases)
        yield from (" ".join(sorted(key(normalise(name)))) for name in names if name)
    elif table == "instances":
        names = (row["instance_type"], *aliases)
        yield from (place_key(name) for name in names)
        yield from (place_key(f"{row['provider']}:{name}").replace(":", "-") for name in names)
    elif table == "regions":
        for name in (row["region"], *aliases):
            yield place_key(name)
            yield f"{row['provider']}:{place_key(name)}"
    else:
        fields = ("country", "iso3", "name", "subdivision", "city", "zone", "provider")
        kept = {
            "countries": fields[:3],
            "subdivisions": ("subdivision", "name"),
            "cities": ("city",),
            "zones": ("zone",),
            "providers": ("provider", "name"),
        }.get(table, ())
        yield from (place_key(row[field]) for field in kept if row.get(field))
        yield from (place_key(alias) for alias in aliases)
        if table == "zones" and row["zone"].startswith("US-") and row["zone"].count("-") > 1:
            yield place_key(row["zone"].rpartition("-")[2])
            yield from OPERATORS.get(row["zone"], ())


def _key_of(spec: Spec, row: Mapping[str, str]) -> str:
    return "|".join(row[column] for column in (spec.key[: spec.group] if spec.group else spec.key))


def build_index(table: str, folder: Path) -> dict[str, Any]:
    """The index of a table's files: headers, the byte spans of every key, the keys of every word."""
    spec = SPECS[table]
    headers: list[list[str]] = []
    spans: dict[str, list[int]] = {}
    words: dict[str, list[str]] = {}
    entries: dict[str, list[str]] = {}
    for number, name in enumerate(spec.files):
        offset = 0
        header: list[str] = []
        with (folder / name).open("rb") as handle:
            for line in handle:
                cells = next(csv.reader([line.decode()]))
                if not header:
                    header = cells
                    headers.append(header)
                else:
                    row = dict(zip(header, cells, strict=True))
                    key = _key_of(spec, row)
                    span = spans.setdefault(key, [])
                    if span and span[-3] == number and span[-2] + span[-1] == offset:
                        span[-1] += len(line)
                    else:
                        span += [number, offset, len(line)]
                    for word in words_of(table, row):
                        if key not in words.setdefault(word, []):
                            words[word].append(key)
                    if "variants" in row:
                        entries[key] = [row["model"], row["variants"], row.get("default_for", "")]
                offset += len(line)
    return {"headers": headers, "spans": spans, "words": words, "entries": entries}


class Table:
    """One table of the catalog: rows by key, keys by word, and an overlay's rows before the shipped ones."""

    def __init__(self, name: str, folder: str, overlay: Iterable[Row] = ()) -> None:
        self.name, self.folder, self.spec = name, folder, SPECS[name]
        self._overlay: dict[str, list[Row]] = {}
        self._overlay_words: dict[str, list[str]] = {}
        for row in overlay:
            key = _key_of(self.spec, row)
            self._overlay.setdefault(key, []).append(row)
            for word in words_of(name, row):
                self._overlay_words.setdefault(word, []).append(key)

    @cached_property
    def _index(self) -> dict[str, Any]:
        try:
            with open(f"{self.folder}/index/{self.name}.json", encoding="utf-8") as handle:
                index: dict[str, Any] = json.load(handle)
        except (OSError, ValueError) as error:
            raise CatalogError(f"the index of table {self.name} cannot be read: {error}") from error
        return index

    def keys_of(self, word: str) -> list[str]:
        """Keys of the rows that this word (in its one spelling) leads to, an overlay's first."""
        shipped = self._index["words"].get(word, ())
        return list(dict.fromkeys([*self._overlay_words.get(word, ()), *shipped]))

    def words(self) -> list[str]:
        """Every word that leads to a row (to find the nearest)."""
        return [*self._overlay_words, *self._index["words"]]

    def keys(self) -> list[str]:
        """Every key, the shipped ones in order."""
        return list(dict.fromkeys([*self._index["spans"], *self._overlay]))

    def entries(self) -> dict[str, list[str]]:
        """Of each device: its model words, its variant words, and the bare word it is the usual reading of."""
        mine = {
            key: [row.get("model", ""), row.get("variants", ""), row.get("default_for", "")]
            for key, rows in self._overlay.items()
            for row in rows
        }
        return {**self._index["entries"], **mine}

    def rows(self, key: str) -> list[Row]:
        """All rows of a key as text: one, or the group of a zone."""
        found: list[Row] = []
        span = self._index["spans"].get(key, ())
        for at in range(0, len(span), 3):
            number, offset, length = span[at : at + 3]
            with open(f"{self.folder}/{self.spec.files[number]}", "rb") as handle:
                handle.seek(offset)
                text = handle.read(length).decode()
            header = self._index["headers"][number]
            found += [dict(zip(header, cells, strict=True)) for cells in csv.reader(text.splitlines())]
        mine = self._overlay.get(key, [])
        full = {tuple(row.get(column, "") for column in self.spec.key) for row in mine}
        kept = [row for row in found if tuple(row.get(c, "") for c in self.spec.key) not in full]
        return [*mine, *kept]

    def row_of(self, identity: tuple[str, ...]) -> Row | None:
        """The one row with this whole key; None where there is none."""
        asked = dict(zip(self.spec.key, identity, strict=True))
        for row in self.rows(_key_of(self.spec, asked)):
            if tuple(row.get(column, "") for column in self.spec.key) == identity:
                return row
        return None

    def own_rows(self) -> list[Row]:
        """The rows of the overlay."""
        return [row for rows in self._overlay.values() for row in rows]

    def all_rows(self) -> Iterator[Row]:
        """Every row of the table, an overlay's in place of the row it corrects."""
        hidden = {
            tuple(row.get(column, "") for column in self.spec.key)
            for rows in self._overlay.values()
            for row in rows
        }
        for name in self.spec.files:
            with open(f"{self.folder}/{name}", encoding="utf-8", newline="") as handle:
                for row in csv.DictReader(handle):
                    if tuple(row[column] for column in self.spec.key) not in hidden:
                        yield row
        for rows in self._overlay.values():
            yield from rows

    def records(self, key: str) -> list[Any]:
        """All rows of a key as records."""
        return [self.spec.kind(row) for row in self.rows(key)]

    def record(self, key: str) -> Any:
        """The one row of a key; KeyError when there is none."""
        found = self.records(key)
        if not found:
            raise KeyError(key)
        return found[0]
