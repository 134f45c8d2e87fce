"""What stands around the devices where nothing is stated."""

from __future__ import annotations

import pandas as pd
import pytest

import wattgram
from wattgram import Catalog, estimate
from wattgram.catalog.records import Provider
from wattgram.resolve import resolve_hardware, resolve_place
from wattgram.resolve.facility import class_overhead, class_pue, default_pue, fleet_pue, on_a_desk, site_pue
from wattgram.run import Run
from wattgram.value import UNKNOWN

CATALOG = Catalog.load()


@pytest.mark.parametrize("hardware", ["TPU v3-8", "4xTPU v3", "v4-512", "gcp:v5litepod-8"])
def test_a_tpu_stands_at_google_wherever_it_is(hardware):
    """At a place that names no provider a TPU takes the PUE of Google's fleet, not that of an enterprise room."""
    pue = estimate(hardware, "10h", "FR", load=0.5, overhead=1.2).assembled.factors.pue
    assert (pue.central, pue.low, pue.high) == pytest.approx((1.09, 1.08, 1.20))
    assert pue.sources == ("google-environmental-report-2026",)
    assert pue.reason.startswith("its maker's fleet, where alone it stands: fleet of Google")


@pytest.mark.parametrize(
    ("hardware", "pue"), [("A100", 1.55), ("TPU v3-8 + A100", 1.55), ("Jetson AGX Orin", 1.0)]
)
def test_what_anyone_can_buy_takes_its_class(hardware, pue):
    """A GPU may stand anywhere, and so may a mixture; a module on a desk has no cooling."""
    assert estimate(hardware, "10h", "FR").assembled.factors.pue.central == pue


def test_a_region_and_a_stated_pue_come_first():
    """The site's own PUE, and what the user says, are known better than the maker."""
    assert estimate("TPU v3-8", "10h", "gcp:us-central1").assembled.factors.pue.central == 1.1
    assert estimate("TPU v3-8", "10h", "FR", pue=1.3).assembled.factors.pue.central == 1.3


def test_a_table_takes_the_same_pue():
    """One row of a table is one run, for TPUs as for cards of desktop computers."""
    runs = {
        "hardware": ["TPU v3-8", "v4-512", "RTX 4090"],
        "hours": [10.0, 3.0, 5.0],
        "where": ["FR", "DE", "PL"],
    }
    answers = wattgram.estimate_frame(pd.DataFrame(runs))
    for at, (hardware, hours, where) in enumerate(zip(*runs.values(), strict=True)):
        one = estimate(hardware, hours, where)
        assert answers["energy_kwh"][at] == pytest.approx(one.energy.central, rel=1e-9)
    assert "tpu-slice" in answers["warning"][0].split("|")
    assert {"default-overhead", "default-pue"} <= set(answers["warning"][2].split("|"))


def test_a_slice_says_its_chips():
    """A slice is named by its cores, and two cores are a chip; where a core is a chip there is nothing to say."""
    said = {notice.code: notice.text for notice in estimate("TPU v3-8", "1h", "FR").warnings}
    assert said["tpu-slice"] == "TPU v3-8 is a slice of 8 cores, 4 chips"
    assert estimate("v4-512", "1h", "FR").assembled.hardware.device_count == 256
    codes = {notice.code for notice in estimate("TPU v5e-8", "1h", "FR").warnings}
    assert "tpu-slice" not in codes


@pytest.mark.parametrize(
    ("words", "here"),
    [
        ({}, "overhead 1.3, PUE 1;"),
        ({"overhead": 1.4}, "computer: PUE 1;"),
        ({"pue": 1.2}, "overhead 1.3;"),
        ({"measured_energy_kwh": 3.0}, "computer: PUE 1;"),
        ({"measured_energy_kwh": 3.0, "measured_scope": "device"}, "overhead 1.3, PUE 1;"),
    ],
)
def test_a_card_of_a_desktop_computer_says_that_it_is_taken_to_run_in_one(words, here):
    """The silent desk is announced with the figures it sets, and with those of a server room."""
    footprint = estimate("4xRTX 4090", "10h", "FR", **words)
    said = {notice.code: notice.text for notice in footprint.warnings}
    assert here in said["desk-assumed"]
    assert "desk-assumed" in footprint.report("text")
    assert {"code": "desk-assumed", "text": said["desk-assumed"]} in footprint.to_dict()["warnings"]


@pytest.mark.parametrize(
    ("hardware", "words"),
    [
        ("RTX 4090", {"overhead": 1.5, "pue": 1.55}),
        ("RTX 4090", {"measured_energy_kwh": 3.0, "measured_scope": "facility"}),
        ("RTX 4090", {"method": "lacoste2019"}),
        ("A100", {}),
        ("Apple M2 Ultra", {}),
    ],
)
def test_where_no_desk_is_taken_none_is_announced(hardware, words):
    """Stated figures, a data-centre device, a computer that is a whole: nothing to say."""
    assert "desk-assumed" not in {n.code for n in estimate(hardware, "10h", "FR", **words).warnings}


def test_the_figures_of_the_remark_are_those_of_the_catalog():
    """No figure of the sentence is written in code."""
    catalog = Catalog.load()
    text = next(n.text for n in estimate("RTX 4090", "1h", "FR").warnings if n.code == "desk-assumed")
    rows = ("overhead-workstation", "overhead-datacentre", "pue-desk", "pue-enterprise")
    assert [f"{catalog.default(row).central:g}" in text for row in rows] == [True] * 4


