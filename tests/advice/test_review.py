"""A table of runs: its total with shared deviations, where the savings lie, a budget, a policy with exit code 1."""

from __future__ import annotations

import json

import pytest

import wattgram
from wattgram import InputError
from wattgram.advice.policy import read_policy
from wattgram.advice.review import parse_mass_kg, review
from wattgram.advice.runs import Row, read_table
from wattgram.cli import main

TABLE = """hardware,count,hours,where,project,state,start
A100-SXM4-80GB,8,100,aws:us-east-1,vision,COMPLETED,2026-01-05
A100-SXM4-80GB,8,100,aws:us-east-1,vision,FAILED,2026-02-05
H100-SXM5-80GB,4,10,FR,speech,COMPLETED,2025-12-05
A10O0,1,5,FR,speech,COMPLETED,2026-02-01
A100,1,5,Atlantis,speech,COMPLETED,
"""
CATALOG = wattgram.Catalog.load()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(TABLE)
    return path


def test_the_total_and_the_groups(file):
    """Two equal runs and one in France; a fifth is a half of nothing: unknown words are counted, not dropped."""
    found = review(read_table(file), CATALOG)
    one = wattgram.estimate("8xA100-SXM4-80GB", 100, "aws:us-east-1", start="2026-01-05")
    two = wattgram.estimate("4xH100-SXM5-80GB", 10, "FR", start="2025-12-05")
    assert (found.rows, found.estimated, sum(found.issues.values())) == (5, 3, 2)
    assert found.total.central == pytest.approx(2 * one.total.central + two.total.central)
    assert found.failed_kg == pytest.approx(one.total.central)
    assert [group.name for group in found.groups["project"]] == ["vision", "speech"]
    assert found.groups["project"][0].runs == 2
    assert found.groups["region"][0].name == "aws:us-east-1"
    best = wattgram.estimate("8xA100-SXM4-80GB", 100, "aws:eu-north-1", start="2026-01-05")
    saved = 2 * (one.operational.central - best.operational.central)
    assert found.groups["project"][0].saved_kg == pytest.approx(saved)


def test_shared_deviations_add_linearly():
    """A hundred equal runs have a hundred times the range of one, not ten times: the default load is one row."""
    row = {"hardware": "A100-SXM4-80GB", "hours": "100", "where": "FR"}
    one, many = review([row], CATALOG).total, review([row] * 100, CATALOG).total
    assert many.high - many.central == pytest.approx(100 * (one.high - one.central))


def test_a_budget_and_where_it_stands(file, capsys):
    """Two runs of 2026 count, the one of 2025 and undated ones do not; over the budget is exit code 1."""
    found = review(read_table(file), CATALOG, budget_kg=1000, year=2026)
    one = wattgram.estimate("8xA100-SXM4-80GB", 100, "aws:us-east-1", start="2026-01-05")
    assert found.budget.used_kg == pytest.approx(2 * one.total.central)
    assert (found.budget.runs, found.budget.undated, found.budget.over) == (2, 0, False)
    assert main(["advise", str(file), "--budget", "0.1 t", "--year", "2026", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["budget"]["over"] is True


@pytest.mark.parametrize(
    ("text", "kg"), [("10 t", 1e4), ("500kg", 500), ("2 kt CO2e", 2e6), ("7", 7), ("1,000 kg", 1000)]
)
def test_masses(text, kg):
    """A budget is read in its unit."""
    assert parse_mass_kg(text) == kg
    with pytest.raises(InputError, match="10 t"):
        parse_mass_kg("10 stone")


POLICY = """
allowed_regions = ["aws", "FR"]
forbidden_regions = ["aws:us-east-1"]
max_kg_per_run = 100
max_intensity_g_per_kwh = 300
required = ["project", "start"]
"""


def test_a_policy_is_checked_row_by_row(file, tmp_path, capsys):
    """Virginia breaks three rules twice, the last row has no start, two rows have no figure; exit code 1, lines named."""
    (tmp_path / "policy.toml").write_text(POLICY)
    assert main(["advise", str(file), "--policy", str(tmp_path / "policy.toml"), "--format", "json"]) == 1
    broken = [(one["line"], one["rule"]) for one in json.loads(capsys.readouterr().out)["violations"]]
    assert broken == [
        (2, "forbidden_regions"),
        (2, "max_kg_per_run"),
        (2, "max_intensity_g_per_kwh"),
        (3, "forbidden_regions"),
        (3, "max_kg_per_run"),
        (3, "max_intensity_g_per_kwh"),
        (5, "no-figure"),
        (6, "required"),
        (6, "no-figure"),
    ]


def test_a_clean_table_keeps_to_its_policy(tmp_path, capsys):
    """A run in France under every limit is exit code 0; one run by words is checked the same way."""
    (tmp_path / "policy.toml").write_text('allowed_regions = ["FR"]\nmax_kg_per_run = 10\n')
    (tmp_path / "runs.csv").write_text("hardware,hours,where\nA100,5,FR\n")
    policy = str(tmp_path / "policy.toml")
    assert main(["advise", str(tmp_path / "runs.csv"), "--policy", policy]) == 0
    assert main(["advise", "A100", "5h", "FR", "--policy", policy]) == 0
    capsys.readouterr()
    assert main(["advise", "A100", "5h", "DE", "--policy", policy]) == 1
    assert "not among the allowed places" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("allowed_region = []", "did you mean allowed_regions"),
        ('allowed_regions = ["Atlantis"]', "Atlantis"),
        ("allowed_regions = 3", "a list of words"),
        ("max_kg_per_run = -1", "max_kg_per_run"),
        ("= =", "no TOML"),
    ],
)
def test_a_wrong_policy_is_a_sentence(text, says, tmp_path):
    """An unknown key, place or limit is an error, not a rule that never fires."""
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(InputError, match=says):
        read_policy(tmp_path / "policy.toml", CATALOG)


