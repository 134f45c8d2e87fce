"""`sacct --json` of any version says of each job what the text of sacct says of it: the same hours, devices, energy and waste."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.errors import InputError
from wattgram.importers import read_slurm
from wattgram.importers.sacct_json import json_as_table

START_S = int(datetime(2024, 3, 1, 10, tzinfo=UTC).timestamp())
TEXT = """\
JobID|JobName|User|Account|Partition|State|Submit|Start|End|Elapsed|NNodes|NTasks|NodeList|TotalCPU|ReqMem|MaxRSS|AllocTRES|ConsumedEnergyRaw
1001|train|ada|vision|gpu|COMPLETED|2024-03-01T09:59:00|2024-03-01T10:00:00|2024-03-01T20:00:00|10:00:00|1||n1|2-16:00:00|256G||billing=32,cpu=32,energy=36000000,gres/gpu:a100=4,gres/gpu=4,mem=256G,node=1|
1001.batch|batch||vision||COMPLETED||2024-03-01T10:00:00|2024-03-01T20:00:00|10:00:00|1|1|n1|2-16:00:00||67108864K|cpu=32,mem=256G,node=1|35000000
1001.0|train||vision||COMPLETED||2024-03-01T10:00:00|2024-03-01T19:58:20|09:58:20|1|4|n1|2-16:00:00||8388608K|cpu=32,mem=256G,node=1|34000000
1000_2|sweep|bob|vision|gpu|OUT_OF_MEMORY|2024-03-01T09:59:00|2024-03-01T10:00:00|2024-03-01T12:00:00|02:00:00|1||n2|04:00:00|64G||billing=8,cpu=8,gres/gpu:a100=1,gres/gpu=1,mem=64G,node=1|
1003+1|part|bob|text|cpu|CANCELLED|2024-03-01T09:59:00|2024-03-01T10:00:00|2024-03-01T11:00:00|01:00:00|1||n3|08:00:00|64G||cpu=16,mem=64G,node=1|
1005|later|bob|text|cpu|PENDING|2024-03-01T09:59:00|Unknown|Unknown|00:00:00|1||None assigned|00:00:00|64G||||
"""
"""What the jobs below are in text."""


def number(value, *, marked):
    """A number as the newer versions mark it, or bare."""
    return {"set": value is not None, "infinite": False, "number": value or 0} if marked else value


def resources(named, **counts):
    """A list of resources; `named` is what the name of one without a name is."""
    found = []
    for key, count in counts.items():
        kind, _, name = key.partition("__")
        found.append({"type": kind, "name": name.replace("_", ":") or named, "id": 1, "count": count})
    return found


def job(identity, elapsed_s, tres, *, version, state="COMPLETED", busy_s=0, steps=(), **said):
    """A job as a version of the data parser writes it."""
    new = version >= 40
    array, part = said.get("array"), said.get("part")
    ended = START_S + elapsed_s if elapsed_s else 0
    start_s = (START_S if new else START_S - 3000) if elapsed_s else 0  # older ones write when it could start
    return {
        "account": said.get("account", "vision"),
        "allocation_nodes": 1,
        "array": {
            "job_id": array[0] if array else 0,
            "task": "" if new else None,
            "task_id": number(array[1] if array else None, marked=new),
        },
        "association": {"account": "vision", "user": said.get("user", "ada"), "id": 3},
        "time": {
            "elapsed": elapsed_s,
            "eligible": START_S - 3000,
            "start": start_s,
            "end": ended,
            "submission": START_S - 60,
            "suspended": 0,
            "limit": number(60, marked=new),
            "total": {"seconds": busy_s, "microseconds": 0},
        },
        "het": {
            "job_id": part[0] if part else 0,
            "job_offset": number(part[1] if part else None, marked=new),
        },
        "job_id": identity,
        "name": said.get("name", "train"),
        "nodes": said.get("nodes", "n1"),
        "partition": said.get("partition", "gpu"),
        "required": {"CPUs": 8, "memory_per_node": number(65536, marked=True)}
        if version >= 42
        else {"CPUs": 8, "memory": 65536},
        "state": {"current": [state] if new else state, "reason": "None"},
        "steps": list(steps),
        "tres": {
            "allocated": resources("" if new else None, **tres),
            "requested": resources("", mem=65536, cpu=8),
        },
        "user": said.get("user", "ada"),
    }


def step(name, elapsed_s, energy_j, *, version, used_bytes, tasks):
    """A step of job 1001; its id has had four forms."""
    new = version >= 40
    identity = {
        37: {"job_id": 1001, "het": {"component": 4294967294}, "id": name, "name": str(name)},
        40: {"id": {"job_id": 1001, "step_het_component": "", "step_id": str(name)}, "name": str(name)},
        42: {"id": f"1001.{name}", "name": str(name)},
    }[37 if version < 40 else 40 if version < 41 else 42]
    mem = {"type": "mem", "name": "", "id": 2, "count": used_bytes}
    return {
        "time": {
            "elapsed": elapsed_s,
            "start": number(START_S, marked=new),
            "end": number(START_S + elapsed_s, marked=new),
            "total": {"seconds": 230400, "microseconds": 0},
        },
        "nodes": {"count": 1, "range": "n1", "list": ["n1"]},
        "tasks": {"count": tasks},
        "state": ["COMPLETED"] if new else "COMPLETED",
        "statistics": {"energy": {"consumed": number(energy_j, marked=new)}},
        "step": identity,
        "tres": {
            "requested": {
                "max": [mem | {"node": "n1", "task": 0}],
                "total": [mem | {"count": used_bytes * tasks}],
            },
            "allocated": resources("", cpu=32, mem=262144, node=1),
        },
    }


def answer(version):
    """What `sacct --json` of a version prints."""
    steps = [
        step("batch", 36000, 35_000_000, version=version, used_bytes=64 * 2**30, tasks=1),
        step(0, 35900, 34_000_000, version=version, used_bytes=8 * 2**30, tasks=4),
    ]
    whole = {
        "billing": 32,
        "cpu": 32,
        "energy": 36_000_000,
        "gres__gpu_a100": 4,
        "gres__gpu": 4,
        "mem": 262144,
    }
    one = {"billing": 8, "cpu": 8, "gres__gpu_a100": 1, "gres__gpu": 1, "mem": 65536, "node": 1}
    bob = {"user": "bob", "version": version}
    jobs = [
        job(1001, 36000, whole | {"node": 1}, busy_s=230400, steps=steps, version=version),
        job(1002, 7200, one | {"energy": 2**64 - 2}, state="OUT_OF_MEMORY", busy_s=14400, array=(1000, 2), name="sweep", nodes="n2", **bob),
        job(1004, 3600, {"cpu": 16, "mem": 65536, "node": 1}, state="CANCELLED", busy_s=28800, part=(1003, 1), account="text", partition="cpu", name="part", nodes="n3", **bob),
        job(1005, 0, {}, state="PENDING", account="text", partition="cpu", name="later", nodes="None assigned", **bob),
    ]  # fmt: skip
    head = {"meta": {"plugin": {"data_parser": f"data_parser/v0.0.{version}"}}, "errors": []}
    return head | {"jobs": jobs} if version < 40 else {"jobs": jobs} | head


def rows(text, **options):
    """The rows of a log."""
    return read_slurm(io.StringIO(text), **options).rows


@pytest.mark.parametrize("version", [37, 38, 39, 40, 41, 42])
@pytest.mark.parametrize("indent", [None, 1])
def test_every_version_says_what_the_text_says(version, indent):
    """10 h on four A100 with 36 MJ = 10 kWh, a task of an array that ran out of memory, a part of a job of two parts."""
    wanted, found = rows(TEXT), rows(json.dumps(answer(version), indent=indent))
    assert found == wanted
    assert [row["measured_energy_kwh"] for row in found] == [10, None, None]
    assert [(row["job"], row["hours"], row["gpus"]) for row in found] == [
        ("1001", 10, 4),
        ("1000_2", 2, 1),
        ("1003+1", 1, 0),
    ]
    assert found[0]["memory_used_gb"] == 64
    assert [row["wasted"] for row in found] == ["no", "yes", "yes"]


def test_jobs_that_were_taken_out_of_their_answer():
    """A list of jobs, a job a line, answers one after the other, and what a shell said before: the same jobs, once each."""
    whole = answer(40)
    wanted = rows(json.dumps(whole))
    lines = "\n".join(json.dumps(one) for one in whole["jobs"])
    for text in (json.dumps(whole["jobs"], indent=2), lines, f"$ sacct --json\n{json.dumps(whole)}"):
        assert rows(text) == wanted
    assert [row["job"] for row in rows(f"{json.dumps(whole)}\n{json.dumps(answer(42))}")] == [
        row["job"] for row in wanted
    ]


@given(st.integers(min_value=0, max_value=20_000))
def test_a_torn_answer_keeps_the_jobs_before_the_tear(cut):
    """Whatever is cut off its end: whole jobs count, and the tear is said; nothing is ever counted that is not whole."""
    text = json.dumps(answer(40), indent=1)
    cut = min(cut, len(text) - 2)
    wanted = [row["job"] for row in rows(text)]
    try:
        imported = read_slurm(io.StringIO(text[: len(text) - 1 - cut]))
        found = [row["job"] for row in imported.rows]
    except InputError:
        return
    assert found == wanted[: len(found)]
    assert imported.summary["findings"].get("file-torn") == 1
    assert imported.summary["unusable"] == 1


def test_a_finding_names_the_line_where_its_job_begins():
    """The fourth line of the file holds the second job, which has no duration."""
    first, second = (job(number, 3600, {"cpu": 8}, version=40) for number in (1, 2))
    second["time"] = {}
    imported = read_slurm(io.StringIO(f'{{"jobs": [\n{json.dumps(first)}\n,\n{json.dumps(second)}\n]}}'))
    assert len(imported.rows) == 2
    (finding,) = [one for one in imported.findings if one.unusable]
    assert (finding.line, finding.code) == (4, "hours-unknown")


@pytest.mark.parametrize(
    "odd", [None, 7, "seven", [], {}, {"set": True}, {"number": "x"}, -1, 2**64 - 2, True]
)
def test_a_field_of_another_shape_is_unknown(odd):
    """Nothing that stands in the place of a number, a list or a name breaks a log or becomes a figure."""
    for key in answer(40)["jobs"][0]:
        one, other = answer(40)["jobs"][:2]
        one[key] = odd
        found = rows(json.dumps({"jobs": [one, other]}))
        assert found[-1]["hours"] == 2
        assert all(row["hours"] in (None, 2, 7, 10) for row in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"jobs": []}', "without a job"),
        ('{"jobs": [{"job_id": 1, "job_state": ["RUNNING"], "start_time": 3}]}', "squeue"),
        ('{"train_runtime": 3}', "wattgram import trainer"),
        ('{"nodes": [1]}', "no list of jobs"),
        ('{"jobs": [{"job_id', "no whole JSON"),
        ('{"errors": [{"description": "no database"}]}', "no database"),
        ("%YAML 1.1\n---\njobs:\n", "sacct --json"),
    ],
)
def test_what_is_no_account_of_jobs_is_refused_with_a_sentence(text, said):
    """Each names what it is and what to ask for."""
    with pytest.raises(InputError, match=said):
        rows(text)


def test_a_fault_in_a_file_is_told_without_the_rest_of_it():
    """After what is no JSON no further block is asked for, however long the file."""
    asked = []

    def blocks():
        for at in range(1000):
            asked.append(at)
            yield '{"jobs": [{"job_id": oops}, ' if at == 0 else '{"job_id": 1}, ' * 100

    with pytest.raises(InputError, match="no whole JSON from line 1"):
        list(json_as_table(blocks(), "sacct.json"))
    assert len(asked) < 3
