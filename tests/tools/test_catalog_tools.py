"""The tools that renew the catalog: a fetched table has the known shape, and a review says what changed and by how much."""

from __future__ import annotations

import csv
import re
import shutil
import sys
from pathlib import Path

import pytest

import wattgram

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from catalog import additions, difference, fetch, index  # noqa: E402 - the tools are scripts beside the package, found by path

DATA = Path(wattgram.__file__).parent / "data"


def contents(folder):
    """Every file of a folder by name, byte for byte."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


YEARLY = """const data = { "FR": { "zone": { "zoneName": "Fran\\xE7e" }, "carbonIntensity": { "value": %s, "unit": "%s" },
"renewableEnergy": { "value": 27, "unit": "percent" }, "carbonFreeEnergy": { "value": 95, "unit": "percent" } } };
const methodology = "https://example.org";
export { data };
"""


@pytest.fixture
def package(tmp_path):
    """A folder as the registry's package has it, of two years in which France goes from 33 to 31 g/kWh."""
    for year, figure in ((2024, 33), (2025, 31)):
        (tmp_path / f"yearly_{year}.js").write_text(YEARLY % (figure, "gCO2eq/kWh"), encoding="utf-8")
    return tmp_path


def test_a_fetched_table_has_every_zone_and_year(package, tmp_path):
    """Two yearly files give two rows, names unescaped, the country from the zone, no flag where figures move."""
    path = fetch.write_years(fetch.read_years(package), tmp_path)
    assert path.name == "electricitymaps_zone_year_2024_2025.csv"
    rows = fetch.read_csv(path)
    figures = [(r["zone"], r["year"], r["gco2eq_kwh_lifecycle_consumption"], r["flag"]) for r in rows]
    assert figures == [("FR", "2024", "33", ""), ("FR", "2025", "31", "")]
    assert rows[0]["zone_name"] == "Françe"
    assert rows[0]["country_iso2"] == "FR"


def test_a_zone_that_never_changes_is_flagged(package, tmp_path):
    """A default mix repeated every year is no measurement, and the row says so."""
    (package / "yearly_2024.js").write_text(YEARLY % (31, "gCO2eq/kWh"), encoding="utf-8")
    path = fetch.write_years(fetch.read_years(package), tmp_path)
    assert {row["flag"] for row in fetch.read_csv(path)} == {"constant_all_years"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [(YEARLY % (31, "kgCO2eq/kWh"), "another unit"), ("const data = 3", "another shape")],
)
def test_a_package_of_another_unit_or_shape_is_refused(package, tmp_path, text, reason):
    """Kilograms where grams are known, or a file of another form, stop the build instead of entering it."""
    (package / "yearly_2025.js").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=reason):
        fetch.write_years(fetch.read_years(package), tmp_path)


