"""Everyday words that name no device and no place, and near misses of names."""

from __future__ import annotations

import re

import pytest

from wattgram import Catalog, estimate
from wattgram.errors import UnknownWordError
from wattgram.resolve import resolve_hardware, resolve_place
from wattgram.resolve.hints import hardware_hint, place_hint

CATALOG = Catalog.load()


@pytest.mark.parametrize(
    ("word", "write"),
    [
        ("laptop", "RTX 4090"),
        ("my laptop", "45W"),
        ("MacBook", "M2 Pro"),
        ("macbook pro", "M2 Pro"),
        ("colab", "write T4"),
        ("Google Colab", "write T4"),
        ("kaggle", "2xT4"),
        ("gcp", "gcp:a2-highgpu-1g"),
        ("hetzner", "A100"),
        ("a GPU", "nvidia-smi -L"),
        ("Colab TPU", "TPU v3-8"),
        ("server", "2xEPYC 7763"),
    ],
)
def test_an_everyday_word_gets_what_to_write_and_no_nearest_match(word, write):
    """`laptop` is no slip of `Atom P5752`: the sentence says where the name is found, and nothing is guessed."""
    with pytest.raises(UnknownWordError) as error:
        estimate(word, "10h", "FR")
    assert write in str(error.value)
    assert error.value.nearest == ()


@pytest.mark.parametrize(
    ("word", "write"),
    [
        ("laptop", "Montreal"),
        ("colab", "tells no region"),
        ("aws", "aws:us-west-2"),
        ("Google", "gcp:us-west4"),
        ("private infrastructure", "city or country"),
        ("cloud", "aws:us-east-1"),
    ],
)
def test_a_place_that_is_none_gets_what_to_write(word, write):
    """`colab` is no slip of Colombo: the sentence says what stands for it."""
    with pytest.raises(UnknownWordError) as error:
        estimate("A100", "10h", word)
    assert write in str(error.value)
    assert error.value.nearest == ()


def test_every_example_in_a_hint_can_be_typed():
    """What a sentence says to write resolves: devices to a power, places to a zone."""
    words = ("laptop", "macbook", "colab", "kaggle", "aws", "gcp", "azure", "gpu", "tpu", "cpu")
    listed = [one for word in words for one in re.findall(r"as in ([^;.)(]+)", hardware_hint(word, CATALOG))]
    pieces = [
        piece for one in listed for piece in re.split(r", or the .*|, or its .*|, an? .*|, or | or |, ", one)
    ]
    examples = [piece for piece in pieces if piece and re.search(r"\d", piece)]
    assert len(examples) > 12
    for example in examples:
        assert resolve_hardware(example, CATALOG).rated_power_w.central > 0, example
    places = " ".join(place_hint(word, CATALOG) for word in ("laptop", "colab", "aws", "gcp", "cloud"))
    for region in re.findall(r"[a-z]+:[a-z]+-[a-z]+-?\d", places):
        assert resolve_place(region, CATALOG).zones, region


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("H10", "H100"), ("A10O", "A100"), ("A1O0", "A100"), ("HlOO", "H100"), ("H1000", "H100")],
)
def test_the_nearest_name_is_the_one_a_person_would_name(word, nearest):
    """A digit too few, and letters that look like digits: the family's own short name comes first."""
    with pytest.raises(UnknownWordError) as error:
        estimate(word, "10h", "FR")
    assert error.value.nearest[0] == nearest
    assert resolve_hardware(nearest, CATALOG).device_count == 1


@pytest.mark.parametrize("word", ["", "  ", "nope gpu", "laptop x", "single", "the", "A100"])
def test_a_word_of_anything_else_gets_no_hint(word):
    """Filler alone, nothing at all, or one word that is no such word: the nearest names are tried instead."""
    assert hardware_hint(word, CATALOG) == place_hint(word, CATALOG) == ""


@pytest.mark.parametrize(
    ("word", "device", "place"),
    [
        (
            "AWS",
            "it is a provider; name the device, as in A100, or the instance type, as in aws:dl1.24xlarge",
            "it is a provider; write its region, as in aws:us-west-1 or aws:us-west-2; wattgram catalog regions aws lists them",
        ),
        (
            "seeweb",
            "it is a provider; name the device, as in A100",
            "it is a provider; write its region, as in seeweb:fro2; wattgram catalog regions seeweb lists them",
        ),
    ],
)
def test_a_provider_gets_one_of_its_types_and_two_of_its_regions(word, device, place):
    """Where it has instance types one is named, where it has one region that one."""
    assert hardware_hint(word, CATALOG) == device
    assert place_hint(word, CATALOG) == place
