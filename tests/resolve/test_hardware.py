"""Hardware words as a whole: power, host, overhead and making of all parts together."""

from __future__ import annotations

import math

import pytest

import wattgram
from wattgram.catalog import Catalog
from wattgram.errors import InputError, UnknownWordError
from wattgram.resolve import resolve_hardware
from wattgram.value import UNKNOWN

CATALOG = Catalog.load()
SLOT = CATALOG.default("embodied-slot-datacentre")
NODE = CATALOG.default("embodied-node-share")
SERVER = CATALOG.default("embodied-cpu-node")
A100_KG, T4_KG = (
    CATALOG.table("embodied").record(f"nvidia-{name}").central_kg for name in ("a100-sxm4-80gb", "t4")
)


def found(word, count=1):
    return resolve_hardware(word, CATALOG, count)


def codes(word):
    return [notice.code for notice in found(word).notices]


@pytest.mark.parametrize(
    ("word", "count", "number", "watts"),
    [
        ("A100-SXM4-80GB", 1, 1, 400),
        ("A100-SXM4-80GB", 3, 3, 1200),
        ("2xA100-SXM4-80GB", 3, 6, 2400),
        ("A100-SXM4-80GB + 2xT4", 1, 3, 540),
        ("A100-SXM4-80GB + 2xT4", 2, 6, 1080),
        ("2xEPYC 7763", 1, 2, 560),
        ("300W + 200W", 1, 2, 500),
        ("A100-SXM4-80GB + 2xEPYC 7763 + 64GB + 100W", 1, 1, 400),
    ],
)
def test_rated_power_is_that_of_what_computes(word, count, number, watts):
    """Accelerators where there are any, else processors, else stated watts; a count multiplies every part."""
    hardware = found(word, count)
    assert hardware.device_count == number
    assert hardware.rated_power_w.central == watts
    assert hardware.rated_power_w.unit == "W"


@pytest.mark.parametrize(
    ("word", "origin", "reason"),
    [
        ("A100-SXM4-80GB", "catalog", "A100-SXM4-80GB"),
        ("3xA100-SXM4-80GB", "catalog", "A100-SXM4-80GB"),
        ("A100-SXM4-80GB + 2xT4", "catalog", "1 × 400 W + 2 × 70 W"),
        ("T4 + A100-SXM4-80GB + L4", "catalog", "1 × 70 W + 1 × 400 W + 1 × 72 W"),
        ("2x300W", "given", "stated"),
        ("300W + 200W", "given", "1 × 300 W + 1 × 200 W"),
        ("EPYC 7763 + 96 vCPU", "derived", "1 × 280 W + 1 × 268.8 W"),
    ],
)
def test_the_rated_power_says_where_it_is_from(word, origin, reason):
    """One device by its row; a sum by its terms, of the origin that all of them have, else derived."""
    rated = found(word).rated_power_w
    assert (rated.origin, rated.reason) == (origin, reason)


def test_the_first_of_several_accelerators_says_where_they_stand():
    """A card beside a data-centre device stands in its data centre, and the other way round."""
    assert found("A100-SXM4-80GB + RTX 3090").kind == "datacentre"
    assert found("RTX 3090 + A100-SXM4-80GB").kind == "workstation"


def test_memory_alone_runs_nothing():
    """64 GB by themselves are an error that says so."""
    with pytest.raises(UnknownWordError, match="memory alone does not run anything"):
        found("64GB")


def test_the_number_of_devices_has_a_limit():
    """Ten million devices in two parts are over it, and so is a count that makes them."""
    with pytest.raises(InputError, match="device count"):
        found("9000000xA100-SXM4-80GB + 9000000xT4")
    with pytest.raises(InputError, match="device count"):
        found("9000000xA100-SXM4-80GB", 9)


@pytest.mark.parametrize(
    ("word", "watts", "low", "high"),
    [
        ("A100-SXM4-80GB", 0, 0, 0),
        ("A100-SXM4-80GB + 300W", 300, 300, 300),
        ("A100-SXM4-80GB + 2x300W", 600, 600, 600),
        ("A100-SXM4-80GB + EPYC 7763", 280 * 0.45, 280 * 0.2, 280 * 0.9),
        ("A100-SXM4-80GB + 2xEPYC 7763", 560 * 0.45, 560 * 0.2, 560 * 0.9),
        ("A100-SXM4-80GB + 64GB", 64 * 0.3725, 64 * 0.284, 64 * 0.392),
        ("A100-SXM4-80GB + 2x64GB", 128 * 0.3725, 128 * 0.284, 128 * 0.392),
        ("A100-SXM4-80GB + 16 cores at 5W", 80, 80, 80),
        (
            "A100-SXM4-80GB + 96 vCPU",
            268.8 * 0.45,
            268.8 * 0.45 / math.exp(math.hypot(math.log(2), math.log(0.45 / 0.2))),
            268.8 * 0.45 * math.exp(math.hypot(math.log(5 / 2.8), math.log(2))),
        ),
        ("2xEPYC 7763 + 64GB", 64 * 0.3725, 64 * 0.284, 64 * 0.392),
        (
            "A100-SXM4-80GB + 2xEPYC 7763 + 64GB",
            252 + 23.84,
            275.84 - math.hypot(560 * 0.25, 64 * 0.0885),
            275.84 + math.hypot(560 * 0.45, 64 * 0.0195),
        ),
    ],
)
def test_the_host_draws_part_by_part(word, watts, low, high):
    """Processors beside accelerators at 0.45 (0.2 to 0.9) of their rated power, memory by the GB, stated draws as they are."""
    host = found(word).host_power_w
    assert (host.central, host.low, host.high) == pytest.approx((watts, low, high))
    assert host.unit == "W"