@pytest.mark.parametrize(
    ("place", "pue", "reason"),
    [
        ("aws:us-east-1", (1.15, 1.12, 1.1875), "published for aws:us-east-1, 2024"),
        ("gcp:us-central1", (1.10, 1.08, 1.125), "published for gcp:us-central1, 2023"),
        ("azure:germanynorth", (1.17, 1.08, 1.20), "fleet of Microsoft Azure, 2025"),
        ("ovh:fr-paris", (1.29, 1.232, 1.3625), "fleet of OVHcloud, 2022"),
        ("alibaba:us-east-1", (1.12, 1.08, 1.20), "pue-hyperscaler: "),
        ("hetzner:fsn1", (1.55, 1.30, 1.80), "pue-enterprise: "),
    ],
)
def test_the_pue_of_a_region_is_its_own_its_fleet_s_or_its_operator_s(place, pue, reason):
    """A published site, a large operator's fleet with the range of such, another's fleet, or the default of its class."""
    value = site_pue(resolve_place(place, CATALOG), CATALOG)
    assert (value.central, value.low, value.high) == pytest.approx(pue)
    assert value.reason.startswith(reason)
    assert value.unit == "1"
    assert value.sources
    assert default_pue(resolve_hardware("RTX 4090", CATALOG), resolve_place(place, CATALOG), CATALOG) is value


def test_a_place_that_is_no_region_has_no_site():
    """A country or no place at all leaves the class of the hardware to decide."""
    card = resolve_hardware("RTX 4090", CATALOG)
    assert site_pue(resolve_place("FR", CATALOG), CATALOG) is UNKNOWN
    for place in (None, resolve_place("FR", CATALOG)):
        assert default_pue(card, place, CATALOG).central == 1


@pytest.mark.parametrize(("pue", "low", "high"), [(1.05, 1.05, 1.2), (1.4, 1.08, 1.4), (1.1, 1.08, 1.2)])
def test_a_fleet_outside_the_usual_range_widens_it(pue, low, high):
    """The range of large operators, 1.08 to 1.20, reaches as far as the fleet's own figure."""
    (row,) = CATALOG.table("providers").rows("gcp")
    value = fleet_pue(Provider({**row, "pue": str(pue)}), CATALOG)
    assert (value.central, value.low, value.high) == pytest.approx((pue, low, high))


@pytest.mark.parametrize(
    ("hardware", "pue"),
    [
        ("M1 Max", 1.0),
        ("Jetson Nano", 1.0),
        ("RTX 4090", 1.0),
        ("EPYC 7763", 1.55),
        ("300W", 1.55),
        ("Trainium2", 1.14),
        ("TPU v3-8 + 2xEPYC 7763", 1.09),
        ("TPU v3-8 + Trainium2", 1.55),
    ],
)
def test_the_class_of_the_hardware_decides_where_the_site_is_not_known(hardware, pue):
    """Nothing is added on a desk, an enterprise room is the rest's, and a maker's own chips stand in its own fleet."""
    assert class_pue(resolve_hardware(hardware, CATALOG), CATALOG).central == pue


def test_stated_watts_have_nothing_around_them():
    """300 W said are the draw itself: overhead 1, certain; a device has the row of its class."""
    one = class_overhead(resolve_hardware("300W", CATALOG), CATALOG)
    assert one.to_dict() == {"central": 1, "low": 1, "high": 1}
    assert (one.unit, one.origin) == ("1", "given")
    assert class_overhead(resolve_hardware("A100", CATALOG), CATALOG).central == 1.5


@pytest.mark.parametrize(
    ("hardware", "place", "said"),
    [
        (
            "RTX 4090",
            None,
            "overhead 1.3, PUE 1; in a server room state overhead (usual there: 1.5) and PUE (usual there: 1.55)",
        ),
        (
            "RTX 4090",
            "Bavaria",
            "overhead 1.3, PUE 1; in a server room state overhead (usual there: 1.5) and PUE (usual there: 1.55)",
        ),
        ("RTX 4090", "aws:us-east-1", "overhead 1.3; in a server room state overhead (usual there: 1.5)"),
        ("RTX 4090 + 2xEPYC 7763", None, "PUE 1; in a server room state PUE (usual there: 1.55)"),
        ("RTX 4090 + 2xEPYC 7763", "aws:us-east-1", None),
        ("A100", None, None),
        ("Jetson Nano", None, None),
    ],
)
def test_the_remark_says_what_the_desk_sets(hardware, place, said):
    """Only what is not stated, and no PUE in a cloud region; nothing for what does not stand on a desk."""
    where = place and resolve_place(place, CATALOG)
    found = on_a_desk(Run(hardware, None, 1.0), resolve_hardware(hardware, CATALOG), where, CATALOG)
    texts = [notice.text for notice in found]
    assert texts == ([] if said is None else [f"RTX 4090 is taken to run in a desktop computer: {said}"])


def test_the_remark_names_each_card_once():
    """Two kinds of cards, one of them twice, and memory, which is no card."""
    hardware = resolve_hardware("RTX 4090 + RTX 3090 + 2xRTX 4090 + 64GB", CATALOG)
    (notice,) = on_a_desk(Run("", None, 1.0), hardware, None, CATALOG)
    assert notice.text.startswith(
        "RTX 4090 + RTX 3090 is taken to run in a desktop computer: overhead 1.3, PUE 1;"
    )
