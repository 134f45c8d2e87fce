"""Lightning: `Trainer(callbacks=[LightningCallback(where="FR")])`; both `lightning` and `pytorch_lightning`."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from wattgram.tracker.callbacks.training import Training, missing

__all__ = ["callback_class"]


class LightningCallback:
    """Measures a fit.

    Parameters
    ----------
    where : where it runs; see `wattgram.track`
    said : what `track` takes beside
    """

    def __init__(self, where: str | None = None, **said: Any) -> None:
        self.training = Training(where, said)

    @property
    def tracker(self) -> Any:
        """The run: `.footprint()`, `.predict()`, `.id`."""
        return self.training.tracker

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - the library's face
        """The run begins."""
        self.training.begin()

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002
        """An epoch is a task."""
        self.training.begin_epoch(trainer.current_epoch + 1)

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        """Progress by steps, where the library knows how many there will be."""
        self.training.progress(trainer.global_step, float(trainer.estimated_stepping_batches))

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002
        """The task ends."""
        self.training.end_epoch()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:  # noqa: ARG002
        """The run was interrupted."""
        self.training.end(type(exception).__name__)

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002
        """The run ends."""
        self.training.end()


@cache
def callback_class() -> type:
    """The class, a child of the library's own: of `pytorch_lightning` where that alone is loaded.

    Raises
    ------
    MissingExtraError : neither is installed
    """
    try:
        if "pytorch_lightning" in sys.modules and "lightning" not in sys.modules:
            from pytorch_lightning import Callback  # noqa: PLC0415 - only where it is used
        else:
            from lightning.pytorch import Callback  # noqa: PLC0415
    except ImportError:
        try:
            from pytorch_lightning import Callback  # noqa: PLC0415
        except ImportError:
            raise missing("lightning", "Lightning") from None
    return type(
        LightningCallback.__name__, (LightningCallback, Callback), {"__doc__": LightningCallback.__doc__}
    )
