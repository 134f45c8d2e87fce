"""What a backend does for the one path that all engines share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from wattgram.frames.bounds import Bounds
from wattgram.frames.lookup import Lookup
from wattgram.frames.schema import WORK, Roles

__all__ = ["Backend", "Pipeline", "Step", "kinds_of", "work"]

Pipeline = Callable[[Any], Any]
"""From a frame with working columns to one with the answers."""
Counts = dict[str, dict[Any, int]]
"""Of each dimension its distinct words, with the number of rows of each."""
Step = Callable[[Any], Counts]
"""From a frame with working columns to its words."""


class Backend:
    """The native part of one engine. Frames between its methods are narwhals frames."""

    name = ""

    def columns(self, native: Any) -> list[Any]:
        """Names of the columns, as they stand."""
        raise NotImplementedError

    def ingest(self, native: Any, roles: Roles) -> Any:
        """The frame with a working column for each role, `_wg_hardware`, `_wg_hours`, `_wg_start` and so on.

        Text is never null; numbers are Float64, null where blank and infinite where the cell is no number; times are
        microseconds since 1970 in Float64. Texts of times and spans that the engine does not read itself stand in
        `_wg_start_word`, `_wg_hours_word`.
        """
        raise NotImplementedError

    def over(self, native: Any, roles: Roles, step: Step) -> Counts:
        """The words that a step finds in the whole frame."""
        return step(self.ingest(native, roles))

    def bounds(self, native: Any, roles: Roles) -> Mapping[str, Bounds]:  # noqa: ARG002 - for the engines that can
        """Of roles the bounds that can be known without reading rows; a NaN may hide from them. None, for most engines."""
        return {}

    def reduce(
        self,
        native: Any,
        roles: Roles,
        step: Pipeline,
        bounds: Mapping[str, Bounds] | None = None,  # noqa: ARG002 - for the engines that can
    ) -> Any:
        """The few rows that a step reduces a frame to, computed and at hand.

        Parameters
        ----------
        bounds : of roles whose numbers may be taken as they stand, without a look for NaN
        """
        return self.settle(step(self.ingest(native, roles)))

    def settle(self, frame: Any) -> Any:
        """A frame whose rows are computed once, however often they are asked for."""
        return frame

    def tidy(self, frame: Any) -> Any:
        """A frame with many new columns, as its engine likes to have them."""
        return frame

    def calendar(self, frame: Any, of: str, *, month: bool = False) -> Any:
        """The frame with the UTC year of a time as `_wg_year` (0 where there is none), or year x 100 + month."""
        raise NotImplementedError

    def attach(self, frame: Any, lookup: Lookup) -> Any:
        """The frame with the columns of a look-up beside it, by its keys; not a row more or less."""
        raise NotImplementedError

    def fetch(self, frame: Any) -> list[tuple[Any, ...]]:
        """The rows of a small frame."""
        raise NotImplementedError

    def summed(self, frame: Any, keys: Sequence[str], names: Sequence[str]) -> list[tuple[Any, ...]]:
        """The sums of working columns by others, fetched: each row the keys, then the sums."""
        keyed, summed = [WORK + name for name in keys], [WORK + name for name in names]
        found = frame.group_by(*keyed).agg(*(nw.col(name).sum() for name in summed))
        return self.fetch(found.select(*keyed, *summed))

    def summed_each(
        self, frame: Any, wanted: Sequence[tuple[Sequence[str], Sequence[str]]]
    ) -> list[list[tuple[Any, ...]]]:
        """Several such sums over the same rows, each of keys and names."""
        frame = self.settle(frame)
        return [self.summed(frame, keys, names) for keys, names in wanted]

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The frame as it came, with the answers beside its columns and its rows in their order."""
        raise NotImplementedError


def kinds_of(lookup: Lookup) -> dict[str, str]:
    """The kind of each column of a look-up: text, number, whole or flag."""
    texts = {"hardware", "where", "hours_word", "start_word", "end_word", "zone", "scope"}
    whole = {"hardware_number", "where_number", "place", "node", "site", "begin_step", "end_step"}
    flags = {"use_system_power", "desk_by_place", "pue_by_class", "own_grid", "series_generation"}
    kinds = {}
    for name in lookup.columns:
        if name in texts or name.endswith(("_issue", "_warning")):
            kinds[name] = "text"
        elif name in whole or name.endswith("_row"):
            kinds[name] = "whole"
        elif name in flags:
            kinds[name] = "flag"
        else:
            kinds[name] = "number"
    return kinds


def work(lookup: Lookup) -> dict[str, Sequence[Any]]:
    """The columns of a look-up under their working names."""
    return {WORK + name: cells for name, cells in lookup.columns.items()}
