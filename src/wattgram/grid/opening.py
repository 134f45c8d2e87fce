"""Opening a series by a word: a file, or a live source, which is asked only because `live:` was written."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError
from wattgram.grid.files import read_series
from wattgram.series import text_of

if TYPE_CHECKING:
    import datetime as dt

    from wattgram.catalog import Catalog
    from wattgram.series import Series

__all__ = ["open_series", "series_for_run", "write_series"]

READING = ("zone", "boundary", "kind", "column", "timezone")


def open_series(
    word: str,
    begin: dt.datetime | None = None,
    end: dt.datetime | None = None,
    *,
    catalog: Catalog | None = None,
    **said: str | None,
) -> Series:
    """A series from a file's path, or from `live:SOURCE:ZONE` between two times.

    Parameters
    ----------
    word : path of a file, or live:electricitymaps:FR, live:neso:GB, live:watttime:CAISO_NORTH, live:entsoe:FR
    begin, end : the time a live source is asked for; a file is read whole
    catalog : where fuel factors come from
    said : `zone`, `boundary`, `kind`, `column`, `timezone` of a file; `boundary` of a live source

    Raises
    ------
    InputError : a word of no such form, a live source without a time; MissingExtraError : without [live]
    """
    if not word.startswith("live:"):
        return read_series(word, catalog=catalog, **said)
    source, _, zone = word.removeprefix("live:").partition(":")
    if begin is None or end is None:
        raise InputError("series", word, "a live source is asked for a time; say the start and the duration")
    from wattgram.grid.live import fetch  # noqa: PLC0415 - only `live:` opens a connection

    return fetch(source, zone, begin, end, boundary=said.get("boundary"), catalog=catalog)


def series_for_run(run: dict[str, Any], catalog: Catalog | None = None, ahead_h: float = 0.0) -> Series:
    """The series that a run's words name, for the hours the run takes (and `ahead_h` [h] more, to look for better ones)."""
    import datetime as dt  # noqa: PLC0415 - only with a series

    from wattgram.run import parse_duration, parse_start  # noqa: PLC0415

    begin = None if run.get("start") is None else parse_start(run["start"], future=True)
    end = None
    if begin is not None and run.get("end") is not None:
        end = parse_start(run["end"], future=True)
    elif begin is not None and run.get("duration") is not None:
        end = begin + dt.timedelta(hours=parse_duration(run["duration"]))
    if end is not None:
        end += dt.timedelta(hours=ahead_h)
    said = {name: run.pop(f"series_{name}", None) for name in READING}
    said["boundary"] = said["boundary"] or run.get("boundary")
    return open_series(run["series"], begin, end, catalog=catalog, **said)


def write_series(series: Series) -> str:
    """A series as CSV, with what is known of it in comment lines; `read_series` reads it back whole."""
    out = io.StringIO()
    for name in ("zone", "kind", "boundary", "basis", "source", "licence"):
        if getattr(series, name):
            out.write(f"# {name}: {getattr(series, name)}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("time_utc", "g_per_kwh", "estimated"))
    for index, value in enumerate(series.g_per_kwh):
        guessed = series.estimated_h[index + 1] > series.estimated_h[index]
        cell = "" if value != value else repr(value)  # noqa: PLR0124 - NaN alone differs from itself
        writer.writerow((text_of(series.begin_s + index * series.step_s), cell, str(guessed).lower()))
    return out.getvalue()
