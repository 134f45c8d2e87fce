"""The options that several commands take, written once: what is known of a run, and in which catalog its words are looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

__all__ = ["catalog_options", "known_options", "overlay_option", "together"]

Decorated = TypeVar("Decorated", bound=Callable[..., object])


def together(*options: Callable[[Decorated], Decorated]) -> Callable[[Decorated], Decorated]:
    """One decorator for several options, which help lists in this order."""

    def added(command: Decorated) -> Decorated:
        for option in reversed(options):
            command = option(command)
        return command

    return added


def known_options(
    pue: str = "Power usage effectiveness of the facility, 1 or more.",
    intensity: str = "Carbon intensity of the electricity [g CO2e/kWh].",
) -> Callable[[Decorated], Decorated]:
    """What somebody knows of a run better than the catalog does; `pue` and `intensity` are the help of those options."""
    return together(
        click.option(
            "--load", metavar="X", help="Average draw over rated power, 0 to 1.5, or in %: 0.8 or 80%."
        ),
        click.option(
            "--overhead", metavar="X", help="Draw of the whole server over that of its devices, 1 or more."
        ),
        click.option("--pue", metavar="X", help=pue),
        click.option("--intensity", metavar="G/KWH", help=intensity),
        click.option(
            "--measured-energy-kwh", metavar="KWH", help="Measured energy, in place of the modelled one."
        ),
        click.option(
            "--measured-scope",
            metavar="SCOPE",
            help="What was measured: device, it or facility.  [default: it]",
        ),
        click.option(
            "--workload", metavar="CLASS", help="large-training, training, finetuning, inference or other."
        ),
    )


overlay_option = click.option(
    "--overlay", metavar="PATH", envvar="WATTGRAM_OVERLAY", help="Your own rows: a CSV or a folder of them."
)
catalog_options = together(
    overlay_option, click.option("--as-of", metavar="DATE", help="Use what the catalog knew at a date.")
)
