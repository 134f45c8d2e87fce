"""A batch reads what machines write, writes whole files or none, and says with its exit code what it found."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import resource
import signal
import subprocess
import sys

import duckdb
import polars as pl
import pytest

import wattgram
from wattgram.cli import main
from wattgram.errors import InputError, WattgramError
from wattgram.estimation import estimate
from wattgram.frames.batch import batch
from wattgram.series import Series

TEXT = """\
job,hardware,hours,where,user,start,count,note
001,8xA100-SXM4-80GB,100h,aws:us-east-1,ann,2023-05-01T00:00:00Z,1,"a, b"
002,8 x NVIDIA H100 80GB HBM3,3d4h,France,ann,2023-05-31,2,
003,V100-SXM2-16GB,12:30:00,Montreal,=bob,2023-06-01 10:00,,-5
004,V100-SXM2-16GB,12.5,,bob,2024-01-01 00:00:00.5,,@x
005,wonder chip,12.5,FR,bob,,,
"""
FINE = "hardware,hours,where\nV100-SXM2-16GB,10,FR\n"


@pytest.fixture
def runs(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_csv_keeps_its_cells_and_gets_the_figures_of_single_runs(runs, tmp_path):
    """`001` stays 001, `100h` and `3d4h` are read, and each row has the figure of `wattgram estimate`."""
    out = tmp_path / "answers.csv"
    assert main(["batch", str(runs), "-o", str(out)]) == 1
    rows = rows_of(out)
    assert [row["job"] for row in rows] == ["001", "002", "003", "004", "005"]
    assert rows[0]["note"] == "a, b"
    one = estimate("8 x NVIDIA H100 80GB HBM3", "3d4h", "France", count=2, start="2023-05-31")
    assert float(rows[1]["operational_kg"]) == pytest.approx(one.operational.central, rel=1e-12)
    assert float(rows[1]["total_kg_high"]) == pytest.approx(one.total.high, rel=1e-9)
    assert [row["issue"] for row in rows] == ["", "", "", "where-missing", "hardware-unknown"]
    assert rows[3]["energy_kwh"]
    assert not rows[3]["operational_kg"]
    assert not rows[4]["energy_kwh"]


def test_a_cell_that_a_spreadsheet_takes_for_a_formula_is_made_text(runs, tmp_path):
    """=bob and @x get an apostrophe; -5 is a number and stays."""
    out = tmp_path / "answers.csv"
    main(["batch", str(runs), "-o", str(out)])
    rows = rows_of(out)
    assert rows[2]["user"] == "'=bob"
    assert rows[3]["note"] == "'@x"
    assert rows[2]["note"] == "-5"


@pytest.mark.parametrize(
    "ending", ["parquet", "jsonl", *(pytest.param(one, marks=pytest.mark.slow) for one in ("csv", "tsv"))]
)
def test_every_format_goes_in_and_out(runs, tmp_path, ending):
    """CSV to each format, and each format back in, give the same figures."""
    out = tmp_path / f"answers.{ending}"
    summary = batch(str(runs), str(out))
    again = batch(str(out), suffix="_again")
    assert again.totals.figures["operational_kg"].central == pytest.approx(
        summary.totals.figures["operational_kg"].central
    )
    assert again.totals.rows == 5
    assert again.totals.issues == {"hardware-unknown": 1, "where-missing": 1}


@pytest.mark.parametrize("engine", ["duckdb", "polars", pytest.param("dask", marks=pytest.mark.slow)])
def test_the_engines_agree(runs, tmp_path, engine):
    """The summary of one file is the same on each engine."""
    summary = batch(str(runs), str(tmp_path / "out.parquet"), engine=engine, by=["user", "month"])
    assert list(summary.groups) == [("=bob", "2023-06"), ("ann", "2023-05"), ("bob", ""), ("bob", "2024-01")]
    whole = [estimate("8xA100-SXM4-80GB", 100, "aws:us-east-1", start="2023-05-01")]
    whole.append(estimate("16xH100-SXM5-80GB", 76, "FR", start="2023-05-31"))
    expected = sum(footprint.operational.central for footprint in whole)
    assert summary.groups["ann", "2023-05"].figures["operational_kg"].central == pytest.approx(expected)
    table = pl.read_parquet(
        tmp_path / "out.parquet" / "*.parquet" if engine == "dask" else tmp_path / "out.parquet"
    )
    assert table.height == 5


def test_a_folder_is_one_table(tmp_path):
    """Three files of a folder are read as one, a partial file of another process is not."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for at in range(3):
        duckdb.sql(
            f"select 'V100-SXM2-16GB' as hardware, {at + 1}.0 as hours, 'FR' as \"where\""
        ).write_parquet(str(folder / f"{at}.parquet"))
    (folder / ".3.parquet.99.partial").write_bytes(b"half")
    summary = batch(str(folder))
    assert summary.totals.rows == 3
    one = estimate("V100-SXM2-16GB", 1, "FR").energy.central
    assert summary.totals.figures["energy_kwh"].central == pytest.approx(6 * one)


