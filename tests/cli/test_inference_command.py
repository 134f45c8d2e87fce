"""`wattgram inference`: the same answer in every wording, and one sentence for what is wrong."""

from __future__ import annotations

import io
import json

import pytest

from wattgram.cli import main

MODEL = ("--parameters", "70e9", "--batch", "64", "--input-tokens", "500", "--output-tokens", "400")


def call(capsys, *words):
    """Exit code, standard output and standard error of the command."""
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    "words",
    [
        ("FR", *MODEL, "--format-of-numbers", "fp8"),
        (*MODEL, "--number-format", "FP8", "FR"),
        ("--where", "France", "--parameters", "70B", *MODEL[2:], "--format-of-numbers", "float8"),
    ],
)
def test_the_same_request_in_every_wording(capsys, words):
    """The place first, last or by its option: 70B in FP8 at batch 64 is 0.74 J a token."""
    code, out, err = call(capsys, "inference", *words, "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["run"]["where"] == "France"
    assert found["joule_per_output_token"]["central"] == pytest.approx(1.1696 * 0.5**0.661, rel=1e-3)


def test_json_on_standard_input(monkeypatch, capsys):
    """`wattgram inference -` takes the names of inference()."""
    said = '{"parameters": "70B", "output_tokens": 400, "batch": 64, "where": "FR"}'
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    code, out, _ = call(capsys, "inference", "-", "--requests", "1M", "--format", "csv")
    assert code == 0
    assert "\n1M requests," in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "--parameters 70B"),
        (("FR", "--parameters", "70B"), "input_tokens"),
        (("FR", "--where", "DE", *MODEL), "one of the two"),
        (("Atlantis", *MODEL), "place"),
        (("FR", *MODEL, "--format", "yaml"), "formats are"),
        (("FR", *MODEL, "--batch", "many"), "batch"),
    ],
)
def test_what_is_wrong_is_one_sentence(capsys, words, sentence):
    """Exit code 2, one line on standard error, nothing on standard output."""
    code, out, err = call(capsys, "inference", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
