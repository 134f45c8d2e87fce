"""Runs with a start are integrated over the hours of their zone's series, exactly and without a row for each hour."""

from __future__ import annotations

import datetime as dt
import math
import random

import duckdb
import pandas as pd
import polars as pl
import pytest

import wattgram
from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.frames import summarise
from wattgram.frames.hours import read_series
from wattgram.series import Series

BEGIN = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
HOURS = 24 * 90
WAVE = [250.0 + 200.0 * math.sin(h / 24 * 2 * math.pi) + (h % 7) for h in range(HOURS)]


def _series(zone="DE", values=WAVE, step_s=3600, **about):
    return Series(zone, int(BEGIN.timestamp()), step_s, values, **about)


def _runs(number, where="DE"):
    draw = random.Random(3)  # noqa: S311 - the same rows every time, and no secret
    starts = [BEGIN + dt.timedelta(hours=draw.random() * (HOURS - 200)) for _ in range(number)]
    starts[:3] = [BEGIN, BEGIN + dt.timedelta(hours=5), BEGIN + dt.timedelta(hours=HOURS - 1)]
    hours = [draw.choice((0.01, 0.5, 1.0, 7.3, 24.0, 199.0)) for _ in range(number)]
    hours[:3] = [float(HOURS), 1.0, 1.0]
    return pd.DataFrame({"hardware": "8xA100-SXM4-80GB", "hours": hours, "where": where, "start": starts})


def _brute_force(start, hours):
    """Mean intensity hour by hour."""
    at, end, total = start, start + dt.timedelta(hours=hours), 0.0
    while at < end:
        index = int((at - BEGIN) // dt.timedelta(hours=1))
        stop = min(end, BEGIN + dt.timedelta(hours=index + 1))
        total += WAVE[index] * ((stop - at) / dt.timedelta(hours=1))
        at = stop
    return total / hours


def test_the_mean_of_a_run_is_that_of_its_hours_one_by_one():
    """Two look-ups give what a walk over every hour gives, from a minute to three months, at every boundary."""
    frame = _runs(150)
    answers = wattgram.estimate_frame(frame, series=_series())
    for row in answers.itertuples():
        expected = _brute_force(row.start.to_pydatetime(), row.hours)
        assert row.intensity_g_per_kwh == pytest.approx(expected, rel=1e-6), row


@pytest.mark.parametrize(
    "engine", ["pandas", "polars", "pyarrow", "duckdb", pytest.param("dask", marks=pytest.mark.slow)]
)
def test_every_engine_agrees_with_the_scalar_path(engine):
    """Central figure and both ends are those of `estimate(..., series=)`, with estimated hours and gaps too."""
    values = [math.nan if 300 <= h < 310 else value for h, value in enumerate(WAVE)]
    series = _series(values=values, estimated=[h % 5 == 0 for h in range(HOURS)], basis="generation")
    frame = _runs(40)
    frame.loc[3, "start"] = BEGIN + dt.timedelta(hours=298.5)
    frame.loc[3, "hours"] = 199.0
    if engine == "pandas":
        answers = wattgram.estimate_frame(frame, series=series).to_dict("list")
    elif engine == "polars":
        answers = (
            wattgram.estimate_frame(pl.from_pandas(frame).lazy(), series=[series])
            .collect()
            .to_dict(as_series=False)
        )
    elif engine == "pyarrow":
        answers = wattgram.estimate_frame(pl.from_pandas(frame).to_arrow(), series={"DE": series}).to_pydict()
    elif engine == "dask":
        table = pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=2)
        answers = wattgram.estimate_frame(table, series=series).compute().to_dict("list")
    else:
        with duckdb.connect() as connection:
            table = pl.from_pandas(frame).with_row_index("line").to_arrow()
            relation = wattgram.estimate_frame(connection.from_arrow(table), series=series)
            answers = relation.order("line").to_arrow_table().to_pydict()
    for at, row in enumerate(frame.itertuples()):
        one = estimate("8xA100-SXM4-80GB", row.hours, "DE", start=row.start.to_pydatetime(), series=series)
        ends = [answers[f"operational_kg{end}"][at] for end in ("_low", "", "_high")]
        value = one.operational
        assert ends == pytest.approx([value.low, value.central, value.high], rel=1e-7), row
        codes = {code for code in answers["warning"][at].split("|") if not code.startswith("default-")}
        assert codes == {notice.code for notice in one.warnings}, row