@pytest.mark.parametrize(
    ("word", "reason", "sources"),
    [
        ("A100-SXM4-80GB + EPYC 7763", "280 W × 0.45", 2),
        ("A100-SXM4-80GB + 2xEPYC 7763 + 1024GB", "2 × 280 W × 0.45 + 1,024 GB × 0.3725 W/GB", 4),
        ("A100-SXM4-80GB + 2x512GB at 0.5W/GB", "1,024 GB × 0.5 W/GB", 0),
        ("A100-SXM4-80GB + 1500W", "1,500 W", 0),
        ("A100-SXM4-80GB + 16 vCPU EPYC 7763", "0.125 × 280 W × 0.45", 2),
        ("A100-SXM4-80GB + 2x300W", "2 × 300 W", 0),
    ],
)
def test_the_host_says_its_sum_and_what_it_leans_on(word, reason, sources):
    """Each part by its count and default; what the user stated needs no source."""
    host = found(word).host_power_w
    assert host.reason == reason
    assert len(host.sources) == len(set(host.sources))
    assert bool(host.sources) == bool(sources)


@pytest.mark.parametrize(
    ("word", "row", "said"),
    [
        ("A100-SXM4-80GB", "overhead-datacentre", False),
        ("RTX 3090", "overhead-workstation", False),
        ("M1 Max", "overhead-workstation", False),
        ("Jetson Nano", "overhead-workstation", False),
        ("EPYC 7763", "overhead-cpu-node", False),
        ("Core i9-12900K", "overhead-workstation", False),
        ("300W", "", False),
        ("A100-SXM4-80GB + 64GB", "overhead-datacentre", False),
        ("A100-SXM4-80GB + 300W", "overhead-datacentre", False),
        ("A100-SXM4-80GB + EPYC 7763", "host-rest-with-memory-factor", True),
        ("A100-SXM4-80GB + EPYC 7763 + 64GB", "host-rest-factor", False),
        ("EPYC 7763 + 64GB", "host-rest-factor", False),
        ("Core i9-12900K + 64GB", "overhead-workstation", False),
    ],
)
def test_the_rest_of_the_node_is_what_is_not_stated(word, row, said):
    """Stated processors and memory shrink the allowance; processors without memory say that it holds the memory."""
    assert found(word).overhead_id == row
    assert ("memory-not-stated" in codes(word)) == said


@pytest.mark.parametrize(
    ("word", "watts", "any_scale"),
    [
        ("TPU v3-8", (1132, 960, 1336), True),
        ("TPU v3", (283, 240, 334), True),
        ("64xV100-SXM2-32GB", (64 * 330, 64 * 297, 64 * 363), False),
        ("TPU v3 + V100-SXM2-32GB", (613, 613 - math.hypot(43, 33), 613 + math.hypot(51, 33)), False),
    ],
)
def test_a_published_system_power_is_that_of_all_devices(word, watts, any_scale):
    """283 W per TPU v3 chip and 330 W per V100, host included (Patterson et al. 2021); one that holds at large scale alone binds all."""
    hardware = found(word)
    system = hardware.system_power_w
    assert (system.central, system.low, system.high) == pytest.approx(watts)
    assert system.unit == "W"
    assert hardware.system_power_at_any_scale == any_scale
    assert found("A100-SXM4-80GB").system_power_at_any_scale is False


@pytest.mark.parametrize(
    "word", ["A100-SXM4-80GB", "TPU v3 + A100-SXM4-80GB", "TPU v4-8 + 64GB", "EPYC 7763", "300W"]
)
def test_without_one_for_every_part_there_is_no_system_power(word):
    """A part without a published figure, or one that the figure already holds, leaves it unknown."""
    assert found(word).system_power_w is UNKNOWN


