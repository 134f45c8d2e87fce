"""Every action of the paper is computed for the run at hand, ranked, cited, and certificates stand apart."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest

import wattgram
from wattgram import InputError, Value, advise
from wattgram.advice.action import by_parts, by_spread
from wattgram.cli import main

START = "2026-05-01T00:00Z"
RUN = ("8xA100-SXM4-80GB", "100h", "aws:us-west-1")


def of(*words, footprint=None, **said):
    answer = footprint or wattgram.estimate(*(words or RUN))
    return {action.action: action for action in advise(answer, start=START, **said)}


def test_every_action_of_the_paper_is_there_ranked_and_cited():
    """Thirteen for a run whose market-based line is 0 already, by saving, then the unknown, offsets apart; all sourced."""
    actions = advise(wattgram.estimate(*RUN), start=START, trials=20)
    assert {action.action for action in actions} == {
        "provider", "region", "start", "hardware", "number-format", "utilisation", "power-cap", "search",
        "early-stopping", "failed-runs", "pue", "service-life", "offsets",
    }  # fmt: skip
    known = [action.saved.central for action in actions if action.saved is not None]
    assert known == sorted(known, reverse=True)
    assert actions[-1].action == "offsets"
    assert all(action.separate is (action.action in ("certificates", "offsets")) for action in actions)
    catalog = wattgram.Catalog.load()
    for action in actions:
        if action.saved is not None and action.saved.central > 0:
            assert action.sources
            assert action.saved.low <= action.saved.central <= action.saved.high
        for source in action.sources:
            assert catalog.source(source)["citation"]


def test_region_and_provider_save_what_the_comparison_says():
    """The saving is the difference of two footprints, each estimated from its own words."""
    found = of()
    here = wattgram.estimate(*RUN).operational.central
    there = wattgram.estimate(*RUN[:2], found["region"].to).operational.central
    assert found["region"].saved.central == pytest.approx(here - there)
    assert found["provider"].saved.central >= found["region"].saved.central
    assert "annual-match" in found["provider"].text
    assert "only the market-based line falls" in found["provider"].text


def test_excluded_places_are_not_proposed():
    """Without Sweden the best AWS region is another; near home it is one within the distance."""
    assert of()["region"].to == "aws:eu-north-1"
    assert of(exclude="SE")["region"].to != "aws:eu-north-1"
    assert of(max_distance_km=1500)["region"].to in ("aws:us-west-2", "aws:us-west-1", "")


def test_start_by_the_profile_of_the_zone():
    """California at night in May: the sun of the next day is within 48 h, and saves; Poland has no profile, and says so."""
    night = wattgram.estimate("8xA100-SXM4-80GB", "4h", "aws:us-west-1")
    action = {a.action: a for a in advise(night, start="2026-05-01T03:00Z")}["start"]
    assert action.saved.central > 0.3 * night.operational.central
    assert "eia-930-2022" in action.sources
    assert action.to[11:13] in ("18", "19", "20", "21")
    poland = of("A100", "4h", "PL")["start"]
    assert poland.saved is None
    assert "catalog profile" in poland.text


def test_power_cap_by_hand():
    """15 % of the accelerators' energy over the overhead of 1.5: a tenth of the operational emissions (McDonald 2022)."""
    answer = wattgram.estimate(*RUN)
    assert of()["power-cap"].saved.central == pytest.approx(answer.operational.central * 0.15 / 1.5)


def test_failed_runs_by_hand():
    """A fifth of the compute fails, half of that is avoidable: M * 0.2 / 0.8 * 0.5."""
    answer = wattgram.estimate(*RUN)
    assert of(failed_share=0.2)["failed-runs"].saved.central == pytest.approx(answer.total.central * 0.125)
    assert of(failed_share=0)["failed-runs"].saved.central == 0


