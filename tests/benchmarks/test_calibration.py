"""Calibration: the ranges hold about nine times in ten, miss what is ten times off, and the page shows today's figures."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

import wattgram
from wattgram.catalog import Catalog

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("calibration", ROOT / "benchmarks" / "calibration.py")
calibration = importlib.util.module_from_spec(_spec)
sys.modules["calibration"] = calibration
_spec.loader.exec_module(calibration)

FULL = [calibration.outcome(case, Catalog.load()) for case in calibration.cases()]


def test_the_page_shows_what_is_computed_today():
    """Every table of docs/accuracy.md is the one the benchmark makes; `--write` puts it there."""
    page = calibration.PAGE.read_text(encoding="utf-8")
    assert calibration.written(page, calibration.tables()) == page


def test_nine_in_ten_measured_runs_lie_within_the_range():
    """Coverage between 85 and 95 %, median |ln(central/printed)| at most 0.15, over at least 30 measured runs."""
    assert len(FULL) >= 30
    assert 0.85 <= sum(o.covered for o in FULL) / len(FULL) <= 0.95
    assert sorted(abs(o.error) for o in FULL)[len(FULL) // 2] <= 0.15


def test_ranges_are_narrower_where_the_system_power_was_measured():
    """A published system power narrows the range to less than half of that of a default load."""
    published = [o.width for o in FULL if o.load_id == "system-power"]
    assumed = [o.width for o in FULL if o.load_id != "system-power"]
    assert max(published) < min(assumed)
    assert max(published) < 1.5


@pytest.mark.parametrize("off", [10, 0.1], ids=["ten times too high", "ten times too low"])
def test_a_figure_ten_times_off_is_not_covered(off):
    """No range is so wide that it holds a printed figure that is ten times too high or too low."""
    wrong = [
        o._replace(case=o.case._replace(printed_kwh=o.case.printed_kwh * off, half_kwh=o.case.half_kwh * off))
        for o in FULL
    ]
    assert not [o.case.row["id"] for o in wrong if o.covered]


def test_the_architecture_search_that_was_put_88_times_too_high_is_not_covered():
    """656,347 kWh (Strubell 2019) against 7,500 kWh (Patterson 2021, Table 4) for 200 TPU v2 over 6.8 days."""
    energy = wattgram.estimate("TPU v2", 163.2, "US", count=200, pue=1.1).energy
    assert energy.low <= 7_500 <= energy.high
    assert energy.high < 656_347 / 50


def test_the_central_figures_by_hand():
    """GPT-3: 10,000 x 330 W x 355.2 h x 1.10 is 1,289 MWh (printed 1,287); BERT: 4 x 300 W x 0.45 x 6 h is 3.24 kWh."""
    by_id = {o.case.row["id"]: o for o in FULL}
    assert by_id["gpt-3"].energy.central == pytest.approx(10_000 * 0.33 * 355.2 * 1.1)
    assert by_id["gpt-3"].case.printed_kwh == 1_287_000
    assert by_id["bert-finetune"].energy.central == pytest.approx(4 * 0.3 * 0.45 * 6)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0, 0.3085), (9, 10, 0.5550, 0.9975), (5, 10, 0.1871, 0.8129)]
)
def test_the_binomial_range_is_that_of_the_tables(hits, of, low, high):
    """Clopper and Pearson's 95 % limits as printed in tables for 0, 5 and 9 of 10."""
    assert calibration.binomial_range(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_a_left_out_source_leaves_nothing_of_itself():
    """Without Patterson no system power of TPU v3 is known, and the estimate falls back on 450 W x load x overhead."""
    left = [at for at, o in enumerate(FULL) if o.case.source == "patterson-2021"]
    again = calibration.leave_out(FULL, [left, [at for at in range(len(FULL)) if at not in left]])
    t5 = next(o for o in again if o.case.row["id"] == "t5-11b")
    assert t5.load_id == "load-large-training"
    assert t5.rated_w == 512 * 450
    assert Catalog.load().assumption("load-large-training").central == 0.8


def test_a_run_left_out_is_estimated_from_the_others_of_its_chip():
    """T5 left out, TPU v3 is the mean of Meena, GShard, Switch and the COVID explorer, as their printed energies imply."""
    at = next(i for i, o in enumerate(FULL) if o.case.row["id"] == "t5-11b")
    again = calibration.leave_out(FULL[: at + 1], [[at], *[[i] for i in range(at)]])
    assert again[at].load_id == "load-large-training"  # none of the others stands before it in the table
    others = [232e6 / (1024 * 720 * 1.09), 24.1e6 / (1024 * 74.4 * 1.09), 179e6 / (1024 * 648 * 1.1)]
    others.append(2.8e6 / (64 * 144 * 1.1))
    alone = calibration.leave_out(FULL, [[i] for i in range(len(FULL))])[at]
    assert alone.energy.central == pytest.approx(sum(others) / 4 * 512 * 480 * 1.12 / 1000)


@pytest.mark.parametrize("case", calibration.cases(), ids=lambda case: case.row["id"])
def test_each_case_is_cited_and_scoped(case):
    """Citation with a table or place, a scope of three, how it was read; what the figure leaves out is 1."""
    row = case.row
    assert any(word in row["citation"] for word in ("arXiv:", "sacct"))
    assert row["scope"] in {"device", "node", "facility"}
    assert row["obtained"] in {"compiled table", "transcription"}
    assert row["family"] in calibration.FAMILIES
    assert (case.pue == 1) or row["scope"] == "facility" or "PUE" in row["note"]
    assert case.printed_kwh > case.half_kwh > 0
