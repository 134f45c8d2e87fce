"""A factor that is a sum of rows cites every one of them, in the table of a paper and in its references."""

from __future__ import annotations

import re

import pytest

from wattgram import estimate


@pytest.mark.parametrize(
    ("hardware", "of_making"),
    [
        ("8xH100", {"nvidia-hgx-h100-pcf-2025", "bloom-2022"}),
        ("GTX 1080 Ti", {"boavizta-api-2.5.0", "boavizta-device-pcf-2023"}),
        ("A100", {"boavizta-api-2.5.0", "ccf-coefficients-2026"}),
        ("RTX 4090", {"boavizta-api-2.5.0"}),
        ("2xEPYC 7763 + 512GB", {"ecologits-0.11.3"}),
    ],
)
def test_the_making_of_hardware_cites_its_rows(hardware, of_making):
    """Device and its share of the node are two rows with two sources; `catalog` is none."""
    footprint = estimate(hardware, "10h", "FR")
    making = next(factor.value for factor in footprint.factors if factor.name == "slots_kg")
    assert of_making <= set(making.sources)
    line = next(line for line in footprint.report("latex").splitlines() if "making of hardware" in line)
    cited = set(re.search(r"\\cite\{([^}]*)\}", line)[1].split(","))
    assert of_making <= cited
    entries = set(re.findall(r"^@\w+\{([^,]+),", footprint.report("bibtex"), re.MULTILINE))
    assert cited <= entries


def test_the_rated_power_of_a_mixture_cites_both():
    """Four of one device and four of another have two datasheets."""
    mixed = estimate("4xA100-SXM4-80GB + 4xH100", "10h", "FR").assembled.hardware.rated_power_w
    assert mixed.central == 4 * 400 + 4 * 700
    assert {"nvidia-a100-datasheet", "nvidia-h100-datasheet"} <= set(mixed.sources)
    assert (mixed.origin, mixed.reason) == ("catalog", "4 × 400 W + 4 × 700 W")


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_what_the_user_said_is_stated_in_every_report(form):
    """One word for one thing: reports say stated, and only JSON has the origin `given`."""
    footprint = estimate("8xA100", "100h", "400 g/kWh", load=0.8, pue=1.1)
    report = footprint.report(form)
    assert "stated" in report
    assert not re.search(r"\bgiven\b", report)
    assert {factor["origin"] for factor in footprint.to_dict()["factors"]} >= {"given"}
