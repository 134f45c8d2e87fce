"""The recipes of CONTRIBUTING work as they are written: each is followed in a copy of the tools, with the lines that the page shows."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import wattgram

sys.path.insert(0, str(Path(__file__).parent))
from clone import ROOT, Clone, contents

sys.path.insert(0, str(ROOT / "tools"))
from catalog import raw_tables

pytestmark = pytest.mark.slow
MAPS = raw_tables.source_of("electricitymaps")
"""The source that an edition of today has; the page shows that of the day it was written."""
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def recipe(title: str) -> list[str]:
    """The indented blocks of one recipe, in order."""
    text = re.split(r"\n##", PAGE.partition(f"### {title}\n")[2])[0]
    blocks = re.findall(r"(?:^ {4,}\S.*\n)+", text, re.MULTILINE)
    made = ["".join(line.strip() + "\n" for line in block.splitlines()) for block in blocks]
    return [block.replace(",electricitymaps-2025\n", f",{MAPS}\n") for block in made]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone to follow a recipe in."""
    return Clone(tmp_path)


SOURCE = recipe("Add a zone-year, or correct one")[1]


def test_add_an_accelerator(clone: Clone) -> None:
    """The Q77 of the page draws its 640 W, as an overlay and then as an addition; taken back, every byte is as before."""
    clone.without("accelerators.csv")
    before = contents(clone.data)
    # Whoever types the recipe as it stands has a Q77 in the catalog: the one of this test is another.
    table = recipe("Add an accelerator, or correct one")[0].replace("q77", "q78").replace("Q77", "Q78")
    overlay = clone.data.parent / "accelerators.csv"
    overlay.write_text(table, encoding="utf-8")
    words = {"load": 1, "overhead": 1, "pue": 1}
    mine = wattgram.estimate("4xQ78", "10h", "20 g/kWh", catalog=wattgram.Catalog(overlay=overlay), **words)
    assert mine.energy.central == pytest.approx(25.6, rel=1e-12)

    clone.write("additions/accelerators.csv", table)
    source = SOURCE.replace("example-grid-2026", "example-q78-datasheet")
    clone.write("sources/additions.toml", source)
    done = clone.build()
    assert done.returncode == 0, done.stderr
    assert "1 rows added, 0 removed (+example-q78" in done.stdout
    assert "source example-q78-datasheet: new" in done.stdout
    built = clone.estimate("4xQ78", "10h", "20 g/kWh", **words)
    assert built.energy.central == pytest.approx(25.6, rel=1e-12)

    (clone.tools / "catalog" / "additions" / "accelerators.csv").unlink()
    sources = clone.tools / "catalog" / "sources" / "additions.toml"
    sources.write_text(sources.read_text(encoding="utf-8").replace("\n" + source, ""), encoding="utf-8")
    done = clone.build()
    assert "0 rows added, 1 removed (-example-q78" in done.stdout
    assert contents(clone.data) == before


def test_add_a_cloud_region(clone: Clone) -> None:
    """The two shortened lines of `us-central2` are enough: the region is found by its city and has the grid of its line."""
    region, zone = recipe("Add a cloud region")
    clone.write("additions/regions.csv", region.replace("us-central2", "us-example9"))
    clone.write("additions/electricitymaps/region_zones.csv", zone.replace("us-central2", "us-example9"))
    done = clone.build()
    assert done.returncode == 0, done.stderr
    answer = clone.estimate("1000W", "1h", "gcp:us-example9")
    assert "US-CENT-SWPP" in answer.assembled.factors.intensity_g_per_kwh.reason
    with pytest.raises(wattgram.errors.InputError):
        clone.estimate("1000W", "1h", "gcp:us-central2")  # its lines were replaced, so its rows are gone


def test_add_a_zone_year_and_correct_one(clone: Clone) -> None:
    """France has 60 g in 2020 and 29 g instead of 31 in 2025; taken back, 31 g is there again, byte for byte."""
    clone.without("zones.csv")
    before = contents(clone.data)
    table, source = recipe("Add a zone-year, or correct one")
    original = (clone.tools / "catalog" / "sources" / "additions.toml").read_text(encoding="utf-8")
    clone.write("additions/zones.csv", table)
    clone.write("sources/additions.toml", source)
    done = clone.build()
    assert done.returncode == 0, done.stderr
    assert "NOT USED" not in done.stdout
    for year, figure in (("2020", 60), ("2025", 29), ("2024", 33)):
        answer = clone.estimate("1000W", "1h", "FR", pue=1, start=f"{year}-03-01")
        assert answer.operational.central == pytest.approx(figure / 1000, rel=1e-12), year

    (clone.tools / "catalog" / "additions" / "zones.csv").unlink()
    (clone.tools / "catalog" / "sources" / "additions.toml").write_text(original, encoding="utf-8")
    assert clone.build().returncode == 0
    assert contents(clone.data) == before


def test_a_zone_year_that_comes_second_is_said_to_be_unused(clone: Clone) -> None:
    """Without `corrects` France keeps its 31 g, and the build says which row comes first and what to write."""
    clone.without("zones.csv")
    table, source = recipe("Add a zone-year, or correct one")
    clone.write("additions/zones.csv", table.replace(f"-2026,{MAPS}", "-2026,"))
    clone.write("sources/additions.toml", source)
    done = clone.build()
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "NOT USED" in line]
    assert "FR/2025/lifecycle/consumption/example-grid-2026" in line
    assert f"write {MAPS} into its column corrects" in line
    answer = clone.estimate("1000W", "1h", "FR", pue=1, start="2025-03-01")
    assert answer.operational.central == pytest.approx(0.031, rel=1e-12)


def test_a_correction_of_a_row_that_is_not_there_is_refused(clone: Clone) -> None:
    """`corrects` with the name of no source there is one sentence that lists those that are, and nothing changes."""
    clone.without("zones.csv")
    before = contents(clone.data)
    table, source = recipe("Add a zone-year, or correct one")
    clone.write("additions/zones.csv", table.replace(f"-2026,{MAPS}", "-2026,electricitymaps-1999"))
    clone.write("sources/additions.toml", source)
    done = clone.build()
    assert done.returncode == 2
    assert (
        f"FR/2025/lifecycle: corrects names 'electricitymaps-1999', and the rows there are of {MAPS}"
        in done.stderr
    )
    assert contents(clone.data) == before
