"""Series from files: exports of Electricity Maps, NESO and EIA-930, and any `time,value` file, told apart by header.

    >>> from wattgram.grid import read_series
    >>> series = read_series("FR_2024_hourly.csv")

A row that cannot be read is left out and named by its line; of two rows of one time the later counts, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.grid.fuelmix import read_fuel_mix
from wattgram.grid.plain import read_plain
from wattgram.grid.reading import Asked, Reading, one_zone, time_column
from wattgram.grid.sheet import Sheet, read_sheet
from wattgram.grid.times import time_zone
from wattgram.series import BOUNDARIES, KINDS, UNNAMED, Series

if TYPE_CHECKING:
    import io
    from pathlib import Path

    from wattgram.catalog import Catalog

__all__ = ["read_series"]


def read_series(
    source: str | Path | io.TextIOBase,
    *,
    zone: str | None = None,
    boundary: str | None = None,
    kind: str | None = None,
    column: str | None = None,
    timezone: str | None = None,
    catalog: Catalog | None = None,
) -> Series:
    """A series from a CSV file, plain or gzipped.

    Parameters
    ----------
    source : path of the file, or an open text stream
    zone : grid zone; needed where the file holds several, allowed where it names none
    boundary : `lifecycle` or `direct`; chooses the column where a file has both, and the factors of a fuel mix
    kind : `average` or `marginal`, where the file does not say it
    column : the value column by its header, where it cannot be told
    timezone : IANA zone of local times without one; left out they are UTC, and that is noted
    catalog : where the factors of a fuel mix come from; the shipped one where left out

    Returns
    -------
    Series, whose `notes` say what was left out or assumed

    Raises
    ------
    InputError : no such file, no time or value column, several zones, nothing readable
    """
    asked = Asked(
        zone,
        _word("boundary", boundary, BOUNDARIES[:2]),
        _word("kind", kind, KINDS),
        column,
        time_zone(timezone) if timezone else None,
    )
    sheet = read_sheet(source)
    for fits, reader in _READERS:
        if fits(sheet):
            return reader(sheet, asked, catalog)
    return read_plain(sheet, asked)


def _word(what: str, given: str | None, allowed: tuple[str, ...]) -> str | None:
    if given is not None and given not in allowed:
        raise InputError(f"series {what}", given, f"it is one of {', '.join(allowed)}")
    return given


# --- formats --------------------------------------------------------------------------------------------------------


def _is_electricitymaps(sheet: Sheet) -> bool:
    names = [name.lower() for name in sheet.header]
    return "datetime (utc)" in names and any(name.startswith("carbon intensity g") for name in names)


def _electricitymaps(sheet: Sheet, asked: Asked, catalog: Catalog | None) -> Series:  # noqa: ARG001
    """The data portal's export: `(direct)` beside `(LCA)`, since 2025 `(Life cycle)`; one zone or several."""
    wanted = asked.boundary or "lifecycle"
    marks = {"lifecycle": ("(lca)", "(life cycle)", "(lifecycle)"), "direct": ("(direct)",)}[wanted]
    value_at = next(
        (
            at
            for at, name in enumerate(sheet.header)
            if name.lower().startswith("carbon intensity") and name.lower().endswith(marks)
        ),
        None,
    )
    if value_at is None:
        raise InputError("series boundary", wanted, f"{sheet.name} has no such column")
    zone_at, estimated_at = sheet.column("zone id"), sheet.column("data estimated")
    zone = one_zone(sheet, zone_at, asked.zone)
    reading = Reading(sheet, sheet.column("datetime (utc)") or 0, None, utc=True)
    for line, cells in sheet.rows:
        if zone_at is not None and zone != UNNAMED and cells[zone_at] != zone:
            continue
        guessed = estimated_at is not None and cells[estimated_at].lower() in ("true", "1", "yes")
        reading.add(line, cells[reading.time_at], reading.number(line, cells[value_at]), guessed)
    return reading.series(
        zone,
        kind=asked.kind or "average",
        boundary=wanted,
        basis="consumption",
        source="electricitymaps-hourly",
        licence="the terms under which it was obtained",
    )


def _is_neso(sheet: Sheet) -> bool:
    names = " ".join(sheet.header).lower()
    return ("carbon_intensity" in names and "datetime" in names and "gas" in names) or (
        "forecast" in names and "actual" in names
    )


def _neso(sheet: Sheet, asked: Asked, catalog: Catalog | None) -> Series:  # noqa: ARG001
    """NESO: the historic mix with CARBON_INTENSITY, or forecast and actual; a forecast stands in where no actual is."""
    time_at = time_column(sheet)
    actual_at = next((at for at, name in enumerate(sheet.header) if "actual" in name.lower()), None)
    forecast_at = next((at for at, name in enumerate(sheet.header) if "forecast" in name.lower()), None)
    value_at = actual_at if actual_at is not None else sheet.column("carbon_intensity")
    if asked.boundary == "lifecycle":
        raise InputError("series boundary", "lifecycle", "NESO publishes direct figures (combustion alone)")
    reading = Reading(sheet, time_at, asked.clock_zone, utc=True)
    for line, cells in sheet.rows:
        value = None if value_at is None else reading.number(line, cells[value_at])
        guess = value is None and forecast_at is not None
        if guess and forecast_at is not None:
            value = reading.number(line, cells[forecast_at])
        reading.add(line, cells[time_at], value, guess)
    return reading.series(
        asked.zone or "GB",
        kind=asked.kind or "average",
        boundary="direct",
        basis="consumption",
        source="neso-carbon-intensity",
        licence="NESO Open Data Licence, or CC-BY-4.0",
    )


def _is_fuel_mix(sheet: Sheet) -> bool:
    names = {name.lower() for name in sheet.header}
    return (
        {"col", "ng", "nuc"} <= names
        or {"respondent", "fueltype", "value"} <= names
        or any(name.startswith("net generation (mw) from") for name in names)
    )


def _fuel_mix(sheet: Sheet, asked: Asked, catalog: Catalog | None) -> Series:
    if asked.column is not None or asked.kind == "marginal":
        return read_plain(sheet, asked)
    return read_fuel_mix(sheet, asked, catalog)


_READERS: tuple[tuple[Callable[[Sheet], bool], Callable[[Sheet, Asked, Catalog | None], Series]], ...] = (
    (_is_electricitymaps, _electricitymaps),
    (_is_fuel_mix, _fuel_mix),
    (_is_neso, _neso),
)