def test_search_counts_the_trials():
    """50 trials in a grid: half of 50 footprints; a search that learns already has nothing to spare; none said, no figure."""
    answer = wattgram.estimate(*RUN)
    assert of(trials=50)["search"].saved.central == pytest.approx(answer.total.central * 25)
    assert of(trials=50, search="bayesian")["search"].saved.central == 0
    assert of()["search"].saved is None
    assert of(trials=50, early_stopping=True)["early-stopping"].saved.central == 0


def test_service_life_and_pue_by_hand():
    """Eight years for four halve the making; a PUE of 1.12 for 1.6 saves 30 % of operational emissions."""
    answer = wattgram.estimate("8xA100-SXM4-80GB", "100h", "PL", pue=1.6)
    found = of(footprint=answer, life_years=8)
    assert found["service-life"].saved.central == pytest.approx(answer.embodied.central / 2)
    assert found["pue"].saved.central == pytest.approx(answer.operational.central * (1 - 1.12 / 1.6))
    assert of(footprint=answer, life_years=3)["service-life"].saved.central == 0


def test_clean_supply_is_for_infrastructure_of_ones_own():
    """Wind at 11 g/kWh (IPCC AR5) in place of the Polish grid; a rented region is not offered it."""
    answer = wattgram.estimate("8xA100-SXM4-80GB", "100h", "PL")
    grid = answer.assembled.factors.intensity_g_per_kwh.central
    saved = of(footprint=answer)["clean-supply"].saved
    assert saved.central == pytest.approx(answer.energy.central * (grid - 11) / 1000)
    assert "clean-supply" not in of()


def test_a_faster_number_format_by_the_peak_rates():
    """A100: 312 over 19.5 TFLOP/s from fp32 to bf16 leaves a sixteenth of the hours."""
    found = of(number_format="fp32")["number-format"]
    total = wattgram.estimate(*RUN).total.central
    assert found.saved.central == pytest.approx(total * (1 - 19.5 / 312))
    assert of(number_format="bf16")["number-format"].saved.central == 0
    with pytest.raises(InputError, match="fp32"):
        of(number_format="fp12")


def test_utilisation_saves_idle_power_and_hours():
    """A busier device saves; one at its best already saves nothing; a measured energy gives no figure."""
    assert of()["utilisation"].saved.central > 0
    assert of(footprint=wattgram.estimate(*RUN, load=0.97))["utilisation"].saved.central == 0
    measured = wattgram.estimate("8xA100-SXM4-80GB", "100h", "FR", measured_energy_kwh=300)
    assert of(footprint=measured)["utilisation"].saved is None


@pytest.mark.parametrize(
    "words",
    [
        ("300W", "5h", "FR"),
        ("2xEPYC 7763 + 512GB", "5h", "DE"),
        ("A100", "5h", "20 g/kWh"),
        ("RTX 3090", "5h", "Montreal"),
        ("TPU v3-8", "5h", "gcp:us-central1"),
    ],
)
def test_any_run_gets_advice(words):
    """Bare watts, processors, a stated intensity, a desktop card, a TPU slice: every action answers, none fails."""
    actions = advise(wattgram.estimate(*words), start=START, trials=3)
    assert len(actions) >= 13
    assert all(
        action.text and action.title and action.effort in ("low", "medium", "high") for action in actions
    )


def test_a_saving_with_shared_factors_agrees_with_a_monte_carlo():
    """Virginia against Oregon: load, overhead and power move both; the range is within 10 % of 20,000 draws'."""
    here, there = (
        wattgram.estimate("8xA100-SXM4-80GB", "800h", "PL"),
        wattgram.estimate("8xA100-SXM4-80GB", "800h", "FR"),
    )
    saved = by_parts(here, there, "operational")
    draw = random.Random(3)  # noqa: S311 - a repeatable draw, no secret
    f, g = here.assembled.factors, there.assembled.factors

    def of_value(value: Value) -> float:
        z = draw.gauss(0, 1)
        return value.central * 2.718281828459045 ** (z * (value.low_sq if z < 0 else value.high_sq) ** 0.5)

    found = []
    for _ in range(20000):
        energy = of_value(f.load) * of_value(f.overhead) * of_value(f.pue) * f.rated_power_w.central * 0.8
        found.append(energy * (of_value(f.intensity_g_per_kwh) - of_value(g.intensity_g_per_kwh)) / 1000)
    found.sort()
    assert saved.low == pytest.approx(found[1000], rel=0.1)
    assert saved.high == pytest.approx(found[19000], rel=0.1)


