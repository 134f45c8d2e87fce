"""What tables are really like: odd types, odd names, odd sizes; and the traps that engines set."""

from __future__ import annotations

import datetime as dt
import decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

import wattgram
from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.frames.schema import OUTPUTS

PLAIN = {
    "hardware": ["8xA100-SXM4-80GB", "V100-SXM2-16GB"],
    "hours": [100.0, 12.5],
    "where": ["aws:us-east-1", "FR"],
}
WANTED = [estimate(*run).total.central for run in zip(*PLAIN.values(), strict=True)]


def test_small_whole_numbers_do_not_overflow():
    """Eight-bit counts and hours multiply in Float64: 100 x 100 hours are 10,000."""
    frame = pl.DataFrame({"hardware": ["V100-SXM2-16GB"], "count": [100], "hours": [100], "where": ["FR"]})
    frame = frame.with_columns(pl.col("count", "hours").cast(pl.Int8))
    wanted = estimate("V100-SXM2-16GB", 100, "FR", count=100).energy.central
    assert wattgram.estimate_frame(frame)["energy_kwh"][0] == pytest.approx(wanted)
    assert wattgram.estimate_frame(frame.to_pandas())["energy_kwh"][0] == pytest.approx(wanted)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_a_parquet_file_keeps_the_moment_in_every_unit_with_and_without_a_zone(tmp_path, unit, zone):
    """Half past eleven at night of 2023 in UTC is 2023 in each, nanoseconds with a zone (what pandas writes) among them."""
    moment = dt.datetime(2023, 12, 31, 23, 30, tzinfo=dt.UTC if zone else None)
    start = pa.array([moment, None], pa.timestamp(unit, tz=zone))
    path = str(tmp_path / "runs.parquet")
    parquet.write_table(
        pa.table({"hardware": ["300W"] * 2, "hours": [10.0] * 2, "where": ["FR"] * 2, "start": start}), path
    )
    wanted = [
        estimate("300W", 10, "FR", start=start).operational.central
        for start in ("2023-12-31T23:30:00Z", None)
    ]
    assert wanted[0] != wanted[1]
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        answers = wattgram.estimate_frame(connection.read_parquet(path))
        found = answers.project("operational_kg, start is null as timeless").order("timeless").fetchall()
    assert [kg for kg, _ in found] == pytest.approx(wanted)


def test_a_time_is_the_same_moment_whatever_its_zone_and_its_unit():
    """Zone-aware, naive, nanosecond, second and arrow times fall into the year that UTC has."""
    paris = dt.timezone(dt.timedelta(hours=2))
    aware = dt.datetime(2023, 1, 1, 0, 30, tzinfo=paris)
    naive = dt.datetime(2022, 12, 31, 22, 30)  # noqa: DTZ001 - a time without a zone is UTC
    wanted = estimate("V100-SXM2-16GB", 1, "FR", start=aware).operational.central
    assert wanted != estimate("V100-SXM2-16GB", 1, "FR", start="2023-06-01").operational.central
    base = {"hardware": ["V100-SXM2-16GB"], "hours": [1.0], "where": ["FR"]}
    aware_pd = pd.Series([aware]).dt.tz_convert("Europe/Paris")
    starts = [
        aware_pd,
        aware_pd.astype("datetime64[ns, Asia/Tokyo]"),
        pd.Series([naive]),
        pd.Series(["2022-12-31T22:30:00Z"]),
    ]
    starts += [
        pd.Series([aware.isoformat()]),
        pd.Series([naive]).astype("timestamp[s][pyarrow]"),
        pd.Series([naive.date()]),
    ]
    for start in starts:
        assert wattgram.estimate_frame(pd.DataFrame(base | {"start": start}))["operational_kg"][
            0
        ] == pytest.approx(wanted)
    for unit in ("ms", "us", "ns"):
        frame = pl.DataFrame(base | {"start": pl.Series([naive]).dt.cast_time_unit(unit)})
        assert wattgram.estimate_frame(frame)["operational_kg"][0] == pytest.approx(wanted)
    with duckdb.connect() as connection:
        for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
            connection.execute(f"set timezone = '{zone}'")
            for start in (
                "timestamp '2022-12-31 22:30'",
                "timestamptz '2023-01-01 00:30+02'",
                "date '2022-12-31'",
            ):
                sql = f"select 'V100-SXM2-16GB' as hardware, 1 as hours, 'FR' as \"where\", {start} as start"
                relation = wattgram.estimate_frame(connection.sql(sql)).project("operational_kg")
                assert relation.fetchall()[0][0] == pytest.approx(wanted), (zone, start)


