"""The errors of wattgram, one tree; each message says what was given, what is allowed, the nearest match.

WattgramError
├── InputError              something the user said cannot be used (also a ValueError)
│   ├── UnknownWordError    no row of the catalog answers to this word
│   ├── AmbiguousWordError  several rows do, and they cannot be ranked
│   └── OutOfRangeError     a number outside the range in which it means anything
├── CatalogError            a table of the catalog is damaged, or an overlay does not fit
├── MissingExtraError       a door whose optional dependencies are not installed
│   └── MissingLibraryError a callback for a library that is not installed
├── SourceError             a live source was asked and did not give what it should
└── NothingMeasuredError    a measurement was asked for and nothing could be measured
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = [
    "AmbiguousWordError",
    "CatalogError",
    "InputError",
    "MissingExtraError",
    "MissingLibraryError",
    "NothingMeasuredError",
    "OutOfRangeError",
    "SourceError",
    "UnknownWordError",
    "WattgramError",
    "echo",
]

ECHO_CHARACTERS = 80


def echo(given: object) -> str:
    """The user's own words, printable and at most 80 characters, for use inside a message."""
    text = "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(given)[: ECHO_CHARACTERS + 1]
    )
    return f"'{text[: ECHO_CHARACTERS - 1]}…'" if len(text) > ECHO_CHARACTERS else f"'{text}'"


def _listed(names: Iterable[str], word: str) -> str:
    names = list(names)
    if not names:
        return ""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


class WattgramError(Exception):
    """Root of the tree: everything wattgram raises on purpose."""


class InputError(WattgramError, ValueError):
    """What the user said cannot be used.

    Parameters
    ----------
    what : the quantity or word concerned ("duration", "hardware", "pue")
    given : what was given, echoed to 80 characters at most
    allowed : what is allowed, in words
    nearest : the nearest matches, best first
    """

    code = "bad-input"

    def __init__(self, what: str, given: object, allowed: str, nearest: Sequence[str] = ()) -> None:
        self.what, self.given, self.allowed, self.nearest = what, given, allowed, tuple(nearest)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        hint = f"; did you mean {_listed(self.nearest, 'or')}?" if self.nearest else ""
        if self.given is None:
            return f"{self.what} is missing: {self.allowed}{hint}"
        return f"{self.what} {echo(self.given)} cannot be used: {self.allowed}{hint}"


class UnknownWordError(InputError):
    """No row of the catalog answers to this word."""

    code = "unknown-word"

    def _sentence(self) -> str:
        hint = f"; did you mean {_listed(self.nearest, 'or')}?" if self.nearest else ""
        return f"{self.what} {echo(self.given)} is not known: {self.allowed}{hint}"


class AmbiguousWordError(InputError):
    """Several rows answer to this word and they cannot be ranked: the message lists them."""

    code = "ambiguous-word"

    def _sentence(self) -> str:
        return f"{self.what} {echo(self.given)} could be {_listed(self.nearest, 'or')}: {self.allowed}"


class OutOfRangeError(InputError):
    """A number outside the range in which it means anything."""

    code = "out-of-range"


class CatalogError(WattgramError):
    """A table of the catalog is damaged, or an overlay does not fit its table."""


class MissingExtraError(WattgramError, ImportError):
    """A door of the program whose optional dependencies are not installed."""

    def __init__(self, door: str, extra: str) -> None:
        self.door, self.extra = door, extra
        super().__init__(f"{door} needs an extra that is not installed: pip install 'wattgram[{extra}]'")


class MissingLibraryError(MissingExtraError):
    """A callback was asked for whose library, which is not ours to choose, is not installed."""

    def __init__(self, door: str, library: str) -> None:
        super().__init__(door, library)
        self.msg = f"{door} needs {library}, which is not installed: pip install {library}"


class SourceError(WattgramError):
    """A live source was asked and did not give what it should: unreachable, busy, or not in its documented form."""

    def __init__(self, source: str, reason: str) -> None:
        self.source, self.reason = source, reason
        super().__init__(f"{source} gave no series: {reason}")


class NothingMeasuredError(WattgramError):
    """A measurement was asked for and nothing could be measured."""
