"""What a rebuild of the catalog changed: rows, figures, sources, and the effect on ten reference runs."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .tables import read_csv

if TYPE_CHECKING:
    from wattgram import Catalog
    from wattgram.catalog.records import ZoneYear

REFERENCE_RUNS = Path(__file__).parent / "curated" / "reference_runs.csv"
ZONES = ("electricitymaps/zones.csv", "zones.csv")
MOST_LINES = 15


class Change(NamedTuple):
    """One cell that holds another text than before; `ratio` is after over before where both are figures."""

    table: str
    key: str
    column: str
    before: str
    after: str
    ratio: float | None

    def __str__(self) -> str:
        by = "" if self.ratio is None else f"  x{self.ratio:.4g}"
        return f"  {self.table}  {self.key}  {self.column}: {self.before or '-'} -> {self.after or '-'}{by}"


def _tables(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.csv"))}


def _rows(path: Path, key: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Rows by key; tables without a declared key by their line's first three cells.

    A new edition of a source has a new id, and its rows are still those of the edition before: the id is left out of the key,
    and the second row of such a key has a number.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in read_csv(path):
        names = [name for name in key or tuple(row)[:3] if name != "source_id" or "year" not in key]
        identity = "|".join(row.get(name, "") for name in names)
        at = 2
        while identity in rows:
            identity = f"{identity.partition('#')[0]}#{at}"
            at += 1
        rows[identity] = row
    return rows


def _key_of(table: str) -> tuple[str, ...]:
    from wattgram.catalog.tables import SPECS

    return next((spec.key for spec in SPECS.values() if table in spec.files), ())


def changes(before: Path, after: Path) -> tuple[list[str], list[Change]]:
    """One line for each table with rows added or removed, and every changed cell."""
    old, new = _tables(before), _tables(after)
    lines = [f"  {name}: a new table" for name in new if name not in old]
    lines += [f"  {name}: the table is gone" for name in old if name not in new]
    found: list[Change] = []
    for name in sorted(old.keys() & new.keys()):
        key = _key_of(name)
        were, are = _rows(old[name], key), _rows(new[name], key)
        added, removed = are.keys() - were.keys(), were.keys() - are.keys()
        if added or removed:
            shown = ", ".join([f"+{k}" for k in sorted(added)[:3]] + [f"-{k}" for k in sorted(removed)[:3]])
            lines.append(f"  {name}: {len(added)} rows added, {len(removed)} removed ({shown}, ...)")
        for identity in sorted(were.keys() & are.keys()):
            found += _cells(name, identity, were[identity], are[identity])
    return lines, found


def _cells(table: str, key: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for column in dict.fromkeys([*before, *after]):
        old, new = before.get(column, ""), after.get(column, "")
        if old != new:
            try:
                ratio = float(new) / float(old)
            except (ValueError, ZeroDivisionError):
                ratio = None
            yield Change(table, key, column, old, new, ratio)


def _together(texts: list[Change]) -> list[str]:
    """Changed texts, those of one column that change alike in one line."""
    alike: dict[tuple[str, str, str, str], list[Change]] = {}
    for change in texts:
        alike.setdefault((change.table, change.column, change.before, change.after), []).append(change)
    lines = [
        str(same[0]) + (f"  (and {len(same) - 1} rows more)" if same[1:] else "") for same in alike.values()
    ]
    more = [f"  and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return lines[:MOST_LINES] + more


def sources(before: Path, after: Path) -> Iterator[str]:
    """A line for each source that is new, gone, or says something else."""
    old, new = (
        tomllib.loads((folder / "sources.toml").read_text(encoding="utf-8")) for folder in (before, after)
    )
    yield from (f"  source {name}: new, {new[name]['citation']}" for name in new if name not in old)
    yield from (f"  source {name}: gone" for name in old if name not in new)
    for name in (name for name in new if name in old):
        for field in dict.fromkeys([*old[name], *new[name]]):
            was, now = old[name].get(field, ""), new[name].get(field, "")
            if was != now:
                yield f"  source {name}  {field}: {was or '-'} -> {now or '-'}"


def default_of(catalog: Catalog, zone: str) -> ZoneYear | None:
    """The figure that an answer without a date takes: the newest year, consumption before generation."""
    rows = catalog.zone_years(zone, "lifecycle")
    of_year = [row for row in rows if row.year == rows[-1].year]
    return next((row for row in of_year if row.basis == "consumption"), of_year[0] if of_year else None)


def moved_defaults(before: Path, after: Path) -> Iterator[str]:
    """How many zones have a default figure of another source or basis, and those that change most."""
    from wattgram import Catalog

    old, new = Catalog(folder=before), Catalog(folder=after)
    zones = sorted(
        {row["zone"] for folder in (before, after) for path in ZONES for row in read_csv(folder / path)}
    )
    moved: list[tuple[float, str]] = []
    for zone in zones:
        was, now = default_of(old, zone), default_of(new, zone)
        if was is None or now is None or (_kind(was) == _kind(now)):
            continue
        ratio = now.intensity_g_per_kwh / was.intensity_g_per_kwh if was.intensity_g_per_kwh else float("inf")
        moved.append((ratio, f"  {zone}: {_told(was)} -> {_told(now)}  x{ratio:.4g}"))
    if moved:
        moved.sort(key=lambda one: max(one[0], 1 / one[0] if one[0] else float("inf")), reverse=True)
        count = "1 zone has" if len(moved) == 1 else f"{len(moved)} zones have"
        yield (
            f"{count} a default figure of another source or basis: the newest year comes first, whatever its source. Largest:"
        )
        yield from (line for _, line in moved[:MOST_LINES])


def _kind(row: ZoneYear) -> tuple[str, str]:
    """Basis and source, whatever its edition."""
    return row.basis, row.source_id.partition("|")[0].rstrip("0123456789-")


def _told(row: ZoneYear) -> str:
    return f"{row.intensity_g_per_kwh:g} ({row.year}, {row.basis}, {row.source_id})"


def stretched_sources(before: Path, after: Path) -> Iterator[str]:
    """A line for each source that has a later year than before under the same id: most likely a new edition without its own."""
    were, are = (_last_years(folder) for folder in (before, after))
    for source in sorted(were.keys() & are.keys()):
        if are[source] > were[source]:
            yield (
                f"  source {source} has rows of {are[source]} for the first time (until now to {were[source]}): a new edition has an "
                "id of its own, in raw_tables.toml and sources/"
            )


def _last_years(folder: Path) -> dict[str, str]:
    last: dict[str, str] = {}
    for path in ZONES:
        for row in read_csv(folder / path):
            source = row["source_id"].partition("|")[0]
            last[source] = max(row["year"], last.get(source, ""))
    return last


def texts_beside(before: Path, after: Path) -> Iterator[str]:
    """A line for each notice beside the tables that reads differently."""
    for path in sorted(after.rglob("*.md")):
        name = path.relative_to(after)
        was = before / name
        if not was.exists() or was.read_bytes() != path.read_bytes():
            yield f"  {name.as_posix()}: {'changed' if was.exists() else 'new'}"


def reference_runs(before: Path, after: Path) -> list[str]:
    """The ten reference runs by both catalogs: operational and total kg, and the ratio."""
    from wattgram import Catalog, estimate

    old, new = Catalog(folder=before), Catalog(folder=after)
    lines = []
    with REFERENCE_RUNS.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            words = (row["hardware"], row["duration"], row["where"])
            was, now = (estimate(*words, catalog=catalog).operational.central for catalog in (old, new))
            lines.append(f"  {' '.join(words):<55} {was:>12.6g} -> {now:>12.6g} kg  x{now / was:.4f}")
    return lines


def report(before: Path, after: Path) -> str:
    """The review of a rebuild, as text."""
    lines, cells = changes(before, after)
    beside = [
        *sources(before, after),
        *stretched_sources(before, after),
        *moved_defaults(before, after),
        *texts_beside(before, after),
    ]
    if not lines and not cells:
        return "\n".join(["No row and no figure changed.", *beside, ""]) if beside else "Nothing changed.\n"
    out = [f"{len(cells)} cells changed.", *lines, *beside]
    figures = sorted(
        (c for c in cells if c.ratio is not None and c.ratio > 0),
        key=lambda c: max(c.ratio or 1, 1 / (c.ratio or 1)),
        reverse=True,
    )
    if figures:
        out += [f"Largest of {len(figures)} changed figures:", *(str(c) for c in figures[:MOST_LINES])]
    # What columns.csv says of the columns comes after what the tables say of the world.
    texts = sorted((c for c in cells if c.ratio is None), key=lambda c: c.table == "columns.csv")
    if texts:
        out += [f"Of {len(texts)} changed texts:", *_together(texts)]
    out += ["Reference runs, operational:", *reference_runs(before, after)]
    return "\n".join(out) + "\n"
