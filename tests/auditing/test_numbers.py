"""Numbers of carbon statements: every way of writing one figure gives that figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.auditing.numbers import energies_kwh, hours_of, intensities_g_per_kwh, masses, powers_w, pues


@pytest.mark.parametrize(
    ("text", "kg", "half_kg"),
    [
        ("14.25 kgCO2eq", 14.25, 0.005),
        ("1,032 kg of CO2eq", 1032, 0.5),
        ("1,500.5 kg CO2", 1500.5, 0.05),
        ("0,66 kgCO2", 0.66, 0.005),
        ("18t CO2eq", 18_000, 500),
        ("1.5k kg CO2e", 1500, 50),
        ("~3000 kg CO2", 3000, 500),
        ("149.2 KG CO2", 149.2, 0.05),
        ("0.4 g CO2-eq", 0.0004, 0.00005),
        ("100 lbs of CO2", 45.359237, 0.226796185),
        ("75 metric tons of CO2e", 75_000, 500),
        ("20.4 ktCO2e", 20_400_000, 50_000),
        ("3 kilograms of carbon dioxide", 3, 0.5),
        ("1.2e-3 kgCO2", 0.0012, 0.00005),
    ],
)
def test_a_mass_in_any_spelling(text, kg, half_kg):
    """A mass is read in kilograms, with half a unit of its last printed digit as its fineness."""
    ((mass, gas),) = masses(text)
    assert mass.kg == pytest.approx(kg)
    assert mass.half_unit_kg == pytest.approx(half_kg)
    assert gas


@pytest.mark.parametrize(
    "text", ["0.57 kgCO2eq/kWh", "350 g CO2 per kWh", "0.3 kg of CO2e / kWh", "80 g CO2/km"]
)
def test_an_intensity_is_no_mass(text):
    """What is per kWh or per km is no emission."""
    assert masses(text) == []


@pytest.mark.parametrize(
    ("text", "hours", "per_device"),
    [
        ("960 hours", 960, False),
        ("~3000 hours", 3000, False),
        ("61,440 hours for training", 61_440, False),
        ("1.5M GPU hours", 1_500_000, True),
        ("1.5k GPU-hours", 1500, True),
        ("2 weeks", 336, False),
        ("5 days", 120, False),
        ("90 minutes", 1.5, False),
        ("100h", 100, False),
        ("960 heures", 960, False),
        ("200 Stunden", 200, False),
        ("100小时", 100, False),
    ],
)
def test_hours_in_any_spelling(text, hours, per_device):
    """A duration is read in hours, and GPU-hours are known to be summed already."""
    first = hours_of(text)[0]
    assert first.hours == pytest.approx(hours)
    assert first.per_device is per_device


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("0.57 kgCO2eq/kWh", 570),
        ("288g CO2eq/kWh", 288),
        ("0.364 kg CO2e per kWh", 364),
        ("a carbon efficiency of 0.432", 432),
        ("carbon intensity of 350", 350),
        ("400 kg CO2/MWh", 400),
        ("0.954 lbs CO2 per kWh", 432.727),
    ],
)
def test_an_intensity_in_any_spelling(text, grams):
    """An intensity is read in g/kWh; a bare carbon efficiency below 5 is in kg/kWh, as the calculator's page has it."""
    assert intensities_g_per_kwh(text)[0] == pytest.approx(grams, rel=1e-4)


def test_powers_energies_and_pue_are_told_apart():
    """A TDP, an energy and a PUE in one sentence are three figures."""
    text = "on A100 (TDP of 250W) at a PUE of 1.2 it used 1,200 kWh at 0.3 kg/kWh"
    assert powers_w(text) == [250]
    assert [kwh for kwh, _ in energies_kwh(text)] == [1200]
    assert pues(text) == [1.2]


@given(st.floats(min_value=1e-3, max_value=1e6), st.sampled_from(["kgCO2eq", "kg CO2e", "kg of CO2"]))
def test_what_is_printed_is_read_back(kg, unit):
    """Any figure printed with two decimals and thousands separated is read to half a hundredth."""
    ((mass, _),) = masses(f"{kg:,.2f} {unit}")
    assert abs(mass.kg - kg) <= 0.005 * (1 + 1e-9)
