"""Dask: every partition goes the way of a pandas frame, so there is no shuffle and the rows keep their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
from dask.base import compute
from dask.delayed import delayed

from wattgram.frames.backends.base import Counts, Pipeline, Step
from wattgram.frames.backends.pandas import Pandas
from wattgram.frames.bounds import Bounds
from wattgram.frames.schema import Roles

__all__ = ["Dask"]

TEXTS = ("zone", "warning", "issue")


class Dask(Pandas):
    """Dask DataFrames of pandas partitions."""

    name = "dask"

    def over(self, native: Any, roles: Roles, step: Step) -> Counts:
        """The words of every partition, counted where it is; only these are brought together."""
        parts = [delayed(_words)(part, roles, step) for part in native[list(roles.columns)].to_delayed()]
        together: Counts = {}
        for found in compute(*parts):  # type: ignore[no-untyped-call]
            for dimension, counts in found.items():
                kept = together.setdefault(dimension, {})
                for word, rows in counts.items():
                    kept[word] = kept.get(word, 0) + rows
        return together

    def reduce(
        self,
        native: Any,
        roles: Roles,
        step: Pipeline,
        bounds: Mapping[str, Bounds] | None = None,  # noqa: ARG002 - pandas knows none
    ) -> Any:
        """The groups of every partition; a group may stand once for each partition, which sums do not mind."""
        parts = [delayed(_reduced)(part, roles, step) for part in native[list(roles.columns)].to_delayed()]
        return nw.from_native(pd.concat(compute(*parts), ignore_index=True))  # type: ignore[no-untyped-call]

    def finish(self, native: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
        """The answers beside the frame, partition by partition, when it is computed."""
        meta = native._meta.copy()  # noqa: SLF001 - dask's own name for the empty frame of its kind
        for name in outputs:
            meta[name] = pd.Series([], dtype="string" if name.startswith(TEXTS) else "float64")
        return native.map_partitions(_answers, roles, apply, tuple(outputs), meta=meta)


def _words(part: Any, roles: Roles, step: Step) -> Counts:
    return step(Pandas().ingest(part, roles))


def _reduced(part: Any, roles: Roles, step: Pipeline) -> Any:
    return nw.to_native(step(Pandas().ingest(part, roles)))


def _answers(part: Any, roles: Roles, apply: Pipeline, outputs: Sequence[str]) -> Any:
    found = Pandas().finish(part, roles, apply, outputs)
    return found.astype({name: "string" for name in outputs if name.startswith(TEXTS)})
