"""The options that name a series and say what its file does not, the same for every command that takes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

__all__ = ["series_options"]

Decorated = TypeVar("Decorated", bound=Callable[..., object])

_OPTIONS = (
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


def series_options(command: Decorated) -> Decorated:
    """Add `--series` and its companions to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