def test_a_pipe_is_read(tmp_path):
    """CSV and JSONL on standard input give a summary; the columns of importers pass through."""
    for text in (TEXT, '{"hardware": "V100-SXM2-16GB", "hours": 10, "where": "FR", "user": "ann"}\n'):
        done = subprocess.run(
            [sys.executable, "-m", "wattgram", "batch", "-", "--by", "user", "--format", "json"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        summary = json.loads(done.stdout)
        assert done.returncode == (1 if summary["issues"] else 0)
        assert done.stderr == ""
        assert "ann" in [group["group"]["user"] for group in summary["groups"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FINE, 0),
        (FINE + "V100-SXM2-16GB,-3,FR\n", 1),
        ("hardware,hours,where\n", 0),
        ("hardware,hours,where\nwonder chip,3,FR\n", 2),
        ("", 2),
        ("gpu,hours\nV100,3\n", 2),
        ("hardware,where\nV100,FR\n", 2),
    ],
)
def test_exit_codes(tmp_path, capsys, text, code):
    """0 done; 1 when some rows carry an issue; 2 when nothing could be done."""
    path = tmp_path / "runs.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["batch", str(path)]) == code
    assert len(capsys.readouterr().err.splitlines()) <= 1


def test_a_mapping_mends_every_row_of_a_word(tmp_path):
    """`--map names.csv` gives a word its meaning, for hardware and for places."""
    path, names = tmp_path / "runs.csv", tmp_path / "names.csv"
    path.write_text("hardware,hours,where\nmy-node,3,cluster\n My-Node ,4,FR\n", encoding="utf-8")
    names.write_text("word,means\nmy-node,8xA100-SXM4-80GB\ncluster,FR\n", encoding="utf-8")
    before, after = batch(str(path)), batch(str(path), mapping=str(names))
    assert [(one.word.strip().lower(), one.rows) for one in before.failures if one.column == "hardware"] == [
        ("my-node", 1),
        ("my-node", 1),
    ]
    assert not after.totals.issues
    assert after.totals.figures["energy_kwh"].central == pytest.approx(
        estimate("8xA100-SXM4-80GB", 7, "FR").energy.central
    )


def test_a_summary_names_unknown_words_with_their_rows_and_nearest(tmp_path, capsys):
    """The word, how many rows have it, and what was probably meant."""
    path = tmp_path / "runs.csv"
    path.write_text(
        "hardware,hours,where\n" + "A1000-SXM4,3,FR\n" * 7 + "V100-SXM2-16GB,3,Frnace\n", encoding="utf-8"
    )
    main(["batch", str(path), "--format", "json"])
    unknown = json.loads(capsys.readouterr().out)["unknown"]
    assert [(one["column"], one["word"], one["rows"]) for one in unknown] == [
        ("hardware", "A1000-SXM4", 7),
        ("where", "Frnace", 1),
    ]
    assert "France" in unknown[1]["nearest"]


def test_an_answer_of_a_batch_is_not_batched_twice(runs, tmp_path):
    """Answer columns in the input are an error that names --suffix."""
    out = tmp_path / "answers.csv"
    batch(str(runs), str(out))
    with pytest.raises(InputError, match="--suffix"):
        batch(str(out))


def test_the_runs_are_never_written_over(runs, tmp_path):
    """An output that is the file of the runs, by another name too, or that lies in their folder is refused."""
    before, again = runs.read_bytes(), tmp_path / "again.csv"
    again.symlink_to(runs)
    for output in (runs, again):
        with pytest.raises(InputError, match="would be lost"):
            batch(str(runs), str(output))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_bytes(before)
    with pytest.raises(InputError, match="the next time"):
        batch(str(folder), str(folder / "answers.csv"))
    assert runs.read_bytes() == (folder / "a.csv").read_bytes() == before
    assert os.listdir(folder) == ["a.csv"]


def test_a_misspelt_column_to_sum_by_is_said_before_anything_is_written(runs, tmp_path):
    """--by usr names the nearest column, and no output stands there."""
    out = tmp_path / "out.csv"
    with pytest.raises(InputError, match="did you mean user") as caught:
        batch(str(runs), str(out), by=["usr"])
    assert caught.value.given == "usr"
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--engine", "duckbd"], "engine 'duckbd' cannot be used: it is one of duckdb, polars, spark, dask; did you mean duckdb?"),
        (["--boundary", "livecycle"], "boundary 'livecycle' cannot be used: it is one of lifecycle, direct; did you mean lifecycle?"),
        (["--format", "jsn"], "format 'jsn' cannot be used: the formats are text, json, csv, markdown; did you mean json?"),
        (["--engine", "spark", "--master", "here"], "master 'here' cannot be used: it is local[N], spark://HOST:PORT, sc://HOST, yarn or k8s://HOST:PORT"),
    ],
)  # fmt: skip
def test_a_misspelt_word_of_an_option_names_the_nearest(runs, capsys, words, said):
    """What was given, what there is, and what was probably meant; exit code 2."""
    assert main(["batch", str(runs), *words]) == 2
    assert capsys.readouterr().err == f"wattgram: {said}\n"


