"""From parameters and tokens to hours, energy and carbon: published trainings, choices and invariants."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wattgram
from wattgram import InputError
from wattgram.report import FORMS


def training(hardware="1024xA100-SXM4-80GB", where="FR", **said):
    """An estimate of a training by its work."""
    return wattgram.estimate(hardware, where=where, **said)


def test_gpt3_of_patterson_2021_within_one_percent():
    """10,000 V100 at 24.6 TFLOP/s and 330 W, PUE 1.10, 0.429 kg/kWh: 14.8 days, 1,287 MWh, 552 t (arXiv:2104.10350)."""
    answer = training(
        "10000xV100",
        "0.429 kg/kWh",
        parameters="175B",
        tokens="300B",
        number_format="fp16",
        mfu=24.6 / 125,
        pue=1.10,
    )
    assert answer.assembled.training.flop.central == pytest.approx(3.15e23)
    assert answer.duration.central / 24 == pytest.approx(14.8, rel=0.01)
    assert answer.energy.central == pytest.approx(1_287_000, rel=0.01)
    assert answer.operational.central == pytest.approx(552_000, rel=0.01)


PUBLISHED = [
    ("Llama 2 7B, arXiv:2307.09288 table 2", "A100-SXM4-80GB", 184_320, {"parameters": 7e9, "tokens": 2e12}),
    ("Llama 2 13B, arXiv:2307.09288 table 2", "A100-SXM4-80GB", 368_640, {"parameters": 13e9, "tokens": 2e12}),
    ("Llama 2 70B, arXiv:2307.09288 table 2", "A100-SXM4-80GB", 1_720_320, {"parameters": 70e9, "tokens": 2e12}),
    ("Llama 3.1 8B, model card", "H100-SXM5-80GB", 1.46e6, {"parameters": 8e9, "tokens": 15e12}),
    ("Llama 3.1 70B, model card", "H100-SXM5-80GB", 7.0e6, {"parameters": 70e9, "tokens": 15e12}),
    ("Llama 3.1 405B, model card", "H100-SXM5-80GB", 30.84e6, {"parameters": 405e9, "tokens": 15.6e12}),
    ("BLOOM, arXiv:2211.02001", "A100-SXM4-80GB", 1_082_990, {"parameters": 176e9, "tokens": 366e9}),
    ("DeepSeek-V3, arXiv:2412.19437 table 1", "H800", 2.788e6,
     {"parameters": 671e9, "active_parameters": 37e9, "tokens": 14.8e12, "number_format": "fp8"}),
    ("Olmo 3 7B, Bradbury 2025 (muxup.com) as told by Ai2", "H100-SXM5-80GB", 234_000,
     {"parameters": 7e9, "tokens": 5.9e12}),
]  # fmt: skip


@pytest.mark.parametrize(("citation", "hardware", "hours", "said"), PUBLISHED, ids=lambda x: str(x)[:14])
def test_published_gpu_hours_lie_inside_the_range(citation, hardware, hours, said):
    """The GPU-hours that the authors print lie within the 90 % range from parameters and tokens alone."""
    found = training(hardware, **said).device_hours
    assert found.low <= hours <= found.high, citation


def test_a_figure_ten_times_off_is_outside():
    """The range can fail: ten times BLOOM's hours, or a tenth of them, is not inside."""
    found = training("A100-SXM4-80GB", parameters=176e9, tokens=366e9).device_hours
    assert found.high < 10 * 1_082_990
    assert found.low > 1_082_990 / 10


def test_a_stated_share_leaves_the_hours_certain_and_the_product_exact():
    """3.15e23 FLOP over 8 x 312 TFLOP/s x 0.5 is 70,112 h, by hand; nothing of it is uncertain."""
    answer = training("8xA100-SXM4-80GB", flops="3.15e23", mfu="50%", number_format="bf16")
    assert answer.duration.central == pytest.approx(3.15e23 / (8 * 312e12 * 0.5 * 3600))
    assert answer.duration.low == answer.duration.high
    assert {f.name: f.value.origin for f in answer.factors}["mfu"] == "given"


@pytest.mark.parametrize(
    ("hardware", "row"),
    [("A100-SXM4-80GB", "mfu-a100"), ("H100-SXM5-80GB", "mfu-h100"), ("H200", "mfu-h100"), ("B200", "mfu-h100"),
     ("V100-SXM2-32GB", "mfu-v100"), ("TPU v4", "mfu-tpu"), ("MI250X", "mfu-amd-instinct"),
     ("RTX 4090", "mfu-unoptimised"), ("Gaudi 2", "mfu-unoptimised"), ("A100-SXM4-80GB + H100-SXM5-80GB", "mfu-h100")],
)  # fmt: skip
def test_the_share_of_the_peak_goes_by_family_and_says_why(hardware, row):
    """Each family has its row, the reason names it, and another family's row is said to stand in."""
    mfu = training(hardware, flops=1e21).assembled.training.mfu
    assert mfu.reason.startswith(f"{row}: ")
    assert mfu.sources
    if hardware == "B200":
        assert "stands in" in mfu.reason


