"""What a file says of its numbers spares questions and changes no answer."""

from __future__ import annotations

import datetime as dt
import math

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wattgram.frames import gather
from wattgram.frames.backends import duckdb as backend
from wattgram.frames.backends.duckdb import DuckDB
from wattgram.frames.backends.parquet import bounds_of
from wattgram.frames.batch import batch
from wattgram.frames.bounds import Bounds
from wattgram.frames.schema import roles_of
from wattgram.series import Series


def _may(year, hour=0):
    """A start in a column without a zone."""
    return dt.datetime(year, 5, 1, hour)  # noqa: DTZ001


START = _may(2024)
FINE = {"hardware": "A100", "where": "FR", "hours": 10.0, "count": 2, "load": 0.5, "pue": 1.2, "start": START}
ODD = {
    "hours": [None, math.nan, -1.0, 0.0, 1e9, math.inf],
    "count": [None, 0, -3, 20_000_000],
    "load": [None, math.nan, 0.0, 1.5001, -0.1],
    "pue": [None, math.nan, 0.99, 5.1, math.inf],
    "start": [None, dt.datetime(1999, 12, 31), dt.datetime(2999, 1, 1)],  # noqa: DTZ001 - as START
}
CELLS = [{column: cell} for column, cells in ODD.items() for cell in cells]
KINDS = {"hardware": pa.string(), "where": pa.string(), "count": pa.int32(), "start": pa.timestamp("us")}
SCHEMA = pa.schema([(name, KINDS.get(name, pa.float64())) for name in FINE])


def _written(path, rows, group=3):
    """A file of several row groups, each with statistics of its own."""
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path, row_group_size=group)
    return str(path)


def _bounds(*files):
    with duckdb.connect() as connection:
        listed = ", ".join(f"'{file}'" for file in files)
        relation = connection.sql(f"from read_parquet([{listed}], union_by_name = true)")
        return bounds_of(relation, files, roles_of(relation.columns, ""))


def _answers(path, out, engine):
    totals = batch(path, str(out), engine=engine).totals.to_dict()
    return totals, pl.read_parquet(out).select("energy_kwh", "total_kg", "warning", "issue").rows()


def _summary(path, by=()):
    found = batch(str(path), by=by).to_dict()
    return {name: cells for name, cells in found.items() if name != "notes"}


def test_bounds_hold_both_ends_and_leave_out_the_lower_one_where_it_is_said():
    """An interval holds its ends; `above` leaves the lower one out."""
    assert Bounds(0.0, 1.5).within(0.0, 1.5)
    assert not Bounds(0.0, 1.5).within(0.0, 1.5, above=True)
    assert not Bounds(0.1, 1.6).within(0.0, 1.5, above=True)
    assert not Bounds(-0.1, 1.0).within(0.0, 1.5)
    assert Bounds(0.1, 1.4).within(0.0, 1.5)
    assert Bounds(0.1, 1.4).within(0.0, 1.5, above=True)
    assert not Bounds(-0.1, 1.0).within(0.0, 1.5, above=True)


@pytest.mark.parametrize("writer", ["pyarrow", "duckdb", "polars"])
def test_bounds_are_the_least_and_the_greatest_of_the_cells_or_none(tmp_path, writer):
    """What is said of a column is exact whoever wrote the file; a writer of no statistics gets no bounds, never wrong ones."""
    rows = [FINE | {"hours": float(at + 1), "count": at % 5 + 1} for at in range(10)]
    path = _written(tmp_path / "runs.parquet", rows)
    if writer == "duckdb":
        duckdb.sql(f"copy (from '{path}') to '{tmp_path / 'own.parquet'}'")
    if writer == "polars":
        pl.from_arrow(pq.read_table(path)).write_parquet(tmp_path / "own.parquet")
    found = _bounds(path if writer == "pyarrow" else str(tmp_path / "own.parquet"))
    micros = START.replace(tzinfo=dt.UTC).timestamp() * 1e6
    exact = {
        "hours": Bounds(1.0, 10.0, whole=False, filled=True),
        "count": Bounds(1.0, 5.0, whole=True, filled=False),
        "load": Bounds(0.5, 0.5),
        "pue": Bounds(1.2, 1.2),
        "start": Bounds(micros, micros, whole=False, filled=True),
    }
    assert found == (exact if writer != "polars" else found and exact)


def test_infinity_leaves_a_column_without_bounds(tmp_path):
    """There is no range that holds it."""
    rows = [FINE] * 7 + [FINE | {"load": math.inf}]
    assert "load" not in _bounds(_written(tmp_path / "runs.parquet", rows))


