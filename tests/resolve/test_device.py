"""Device words: which row a name leads to, what the answer calls it, and how far its power is known."""

from __future__ import annotations

import pytest

from wattgram.catalog import Catalog
from wattgram.errors import AmbiguousWordError, UnknownWordError
from wattgram.resolve import resolve_hardware
from wattgram.resolve.device import device_names, find_device

CATALOG = Catalog.load()


def found(word):
    return resolve_hardware(word, CATALOG)


def codes(word):
    return [notice.code for notice in found(word).notices]


@pytest.mark.parametrize(
    ("word", "name", "count"),
    [
        ("A100-SXM4-80GB", "A100-SXM4-80GB", 1),
        ("2 A100-SXM4-80GB", "2xA100-SXM4-80GB", 2),
        ("3x2 A100-SXM4-80GB", "6xA100-SXM4-80GB", 6),
        ("1/7 of A100-SXM4-80GB", "1/7 of A100-SXM4-80GB", 1 / 7),
        ("3/7 of A100-SXM4-80GB", "3/7 of A100-SXM4-80GB", 3 / 7),
        ("TPU v3-8", "4xTPU v3", 4),
        ("2xTPU v3-8", "8xTPU v3", 8),
        ("google cloud TPU v4-32", "16xTPU v4", 16),
        ("tpu-v2-8", "4xTPU v2", 4),
        ("TPU v5e-8", "8xTPU v5e", 8),
        ("2xaws:g5.xlarge", "2xaws:g5.xlarge", 2),
        ("1/2 of aws:g5.xlarge", "1/2 of aws:g5.xlarge", 0.5),
        ("g5.48xlarge", "aws:g5.48xlarge", 8),
        ("standard_nd96asr_v4", "azure:Standard_ND96asr_v4", 8),
        ("2x300W", "2x300W", 2),
        ("A100-SXM4-80GB + 64GB", "A100-SXM4-80GB + 64GB", 1),
        ("2x(64GB) + T4", "2x64GB + T4", 1),
        ("aws:g6f.large", "aws:g6f.large", 0.125),
    ],
)
def test_the_answer_names_and_counts_what_it_took(word, name, count):
    """A slice of a TPU is its chips, an instance its accelerators, a share its part; the name can be typed again."""
    hardware = found(word.replace("(", "").replace(")", ""))
    assert hardware.name == name
    assert hardware.device_count == pytest.approx(count, rel=1e-14)
    assert found(name).device_count == pytest.approx(count, rel=1e-9)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("A100-SXM4-80GB", "datacentre"),
        ("RTX A6000", "workstation"),
        ("RTX 3090", "workstation"),
        ("Jetson Nano", "edge"),
        ("M1 Max", "computer"),
        ("EPYC 7763", "cpu-node"),
        ("AWS Graviton3", "cpu-node"),
        ("Core i9-12900K", "computer"),
        ("16 vCPU", "cpu-node"),
        ("300W", "stated"),
        ("EPYC 7763 + RTX 3090", "workstation"),
    ],
)
def test_the_class_of_a_device_is_that_of_its_row(word, kind):
    """Cards of data centres, desks and boards stand in other facilities; with several parts the accelerator decides."""
    assert found(word).kind == kind


@pytest.mark.parametrize(
    ("word", "power", "said"),
    [
        ("A100-SXM4-80GB", (400, 400, 400), []),
        ("A100", (400, 250, 400), ["ambiguous-hardware"]),
        ("A100 80GB", (400, 300, 400), ["ambiguous-hardware"]),
        ("A100 SXM", (400, 400, 400), []),
        ("H100", (700, 350, 700), ["ambiguous-hardware"]),
        ("P100", (250, 250, 300), ["ambiguous-hardware"]),
        ("V100 PCIe", (250, 250, 250), []),
        ("A100 SXM4", (400, 400, 400), []),
        ("RTX 3080", (320, 320, 350), ["ambiguous-hardware"]),
        ("RTX 3060", (170, 170, 170), []),
        ("MI250", (500, 500, 560), []),
        ("GH200", (1000, 450, 1000), []),
        ("K80", (150, 150, 300), ["ambiguous-hardware"]),
        ("H20", (400, 400 / 1.05, 420), []),
        ("M1 Max", (60, 48, 75), ["estimated-power"]),
        ("TPU v5e", (225, 180, 281.25), ["estimated-power"]),
        ("Groq LPU", (275, 215, 375), []),
    ],
)
def test_power_spans_what_the_name_and_its_grade_leave_open(word, power, said):
    """Several rows span theirs; a row's own range stands; grade B is within 5 %, C within 25 % and said to be an estimate."""
    rated = found(word).rated_power_w
    assert (rated.central, rated.low, rated.high) == pytest.approx(power)
    assert rated.unit == "W"
    assert codes(word) == said


