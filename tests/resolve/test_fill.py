"""Fill: the default of every blank, the same for one run and for a column of runs."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.catalog import Catalog
from wattgram.resolve.fill import (
    WORKLOADS,
    Scale,
    fill_load,
    fill_overhead,
    fill_pue,
    intensity_range,
    published_pue,
    scale_of,
    stated,
    takes_system_power,
    wider,
)
from wattgram.value import UNKNOWN, Value, where

CATALOG = Catalog.load()
RUNS = [
    {"hours": hours, "datacentre": datacentre, "load": load, "system_w": system, "any_scale": any_scale}
    for hours in (0.5, 499.0, 500.0, 9_999.0, 10_000.0, 3e7)
    for datacentre in (True, False)
    for load in (None, 0.9)
    for system, any_scale in ((None, False), (330.0, False), (283.0, True))
]


def test_a_column_of_runs_gets_what_each_run_alone_gets():
    """Load with both ends of its range, and the use of the published system power: 72 runs, figure for figure."""
    frame = nw.from_native(pl.DataFrame(RUNS))
    scale = scale_of(nw.col("hours"), nw.col("datacentre"), CATALOG)
    load = fill_load(nw.col("load"), scale, CATALOG)
    takes = takes_system_power(nw.col("system_w"), nw.col("any_scale"), ~nw.col("load").is_null(), scale)
    table = frame.select(central=load.central, low_sq=load.low_sq, high_sq=load.high_sq, takes=takes).rows(
        named=True
    )
    for run, row in zip(RUNS, table, strict=True):
        alone_scale = scale_of(run["hours"], run["datacentre"], CATALOG)
        alone = fill_load(run["load"], alone_scale, CATALOG)
        assert (row["central"], row["low_sq"], row["high_sq"]) == (alone.central, alone.low_sq, alone.high_sq)
        published = UNKNOWN if run["system_w"] is None else Value(run["system_w"])
        assert row["takes"] == takes_system_power(
            published, run["any_scale"], run["load"] is not None, alone_scale
        )


@pytest.mark.parametrize(
    ("hours_h", "datacentre", "central"),
    [(499, True, 0.45), (500, True, 0.65), (10_000, True, 0.8), (10_000, False, 0.65), (499, False, 0.45)],
)
def test_the_thresholds_are_those_of_the_data(hours_h, datacentre, central):
    """500 and 10,000 device-hours part small, middling and large; only data-centre devices are ever large."""
    assert fill_load(None, scale_of(hours_h, datacentre, CATALOG), CATALOG).central == central


@given(st.floats(0, 1e9), st.booleans())
def test_a_run_is_never_both_large_and_small(hours_h, datacentre):
    """The two conditions exclude each other at every size."""
    scale = scale_of(hours_h, datacentre, CATALOG)
    assert not (scale.large and scale.small)


@pytest.mark.parametrize("workload", ["training", "finetuning", "inference", "other", "large-training"])
def test_a_stated_workload_makes_device_hours_mute(workload):
    """Where the class is said, an hour and a million hours are of that class."""
    assert scale_of(1.0, True, CATALOG, workload) == scale_of(1e6, True, CATALOG, workload)
    assert scale_of(1.0, True, CATALOG, workload) == Scale(workload == "large-training", False)


def test_stated_parts_bring_the_product_back():
    """A stated load, overhead or host means the product, whatever is published."""
    large = Scale(large=True, small=False)
    assert takes_system_power(Value(330.0), False, False, large) is True
    assert takes_system_power(Value(330.0), True, True, large) is False
    assert takes_system_power(UNKNOWN, True, False, large) is False
    assert where(True, 1, 2) == 1


@pytest.mark.parametrize(
    ("published", "any_scale", "large", "taken"),
    [
        (Value(283.0), True, False, True),
        (Value(283.0), True, True, True),
        (Value(330.0), False, False, False),
        (Value(330.0), False, True, True),
        (UNKNOWN, True, True, False),
    ],
)
def test_a_system_power_is_taken_where_it_was_seen_to_hold(published, any_scale, large, taken):
    """A chip's figure for runs of any size, one of large trainings for those alone, none where none is published."""
    assert takes_system_power(published, any_scale, False, Scale(large=large, small=False)) is taken


