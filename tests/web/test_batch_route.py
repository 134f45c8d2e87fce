"""`/v1/batch`: a table of runs in, the table of answers out, each row what one run alone is answered."""

from __future__ import annotations

import csv
import io
import json
import tempfile

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
    ("body", "kind", "status", "said"),
    [
        (b"", "text/csv", 422, "it is empty"),
        (b"x", "application/vnd.apache.parquet", 422, "no Parquet file"),
        (b"PAR1" + b"\0" * 50 + b"PAR1", "application/vnd.apache.parquet", 422, "Parquet"),
        (b"{", "application/json", 400, "line 1 is no JSON"),
        (b"[1]", "application/json", 400, "line 1 holds '1', which is no object"),
        (b'[{"hardware":"T4"},', "application/json", 400, "not closed by a ]"),
        (b"[]", "application/json", 400, "it holds no run"),
        (b"[{}]", "application/json", 400, "its objects name no column"),
        (b'[{"hardware":"T4","hardware":"T5","hours":1}]', "application/json", 400, "names 'hardware' twice"),
        (b'[{"hardware":"\xff","hours":1}]', "application/json", 400, "not in UTF-8"),
        (b"\x1f\x8b\x08", "text/csv", 422, "packed with gzip; unpack it"),
        (b"hardware,hours\n" + b"x" * 2_500_000 + b",1\n", "text/csv", 422, "line 2 is"),
        (b"[" * 100_000, "application/json", 400, "not closed by a ]"),
        (b'{"hardware":"T4","hours":1}\n{"hardw', "application/x-ndjson", 422, "line 2 is no JSON"),
        (b"a,b\n1,2\n", "text/csv", 422, "no column 'hardware'"),
        (b"\xff\xfe\x00", "text/csv", 422, "UTF-16"),
        (b'hardware,hours,where\n"A100,1\n', "text/csv", 422, "the quote that opens in line 2 is not closed"),
        (b"hardware,hours\nT4,1,FR\n", "text/csv", 422, "line 2 has 3 cells where the header names 2"),
        (b"hardware,hours,hours\nT4,1,2\n", "text/csv", 422, "names 'hours' twice"),
        (b"hardware,hours\nT4,\x00\n", "text/csv", 422, "line 2 holds a NUL byte"),
        (b"hardware,hours,zone\nT4,1,x\n", "text/csv", 422, "suffix"),
        (b"x", "image/png", 415, "this route reads text/csv"),
        (b"x", "application/x-www-form-urlencoded", 415, "--data-binary"),
        (b"x", "multipart/form-data; boundary=x", 415, "send the file itself"),
    ],
)
def test_what_is_no_table_is_a_problem(client, body, kind, status, said):
    """Each gets its status and one sentence on what is wrong and where, which tells nothing of the server's files."""
    answer = client.post("/v1/batch", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert "wattgram-" not in answer.text
    assert tempfile.gettempdir() not in answer.text


def test_a_packed_body_is_refused(client):
    """What is declared as packed is not unpacked: a small body may be a large one."""
    answer = client.post(
        "/v1/batch", content=b"x", headers={"content-type": "text/csv", "content-encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type")


def test_what_was_odd_and_read_all_the_same_is_a_header(client):
    """Windows-1252 arrives as it was meant, short rows are filled up, and the answer says so."""
    body = "hardware,hours,where,note\nT4,1,FR,café\nT4,1\n".encode("latin-1")
    answer = client.post("/v1/batch", content=body, headers={"content-type": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["note"] for row in rows] == ["café", ""]
    assert answer.headers["wattgram-notes"] == (
        "body: 1 line is not in UTF-8 (line 2); read as Windows-1252; "
        "body: 1 row has fewer cells than the header (line 3); the missing ones are read as blank"
    )
    assert "wattgram-notes" not in client.post("/v1/batch", json=RUNS).headers


def test_a_table_too_long_is_413():
    """Over the limit of rows, in lines and in Parquet, and over that of bytes, nothing is computed."""
    client = TestClient(create_app(limits=Limits(batch_rows=2, batch_bytes=50_000)))
    for body, kind in ((as_csv(RUNS).encode(), "text/csv"), (parquet(), "application/vnd.apache.parquet"), (b"a" * 60_000, "text/csv")):  # fmt: skip
        answer = client.post("/v1/batch", content=body, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
        limit = "batch-bytes" if len(body) > 50_000 else "batch-rows"
        assert f"(the limit {limit} of this server)" in answer.json()["detail"]
    streamed = client.post(
        "/v1/batch", content=iter([b"a" * 30_000] * 2), headers={"content-type": "text/csv"}
    )
    assert (streamed.status_code, "batch-bytes" in streamed.text) == (413, True)
    lines = as_csv([{**RUNS[1], "who": "a\nb\nc"}, RUNS[1]]).encode()
    assert client.post("/v1/batch", content=lines, headers={"content-type": "text/csv"}).status_code == 200


def test_nothing_is_left_behind(client, tmp_path, monkeypatch):
    """After an answer and after a refusal no file of theirs is left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert client.post("/v1/batch", json=RUNS).status_code == 200
    assert client.post("/v1/batch", json=[{"a": 1}]).status_code == 422
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("fromat=csv", "did you mean format?"),
        ("format=summry", "did you mean summary?"),
        ("by=who", "it goes with format=summary"),
        ("format=summary&by=whom", "did you mean who?"),
    ],
)
def test_a_name_of_the_query_that_is_none_is_refused(client, query, said):
    """A slip in the address is a 422 with the nearest, not an answer to another question."""
    answer = client.post(f"/v1/batch?{query}", json=RUNS)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_the_summary_is_that_of_the_command(client, tmp_path, capsys):
    """`format=summary&by=who` answers what `wattgram batch --by who --format json` prints."""
    from wattgram.cli import main

    path = tmp_path / "runs.csv"
    path.write_text(as_csv(RUNS))
    main(["batch", str(path), "--by", "who", "--format", "json"])
    printed = json.loads(capsys.readouterr().out)
    answer = client.post("/v1/batch?format=summary&by=who", content=path.read_bytes())
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == printed
    assert printed["groups"][1]["group"] == {"who": "b"}


def test_a_place_stands_for_the_blanks(client):
    """`where=FI` is the place of rows that say none."""
    body = "hardware,hours\nRTX 3090,4\n"
    answer = client.post("/v1/batch?where=FI", content=body, headers={"content-type": "text/csv"})
    assert next(csv.DictReader(io.StringIO(answer.text)))["zone"] == "FI"
    assert "where 'FI' stands for it" in answer.headers["wattgram-notes"]
