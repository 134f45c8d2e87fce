"""Files of every documented shape become the same series, and what cannot be read is named by its line."""

from __future__ import annotations

import contextlib
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.errors import InputError
from wattgram.grid import read_series, write_series
from wattgram.series import Series, seconds_of

OLD_HEADER = (
    "Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO₂eq/kWh (direct),"
    "Carbon Intensity gCO₂eq/kWh (LCA),Low Carbon Percentage,Renewable Percentage,Data Source,Data Estimated,Data Estimation Method\n"
)
NEW_HEADER = (
    "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO₂eq/kWh (direct),"
    "Carbon intensity gCO₂eq/kWh (Life cycle),Carbon-free energy percentage (CFE%),"
    "Renewable energy percentage (RE%),Data source,Data estimated,Data estimation method\n"
)


def of(text: str, **said: str) -> Series:
    return read_series(io.StringIO(text), **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("header", [OLD_HEADER, NEW_HEADER])
def test_electricity_maps_exports_old_and_new(header: str) -> None:
    """Both headers give zone, boundary, hours and the estimated share."""
    text = header + (
        "2024-01-01 00:00:00,France,France,FR,20.5,33.25,95,30,x,false,\n"
        "2024-01-01 01:00:00,France,France,FR,22.5,35.25,95,30,x,true,TIME_SLICER\n"
    )
    series = of(text)
    assert (series.zone, series.boundary, series.kind, series.basis) == (
        "FR",
        "lifecycle",
        "average",
        "consumption",
    )
    assert list(series.g_per_kwh) == [33.25, 35.25]
    assert series.estimated_share == 0.5
    assert list(of(text, boundary="direct").g_per_kwh) == [20.5, 22.5]
    assert series.notes == ()


def test_several_zones_in_one_file_are_asked_for() -> None:
    """A file of two zones is read for one that is named; unnamed it is an error that lists them."""
    text = NEW_HEADER + (
        "2024-01-01 00:00:00,Denmark,West,DK-DK1,1,100,1,1,x,false,\n"
        "2024-01-01 00:00:00,Denmark,East,DK-DK2,1,200,1,1,x,false,\n"
    )
    text += text.split("\n", 1)[1].replace("00:00:00", "01:00:00")
    assert list(of(text, zone="DK-DK2").g_per_kwh) == [200.0, 200.0]
    with pytest.raises(InputError, match="DK-DK1 or DK-DK2"):
        of(text)


def test_neso_history_and_forecast() -> None:
    """The historic mix is direct and half-hourly; a forecast stands in for a missing actual and counts as estimated."""
    history = "DATETIME,GAS,COAL,NUCLEAR,WIND,GENERATION,CARBON_INTENSITY\n2024-05-01 00:00:00+00,1,0,5,9,15,88\n2024-05-01 00:30:00+00,1,0,5,9,15,90\n"
    series = of(history.replace("+00", "+00:00"))
    assert (series.zone, series.boundary, series.step_s, list(series.g_per_kwh)) == (
        "GB",
        "direct",
        1800,
        [88.0, 90.0],
    )
    forecast = "Datetime (UTC),Actual Carbon Intensity (gCO2/kWh),Forecast Carbon Intensity (gCO2/kWh),Index\n2024-05-01T00:00Z,80,85,low\n2024-05-01T00:30Z,,95,low\n"
    series = of(forecast)
    assert list(series.g_per_kwh) == [80.0, 95.0]
    assert series.estimated_share == 0.5
    with pytest.raises(InputError, match="direct"):
        of(forecast, boundary="lifecycle")


def test_eia_fuel_mix_by_the_factors_of_the_catalog() -> None:
    """100 MWh of coal at 820 and 300 of wind at 11 g/kWh are (82,000 + 3,300) / 400 = 213.25 (IPCC AR5 medians)."""
    wide = "ba,datetime_utc,WND,SUN,WAT,OIL,NG,COL,NUC,OTH\nMISO,2022-01-01T00:00Z,300,-2,0,0,0,100,0,50\nMISO,2022-01-01T01:00Z,0,0,0,0,200,0,200,0\n"
    series = of(wide)
    assert list(series.g_per_kwh) == pytest.approx([213.25, (490 + 12) / 2])
    assert (series.zone, series.basis, series.boundary) == ("US-MIDW-MISO", "generation", "lifecycle")
    assert any("6.2%" in note or "5.9%" in note for note in series.notes)
    direct = of(wide, boundary="direct")
    assert direct.g_per_kwh[0] == pytest.approx(100 * 760 / 400)


def test_eia_balance_file_names_the_end_of_the_hour() -> None:
    """EIA's own file says 'UTC Time at End of Hour', so its 1:00 is the hour that began at 0:00; adjusted before raw."""
    text = (
        "Balancing Authority,Data Date,Hour Number,Local Time at End of Hour,UTC Time at End of Hour,"
        "Net Generation (MW) from Coal,Net Generation (MW) from Wind,Net Generation (MW) from Coal (Adjusted)\n"
        'PJM,01/01/2024,1,01/01/2024 1:00:00 AM,01/01/2024 6:00:00 AM,"1,000","1,000",3000\n'
        "PJM,01/01/2024,2,01/01/2024 2:00:00 AM,01/01/2024 7:00:00 AM,1000,0,\n"
    )
    series = of(text)
    assert series.begin_s == seconds_of_text("2024-01-01T05:00+00:00")
    assert list(series.g_per_kwh) == pytest.approx([(3000 * 820 + 1000 * 11) / 4000, 820.0])


def test_eia_api_table() -> None:
    """The API's long table: one row a fuel and period."""
    text = (
        "period,respondent,respondent-name,fueltype,type-name,value,value-units\n"
        "2024-01-01T01,CISO,California,NG,Natural gas,100,megawatthours\n"
        "2024-01-01T01,CISO,California,SUN,Solar,300,megawatthours\n"
        "2024-01-01T02,CISO,California,NG,Natural gas,100,megawatthours\n"
    )
    assert list(of(text).g_per_kwh) == pytest.approx([(100 * 490 + 300 * 45) / 400, 490.0])


def seconds_of_text(text: str) -> float:
    import datetime as dt

    return seconds_of(dt.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    "text",
    [
        "time,value\n2024-01-01T00:00Z,100\n2024-01-01T01:00Z,200\n",
        "value;time\n100,0;2024-01-01 00:00\n200,0;2024-01-01 01:00\n",
        "when\tg_per_kwh\tprice\n1704067200\t100\t3\n1704070800\t200\t4\n",
        "timestamp_ms,carbon_intensity,load\n1704067200000,100,9\n1704070800000,200,9\n",
        "Date,gCO2/kWh\n2024-01-01 01:00:00+01:00,100\n2024-01-01T02:00:00+0100,200\n",
        "time,kgCO2/kWh\n2024-01-01T00:00Z,0.1\n2024-01-01T01:00Z,0.2\n",
        "\ufefftime,value\r\n# a remark\r\n\r\n2024-01-01 01:00:00 UTC,200\r\n2024-01-01 00:00:00 UTC,100\r\n",
        "time,value\n13/01/2024 00:00,1\n01/01/2024 00:00,100\n01/01/2024 01:00,200\n",
    ],
)
def test_any_time_and_value_file(text: str) -> None:
    """Separators, orders, epochs, offsets, decimal commas and units all give 100 and 200 from midnight UTC."""
    series = of(text)
    assert series.begin_s == 1704067200
    assert list(series.g_per_kwh)[:2] == pytest.approx([100.0, 200.0])


def test_bad_rows_are_named_by_line_and_the_rest_is_kept() -> None:
    """An unreadable time, a word for a number and a negative value are three rows left out; the file is read."""
    series = of(
        "time,value\n2024-01-01T00:00Z,1\nyesterday,2\n2024-01-01T02:00Z,many\n2024-01-01T03:00Z,-4\n2024-01-01T04:00Z,5\n2024-01-01T05:00Z,6\n2024-01-01T06:00Z,6\n2024-01-01T07:00Z,6\n2024-01-01T08:00Z,6\n2024-01-01T09:00Z,6\n2024-01-01T10:00Z,6\n2024-01-01T11:00Z,6\n2024-01-01T12:00Z,6\n2024-01-01T13:00Z,6\n2024-01-01T14:00Z,6\n2024-01-01T15:00Z,6\n2024-01-01T16:00Z,6\n"
    )
    assert "3 rows were left out (line 3" in series.notes[0]
    assert "line 4: 'many' is no number" in series.notes[0]
    assert series.gaps == [(series.begin_s + 3600, series.begin_s + 4 * 3600)]


def test_doubles_the_later_row_counts_and_it_is_said() -> None:
    """Equal doubles are one row in silence; different ones are said with their line."""
    same = of("time,value\n2024-01-01T00:00Z,1\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2\n")
    assert same.notes == ()
    other = of("time,value\n2024-01-01T00:00Z,1\n2024-01-01T00:00Z,7\n2024-01-01T01:00Z,2\n")
    assert list(other.g_per_kwh) == [7.0, 2.0]
    assert "1 times stand twice" in other.notes[0]
    assert "line 3" in other.notes[0]


def test_times_without_a_zone_are_utc_and_that_is_said() -> None:
    """A bare clock is UTC with a note, or that of the zone which is named."""
    text = "time,value\n2024-07-01 00:00,1\n2024-07-01 01:00,2\n"
    assert "read as UTC" in of(text).notes[0]
    paris = of(text, timezone="Europe/Paris")
    assert paris.notes == ()
    assert paris.begin_s == of(text).begin_s - 7200


def test_the_hour_that_comes_twice_and_the_hour_that_is_skipped() -> None:
    """Paris, 27 October 2024: 02:00 stands twice and is two hours; 31 March: 02:30 is no time."""
    autumn = of(
        "time,value\n2024-10-27 01:00,1\n2024-10-27 02:00,2\n2024-10-27 02:00,3\n2024-10-27 03:00,4\n",
        timezone="Europe/Paris",
    )
    assert list(autumn.g_per_kwh) == [1.0, 2.0, 3.0, 4.0]
    assert autumn.gaps == []
    spring = of(
        "time,value\n2024-03-31 01:00,1\n2024-03-31 02:00,9\n2024-03-31 03:00,2\n2024-03-31 04:00,3\n",
        timezone="Europe/Paris",
    )
    assert list(spring.g_per_kwh) == [1.0, 2.0, 3.0]
    assert "the clocks skip this hour" in spring.notes[0]


def test_marginal_is_seen_and_never_renamed() -> None:
    """A column of MOER is marginal and in grams (1000 lb/MWh = 453.59237 g/kWh); calling it average is refused."""
    text = "point_time,moer_lbs_per_mwh\n2024-01-01T00:00Z,1000\n2024-01-01T01:00Z,500\n"
    series = of(text)
    assert series.kind == "marginal"
    assert series.g_per_kwh[0] == pytest.approx(453.59237)
    with pytest.raises(InputError, match="says marginal"):
        of(text, kind="average")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("time,value\n", "no rows"),
        ("a,b\n1,2\n3,4\n", "no column holds times"),
        ("time,a,b\n2024-01-01T00:00Z,1,2\n2024-01-01T01:00Z,1,2\n", "2 columns of values"),
        ("time,value\n2024-01-01T00:00Z,x\n2024-01-01T01:00Z,y\n", "no column of values"),
        ("time,value\n01/02/2024 00:00,1\n02/02/2024 00:00,2\n", "day and month cannot be told apart"),
        ("time,value\n2024-01-01,1\n2024-01-02,2\n", "more than an hour apart"),
    ],
)
def test_what_is_no_series_is_an_error_in_one_sentence(text: str, says: str) -> None:
    """Each hopeless file gets the sentence that says why."""
    with pytest.raises(InputError, match=says):
        of(text)


