"""Reports: the figure first, units never swapped, at every size."""

from __future__ import annotations

import csv
import io
import re

import pytest

import wattgram
from wattgram.errors import InputError
from wattgram.report.bibtex import _authors
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
        "State the load, and the range of the operational emissions narrows from ×/÷1.79 to ×/÷1.00 (100% of"
        in answer.report()
    )


def test_an_unknown_form_is_one_sentence():
    """A form that is none names those that are."""
    with pytest.raises(InputError, match="markdown"):
        wattgram.estimate("T4", 1, "FR").report("yaml")


def test_notebooks_and_rich_show_the_same_text():
    """`_repr_html_` escapes, `__rich__` keeps brackets: one object serves every terminal and notebook."""
    answer = wattgram.estimate("T4", 1, "FR", start="2025")
    assert "<pre>" in answer._repr_html_()
    assert "\\[sources-disagree]" in answer.__rich__()
    assert str(answer) == answer.report()
    assert "T4" in repr(answer)


def test_a_measured_product_multiplies_out():
    """20 kWh × PUE 1.55 = 31 kWh: the hours are no factor of it, they share out the making."""
    lines = wattgram.estimate("H100", 10, "FR", measured_energy_kwh=20).report().splitlines()
    at = next(n for n, line in enumerate(lines) if "measured energy" in line)
    assert lines[at + 1].split()[:3] == ["×", "PUE", "1.55"]
    assert lines[at + 2].split()[:5] == ["=", "facility", "energy", "31", "kWh"]
    making = next(n for n, line in enumerate(lines) if "making of hardware" in line)
    assert lines[making + 1].split()[:4] == ["×", "duration", "10", "h"]


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        (
            "it",
            "20~kWh were measured (servers); with a PUE of 1.55 the energy at the facility meter is 31~kWh",
        ),
        ("device", "20~kWh were measured (devices); with a server overhead of"),
        ("facility", "The energy measured at the facility meter is 20~kWh."),
    ],
)
def test_latex_says_what_was_measured_and_where(scope, says):
    """Only 20 kWh were measured; 31 kWh at the meter is that times an assumed PUE."""
    report = wattgram.estimate("64xH100", 10, "FR", measured_energy_kwh=20, measured_scope=scope).report(
        "latex"
    )
    assert says in report
    assert "measured at 31" not in report
    assert r"We ran 64\,$\times$\,H100-SXM5-80GB for" in report


def test_no_source_is_cited_twice_at_once():
    """A key stands once in each citation."""
    report = wattgram.estimate("64xH100", 10, "aws:us-east-1").report("latex")
    for group in re.findall(r"\\cite\{([^}]*)\}", report):
        keys = group.split(",")
        assert len(keys) == len(set(keys))


def test_a_drive_too_short_is_no_picture():
    """A milligram is not compared with driving micrometres; a kilogram is, in good English."""
    assert "driving" not in wattgram.estimate("H100", "1 s", "FR").report()
    assert "in an average passenger car" in wattgram.estimate("H100", 10, "FR").report()


def test_csv_says_how_many_devices_and_the_range_of_the_energy():
    """64xH100 are 64 devices, once; the energy has its range in the row."""
    answer = wattgram.estimate("64xH100", 10, "FR")
    (row,) = csv.DictReader(io.StringIO(answer.report("csv")))
    assert row["device_count"] == "64"
    assert float(row["energy_kwh_low"]) == answer.energy.low
    assert float(row["energy_kwh_high"]) == answer.energy.high


def test_bibtex_names_people_as_people():
    """Names of people are joined by `and`; a body keeps its braces; the program has an author; no licence in a note."""
    assert _authors("A. S. Luccioni, S. Viguier, A.-L. Ligozat") == (
        "A. S. Luccioni and S. Viguier and A.-L. Ligozat"
    )
    assert _authors("Patterson et al.") == "Patterson and others"
    assert _authors("Dell, thinkstep") == "{Dell, thinkstep}"
    entries = wattgram.estimate("H100", 10, "FR").report("bibtex")
    assert "author" in entries.partition("@article")[0]
    assert "Licence:" not in entries