def doubled(folder, zone):
    """Every figure of a zone twice as large."""
    for name in ("electricitymaps/zones.csv", "zones.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            if row["zone"] == zone:
                row |= {c: f"{float(row[c]) * 2:g}" for c in row if c.endswith("_g_per_kwh")}
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    index.build(folder)


def test_the_review_names_the_changed_figure_and_its_effect(tmp_path):
    """France twice as dirty is found as x2, and the reference run there doubles, and no other."""
    after = tmp_path / "data"
    shutil.copytree(DATA, after)
    doubled(after, "FR")
    _, cells = difference.changes(DATA, after)
    found = next(
        c for c in cells if (c.key, c.column) == ("FR|2025|lifecycle|consumption", "intensity_g_per_kwh")
    )
    assert (found.before, found.after, found.ratio) == ("31", "62", 2)
    assert {c.key.partition("|")[0] for c in cells} == {"FR"}
    report = difference.report(DATA, after)
    assert "x2" in report
    assert next(row for row in report.splitlines() if "384xA100-SXM4-80GB 118d FR" in row).endswith("x2.0000")
    assert next(row for row in report.splitlines() if "CA-QC" in row).endswith("x1.0000")


def test_a_default_that_goes_over_to_another_source_is_named(tmp_path):
    """Ember alone has 2099 for France and Poland: the review counts both, tells old and new figure with year, basis and source."""
    after = tmp_path / "data"
    shutil.copytree(DATA, after)
    with (after / "zones.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    ember = {row["zone"]: row for row in rows if row["source_id"].startswith("ember-owid-")}
    for zone, figure in (("FR", "62"), ("PL", "600")):
        new = {
            "year": "2099",
            "intensity_g_per_kwh": figure,
            "low_g_per_kwh": figure,
            "high_g_per_kwh": figure,
        }
        rows.append({**ember[zone], **new})
    with (after / "zones.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    index.build(after)
    catalog = wattgram.Catalog(folder=DATA)
    stood = {zone: difference.default_of(catalog, zone) for zone in ("FR", "PL")}
    lines = list(difference.moved_defaults(DATA, after))
    assert lines[0].startswith("2 zones have a default figure of another source or basis")
    told = [
        f"  {zone}: {row.intensity_g_per_kwh:g} ({row.year}, consumption, {row.source_id}) -> {figure} "
        f"(2099, generation, {ember[zone]['source_id']})  x{figure / row.intensity_g_per_kwh:.4g}"
        for (zone, row), figure in zip(stood.items(), (62, 600), strict=True)
    ]
    assert lines[1:] == told
    report = difference.report(DATA, after)
    assert "\n".join(lines) in report
    assert f"{ember['FR']['source_id']} has rows of 2099 for the first time" in report
    assert list(difference.moved_defaults(DATA, DATA)) == []


def test_a_new_edition_of_a_source_is_no_new_row(tmp_path):
    """The same figures by an id of the next year are changed sources, told once with their number, and a figure beside is found."""
    after = tmp_path / "data"
    shutil.copytree(DATA, after)
    for name in ("electricitymaps/zones.csv", "zones.csv"):
        text = (after / name).read_text(encoding="utf-8")
        (after / name).write_text(re.sub(r"ember-owid-\d+", "ember-owid-2099", text), encoding="utf-8")
    doubled(after, "GB")
    lines, cells = difference.changes(DATA, after)
    assert lines == []
    assert sum(c.column == "source_id" for c in cells) > 6000
    assert ("GB|2025|lifecycle|consumption", "176", "352") in {(c.key, c.before, c.after) for c in cells}
    report = difference.report(DATA, after)
    assert len([line for line in report.splitlines() if "ember-owid-2099" in line]) < 10
    assert re.search(r"ember-owid-2099 .*and \d{4} rows more", report)


def test_changed_sources_are_told_where_no_figure_changes(tmp_path):
    """A new, a gone and a reworded source are three lines; a notice that reads differently is one."""
    after = tmp_path / "data"
    shutil.copytree(DATA, after)
    path = after / "sources.toml"
    text = path.read_text(encoding="utf-8").replace("[bloom-2022]", "[bloom-2099]")
    path.write_text(
        text.replace('url = "https://arxiv.org/abs/1910.09700"', 'url = "https://example.org/paper"'),
        encoding="utf-8",
    )
    (after / "electricitymaps" / "NOTICE.md").write_text("other", encoding="utf-8")
    lines = difference.report(DATA, after).splitlines()
    assert lines[0] == "No row and no figure changed."
    assert sorted(line.partition(",")[0] for line in lines[1:]) == [
        "  electricitymaps/NOTICE.md: changed",
        "  source bloom-2022: gone",
        "  source bloom-2099: new",
        "  source lacoste-2019  url: https://arxiv.org/abs/1910.09700 -> https://example.org/paper",
    ]


def test_an_unchanged_catalog_has_nothing_to_review():
    """The same tables on both sides give one sentence."""
    assert difference.report(DATA, DATA) == "Nothing changed.\n"


ADDED = (
    "id,name,full_name,vendor,category,form,model,variants,tdp_w,power_basis,power_grade,source_id\n"
    "example-t900,T900,Example T900,Example,datacenter,SXM,t900,example,640,datasheet,A,nvidia-a100-datasheet\n"
)


def test_an_addition_becomes_a_row_of_the_catalog(tmp_path):
    """A device in the shape of an overlay is added without any raw table, found by its name, and draws what it says."""
    out, folder = tmp_path / "data", tmp_path / "additions"
    shutil.copytree(DATA, out)
    folder.mkdir()
    (folder / "accelerators.csv").write_text(ADDED, encoding="utf-8")
    assert additions.build(out, folder) == ["1 addition is in accelerators.csv"]
    index.build(out)
    catalog = wattgram.Catalog(folder=out)
    footprint = wattgram.estimate("4xT900", "10h", "20 g/kWh", load=1, overhead=1, pue=1, catalog=catalog)
    assert footprint.energy.central == pytest.approx(4 * 640 * 10 / 1000, rel=1e-12)


def test_an_addition_takes_the_place_of_the_row_with_its_key(tmp_path):
    """A corrected row stands once, with the new figure, and no other row is lost."""
    out, folder = tmp_path / "data", tmp_path / "additions"
    shutil.copytree(DATA, out)
    folder.mkdir()
    additions.undo(out)
    rows = fetch.read_csv(out / "accelerators.csv")
    (folder / "accelerators.csv").write_text(
        ADDED.replace("example-t900", "nvidia-a100-sxm4-80gb"), encoding="utf-8"
    )
    additions.build(out, folder)
    after = {row["id"]: row for row in fetch.read_csv(out / "accelerators.csv")}
    assert len(after) == len(rows)
    assert after["nvidia-a100-sxm4-80gb"]["tdp_w"] == "640"


def test_an_addition_of_one_cell_keeps_the_rest_of_the_row(tmp_path):
    """A new rated power with its source leaves name, vendor and peak rates as they are, in the catalog as in an overlay."""
    out, folder, key = tmp_path / "data", tmp_path / "additions", "nvidia-a100-sxm4-80gb"
    shutil.copytree(DATA, out)
    folder.mkdir()
    before = {row["id"]: row for row in fetch.read_csv(out / "accelerators.csv")}[key]
    (folder / "accelerators.csv").write_text(f"id,tdp_w,source_id\n{key},390,somebody\n", encoding="utf-8")
    additions.build(out, folder)
    after = {row["id"]: row for row in fetch.read_csv(out / "accelerators.csv")}[key]
    assert {name: after[name] for name in after if after[name] != before[name]} == {
        "tdp_w": "390",
        "source_id": "somebody",
    }


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("gpus.csv", "id,tdp_w\nx,1\n", "named after no table"),
        ("accelerators.csv", "id,watts\nx,1\n", "unknown columns: watts"),
        ("accelerators.csv", "id,tdp_w\n,1\n", "a key is empty"),
        ("accelerators.csv", "id,name,tdp_w\nx,X,1\ny,1\n", "line 3 has 2 fields, the header 3"),
        ("accelerators.csv", "id,tdp_w\nx,1,2\n", "line 2 has 3 fields, the header 2"),
        ("accelerators.csv", "id,tdp_w\nx,1\nx,2\n", "stands twice"),
        ("accelerators.csv", "id,tdp_w\nnew-one,1\n", "needs name and source_id"),
        ("accelerators.csv", "id,tdp_w\nnvidia-a100-sxm4-80gb,1\n", "no source_id says by whom"),
    ],
)
def test_an_addition_that_fits_no_table_is_refused(tmp_path, name, text, reason):
    """A wrong file name, column or key stops the build with a sentence."""
    out, folder = tmp_path / "data", tmp_path / "additions"
    shutil.copytree(DATA, out)
    before = contents(out)
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=reason):
        additions.build(out, folder)
    assert contents(out) == before


