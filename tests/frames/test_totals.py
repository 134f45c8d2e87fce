"""Sums over runs: central figures add exactly, and shared factors do not average out."""

from __future__ import annotations

import math
import random
import statistics
from collections import Counter

import duckdb
import pandas as pd
import polars as pl
import pytest

import wattgram
from wattgram.assemble import assemble
from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.estimation import estimate, make_run
from wattgram.frames import summarise
from wattgram.value import Value

RUNS = {
    "hardware": ["8xA100-SXM4-80GB", "8xA100-SXM4-80GB", "RTX 3090", "4xV100-SXM2-16GB", "TPU v3-8", "2xEPYC 7763 + 512GB"] * 3,
    "hours": [100.0, 40.0, 900.0, 300.0, 500.0, 200.0, 10.0, 20.0, 30.0, 5.0, 60.0, 800.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    "where": ["aws:us-east-1", "aws:us-east-1", "DE", "PL", "FR", "Texas"] * 2 + ["gcp:us-central1"] * 6,
    "load": [None, None, None, None, None, None, 0.7, 0.8, 0.9, None, None, None] + [None] * 6,
    "project": ["a", "b", "c"] * 6,
}  # fmt: skip


def _runs(columns):
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _footprints(columns):
    return [estimate(run["hardware"], run["hours"], run["where"], load=run["load"]) for run in _runs(columns)]


def test_central_figures_are_the_sums_of_the_rows():
    """The total of a table is the sum of its rows, as a whole and by group."""
    summary = summarise(pd.DataFrame(RUNS), by=["project"])
    footprints = _footprints(RUNS)
    assert summary.totals.figures["operational_kg"].central == pytest.approx(
        sum(f.operational.central for f in footprints)
    )
    assert summary.totals.figures["energy_kwh"].central == pytest.approx(
        sum(f.energy.central for f in footprints)
    )
    assert summary.totals.figures["total_kg"].central == pytest.approx(
        sum(f.total.central for f in footprints)
    )
    assert list(summary.groups) == [("a",), ("b",), ("c",)]
    of_b = sum(f.embodied.central for f in footprints[1::3])
    assert summary.groups["b",].figures["embodied_kg"].central == pytest.approx(of_b)


def _draw(draw: random.Random, value: Value, shocks: dict, row: tuple) -> float:
    """A value whose error is one standard normal for each factor row, the same for every run that has the row."""
    z = shocks.setdefault(row, draw.gauss(0.0, 1.0))
    deviation = value.high_sq**0.5 if z > 0 else value.low_sq**0.5
    return value.central * math.exp(z * deviation)


def test_ranges_of_a_total_agree_with_monte_carlo_over_shared_factors():
    """Runs that share a factor row are drawn together: low and high of the total lie within 10 % of the draw's."""
    catalog = Catalog.load()
    found = [
        assemble(make_run(run["hardware"], run["hours"], run["where"], load=run["load"]), catalog)
        for run in _runs(RUNS)
    ]
    draw = random.Random(5)  # noqa: S311 - the same draw every time, and no secret
    sums = []
    for _ in range(4000):
        shocks: dict = {}
        total = 0.0
        for one in found:
            f = one.factors
            device = "+".join(sorted(d.name for d in one.hardware.devices))
            if f.use_system_power:
                power = _draw(draw, f.system_power_w, shocks, ("system", device))
            else:
                load = _draw(draw, f.load, shocks, ("load", f.load.high_sq))
                power = _draw(draw, f.rated_power_w, shocks, ("rated", device)) * load
                power += _draw(draw, f.host_power_w, shocks, ("host",)) if f.host_power_w.central else 0.0
                power *= _draw(draw, f.overhead, shocks, ("overhead", one.hardware.overhead_id))
            pue = _draw(draw, f.pue, shocks, ("pue", one.place.name))
            grid = _draw(draw, f.intensity_g_per_kwh, shocks, ("grid", one.zone, one.year))
            total += power * f.duration_h.central * 1e-3 * pue * grid * 1e-3
        sums.append(total)
    sums.sort()
    value = summarise(pd.DataFrame(RUNS)).totals.figures["operational_kg"]
    assert value.low == pytest.approx(sums[200], rel=0.10)
    assert value.high == pytest.approx(sums[3800], rel=0.10)
    assert statistics.median(sums) == pytest.approx(value.central, rel=0.10)


def test_ten_thousand_runs_of_one_kind_are_as_uncertain_as_one():
    """One hardware, one place, one class: the relative range of the sum is that of a single run."""
    one = summarise(pl.DataFrame({"hardware": ["8xA100"], "hours": [50.0], "where": ["DE"]})).totals.figures[
        "operational_kg"
    ]
    many = {"hardware": ["8xA100"] * 10_000, "hours": [50.0] * 10_000, "where": ["DE"] * 10_000}
    whole = summarise(pl.DataFrame(many)).totals.figures["operational_kg"]
    assert whole.central == pytest.approx(10_000 * one.central)
    assert whole.high / whole.central == pytest.approx(one.high / one.central)
    assert whole.low / whole.central == pytest.approx(one.low / one.central)


def test_runs_that_share_nothing_average_out():
    """Stated loads, overheads and PUE, measured zones apart: only the grids are uncertain, and they differ."""
    places = ["DE", "PL", "FR", "SE", "IN", "JP", "BR", "GB"]
    runs = {"hardware": ["300W"] * 8, "hours": [1000.0] * 8, "where": places, "pue": [1.1] * 8}
    whole = summarise(pd.DataFrame(runs)).totals.figures["operational_kg"]
    grids = [estimate("300W", 1000, place, pue=1.1).operational for place in places]
    expected = math.sqrt(sum((grid.high - grid.central) ** 2 for grid in grids))
    assert whole.high - whole.central == pytest.approx(expected)
    assert whole.high - whole.central < 0.8 * sum(grid.high - grid.central for grid in grids)


def test_totals_are_those_of_every_engine(awkward):
    """The totals of the awkward rows are the same on pandas, polars, pyarrow, DuckDB and Dask."""
    frame = pd.DataFrame(awkward)
    wanted = summarise(frame, by=["workload", "month"])
    columns = pl.DataFrame(awkward, strict=False)
    dask = pytest.importorskip("dask.dataframe")
    with duckdb.connect() as connection:
        relation = connection.from_arrow(columns.to_arrow())
        others = {
            "polars": summarise(columns.lazy(), by=["workload", "month"]),
            "pyarrow": summarise(columns.to_arrow(), by=["workload", "month"]),
            "duckdb": summarise(relation, by=["workload", "month"]),
            "dask": summarise(dask.from_pandas(frame, npartitions=4), by=["workload", "month"]),
        }
    assert wanted.totals.rows == len(awkward["job"])
    assert len(wanted.groups) > 50
    for name, other in others.items():
        assert other.totals.issues == wanted.totals.issues, name
        assert list(other.groups) == list(wanted.groups), name
        for label, totals in wanted.groups.items():
            for figure, value in totals.figures.items():
                got = other.groups[label].figures[figure]
                assert (got is None) == (value is None), (name, label, figure)
                if value is not None:
                    ends = [value.low, value.central, value.high]
                    assert [got.low, got.central, got.high] == pytest.approx(ends, rel=1e-9), (
                        name,
                        label,
                        figure,
                    )


def test_totals_of_awkward_rows_are_the_sums_of_their_answers(awkward, expected):
    """Coverage counts the rows that have a figure, and each total is the sum over those rows."""
    totals = summarise(pd.DataFrame(awkward)).totals
    for figure, value in totals.figures.items():
        known = [row[figure] for row in expected if row.get(figure) is not None]
        assert totals.covered[figure] == len(known)
        assert value.central == pytest.approx(sum(known), rel=1e-9)
    assert sum(totals.issues.values()) == sum(bool(row["fault"]) for row in expected)


def test_a_column_to_sum_by_that_is_not_there_is_an_error_with_the_nearest():
    """`--by projct` names the column that was meant."""
    with pytest.raises(InputError, match="did you mean project"):
        summarise(pd.DataFrame(RUNS), by=["projct"])


@pytest.mark.parametrize("where", ["FR", "aws:us-east-1", "CA-QC"])
@pytest.mark.parametrize("hardware", ["8xA100-SXM4-80GB", "TPU v3-8", "RTX 3090"])
def test_a_table_of_one_run_has_the_range_of_that_run(hardware, where):
    """Energy, operational, making and total of one row are those of `estimate`, ends included, to 1e-9."""
    frame = pd.DataFrame({"hardware": [hardware], "hours": [30.0], "where": [where]})
    found = summarise(frame).totals.figures
    one = estimate(hardware, 30, where)
    for name, value in (
        ("energy_kwh", one.energy),
        ("operational_kg", one.operational),
        ("embodied_kg", one.embodied),
        ("total_kg", one.total),
    ):
        ends = (value.low, value.central, value.high)
        assert (found[name].low, found[name].central, found[name].high) == pytest.approx(ends, rel=1e-9), name


@pytest.mark.parametrize("kind", ["pandas", "duckdb"])
def test_warnings_are_counted_as_the_rows_raise_them(kind, awkward):
    """Each code of the totals has as many rows as have it in their `warning`; by group they add up to the whole."""
    frame = pl.DataFrame(awkward, strict=False)
    rows = wattgram.estimate_frame(frame)["warning"].to_list()
    counted = Counter(code for codes in rows if codes for code in codes.split("|"))
    assert len(counted) > 8
    with duckdb.connect() as connection:
        given = frame.to_pandas() if kind == "pandas" else connection.from_arrow(frame.to_arrow())
        summary = summarise(given, by=["workload"])
    assert summary.totals.warnings == dict(counted)
    together = sum((Counter(totals.warnings) for totals in summary.groups.values()), Counter())
    assert together == counted
