"""Files, folders, patterns and pipes become one table, the same on every engine, or one sentence that names the file."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import threading

import duckdb
import polars as pl
import pytest

from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.frames import source as module
from wattgram.frames.batch import WIDE, batch
from wattgram.frames.source import find_source

HEAD = "hardware,hours,where,note\n"
ROWS = "T4,1,FR,a\nV100-SXM2-16GB,2.5,DE,b\n"
ENGINES = ("duckdb", "polars", pytest.param("dask", marks=pytest.mark.slow))
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # dask's own way with pandas
ONE_RUN = {"hardware": "T4", "hours": 1, "where": "FR"}


def table(path):
    """The rows of an output, of Dask's folder of parts too."""
    parts = sorted(path.glob("part*")) if path.is_dir() else [path]
    return pl.concat([pl.read_parquet(part) for part in parts]).to_dicts()


@pytest.fixture
def both():
    """The energy of the two usual rows [kWh]."""
    return estimate("T4", 1, "FR").energy.central + estimate("V100-SXM2-16GB", 2.5, "DE").energy.central


ODD = {
    "latin-1": (HEAD + ROWS.replace("a\n", "é\n")).encode("latin-1"),
    "utf-16": (HEAD + ROWS.replace("a\n", "é\n")).encode("utf-16"),
    "byte order mark": (HEAD + ROWS.replace("a\n", "é\n")).encode("utf-8-sig"),
    "blank lines": (HEAD + "\n" + ROWS.replace("a\n", "é\n") + "\n\n").encode(),
    "two kinds of line end": (HEAD + ROWS.replace("a\n", "é\r\n")).encode(),
    "spreadsheet": ("sep=;\r\n" + (HEAD + ROWS.replace("a\n", "é\n")).replace(",", ";")).encode(),
    "trailing marks": (HEAD + ROWS.replace("a\n", "é,,\n")).encode(),
    "names in capitals": (
        HEAD.replace("hardware,hours", " Hardware ,HOURS") + ROWS.replace("a\n", "é\n")
    ).encode(),
    "packed": gzip.compress((HEAD + ROWS.replace("a\n", "é\n")).encode()),
}


DUCKDB_TOO = ("latin-1", "spreadsheet", "trailing marks", "names in capitals", "packed")


@pytest.mark.parametrize(
    ("kind", "engine"),
    [
        *((kind, "polars") for kind in ODD),
        *((kind, "duckdb") for kind in ODD if kind in DUCKDB_TOO),
        *(pytest.param(kind, "duckdb", marks=pytest.mark.slow) for kind in ODD if kind not in DUCKDB_TOO),
        *(pytest.param(kind, "dask", marks=pytest.mark.slow) for kind in ODD),
    ],
)
def test_odd_files_have_the_figures_of_plain_ones(tmp_path, both, engine, kind):
    """Whatever the encoding, line ends, marks and blanks: two rows, their cells, their energy, on each engine."""
    runs, out = tmp_path / ("runs.csv.gz" if kind == "packed" else "runs.csv"), tmp_path / "out.parquet"
    runs.write_bytes(ODD[kind])
    summary = batch(str(runs), str(out), engine=engine)
    assert summary.totals.figures["energy_kwh"].central == pytest.approx(both)
    assert [row["note"] for row in table(out)] == ["é", "b"]
    assert not summary.has_issues
    assert sorted(os.listdir(tmp_path)) == ["out.parquet", runs.name]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_cell_too_many_is_refused_on_every_engine(tmp_path, engine):
    """Not dropped by one, shifted by another: the line, the cell and what the header names."""
    runs, out = tmp_path / "runs.csv", tmp_path / "out.parquet"
    runs.write_text(HEAD + ROWS + "T4,1,FR,x,extra\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 4 has 5 cells where the header names 4, 'extra'"):
        batch(str(runs), str(out), engine=engine)
    assert os.listdir(tmp_path) == ["runs.csv"]


@pytest.mark.parametrize("engine", ENGINES)
def test_files_of_other_columns_are_one_table_by_name(tmp_path, both, engine):
    """A folder of CSVs whose columns stand in another order and mark, and one of Parquet files of other kinds."""
    for ending in ("csv", "parquet"):
        folder, out = tmp_path / ending, tmp_path / f"{ending}.out.parquet"
        folder.mkdir()
        if ending == "csv":
            (folder / "a.csv").write_text(HEAD + "T4,1,FR,a\n", encoding="utf-8")
            (folder / "b.csv").write_text(
                "where;project;hardware;hours\nDE;p;V100-SXM2-16GB;2.5\n", encoding="utf-8"
            )
        else:
            pl.DataFrame({**ONE_RUN, "note": "a"}).write_parquet(folder / "a.parquet")
            odd = {"where": "DE", "project": "p", "hours": 2.5, "hardware": "V100-SXM2-16GB"}
            pl.DataFrame(odd).write_parquet(folder / "b.parquet")
        summary = batch(str(folder), str(out), engine=engine)
        assert summary.totals.figures["energy_kwh"].central == pytest.approx(both)
        rows = table(out)
        assert [(row["note"] or None, row["project"] or None) for row in rows] == [("a", None), (None, "p")]


