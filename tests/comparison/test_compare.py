"""Compare: the same run elsewhere, each alternative a footprint of its own, and how sure the order is."""

from __future__ import annotations

import csv
import io
import json
import math
import random

import pytest

import wattgram
from wattgram import InputError
from wattgram.cli import main
from wattgram.comparison.likelihood import probability_lower

RUN = ("8xA100-SXM4-80GB", "100h", "aws:us-east-1")


def base(**said):
    """The footprint that is compared."""
    return wattgram.estimate(*RUN, **said)


def test_the_regions_of_a_provider_least_first(grid):
    """AWS's 38 regions, sorted; Stockholm (20 g/kWh in 2025, PUE 1.1) is the least, and what it saves is Virginia's 358.8 kWh less its own."""
    comparison = wattgram.compare(base())
    figures = [entry.figure("operational").central for entry in comparison.entries]
    assert len(figures) == 38
    assert figures == sorted(figures)
    assert comparison.best.name == "aws:eu-north-1"
    assert comparison.saved_kg(comparison.best) == pytest.approx(
        358.8 * grid("US-MIDA-PJM")["intensity_g_per_kwh"] / 1000 - figures[0]
    )


def test_an_alternative_is_the_footprint_of_its_own_words():
    """Each entry is exactly what estimate() gives for its name."""
    for entry in wattgram.compare(base()).entries[:10]:
        assert entry.figure("operational") == wattgram.estimate(*RUN[:2], entry.name).operational


def test_constraints_keep_only_their_places():
    """`within continent` keeps North America; a country keeps its own zones."""
    here = wattgram.compare(base(), provider="all", within="continent")
    assert {entry.footprint.assembled.place.continent for entry in here.entries} == {"North America"}
    zones = wattgram.compare(base(), by="zone", country="CA")
    assert "CA-QC" in [entry.name for entry in zones.entries]
    assert all(entry.own or entry.name.startswith("CA") for entry in zones.entries)


def test_equal_work_scales_the_hours_by_peak_rates():
    """A100 to H100 SXM: 312 over 989 TFLOP/s of the hours, the range of the share on both sides."""
    comparison = wattgram.compare(base(), by="hardware")
    h100 = next(entry for entry in comparison.entries if entry.name == "H100-SXM5-80GB")
    factors = h100.footprint.assembled.factors
    assert factors.duration_h.central == pytest.approx(100 * 312 / 989, rel=2e-3)
    assert factors.duration_h.high > factors.duration_h.central > factors.duration_h.low
    assert factors.load == base().assembled.factors.load


def test_years_are_in_order_and_hold_the_run_itself():
    """France from Ember's 2000 to the newest year, newest first, so that a short list holds the recent ones."""
    names = [entry.name for entry in wattgram.compare(wattgram.estimate("T4", 1000, "FR"), by="year").entries]
    assert names == sorted(names, reverse=True)
    assert {"2000", "2024"} <= set(names)


def test_text_says_what_json_warns_of_and_what_each_alternative_takes():
    """An ambiguous A100 is said in the text too; 8 H100 take 312/989 of the hours of 8 A100."""
    text = wattgram.compare(wattgram.estimate("8xA100", 100, "FR"), by="hardware").report("text", 100)
    assert "! A100 is read as A100-SXM4-80GB" in text
    assert "8 for 31.5 h" in next(line for line in text.splitlines() if line.startswith("  H100-SXM5-80GB"))


def test_a_long_run_is_told_that_its_start_hardly_matters():
    """Nine days from now meet every hour nine times: three rows, one sentence, and both figures of the run."""
    run = wattgram.estimate("8xA100", "9d", "gcp:us-central1")
    found = wattgram.compare(run, by="start", start="2026-03-01T00:00Z")
    text = found.report("text")
    assert sum(line.startswith("  2026-") for line in text.splitlines()) <= 4
    assert "Two figures of this run" in text
    assert found.stated.operational.central == run.operational.central != found.base.operational.central


def test_shared_factors_cancel_in_the_probability():
    """With the same load and overhead, only grid and PUE decide; closed form within 0.03 of 100,000 draws."""
    here, there = base(), wattgram.estimate(*RUN[:2], "aws:eu-south-1")
    generator = random.Random(4)  # noqa: S311
    wins, count = 0, 100_000

    def draw(value):
        x = generator.gauss(0, 1)
        side = value.high_sq if x > 0 else value.low_sq
        return value.central * math.exp(x * side**0.5)

    for _ in range(count):
        mine = draw(here.assembled.factors.intensity_g_per_kwh) * draw(here.assembled.factors.pue)
        other = draw(there.assembled.factors.intensity_g_per_kwh) * draw(there.assembled.factors.pue)
        wins += other < mine
    assert probability_lower(there, here) == pytest.approx(wins / count, abs=0.03)


def test_a_probability_and_its_reverse_sum_to_one():
    """P(A lower) and P(B lower) are complements, and a run against itself is a half."""
    here, there = base(), wattgram.estimate(*RUN[:2], "aws:eu-central-1")
    assert probability_lower(here, there) + probability_lower(there, here) == pytest.approx(1)
    assert probability_lower(here, base()) == 0.5


@pytest.mark.parametrize("by", ["region", "zone", "provider", "hardware", "year"])
@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown", "svg"])
def test_every_axis_in_every_form(capsys, by, form):
    """The command gives each axis in each form, and machines can read theirs."""
    code = main(["compare", *RUN, "--by", by, "--format", form])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    if form == "json":
        assert json.loads(out)["by"] == by
    elif form == "csv":
        assert len(list(csv.DictReader(io.StringIO(out)))) >= 5
    elif form == "svg":
        from xml.etree import ElementTree as ET

        root = ET.fromstring(out)  # noqa: S314 - our own
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
    else:
        assert "Stockholm" in out or by != "region"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (RUN, {"by": "planet"}),
        (RUN, {"by": "hardware", "number_format": "fp7"}),
        (RUN, {"provider": "nimbus"}),
        (RUN, {"figure": "both"}),
        (("300W", 10, "FR"), {"by": "hardware"}),
        (("T4", 10, "20 g/kWh"), {"by": "year"}),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(words, said):
    """An axis, format, provider or run that cannot be used is an InputError."""
    with pytest.raises(InputError):
        wattgram.compare(wattgram.estimate(*words), **said)


def test_a_comparison_reads_as_in_its_snapshot(text_snapshot):
    """The table of the provider's regions is aligned and ends with the sentence that matters."""
    comparison = wattgram.compare(base())
    assert comparison.report("text", 10).replace(base().catalog.version, "VERSION") == text_snapshot
