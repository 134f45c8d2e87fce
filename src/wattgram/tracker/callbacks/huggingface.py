"""Hugging Face: `Trainer(..., callbacks=[HuggingFaceCallback(where="FR")])`."""

from __future__ import annotations

from functools import cache
from typing import Any

from wattgram.tracker.callbacks.training import Training, missing

__all__ = ["callback_class"]


class HuggingFaceCallback:
    """Measures a Trainer's training.

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

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002 - the library's face
        """The run begins."""
        self.training.begin()

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """An epoch is a task."""
        self.training.begin_epoch(int(state.epoch or 0) + 1)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Progress by steps."""
        self.training.progress(state.global_step, state.max_steps)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """The task ends."""
        self.training.end_epoch()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
        """The last log of a training carries its energy and carbon."""
        if isinstance(logs, dict) and "train_runtime" in logs:
            self.training.end()
            told = self._figures()
            logs.update(told)
            if state.log_history and "train_runtime" in state.log_history[-1]:
                state.log_history[-1].update(
                    told
                )  # the history holds a copy, made before callbacks are asked

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """The run ends."""
        self.training.end()

    def _figures(self) -> dict[str, float]:
        try:
            footprint = self.tracker.footprint()
        except Exception:  # noqa: BLE001 - a log line is not worth a training
            return {}
        told = {"energy_kwh": footprint.energy.central, "operational_kg": footprint.operational.central}
        return {name: figure for name, figure in told.items() if figure is not None}


@cache
def callback_class() -> type:
    """The class, a child of transformers' own.

    Raises
    ------
    MissingExtraError : transformers is not installed
    """
    try:
        from transformers import TrainerCallback  # noqa: PLC0415 - only where it is used
    except ImportError:
        raise missing("transformers", "Hugging Face Trainer") from None
    return type(
        HuggingFaceCallback.__name__,
        (HuggingFaceCallback, TrainerCallback),
        {"__doc__": HuggingFaceCallback.__doc__},
    )
