"""The words that say a training's work: what people type, and the sentence for what goes wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.errors import InputError, OutOfRangeError
from wattgram.work import make_work, parse_count, parse_flop, parse_number_format, parse_share


@pytest.mark.parametrize(
    ("text", "number"),
    [("175e9", 175e9), ("175B", 175e9), ("300b", 300e9), ("15T", 15e12), ("7.5M", 7.5e6), ("1,000", 1000.0),
     ("1.5 G", 1.5e9), ("2048", 2048.0), (175e9, 175e9)],
)  # fmt: skip
def test_a_count_is_read_as_people_write_it(text, number):
    """175B is 175e9 and 15T is 15e12, in either case of the letter."""
    assert parse_count("parameters", text, 1, 1e16) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "flop"),
    [("3.15e23", 3.15e23), ("315 ZFLOP", 3.15e23), ("3640 PF-days", 3.145e23), ("3640 petaflop/s-days", 3.145e23),
     ("1EFLOPs", 1e18), (1e20, 1e20)],
)  # fmt: skip
def test_an_amount_of_work_is_read_as_people_write_it(text, flop):
    """GPT-3 is 3640 petaflop/s-days (arXiv:2005.14165, table D.1), which is 3.14e23 FLOP."""
    assert parse_flop(text) == pytest.approx(flop, rel=1e-3)


@pytest.mark.parametrize("text", ["", "many", "20 TFLOP/s", "-1", "0", "1e400", "nan", True])
def test_what_is_no_amount_of_work_is_an_error(text):
    """A rate, a word, nothing, a negative or an endless amount each get a sentence."""
    with pytest.raises(InputError):
        parse_flop(text)


def test_a_share_may_be_a_percentage():
    """40% is 0.4; 40 is no share."""
    assert parse_share("mfu", "40%") == pytest.approx(0.4)
    assert parse_share("mfu", "0.4") == parse_share("mfu", 0.4) == 0.4
    for wrong in (40, "0", "120%", "half"):
        with pytest.raises(InputError):
            parse_share("mfu", wrong)


def test_number_formats_by_their_usual_names():
    """BFloat16, half and FP8 are formats; a slip gets the nearest."""
    assert [parse_number_format(w) for w in ("BFloat16", "half", "FP8", "float32")] == ["bf16", "fp16", "fp8", "fp32"]  # fmt: skip
    with pytest.raises(InputError, match="did you mean bf16"):
        parse_number_format("bf61")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"flops": 1e20, "parameters": 1e9}, "say flops, or parameters and tokens"),
        ({"flops": 1e20, "lora": True}, "say flops, or parameters and tokens"),
        ({"parameters": 1e9}, "without tokens"),
        ({"tokens": 1e9}, "without parameters"),
        ({"mfu": 0.4}, "without parameters"),
        ({"parameters": 1e9, "tokens": 1e9, "active_parameters": 2e9}, "at most all"),
        ({"parameters": 1e9, "tokens": 1e9, "layers": 12}, "layers, heads and head_dim"),
        ({"parameters": 1e9, "tokens": 1e9, "context": 2048, "heads": 12}, "layers, heads and head_dim"),
    ],
)  # fmt: skip
def test_words_that_do_not_go_together_are_named(words, sentence):
    """Half a statement, two statements, or more active parameters than there are: each says what to do."""
    with pytest.raises(InputError, match=sentence):
        make_work(words)


def test_nothing_said_is_no_work():
    """Options left out, or a flag that is down, say nothing."""
    assert make_work({"lora": False, "flops": None}) is None


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_an_input_error(text):
    """No text crashes the parsers."""
    for parse in (parse_flop, lambda t: parse_count("tokens", t, 1, 1e18), lambda t: parse_share("mfu", t)):
        with contextlib.suppress(InputError):
            assert parse(text) > 0


def test_zero_active_parameters_are_out_of_range():
    """No parameter at work is no model."""
    with pytest.raises(OutOfRangeError):
        make_work({"active_parameters": 0, "tokens": 1e9})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7 billion", 7e9),
        ("7B", 7e9),
        ("7e9", 7e9),
        ("70 B", 70e9),
        ("7-billion", 7e9),
        ("7bn", 7e9),
        ("1.5 trillion tokens", 1.5e12),
        ("2T", 2e12),
        ("350 million parameters", 350e6),
        ("12 thousand", 12e3),
    ],
)
def test_counts_in_words(text, number):
    """A size is read as people write it, in digits, letters or words."""
    assert parse_count("parameters", text, 1, 1e18) == number


@pytest.mark.parametrize(
    "text", ["seven billion", "7 zillion", "7 billion billion", "billion", "7 tokens tokens"]
)
def test_words_that_are_no_size(text):
    """A size has digits, one word of size and one noun at most."""
    with pytest.raises(InputError):
        parse_count("parameters", text, 1, 1e18)


@pytest.mark.parametrize(
    ("given", "share"), [("80%", 0.8), ("80 %", 0.8), ("0.8", 0.8), (0.8, 0.8), ("120%", 1.2)]
)
def test_a_load_may_be_said_in_per_cent(given, share):
    """`80%` and `0.8` are one load."""
    assert parse_share("load", given, 1.5) == share


@pytest.mark.parametrize(
    ("given", "near"), [("80", ("80%", "0.8")), (45, ("45%", "0.45")), ("800", ()), ("0", ())]
)
def test_a_load_without_its_per_cent_sign_is_asked_about(given, near):
    """`80` is no load, and the sentence asks for the two things that it may mean; `800` means neither."""
    with pytest.raises(OutOfRangeError) as error:
        parse_share("load", given, 1.5)
    assert error.value.nearest == near
