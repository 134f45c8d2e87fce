"""ENTSO-E Transparency Platform: what a bidding zone generates by type, times the catalog's factors.

`GET /api?documentType=A75&processType=A16&in_Domain=EIC&periodStart=...&periodEnd=...` gives XML with one time series a
production type, in quarter-hours, half-hours or hours; 30 days at once here. The token is in ENTSOE_API_KEY. Production-
based: it knows no imports.

References
----------
ENTSO-E, Transparency Platform RESTful API, document type A75 (actual generation per type), process type A16 (realised)
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from wattgram.errors import InputError, SourceError
from wattgram.grid.http import Caller, key_of
from wattgram.grid.live import chunks
from wattgram.grid.mixes import ENTSOE_FUELS, FACTOR_SOURCE, factors, points_of_mix
from wattgram.grid.times import Clock
from wattgram.series import Point, Series

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["DOMAINS", "fetch", "generation"]

SOURCE = "entsoe"
BASE_URL = "https://web-api.tp.entsoe.eu"
LONGEST_S = 30 * 86400
DOMAINS = {
    "AT": "10YAT-APG------L",
    "BE": "10YBE----------2",
    "BG": "10YCA-BULGARIA-R",
    "CH": "10YCH-SWISSGRIDZ",
    "CZ": "10YCZ-CEPS-----N",
    "DE": "10Y1001A1001A82H",
    "DK-DK1": "10YDK-1--------W",
    "DK-DK2": "10YDK-2--------M",
    "EE": "10Y1001A1001A39I",
    "ES": "10YES-REE------0",
    "FI": "10YFI-1--------U",
    "FR": "10YFR-RTE------C",
    "GR": "10YGR-HTSO-----Y",
    "HR": "10YHR-HEP------M",
    "HU": "10YHU-MAVIR----U",
    "LT": "10YLT-1001A0008Q",
    "LV": "10YLV-1001A00074",
    "NL": "10YNL----------L",
    "NO-NO1": "10YNO-1--------2",
    "NO-NO2": "10YNO-2--------T",
    "NO-NO3": "10YNO-3--------J",
    "NO-NO4": "10YNO-4--------9",
    "NO-NO5": "10Y1001A1001A48H",
    "PL": "10YPL-AREA-----S",
    "PT": "10YPT-REN------W",
    "RO": "10YRO-TEL------P",
    "SE-SE1": "10Y1001A1001A44P",
    "SE-SE2": "10Y1001A1001A45N",
    "SE-SE3": "10Y1001A1001A46L",
    "SE-SE4": "10Y1001A1001A47J",
    "SI": "10YSI-ELES-----O",
    "SK": "10YSK-SEPS-----K",
}
"""Grid zones of the catalog by their EIC domain code; any other domain is named by its code."""
EIC = re.compile(r"\d{2}[A-Z][A-Z0-9-]{13}")
STEPS_S = {"PT15M": 900, "PT30M": 1800, "PT60M": 3600, "PT1H": 3600}
FILLED_FORWARD = "A03"
SAID_SHARE = 0.001


def fetch(
    zone: str, begin_s: int, end_s: int, *, boundary: str | None = None, catalog: Catalog | None = None
) -> Series:
    """The zone's intensity in [begin, end) [s since 1970] from its mix; InputError or SourceError where there is none."""
    domain = DOMAINS.get(zone, zone)
    if not EIC.fullmatch(domain):
        raise InputError("zone", zone, f"ENTSO-E knows {', '.join(DOMAINS)}, or a domain by its EIC code")
    if catalog is None:
        from wattgram.catalog import Catalog  # noqa: PLC0415 - the factors of the fuels

        catalog = Catalog.load()
    wanted = boundary or "lifecycle"
    by_fuel = factors(catalog, wanted)
    (token,) = key_of(SOURCE, "ENTSOE_API_KEY")
    caller = Caller(SOURCE, BASE_URL)
    hours: dict[int, dict[str, float | None]] = {}
    for start_s, stop_s in chunks(begin_s, end_s, LONGEST_S):
        params = {
            "documentType": "A75",
            "processType": "A16",
            "in_Domain": domain,
            "periodStart": _stamp(start_s),
            "periodEnd": _stamp(stop_s),
        }
        text = caller.text("/api", params, until_s=stop_s, secret={"securityToken": token})
        hours |= {time: mix for time, mix in generation(text).items() if start_s <= time < stop_s}
        caller.keep()
    points, without = points_of_mix(sorted(hours.items()), by_fuel)
    if not any(point.g_per_kwh is not None for point in points):
        raise SourceError(SOURCE, f"it has no generation of {zone} in that time")
    notes = [f"entsoe: generation by type times the medians of {FACTOR_SOURCE}, {wanted}"]
    if without > SAID_SHARE:
        notes.append(
            f"entsoe: {without:.1%} of the generation has no factor (other, waste, storage) and was left out"
        )
    return _series(zone, points, wanted, notes)


