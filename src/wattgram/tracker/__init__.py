"""The tracker: measured, crash-safe, and never in the way.

=================  ================================================================================================
`track`            context manager, decorator, or `.start()` and `.stop()`: a run that is measured
`tracker`          one run being measured: samples, tasks, progress, budget, footprint
`sampler`          one daemon thread a process, shared by every tracker in it
`meters`           what this machine can measure, and a model for what it cannot; no device twice
`writer`           the pen of the journal: one append-only file a run, one line a sample, no lock
`journal`          journals read back: a run, a folder of runs, rows of a table
`record`, `merge`  a run as its journal tells it; ranks of one node count each joule once
`account`          from joules to a `Footprint`
`callbacks`        for Hugging Face Trainer, Lightning and Keras
`metrics`          Prometheus text and OpenTelemetry
=================  ================================================================================================

Everything works with the standard library; `wattgram[track]` adds NVIDIA's library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattgram.tracker.track import track
    from wattgram.tracker.tracker import Tracker

__all__ = ["Tracker", "track"]

_HOME = {"track": "wattgram.tracker.track", "Tracker": "wattgram.tracker.tracker"}


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'wattgram.tracker' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - only on first use

    return getattr(import_module(_HOME[name]), name)
