"""WattTime API v3: the marginal operating emissions rate by five minutes. Labelled marginal, never in a footprint.

`GET /login` with user and password gives a token for half an hour; `GET /v3/historical?region=...&signal_type=co2_moer`
gives pounds per megawatt-hour, 32 days at once. User and password are in WATTTIME_USER and WATTTIME_PASSWORD.

References
----------
WattTime, API reference, https://docs.watttime.org
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.errors import SourceError
from wattgram.grid.http import Caller, key_of
from wattgram.grid.live import chunks
from wattgram.grid.plain import G_PER_KWH_OF_LB_PER_MWH
from wattgram.grid.times import Clock
from wattgram.series import Point, Series, text_of

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["fetch"]

SOURCE = "watttime"
BASE_URL = "https://api.watttime.org"
LONGEST_S = 31 * 86400
UNIT = "lbs_co2_per_mwh"


def fetch(
    zone: str,
    begin_s: int,
    end_s: int,
    *,
    boundary: str | None = None,  # noqa: ARG001 - its values are direct whatever is asked
    catalog: Catalog | None = None,  # noqa: ARG001 - one face for all sources
) -> Series:
    """The region's five-minute values in [begin, end) [s since 1970]; InputError or SourceError where there are none."""
    user, password = key_of(SOURCE, "WATTTIME_USER", "WATTTIME_PASSWORD")
    caller = Caller(SOURCE, BASE_URL)
    token = caller.login("/login", user, password).get("token")
    if not isinstance(token, str) or not token:
        raise SourceError(SOURCE, "its login gives no token")
    caller.add_header("authorization", f"Bearer {token}")
    points: list[Point] = []
    for start_s, stop_s in chunks(begin_s, end_s, LONGEST_S):
        params = {
            "region": zone,
            "start": text_of(start_s),
            "end": text_of(stop_s),
            "signal_type": "co2_moer",
        }
        found = _points(caller.json("/v3/historical", params, until_s=stop_s))
        points += [point for point in found if start_s <= point.time_s < stop_s]
        caller.keep()
    if not points:
        raise SourceError(SOURCE, f"it has no value for {zone} in that time")
    return Series.from_points(
        zone,
        points,
        kind="marginal",
        boundary="direct",
        basis="generation",
        source="watttime",
        licence="the terms of your account",
    )


def _points(answer: dict[str, Any]) -> list[Point]:
    rows, meta = answer.get("data"), answer.get("meta")
    if not isinstance(rows, list):
        raise SourceError(SOURCE, "its answer has no list of values")
    unit = meta.get("units") if isinstance(meta, dict) else None
    if unit != UNIT:
        raise SourceError(SOURCE, f"its values are in {str(unit)[:40]}, not {UNIT}")
    clock = Clock(())
    try:
        return [
            Point(clock.seconds(row["point_time"]), float(row["value"]) * G_PER_KWH_OF_LB_PER_MWH)
            for row in rows
            if row["value"] is not None
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(SOURCE, f"a value of its answer cannot be read ({error})") from None