@pytest.mark.parametrize(
    "dtype",
    ["category", "string", "object", "string[pyarrow]", "large_string[pyarrow]"],
)
def test_words_of_every_type_are_read(dtype):
    """Categories, nullable, arrow and object text in pandas, the answers under the frame's own index."""
    if "large" in dtype:
        dtype = pd.ArrowDtype(pa.large_string())
    frame = pd.DataFrame(PLAIN, index=["b", "a"]).astype({"hardware": dtype, "where": dtype})
    answers = wattgram.estimate_frame(frame)
    assert list(answers.index) == ["b", "a"]
    assert answers["total_kg"].tolist() == pytest.approx(WANTED)


def test_arrow_dictionaries_views_decimals_and_nulls():
    """Dictionary, large and view text, decimals, and a column of the null type."""
    for kind in (pa.dictionary(pa.int8(), pa.string()), pa.large_string(), pa.string_view()):
        words = {name: pa.array(PLAIN[name]).cast(kind) for name in ("hardware", "where")}
        hours = pa.array([decimal.Decimal("100.00"), decimal.Decimal("12.50")])
        table = pa.table(
            {**words, "hours": hours, "load": pa.nulls(2), "count": pa.array([1, 1], pa.uint8())}
        )
        answers = wattgram.estimate_frame(table)
        assert answers["total_kg"].to_pylist() == pytest.approx(WANTED)
        assert answers.column_names == [*table.column_names, *OUTPUTS]


def test_decimals_in_pandas_polars_and_duckdb():
    """Decimal hours are numbers everywhere."""
    hours = [decimal.Decimal("100.00"), decimal.Decimal("12.50")]
    assert wattgram.estimate_frame(pd.DataFrame(PLAIN | {"hours": hours}))[
        "total_kg"
    ].tolist() == pytest.approx(WANTED)
    frame = pl.DataFrame(PLAIN | {"hours": hours})
    assert wattgram.estimate_frame(frame.with_columns(pl.col("hardware").cast(pl.Categorical)))[
        "total_kg"
    ].to_list() == (pytest.approx(WANTED))
    with duckdb.connect() as connection:
        relation = connection.from_arrow(frame.to_arrow())
        assert [
            row[0]
            for row in wattgram.estimate_frame(relation).order("hours desc").project("total_kg").fetchall()
        ] == (pytest.approx(WANTED))


@pytest.mark.parametrize("rows", [0, 1])
def test_no_row_and_one_row(rows):
    """An empty table gives an empty table with the columns of the answers, and one row one."""
    columns = {name: cells[:rows] for name, cells in PLAIN.items()}
    types = {"hardware": pl.String, "hours": pl.Float64, "where": pl.String}
    frame = pl.DataFrame(columns, schema=types)
    for answers in (
        wattgram.estimate_frame(frame),
        wattgram.estimate_frame(frame.lazy()).collect(),
        pl.from_arrow(wattgram.estimate_frame(frame.to_arrow())),
        pl.from_pandas(wattgram.estimate_frame(frame.to_pandas())),
    ):
        assert answers.columns == [*frame.columns, *OUTPUTS]
        assert answers.height == rows


def test_all_null_rows_are_kept_with_an_issue():
    """A row of nulls has no figure, and says so; it is not dropped."""
    frame = pl.DataFrame({"hardware": [None, None], "hours": [None, None], "where": [None, None]})
    for given in (frame, frame.to_pandas(), frame.to_arrow()):
        answers = wattgram.estimate_frame(given)
        assert (
            list(answers["issue"]) == ["hardware-missing"] * 2
            or answers["issue"].to_pylist() == ["hardware-missing"] * 2
        )


