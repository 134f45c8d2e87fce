"""Figures as people read them: the unit of a figure, and tables that stay straight from a microsecond to a nation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram import Value, advise, compare, estimate, inference
from wattgram.advice.forms import render_advice
from wattgram.report.figures import energy, mass, quantity, range_text, reading


@pytest.mark.parametrize(
    ("central", "unit", "said"),
    [
        (2.33e-6, "kWh", "2.33 mWh"),
        (2.33e-9, "kWh", "2.33 µWh"),
        (4.82e-4, "kWh", "0.482 Wh"),
        (0.0123, "kWh", "12.3 Wh"),
        (0.99996, "kWh", "1 kWh"),
        (358.8, "kWh", "358.8 kWh"),
        (9999.0, "kWh", "9,999 kWh"),
        (1.2866e6, "kWh", "1,287 MWh"),
        (3.1e9, "kWh", "3,100 GWh"),
        (1e12, "kWh", "1,000 TWh"),
        (3.6e-10, "kg", "0.36 µg"),
        (0.0, "kg", "0 kg"),
        (2.5e10, "kg", "25 Mt"),
        (24190.0, "W", "24.19 kW"),
        (3120.0, "W", "3,120 W"),
        (7e8, "W", "700 MW"),
        (1 / 3600, "h", "1 s"),
        (0.05, "h", "3 min"),
        (0.5, "h", "0.5 h"),
        (2160.0, "h", "2,160 h"),
    ],
)
def test_a_figure_is_said_in_the_unit_in_which_it_reads_best(central, unit, said):
    """No energy of a short run is printed as 2.33e-06 kWh, no power of a cluster as 24190000 W."""
    assert quantity(Value(central, unit=unit)) == said


@given(st.floats(1e-9, 1e12), st.sampled_from(("kWh", "kg")))
def test_no_figure_has_an_exponent_and_none_changes(central, unit):
    """From 1e-9 to 1e12 every figure is digits and a unit, and the unit's factor gives the figure back."""
    shown = quantity(Value(central, unit=unit))
    factor, name = reading(central, unit, 3 if unit == "kg" else 4)
    assert shown.endswith(f" {name}")
    assert "e" not in shown.removesuffix(name)
    assert float(shown.split()[0].replace(",", "")) / factor == pytest.approx(central, rel=6e-3)


def test_a_range_is_in_the_unit_of_its_figure():
    """Low and high are read with the unit that stands behind the figure."""
    value = Value(2e-6, 1e-6, 5e-3, "kWh")
    assert (quantity(value), range_text(value)) == ("2 mWh", "1 to 5,000")
    assert (energy(None), mass(None)) == ("unknown", "unknown")


RUNS = [
    ("20W", 1e-9),
    ("A100", 1e-7),
    ("RTX 4090", 1 / 3600),
    ("8xA100", 100),
    ("384xA100", 2832),
    ("64xTPU v4", 1000),
    ("1000000xH100", 240_000),
    ("9000000xH100 + 900000xEPYC 7763 + 1000000GB", 800_000),
]


@pytest.mark.parametrize(("hardware", "hours"), RUNS)
def test_the_columns_of_a_report_stay_straight(hardware, hours):
    """Every figure ends, every range begins and every share ends in its column, however small or large the run is."""
    lines = estimate(hardware, hours, "US-CA").report("text").splitlines()
    head = next(line for line in lines if "90 % range" in line and "spread" in line)
    ranges, shares = head.index("90 % range"), head.index("spread") + len("spread")
    product = lines[lines.index(head) + 1 :]
    product = product[
        : next(
            at
            for at, line in enumerate(product)
            if "= total" in line or ("= operational" in line and hardware.endswith("W"))
        )
        + 1
    ]
    assert len(product) > 7
    for line in filter(None, product):
        assert line[ranges - 2 : ranges].strip() == "", line
        assert not line[:ranges].rstrip().endswith(","), line
        assert len(line[:ranges].rstrip()) == ranges - 2, line
        if "%" in line[ranges:shares]:
            assert line[shares - 1] == "%", line
    assert not re.search(r"\de[+-]?\d", "\n".join(lines)), lines
    assert max(map(len, lines)) <= 108
    first, second = lines[2:4]
    assert first.index("operational") == second.index("at the facility")


@pytest.mark.parametrize(("hardware", "hours"), [RUNS[1], RUNS[-2]])
def test_the_columns_of_a_comparison_stay_straight(hardware, hours):
    """The figures of all alternatives end in one column, in the text and in Markdown's cells."""
    text = compare(hardware, hours, "aws:us-east-1", load=0.5).report("text", 12).splitlines()
    head = next(line for line in text if "90 % range" in line)
    end = head.index("CO2e") + len("CO2e")
    rows = text[text.index(head) + 1 : text.index(head) + 12]
    assert {row[end : end + 2] for row in rows} == {"  "}
    assert all(re.search(r"\S (µg|mg|g|kg|t|kt|Mt)$", row[:end]) for row in rows)


def test_small_and_large_savings_stay_in_their_column():
    """What an action saves ends in one column, for a second and for a nation."""
    for hours in (1 / 3600, 1e5):
        footprint = estimate("8xA100", hours, "45.5,-73.6")
        heads = [
            line
            for line in render_advice(advise(footprint), footprint, "text").splitlines()
            if "· effort" in line and "90 %" in line
        ]
        assert len(heads) > 3
        assert {line[11:13] for line in heads} == {"  "}


def test_a_request_is_said_in_watt_hours():
    """The field's unit of a request is the watt-hour; a tiny model's is a thousandth of it."""
    assert "0.482 Wh" in inference("70B", "FR", output_tokens=400, input_tokens=500, batch=64).report("text")
    assert "mWh" in inference("1B", "FR", output_tokens=10, batch=64).report("text")


@pytest.mark.parametrize(("parameters", "output"), [("1B", 1), ("70B", 400), ("671B", 1e8)])
def test_the_columns_of_a_request_stay_straight(parameters, output):
    """Ranges begin and shares end in their columns for one token of a small model and for a hundred million of a large one."""
    lines = inference(parameters, "FR", output_tokens=output, requests=1e9).report("text").splitlines()
    at, head = next((at, line) for at, line in enumerate(lines) if "90 % range" in line and "spread" in line)
    ranges, shares = head.index("90 % range"), head.index("spread") + len("spread")
    rows = lines[at + 1 : lines.index("", at + 1)]
    assert len(rows) > 7
    for row in rows:
        assert row[ranges - 2 : ranges] == "  ", row
        if "%" in row[ranges:shares]:
            assert row[shares - 1] == "%", row
    table = next(at for at, line in enumerate(lines) if "full stack  90 % range" in line)
    ends = {len(line.rstrip()) for line in lines[table : lines.index("", table)]}
    assert len(ends) == 1
