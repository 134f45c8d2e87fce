"""Slurm logs in every layout, and every row that breaks other tools: each job counted once, with what it held."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacct import SITE, log_and_oracle

from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.importers import read_slurm
from wattgram.resolve import resolve_hardware

SHARED = Path(__file__).parents[3] / "shared"
HEAD = "JobID|JobName|User|Account|Partition|State|Start|End|Elapsed|NNodes|NCPUS|TotalCPU|ReqMem|MaxRSS|AllocTRES|ConsumedEnergyRaw"
PLAIN = {
    "JobID": "100",
    "JobName": "train",
    "User": "ada",
    "Account": "lab",
    "Partition": "gpu",
    "State": "COMPLETED",
    "Start": "2024-03-01T10:00:00",
    "End": "2024-03-01T12:00:00",
    "Elapsed": "02:00:00",
    "NNodes": "1",
    "NCPUS": "8",
    "TotalCPU": "08:00:00",
    "ReqMem": "64G",
    "MaxRSS": "",
    "AllocTRES": "billing=8,cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=64G,node=1",
    "ConsumedEnergyRaw": "",
}


def line(head=HEAD, **cells):
    """One row of a log."""
    return "|".join((PLAIN | cells).get(name, "") for name in head.split("|"))


def step(name, **cells):
    """A step of job 100: most of its cells are empty."""
    empty = dict.fromkeys(("User", "Partition", "ReqMem"), "")
    return line(**(empty | {"JobID": f"100.{name}", "JobName": name} | cells))


def read(*lines, head=HEAD, **options):
    """The rows of a log."""
    return read_slurm(io.StringIO("\n".join([head, *lines])), **options)


def one(*lines, **options):
    """The only row of a log."""
    (row,) = read(*lines, **options)
    return row


def energy_kwh(rows):
    """Energy of rows that state load, overhead and PUE, by the formula of docs/method.md."""
    catalog, total = Catalog.load(), 0.0
    for row in rows:
        found = resolve_hardware(row["hardware"], catalog, row["count"])
        watts = (found.rated_power_w.central * row["load"] + found.host_power_w.central) * row["overhead"]
        total += watts * row["pue"] * row["hours"] / 1000
    return total


def test_a_job_with_its_steps_is_one_run():
    """Steps never add hours; they say how much memory was used."""
    row = one(line(), step("batch", MaxRSS="8388608K"), step("extern"), step("0", MaxRSS="16777216K"))
    assert (row["hardware"], row["count"], row["hours"]) == ("a100", 2, 2.0)
    assert (row["gpus"], row["cpus"], row["nodes"]) == (2, 8, 1)
    assert (row["memory_requested_gb"], row["memory_used_gb"]) == (64, 16)
    assert (row["user"], row["account"], row["partition"], row["state"]) == ("ada", "lab", "gpu", "COMPLETED")
    assert (row["start"], row["end"]) == ("2024-03-01T10:00:00", "2024-03-01T12:00:00")
    assert row["cpu_efficiency"] == 0.5
    assert row["wasted"] == "no"


def test_totals_are_those_of_an_independent_oracle():
    """TotalCPU x W/core + GPUs x 400 W + memory x 0.3725 W/GB, times PUE 1.2: to 12 digits over 600 jobs."""
    text, expected_kwh, finished = log_and_oracle(600)
    rows = [row for row in read_slurm(io.StringIO(text), partitions=SITE) if row["state"] != "RUNNING"]
    assert len(rows) == finished
    assert energy_kwh(rows) == pytest.approx(expected_kwh, rel=1e-12)
    assert len(list(read_slurm(io.StringIO(text), partitions=SITE, finished=True))) == finished


def test_stated_watts_for_a_gpu_give_the_same_total():
    """accelerator = "400W" is 400 W a GPU, also beside a stated host and a load."""
    text, expected_kwh, _ = log_and_oracle(200, seed=2)
    gpu = {"watts_per_core": 3.5, "accelerator": "400W"}
    site = SITE | {"partition": SITE["partition"] | {"gpu": gpu}}
    assert energy_kwh(read_slurm(io.StringIO(text), partitions=site, finished=True)) == pytest.approx(
        expected_kwh, rel=1e-12
    )


@pytest.mark.slow
@pytest.mark.skipif(
    not (SHARED / "bench" / "gen_sacct.py").is_file(),
    reason="the generator stands beside the checkout, in ../shared/bench",
)
def test_the_hundred_thousand_row_log(tmp_path):
    """100,002 rows: 33,006 finished jobs, 37,111.38 kWh, 11,133.4 kg at 300 g/kWh."""
    log = tmp_path / "sacct.psv"
    subprocess.run([sys.executable, SHARED / "bench" / "gen_sacct.py", "33334", "2", log], check=True)
    rows = list(read_slurm(str(log), partitions=SITE, finished=True))
    assert len(rows) == 33_006
    assert energy_kwh(rows) == pytest.approx(37_111.38, abs=0.005)
    assert energy_kwh(rows) * 0.3 == pytest.approx(11_133.4, abs=0.05)


# --- layouts --------------------------------------------------------------------------------------------------------


def delimited(mark, trailing=""):
    """The plain job in a delimited layout."""
    return "\n".join(
        text.replace("|", mark) + trailing
        for text in (
            HEAD,
            line(AllocTRES="cpu=8;gres/gpu:a100=2".replace(";", "," if mark != "," else " ")),
            step("batch"),
        )
    )


@pytest.mark.parametrize(
    ("mark", "trailing"), [("|", ""), ("|", "|"), (";", ""), ("\t", ""), ("@@", ""), ("^", "^"), ("|", "\r")]
)
def test_delimiters(mark, trailing):
    """-P, -p with its trailing pipe, --delimiter of any kind: the header shows it."""
    (row,) = read_slurm(io.StringIO(delimited(mark, trailing)))
    assert (row["hardware"], row["count"], row["hours"]) == ("a100", 2, 2.0)


def test_fixed_width():
    """The line of dashes says how wide the columns are; cut-off cells end in +."""
    text = """
