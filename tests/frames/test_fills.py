"""Each way of filling a blank is filled once, by the scalar path's own functions, and numbered without a clash."""

from __future__ import annotations

import itertools

import duckdb
import pandas as pd
import polars as pl
import pytest

from wattgram.catalog import Catalog
from wattgram.estimation import estimate
from wattgram.frames import gather
from wattgram.frames.backends import backend_of
from wattgram.frames.columns import Options
from wattgram.frames.fills import node_fills, node_lookup, site_fills
from wattgram.frames.pipeline import plan, summary_of
from wattgram.frames.schema import OUTPUTS, roles_of
from wattgram.frames.ways import place_numbers, spans_h, steps_device_hours, ways_of
from wattgram.frames.words import hardware_words, place_words

CATALOG = Catalog.load()
OPTIONS = Options(CATALOG)
HARDWARE = {
    "8xA100-SXM4-80GB": 1,
    "300W": 1,
    "RTX 3090": 1,
    "TPU v3-8": 1,
    "8xA100 + 2xEPYC 7763": 1,
    "nonsense": 1,
}
PLACES = {("FR", 0): 1, ("FR", 2021): 1, ("aws:us-east-1", 2023): 1, ("", 0): 1, ("nowhere", 2021): 1}
EVERY = ("hardware", "hours", "load", "overhead", "pue", "intensity", "measured_energy_kwh", "workload", "where")  # fmt: skip


def _nodes(*columns: str):
    roles, places = roles_of(columns, ""), place_words(PLACES, "lifecycle", CATALOG, {})
    ways, hardware = ways_of(roles, places, None, CATALOG), hardware_words(HARDWARE, CATALOG, {})
    return hardware, places, ways, node_fills(hardware, ways, CATALOG)


def test_every_node_and_every_site_has_a_number_of_its_own():
    """Words times ways, none twice, and none missing, with every column that a table can have."""
    hardware, places, ways, nodes = _nodes(*EVERY)
    numbers = [row["node"] for row in nodes]
    assert numbers == list(range(len(hardware.rows) * len(list(itertools.product(*ways.node)))))
    sites = [row["site"] for row in site_fills(places, ways, None, OPTIONS)]
    assert len(set(sites)) == len(sites) == len(places.rows) * len(list(itertools.product(*ways.site)))
    assert len(set(place_numbers(places))) == len(PLACES) + 1


@pytest.mark.parametrize("word", ["8xA100-SXM4-80GB", "RTX 3090", "TPU v3-8", "300W"])
def test_a_node_is_filled_as_one_run_is(word):
    """At each scale the draw, the load and the overhead of a node are those of a run of that many hours."""
    hardware, _, ways, nodes = _nodes("hardware", "hours", "where")
    at = hardware.numbers("hardware")[word]
    for digit, device_hours_h in enumerate(steps_device_hours(CATALOG)):
        node = nodes[at * len(ways.load) + digit]
        hours = (device_hours_h or 1.0) / hardware.rows[at]["device_count"]
        factors = estimate(word, hours, "FR").assembled.factors
        if factors.use_system_power:
            assert node["draw_w"] == factors.system_power_w
            assert (node["filled_load"].central, node["filled_overhead"].central) == (1.0, 1.0)
            squares = (factors.system_power_w,)
        else:
            assert node["draw_w"] == factors.rated_power_w
            assert node["filled_load"].central == factors.load.central
            assert node["filled_overhead"].central == factors.overhead.central
            squares = (factors.rated_power_w, factors.load, factors.overhead)
        assert node["node_high_sq"] == pytest.approx(sum(one.high_sq for one in squares))
        assert node["node_low_sq"] == pytest.approx(sum(one.low_sq for one in squares))


def test_a_host_is_added_once_for_each_load():
    """Beside accelerators that name their host the deviations of the sum are those of the run."""
    hardware, _, ways, nodes = _nodes("hardware", "hours", "where")
    word = "8xA100 + 2xEPYC 7763"
    node = nodes[hardware.numbers("hardware")[word] * len(ways.load)]
    energy = estimate(word, 10, "FR", pue=1.0).energy
    assert node["node_high_sq"] == pytest.approx(energy.high_sq)
    assert node["node_low_sq"] == pytest.approx(energy.low_sq)
    assert 0 < node["node_high_sq"] < node["draw_w"].high_sq + node["filled_load"].high_sq + 0.02


