"""The peak rate of the hardware and the share of it that trainings reach."""

from __future__ import annotations

import pytest

from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.resolve import resolve_hardware
from wattgram.resolve.peak import NUMBER_FORMATS, fill_mfu, find_peak, known_formats

CATALOG = Catalog.load()


def peak(word, number_format=None):
    notices = []
    return find_peak(resolve_hardware(word, CATALOG), number_format, notices), [n.code for n in notices]


def mfu(word, number_format="bf16", workload=None, stated=None):
    return fill_mfu(stated, resolve_hardware(word, CATALOG), number_format, workload, CATALOG)


@pytest.mark.parametrize(
    ("word", "asked", "number_format", "rate"),
    [
        ("A100-SXM4-80GB", None, "bf16", (312, 312, 312)),
        ("8xA100-SXM4-80GB", "tf32", "tf32", (1248, 1248, 1248)),
        ("A100-SXM4-80GB", "fp32", "fp32", (19.5, 19.5, 19.5)),
        ("V100", None, "fp16", (125, 112, 125)),
        ("H100", "fp8", "fp8", (1978.9, 1513, 1978.9)),
        ("M1", None, "fp32", (2.6, 2.6, 2.6)),
        ("TPU v3-8", None, "bf16", (492, 492, 492)),
        ("2xA100-SXM4-80GB + 3xH100-SXM5-80GB", None, "bf16", (3592.2, 3592.2, 3592.2)),
        ("A100-SXM4-80GB + 2xEPYC 7763 + 64GB", None, "bf16", (312, 312, 312)),
        ("K80", None, "fp32", (4.35, 4.35, 8.7)),
    ],
)
def test_the_peak_is_that_of_all_accelerators_in_one_format(word, asked, number_format, rate):
    """The datasheet's dense rate times the devices; bf16 before fp16 before fp32 where none is asked; a name of several spans them."""
    found, codes = peak(word, asked)
    assert found.number_format == number_format
    value = found.tflop_per_s
    assert (value.central, value.low, value.high) == pytest.approx(rate)
    assert value.unit == "TFLOP/s"
    assert codes == ([] if asked else ["default-number-format"])


def test_the_reason_of_a_peak_is_its_sum_and_its_sources_are_cited_once():
    """Two A100 and three H100 in bf16: 2 x 312 and 3 x 989.4."""
    value = peak("2xA100-SXM4-80GB + 3xH100-SXM5-80GB")[0].tflop_per_s
    assert value.reason == "bf16 dense, 2 × 312 TFLOP/s and 3 × 989.4 TFLOP/s"
    assert {"nvidia-a100-datasheet", "nvidia-h100-datasheet"} <= set(value.sources)
    assert len(set(value.sources)) == len(value.sources)


@pytest.mark.parametrize(
    ("word", "asked", "said"),
    [
        ("EPYC 7763", None, "no peak rate is known for it; state the duration in place of FLOPs"),
        ("300W", None, "no peak rate is known"),
        ("V100", "bf16", "the dense rate of V100-SXM2-16GB is known in fp32, fp16"),
        ("A100-SXM4-80GB + H100-SXM5-80GB", "fp8", "is known in fp32, tf32, fp16, bf16"),
    ],
)
def test_a_rate_that_is_not_known_is_an_error(word, asked, said):
    """No accelerator, or one without a rate in that format: the formats that every device has are named."""
    with pytest.raises(InputError, match=said):
        peak(word, asked)


def test_a_format_is_known_where_every_device_has_it():
    """The K80 has fp32 alone, so beside an A100 only fp32 is left; nothing has no format."""
    devices = resolve_hardware("A100-SXM4-80GB + K80", CATALOG).devices
    assert known_formats(list(devices[:1])) == ["fp32", "tf32", "fp16", "bf16"]
    assert known_formats(list(devices)) == ["fp32"]
    assert known_formats([]) == []
    assert len(NUMBER_FORMATS) == 5


@pytest.mark.parametrize(
    ("word", "said", "row"),
    [
        ("A100-SXM4-80GB", {}, "mfu-a100"),
        ("A100-SXM4-80GB", {"workload": "training"}, "mfu-a100"),
        ("A100-SXM4-80GB", {"workload": "finetuning"}, "mfu-unoptimised"),
        ("A100-SXM4-80GB", {"workload": "other"}, "mfu-unoptimised"),
        ("H100-SXM5-80GB", {"number_format": "fp8"}, "mfu-fp8"),
        ("H100-SXM5-80GB", {"number_format": "tf32"}, "mfu-h100"),
        ("H100-SXM5-80GB", {"number_format": "fp8", "workload": "other"}, "mfu-unoptimised"),
        ("A100-SXM4-80GB + V100-SXM2-32GB", {}, "mfu-v100"),
        ("V100-SXM2-32GB + A100-SXM4-80GB + H100-SXM5-80GB", {}, "mfu-v100"),
        ("A100-SXM4-80GB + 2xEPYC 7763", {}, "mfu-a100"),
        ("RTX 4090", {}, "mfu-unoptimised"),
    ],
)
def test_the_share_of_the_peak_goes_by_workload_format_and_the_slowest_family(word, said, row):
    """What is untuned is taken as such, fp8 by its own row, and of several families the one that the others wait for."""
    value, default = mfu(word, **said), CATALOG.default(row)
    assert (value.central, value.low_sq, value.high_sq) == (default.central, default.low_sq, default.high_sq)
    assert value.reason.startswith(f"{row}: ")
    assert ("slower of the families" in value.reason) == (
        "A100-SXM4-80GB + V" in word or "V100-SXM2-32GB +" in word
    )


def test_a_stated_share_is_certain():
    """0.5 said is 0.5, whatever is published; 0 is a figure too."""
    assert mfu("A100-SXM4-80GB", stated=0.5).to_dict() == {"central": 0.5, "low": 0.5, "high": 0.5}
    assert mfu("A100-SXM4-80GB", stated=0.0).central == 0
    assert mfu("A100-SXM4-80GB", stated=0.5).reason == "stated"
