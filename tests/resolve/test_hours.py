"""A run whose hours are known is integrated exactly; one whose hours are not gets its zone's own spread."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import polars as pl
import pytest

import wattgram
from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.resolve.hours import (
    annual_hours,
    fit,
    hour_windows,
    over_gaps,
    relative_hours,
    series_deviations,
    series_spread,
    series_value,
    unknown_hour,
)
from wattgram.series import Series
from wattgram.value import Value

CATALOG = Catalog.load()
HOUR_S = 3600

DAY = dt.datetime(2024, 5, 17, tzinfo=dt.UTC)
BEGIN = int(DAY.timestamp())


def hours(first, last):
    """A piece of the day, in hours of it."""
    return (BEGIN + first * HOUR_S, BEGIN + last * HOUR_S)


def codes(notices):
    return [notice.code for notice in notices]


def of_france(values, **about):
    return Series(
        "FR", BEGIN, 3600, values, **{"basis": "consumption", "source": "electricitymaps-hourly", **about}
    )


def test_a_run_is_integrated_over_its_hours():
    """300 W from 00:30 for 2 h at 100, 40, 10 g/kWh: 0.15 kWh x 100 + 0.3 x 40 + 0.15 x 10 = 28.5 g, PUE 1."""
    answer = wattgram.estimate(
        "300W", "2h", "FR", start=DAY + dt.timedelta(minutes=30), series=of_france([100.0, 40.0, 10.0]), pue=1
    )
    assert answer.operational.central == pytest.approx(0.0285, rel=1e-12)
    intensity = answer.assembled.factors.intensity_g_per_kwh
    assert intensity.high / intensity.central == pytest.approx(1.1)
    assert "integrated over the series" in intensity.reason
    assert "electricitymaps-hourly" in answer.source_ids
    assert (answer.assembled.zone, answer.assembled.year) == ("FR", 2024)


def test_a_split_run_sums_to_the_whole():
    """Two runs end to end emit what one over both does."""
    series = of_france([100.0, 40.0, 10.0, 70.0, 30.0])
    first = wattgram.estimate("A100", "1.3h", "FR", start=DAY, series=series)
    second = wattgram.estimate("A100", "2.2h", "FR", start=DAY + dt.timedelta(hours=1.3), series=series)
    whole = wattgram.estimate("A100", "3.5h", "FR", start=DAY, series=series)
    assert first.operational.central + second.operational.central == pytest.approx(whole.operational.central)


def test_an_end_stands_for_a_duration():
    """Start and end give the duration; an end that contradicts a duration is an error."""
    series = of_france([100.0, 40.0])
    answer = wattgram.estimate("A100", where="FR", start=DAY, end="2024-05-17T01:30Z", series=series)
    assert answer.run.duration_h == 1.5
    with pytest.raises(InputError, match=r"1.5 h, and the duration says 3h"):
        wattgram.estimate("A100", "3h", "FR", start=DAY, end="2024-05-17T01:30Z")
    with pytest.raises(InputError, match="goes with a start"):
        wattgram.estimate("A100", "3h", "FR", end="2024-05-17T01:30Z")
    with pytest.raises(InputError, match="after the start"):
        wattgram.estimate("A100", where="FR", start=DAY, end="2024-05-16")


def test_the_place_may_be_left_to_the_series():
    """Without a place the series' own zone is the place's."""
    answer = wattgram.estimate("A100", "1h", start=DAY, series=of_france([100.0, 40.0]))
    assert answer.assembled.zone == "FR"


@pytest.mark.parametrize(
    ("words", "said", "says"),
    [
        (("A100", "9h", "FR"), {"start": DAY}, "covers 2024-05-17T00:00Z to 2024-05-17T02:00Z"),
        (("A100", "1h", "FR"), {"start": "2024-05-16T23:30Z"}, "covers"),
        (("A100", "1h", "FR"), {}, "needs a start"),
        (("A100", None, "FR"), {"start": DAY, "measured_energy_kwh": 3}, "needs a duration"),
        (("A100", "1h", "DE"), {"start": DAY}, "grid zone DE"),
        (("A100", "1h", "FR"), {"start": DAY, "boundary": "direct"}, "boundary direct"),
        (("A100", "1h", "20 g/kWh"), {"start": DAY}, "one of the two"),
        (("A100", "1h", "FR"), {"start": DAY, "intensity": 20}, "one of the two"),
    ],
)
def test_a_series_that_does_not_fit_is_refused(words, said, says):
    """Outside, undated, elsewhere, another boundary: each its sentence, never a silent figure."""
    with pytest.raises(InputError, match=says):
        wattgram.estimate(*words, **said, series=of_france([100.0, 40.0]))


def test_a_path_is_no_series():
    """The library opens no file by a string; the command does."""
    with pytest.raises(InputError, match="read_series"):
        wattgram.estimate("A100", "1h", "FR", start=DAY, series="/etc/passwd")


def test_gaps_estimates_and_bases_are_said_and_widen():
    """A gap, estimated hours and a production basis each have a code, and a wider range than measured hours."""

    def spread(series):
        answer = wattgram.estimate("A100", "4h", "FR", start=DAY, series=series)
        value = answer.assembled.factors.intensity_g_per_kwh
        return value.high / value.low, {notice.code for notice in answer.warnings}

    values = [100.0, 100.0, 100.0, 100.0, 300.0]
    plain, codes = spread(of_france(values))
    assert not codes & {"series-gap", "series-estimated", "series-generation", "series-boundary"}
    for series, code in (
        (of_france([100.0, None, 100.0, 100.0, 300.0]), "series-gap"),
        (of_france(values, estimated=[True] * 5), "series-estimated"),
        (of_france(values, basis="generation"), "series-generation"),
    ):
        wider, codes = spread(series)
        assert code in codes
        assert wider > plain
    _, codes = spread(of_france(values, boundary="unknown"))
    assert "series-boundary" in codes


def test_zones_that_are_estimated_upstream_say_so():
    """Every hour of Tokyo's figures is an estimate of the publisher, whatever a file of them says."""
    series = Series("JP-TK", BEGIN, 3600, [500.0] * 5, basis="consumption")
    answer = wattgram.estimate("A100", "4h", "JP-TK", start=DAY, series=series)
    assert "series-estimated" in {notice.code for notice in answer.warnings}


