"""The defaults of the method: complete, ordered, bounded, sourced, equal to what the literature says."""

from __future__ import annotations

import csv
import math
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "wattgram" / "data"
SOURCES = ROOT / "tools" / "catalog" / "sources"


def rows() -> dict[str, dict[str, str]]:
    """assumptions.csv by id."""
    with (DATA / "assumptions.csv").open(encoding="utf-8", newline="") as handle:
        return {row["id"]: row for row in csv.DictReader(handle)}


ROWS = rows()

# docs/method.md, "Defaults": low, central, high (90 % range).
RANGES = {
    "load-large-training": (0.60, 0.80, 0.95),
    "load-training": (0.35, 0.65, 0.90),
    "load-small-run": (0.25, 0.45, 0.80),
    "load-inference": (0.50, 0.74, 0.95),
    "overhead-datacentre": (1.25, 1.5, 1.8),
    "overhead-workstation": (1.15, 1.3, 1.5),
    "overhead-cpu-node": (1.15, 1.35, 1.7),
    "pue-hyperscaler": (1.08, 1.12, 1.20),
    "pue-enterprise": (1.3, 1.55, 1.8),
    "pue-desk": (1.0, 1.0, 1.0),
    "pue-published": (0.8, 1.0, 1.25),
    "grid-year-known": (1 / 1.1, 1.0, 1.1),
    "grid-hour-unknown": (1 / 1.3, 1.0, 1.3),
    "grid-country-only": (0.5, 1.0, 2.0),
    "grid-long-run-hours": (730, 730, 730),
    "large-training-device-hours": (10_000, 10_000, 10_000),
    "small-run-device-hours": (500, 500, 500),
    "embodied-slot-datacentre": (160, 500, 1000),
    "embodied-node-share": (125, 312.5, 712.5),
    "embodied-computer": (71, 165, 261),
    "embodied-cpu-node": (1000, 2500, 5700),
    "service-life-years": (3, 4, 6),
    "utilisation-over-life": (0.4, 0.7, 0.95),
    "hours-per-year": (8766, 8766, 8766),
    "stale-years": (2, 2, 2),
    "mfu-a100": (0.30, 0.40, 0.55),
    "mfu-h100": (0.12, 0.35, 0.45),  # the method has 0.15, which left out Llama 3.1 8B (0.139)
    "mfu-unoptimised": (0.05, 0.25, 0.40),
    "sensor-energy-counter": (0.95, 1, 1.05),
    "sensor-power-polling": (0.90, 1, 1.10),
    "sensor-tdp-model": (0.5, 1, 2),
    "power-grade-b": (1 / 1.05, 1, 1.05),
    "power-grade-c": (1 / 1.25, 1, 1.25),
    "memory-w-per-gb": (0.284, 0.3725, 0.392),
    "host-rest-factor": (1.05, 1.15, 1.3),
    "development-multiplier": (1.0, 1.5, 5.6),
    "inference-known-batch": (1 / 2.4, 1, 2.4),
    "inference-unknown-batch": (1 / 3, 1, 3),
    "inference-boundary": (1.5, 2.0, 2.5),
}


def triple(row: dict[str, str]) -> tuple[float, float, float]:
    """Low, central and high of a row."""
    return float(row["low"]), float(row["central"]), float(row["high"])


@pytest.mark.parametrize(("key", "expected"), RANGES.items(), ids=list(RANGES))
def test_each_default_range_is_the_one_the_method_states(
    key: str, expected: tuple[float, float, float]
) -> None:
    """Every default of the method's table is a row of the data, figure for figure."""
    assert triple(ROWS[key]) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_each_row_is_ordered_positive_and_explained(row: dict[str, str]) -> None:
    """low <= central <= high; positive unless it is an exponent; every word of the vocabulary is a
    known one.
    """
    low, central, high = triple(row)
    assert low <= central <= high
    assert row["unit"] in {"exponent", "ln(J)"} or low > 0
    assert row["shared_by"] in {"run", "hardware", "zone-year", "region", "all"}
    assert row["status"] in {"measured", "published", "ours"}
    assert row["unit"]
    assert row["factor"]
    assert row["reason"].endswith(".")
    assert row["reason"][0].isupper() or row["reason"][0].isdigit()


def test_a_pue_never_falls_below_one() -> None:
    """A bounded factor has its range within its bounds to begin with: PUE >= 1, shares <= 1."""
    for row in ROWS.values():
        if row["factor"] == "pue":
            assert float(row["low"]) >= 1
        if row["factor"] in {"load", "utilisation", "mfu"}:
            assert float(row["high"]) <= 1


def test_factors_of_ignorance_are_centred_on_one() -> None:
    """A range factor states how far off a figure may be, so its centre changes nothing."""
    for row in ROWS.values():
        if (
            row["unit"] == "factor"
            and row["id"] != "development-multiplier"
            and row["id"] != "inference-boundary"
        ):
            assert float(row["central"]) == 1, row["id"]


