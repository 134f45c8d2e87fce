"""The methods side by side: each figure hand-worked from its published formula, and no constant guessed."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wattgram
from wattgram.cli import main
from wattgram.methods import METHOD_NAMES, ccf_power_w, green_algorithms_power_w

P4D = ("aws:p4d.24xlarge", "100h", "aws:us-east-1")


def methods(*words, **said):
    """Results by method."""
    return {result.method: result for result in wattgram.estimate(*words, **said).methods()}


def test_an_instance_by_hand(grid):
    """p4d.24xlarge for 100 h in Virginia (418 g/kWh): 8 A100 of 400 W, 96 vCPU of two 8275CL of 240 W, 1,152 GB."""
    found = methods(*P4D)
    pjm_kg_per_kwh = grid("US-MIDA-PJM")["intensity_g_per_kwh"] / 1000
    assert tuple(found) == METHOD_NAMES
    # Lannelongue et al. 2021: (8 x 400 + 2 x 240 W at usage 1 + 1152 GB x 0.3725 W/GB) x 1.67
    assert found["green-algorithms-2021"].energy_kwh.central == pytest.approx(
        (8 * 400 + 2 * 240 + 1152 * 0.3725) * 1.67 * 100 / 1000
    )
    # CCF: A100 46..407 W, Cascade Lake 0.690..4.063 W a vCPU, half used; 0.392 W/GB above 2 x 105.97 GB; PUE 1.135
    watts = 8 * (46 + 407) / 2 + 96 * (0.6902978319127387 + 4.063193520161689) / 2
    watts += (1152 - 2 * 105.972049689441) * 0.392
    assert found["ccf"].energy_kwh.central == pytest.approx(watts * 1.135 * 100 / 1000)
    # CCF prints 4,676.79 kg for this host with its eight drives of 100 kg, which no catalog row holds
    assert found["ccf"].embodied_kg.central == pytest.approx((4676.79 - 800) * 100 / 35040, rel=1e-5)
    assert found["ccf"].total_kg.central == pytest.approx(
        found["ccf"].operational_kg.central + found["ccf"].embodied_kg.central
    )
    assert found["lacoste2019"].energy_kwh.central == pytest.approx(320)
    assert all(
        found[name].operational_kg.central == pytest.approx(found[name].energy_kwh.central * pjm_kg_per_kwh)
        for name in METHOD_NAMES
    )


def test_the_calculator_keeps_its_own_tables():
    """A V100 in Iowa: 250 W and 566.3 g in the page's tables, 300 W and 501 g in the catalog of today."""
    found = methods("V100", 960, "gcp:us-central1")
    assert found["lacoste2019"].operational_kg.central == pytest.approx(0.25 * 960 * 0.5663)
    assert "calculator's own" in found["lacoste2019"].why
    assert found["ccf"].energy_kwh.central == pytest.approx((35 + 306) / 2 * 960 * 1.1 / 1000)


def test_full_is_the_answer_itself_whatever_method_was_asked():
    """The first row is the footprint by the full method, range included, also from a footprint of the paper's."""
    full = wattgram.estimate(*P4D)
    for method in ("full", "lacoste2019"):
        first = wattgram.estimate(*P4D, method=method).methods()[0]
        assert (first.energy_kwh, first.operational_kg, first.total_kg) == (
            full.energy,
            full.operational,
            full.total,
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("8xH100", 10, "FR"), "no constant for H100-SXM5-80GB"),
        (("TPU v3-8", 10, "gcp:us-central1"), "no constant for TPU v3"),
        (("300W", 10, "FR"), "no constant for 300W"),
        (("T4", 10, "hetzner:fsn1"), "no PUE of hetzner"),
        (("2xEPYC 7763 + 512GB", 10, "FR"), "no constant for EPYC 7763"),
    ],
)
def test_a_method_without_a_constant_says_so(words, said):
    """CCF's table of GPUs stops at A100 and A10G: there is no figure, not a nearby one, and JSON has null."""
    found = methods(*words)["ccf"]
    assert said in found.missing
    assert found.to_dict()["energy_kwh"] is None
    assert found.to_dict()["total_kg"] is None


def test_what_is_left_out_is_said():
    """Memory that is not stated is not counted, and the line says so; stated, it counts 0.3725 W/GB."""
    bare, with_memory = (
        methods(words, 100, "FR")["green-algorithms-2021"]
        for words in ("T4 + 1xXeon Gold 6148", "T4 + 1xXeon Gold 6148 + 128GB")
    )
    assert "none is counted" in bare.missing
    assert with_memory.missing == ""
    difference = with_memory.energy_kwh.central - bare.energy_kwh.central
    assert difference == pytest.approx(128 * 0.3725 * 1.67 * 100 / 1000)


