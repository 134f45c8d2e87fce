"""Counts in words: whole systems and number words are counts, and a count that is not read is an error."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.errors import InputError


def count_of(words):
    hardware = wattgram.estimate(words, 10, "FR").assembled.hardware
    return hardware.device_count, hardware.devices[0].name


@pytest.mark.parametrize(
    ("words", "count", "device"),
    [
        ("DGX H100", 8, "H100-SXM5-80GB"),
        ("HGX H100", 8, "H100-SXM5-80GB"),
        ("HGX H100 4-GPU", 4, "H100-SXM5-80GB"),
        ("NVIDIA DGX A100", 8, "A100-SXM4-80GB"),
        ("2xDGX H100", 16, "H100-SXM5-80GB"),
        ("two DGX-1", 16, "V100-SXM2-16GB"),
        ("DGX-2", 16, "V100-SXM3-32GB"),
        ("DGX Station A100", 4, "A100-SXM4-80GB"),
        ("eight A100", 8, "A100-SXM4-80GB"),
        ("dual RTX 4090", 2, "RTX 4090"),
        ("quad EPYC 7763", 4, "EPYC 7763"),
        ("sixteen x T4", 16, "T4"),
        ("8xH100 DGX", 8, "H100-SXM5-80GB"),
        ("AMD Ryzen 7 5800X Eight-Core Processor", 1, "Ryzen 7 5800X"),
    ],
)
def test_a_count_in_words_is_a_count(words, count, device):
    """`DGX H100` is eight devices, not one; the words of a processor's own name are none."""
    assert count_of(words) == (count, device)


@pytest.mark.parametrize("words", ["A100 quad", "H100 DGX", "DGX", "DGX Station", "DGX GB200"])
def test_a_count_that_is_not_read_is_an_error(words):
    """A count word in the wrong place, or a system that says no device, is never dropped."""
    with pytest.raises(InputError):
        wattgram.estimate(words, 10, "FR")