@pytest.mark.parametrize(
    ("duration", "low", "high"), [(2, 0.454353, 1.47196), (30, 0.636146, 1.32684), (200, 0.687999, 1.2895)]
)
def test_an_unknown_hour_takes_the_zone_s_own_spread(duration, low, high):
    """California's 2022 hours, days and weeks: 5 and 95 % of their means over the year's (profiles.csv)."""
    value = wattgram.estimate("A100", duration, "US-CAL-CISO").assembled.factors.intensity_g_per_kwh
    assert value.low / value.central == pytest.approx(low)
    assert value.high / value.central == pytest.approx(high)
    assert "profile of US-CAL-CISO" in value.reason
    assert "eia-930-2022" in value.sources


def test_the_mean_of_several_pieces_by_hand():
    """One hour at 100 and two at 40 are 60 g/kWh over 3 h, said with the first piece's start and the number of pieces."""
    series = of_france([100.0, 0.0, 40.0, 40.0])
    value, notices = series_value(series, [hours(0, 1), hours(2, 4)], CATALOG)
    assert value.central == pytest.approx(60)
    assert value.reason == "FR 2024-05-17T00:00Z and 3 h in 2 pieces, integrated over the series"
    assert (value.unit, value.origin, value.sources) == ("g/kWh", "given", ("electricitymaps-hourly",))
    assert (value.high / value.central, value.central / value.low) == pytest.approx((1.1, 1.1))
    assert notices == ()
    one, _ = series_value(series, [hours(0.5, 1)], CATALOG)
    assert one.reason == "FR 2024-05-17T00:30Z and 0.5 h, integrated over the series"


def test_a_series_without_name_or_source_is_the_user_s():
    """It is called yours, and cited as such."""
    series = Series("unnamed", BEGIN, 3600, [100.0])
    value, _ = series_value(series, [hours(0, 1)], CATALOG)
    assert value.reason.startswith("your series, 2024-05-17T00:00Z and 1 h")
    assert value.sources == ("user-series",)


@pytest.mark.parametrize(("zone", "taken"), [("unnamed\n".strip(), "DE"), ("DE", "DE"), ("DE-X", "DE-X")])
def test_a_series_without_a_name_leaves_the_place_its_zone(zone, taken):
    """A run in Germany over a series without a name is in DE; one that names a part of it is in that part."""
    series = Series(zone, BEGIN, 3600, [100.0])
    answer = wattgram.estimate("T4", "1h", "DE", start=DAY, series=series)
    assert answer.assembled.zone == taken
    reason = answer.assembled.factors.intensity_g_per_kwh.reason
    assert reason.startswith("your series, " if zone == "unnamed" else zone)


