"""The raw tables: one declaration from which they are found, checked and listed; a wrong folder gives a sentence, not a traceback."""

from __future__ import annotations

import csv
import gzip
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import build_catalog  # noqa: E402 - the tools are scripts beside the package, found by path
from catalog import fetch, raw_check, raw_page, raw_tables  # noqa: E402 - the tools are scripts beside the package, found by path

TABLES = raw_tables.declared()
TOPICS = build_catalog.topics()


def made(raw: Path, table: raw_tables.RawTable, columns: list[str] | None = None, rows: int = 1) -> Path:
    """A raw table with the declared columns and one row of ones."""
    header = [name.replace("*", "2031") for name in (table.columns if columns is None else columns)]
    path = raw / table.path
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *([["1"] * len(header)] * rows)])
    return path


@pytest.fixture
def raw(tmp_path):
    """A folder with every raw table as it is declared."""
    for table in TABLES.values():
        made(tmp_path, table)
    return tmp_path


def test_a_folder_as_declared_passes_and_is_read(raw):
    """Every declared file, the packed one too, gives its row; nothing is left out."""
    assert raw_check.check(raw, TOPICS, named=False) == ({}, [])
    for table in TABLES.values():
        (row,) = raw_tables.read(raw, table.name)
        assert set(row.values()) == {"1"}, table.name
        assert len(row) == len(table.columns)


@pytest.mark.parametrize("name", sorted(name for name, table in TABLES.items() if table.kind != "check"))
def test_a_missing_column_is_one_sentence_with_file_column_and_producer(raw, name):
    """Whichever table lacks its first column, the sentence has the path, the column, what it holds, and who publishes it."""
    table = TABLES[name]
    first, *rest = table.columns
    made(raw, table, [f"{first}x", *rest])
    with pytest.raises(ValueError, match="lacks the column") as caught:
        raw_check.check(raw, TOPICS)
    said = str(caught.value)
    assert "\n" not in said
    for part in (table.path, f"'{first}'", table.columns[first], table.by()):
        assert part in said
    with pytest.raises(ValueError, match="lacks the column"):
        raw_tables.read(raw, name)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_bytes(b""), "lacks the column 'iso2'"),
        (lambda path: path.write_text("iso2,gco2e_kwh_generation,year\n"), "has no rows"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00ab"), "is no CSV in UTF-8"),
    ],
)
def test_a_spoilt_file_is_named(raw, spoil, reason):
    """An empty, headless or coded file is told with its producer before anything is built."""
    spoil(raw / TABLES["europe"].path)
    with pytest.raises(ValueError, match=reason):
        raw_check.check(raw, ["zones"])


def test_a_later_edition_says_what_to_write_where(raw):
    """Ember to 2099 in the place of today's stops the build with the line to change, since its rows would cite the old source."""
    new = raw / "grid" / "owid_ember_country_year_2000_2099.csv"
    (raw / TABLES["ember"].path).rename(new)
    with pytest.raises(ValueError, match=r"\[ember\]") as caught:
        raw_check.check(raw, ["zones"])
    assert 'edition = "2000_2099"' in str(caught.value)
    assert TABLES["ember"].source in str(caught.value)