def test_tables_that_are_none(tmp_path, capsys):
    """No file, no rows and no column of hardware are sentences with exit code 2."""
    (tmp_path / "empty.csv").write_text("hardware,hours\n")
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    for name in ("missing.csv", "empty.csv", "odd.csv"):
        assert main(["advise", str(tmp_path / name)]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_parquet_reads_as_csv_does(file, tmp_path):
    """The same table in Parquet has the same total."""
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "runs.parquet"
    duckdb.sql(f"copy (select * from read_csv('{file}')) to '{path}' (format parquet)")  # noqa: S608 - paths of the test's own
    assert review(read_table(path), CATALOG).total == review(read_table(file), CATALOG).total


@pytest.mark.parametrize("form", ["text", "markdown", "csv"])
def test_the_other_forms(file, form, capsys):
    """Every form names the project that holds the most; a table with issues is exit code 1."""
    assert main(["advise", str(file), "--format", form]) == 1
    assert "vision" in capsys.readouterr().out


def test_a_budget_held_against_no_run_is_not_kept(tmp_path, capsys):
    """All runs of 2024 and a budget of 2026: it says so, names the year that would do, and exits 1."""
    (tmp_path / "runs.csv").write_text(
        "hardware,hours,where,start\nA100,5,FR,2024-03-01\nA100,9,FR,2024-05-01\n"
    )
    words = ["advise", str(tmp_path / "runs.csv"), "--budget", "1 kg", "--year"]
    assert main([*words, "2026"]) == 1
    out = capsys.readouterr().out
    assert "none of 2 runs lies in 2026; they are of 2024: --year 2024" in out
    assert "within" not in out
    assert main([*words, "2024"]) == 0


def test_the_headline_says_what_it_is(file, capsys):
    """Operational emissions stand first, the making second, and both are the whole."""
    found = review(read_table(file), CATALOG)
    assert found.operational.central + found.embodied.central == pytest.approx(found.total.central)
    main(["advise", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 of 5 runs have a figure."
    assert lines[1].endswith("operational, location-based")
    assert lines[2].endswith("making of the hardware")


def test_what_failed_is_what_an_import_calls_wasted():
    """Every state that `import slurm` counts as waste failed, none that it does not; a column `wasted` is believed."""
    from wattgram.importers.sacct_fields import NAMES, WASTED

    failed = {state for state in NAMES if Row(2, {"state": state}, {}, None, "").failed}
    assert failed == WASTED
    assert Row(2, {"state": "COMPLETED", "wasted": "yes"}, {}, None, "").failed
    assert not Row(2, {"state": "FAILED", "wasted": "no"}, {}, None, "").failed


def test_a_policy_broken_often_is_counted_by_rule(tmp_path, capsys):
    """Thirteen runs over one limit: the count first, ten of them in text, all in JSON."""
    (tmp_path / "policy.toml").write_text('forbidden_regions = ["FR"]\n')
    (tmp_path / "runs.csv").write_text("hardware,hours,where\n" + "A100,5,FR\n" * 13)
    words = ["advise", str(tmp_path / "runs.csv"), "--policy", str(tmp_path / "policy.toml")]
    assert main(words) == 1
    out = capsys.readouterr().out
    assert "forbidden_regions: 13\n" in out
    assert out.count("! line ") == 10
    assert "… 3 more: --format json" in out
    main([*words, "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)["violations"]) == 13


def test_the_totals_are_those_of_a_batch(tmp_path, capsys):
    """Four of a device and eight of it are of one row, so the ranges are those of `batch`, too."""
    pytest.importorskip("duckdb")
    path = tmp_path / "runs.csv"
    path.write_text(
        "hardware,count,hours,where\nA100-SXM4-80GB,8,1,aws:us-east-1\n"
        "A100-SXM4-80GB,4,1,aws:us-east-1\nH100-SXM5-80GB,4,1,FR\n"
    )
    found = review(read_table(path), CATALOG)
    main(["batch", str(path), "--format", "json"])
    summed = json.loads(capsys.readouterr().out)
    for name, value in (("total_kg", found.total), ("embodied_kg", found.embodied)):
        assert value.to_dict() == pytest.approx(summed[name], rel=1e-9)
