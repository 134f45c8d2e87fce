"""Messages: what the page says, one file a language; a third language is a third file.

A message that a language lacks is said in English, so that a page is never without words; a test names
what is missing. Figures are written as the language writes them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from wattgram.report.figures import DIGITS, LABELS, MASS_DIGITS, figure, mass, reading
from wattgram.value import Unknown, Value

__all__ = ["FALLBACK", "Messages", "languages", "messages", "pick"]

FOLDER = Path(__file__).parent / "messages"
FALLBACK = "en"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


class Messages:
    """The messages of one language; call it with the name of one and what it speaks of."""

    def __init__(self, lang: str, table: dict[str, str], fallback: Messages | None = None) -> None:
        self.lang, self.table, self.fallback = lang, table, fallback

    def __call__(self, name: str, /, **values: Any) -> str:
        """The message, with `{values}` put in; a name without a message is an error of the program."""
        text = self.find(name)
        if text is None:
            raise KeyError(name)
        return text.format(**values) if values else text

    def find(self, name: str) -> str | None:
        """The message as it is written, or None."""
        text = self.table.get(name)
        return self.fallback.find(name) if text is None and self.fallback else text

    # --- figures ----------------------------------------------------------------------------------------------------

    def digits(self, text: str) -> str:
        """Figures of a text as this language writes them."""
        if self.lang == FALLBACK:
            return text
        text = _THOUSANDS.sub("\0", text)
        return _DECIMAL.sub(self("figures.decimal"), text).replace("\0", self("figures.thousands"))

    def figure(self, x: float, digits: int = 3) -> str:
        """A number [as the caller writes beside it] to some significant digits."""
        return self.digits(figure(x, digits).replace("e+", "e"))

    def mass(self, kg: float | None) -> str:
        """A mass [kg CO2e] in the unit in which it reads best."""
        return self("figures.unknown") if kg is None else self.digits(mass(kg))

    def percent(self, share: float) -> str:
        """A share [1], as a whole percentage."""
        return self("figures.percent", figure=f"{100 * share:.0f}")

    def span(self, low: str, high: str) -> str:
        """`120 to 266`."""
        return self("figures.range", low=low, high=high)

    def mass_range(self, value: Value | Unknown) -> str:
        """Low to high of a mass in the unit of its central figure; nothing for a certain value."""
        if isinstance(value, Unknown) or not value.low_sq + value.high_sq:
            return ""
        per_kg, unit = reading(value.central, "kg", MASS_DIGITS)
        return f"{self.span(self.figure(value.low * per_kg), self.figure(value.high * per_kg))} {unit}"

    def quantity(self, value: Value | Unknown) -> str:
        """A value with its unit."""
        if isinstance(value, Unknown):
            return self("figures.unknown")
        if value.unit == "kg":
            return self.mass(value.central)
        factor, unit = reading(value.central, value.unit)
        return self.with_unit(self.figure(value.central * factor, DIGITS), unit, value.central)

    def with_unit(self, shown: str, unit: str, amount: float) -> str:
        """A figure and its unit's word; `amount` [as `unit` says] chooses singular or plural."""
        if unit in ("", "1"):
            return shown
        word = self.find(f"unit.{unit}.{'one' if amount == 1 else 'many'}") or unit
        return f"{shown} {word}"

    def range_of(self, value: Value | Unknown) -> str:
        """Low to high; nothing for a certain value."""
        if isinstance(value, Unknown) or value.low_sq + value.high_sq == 0:
            return ""
        if value.unit == "kg":
            return self.mass_range(value)
        factor = reading(value.central, value.unit)[0]
        return self.span(self.figure(value.low * factor), self.figure(value.high * factor))

    def label(self, name: str) -> str:
        """The word for a quantity (`grid intensity`)."""
        return self.find(f"quantity.{name}") or LABELS.get(name) or name.replace("_", " ")


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)


@cache
def languages() -> dict[str, str]:
    """Every language there is a file of, and its own name."""
    names = sorted((path.stem for path in FOLDER.glob("*.toml")), key=lambda lang: (lang != FALLBACK, lang))
    return {lang: messages(lang)("language.name") for lang in names}


@cache
def messages(lang: str) -> Messages:
    """The messages of a language that there is a file of."""
    with (FOLDER / f"{lang}.toml").open("rb") as handle:
        table = dict(_flat(tomllib.load(handle)))
    return Messages(lang, table, None if lang == FALLBACK else messages(FALLBACK))


def pick(asked: str | None, accepted: str) -> str:
    """The language of an answer: the one asked for, else the first the browser accepts, else English."""
    known = languages()
    if asked and asked.lower() in known:
        return asked.lower()
    ranked: list[tuple[float, int, str]] = []
    for at, one in enumerate(accepted.split(",")[:20]):
        tag, _, weight = one.partition(";")
        try:
            rank = float(weight.replace(" ", "").removeprefix("q=") or 1)
        except ValueError:
            rank = 0.0
        lang = tag.strip().lower().partition("-")[0]
        if rank > 0 and lang in known:
            ranked.append((-rank, at, lang))
    return min(ranked)[2] if ranked else FALLBACK