def test_stated_inputs_are_inputs_of_the_methods_too():
    """Load is Green Algorithms' usage factor and CCF's utilisation; a stated PUE is Green Algorithms' own input."""
    found = methods("T4", 100, "aws:us-east-1", load=0.2, pue=1.05)
    assert found["green-algorithms-2021"].energy_kwh.central == pytest.approx(70 * 0.2 * 1.05 * 0.1)
    assert found["ccf"].energy_kwh.central == pytest.approx((8 + 0.2 * 63) * 1.135 * 0.1)
    assert found["lacoste2019"].energy_kwh.central == pytest.approx(7)


def test_a_card_on_a_desk_has_no_facility():
    """Green Algorithms counts a personal computer with PUE 1."""
    assert methods("RTX 3090", 10, "Montreal")["green-algorithms-2021"].energy_kwh.central == pytest.approx(
        3.5
    )


def test_without_a_duration_only_the_measured_answer_stands():
    """3 kWh measured and no hours: full has a figure, the others say that they need a duration."""
    found = methods("T4", None, "FR", measured_energy_kwh=3)
    assert found["full"].energy_kwh.central > 3
    assert all("duration" in found[name].missing for name in METHOD_NAMES[1:])


@given(st.floats(0, 1e4), st.floats(0, 1), st.floats(0, 1e5), st.floats(1, 3))
def test_green_algorithms_is_linear_in_pue_and_memory(rated_w, usage, gigabytes, pue):
    """Twice the PUE is twice the power, and memory adds the same whatever the processors do."""
    power = lambda memory, p: green_algorithms_power_w(rated_w, usage, memory, 0.3725, p)  # noqa: E731
    assert power(gigabytes, 2 * pue) == pytest.approx(2 * power(gigabytes, pue))
    assert power(gigabytes, 1.0) - power(0.0, 1.0) == pytest.approx(gigabytes * 0.3725, abs=1e-6)


@given(st.floats(0, 100), st.floats(0, 400), st.floats(0, 1))
def test_ccf_lies_between_idle_and_full(idle_w, above_w, use):
    """At 0 the power is idle, at 1 full, and between them it lies between."""
    full_w = idle_w + above_w
    assert ccf_power_w(idle_w, full_w, 0.0) == idle_w
    assert ccf_power_w(idle_w, full_w, 1.0) == pytest.approx(full_w)
    assert idle_w - 1e-9 <= ccf_power_w(idle_w, full_w, use) <= full_w + 1e-9


# --- the command ----------------------------------------------------------------------------------------------------


def call(capsys, *words):
    """Exit code, standard output, standard error."""
    code = main(["estimate", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command_prints_the_table_and_one_line_on_each(capsys):
    """`--methods` names every method, its figures and why it differs, within 108 columns."""
    code, out, _ = call(capsys, *P4D, "--methods")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 108
    table, why = out.split("Why they differ")
    for name in METHOD_NAMES:
        assert sum(line.split()[:1] == [name] for line in table.splitlines()) == 1
        assert f"  {name}: " in why
    assert "×1.9" in table
    assert "not counted" in table


def test_json_csv_and_markdown_carry_the_same_figures(capsys):
    """JSON is the answer with `methods` added; CSV has a line a method; Markdown a table."""
    data = json.loads(call(capsys, *P4D, "--methods", "--format", "json")[1])
    rows = list(csv.DictReader(io.StringIO(call(capsys, *P4D, "--methods", "--format", "csv")[1])))
    markdown = call(capsys, *P4D, "--methods", "--format", "markdown")[1]
    assert data["operational_kg"] == data["methods"][0]["operational_kg"]
    assert [row["method"] for row in rows] == [m["method"] for m in data["methods"]] == list(METHOD_NAMES)
    for row, found in zip(rows, data["methods"], strict=True):
        assert float(row["energy_kwh"]) == found["energy_kwh"]["central"]
        assert float(row["ratio"]) == found["ratio"]
        assert f"| {found['method']} |" in markdown
        assert set(found) == {
            "method", "citation", "energy_kwh", "operational_kg", "embodied_kg", "total_kg",
            "factors", "why", "missing", "ratio",
        }  # fmt: skip
        assert all(factor["unit"] for factor in found["factors"])


def test_a_run_said_by_its_work_goes_through_every_method(capsys):
    """GPT-3 on 1,024 A100: the hours that follow from the work are those of all methods, and the heading says the work."""
    words = ("1024xA100-SXM4-80GB", "FR", "--parameters", "175B", "--tokens", "300B", "--methods")
    data = json.loads(call(capsys, *words, "--format", "json")[1])
    rated_kw = 1024 * 0.4
    hours = data["methods"][1]["energy_kwh"]["central"] / rated_kw
    ccf = data["methods"][3]["energy_kwh"]["central"]
    assert ccf == pytest.approx(1024 * (46 + 407) / 2 * hours * 1.58 / 1000)
    assert "duration not stated" not in call(capsys, *words)[1]


def test_another_form_is_one_sentence(capsys):
    """LaTeX has no form for it: exit 2 and the forms that there are."""
    code, out, err = call(capsys, "T4", "1h", "FR", "--methods", "--format", "latex")
    assert (code, out) == (2, "")
    assert "text, json, csv, markdown" in err
    assert err.count("\n") == 1