def test_a_series_may_begin_with_the_clock():
    """The first two hours of 1970 have a mean like any other."""
    value, _ = series_value(Series("FR", 0, 3600, [10.0, 20.0], source="x"), [(0, 7200)], CATALOG)
    assert value.central == pytest.approx(15)
    assert value.reason == "FR 1970-01-01T00:00Z and 2 h, integrated over the series"


def test_pieces_with_a_hole_weigh_by_what_is_covered():
    """A full hour at 100 beside an hour of which half is there at 40: (1 x 100 + 0.5 x 40) / 1.5 = 80 g/kWh, 75 % covered."""
    series = Series("FR", BEGIN, 1800, [100.0, 100.0, 40.0, None], source="x", basis="consumption")
    value, notices = series_value(series, [hours(0, 1), hours(1, 2)], CATALOG)
    assert value.central == pytest.approx(80)
    assert value.reason.endswith(", 75% of it covered")
    assert codes(notices) == ["series-gap"]
    assert notices[0].text == "the series of FR has values for 75.0% of the run"
    assert value.low == pytest.approx(80 / 1.1 * 0.75 + 40 * 0.25)
    assert value.high == pytest.approx(80 * 1.1 * 0.75 + 100 * 0.25)
    assert (value.unit, value.origin, value.sources) == ("g/kWh", "given", ("x",))


def test_a_hole_where_the_grid_emits_nothing_keeps_the_zero():
    """A mean of 0 has no range to widen; the hole is still said."""
    value, notices = series_value(of_france([0.0, None, 0.0]), [hours(0, 3)], CATALOG)
    assert (value.central, value.high) == (0, 0)
    assert codes(notices) == ["series-gap"]
    assert "covered" not in value.reason
    little, _ = series_value(of_france([0.5, None, 0.5]), [hours(0, 3)], CATALOG)
    assert little.central == 0.5
    assert little.reason.endswith("67% of it covered")


def test_a_run_is_covered_up_to_rounding():
    """Eight minutes within full hours, whose coverage computes to 1 - 2.6e-14, are wholly covered."""
    piece = hours(42.38211528718472, 42.52186061826017)
    series = of_france([100.0] * 200)
    assert series.coverage(*piece) < 1
    _, notices = series_value(series, [piece], CATALOG)
    assert notices == ()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(40, 300, (77.5, 157.5)), (120, 300, (90, 157.5)), (40, 80, (77.5, 110)), (0, 300, (67.5, 157.5))],
)
def test_what_lies_in_a_gap_may_have_been_as_low_or_high_as_ever(low, high, expected):
    """100 (90..110) over three quarters, the rest at 40..300: 90 x 0.75 + 40 x 0.25 to 110 x 0.75 + 300 x 0.25, never narrower."""
    value = over_gaps(Value(100, 90, 110), 0.75, low, high)
    assert value.central == 100
    assert (value.low, value.high) == pytest.approx(expected)


def test_a_gap_that_is_everything_keeps_a_range_above_zero():
    """With nothing covered and hours at 0 the low end stays that of the value."""
    assert over_gaps(Value(100, 90, 110), 0.0, 0.0, 300.0).low == pytest.approx(90)
    assert over_gaps(Value(100, 90, 110), 0.0, 0.5, 300.0).low == pytest.approx(0.5)


def test_the_spread_of_a_series_is_that_of_its_known_steps():
    """Of 0..100 in any order the 5th and the 95th of a hundred; of three the lowest and the highest; holes count for nothing."""
    values = [float(n) for n in range(101)]
    assert series_spread(of_france([*values[50:], None, *values[:50]])) == (5, 95)
    assert series_spread(of_france([7.0, None, 3.0, 5.0])) == (3, 7)
    for steps, ends in ((19, (0, 18)), (20, (0, 19)), (21, (1, 19)), (22, (1, 20)), (102, (5, 96))):
        assert series_spread(of_france([float(n) for n in range(steps)])) == ends