def test_duplicates_keep_their_number_and_order():
    """A look-up never multiplies a row: a thousand equal rows stay a thousand, with other columns in their order."""
    frame = pd.DataFrame({name: cells * 500 for name, cells in PLAIN.items()} | {"job": range(1000)})
    for answers in (
        wattgram.estimate_frame(frame),
        wattgram.estimate_frame(pa.Table.from_pandas(frame)).to_pandas(),
    ):
        assert answers["job"].tolist() == list(range(1000))
        assert answers["total_kg"].tolist() == pytest.approx(WANTED * 500)


def test_a_column_twice_is_an_error_only_where_it_is_read():
    """Two columns `hours` cannot be read; two columns `note` pass through."""
    frame = pd.DataFrame(
        [["V100-SXM2-16GB", 1.0, 2.0, "FR"]], columns=["hardware", "hours", "hours", "where"]
    )
    with pytest.raises(InputError, match="twice"):
        wattgram.estimate_frame(frame)
    frame.columns = ["hardware", "hours", "note", "where"]
    frame = pd.concat([frame, frame[["note"]]], axis=1)
    assert list(wattgram.estimate_frame(frame).columns[:5]) == ["hardware", "hours", "note", "where", "note"]


def test_a_time_difference_is_hours():
    """Timedelta, Duration and INTERVAL columns of hours, to the microsecond."""
    span = [dt.timedelta(hours=100), dt.timedelta(hours=12, minutes=30)]
    assert wattgram.estimate_frame(pd.DataFrame(PLAIN | {"hours": span}))[
        "total_kg"
    ].tolist() == pytest.approx(WANTED)
    assert wattgram.estimate_frame(pl.DataFrame(PLAIN | {"hours": span}))[
        "total_kg"
    ].to_list() == pytest.approx(WANTED)
    table = pa.table(PLAIN | {"hours": pa.array(span)})
    assert wattgram.estimate_frame(table)["total_kg"].to_pylist() == pytest.approx(WANTED)
    moments = {"start": [dt.datetime(2024, 1, 1)] * 2, "end": [dt.datetime(2024, 1, 1) + one for one in span]}  # noqa: DTZ001
    timed = pd.DataFrame({"hardware": PLAIN["hardware"], "where": PLAIN["where"]} | moments)
    wanted = [
        estimate(h, s, w, start="2024-01-01").total.central
        for h, s, w in zip(PLAIN["hardware"], span, PLAIN["where"], strict=True)
    ]
    assert wattgram.estimate_frame(timed)["total_kg"].tolist() == pytest.approx(wanted)


def test_a_frame_that_is_none_and_a_table_without_hardware():
    """Something else than a frame, or a table of something else, is one sentence."""
    with pytest.raises(InputError, match="pandas, polars"):
        wattgram.estimate_frame([1, 2])
    with pytest.raises(InputError, match="no column 'hardware'"):
        wattgram.estimate_frame(pd.DataFrame({"gpu": ["A100"], "hours": [1]}))


def test_a_lazy_frame_is_not_read_twice_over():
    """What comes back is lazy, and its plan has not been run."""
    answers = wattgram.estimate_frame(pl.LazyFrame(PLAIN))
    assert isinstance(answers, pl.LazyFrame)
    assert answers.select(pl.len()).collect().item() == 2


def test_numpy_nan_is_a_blank():
    """NaN in load and PUE is filled like null; it never reaches a sum."""
    frame = pd.DataFrame(PLAIN | {"load": [np.nan, np.nan], "pue": [np.nan, np.nan]})
    assert wattgram.estimate_frame(frame)["total_kg"].tolist() == pytest.approx(WANTED)
    assert wattgram.estimate_frame(pl.from_pandas(frame, nan_to_null=False))[
        "total_kg"
    ].to_list() == pytest.approx(WANTED)
