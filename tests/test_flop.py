"""The arithmetic of floating-point work against figures worked by hand, by dimension, and by properties."""

from __future__ import annotations

import math
import random

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram import flop, formula
from wattgram.value import Value

UNIT = pint.UnitRegistry()
positive = st.floats(1e-3, 1e6)


def test_gpt3_takes_14_8_days():
    """6 x 175e9 x 300e9 is 3.15e23 FLOP; at 24.6 TFLOP/s on 10,000 V100 14.8 days (arXiv:2104.10350)."""
    work = flop.training_flop(175e9, 300e9, 6.0)
    assert work == pytest.approx(3.15e23)
    hours = flop.device_hours_h(work, 10_000 * 125.0, 24.6 / 125)
    assert hours / 24 == pytest.approx(14.8, rel=0.005)


def test_attention_of_llama_31_8b_by_hand():
    """12 x 32 layers x 4096 wide x 8192 tokens is 1.29e10 FLOP, 27 % of 6 N (PaLM, appendix B)."""
    attention = flop.attention_flop_per_token(12.0, 32 * 4096, 8192.0)
    assert attention == pytest.approx(1.2885e10, rel=1e-4)
    assert attention / (6 * 8.03e9) == pytest.approx(0.267, abs=0.002)


@pytest.mark.parametrize(
    ("parameters", "layers", "width"), [(175e9, 96, 12288), (6.74e9, 32, 4096), (405e9, 126, 16384)]
)
def test_the_usual_shape_finds_published_models(parameters, layers, width):
    """GPT-3, Llama 2 7B and Llama 3.1 405B: layers times width within 5 % of what their papers print."""
    assert flop.layers_times_width(parameters, 12.0, 128.0) == pytest.approx(layers * width, rel=0.05)


def test_a_prompt_of_epoch_takes_a_third_of_a_watt_hour():
    """1e14 FLOP at a tenth of 989 TFLOP/s and 1,071 W is 0.301 Wh (Epoch AI 2025, spreadsheet)."""
    assert flop.compute_energy_j(1e14, 989.0, 0.1, 1275 * 0.7 * 1.2) / 3600 == pytest.approx(0.301, abs=5e-4)


def test_every_formula_has_the_dimension_its_name_says():
    """With units in the arguments the results are FLOP, hours and joules (FLOP counted as a dimension)."""
    UNIT.define("FLOP = [work]")
    work = flop.training_flop(175e9, 300e9, 6 * UNIT.FLOP, 0 * UNIT.FLOP)
    assert work.check("[work]")
    rate = 312 * UNIT.FLOP / UNIT.second
    # the functions take bare numbers in TFLOP/s and give hours: the same quotient with units must agree
    hours = (work / (rate * 1e12 * 0.4)).to("hour").magnitude
    assert flop.device_hours_h(work.magnitude, 312.0, 0.4) == pytest.approx(hours)
    energy = (work / (rate * 1e12 * 0.4) * 400 * UNIT.watt).to("joule").magnitude
    assert flop.compute_energy_j(work.magnitude, 312.0, 0.4, 400.0) == pytest.approx(energy)
    per_token = flop.attention_flop_per_token(12 * UNIT.FLOP, 131072, 8192)
    assert per_token.check("[work]")
    power = formula.it_power_w(formula.device_power_w(400 * UNIT.watt, 0.8), 0 * UNIT.watt, 1.5)
    assert (power * hours * UNIT.hour).check("[energy]")


@given(positive, positive, positive, st.floats(0.01, 1))
def test_twice_the_tokens_take_twice_the_hours(parameters, tokens, peak, mfu):
    """Work is linear in the tokens, time linear in the work."""
    once = flop.device_hours_h(flop.training_flop(parameters, tokens, 6.0), peak, mfu)
    twice = flop.device_hours_h(flop.training_flop(parameters, 2 * tokens, 6.0), peak, mfu)
    assert twice == pytest.approx(2 * once, rel=1e-12)


@given(st.floats(1, 1e4), st.floats(1.05, 3), st.floats(1.05, 3))
def test_a_range_of_the_mfu_turns_round_in_the_hours(peak, down, up):
    """A high MFU gives few hours: the low end of the hours is that of the high end of the MFU."""
    hours = flop.device_hours_h(1e20, peak, Value(0.2, 0.2 / down, 0.2 * up))
    assert hours.low == pytest.approx(flop.device_hours_h(1e20, peak, 0.2 * up))
    assert hours.high == pytest.approx(flop.device_hours_h(1e20, peak, 0.2 / down))


def test_the_product_agrees_with_a_large_draw():
    """MFU 0.30-0.40-0.55 and a rate of 756-989: the ends of the hours within 2 % of a Monte Carlo draw."""
    rate, mfu = Value(860.0, 756.0, 989.0), Value(0.40, 0.30, 0.55)
    closed = flop.device_hours_h(3.15e23, rate, mfu)
    rng = random.Random(7)  # noqa: S311 - a draw, not a secret

    def draw(value):
        z = rng.gauss(0, 1)
        return value.central * math.exp(z * (value.low_sq if z < 0 else value.high_sq) ** 0.5)

    drawn = sorted(flop.device_hours_h(3.15e23, draw(rate), draw(mfu)) for _ in range(200_000))
    assert drawn[10_000] == pytest.approx(closed.low, rel=0.02)
    assert drawn[190_000] == pytest.approx(closed.high, rel=0.02)