def test_a_run_outside_the_series_takes_the_year_and_says_so():
    """Before, after, over the edge, or without a start: the yearly figure, with a code where a start was known."""
    edge = BEGIN + dt.timedelta(hours=HOURS)
    starts = [BEGIN - dt.timedelta(hours=1), edge, edge - dt.timedelta(hours=1), None, BEGIN]
    frame = pd.DataFrame({"hardware": "300W", "hours": 2.0, "where": "DE", "start": starts})
    answers = wattgram.estimate_frame(frame, series=_series())
    assert ["series-outside" in text for text in answers["warning"]] == [True, True, True, False, False]
    assert answers["intensity_g_per_kwh"][4] == pytest.approx(_brute_force(BEGIN, 2.0))
    yearly = estimate("300W", 2, "DE", start="2024-03-01").assembled.factors.intensity_g_per_kwh.central
    assert answers["intensity_g_per_kwh"][0] == pytest.approx(yearly)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_a_run_in_a_zone_without_a_series_says_so(engine):
    """The year stands in for the hours that were asked for: said for another zone, not where no grid is asked."""
    places = ["DE", "FR", "20 g/kWh", "", "FR"]
    rows = {
        "hardware": "300W",
        "hours": 2.0,
        "where": places,
        "start": [BEGIN] * 4 + [None],
        "line": range(5),
    }
    frame = pd.DataFrame(rows)
    for zone, said in (("DE", [False, True]), ("SE", [True, True])):
        if engine == "duckdb":
            with duckdb.connect() as connection:
                table = connection.from_arrow(pl.from_pandas(frame).to_arrow())
                answers = wattgram.estimate_frame(table, series=_series(zone)).order("line")
                warnings = [text or "" for (text,) in answers.project("warning").fetchall()]
        else:
            given = frame if engine == "pandas" else pl.from_pandas(frame)
            answers = wattgram.estimate_frame(given, series=_series(zone))
            warnings = [text or "" for text in answers["warning"].to_list()]
        assert ["series-outside" in text for text in warnings] == [*said, False, False, False]


def test_other_zones_are_left_alone_and_finer_steps_are_exact():
    """A series of one zone does not touch another; steps of a quarter of an hour integrate as exactly."""
    fine = [value for value in WAVE for _ in range(4)]
    frame = pd.concat([_runs(20), _runs(20, "FR")], ignore_index=True)
    answers = wattgram.estimate_frame(frame, series=_series(values=fine, step_s=900))
    plain = wattgram.estimate_frame(frame)
    assert answers["operational_kg"][20:].tolist() == pytest.approx(plain["operational_kg"][20:].tolist())
    expected = [_brute_force(row.start.to_pydatetime(), row.hours) for row in frame[:20].itertuples()]
    assert answers["intensity_g_per_kwh"][:20].tolist() == pytest.approx(expected, rel=1e-6)


def test_totals_follow_the_hours():
    """The total of a table with a series is the sum of its rows."""
    frame = _runs(30)
    whole = summarise(frame, series=_series()).totals.figures["operational_kg"]
    assert whole.central == pytest.approx(
        wattgram.estimate_frame(frame, series=_series())["operational_kg"].sum()
    )


def test_a_series_that_cannot_enter_is_an_error():
    """Marginal values, two of one zone, and a table without a start are refused with the reason."""
    with pytest.raises(InputError, match="marginal"):
        wattgram.estimate_frame(_runs(3), series=_series(kind="marginal"))
    with pytest.raises(InputError, match="two series"):
        wattgram.estimate_frame(_runs(3), series=[_series(), _series()])
    with pytest.raises(InputError, match="start"):
        wattgram.estimate_frame(_runs(3).drop(columns="start"), series=_series())


