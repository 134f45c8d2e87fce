"""Reports for print: correct LaTeX, BibTeX, model card, badge and page at every size."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest
import yaml

import wattgram

SIZES = {"1 g": 0.05, "999 g": 49.95, "1 kg": 50, "999.9 kg": 49_995, "1 t": 50_000, "1 kt": 50_000_000}
RUN = ("8xA100-SXM4-80GB", "100h", "aws:us-east-1")


@pytest.mark.parametrize("form", ["latex", "modelcard", "badge", "html"])
@pytest.mark.parametrize("size", list(SIZES))
def test_a_statement_at_every_size(size, form, text_snapshot):
    """From a gram to a kilotonne units are never swapped: kg stays kg, kWh stays kWh."""
    answer = wattgram.estimate("20W", SIZES[size], "1000 g/kWh", pue=1)
    text = answer.report(form).replace(answer.catalog.version, "VERSION")
    assert text.replace(f"wattgram {wattgram.__version__}", "wattgram X.Y.Z") == text_snapshot


def test_every_size_in_json_and_csv_is_in_kilograms():
    """Machine forms never change unit: from a gram to a kilotonne they are kg and kWh, whatever people are shown."""
    for size, kg in zip(SIZES, (1e-3, 0.999, 1, 999.9, 1e3, 1e6), strict=True):
        answer = wattgram.estimate("20W", SIZES[size], "1000 g/kWh", pue=1)
        data = json.loads(answer.report("json"))
        (row,) = csv.DictReader(io.StringIO(answer.report("csv")))
        assert data["operational_kg"]["central"] == pytest.approx(kg)
        assert data["energy_kwh"]["central"] == pytest.approx(kg)
        assert float(row["operational_kg"]) == pytest.approx(kg)
        card = yaml.safe_load(answer.report("modelcard").split("---")[1])
        assert card["co2_eq_emissions"]["emissions"] == pytest.approx(kg * 1000)


HOSTILE = [
    ("8xA100-SXM4-80GB", "100h", "aws:us-east-1", {"per": "token", "units": "300B", "development": 2}),
    ("aws:p4d.24xlarge", "1000h", "France", {}),
    ("RTX 3090 + 2xEPYC 7763 + 512GB", "10h", "45.5,-73.6", {"pue": 1.25}),
    ("300W", "5h", "20 g/kWh", {"per": "request", "units": 1e6}),
    ("TPU v3-8", "72h", "azure:West US 2", {"boundary": "direct"}),
]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is present")
def test_the_latex_compiles_with_its_bibtex(tmp_path):
    """Every paragraph and table compiles in a plain article with its references, without an error or an undefined citation."""
    bodies, entries = [], {}
    for hardware, hours, where, said in HOSTILE:
        answer = wattgram.estimate(hardware, hours, where, **said)
        bodies.append(answer.report("latex").replace("tab:carbon", f"tab:{len(bodies)}"))
        for entry in answer.report("bibtex").split("\n\n"):
            entries[entry.partition(",")[0]] = entry
    text = "\n\n".join(bodies)
    (tmp_path / "paper.tex").write_text(
        f"\\documentclass{{article}}\\usepackage[T1]{{fontenc}}\\begin{{document}}\n{text}\n\\bibliographystyle{{plain}}\\bibliography{{paper}}\\end{{document}}\n",
        encoding="utf-8",
    )
    (tmp_path / "paper.bib").write_text("\n\n".join(entries.values()), encoding="utf-8")
    tex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper"]
    for command in (tex, ["bibtex", "paper"], tex, tex):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, errors="replace"
        )
        assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert "undefined" not in log
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000


def test_model_card_metadata_is_valid_yaml_in_grams(grid):
    """Hugging Face's `co2_eq_emissions.emissions` is grams: 358.8 kWh at 418 g/kWh are 149,978.4 g, not 149.9784."""
    card = wattgram.estimate(*RUN).report("modelcard")
    data = yaml.safe_load(card.split("---")[1])["co2_eq_emissions"]
    assert data["emissions"] == pytest.approx(358.8 * grid("US-MIDA-PJM")["intensity_g_per_kwh"], rel=1e-6)
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
    assert f"{answer.operational.central:.3g} kg" in badge.find("{http://www.w3.org/2000/svg}title").text
    page = answer.report("html")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert not re.search(r'(src|@import|url\()\s*=?\s*"?https?:', page)
