"""Serving a language model: published measurements inside the range, boundaries, parts and invariants."""

from __future__ import annotations

import csv
import io
import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wattgram
from wattgram import InputError
from wattgram.catalog import Catalog
from wattgram.serving import inference
from wattgram.serving.answer import serve
from wattgram.serving.forms import FORMS
from wattgram.value import UNKNOWN, Value

CATALOG = Catalog.load()
WH_PER_KWH = 1e3

MEASURED = [
    ("Llama 3.1 8B", {"parameters": 8e9}, [(8, 0.45), (64, 0.12), (512, 0.07)]),
    ("Llama 3.1 70B", {"parameters": 70e9}, [(8, 3.76), (64, 0.80), (512, 0.37)]),
    ("Llama 3.1 405B", {"parameters": 405e9, "number_format": "fp8"}, [(8, 13.97), (64, 3.08), (255, 2.06)]),
    ("Qwen3 235B-A22B", {"parameters": 235e9, "active_parameters": 22e9}, [(8, 7.29), (64, 2.39), (512, 1.09)]),
    ("gpt-oss-120b", {"parameters": 117e9, "active_parameters": 5.1e9, "number_format": "mxfp4"},
     [(8, 0.68), (64, 0.30), (512, 0.09)]),
    ("DeepSeek-V3.1", {"parameters": 671e9, "active_parameters": 37e9, "number_format": "fp8"},
     [(8, 8.57), (64, 2.92), (512, 0.61)]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "said", "points"), MEASURED, ids=lambda x: x if isinstance(x, str) else "")
def test_measured_joules_per_token_lie_inside_the_range(model, said, points):
    """ML.ENERGY leaderboard version 3 (arXiv:2505.06371): accelerators alone, vLLM on H100 and B200, by batch."""
    for batch, joule in points:
        found = inference(**said, batch=batch, output_tokens=1).factors_in.joule_per_output_token
        assert found.low <= joule <= found.high, (model, batch)


def test_the_range_can_fail():
    """Ten times the measured 0.80 J of Llama 3.1 70B is outside: the range is an answer, no shrug."""
    found = inference(70e9, batch=64, output_tokens=1).factors_in.joule_per_output_token
    assert found.high < 8.0
    assert found.low > 0.08


def test_the_chatgpt_prompt_of_epoch_lies_inside():
    """0.30 Wh for 500 tokens of 400B parameters, 100B active (Epoch AI 2025), at PUE 1.2 as there.

    Its 494 tokens a second on each of 8 H100 are some 128 users at 30 a second; it grants that FP8 may be in use.
    """
    found = inference(
        "400B", active_parameters="100B", number_format="fp8", batch=128, output_tokens=500, pue=1.2
    )
    assert found.energy.low * WH_PER_KWH <= 0.301 <= found.energy.high * WH_PER_KWH


def test_long_prompts_of_epoch_lie_inside():
    """10,000 tokens in take about 2.5 Wh and 100,000 about 40 Wh (Epoch AI 2025, with 500 out)."""
    for tokens, watt_hours in ((1e4, 2.5), (1e5, 40)):
        found = inference("400B", active_parameters="100B", input_tokens=tokens, output_tokens=500, pue=1.2)
        assert found.energy.low * WH_PER_KWH <= watt_hours <= found.energy.high * WH_PER_KWH
        assert {"long-prompt", "context-approximated"} <= {notice.code for notice in found.warnings}


def test_googles_prompt_from_accelerator_to_full_stack():
    """0.10 Wh of accelerators alone and 0.24 Wh full stack at PUE 1.09 (Elsworth et al. 2025, arXiv:2508.15734)."""
    stack = CATALOG.default("inference-boundary")
    full = Value(0.10) * stack * 1.09
    assert full.low <= 0.24 <= full.high
    answer = inference("70B", batch=64, input_tokens=100, output_tokens=300, pue=1.09)
    ratio = answer.energy.central / answer.accelerator_energy.central
    assert ratio == pytest.approx(2.0 * 1.09)