def test_the_deviation_of_a_series_is_mixed_by_share():
    """Measured hours are within 10 %, estimated ones within 30 %, a half of each in between; production-based +25 % at least."""
    measured, guessed = series_deviations(0.0, False, CATALOG), series_deviations(1.0, False, CATALOG)
    ends = [Value.from_deviations(1.0, *pair) for pair in (measured, guessed)]
    assert [(value.low, value.high) for value in ends] == [
        pytest.approx((1 / 1.1, 1.1)),
        pytest.approx((1 / 1.3, 1.3)),
    ]
    mixed = series_deviations(0.25, False, CATALOG)
    assert mixed == pytest.approx(
        [0.75 * one + 0.25 * other for one, other in zip(measured, guessed, strict=True)]
    )
    produced = Value.from_deviations(1.0, *series_deviations(0.0, True, CATALOG))
    assert (produced.low, produced.high) == pytest.approx((1 / 1.1, 1.25))
    assert series_deviations(1.0, True, CATALOG) == pytest.approx(guessed)


@pytest.mark.parametrize(
    ("about", "boundary", "zone", "said"),
    [
        ({"kind": "marginal"}, "lifecycle", "FR", "FR, marginal.* never enters a footprint"),
        ({"boundary": "direct"}, "lifecycle", "FR", "FR, direct.* asked for with boundary lifecycle"),
        ({}, "lifecycle", "DE", "the run is in grid zone DE"),
        ({}, "lifecycle", "FR-COR", "the run is in grid zone FR-COR"),
    ],
)
def test_what_must_not_enter_a_footprint(about, boundary, zone, said):
    """Marginal values, another boundary, another zone: each its sentence."""
    with pytest.raises(InputError, match=said):
        fit(of_france([1.0], **about), boundary, zone)


@pytest.mark.parametrize(
    ("series_zone", "about", "boundary", "zone"),
    [
        ("FR", {}, "lifecycle", "FR"),
        ("FR", {}, "lifecycle", ""),
        ("DK-DK1", {}, "lifecycle", "DK"),
        ("FR", {"boundary": "unknown"}, "direct", "FR"),
        ("unnamed", {}, "lifecycle", "DE"),
    ],
)
def test_what_fits(series_zone, about, boundary, zone):
    """The zone itself, a part of it, a series without a name, a boundary that is not said, a run without a place."""
    fit(Series(series_zone, BEGIN, 3600, [1.0], **about), boundary, zone)
    marginal = Series(series_zone, BEGIN, 3600, [1.0], **about | {"kind": "marginal"})
    with pytest.raises(InputError, match="never enters"):  # it is this series that was let in, and not any
        fit(marginal, boundary, zone)


@pytest.mark.parametrize(
    ("estimated", "said"),
    [
        ([False] * 4, []),
        ([True, False, False, False], ["25% of the hours of FR are estimated by their source"]),
        ([True] * 4, ["every hour of FR is estimated by its source"]),
    ],
)
def test_the_share_of_estimated_hours_is_said(estimated, said):
    """None, a quarter and all of four hours, in words and in the range."""
    value, notices = series_value(of_france([100.0] * 4, estimated=estimated), [hours(0, 4)], CATALOG)
    assert [notice.text for notice in notices] == said
    assert value.high_sq == pytest.approx(series_deviations(sum(estimated) / 4, False, CATALOG)[1])


@pytest.mark.parametrize(("zone", "upstream"), [("JP-TK", True), ("IN-WE", True), ("JP-KN", False)])
def test_zones_estimated_upstream_have_the_range_of_estimates(zone, upstream):
    """Tokyo and western India are within 30 %, whatever the file says; Kansai is measured."""
    value, notices = series_value(Series(zone, BEGIN, 3600, [500.0]), [hours(0, 1)], CATALOG)
    assert value.high == pytest.approx(650 if upstream else 550)
    assert codes(notices) == (["series-estimated"] if upstream else [])


def test_what_a_file_is_worth_knowing_for_is_said():
    """Notes of the reader, a boundary that is not said and a production basis, each with its code, in this order."""
    series = Series("FR", BEGIN, 3600, [1.0], basis="generation", boundary="unknown", notes=["one", "two"])
    _, notices = series_value(series, [hours(0, 1)], CATALOG)
    assert codes(notices) == ["series-boundary", "series-generation", "series-file", "series-file"]
    assert [notice.text for notice in notices][2:] == ["one", "two"]


@pytest.mark.parametrize(
    ("duration_h", "window"), [(0, 0), (1, 0), (23.9, 0), (24, 1), (167.9, 1), (168, 2), (9000, 2)]
)
def test_a_longer_run_takes_the_window_it_fills(duration_h, window):
    """An hour, a day from 24 h, a week from 168 h; one run alone and a column of runs alike."""
    windows = [Value(1, 0.5, 1.5), Value(1, 0.7, 1.3), Value(1, 0.8, 1.2)]
    assert unknown_hour(windows, duration_h) is windows[window]
    column = unknown_hour(windows, nw.col("h"))
    frame = nw.from_native(pl.DataFrame({"h": [float(duration_h)]}))
    assert frame.select(high_sq=column.high_sq).rows() == [(windows[window].high_sq,)]


