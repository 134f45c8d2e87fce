"""Places are multiplied from the facility's meter on; the figures are those of a footprint made from nothing."""

from __future__ import annotations

import pytest

from wattgram import compare, estimate
from wattgram.comparison import best_of_each, likelihood, regions
from wattgram.comparison.entry import Entry
from wattgram.footprint import Footprint
from wattgram.value import Value

RUNS = [
    {"hardware": "8xA100", "duration": "100h", "where": "aws:us-east-1"},
    {"hardware": "2xEPYC 7763 + 512GB", "duration": "30d", "where": "DE", "pue": 1.3},
    {"hardware": "8xA100", "duration": "5h", "where": "aws:us-east-1", "boundary": "direct"},
    {"hardware": "64xH100", "parameters": "7e9", "tokens": "2e10", "where": "CA-QC", "start": "2023-05-01"},
    {"hardware": "8xA100", "duration": "5h", "where": "aws:us-east-1", "method": "lacoste2019"},
    {"hardware": "8xA100", "measured_energy_kwh": 10, "where": "aws:us-east-1"},
]


@pytest.mark.parametrize("words", RUNS)
def test_an_alternative_is_the_footprint_of_its_own_words(words):
    """Every figure, range and source of each tenth region is that of estimating the run there."""
    base = estimate(**words)
    others = [entry for entry in compare(base, "region", provider="all").entries if not entry.own]
    assert len(others) > 100
    for entry in others[::10]:
        assert entry.footprint.to_dict() == Footprint(entry.footprint.run, base.catalog).to_dict()


@pytest.mark.parametrize("words", RUNS)
@pytest.mark.parametrize("figure", ["operational", "total"])
def test_the_cleanest_of_each_provider_is_that_of_all_regions(words, figure):
    """Ranking by grams an IT kilowatt-hour finds the region that comparing every footprint finds."""
    base = estimate(**words)
    every = [one for one in regions(base, {}) if isinstance(one, Entry)]
    best = best_of_each(every, figure)
    expected = {entry.name for entry in best if isinstance(entry.figure(figure), Value)}
    found = compare(base, "provider", figure=figure)
    assert {entry.name for entry in found.entries if entry.name in expected or not entry.own} == expected


def test_the_deviations_of_a_product_are_its_factors_own(monkeypatch):
    """P(lower) without running the chain once a factor is P(lower) with it, to the last digit."""
    words = RUNS[0]
    quick = compare(estimate(**words), "region", provider="all")
    told = [quick.probability_lower(entry) for entry in quick.entries]
    monkeypatch.setattr(likelihood, "_is_product", lambda _: False)
    slow = compare(estimate(**words), "region", provider="all")
    assert told == [slow.probability_lower(entry) for entry in slow.entries]