JobID           JobName  Partition      State    Elapsed                                AllocTRES
------------ ---------- ---------- ---------- ---------- ----------------------------------------
100               train        gpu OUT_OF_ME+ 1-00:00:00    billing=8,cpu=8,gres/gpu:a100=2,mem=64G
100.batch         batch            OUT_OF_ME+ 1-00:00:00                  cpu=8,gres/gpu=2,mem=64G
100.extern       extern             COMPLETED 1-00:00:00    billing=8,cpu=8,gres/gpu:a100=2,mem=64G
101        my job of mine+     gpu CANCELLED+   00:30:00                   billing=1,cpu=1,mem=4G
"""
    first, second = read_slurm(io.StringIO(text))
    assert (first["hardware"], first["count"], first["hours"], first["state"]) == (
        "a100",
        2,
        24,
        "OUT_OF_MEMORY",
    )
    assert (second["state"], second["hours"], second["hardware"]) == ("CANCELLED", 0.5, "1 core + 4GB")


def test_figures_that_a_narrow_column_cut_off():
    """AllocTRES of ten characters, ten days in Elapsed: what is cut off is unknown and said, never half a number."""
    text = """
JobID         AllocTRES    Elapsed               Start                 End      NCPUS
------------ ---------- ---------- ------------------- ------------------- ----------
100          billing=8+ 10-00:00:+ 2024-03-01T10:00:00 2024-03-11T10:00:00          8
101          cpu=8,mem+ 10-00:00:+             Unknown             Unknown          8
"""
    imported = read_slurm(io.StringIO(text))
    assert [(row["hours"], row["cpus"], row["hardware"]) for row in imported] == [
        (240, 8, "8 cores"),
        (None, 8, "8 cores"),
    ]
    assert imported.summary["findings"] == {"missing-columns": 1, "cell-cut-off": 2, "hours-unknown": 1}
    assert "Elapsed and AllocTRES cut off" in next(
        f.text for f in imported.findings if f.code == "cell-cut-off"
    )
    assert imported.summary["unusable"] == 1


def test_a_comma_between_cells_leaves_the_lists_whole():
    """-P --delimiter=, cuts AllocTRES and NodeList, too; they are put together again."""
    head = "JobID,State,Elapsed,AllocTRES,NodeList,NCPUS"
    row = one("1,COMPLETED,02:00:00,billing=8,cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=64G,n[1,3-4],8", head=head)
    assert (row["hardware"], row["count"], row["cpus"], row["memory_requested_gb"]) == ("a100", 2, 8, 64)


def test_every_column_with_delimiters_in_two_of_them():
    """--format=ALL: a job called a|b, submitted with pipes; and steps whose usage has a CPU time under cpu=."""
    head = "AllocTRES|Elapsed|JobID|JobName|NCPUS|State|SubmitLine|Submit|TotalCPU|TRESUsageInTot|MaxRSS"
    rows = read(
        "cpu=8,gres/gpu:a100=2|02:00:00|5|a|b|8|COMPLETED|sbatch --wrap 'x | y | z'|2024-03-01T10:00:00|08:00:00||",
        "cpu=8|02:00:00|5.batch|batch|8|COMPLETED||2024-03-01T10:00:00|08:00:00|cpu=08:00:00,energy=3600000,mem=9G|4G",
        head=head,
    )
    (row,) = rows
    assert (row["name"], row["hardware"], row["hours"]) == ("a|b", "a100", 2)
    assert (row["memory_used_gb"], row["measured_energy_kwh"]) == (9, 1)
    assert rows.summary["unusable"] == 0


def test_a_row_over_several_lines():
    """A submit line with ends of lines in it is one row; a torn row before a whole one stays torn."""
    head = "JobID|State|Elapsed|NCPUS|AllocTRES|SubmitLine"
    end = "|COMPLETED|01:00:00|4|cpu=4|"
    rows = read(
        f"1{end}srun bash -c 'set -e",
        "python a.py",
        "echo done'",
        "2|torn",
        f"3{end}x",
        "4|torn",
        "5|torn too",
        head=head,
    )
    assert [row["job"] for row in rows] == ["1", "3"]
    assert [(finding.line, finding.code) for finding in rows.findings if finding.unusable] == [
        (5, "bad-row"),
        (7, "bad-row"),
        (8, "bad-row"),
    ]
    begins = "SubmitLine|JobID|State|Elapsed|NCPUS|AllocTRES"
    split = read("srun bash -c 'set -e", "python a.py'|1|COMPLETED|01:00:00|4|cpu=4", head=begins)
    assert [row["job"] for row in split] == ["1"]


def test_any_order_any_case_and_every_column():
    """Columns are known by name: shuffled, in capitals, among a hundred others."""
    from wattgram.importers.sacct_layout import FIELDS

    names = sorted((set(FIELDS.values()) | set(PLAIN)) - {"JobIDRaw"}, reverse=True)
    head = "|".join(name.upper() for name in names)
    cells = {name.upper(): cell for name, cell in PLAIN.items()}
    text = "|".join(cells.get(name.upper(), "") for name in names)
    (row,) = read_slurm(io.StringIO(f"{head}\n{text}\n"))
    assert (row["hardware"], row["count"], row["hours"], row["user"]) == ("a100", 2, 2.0, "ada")


def test_a_delimiter_inside_a_name():
    """A job called a|b|c costs no other column its place."""
    row = one(line(JobName="a|b|c"))
    assert (row["name"], row["user"], row["hours"], row["hardware"]) == ("a|b|c", "ada", 2.0, "a100")


def test_joined_exports_with_other_columns():
    """A second header changes the layout from there on."""
    text = f"{HEAD}\n{line()}\nJobID|State|Elapsed|AllocTRES\n200|COMPLETED|01:00:00|cpu=4,mem=8G\n"
    first, second = read_slurm(io.StringIO(text))
    assert (first["job"], second["job"], second["hardware"]) == ("100", "200", "4 cores + 8GB")


def test_no_header_needs_the_columns():
    """`sacct -n` shows no names: an error says so, and --columns gives them."""
    text = "300|COMPLETED|01:00:00|cpu=4,mem=8G\n"
    with pytest.raises(InputError, match="no header"):
        list(read_slurm(io.StringIO(text)))
    (row,) = read_slurm(io.StringIO(text), columns="JobID,State,Elapsed,AllocTRES")
    assert (row["job"], row["hours"]) == ("300", 1.0)


def test_missing_columns_are_said():
    """Default columns have no Elapsed: rows come out, unusable, and the finding says what to ask for."""
    head = "JobID|JobName|Partition|Account|AllocCPUS|State|ExitCode"
    imported = read("100|train|GPU|lab|32|COMPLETED|0:0", "100.batch|batch||lab|32|COMPLETED|0:0", head=head)
    (row,) = imported
    assert (row["cpus"], row["hours"], row["state"]) == (32, None, "COMPLETED")
    assert imported.summary["usable"] == 0
    said = next(f.text for f in imported.findings if f.code == "missing-columns")
    assert "no Elapsed" in said
    assert "no AllocTRES" in said


# --- rows that break others -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "hardware", "count"),
    [
        ({"AllocTRES": "cpu=8,gres/gpu:h100=1,gres/gpu=1"}, "h100", 1),
        ({"AllocTRES": "cpu=8,gres/gpu:a100=4"}, "a100", 4),
        ({"AllocTRES": "cpu=8,gres/gpu:nvidia_h100_80gb_hbm3=2"}, "nvidia h100 80gb hbm3", 2),
        ({"AllocTRES": "gres/gpu:a100=2,gres/gpu:v100=2,gres/gpu=4"}, "2xa100 + 2xv100", 1),
        ({"AllocTRES": "gres/gpu:a100_3g.20gb=1"}, "3/7 of a100", 1),
        ({"AllocTRES": "gres/gpu:nvidia_a100_1g.5gb=2"}, "1/7 of nvidia a100", 2),
        ({"AllocTRES": "gres/gpu:1g.6gb=1"}, "1/4 of A30", 1),
        ({"AllocTRES": "gres/gpu:7g.40gb=1", "Partition": "a100"}, None, 1),
        ({"AllocTRES": "gres/gpu:a100_1g.5gb=2,gres/gpu:a100_3g.20gb=1"}, "5/7 of a100", 1),
        ({"AllocTRES": "gres/gpu:a100_2g.10gb=4,gres/gpu:v100=1"}, "v100 + a100 + 1/7 of a100", 1),
    ],
)
def test_gpu_types(cells, hardware, count):
    """Typed and untyped are the same GPUs; several types are a sum; a MIG slice is its share."""
    row = one(line(**cells))
    assert (row["hardware"], row["count"]) == (hardware, count)
    if hardware:
        assert resolve_hardware(hardware, Catalog.load()).rated_power_w.central > 0


def test_a_share_of_stated_watts_is_so_many_of_them():
    """accelerator = "350W": a slice of 2 in 7 is 100 W, a word that resolves."""
    site = {"accelerator": "350W"}
    assert one(line(AllocTRES="gres/gpu:a100_2g.10gb=1"), partitions=site)["hardware"] == "100W"


def test_types_from_the_other_fields():
    """An untyped AllocTRES takes its type from ReqTRES or ReqGRES, an empty one its GPUs."""
    head = "JobID|Elapsed|State|NCPUS|AllocTRES|ReqTRES|ReqGRES"
    rows = list(
        read(
            "1|01:00:00|COMPLETED|8|cpu=8,gres/gpu=2|cpu=8,gres/gpu:v100=2|",
            "2|01:00:00|COMPLETED|8|cpu=8,gres/gpu=2||gpu:p100:2",
            "3|01:00:00|COMPLETED|8|||gpu:t4:1",
            "4|01:00:00|COMPLETED|8||cpu=8,gres/gpu:a100=1,mem=8G|",
            head=head,
        )
    )
    assert [(row["hardware"], row["count"]) for row in rows] == [
        ("v100", 2),
        ("p100", 2),
        ("t4", 1),
        ("a100", 1),
    ]


def test_gpus_of_no_named_type_are_a_blank_with_a_remark():
    """8 GPUs of who knows which: hardware blank, the count kept, the option named; the row is usable, and the option fills it."""
    text = line(AllocTRES="cpu=320,gres/gpu=8,mem=1000000M,node=2")
    imported = read(text)
    (row,) = imported
    assert (row["hardware"], row["count"], row["gpus"], row["nodes"]) == (None, 8, 8, 2)
    assert "--hardware" in imported.findings[0].text
    assert not imported.findings[0].unusable
    assert (imported.summary["usable"], imported.summary["unusable"]) == (1, 0)
    assert one(text, hardware="A100-SXM4-80GB")["hardware"] == "A100-SXM4-80GB"


def test_a_part_of_a_gpu_is_said():
    """Shards are in no count of GPUs: the cores alone are counted, and that is said."""
    imported = read(line(AllocTRES="billing=4,cpu=4,gres/shard=2,mem=8G,node=1"))
    assert [row["hardware"] for row in imported] == ["4 cores + 8GB"]
    assert imported.summary["findings"] == {"gpu-part-unknown": 1}
    assert "gres/shard=2" in imported.findings[0].text


@pytest.mark.parametrize(
    "cells",
    [
        {"AllocTRES": f"cpu={'9' * 400}"},
        {"AllocTRES": f"mem={'9' * 400}G"},
        {"AllocTRES": "cpu=8", "NNodes": "9" * 400},
        {"Elapsed": "9" * 400},
        {"Elapsed": f"{'9' * 400}-00:00:00"},
        {"AllocTRES": "", "NCPUS": "9" * 400},
        {"ConsumedEnergyRaw": "9" * 400},
    ],
)
def test_a_number_without_end_costs_its_own_row_at_most(cells):
    """400 digits overflow nothing: the next job is read, and every figure is finite."""
    rows = read(line(**cells), line(JobID="2")).rows
    assert rows[-1]["job"] == "2"
    numbers = [cell for row in rows for cell in row.values() if isinstance(cell, (int, float))]
    assert all(abs(number) < 1e30 for number in numbers)


def test_a_type_of_the_house_is_mapped():
    """[accelerators] says what a site's own GPU names mean; without it the finding says so."""
    text = line(AllocTRES="gres/gpu:bigone=2")
    imported = read(text)
    assert list(imported)[0]["hardware"] == "bigone"  # noqa: RUF015 - the list is wanted whole
    assert imported.summary["findings"] == {"unknown-gpu-type": 1}
    row = one(text, partitions={"accelerators": {"BigOne": "H100-SXM5-80GB"}})
    assert (row["hardware"], row["count"]) == ("H100-SXM5-80GB", 2)