def test_a_site_has_the_range_of_a_run_of_that_length():
    """From each bound of the hours on, the intensity of a site is that of a run of so many hours, range included."""
    _, places, ways, _ = _nodes("hardware", "hours", "where")
    sites = {row["site"]: row for row in site_fills(places, ways, None, OPTIONS)}
    for number, place in zip(place_numbers(places), places.rows, strict=True):
        if place["where"] not in ("FR", "aws:us-east-1"):
            continue
        start = f"{place['year']}-06-01" if place["year"] else None
        for digit, span_h in enumerate(spans_h(CATALOG)):
            wanted = estimate("A100", span_h or 0.5, place["where"], start=start).assembled.factors
            found = sites[number * len(ways.intensity) + digit]
            assert found["grid_g_per_kwh"] == wanted.intensity_g_per_kwh


def test_a_stated_factor_is_certain_and_its_figure_the_row_s():
    """A node of a stated load, and a site of a stated PUE or intensity, have no figure and no deviation of their own."""
    _, places, ways, nodes = _nodes(*EVERY)
    columns = node_lookup(nodes, hosted=True, stated_loads=True).columns
    stated = [at for at, load in enumerate(columns["filled_load"]) if load is None and columns["draw_w"][at]]
    assert stated
    assert {columns["filled_load_high_sq"][at] for at in stated} == {0.0}
    for row in site_fills(places, ways, None, OPTIONS):
        if row["own_grid"]:
            assert (row["grid_g_per_kwh"].central, row["grid_g_per_kwh"].high_sq) == (None, 0.0)


@pytest.mark.parametrize("kind", [pytest.param("pandas", marks=pytest.mark.slow), "duckdb"])
def test_of_many_words_those_ways_alone_are_filled_that_rows_have(kind, awkward, monkeypatch):
    """Filled in full or by need, rows and totals are the same; by need the look-ups are shorter."""
    some = pl.DataFrame(awkward, strict=False).head(300)
    found = []
    with duckdb.connect() as connection:
        frame = some.to_pandas() if kind == "pandas" else connection.from_arrow(some.to_arrow())
        for most in (10**9, 0):
            monkeypatch.setattr(gather, "MOST_FILLS", most)
            backend = backend_of(frame)
            made = plan(frame, backend)
            answers = backend.finish(frame, made.roles, made.answered, made.outputs)
            rows = answers.order("job").df() if kind == "duckdb" else answers.sort_values("job")
            found.append(
                (len(made.words.nodes), rows[list(OUTPUTS)], summary_of(frame, made, ()).totals.to_dict())
            )
    (all_nodes, all_rows, all_totals), (nodes, rows, totals) = found
    assert nodes < min(300, all_nodes / 3)
    pd.testing.assert_frame_equal(rows.reset_index(drop=True), all_rows.reset_index(drop=True))
    assert totals["issues"] == all_totals["issues"]
    assert totals["total_kg"] == pytest.approx(all_totals["total_kg"], rel=1e-12)


@pytest.mark.parametrize("most", [10**9, 0])
def test_a_word_or_a_year_that_came_after_the_words_were_read_has_an_issue_and_stays(most, monkeypatch):
    """A frame that has grown since its plan was made loses no row: what was not there is unknown, and said."""
    monkeypatch.setattr(gather, "MOST_FILLS", most)
    first = pd.DataFrame(
        {"hardware": ["A100"], "hours": [1.0], "where": ["FR"], "start": ["2021-05-01T00:00:00Z"]}
    )
    first["start"] = pd.to_datetime(first["start"])
    late = pd.concat([first, first, first, first], ignore_index=True)
    late.loc[1, "hardware"], late.loc[2, "where"] = "H100", "DE"
    late.loc[3, "start"] = pd.Timestamp("2023-05-01", tz="UTC")
    wanted = [None, "hardware-unknown", "where-unknown", "where-unknown"]
    with duckdb.connect() as connection:
        frames = [(first, late), (pl.from_pandas(first), pl.from_pandas(late))]
        frames.append(
            (
                connection.from_arrow(pl.from_pandas(first).to_arrow()),
                connection.from_arrow(pl.from_pandas(late).to_arrow()),
            )
        )
        for early, grown in frames:
            backend = backend_of(early)
            made = plan(early, backend)
            answers = backend.finish(grown, made.roles, made.answered, made.outputs)
            issues = (
                answers.project("issue").fetchall() if backend.name == "duckdb" else list(answers["issue"])
            )
            issues = [cell[0] if isinstance(cell, tuple) else cell for cell in issues]
            assert sorted(str(None if pd.isna(cell) else cell) for cell in issues) == sorted(map(str, wanted))
            assert summary_of(grown, made, ()).totals.rows == 4
            assert summary_of(grown, made, ()).totals.answered == 1
