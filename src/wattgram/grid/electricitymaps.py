"""Electricity Maps API v3: past hourly carbon intensity, flow-traced, life-cycle or direct.

`GET /v3/carbon-intensity/past-range?zone=FR&start=...&end=...`, header `auth-token`, ten days of hours at once. The
key is in ELECTRICITYMAPS_API_KEY.

References
----------
Electricity Maps, API reference, https://portal.electricitymaps.com/docs/api
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, SourceError
from wattgram.grid.http import Caller, key_of
from wattgram.grid.live import chunks
from wattgram.grid.times import Clock
from wattgram.series import Point, Series, text_of

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["fetch"]

SOURCE = "electricitymaps"
BASE_URL = "https://api.electricitymaps.com"
LONGEST_S = 10 * 86400
BOUNDARIES = ("lifecycle", "direct")


def fetch(
    zone: str,
    begin_s: int,
    end_s: int,
    *,
    boundary: str | None = None,
    catalog: Catalog | None = None,  # noqa: ARG001 - one face for all sources
) -> Series:
    """The zone's hours in [begin, end) [s since 1970]; InputError or SourceError where there are none."""
    wanted = boundary or "lifecycle"
    if wanted not in BOUNDARIES:
        raise InputError("series boundary", wanted, f"it is one of {', '.join(BOUNDARIES)}")
    (key,) = key_of(SOURCE, "ELECTRICITYMAPS_API_KEY")
    caller = Caller(SOURCE, BASE_URL, {"auth-token": key})
    points: list[Point] = []
    notes: list[str] = []
    for start_s, stop_s in chunks(begin_s, end_s, LONGEST_S):
        params = {
            "zone": zone,
            "start": text_of(start_s),
            "end": text_of(stop_s),
            "emissionFactorType": wanted,
            "temporalGranularity": "hourly",
        }
        answer = caller.json("/v3/carbon-intensity/past-range", params, until_s=stop_s)
        points += [point for point in _points(answer) if start_s <= point.time_s < stop_s]
        caller.keep()
        if answer.get("_disclaimer"):
            notes.append("electricitymaps: the key is a sandbox key, whose figures are made up")
    if not any(point.g_per_kwh is not None for point in points):
        raise SourceError(SOURCE, f"it has no value for {zone} in that time")
    return Series.from_points(
        zone,
        points,
        boundary=wanted,
        basis="consumption",
        source="electricitymaps-hourly",
        licence="the terms of your key",
        notes=tuple(dict.fromkeys(notes)),
    )


def _points(answer: dict[str, Any]) -> list[Point]:
    rows = answer.get("data", answer.get("history"))
    if not isinstance(rows, list):
        raise SourceError(SOURCE, "its answer has no list of hours")
    clock = Clock(())
    try:
        return [
            Point(
                clock.seconds(str(row["datetime"])),
                _figure(row.get("carbonIntensity")),
                bool(row.get("isEstimated")),
            )
            for row in rows
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(SOURCE, f"an hour of its answer cannot be read ({error})") from None


def _figure(given: Any) -> float | None:
    return None if given is None else float(given)