def test_the_inference_fit_gives_the_measured_anchors() -> None:
    """ln J = -1.805 + .196 ln P_act + .763 ln P_tot - .508 ln B + .661 ln(bits/16): Llama 3.1 on H100
    within the range.

    ML.ENERGY v3: 8B 0.45 J per token at batch 8 and 0.12 at 64; 70B 0.80 at 64; 405B in FP8 3.08 at 64.
    """
    names = ("intercept", "exponent-active", "exponent-total", "exponent-batch", "exponent-bits")
    intercept, active, total, batch, bits = (float(ROWS[f"inference-{name}"]["central"]) for name in names)
    spread = float(ROWS["inference-known-batch"]["high"])
    for billions, requests, width, joule in (
        (8, 8, 16, 0.45),
        (8, 64, 16, 0.12),
        (70, 64, 16, 0.80),
        (405, 64, 8, 3.08),
    ):
        logs = active * math.log(billions) + total * math.log(billions) + batch * math.log(requests)
        fitted = math.exp(intercept + logs + bits * math.log(width / 16))
        assert joule / spread <= fitted <= joule * spread, (billions, requests)


def test_load_times_overhead_gives_the_measured_node() -> None:
    """An 8 x H100 node sustained 7.75 kW (arXiv:2506.14551): 5.6 kW of rated power x load x overhead
    holds that.
    """
    load, overhead = triple(ROWS["load-large-training"]), triple(ROWS["overhead-datacentre"])
    rated_kw = 8 * 0.7
    assert rated_kw * load[0] * overhead[0] < 7.75 < rated_kw * load[2] * overhead[2]
    assert rated_kw * load[1] * overhead[1] == pytest.approx(7.75, rel=0.15)


def test_embodied_classes_keep_their_published_parts() -> None:
    """A slot's low is NVIDIA's PCF (1,312 kg / 8 = 164) rounded down; the node share is a server over
    8 slots.
    """
    assert triple(ROWS["embodied-slot-datacentre"])[0] <= 1312 / 8
    share, server = triple(ROWS["embodied-node-share"]), triple(ROWS["embodied-cpu-node"])
    assert share == tuple(kg / 8 for kg in server)
    edge, computer = triple(ROWS["embodied-edge"]), triple(ROWS["embodied-computer"])
    consumer, slot = triple(ROWS["embodied-consumer"]), triple(ROWS["embodied-slot-datacentre"])
    assert edge[1] < computer[1] < consumer[1] < slot[1]
    assert consumer[0] >= 109 + 154 / 2 - 1
    assert consumer[2] <= 200 + 464 + 1


def test_processor_curve_rises_with_load() -> None:
    """Teads' curve: 12, 32, 75 and 102 % of rated power at 0, 10, 50 and 100 % load."""
    names = ("processor-idle-share", "processor-curve-10", "processor-curve-50", "processor-curve-100")
    assert [float(ROWS[name]["central"]) for name in names] == [0.12, 0.32, 0.75, 1.02]


def test_constants_of_other_methods_are_theirs() -> None:
    """Green Algorithms: 0.3725 W/GB; CCF: half load, 0.000392 kWh/GBh, A100 46-407 W, 1,000 kg a
    server over 4 years.
    """
    central = {key: float(row["central"]) for key, row in ROWS.items()}
    assert central["method-green-algorithms-memory"] == 0.3725
    assert central["method-ccf-memory"] / 1000 == pytest.approx(0.000392)
    assert central["method-ccf-utilisation"] == 0.5
    assert (central["method-ccf-gpu-a100-idle"], central["method-ccf-gpu-a100-max"]) == (46, 407)
    assert central["method-ccf-embodied-server"] == 1000
    assert central["method-ccf-embodied-memory"] == pytest.approx(1.388, abs=0.001)
    assert central["method-ccf-life-hours"] == 4 * 8760
    assert central["method-lacoste2019-intensity"] == 432
    for name in ("load", "overhead", "pue"):
        assert central[f"method-lacoste2019-{name}"] == 1


def test_every_idle_draw_is_below_its_maximum() -> None:
    """Minimum and maximum watts of one device cannot be swapped."""
    for key, row in ROWS.items():
        if key.endswith("-idle"):
            assert float(row["central"]) < float(ROWS[key.removesuffix("-idle") + "-max"]["central"])


def test_gpt_3_takes_its_published_time_from_six_flop_a_parameter_and_token() -> None:
    """6 x 175e9 x 300e9 FLOP at 24.6 TFLOP/s on 10,000 V100 take 14.8 days (arXiv:2104.10350)."""
    flop = float(ROWS["flop-training"]["central"]) * 175e9 * 300e9
    assert flop == pytest.approx(3.15e23)
    assert flop / (24.6e12 * 10_000) / 86400 == pytest.approx(14.8, abs=0.05)


def test_what_is_measured_or_published_names_somebody_else() -> None:
    """A row marked measured or published cites a source that is not ours; a row marked ours says so."""
    known = {
        key: entry
        for path in SOURCES.glob("*.toml")
        for key, entry in tomllib.loads(path.read_text()).items()
    }
    for row in ROWS.values():
        cited = row["source_id"].split("|")
        assert all(source in known for source in cited), row["id"]
        status = {known[source]["status"] for source in cited}
        assert ("ours" in status) if row["status"] == "ours" else ("published" in status), row["id"]
