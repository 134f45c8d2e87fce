"""Power read now and then, made into energy: E += (P_before + P_now) / 2 x time between."""

from __future__ import annotations

__all__ = ["PowerIntegral"]

LONGEST_STEP_S = 60.0
"""Over a longer silence (suspend, stopped process) nobody knows the power: that time adds nothing [s]."""


class PowerIntegral:
    """Joules of one device by the trapezoid rule."""

    def __init__(self) -> None:
        self.joules = 0.0
        self.last: tuple[float, float] | None = None
        self.unknown_s = 0.0

    def add(self, now_s: float, power_w: float) -> float:
        """One more reading: a time [s] and a power [W]; the energy so far [J]."""
        if self.last is not None:
            before_s, before_w = self.last
            step_s = now_s - before_s
            if step_s <= LONGEST_STEP_S:
                self.joules += (before_w + power_w) / 2 * step_s
            else:
                self.unknown_s += step_s
        self.last = (now_s, power_w)
        return self.joules
