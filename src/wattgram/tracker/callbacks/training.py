"""Training: what the callbacks of every library have in common, begin, epochs, progress, end."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from wattgram.errors import MissingLibraryError
from wattgram.tracker.track import track
from wattgram.tracker.tracker import Tracker

__all__ = ["Training", "missing"]


def missing(library: str, what: str) -> MissingLibraryError:
    """The sentence for a library that is not installed."""
    return MissingLibraryError(f"the callback for {what}", library)


class Training:
    """One training: a tracker that begins with it, a task for each epoch, progress by steps.

    Parameters
    ----------
    where : where it runs
    said : what `track` takes beside
    """

    def __init__(self, where: str | None, said: dict[str, Any]) -> None:
        self.tracker: Tracker = track(where, **said)
        self.epoch: AbstractContextManager[None] | None = None

    def begin(self) -> None:
        """The training begins; a second beginning goes on with the same run."""
        self.tracker.start()

    def begin_epoch(self, number: int) -> None:
        """An epoch begins, counted from 1."""
        self.end_epoch()
        self.epoch = self.tracker.task(f"epoch {number}")
        self.epoch.__enter__()

    def end_epoch(self) -> None:
        """The open epoch ends."""
        if self.epoch is not None:
            self.epoch.__exit__(None, None, None)
            self.epoch = None

    def progress(self, done: float, total: float) -> None:
        """So much is done of so much [as the loop counts: steps or epochs]."""
        self.tracker.progress(done, total)

    def end(self, reason: str = "") -> None:
        """The training ends: as it should, or by what `reason` names."""
        self.end_epoch()
        self.tracker._finish("interrupted" if reason else "finished", reason)  # noqa: SLF001 - one door of ours
