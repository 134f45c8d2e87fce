"""The options that name a series and say what its file does not, the same for every command that takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wattgram.cli.run_options import together

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["series_options", "time_words", "with_series"]

series_options = together(
    click.option(
        "--series",
        metavar="FILE",
        help="Hourly intensity of its zone: a CSV file, or live:SOURCE:ZONE, which asks a service (needs --start).",
    ),
    click.option(
        "--series-zone", metavar="ZONE", help="The zone of that file, where it names none or several."
    ),
    click.option(
        "--series-column", metavar="NAME", help="The column of its values, where it cannot be told."
    ),
    click.option(
        "--series-timezone",
        metavar="NAME",
        help="Zone of its times where they name none, as in Europe/Paris.",
    ),
    click.option(
        "--series-boundary", metavar="NAME", help="lifecycle or direct, where the file does not say."
    ),
)
"""Adds `--series` and its companions to a command."""


def with_series(run: dict[str, Any], catalog: Catalog, ahead_h: float = 0.0) -> None:
    """Open the series that a run's words name, `ahead_h` [h] more of it, in place; nothing is loaded where they name none."""
    if run.get("series") is not None:
        from wattgram.grid import series_for_run  # noqa: PLC0415 - only where a series is said

        run["series"] = series_for_run(run, catalog, ahead_h)
    for name in [name for name in run if name.startswith("series_")]:
        del run[name]


def time_words(run: dict[str, Any], catalog: Catalog, within: Any, deadline: Any) -> dict[str, Any]:
    """Start and series taken from a run's words, to compare times: the run itself is left undated where that is to come."""
    from wattgram.errors import InputError  # noqa: PLC0415 - only where times are compared
    from wattgram.run import parse_duration, parse_start  # noqa: PLC0415

    ahead_h = parse_duration(within) if within else 24.0
    if deadline and not within:
        try:
            ahead_h = parse_duration(deadline)
        except InputError:
            if run.get("start") is not None:
                span = parse_start(deadline, future=True) - parse_start(run["start"], future=True)
                ahead_h = max(span.total_seconds() / 3600, 0.0)
    with_series(run, catalog, ahead_h)
    found = {"series": run.pop("series", None), "start": run.get("start")}
    if found["series"] is not None and run.get("where") is None and run.get("intensity") is None:
        run["where"] = found["series"].zone
    if run.get("start") is not None:
        import datetime as dt  # noqa: PLC0415

        if parse_start(run["start"], future=True) > dt.datetime.now(dt.UTC):
            del run["start"]
    return found
