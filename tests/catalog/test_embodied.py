"""The built embodied emissions: published figures, their spread, and what is ours."""

from __future__ import annotations

import csv
import math
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src" / "wattgram" / "data"


def read(name: str) -> dict[str, dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return {row["id"]: row for row in csv.DictReader(handle)}


ROWS = read("embodied.csv")


def figures(row: dict[str, str]) -> tuple[float, float, float]:
    return float(row["low_kg"]), float(row["central_kg"]), float(row["high_kg"])


@pytest.mark.parametrize(
    ("item", "low", "high"),
    [
        # 1,312 kg for the eight GPUs of an HGX H100 (NVIDIA PCF, ISO 14067, July 2025); BoaviztAPI 2.5.0
        ("nvidia-h100-sxm5-80gb", 1312 / 8, 575.1),
        # 2,274 kg for the eight of an HGX B200 (NVIDIA PCF); BoaviztAPI 2.5.0
        ("nvidia-b200-sxm", 2274 / 8, 1414.9),
        # teardown, Falk et al. 2025, arXiv:2509.00093; BoaviztAPI 2.5.0
        ("nvidia-a100-sxm4-40gb", 127.6, 319.3),
        # 15.2 % of 8,640 kg (PAIA, 32 GB) and the life-cycle assessment of an SSD-heavy one (2019)
        ("server-dell-r740", 1313, 4320),
        ("server-dell-r750", 2181, 3880),
    ],
)
def test_several_published_figures(item: str, low: float, high: float) -> None:
    """Where several figures are published, they are the bounds and the centre is their geometric mean."""
    found = figures(ROWS[item])
    assert found[0] == low
    assert found[2] == high
    assert found[1] == pytest.approx(math.sqrt(low * high), rel=1e-5)


@pytest.mark.parametrize(
    ("item", "central"),
    [
        ("nvidia-a100-sxm4-80gb", 567.7),  # BoaviztAPI 2.5.0
        ("nvidia-v100-sxm2-16gb", 205.6),
        ("nvidia-t4", 130.7),
        ("nvidia-l4", 123.5),
        ("nvidia-l40s", 277.1),
        ("nvidia-b300-sxm", 2543),
        ("amd-instinct-mi300x", 1497.2),
        ("nvidia-a100-slot", 318),  # Chien et al. 2023
        ("server-bloom", 2500),  # Luccioni et al. 2022
        ("server-ccf", 1000),
        ("server-ecologits", 5700),
        ("mac-mini-m2", 71),  # Apple, January 2023: 63 % of 112 kg
        ("mac-studio-m1-max", 165),
        ("macbook-pro-16-m1-max", 261),
    ],
)
def test_one_published_figure(item: str, central: float) -> None:
    """One published figure is the centre as printed, or the upper end where it adds up parts; it is said."""
    bottom_up = ROWS[item]["source_id"] == "boavizta-api-2.5.0"
    assert figures(ROWS[item])[2 if bottom_up else 1] == central
    assert "ours" in ROWS[item]["note"]


def test_the_class_spread_is_that_of_the_devices_with_two_figures() -> None:
    """Single figures get the mean half-spread of H100, B200 and A100: about a factor of 1.88 either way."""
    pairs = ("nvidia-h100-sxm5-80gb", "nvidia-b200-sxm", "nvidia-a100-sxm4-40gb")
    halves = [math.sqrt(figures(ROWS[item])[2] / figures(ROWS[item])[0]) for item in pairs]
    spread = math.prod(halves) ** (1 / 3)
    assert spread == pytest.approx(1.88, abs=0.005)
    for row in ROWS.values():
        if "one figure published" in row["note"]:
            low, central, high = figures(row)
            assert central / low == pytest.approx(spread, rel=1e-4)
            assert high / central == pytest.approx(spread, rel=1e-4)


def test_ranges_are_ordered_and_plausible() -> None:
    """Every range is ordered; an accelerator lies in 15 to 5,000 kg, a server in 500 to 11,000 kg."""
    bands = {"accelerator": (15, 5_000), "server": (500, 11_000), "computer": (35, 500)}
    for row in ROWS.values():
        low, central, high = figures(row)
        assert bands[row["kind"]][0] <= low <= central <= high <= bands[row["kind"]][1], row["id"]


def test_only_whole_things_include_the_node() -> None:
    """A device row stands for the device alone; only Chien's slot, servers and computers include the node."""
    for row in ROWS.values():
        alone = row["kind"] == "accelerator" and row["id"] != "nvidia-a100-slot"
        assert row["node_share_included"] == ("no" if alone else "yes"), row["id"]


def test_more_memory_costs_more() -> None:
    """Of one chip, the part with more memory has the larger figure of the one source that has both."""
    for small, large in (
        ("nvidia-v100-sxm2-16gb", "nvidia-v100-sxm2-32gb"),
        ("nvidia-v100-pcie-16gb", "nvidia-v100-pcie-32gb"),
        ("nvidia-a100-pcie-40gb", "nvidia-a100-pcie-80gb"),
        ("nvidia-h100-pcie-80gb", "nvidia-h100-nvl-94gb"),
    ):
        assert figures(ROWS[small])[1] < figures(ROWS[large])[1]


def test_accelerators_point_to_rows_that_exist() -> None:
    """Each `embodied_id` of an accelerator is a row here, of kind accelerator and for the device alone."""
    pointed = {row["embodied_id"] for row in read("accelerators.csv").values() if row["embodied_id"]}
    assert len(pointed) >= 30
    for item in pointed:
        assert ROWS[item]["kind"] == "accelerator"
        assert ROWS[item]["node_share_included"] == "no"


def test_every_source_is_described() -> None:
    """Each row names its sources and each source is described."""
    known: set[str] = set()
    for path in (ROOT / "tools" / "catalog" / "sources").glob("*.toml"):
        known |= set(tomllib.loads(path.read_text(encoding="utf-8")))
    assert {source for row in ROWS.values() for source in row["source_id"].split("|")} <= known
