"""Runs as people read them."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.tracker import journal
from wattgram.tracker.meters import Sensors
from wattgram.tracker.summary import covers_text, duration_text, energy_text


@pytest.mark.parametrize(
    ("covers", "said"),
    [
        ([f"gpu:{i}" for i in range(8)], "gpu:0-7"),
        (["gpu:0", "gpu:3"], "gpu:0,3"),
        (
            ["cpu:0 (model)", "cpu:1 (model)", "gpu:0", "memory (model)"],
            "cpu:0-1 (model), gpu:0, memory (model)",
        ),
        (["gpu:0.sram"], "gpu:0.sram"),
        ([], ""),
    ],
)
def test_parts_in_words(covers, said):
    """Devices in a row are a span; a model stays a model."""
    assert covers_text(covers) == said


@pytest.mark.parametrize(
    ("hours", "said"), [(1 / 3600, "1 s"), (0.5, "30 min"), (1.5, "1.5 h"), (48, "2 d"), (0, "0 s")]
)
def test_times_in_words(hours, said):
    """The unit in which a time reads best."""
    assert duration_text(hours) == said


@pytest.mark.parametrize(
    ("kwh", "said"),
    [
        (None, "unknown"),
        (1.166e-5, "11.7 mWh"),
        (0.0123, "12.3 Wh"),
        (1, "1 kWh"),
        (999, "999 kWh"),
        (1234, "1,230 kWh"),
        (12340, "12.3 MWh"),
        (2.5e-10, "0.25 µWh"),
        (4.8e-4, "0.48 Wh"),
    ],
)
def test_energies_in_words(kwh, said):
    """The unit in which an energy reads best; unknown is not 0."""
    assert energy_text(kwh) == said


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "modelcard", "html"])
def test_an_energy_without_a_sensor_is_never_called_measured(form, tmp_path):
    """A run of which every part is modelled says so in every form, and in its list; the card has no measured energy."""
    with wattgram.track("20 g/kWh", runs=str(tmp_path), sensors=Sensors(powercap="/nowhere")) as t:
        sum(range(100_000))
    text = t.footprint().report(form).lower()
    assert "modelled" in text
    assert "energy measured" not in text
    assert "measured energy" not in text
    assert "were measured" not in text
    assert next(journal.rows(str(tmp_path)))["energy_origin"] == "modelled"
