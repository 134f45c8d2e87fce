"""The catalog as a whole: check, look-up, overlay, version, and the laws that hold across tables."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from types import SimpleNamespace

import pytest

import wattgram
from wattgram.calculator import devices, regions
from wattgram.catalog import DATA, Catalog
from wattgram.catalog.check import check
from wattgram.catalog.tables import SPECS, build_index
from wattgram.errors import CatalogError

CATALOG = Catalog.load()
FRANCE_2025 = next(
    row for row in CATALOG.table("zones").rows("FR") if (row["year"], row["basis"]) == ("2025", "consumption")
)


def test_the_shipped_catalog_has_no_findings():
    """Schema, ranges, sources and references of every row hold."""
    findings, counts = check(CATALOG)
    assert findings == []
    for table in ("regions", "instances", "zones"):
        assert counts[table] == sum(1 for _ in CATALOG.table(table).all_rows()) > 200, table
    assert counts["accelerators"] >= 206


def test_check_finds_what_is_wrong(tmp_path):
    """A damaged copy is reported row by row: a figure out of range, an undescribed source, a wrong reference."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    table = folder / "instances.csv"
    table.write_text(table.read_text().replace("nvidia-a100-sxm4-40gb", "nvidia-a100-sxm9", 1))
    zones = folder / "zones.csv"
    lines = zones.read_text().splitlines(keepends=True)
    lines[1] = f"{lines[1].rpartition(',')[0]},nobody-2026\n"
    zones.write_text("".join(lines))
    findings, _ = check(Catalog(folder=folder))
    text = "\n".join(findings)
    assert "nvidia-a100-sxm9" in text
    assert "nobody-2026" in text
    assert "run tools/build_catalog.py" in text


@pytest.mark.parametrize("table", sorted(SPECS))
def test_the_index_of_a_table_is_that_of_its_files(table):
    """The committed index is what its files give: every byte span and word."""
    with open(f"{DATA}/index/{table}.json", encoding="utf-8") as handle:
        assert json.load(handle) == build_index(table, __import__("pathlib").Path(DATA))