@pytest.mark.parametrize("engine", ENGINES)
def test_json_is_read_as_lines_as_a_list_and_in_print(tmp_path, engine):
    """Texts and numbers in one column, times that stay texts, nested cells, a list over several lines."""
    runs = [
        {**ONE_RUN, "id": "007", "day": "2024-01-01", "more": {"k": [1]}},
        {**ONE_RUN, "hours": "3d4h", "id": "x", "day": "2024-01-02", "more": None},
    ]
    expected = estimate("T4", 77, "FR").energy.central
    for name, text in {
        "lines.jsonl": "".join(json.dumps(run) + "\n" for run in runs),
        "list.json": json.dumps(runs),
        "print.json": json.dumps(runs, indent=2),
        "list.jsonl": json.dumps(runs),
        "marked.jsonl": "\ufeff" + "\n".join(map(json.dumps, runs)),
    }.items():
        path, out = tmp_path / name, tmp_path / f"{name}.out.csv"
        path.write_text(text, encoding="utf-8")
        summary = batch(str(path), str(out), engine=engine)
        assert summary.totals.figures["energy_kwh"].central == pytest.approx(expected), name
        rows = (
            "\n".join(part.read_text() for part in sorted(out.glob("*")) or [])
            if out.is_dir()
            else out.read_text()
        )
        assert "007" in rows
        assert "2024-01-01," in rows


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '{"hardware":"T4","hours":1}\n{"hardware":"T4","hours":\n{"hardware":"T4"}\n',
            "line 2 is no JSON from column",
        ),
        (
            '{"hardware":"T4","hours":1}\n{"hardware":"T4","hou',
            "line 2 is no JSON from column .*perhaps cut off",
        ),
        ('{"hardware":"T4","hours":1}\n[3]\n', "line 2 holds '\\[3\\]', which is no object"),
        ("nonsense\n", "line 1 is no JSON"),
    ],
)
def test_a_broken_line_of_json_is_named(tmp_path, engine, text, sentence):
    """The line, not the byte, on each engine."""
    runs = tmp_path / "runs.jsonl"
    runs.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=sentence) as caught:
        batch(str(runs), engine=engine)
    assert caught.value.given.endswith("/runs.jsonl")


def test_a_name_twice_in_an_object_is_named(tmp_path):
    """The embedded engine refuses it; the sentence is ours."""
    runs = tmp_path / "runs.jsonl"
    runs.write_text('{"hardware":"T4","hours":1}\n{"hardware":"T4","hours":1,"hours":2}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2 names 'hours' twice"):
        batch(str(runs))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"hardware":"T4","hours":1},', "its list is not closed by a ] in line 1"),
        ('[{"hardware":"T4"},\n 3]', "line 2 holds '3', which is no object"),
        ('[{"hardware":"T4"},\n {"hardware"', "line 2 is no JSON"),
        ("[]", "it holds no run"),
    ],
)
def test_a_broken_list_of_json_is_one_sentence(tmp_path, text, sentence):
    """A list that is cut off, empty, or holds something else."""
    runs = tmp_path / "runs.json"
    runs.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        batch(str(runs))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_parquet_file_that_is_cut_off_is_said(tmp_path, engine):
    """Among the parts of a folder the very file is named."""
    pl.DataFrame(ONE_RUN).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-7])
    with pytest.raises(InputError, match=r"b\.parquet' cannot be used: it is cut off"):
        batch(str(tmp_path), engine=engine)
    (tmp_path / "b.parquet").write_text("hardware,hours\n", encoding="utf-8")
    with pytest.raises(InputError, match="it is no Parquet file"):
        batch(str(tmp_path), engine=engine)


