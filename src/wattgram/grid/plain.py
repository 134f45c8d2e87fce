"""Any file with a column of times and one of values: which column, which unit, which zone, as far as the header says it."""

from __future__ import annotations

import re

from wattgram.errors import InputError
from wattgram.grid.reading import Asked, Reading, one_zone, time_column
from wattgram.grid.sheet import Sheet
from wattgram.series import BASES, BOUNDARIES, UNNAMED, Series

__all__ = ["G_PER_KWH_OF_LB_PER_MWH", "read_plain"]

G_PER_KWH_OF_LB_PER_MWH = 0.45359237
"""A pound is 453.59237 g by definition, a megawatt-hour 1000 kWh."""


def read_plain(sheet: Sheet, asked: Asked) -> Series:
    """Any file with a column of times and one of values; a file that wattgram wrote says the rest in its first lines."""
    time_at = time_column(sheet)
    value_at = _value_column(sheet, time_at, asked)
    estimated_at = sheet.column("estimated", "is_estimated", "isestimated", "data estimated")
    header = sheet.header[value_at].lower()
    factor, unit = _unit(header)
    of_file = sheet.said.get("kind") or ("marginal" if _is_marginal(sheet, header) else "")
    kind = _agreed(sheet, "kind", asked.kind, of_file) or "average"
    utc = "utc" in sheet.header[time_at].lower()
    zone_at = sheet.column("zone", "zone_id", "zone id", "region")
    of_zone = UNNAMED if zone_at is None else one_zone(sheet, zone_at, asked.zone)
    reading = Reading(sheet, time_at, asked.clock_zone, utc=utc)
    for line, cells in sheet.rows:
        if zone_at is not None and of_zone != UNNAMED and cells[zone_at] != of_zone:
            continue
        value = reading.number(line, cells[value_at])
        guessed = estimated_at is not None and cells[estimated_at].lower() in ("true", "1", "yes")
        reading.add(line, cells[time_at], None if value is None else value * factor, guessed)
    notes = () if factor == 1 else (f"{sheet.name}: its values were read as {unit}",)
    of_file = sheet.said.get("boundary") or _boundary_of(header)
    boundary = _agreed(sheet, "boundary", asked.boundary, "" if of_file == "unknown" else of_file)
    return reading.series(
        asked.zone
        or sheet.said.get("zone")
        or (of_zone if of_zone != UNNAMED else "")
        or _zone_of(sheet.header[value_at])
        or UNNAMED,
        notes,
        kind=kind,
        boundary=boundary if boundary in BOUNDARIES else "unknown",
        basis=basis if (basis := sheet.said.get("basis", "unknown")) in BASES else "unknown",
        source=sheet.said.get("source") or ("watttime" if kind == "marginal" else "user-series"),
        licence=sheet.said.get("licence", ""),
    )


def _agreed(sheet: Sheet, what: str, asked: str | None, of_file: str) -> str:
    """What the file says, or the user where the file says nothing; a contradiction is an error."""
    if asked and of_file and asked != of_file:
        raise InputError(f"series {what}", asked, f"{sheet.name} says {of_file}")
    return asked or of_file


def _value_column(sheet: Sheet, time_at: int, asked: Asked) -> int:
    if asked.column is not None:
        at = sheet.column(asked.column.strip().lower())
        if at is None:
            raise InputError("column", asked.column, f"{sheet.name} has {', '.join(sheet.header[:12])}")
        return at
    sample = [cells for _, cells in sheet.rows[:200]]
    numeric = [
        at
        for at in range(len(sheet.header))
        if at != time_at
        and any(cells[at] for cells in sample)
        and all(_numeric(cells[at]) for cells in sample if cells[at])
        | (sum(_numeric(c[at]) for c in sample) * 10 > len(sample) * 8)
    ]
    if asked.zone:
        word = asked.zone.rpartition("-")[2].lower()
        named = [
            at
            for at in numeric
            if re.split(r"[^a-z0-9-]+", sheet.header[at].lower())[0] in (word, asked.zone.lower())
        ]
        numeric = named or numeric
    if len(numeric) > 1:
        telling = [
            at
            for at in numeric
            if re.search(r"carbon|co2|intensity|g_?per_?k|moer", sheet.header[at].lower())
        ]
        numeric = telling or numeric
    if len(numeric) > 1:
        wanted = asked.boundary or "lifecycle"
        of_boundary = [at for at in numeric if _boundary_of(sheet.header[at].lower()) == wanted]
        numeric = of_boundary if len(of_boundary) == 1 else numeric
    if len(numeric) > 1:
        named = [
            at
            for at in numeric
            if sheet.header[at].lower() in ("value", "g_per_kwh", "carbon_intensity", "intensity", "actual")
        ]
        numeric = named if len(named) == 1 else numeric
    if len(numeric) != 1:
        names = [sheet.header[at] for at in numeric] or list(sheet.header)
        allowed = (
            "it has no column of values"
            if not numeric
            else f"it has {len(numeric)} columns of values; name one"
        )
        raise InputError("series file", sheet.name, allowed, names[:4] if numeric else ())
    return numeric[0]


def _numeric(cell: str) -> bool:
    return re.fullmatch(r"\s*-?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?\s*", cell) is not None


def _unit(header: str) -> tuple[float, str]:
    plain = re.sub(r"[^a-z0-9]", "", header)
    if "mwh" in plain and re.search(r"lbs?", header):
        return G_PER_KWH_OF_LB_PER_MWH, "lb/MWh"
    if "kwh" in plain and re.search(r"(?<![a-z])kg", header):
        return 1000.0, "kg/kWh"
    if "mwh" in plain and re.search(r"(?<![a-z])t(?:on|co|/|_|$)", header):
        return 1000.0, "t/MWh"
    return 1.0, "g/kWh"


def _is_marginal(sheet: Sheet, header: str) -> bool:
    return "moer" in header or "marginal" in header or any("moer" in name.lower() for name in sheet.header)


def _boundary_of(header: str) -> str:
    if "direct" in header:
        return "direct"
    return "lifecycle" if re.search(r"lca|life.?cycle", header) else "unknown"


def _zone_of(header: str) -> str:
    """`AZPS_gco2_kwh` and `FR_lifecycle` begin with a zone."""
    match = re.match(r"([A-Z]{2,5}(?:-[A-Z0-9]+)*)_", header)
    return match[1] if match else ""