@pytest.mark.parametrize(
    ("word", "kg"),
    [
        ("A100-SXM4-80GB", A100_KG + NODE.central),
        ("3xA100-SXM4-80GB", 3 * (A100_KG + NODE.central)),
        ("A100-SXM4-80GB + 2xT4", A100_KG + 2 * T4_KG + 3 * NODE.central),
        ("2xA10G", 2 * SLOT.central),
        ("A100-SXM4-80GB + 2xA10G", A100_KG + NODE.central + 2 * SLOT.central),
        ("EPYC 7763", SERVER.central / 2),
        ("2xEPYC 7763", SERVER.central),
        ("RTX 3090", CATALOG.figure("embodied-consumer")),
        ("GTX 1080 Ti", 58.0828 + 249),
        ("M1 Max", CATALOG.figure("embodied-computer")),
        ("Core i9-12900K", CATALOG.figure("embodied-computer")),
        ("Jetson Nano", CATALOG.figure("embodied-edge")),
        ("A100-SXM4-80GB + 2xEPYC 7763", A100_KG + NODE.central),
    ],
)
def test_the_making_is_that_of_what_computes_and_its_share_of_what_holds_it(word, kg):
    """A known device and its share of the node or computer, else the slot of its class; a server has two sockets."""
    slots = found(word).slots_kg
    assert slots.central == pytest.approx(kg, rel=1e-4)
    assert slots.unit == "kg"
    assert 0 < slots.low < slots.central < slots.high


@pytest.mark.parametrize(
    ("word", "reason", "origin"),
    [
        (
            "A100-SXM4-80GB",
            "nvidia-a100-sxm4-80gb and node: NVIDIA A100 SXM4 80GB and its share of the node",
            "catalog",
        ),
        (
            "GTX 1080 Ti",
            "nvidia-gtx-1080-ti and computer: NVIDIA GTX 1080 Ti and its share of the computer",
            "catalog",
        ),
        ("A10G", "embodied-slot-datacentre: ", "assumed"),
        ("2xA10G + A10G", "embodied-slot-datacentre: ", "assumed"),
    ],
)
def test_the_reason_of_the_making_names_its_row(word, reason, origin):
    """A row of the table of makings is catalog, a default of the class is assumed; each reason once, with its sources."""
    hardware = found(word)
    assert hardware.embodied_reason.startswith(reason)
    assert hardware.slots_kg.reason == hardware.embodied_reason
    assert hardware.embodied_reason.count("; ") == 0 or "A10G" not in word
    assert hardware.slots_kg.origin == origin
    assert len(set(hardware.slots_kg.sources)) == len(hardware.slots_kg.sources)


def test_bare_watts_have_no_making():
    """300W names nothing that could have been made: unknown, with its remark."""
    hardware = found("300W")
    assert hardware.slots_kg is UNKNOWN
    assert hardware.embodied_reason == "bare watts"
    assert codes("300W") == ["stated-power", "embodied-unknown"]
    assert codes("300W + 300W") == ["stated-power", "embodied-unknown"]


def test_a_word_is_resolved_once_for_each_count():
    """The same word gives the same object; another count another one."""
    assert found("T4") is found("T4")
    assert found("T4", 2).device_count == 2
    assert found("T4").device_count == 1


@pytest.mark.parametrize(
    ("word", "defaults", "rows"),
    [
        ("A100-SXM4-80GB", ["embodied-node-share"], ["nvidia-a100-sxm4-80gb"]),
        ("GTX 1080 Ti", ["embodied-desktop-share"], ["nvidia-gtx-1080-ti"]),
        ("A10G", ["embodied-slot-datacentre"], []),
        ("A10G + T4", ["embodied-slot-datacentre", "embodied-node-share"], ["nvidia-t4"]),
        ("EPYC 7763", ["embodied-cpu-node"], []),
    ],
)
def test_the_making_cites_every_row_it_is_added_from(word, defaults, rows):
    """The device's own row and the default of what stands around it: both are cited, in the answer too."""
    cited = {source for name in defaults for source in CATALOG.default(name).sources}
    cited |= {
        source for name in rows for source in CATALOG.table("embodied").record(name).source_id.split("|")
    }
    assert set(found(word).slots_kg.sources) == cited
    assert cited <= set(wattgram.estimate(word, "10h", "FR").source_ids)


OWN = """id,name,full_name,vendor,category,form,model,variants,tdp_w,power_basis,power_grade,embodied_id,source_id
own-node,Own E100,Own E100,Own,datacenter,SXM,e100,own,640,datasheet,A,server-bloom,ours-assumptions
own-board,Own B10,Own B10,Own,embedded,board,b10,own,10,datasheet,A,nvidia-t4,ours-assumptions
"""


def test_nothing_is_added_to_a_making_that_holds_it_or_has_nothing_around(tmp_path):
    """A figure with its node stays 2,500 kg (the server of BLOOM); a board stands in no node, so its 69.6 kg are all."""
    (tmp_path / "accelerators.csv").write_text(OWN)
    catalog = Catalog.load(tmp_path)
    node, board = (resolve_hardware(f"2x{name}", catalog) for name in ("Own E100", "Own B10"))
    assert node.slots_kg.central == pytest.approx(5000)
    assert node.embodied_reason.startswith("server-bloom: ")
    assert node.embodied_reason.endswith(", node included")
    assert board.slots_kg.central == pytest.approx(2 * T4_KG)
    assert board.embodied_reason == "nvidia-t4: NVIDIA T4, device alone"
    assert board.slots_kg.origin == "catalog"
