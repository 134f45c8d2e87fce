"""`wattgram import` as a user meets it: pipes, files, exit codes, and nothing half done."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

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
        ("slurm", log, "-o", str(tmp_path / "nowhere" / "runs.csv")),
        ("slurm", log, "--where", "Atlantis"),
        ("slurm", log, "--hardware", "Contraption 9"),
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


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("text", ["no header\n", NOTHING, NOTHING.splitlines(keepends=True)[0]])
def test_an_import_without_a_usable_row_leaves_the_old_file(capsys, tmp_path, ending, text):
    """With exit code 2 nothing is written, and what was there stays as it was."""
    path, bad = tmp_path / f"runs.{ending}", tmp_path / "bad"
    bad.write_text(text)
    assert call(capsys, "slurm", str(bad), "-o", str(path))[0] == 2
    assert os.listdir(tmp_path) == ["bad"]
    path.write_text("old")
    assert call(capsys, "slurm", str(bad), str(bad), "-o", str(path))[0] == 2
    assert path.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["bad", path.name]


CARBON = "timestamp,run_id,duration,emissions,energy_consumed,country_name,country_iso_code,gpu_model\n"
POWER = "timestamp, index, name, power.draw [W]\n"
KINDS = {
    "slurm": (
        "JobID|Elapsed|NCPUS|State|AllocTRES\n",
        "1|01:00:00|4|COMPLETED|cpu=4,mem=8G\n",
        "2|torn\n",
        "2||4|COMPLETED|cpu=4,gres/gpu=1\n",
    ),
    "codecarbon": (
        CARBON,
        "2024-05-01T10:00:00,r1,100,0.01,0.05,France,FRA,Tesla T4\n",
        "2024-05-01T10:00:00,r2,100\n",
        "2024-05-01T10:00:00,r2,,0.01,-5,France,FRA,Contraption 9\n",
    ),
    "nvidia-smi": (
        POWER,
        "2024/01/01 12:00:00, 0, Tesla T4, 70 W\n2024/01/01 12:00:10, 0, Tesla T4, 70 W\n",
        "2024/01/01 12:00:10\n",
        "2024/01/01 12:00:00, 1, Tesla T4, 70 W\n",
    ),
    "csv": ("hardware,hours\n", "A100,1\n", "A100\n", ",soon\n"),
    "wandb": (
        "",
        '{"metadata": {"gpu": "Tesla T4"}, "summary": {"_runtime": 60}}\n',
        "",
        '{"_runtime": 0}\n',
    ),
    "trainer": ("", '{"train_runtime": 60}\n', "", '{"total_flos": 0}\n'),
}
"""A header, a row that can be used, a torn line (no JSON has them), and a row with faults, of every kind; of some such a row
has nothing to print."""


@pytest.mark.parametrize("kind", KINDS)
def test_exit_codes_are_those_of_every_kind(capsys, tmp_path, kind):
    """0 every row is usable, 1 some are, 2 none is (a header alone included); rows with two faults count once."""
    header, good, torn, bad = KINDS[kind]
    path, out = tmp_path / "log", tmp_path / "runs.csv"
    extra = ("--hardware", "A100") if kind == "trainer" else ()
    cases = [(header + good, 0, 1), (header + good + bad, 1, 2), (header + bad, 2, 1)]
    if torn:
        cases += [(header + good + torn, 1, 1), (header + torn, 2, 0), (header, 2, 0)]
    for text, expected, rows in cases:
        path.write_text(text)
        code, stdout, err = call(capsys, kind, str(path), *extra)
        nothing_out = kind in ("nvidia-smi", "codecarbon") and bad in text
        assert code == expected, text
        if not nothing_out:
            assert len(stdout.splitlines()) == (rows + 1 if rows else 0), text
        assert ("nothing in the log can be used" in err) is (code == 2)
        assert f"{kind}: " in err
        assert "Traceback" not in err
        out.unlink(missing_ok=True)
        assert call(capsys, kind, str(path), *extra, "-o", str(out))[0] == expected
        assert out.exists() is (expected != 2)


@pytest.mark.parametrize("kind", KINDS)
def test_one_foreign_file_ends_nothing(capsys, tmp_path, kind):
    """A binary file, a folder and a file that is not there are findings with their names; the others are read."""
    header, good, _, _ = KINDS[kind]
    names = ("a-log", "b-binary", "c-log", "d-absent")
    first, binary, second, absent = (str(tmp_path / name) for name in names)
    for path in (first, second):
        with open(path, "w") as handle:
            handle.write(header + good)
    with open(binary, "wb") as handle:
        handle.write(b"\x7fELF\x02\x01\0\0secret\x1b[31m\0\x01" * 100)
    extra = ("--hardware", "A100") if kind == "trainer" else ()
    code, out, err = call(capsys, kind, first, binary, second, absent, str(tmp_path / "none"), *extra)
    assert code == 1
    assert len(out.splitlines()) >= 2
    assert f"{binary}: the file cannot be read: it is binary, no text [file-unusable]" in err
    assert f"{absent}: the file cannot be read: No such file or directory" in err
    assert "3 files that cannot be read" in err
    assert "secret" not in err
    assert all(letter.isprintable() for letter in err.replace("\n", ""))
    code, out, err = call(capsys, kind, binary, absent, *extra)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"wattgram: nothing in the log can be used: {binary}")
    code, out, err = call(capsys, kind, binary, *extra)
    assert (code, out) == (2, "")
    assert err.startswith("wattgram: file ")
    assert err.endswith("b-binary' cannot be used: it is binary, no text\n")


def test_steps_do_not_run_on_into_the_next_file(capsys, tmp_path):
    """A file that ends in a job and a file that starts with its steps are two files: the second says its job is missing."""
    head = "JobID|Elapsed|NCPUS|MaxRSS\n"
    (tmp_path / "a").write_text(head + "1|01:00:00|4|\n")
    (tmp_path / "b").write_bytes(b"\0\1\2" * 50)
    (tmp_path / "c").write_text(head + "1.batch|01:00:00|4|8G\n")
    code, out, err = call(capsys, "slurm", *(str(tmp_path / name) for name in "abc"))
    assert code == 1
    assert len(out.splitlines()) == 2
    assert "stands apart from its job and is left out" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("codecarbon", "x", "--partitions", "y"), "it goes with slurm; a log of codecarbon takes --where"),
        (("wandb", "x", "--columns", "a=b"), "it goes with slurm, nvidia-smi, csv; a log of wandb takes"),
        (("trainer", "x", "--finished"), "it goes with slurm"),
        (("trainer", "x", "--delimiter", ";"), "it goes with slurm, codecarbon, nvidia-smi, csv"),
        (("wandb", "x", "--columns", "a=b"), "--where, --hardware and --map, --overlay, --format, -o"),
        (("csv", "x", "--delimiter", ""), "delimiter '' cannot be used"),
    ],
)
def test_an_option_of_another_kind_names_the_kinds_it_goes_with(capsys, words, said):
    """No option is left unheeded."""
    code, out, err = call(capsys, *words)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_help_of_its_own(capsys, kind):
    """What it reads, how to get one, the columns that come out, and those options alone that go with it."""
    from wattgram.cli.import_kinds import KINDS as SAID

    code, out, _ = call(capsys, kind, "--help")
    assert code == 0
    assert out.startswith(f"Usage: wattgram import {kind} [OPTIONS] FILE...")
    for title in ("How to get one:", "Examples:", "Columns that come out:", "Options:"):
        assert title in out
    for option in ("partitions", "finished", "columns", "delimiter", "where", "hardware"):
        assert (f"--{option}" in out.partition("Options:")[2]) is (option in SAID[kind].options)
    assert f"wattgram import {kind} " in out
    assert call(capsys, "--help", kind)[1] == out


def test_the_help_asks_sacct_for_what_is_read(capsys):
    """The command in the help names the fields that a missing-columns finding asks for."""
    from wattgram.importers.sacct_jobs import ASKED_FOR

    assert ASKED_FOR.partition("--format=")[2] in call(capsys, "slurm", "--help")[1]


def test_an_overlay_knows_a_place_of_the_house(capsys, log, tmp_path):
    """A zone of your own is a place that --where may name; without it the word is not known."""
    zones = files("wattgram").joinpath("data", "zones.csv").read_text(encoding="utf-8")
    columns = zones.partition("\n")[0].split(",")
    cells = {
        "zone": "XX-LAB",
        "country": "FR",
        "year": "2025",
        "boundary": "lifecycle",
        "basis": "consumption",
    }
    cells |= {
        "intensity_g_per_kwh": "77",
        "low_g_per_kwh": "70",
        "high_g_per_kwh": "85",
        "source_id": "my-meter",
    }
    overlay = tmp_path / "zones.csv"
    overlay.write_text(",".join(columns) + "\n" + ",".join(cells.get(name, "") for name in columns) + "\n")
    words = ("slurm", log, "--where", "XX-LAB")
    assert call(capsys, *words)[0] == 2
    code, out, _ = call(capsys, *words, "--overlay", str(overlay))
    assert code == 0
    assert {row["where"] for row in csv.DictReader(io.StringIO(out))} == {"XX-LAB"}


def test_a_delimiter_may_be_typed_as_a_tab(capsys, tmp_path):
    """--delimiter '\\t' is a tab."""
    path = tmp_path / "runs.tsv"
    path.write_text("hardware\thours\nA100\t2\n")
    code, out, _ = call(capsys, "csv", str(path), "--delimiter", "\\t")
    assert code == 0
    assert out.splitlines()[1].startswith("A100,1,2.0")


def test_a_stopped_import_leaves_nothing(tmp_path):
    """A log that is still coming when the process is told to end: the old file stays, and nothing lies beside it."""
    path, pipe = tmp_path / "runs.csv", tmp_path / "pipe"
    path.write_text("old")
    os.mkfifo(pipe)
    words = [sys.executable, "-m", "wattgram", "import", "slurm", str(pipe), "-o", str(path)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process, open(pipe, "w") as handle:
        handle.write(LOG * 4000)
        handle.flush()
        for _ in range(2400):
            if any(name.endswith(".part") for name in os.listdir(tmp_path)):
                break
            time.sleep(0.05)
        # A signal between two reads of one block is heard with the next one; so it is sent until it is heard.
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
        said = process.stderr.read()
    assert process.returncode == 143
    assert "Traceback" not in said
    assert sorted(os.listdir(tmp_path)) == ["pipe", "runs.csv"]
    assert path.read_text() == "old"


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


@pytest.mark.parametrize("kind", KINDS)
def test_an_output_that_is_the_log_is_refused(capsys, tmp_path, kind):
    """By its own path, another path, a symbolic link or a hard link: exit 2, and the log is as it was."""
    text = "".join(KINDS[kind][:2])
    log = tmp_path / "log.csv"
    log.write_text(text)
    (tmp_path / "soft.csv").symlink_to(log)
    (tmp_path / "hard.csv").hardlink_to(log)
    (tmp_path / "in").mkdir()
    for name in ("log.csv", "in/../log.csv", "soft.csv", "hard.csv"):
        code, out, err = call(capsys, kind, str(log), "-o", f"{tmp_path}/{name}")
        assert (code, out) == (2, "")
        assert "it is the file of the log, which would be lost" in err
    assert log.read_text() == text


def test_an_output_that_is_read_besides_is_refused(capsys, log, tmp_path):
    """The file of --map is no output."""
    names = tmp_path / "names.csv"
    names.write_text("a100,A100\n")
    code, _, err = call(capsys, "slurm", log, "--map", str(names), "-o", str(names))
    assert code == 2
    assert "which would be lost" in err
    assert names.read_text() == "a100,A100\n"


def test_an_output_that_is_standard_input_is_refused(tmp_path):
    """`import slurm - -o log.csv < log.csv` leaves the log."""
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    with open(path) as handle:
        words = [sys.executable, "-m", "wattgram", "import", "slurm", "-", "-o", str(path)]
        done = subprocess.run(words, stdin=handle, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "which would be lost" in done.stderr
    assert path.read_text() == LOG


def test_a_log_without_a_place_says_so_once(capsys, log):
    """What says a place is named: --where, and for Slurm the TOML; with a place nothing is said."""
    said = "! no row has a place; --where PLACE, or where = in the TOML of --partitions, says it"
    assert call(capsys, "slurm", log)[2].splitlines().count(said) == 1
    assert "--where" not in call(capsys, "slurm", log, "--where", "FI")[2]


def test_the_summary_tells_unusable_rows_from_lines_left_out(capsys, tmp_path):
    """One torn line gives no row; a row of unknown hours is among the rows."""
    path = tmp_path / "log"
    unknown = LOG + "4|x|bob|FAILED|Unknown|Unknown|INVALID|8|04:00:00|cpu=8,mem=64G\n"
    for text, said in (
        (TORN, "slurm: 2 rows, 1 unusable (1 line left out)"),
        (unknown, "slurm: 3 rows, 1 unusable (of these rows)"),
        (unknown + "3|torn\n", "slurm: 3 rows, 2 unusable (1 of these rows, 1 more left out)"),
    ):
        path.write_text(text)
        assert said in call(capsys, "slurm", str(path), "--where", "FI")[2].splitlines()


def test_the_help_of_a_kind_says_how_to_ask_for_it(capsys):
    """-h stands among its options, and a form is spelled as it is typed."""
    out = call(capsys, "csv", "--help")[1]
    assert "-h, --help" in out
    assert "csv or jsonl, on standard output" in out


def test_closed_standard_input_is_one_sentence():
    """`import slurm - <&-` says it is closed."""
    done = subprocess.run(  # noqa: S602 - closing standard input needs a shell
        f"{sys.executable} -m wattgram import slurm - <&-",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "standard input' cannot be used: it is closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_and_the_library_know_the_same_kinds():
    """Each kind of the library has its help, in the same order, and names the module that its reader is in."""
    from wattgram import importers
    from wattgram.cli.import_kinds import KINDS as SAID

    assert list(SAID) == list(importers.KINDS)
    assert {kind: said.module for kind, said in SAID.items()} == {
        kind: importers._HOMES[reader] for kind, reader in importers.KINDS.items()
    }
    assert set(importers.KINDS.values()) <= set(importers.__all__)


def test_every_kind_is_named_where_a_kind_is_chosen():
    """The help of the command lists all kinds, and the page of imports shows a command for each."""
    from wattgram import importers
    from wattgram.cli.importing import command

    assert f"KIND      {' · '.join(importers.KINDS)}\n" in command.help
    page = (Path(__file__).parents[2] / "docs" / "importers.md").read_text(encoding="utf-8")
    assert [kind for kind in importers.KINDS if f"wattgram import {kind} " not in page] == []


def test_the_reason_is_what_cannot_be_said_afterwards(capsys, tmp_path):
    """A runtime that is none is why nothing can be used, not the hardware, which an option could say."""
    path = tmp_path / "log"
    path.write_text('{"_runtime": -5}')
    code, _, err = call(capsys, "wandb", str(path))
    assert code == 2
    assert "nothing in the log can be used" in err.splitlines()[-1]
    assert "its _runtime is '-5'" in err.splitlines()[-1]


def test_a_pattern_in_quotes_is_the_files_that_fit_it(capsys, tmp_path):
    """As with a batch: in their order, folders within too; a name with such letters that is a file is that file."""
    for name in ("b", "a", "in/c"):
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / f"{name}.csv").write_text(f"hardware,hours,job\nT4,1,{name}\n", encoding="utf-8")
    (tmp_path / "[odd].csv").write_text("hardware,hours,job\nT4,1,odd\n", encoding="utf-8")

    def jobs(pattern):
        assert main(["import", "csv", str(tmp_path / pattern), "--where", "FR"]) == 0
        return [line.rsplit(",", 1)[1] for line in capsys.readouterr().out.splitlines()[1:]]

    assert jobs("logs/*.csv") == ["a", "b"]
    assert jobs("logs/**/*.csv") == ["a", "b", "in/c"]
    assert jobs("[odd].csv") == ["odd"]
    assert main(["import", "csv", str(tmp_path / "none-*.csv")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_a_training_of_unknown_hours_is_no_row_to_count_on(capsys, tmp_path):
    """A state with its FLOPs and no runtime: 2 alone, 1 beside one that can be used, 0 where --hardware gives its hours."""
    state, other = tmp_path / "one.json", tmp_path / "two.json"
    state.write_text('{"global_step": 1, "total_flos": 1e18, "log_history": []}')
    other.write_text('[{"train_runtime": 3600.0, "total_flos": 1e15}]')
    code, _, err = call(capsys, "trainer", str(state))
    assert code == 2
    assert "with --hardware it follows from its 1e+18 FLOP" in err.splitlines()[-1]
    assert call(capsys, "trainer", str(state), str(other))[0] == 1
    assert call(capsys, "trainer", str(state), "--hardware", "A100")[0] == 0


def test_a_misspelt_word_of_the_toml_ends_with_2_and_no_file(capsys, log, tmp_path):
    """One sentence with the table and the nearest name; a word that --map knows is none."""
    site, out = tmp_path / "site.toml", tmp_path / "runs.csv"
    site.write_text('[partition.gpu]\naccelerator = "A100-SMX4"\n')
    code, _, err = call(capsys, "slurm", log, "--partitions", str(site), "-o", str(out))
    assert (code, out.exists()) == (2, False)
    assert err.startswith("wattgram: accelerator of partition gpu 'A100-SMX4' is not known")
    assert "did you mean A100-SXM4-" in err
    assert err.count("\n") == 1
    own = tmp_path / "names.csv"
    own.write_text("A100-SMX4,A100-SXM4-80GB\n")
    assert call(capsys, "slurm", log, "--partitions", str(site), "--map", str(own))[0] == 0