def test_a_product_of_savings_never_falls_below_zero():
    """A share between 5 and 90 % of something uncertain is positive at both ends, and a certain one is a point."""
    saved = by_spread(lambda a, b: a * b, a=Value(10, 5, 20), b=Value(0.5, 0.05, 0.9))
    product = Value(10, 5, 20) * Value(0.5, 0.05, 0.9)
    assert (saved.low, saved.high) == pytest.approx((product.low, product.high))
    assert by_spread(lambda a: a - 3, a=Value(10.0)) == (7, 7, 7)


# --- the command ----------------------------------------------------------------------------------------------------

WORDS = ["advise", *RUN, "--start", "2026-05-01", "--trials", "10"]


def test_the_command_in_its_forms(capsys):
    """JSON is a list of actions with the documented names; CSV has the same rows; text and Markdown hold the titles."""
    assert main([*WORDS, "--format", "json"]) == 0
    actions = json.loads(capsys.readouterr().out)
    assert set(actions[0]) == {
        "action",
        "title",
        "text",
        "saved_kg",
        "saved_share",
        "effort",
        "source",
        "to",
        "separate",
    }
    assert set(actions[0]["saved_kg"]) == {"central", "low", "high"}
    assert main([*WORDS, "--format", "csv"]) == 0
    assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == len(actions)
    for form in ("text", "markdown"):
        assert main([*WORDS, "--format", form]) == 0
        out = capsys.readouterr().out
        assert all(action["title"] in out for action in actions)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--trials", "0"], "trials '0'"),
        (["--failed-share", "1"], "failed share '1'"),
        (["--search", "best"], "grid, random, bayesian"),
        (["--life-years", "-1"], "life '-1'"),
        (["--deadline", "2h"], "deadline '2h'"),
        (["--exclude", "Atlantis"], "Atlantis"),
        (["--format", "yaml"], "the formats are"),
        (["--budget", "3t"], "goes with a table"),
    ],
)
def test_wrong_options_are_sentences(more, says, capsys):
    """Exit code 2 and one sentence that says what is allowed; a deadline too short is said with the start."""
    code = main([*WORDS[:4], "--start", "2026-05-01", *more])
    captured = capsys.readouterr()
    if says.startswith("deadline"):
        assert code == 0
        assert "the run takes 100 h" in captured.out
        return
    assert code == 2
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_text_names_each_target_once_and_no_unfilled_title():
    """On gcp the cleanest region is one action; what saves nothing is a line at the end; warnings are shown."""
    from wattgram.advice.forms import render_advice

    footprint = wattgram.estimate("64xH100", "9d", "gcp:us-central1")
    actions = advise(footprint, start=START)
    assert not any("{}" in action.title for action in actions)
    targets = [action.to for action in actions if action.to]
    assert len(targets) == len(set(targets))
    assert footprint.market.central == 0
    assert "certificates" not in {action.action for action in actions}
    text = render_advice(actions, footprint, "text")
    assert not any(line.strip().startswith("0 kg") for line in text.splitlines())
    assert "! H100 is read as" in text
    assert "probability >0.99" in text


def test_start_is_a_share_of_the_figure_that_every_action_starts_from():
    """saved = M (M_own - M_best) / M_own, with M by the year and both others by the hours."""
    footprint = wattgram.estimate("8xA100", "10h", "gcp:us-central1")
    action = next(one for one in advise(footprint, start=START) if one.action == "start")
    found = wattgram.compare(footprint, by="start", start=START, within="48h")
    share = 1 - found.best.footprint.operational.central / found.base.operational.central
    assert action.saved.central == pytest.approx(share * footprint.operational.central)