def test_gzip_and_bad_files(tmp_path) -> None:
    """A gzipped file is read as it is; a missing one, a binary one and a cut one are sentences."""
    path = tmp_path / "FR.csv.gz"
    path.write_bytes(gzip.compress(b"time,value\n2024-01-01T00:00Z,100\n2024-01-01T01:00Z,200\n"))
    assert list(read_series(path).g_per_kwh) == [100.0, 200.0]
    (tmp_path / "cut.csv.gz").write_bytes(path.read_bytes()[:20])
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)))
    for name in ("missing.csv", "cut.csv.gz", "binary.csv"):
        with pytest.raises(InputError):
            read_series(tmp_path / name)


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 2000)), min_size=2, max_size=40).filter(
        lambda x: x[0] is not None
    ),
    st.sampled_from([300, 900, 1800, 3600]),
)
def test_a_written_series_reads_back_whole(values: list[float | None], step: int) -> None:
    """Zone, kind, boundary, steps, values and gaps survive the file."""
    one = Series(
        "FR", 1704067200, step, [*values, 1.0, 2.0], boundary="direct", basis="generation", source="eia-930"
    )
    two = of(write_series(one))
    assert (two.zone, two.boundary, two.basis, two.source, two.step_s) == (
        "FR",
        "direct",
        "generation",
        "eia-930",
        step,
    )
    assert list(two.integral) == list(one.integral)
    assert list(two.covered_h) == list(one.covered_h)


@given(st.text(max_size=300))
def test_any_text_gives_a_series_or_a_sentence(text: str) -> None:
    """No text makes the reader fail in another way than InputError."""
    with contextlib.suppress(InputError):
        of("time,value\n" + text)
