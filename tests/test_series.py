"""An hourly series integrates exactly by two look-ups, says its gaps, and knows no time but UTC."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.errors import InputError, OutOfRangeError
from wattgram.series import Point, Series, seconds_of

BEGIN = int(dt.datetime(2024, 3, 30, 22, tzinfo=dt.UTC).timestamp())


def hourly(values: list[float | None], **about: object) -> Series:
    return Series("FR", BEGIN, 3600, values, **about)  # type: ignore[arg-type]


def test_mean_is_exact_at_fractions_of_an_hour() -> None:
    """A run from 22:30 to 01:15 weighs its first hour by 0.5 and its last by 0.25."""
    series = hourly([100.0, 200.0, 400.0, 50.0])
    mean = series.mean_g_per_kwh(BEGIN + 1800, BEGIN + 3 * 3600 + 900)
    assert mean == pytest.approx((0.5 * 100 + 200 + 400 + 0.25 * 50) / 2.75, rel=1e-14)


def test_a_gap_is_no_zero() -> None:
    """A missing hour lowers coverage, not the mean."""
    series = hourly([100.0, None, 300.0])
    assert series.mean_g_per_kwh(BEGIN, series.end_s) == 200.0
    assert series.coverage(BEGIN, series.end_s) == pytest.approx(2 / 3)
    assert series.gaps == [(BEGIN + 3600, BEGIN + 7200)]
    with pytest.raises(InputError, match="gap"):
        series.mean_g_per_kwh(BEGIN + 3700, BEGIN + 7000)
    assert series.at_g_per_kwh(BEGIN + 3700) is None


def test_outside_is_an_error_that_says_the_span() -> None:
    """A run partly outside has no mean; its coverage counts the outside as missing."""
    series = hourly([100.0, 200.0])
    with pytest.raises(OutOfRangeError, match="2024-03-30T22:00Z to 2024-03-31T00:00Z"):
        series.mean_g_per_kwh(BEGIN, BEGIN + 3 * 3600)
    assert series.coverage(BEGIN, BEGIN + 4 * 3600) == 0.5


def test_a_datetime_of_any_zone_is_its_utc() -> None:
    """Paris summer time after the clock change reads the same value as its UTC instant."""
    series = hourly([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    paris = dt.datetime(2024, 3, 31, 4, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert series.at_g_per_kwh(paris) == series.at_g_per_kwh(dt.datetime(2024, 3, 31, 2, 30)) == 5.0  # noqa: DTZ001 - naive on purpose


def test_half_hours_and_a_change_of_step() -> None:
    """Three hourly values then half-hours: each hour holds an hour, and a lone missing half-hour stays a gap."""
    times = [0, 3600, 7200, 10800, 12600, 14400, 18000, 19800]
    points = [Point(BEGIN + time, 10.0 * at, at == 1) for at, time in enumerate(times)]
    series = Series.from_points("GB", points)
    assert series.step_s == 1800
    assert series.at_g_per_kwh(BEGIN + 3600 + 1800) == 10.0
    assert series.gaps == [(BEGIN + 16200, BEGIN + 18000)]
    assert series.estimated_share == pytest.approx(1 / (3 + 5 / 2))


def test_a_marginal_series_says_so() -> None:
    """The kind is kept, and a word that is none is refused with those that are."""
    assert hourly([1.0], kind="marginal").kind == "marginal"
    with pytest.raises(InputError, match="average, marginal"):
        hourly([1.0], kind="mean")


@pytest.mark.parametrize("values", [[-1.0], [math.inf], [None], []])
def test_wrong_values_are_refused(values: list[float | None]) -> None:
    """Negative, infinite and absent values make no series."""
    with pytest.raises(InputError):
        hourly(values)


def test_odd_times_are_refused() -> None:
    """Values more than an hour apart, or at times that keep no step, are no series."""
    with pytest.raises(InputError, match="more than an hour apart"):
        Series.from_points("FR", [Point(0, 1.0), Point(86400, 2.0)])
    with pytest.raises(InputError, match="no common step"):
        Series.from_points(
            "FR", [Point(0, 1.0), Point(3600, 2.0), Point(7200, 2.0), Point(10800, 2.0), Point(14407, 2.0)]
        )


VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1500)), min_size=2, max_size=60).filter(
    lambda values: any(value is not None for value in values)
)


@given(VALUES, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_split_run_sums_to_the_whole(values: list[float | None], a: float, b: float, c: float) -> None:
    """For any times t0 <= t1 <= t2 the integrals of the parts add to that of the whole, and brute force agrees."""
    series = hourly(values)
    t0, t1, t2 = (BEGIN + share * len(values) * 3600 for share in sorted((a, b, c)))
    integral = series.integral_g_h_per_kwh
    assert (integral(t1) - integral(t0)) + (integral(t2) - integral(t1)) == pytest.approx(
        integral(t2) - integral(t0)
    )
    brute = sum(
        max(0.0, min(t2, BEGIN + (at + 1) * 3600) - max(t0, BEGIN + at * 3600)) / 3600 * (value or 0.0)
        for at, value in enumerate(values)
    )
    assert integral(t2) - integral(t0) == pytest.approx(brute, rel=1e-9, abs=1e-6)


def test_seconds_of_a_naive_datetime_are_utc() -> None:
    """A naive datetime is UTC whatever the machine's zone."""
    assert seconds_of(dt.datetime(1970, 1, 2)) == 86400.0  # noqa: DTZ001 - naive on purpose
