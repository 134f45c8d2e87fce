"""The arithmetic against figures worked by hand and printed by others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram import formula
from wattgram.value import UNKNOWN, Value

positive = st.floats(1e-3, 1e5)


def test_the_papers_own_arithmetic():
    """250 W for 3000 h at 432 g/kWh is 324 kg: 0.25 kW * 3000 h * 0.432 kg/kWh (Lacoste et al. 2019 method)."""
    energy = formula.energy_kwh(250.0, 3000.0)
    assert energy == pytest.approx(750)
    assert formula.operational_kg(energy, 432.0) == pytest.approx(324)


def test_gpt3_of_patterson_2021():
    """10,000 V100 at 330 W for 14.8 days, PUE 1.10, 0.429 kg/kWh is 1,287 MWh and 552 t (arXiv:2104.10350, Table 4)."""
    energy = formula.facility_energy_kwh(formula.energy_kwh(330.0 * 10_000, 14.8 * 24), 1.10)
    assert energy == pytest.approx(1_287_000, rel=0.005)
    assert formula.operational_kg(energy, 429.0) == pytest.approx(552_000, rel=0.005)


def test_bloom_dynamic_energy():
    """433,196 kWh at 57 g/kWh is 24.69 t (Luccioni, Viguier, Ligozat 2022, arXiv:2211.02001)."""
    assert formula.operational_kg(433_196.0, 57.0) == pytest.approx(24_690, rel=1e-3)


def test_an_eight_h100_node_draws_what_newkirk_measured():
    """8 x 700 W x load 0.92 x overhead 1.5 is 7.73 kW; 7.75 kW was measured (arXiv:2506.14551)."""
    devices = formula.device_power_w(8 * 700.0, 0.92)
    assert formula.it_power_w(devices, 0.0, 1.5) == pytest.approx(7750, rel=0.01)


def test_embodied_share_by_hand():
    """A 500 kg slot used for 87.66 h of 4 years at 70 % carries 500 * 87.66 / (8766 * 4 * 0.7) = 1.786 kg."""
    assert formula.embodied_kg(500.0, 87.66, 8766.0, 4.0, 0.7) == pytest.approx(1.785714, rel=1e-6)


def test_sci_embodied_without_utilisation():
    """With utilisation 1 the share is SCI's TE * TiR / EL: 3000 kg * 1 h / (4 * 8766 h) (ISO/IEC 21031:2024)."""
    assert formula.embodied_kg(3000.0, 1.0, 8766.0, 4.0, 1.0) == pytest.approx(3000 / 35064)


def test_the_intensity_of_software_by_hand():
    """30 kg of energy and 12 kg of making for 4,000 answers are 10.5 g an answer (ISO/IEC 21031:2024)."""
    assert formula.sci_g_per_unit(30.0, 12.0, 4000.0) == pytest.approx(10.5)


def test_water_is_it_energy_times_wue_and_not_facility_energy():
    """1000 kWh of IT energy at 1.8 L/kWh is 1800 L whatever the PUE (a tool multiplied the PUE twice)."""
    assert formula.water_l(1000.0, 1.8) == 1800


@pytest.mark.parametrize(("share", "kg"), [(0.0, 70.0), (0.5, 35.0), (1.0, 0.0)])
def test_market_based_counts_matched_energy_as_zero(share, kg):
    """100 kWh at a residual mix of 700 g/kWh is 70 kg unmatched, half of it at 50 %, none at 100 %."""
    assert formula.market_based_kg(100.0, share, 700.0) == pytest.approx(kg)


@given(positive, positive, positive, positive)
def test_doubling_hours_doubles_energy_and_emissions(power, hours, pue, intensity):
    """Twice the time is twice the energy and twice the emissions, exactly."""
    one = formula.operational_kg(
        formula.facility_energy_kwh(formula.energy_kwh(power, hours), pue), intensity
    )
    two = formula.operational_kg(
        formula.facility_energy_kwh(formula.energy_kwh(power, hours * 2), pue), intensity
    )
    assert two == pytest.approx(2 * one, rel=1e-14)


@given(positive, positive, st.floats(0.01, 0.99))
def test_a_split_run_sums_to_the_whole(power, hours, share):
    """The energies of two halves of a run sum to that of the run."""
    parts = formula.energy_kwh(power, hours * share) + formula.energy_kwh(power, hours * (1 - share))
    assert parts == pytest.approx(formula.energy_kwh(power, hours), rel=1e-12)


@given(positive, positive, positive)
def test_values_and_floats_give_the_same_central_figures(power, hours, intensity):
    """One text of arithmetic: on Values the central figure is that of the floats, bit for bit."""
    plain = formula.operational_kg(formula.energy_kwh(power, hours), intensity)
    ranged = formula.operational_kg(
        formula.energy_kwh(Value(power, power / 2, power * 2), hours),
        Value(intensity, intensity / 1.3, intensity * 1.3),
    )
    assert ranged.central == plain


def test_an_unknown_factor_makes_the_result_unknown():
    """No factor is silently taken as zero."""
    assert formula.total_kg(Value(5), UNKNOWN) is UNKNOWN
    assert formula.operational_kg(UNKNOWN, Value(400)) is UNKNOWN
    assert formula.embodied_kg(UNKNOWN, 1.0, 8766.0, 4.0, 0.7) is UNKNOWN
