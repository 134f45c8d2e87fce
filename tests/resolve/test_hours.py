"""A run whose hours are known is integrated exactly; one whose hours are not gets its zone's own spread."""

from __future__ import annotations

import datetime as dt

import pytest

import wattgram
from wattgram.errors import InputError
from wattgram.series import Series

DAY = dt.datetime(2024, 5, 17, tzinfo=dt.UTC)
BEGIN = int(DAY.timestamp())


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