def test_requeued_jobs_count_each_attempt():
    """The same JobID twice with another start is two attempts; the very same one is counted once."""
    lost = line(State="NODE_FAIL", Start="2024-03-01T08:00:00", End="2024-03-01T09:00:00", Elapsed="01:00:00")
    imported = read(lost, line(), line())
    assert [(row["job"], row["hours"], row["wasted"]) for row in imported] == [
        ("100", 1, "yes"),
        ("100", 2, "no"),
    ]
    assert imported.summary["findings"] == {"duplicate-row": 1}


def test_a_job_that_ran_on_between_two_exports():
    """An hour in the first log and two in the second are two hours, not one; with --finished the second alone counts."""
    begun = line(State="RUNNING", End="Unknown", Elapsed="01:00:00")
    ended = line(ConsumedEnergyRaw="7200000")
    imported = read(begun, ended)
    assert [(row["hours"], row["measured_energy_kwh"], row["state"]) for row in imported] == [
        (1, None, "RUNNING"),
        (1, 1, "COMPLETED"),
    ]
    assert imported.summary["findings"] == {"job-continued": 1}
    assert [row["hours"] for row in read(begun, ended, finished=True)] == [2]
    assert [row["hours"] for row in read(ended, begun)] == [2]
    assert [row["hours"] for row in read(begun, begun)] == [1]
    assert [row["hours"] for row in read(begun, line(State="RUNNING", Elapsed="01:30:00"), ended)] == [
        1,
        0.5,
        0.5,
    ]


