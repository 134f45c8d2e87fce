"""Runs as people read them."""

from __future__ import annotations

import pytest

from wattgram.tracker.summary import covers_text, duration_text


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
