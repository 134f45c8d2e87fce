"""Value: the product and the sum of quantities known up to an error."""

from __future__ import annotations

import math
import random

import narwhals.stable.v2 as nw
import polars as pl
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


@pytest.mark.parametrize(
    "bad",
    [
        (-1,),
        (math.nan,),
        (math.inf,),
        (2, 3, 4),
        (2, 1, 1.5),
        (2, 1, math.inf),
        (2, 1, float("inf")),
        (2, -1, 3),
        (0, -1, 0),
    ],
)
def test_an_impossible_value_is_an_error(bad):
    """Negative, non-finite and disordered figures are refused."""
    with pytest.raises(ValueError, match="a value needs 0 <= low <= central <= high, all finite"):
        Value(*bad)


@pytest.mark.parametrize("bad", [(1, 0, 2), (0.5, 0, 0.5), (0, 0, 2), (0, 0, 1)])
def test_a_range_that_reaches_zero_is_an_error(bad):
    """A lognormal range has no zero in it: neither a positive figure that may be 0, nor a 0 that may be more."""
    with pytest.raises(ValueError, match="range of a value cannot reach 0"):
        Value(*bad)


def test_zero_in_any_spelling_is_certain():
    """0, 0.0 and a range of both are the same certain nothing, and figures below 1 have ranges like any other."""
    assert (Value(0, 0.0, 0).low_sq, Value(0.0, 0, 0.0).high_sq) == (0, 0)
    assert (Value(0.2, 0.1, 0.4).low, Value(0.2, 0.1, 0.4).high) == pytest.approx((0.1, 0.4))


def test_a_deviation_is_a_standard_deviation_of_the_logarithm():
    """Half of a 90 % interval is 1.6449 of them: a deviation of 1 reaches from /5.1805 to x5.1805 (exp 1.6449)."""
    value = Value.from_deviations(1.0, 1.0, 4.0)
    assert value.low == pytest.approx(1 / 5.1805, rel=1e-4)
    assert value.high == pytest.approx(5.1805**2, rel=1e-4)
    assert Value(1, 1 / 5.1805, 5.1805**2).high_sq == pytest.approx(4, rel=1e-4)


def test_a_value_of_a_central_figure_alone_is_certain():
    """Without deviations there is no range, for a number and for a column alike."""
    assert (Value.from_deviations(7.0).low, Value.from_deviations(7.0).high) == (7, 7)
    assert (Value(7).low_sq, Value(7).high_sq) == (0, 0)
    column = Value(nw.col("x"))
    assert (column.low_sq, column.high_sq) == (0, 0)


@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [
        ("kg", "", "kg"),
        ("kg", "1", "kg"),
        ("", "kg", "kg"),
        ("1", "kg", "kg"),
        ("", "1", ""),
        ("W", "h", ""),
        ("m", "W", ""),
    ],
)
def test_a_factor_without_unit_leaves_the_unit_of_the_other(one, other, unit):
    """kg x 1 is kg, from either side; of two units the name of the product is nobody's to guess."""
    assert (Value(2, unit=one) * Value(3, unit=other)).unit == unit


def test_a_sum_has_the_unit_of_the_term_that_has_one():
    """5 kg and 2 without a unit are 7 kg, from either side."""
    assert (Value(5, unit="kg") + Value(2)).unit == "kg"
    assert (Value(5) + Value(2, unit="kg")).unit == "kg"
    assert (Value(5) + 2).central == 7


def test_adding_nothing_keeps_what_is_known_of_a_value():
    """x + 0 has the reason, sources and origin of x, from either side; 0 + 0 is 0."""
    value = Value(5, 4, 7, "kg", "catalog", ("mlco2-2019",), "measured once")
    for same in (value + Value(0), Value(0) + value, value + 0, 0 + value):
        assert (same.reason, same.sources, same.origin) == ("measured once", ("mlco2-2019",), "catalog")
        assert (same.central, same.low, same.high, same.unit) == (5, pytest.approx(4), pytest.approx(7), "kg")
    assert (Value(0) + Value(0)).to_dict() == {"central": 0, "low": 0, "high": 0}


