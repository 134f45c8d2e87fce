"""Statements: found in every form in which they are published, with every word where it belongs."""

from __future__ import annotations

import pytest

from wattgram.auditing.plain import plain
from wattgram.auditing.statements import find_claims
from wattgram.catalog import Catalog

TEMPLATE = r"""\section{CO2 Emission Related to Experiments}

Experiments were conducted using Google Cloud Platform in region us-central1, which has a carbon efficiency of
0.57~kgCO$_2$eq/kWh. A cumulative of 960 hours of computation was performed on hardware of type
\textbf{Tesla V100-SXM2-16GB} (TDP of 250W).

Total emissions are estimated to be 136.8\,kgCO$_2$eq of which 100 percents were directly offset by the cloud provider.

%Uncomment if you bought additional offsets:
%20 kg CO2eq were manually offset through \href{https://example.org}{Provider}.

Estimations were conducted using the \href{https://mlco2.github.io/impact#compute}{MachineLearning Impact calculator}
presented in \cite{lacoste2019quantifying}.
"""
CARD = """---
license: mit
co2_eq_emissions:
  emissions: 7540
  source: a calculator
  geographical_location: South Carolina, USA
  hardware_used: TPU v3-8
---
# A model

- **Hardware Type:** TPU v3-8
- **Hours used:** 72 (3 days)
- **Cloud Provider:** GCP
- **Compute Region:** us-east1
- **Carbon Emitted:** 7.54 kg CO2 eq.
"""


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load()


def test_the_calculators_template_in_latex(catalog):
    """All words of the template are read, macros and all, and the line is that of the figure."""
    (claim,) = find_claims(TEMPLATE, catalog)
    assert (claim.mass.kg, claim.hours, claim.powers_w) == (136.8, 960, (250,))
    assert (claim.hardware, claim.provider, claim.region) == ("Tesla V100-SXM2-16GB", "gcp", "us-central1")
    assert claim.intensities_g_per_kwh == (570,)
    assert claim.line == 7


@pytest.mark.parametrize(
    "text",
    [
        (
            "Les expériences ont été réalisées avec Google Cloud Platform dans la région us-central1, dont l'efficacité carbone est de 0,57 kgCO2eq/kWh. "
            "Un total de 960 heures de calcul a été effectué sur du matériel de type Tesla V100-SXM2-16GB (TDP de 250W). "
            "Les émissions totales sont estimées à 136,8 kgCO2eq."
        ),
        (
            "Die Experimente liefen auf Google Cloud Platform in der Region us-central1 (0,57 kgCO2eq/kWh). Es wurden 960 Stunden auf einer "
            "Tesla V100-SXM2-16GB (TDP von 250W) gerechnet. Die Emissionen betragen 136,8 kgCO2eq."
        ),
        (
            "实验使用 Google Cloud Platform，区域 us-central1，碳效率为 0.57 kgCO2eq/kWh。共使用 960 小时，硬件为 Tesla V100-SXM2-16GB（TDP of 250W）。"
            "总排放量估计为 136.8 kgCO2eq。"
        ),
    ],
    ids=["fr", "de", "zh"],
)
def test_copies_in_other_languages(text, catalog):
    """The template in French, German or Chinese has the same words."""
    (claim,) = find_claims(text, catalog)
    assert (claim.mass.kg, claim.hours, claim.hardware) == (136.8, 960, "Tesla V100-SXM2-16GB")
    assert (claim.provider, claim.intensities_g_per_kwh) == ("gcp", (570,))


def test_a_card_has_a_list_and_metadata_in_grams(catalog):
    """Metadata is in grams, the list in kilograms, and the hours of the list belong to both."""
    metadata, listed = find_claims(CARD, catalog)
    assert (metadata.kind, listed.kind) == ("yaml", "list")
    assert metadata.mass.kg == listed.mass.kg == 7.54
    assert metadata.hours == listed.hours == 72
    assert (listed.hardware, listed.chips, listed.provider, listed.region) == (
        "TPU v3-8",
        4,
        "gcp",
        "us-east1",
    )
    assert (metadata.line, listed.line) == (3, 15)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("co2_eq_emissions: 12.3", 12.3),
        ("co2_eq_emissions:\n  emissions: 1_500", 1500),
        ('{"co2_eq_emissions": {"emissions": 7}}', 7),
    ],
)
def test_metadata_as_a_number_or_a_mapping(text, grams, catalog):
    """`co2_eq_emissions` may be a number or a mapping, in YAML or JSON; it is grams."""
    (claim,) = find_claims(text, catalog)
    assert claim.mass.kg == pytest.approx(grams / 1000)


def test_a_list_in_one_line(catalog):
    """A list quoted on the command line, all in one line, is cut at its labels."""
    text = "**Hardware Type:** 8 x A100 **Hours used:** 1,500 **Cloud Provider:** AWS **Compute Region:** us-east-1 **Carbon Emitted:** 138 kg CO2eq."
    (claim,) = find_claims(text, catalog)
    assert (claim.hardware, claim.count, claim.hours, claim.region, claim.mass.kg) == (
        "A100",
        8,
        1500,
        "us-east-1",
        138,
    )


