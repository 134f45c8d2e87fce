"""Parts of a node: shares of a device, cores, and a stated draw per core or gigabyte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wattgram
from wattgram.catalog import Catalog
from wattgram.errors import InputError, UnknownWordError
from wattgram.resolve import resolve_hardware
from wattgram.run import Part, parse_hardware


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("16/64 of EPYC 7763", Part(16, "EPYC 7763", "device", 1.0, whole=64)),
        ("1/7 x A100-SXM4-40GB", Part(1, "A100-SXM4-40GB", "device", 1.0, whole=7)),
        ("16 cores", Part(1, "16 cores", "cores", 16.0)),
        ("2x16 CPU cores", Part(2, "16 CPU cores", "cores", 16.0)),
        ("8 cores at 9.4W", Part(1, "8 cores at 9.4W", "cores", 8.0, each_w=9.4)),
        ("17.5 cores at 3.5 W/core", Part(1, "17.5 cores at 3.5 W/core", "cores", 17.5, each_w=3.5)),
        ("64GB at 0.3725W/GB", Part(1, "64GB at 0.3725W/GB", "memory", 64.0, each_w=0.3725)),
    ],
)
def test_shares_and_cores_are_read(text, part):
    """A fraction, a number of cores and a stated draw are each one part."""
    assert parse_hardware(text) == (part,)


@pytest.mark.parametrize(
    "bad", ["0/7 of A100", "1/0 of A100", "0 cores", "8 cores at 0W", "1.5/7 of A100", "0.5xA100"]
)
def test_a_share_of_nothing_is_refused(bad):
    """A share has whole numbers of at least one, and cores and watts are more than none."""
    with pytest.raises(InputError):
        wattgram.estimate(bad, "1h", "FR")


@given(
    part=st.integers(1, 640), whole=st.integers(1, 640), name=st.sampled_from(["A100-SXM4-80GB", "EPYC 7763"])
)
def test_a_share_is_that_part_of_the_watts(part, whole, name):
    """a/b of a device has a/b of its rated power and of its making."""
    catalog = Catalog.load()
    one, share = resolve_hardware(name, catalog), resolve_hardware(f"{part}/{whole} of {name}", catalog)
    assert share.rated_power_w.central == pytest.approx(one.rated_power_w.central * part / whole, rel=1e-12)
    assert share.slots_kg.central == pytest.approx(one.slots_kg.central * part / whole, rel=1e-12)


def test_the_name_of_a_share_can_be_typed_again():
    """What an answer prints is a word that gives the same answer."""
    catalog = Catalog.load()
    for word in (
        "16/64 of EPYC 7763 + 64GB",
        "1/7 of A100-SXM4-40GB",
        "8 cores at 9.4W + 32GB",
        "2x16 cores",
    ):
        found = resolve_hardware(word, catalog)
        assert resolve_hardware(found.name, catalog).rated_power_w.central == found.rated_power_w.central


def test_cores_with_stated_watts_by_hand():
    """(8 x 9.4 W x 0.5 + 32 GB x 0.3725 W/GB) x 1.2 x 10 h = 0.59424 kWh (the formula of Lannelongue et al. 2021)."""
    answer = wattgram.estimate("8 cores at 9.4W + 32GB", 10, "300 g/kWh", load=0.5, overhead=1, pue=1.2)
    assert answer.energy.central == pytest.approx((8 * 9.4 * 0.5 + 32 * 0.3725) * 1.2 * 10 / 1000, rel=1e-12)
    assert answer.operational.central == pytest.approx(0.178272, rel=1e-12)


def test_busy_cores_beside_a_gpu_are_a_draw():
    """Stated watts per core beside an accelerator are not scaled by its load: 400 W x 0.5 + 10 x 3.5 W."""
    answer = wattgram.estimate("A100-SXM4-80GB + 10 cores at 3.5W", 1, "FR", load=0.5, overhead=1, pue=1)
    assert answer.energy.central == pytest.approx(0.235, rel=1e-12)


def test_unnamed_cores_are_two_threads_each():
    """48 cores are 96 vCPU, one typical server processor: 2.8 W a thread, half of a two-socket node's making."""
    catalog = Catalog.load()
    cores, threads = resolve_hardware("48 cores", catalog), resolve_hardware("96 vCPU", catalog)
    assert cores.kind == "cpu-node"
    assert cores.rated_power_w.central == threads.rated_power_w.central == pytest.approx(96 * 2.8)
    assert cores.slots_kg.central == threads.slots_kg.central == pytest.approx(1250)
    stated = resolve_hardware("48 cores at 5W", catalog)
    assert (stated.rated_power_w.central, stated.slots_kg.central) == pytest.approx((240, 1250))


def test_a_share_of_an_unknown_device_is_unknown():
    """A share helps no name that nobody has."""
    with pytest.raises(UnknownWordError):
        wattgram.estimate("1/2 of Foo 9000", "1h", "FR")
