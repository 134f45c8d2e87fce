"""Pipeline: the two scans of a table, from its words to its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.frames.backends.base import Backend
from wattgram.frames.columns import Options, answers, chained
from wattgram.frames.gather import Words, gather, with_numbers
from wattgram.frames.hours import read_series
from wattgram.frames.numbers import checked
from wattgram.frames.schema import OUTPUTS, Roles, labels_of, roles_of
from wattgram.frames.summary import Summary
from wattgram.frames.totals import totals
from wattgram.frames.unusable import unusable
from wattgram.frames.words import read_mapping
from wattgram.resolve.intensity import BOUNDARIES

__all__ = ["Plan", "estimate", "plan", "summary_of"]


class Plan(NamedTuple):
    """A table whose words are known: what turns its rows into answers."""

    backend: Backend
    roles: Roles
    words: Words
    options: Options

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the answers."""
        return tuple(name + self.options.suffix for name in OUTPUTS)

    def labels(self, native: Any, by: Sequence[str]) -> tuple[str, ...]:
        """The columns to sum by under the names that they have in a frame, each once."""
        return labels_of(by, [str(column) for column in self.backend.columns(native)])

    def numbered(self, frame: Any) -> Any:
        """A frame that was read, with the numbers of its nodes and sites and of what is wrong with its figures."""
        return with_numbers(frame, self.backend, self.roles, self.words, self.options)

    def factored(self, frame: Any) -> Any:
        """A frame that was read, with its factors and its results as working columns."""
        frame = self.numbered(frame)
        for lookup in self.words.lookups:
            frame = self.backend.attach(frame, lookup)
        frame = checked(frame, self.roles, self.words)
        return self.backend.tidy(chained(frame, self.roles, self.words, self.options))

    def answered(self, frame: Any) -> Any:
        """A frame that was read, with its answers."""
        return answers(self.factored(frame), self.roles, self.words, self.options)


def plan(frame: Any, backend: Backend, **said: Any) -> Plan:
    """The first scan: the words of a frame, resolved.

    Raises
    ------
    InputError : a column that is missing, twice, or named as an answer
    """
    suffix = said.get("suffix") or ""
    if said.get("boundary", "lifecycle") not in BOUNDARIES:
        near = get_close_matches(str(said["boundary"]), BOUNDARIES, n=1)
        raise InputError("boundary", said["boundary"], f"it is one of {', '.join(BOUNDARIES)}", near)
    roles = roles_of(backend.columns(frame), suffix)
    catalog = said.get("catalog") or Catalog.load()
    given = said.get("series")
    series = read_series(given, catalog) if given is not None else None
    if series and not roles.has("start"):
        raise InputError("series", ", ".join(series), "it needs the start of each run: a column 'start'")
    options = Options(catalog, said.get("boundary", "lifecycle"), said.get("embodied", True), suffix, series)
    mapping: Mapping[str, str] = read_mapping(said.get("mapping"), said.get("where"), catalog)
    words = gather(frame, backend, roles, options, mapping)
    return Plan(backend, roles, words, options)


def estimate(frame: Any, backend: Backend, **said: Any) -> Any:
    """The answers of a frame, beside its columns."""
    made = plan(frame, backend, **said)
    return backend.finish(frame, made.roles, made.answered, made.outputs)


def summary_of(frame: Any, made: Plan, by: Sequence[str]) -> Summary:
    """What a frame comes to, by its plan."""
    by = made.labels(frame, by)
    found = totals(frame, made, by)
    whole, options = found.pop(()), made.options
    cells = unusable(frame, made, whole.issues)
    return Summary(
        whole,
        by,
        found,
        made.words.failures,
        options.boundary,
        options.catalog.version,
        cells,
        embodied=options.embodied,
    )
