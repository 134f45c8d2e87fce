"""Instance types: all there, with the right boards, and a host that can hold them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "src" / "wattgram" / "data"


def read(name: str) -> list[dict[str, str]]:
    """The rows of a built table; none while its builder has not run."""
    path = DATA / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


ROWS = {(row["provider"], row["instance_type"]): row for row in read("instances.csv")}


def test_every_instance_type_of_seven_clouds_is_there() -> None:
    """228 types: 98 of AWS, 48 of Azure, 45 of Google, 12 of Oracle and Lambda, 10 of Scaleway, 3 of
    OVHcloud.
    """
    counts = Counter(provider for provider, _ in ROWS)
    assert counts == {"aws": 98, "azure": 48, "gcp": 45, "oci": 12, "lambda": 12, "scaleway": 10, "ovh": 3}


@pytest.mark.parametrize(
    ("provider", "name", "accelerator", "count"),
    [
        ("aws", "p2.xlarge", "nvidia-k80-half-board", 1),  # a K80 board shows two GPUs; EC2 bills each
        ("aws", "p2.16xlarge", "nvidia-k80-half-board", 16),
        ("aws", "p3.16xlarge", "nvidia-v100-sxm2-16gb", 8),
        ("aws", "p3dn.24xlarge", "nvidia-v100-sxm2-32gb", 8),
        ("aws", "g4dn.12xlarge", "nvidia-t4", 4),
        ("aws", "p4d.24xlarge", "nvidia-a100-sxm4-40gb", 8),
        ("aws", "p4de.24xlarge", "nvidia-a100-sxm4-80gb", 8),
        ("aws", "p5.48xlarge", "nvidia-h100-sxm5-80gb", 8),
        (
            "aws",
            "p6e-gb200.36xlarge",
            "nvidia-gb200-per-gpu",
            4,
        ),  # 36 are in the UltraServer of nine instances
        ("azure", "Standard_NC6", "nvidia-k80-half-board", 1),
        ("azure", "Standard_NC6s_v3", "nvidia-v100-pcie-16gb", 1),
        ("azure", "Standard_ND96asr_v4", "nvidia-a100-sxm4-40gb", 8),
        ("azure", "Standard_NC24ads_A100_v4", "nvidia-a100-pcie-80gb", 1),
        ("gcp", "a2-highgpu-8g", "nvidia-a100-sxm4-40gb", 8),
        ("gcp", "a2-ultragpu-1g", "nvidia-a100-sxm4-80gb", 1),
        ("gcp", "a3-highgpu-8g", "nvidia-h100-sxm5-80gb", 8),
        ("gcp", "v3-8", "google-tpu-v3-chip", 4),  # v3-8 counts cores: four chips of two
        ("gcp", "v5litepod-8", "google-tpu-v5e", 8),  # v5e counts chips
        ("lambda", "gpu_8x_a100_80gb_sxm4", "nvidia-a100-sxm4-80gb", 8),
        ("oci", "BM.GPU.H100.8", "nvidia-h100-sxm5-80gb", 8),
    ],
)
def test_well_known_types_bring_what_their_provider_says(
    provider: str, name: str, accelerator: str, count: float
) -> None:
    """The provider's own page gives this accelerator, so many times."""
    row = ROWS[provider, name]
    assert (row["accelerator_id"], float(row["accelerator_count"])) == (accelerator, count)


def test_every_accelerator_and_processor_is_a_row_of_its_table() -> None:
    """An instance type is worth nothing if its device cannot be found."""
    accelerators = {row["id"] for row in read("accelerators.csv")}
    processors = {row["id"] for row in read("processors.csv")}
    if not (accelerators and processors):
        pytest.skip("accelerators.csv or processors.csv is not built")
    assert {row["accelerator_id"] for row in ROWS.values()} <= accelerators
    assert {row["processor_id"] for row in ROWS.values() if row["processor_id"]} <= processors


def test_an_instance_type_is_never_larger_than_its_host() -> None:
    """The host is the largest type of the family, so vCPU and accelerators of a type fit into it."""
    hosted = [row for row in ROWS.values() if row["host_vcpu"]]
    assert len(hosted) > 100
    for row in hosted:
        assert float(row["vcpu"]) <= float(row["host_vcpu"]), row["instance_type"]
        assert row["provider"] in {"aws", "azure", "gcp"}


def test_hosts_of_eight_gpus_are_the_servers_of_their_family() -> None:
    """A slice of an 8-GPU server knows the whole server: g5.xlarge is 4 of 192 vCPU, a2-highgpu-1g 12
    of 96.
    """
    assert ROWS["aws", "g5.xlarge"]["host_vcpu"] == "192"
    assert ROWS["aws", "p5.4xlarge"]["host_vcpu"] == "192"
    assert ROWS["gcp", "a2-highgpu-1g"]["host_vcpu"] == "96"
    assert ROWS["azure", "Standard_NC24ads_A100_v4"]["host_vcpu"] == "96"


@pytest.mark.parametrize(
    ("provider", "name", "processor"),
    [
        ("aws", "p3.2xlarge", "intel-xeon-e5-2686-v4"),
        ("aws", "p4d.24xlarge", "intel-xeon-platinum-8275cl"),
        ("aws", "p4de.24xlarge", "intel-xeon-platinum-8275cl"),
        ("aws", "p5.48xlarge", "amd-epyc-7r13"),
        ("aws", "g4dn.xlarge", "intel-xeon-platinum-8259cl"),
        ("aws", "g5.xlarge", "amd-epyc-7r32"),
        ("azure", "Standard_ND96asr_v4", "amd-epyc-7v12"),
        ("azure", "Standard_NC24ads_A100_v4", "amd-epyc-7v13"),
        ("gcp", "a2-highgpu-1g", ""),  # Cascade Lake of unnamed model: unknown stays unknown
    ],
)
def test_host_processors_are_named_only_where_known(provider: str, name: str, processor: str) -> None:
    """The family's host processor as its provider names it; blank where the model has no public name."""
    assert ROWS[provider, name]["processor_id"] == processor


def test_shares_of_a_card_are_fractions_and_all_else_whole() -> None:
    """Only the sliced families (g6f, gr6f, NVas_v4, NVads_A10_v5) have less than a card."""
    sliced = {name.split(".")[0] for (_, name), row in ROWS.items() if float(row["accelerator_count"]) % 1}
    assert all(name.startswith(("g6f", "gr6f", "Standard_NV")) for name in sliced)
    assert all(float(row["accelerator_count"]) > 0 for row in ROWS.values())


def test_aliases_name_one_type_of_a_provider() -> None:
    """`NC6s_v3` and `ml.p3.2xlarge` mean one instance type each."""
    seen = Counter(
        (row["provider"], alias) for row in ROWS.values() for alias in row["aliases"].split("|") if alias
    )
    assert max(seen.values()) == 1
    assert "NC6s_v3" in ROWS["azure", "Standard_NC6s_v3"]["aliases"].split("|")
