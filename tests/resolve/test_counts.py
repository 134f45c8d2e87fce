"""Counts in words: whole systems and number words are counts, and a count that is not read is an error."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.catalog import Catalog
from wattgram.errors import AmbiguousWordError, InputError
from wattgram.resolve import resolve_hardware

CATALOG = Catalog.load()
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


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
        ("HGX-2", 16, "V100-SXM3-32GB"),
        ("HGX-2 V100", 16, "V100-SXM3-32GB"),
        ("2 HGX-2", 32, "V100-SXM3-32GB"),
        ("HGX-1 P100", 8, "P100-SXM2-16GB"),
        ("DGX Station A100", 4, "A100-SXM4-80GB"),
        ("eight A100", 8, "A100-SXM4-80GB"),
        ("dual RTX 4090", 2, "RTX 4090"),
        ("quad EPYC 7763", 4, "EPYC 7763"),
        ("sixteen x T4", 16, "T4"),
        ("8xH100 DGX", 8, "H100-SXM5-80GB"),
        ("AMD Ryzen 7 5800X Eight-Core Processor", 1, "Ryzen 7 5800X"),
        ("single T4", 1, "T4"),
        ("double T4", 2, "T4"),
        ("3x two T4", 6, "T4"),
        ("Four of T4", 4, "T4"),
        ("eight*T4", 8, "T4"),
        ("DGX-1 P100", 8, "P100-SXM2-16GB"),
        ("DGX-2 V100", 16, "V100-SXM3-32GB"),
        ("DGX A100-SXM4-40GB", 8, "A100-SXM4-40GB"),
        ("DGX H100 PCIe", 8, "H100-PCIe-80GB"),
        ("DGX L40S", 8, "L40S"),
        ("DGX Station V100", 4, "V100-SXM2-16GB"),
        ("MI250 (one GCD)", 1, "MI250 GCD"),
        ("2x8xT4", 16, "T4"),
        ("2x8 T4", 16, "T4"),
        ("4 DGX A100", 32, "A100-SXM4-80GB"),
        ("2x4 DGX A100", 64, "A100-SXM4-80GB"),
        ("one DGX H100", 8, "H100-SXM5-80GB"),
        ("2x A100 DGX", 2, "A100-SXM4-80GB"),
        ("DGX A100 node", 8, "A100-SXM4-80GB"),
        ("DGX-1", 8, "V100-SXM2-16GB"),
        ("4 nodes of 8xT4", 32, "T4"),
        ("2 nodes of 8 T4", 16, "T4"),
        ("3x2 nodes of 8 T4", 48, "T4"),
        ("two servers with four T4", 8, "T4"),
        ("DGX P100", 8, "P100-SXM2-16GB"),
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


@pytest.mark.parametrize(("number", "word"), list(enumerate(WORDS, 1)))
def test_every_number_word_up_to_twelve_counts(number, word):
    """`one` to `twelve` are 1 to 12."""
    assert resolve_hardware(f"{word} T4", CATALOG).device_count == number


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("A100 two", "'two' is no part of a device's name; a count stands first, as in 8xA100"),
        ("A100 DGX", r"could be DGX A100 \(the whole system\) or 1xA100"),
        ("DGX", "could be DGX A100 or DGX H100"),
        ("HGX", "could be HGX A100 or HGX H100"),
        ("DGX Station", "could be DGX Station A100 or DGX Station V100"),
        ("DGX-2 A100", "could be 2xDGX A100 or DGX-2 V100: a DGX-2 holds sixteen V100"),
        (
            "4 nodes of T4",
            "'4 nodes of T4' cannot be used: say how many T4 each holds, as in 4 nodes of 8xT4, or .* 32xT4",
        ),
        ("eight servers with T4", "as in 8 nodes of 8xT4, or all together, as in 64xT4"),
        ("nodes of T4", "as in 4 nodes of 8xT4, or all together, as in 32xT4"),
        ("DGX GB200", "say how many devices it holds, as in 72xB200 or 8xH100"),
        ("DGX SuperPOD", "say how many devices it holds"),
        ("T4 twelve", "'twelve' is no part"),
        ("MI250 two GCD", "'two' is no part"),
        ("8 T4 per node", r"'8 T4 per node' could be 8xT4 \(all together\) or 32xT4 \(on 4 such nodes\)"),
        ("3x8 T4 per server", r"'3x8 T4 per server' could be 24xT4 \(all together\) or 96xT4"),
        ("2xT4 per node", r"'2xT4 per node' could be 2xT4 \(all together\) or 8xT4"),
        ("T4 per node", r"'T4 per node' could be 1xT4 \(all together\) or 4xT4"),
        ("eight T4 each on 4 nodes", r"could be 8xT4 \(all together\) or 32xT4 \(on 4 such nodes\)"),
        (
            "4xT4 in 2 servers",
            r"'4xT4 in 2 servers' could be 4xT4 \(all together\) or 8xT4 \(on 2 such nodes\)",
        ),
        ("16 per node", "write all devices together, as in 32xA100, or 4 nodes of 8xA100"),
    ],
)
def test_the_error_says_what_to_write(words, said):
    """A count that is not read is answered with the words that would be."""
    with pytest.raises(InputError, match=said):
        resolve_hardware(words, CATALOG)


def test_a_board_of_unknown_size_is_read_as_eight_and_says_so():
    """HGX boards hold four or eight: eight are taken with a remark, none where the number is said; a DGX holds eight."""
    said = {
        word: resolve_hardware(word, CATALOG).notices for word in ("HGX H100", "HGX H100 8-GPU", "DGX H100")
    }
    assert [notice.code for notice in said["HGX H100"]] == ["ambiguous-hardware"]
    assert "read as 8 devices" in said["HGX H100"][0].text
    assert "4xH100" in said["HGX H100"][0].text
    assert said["HGX H100 8-GPU"] == said["DGX H100"] == ()
    assert resolve_hardware("HGX-2 V100", CATALOG).notices == ()  # the board of a DGX-2, of one size


def test_a_system_names_the_form_of_its_devices():
    """A device inside `DGX` is the mezzanine form, so the name alone is not ambiguous; a bare name is."""
    assert resolve_hardware("DGX A100", CATALOG).notices == ()
    assert [n.code for n in resolve_hardware("8xA100", CATALOG).notices] == ["ambiguous-hardware"]
    with pytest.raises(AmbiguousWordError, match=r"A100-PCIe-40GB \(250 W\) or A100-PCIe-80GB \(300 W\)"):
        resolve_hardware("DGX A100 PCIe", CATALOG)


@pytest.mark.parametrize(
    "words",
    ["0 T4", "0xT4", "2x0 T4", "0 DGX A100", "0 nodes of 8xT4", "T4 + 0 A100", "10000001xT4", "9000000x2xT4"],
)
def test_a_count_is_at_least_one_and_at_most_ten_million(words):
    """No device, and more than anybody has, are refused however the count is written."""
    with pytest.raises(InputError, match="it takes a whole number of at least 1 and at most 1e"):
        resolve_hardware(words, CATALOG)


def test_ten_million_are_read():
    """The limit itself is a count, also of a system's devices."""
    assert resolve_hardware("10000000xT4", CATALOG).device_count == 10_000_000
    assert resolve_hardware("1250000xDGX A100", CATALOG).device_count == 10_000_000
    with pytest.raises(InputError, match="10000008"):
        resolve_hardware("1250001xDGX A100", CATALOG)