def test_a_link_stays_a_link_and_a_device_is_refused(runs, tmp_path, capsys):
    """What the link leads to holds the answers, there already or not; /dev/null by the name of a CSV is no file. So with import."""
    (tmp_path / "data").mkdir()
    link, device = tmp_path / "link.csv", tmp_path / "device.csv"
    link.symlink_to(tmp_path / "data" / "real.csv")
    device.symlink_to(os.devnull)
    for words in (["batch", str(runs)], ["import", "csv", str(runs)]):
        for _ in range(2):
            assert main([*words, "-o", str(link)]) in (0, 1)
            assert link.is_symlink()
            assert (tmp_path / "data" / "real.csv").read_text(encoding="utf-8").count("\n") > 1
        (tmp_path / "data" / "real.csv").unlink()
        capsys.readouterr()
        assert main([*words, "-o", str(device)]) == 2
        assert "it is a device or a pipe" in capsys.readouterr().err
        assert device.is_symlink()
    assert os.listdir(tmp_path / "data") == []


SLOW = "import sys, time\nfrom wattgram.frames import sink\nwrite = sink.write_duckdb\n"
SLOW += "def slow(relation, path, form):\n    write(relation, path, form)\n    print('written', flush=True)\n    time.sleep(600)\n"
SLOW += "sink.write_duckdb = slow\nfrom wattgram.cli import main\nsys.exit(main(sys.argv[1:]))\n"


