"""Each joule once: devices that several processes of a node measured, by identity and time.

Eight ranks of one node read the same eight devices. For each device the longest record counts whole; every other one
adds only the time that is not covered yet. Parts that each process measured of itself (its own processor time) add up,
but never to more than the device drew.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Curve", "merged", "union_s"]


class Curve(NamedTuple):
    """Joules of one device as one process saw them."""

    begin_s: float
    """Time of day of its start [s]."""
    points: list[tuple[float, float]]
    """Seconds since then, joules since then; the first is (0, 0)."""

    @property
    def end_s(self) -> float:
        """Time of day of the last point [s]."""
        return self.begin_s + self.points[-1][0]

    @property
    def joules(self) -> float:
        """The whole of it [J]."""
        return self.points[-1][1]


def merged(curves: list[Curve], *, add: bool = False, most_j: float | None = None) -> float:
    """Energy of one device over all that saw it [J].

    Parameters
    ----------
    curves : what each process saw
    add : whether they are parts of the device that belong to one process each
    most_j : energy of the whole device, which such parts cannot exceed [J]
    """
    if len(curves) == 1:
        return curves[0].joules
    if add:
        total_j = sum(curve.joules for curve in curves)
        return total_j if most_j is None else min(total_j, most_j)
    covered: list[tuple[float, float]] = []
    total_j = 0.0
    for curve in sorted(curves, key=lambda one: (-one.points[-1][0], one.begin_s)):
        spans = [span for span in covered if span[0] < curve.end_s and span[1] > curve.begin_s]
        if not spans:
            total_j += curve.joules
        else:
            total_j += _outside(curve, spans)
        covered = _joined([*covered, (curve.begin_s, curve.end_s)])
    return total_j


def _outside(curve: Curve, spans: list[tuple[float, float]]) -> float:
    """Joules of the curve outside the spans; within one step power is taken as constant [J]."""
    total_j = 0.0
    for (from_s, from_j), (to_s, to_j) in zip(curve.points, curve.points[1:], strict=False):
        step_s = to_s - from_s
        if step_s <= 0:
            continue
        left, right = curve.begin_s + from_s, curve.begin_s + to_s
        inside_s = sum(max(0.0, min(right, end) - max(left, begin)) for begin, end in spans)
        total_j += (to_j - from_j) * max(0.0, 1 - inside_s / step_s)
    return total_j


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def union_s(spans: list[tuple[float, float]]) -> float:
    """Length of the union of spans of time [s]."""
    return sum(end - begin for begin, end in _joined(spans))
