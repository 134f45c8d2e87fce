"""A command that is told to end (SIGTERM) ends as with Ctrl-C, so that what was half written goes; its code tells the two apart.

The code is what a shell gives: 128 and the number of the signal, 130 after Ctrl-C and 143 after SIGTERM.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wattgram.cli import SIGNAL_BASE

__all__ = ["code_of_stop", "stoppable"]

_heard: list[int] = []
"""The signals that ended the command; the engine of a batch answers one with an error of its own, which tells no number."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it SIGTERM is answered as Ctrl-C is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - as signal calls it
        _heard.append(number)
        raise KeyboardInterrupt

    _heard.clear()
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def code_of_stop() -> int:
    """The exit code of a command that was stopped."""
    return SIGNAL_BASE + (_heard[0] if _heard else signal.SIGINT)
