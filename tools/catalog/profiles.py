"""Build profiles.csv: month x hour profiles of grid zones, from hourly generation whose licence is clean.

Eight US areas of 2022: EIA-930 net generation times IPCC AR5 life-cycle medians. The series' own arithmetic
(`wattgram.grid.profile`) makes the rows, so a profile a user derives is made the same way.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from wattgram.grid.profile import COLUMNS, profile_rows
from wattgram.series import Point, Series

from . import raw_tables
from .tables import write_table

RAW = raw_tables.path_of("us_hours")
SOURCE = raw_tables.source_of("us_hours")
ZONES = {
    "AZPS": "US-SW-AZPS",
    "BPAT": "US-NW-BPAT",
    "CISO": "US-CAL-CISO",
    "ERCO": "US-TEX-ERCO",
    "MISO": "US-MIDW-MISO",
    "NYIS": "US-NY-NYIS",
    "PJM": "US-MIDA-PJM",
    "SOCO": "US-SE-SOCO",
}
PROVENANCE: dict[str, dict[str, str]] = {
    "profiles.csv": {
        "zone": f"{RAW}:column name",
        "month": f"{RAW}:datetime_utc",
        "hour": f"{RAW}:datetime_utc",
        "window_h": "wattgram.resolve.hours:WINDOWS_H",
        **dict.fromkeys(("relative_mean", "relative_p5", "relative_p95"), f"{RAW}:AREA_gco2_kwh"),
        "year": f"{RAW}:datetime_utc",
        "estimated_share": "0: the source marks no hour as estimated",
        "source_id": "tools/catalog/sources/profiles.toml",
    }
}


def build(raw: Path, out: Path) -> None:
    """Write profiles.csv."""
    points: dict[str, list[Point]] = {area: [] for area in ZONES}
    for row in raw_tables.read(raw, "us_hours"):
        time = dt.datetime.fromisoformat(row["datetime_utc"])
        for area, found in points.items():
            cell = row[f"{area}_gco2_kwh"]
            found.append(Point(int(time.timestamp()), float(cell) if cell else None))
    rows: list[dict[str, object]] = []
    for area, zone in ZONES.items():
        series = Series.from_points(zone, points[area], basis="generation", source=SOURCE)
        rows += profile_rows(series)
    write_table(out / "profiles.csv", COLUMNS, rows, key=("zone", "month", "hour", "window_h"))
