"""What stands around the devices where nothing is stated."""

from __future__ import annotations

import pandas as pd
import pytest

import wattgram
from wattgram import Catalog, estimate


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
