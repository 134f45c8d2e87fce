"""Entry: one alternative to a run, a footprint by the name one would write to get it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.assemble import assemble
from wattgram.chain import Factors, chain, chain_elsewhere
from wattgram.errors import InputError
from wattgram.value import Unknown

if TYPE_CHECKING:
    from wattgram.footprint import Footprint
    from wattgram.run import Run
    from wattgram.value import Value

__all__ = ["Entry", "LeftOut", "elsewhere", "fresh", "one_of", "with_factors"]

OF_PLACE = frozenset(("pue", "intensity_g_per_kwh", "wue_l_per_kwh", "matched_share", "residual_g_per_kwh"))
"""Factors that another place may change."""
UPSTREAM = tuple(name for name in Factors._fields if name not in OF_PLACE)
"""Factors that it may not."""


class Entry:
    """One alternative: a footprint, by the name one would write to get it.

    Parameters
    ----------
    name : the word of the alternative (`aws:eu-north-1`, `CA-QC`, `H100-SXM5-80GB`, `2024`)
    label : what it is, for people
    footprint : its footprint
    own : whether it is the run itself
    """

    __slots__ = ("alone", "footprint", "label", "name", "own", "pieces")

    def __init__(self, name: str, label: str, footprint: Footprint, *, own: bool = False) -> None:
        self.name, self.label, self.footprint, self.own = name, label, footprint, own
        self.alone: tuple[float, float] | None = None
        """Squared log-deviations of the intensity that are this entry's own, where it shares the rest (starts)."""
        self.pieces: tuple[tuple[float, float], ...] = ()
        """(begin, end) of each piece of time [s since 1970 UTC], where times are compared."""

    def figure(self, name: str) -> Value | Unknown:
        """The figure that is compared [kg CO2e]: `operational` or `total`."""
        return getattr(self.footprint, name)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<Entry {self.name}: {self.footprint.headline!r}>"


class LeftOut(NamedTuple):
    """An alternative of which there is no figure, and why."""

    name: str
    reason: str


def fresh(footprint: Footprint, **changed: Any) -> Footprint:
    """A copy of a footprint with some of what was said changed, its factors as they are and nothing computed twice."""
    from wattgram.footprint import Footprint  # noqa: PLC0415 - footprints are there already

    copy = Footprint.__new__(Footprint)
    copy.run, copy.catalog = footprint.run._replace(**changed), footprint.catalog
    copy.assembled, copy.results = footprint.assembled, footprint.results
    return copy


def elsewhere(base: Footprint, run: Run) -> Footprint:
    """`Footprint(run, base.catalog)` of the base's run at another place; what the place cannot change is not multiplied again.

    Raises
    ------
    InputError : the place has no figure under the run's boundary
    """
    from wattgram.footprint import Footprint  # noqa: PLC0415 - footprints are there already

    found = assemble(run, base.catalog)
    mine, theirs = base.assembled.factors, found.factors
    if not isinstance(theirs.training_flop, Unknown) or not isinstance(theirs.measured_energy_kwh, Unknown):
        return Footprint(run, base.catalog)
    if not all(_same(getattr(mine, name), getattr(theirs, name)) for name in UPSTREAM):
        return Footprint(run, base.catalog)
    copy = Footprint.__new__(Footprint)
    copy.run, copy.catalog, copy.assembled = run, base.catalog, found
    copy.results = chain_elsewhere(theirs, base.results)
    return copy


def _same(one: Any, other: Any) -> bool:
    """Whether two factors are the same figure with the same range."""
    if one is other or isinstance(one, (bool, float, str)):
        return bool(one == other)
    return (one.central, one.low_sq, one.high_sq, one.ends) == (
        other.central,
        other.low_sq,
        other.high_sq,
        other.ends,
    )


def with_factors(footprint: Footprint, **changed: Any) -> Footprint:
    """The same footprint with some of its factors replaced by values, and its results computed anew."""
    factors = footprint.assembled.factors._replace(**changed)
    footprint.assembled = footprint.assembled._replace(factors=factors)
    if OF_PLACE.issuperset(changed) and isinstance(factors.measured_energy_kwh, Unknown):
        footprint.results = chain_elsewhere(factors, footprint.results)
    else:
        footprint.results = chain(factors)
    vars(footprint).pop("_deviations_alone", None)
    return footprint


def one_of(what: str, given: str, allowed: Iterable[str]) -> None:
    """The word, or the sentence that says which words there are."""
    names = list(allowed)
    if given not in names:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(str(given)[:80], names, n=2)
        raise InputError(what, given, f"it is one of {', '.join(names)}", near)