def test_what_a_shell_said_before_the_header():
    """A prompt and a warning above the table are no table; a table without a header asks for its columns."""
    text = f"$ sacct -a -P\nsacct: some warning\n\n{HEAD}\n{line()}\n"
    (row,) = read_slurm(io.StringIO(text))
    assert row["job"] == "100"
    prompt = f"[ada@login ~]$ sacct -a -P | tee sacct.txt\n{HEAD}\n{line()}\n"
    assert [row["job"] for row in read_slurm(io.StringIO(prompt))] == ["100"]
    for bad in (line(), "[1, 2]|", "prose\n" * 30):
        with pytest.raises(InputError, match="line 1 is no header"):
            list(read_slurm(io.StringIO(f"{bad}\n{HEAD}\n{line()}\n")))


@pytest.mark.parametrize("identity", ["123_4", "123+0", "1_2_3", "123"])
def test_job_ids(identity):
    """Array tasks and parts of heterogeneous jobs are jobs; their steps are theirs."""
    row = one(line(JobID=identity), line(JobID=f"{identity}.batch", User="", MaxRSS="1G"))
    assert (row["job"], row["memory_used_gb"]) == (identity, 1)


def test_jobs_that_did_not_run_and_jobs_that_still_do():
    """Pending and never started are left out and counted; running counts so far and is flagged."""
    imported = read(
        line(JobID="1", State="PENDING", Elapsed="00:00:00", Start="Unknown", End="Unknown"),
        line(JobID="2_[1-9]", State="PENDING", Elapsed="", Start="None"),
        line(JobID="3", State="CANCELLED by 7", Elapsed="00:00:00"),
        line(JobID="4", State="RUNNING", End="Unknown"),
    )
    (row,) = imported
    assert (row["job"], row["hours"], row["end"], row["wasted"]) == ("4", 2, None, None)
    assert {name: imported.summary[name] for name in ("pending", "never_started", "running")} == {
        "pending": 2,
        "never_started": 1,
        "running": 1,
    }


