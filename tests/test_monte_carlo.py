"""The closed form against a million draws: products, sums with shared factors, and whole answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wattgram
from wattgram import formula
from wattgram.value import Value

DRAWS = 1_000_000
Z_90 = 1.6449


def draws(value: Value, generator: np.random.Generator) -> np.ndarray:
    """Draws of a lognormal of two halves, with the value's own ends at 5 and 95 %."""
    x = generator.standard_normal(DRAWS)
    return value.central * np.exp(np.where(x > 0, x * value.high_sq**0.5, x * value.low_sq**0.5))


def ends(drawn: np.ndarray) -> tuple[float, float]:
    """The ends of the central 90 % of the draws."""
    low, high = np.quantile(drawn, (0.05, 0.95))
    return float(low), float(high)


def test_the_draws_have_the_range_of_their_value():
    """5 and 95 % of the draws are low and high, so what follows compares like with like."""
    low, high = ends(draws(Value(0.65, 0.35, 0.9), np.random.default_rng(0)))
    assert (low, high) == pytest.approx((0.35, 0.9), rel=0.005)


@pytest.mark.parametrize(
    "factors",
    [
        [(3200, 3200, 3200), (0.65, 0.35, 0.9), (1.5, 1.25, 1.8), (1.15, 1.12, 1.19), (418, 322, 543)],
        [(4.92, 3.04, 8.76), (0.25, 1 / 6, 1 / 3), (1 / 0.7, 1 / 0.95, 1 / 0.4)],
        [(400, 320, 500), (0.45, 0.25, 0.8), (1.5, 1.25, 1.8), (1.55, 1.3, 1.8), (31, 15, 62)],
    ],
    ids=["a run on AWS", "the making of its hardware", "a small run in a wide country"],
)
def test_products_within_two_percent(factors):
    """Squared log-deviations add: both ends within 2 % of a million draws (docs/method.md, "Ranges")."""
    generator = np.random.default_rng(1)
    values = [Value(*factor) for factor in factors]
    product, drawn = values[0], draws(values[0], generator)
    for value in values[1:]:
        product, drawn = product * value, drawn * draws(value, generator)
    assert (product.low, product.high) == pytest.approx(ends(drawn), rel=0.02)


@pytest.mark.parametrize("shared", [(1.12, 1.08, 1.2), (300, 150, 600)], ids=["PUE", "a wide grid"])
def test_sums_with_a_shared_factor_within_five_percent(shared):
    """GPU, processors and memory are summed first and multiplied by what they share once: 5 % of a million draws."""
    generator = np.random.default_rng(2)
    parts = [Value(2080, 1120, 2880), Value(252, 112, 504), Value(381, 291, 401)]
    common = Value(*shared)
    closed = (parts[0] + parts[1] + parts[2]) * common
    drawn = sum(draws(part, generator) for part in parts) * draws(common, generator)
    assert (closed.low, closed.high) == pytest.approx(ends(drawn), rel=0.05)


def test_to_forget_that_a_factor_is_shared_would_show():
    """Each part times its own PUE is narrower than the truth: the wide grid's range would come out 7 % short or more."""
    generator = np.random.default_rng(3)
    parts, grid = [Value(1000, 900, 1100) for _ in range(4)], Value(300, 150, 600)
    drawn = ends(sum(draws(part, generator) for part in parts) * draws(grid, generator))
    wrong = parts[0] * grid
    for part in parts[1:]:
        wrong = wrong + part * grid
    right = (parts[0] + parts[1] + parts[2] + parts[3]) * grid
    assert right.high == pytest.approx(drawn[1], rel=0.05)
    assert wrong.high < 0.93 * drawn[1]


@pytest.mark.parametrize(
    "words",
    [
        ("8xA100-SXM4-80GB", "100h", "aws:us-east-1"),
        ("8xA100-SXM4-80GB + 2xEPYC 7763 + 1024GB", "10h", "US"),
        ("TPU v3-8", "100h", "gcp:us-central1"),
    ],
    ids=["overhead", "stated host", "system power"],
)
def test_whole_answers_within_their_tolerance(words):
    """Every factor of an answer drawn a million times: energy and emissions within 5 %, the total within 10 % at both ends.

    The total has twice the tolerance of a sum: the making of the hardware, itself a sum, is one of its terms.
    """
    answer = wattgram.estimate(*words)
    f, generator = answer.assembled.factors, np.random.default_rng(4)
    drawn = {name: draws(value, generator) for name, value in f._asdict().items() if isinstance(value, Value)}
    power = formula.it_power_w(
        formula.device_power_w(drawn["rated_power_w"], drawn["load"]),
        drawn["host_power_w"],
        drawn["overhead"],
    )
    power = drawn["system_power_w"] if f.use_system_power else power
    energy = formula.facility_energy_kwh(formula.energy_kwh(power, f.duration_h.central), drawn["pue"])
    operational = formula.operational_kg(energy, drawn["intensity_g_per_kwh"])
    making = (f.hours_per_year, drawn["service_life_years"], drawn["utilisation"])
    total = operational + formula.embodied_kg(drawn["slots_kg"], f.duration_h.central, *making)
    assert (answer.energy.low, answer.energy.high) == pytest.approx(ends(energy), rel=0.05)
    assert (answer.operational.low, answer.operational.high) == pytest.approx(ends(operational), rel=0.05)
    assert (answer.total.low, answer.total.high) == pytest.approx(ends(total), rel=0.1)


def test_many_runs_that_share_their_factors_do_not_average_out():
    """A hundred runs of unlike size with one load and one grid: the total's range within 10 % of the draws.

    For each shared factor the absolute deviations add over the runs, then the factors add in quadrature (docs/method.md, "Ranges").
    """
    generator = np.random.default_rng(5)
    rated_kwh = np.linspace(1, 40, 100)
    load, grid = Value(0.65, 0.35, 0.9), Value(0.4, 0.3077, 0.52)
    total = float(rated_kwh.sum()) * load.central * grid.central
    by_factor = []
    for factor in (load, grid):
        up = float((rated_kwh * load.central * grid.central).sum()) * (factor.high / factor.central - 1)
        down = float((rated_kwh * load.central * grid.central).sum()) * (1 - factor.low / factor.central)
        by_factor.append((down, up))
    low = total - math.hypot(*(down for down, _ in by_factor))
    high = total + math.hypot(*(up for _, up in by_factor))
    drawn = float(rated_kwh.sum()) * draws(load, generator) * draws(grid, generator)
    assert (low, high) == pytest.approx(ends(drawn), rel=0.1)
    independent = sum((Value(1.0) * float(kwh) * load * grid for kwh in rated_kwh), Value(0.0))
    assert independent.high / independent.central < 1.1 < high / total
