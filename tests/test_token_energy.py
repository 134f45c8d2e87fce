"""Energy of a token against published measurements, by dimension, and by properties."""

from __future__ import annotations

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram import formula, token_energy
from wattgram.catalog import Catalog

CATALOG = Catalog.load()
FIT = token_energy.TokenFit(
    CATALOG.figure("inference-intercept"),
    *(CATALOG.figure(f"inference-exponent-{name}") for name in ("active", "total", "batch", "bits")),
)
size = st.floats(8e9, 6e11)


def test_a_joule_of_llama_70b_by_hand():
    """exp(-1.805) x 70^(0.196 + 0.763) x 64^-0.508 is 0.1645 x 58.8 x 0.1209 = 1.170 J a token."""
    joule = token_energy.joule_per_output_token(70e9, 70e9, 64.0, 16.0, FIT)
    assert joule == pytest.approx(0.16447 * 58.81 * 0.12090, rel=1e-3)


def test_a_kilowatt_hour_is_three_point_six_megajoules():
    """By definition, and by pint."""
    unit = pint.UnitRegistry()
    assert token_energy.kwh_of_j(3.6e6) == pytest.approx(1, rel=1e-15)
    assert (unit.Quantity(1.0, "J")).to("kWh").magnitude == pytest.approx(token_energy.kwh_of_j(1.0))


def test_the_making_for_a_joule_has_its_dimension():
    """kg / (h/year x year x W) is kg per joule once the hour is 3600 s: 500 kg, 700 W x 0.74, 4 years x 0.7."""
    unit = pint.UnitRegistry()
    life = 8766 * unit.hour / unit.year * (4 * unit.year) * 0.7
    per_joule = (500 * unit.kg / (life * 700 * unit.watt * 0.74)).to("kg/J").magnitude
    assert token_energy.embodied_kg_per_j(500.0, 700.0, 0.74, 8766.0, 4.0, 0.7) == pytest.approx(per_joule)


def test_a_joule_held_at_rated_power_carries_what_its_hours_carry():
    """The same making by energy and by time: 1 h at 518 W is 1.865 MJ."""
    by_time = formula.embodied_kg(500.0, 1.0, 8766.0, 4.0, 0.7)
    by_energy = token_energy.embodied_kg_per_j(500.0, 700.0, 0.74, 8766.0, 4.0, 0.7) * (518 * 3600)
    assert by_energy == pytest.approx(by_time)


@given(size, st.floats(0.01, 1), st.floats(8, 512), st.sampled_from([4.0, 8.0, 16.0]))
def test_a_token_takes_less_of_fewer_bits_of_fewer_active_and_of_more_company(total, share, batch, bits):
    """Energy falls with fewer bits, fewer active parameters and a larger batch."""

    def joule(active=total, requests=batch, width=bits):
        return token_energy.joule_per_output_token(active, total, requests, width, FIT)

    assert joule(width=bits / 2) < joule()
    assert joule(active=total * share) <= joule()
    assert joule(requests=batch * 2) < joule()