def test_a_request_by_hand():
    """70B, bf16, batch 64, 500 in, 400 out: prefill 7.03e13 FLOP / (989.4e12 x 0.4) x 518 W, decode 400 x 1.170 J."""
    answer = inference("70B", "FR", batch=64, input_tokens=500, output_tokens=400, pue=1.1, intensity=50)
    decode_j = 400 * math.exp(-1.805) * 70**0.959 * 64**-0.508
    width = (70e9 / 12) ** (2 / 3) * 128 ** (-1 / 3)
    flop = 500 * (2 * 70e9 + 2 * width * 500)
    prefill_j = flop / (989.4e12 * 0.4) * 700 * 0.74
    kwh = (decode_j + prefill_j) / 3.6e6 * 2.0 * 1.1
    assert answer.energy.central == pytest.approx(kwh)
    assert answer.operational.central == pytest.approx(kwh * 0.05)
    slot_kg = answer.factors_in.slots_kg.central
    held_h = (decode_j + prefill_j) / 518 / 3600
    assert answer.embodied.central == pytest.approx(slot_kg * held_h / (8766 * 4 * 0.7))
    assert answer.total.central == pytest.approx(answer.operational.central + answer.embodied.central)


def test_prompt_and_answer_sum_to_the_request():
    """Prefill and decode apart, and a million tokens of each, are parts of the whole."""
    answer = inference("8B", "FR", batch=8, input_tokens=1000, output_tokens=200)
    parts = answer.served.prefill.energy_kwh.central + answer.served.decode.energy_kwh.central
    assert parts == pytest.approx(answer.energy.central)
    again = (
        answer.per_million_input_tokens.energy_kwh.central * 1000e-6
        + answer.per_million_output_tokens.energy_kwh.central * 200e-6
    )
    assert again == pytest.approx(answer.energy.central)


def test_an_unknown_batch_is_said_and_widens():
    """Left out, the batch is taken as 64 with x/3; stated, the same centre has x/2.4 and no warning."""
    known = inference("70B", batch=64, output_tokens=400)
    unknown = inference("70B", output_tokens=400)
    assert unknown.energy.central == known.energy.central
    assert unknown.energy.high > known.energy.high
    token = unknown.factors_in.joule_per_output_token
    assert token.high / token.central == pytest.approx(3)
    assert "batch-unknown" in [notice.code for notice in unknown.warnings]
    assert "batch-unknown" not in [notice.code for notice in known.warnings]


@pytest.mark.parametrize(
    "said",
    [{"batch": 1}, {"batch": 4096}, {"batch": 64, "parameters": "1B"}, {"batch": 64, "hardware": "A100-SXM4-80GB"}],
)  # fmt: skip
def test_outside_the_measurements_the_range_is_the_wider_one(said):
    """A batch, a size or a device that nobody measured for the fit takes x/3, and a warning says which."""
    answer = inference(**({"parameters": "70B", "output_tokens": 400} | said))
    token = answer.factors_in.joule_per_output_token
    assert token.high / token.central == pytest.approx(3)
    assert "outside-measurements" in [notice.code for notice in answer.warnings]


def test_without_a_place_there_is_energy_and_no_carbon():
    """Unknown is not 0: no place, no operational figure and no total."""
    answer = inference("70B", batch=64, output_tokens=400)
    assert answer.operational is UNKNOWN
    assert answer.total is UNKNOWN
    assert answer.embodied.central > 0
    assert answer.to_dict()["per_request"]["operational_kg"] is None
    assert "place-unknown" in [notice.code for notice in answer.warnings]


def test_requests_and_development_multiply():
    """A million requests are a million times one, with the same relative range; development stands apart."""
    answer = inference("70B", "FR", batch=64, output_tokens=400, requests="1M", development=1.5)
    assert answer.all_requests.energy_kwh.central == pytest.approx(1e6 * answer.energy.central)
    assert answer.all_requests.energy_kwh.high_sq == answer.energy.high_sq
    found = answer.to_dict()
    assert found["development"]["multiplier"] == 1.5
    assert found["development"]["energy_kwh"]["central"] == pytest.approx(1.5e6 * answer.energy.central)
    assert found["per_request"]["energy_kwh"]["central"] == answer.energy.central


