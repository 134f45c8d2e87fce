"""Compare by start: the best window of all, by a series or by a profile; limits on places; the front against time."""

from __future__ import annotations

import datetime as dt
import json
import random

import pytest

import wattgram
from wattgram import InputError
from wattgram.cli import main
from wattgram.comparison.likelihood import probability_lower
from wattgram.series import Series

DAY = dt.datetime(2024, 5, 17, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
VALUES = [300.0, 280.0, 90.0, 80.0, 85.0, 250.0, 310.0, 60.0, 305.0, 300.0, 290.0, 280.0]


def series(values=VALUES, zone="PL"):
    return Series(zone, int(DAY.timestamp()), 3600, values, basis="consumption")


def base(hours="2.5h"):
    return wattgram.estimate("8xA100-SXM4-80GB", hours, "PL", start=DAY)


def test_the_best_start_is_that_of_brute_force():
    """2.5 h within 6 h: 02:30 to 05:00 has the least mean of every minute's start, (90 / 2 + 80 + 85) / 2.5."""
    found = wattgram.compare(base(), by="start", series=series(), within="6h")
    assert found.best.name == "2024-05-17T02:30Z"
    least = min(
        series().mean_g_per_kwh(DAY + dt.timedelta(minutes=m), DAY + dt.timedelta(minutes=m + 150))
        for m in range(361)
    )
    intensity = found.best.footprint.assembled.factors.intensity_g_per_kwh.central
    assert intensity == pytest.approx(least)
    assert intensity == pytest.approx((45 + 80 + 85) / 2.5)
    assert found.own.name == "2024-05-17T00:00Z"
    assert (
        found.own.footprint.operational
        == wattgram.estimate("8xA100-SXM4-80GB", "2.5h", "PL", start=DAY, series=series()).operational
    )


def test_interruptible_takes_the_cheapest_hours():
    """Of ten hours from midnight the cheapest 2.5: 07, 03 and half of 04; the pieces are named, the end too."""
    found = wattgram.compare(base(), by="start", series=series(), deadline="10h", interruptible=True)
    best = found.best.footprint.assembled.factors.intensity_g_per_kwh.central
    assert best == pytest.approx((60 + 80 + 42.5) / 2.5)
    entry = found.to_dict()["entries"][0]
    assert [(piece["start"][11:16], piece["end"][11:16]) for piece in entry["pieces"]] == [
        ("03:00", "04:30"),
        ("07:00", "08:00"),
    ]
    assert entry["end"] == "2024-05-17T08:00Z"


def test_known_hours_leave_no_doubt_and_usual_hours_do():
    """With a series the order is certain; by a profile each hour has its own spread and the probability is below 1."""
    found = wattgram.compare(base(), by="start", series=series(), within="6h")
    assert found.probability_lower(found.best) == 1.0
    usual = wattgram.compare(
        wattgram.estimate("A100", "3h", "US-CAL-CISO"), by="start", start="2026-05-01T03:00Z", within="24h"
    )
    assert 0.5 < usual.probability_lower(usual.best) < 1
    worse = usual.entries[-1]
    assert usual.probability_lower(worse) <= 0.5


def test_a_probability_by_profile_agrees_with_draws():
    """The closed form against 40,000 draws of the two hours' own spreads, within 0.03."""
    usual = wattgram.compare(
        wattgram.estimate("A100", "3h", "US-CAL-CISO"), by="start", start="2026-05-01T03:00Z", within="24h"
    )
    draw = random.Random(5)  # noqa: S311 - a repeatable draw, no secret
    for entry in usual.entries[:3]:

        def one(entry):
            z = draw.gauss(0, 1)
            sq = entry.alone[0] if z < 0 else entry.alone[1]
            return entry.footprint.operational.central * 2.718281828459045 ** (z * sq**0.5)

        share = sum(one(entry) < one(usual.own) for _ in range(40000)) / 40000
        assert usual.probability_lower(entry) == pytest.approx(share, abs=0.03)


def test_probability_with_shared_factors_agrees_with_draws():
    """Czechia against Germany: load and overhead move both and cancel; grids and machine rooms differ; draws agree within 0.03."""
    one, other = wattgram.estimate("A100", "800h", "CZ"), wattgram.estimate("A100", "800h", "DE")
    f, g = one.assembled.factors, other.assembled.factors
    draw = random.Random(11)  # noqa: S311 - a repeatable draw, no secret

    def of(value):
        z = draw.gauss(0, 1)
        return value.central * 2.718281828459045 ** (z * (value.low_sq if z < 0 else value.high_sq) ** 0.5)

    def lower():
        return of(f.intensity_g_per_kwh) * of(f.pue) < of(g.intensity_g_per_kwh) * of(g.pue)

    share = sum(lower() for _ in range(40000)) / 40000
    assert 0.001 < share < 0.5
    assert probability_lower(one, other) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize(
    ("words", "said", "says"),
    [
        (("A100", "3h", "PL"), {}, "no profile of PL is known"),
        (("A100", "3h", "20 g/kWh"), {}, "a stated intensity has no hours"),
        (("A100", "3h", "PL"), {"series": series(zone="FR"), "start": DAY}, "grid zone PL"),
        (("A100", "30h", "PL"), {"series": series(), "start": DAY}, "covers 2024-05-17"),
        (("A100", "3h", "PL"), {"series": series()}, "say when the run may start"),
        (("A100", "3h", "PL"), {"series": series(), "start": DAY, "deadline": "2h"}, "takes 3 h"),
        (
            ("A100", "3h", "PL"),
            {"series": series(), "start": DAY, "within": "continent"},
            "duration 'continent'",
        ),
    ],
)
def test_times_that_cannot_be_compared(words, said, says):
    """Each its sentence: nothing is known of the hours, or the time is too short, or not covered."""
    with pytest.raises(InputError, match=says):
        wattgram.compare(wattgram.estimate(*words), by="start", **said)


def test_zones_estimated_upstream_say_so():
    """Tokyo's hours are no ground for claims, and the comparison says it."""
    found = wattgram.compare(
        wattgram.estimate("A100", "2h", "JP-TK", start=DAY),
        by="start",
        series=series(zone="JP-TK"),
        within="5h",
    )
    assert "estimated by its source" in found.report("text")


# --- limits on places, the front, frames ------------------------------------------------------------------------------


def test_places_can_be_excluded_and_kept_near():
    """No Sweden, no GCP; within 1,500 km of Paris; and a word that is no place is an error."""
    run = wattgram.estimate("A100", "10h", "aws:eu-west-3")
    names = [
        entry.name
        for entry in wattgram.compare(run, provider="all", exclude=["SE", "gcp", "azure:westus2"]).entries
    ]
    assert not any(name.startswith("gcp:") or name in ("aws:eu-north-1", "azure:westus2") for name in names)
    near = wattgram.compare(run, max_distance_km=600)
    assert {entry.name for entry in near.entries} == {
        "aws:eu-west-3",
        "aws:eu-west-2",
        "aws:eu-central-1",
        "aws:eu-central-2",
    }
    zone = wattgram.compare(run, provider="all", exclude="SE-SE3")
    assert "aws:eu-north-1" not in [entry.name for entry in zone.entries]
    with pytest.raises(InputError, match="Atlantis"):
        wattgram.compare(run, exclude="Atlantis")
    with pytest.raises(InputError, match="no coordinates"):
        wattgram.compare(wattgram.estimate("A100", "10h", "FR"), provider="all", max_distance_km=100)


def test_the_front_of_emissions_against_time():
    """No entry off the front beats one on it in both; on it, less time costs more emissions."""
    found = wattgram.compare(wattgram.estimate("8xA100-SXM4-80GB", "100h", "FR"), by="hardware")
    front = found.front()

    def pair(entry):
        return entry.figure("total").central, entry.footprint.assembled.factors.duration_h.central

    pairs = [pair(entry) for entry in front]
    assert pairs == sorted(pairs)
    assert [hours for _, hours in pairs] == sorted((hours for _, hours in pairs), reverse=True)
    for entry in found.entries:
        if entry not in front:
            assert any(kg <= pair(entry)[0] and hours <= pair(entry)[1] for kg, hours in pairs)


@pytest.mark.parametrize("backend", [None, "pandas", "polars", "pyarrow"])
def test_a_frame_of_any_kind(backend):
    """As many rows as entries, figures in columns of their own, in the kind that was asked for."""
    if backend:
        pytest.importorskip(backend)
    found = wattgram.compare(base(), by="start", series=series(), within="6h")
    frame = found.to_frame(backend)
    if backend is None:
        assert len(frame) == len(found.entries)
        assert frame[0]["operational_kg"] == found.best.footprint.operational.central
    else:
        assert type(frame).__module__.startswith(backend)
        assert len(frame) == len(found.entries)
    with pytest.raises(InputError, match="pandas"):
        found.to_frame("excel")


def test_the_command(tmp_path, capsys):
    """A file, a window and a form from the shell; a start to come is allowed, an axis that is none is not."""
    from wattgram.grid import write_series

    (tmp_path / "PL.csv").write_text(write_series(series()))
    words = [
        "compare",
        "A100",
        "2.5h",
        "PL",
        "--by",
        "start",
        "--start",
        "2024-05-17",
        "--within",
        "6h",
        "--series",
        str(tmp_path / "PL.csv"),
    ]
    assert main([*words, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["entries"][0]["start"] == "2024-05-17T02:30Z"
    assert answer["constraint"]["hours"] == "series of PL"
    for form in ("text", "csv", "markdown", "svg"):
        assert main([*words, "--interruptible", "--format", form]) == 0
        assert "2024-05-17T03:00Z" in capsys.readouterr().out
    assert (
        main(["compare", "A100", "4h", "aws:us-west-1", "--by", "start", "--start", "2999-05-17T03:00Z"]) == 0
    )
    assert "2999-05-1" in capsys.readouterr().out
    assert (
        main(
            [
                "compare",
                "A100",
                "4h",
                "aws:us-west-1",
                "--exclude",
                "aws",
                "--provider",
                "all",
                "--limit",
                "2",
            ]
        )
        == 0
    )


@pytest.mark.parametrize("given", [5, True, [1], ["PL", None]])
def test_what_names_no_place_cannot_be_excluded(given):
    """A posted document may hold a number there; it is named, with what is taken."""
    with pytest.raises(InputError, match="it takes one name or several"):
        wattgram.compare("8xA100", "100h", "FR", by="zone", exclude=given)