def test_the_remark_names_every_reading():
    """`V100` is read as the SXM2 board of 300 W, and the other three are named with their watts, the one taken is not."""
    (notice,) = found("V100").notices
    assert notice.text == (
        "V100 is read as V100-SXM2-16GB (300 W); it could be V100-PCIe-16GB (250 W), V100-PCIe-32GB (250 W), "
        "V100-SXM2-32GB (300 W)"
    )
    assert {row.name for row in found("V100").devices[0].candidates} == {
        "V100-SXM2-16GB",
        "V100-SXM2-32GB",
        "V100-PCIe-16GB",
        "V100-PCIe-32GB",
    }


def test_an_estimate_of_power_says_its_watts():
    """Where the maker publishes no rated power the remark has the figure that was taken."""
    (notice,) = found("M1 Max").notices
    assert notice.text == "no rated power is published for M1 Max; 60 W is an estimate"
    assert found("A100-SXM4-80GB").rated_power_w.low_sq == 0


def test_stated_watts_are_taken_as_a_draw_and_say_so():
    """300W is certain, each part by itself, and the remark says how it was read."""
    hardware = found("2x300W")
    assert (hardware.rated_power_w.low, hardware.rated_power_w.high) == (600, 600)
    assert codes("2x300W") == ["stated-power", "embodied-unknown"]
    assert "300W is taken as the average draw of the IT equipment" in hardware.notices[0].text


@pytest.mark.parametrize(
    ("word", "watts", "sockets"),
    [
        ("16 vCPU", 44.8, 1 / 6),
        ("96 vCPU", 268.8, 1),
        ("16 vCPU EPYC 7763", 280 * 16 / 128, 1 / 8),
        ("64 vCPU EPYC 7763", 280 * 64 / 128, 1 / 2),
        ("16 vCPU of EPYC 7763", 280 * 16 / 128, 1 / 8),
        ("2x16 vCPU", 89.6, 1 / 3),
        ("16 vCPU x2", 89.6, 1 / 3),
        ("2x16 vCPU EPYC 7763", 280 * 32 / 128, 1 / 4),
        ("2x16/64 of EPYC 7763", 280 * 32 / 64, 1 / 2),
        ("16 cores", 89.6, 1 / 3),
        ("2x16 cores at 5W", 160, 2 / 3),
        ("16/64 of EPYC 7763", 70, 1 / 4),
    ],
)
def test_virtual_processors_are_a_share_of_a_socket(word, watts, sockets):
    """A vCPU is a thread: one of the 128 of an EPYC 7763 (280 W), else one of 96 at 2.8 W; a core is two of them."""
    hardware = found(word)
    assert hardware.rated_power_w.central == pytest.approx(watts)
    assert hardware.device_count == pytest.approx(sockets)
    assert hardware.kind == "cpu-node"


def test_a_processor_that_is_not_named_has_a_range_and_a_remark():
    """2.8 W a thread may be 1.4 to 5; a named processor leaves nothing open."""
    rated = found("96 vCPU").rated_power_w
    assert (rated.low, rated.high) == pytest.approx((96 * 1.4, 96 * 5))
    (notice,) = found("96 vCPU").notices
    assert notice.text == "no processor is named for 96 vCPU: 2.8 W each is taken, 1.4 to 5 W"
    assert codes("16 vCPU EPYC 7763") == codes("16 cores at 5W") == []
    assert found("16 cores at 5W").rated_power_w.low == 80


def test_threads_stand_in_for_the_cores_that_a_row_has_alone():
    """A row without threads has two for each core: 4 vCPU of the four-core A10-8730B are half of it."""
    row = next(
        r for r in CATALOG.table("processors").all_rows() if r["cores"] and not r["threads"] and r["tdp_w"]
    )
    threads = 2 * int(row["cores"])
    hardware = found(f"{threads} vCPU {row['name']}")
    assert hardware.device_count == pytest.approx(1)
    assert hardware.rated_power_w.central == pytest.approx(float(row["tdp_w"]))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nonsense 3000", "did you mean"),
        ("A10O", "did you mean A100"),
        ("16 vCPU A100", "write a processor after vCPU, or none"),
        ("16 vCPU EPYC 99", "did you mean EPYC 9"),
        ("4 vCPU Opteron 3250 HE", "its number of cores is not known; leave the name out"),
        ("8xTrainium1", "its maker publishes no rated power; state the watts, as in 8x500W"),
        ("Ryzen 5 6600U", "no rated power is published for Ryzen 5 6600U; state the watts, as in 300W"),
        ("p5.48xlargee", "did you mean p5.48xlarge"),
    ],
)
def test_an_unknown_word_says_what_would_be_known(word, said):
    """What cannot be read, or has no power, is an error that says what to write."""
    with pytest.raises(UnknownWordError, match=said):
        found(word)