def test_a_sum_times_a_number_is_wider_by_that_number():
    """The ends of a sum, kept as computed, scale with it: 3 x (25.53..35) is 76.58..105."""
    total = (Value(10, 8, 13) + Value(20, 16, 24)) * 3
    assert total.central == 90
    assert total.low == pytest.approx(3 * (30 - math.sqrt(20)), rel=1e-14)
    assert total.high == pytest.approx(105, rel=1e-14)
    assert total.certain().high == 90


def test_a_sum_of_wide_terms_by_hand():
    """10 (8..45) and 20 (16..80) reach 30 + sqrt(35^2 + 60^2) = 99.46: more than twice either figure."""
    total = Value(10, 8, 45) + Value(20, 16, 80)
    assert total.high == pytest.approx(30 + math.hypot(35, 60))
    assert total.high == pytest.approx(99.46, rel=1e-4)


def test_powers_by_hand():
    """The square of 3 (2..5) is 9 (4..25), its root 1.732 (1.414..2.236), its inverse square 1/9 (1/25..1/4)."""
    value = Value(3, 2, 5)
    for exponent, low, high in (
        (2, 4, 25),
        (0.5, math.sqrt(2), math.sqrt(5)),
        (-2, 1 / 25, 1 / 4),
        (0, 1, 1),
    ):
        power = value**exponent
        assert power.central == pytest.approx(3**exponent)
        assert (power.low, power.high) == pytest.approx((low, high))


def test_quotients_by_hand():
    """12 / 3 is 4, of values and of numbers; 12 (6..24) over 3 certain is 4 (2..8), 12 over 3 (2..4) is 4 (3..6)."""
    for quotient in (Value(12) / Value(3), Value(12) / 3, 12 / Value(3)):
        assert quotient.central == pytest.approx(4)
    above, below = Value(12, 6, 24) / Value(3), 12 / Value(3, 2, 4)
    assert (above.low, above.high) == pytest.approx((2, 8))
    assert (below.low, below.high) == pytest.approx((3, 6))
    assert (Value(12, 6, 24) / 3).to_dict() == pytest.approx({"central": 4, "low": 2, "high": 8})


def test_values_are_equal_in_figures_and_unit_alone():
    """Reason and origin do not part two values; each figure and the unit do, whichever is larger."""
    value = Value(3, 2, 5, "kg", reason="one")
    assert value == Value(3, 2, 5, "kg", "assumed", reason="other")
    assert hash(value) == hash(Value(3, 2, 5, "kg", "assumed"))
    for other in (Value(4, 2, 5, "kg"), Value(2, 2, 5, "kg"), Value(3, 1, 5, "kg"), Value(3, 2, 6, "kg")):
        assert value != other
        assert other != value
    assert value != Value(3, 2, 5, "g")
    assert value != 3


def test_unknown_absorbs_and_is_never_zero():
    """Whatever is combined with the unknown is unknown, and its JSON is null."""
    value = Value(2, 1, 3)
    for result in (value * UNKNOWN, UNKNOWN * value, value + UNKNOWN, UNKNOWN + 1, UNKNOWN**-1, 2 / UNKNOWN):
        assert result is UNKNOWN
    assert UNKNOWN.to_dict() is None
    assert not UNKNOWN
    assert not known(UNKNOWN)
    assert not known(None)
    assert known(0.0)


def test_where_picks_whole_values():
    """For one run `where` is a plain choice and keeps origin, sources and reason."""
    yes, no = Value(1, reason="yes"), Value(2, reason="no")
    assert where(True, yes, no) is yes
    assert where(False, yes, no) is no


TERMS = [
    (10.0, 8.0, 45.0, 20.0, 16.0, 80.0),
    (0.5, 0.4, 0.7, 0.25, 0.2, 0.3),
    (3.0, 2.0, 5.0, 0.0, 0.0, 0.0),
    (3.0, 3.0, 3.0, 2.0, 1.0, 4.0),
    (3.0, 3.0, 3.0, 2.0, 2.0, 2.0),
]