def test_a_pattern_and_several_files_are_one_table(tmp_path):
    """`runs/*.csv` in quotes, and what a shell makes of it; a file named twice counts once."""
    for at in range(3):
        (tmp_path / f"{at}.csv").write_text(HEAD + "T4,1,FR,a\n", encoding="utf-8")
    paths = [str(tmp_path / f"{at}.csv") for at in range(3)]
    assert batch(str(tmp_path / "*.csv")).totals.rows == 3
    assert batch([*paths, paths[0]]).totals.rows == 3
    with pytest.raises(InputError, match="no file matches"):
        batch(str(tmp_path / "*.tsv"))
    (tmp_path / "x.jsonl").write_text(json.dumps(ONE_RUN), encoding="utf-8")
    for mixed in (str(tmp_path), [paths[0], str(tmp_path / "x.jsonl")]):
        with pytest.raises(InputError, match="mixes csv, jsonl"):
            batch(mixed)


def test_what_a_folder_holds_beside_is_said(tmp_path):
    """Hidden folders are no runs; an empty part and a README are said to be left out."""
    (tmp_path / "a.csv").write_text(HEAD + ROWS, encoding="utf-8")
    (tmp_path / "b.csv").touch()
    (tmp_path / "README.md").write_text("read me", encoding="utf-8")
    (tmp_path / ".checkpoints").mkdir()
    (tmp_path / ".checkpoints" / "a.csv").write_text(HEAD + ROWS, encoding="utf-8")
    summary = batch(str(tmp_path))
    assert summary.totals.rows == 2
    assert [note.rpartition(os.sep)[2] for note in summary.notes] == [
        "b.csv: it is empty, and was left out",
        f"{tmp_path.name}: it holds files of no format that is read, which were left out: README.md",
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("runs.xlsx", "save the sheet as CSV"),
        ("runs.csv.zip", "unpack it first"),
        ("runs.feather", "write it as Parquet"),
        ("sacct.txt", "wattgram import"),
        ("runs.sqlite", "export the table"),
        ("runs", ".parquet, .csv, .tsv, .jsonl or .json file"),
    ],
)
def test_other_kinds_of_file_say_what_to_do(tmp_path, name, hint):
    """Each gets the way to a table that is read."""
    (tmp_path / name).write_bytes(b"something")
    with pytest.raises(InputError) as caught:
        find_source(str(tmp_path / name), print)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + ROWS).encode("latin-1"),
        gzip.compress((HEAD + ROWS).encode(), mtime=0),
        json.dumps([ONE_RUN, ONE_RUN]).encode(),
        "\n".join([json.dumps(ONE_RUN)] * 2).encode(),
    ],
)
def test_a_pipe_may_hold_any_of_them(monkeypatch, data):
    """Standard input has no name: what it is is seen by its first bytes."""

    class Pipe:
        buffer = io.BytesIO(data)

    monkeypatch.setattr(module.sys, "stdin", Pipe)
    assert batch("-").totals.rows == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_without_a_name_get_one_by_their_place(tmp_path, engine):
    """An index that pandas wrote, and the mark at the end of every line: `column0` and `column4` on each engine."""
    runs, out = tmp_path / "runs.csv", tmp_path / "out.parquet"
    runs.write_text(",hardware,hours,where,\n7,T4,1,FR,x\n", encoding="utf-8")
    batch(str(runs), str(out), engine=engine)
    (row,) = table(out)
    assert (row["column0"], row["column4"]) == ("7", "x")


