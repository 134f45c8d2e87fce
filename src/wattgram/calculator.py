"""The 2019 calculator as its page stood in March 2026: its own tables and its own rounding.

Used by the preset `lacoste2019` and by the audit of published claims, and by nothing else: the figures are those of
the page, errors included (`data/calculator-2026-03/README.md` lists them).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = [
    "CalculatorDevice",
    "CalculatorRegion",
    "calculator_power_w",
    "calculator_region",
    "devices",
    "page_kg",
    "regions",
]

FOLDER = "calculator-2026-03"


class CalculatorDevice(NamedTuple):
    """A device of the page's list."""

    name: str
    kind: str
    tdp_w: float
    catalog_ids: tuple[str, ...]


class CalculatorRegion(NamedTuple):
    """A region of the page's list, with the offset share it showed."""

    provider: str
    region: str
    intensity_g_per_kwh: float
    offset_percent: float
    key: str
    region_name: str = ""
    country: str = ""
    state: str = ""
    city: str = ""


def devices(catalog: Catalog) -> list[CalculatorDevice]:
    """All 48 devices of the page."""
    if "calculator-devices" not in catalog.memory:
        catalog.memory["calculator-devices"] = [
            CalculatorDevice(
                row["name"],
                row["type"],
                float(row["tdp_w"]),
                tuple(key for key in f"{row['accelerator_ids']}|{row['processor_ids']}".split("|") if key),
            )
            for row in _rows(catalog, "devices")
        ]
    return catalog.memory["calculator-devices"]  # type: ignore[no-any-return]


def regions(catalog: Catalog) -> list[CalculatorRegion]:
    """All 82 regions of the page."""
    if "calculator-regions" not in catalog.memory:
        catalog.memory["calculator-regions"] = [
            CalculatorRegion(
                row["provider"],
                row["region"],
                float(row["intensity_g_per_kwh"]),
                float(row["offset_percent"]),
                f"{row['provider']}:{row['catalog_region']}",
                row["region_name"],
                row["country"],
                row["state"],
                row["city"],
            )
            for row in _rows(catalog, "regions")
        ]
    return catalog.memory["calculator-regions"]  # type: ignore[no-any-return]


def _rows(catalog: Catalog, name: str) -> list[dict[str, str]]:
    import csv  # noqa: PLC0415 - read once a process

    with open(f"{catalog.folder}/{FOLDER}/{name}.csv", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def calculator_power_w(device_id: str, catalog: Catalog) -> float | None:
    """TDP of a device as the page had it [W]; None where the page has no such device."""
    table = catalog.memory.get("calculator-power")
    if table is None:
        table = catalog.memory["calculator-power"] = {}
        for device in devices(catalog):
            for key in device.catalog_ids:
                table.setdefault(key, device.tdp_w)
    power: float | None = table.get(device_id)
    return power


def calculator_region(provider: str, region: str, catalog: Catalog) -> CalculatorRegion | None:
    """A region as the page had it; None where the page has no such region."""
    table = catalog.memory.get("calculator-region")
    if table is None:
        table = catalog.memory["calculator-region"] = {}
        for row in regions(catalog):
            table.setdefault(row.key, row)
    found: CalculatorRegion | None = table.get(f"{provider}:{region}")
    return found


def page_kg(power_w: float, duration_h: float, intensity_g_per_kwh: float, *, typed: bool = False) -> float:
    """The figure the page printed, with its rounding: for the audit of old claims only.

    kWh = round2(P t / 1000);  kg/kWh = round2(trunc(I) / 1000);  kg = round2(kWh * kg/kWh)

    Parameters
    ----------
    power_w : TDP of the device [W]
    duration_h : hours used [h]
    intensity_g_per_kwh : intensity of the region, or typed by the user [g/kWh]
    typed : an intensity the user typed was not rounded

    Returns
    -------
    emissions as printed [kg CO2e]

    References
    ----------
    mlco2/impact, js/grayscale.js, `setDetails`
    """
    per_kwh = intensity_g_per_kwh / 1000 if typed else _round2(math.trunc(intensity_g_per_kwh) / 1000)
    return _round2(_round2(power_w * duration_h / 1000) * per_kwh)


def _round2(x: float) -> float:
    """Two decimals as JavaScript's `toFixed`: the nearest to the binary float, the larger where two are as near."""
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415 - only an audit rounds as the page did

    return float(Decimal(x).quantize(Decimal("0.01"), ROUND_HALF_UP))
