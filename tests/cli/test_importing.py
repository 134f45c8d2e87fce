"""`wattgram import` as a user meets it: pipes, files, exit codes, and nothing half done."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from wattgram.cli import main

LOG = """JobID|JobName|User|State|Start|End|Elapsed|NCPUS|TotalCPU|AllocTRES
1|=cmd()|ada|COMPLETED|2024-03-01T10:00:00|2024-03-01T12:00:00|02:00:00|8|08:00:00|cpu=8,gres/gpu:a100=2,mem=64G
1.batch|batch||COMPLETED|2024-03-01T10:00:00|2024-03-01T12:00:00|02:00:00|8|08:00:00|cpu=8,mem=64G
2|-b|bob|FAILED|2024-03-01T10:00:00|2024-03-01T12:00:00|01:00:00|8|04:00:00|cpu=8,mem=64G
"""
TORN = LOG + "3|torn\n"
NOTHING = "JobID|State\n1|COMPLETED\n"


def call(capsys, *words):
    """The command in this process: exit code, standard output, standard error."""
    code = main(["import", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def log(tmp_path):
    """A log of two jobs."""
    path = tmp_path / "sacct.txt"
    path.write_text(LOG)
    return str(path)


def test_csv_on_standard_output_and_the_summary_beside_it(capsys, log):
    """Rows go to standard output, the account to standard error; text cells cannot run in a spreadsheet."""
    code, out, err = call(capsys, "slurm", log, "--where", "-23.5,-46.6")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [(row["hardware"], row["count"], row["hours"]) for row in rows] == [
        ("a100", "2", "2.0"),
        ("8 cores + 64GB", "1", "1.0"),
    ]
    assert [row["name"] for row in rows] == ["'=cmd()", "'-b"]
    assert rows[0]["where"] == "-23.5,-46.6"
    assert "2 finished" in err
    assert "failed: 1 job" in err


def test_json_lines_hold_the_same_rows(capsys, log):
    """--format jsonl: one object a line, null for what is not known, names as they are."""
    code, out, _ = call(capsys, "slurm", log, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert rows[0]["name"] == "=cmd()"
    assert rows[0]["measured_energy_kwh"] is None


def test_a_pipe_reads_and_writes(log):
    """`wattgram import slurm - < log | head` works in a shell."""
    with open(log) as handle:
        done = subprocess.run(
            [sys.executable, "-m", "wattgram", "import", "slurm", "-"],
            stdin=handle,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    assert "slurm: 2 rows, 0 unusable" in done.stderr


def test_exit_codes(capsys, tmp_path, log):
    """0 all usable, 1 some row unusable, 2 nothing usable or bad input."""
    torn, nothing, empty = (tmp_path / name for name in ("torn", "nothing", "empty"))
    torn.write_text(TORN)
    nothing.write_text(NOTHING)
    empty.write_text("")
    assert call(capsys, "slurm", log)[0] == 0
    code, out, err = call(capsys, "slurm", str(torn))
    assert (code, len(out.splitlines())) == (1, 3)
    assert f"! {torn}:5: the row cannot be read" in err
    code, out, err = call(capsys, "slurm", str(nothing))
    assert code == 2
    assert "nothing in the log can be used" in err
    for words in (
        ("slurm", str(empty)),
        ("slurm", str(tmp_path / "absent")),
        ("slurm", str(tmp_path)),
        ("slurm",),
        ("slrum", log),
        ("slurm", log, "--format", "xlsx"),
        ("slurm", log, "-o", str(tmp_path / "runs.xlsx")),
        ("slurm", log, "--where", ""),
        ("slurm", log, "--partitions", str(tmp_path / "absent.toml")),
        ("slurm", log, "--partitions", log),
        ("codecarbon", log),
        ("codecarbon", log, "--partitions", log),
    ):
        code, out, err = call(capsys, *words)
        assert (code, out) == (2, ""), words
        assert err.count("\n") == 1, words
        assert err.startswith("wattgram: ")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_appears_whole(capsys, log, tmp_path, ending):
    """-o writes one file and leaves nothing beside it."""
    path = tmp_path / "out" / f"runs.{ending}"
    path.parent.mkdir()
    code, out, err = call(capsys, "slurm", log, "-o", str(path))
    assert (code, out) == (0, "")
    assert os.listdir(path.parent) == [path.name]
    assert f"written to {path}" in err
    if ending == "parquet":
        import pyarrow.parquet

        rows = pyarrow.parquet.read_table(path).to_pylist()
        assert [(row["hardware"], row["count"], row["hours"], row["name"]) for row in rows] == [
            ("a100", 2.0, 2.0, "=cmd()"),
            ("8 cores + 64GB", 1.0, 1.0, "-b"),
        ]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_failed_import_leaves_the_old_file(capsys, log, tmp_path, ending):
    """A log that breaks half way changes nothing that was there."""
    path = tmp_path / f"runs.{ending}"
    path.write_text("old")
    bad = tmp_path / "bad"
    bad.write_text("no header\n")
    before = sorted(os.listdir(tmp_path))
    assert call(capsys, "slurm", log, str(bad), "-o", str(path))[0] == 2
    assert path.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == before


def test_parquet_without_the_extra_is_one_sentence(capsys, log, tmp_path, monkeypatch):
    """A missing extra says the pip line and exits 2."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    code, _, err = call(capsys, "slurm", log, "-o", str(tmp_path / "runs.parquet"))
    assert code == 2
    assert "pip install 'wattgram[frames]'" in err


def test_names_of_your_own(capsys, log, tmp_path):
    """--map: two columns, the word in the log and what it means."""
    names = tmp_path / "names.csv"
    names.write_text("word,means\nA100,A100-SXM4-80GB\n")
    out = call(capsys, "slurm", log, "--map", str(names))[1]
    assert next(csv.DictReader(io.StringIO(out)))["hardware"] == "A100-SXM4-80GB"
    names.write_text("a100\n")
    assert call(capsys, "slurm", log, "--map", str(names))[0] == 2


def test_a_closed_pipe_is_no_error(tmp_path):
    """`wattgram import slurm log | head -1` ends quietly."""
    path = tmp_path / "sacct.txt"
    path.write_text(
        LOG + "".join(LOG.splitlines(keepends=True)[3].replace("2|-b", f"{n}|b") for n in range(9, 4000))
    )
    done = subprocess.run(  # noqa: S602 - a pipe needs a shell
        f"{sys.executable} -m wattgram import slurm {path} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("hardware,count,hours")


def test_importing_loads_only_the_standard_library():
    """The command reads a log without any package but click."""
    code = (
        "import sys; before = set(sys.modules); from wattgram.importers import read_slurm; import io; "
        "list(read_slurm(io.StringIO('JobID|Elapsed|NCPUS\\n1|01:00:00|4\\n'))); "
        "print('\\n'.join({n.split('.')[0] for n in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["wattgram"]
