"""On Spark the awkward rows have the scalar path's figures, the look-ups are broadcast, and the session's zone moves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.slow]

SCRIPT = r"""
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
import conftest
from pyspark.sql import SparkSession
import wattgram
from wattgram.frames import summarise

session = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "America/New_York")
    .config("spark.sql.shuffle.partitions", "2").getOrCreate()
)
rows = conftest._rows(2000)
schema = ", ".join(
    f"`{name}` {'int' if name == 'count' else 'timestamp_ntz' if name in ('start', 'end') else 'double' if name in conftest.DOUBLES else 'string'}"
    for name in conftest.NAMES
)
frame = session.createDataFrame([tuple(row[name] for name in conftest.NAMES) for row in rows], schema)
answers = wattgram.estimate_frame(frame)
plan = io.StringIO()
with contextlib.redirect_stdout(plan):
    answers.explain()
got = [row.asDict() for row in answers.collect()]
names = list(got[0])
totals = summarise(frame, by=["workload"])
print(json.dumps({
    "plan": plan.getvalue(),
    "answers": {name: [row[name] for row in got] for name in names if name not in ("start", "end")},
    "totals": totals.to_dict(),
}))
"""


@pytest.mark.parametrize("awkward", [slice(None)], ids=["all"], indirect=True, scope="session")
def test_spark_agrees_with_the_scalar_path(awkward, expected, request):
    """Two thousand rows, the plan, and the totals, in a process of its own."""
    from test_engines import check

    from wattgram.frames import summarise

    here = str(request.path.parent)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, here], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["plan"].count("BroadcastHashJoin") == 4
    assert "SortMergeJoin" not in found["plan"]
    check(found["answers"], awkward, expected)
    import pandas as pd

    wanted = summarise(pd.DataFrame(awkward), by=["workload"]).to_dict()
    assert found["totals"]["issues"] == wanted["issues"]
    for name in ("energy_kwh", "operational_kg", "total_kg"):
        for end in ("low", "central", "high"):
            assert found["totals"][name][end] == pytest.approx(wanted[name][end], rel=1e-9)


def test_batch_on_spark_is_batch(tmp_path):
    """`wattgram batch --engine spark` on this machine gives the totals of the embedded engine, and exit code 1 for an issue."""
    (tmp_path / "runs.csv").write_text(
        "hardware,hours,where,load\n8xA100-SXM4-80GB,100,FR,80 %\nRTX 3090,10,aws:us-east-1,0.5\nfoo,1,FR,\nT4,1,FR,8 0%\n"
    )
    found = {}
    for engine in ("spark", "duckdb"):
        words = ["batch", "runs.csv", "-o", f"{engine}.parquet", "--engine", engine, "--format", "json"]
        words += ["--master", "local[1]"] if engine == "spark" else []
        done = subprocess.run(
            [sys.executable, "-m", "wattgram", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 1, done.stderr
        found[engine] = json.loads(done.stdout)
    spark, duck = found["spark"]["total_kg"], found["duckdb"]["total_kg"]
    assert spark == pytest.approx(duck, rel=1e-9)
    assert found["spark"]["issues"] == {"hardware-unknown": 1, "load-unusable": 1}
    assert (tmp_path / "spark.parquet" / "_SUCCESS").exists()


def test_a_spark_that_cannot_be_started_is_one_sentence(tmp_path):
    """A master of another kind is refused at once; without Java the sentence says what is needed; no traceback."""
    (tmp_path / "runs.csv").write_text("hardware,hours,where\nT4,1,FR\n", encoding="utf-8")
    command = [sys.executable, "-m", "wattgram", "batch", "runs.csv", "--engine", "spark"]
    for words, home, said in (
        (
            ["--master", "foo://x"],
            None,
            "wattgram: master 'foo://x' cannot be used: it is local[N], spark://HOST:PORT",
        ),
        ([], str(tmp_path), "wattgram: Spark cannot be started at 'local[*]' (it needs Java 17"),
    ):
        done = subprocess.run(
            [*command, *words],
            cwd=tmp_path,
            env=os.environ | ({"JAVA_HOME": home} if home else {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
