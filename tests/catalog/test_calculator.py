"""The calculator's own tables stand as its page had them, errors included, and resolve in the catalog."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "src" / "wattgram" / "data"
FOLDER = DATA / "calculator-2026-03"


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a built table; none while its builder has not run."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


DEVICES = {row["name"]: row for row in read(FOLDER / "devices.csv")}
REGIONS = {(row["provider"], row["region"]): row for row in read(FOLDER / "regions.csv")}


def test_the_page_has_48_devices_and_82_regions() -> None:
    """Counts of data/gpus.csv and data/impact.csv at commit d0d3ee5a."""
    assert (len(DEVICES), len(REGIONS)) == (48, 82)


def test_every_device_resolves_to_rows_of_the_catalog() -> None:
    """Each of the 48 names accelerators or processors that exist."""
    accelerators = {row["id"] for row in read(DATA / "accelerators.csv")}
    processors = {row["id"] for row in read(DATA / "processors.csv")}
    for row in DEVICES.values():
        assert bool(row["accelerator_ids"]) != bool(row["processor_ids"]), row["name"]
        assert (row["type"] == "cpu") == bool(row["processor_ids"])
    if not (accelerators and processors):
        pytest.skip("accelerators.csv or processors.csv is not built")
    for row in DEVICES.values():
        assert {key for key in row["accelerator_ids"].split("|") if key} <= accelerators, row["name"]
        assert {key for key in row["processor_ids"].split("|") if key} <= processors, row["name"]


def test_every_region_resolves_to_a_region_of_the_catalog() -> None:
    """All 82, by id or by alias: ovh gra and bhs, scaleway without an id, seeweb, coreweave."""
    known: set[tuple[str, str]] = set()
    for row in read(DATA / "regions.csv"):
        words = [row["region"], *row["aliases"].split("|")]
        known |= {(row["provider"], word) for word in words}
    regions = {(row["provider"], row["region"]) for row in read(DATA / "regions.csv")}
    for (provider, region), row in REGIONS.items():
        assert (provider, row["catalog_region"]) in regions, (provider, region)
        assert (provider, region or provider) in known, (provider, region)


@pytest.mark.parametrize(
    ("device", "column", "on_the_page", "truth"),
    [
        ("Tesla V100-PCIE-16GB", "tdp_w", "300", "250"),  # the two forms of the V100 are swapped
        ("Tesla V100-SXM2-16GB", "tdp_w", "250", "300"),
        ("GTX 750", "tdp_w", "250", "55"),
        ("GTX 750", "fp32_tflop_per_s", "1111", "1.11"),
        ("GTX 750", "memory_gb", "24", "1"),
        ("A10G", "tdp_w", "150", "300"),
        ("A10G", "memory_gb", "", "24"),  # the row is shifted: a link stands under memory
        ("A100 PCIe 40/80GB", "tdp_w", "250", "300"),  # the 80 GB card
        ("H100 SXM", "fp32_tflop_per_s", "989", "66.9"),
        ("H100 SXM", "fp16_tflop_per_s", "1979", "989.4"),  # with sparsity
        ("H100 NVL", "fp16_tflop_per_s", "1671", "835.5"),
        ("L40S", "fp32_tflop_per_s", "183", "91.6"),  # TF32
        ("AGX Xavier", "fp16_tflop_per_s", "32", "11"),  # INT8
        ("Tesla K80", "tdp_w", "300", "150"),  # a board; clouds bill halves
        ("Tesla M40 24GB", "memory_gb", "12", "24"),
        ("Quadro P6000", "fp16_tflop_per_s", "197.4", "0.197"),
        ("RTX 4090", "fp16_tflop_per_s", "82.6", "165.2"),
        ("TPUv2 Chip", "tdp_w", "221", "280"),  # average system power per chip
        ("TPUv3 Chip", "tdp_w", "283", "450"),
        ("TPUv3 Chip", "memory_gb", "128", "32"),
        ("Intel Xeon E5-2650", "tdp_w", "105", "95"),  # the fourth part's figure
    ],
)
def test_known_errors_of_devices_are_pinned(device: str, column: str, on_the_page: str, truth: str) -> None:
    """The value stands as printed on the page and differs from what the vendor says."""
    assert DEVICES[device][column] == on_the_page != truth


def test_the_rtx_a4000_is_missing() -> None:
    """A change that mended another row deleted it."""
    assert "RTX A4000" not in DEVICES


@pytest.mark.parametrize(
    ("provider", "region", "on_the_page"),
    [
        ("gcp", "europe-west2", 623),  # data of 2013
        ("aws", "eu-west-2", 623),
        ("azure", "uksouth", 623),
        ("azure", "ukwest", 623),
        ("gcp", "europe-west6", 16),  # the page makes 20 g of it, +25 %
        ("gcp", "northamerica-northeast1", 34.5),  # the page makes 30 g of it, -13 %
        ("aws", "ca-central-1", 20),  # the same province
        ("azure", "canadaeast", 20),
        ("ovh", "bhs", 20),
        ("azure", "centralus", 736.6),  # SRMW, though Des Moines is MROW
        ("gcp", "us-central1", 566.3),
        ("azure", "westcentralus", 297.6),  # "not sure"
        ("gcp", "us-west3", 272.1),  # Google says 561 for 2019
        ("gcp", "us-east1", 367.8),
        ("gcp", "asia-east1", 557),  # one hour of 2 July 2019
        ("aws", "eu-central-1", 615),
        ("gcp", "asia-south1", 920),
        ("seeweb", "fro2", 0),  # certificates
    ],
)
def test_known_errors_of_regions_are_pinned(provider: str, region: str, on_the_page: float) -> None:
    """The intensity stands as on the page."""
    assert float(REGIONS[provider, region]["intensity_g_per_kwh"]) == on_the_page


def test_slips_of_text_are_pinned() -> None:
    """Las Vegas and Nevada are swapped, India is cited to Japan, scaleway has no id, one row is
    unsure of itself.
    """
    assert (REGIONS["coreweave", "LAS1"]["state"], REGIONS["coreweave", "LAS1"]["city"]) == (
        "Las Vegas",
        "Nevada",
    )
    assert "fepc.or.jp" in REGIONS["gcp", "asia-south1"]["source"]
    assert REGIONS["scaleway", ""]["city"] == "Paris"
    assert "not sure" in REGIONS["azure", "westcentralus"]["comment"]
    assert REGIONS["azure", "westcentralus"]["source"] == ""
    assert REGIONS["aws", "us-gov-east-1"]["city"] == "Dublin"


def test_offsets_are_an_old_list() -> None:
    """Every Google and Azure region has 100 %, AWS 100 % in five and 0 % in seventeen."""
    ratio = {key: row["offset_percent"] for key, row in REGIONS.items()}
    assert {ratio[key] for key in ratio if key[0] in {"gcp", "azure"}} == {"100"}
    aws = [ratio[key] for key in ratio if key[0] == "aws"]
    assert (aws.count("100"), aws.count("0")) == (5, 17)


def test_a_pue_is_printed_for_ten_regions_and_used_for_none() -> None:
    """Nine Google regions and Seeweb."""
    with_pue = [key for key, row in REGIONS.items() if row["pue"]]
    assert len(with_pue) == 10
    assert all(1 <= float(REGIONS[key]["pue"]) <= 1.2 for key in with_pue)


def test_the_papers_printed_values_are_golden() -> None:
    """arXiv:1910.09700: 20 g/kWh in Quebec, 736.6 g/kWh in Iowa; the page still has both."""
    paper = {row["what"]: float(row["value"]) for row in read(FOLDER / "paper.csv")}
    assert paper["carbon intensity Quebec (Canada)"] == 20
    assert paper["carbon intensity Iowa (USA)"] == 736.6
    assert float(REGIONS["aws", "ca-central-1"]["intensity_g_per_kwh"]) == 20
    assert float(REGIONS["azure", "centralus"]["intensity_g_per_kwh"]) == 736.6


def test_the_readme_carries_the_licence() -> None:
    """The tables are under the MIT licence, whose notice must stand beside them."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in text
    assert "mlco2/impact" in text