def test_published_utilisation_of_other_families_lies_inside():
    """GPT-3 21.3 % on V100, Gopher 32.5 % on TPU v3, PaLM 46.2 % on v4 (arXiv:2204.02311, table 3)."""
    for hardware, share in (("V100-SXM2-32GB", 0.213), ("TPU v3", 0.325), ("TPU v4", 0.462)):
        mfu = training(hardware, flops=1e21).assembled.training.mfu
        assert mfu.low <= share <= mfu.high


def test_the_peak_is_dense_and_the_default_format_is_said():
    """312 TFLOP/s in bf16, never the 624 with sparsity; taken unasked it is announced, stated it is not."""
    answer = training("A100-SXM4-80GB", flops=1e21)
    assert answer.assembled.training.peak_tflop_per_s.central == 312
    assert "default-number-format" in [n.code for n in answer.warnings]
    said = training("A100-SXM4-80GB", flops=1e21, number_format="tf32")
    assert said.assembled.training.peak_tflop_per_s.central == 156
    assert "default-number-format" not in [n.code for n in said.warnings]


def test_a_format_the_device_lacks_names_those_it_has():
    """A V100 has no bf16, and watts or a processor have no rate at all."""
    with pytest.raises(InputError, match="fp32, fp16"):
        training("V100-SXM2-32GB", flops=1e21, number_format="bf16")
    for hardware in ("300W", "EPYC 7763"):
        with pytest.raises(InputError, match="state the duration"):
            training(hardware, flops=1e21)


def test_an_ambiguous_device_spans_its_rates():
    """H100 may be the SXM of 989 or the PCIe of 756 TFLOP/s."""
    peak = training("H100", flops=1e21, number_format="bf16").assembled.training.peak_tflop_per_s
    assert (peak.low, peak.high) == (pytest.approx(756), pytest.approx(989.4))


def test_adapters_on_a_frozen_base_take_four_sixths():
    """LoRA spares the gradients of the weights: 4 N D in place of 6 N D."""
    full = training(parameters="70B", tokens="1B").device_hours
    lora = training(parameters="70B", tokens="1B", lora=True).device_hours
    assert lora.central == pytest.approx(full.central * 4 / 6)


def test_of_a_mixture_of_experts_only_the_active_work():
    """671B of which 37B work is the compute of a dense 37B."""
    moe = training(parameters="671B", active_parameters="37B", tokens="1T").device_hours
    assert moe.central == pytest.approx(training(parameters="37B", tokens="1T").device_hours.central)


def test_a_long_context_adds_attention():
    """Llama 3.1 8B at 8,192: 12 x 32 x 32 x 128 x 8192 FLOP a token more; without its shape about as much, said so."""
    size = {"parameters": 8.03e9, "tokens": 15e12}
    plain = training(**size).assembled.training.flop.central
    exact = training(**size, context=8192, layers=32, heads=32, head_dim=128)
    assert exact.assembled.training.flop.central - plain == pytest.approx(12 * 32 * 4096 * 8192 * 15e12)
    assert exact.assembled.training.flop.low == pytest.approx(exact.assembled.training.flop.high)
    about = training(**size, context=8192)
    assert about.assembled.training.flop.central == pytest.approx(
        exact.assembled.training.flop.central, rel=0.05
    )
    assert "context-approximated" in [n.code for n in about.warnings]
    assert "context-approximated" not in [n.code for n in exact.warnings]


def test_energy_follows_the_hours_with_their_range():
    """The energy is that of the hours: stated, they give the same; its range holds that of the hours."""
    by_work = training(parameters="13B", tokens="2T", number_format="bf16")
    by_hours = wattgram.estimate("1024xA100-SXM4-80GB", by_work.duration.central, "FR")
    assert by_work.energy.central == pytest.approx(by_hours.energy.central)
    assert by_work.total.central == pytest.approx(by_hours.total.central)
    assert by_work.energy.low_sq == pytest.approx(by_hours.energy.low_sq + by_work.duration.low_sq)
    assert by_work.lacoste2019_kg == pytest.approx(by_hours.lacoste2019_kg)


def test_uncertain_hours_move_both_terms_of_the_total_alike():
    """With all but the MFU stated or alike, the total is as wide as the hours: no part of the spread cancels."""
    said = {"load": 0.8, "overhead": 1.5, "pue": 1.1, "intensity": 50}
    certain = wattgram.estimate("8xA100-SXM4-80GB", 1000, **said)
    answer = wattgram.estimate("8xA100-SXM4-80GB", flops=1e21, number_format="bf16", **said)
    grown = answer.total.low_sq - certain.total.low_sq
    assert grown == pytest.approx(answer.duration.low_sq, rel=1e-6)


