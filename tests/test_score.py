"""Scores: the Software Carbon Intensity and the two scores of SCI for AI, against worked examples and by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wattgram
from wattgram import formula
from wattgram.errors import InputError
from wattgram.report.standards import SHOWN_PER, rate_text, score_line
from wattgram.value import Value

RUN = ("8xA100-SXM4-80GB", "100h", "aws:us-east-1")


@pytest.mark.parametrize(
    ("kg", "units", "per", "text"),
    [
        # the worked examples of the SCI for AI specification, with their unit slips corrected:
        # printed there as 0.13 g per million tokens
        (130, 1e9, "token", "130 g CO2e per million tokens"),
        # printed there as 3,000 and as 30 kg per billion parameters
        (75_000, 2.5e9, "parameter", "30 t CO2e per billion parameters"),
        (1, 1e6, "request", "1 g CO2e per thousand requests"),
        (552_000, 3.15e23, "flop", "1.75 kg CO2e per EFLOP"),
    ],
)
def test_the_worked_examples_with_their_units_right(kg, units, per, text):
    """130 kg over 1e9 tokens are 130 g per million; 75 t over 2.5e9 parameters are 30 t per billion."""
    assert rate_text(Value(formula.sci_g_per_unit(kg, 0.0, units), unit="g"), per) == text


def test_a_score_by_hand():
    """(1 kWh x 500 g + 876.6 kg x 1 h / (4 x 8766 h)) over 1000 requests: 0.5 kg and 25 g are 0.525 g each."""
    assert formula.sci_g_per_unit(0.5, 876.6 / 35064, 1000) == pytest.approx(0.525)


def test_a_score_counts_location_based_emissions_and_the_whole_life():
    """O is the location-based figure; M is the embodied share without utilisation, so times 0.7; R divides both."""
    answer = wattgram.estimate(*RUN, per="token", units="300B")
    score = answer.score
    assert score.units == 3e11
    assert score.operational_kg.central == answer.operational.central
    assert score.embodied_kg.central == pytest.approx(answer.embodied.central * 0.7)
    assert score.g_per_unit.central == pytest.approx(
        (answer.operational.central + answer.embodied.central * 0.7) * 1000 / 3e11
    )
    assert score.g_per_unit.low < score.g_per_unit.central < score.g_per_unit.high
    assert answer.market.central == 0  # a claim of the market never enters


@pytest.mark.parametrize(
    ("per", "workload", "role"),
    [
        ("token", None, "provider"),
        ("token", "training", "provider"),
        ("token", "inference", "consumer"),
        ("parameter", None, "provider"),
        ("flop", None, "provider"),
        ("request", None, "consumer"),
    ],
)
def test_whose_score_it_is(per, workload, role):
    """Training tokens, parameters and operations are the provider's; requests and tokens of inference the consumer's."""
    answer = wattgram.estimate(*RUN, per=per, units=1e9, workload=workload)
    assert answer.score.role == role
    assert f"{role} score of SCI for AI" in score_line(answer)


def test_a_providers_score_counts_the_runs_before():
    """Failed and tuning runs are in a provider's score where stated, are asked for where not, and not in a consumer's."""
    plain = wattgram.estimate(*RUN, per="token", units=1e9)
    whole = wattgram.estimate(*RUN, per="token", units=1e9, development=2)
    served = wattgram.estimate(*RUN, per="request", units=1e9, development=2)
    assert whole.score.g_per_unit.central == pytest.approx(2 * plain.score.g_per_unit.central)
    assert "were not stated" in score_line(plain)
    assert "included (× 2)" in score_line(whole)
    assert served.score.g_per_unit.central == pytest.approx(plain.score.g_per_unit.central)


def test_the_work_says_how_many():
    """A training said by its parameters and tokens needs no units."""
    answer = wattgram.estimate("1000xA100", None, "FR", parameters="175B", tokens="300B", per="token")
    assert answer.score.units == 3e11
    assert (
        wattgram.estimate(
            "1000xA100", None, "FR", parameters="175B", tokens="300B", per="parameter"
        ).score.units
        == 1.75e11
    )


def test_what_is_not_known_has_no_score():
    """Bare watts have no known making, so there is no SCI and the line says why; it is null in JSON and never 0."""
    answer = wattgram.estimate("300W", 10, "FR", per="token", units=100)
    assert answer.to_dict()["sci"]["g_per_unit"] is None
    assert "not known, as the making of the hardware is not" in score_line(answer)
    assert wattgram.estimate(*RUN).to_dict()["sci"] is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"per": "token"}, "say how many tokens"),
        ({"units": 3}, "say what they are"),
        ({"per": "tokens", "units": 3}, "token"),
        ({"per": "token", "units": 0}, "at least 1"),
        ({"per": "token", "units": "many"}, "write a number"),
    ],
)
def test_a_functional_unit_that_is_none(said, text):
    """A unit without a number, a number without a unit, and nonsense are one sentence each."""
    with pytest.raises(InputError, match=text):
        wattgram.estimate(*RUN, **said)


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "modelcard", "html", "json"])
def test_every_form_has_the_score_and_both_ways_of_scope_2(form):
    """The score is named in every form of prose, and Scope 2 stands location- and market-based, side by side."""
    text = wattgram.estimate(*RUN, per="token", units="300B").report(form)
    if form == "json":
        assert '"sci"' in text
        return
    plain = " ".join(text.replace("~", " ").split())
    assert "SCI (ISO/IEC 21031:2024)" in plain
    assert "per million tokens" in plain
    assert "location-based" in plain
    assert "market-based" in plain
    assert "Scope 2" in plain
    without = wattgram.estimate("8xA100", "100h", "FR").report(form)
    unclaimed = " ".join(without.replace("~", " ").split())
    said = "no market-based figure is known" if form == "latex" else "no claim is"
    assert said in unclaimed


@given(st.floats(1e-6, 1e9), st.floats(1, 1e20), st.sampled_from(list(SHOWN_PER)))
def test_no_scale_mixes_units_up(kg, units, per):
    """Whatever the size, the printed mass over the printed number of units is the score."""
    grams = formula.sci_g_per_unit(kg, 0.0, units)
    amount, unit = rate_text(Value(grams, unit="g"), per).split(" CO2e")[0].rsplit(" ", 1)
    in_grams = (
        float(amount.replace(",", ""))
        * {"µg": 1e-6, "mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6, "kt": 1e9, "Mt": 1e12}[unit]
    )
    assert in_grams == pytest.approx(grams * SHOWN_PER[per][0], rel=0.006)