def test_cpu_time_over_the_time_held():
    """One second too much is sampling; three times too much is all cores busy, and said."""
    cpu = "cpu=8,mem=64G"
    imported = read(
        line(AllocTRES=cpu, TotalCPU="16:00:01"), line(JobID="2", AllocTRES=cpu, TotalCPU="2-00:00:00")
    )
    assert [row["cpu_efficiency"] for row in imported] == [1, 1]
    assert imported.summary["findings"] == {"cpu-time-over": 1}


def test_hours_from_whatever_says_them():
    """Elapsed, ElapsedRaw, start and end, or CPU time over CPUs."""
    for head, cells in (
        ("JobID|ElapsedRaw|NCPUS", "1|5400|4"),
        ("JobID|Start|End|NCPUS", "1|2024-01-01T23:00:00|2024-01-02T00:30:00|4"),
        ("JobID|CPUTime|NCPUS", "1|06:00:00|4"),
        ("JobID|CPUTimeRAW|AllocCPUS", "1|21600|4"),
    ):
        assert one(cells, head=head)["hours"] == 1.5


def test_bad_rows_are_reported_with_their_line_and_the_rest_goes_on():
    """A short line, a broken CPU time, a broken size: three findings, two jobs."""
    imported = read(
        line(),
        "short|row",
        line(JobID="2", TotalCPU="yesterday"),
        line(JobID="3", AllocTRES="mem=lots"),
        line(JobID="4"),
    )
    assert [row["job"] for row in imported] == ["100", "4"]
    assert [(f.line, f.code, f.unusable) for f in imported.findings] == [
        (n, "bad-row", True) for n in (3, 4, 5)
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Elapsed": "INVALID", "End": "2024-03-01T09:00:00"}, "ends (2024-03-01T09:00:00) before it starts"),
        ({"Elapsed": "INVALID", "Start": "Unknown", "End": "Unknown"}, "its Elapsed is INVALID"),
        ({"Elapsed": "49710-06:28:15", "Start": "Unknown"}, "its Elapsed is 49710-06:28:15"),
        ({"Elapsed": "", "End": "2024-03-01T09:00:00"}, "before it starts"),
    ],
)
def test_a_duration_that_is_none(cells, said):
    """A clock that ran backwards is no job that never started: the row stands with unknown hours, and its line is said."""
    imported = read(line(JobID="1"), line(**cells))
    _, row = imported
    assert (row["job"], row["hours"]) == ("100", None)
    (finding,) = imported.findings
    assert (finding.line, finding.code, finding.unusable) == (3, "hours-unknown", True)
    assert said in finding.text
    assert (imported.summary["usable"], imported.summary["unusable"]) == (1, 1)
    assert (imported.summary["never_started"], imported.summary["hours_unknown"]) == (0, 1)
    measured = read(line(ConsumedEnergyRaw="3600000", **cells))
    assert [one["measured_energy_kwh"] for one in measured] == [1]
    assert measured.summary["usable"] == 1


def test_an_elapsed_that_end_and_start_know():
    """INVALID beside a start and an end that fit is what lies between them."""
    assert one(line(Elapsed="INVALID"))["hours"] == 2


def test_a_row_with_two_faults_is_one_unusable_row():
    """GPUs of no name and no duration: two findings, one row."""
    imported = read(line(AllocTRES="cpu=8,gres/gpu=8", Elapsed="", Start="", End=""))
    assert len(imported.rows) == 1
    assert imported.summary["findings"] == {"hardware-unknown": 1, "hours-unknown": 1}
    assert (imported.summary["usable"], imported.summary["unusable"]) == (0, 1)


def test_times_in_another_format():
    """Times that are none are left out and said, once for a job; an end before the start beside a sound Elapsed too."""
    imported = read(line(Start="16:30", End="16:40"), line(JobID="2", End="2024-03-01T09:00:00"))
    assert [(row["start"], row["end"], row["hours"]) for row in imported] == [
        (None, None, 2),
        ("2024-03-01T10:00:00", None, 2),
    ]
    assert imported.summary["findings"] == {"time-unreadable": 1, "time-backwards": 1}
    assert imported.summary["unusable"] == 0


def test_gpus_that_a_log_cannot_show_are_unknown():
    """Without a column that could name them, the number of GPUs is blank, not zero."""
    assert one("1|01:00:00|8", head="JobID|Elapsed|NCPUS")["gpus"] is None
    assert one("1|01:00:00|8|", head="JobID|Elapsed|NCPUS|ReqGRES")["gpus"] == 0


