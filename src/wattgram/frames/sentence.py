"""Sentences: what an engine says over many lines, in one that names the file, and a signal in a query as the stop it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wattgram.errors import WattgramError, echo
from wattgram.frames.source import Source
from wattgram.frames.textfile import refused

__all__ = ["one_sentence"]

INTERRUPTED = "Query interrupted"
"""What the embedded engine says in place of KeyboardInterrupt, while a query of it runs."""


@contextmanager
def one_sentence(
    kinds: type[Exception] | tuple[type[Exception], ...], source: Source, output: str | None
) -> Iterator[None]:
    """What an engine says over many lines, in one sentence that names the file.

    Raises
    ------
    InputError : what it cannot read; WattgramError : the disk is full; KeyboardInterrupt : it was stopped within a query
    """
    try:
        yield
    except WattgramError:
        raise
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from None
    except kinds as error:
        text = " ".join(str(error).split())
        if any(
            word in text.lower()
            for word in ("no space", "file too large", "disk full", "could not write", "could not flush")
        ):
            left = f", nothing was left of the output {echo(output)}" if output else ""
            raise WattgramError(f"the disk is full{left}: {text.partition(': {')[0][:160]}") from None
        raise source.fault() or refused(
            source.name(source.paths[0]), f"the engine cannot read it: {_first(text)}"
        ) from None


def _first(text: str) -> str:
    """The first sentence of an engine, without what it names itself and what it proposes."""
    for end in (
        " Possible ",
        " LINE ",
        " Original Line",
        " Candidate ",
        " JVM stacktrace",
        " at org.",
        " SQLSTATE",
    ):
        text = text.split(end, maxsplit=1)[0]
    kind, _, rest = text.partition(": ")
    return (rest if kind.endswith(("Error", "Exception")) and rest else text)[:240].strip()