def test_a_column_has_the_range_of_each_of_its_rows():
    """Built from low, central and high, multiplied, added, scaled and inverted: a row of a column is the value alone."""
    names = ("a", "a_low", "a_high", "b", "b_low", "b_high")
    parts = ("central", "low", "high", "low_sq", "high_sq")

    def results(one, other):
        return [one, one * other, one + other, (one + other) * 2.5, one**-1.0]

    columns = results(Value(*map(nw.col, names[:3])), Value(*map(nw.col, names[3:])))
    asked = {f"{at} {part}": getattr(column, part) for at, column in enumerate(columns) for part in parts}
    frame = nw.from_native(pl.DataFrame(dict(zip(names, zip(*TERMS, strict=True), strict=True))))
    for terms, row in zip(TERMS, frame.select(**asked).rows(named=True), strict=True):
        for at, alone in enumerate(results(Value(*terms[:3]), Value(*terms[3:]))):
            expected = {f"{at} {part}": getattr(alone, part) for part in parts}
            assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_a_column_keeps_its_deviations_where_nothing_is_added():
    """In the rows where the other term is 0 the deviations are the first one's, bit for bit; in the others they grow."""
    one = Value.from_deviations(nw.col("x"), 0.1, 0.3)
    total = one + Value.from_deviations(nw.col("y"), 0.2, 0.2)
    frame = nw.from_native(pl.DataFrame({"x": [3.0, 3.0, 3.0], "y": [0.0, 0.5, 30.0]}))
    rows = frame.select(low_sq=total.low_sq, high_sq=total.high_sq).rows()
    assert rows[0] == (0.1, 0.3)
    assert rows[1][1] < 0.3
    assert rows[2][1] == pytest.approx(
        (Value.from_deviations(3, 0.1, 0.3) + Value.from_deviations(30, 0.2, 0.2)).high_sq
    )


def test_a_range_may_be_of_a_column_and_a_number():
    """A column between two numbers has the range of each of its rows: 3 in 2..6 is /1.5 x2."""
    value = Value(nw.col("x"), 2.0, 6.0)
    (row,) = nw.from_native(pl.DataFrame({"x": [3.0]})).select(low=value.low, high=value.high).rows()
    assert row == pytest.approx((2, 6))


def test_where_chooses_row_by_row_among_values_and_numbers():
    """A value and a plain number may be the two sides: where the number is taken there is no range, and the other way."""
    value = Value(nw.col("x"), nw.col("x") * 0.5, nw.col("x") * 2.0)
    frame = nw.from_native(pl.DataFrame({"x": [3.0, 5.0], "yes": [True, False]}))
    for chosen, expected in (
        (where(nw.col("yes"), value, 7.0), [(3.0, 1.5, 6.0), (7.0, 7.0, 7.0)]),
        (where(nw.col("yes"), 7.0, value), [(7.0, 7.0, 7.0), (5.0, 2.5, 10.0)]),
    ):
        rows = frame.select(central=chosen.central, low=chosen.low, high=chosen.high).rows()
        assert [pytest.approx(row) for row in expected] == rows


def test_a_column_knows_its_nulls():
    """`known` is a condition for a column: true where there is a figure, 0 included."""
    frame = nw.from_native(pl.DataFrame({"x": [0.0, None, 2.0]}))
    assert frame.select(known(nw.col("x")))["x"].to_list() == [True, False, True]
    assert frame.select(known(Value.from_deviations(nw.col("x"))))["x"].to_list() == [True, False, True]


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
    """The closed form of a product lies within 2 % of 200,000 draws at both ends (docs/method.md, "Ranges")."""
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
    """The closed form of a sum lies within 5 % of 200,000 draws, also 15 +-s 0.2 plus 16 +-s 0.66 (docs/method.md, "Ranges")."""
    generator = random.Random(2)  # noqa: S311
    values_ = [Value(*term) for term in terms]
    total = values_[0]
    for value in values_[1:]:
        total = total + value
    columns = [_draws(value, 200_000, generator) for value in values_]
    low, high = _ends([sum(row) for row in zip(*columns, strict=True)])
    assert total.low == pytest.approx(low, rel=0.05)
    assert total.high == pytest.approx(high, rel=0.05)