def test_the_account_keeps_the_unknown_apart():
    """Hours that nobody knows are said as unknown, never as 0.0."""
    from wattgram.importers.slurm_summary import summary_lines

    default = read("1|COMPLETED|8", "2|FAILED|8", head="JobID|State|AllocCPUS")
    assert len(default.rows) == 2
    text = "\n".join(summary_lines(default.summary))
    assert "held: not known, no job says how long it ran" in text
    assert "1 job of unknown hours" in text
    assert "0.0" not in text
    mixed = read(line(), line(JobID="2", Elapsed="", Start="", End="", State="FAILED"))
    assert len(mixed.rows) == 2
    assert (
        "held: 16.0 core-hours, 4.0 GPU-hours, and 1 job of unknown hours" in summary_lines(mixed.summary)[1]
    )
    bare = read("1|01:00:00|FAILED|", head="JobID|Elapsed|State|ReqMem")
    assert len(bare.rows) == 1
    assert summary_lines(bare.summary)[1:] == [
        "  held: core-hours not known, GPU-hours not known",
        "  waste, work that failed or was cut off: 1 job, core-hours not known, GPU-hours not known",
        "    failed: 1 job, core-hours not known, GPU-hours not known",
    ]
    blind = read("1|01:00:00|FAILED|4", "2|01:00:00|TIMEOUT|2", head="JobID|Elapsed|State|NCPUS")
    assert len(blind.rows) == 2
    assert summary_lines(blind.summary)[2:] == [
        "  waste, work that failed or was cut off: 2 jobs, 6.0 core-hours, GPU-hours not known (100% of all core-hours)",
        "    failed: 1 job, 4.0 core-hours, GPU-hours not known",
        "    timeout: 1 job, 2.0 core-hours, GPU-hours not known",
    ]


def test_several_users_and_accounts():
    """A cluster-wide log keeps who ran what."""
    rows = read(line(), line(JobID="2", User="bob", Account="other"), line(JobID="3", User=""))
    assert [(row["user"], row["account"]) for row in rows] == [
        ("ada", "lab"),
        ("bob", "other"),
        (None, "lab"),
    ]


# --- measured energy ------------------------------------------------------------------------------------------------


FIRST = {"Start": "2024-03-01T10:00:00", "End": "2024-03-01T11:00:00", "Elapsed": "01:00:00"}
SECOND = {"Start": "2024-03-01T11:00:00", "End": "2024-03-01T12:00:00", "Elapsed": "01:00:00"}


def joules(own, steps, **job):
    """Energy that is counted for job 100 with such steps: (name, joules, further cells) each [J]."""
    rows = read(
        line(ConsumedEnergyRaw=own, **job),
        *(step(name, **({"ConsumedEnergyRaw": cell} | cells)) for name, cell, cells in steps),
    )
    (row,) = rows
    assert row["measured_scope"] == (None if row["measured_energy_kwh"] is None else "it")
    found = row["measured_energy_kwh"]
    return None if found is None else pytest.approx(found * 3.6e6), rows.summary["findings"]


@pytest.mark.parametrize(
    ("own", "steps", "expected"),
    [
        # The job's own figure stands, with `extern` kept for it (one node: batch and extern see the same).
        ("4580000", [("batch", "4580000", {}), ("extern", "4580000", {}), ("0", "4570000", {})], 4_580_000),
        ("7200000", [("batch", "7200000", {}), ("0", "7000000", {})], 7_200_000),
        # Without it: extern covers every node all the time, batch the first node, steps follow each other.
        ("", [("batch", "3600000", {}), ("extern", "7200000", {}), ("0", "7000000", {})], 7_200_000),
        ("0", [("batch", "100", {}), ("0", "3600000", FIRST), ("1", "1800000", SECOND)], 5_400_000),
        ("", [("batch", "3600000", {})], 3_600_000),
        ("", [("batch", "9000000", {}), ("0", "3600000", FIRST), ("1", "1800000", SECOND)], 9_000_000),
        # Steps side by side on one node each count all of it.
        ("", [("0", "3600000", {}), ("1", "3500000", {})], 3_600_000),
        ("", [("0", "5000000", {}), ("1", "2000000", FIRST), ("2", "2500000", SECOND)], 5_000_000),
        ("", [("0", "4000000", {}), ("1", "2000000", FIRST), ("2", "2500000", SECOND)], 4_500_000),
        ("0", [("batch", "0", {})], None),
        ("18446744073709551614", [], None),
        ("18446744073709551614", [("batch", "3600000", {})], 3_600_000),
        ("16777216T", [], None),
        ("999999999999", [], None),
    ],
)
def test_measured_energy_is_counted_once(own, steps, expected):
    """Energies of a job lie inside one another: the job's own figure, else the largest of them; zero is unknown."""
    assert joules(own, steps)[0] == expected


def test_a_job_row_that_adds_up_its_steps_is_not_believed():
    """54 nodes: extern 2.08 GJ, batch 38.56 MJ (its first node), step 0 2.04 GJ; a job row of 4.16 GJ is their sum."""
    steps = [("batch", "38.56M", {"NNodes": "1"}), ("extern", "2.08G", {}), ("0", "2.04G", {})]
    found, said = joules("4.16G", steps, NNodes="54", AllocTRES="cpu=6912,gres/gpu:a100=432,mem=27T,node=54")
    assert found == 2.08e9
    assert said == {"energy-counted-twice": 1}
    two_after_each_other = [("0", "3600000", FIRST), ("1", "1800000", SECOND)]
    assert joules("5400000", two_after_each_other) == (5_400_000, {})
    assert joules("5400000", [("0", "5400000", {})]) == (5_400_000, {})