def test_an_added_region_and_zone_year_are_found(tmp_path):
    """A new region with its PUE, in a grid zone with a new year, is estimated by exactly those figures."""
    out, folder = tmp_path / "data", tmp_path / "additions"
    shutil.copytree(DATA, out)
    (folder / "electricitymaps").mkdir(parents=True)
    region = fetch.read_csv(out / "regions.csv")[0] | {
        "provider": "aws",
        "region": "xx-test-9",
        "aliases": "",
    }
    region |= {"pue": "1.25", "pue_year": "2026", "pue_source_id": region["source_id"]}
    zone = fetch.read_csv(out / "electricitymaps" / "region_zones.csv")[0]
    zone |= {"provider": "aws", "region": "xx-test-9", "zone": "FR"}
    year = next(r for r in fetch.read_csv(out / "electricitymaps" / "zones.csv") if r["zone"] == "FR")
    year |= {"year": "2026", "intensity_g_per_kwh": "30", "low_g_per_kwh": "28", "high_g_per_kwh": "33"}
    for name, row in (
        ("regions.csv", region),
        ("electricitymaps/region_zones.csv", zone),
        ("electricitymaps/zones.csv", year),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(row))
            writer.writeheader()
            writer.writerow(row)
    assert len(additions.build(out, folder)) == 3
    index.build(out)
    footprint = wattgram.estimate(
        "1000W", "1h", "aws:xx-test-9", catalog=wattgram.Catalog(folder=out), start="2026-03-01"
    )
    assert footprint.energy.central == pytest.approx(1.25, rel=1e-12)
    assert footprint.operational.central == pytest.approx(1.25 * 30 / 1000, rel=1e-12)
