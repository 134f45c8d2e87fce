"""Series: the carbon intensity of a zone over time, with its cumulative integral.

    C(t) = integral of the intensity from the first hour to t        g h / kWh
    mean over [t0, t1] = (C(t1) - C(t0)) / covered hours in it       g / kWh

A run at constant power emits `P * (C(t1) - C(t0))`: two look-ups, whatever its length. Times are UTC alone (a datetime,
or seconds since 1970); a value holds from its own time for one step. A hole in the data is a hole: it adds nothing to
C(t) and nothing to the covered hours, and `coverage` says so. For a table of runs the same two look-ups are joins on
`index = floor((t - begin_s) / step_s)` with the arrays `integral` and `covered_h`.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress, pairwise, repeat
from operator import mul
from typing import TYPE_CHECKING, NamedTuple, cast

from wattgram.errors import InputError, OutOfRangeError

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["BASES", "BOUNDARIES", "KINDS", "UNNAMED", "Point", "Series", "seconds_of", "text_of"]

KINDS = ("average", "marginal")
BOUNDARIES = ("lifecycle", "direct", "unknown")
BASES = ("consumption", "generation", "unknown")
UNNAMED = "unnamed"
"""Zone of a series whose file names none: it fits every place."""
HOUR_S = 3600
MOST_STEP_S = HOUR_S
MOST_STEPS = 10_000_000
"""Ninety-five years of five-minute values: more is a wrong clock, not a series."""


class Point(NamedTuple):
    """One value as a file or a service gives it: `time_s` seconds since 1970 UTC, the start of what it holds for."""

    time_s: int
    g_per_kwh: float | None
    estimated: bool = False


def seconds_of(time: datetime | float) -> float:
    """A time [s since 1970 UTC]; a datetime without a zone is UTC."""
    if isinstance(time, (int, float)):
        return float(time)
    import datetime as dt  # noqa: PLC0415 - only where a datetime is there already

    return (time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time).timestamp()


def text_of(time_s: float) -> str:
    """A time [s since 1970 UTC] as people read it: `2024-05-17T08:00Z`."""
    import datetime as dt  # noqa: PLC0415 - only where a time is shown

    found = dt.datetime.fromtimestamp(time_s, dt.UTC)
    return found.strftime("%Y-%m-%dT%H:%MZ" if time_s % 60 == 0 else "%Y-%m-%dT%H:%M:%SZ")


class Series:
    """Carbon intensity of one zone at equal steps, with its cumulative integral.

    Parameters
    ----------
    zone : the grid zone, as the catalog or the source names it
    begin_s : start of the first step [s since 1970 UTC]
    step_s : length of a step [s], at most an hour
    g_per_kwh : intensity of each step [g CO2e/kWh]; None or NaN where there is none
    estimated : of each step whether the source itself estimated it; left out, none is
    kind : `average`, or `marginal`, which never enters a footprint
    boundary : `lifecycle`, `direct` or `unknown`
    basis : `consumption` (imports traced), `generation` or `unknown`
    source, licence : where it comes from, and on which terms
    notes : what a reader of the file found worth saying, one sentence each

    Raises
    ------
    InputError : no value, a negative or non-finite one, a step that is none, a word that is none of the above
    """

    __slots__ = (
        "basis",
        "begin_s",
        "boundary",
        "covered_h",
        "estimated_h",
        "g_per_kwh",
        "has_gaps",
        "integral",
        "kind",
        "licence",
        "notes",
        "source",
        "step_s",
        "zone",
    )

    def __init__(  # noqa: PLR0913 - each is a thing one must know of a series
        self,
        zone: str,
        begin_s: int,
        step_s: int,
        g_per_kwh: Iterable[float | None],
        *,
        estimated: Iterable[bool] | None = None,
        kind: str = "average",
        boundary: str = "lifecycle",
        basis: str = "unknown",
        source: str = "",
        licence: str = "",
        notes: Iterable[str] = (),
    ) -> None:
        for what, given, allowed in (
            ("kind", kind, KINDS),
            ("boundary", boundary, BOUNDARIES),
            ("basis", basis, BASES),
        ):
            if given not in allowed:
                raise InputError(f"series {what}", given, f"it is one of {', '.join(allowed)}")
        if not 0 < step_s <= MOST_STEP_S or HOUR_S % step_s:
            raise InputError("step", f"{step_s} s", "a step is an hour or a whole part of one")
        self.zone, self.kind, self.boundary, self.basis = zone, kind, boundary, basis
        self.source, self.licence, self.notes = source, licence, tuple(notes)
        self.begin_s, self.step_s = int(begin_s), int(step_s)
        values = self.g_per_kwh = _doubles(g_per_kwh)
        known = None
        # one NaN makes a sum of them, which is quicker than a look at each
        self.has_gaps = math.isnan(sum(values)) and any(map(math.isnan, values))
        """Whether any step has no value."""
        if self.has_gaps:
            known = [not math.isnan(x) for x in values]
        numbers = values if known is None else array("d", compress(values, known))
        if not numbers:
            raise InputError("series", zone, "it holds no value")
        if min(numbers) < 0 or math.isinf(max(numbers)):
            wrong = next(x for x in numbers if x < 0 or math.isinf(x))
            raise OutOfRangeError(f"intensity in the series of {zone}", wrong, "it takes 0 or more g/kWh")
        hours = self.step_s / HOUR_S
        held_g = values if known is None else map(_if, known, values)
        self.integral = _sums(held_g if hours == 1 else map(mul, held_g, repeat(hours)))
        """C at each step's start and at the end [g h/kWh]."""
        if known is None:
            self.covered_h: array[float] = array("d", map(mul, range(len(values) + 1), repeat(hours)))
        else:
            self.covered_h = _sums(map(_if, known, repeat(hours)))
        """Hours that have a value, up to each step's start and to the end [h]."""
        self.estimated_h = array("d", bytes(values.itemsize * (len(values) + 1)))  # none, until it is said
        if estimated is not None:
            of_source = [True] * len(values) if known is None else known
            self.estimated_h = _sums(
                hours if e and k else 0.0 for e, k in zip(estimated, of_source, strict=True)
            )

    @classmethod
    def from_points(cls, zone: str, points: Iterable[Point], **about: object) -> Series:
        """A series from values in any order, at the step most of them keep.

        A value holds for one step; where a stretch of values keeps a longer step (hours, then half-hours), each of
        them holds for that. What lies between is a gap. Points at one time must agree (`wattgram.grid.files` decides
        which of two that differ is kept, and says so).

        Raises
        ------
        InputError : fewer than two times, values at odd times that keep no common step, or a wrong value
        """
        kept = sorted({point.time_s: point for point in points}.values())
        if not kept:
            raise InputError("series", zone, "it holds no value")
        spacing = [after.time_s - one.time_s for one, after in pairwise(kept)]
        step = _step(zone, spacing)
        begin = kept[0].time_s
        count = (kept[-1].time_s - begin) // step + 1
        if count > MOST_STEPS:
            span = f"{text_of(begin)} to {text_of(kept[-1].time_s)}"
            raise OutOfRangeError(
                "series", span, f"it spans more than {MOST_STEPS:,} steps; is a date wrong?"
            )
        values = array("d", [math.nan]) * count
        flags = bytearray(count)
        for at, point in enumerate(kept):
            first = (point.time_s - begin) // step
            for index in range(first, min(first + _held(spacing, at, step), count)):
                values[index] = math.nan if point.g_per_kwh is None else point.g_per_kwh
                flags[index] = point.estimated
        return cls(zone, begin, step, values, estimated=map(bool, flags), **about)  # type: ignore[arg-type]

    # --- what it holds ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.g_per_kwh)

    @property
    def end_s(self) -> int:
        """End of the last step [s since 1970 UTC]."""
        return self.begin_s + len(self) * self.step_s

    @property
    def estimated_share(self) -> float:
        """Share of the covered hours whose value the source estimated [1]."""
        return self.estimated_h[-1] / self.covered_h[-1]

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Holes as (from, to) [s since 1970 UTC]."""
        found: list[tuple[int, int]] = []
        for index, value in enumerate(self.g_per_kwh):
            if math.isnan(value):
                at = self.begin_s + index * self.step_s
                if found and found[-1][1] == at:
                    found[-1] = (found[-1][0], at + self.step_s)
                else:
                    found.append((at, at + self.step_s))
        return found

    def at_g_per_kwh(self, time: datetime | float) -> float | None:
        """Intensity at a time [g CO2e/kWh]; None in a gap; OutOfRangeError outside."""
        index = int((self._inside(seconds_of(time)) - self.begin_s) // self.step_s)
        value = self.g_per_kwh[min(index, len(self) - 1)]
        return None if math.isnan(value) else value

    # --- what a run gets from it ------------------------------------------------------------------------------------

    def mean_g_per_kwh(self, begin: datetime | float, end: datetime | float) -> float:
        """Mean intensity over [begin, end], exact, by two look-ups; over its covered hours where it has gaps.

        mean = (C(t1) - C(t0)) / (H(t1) - H(t0))

        Parameters
        ----------
        begin, end : the times [UTC datetime, or s since 1970]

        Returns
        -------
        mean intensity [g CO2e/kWh]

        Raises
        ------
        OutOfRangeError : it is not within the series; InputError : no hour of it has a value
        """
        start_s, end_s = self._window(begin, end)
        covered = self._read(self.covered_h, end_s) - self._read(self.covered_h, start_s)
        if covered <= 0:
            value = self.at_g_per_kwh(start_s) if start_s == end_s else None
            if value is None:
                span = f"{text_of(start_s)} to {text_of(end_s)}"
                raise InputError("time", span, f"the series of {self.zone} has a gap there and no value")
            return value
        return (self._read(self.integral, end_s) - self._read(self.integral, start_s)) / covered

    def coverage(self, begin: datetime | float, end: datetime | float) -> float:
        """Share of [begin, end] that has a value [1]; what lies outside the series has none."""
        start_s, end_s = seconds_of(begin), seconds_of(end)
        return (
            self._hours(self.covered_h, start_s, end_s) * HOUR_S / (end_s - start_s)
            if end_s > start_s
            else 0.0
        )

    def estimated_share_of(self, begin: datetime | float, end: datetime | float) -> float:
        """Share of the covered hours of [begin, end] whose value the source estimated [1]."""
        start_s, end_s = seconds_of(begin), seconds_of(end)
        covered = self._hours(self.covered_h, start_s, end_s)
        return self._hours(self.estimated_h, start_s, end_s) / covered if covered > 0 else 0.0

    def integral_g_h_per_kwh(self, time: datetime | float) -> float:
        """C(t): the integral from the first step to a time within the series [g h/kWh]."""
        return self._read(self.integral, self._inside(seconds_of(time)))

    def _read(self, sums: Sequence[float], time_s: float) -> float:
        """A cumulative sum at a time, linear within a step, which is exact for a value that holds for the step."""
        position = (time_s - self.begin_s) / self.step_s
        index = min(int(position), len(self) - 1)
        return sums[index] + (position - index) * (sums[index + 1] - sums[index])

    def _hours(self, sums: Sequence[float], start_s: float, end_s: float) -> float:
        low, high = max(start_s, self.begin_s), min(end_s, self.end_s)
        return self._read(sums, high) - self._read(sums, low) if high > low else 0.0

    def _window(self, begin: datetime | float, end: datetime | float) -> tuple[float, float]:
        start_s, end_s = seconds_of(begin), seconds_of(end)
        if end_s < start_s:
            raise OutOfRangeError("end", text_of(end_s), f"it lies before the start, {text_of(start_s)}")
        if start_s < self.begin_s or end_s > self.end_s:
            span = f"{text_of(start_s)} to {text_of(end_s)}"
            raise OutOfRangeError("time", span, self._allowed())
        return start_s, end_s

    def _inside(self, time_s: float) -> float:
        if not self.begin_s <= time_s <= self.end_s:
            raise OutOfRangeError("time", text_of(time_s), self._allowed())
        return time_s

    def _allowed(self) -> str:
        return f"the series of {self.zone} covers {text_of(self.begin_s)} to {text_of(self.end_s)}"

    def __repr__(self) -> str:
        return f"<Series {self.zone} {self.kind} {self.boundary}: {text_of(self.begin_s)} to {text_of(self.end_s)}>"


def _if(there: bool, number: float) -> float:  # noqa: FBT001 - of a map
    return number if there else 0.0


def _doubles(given: Iterable[float | None]) -> array[float]:
    """The numbers as doubles, NaN for None; doubles as they stand."""
    if not (isinstance(given, array) and given.typecode == "d"):
        given = list(given)
        if None in given:
            given = [math.nan if one is None else one for one in given]
    return array("d", cast("Sequence[float]", given))


def _sums(parts: Iterable[float]) -> array[float]:
    return array("d", accumulate(parts, initial=0.0))


def _step(zone: str, spacing: Sequence[int]) -> int:
    """The step most values keep: of the spacings up to an hour, the most frequent, cut to what divides the rest."""
    short = [one for one in spacing if one <= MOST_STEP_S]
    if not short:
        raise InputError(
            "series", zone, "its values are more than an hour apart; a series is hourly or finer"
        )
    counts: dict[int, int] = {}
    for one in short:
        counts[one] = counts.get(one, 0) + 1
    often = [one for one, number in counts.items() if number * 20 >= len(short) or number > 2]  # noqa: PLR2004
    step = math.gcd(*(often or [max(counts, key=lambda one: counts[one])]))
    if step < 60 or HOUR_S % step or any(one % step for one in spacing):  # noqa: PLR2004 - a minute
        raise InputError(
            "series", zone, "its values keep no common step; a series is hourly or a whole part of it"
        )
    return step


def _held(spacing: Sequence[int], at: int, step: int) -> int:
    """How many steps the value at this place holds for: one, or the longer step that its neighbours keep too."""
    before = spacing[at - 1] if at else 0
    after = spacing[at] if at < len(spacing) else before
    following = spacing[at + 1] if at + 1 < len(spacing) else before
    if step < after <= MOST_STEP_S and after in (before, following):
        return after // step
    return 1
