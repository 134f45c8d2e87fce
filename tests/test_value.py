"""Value: the product and the sum of quantities known up to an error."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.value import UNKNOWN, Value, known, where

figures = st.floats(1e-3, 1e6)
spreads = st.floats(1.0, 8.0)


@st.composite
def values(draw):
    central, down, up = draw(figures), draw(spreads), draw(spreads)
    return Value(central, central / down, central * up)


@given(figures, spreads, spreads)
def test_a_value_gives_back_its_own_range(central, down, up):
    """A value built from low, central and high reads back the same low, central and high."""
    value = Value(central, central / down, central * up)
    assert value.central == central
    assert value.low == pytest.approx(central / down, rel=1e-12)
    assert value.high == pytest.approx(central * up, rel=1e-12)


@given(values())
def test_times_one_is_the_same_value(value):
    """Multiplying by 1 changes nothing, neither as a number nor as a certain value."""
    assert value * 1 == value
    assert 1 * value == value
    assert value * Value(1) == value


@given(values(), values())
def test_order_of_factors_and_terms_is_irrelevant(one, other):
    """Products and sums commute."""
    assert (one * other).high == pytest.approx((other * one).high, rel=1e-12)
    assert (one + other).low == pytest.approx((other + one).low, rel=1e-9)


@given(values(), values())
def test_low_central_high_stay_in_order(one, other):
    """No operation turns a range inside out or below zero."""
    for result in (one * other, one + other, one / other, one**-1, one**2):
        assert 0 <= result.low <= result.central * (1 + 1e-12)
        assert result.central <= result.high * (1 + 1e-12)


@given(values(), values())
def test_central_figures_multiply_and_add_exactly(one, other):
    """Parts always sum to the total: the central figure of a sum is the sum of the central figures."""
    assert (one + other).central == one.central + other.central
    assert (one * other).central == one.central * other.central


def test_the_reciprocal_of_two_to_four_is_a_quarter_to_a_half():
    """1 / [2, 4] is [1/4, 1/2], not [2, 4] (a fault of another tool)."""
    inverse = 1 / Value(3, 2, 4)
    assert inverse.low == pytest.approx(1 / 4)
    assert inverse.central == pytest.approx(1 / 3)
    assert inverse.high == pytest.approx(1 / 2)


def test_a_product_adds_squared_log_deviations_by_hand():
    """x1.2 and x1.5 combine to exp(sqrt(ln 1.2^2 + ln 1.5^2)) = x1.560, worked by hand."""
    product = Value(10, 10 / 1.2, 12) * Value(2, 2 / 1.5, 3)
    assert product.central == 20
    assert product.high == pytest.approx(20 * math.exp(math.hypot(math.log(1.2), math.log(1.5))))
    assert product.high == pytest.approx(20 * 1.5598, rel=1e-4)


def test_a_sum_adds_absolute_deviations_in_quadrature_by_hand():
    """10 (8..13) + 20 (16..24) is 30, minus sqrt(2^2 + 4^2), plus sqrt(3^2 + 4^2) = 25.53..35."""
    total = Value(10, 8, 13) + Value(20, 16, 24)
    assert total.central == 30
    assert total.high == pytest.approx(35)
    assert total.low == pytest.approx(30 - math.sqrt(20))


def test_zero_has_no_deviation_and_adding_it_changes_nothing():
    """A value of 0 is certain, and x + 0 is x."""
    zero = Value(0)
    assert (zero.low, zero.high) == (0, 0)
    value = Value(5, 4, 7)
    assert (value + zero).high == pytest.approx(7)
    assert (value * 0).high == 0


@pytest.mark.parametrize("bad", [(-1,), (math.nan,), (math.inf,), (2, 3, 4), (2, 1, 1.5), (1, 0, 2)])
def test_an_impossible_value_is_an_error(bad):
    """Negative, non-finite, disordered figures and a range that reaches zero are refused."""
    with pytest.raises(ValueError, match="value"):
        Value(*bad)


def test_unknown_absorbs_and_is_never_zero():
    """Whatever is combined with the unknown is unknown, and its JSON is null."""
    value = Value(2, 1, 3)
    for result in (value * UNKNOWN, UNKNOWN * value, value + UNKNOWN, UNKNOWN + 1, UNKNOWN**-1, 2 / UNKNOWN):
        assert result is UNKNOWN
    assert UNKNOWN.to_dict() is None
    assert not known(UNKNOWN)
    assert not known(None)
    assert known(0.0)


def test_where_picks_whole_values():
    """For one run `where` is a plain choice and keeps origin, sources and reason."""
    yes, no = Value(1, reason="yes"), Value(2, reason="no")
    assert where(True, yes, no) is yes
    assert where(False, yes, no) is no


def _draws(value, count, generator):
    """Draws of a two-sided lognormal with the value's own range."""
    z = 1.6449
    down, up = math.log(value.central / value.low) / z, math.log(value.high / value.central) / z
    out = []
    for _ in range(count):
        x = generator.gauss(0, 1)
        out.append(value.central * math.exp(x * (up if x > 0 else down)))
    return out


def _ends(draws):
    draws = sorted(draws)
    return draws[len(draws) // 20], draws[-len(draws) // 20]


@pytest.mark.parametrize(
    "factors",
    [
        [(0.8, 0.6, 0.95), (1.5, 1.25, 1.8), (1.12, 1.08, 1.2), (400, 310, 520)],
        [(15, 15 / 1.389, 15 * 1.389), (16, 5.4, 47.4)],
    ],
)
def test_products_agree_with_monte_carlo_within_two_percent(factors):
    """The closed form of a product lies within 2 % of 200,000 draws at both ends (METHOD 2)."""
    generator = random.Random(1)  # noqa: S311
    values_ = [Value(*factor) for factor in factors]
    product = values_[0]
    for value in values_[1:]:
        product = product * value
    columns = [_draws(value, 200_000, generator) for value in values_]
    low, high = _ends([math.prod(row) for row in zip(*columns, strict=True)])
    assert product.low == pytest.approx(low, rel=0.02)
    assert product.high == pytest.approx(high, rel=0.02)


@pytest.mark.parametrize(
    "terms",
    [
        [(15, 15 / 1.389, 15 * 1.389), (16, 16 / 2.96, 16 * 2.96)],
        [(100, 62, 160), (12, 3, 41)],
        [(400, 320, 500), (240, 180, 320), (90, 60, 140)],
    ],
)
def test_sums_agree_with_monte_carlo_within_five_percent(terms):
    """The closed form of a sum lies within 5 % of 200,000 draws, also 15 +-s 0.2 plus 16 +-s 0.66 (METHOD 2)."""
    generator = random.Random(2)  # noqa: S311
    values_ = [Value(*term) for term in terms]
    total = values_[0]
    for value in values_[1:]:
        total = total + value
    columns = [_draws(value, 200_000, generator) for value in values_]
    low, high = _ends([sum(row) for row in zip(*columns, strict=True)])
    assert total.low == pytest.approx(low, rel=0.05)
    assert total.high == pytest.approx(high, rel=0.05)