def test_parts_of_a_training_sum_to_its_total_and_shares_to_one():
    """Operational and embodied are the total; the MFU has most of the spread on one known device."""
    answer = training("8xH100-SXM5-80GB", "aws:us-east-1", parameters="8B", tokens="1T", embodied=False)
    assert sum(f.share for f in answer.factors) == pytest.approx(1)
    assert max(answer.factors, key=lambda f: f.share).name == "mfu"
    both = training("8xH100-SXM5-80GB", "FR", parameters="8B", tokens="1T")
    assert both.total.central == both.operational.central + both.embodied.central


def test_development_is_a_line_of_its_own():
    """x 1.5 leaves the answer as it is and gives the whole beside it; below 1 it is refused."""
    plain, asked = training(flops=1e22), training(flops=1e22, development=1.5)
    assert asked.operational == plain.operational
    assert plain.to_dict()["development"] is None
    whole = asked.to_dict()["development"]
    assert whole["multiplier"] == 1.5
    assert whole["total_kg"]["central"] == pytest.approx(1.5 * plain.total.central)
    assert whole["operational_kg"]["high"] == pytest.approx(1.5 * plain.operational.high)
    with pytest.raises(InputError):
        training(flops=1e22, development=0.5)
    by_hours = wattgram.estimate("A100-SXM4-80GB", 10, "FR", development=2)
    assert by_hours.to_dict()["development"]["energy_kwh"]["central"] == pytest.approx(
        2 * by_hours.energy.central
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_work_and_the_development(form):
    """Each form of report stands for a training by its work; those people read name hours and the multiplier."""
    said = training(parameters="175B", tokens="300B", development=1.5).report(form)
    assert said.strip()
    if form == "json":
        found = json.loads(said)
        assert found["training"]["device_hours_h"]["low"] < found["training"]["device_hours_h"]["central"]
        assert found["run"]["duration_h"] == pytest.approx(found["training"]["duration_h"]["central"])
        assert [f["name"] for f in found["factors"]][:3] == ["training_flop", "peak_tflop_per_s", "mfu"]
    if form in ("text", "markdown", "latex", "modelcard", "html"):
        assert "evice-hours" in said
        assert "1.5" in said
        assert "evelopment" in said


def test_the_word_after_the_hardware_may_be_the_place():
    """estimate(hardware, place, flops=...) is understood; a duration beside FLOPs is two answers to one question."""
    assert wattgram.estimate("8xA100", "FR", flops=1e21).energy == training("8xA100", flops=1e21).energy
    with pytest.raises(InputError, match="say one of the two"):
        wattgram.estimate("8xA100", "100h", "FR", flops=1e21)
    with pytest.raises(InputError, match="say where"):
        wattgram.estimate("8xA100", flops=1e21)


def test_the_same_training_elsewhere_and_on_other_hardware():
    """compare() takes a training: other places keep its hours, other hardware its work."""
    base = training("8xA100-SXM4-80GB", "aws:us-east-1", flops=1e21, number_format="bf16")
    there = next(e for e in wattgram.compare(base).entries if e.name == "aws:eu-north-1")
    assert there.footprint.duration.central == pytest.approx(base.duration.central)
    other = wattgram.compare(base, "hardware")
    h100 = next(e for e in other.entries if e.name == "H100-SXM5-80GB")
    assert h100.footprint.duration.central == pytest.approx(base.duration.central * 312 / 989.4)


@given(st.floats(1e6, 1e12), st.floats(1e6, 1e13), st.sampled_from(["A100-SXM4-80GB", "TPU v4", "RTX 4090"]))
@settings(max_examples=30, deadline=None)
def test_twice_the_tokens_take_twice_the_energy(parameters, tokens, hardware):
    """At a stated workload hours and energy are linear in the tokens, and every range is in order."""
    said = {"parameters": parameters, "workload": "training", "intensity": 100}
    once, twice = (wattgram.estimate(hardware, "FR", tokens=t, **said) for t in (tokens, 2 * tokens))
    assert twice.duration.central == pytest.approx(2 * once.duration.central)
    assert twice.energy.central == pytest.approx(2 * once.energy.central)
    assert 0 < once.total.low <= once.total.central <= once.total.high


@given(st.integers(1, 4096))
@settings(max_examples=20, deadline=None)
def test_more_devices_take_less_time_and_the_same_device_hours(count):
    """n devices share the work: the wall time is a part in n, device-hours and energy stay."""
    one = training("A100-SXM4-80GB", flops=1e24, workload="training", start="2024")
    many = training(f"{count}xA100-SXM4-80GB", flops=1e24, workload="training", start="2024")
    assert many.duration.central * count == pytest.approx(one.duration.central)
    assert many.device_hours.central == pytest.approx(one.device_hours.central)
    assert many.energy.central == pytest.approx(one.energy.central)