@pytest.mark.parametrize(
    "with_signal",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_a_killed_batch_leaves_the_old_file(runs, tmp_path, with_signal):
    """Killed between the last byte and the rename, the output is the file that was there, whole."""
    out = tmp_path / "answers.csv"
    out.write_text("the old file", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "batch", str(runs), "-o", str(out)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "written\n"
    process.send_signal(with_signal)
    process.wait(timeout=120)
    process.stdout.close()
    assert process.returncode == (-with_signal if with_signal == signal.SIGKILL else 128 + with_signal)
    assert out.read_text(encoding="utf-8") == "the old file"
    if with_signal != signal.SIGKILL:
        assert sorted(os.listdir(tmp_path)) == ["answers.csv", "runs.csv"]


LONG = """
import os, signal, sys, threading
from wattgram.frames import sink
def long(relation, path, form):
    open(path, "w").close()
    threading.Timer(0.3, os.kill, (os.getpid(), getattr(signal, os.environ["WITH"]))).start()
    relation.query("answers", "select sum(hash(range)) from range(1000000000000)").fetchall()
sink.write_duckdb = long
from wattgram.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("with_signal", ["SIGTERM", pytest.param("SIGINT", marks=pytest.mark.slow)])
def test_a_batch_that_is_stopped_within_a_query_says_so(runs, tmp_path, with_signal):
    """While the engine computes it answers a signal in a way of its own: one word all the same, the code of the signal, nothing left."""
    done = subprocess.run(
        [sys.executable, "-c", LONG, "batch", str(runs), "-o", str(tmp_path / "out.parquet")],
        env=os.environ | {"WITH": with_signal},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    code = 128 + getattr(signal, with_signal)
    assert (done.returncode, done.stderr.strip()) == (code, "wattgram: stopped")
    assert sorted(os.listdir(tmp_path)) == ["runs.csv"]


@pytest.mark.parametrize(
    "ending",
    ["parquet", pytest.param("csv", marks=pytest.mark.slow), pytest.param("jsonl", marks=pytest.mark.slow)],
)
def test_a_full_disk_is_one_sentence_and_no_half_file(tmp_path, ending):
    """A file that cannot grow past 64 KB stands for the full disk."""
    runs = tmp_path / "runs.parquet"
    duckdb.sql(
        "select 'V100-SXM2-16GB' as hardware, random() + 0.1 as hours, 'FR' as \"where\" from range(9000)"
    ).write_parquet(str(runs))
    script = "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
    script += "from wattgram.cli import main\nsys.exit(main(sys.argv[1:]))\n"
    done = subprocess.run(
        [sys.executable, "-c", script, "batch", str(runs), "-o", str(tmp_path / f"out.{ending}")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] in (resource.RLIM_INFINITY, -1)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("wattgram: the disk is full")
    assert len(done.stderr.splitlines()) == 1
    assert os.listdir(tmp_path) == ["runs.parquet"]


def test_a_file_that_is_none_is_one_sentence(tmp_path, capsys):
    """A torn Parquet file is named; the engine's own lines are not printed."""
    path = tmp_path / "runs.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    assert main(["batch", str(path)]) == 2
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "runs.parquet" in text


def test_a_wrong_engine_or_folder_is_said(runs, tmp_path):
    """--engine and -o are checked before anything is read."""
    with pytest.raises(InputError, match="duckdb, polars, spark, dask"):
        batch(str(runs), engine="pandas")
    with pytest.raises(InputError, match="folder"):
        batch(str(runs), str(tmp_path / "no" / "out.csv"))
    with pytest.raises(InputError, match="spark"):
        batch(str(runs), master="local[2]")
    with pytest.raises(WattgramError):
        batch(str(runs), str(tmp_path / "out.xlsx"))


def test_zones_without_a_series_are_said(tmp_path):
    """The zones that take the year, and the series that no run is in."""
    runs = tmp_path / "runs.csv"
    runs.write_text("hardware,hours,where,start\nT4,2,FR,2024-03-01\nT4,2,DE,2024-03-01\n", encoding="utf-8")
    series = {zone: Series(zone, 1_709_251_200, 3600, [40.0] * 24) for zone in ("SE", "DE", "FR")}
    assert batch(str(runs), series=series["SE"]).notes == (
        "no series was given for DE, FR: these runs take the figure of the year",
        "no run is in the zone of the series of SE",
    )
    assert batch(str(runs), series=[series["DE"], series["FR"]]).notes == ()


def test_progress_is_told_from_words_to_totals(runs, tmp_path):
    """The bar goes through its stages in order and ends each at 1."""
    told = []
    batch(str(runs), str(tmp_path / "out.parquet"), progress=lambda stage, share: told.append((stage, share)))
    assert [stage for stage, share in told if share == 1.0] == ["words", "rows", "totals"]
    assert all(0 <= share <= 1 for _, share in told)


def test_the_month_is_that_of_utc(tmp_path):
    """A start with an offset falls into the month that UTC has."""
    path = tmp_path / "runs.csv"
    rows = "V100-SXM2-16GB,1,FR,2024-06-01T00:30:00+02:00\nV100-SXM2-16GB,1,FR,2024-05-31T20:00:00-05:00\n"
    path.write_text("hardware,hours,where,start\n" + rows, encoding="utf-8")
    assert list(batch(str(path), by=["month"]).groups) == [("2024-05",), ("2024-06",)]


def test_rows_keep_their_order_over_several_row_groups(tmp_path):
    """Row groups of a Parquet file are not handed on as they come: the jobs leave in the order in which they entered."""
    runs, out = tmp_path / "runs.parquet", tmp_path / "out.parquet"
    duckdb.sql(
        "select i as job, ['8xA100-SXM4-80GB', 'T4', 'V100-SXM2-16GB'][1 + i % 3] as hardware, 1.5 as hours,"
        " ['FR', 'DE'][1 + i % 2] as \"where\" from range(260000) t(i)"
    ).write_parquet(str(runs))
    batch(str(runs), str(out))
    assert pl.read_parquet(out, columns=["job"])["job"].equals(pl.Series("job", range(260000)))


def test_what_a_killed_batch_left_is_swept_by_the_next(runs, tmp_path):
    """Half files of processes that are gone are removed; those of running ones, of other machines and of other outputs stay."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    here, out = platform.node(), tmp_path / "out.csv"
    left = [f".out.csv.{here}.{gone.pid}.partial"]
    kept = [
        f".out.csv.{here}.{os.getppid()}.partial",
        f".out.csv.{here}x.{gone.pid}.partial",
        f".other.csv.{here}.{gone.pid}.partial",
    ]
    for name in (*left, *kept):
        (tmp_path / name).write_text("half", encoding="utf-8")
    (tmp_path / f".wattgram-{here}-{gone.pid}-abc").mkdir()
    batch(str(runs), str(out))
    assert sorted(os.listdir(tmp_path)) == sorted([*kept, "out.csv", "runs.csv"])


def test_a_folder_of_journals_is_a_table(tmp_path):
    """What the tracker wrote is batched as it lies: each run is a row, its energy that of the summary of the tracker."""
    folder, out = tmp_path / "journals", tmp_path / "out.csv"
    kept = []
    for name in ("one", "two"):
        with wattgram.track(runs=str(folder), where="FR", hardware="300W", name=name) as tracked:
            pass
        kept.append(tracked.footprint())
    summary = batch(str(folder), str(out))
    rows = {row["name"]: row for row in rows_of(out)}
    assert sorted(rows) == ["one", "two"]
    assert {row["zone"] for row in rows.values()} == {"FR"}
    assert [row["issue"] for row in rows.values()] == ["", ""]
    expected = sum(footprint.energy.central for footprint in kept)
    assert summary.totals.figures["energy_kwh"].central == pytest.approx(expected, rel=1e-6)


def test_rows_in_any_order_are_the_same_rows_and_sums(tmp_path):
    """`any_order` gives up the order of three row groups alone: the rows, sorted, and the totals are those of the default."""
    runs = tmp_path / "runs.parquet"
    duckdb.sql(
        f"""copy (select i as job, ['A100', 'V100', '8xH100'][1 + i % 3] as hardware, 1.0 + i % 50 as hours,
        ['FR', 'DE', 'aws:us-east-1'][1 + i % 3] as "where" from range(300000) t(i)) to '{runs}' (format parquet)"""  # noqa: S608 - our own path
    )
    found = {}
    for name, any_order in (("kept", False), ("any", True)):
        out = tmp_path / f"{name}.parquet"
        totals = batch(str(runs), str(out), any_order=any_order).totals
        answers = pl.read_parquet(out)
        found[name] = (answers["job"].to_list(), [answers["total_kg"].sum(), answers.height], totals)
    assert found["kept"][0] == list(range(300000))
    assert sorted(found["any"][0]) == list(range(300000))
    assert found["any"][1] == pytest.approx(found["kept"][1])
    total = found["kept"][2].figures["total_kg"]
    assert total.central == pytest.approx(found["any"][2].figures["total_kg"].central, rel=1e-12)
    assert total.central == pytest.approx(found["kept"][1][0], rel=1e-9)