@pytest.mark.parametrize(
    ("workload", "range_"),
    [
        ("large-training", (0.8, "load-large-training")),
        ("training", (0.65, "load-training")),
        ("finetuning", (0.65, "load-training")),
        ("inference", (0.45, "load-inference")),
        ("other", (0.65, "load-training")),
    ],
)
def test_a_stated_workload_has_its_own_load_and_says_so(workload, range_):
    """Each class its row of the assumptions, with its range and unit, whatever the scale."""
    central, row = range_
    load = fill_load(None, Scale(large=True, small=True), CATALOG, workload)
    default = CATALOG.default(row)
    assert (load.low_sq, load.high_sq) == (default.low_sq, default.high_sq)
    assert load.central == default.central
    assert load.central == central or workload == "inference"
    assert load.reason == f"{row}: workload {workload}"
    assert load.unit == "1"
    assert set(WORKLOADS) == {"large-training", "training", "finetuning", "inference", "other"}


@pytest.mark.parametrize(
    ("hours_h", "row", "words"),
    [
        (1, "load-small-run", "a small run"),
        (5_000, "load-training", "middling"),
        (1e5, "load-large-training", "large"),
    ],
)
def test_the_reason_of_a_load_says_which_size_was_seen(hours_h, row, words):
    """Small, middling and large each by its row, with its range."""
    load, default = fill_load(None, scale_of(hours_h, True, CATALOG), CATALOG), CATALOG.default(row)
    assert (load.central, load.low_sq, load.high_sq) == (default.central, default.low_sq, default.high_sq)
    assert load.reason.startswith(f"{row}: ")
    assert words in load.reason


@pytest.mark.parametrize("fill", [fill_overhead, fill_pue])
def test_a_stated_figure_is_certain_and_the_default_is_not(fill):
    """1.3 said is 1.3 and `given`; unsaid it is the default with its range, reason and sources."""
    default = Value(1.5, 1.2, 1.9, "1", "assumed", ("ours",), "why")
    assert fill(None, default) is default
    said = fill(1.3, default)
    assert said.to_dict() == {"central": 1.3, "low": 1.3, "high": 1.3}
    assert (said.unit, said.origin, said.reason, said.sources) == ("1", "given", "stated", ())


def test_a_stated_load_is_certain_at_every_size():
    """0.9 said is 0.9, 0 too; with a reason of its own where one is given."""
    scale = scale_of(1e6, True, CATALOG)
    for load in (0.9, 0.0):
        assert fill_load(load, scale, CATALOG, "training").to_dict() == {
            "central": load,
            "low": load,
            "high": load,
        }
    assert stated(7.0, "kg", "by the scale").reason == "by the scale"


def test_a_published_pue_varies_above_one():
    """1.1 may be 1.08 to 1.125: -20 and +25 % of the part above 1; 2.5 is 2.2 to 2.875; 1.0 leaves nothing to vary."""
    old = published_pue(2.5, CATALOG, (), "")
    assert (old.low, old.high) == pytest.approx((2.2, 2.875))
    pue = published_pue(1.1, CATALOG, ("google-2025",), "Iowa 2024")
    assert (pue.central, pue.low, pue.high) == pytest.approx((1.1, 1.08, 1.125))
    assert (pue.unit, pue.origin, pue.sources, pue.reason) == ("1", "catalog", ("google-2025",), "Iowa 2024")
    assert published_pue(1.0, CATALOG, (), "").high == 1


def test_the_range_of_an_intensity_goes_by_the_length_of_the_run():
    """A month has the row's own range, an hour at least that of an unknown hour, each side by itself."""
    annual = Value(100, 95, 180, "g/kWh", "catalog", ("ember",), "PL 2024")
    month, hour = intensity_range(annual, True, CATALOG), intensity_range(annual, False, CATALOG)
    assert (month.low, month.high) == pytest.approx((95, 180))
    assert (hour.low, hour.high) == pytest.approx((100 / 1.3, 180))
    own = intensity_range(annual, False, CATALOG, Value(1, 0.5, 2))
    assert (own.low, own.high) == pytest.approx((50, 200))
    for ranged in (month, hour, own):
        assert (ranged.central, ranged.unit, ranged.origin) == (100, "g/kWh", "catalog")
        assert (ranged.sources, ranged.reason) == (("ember",), "PL 2024")


def test_the_wider_of_two_is_the_larger():
    """Whichever side it stands on."""
    assert (wider(0.1, 0.2), wider(0.2, 0.1), wider(0.2, 0.2)) == (0.2, 0.2, 0.2)