def test_a_pipe_with_a_name_is_read_once(tmp_path):
    """What a shell puts in place of a command, `<(zcat runs.csv.gz)`, is a pipe: it is kept and then read."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=((HEAD + ROWS).encode(),))
    writer.start()
    assert batch(str(pipe)).totals.rows == 2
    writer.join()
    (tmp_path / "a.csv").write_text(HEAD + ROWS, encoding="utf-8")
    for mixed, said in (
        ([str(pipe), str(tmp_path / "a.csv")], "a pipe is"),
        (["-", str(tmp_path / "a.csv")], "by itself"),
    ):
        with pytest.raises(InputError, match=said):
            batch(mixed)


def test_a_disk_that_is_full_while_a_file_is_written_anew_is_one_sentence(tmp_path):
    """A file that cannot grow past 64 KB stands for the full disk; nothing is left of the scratch folder."""
    (tmp_path / "out").mkdir()
    (tmp_path / "a.csv").write_bytes((HEAD + "T4,1,FR,é\n" * 20_000).encode("latin-1"))
    (tmp_path / "b.json").write_text(json.dumps([ONE_RUN] * 5_000), encoding="utf-8")
    script = "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
    script += "from wattgram.cli import main\n"
    script += "print([main(['batch', one, '-o', sys.argv[1]]) for one in sys.argv[2:]])\n"
    words = [str(tmp_path / "out" / "out.csv"), str(tmp_path / "a.csv"), str(tmp_path / "b.json")]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert done.stdout == "[2, 2]\n", done.stderr
    assert [line[:27] for line in done.stderr.splitlines()] == ["wattgram: the disk is full,"] * 2
    assert os.listdir(tmp_path / "out") == []


def test_numbers_that_json_has_no_word_for_become_null(tmp_path):
    """NaN and infinity of a Parquet file would break every reader of the JSON Lines they are written to."""
    duckdb.sql(
        "select 'T4' as hardware, 1 as hours, 'FR' as \"where\", 'nan'::double as loss, 'inf'::float as rate"
    ).write_parquet(str(tmp_path / "runs.parquet"))
    for engine in ("duckdb", "polars"):
        batch(str(tmp_path / "runs.parquet"), str(tmp_path / "out.jsonl"), engine=engine)
        row = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert (row["loss"], row["rate"]) == (None, None)


def test_objects_without_names_are_no_table(tmp_path):
    """`{}` alone names no column."""
    (tmp_path / "runs.json").write_text("[{}, {}]", encoding="utf-8")
    with pytest.raises(InputError, match="its objects name no column"):
        batch(str(tmp_path / "runs.json"))


@pytest.mark.slow
def test_a_table_may_be_wide(tmp_path):
    """A thousand columns beside those of a run: what an export of settings and metrics has."""
    names = ["hardware", "hours", "where", *(f"setting {at}" for at in range(1000))]
    line = ",".join(["T4", "1", "FR", *(str(at) for at in range(1000))]) + "\n"
    (tmp_path / "runs.csv").write_text(",".join(names) + "\n" + line * 3, encoding="utf-8")
    batch(str(tmp_path / "runs.csv"), str(tmp_path / "out.parquet"))
    assert [row["setting 999"] for row in table(tmp_path / "out.parquet")] == ["999"] * 3


@pytest.mark.parametrize(
    ("ending", "any_order"),
    [
        ("parquet", False),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in (("csv", True), ("jsonl", False))),
    ],
)
def test_a_wide_table_has_the_answers_of_a_narrow_one_row_by_row(tmp_path, monkeypatch, ending, any_order):
    """The answers, made apart, stand beside the rows they are of, through many chunks and one issue in seven rows."""
    words = ["T4", "V100-SXM2-16GB", "A100-SXM4-80GB", "RTX 3090", "8xT4", "wonder chip", "L4"]
    rows = 5_000
    lines = [
        f"{at},{words[at % 7]},{1 + at % 13},{('FR', 'PL', 'FI')[at % 3]},{'x,' * WIDE}" for at in range(rows)
    ]
    head = "job,hardware,hours,where," + ",".join(f"setting {at}" for at in range(WIDE)) + ","
    (tmp_path / "runs.csv").write_text("\n".join([head, *lines]), encoding="utf-8")
    wide = batch(str(tmp_path / "runs.csv"), str(tmp_path / f"wide.{ending}"), any_order=any_order)
    monkeypatch.setattr("wattgram.frames.batch.WIDE", 1000)
    narrow = batch(str(tmp_path / "runs.csv"), str(tmp_path / "narrow.parquet"))
    assert wide.totals.figures["total_kg"].central == pytest.approx(narrow.totals.figures["total_kg"].central)
    read = {"parquet": duckdb.read_parquet, "csv": duckdb.read_csv, "jsonl": duckdb.read_json}[ending]
    one = read(str(tmp_path / f"wide.{ending}")).set_alias("one")
    other = duckdb.read_parquet(str(tmp_path / "narrow.parquet")).set_alias("other")
    both = one.join(other, "one.job::text = other.job and one.issue is not distinct from other.issue")
    sums = 'count(*), count(one.energy_kwh), sum(abs(one.total_kg - other.total_kg)), count(one."setting 59")'
    found = both.aggregate(sums).fetchall()[0]
    assert (found[:2], found[3]) == ((rows, rows - rows // 7), rows)
    assert found[2] == pytest.approx(0, abs=1e-9)


def test_nested_cells_of_parquet_go_into_a_csv(tmp_path):
    """A list in a cell is written as JSON."""
    duckdb.sql("select 'T4' as hardware, 1 as hours, 'FR' as \"where\", [1, 2] as gpus").write_parquet(
        str(tmp_path / "runs.parquet")
    )
    for engine in ("duckdb", "polars"):
        batch(str(tmp_path / "runs.parquet"), str(tmp_path / "out.csv"), engine=engine)
        assert '"[1,2]"' in (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1]
