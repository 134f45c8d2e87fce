"""Fill: the default of every blank, the same for one run and for a column of runs."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.catalog import Catalog
from wattgram.resolve.fill import Scale, fill_load, scale_of, takes_system_power
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
