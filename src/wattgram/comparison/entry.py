"""Entry: one alternative to a run, a footprint by the name one would write to get it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.chain import chain
from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.footprint import Footprint
    from wattgram.value import Unknown, Value

__all__ = ["Entry", "LeftOut", "fresh", "one_of", "with_factors"]


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


def with_factors(footprint: Footprint, **changed: Any) -> Footprint:
    """The same footprint with some of its factors replaced by values, and its results computed anew."""
    factors = footprint.assembled.factors._replace(**changed)
    footprint.assembled = footprint.assembled._replace(factors=factors)
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
