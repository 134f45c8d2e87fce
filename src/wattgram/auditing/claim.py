"""Claim: one carbon statement as it was found, every word of it extracted and none of it judged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from wattgram.auditing.numbers import Mass

__all__ = ["Claim"]

LONGEST_TEXT = 300


@dataclass(frozen=True)
class Claim:
    """What a statement says; empty or None where it says nothing."""

    line: int = 1
    """Line of its figure, or of its first word."""
    kind: str = "prose"
    """prose, list, table, yaml or codecarbon"""
    text: str = ""
    mass: Mass | None = None
    unitless: str = ""
    """The figure of emissions as printed, where no unit of mass stands behind it."""
    hardware: str = ""
    """The device as said, without its count."""
    count: int | None = None
    chips: int = 0
    """Chips of a TPU slice."""
    powers_w: tuple[float, ...] = ()
    hours: float | None = None
    half_unit_h: float = 0.0
    per_device: bool = False
    """The hours are device-hours."""
    provider: str = ""
    """Id of the provider in the catalog."""
    private: bool = False
    region: str = ""
    intensities_g_per_kwh: tuple[float, ...] = ()
    energy_kwh: float | None = None
    pue: float | None = None
    source: str = ""
    """What the statement says it was made with."""
    assumed: tuple[str, ...] = field(default=())
    span: tuple[int, int] | None = None
    """Lines that the statement fills, counted from 0, the second excluded; None where it stands in prose."""

    def shown(self) -> str:
        """The statement in one line of at most 300 characters."""
        line = " ".join(self.text.split())
        return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"

    def with_words(self, **words: Any) -> Claim:
        """The claim with some words changed."""
        return replace(self, **words)

    @property
    def runs(self) -> bool:
        """Whether it says anything of what ran or how long."""
        return bool(self.hardware or self.hours or self.energy_kwh or self.powers_w)

    def to_dict(self) -> dict[str, Any]:
        """The words as JSON has them."""
        return {
            "hardware": self.hardware or None,
            "count": self.chips * (self.count or 1) if self.chips else self.count,
            "hours": self.hours,
            "device_hours": self.per_device if self.hours is not None else None,
            "provider": self.provider or ("private" if self.private else None),
            "region": self.region or None,
            "intensity_g_per_kwh": self.intensities_g_per_kwh[0] if self.intensities_g_per_kwh else None,
            "power_w": self.powers_w[0] if self.powers_w else None,
            "energy_kwh": self.energy_kwh,
            "pue": self.pue,
        }
