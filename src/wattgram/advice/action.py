"""Action: one thing to change, what it saves for this run, at which effort, and where the figure comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.chain import Factors, chain
from wattgram.comparison.likelihood import row_of
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["Action", "Saved", "by_parts", "by_spread", "ranked"]


class Saved(NamedTuple):
    """What a change saves [kg CO2e], with its 90 % range; an end below 0 says that it may cost."""

    central: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Central, low and high [as the saving: kg CO2e or kWh], as every JSON answer has them."""
        return self._asdict()


class Action(NamedTuple):
    """One change.

    `to_dict()` is the JSON of `wattgram advise` and of the API: `{"action", "title", "text", "saved_kg": {"central",
    "low", "high"} | null, "saved_share", "effort", "source", "to", "separate"}`.
    """

    action: str
    """Which change: region, provider, start, hardware, number-format, utilisation, power-cap, search, early-stopping,
    failed-runs, pue, service-life, clean-supply, certificates or offsets."""
    title: str
    text: str
    saved: Saved | None
    """None where a figure needs something that was not said; the text says what."""
    effort: str
    sources: tuple[str, ...]
    share: float | None = None
    """Saved over the footprint it is saved from [1]."""
    to: str = ""
    """The alternative, by the word one would write."""
    separate: bool = False
    """Certificates and offsets: a line of their own, never added to what is saved."""

    def to_dict(self) -> dict[str, Any]:
        """The action as JSON has it."""
        return {
            "action": self.action,
            "title": self.title,
            "text": self.text,
            "saved_kg": None if self.saved is None else self.saved.to_dict(),
            "saved_share": self.share,
            "effort": self.effort,
            "source": "|".join(self.sources),
            "to": self.to or None,
            "separate": self.separate,
        }


def ranked(actions: Iterable[Action]) -> list[Action]:
    """By what is saved, most first; then what is not known; certificates and offsets last."""

    def rank(action: Action) -> tuple[bool, bool, float]:
        return action.separate, action.saved is None, -(action.saved.central if action.saved else 0.0)

    return sorted(actions, key=rank)


def by_spread(saving: Callable[..., float], **values: Value) -> Saved:
    """A saving [as `saving` gives it] as a function of independent values, with its range: each is moved to its ends alone.

    s = f(c1, c2, ...)      the deviations of the inputs add in quadrature, side by side: in the logs where the saving
                            stays above 0 at every end (a product keeps its sign), else as they are
    """
    central = {name: float(value.central) for name, value in values.items()}
    middle = saving(**central)
    ends = [
        (saving(**{**central, name: float(value.low)}), saving(**{**central, name: float(value.high)}))
        for name, value in values.items()
    ]
    if middle > 0 and all(end > 0 for pair in ends for end in pair):
        down = sum(max(math.log(middle / min(pair)), 0.0) ** 2 for pair in ends)
        up = sum(max(math.log(max(pair) / middle), 0.0) ** 2 for pair in ends)
        return Saved(middle, middle * math.exp(-(down**0.5)), middle * math.exp(up**0.5))
    down = sum(min(min(pair) - middle, 0.0) ** 2 for pair in ends)
    up = sum(max(max(pair) - middle, 0.0) ** 2 for pair in ends)
    return Saved(middle, middle - down**0.5, middle + up**0.5)


def by_parts(base: Footprint, other: Footprint, figure: str) -> Saved:
    """What the other footprint saves against the base: a factor that both share moves both at once.

    Parameters
    ----------
    base, other : the two footprints
    figure : `operational` or `total`
    """
    name = f"{figure}_kg"
    mine, theirs = _moved(base, name), _moved(other, name)
    here, there = getattr(base, figure).central, getattr(other, figure).central
    middle = float(here - there)
    down = up = 0.0
    for key in mine.keys() | theirs.keys():
        ends = [
            mine.get(key, (here, here))[side] - theirs.get(key, (there, there))[side] - middle
            for side in (0, 1)
        ]
        down += min(*ends, 0.0) ** 2
        up += max(*ends, 0.0) ** 2
    return Saved(middle, middle - down**0.5, middle + up**0.5)


def _moved(footprint: Footprint, name: str) -> dict[tuple[Any, ...], tuple[float, float]]:
    """Of each uncertain factor: the figure with that factor at its low and at its high end, the others central."""
    factors: Factors = footprint.assembled.factors
    pairs = zip(Factors._fields, factors, strict=True)
    certain = {field: value.certain() for field, value in pairs if isinstance(value, Value)}
    found: dict[tuple[Any, ...], tuple[float, float]] = {}
    for field in certain:
        value = getattr(factors, field)
        if value.low_sq + value.high_sq > 0:
            result = getattr(chain(factors._replace(**{**certain, field: value})), name)
            if result.low_sq + result.high_sq > 0:
                found[row_of(field, value, footprint)] = (float(result.low), float(result.high))
    return found
