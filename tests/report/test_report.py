"""Reports: the figure first, units never swapped, at every size."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.errors import InputError
from wattgram.report.figures import figure, mass, mass_range, quantity
from wattgram.value import UNKNOWN, Value


@pytest.mark.parametrize(
    ("kg", "text"),
    [
        (0, "0 kg"),
        (5e-7, "0.5 mg"),
        (1e-3, "1 g"),
        (0.0034, "3.4 g"),
        (0.999, "999 g"),
        (0.9999, "1 kg"),
        (1, "1 kg"),
        (1.57, "1.57 kg"),
        (999.4, "999 kg"),
        (999.9, "1 t"),
        (1000, "1 t"),
        (11_133, "11.1 t"),
        (34_547, "34.5 t"),
        (999_900, "1 kt"),
        (1e6, "1 kt"),
        (2.04e7, "20.4 kt"),
    ],
)
def test_a_mass_reads_in_its_own_unit(kg, text):
    """11,133 kg is 11.1 t and not "11,133 t" (a tool printed tonnes a thousand times too large)."""
    assert mass(kg) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [(0, "0"), (0.0123456, "0.0123"), (1.5, "1.5"), (12.34, "12.3"), (123.4, "123"), (12_345, "12,300"),
     (1e12, "1e+12"), (0.65, "0.65"), (1e-7, "1e-07")],
)  # fmt: skip
def test_a_figure_has_three_significant_digits(x, text):
    """Figures are rounded by significant digits, on display only."""
    assert figure(x) == text


def test_ranges_share_the_unit_of_their_centre():
    """Low and high are printed in the unit of the central figure."""
    assert mass_range(Value(950, 800, 1200)) == "800 to 1,200 kg"
    assert mass_range(UNKNOWN) == ""
    assert quantity(UNKNOWN) == "unknown"


SIZES = {"1 g": 0.05, "999 g": 49.95, "1 kg": 50, "999.9 kg": 49_995, "1 t": 50_000, "1 kt": 50_000_000}


@pytest.mark.parametrize("form", ["text", "markdown", "csv"])
@pytest.mark.parametrize("size", list(SIZES))
def test_a_report_at_every_size(size, form, text_snapshot):
    """From a gram to a kilotonne every form reads as in its snapshot."""
    answer = wattgram.estimate("20W", SIZES[size], "1000 g/kWh", pue=1)
    text = answer.report(form).replace(answer.catalog.version, "VERSION")
    assert text == text_snapshot


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize(
    "words",
    [
        ("8xA100-SXM4-80GB", "100h", "aws:us-east-1"),
        ("TPU v3-8", "72h", "gcp:us-east1"),
        ("RTX 3090", "10h", "Montreal"),
        ("8xA100 + 2xEPYC 7763 + 1024GB", "10h", "US"),
        ("aws:p4d.24xlarge", "1000h", "France"),
    ],
    ids=lambda words: words[0].replace(":", "-"),
)
def test_a_report_of_a_usual_run(words, form, text_snapshot):
    """The answer for five usual runs reads as in its snapshot."""
    answer = wattgram.estimate(*words)
    assert answer.report(form).replace(answer.catalog.version, "VERSION") == text_snapshot


def test_the_sentence_that_says_what_would_help():
    """With everything else stated, the load is all of the spread and stating it narrows the range to nothing."""
    answer = wattgram.estimate("A100-SXM4-80GB", 10, overhead=1.4, pue=1.1, intensity=100, embodied=False)
    assert (
        "State the load, and the range narrows from ×/÷1.79 to ×/÷1.00 (100% of the spread)."
        in answer.report()
    )


def test_an_unknown_form_is_one_sentence():
    """A form that is none names those that are."""
    with pytest.raises(InputError, match="markdown"):
        wattgram.estimate("T4", 1, "FR").report("yaml")


def test_notebooks_and_rich_show_the_same_text():
    """`_repr_html_` escapes, `__rich__` keeps brackets: one object serves every terminal and notebook."""
    answer = wattgram.estimate("T4", 1, "FR")
    assert "<pre>" in answer._repr_html_()
    assert "\\[sources-disagree]" in answer.__rich__()
    assert str(answer) == answer.report()
    assert "T4" in repr(answer)
