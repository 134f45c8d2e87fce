"""FakeClock: the three clocks of a machine, moved by hand."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["FakeClock"]

FIRST_WALL_S = 1_700_000_000.0
"""2023-11-14T22:13:20Z [s since 1970]."""
STEP_S = 0.5
"""Time moves in steps no longer than this, so that whoever waits is called when it is due [s]."""


class FakeClock:
    """Monotonic, boot and wall time that stand still until `advance` is called.

    A tracker on such a clock has no thread: `advance` calls whoever listens, as its thread would have.

    >>> clock = FakeClock()
    >>> with wattgram.track(clock=clock) as t:
    ...     clock.advance(3600)
    """

    threaded = False

    def __init__(self, wall_s: float = FIRST_WALL_S) -> None:
        self._monotonic_s = 0.0
        self._suspended_s = 0.0
        self._wall_s = wall_s
        self.listeners: list[Callable[[], None]] = []

    def monotonic_s(self) -> float:
        """Time that only goes forward and stands still while suspended [s]."""
        return self._monotonic_s

    def boot_s(self) -> float:
        """The same with suspends counted [s]."""
        return self._monotonic_s + self._suspended_s

    def wall_s(self) -> float:
        """Time of day [s since 1970]."""
        return self._wall_s

    def advance(self, seconds: float) -> None:
        """Let time [s] pass, calling whoever is due."""
        left_s = seconds
        while left_s > 0:
            step_s = min(left_s, STEP_S)
            self._monotonic_s += step_s
            self._wall_s += step_s
            left_s -= step_s
            self._call()

    def stall(self, seconds: float) -> None:
        """Let time [s] pass while nobody is called, as in a stopped process."""
        self._monotonic_s += seconds
        self._wall_s += seconds
        self._call()

    def suspend(self, seconds: float) -> None:
        """Let the machine sleep for a time [s]: wall and boot time pass, monotonic time does not."""
        self._suspended_s += seconds
        self._wall_s += seconds
        self._call()

    def jump(self, seconds: float) -> None:
        """Set the time of day forward or back [s], as a correction does."""
        self._wall_s += seconds

    def _call(self) -> None:
        for listener in list(self.listeners):
            listener()