def test_without_the_making_the_total_is_operational():
    """embodied=False leaves the energy and counts operation alone."""
    answer = inference("70B", "FR", batch=64, output_tokens=400, embodied=False)
    assert answer.embodied is UNKNOWN
    assert answer.total == answer.operational


def test_the_closed_form_agrees_with_a_draw_of_all_factors():
    """40,000 draws of every factor of a request: both ends of energy within 5 %, of the total within 10 %."""
    answer = inference("70B", "FR", batch=64, input_tokens=2000, output_tokens=400)
    rng = random.Random(11)  # noqa: S311 - a draw, not a secret
    named = {n: v for n, v in answer.factors_in._asdict().items() if isinstance(v, Value)}

    def draw(value):
        z = rng.gauss(0, 1)
        return value.central * math.exp(z * (value.low_sq if z < 0 else value.high_sq) ** 0.5)

    energies, totals = [], []
    for _ in range(40_000):
        f = {name: draw(value) for name, value in named.items()}
        prefill_j = f["prefill_flop"] / 1e12 / (f["peak_tflop_per_s"] * f["prefill_utilisation"])
        joule = prefill_j * f["rated_power_w"] * f["load"] + f["joule_per_output_token"] * 400
        kwh = joule / 3.6e6 * f["stack"] * f["pue"]
        held_h = joule / (f["rated_power_w"] * f["load"]) / 3600
        making = f["slots_kg"] * held_h / (8766 * f["service_life_years"] * f["utilisation"])
        energies.append(kwh)
        totals.append(kwh * f["intensity_g_per_kwh"] / 1000 + making)
    for drawn, value, close in (
        (sorted(energies), answer.energy, 0.05),
        (sorted(totals), answer.total, 0.10),
    ):
        assert drawn[2_000] == pytest.approx(value.low, rel=close)
        assert drawn[38_000] == pytest.approx(value.high, rel=close)


def test_shares_sum_to_one_and_name_the_batch():
    """The spread has its shares; with an unknown batch the token has most of it and the sentence asks for the batch."""
    answer = inference("70B", "FR", output_tokens=400)
    assert sum(factor.share for factor in answer.factors) == pytest.approx(1)
    assert max(answer.factors, key=lambda f: f.share).name == "joule_per_output_token"
    assert "State the batch" in answer.report()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_figures_and_boundary(form):
    """Text and Markdown name both boundaries, JSON its scope, CSV one line an amount."""
    said = inference("70B", "FR", batch=64, input_tokens=500, output_tokens=400, requests="1M").report(form)
    if form in ("text", "markdown"):
        assert "ccelerators alone" in said
        assert "full stack" in said
        assert "0.482 Wh" in said
    if form == "text":
        assert all(len(line) <= 108 for line in said.splitlines())
    if form == "json":
        found = json.loads(said)
        assert found["kind"] == "inference"
        assert set(found["scope"]) >= {"accelerator_kwh", "energy_kwh"}
        assert found["per_million_output_tokens"]["energy_kwh"]["low"] > 0
        assert found["sources"][0]["citation"]
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(said)))
        assert [row["what"] for row in rows][:2] == ["one request", "a million input tokens"]
        assert float(rows[0]["energy_kwh_low"]) < float(rows[0]["energy_kwh"])