def _series(zone: str, points: list[Point], boundary: str, notes: list[str]) -> Series:
    return Series.from_points(
        zone,
        points,
        boundary=boundary,
        basis="generation",
        source="entsoe-transparency",
        licence="terms of the Transparency Platform",
        notes=notes,
    )


def _stamp(time_s: int) -> str:
    return dt.datetime.fromtimestamp(time_s, dt.UTC).strftime("%Y%m%d%H%M")


def generation(text: str) -> dict[int, dict[str, float | None]]:
    """Generation by fuel and time [MW] of an A75 document, at its finest step.

    A type at a coarser step than the finest of the document is held over its own step. What a type draws (an
    `outBiddingZone_Domain` series: pumps) is no generation. A curve of type A03 leaves out what repeats.

    Raises
    ------
    SourceError : no such document, an acknowledgement that says why there is none, a broken one
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SourceError(SOURCE, "its answer declares entities, which no such document does")
    try:
        root = ET.fromstring(text)  # noqa: S314 - a document with declarations was refused above
    except ET.ParseError:
        raise SourceError(SOURCE, "its answer is no XML") from None
    if root.tag.endswith("Acknowledgement_MarketDocument"):
        reason = root.findtext(".//{*}Reason/{*}text", "no reason given")
        raise SourceError(SOURCE, " ".join(reason.split())[:160])
    if not root.tag.endswith("GL_MarketDocument"):
        raise SourceError(SOURCE, "its answer is no generation document")
    try:
        found = [values for one in root.findall("{*}TimeSeries") for values in _periods(one)]
    except (TypeError, ValueError, KeyError):
        raise SourceError(SOURCE, "a time series of its answer cannot be read") from None
    finest = min((step for _, step, _ in found), default=3600)
    hours: dict[int, dict[str, float | None]] = {}
    for fuel, step, values in found:
        for time, amount in values.items():
            for at in range(time, time + step, finest):
                mix = hours.setdefault(at, {})
                mix[fuel] = (mix.get(fuel) or 0.0) + amount
    return hours


def _periods(one: ET.Element) -> list[tuple[str, int, dict[int, float]]]:
    """(fuel, step, amounts by time) of every period of one type's time series."""
    if one.find("{*}outBiddingZone_Domain.mRID") is not None:
        return []
    fuel = ENTSOE_FUELS.get(one.findtext("{*}MktPSRType/{*}psrType", ""), "")
    forward = one.findtext("{*}curveType", "") == FILLED_FORWARD
    clock, found = Clock(()), []
    for period in one.findall("{*}Period"):
        step = STEPS_S[period.findtext("{*}resolution", "")]
        begin = clock.seconds(period.findtext("{*}timeInterval/{*}start", ""))
        end = clock.seconds(period.findtext("{*}timeInterval/{*}end", ""))
        values: dict[int, float] = {}
        for point in period.findall("{*}Point"):
            at = begin + (int(point.findtext("{*}position", "")) - 1) * step
            values[at] = float(point.findtext("{*}quantity", ""))
        if forward:
            last = 0.0
            for at in range(begin, end, step):
                last = values.setdefault(at, last)
        found.append((fuel, step, values))
    return found