def test_steps_on_nodes_of_their_own_add_up():
    """Two steps at the same time on one of two nodes each are both counted; three of them cannot be."""
    two = {"NNodes": "2", "AllocTRES": "cpu=8,mem=64G,node=2"}
    each = {"NNodes": "1", "AllocTRES": "cpu=4,node=1"}
    steps = [(str(number), "1000000", each) for number in range(3)]
    assert joules("", steps[:2], **two)[0] == 2_000_000
    assert joules("", steps, **two)[0] == 1_000_000


def test_steps_without_times_that_overlap_for_certain():
    """Three hours of steps in a job of two ran at the same time; the largest is counted."""
    head = "JobID|Elapsed|NCPUS|NNodes|ConsumedEnergyRaw"
    rows = ["1|02:00:00|8|1|", "1.0|01:30:00|8|1|3000000", "1.1|01:30:00|8|1|2000000"]
    assert one(*rows, head=head)["measured_energy_kwh"] == pytest.approx(3e6 / 3.6e6)
    rows[1:] = ["1.0|01:00:00|8|1|3000000", "1.1|00:59:00|8|1|2000000"]
    assert one(*rows, head=head)["measured_energy_kwh"] == pytest.approx(5e6 / 3.6e6)


def test_two_measured_jobs_on_one_node_at_the_same_time_are_said():
    """The counter of a node knows no jobs: both have the energy of both, and the finding says so."""
    head = f"{HEAD}|NodeList"
    jobs = [
        line(head, JobID="1", ConsumedEnergyRaw="1000000", NodeList="n7", **FIRST),
        line(head, JobID="2", ConsumedEnergyRaw="1000000", NodeList="n7"),
        line(head, JobID="3", ConsumedEnergyRaw="1000000", NodeList="n8"),
        line(head, JobID="4", ConsumedEnergyRaw="", NodeList="n8"),
        line(head, JobID="5", ConsumedEnergyRaw="1000000", NodeList="n9", **FIRST),
        line(head, JobID="6", ConsumedEnergyRaw="1000000", NodeList="n9", **SECOND),
    ]
    imported = read(*jobs, head=head)
    assert len(imported.rows) == 6
    assert [finding.text for finding in imported.findings] == [
        "job 2: job 1 was on n7 at the same time, and Slurm counts the whole node for both"
    ]


def test_a_measured_job_of_unnamed_gpus_is_its_mean_draw():
    """7.2 MJ in two hours are 1000 W, which stand for GPUs that nobody named; it can be used."""
    imported = read(line(AllocTRES="cpu=8,gres/gpu=4", ConsumedEnergyRaw="7200000"))
    (row,) = imported
    assert (row["hardware"], row["count"], row["measured_energy_kwh"]) == ("1000.0W", 1, 2)
    assert imported.summary["findings"] == {"hardware-unknown": 1}
    assert imported.summary["usable"] == 1


def test_an_implausible_energy_is_said():
    """A counter that says more than 20 kW a node is a finding."""
    imported = read(line(ConsumedEnergyRaw="999999999999"))
    assert list(imported)
    assert imported.summary["findings"] == {"energy-implausible": 1}
    assert "is no energy of 1 node;" in imported.findings[0].text


def test_energy_with_a_unit():
    """ConsumedEnergy prints 20.54M: 20.54 MJ."""
    row = one("1|01:00:00|8|20.54M", head="JobID|Elapsed|NCPUS|ConsumedEnergy")
    assert row["measured_energy_kwh"] == pytest.approx(20.54e6 / 3.6e6)


# --- partitions -----------------------------------------------------------------------------------------------------


def test_a_processor_gives_shares_of_itself():
    """16 of 64 cores of an EPYC 7763, and whole ones where whole ones are held; hardware threads are halved."""
    site = {
        "partition": {
            "cpu": {"processor": "EPYC 7763"},
            "smt": {"processor": "EPYC 7763", "threads_per_core": 2},
        }
    }
    tres = {"AllocTRES": "cpu=16,mem=64G", "Partition": "cpu"}
    assert one(line(**tres), partitions=site)["hardware"] == "16/64 of EPYC 7763 + 64GB"
    assert (
        one(line(**tres | {"AllocTRES": "cpu=128,mem=64G"}), partitions=site)["hardware"]
        == "2xEPYC 7763 + 64GB"
    )
    assert (
        one(line(**tres | {"Partition": "smt"}), partitions=site)["hardware"] == "16/128 of EPYC 7763 + 64GB"
    )


def test_the_host_of_a_gpu_job_where_the_site_says_it():
    """Nothing said, nothing added; a processor is the share held; watts per core are those of busy ones."""
    assert one(line())["hardware"] == "a100"
    said = one(line(), partitions={"processor": "EPYC 7763", "accelerator": "A100-SXM4-80GB"})
    assert (said["hardware"], said["count"]) == ("2xA100-SXM4-80GB + 8/64 of EPYC 7763 + 64GB", 1)
    said = one(line(), partitions={"watts_per_core": 3.5})
    assert said["hardware"] == "2xa100 + 4 cores at 3.5W + 64GB"