def test_the_long_label_of_the_calculators_card(catalog):
    """The label that explains itself in brackets is the label of the figure, and names no unit."""
    label = "Carbon Emitted (Power consumption x Time x Carbon produced based on location of power grid)"
    text = f"- **Hardware Type:** A100 PCIe 40GB\n- **Hours used:** 150000\n- **Cloud Provider:** AWS\n- **Compute Region:** US-east\n- **{label}:** 11250 kg CO2 eq.\n"
    (claim,) = find_claims(text, catalog)
    assert (claim.mass.kg, claim.hours, claim.hardware) == (11250, 150_000, "A100 PCIe 40GB")


def test_a_blank_form_says_nothing(catalog):
    """`[More Information Needed]` is missing, not text."""
    labels = ("Hardware Type", "Hours used", "Cloud Provider", "Compute Region", "Carbon Emitted")
    (claim,) = find_claims(
        "\n".join(f"- **{label}:** [More Information Needed]" for label in labels), catalog
    )
    assert claim.mass is None
    assert not claim.runs
    assert claim.region == ""


def test_a_table_with_a_statement_in_each_row(catalog):
    """Each row of a table is a statement, in the units of its header, with what the text says of all."""
    text = (
        "Pretraining ran on hardware of type A100-80GB.\n\n"
        "| | Time (GPU hours) | Power Consumption (W) | Carbon Emitted (tCO2eq) |\n|---|---|---|---|\n"
        "| 7B | 184320 | 400 | 31.22 |\n| 13B | 368640 | 400 | 62.44 |\n"
    )
    first, second = find_claims(text, catalog)
    assert (first.mass.kg, second.mass.kg) == (31_220, 62_440)
    assert (first.hours, first.per_device, first.powers_w, first.hardware) == (
        184_320,
        True,
        (400,),
        "A100-80GB",
    )
    assert (first.line, second.line) == (5, 6)


def test_a_latex_table(catalog):
    """A tabular of LaTeX is a table as well."""
    text = r"""\begin{tabular}{lrr}
GPU & Hours & CO$_2$ emissions (kg) \\ \hline
Tesla T4 & 100 & 3.02 \\
\end{tabular}"""
    (claim,) = find_claims(text, catalog)
    assert (claim.hardware, claim.hours, claim.mass.kg) == ("Tesla T4", 100, 3.02)


def test_several_runs_in_one_paragraph(catalog):
    """Each figure takes the hours before it, and the hardware of the first where the second names none."""
    text = "We trained model A on 8 V100 GPUs for 100 hours, emitting 10.3 kg CO2eq. Model B took 50 hours and emitted 5.2 kg CO2eq."
    first, second = find_claims(text, catalog)
    assert (first.hours, first.count, first.mass.kg) == (100, 8, 10.3)
    assert (second.hours, second.hardware, second.mass.kg) == (50, "V100", 5.2)
    assert "from the statement" in second.assumed[0]


def test_what_is_beside_a_statement_is_none(catalog):
    """Equivalences, ranges, offsets and budgets are no statements."""
    text = "Training emitted 35 kg of CO2 (90 %: 20 to 50 kg). That is equivalent to driving 140 km; a flight emits 500 kg of CO2."
    (claim,) = find_claims(text, catalog)
    assert claim.mass.kg == 35
    assert find_claims("The box weighs 35 kg and took 3 hours.", catalog) == []


def test_codecarbons_rows_are_cumulative(catalog):
    """Of the rows of one run the last stands; seconds are hours; the country is the place."""
    text = (
        "timestamp,project_name,run_id,duration,emissions,energy_consumed,country_name,country_iso_code,region,cloud_provider,cloud_region,gpu_count,gpu_model\n"
        "2024-01-01T00:00:00,a,r1,1800,0.05,0.1,France,FRA,,,,1,1 x Tesla T4\n"
        "2024-01-01T00:30:00,a,r1,3600,0.10,0.2,France,FRA,,,,1,1 x Tesla T4\n"
        "2024-01-01T01:00:00,b,r2,3600,0.07,0.2,France,FRA,,,,1,1 x Tesla T4\n"
    )
    first, second = find_claims(text, catalog)
    assert (first.mass.kg, first.hours, first.energy_kwh, first.region) == (0.10, 1, 0.2, "France")
    assert second.mass.kg == 0.07
    assert (first.line, second.line) == (3, 4)


def test_plain_keeps_every_line():
    """Taking the markup off never moves a line."""
    for text in (TEMPLATE, CARD, "<!-- a\nb -->\n<b>c</b>\n\\href{a\n}{b}\n"):
        assert plain(text).count("\n") == text.count("\n")
