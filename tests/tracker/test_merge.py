"""Each joule once: ranks of one node, restarts, nodes, by device and time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wattgram
from wattgram.testing import FakeClock
from wattgram.tracker.journal import read_runs, rows
from wattgram.tracker.merge import Curve, merged, union_s


def constant_curve(begin_s, seconds, watts=100.0, step_s=10.0):
    """A device that draws a constant power, sampled now and then."""
    points = [(0.0, 0.0)]
    while points[-1][0] < seconds:
        t_s = min(points[-1][0] + step_s, seconds)
        points.append((t_s, t_s * watts))
    return Curve(begin_s, points)


@pytest.mark.parametrize(
    ("spans", "joules"),
    [
        ([(0, 100)], 10_000),
        ([(0, 100), (0, 100)], 10_000),
        ([(0, 100), (3, 90)], 10_000),
        ([(0, 100), (200, 100)], 20_000),
        ([(0, 100), (50, 100)], 15_000),
        ([(0, 30), (10, 30), (5, 100), (200, 10)], 11_500),
    ],
)
def test_one_device_seen_by_several(spans, joules):
    """The energy of the union of their times: a device of 100 W over what any of them covers."""
    curves = [constant_curve(begin, seconds) for begin, seconds in spans]
    assert merged(curves) == pytest.approx(joules)
    assert union_s([(begin, begin + seconds) for begin, seconds in spans]) * 100 == pytest.approx(joules)


@given(
    st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 500), st.floats(1, 60)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter_and_nothing_counts_twice(spans, shuffle):
    """Any ranks in any order: the same energy, that of the union of their times."""
    curves = [constant_curve(begin, seconds, step_s=step) for begin, seconds, step in spans]
    expected = 100 * union_s([(begin, begin + seconds) for begin, seconds, _ in spans])
    assert merged(curves) == pytest.approx(expected, rel=1e-6)
    shuffle.shuffle(curves)
    assert merged(curves) == pytest.approx(expected, rel=1e-6)


def test_parts_of_a_device_add_up_to_no_more_than_the_device():
    """Processor time of two ranks adds up; beyond what the processor drew it cannot go."""
    curves = [constant_curve(0, 100, 30), constant_curve(0, 100, 50)]
    assert merged(curves, add=True, most_j=10_000) == pytest.approx(8_000)
    assert merged(curves, add=True, most_j=7_000) == pytest.approx(7_000)


def rank(monkeypatch, runs, number, meters, clock, world=8):
    """A rank of one job of torchrun."""
    for name, value in (("RANK", number), ("WORLD_SIZE", world), ("TORCHELASTIC_RUN_ID", "job")):
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr("wattgram.tracker.tracker._counted", [0])
    return wattgram.track("FR", runs=runs, meters=meters, clock=clock)


def test_eight_ranks_of_a_node_are_one_run_of_eight_devices(monkeypatch, runs, constant):
    """Each of 8 ranks reads all 8 devices for an hour: 0.8 kWh, not 6.4, and one row in the list and the table."""
    for number in range(8):
        clock = FakeClock()
        meters = [constant(100.0, f"gpu:{i}", f"GPU-{i}") for i in range(8)]
        with rank(monkeypatch, runs, number, meters, clock):
            clock.advance(3600)
    assert len(read_runs(runs, merge=False)) == 8
    (run,) = read_runs(runs)
    assert sum(run.joules("node").values()) / 3.6e6 == pytest.approx(0.8)
    assert run.duration_h == pytest.approx(1.0)
    assert len(run.ranks) == 8
    assert len(run.covers) == 8
    (row,) = rows(runs)
    assert row["measured_energy_kwh"] == pytest.approx(0.4)
    assert row["hardware"].startswith("8xNVIDIA A100-SXM4-80GB")
    assert row["ranks"] == 8


def test_ranks_of_two_nodes_add_up(monkeypatch, runs, constant):
    """Two nodes with a device each are two devices."""
    for number in range(2):
        clock = FakeClock()
        with rank(monkeypatch, runs, number, [constant(100.0, "gpu:0", f"GPU-{number}")], clock, world=2):
            clock.advance(3600)
    (run,) = read_runs(runs)
    assert sum(run.joules("node").values()) / 3.6e6 == pytest.approx(0.2)
    assert run.covers == ["gpu:0"]


def test_a_rank_that_was_killed_leaves_the_run_interrupted(monkeypatch, runs, constant):
    """One of two ranks has no footer: the run is what its worst rank is."""
    for number in range(2):
        clock = FakeClock()
        tracker = rank(monkeypatch, runs, number, [constant()], clock, world=2).start()
        clock.advance(60)
        tracker._finish("interrupted" if number else "finished", "SIGKILL" if number else "")
    assert read_runs(runs)[0].state == "interrupted"


def test_runs_that_are_no_ranks_stay_apart(runs, clock, constant):
    """Two runs of one device at one time, of no common job, are two rows."""
    one, other = (wattgram.track(runs=runs, meters=[constant()], clock=clock) for _ in range(2))
    with one, other:
        clock.advance(60)
    assert len(list(rows(runs))) == 2