@pytest.mark.parametrize("table", sorted(SPECS))
def test_a_row_read_by_its_span_is_the_row_of_the_file(table):
    """Reading one row through the index gives exactly the row of the table."""
    rows = CATALOG.table(table)
    by_key = {}
    for row in rows.all_rows():
        key = "|".join(
            row[c] for c in (rows.spec.key[: rows.spec.group] if rows.spec.group else rows.spec.key)
        )
        by_key.setdefault(key, []).append(row)
    keys = list(by_key)[:: max(1, len(by_key) // 200)]
    for key in keys:
        assert sorted(rows.rows(key), key=str) == sorted(by_key[key], key=str)


def test_every_device_and_region_of_the_paper_resolves_today():
    """All 48 devices and all 82 regions of the 2019 page are in the new catalog."""
    assert len(devices(CATALOG)) == 48
    assert len(regions(CATALOG)) == 82
    for device in devices(CATALOG):
        assert device.catalog_ids, device.name
        assert wattgram.estimate(device.name, 1, "FR").energy.central > 0
    for region in regions(CATALOG):
        answer = wattgram.estimate("T4", 1, f"{region.provider}:{region.region}")
        assert f"{answer.assembled.place.provider}:{answer.assembled.place.region}" == region.key


def test_sxm_draws_at_least_what_pcie_draws():
    """Of one model, the SXM part is rated at least as high as the PCIe card (the swap that others carry)."""
    rated = {}
    for row in CATALOG.table("accelerators").all_rows():
        if row["tdp_w"] and row["form"] in ("SXM", "PCIe"):
            rated.setdefault((row["model"], row["memory_gb"]), {}).setdefault(row["form"], []).append(
                float(row["tdp_w"])
            )
    both = {key: forms for key, forms in rated.items() if len(forms) == 2}
    assert len(both) >= 4
    assert all(min(forms["SXM"]) >= max(forms["PCIe"]) for forms in both.values())


def test_versions_are_a_date_and_a_hash():
    """The version says when and what; it is in every answer."""
    date, _, digest = CATALOG.version.partition("+")
    assert (
        date
        == max(source["accessed"] for source in CATALOG.sources().values())[:7].replace("-", ".")
        >= "2026.11"
    )
    assert len(digest) == 8
    assert wattgram.estimate("T4", 1, "FR").to_dict()["catalog"]["version"] == CATALOG.version


def test_an_overlay_corrects_a_row_and_shows_in_the_version(tmp_path):
    """A user's France of 10 g/kWh replaces the shipped 2025 row; the version carries the overlay's hash."""
    with open(f"{DATA}/zones.csv", encoding="utf-8", newline="") as handle:
        columns = next(csv.reader(handle))
    overlay = tmp_path / "zones.csv"
    row = dict.fromkeys(columns, "") | {
        "zone": "FR", "country": "FR", "year": "2025", "boundary": "lifecycle", "basis": "consumption",
        "intensity_g_per_kwh": "10", "low_g_per_kwh": "9", "high_g_per_kwh": "11", "source_id": "electricitymaps-2025",
    }  # fmt: skip
    with overlay.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        writer.writerow(row | {"source_id": FRANCE_2025["source_id"]})
        writer.writerow(row | {"zone": "XX-LAB", "intensity_g_per_kwh": "77", "low_g_per_kwh": "70",
                               "high_g_per_kwh": "85", "source_id": "my-meter"})  # fmt: skip
    mine = Catalog.load(overlay)
    answer = wattgram.estimate("T4", 1000, "FR", start="2025-06-01", catalog=mine)
    assert answer.assembled.factors.intensity_g_per_kwh.central == 10
    assert ".overlay-" in mine.version
    assert (
        wattgram.estimate("T4", 1, "XX-LAB", catalog=mine).assembled.factors.intensity_g_per_kwh.central == 77
    )
    shipped = wattgram.estimate("T4", 1, "FR", start="2025-06-01")
    assert shipped.assembled.factors.intensity_g_per_kwh.central == 31


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("planets.csv", "zone,year\nFR,2025\n"),
        ("zones.csv", "zone,year,colour\nFR,2025,red\n"),
        ("zones.csv", "zone,year\nFR,2025\n"),
        (
            "zones.csv",
            "zone,year,boundary,basis,source_id,intensity_g_per_kwh\nFR,2025,lifecycle,consumption,x,much\n",
        ),
    ],
)
def test_an_overlay_that_does_not_fit_is_one_sentence(tmp_path, name, text):
    """An unknown table or column, a missing key or a figure that is none names the file and what is allowed."""
    (tmp_path / name).write_text(text)
    with pytest.raises(CatalogError, match=name):
        Catalog.load(tmp_path / name)


def test_as_of_hides_what_was_not_yet_known():
    """As of 2024 France is the figure of 2023 (53 g), and the version says so."""
    then = Catalog.load(as_of="2024")
    answer = wattgram.estimate("T4", 1000, "FR", catalog=then)
    assert answer.assembled.year == 2023
    assert then.version.endswith(".as-of-2024")


def test_a_stale_figure_is_said():
    """Seen from long after the newest year, the figure of a zone is called stale."""
    from wattgram.resolve.intensity import _notices

    row = CATALOG.zone_years("US-VA", "direct")[-1]
    for age, stale in ((3, True), (2, False)):
        old = SimpleNamespace(zone=row.zone, flag="", year=dt.datetime.now(dt.UTC).year - age)
        assert ("stale-intensity" in [notice.code for notice in _notices(old, None, CATALOG)]) == stale


def test_a_record_is_frozen_and_compares_by_content():
    """A row of the catalog cannot be changed by who reads it."""
    one, other = (CATALOG.table("countries").record("FR") for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    with pytest.raises(AttributeError):
        one.zone = "DE"


def test_columns_csv_describes_every_column_of_every_table():
    """`columns.csv` names each column of each shipped table with type, unit, description and origin."""
    with open(f"{DATA}/columns.csv", encoding="utf-8", newline="") as handle:
        described = {(row["table"], row["column"]) for row in csv.DictReader(handle) if row["description"]}
    from pathlib import Path

    for path in Path(DATA).rglob("*.csv"):
        name = path.relative_to(DATA).as_posix()
        with path.open(encoding="utf-8", newline="") as handle:
            columns = next(csv.reader(handle))
        assert {(name, column) for column in columns} <= described | {("columns.csv", c) for c in columns}, (
            name
        )