@pytest.mark.parametrize(
    ("engine", "column"),
    [
        ("duckdb", "load"),
        ("duckdb", "pue"),
        ("duckdb", "hours"),
        ("polars", "load"),
        pytest.param("polars", "pue", marks=pytest.mark.slow),
        pytest.param("polars", "hours", marks=pytest.mark.slow),
    ],
)
def test_not_a_number_is_blank_though_statistics_pass_over_it(tmp_path, column, engine):
    """A row group of NaN and two numbers says that it is all numbers, and a planner that trusts it finds no NaN."""
    rows = [FINE, FINE | {column: FINE[column] + 0.1}, FINE | {column: math.nan}]
    blank = [*rows[:2], FINE | {column: None}]
    found = [
        _answers(_written(tmp_path / f"{name}.parquet", some), tmp_path / "out.parquet", engine)
        for name, some in (("nan", rows), ("null", blank))
    ]
    assert found[0] == found[1]


def test_bounds_of_several_files_are_those_of_all(tmp_path):
    """The odd cell of the second file is in the bounds; a column that one file lacks has none."""
    one = _written(tmp_path / "one.parquet", [FINE])
    two = _written(tmp_path / "two.parquet", [FINE | {"hours": -1.0, "count": 7}])
    found = _bounds(one, two)
    assert (found["hours"].low, found["hours"].high) == (-1.0, 10.0)
    assert (found["count"].low, found["count"].high) == (2.0, 7.0)
    pq.write_table(pq.read_table(two).drop_columns("load"), two)
    assert "load" not in _bounds(one, two)


def _same_with_bounds_and_without(path, monkeypatch):
    found = []
    for most in (16, 0):
        monkeypatch.setattr(backend, "MOST_FILES", most)
        found.append(_summary(path, by="month"))
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("column", "faults"),
    [
        ("hours", 6),
        ("load", 3),
        pytest.param("count", 3, marks=pytest.mark.slow),
        pytest.param("start", 2, marks=pytest.mark.slow),
    ],
)
def test_totals_are_the_same_with_bounds_and_without(tmp_path, monkeypatch, column, faults):
    """Every odd cell of one column, others within their bounds, is found as it is by asking each row."""
    rows = [FINE, FINE, *(FINE | {column: cell} for cell in ODD[column])]
    found = _same_with_bounds_and_without(_written(tmp_path / "runs.parquet", rows, group=2), monkeypatch)
    assert found["rows_with_issue"] == faults


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.just({}) | st.sampled_from(CELLS), min_size=1, max_size=8))
def test_totals_are_the_same_with_bounds_and_without_whatever_the_cells(tmp_path, monkeypatch, odd):
    """Several odd columns at once, in any row group, change nothing."""
    path = _written(tmp_path / "runs.parquet", [FINE | cells for cells in odd], group=2)
    assert _same_with_bounds_and_without(path, monkeypatch)["rows"] == len(odd)


def test_a_count_is_too_large_with_the_devices_of_its_word_alone(tmp_path):
    """Bounds of the count alone do not do: two million nodes of eight devices are too many, of one they are not."""
    rows = [FINE | {"count": 2_000_000}, FINE | {"count": 2_000_000, "hardware": "8xA100"}]
    path = _written(tmp_path / "runs.parquet", rows)
    assert batch(path).totals.issues == {"count-unusable": 1}


def test_a_blank_duration_is_the_time_between_start_and_end_whatever_the_bounds_of_the_others(tmp_path):
    """An end before its start is found though every duration that is stated is fine."""
    table = pa.Table.from_pylist([FINE, FINE | {"hours": None}], SCHEMA)
    ends = pa.array([START, START - dt.timedelta(hours=1)], pa.timestamp("us"))
    pq.write_table(table.append_column("end", ends), tmp_path / "runs.parquet")
    assert batch(str(tmp_path / "runs.parquet")).totals.issues == {"hours-unusable": 1}


@pytest.mark.parametrize("blank", ["hours", "measured_energy_kwh"])
def test_a_blank_beside_a_nan_hides_no_nan(tmp_path, blank):
    """A product with a blank is blank, and no sum shows the NaN in it: a count of NaN is one device all the same."""
    table = pa.table(
        {
            "hardware": ["A100"] * 3,
            "where": ["FR"] * 3,
            "count": [1.0, 2.0, math.nan],
            "load": [0.4, 0.5, math.nan],
            "hours": [1.0, 2.0, None if blank == "hours" else 3.0],
            "measured_energy_kwh": [1.0, 2.0, None if blank == "measured_energy_kwh" else 3.0],
        }
    )
    found = []
    for name, runs in (("measured", table), ("modelled", table.drop_columns("measured_energy_kwh"))):
        (tmp_path / name).mkdir()
        for file in ("a", "b"):  # of several files the engine's own planner knows no bounds
            pq.write_table(runs, tmp_path / name / f"{file}.parquet")
        found.append(batch(str(tmp_path / name)).totals.issues)
        # the count enters no sum of a row without hours, so it must not be taken as it stands
        assert "count" not in _bounds(*map(str, sorted((tmp_path / name).iterdir())))
    assert found == [{}, {"hours-missing": 2} if blank == "hours" else {}]


