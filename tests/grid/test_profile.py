"""A profile is the series' own arithmetic, and serves as an overlay."""

from __future__ import annotations

import datetime as dt
import math

import pytest

import wattgram
from wattgram.errors import InputError
from wattgram.grid import profile_csv, profile_rows
from wattgram.grid.profile import percentile
from wattgram.resolve.hours import relative_hours
from wattgram.series import Series

BEGIN = int(dt.datetime(2023, 1, 1, tzinfo=dt.UTC).timestamp())


def year_of(shape) -> Series:
    return Series("PL", BEGIN, 3600, [shape(at) for at in range(8760)], source="user-series")


def test_a_profile_by_hand() -> None:
    """Noon at 50 and every other hour at 150: mean 145.83, noon 0.342857, day windows without any spread."""
    rows = profile_rows(year_of(lambda at: 50.0 if at % 24 == 12 else 150.0))
    by = {(row["month"], row["hour"], row["window_h"]): row for row in rows}
    assert len(rows) == 12 * 24 + 3
    assert by["5", "12", 1]["relative_mean"] == pytest.approx(50 / (3500 / 24), rel=1e-5)
    assert by["5", "13", 1]["relative_mean"] == pytest.approx(150 / (3500 / 24), rel=1e-5)
    assert by["all", "all", 24]["relative_p5"] == pytest.approx(1.0)
    assert by["all", "all", 1]["relative_p5"] == pytest.approx(1.0)  # one hour in 24 is less than 5 %


def test_percentile_by_hand() -> None:
    """The 25th percentile of 1..5 is 2, the 10th is 1.4."""
    assert percentile([5, 1, 4, 2, 3], 0.25) == 2
    assert percentile([5, 1, 4, 2, 3], 0.1) == pytest.approx(1.4)


def test_a_profile_is_an_overlay(tmp_path) -> None:
    """The derived rows, saved as profiles.csv, set the range of a short run in that zone, and its version says so."""
    series = year_of(lambda at: 100.0 * (1.5 + math.sin(at / 24 * 2 * math.pi)))
    (tmp_path / "profiles.csv").write_text(profile_csv(profile_rows(series)))
    catalog = wattgram.Catalog.load(tmp_path)
    value = wattgram.estimate("A100", "2h", "PL", catalog=catalog).assembled.factors.intensity_g_per_kwh
    plain = wattgram.estimate("A100", "2h", "PL").assembled.factors.intensity_g_per_kwh
    assert value.high / value.low > 3 > plain.high / plain.low
    assert "overlay" in catalog.version
    assert relative_hours("PL", catalog)[1, 6][0] == pytest.approx(2.5 / 1.5, rel=1e-5)


def test_what_makes_no_profile() -> None:
    """A marginal series, a short one and one of zeros are sentences."""
    with pytest.raises(InputError, match="marginal"):
        profile_rows(Series("PL", BEGIN, 3600, [1.0] * 900, kind="marginal"))
    with pytest.raises(InputError, match="28 days"):
        profile_rows(Series("PL", BEGIN, 3600, [1.0] * 600))
    with pytest.raises(InputError, match="mean is 0"):
        profile_rows(year_of(lambda _: 0.0))
