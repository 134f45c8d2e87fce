"""The arithmetic of wattgram, and nothing else: no look-up, no input or output, no branch on an engine.

Every function takes floats, `Value`s or column expressions alike, because it uses `+ * **` alone; divisions by
constants are written as multiplications, so that every dataframe engine gives the same bits. The only figures here
are the definitions of SI prefixes.
"""

from __future__ import annotations

from wattgram.value import Number

__all__ = [
    "device_power_w",
    "embodied_kg",
    "energy_kwh",
    "facility_energy_kwh",
    "it_power_w",
    "market_based_kg",
    "operational_kg",
    "sci_g_per_unit",
    "total_kg",
    "water_l",
]

KILO_PER_UNIT = 1e-3


def device_power_w(rated_power_w: Number, load: Number) -> Number:
    """Average electrical draw of the computing devices.

    P_device = P_rated * load

    Parameters
    ----------
    rated_power_w : rated power (TDP) of all devices together [W]
    load : average draw over rated power [1]

    Returns
    -------
    average draw of all devices [W]

    References
    ----------
    Lacoste et al. 2019, arXiv:1910.09700 (with load = 1); Lannelongue et al. 2021, doi:10.1002/advs.202100707
    """
    return rated_power_w * load


def it_power_w(device_power_w: Number, host_power_w: Number, overhead: Number) -> Number:
    """Average draw of the whole server: devices, host, and the rest of the node.

    P_it = (P_device + P_host) * overhead

    Parameters
    ----------
    device_power_w : average draw of the devices [W]
    host_power_w : draw of stated processors and memory [W]; 0 when the overhead stands for them
    overhead : IT draw over the draw of what is counted [1], >= 1

    Returns
    -------
    average draw of the IT equipment [W]

    References
    ----------
    Newkirk et al. 2025, arXiv:2506.14551 (8xH100 node: 7.75 kW sustained)
    """
    return (device_power_w + host_power_w) * overhead


def energy_kwh(power_w: Number, duration_h: Number) -> Number:
    """Energy of a constant draw.

    E = P * t / 1000

    Parameters
    ----------
    power_w : average draw [W]
    duration_h : time [h]

    Returns
    -------
    energy [kWh]

    References
    ----------
    BIPM 2019, The International System of Units (SI), 9th edition, tables 4, 7 and 8
    """
    return power_w * duration_h * KILO_PER_UNIT


def facility_energy_kwh(it_energy_kwh: Number, pue: Number) -> Number:
    """Energy drawn at the facility meter for the IT load.

    E_facility = E_it * PUE

    Parameters
    ----------
    it_energy_kwh : energy used by the servers [kWh]
    pue : power usage effectiveness of the facility [1], >= 1

    Returns
    -------
    energy at the facility meter [kWh]

    References
    ----------
    ISO/IEC 30134-2:2016
    """
    return it_energy_kwh * pue


def operational_kg(facility_energy_kwh: Number, intensity_g_per_kwh: Number) -> Number:
    """Location-based operational emissions.

    M_operational = E_facility * I / 1000

    Parameters
    ----------
    facility_energy_kwh : energy at the facility meter [kWh]
    intensity_g_per_kwh : carbon intensity of the grid [g CO2e/kWh]

    Returns
    -------
    emissions [kg CO2e]

    References
    ----------
    GHG Protocol Scope 2 Guidance 2015 (location-based method); Lacoste et al. 2019, arXiv:1910.09700
    """
    return facility_energy_kwh * intensity_g_per_kwh * KILO_PER_UNIT


def market_based_kg(facility_energy_kwh: Number, matched_share: Number, residual_g_per_kwh: Number) -> Number:
    """Market-based operational emissions: matched energy counts 0, the rest the residual mix.

    M_market = E_facility * (1 - m) * I_residual / 1000

    Parameters
    ----------
    facility_energy_kwh : energy at the facility meter [kWh]
    matched_share : share of the energy matched by contractual instruments [1], 0..1; offsets are none
    residual_g_per_kwh : residual mix, else the location's own intensity [g CO2e/kWh]

    Returns
    -------
    emissions [kg CO2e]

    References
    ----------
    GHG Protocol Scope 2 Guidance 2015 (market-based method)
    """
    return facility_energy_kwh * residual_g_per_kwh * (1.0 + matched_share * -1.0) * KILO_PER_UNIT


def embodied_kg(
    slots_kg: Number,
    duration_h: Number,
    hours_per_year: Number,
    service_life_years: Number,
    utilisation: Number,
) -> Number:
    """Share of the making of the hardware that falls on this run.

    M_embodied = M_slots * t / (8766 h/year * life * utilisation)

    Parameters
    ----------
    slots_kg : embodied emissions of all device slots, node share included [kg CO2e]
    duration_h : time the hardware was held [h]
    hours_per_year : hours in an average year [h/year]
    service_life_years : service life [years]
    utilisation : share of its life in which the hardware does work [1]

    Returns
    -------
    embodied emissions [kg CO2e]

    References
    ----------
    ISO/IEC 21031:2024 (SCI, time share; there without utilisation); Luccioni et al. 2022, arXiv:2211.02001
    """
    return slots_kg * duration_h * (hours_per_year * service_life_years * utilisation) ** -1.0


def total_kg(operational_kg: Number, embodied_kg: Number) -> Number:
    """Operational and embodied emissions together.

    M = M_operational + M_embodied

    Parameters
    ----------
    operational_kg : location-based operational emissions [kg CO2e]
    embodied_kg : embodied emissions [kg CO2e]

    Returns
    -------
    total emissions [kg CO2e]

    References
    ----------
    ISO/IEC 21031:2024 (O + M)
    """
    return operational_kg + embodied_kg


def sci_g_per_unit(operational_kg: Number, embodied_kg: Number, units: Number) -> Number:
    """Software Carbon Intensity: emissions for each unit of what the software yields.

    SCI = (E * I + M) / R

    Parameters
    ----------
    operational_kg : location-based operational emissions, E * I [kg CO2e]
    embodied_kg : making of the hardware by time and share alone, M [kg CO2e]
    units : functional units, R [1]

    Returns
    -------
    emissions of one unit [g CO2e]

    References
    ----------
    ISO/IEC 21031:2024
    """
    return (operational_kg + embodied_kg) * (units * KILO_PER_UNIT) ** -1.0


def water_l(it_energy_kwh: Number, wue_l_per_kwh: Number) -> Number:
    """Water used on site for cooling.

    W = E_it * WUE

    Parameters
    ----------
    it_energy_kwh : energy used by the servers [kWh], not the facility's
    wue_l_per_kwh : water usage effectiveness of the site [L/kWh]

    Returns
    -------
    water [L]

    References
    ----------
    ISO/IEC 30134-9:2022
    """
    return it_energy_kwh * wue_l_per_kwh
