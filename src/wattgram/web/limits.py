"""Limits: how much one server takes, in one place; over a limit the answer is a sentence, never a crash."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Limits"]


class Limits(NamedTuple):
    """What a server takes before it says no; every field can be set by `create_app(limits=...)` and `wattgram serve`.

    Parameters
    ----------
    body_bytes : largest body of a request [B]; over it 413
    batch_bytes : largest body of a table of runs [B]; over it 413
    batch_rows : most rows of a table of runs [1]; over it 413
    query_bytes : longest path and query of a request [B]; over it 414
    concurrent : most requests computed or waiting at once [1]; over it 429
    workers : threads that compute [1]
    seconds : longest time a computation may take [s]; over it 503
    batch_seconds : longest time a table of runs may take [s]; over it 503
    rows : most rows of a table one answer holds [1]; over it 422
    remembered_bytes : memory for answers already given [B]
    remembered_words : distinct words whose look-up is remembered [1]
    """

    body_bytes: int = 65_536
    batch_bytes: int = 50_000_000
    batch_rows: int = 1_000_000
    query_bytes: int = 4_096
    concurrent: int = 64
    workers: int = 4
    seconds: float = 10.0
    batch_seconds: float = 300.0
    rows: int = 1_000
    remembered_bytes: int = 16_000_000
    remembered_words: int = 20_000