def test_a_long_series_is_the_same_without_numpy(monkeypatch):
    """The hours go to DuckDB as arrays or, where numpy is missing, as text: not a bit of difference."""
    from wattgram.frames.backends import duckdb as backend

    fine = [value for value in WAVE for _ in range(4)]
    found = []
    for long in (backend.LONG, 10**9):
        monkeypatch.setattr(backend, "LONG", long)
        with duckdb.connect() as connection:
            rows = connection.from_arrow(pl.from_pandas(_runs(20)).with_row_index("line").to_arrow())
            answers = wattgram.estimate_frame(rows, series=_series(values=fine, step_s=900)).order("line")
            found.append(
                answers.project("operational_kg, operational_kg_low, operational_kg_high").fetchall()
            )
    assert len(fine) > 5000
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_series_of_other_lengths_and_steps_stand_side_by_side(engine):
    """Each zone has its own begin, end and step, and the totals are the sums of the rows."""
    late = int((BEGIN + dt.timedelta(days=30)).timestamp())
    both = [
        _series("DE"),
        Series("FR", late, 1800, [value for value in WAVE[30 * 24 :] for _ in range(2)]),
    ]
    frame = pd.concat([_runs(40), _runs(40, "FR")], ignore_index=True)
    if engine == "duckdb":
        with duckdb.connect() as connection:
            table = connection.from_arrow(pl.from_pandas(frame).to_arrow())
            answers = pl.from_arrow(wattgram.estimate_frame(table, series=both).to_arrow_table()).to_pandas()
            totals = summarise(table, series=both).totals
    else:
        answers, totals = wattgram.estimate_frame(frame, series=both), summarise(frame, series=both).totals
    outside = 0
    for row in answers.itertuples():
        began = row.start.to_pydatetime().astimezone(dt.UTC)  # a clock on the wall skips an hour in March
        if row.where == "FR" and began < BEGIN + dt.timedelta(days=30):
            outside += 1
            assert "series-outside" in row.warning, row
        else:
            assert row.intensity_g_per_kwh == pytest.approx(_brute_force(began, row.hours), rel=1e-6), row
            assert "series-outside" not in (row.warning or ""), row
    assert 0 < outside < 40
    assert totals.warnings["series-outside"] == outside
    assert totals.figures["operational_kg"].central == pytest.approx(
        answers["operational_kg"].sum(), rel=1e-9
    )


def test_a_series_of_no_zone_is_of_the_one_zone_that_is_there(tmp_path):
    """A file that names no zone serves a table of one zone; over several it is refused, and a mapping or PL=FILE names it."""
    path = tmp_path / "hours.csv"
    lines = [f"2024-05-{day:02d}T{hour:02d}:00:00Z,600" for day in (1, 2, 3) for hour in range(24)]
    path.write_text("\n".join(["time,g_per_kwh", *lines]) + "\n")
    rows = {"hardware": ["A100"] * 2, "hours": [2.0] * 2, "start": ["2024-05-02T10:00:00Z"] * 2}
    two, one = pd.DataFrame(rows | {"where": ["PL", "FR"]}), pd.DataFrame(rows | {"where": ["PL", "PL"]})
    assert wattgram.estimate_frame(one, series=str(path))["intensity_g_per_kwh"].tolist() == pytest.approx(
        [600.0] * 2
    )
    with pytest.raises(InputError, match=r"FR, PL.*name its zone"):
        wattgram.estimate_frame(two, series=str(path))
    year = wattgram.estimate_frame(two)["intensity_g_per_kwh"][1]
    for named in ({"PL": str(path)}, f"PL={path}", [f"PL={path}"]):
        found = wattgram.estimate_frame(two, series=named)["intensity_g_per_kwh"]
        assert found.tolist() == pytest.approx([600.0, year]), named
    with pytest.raises(InputError, match="given as that of PL"):
        wattgram.estimate_frame(two, series={"PL": _series("DE")})


def test_what_a_file_does_not_say_is_said_for_it(tmp_path):
    """A boundary that is said of the files is theirs, and no run is warned of it; a word that is none is an error."""
    path = tmp_path / "PL.csv"
    path.write_text("time,g_per_kwh\n2024-05-17T00:00Z,500\n2024-05-17T01:00Z,600\n2024-05-17T02:00Z,500\n")
    catalog = Catalog.load()
    runs = pd.DataFrame(
        {"hardware": ["A100"], "hours": [1.0], "where": ["PL"], "start": ["2024-05-17T00:30Z"]}
    )
    for about, warned in (({}, True), ({"boundary": "lifecycle"}, False)):
        answer = wattgram.estimate_frame(runs, series=read_series([f"PL={path}"], catalog, **about)).iloc[0]
        assert answer["intensity_g_per_kwh"] == pytest.approx(550.0)
        assert ("series-boundary" in answer["warning"]) == warned
    with pytest.raises(InputError, match="lifecycle, direct"):
        read_series([f"PL={path}"], catalog, boundary="scope 2")
