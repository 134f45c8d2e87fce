"""The commands around a series: show, profile, estimate with a file; keys and errors in one sentence."""

from __future__ import annotations

import json

import pytest

from wattgram.cli import main

HOURS = "".join(f"2024-01-{1 + at // 24:02d}T{at % 24:02d}:00Z,{100 + at % 24}\n" for at in range(24 * 30))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("time,g_per_kwh\n" + HOURS)
    return path


def test_show_says_span_mean_and_hours(file, capsys):
    """Thirty days of 100 to 123 g/kWh have mean 111.5, least at midnight."""
    assert main(["catalog", "series", "show", str(file), "--zone", "PL", "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["mean_g_per_kwh"] == pytest.approx(111.5)
    assert facts["hours_utc"]["00"] == 100.0
    assert (facts["zone"], facts["gaps"], facts["boundary"]) == ("PL", 0, "unknown")
    assert main(["catalog", "series", "show", str(file)]) == 0
    assert "least 00:00 UTC 100, most 23:00 UTC 123" in capsys.readouterr().out


def test_profile_is_written_and_used(file, tmp_path, capsys):
    """The command writes profiles.csv, and an estimate with it as overlay changes its range."""
    out = tmp_path / "mine" / "profiles.csv"
    assert main(["catalog", "profile", str(file), "--zone", "PL", "-o", str(out)]) == 0
    assert "wrote" in capsys.readouterr().err
    words = [
        "estimate",
        "A100",
        "2h",
        "PL",
        "--start",
        "2024",
        "--overlay",
        str(out.parent),
        "--format",
        "json",
    ]
    assert main(words) == 0
    factors = {one["name"]: one for one in json.loads(capsys.readouterr().out)["factors"]}
    assert "profile of PL, 2024" in factors["intensity_g_per_kwh"]["reason"]
    assert main(["catalog", "profile", str(file)]) == 2
    assert "--zone FR" in capsys.readouterr().err


def test_estimate_with_a_file(file, capsys):
    """Two hours from 06:00 are at 106 and 107 g/kWh."""
    words = [
        "estimate",
        "A100",
        "2h",
        "PL",
        "--start",
        "2024-01-05T06:00Z",
        "--series",
        str(file),
        "--format",
        "json",
    ]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    factors = {one["name"]: one for one in answer["factors"]}
    assert factors["intensity_g_per_kwh"]["central"] == pytest.approx(106.5)
    assert "series-boundary" in {one["code"] for one in answer["warnings"]}
    assert main([*words[:4], "--start", "2025-01-05", "--series", str(file)]) == 2
    assert "covers 2024-01-01T00:00Z" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["catalog", "series", "show", "nowhere.csv"], "cannot be read"),
        (
            [
                "catalog",
                "series",
                "fetch",
                "electricitymaps",
                "FR",
                "--from",
                "2024-01-01",
                "--to",
                "2024-01-02",
            ],
            "ELECTRICITYMAPS_API_KEY",
        ),
        (
            ["catalog", "series", "fetch", "nobody", "FR", "--from", "2024-01-01", "--to", "2024-01-02"],
            "it is one of electricitymaps",
        ),
        (["catalog", "profiles", "FR"], "no row of profiles"),
    ],
)
def test_what_goes_wrong_is_one_sentence(words, says, capsys, monkeypatch):
    """Exit code 2 and a sentence; nothing is asked of any service."""
    monkeypatch.delenv("ELECTRICITYMAPS_API_KEY", raising=False)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_the_profiles_can_be_looked_into(capsys):
    """`catalog profiles CISO` lists the rows of California."""
    assert main(["catalog", "profiles", "CISO"]) == 0
    assert "US-CAL-CISO" in capsys.readouterr().out
