"""Advice: each action of the paper, computed for this run, ranked by what it saves.

    >>> from wattgram import advise, estimate
    >>> for action in advise(estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")):
    ...     print(action.title, action.saved)

=====================  ============================================================================================
`advise`               the actions for one run
`Action`, `Saved`      one action; what it saves with its range
`review`               the same over a table of runs: where the savings lie, a budget, a policy
=====================  ============================================================================================

Savings are each against the run as it is; two that touch the same factor do not add. Certificates and offsets stand
last, apart, and are never added to anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, overload

from wattgram.advice import habits, moves, site
from wattgram.advice.action import Action, Saved, ranked
from wattgram.estimation import footprint_of, undated
from wattgram.run import check_number
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from datetime import timedelta

    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.run import Run
    from wattgram.series import Series

__all__ = ["Action", "Saved", "Situation", "advise"]

DEFAULT_WITHIN = "48h"
MOST_TRIALS = 1e9
MOST_LIFE_YEARS = 50


class Situation(NamedTuple):
    """A run and what its owner says about it beyond its footprint."""

    footprint: Footprint
    trials: int | None = None
    search: str = "grid"
    early_stopping: bool = False
    failed_share: float | None = None
    life_years: float | None = None
    series: Series | None = None
    start: Any = None
    within: str | None = None
    deadline: str | None = None
    interruptible: bool = False
    number_format: str | None = None
    exclude: tuple[str, ...] = ()
    max_distance_km: float | None = None

    @property
    def figure(self) -> Value | Unknown:
        """The footprint that savings are a share of: the total, else the operational one [kg CO2e]."""
        total = self.footprint.total
        return total if isinstance(total, Value) else self.footprint.operational

    @property
    def provider(self) -> str:
        """The cloud provider of the run; empty for infrastructure of one's own."""
        place = self.footprint.assembled.place
        return place.provider if place else ""

    @property
    def accelerators(self) -> int:
        """How many kinds of accelerator the run has."""
        return sum(device.kind == "accelerator" for device in self.footprint.assembled.hardware.devices)


ACTIONS = (
    moves.provider,
    moves.region,
    moves.start,
    moves.hardware,
    habits.number_format,
    habits.utilisation,
    habits.power_cap,
    habits.search,
    habits.early_stopping,
    habits.failed_runs,
    site.pue,
    site.service_life,
    site.clean_supply,
    site.certificates,
    site.offsets,
)


@overload
def advise(run: Run | Footprint, **owner: Any) -> list[Action]: ...
@overload
def advise(
    run: str, duration: str | float | timedelta | None = None, where: str | None = None, **owner: Any
) -> list[Action]: ...
def advise(  # noqa: PLR0913 - each is a thing an owner knows
    run: Run | Footprint | str,
    *words: Any,
    trials: int | None = None,
    search: str = "grid",
    early_stopping: bool = False,
    failed_share: float | None = None,
    life_years: float | None = None,
    series: Series | None = None,
    start: Any = None,
    within: str | None = None,
    deadline: str | None = None,
    interruptible: bool = False,
    number_format: str | None = None,
    exclude: tuple[str, ...] | str | None = None,
    max_distance_km: float | None = None,
    catalog: Catalog | None = None,
    **said: Any,
) -> list[Action]:
    """What to change about a run, and what each change saves, most first.

    Parameters
    ----------
    run : a run, the footprint of one, or the hardware of one as `estimate` takes it
    words : after the hardware its duration and place, as in `advise("8xA100", "100h", "aws:us-east-1")`
    trials : how many trials of this run a hyperparameter search takes
    search : how it searches now: `grid`, `random` or `bayesian`
    early_stopping : whether bad trials are stopped early already
    failed_share : share of the compute that goes into runs that fail [1]; the default of the catalog where not said
    life_years : service life to compare with [years]; the upper end of the default's range where not said
    series : hourly intensity of the zone, to find a better time; the zone's profile where none is given
    start, within, deadline, interruptible : when it may start, how much later, when it must have ended, whether it may
        pause; from the run's start (else now), within 48 h
    number_format : the format it computes in: fp32, tf32, fp16, bf16 or fp8
    exclude : places that are out of the question: regions, providers, countries
    max_distance_km : how far away a place may be [km]
    catalog : another catalog than the shipped one, where no footprint is given
    said : after the hardware, whatever else `estimate` can be told, as in `load=0.8`

    Returns
    -------
    list of Action: by saving, then those that need to know more, then certificates and offsets

    Raises
    ------
    InputError : an option that cannot be used

    References
    ----------
    Lacoste, Luccioni, Schmidt, Dandres 2019, arXiv:1910.09700, section 4 (the actions); the sources of each action
    """
    if isinstance(run, str):
        said = undated(said, start)
    run = footprint_of(run, words, said, catalog, "advise")
    case = Situation(
        run,
        None if trials is None else int(check_number("trials", trials, 1, MOST_TRIALS, whole=True)),
        search,
        bool(early_stopping),
        None if failed_share is None else check_number("failed share", failed_share, 0.0, 0.99),
        None
        if life_years is None
        else check_number("life", life_years, 0, MOST_LIFE_YEARS, "years", above=True),
        series,
        start,
        within or (None if deadline else DEFAULT_WITHIN),
        deadline,
        bool(interruptible),
        number_format,
        (exclude,) if isinstance(exclude, str) else tuple(exclude or ()),
        max_distance_km,
    )
    found = [make(case) for make in ACTIONS]
    return ranked(action for action in found if action is not None)
