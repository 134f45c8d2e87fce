"""wattgram: from watts to grams. The carbon footprint of machine learning, with a range and a source on every figure.

    >>> import wattgram
    >>> footprint = wattgram.estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    >>> footprint.operational        # kg CO2e, central with its 90 % range
    >>> print(footprint.report())

================  ==========================================================================================
`estimate`        the footprint of one run: what ran, how long, where
`Footprint`       the answer: figures, factors, steps, sources, warnings, reports
`compare`         the same run elsewhere: regions, zones, providers, hardware at equal work, starts, years
`advise`          what to change about a run, and what each change saves
`Comparison`      alternatives to a run, least first, with the probability that each is lower
`audit`           carbon statements in a text, recomputed from their own words and judged
`estimate_frame`  a table of any size in, the same kind of table out (extra `frames`)
`inference`       serving a language model: energy and carbon per request and per million tokens
`track`           a run that is measured: context manager, decorator, or start and stop
`Series`          the intensity of a zone hour by hour, with its cumulative integral
`Value`           a figure with its 90 % range, unit, origin and sources; product and sum
`UNKNOWN`         the figure that is not known, which is not 0
`Catalog`         the open tables behind every figure; overlays, versions
`Run`             what a user can say about one run
================  ==========================================================================================

Errors are in `wattgram.errors`, the arithmetic in `wattgram.formula`. Importing this package loads the standard
library alone and opens no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.version import __version__ as __version__

if TYPE_CHECKING:
    from wattgram.advice import advise
    from wattgram.auditing import audit
    from wattgram.catalog import Catalog
    from wattgram.comparison import Comparison, compare
    from wattgram.errors import InputError, WattgramError
    from wattgram.estimation import estimate
    from wattgram.footprint import Footprint
    from wattgram.frames import estimate_frame
    from wattgram.run import Run
    from wattgram.series import Series
    from wattgram.tracker.track import track
    from wattgram.value import UNKNOWN, Value

__all__ = [  # noqa: RUF022 - in plain order, so that a ten-line test can hold it
    "Catalog",
    "Comparison",
    "Footprint",
    "InputError",
    "Run",
    "Series",
    "UNKNOWN",
    "Value",
    "WattgramError",
    "advise",
    "audit",
    "compare",
    "estimate",
    "estimate_frame",
    "track",
]

_HOME = {
    "UNKNOWN": "wattgram.value",
    "Catalog": "wattgram.catalog",
    "Comparison": "wattgram.comparison",
    "Footprint": "wattgram.footprint",
    "InputError": "wattgram.errors",
    "Run": "wattgram.run",
    "Series": "wattgram.series",
    "Value": "wattgram.value",
    "WattgramError": "wattgram.errors",
    "audit": "wattgram.auditing",
    "advise": "wattgram.advice",
    "compare": "wattgram.comparison",
    "estimate": "wattgram.estimation",
    "estimate_frame": "wattgram.frames",
    "inference": "wattgram.serving",
    "track": "wattgram.tracker.track",
}


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'wattgram' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - only on first use

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
