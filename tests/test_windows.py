"""The best window and the best hours are those that brute force finds, for one job and for thousands."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattgram.errors import OutOfRangeError
from wattgram.series import Series
from wattgram.windows import Job, best_hours, best_of_jobs, best_window

BEGIN = 1704067200
HOUR = 3600


def of(values, step_s=HOUR):
    return Series("FR", BEGIN, step_s, values)


def brute(series, duration_h, low_s, deadline_s, grain_s=60):
    """The least mean over every minute's start, by adding up minute for minute."""
    best = None
    start = low_s
    while start + duration_h * HOUR <= deadline_s + 1e-6:
        if series.coverage(start, start + duration_h * HOUR) > 1 - 1e-9:
            mean = series.mean_g_per_kwh(start, start + duration_h * HOUR)
            best = mean if best is None else min(best, mean)
        start += grain_s
    return best


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.floats(1, 900), st.floats(1, 900), st.none()), min_size=8, max_size=14),
    st.integers(10, 200),
    st.integers(0, 90),
    st.integers(0, 120),
    st.sampled_from([1800, 3600]),
)
def test_the_window_is_that_of_brute_force(values, minutes, begin_min, spare_min, step_s):
    """For any series with gaps, length and bounds in whole minutes, no start of any minute is better, and none is missed."""
    if all(value is None for value in values):
        return
    series = of(values, step_s)
    low = BEGIN + begin_min * 60
    deadline = series.end_s - spare_min * 60
    least = brute(series, minutes / 60, low, deadline)
    if least is None:
        with pytest.raises(OutOfRangeError):
            best_window(series, minutes / 60, low, deadline)
        return
    found = best_window(series, minutes / 60, low, deadline)
    assert found.mean_g_per_kwh == pytest.approx(least, rel=1e-9)
    assert low - 1e-6 <= found.begin_s
    assert found.end_s <= deadline + 1e-6
    assert series.mean_g_per_kwh(found.begin_s, found.end_s) == pytest.approx(found.mean_g_per_kwh, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1, 900), min_size=6, max_size=9), st.integers(1, 5))
def test_the_hours_are_the_cheapest_set(values, hours):
    """Of every set of that many hours, none has a lower mean."""
    found = best_hours(of(values), hours, BEGIN, BEGIN + len(values) * HOUR)
    least = min(sum(chosen) for chosen in itertools.combinations(values, hours)) / hours
    assert found.mean_g_per_kwh == pytest.approx(least)
    assert sum(end - begin for begin, end in found.pieces) == pytest.approx(hours * HOUR)


def test_parts_of_hours_by_hand():
    """1.5 h of 300, 100, 200 from 00:30: the hour at 100 and half of the one at 200, in one piece; mean 133.33."""
    found = best_hours(of([300.0, 100.0, 200.0]), 1.5, BEGIN + 1800, BEGIN + 3 * HOUR)
    assert found.pieces == ((BEGIN + HOUR, BEGIN + 2.5 * HOUR),)
    assert found.mean_g_per_kwh == pytest.approx(400 / 3)


def test_thousands_of_jobs_at_once():
    """Each of 3,000 jobs gets what brute force over its hours gives it; a job without room gets None."""
    draw = random.Random(7)  # noqa: S311 - a repeatable draw, no secret
    series = of([draw.uniform(50, 600) for _ in range(24 * 60)])
    jobs = []
    for _ in range(3000):
        earliest = BEGIN + draw.randrange(0, 24 * 50) * HOUR
        length = draw.randrange(1, 30)
        jobs.append(
            Job(length, earliest, earliest + (length + draw.randrange(0, 48)) * HOUR, draw.random() < 0.5)
        )
    jobs.append(Job(10, series.end_s - 5 * HOUR, series.end_s + 20 * HOUR))
    found = best_of_jobs(series, jobs)
    assert found[-1] is None
    values = list(series.g_per_kwh)
    for job, window in zip(jobs[:-1], found, strict=False):
        first = int(job.earliest_s - BEGIN) // HOUR
        last = int(job.deadline_s - BEGIN) // HOUR
        length = int(job.duration_h)
        if job.interruptible:
            least = sum(sorted(values[first:last])[:length]) / length
        else:
            least = min(sum(values[at : at + length]) for at in range(first, last - length + 1)) / length
        assert window.mean_g_per_kwh == pytest.approx(least)


def test_the_earliest_of_equals():
    """A flat series is run at once."""
    assert best_window(of([100.0] * 10), 3, BEGIN + 1800, BEGIN + 10 * HOUR).begin_s == BEGIN + 1800
