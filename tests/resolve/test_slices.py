"""An instance of a GPU that is cut up is the share of its slices, as NVIDIA's profiles name it."""

from __future__ import annotations

import pytest

from wattgram.catalog import Catalog
from wattgram.errors import UnknownWordError
from wattgram.resolve import resolve_hardware

CATALOG = Catalog.load()


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("A100 3g.20gb", "3/7 of A100"),
        ("NVIDIA A100-SXM4-40GB MIG 3g.20gb", "3/7 of A100-SXM4-40GB"),
        ("a100_1g.5gb", "1/7 of A100"),
        ("2xA100-SXM4-80GB MIG 1g.10gb", "2/7 of A100-SXM4-80GB"),
        ("H100 MIG 1c.3g.40gb", "3/7 of H100"),
        ("A30 MIG 2g.12gb", "2/4 of A30"),
        ("H100 MIG 7g.80gb", "H100"),
        ("A30-4g.24gb", "A30"),
    ],
)
def test_a_profile_is_its_compute_slices_of_the_whole(word, same):
    """Seven slices make a GPU, four an A30; a profile of all of them is the GPU itself."""
    found, expected = resolve_hardware(word, CATALOG), resolve_hardware(same, CATALOG)
    assert (found.name, found.device_count) == (expected.name, expected.device_count)
    assert found.rated_power_w.central == pytest.approx(expected.rated_power_w.central, rel=1e-12)


@pytest.mark.parametrize("word", ["MIG 3g.20gb", "3g.20gb", "mig-1g.5gb"])
def test_a_profile_without_its_gpu_asks_for_it(word):
    """The slices of no GPU have no power, and none is assumed."""
    with pytest.raises(UnknownWordError, match="says no GPU"):
        resolve_hardware(word, CATALOG)


@pytest.mark.parametrize("word", ["g3.4xlarge", "aws:g5.xlarge", "A100-SXM4-80GB"])
def test_names_that_look_alike_stay_what_they_are(word):
    """An instance type with a g and a dot, and a memory size, are no profile."""
    assert resolve_hardware(word, CATALOG).name.removeprefix("aws:") == word.removeprefix("aws:")


def test_no_slice_is_none():
    """`0g` is no profile."""
    with pytest.raises(UnknownWordError):
        resolve_hardware("A100 0g.5gb", CATALOG)
