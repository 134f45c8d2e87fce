"""A row of one's own corrects the cells it says and no others, is cited to who wrote it, and is refused where it cannot stand."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.catalog import Catalog
from wattgram.catalog.check import check
from wattgram.cli import main
from wattgram.errors import CatalogError

SHIPPED = Catalog.load()
H100 = "nvidia-h100-sxm5-80gb"


def overlay(folder, name, text):
    """The catalog with one file of own rows."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Catalog.load(path)


def test_a_correction_of_one_cell_keeps_the_rest_of_the_row(tmp_path):
    """650 W in place of 700 W: name, vendor and memory stand, the device is still found by its name, 8 of them draw 5,200 W."""
    mine = overlay(tmp_path, "accelerators.csv", f"id,tdp_w\n{H100},650\n")
    were, are = (c.table("accelerators").rows(H100)[0] for c in (SHIPPED, mine))
    assert (were["tdp_w"], are["tdp_w"]) == ("700", "650")
    assert {name for name in were if were[name] != are[name]} == {"tdp_w", "source_id"}
    answer = wattgram.estimate("8xH100-SXM", "10h", "20 g/kWh", load=1, overhead=1, pue=1, catalog=mine)
    assert answer.energy.central == pytest.approx(8 * 650 * 10 / 1000, rel=1e-12)
    assert "8xH100-SXM5-80GB" in answer.report()


def test_a_blank_cell_is_not_said(tmp_path):
    """A cell that is there but blank keeps the old figure; nothing of the row becomes unknown."""
    mine = overlay(tmp_path, "accelerators.csv", f"id,tdp_w,memory_gb,vendor\n{H100},650,,\n")
    row = mine.table("accelerators").record(H100)
    assert (row.memory_gb, row.vendor) == (80, SHIPPED.table("accelerators").record(H100).vendor)


@pytest.mark.parametrize(("said", "cited"), [("", "user-overlay"), ("my-meter", "my-meter")])
def test_a_corrected_cell_is_cited_to_the_correction(tmp_path, said, cited):
    """The datasheet is no source of 650 W: the row names the overlay, or the source that the correction gives."""
    mine = overlay(tmp_path, "accelerators.csv", f"id,tdp_w,source_id\n{H100},650,{said}\n")
    assert mine.table("accelerators").record(H100).source_id == cited
    assert mine.source(cited)["citation"] == "your overlay accelerators.csv"
    assert check(mine)[0] == []


def test_a_cell_with_a_source_of_its_own_takes_that_alone(tmp_path):
    """A corrected PUE of a region is cited to the overlay; what else the row says keeps its source."""
    mine = overlay(tmp_path, "regions.csv", "provider,region,pue\naws,eu-west-3,1.31\n")
    was, row = (c.table("regions").record("aws|eu-west-3") for c in (SHIPPED, mine))
    assert (row.pue, row.pue_source_id) == (1.31, "user-overlay")
    assert (row.source_id, row.wue_source_id, row.name) == (was.source_id, was.wue_source_id, was.name)


def test_a_cell_said_again_is_no_correction(tmp_path):
    """A row that repeats the shipped figure keeps the shipped source."""
    mine = overlay(tmp_path, "accelerators.csv", f"id,tdp_w\n{H100},700\n")
    assert mine.table("accelerators").record(H100) == SHIPPED.table("accelerators").record(H100)


def test_a_zone_year_is_corrected_by_its_key_and_figures(tmp_path):
    """Three figures under the key of France 2025 take the place of 31 g/kWh; name and country stand."""
    text = (
        "zone,year,boundary,basis,source_id,intensity_g_per_kwh,low_g_per_kwh,high_g_per_kwh\n"
        "FR,2025,lifecycle,consumption,my-paper,22,20,25\n"
    )
    rows = SHIPPED.table("zones").rows("FR")
    source = next(row for row in rows if (row["year"], row["basis"]) == ("2025", "consumption"))["source_id"]
    zone = f"FR,2025,lifecycle,consumption,{source},22"
    mine = overlay(tmp_path, "zones.csv", text)
    answer = wattgram.estimate("1000W", "1h", "FR", pue=1, start="2025-06-01", catalog=mine)
    assert answer.operational.central == pytest.approx(0.022, rel=1e-12)
    head = "zone,year,boundary,basis,source_id,intensity_g_per_kwh\n"
    with pytest.raises(CatalogError, match="low_g_per_kwh <= intensity_g_per_kwh <= high_g_per_kwh"):
        overlay(tmp_path / "other", "zones.csv", f"{head}{zone}\n")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "accelerators.csv",
            "id,tdp_w\nexample-e100,650\n",
            "example-e100.*new row.*needs name and source_id",
        ),
        ("accelerators.csv", f"id,tdp_w\n{H100},many\n", "line 2: tdp_w is 'many', which is no figure"),
        ("accelerators.csv", f"id,tdp_w\n{H100},1\n{H100},2\n", "stands twice"),
        (
            "zones.csv",
            "zone,year,boundary,basis,source_id\nXX,2025,lifecycle,consumption,mine\n",
            "intensity_g_per_kwh is empty and must be a figure",
        ),
    ],
)
def test_a_row_that_cannot_stand_is_one_sentence(tmp_path, capsys, name, text, said):
    """A new row without name or source, a word where a figure is due, a key twice: exit 2 and the line that is meant."""
    with pytest.raises(CatalogError, match=said):
        overlay(tmp_path, name, text)
    assert main(["estimate", "T4", "1h", "FR", "--overlay", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_may_have_the_shape_of_the_catalog(tmp_path):
    """`electricitymaps/zones.csv` in a folder is read, not passed over."""
    text = "zone,year,boundary,basis,source_id,intensity_g_per_kwh,low_g_per_kwh,high_g_per_kwh\n"
    overlay(tmp_path, "electricitymaps/zones.csv", f"{text}XX-LAB,2025,lifecycle,consumption,mine,50,45,55\n")
    answer = wattgram.estimate("1000W", "1h", "XX-LAB", pue=1, catalog=Catalog(tmp_path))
    assert answer.operational.central == pytest.approx(0.05, rel=1e-12)


def test_the_check_names_a_row_that_is_never_used(tmp_path):
    """A figure by generation beside one by consumption of the same year changes nothing, and the check says so."""
    text = "zone,year,boundary,basis,source_id,intensity_g_per_kwh,low_g_per_kwh,high_g_per_kwh\n"
    mine = overlay(tmp_path, "zones.csv", f"{text}FR,2025,lifecycle,generation,mine,22,20,25\n")
    assert [finding for finding in check(mine)[0] if "never used" in finding] == check(mine)[0] != []


def test_a_figure_is_taken_away_by_its_word(tmp_path):
    """`unknown` leaves a figure that nobody knows: the published system power of TPU v3 is gone, its rated power stands."""
    key = "google-tpu-v3-chip"
    was = SHIPPED.table("accelerators").record(key)
    mine = overlay(
        tmp_path,
        "accelerators.csv",
        f"id,system_power_w,system_power_low_w,system_power_high_w\n{key},unknown,unknown,unknown\n",
    )
    now = mine.table("accelerators").record(key)
    assert was.system_power_w is not None
    assert (now.system_power_w, now.tdp_w) == (None, was.tdp_w)
