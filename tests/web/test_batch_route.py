"""`/v1/batch`: a table of runs in, the table of answers out, each row what one run alone is answered."""

from __future__ import annotations

import csv
import io
import json

import pytest
from starlette.testclient import TestClient

import wattgram
from wattgram.web import Limits, create_app

RUNS = [
    {"hardware": "8xA100-SXM4-80GB", "hours": 100.0, "where": "aws:us-east-1", "who": "=cmd()"},
    {"hardware": "RTX 4090", "hours": 3.5, "where": "FR", "who": "b"},
    {"hardware": "nonsense", "hours": 1.0, "where": "FR", "who": "c"},
]


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/json", "application/x-ndjson", "application/vnd.apache.parquet"]
)
def test_every_row_is_what_one_run_is(client, kind):
    """As CSV, JSON, lines and Parquet: the figures of `/v1/estimate` to 1e-9, unknown words marked, none dropped."""
    body = {
        "text/csv": lambda: as_csv(RUNS).encode(),
        "application/json": lambda: json.dumps(RUNS).encode(),
        "application/x-ndjson": lambda: "".join(json.dumps(run) + "\n" for run in RUNS).encode(),
        "application/vnd.apache.parquet": parquet,
    }[kind]()
    answer = client.post("/v1/batch?format=csv", content=body, headers={"content-type": kind})
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == len(RUNS)
    order = [run["hardware"] for run in RUNS]
    rows.sort(key=lambda row: order.index(row["hardware"]))
    for row, run in zip(rows[:2], RUNS, strict=False):
        alone = client.get(
            "/v1/estimate",
            params={"hardware": run["hardware"], "duration": run["hours"], "where": run["where"]},
        ).json()
        assert float(row["operational_kg"]) == pytest.approx(alone["operational_kg"]["central"], rel=1e-9)
        assert float(row["total_kg_high"]) == pytest.approx(alone["total_kg"]["high"], rel=1e-9)
    assert rows[0]["who"] == "'=cmd()"
    assert (rows[2]["issue"], rows[2]["operational_kg"]) == ("hardware-unknown", "")


def parquet():
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(RUNS), out)
    return out.getvalue()


def test_the_library_s_frame_is_the_same(client):
    """The route and `wattgram.estimate_frame` on the same rows agree."""
    pd = pytest.importorskip("pandas")
    frame = wattgram.estimate_frame(pd.DataFrame(RUNS))
    answer = client.post("/v1/batch", json=RUNS, headers={"accept": "*/*"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["operational_kg"] for line in lines][:2] == pytest.approx(
        list(frame["operational_kg"][:2]), rel=1e-9
    )


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "text/csv", 422),
        (b"x", "application/vnd.apache.parquet", 422),
        (b"PAR1" + b"\0" * 50 + b"PAR1", "application/vnd.apache.parquet", 422),
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"a,b\n1,2\n", "text/csv", 422),
        (b"\xff\xfe\x00", "text/csv", 422),
        (b'hardware,hours,where\n"A100,1\n', "text/csv", 422),
        (b"x", "image/png", 415),
    ],
)
def test_what_is_no_table_is_a_problem(client, body, kind, status):
    """Each gets its status and one sentence, which tells nothing of the server's files."""
    answer = client.post("/v1/batch", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert "wattgram-" not in answer.text


def test_a_table_too_long_is_413():
    """Over the limit of rows, in lines and in Parquet, and over that of bytes, nothing is computed."""
    client = TestClient(create_app(limits=Limits(batch_rows=2, batch_bytes=50_000)))
    for body, kind in ((as_csv(RUNS).encode(), "text/csv"), (parquet(), "application/vnd.apache.parquet"), (b"a" * 60_000, "text/csv")):  # fmt: skip
        answer = client.post("/v1/batch", content=body, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_nothing_is_left_behind(client, tmp_path, monkeypatch):
    """After an answer and after a refusal no file of theirs is left."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert client.post("/v1/batch", json=RUNS).status_code == 200
    assert client.post("/v1/batch", json=[{"a": 1}]).status_code == 422
    assert list(tmp_path.iterdir()) == []