def test_an_earlier_edition_beside_the_declared_one_is_no_matter(raw):
    """The edition of last year may stay in the folder; versions are compared by their numbers, 2.10 after 2.5."""
    old = raw / "grid" / "owid_ember_country_year_2000_2024.csv"
    old.write_text("another shape", encoding="utf-8")
    assert raw_check.check(raw, ["zones"]) == ({}, [])
    (raw / "embodied" / "boavizta_2.10.0_gpu_gwp.csv").write_text("gpu\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r'edition = "2\.10\.0"'):
        raw_check.check(raw, ["embodied"])


def test_a_topic_without_any_of_its_files_stands_unless_it_is_asked_for(raw):
    """Without the folder of processors the other topics are built and the two missing files are counted; by name it is an error."""
    for name in ("processors", "cloud_processors"):
        (raw / TABLES[name].path).unlink()
    assert raw_check.check(raw, TOPICS, named=False) == ({"processors": 2}, [])
    with pytest.raises(ValueError, match="holds none of the 2 raw tables"):
        raw_check.check(raw, ["processors"], named=True)
    with pytest.raises(ValueError, match=r"cpus_vendor\.csv is missing"):
        raw_check.check(raw, ["processors", "zones"], named=True)


def test_a_missing_file_is_named_with_its_producer_and_the_one_that_may_be_meant(raw):
    """Of two tables of a topic one is missing: the sentence says from whom it is, and that a file of nearly its name lies there."""
    path = raw / TABLES["cloud_processors"].path
    path.rename(path.with_name("cpus_extra_cloud_arm_aple.csv"))
    with pytest.raises(
        ValueError, match=r"is missing .is it cpus_extra_cloud_arm_aple\.csv.*; from CodeCarbon"
    ):
        raw_check.check(raw, TOPICS, named=False)


def test_a_grid_without_its_file_stands_and_that_is_said(raw):
    """The EEA's table is not there: no fault, one sentence that its rows stand; where none stands it is a fault."""
    path = raw / TABLES["europe"].path
    slip = path.name.replace("direct", "drect")
    path.rename(path.with_name(slip))
    left, kept = raw_check.check(raw, TOPICS)
    assert left == {}
    (line,) = kept
    assert line == (
        f"{TABLES['europe'].path} is missing (is it {slip}?): its rows stand as they are ({TABLES['europe'].source})"
    )
    with pytest.raises(
        ValueError, match=rf"from European Environment .* no built row of {TABLES['europe'].source} stands"
    ):
        raw_tables.kept_rows(raw, "europe", raw / "zones.csv")


def test_an_empty_folder_and_none_are_said(tmp_path):
    """Neither is a traceback; both name the page that lists what is needed."""
    with pytest.raises(ValueError, match=r"none of the .* docs/reference/raw-tables\.md"):
        raw_check.check(tmp_path, TOPICS, named=False)
    with pytest.raises(ValueError, match="there is no folder"):
        raw_check.check(tmp_path / "nowhere", TOPICS)


def test_every_source_of_the_declaration_is_described():
    """Each id that rows will cite has its entry in sources/, and a table without one says in words who publishes it."""
    for table in TABLES.values():
        assert {*table.sources, *table.cites.values()} <= set(raw_tables.described_sources()), table.name
        assert table.sources or table.producer, table.name
        assert set(table.cites.values()) <= set(table.sources), table.name


def test_every_declared_table_is_read_by_the_module_it_names():
    """The module that the list names has the name of the table in its code, and no module has the path of a raw file."""
    for table in TABLES.values():
        module = ROOT / (table.read_by if "/" in table.read_by else f"tools/catalog/{table.read_by}.py")
        text = module.read_text(encoding="utf-8")
        known = Path(table.path).name if table.kind == "check" else f'"{table.name}"'
        assert known in text, table.name
    for module in (ROOT / "tools" / "catalog").glob("*.py"):
        text = module.read_text(encoding="utf-8")
        found = [table.path for table in TABLES.values() if Path(table.path).name in text]
        assert not found, f"{module.name} names {found}: the declaration does"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "monthly"}, "is of kind 'monthly'; the kinds are yearly"),
        ({"colums": {}}, "has colums, which nothing reads"),
        ({"how": None}, "lacks how"),
    ],
)
def test_a_declaration_that_says_too_little_is_refused(change, reason):
    """A slip in raw_tables.toml is a sentence with the table's name."""
    whole = {"path": "x.csv", "kind": "yearly", "read_by": "zones", "sources": [], "how": "so", "columns": {}}
    cells = {name: cell for name, cell in (whole | change).items() if cell is not None}
    with pytest.raises(ValueError, match=rf"\[mine\] {reason}"):
        raw_tables.declarations({"mine": cells})


def test_the_newest_year_of_a_yearly_column_is_read():
    """Of em_cfe_pct_2025 and em_cfe_pct_2026 the second counts, with its year."""
    rows = [{"em_cfe_pct_2025": "1", "em_cfe_pct_2026": "2", "em_cfe_pct": "3"}]
    assert raw_tables.newest_column(rows, "em_cfe_pct_*") == ("em_cfe_pct_2026", "2026")


def test_the_list_has_all_that_somebody_needs_to_make_a_file_again():
    """Path, every column, how it is made, and citation, address and licence of every source stand on the page."""
    page = raw_page.page()
    for table in TABLES.values():
        section = re.split(r"\n### ", page.partition(f"\n### {table.name}\n")[2])[0]
        for part in (table.path, *table.columns, *table.columns.values(), table.how[1:]):
            assert part in section, (table.name, part)
        for source in table.sources:
            said = raw_tables.described_sources()[source]
            assert source in section
            assert said["url"] in section
            assert said["licence"].rstrip(".") in section


def test_what_comes_by_hand_is_named_with_its_source_and_address():
    """`--fetch` lists every yearly table that no registry has, with the id to renew and the page; the fetched one is not among them."""
    lines = fetch.by_hand()
    assert len(lines) == sum(table.kind == "yearly" for table in TABLES.values())
    ember = next(line for line in lines if "owid_ember" in line)
    assert TABLES["ember"].source in ember
    assert "https://ourworldindata.org/grapher/carbon-intensity-electricity" in ember
    assert not [line for line in lines if "electricitymaps_zone_year" in line]
