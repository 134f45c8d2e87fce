"""Counts of nodes, and words that make a count one of something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram import Catalog, estimate
from wattgram.errors import AmbiguousWordError, InputError
from wattgram.resolve import resolve_hardware

CATALOG = Catalog.load()


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ("8 x A100 GPUs", 8),
        ("8 GPUs A100", 8),
        ("8xA100 with 80GB", 8),
        ("4 A100 GPUs with 40GB each", 4),
        ("2xA100 250W per GPU", 2),
        ("2x8xA100", 16),
        ("4 nodes with 8 A100", 32),
        ("4 nodes of 8xA100", 32),
        ("4 nodes x 8 A100", 32),
        ("two nodes with eight A100", 16),
        ("4 nodes, each with 8 A100", 32),
        ("3 machines with dual RTX 4090", 6),
        ("4 DGX A100", 32),
        ("4 DGX A100 nodes", 32),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", 1),
    ],
)
def test_counts_that_say_how_many_in_all(text, devices):
    """Filler changes nothing, a number of nodes multiplies."""
    assert resolve_hardware(text, CATALOG).device_count == devices


@pytest.mark.parametrize(
    ("text", "could_be"),
    [
        ("8xA100 per node", ("8xA100 (all together)", "32xA100 (on 4 such nodes)")),
        ("8 A100 GPUs per node", ("8xA100 (all together)", "32xA100 (on 4 such nodes)")),
        ("8 A100 each", ("8xA100 (all together)", "32xA100 (on 4 such nodes)")),
        ("64 A100 in 8 nodes", ("64xA100 (all together)", "512xA100 (on 8 such nodes)")),
        ("8xA100/node", ("8xA100 (all together)", "32xA100 (on 4 such nodes)")),
        ("A100 node", ("1xA100 (all together)", "4xA100 (on 4 such nodes)")),
    ],
)
def test_a_count_for_each_of_something_is_never_taken_for_all(text, could_be):
    """`8xA100 per node` says no number of devices without the number of nodes; the error names both readings."""
    with pytest.raises(AmbiguousWordError) as error:
        estimate(text, "10h", "FR")
    assert error.value.nearest == could_be


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2 nodes of EPYC 7763", "as in 2 nodes of 8xEPYC 7763, or all together"),
        ("4 hosts x 8", "write all devices together"),
    ],
)
def test_nodes_that_hold_no_count_of_anything_are_refused(text, said):
    """A node is no device."""
    with pytest.raises(InputError, match=said):
        estimate(text, "10h", "FR")


@given(
    nodes=st.integers(1, 500), held=st.integers(1, 64), word=st.sampled_from(("nodes", "servers", "hosts"))
)
def test_nodes_times_devices(nodes, held, word):
    """However many nodes with however many devices, the product is the count, and the energy that of the count."""
    said = resolve_hardware(f"{nodes} {word} of {held}xH100-SXM5-80GB", CATALOG)
    assert said.device_count == nodes * held
    assert said.rated_power_w == resolve_hardware(f"{nodes * held}xH100-SXM5-80GB", CATALOG).rated_power_w
