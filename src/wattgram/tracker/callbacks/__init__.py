"""Callbacks: a run measured from the first step of a training to its last, by the library that trains.

    from wattgram.tracker.callbacks import HuggingFaceCallback, LightningCallback, KerasCallback

Each takes what `track` takes, keeps progress (so `predict` and a budget work), and makes each epoch a task. Importing
this loads none of the libraries: the class is made when its name is first used.
"""

from __future__ import annotations

from typing import Any

__all__ = ["HuggingFaceCallback", "KerasCallback", "LightningCallback"]

_HOME = {
    "HuggingFaceCallback": "wattgram.tracker.callbacks.huggingface",
    "KerasCallback": "wattgram.tracker.callbacks.keras",
    "LightningCallback": "wattgram.tracker.callbacks.lightning",
}


def __getattr__(name: str) -> Any:
    """A callback's class, made when it is first used; MissingExtraError where its library is not installed."""
    if name not in _HOME:
        raise AttributeError(f"module 'wattgram.tracker.callbacks' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - only on first use

    return import_module(_HOME[name]).callback_class()
