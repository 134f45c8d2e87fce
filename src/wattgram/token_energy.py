"""The arithmetic of serving a language model: energy of a token, of a request, and what it emits.

As in `formula`, every function takes floats, `Value`s or columns alike and looks nothing up.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from wattgram.value import Number

__all__ = ["TokenFit", "embodied_kg_per_j", "joule_per_output_token", "kwh_of_j"]

GIGA_PER_UNIT = 1e-9
KWH_PER_J = 1 / 3.6e6
HOURS_PER_SECOND = 1 / 3600
BITS_OF_FIT = 16.0
"""The fit counts bits of a weight in units of 16."""


class TokenFit(NamedTuple):
    """Coefficients of the energy of one output token (rows `inference-*` of assumptions.csv)."""

    intercept: float
    active: float
    total: float
    batch: float
    bits: float


def joule_per_output_token(
    active_parameters: Number, total_parameters: Number, batch: Number, bits: Number, fit: TokenFit
) -> Number:
    """Energy of the accelerators for one token of an answer, in steady state.

    ln J = a + b ln P_active + c ln P_total + d ln B + f ln(bits / 16)        P in 1e9 parameters

    Parameters
    ----------
    active_parameters : parameters that work on one token [1]
    total_parameters : all parameters, which fill the memory [1]
    batch : requests served at once by one replica [1]
    bits : bits of one weight [1]
    fit : coefficients [ln J, exponents]

    Returns
    -------
    energy of all accelerators of the replica, per output token [J]

    References
    ----------
    Fitted on Chung et al. 2025, The ML.ENERGY Benchmark, arXiv:2505.06371, leaderboard version 3
    """
    return (
        (active_parameters * GIGA_PER_UNIT) ** fit.active
        * (total_parameters * GIGA_PER_UNIT) ** fit.total
        * batch**fit.batch
        * (bits * (1 / BITS_OF_FIT)) ** fit.bits
        * math.e**fit.intercept
    )


def kwh_of_j(energy_j: Number) -> Number:
    """Joules as kilowatt-hours.

    E_kwh = E_j / 3.6e6

    Parameters
    ----------
    energy_j : energy [J]

    Returns
    -------
    energy [kWh]

    References
    ----------
    BIPM 2019, The International System of Units (SI), 9th edition, tables 4, 7 and 8
    """
    return energy_j * KWH_PER_J


def embodied_kg_per_j(
    slot_kg: Number,
    rated_power_w: Number,
    load: Number,
    hours_per_year: Number,
    service_life_years: Number,
    utilisation: Number,
) -> Number:
    """Share of the making of an accelerator for each joule it draws: energy over power is the time it was held.

    m = M_slot / (3600 * 8766 h/year * life * utilisation * P_rated * load)

    Parameters
    ----------
    slot_kg : embodied emissions of one device and its share of the node [kg CO2e]
    rated_power_w : rated power of that device [W]
    load : average draw over rated power while serving [1]
    hours_per_year : hours in an average year [h/year]
    service_life_years : service life [years]
    utilisation : share of its life in which the hardware does work [1]

    Returns
    -------
    embodied emissions per joule of the device [kg CO2e/J]

    References
    ----------
    ISO/IEC 21031:2024 (time share)
    """
    life_h = hours_per_year * service_life_years * utilisation
    return slot_kg * HOURS_PER_SECOND * (life_h * rated_power_w * load) ** -1.0
