"""The readings of one GPU, integrated as they come: the trapezoid rule, no time twice, wide steps kept apart as gaps."""

from __future__ import annotations

from statistics import median

from wattgram.importers.reading import Line

__all__ = ["Gpu"]

SECONDS_PER_HOUR = 3600
INTERVALS_KEPT = 10_000
SPANS_KEPT = 32
"""Stretches of time that are remembered, so that a log whose clock runs backwards all along costs no more than another."""


class Gpu:
    """One GPU's readings, integrated as they come."""

    def __init__(self, line: Line, device: str, name: str | None) -> None:
        self.line, self.device, self.name = line, device, name
        self.limit_w: float | None = None
        self.low_s, self.high_s = float("inf"), float("-inf")
        self.last_s = self.last_w = self.shift_s = 0.0
        self.energy_j = self.covered_s = self.peak_w = 0.0
        self.readings = self.track = 0
        """How many there were, and one number that stands for all of them: the same log twice has the same."""
        self.intervals_s: list[float] = []
        self.wide: list[tuple[float, float]] = []
        """Steps that may be gaps: seconds, joules across."""
        self.spans: list[tuple[float, float]] = []
        """The times that were gone through, the last one still going on."""

    def take(self, at_s: float, watts: float, wide_s: float) -> bool:
        """One reading: a time [s], a power [W], and the step that is wide [s]; False where the clock ran backwards.

        A clock that goes back by an hour is that of a summer that ended, and time goes on; any other reading of a time
        that the log has been through (a file joined with itself, a clock that was set) is not counted again.
        """
        at_s += self.shift_s
        self.track = hash((self.track, at_s, watts))
        back_s = self.last_s - at_s if self.readings else 0.0
        if abs(back_s - SECONDS_PER_HOUR) <= wide_s < abs(at_s - self.low_s):
            self.shift_s += SECONDS_PER_HOUR
            at_s += SECONDS_PER_HOUR
        elif any(low_s <= at_s < high_s for low_s, high_s in self.spans):
            return False
        if not self.spans or at_s < self.last_s or any(self.last_s < low < at_s for low, _ in self.spans):
            self.spans = [*self.spans[1 - SPANS_KEPT :], (at_s, at_s)]
        elif at_s > self.last_s:
            self._add(at_s - self.last_s, (self.last_w + watts) / 2, wide_s)
            self.spans[-1] = (self.spans[-1][0], at_s)
        self.low_s, self.high_s = min(self.low_s, at_s), max(self.high_s, at_s)
        self.last_s, self.last_w = at_s, watts
        self.peak_w = max(self.peak_w, watts)
        self.readings += 1
        return back_s <= 0

    def _add(self, step_s: float, mean_w: float, wide_s: float) -> None:
        if len(self.intervals_s) < INTERVALS_KEPT:
            self.intervals_s.append(step_s)
        if step_s > wide_s:
            self.wide.append((step_s, mean_w * step_s))
        else:
            self.energy_j += mean_w * step_s
            self.covered_s += step_s

    def close(self, wide_s: float, intervals: float) -> tuple[int, float]:
        """Take in the wide steps [s] that are the log's usual ones; gaps and the time in them [s]."""
        usual = median(self.intervals_s) * intervals if self.intervals_s else 0.0
        gaps, gap_s = 0, 0.0
        for step_s, joules in self.wide:
            if step_s <= max(wide_s, usual):
                self.energy_j += joules
                self.covered_s += step_s
            else:
                gaps, gap_s = gaps + 1, gap_s + step_s
        return gaps, gap_s
