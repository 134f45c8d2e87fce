"""A column of spans of time is hours, whatever its unit, though a Parquet file keeps the number alone."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.frames.backends.arrow_schema import spans_per_h
from wattgram.frames.batch import batch

HOURS = [dt.timedelta(hours=1), dt.timedelta(minutes=90), None]


def _table(unit, column="hours"):
    spans = pa.array(HOURS, pa.duration(unit))
    return pa.table({"hardware": ["A100"] * 3, column: spans, "where": ["FR"] * 3, "queued": spans})


def _energy_kwh(path, engine="duckdb", **said):
    return batch(str(path), engine=engine, **said).totals.figures["energy_kwh"].central


EXPECTED_KWH = sum(estimate("A100", hours, "FR").energy.central for hours in (1.0, 1.5))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_span_is_its_hours_in_every_unit_and_on_every_engine(tmp_path, unit, engine):
    """One hour is 1 whether it stands as 3600 seconds or as 3.6e12 nanoseconds; a blank one is blank."""
    pq.write_table(_table(unit), tmp_path / "runs.parquet")
    summary = batch(str(tmp_path / "runs.parquet"), engine=engine)
    assert summary.totals.issues == {"hours-missing": 1}
    assert summary.totals.figures["energy_kwh"].central == pytest.approx(EXPECTED_KWH, rel=1e-12)


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_rows_are_the_same_as_their_totals_and_the_column_is_hours(tmp_path, form):
    """The answers beside the column are those of its hours; the column is written as hours, and read back as the same."""
    pl.from_arrow(_table("ms", "Hours")).write_parquet(tmp_path / "runs.parquet")
    out = tmp_path / f"out.{form}"
    total_kwh = _energy_kwh(tmp_path / "runs.parquet", output=str(out))
    answers = duckdb.sql(f"from '{out}'").project("Hours, energy_kwh").fetchall()
    assert total_kwh == pytest.approx(EXPECTED_KWH, rel=1e-12)
    assert sum(kwh for _, kwh in answers if kwh is not None) == pytest.approx(EXPECTED_KWH, rel=1e-12)
    assert [float(hours) for hours, _ in answers if hours is not None] == [1.0, 1.5]
    again = duckdb.sql(f"from '{out}'").project('hardware, Hours, "where"')
    again.write_parquet(str(tmp_path / "again.parquet"))
    assert _energy_kwh(tmp_path / "again.parquet") == pytest.approx(EXPECTED_KWH, rel=1e-12)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_polars_writes_spans_as_hours_too(tmp_path, form):
    """Hours where the span is the run's, and the number that stands for any other span, as the other engines write it."""
    pq.write_table(_table("ms"), tmp_path / "runs.parquet")
    batch(str(tmp_path / "runs.parquet"), str(tmp_path / f"out.{form}"), engine="polars")
    rows = duckdb.sql(f"from '{tmp_path / f'out.{form}'}'").project("hours, queued").fetchall()
    assert [(float(h), int(q)) for h, q in rows if h is not None] == [(1.0, 3_600_000), (1.5, 5_400_000)]


def test_files_of_several_units_are_refused_and_of_one_are_not(tmp_path):
    """A number that is seconds in one file and milliseconds or hours in the next is no hours at all."""
    pq.write_table(_table("ms"), tmp_path / "a.parquet")
    pq.write_table(_table("ms"), tmp_path / "b.parquet")
    assert _energy_kwh(tmp_path) == pytest.approx(2 * EXPECTED_KWH, rel=1e-12)
    pq.write_table(_table("s"), tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"hours.*span of time in one file"):
        batch(str(tmp_path))
    duckdb.sql(
        f"copy (select 'A100' as hardware, 1 as hours, 'FR' as \"where\") to '{tmp_path / 'b.parquet'}'"
    )
    with pytest.raises(InputError, match=r"hours.*span of time in one file"):
        batch(str(tmp_path))


def test_whole_hours_are_no_spans(tmp_path):
    """A column of whole numbers in a file that keeps an Arrow schema is hours as it stands."""
    pq.write_table(pa.table({"hardware": ["A100"], "hours": [2], "where": ["FR"]}), tmp_path / "runs.parquet")
    assert _energy_kwh(tmp_path / "runs.parquet") == pytest.approx(
        estimate("A100", 2, "FR").energy.central, rel=1e-12
    )


@pytest.mark.parametrize("kept", [b"", b"AAAA", b"////", b"no base 64 at all!", b"/////wAAAAA="])
def test_what_is_no_arrow_schema_names_no_column(kept):
    """A torn or foreign text under the name finds nothing and breaks nothing."""
    assert spans_per_h(kept) == {}