def test_an_unknown_form_is_an_error_with_the_nearest():
    """`jsn` is no form; `json` is."""
    with pytest.raises(InputError, match="did you mean json"):
        inference("70B", output_tokens=1).report("jsn")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"parameters": "70B"}, "input_tokens, output_tokens"),
        ({"parameters": "70B", "output_tokens": 1, "active_parameters": "80B"}, "at most all"),
        ({"parameters": "70B", "output_tokens": 1, "batch": 0}, "batch"),
        ({"parameters": "70B", "output_tokens": 1, "number_format": "int7"}, "int8"),
        ({"parameters": "70B", "output_tokens": 1, "hardware": "300W"}, "accelerator"),
        ({"parameters": "70B", "output_tokens": 1, "development": 0.1}, "development"),
        ({"parameters": "70B", "output_tokens": 1, "where": "Atlantis"}, "place"),
        ({"parameters": "huge", "output_tokens": 1}, "175B"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_sentence(said, sentence):
    """Each wrong word is named with what is allowed."""
    with pytest.raises(InputError, match=sentence):
        inference(**said)


def test_the_number_of_accelerators_changes_nothing():
    """Joules are per token of the whole replica: 8xH100 is the same answer as H100."""
    one, eight = (inference("70B", "FR", batch=64, output_tokens=9, hardware=h) for h in ("H100-SXM5-80GB", "8xH100-SXM5-80GB"))  # fmt: skip
    assert eight.total.central == pytest.approx(one.total.central)


def test_inference_is_a_name_of_the_package():
    """`wattgram.inference` is the function, loaded when first used."""
    assert wattgram.inference is inference


@given(st.floats(8e9, 6e11), st.floats(0.01, 1), st.integers(1, 10_000), st.integers(1, 10_000))
@settings(max_examples=30, deadline=None)
def test_tokens_count_linearly_and_ranges_are_in_order(total, share, read, written):
    """Twice the answer is twice its energy; active <= total never takes more; every range is in order."""
    once = inference(total, "FR", input_tokens=read, output_tokens=written, batch=64)
    twice = inference(total, "FR", input_tokens=read, output_tokens=2 * written, batch=64)
    sparse = inference(
        total, "FR", active_parameters=total * share, input_tokens=read, output_tokens=written, batch=64
    )
    assert twice.served.decode.energy_kwh.central == pytest.approx(2 * once.served.decode.energy_kwh.central)
    assert sparse.energy.central <= once.energy.central * (1 + 1e-12)
    for value in (once.energy, once.operational, once.embodied, once.total):
        assert 0 < value.low <= value.central <= value.high


def test_serving_factors_alone_give_the_answer():
    """serve() of the factors is the answer: nothing is added on the way."""
    answer = inference("70B", "FR", batch=64, output_tokens=400)
    assert serve(answer.factors_in).whole == answer.per_request


def test_the_devices_that_hold_a_replica():
    """70B in bf16 are 168 GB by the factor 1.2: eleven T4 of 16 GB, three H100 of 80 GB; fewer are warned of."""
    for hardware, needed, warned in (
        ("T4", 11, True),
        ("H100-SXM5-80GB", 3, True),
        ("8xH100-SXM5-80GB", 3, False),
    ):
        answer = wattgram.inference("70B", hardware=hardware, input_tokens=100, output_tokens=100)
        assert answer.to_dict()["run"]["devices_per_replica"] == needed
        assert f"for its weights: {needed}." in answer.report()
        assert ("memory-of-replica" in {one.code for one in answer.warnings}) is warned


def test_the_printed_work_of_the_prompt_adds_up():
    """What attention adds stands in the line: 2 x 70B x 100 + attention is the work."""
    answer = wattgram.inference("70B", input_tokens=100, output_tokens=100)
    work = answer.factors_in.prefill_flop
    assert float(work.reason.split(" + ")[1].split()[0]) + 1.4e13 == pytest.approx(work.central, rel=1e-4)


def test_the_energy_of_a_token_is_that_of_the_whole_replica():
    """The fit is of all accelerators of a replica together: their count multiplies neither energy nor making, and the rate
    at which a replica of that many would then write is one that servers have.
    """
    one, eight = (
        wattgram.inference(
            "405B",
            "FR",
            hardware=f"{count}xH100-SXM5-80GB",
            number_format="fp8",
            batch=255,
            output_tokens=400,
        )
        for count in (1, 8)
    )
    assert one.accelerator_energy.central == pytest.approx(eight.accelerator_energy.central, rel=1e-12)
    assert one.embodied.central == pytest.approx(eight.embodied.central, rel=1e-12)
    joule = eight.factors_in.joule_per_output_token.central
    needed = eight.to_dict()["run"]["devices_per_replica"]
    drawn_w = needed * 700 * eight.factors_in.load.central
    assert needed == 7
    assert 500 < drawn_w / joule < 5000  # tokens a second of the replica; one device alone would be far below
    assert "that of all of them together" in eight.report()
