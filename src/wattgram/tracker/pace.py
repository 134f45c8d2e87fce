"""Pace: when the next sample is due, how much time has passed, and where time has gaps.

Without a stated interval the first samples come early (a run killed after seconds has left its trace), then one every
15 s: counters add up by themselves, and a line is written for each sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wattgram.tracker.sampler import Clock

__all__ = ["Pace"]

EARLY_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
LEAST_GAP_S = 1.0
"""Clocks that drift apart by less than this between two samples are in step [s]."""
LATE = 3.0
"""A sample that comes later than so many intervals says that the process stood still [1]."""


class Pace:
    """Times of one run.

    Parameters
    ----------
    interval_s : stated time between samples [s], or None
    usual_s : the time where none is stated [s]
    """

    def __init__(self, interval_s: float | None, usual_s: float) -> None:
        self.stated_s, self.interval_s = interval_s, interval_s or usual_s
        self.early = [] if interval_s else list(EARLY_S)
        self.begin_s = self.due_s = self.last_s = 0.0
        self.seen: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def begin(self, clock: Clock) -> float:
        """The run begins now; the monotonic time of it [s]."""
        self.begin_s = self.last_s = clock.monotonic_s()
        self.seen = (self.begin_s, clock.boot_s(), clock.wall_s())
        self.next(self.begin_s)
        return self.begin_s

    def next(self, now_s: float) -> None:
        """A sample is taken now [s]: when the next one is due."""
        self.last_s = now_s
        while self.early and self.begin_s + self.early[0] <= now_s:
            del self.early[0]
        self.due_s = self.begin_s + self.early[0] if self.early else now_s + self.interval_s

    def due_in_s(self, now_s: float) -> float:
        """Seconds until a sample is due [s]."""
        return self.due_s - now_s

    def since_s(self, now_s: float) -> float:
        """Seconds since the last sample [s]."""
        return now_s - self.last_s

    def elapsed_s(self, now_s: float) -> float:
        """Monotonic seconds since the run began [s]."""
        return now_s - self.begin_s

    def gaps(self, clock: Clock) -> dict[str, float]:
        """What happened to time since the last look: suspends, jumps of the time of day, a process that stood still [s]."""
        monotonic, boot, wall = self.seen
        self.seen = now = (clock.monotonic_s(), clock.boot_s(), clock.wall_s())
        passed_s = now[0] - monotonic
        suspended_s = (now[1] - boot) - passed_s
        jump_s = (now[2] - wall) - (now[1] - boot)
        found: dict[str, float] = {}
        if suspended_s > LEAST_GAP_S:
            found["suspend_s"] = suspended_s
        if abs(jump_s) > LEAST_GAP_S:
            found["clock_jump_s"] = jump_s
        if passed_s > LATE * self.interval_s + LEAST_GAP_S:
            found["standstill_s"] = passed_s
        return found