def test_a_zone_without_a_profile_takes_the_default_of_every_zone():
    """France has none: the same unknown hour for an hour, a day and a week; so has no zone at all."""
    default = CATALOG.default("grid-hour-unknown")
    for zone in ("FR", ""):
        assert [(w.low, w.high) for w in hour_windows(zone, CATALOG)] == [(default.low, default.high)] * 3
        assert relative_hours(zone, CATALOG) == {}


def test_a_profile_that_lacks_a_window_takes_the_shorter_one(tmp_path):
    """A day without its own row is as wide as an hour: never narrower than what is known."""
    (tmp_path / "profiles.csv").write_text(
        "zone,month,hour,window_h,relative_mean,relative_p5,relative_p95,year,estimated_share,source_id\n"
        "FR,all,all,1,1,0.4,1.9,2024,0,eia-930-2022|ours\n"
        "FR,all,all,168,1,0.8,1.2,2024,0,eia-930-2022\n"
        "FR,7,12,1,0.6,0.5,0.9,2024,0,eia-930-2022\n"
        "FR,all,12,1,0.6,0.5,0.9,2024,0,eia-930-2022\n"
        "FR,7,all,24,0.6,0.5,0.9,2024,0,eia-930-2022\n"
        "DE,all,all,1,1,0.4,1.9,2024,0,eia-930-2022\n"
        "DE,all,all,24,1,0.6,1.5,2024,0,eia-930-2022\n"
    )
    catalog = Catalog.load(tmp_path)
    windows = hour_windows("FR", catalog)
    assert [(w.low, w.high) for w in windows] == [
        pytest.approx(ends) for ends in ((0.4, 1.9), (0.4, 1.9), (0.8, 1.2))
    ]
    assert windows[0].reason == "profile of FR, 2024, 1 h"
    assert windows[0].sources == ("eia-930-2022", "ours")
    assert (windows[0].central, windows[0].unit, windows[0].origin) == (1, "factor", "catalog")
    assert relative_hours("FR", catalog) == {(7, 12): (0.6, 0.5, 0.9)}
    assert hour_windows("FR", catalog) is windows
    assert [w.high for w in hour_windows("DE", catalog)] == pytest.approx([1.9, 1.5, 1.5])


@pytest.mark.parametrize(
    ("duration_h", "low", "high"),
    [
        (None, 0.454353, 1.47196),
        (1, 0.454353, 1.47196),
        (729, 0.687999, 1.2895),
        (730, 0.95, 1.05),
        (9000, 0.95, 1.05),
    ],
)
def test_a_month_has_the_row_s_own_range_and_less_than_that_the_hour_s(duration_h, low, high):
    """California's own hour for a run of unknown length, its week below 730 h, the year's row from there; said where it counts."""
    annual = Value(200, 190, 210, "g/kWh", "catalog", ("em",), "US-CAL-CISO 2024")
    ranged = annual_hours(annual, "US-CAL-CISO", duration_h, CATALOG)
    assert (ranged.low / 200, ranged.high / 200) == pytest.approx((low, high))
    assert ("hour unknown, by the profile of US-CAL-CISO" in ranged.reason) == (duration_h not in (730, 9000))
    assert ("eia-930-2022" in ranged.sources) == (duration_h not in (730, 9000))
    assert annual.sources == ("em",)


def test_an_hour_that_widens_nothing_is_not_mentioned():
    """A row that is wider than its zone's profile keeps its own range and reason; nor is the default's hour a profile."""
    wide = Value(200, 20, 2000, "g/kWh", "catalog", ("em",), "wide")
    assert annual_hours(wide, "US-CAL-CISO", 1.0, CATALOG).reason == "wide"
    narrow = Value(200, 190, 210, "g/kWh", "catalog", ("em",), "narrow")
    default = annual_hours(narrow, "FR", 1.0, CATALOG)
    assert default.reason == "narrow"
    assert default.high == pytest.approx(260)
    half = annual_hours(
        Value(200, 190, 400, "g/kWh", "catalog", ("em",), "half"), "US-CAL-CISO", 1.0, CATALOG
    )
    assert half.reason == "half; hour unknown, by the profile of US-CAL-CISO, 2022, 1 h"
    assert half.high == pytest.approx(400)
