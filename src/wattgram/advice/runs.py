"""A table of runs for review: a CSV (or Parquet) file, each row to a footprint or to the reason why there is none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.errors import InputError, MissingExtraError
from wattgram.estimation import make_run
from wattgram.footprint import Footprint

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["NAMES", "Row", "read_table", "rows_of"]

NAMES: dict[str, tuple[str, ...]] = {
    "hardware": ("hardware", "device", "accelerator", "instance"),
    "count": ("count", "devices", "gpus", "device_count"),
    "duration": ("hours", "duration", "duration_h"),
    "start": ("start", "started", "start_time"),
    "end": ("end", "ended", "end_time"),
    "where": ("where", "region", "zone", "location"),
    "provider": ("provider", "cloud"),
    "load": ("load",),
    "overhead": ("overhead",),
    "pue": ("pue",),
    "measured_energy_kwh": ("measured_energy_kwh",),
    "measured_scope": ("measured_scope",),
    "workload": ("workload",),
    "project": ("project", "account", "team"),
    "user": ("user", "owner"),
    "state": ("state", "status", "exit_state", "outcome"),
    "wasted": ("wasted",),
}
"""What a column is, by the names it may have."""
SAID = (
    "load",
    "overhead",
    "pue",
    "measured_energy_kwh",
    "measured_scope",
    "workload",
    "start",
    "end",
    "count",
)
FAILED = (
    *("fail", "timeout", "out_of_memory", "oom", "crash", "kill", "error"),
    *("preempt", "cancel", "deadline", "requeued", "revoked", "special_exit"),
)
"""Words of a state whose work was lost or cut short: all that Slurm has, and what people write."""
WASTED = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
"""What a column `wasted` says, as `wattgram import slurm` writes it."""
BLANK = ("", "nan", "null", "none", "na", "n/a", "-")


class Row(NamedTuple):
    """One row: where it stands, what it says, its footprint or the reason why there is none."""

    line: int
    said: dict[str, str]
    """Cells by what they are."""
    cells: dict[str, str]
    """Cells by their header."""
    footprint: Footprint | None
    issue: str

    @property
    def failed(self) -> bool:
        """Whether its work was lost or cut short: by its column `wasted`, else by its state."""
        said = WASTED.get(self.said.get("wasted", "").lower())
        if said is not None:
            return said
        state = self.said.get("state", "").lower()
        return any(word in state for word in FAILED)


def read_table(source: str | Path | io.TextIOBase) -> list[dict[str, str]]:
    """The rows of a CSV file, a Parquet file or a text stream, as text.

    Raises
    ------
    InputError : no such file, or no rows in it; MissingExtraError : Parquet without [frames]
    """
    if isinstance(source, io.TextIOBase):
        return _csv("standard input", source.read())
    path = Path(source)
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError("table", path, f"it cannot be read: {reason}") from None
    return _csv(path.name, text)


def _csv(name: str, text: str) -> list[dict[str, str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = [
        {
            (key or "").strip(): (cell or "").strip()
            for key, cell in row.items()
            if isinstance(cell, str) or cell is None
        }
        for row in csv.DictReader(io.StringIO(text), delimiter=separator)
    ]
    if not rows:
        raise InputError("table", name, "it has no rows")
    return rows


def _parquet(path: Path) -> list[dict[str, str]]:
    try:
        import duckdb  # noqa: PLC0415 - the [frames] extra
    except ImportError:
        raise MissingExtraError("a Parquet table", "frames") from None
    try:
        found: Any = duckdb.sql("select * from read_parquet($file)", params={"file": str(path)})
        names = found.columns
        rows = [dict(zip(names, map(_text, row), strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        raise InputError("table", path, f"it cannot be read: {str(error).splitlines()[0][:120]}") from None
    if not rows:
        raise InputError("table", path, "it has no rows")
    return rows


def _text(cell: Any) -> str:
    return "" if cell is None else cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def columns_of(header: Iterable[str]) -> dict[str, str]:
    """What each column is, by its name: {role: header}."""
    lowered = {name.strip().lower(): name for name in header}
    return {
        role: next(lowered[name] for name in names if name in lowered)
        for role, names in NAMES.items()
        if any(name in lowered for name in names)
    }


def rows_of(
    table: list[dict[str, str]], catalog: Catalog, defaults: Mapping[str, Any] | None = None
) -> Iterator[Row]:
    """Each row with its footprint; equal runs are computed once.

    Parameters
    ----------
    table : rows as text
    catalog : what is known
    defaults : what is taken where a row says nothing (`where`, `pue`, ...)

    Raises
    ------
    InputError : the table has no column of hardware
    """
    roles = columns_of(table[0])
    if "hardware" not in roles:
        raise InputError(
            "table", ", ".join(table[0])[:80], f"it needs a column {' or '.join(NAMES['hardware'])}"
        )
    known: dict[tuple[Any, ...], Footprint | str] = {}
    for line, cells in enumerate(table, 2):
        said = {
            role: cells.get(name, "").strip()
            for role, name in roles.items()
            if cells.get(name, "").strip().lower() not in BLANK
        }
        words: dict[str, Any] = {**(defaults or {}), **said}
        key = tuple(
            sorted(
                (name, str(value))
                for name, value in words.items()
                if name not in ("project", "user", "state", "wasted")
            )
        )
        if key not in known:
            known[key] = _estimated(words, catalog)
        found = known[key]
        if isinstance(found, Footprint):
            yield Row(line, said, cells, found, "")
        else:
            yield Row(line, said, cells, None, found)


def _estimated(words: Mapping[str, Any], catalog: Catalog) -> Footprint | str:
    where = words.get("where")
    if where and words.get("provider") and ":" not in where:
        where = f"{words['provider']}:{where}"
    said = {name: words[name] for name in SAID if name in words}
    try:
        return Footprint(make_run(words.get("hardware", ""), words.get("duration"), where, **said), catalog)
    except InputError as error:
        return str(error)