def test_a_bare_name_of_several_forms_that_cannot_be_ranked_lists_them():
    """Two forms of one card with other watts, none of them the usual one: an error with both, never a guess."""
    with pytest.raises(AmbiguousWordError, match=r"A100-PCIe-40GB \(250 W\) or A100-PCIe-80GB \(300 W\)"):
        found("A100 PCIe")


def test_versions_of_a_processor_that_draw_alike_are_one_answer():
    """Both versions of the E3-1240L are rated 25 W, so the version is no question; those of the E3-1265L are not alike."""
    assert found("Xeon E3-1240L").rated_power_w.to_dict() == {"central": 25, "low": 25, "high": 25}
    assert found("Xeon E3-1240L").name == "Xeon E3-1240L v3"
    listed = r"Xeon E3-1268L v3 \(45 W\) or Xeon E3-1268L v5 \(35 W\): write the one that ran"
    with pytest.raises(AmbiguousWordError, match=listed):
        found("Xeon E3-1268L")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("v2-256", ["v2-256 is a slice of 256 cores, 128 chips"]),
        ("TPU v3-8", ["TPU v3-8 is a slice of 8 cores, 4 chips"]),
        ("gcp:v3-8", ["gcp:v3-8 is a slice of 8 cores, 4 chips"]),
        ("TPU v5e-8", []),
        ("aws:g5.xlarge", []),
    ],
)
def test_the_chips_of_a_slice_are_said_where_they_are_not_its_number(word, said):
    """A slice is named by its cores; where a chip has two of them its chips are said, once."""
    assert [notice.text for notice in found(word).notices if notice.code == "tpu-slice"] == said


def test_every_accelerator_instance_and_processor_is_among_the_names():
    """The nearest match is looked for among all of them."""
    names = device_names(CATALOG)
    tables = ("accelerators", "instances", "processors")
    assert len(names) == sum(len(list(CATALOG.table(table).all_rows())) for table in tables)
    assert {"A100-SXM4-80GB", "p4d.24xlarge", "EPYC 7763"} <= set(names)


def test_a_name_that_nothing_answers_to_is_none():
    """Looking a name up gives None, not an error; the word as a whole is judged by who asks."""
    assert find_device("Atlantis 9000", CATALOG, []) is None
    assert find_device("", CATALOG, []) is None
    assert find_device("EPYC 7763", CATALOG, []).kind == "processor"
    assert find_device("T4", CATALOG, []).number == 1


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("aws:p4d.24xlarge", [("A100-SXM4-40GB", 8), ("Xeon Platinum 8275CL", 2), ("1152GB", 1)]),
        ("2xaws:p4d.24xlarge", [("A100-SXM4-40GB", 16), ("Xeon Platinum 8275CL", 4), ("1152GB", 2)]),
        ("aws:g5.4xlarge", [("A10G", 1), ("EPYC 7R32", 1 / 6), ("64GB", 1)]),
        ("gcp:a3-highgpu-2g", [("H100-SXM5-80GB", 2), ("Xeon Platinum 8481C", 52 / 112), ("468GB", 1)]),
        ("azure:Standard_NV18ads_A10_v5", [("A10", 0.5)]),
    ],
)
def test_an_instance_is_its_accelerators_and_its_share_of_a_host(word, parts):
    """The vCPU of the instance over the threads of a socket (two a core where the row has cores alone), and its memory."""
    devices = found(word).devices
    assert [device.name for device in devices] == [name for name, _ in parts]
    assert [device.number for device in devices] == pytest.approx([number for _, number in parts])


def test_memory_draws_by_the_gigabyte():
    """64 GB at the catalog's 0.3725 W/GB are 23.84 W (18.18 to 25.09), at a stated 0.5 W/GB 32 W."""
    memory = found("T4 + 2x64GB").devices[1]
    assert (memory.number, memory.memory_gb, memory.kind) == (2, 64, "memory")
    watts = memory.rated_power_w
    assert (watts.central, watts.low, watts.high) == pytest.approx((23.84, 18.176, 25.088))
    assert found("T4 + 64GB at 0.5W/GB").devices[1].rated_power_w.high == 32
