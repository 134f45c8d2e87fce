"""Live sources by name: `live:electricitymaps:FR`, `live:neso:GB`, `live:watttime:CAISO_NORTH`, `live:entsoe:FR`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, OutOfRangeError
from wattgram.series import text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from wattgram.catalog import Catalog
    from wattgram.series import Series

__all__ = ["SOURCES", "chunks", "fetch"]

SOURCES = {
    "electricitymaps": "wattgram.grid.electricitymaps",
    "entsoe": "wattgram.grid.entsoe",
    "neso": "wattgram.grid.neso",
    "watttime": "wattgram.grid.watttime",
}
"""Each source and the module of its client."""
HOUR_S = 3600
MOST_DAYS = 3700


def fetch(
    source: str,
    zone: str,
    begin: dt.datetime,
    end: dt.datetime,
    *,
    boundary: str | None = None,
    catalog: Catalog | None = None,
) -> Series:
    """A series of a zone from a live source; whole hours that hold [begin, end].

    Raises
    ------
    InputError : a source, zone or time that cannot be used, or a missing key; SourceError : it gave no series;
    MissingExtraError : the [live] extra is not installed
    """
    if source not in SOURCES:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(source[:80], SOURCES, n=1)
        raise InputError("live source", source, f"it is one of {', '.join(SOURCES)}", near)
    if not zone:
        raise InputError("live source", source, f"name its zone, as in live:{source}:FR")
    begin_s = int(begin.timestamp()) // HOUR_S * HOUR_S
    end_s = -(-int(end.timestamp()) // HOUR_S) * HOUR_S
    if not begin_s < end_s <= begin_s + MOST_DAYS * 24 * HOUR_S:
        raise OutOfRangeError(
            "time",
            f"{text_of(begin_s)} to {text_of(end_s)}",
            f"it ends after it begins, {MOST_DAYS} days at most",
        )
    client: Any = import_module(SOURCES[source])
    series: Series = client.fetch(zone, begin_s, end_s, boundary=boundary, catalog=catalog)
    return series


def chunks(begin_s: int, end_s: int, longest_s: int) -> Iterator[tuple[int, int]]:
    """The time [s since 1970] in pieces a service takes at once."""
    for start in range(begin_s, end_s, longest_s):
        yield start, min(start + longest_s, end_s)
