"""Fuel mixes of EIA-930 as series: the balance files, the API's long table, and one column a fuel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.grid.mixes import EIA_FUELS, FACTOR_SOURCE, factors, points_of_mix
from wattgram.grid.reading import Asked, Reading
from wattgram.series import Series

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.grid.sheet import Sheet

__all__ = ["EIA_ZONES", "read_fuel_mix"]

EIA_ZONES = {
    "AZPS": "US-SW-AZPS",
    "BPAT": "US-NW-BPAT",
    "CISO": "US-CAL-CISO",
    "ERCO": "US-TEX-ERCO",
    "ISNE": "US-NE-ISNE",
    "MISO": "US-MIDW-MISO",
    "NYIS": "US-NY-NYIS",
    "PJM": "US-MIDA-PJM",
    "SOCO": "US-SE-SOCO",
    "SWPP": "US-CENT-SWPP",
    "TVA": "US-TEN-TVA",
}
"""Balancing authorities by the grid zone of the catalog that they are."""

_BALANCE = re.compile(r"net generation \(mw\) from (.+?)(?: \((adjusted|imputed)\))?", re.IGNORECASE)
_FUEL_WORDS = (
    ("coal", "coal"),
    ("natural gas", "gas"),
    ("nuclear", "nuclear"),
    ("petroleum", "oil"),
    ("pumped", ""),
    ("battery", ""),
    ("storage", ""),
    ("hydropower", "hydro"),
    ("solar", "solar"),
    ("wind", "wind"),
    ("geothermal", "geothermal"),
)
HOUR_S = 3600
SAID_SHARE = 0.001


def read_fuel_mix(sheet: Sheet, asked: Asked, catalog: Catalog | None) -> Series:
    """A series from generation by fuel, times the catalog's factors.

    Raises
    ------
    InputError : several authorities and none named, no time column
    """
    if catalog is None:
        from wattgram.catalog import Catalog  # noqa: PLC0415 - only a fuel mix needs its factors

        catalog = Catalog.load()
    boundary = asked.boundary or "lifecycle"
    by_fuel = factors(catalog, boundary)
    area_at = sheet.column("balancing authority", "respondent", "ba")
    area = _area(sheet, area_at, asked.zone)
    time_at, ends = _time_at(sheet)
    reading = Reading(sheet, time_at, asked.clock_zone, utc=True)
    hours: dict[int, dict[str, float | None]] = {}
    long_at = sheet.column("fueltype"), sheet.column("value")
    columns = [] if long_at[0] is not None else _columns(sheet)
    for line, cells in sheet.rows:
        if area_at is not None and area and cells[area_at] != area:
            continue
        try:
            stamp = reading.clock.seconds(cells[time_at]) - (HOUR_S if ends else 0)
        except ValueError:
            reading.bad.append((line, f"'{cells[time_at][:30]}' is no time"))
            continue
        mix = hours.setdefault(stamp, {})
        pairs = (
            [(EIA_FUELS.get(cells[long_at[0]].upper(), ""), cells[long_at[1]])]
            if long_at[0] is not None and long_at[1] is not None
            else [(fuel, next((cells[at] for at in places if cells[at]), "")) for fuel, places in columns]
        )
        for fuel, cell in pairs:
            amount = _amount(reading, line, cell)
            if amount is not None:
                mix[fuel] = (mix.get(fuel) or 0.0) + max(amount, 0.0)
    points, without = points_of_mix(sorted(hours.items()), by_fuel)
    reading.points = {point.time_s: point for point in points}
    notes = [f"{sheet.name}: generation by fuel times the medians of {FACTOR_SOURCE}, {boundary}"]
    if without > SAID_SHARE:
        notes.append(
            f"{sheet.name}: {without:.1%} of the generation has no factor (other, storage) and was left out"
        )
    zone = EIA_ZONES.get(area, asked.zone or area or "unnamed")
    return reading.series(
        zone,
        tuple(notes),
        kind="average",
        boundary=boundary,
        basis="generation",
        source="eia-930",
        licence="US public domain",
    )


def _area(sheet: Sheet, area_at: int | None, wanted: str | None) -> str:
    if area_at is None:
        return (wanted or "").rpartition("-")[2]
    areas = list(dict.fromkeys(cells[area_at] for _, cells in sheet.rows if cells[area_at]))
    named = (wanted or "").rpartition("-")[2].upper()
    if wanted is None and len(areas) > 1:
        raise InputError(
            "series file", sheet.name, f"it holds {len(areas)} balancing authorities, say which", areas[:4]
        )
    if wanted is not None and named not in areas:
        raise InputError("zone", wanted, f"{sheet.name} holds {', '.join(areas[:6])}")
    return named or (areas[0] if areas else "")


def _time_at(sheet: Sheet) -> tuple[int, bool]:
    """The column of UTC times, and whether it names the end of the hour, as EIA's own files do."""
    at = sheet.column("utc time at end of hour")
    if at is not None:
        return at, True
    at = sheet.column("period")
    if at is not None:
        return at, True
    at = sheet.column("datetime_utc", "datetime (utc)", "timestamp", "datetime", "time")
    if at is None:
        raise InputError("series file", sheet.name, "it has no column of times such as datetime_utc")
    return at, False


def _columns(sheet: Sheet) -> list[tuple[str, list[int]]]:
    """Fuel and the columns that may hold it, the adjusted before the raw."""
    found: dict[str, list[tuple[bool, int]]] = {}
    for at, name in enumerate(sheet.header):
        match = _BALANCE.fullmatch(name)
        if match and (match[2] or "").lower() != "imputed":
            found.setdefault(match[1].lower(), []).append(((match[2] or "") == "", at))
        elif name.upper() in EIA_FUELS:
            found.setdefault(name.upper(), []).append((True, at))
    return [
        (_fuel(name), [at for _, at in sorted(places)])
        for name, places in found.items()
        if name != "all petroleum products and natural gas"
    ]


def _fuel(name: str) -> str:
    if name in EIA_FUELS:
        return EIA_FUELS[name]
    return next((fuel for word, fuel in _FUEL_WORDS if word in name), "")


def _amount(reading: Reading, line: int, cell: str) -> float | None:
    text = cell.strip().replace(",", "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        reading.bad.append((line, f"'{cell[:30]}' is no number"))
        return None
