"""From what a grid generates to what a kilowatt-hour of it emits: a fuel mix times the catalog's factors by fuel.

    I = sum over fuels (E_fuel * f_fuel) / sum over fuels (E_fuel)

over the fuels whose factor is known. Storage, waste and "other" have none: they are left out of both sums, and the
share left out is said. The result is production-based: it knows no imports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.series import Point

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["EIA_FUELS", "ENTSOE_FUELS", "FACTOR_SOURCE", "factors", "points_of_mix"]

FACTOR_SOURCE = "ipcc-ar5-2014"
OIL_SOURCE = "uk-post-2014"

EIA_FUELS: dict[str, str] = {
    "BAT": "",
    "COL": "coal",
    "GEO": "geothermal",
    "NG": "gas",
    "NUC": "nuclear",
    "OES": "",
    "OIL": "oil",
    "OTH": "",
    "PS": "",
    "SNB": "solar",
    "SUN": "solar",
    "UES": "",
    "UNK": "",
    "WAT": "hydro",
    "WNB": "wind",
    "WND": "wind",
}
"""Fuel codes of EIA-930; an empty name is storage or unknown."""

ENTSOE_FUELS: dict[str, str] = {
    "B01": "biomass",
    "B02": "coal",
    "B03": "gas",
    "B04": "gas",
    "B05": "coal",
    "B06": "oil",
    "B07": "oil",
    "B08": "coal",
    "B09": "geothermal",
    "B10": "",
    "B11": "hydro",
    "B12": "hydro",
    "B13": "",
    "B14": "nuclear",
    "B15": "",
    "B16": "solar",
    "B17": "",
    "B18": "wind",
    "B19": "wind",
    "B20": "",
    "B25": "",
}
"""Production types of ENTSO-E (lignite and peat as coal, oil shale as oil, coal-derived gas as gas)."""


def factors(catalog: Catalog, boundary: str) -> dict[str, float]:
    """Emission factor of each fuel [g CO2e/kWh]: IPCC AR5 medians, oil by the UK parliament's office.

    Raises
    ------
    InputError : a boundary that is none
    """
    column = {"lifecycle": "lifecycle_g_per_kwh", "direct": "direct_g_per_kwh"}.get(boundary)
    if column is None:
        raise InputError("boundary", boundary, "fuel factors are lifecycle or direct")
    return {
        row["fuel"]: float(row[column])
        for row in catalog.table("fuels").all_rows()
        if row["source_id"] in (FACTOR_SOURCE, OIL_SOURCE) and row[column]
    }


def points_of_mix(
    hours: Iterable[tuple[int, Mapping[str, float | None]]], by_fuel: Mapping[str, float]
) -> tuple[list[Point], float]:
    """The intensity of each hour's mix, and the share of all energy that has no factor.

    Parameters
    ----------
    hours : time [s since 1970] and generation by fuel name [MWh or MW]; an empty name is a fuel without a factor
    by_fuel : factor by fuel [g CO2e/kWh]

    Returns
    -------
    points [g CO2e/kWh], None where nothing with a factor was generated; share of energy without a factor [1]
    """
    points: list[Point] = []
    with_factor = without = 0.0
    for time_s, mix in hours:
        energy = grams = 0.0
        for fuel, amount in mix.items():
            if amount is None or amount <= 0:  # drawing power (a pump, a panel at night) generates nothing
                continue
            if fuel in by_fuel:
                energy += amount
                grams += amount * by_fuel[fuel]
            else:
                without += amount
        with_factor += energy
        points.append(Point(time_s, grams / energy if energy else None))
    return points, without / (with_factor + without) if without else 0.0
