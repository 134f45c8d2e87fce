"""Keras: `model.fit(..., callbacks=[KerasCallback(where="FR")])`."""

from __future__ import annotations

from functools import cache
from typing import Any

from wattgram.tracker.callbacks.training import Training, missing

__all__ = ["callback_class"]


class KerasCallback:
    """Measures a fit.

    Parameters
    ----------
    where : where it runs; see `wattgram.track`
    said : what `track` takes beside
    """

    params: Any = None

    def __init__(self, where: str | None = None, **said: Any) -> None:
        super().__init__()
        self.training = Training(where, said)
        self.epochs_done = 0

    @property
    def tracker(self) -> Any:
        """The run: `.footprint()`, `.predict()`, `.id`."""
        return self.training.tracker

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - the library's face
        """The run begins."""
        self.training.begin()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """An epoch is a task."""
        self.epochs_done = epoch
        self.training.begin_epoch(epoch + 1)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Progress by steps, where keras knows how many there will be."""
        told = self.params or {}
        steps, epochs = told.get("steps"), told.get("epochs")
        if steps and epochs:
            self.training.progress(self.epochs_done + (batch + 1) / steps, epochs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """The task ends."""
        self.training.end_epoch()

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """The run ends."""
        self.training.end()


@cache
def callback_class() -> type:
    """The class, a child of keras' own.

    Raises
    ------
    MissingExtraError : keras is not installed
    """
    try:
        from keras.callbacks import Callback  # noqa: PLC0415 - only where it is used
    except ImportError:
        raise missing("keras", "Keras") from None
    return type(KerasCallback.__name__, (KerasCallback, Callback), {"__doc__": KerasCallback.__doc__})
