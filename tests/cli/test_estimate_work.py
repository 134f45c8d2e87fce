"""`wattgram estimate` by FLOPs, or by parameters and tokens: every way people may type it."""

from __future__ import annotations

import json

import pytest

from wattgram.cli import main


def call(capsys, *words):
    """Exit code, standard output and standard error of the command."""
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    "words",
    [
        ("1024xA100-SXM4-80GB", "FR", "--flops", "3.15e23"),
        ("1024xA100-SXM4-80GB", "--where", "FR", "--flops", "3.15e23"),
        ("1024xA100-SXM4-80GB", "--where", "FR", "--parameters", "175e9", "--tokens", "300e9"),
        ("1024xA100-SXM4-80GB", "FR", "--parameters", "175B", "--tokens", "300B", "--format-of-numbers", "bf16"),
        ("A100-SXM4-80GB", "FR", "--count", "1024", "--flops", "315 ZFLOP", "--number-format", "BF16"),
    ],
)  # fmt: skip
def test_the_same_training_in_every_wording(capsys, words):
    """The place third, second or by its option, FLOPs or parameters and tokens: one answer."""
    code, out, err = call(capsys, "estimate", *words, "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["run"]["where"] == "France"
    assert found["training"]["number_format"] == "bf16"
    assert found["training"]["device_hours_h"]["central"] == pytest.approx(3.15e23 / (312e12 * 0.4 * 3600))
    assert found["training"]["duration_h"]["central"] == pytest.approx(684.7, abs=0.1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("A100", "100h", "FR", "--flops", "1e21"), "one of the two"),
        (("A100", "100h", "FR", "--where", "DE"), "one of the two"),
        (("A100", "100h", "--flops", "1e21"), "one of the two"),
        (("A100", "FR", "--parameters", "7B"), "without tokens"),
        (("A100", "FR", "--flops", "lots"), "3.15e23"),
        (("A100", "FR", "--flops", "1e21", "--format-of-numbers", "fp9"), "bf16"),
        (("A100", "FR", "--flops", "1e21", "--mfu", "40"), "mfu"),
        (("A100", "FR", "--flops", "1e21", "--format-of-numbers", "fp8"), "known in fp32, tf32, fp16, bf16"),
        (("A100", "FRR", "--flops", "1e21"), "place"),
        (("A100", "--flops", "1e21"), "say where"),
        (("A100", "100h", "FR", "--mfu", "0.4"), "without parameters"),
        (("A100", "1h", "FR", "--development", "0"), "development"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_one_sentence(capsys, words, sentence):
    """Exit code 2, one line that says what to do, nothing on standard output."""
    code, out, err = call(capsys, "estimate", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_the_text_shows_the_work_as_factors(capsys):
    """Compute over rate over share is the hours; the device-hours carry their range; the reasons are printed."""
    out = call(capsys, "estimate", "1024xA100-SXM4-80GB", "FR", "--parameters", "175B", "--tokens", "300B", "--lora")[1]  # fmt: skip
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "1024xA100-SXM4-80GB · 2.1e23 FLOP · France"
    assert "÷ MFU 0.4 0.3 to 0.55" in " ".join(lines)
    assert any(line.startswith("= device-hours 467,400 h 340,000 to 623,000") for line in lines)
    assert any("4 × 175B × 300B tokens" in line for line in lines)
    assert all(len(line) <= 108 for line in out.splitlines())


def test_development_stands_apart(capsys):
    """--development adds a line and changes no other figure; without it a training hints at it."""
    words = ("estimate", "8xA100-SXM4-80GB", "100h", "FR")
    plain, asked = call(capsys, *words)[1], call(capsys, *words, "--development", "1.5")[1]
    assert "evelopment" not in plain
    added = [line for line in asked.splitlines() if line not in plain.splitlines()]
    assert "× 1.5" in added[0]
    assert len(added) <= 2
    assert [line for line in plain.splitlines() if line not in asked.splitlines()] == []


def test_json_on_standard_input_has_the_same_names(monkeypatch, capsys):
    """`wattgram estimate -` takes flops, number_format and development as estimate() names them."""
    import io

    said = '{"hardware": "8xA100-SXM4-80GB", "where": "FR", "parameters": "7B", "tokens": 2e12, "mfu": "45%"}'
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    code, out, _ = call(capsys, "estimate", "-", "--format", "json")
    assert code == 0
    assert json.loads(out)["training"]["mfu"]["central"] == pytest.approx(0.45)