def test_beside_a_measured_energy_each_row_is_asked(tmp_path, monkeypatch):
    """A load of NaN in a measured row without hours is in no finite sum, so no number is taken within bounds there."""
    rows = pa.Table.from_pylist([FINE], SCHEMA)
    pq.write_table(rows.append_column("measured_energy_kwh", pa.array([3.0])), tmp_path / "runs.parquet")
    taken = []
    reduce = DuckDB.reduce
    monkeypatch.setattr(
        DuckDB,
        "reduce",
        lambda *said: taken.append(sorted(said[4] if len(said) > 4 else ())) or reduce(*said),
    )
    batch(str(tmp_path / "runs.parquet"))
    assert taken == [[]]
    batch(_written(tmp_path / "modelled.parquet", [FINE]))
    assert taken[1:] == [["count", "hours", "load", "pue", "start"]]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"start": None},
        {"where": "Nowhereland"},
        pytest.param({"where": None}, marks=pytest.mark.slow),
        pytest.param({"start": _may(1979, 12)}, marks=pytest.mark.slow),
        pytest.param({"start": _may(2015, 12)}, marks=pytest.mark.slow),
        pytest.param({"where": "FR", "hardware": "8xNothing"}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_words_with_every_year_say_what_words_with_their_own_years_say(tmp_path, monkeypatch, odd):
    """Each word has one year, so most pairs are in no row: none of them leaves a failure, a count, a note or a figure."""
    years = {"FR": 2021, "DE": 2024, "aws:us-east-1": 2022}
    rows = [FINE | {"where": where, "start": _may(year, 12)} for where, year in years.items()]
    path = _written(tmp_path / "runs.parquet", [*rows, FINE | odd, FINE | odd])
    begin = int(dt.datetime(2021, 1, 1, tzinfo=dt.UTC).timestamp())
    series = [Series("DE", begin, 3600, [300.0] * 24 * 365 * 5), Series("PL", begin, 3600, [700.0] * 48)]
    for said in ({}, {"series": series}, {"where": "Paris"}):
        found = []
        for most in (16, 0):
            monkeypatch.setattr(backend, "MOST_FILES", most)
            found.append(batch(path, by="where", **said))
        assert found[0]._replace(totals=None, groups={}) == found[1]._replace(totals=None, groups={})
        assert found[0].totals.rows == 5
        assert found[0].groups.keys() == found[1].groups.keys()
        for label in (None, *found[0].groups):
            one, other = (each.groups[label] if label else each.totals for each in found)
            assert one._replace(figures={}) == other._replace(figures={})
            for name, figure in one.figures.items():
                ends = figure and pytest.approx((figure.central, figure.low, figure.high), rel=1e-12)
                same = other.figures[name]
                assert (same and (same.central, same.low, same.high)) == ends


def test_the_years_of_a_word_are_asked_for_where_words_are_many(tmp_path, monkeypatch):
    """Beyond a number of words times years, each word is looked up for its own years alone."""
    rows = [FINE | {"where": where, "start": _may(2021 + at)} for at, where in enumerate(("FR", "DE"))]
    path = _written(tmp_path / "runs.parquet", rows)
    asked = []
    words = gather.place_words
    monkeypatch.setattr(
        gather, "place_words", lambda counts, *said: asked.append(counts) or words(counts, *said)
    )
    batch(path)
    monkeypatch.setattr(gather, "MOST_SPANNED", 3)
    batch(path)
    assert asked == [
        {("FR", 2021): 1, ("FR", 2022): 0, ("DE", 2021): 1, ("DE", 2022): 0},
        {("FR", 2021): 1, ("DE", 2022): 1},
    ]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("timestamp '20000-01-01 (BC)'", {"start-unusable": 1}),
        ("timestamp '1999-12-31'", {"start-unusable": 1}),
        ("timestamp '200000-01-01'", {"start-unusable": 1}),
        ("'infinity'::timestamp", {}),
        ("'-infinity'::timestamp", {}),
    ],
)
def test_a_start_beyond_every_calendar_is_of_no_use_and_stops_nothing(tmp_path, start, said):
    """The bounds of such a column name no years; its row has an issue (a time without end is none), and the other its figures."""
    path = tmp_path / "runs.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select 'A100' as hardware, 'FR' as \"where\", 10.0 as hours, "
            f"unnest([timestamp '2024-05-01', {start}]) as start) to '{path}' (format parquet)"
        )
    totals = batch(str(path)).totals
    assert (totals.rows, totals.answered, totals.issues) == (2, 2 - len(said), said)
