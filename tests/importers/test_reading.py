"""Numbers in cells: one rule for commas, whichever column they stand in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.importers.reading import meant_by, number_of, pointed


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234,567", 1234567.0),
        ("1,234.5", 1234.5),
        ("-1,234,567.5", -1234567.5),
        ("1,234", None),
        ("3,5", None),
        ("0,123,456", None),
        ("1,23,456", None),
        ("1.5,2", None),
        (",5", None),
    ],
)
def test_a_comma_is_read_where_it_can_be_one_thing_alone(cell, number):
    """Two commas between thousands, or one with a point after it, are marks; a single one could be decimal."""
    assert number_of(cell) == number


@given(st.integers(min_value=1_000_000, max_value=10**15))
def test_marks_between_thousands_change_no_number(number):
    """A million and more, printed with its marks, is itself."""
    assert number_of(f"{number:,}") == number


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("3,5", "a decimal comma? write 3.5"),
        ("0,800", "a decimal comma? write 0.800"),
        ("1,234", "the comma could be a decimal one or stand between thousands; write 1.234 or 1234"),
        ("abc", ""),
        ("3.5", ""),
    ],
)
def test_the_advice_has_the_figure_of_the_cell(cell, advice):
    """What to write is made of the user's own digits."""
    assert meant_by(cell) == advice


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("33,09 W", "33.09 W"),
        ("1.234,5", "1234.5"),
        ("1,5e-3", "1.5e-3"),
        ("a,5", "a,5"),
        ("1,234,567", "1,234,567"),
    ],
)
def test_a_decimal_comma_becomes_a_point(cell, plain):
    """In a log whose cells are parted by something else; what is no such number stays."""
    assert pointed(cell) == plain
