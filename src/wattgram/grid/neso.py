"""NESO Carbon Intensity API: Great Britain by half-hours, direct emissions, imports included; no key.

`GET /intensity/{from}/{to}` for the whole (`live:neso:GB`), `GET /regional/intensity/{from}/{to}/regionid/{id}` for one
of its 17 regions (`live:neso:13`), of which there are forecasts alone; fourteen days at once. Where no actual figure is
out yet, the forecast stands in and counts as estimated.

References
----------
National Energy System Operator, https://carbon-intensity.github.io/api-definitions/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, SourceError
from wattgram.grid.http import Caller
from wattgram.grid.live import chunks
from wattgram.grid.times import Clock
from wattgram.series import Point, Series, text_of

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["fetch"]

SOURCE = "neso"
BASE_URL = "https://api.carbonintensity.org.uk"
LONGEST_S = 13 * 86400
MOST_REGION = 17


def fetch(
    zone: str,
    begin_s: int,
    end_s: int,
    *,
    boundary: str | None = None,
    catalog: Catalog | None = None,  # noqa: ARG001 - one face for all sources
) -> Series:
    """The half-hours in [begin, end) [s since 1970]; InputError or SourceError where there are none."""
    if boundary not in (None, "direct"):
        raise InputError("series boundary", boundary, "NESO publishes direct figures: use --boundary direct")
    if zone != "GB" and not (zone.isdigit() and 1 <= int(zone) <= MOST_REGION):
        raise InputError("zone", zone, f"NESO knows GB and its regions 1 to {MOST_REGION}")
    caller = Caller(SOURCE, BASE_URL, {"accept": "application/json"})
    points: list[Point] = []
    for start_s, stop_s in chunks(begin_s, end_s, LONGEST_S):
        span = f"{text_of(start_s)}/{text_of(stop_s)}"
        path = f"/intensity/{span}" if zone == "GB" else f"/regional/intensity/{span}/regionid/{int(zone)}"
        points += [p for p in _points(caller.json(path, {}, until_s=stop_s)) if start_s <= p.time_s < stop_s]
        caller.keep()
    if not any(point.g_per_kwh is not None for point in points):
        raise SourceError(SOURCE, "it has no value in that time")
    return Series.from_points(
        "GB",
        points,
        boundary="direct",
        basis="consumption",
        source="neso-carbon-intensity",
        licence="CC-BY-4.0",
        notes=() if zone == "GB" else (f"neso: region {zone} of Great Britain, forecasts alone",),
    )


def _points(answer: dict[str, Any]) -> list[Point]:
    rows = answer.get("data")
    if isinstance(rows, dict):
        rows = rows.get("data")
    if not isinstance(rows, list):
        raise SourceError(SOURCE, "its answer has no list of half-hours")
    clock, points = Clock(()), []
    try:
        for row in rows:
            actual, forecast = row["intensity"].get("actual"), row["intensity"].get("forecast")
            value = actual if actual is not None else forecast
            points.append(
                Point(clock.seconds(row["from"]), None if value is None else float(value), actual is None)
            )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(SOURCE, f"a half-hour of its answer cannot be read ({error})") from None
    return points
