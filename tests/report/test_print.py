"""Reports for print: correct LaTeX, BibTeX, model card, badge and page at every size."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
import yaml

import wattgram

SIZES = {"1 g": 0.05, "999 g": 49.95, "1 kg": 50, "999.9 kg": 49_995, "1 t": 50_000, "1 kt": 50_000_000}
RUN = ("8xA100-SXM4-80GB", "100h", "aws:us-east-1")


@pytest.mark.parametrize("form", ["latex", "modelcard", "badge"])
@pytest.mark.parametrize("size", list(SIZES))
def test_a_statement_at_every_size(size, form, text_snapshot):
    """From a gram to a kilotonne units are never swapped: kg stays kg, kWh stays kWh."""
    answer = wattgram.estimate("20W", SIZES[size], "1000 g/kWh", pue=1)
    assert answer.report(form).replace(answer.catalog.version, "VERSION") == text_snapshot


def test_model_card_metadata_is_valid_yaml_in_grams():
    """Hugging Face's `co2_eq_emissions.emissions` is grams: 149.9784 kg are 149,978.4 g."""
    card = wattgram.estimate(*RUN).report("modelcard")
    data = yaml.safe_load(card.split("---")[1])["co2_eq_emissions"]
    assert data["emissions"] == pytest.approx(149_978.4)
    assert data["hardware_used"] == "8xA100-SXM4-80GB"
    assert data["geographical_location"].startswith("Ashburn")


def test_every_citation_of_the_latex_is_in_the_bibtex():
    """The paragraph and table cite only keys that the BibTeX has, and load no package in the body."""
    answer = wattgram.estimate(*RUN)
    latex, bibtex = answer.report("latex"), answer.report("bibtex")
    cited = {key for group in re.findall(r"\\cite\{([^}]*)\}", latex) for key in group.split(",")}
    entries = set(re.findall(r"@\w+\{([^,]+),", bibtex))
    assert cited
    assert cited <= entries
    assert "usepackage" not in latex
    assert latex.count("{") == latex.count("}")
    assert bibtex.count("{") == bibtex.count("}")


def test_latex_escapes_what_the_user_typed():
    """Characters that TeX reads as commands are escaped."""
    answer = wattgram.estimate("T4", 1, "azure:West US 2")
    assert not re.search(
        r"(?<!\\)[%#&_]",
        re.sub(r"%.*\n|\$_2\$|\\(cite|label|ref)\{[^}]*\}|&|\d\\?,\\?%", "", answer.report("latex")),
    )


def test_badge_and_page_are_well_formed():
    """The badge is an SVG with a title; the page is one file without scripts or outside requests."""
    answer = wattgram.estimate(*RUN)
    badge = ET.fromstring(answer.report("badge"))  # noqa: S314 - our own
    assert "150 kg" in badge.find("{http://www.w3.org/2000/svg}title").text
    page = answer.report("html")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert not re.search(r'(src|@import|url\()\s*=?\s*"?https?:', page)