def test_a_core_draws_by_how_busy_it_is():
    """Half of the CPU time used: the curve of measured servers says 0.75 of rated power; watts per busy core say 0.5."""
    cpu = line(AllocTRES="cpu=8,mem=64G")
    assert one(cpu)["load"] == pytest.approx(0.75)
    assert one(cpu, partitions={"watts_per_core": 9.4})["load"] == 0.5
    assert one(line(AllocTRES="cpu=8", TotalCPU="00:00:00"))["load"] is None
    assert one(line(AllocTRES="cpu=8", TotalCPU="00:00:00"), partitions={"load": 0.7})["load"] == 0.7


def test_partitions_from_a_file(tmp_path):
    """Keys before the first table hold everywhere; a partition overrides them."""
    path = tmp_path / "site.toml"
    path.write_text(
        'where = "FI"\npue = 1.2\n[partition.gpu]\naccelerator = "A100-SXM4-80GB"\npue = 1.1\nload = 0.8\n'
    )
    row = one(line(), partitions=str(path))
    assert (row["where"], row["pue"], row["load"], row["hardware"]) == ("FI", 1.1, 0.8, "A100-SXM4-80GB")
    row = one(line(Partition="other"), partitions=str(path), where="SE")
    assert (row["where"], row["pue"], row["hardware"]) == ("FI", 1.2, "a100")
    assert one(line(), where="SE")["where"] == "SE"


@pytest.mark.parametrize(
    "bad",
    [
        {"acelerator": "A100"},
        {"partition": {"gpu": {"pue": 0.5}}},
        {"partition": {"gpu": {"watts_per_core": "many"}}},
        {"partition": {"gpu": {"accelerator": ""}}},
        {"partition": "gpu"},
        {"partition": {"gpu": 3}},
        {"accelerators": ["a"]},
        {"energy_scope": "wall"},
    ],
)
def test_a_slip_in_the_partitions_is_one_sentence(bad):
    """An unknown key, a figure out of range or a wrong kind is an InputError that names it."""
    with pytest.raises(InputError):
        one(line(), partitions=bad)


def test_waste_has_its_own_lines():
    """Failed work and memory that was asked for and never used, in the summary and as columns."""
    imported = read(
        line(JobID="1", State="FAILED"),
        line(JobID="2", State="TIMEOUT"),
        line(JobID="3"),
        line(JobID="3.batch", User="", MaxRSS="16G"),
    )
    assert [row["wasted"] for row in imported] == ["yes", "yes", "no"]
    summary = imported.summary
    assert summary["wasted"]["FAILED"] == {
        "jobs": 1,
        "core_hours": 16,
        "gpu_hours": 4,
        "hours_unknown": 0,
        "cores_unknown": 0,
        "gpus_unknown": 0,
    }
    assert summary["gpu_hours"] == 12
    assert (summary["memory_known_gb_hours"], summary["memory_used_gb_hours"]) == (128, 32)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\r"), max_size=60), max_size=6))
def test_no_line_breaks_the_reader(lines):
    """Whatever follows the header, each line is a row, a step, or a finding."""
    imported = read(*lines)
    try:
        assert len(imported.rows) <= len(lines)
    except InputError as error:
        pytest.fail(str(error))


@given(
    st.lists(
        st.sampled_from(
            ["1", "x", "", "4-00:16:00", "gres/gpu=1", "RUNNING", "CANCELLED by 1", "9e9", "-1", "64G"]
        ),
        min_size=16,
        max_size=16,
    )
)
def test_no_cells_break_a_row(cells):
    """Any cell may stand in any column."""
    imported = read("|".join(cells))
    assert len(imported.rows) <= 1


@pytest.mark.skipif(
    not (SHARED / "cases" / "logs").is_dir(),
    reason="the real logs stand beside the checkout, in ../shared/cases/logs",
)
def test_real_logs():
    """Four real logs: jobs, hours and energies as a reader finds them by eye."""
    logs = SHARED / "cases" / "logs"
    (row,) = read_slurm(str(logs / "sacct_fixed_width_gpu_steps.txt"))
    assert (row["gpus"], row["nodes"], row["state"]) == (8, 2, "RUNNING")
    assert row["hours"] == pytest.approx(513 / 3600)
    rows = list(read_slurm(str(logs / "sacct_triton_energy.psv")))
    assert [row["measured_energy_kwh"] for row in rows] == pytest.approx([54156 / 3.6e6, 999 / 3.6e6])
    rows = list(read_slurm(str(logs / "sacct_old_reqmem_suffix.psv")))
    assert [row["memory_requested_gb"] for row in rows] == [6760 / 1024, 250]
    assert rows[0]["hours"] == pytest.approx(4 + 25 / 3600)
    default = read_slurm(str(logs / "sacct_default_parsable2.psv"))
    assert len(default.rows) == 75
    assert default.summary["pending"] == 31


def test_a_table_that_a_spreadsheet_wrote():
    """Cells in quotes where they hold the comma, or all of them: the list of resources is one cell."""
    head = "JobID,State,Elapsed,AllocTRES"
    for header in (head, '"JobID","State","Elapsed","AllocTRES"'):
        quoted = '"7","COMPLETED","02:00:00","cpu=8,gres/gpu:a100=2,mem=64G,node=1"'
        for row in (quoted, quoted.replace('"', "", 6)):
            (found,) = read_slurm(io.StringIO(f"{header}\n{row}\n"))
            assert (found["job"], found["hours"], found["gpus"]) == ("7", 2, 2)
