"""The guard: headers on every answer, limits with a sentence each, and markup that stays text."""

from __future__ import annotations

import json
import threading
import time

import pytest
from starlette.testclient import TestClient

from wattgram.web import Limits, create_app
from wattgram.web.guard import HEADERS

RUN = "hardware=8xA100&duration=100h&where=aws:us-east-1"
ADDRESSES = ["/", f"/?{RUN}", "/learn", "/data/zones", "/api", "/openapi.json", "/healthz", "/metrics", f"/v1/estimate?{RUN}",
             "/v1/nothing", "/static/app.css", "/data/claims.csv", f"/estimate.html?{RUN}", "/?hardware=x"]  # fmt: skip
MARKUP = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{1234*5678}}", "'; DROP TABLE", "<svg/onload=alert(1)>"]  # fmt: skip


def small(**limits):
    return TestClient(create_app(limits=Limits()._replace(**limits)), raise_server_exceptions=False)


def assert_problem(answer, status, code):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_safe_headers_are_on_every_answer(client, address):
    """CSP without inline anything, nosniff, no referrer; no cookie is ever set."""
    answer = client.get(address)
    for name, value in HEADERS:
        assert answer.headers[name.decode()] == value.decode()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in answer.headers


def test_safe_headers_are_on_refusals_of_the_guard_too(client):
    """An over-long address gets the same headers as a page."""
    answer = client.get("/?hardware=" + "A" * 5000)
    assert_problem(answer, 414, "too-long")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", [a for a in ADDRESSES if "static" not in a and ".html" not in a])
def test_no_inline_script_or_style_and_nothing_from_elsewhere(browse, address):
    """Pages hold no inline script, no style, no handler, and load nothing but our three files."""
    text = browse(address).text
    if "<html" not in text:
        return
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "javascript:" not in text
    loaded = [part.split('"')[0] for mark in ('src="', '<link rel="icon" href="', '<link rel="stylesheet" href="') for part in text.split(mark)[1:]]  # fmt: skip
    assert loaded
    assert all(one.startswith("/static/") for one in loaded)


@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("where", ["hardware", "where", "duration", "lang", "by", "nonsense", "start"])
def test_reflected_markup_is_inert(browse, markup, where):
    """What somebody types comes back as text, whichever field it was in and on whichever page."""
    for path in ("/", "/compare", "/act", "/publish", "/data"):
        words = {"hardware": "A100", "duration": "1h", "where": "FR", "q": markup, where: markup}
        text = browse(path + "?" + "&".join(f"{n}={_quoted(w)}" for n, w in words.items())).text
        assert markup not in text or "<" not in markup
        assert "<img src=x" not in text
        assert "7006652" not in text


def _quoted(text):
    from urllib.parse import quote

    return quote(text, safe="")


def test_stored_markup_is_inert(tmp_path):
    """An overlay's names are text on every page, and its address is no link unless it is one of the web."""
    evil = "<script>alert(1)</script>"
    (tmp_path / "accelerators.csv").write_text(
        f'id,name,vendor,category,model,tdp_w,power_grade,source_id,note\nevil,EvilCard,"{evil}",datacenter,evilcard,300,A,{evil},"{evil}"\n'
    )
    client = TestClient(create_app(overlay=str(tmp_path)))
    for address in ("/?hardware=EvilCard&duration=1h&where=FR", "/data/accelerators?q=evil", "/data/accelerators/evil", "/data?q=evil",
                    "/publish?hardware=EvilCard&duration=1h&where=FR", "/compare?hardware=EvilCard&duration=1h&where=FR"):  # fmt: skip
        answer = client.get(address, headers={"accept": "text/html"})
        assert answer.status_code == 200, address
        assert evil not in answer.text


def test_csv_is_safe_in_a_spreadsheet(tmp_path):
    """A cell that begins as a formula gets an apostrophe, in tables and in answers; numbers stay numbers."""
    (tmp_path / "accelerators.csv").write_text(
        "id,name,vendor,category,model,tdp_w,power_grade,source_id,note\n"
        'evil,"=HYPERLINK(1)",x,datacenter,hyperlink,300,A,mine,"@SUM(A1)"\n'
    )
    client = TestClient(create_app(overlay=str(tmp_path)))
    text = client.get("/data/accelerators.csv?q=hyperlink").text
    assert "'=HYPERLINK(1)" in text
    assert "'@SUM(A1)" in text
    row = client.get("/v1/catalog/cities?q=montreal&format=csv").text
    assert ",-73.58781" in row or ",-73.5" in row


def test_a_body_too_large_is_413(client):
    """A body over the limit is refused by its stated length, and by its real one where none is stated."""
    big = b'{"hardware": "' + b"A" * 70_000 + b'"}'
    assert_problem(client.post("/v1/estimate", content=big), 413, "too-large")

    def parts():
        for _ in range(80):
            yield b"A" * 1000

    answer = client.post("/v1/estimate", content=parts(), headers={"content-type": "application/json"})
    assert_problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'"x"', b"NaN", b"\xff\xfe", b"[" * 30_000, b"null", b'{"hardware": {"a": 1}}'],
)
def test_a_body_that_is_no_run_is_a_problem(client, body):
    """Broken, deep or foreign JSON gets 400 or 422 and a sentence."""
    answer = client.post("/v1/estimate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_kind_of_body_is_415(client):
    """A form is not JSON, and the answer says what is read."""
    assert_problem(client.post("/v1/estimate", data={"hardware": "A100"}), 415, "media-type")


def test_unknown_names_are_refused_by_the_api_with_the_nearest(client):
    """A misspelt name is never passed over: `pu` is answered with `pue`."""
    answer = client.get(f"/v1/estimate?{RUN}&pu=1.1")
    assert_problem(answer, 422, "bad-input")
    assert answer.json()["nearest"] == ["pue"]
    assert_problem(client.post("/v1/estimate", json={"hardware": "A100", "hours": 1}), 422, "bad-input")


def test_too_much_at_once_is_429_and_health_is_still_told(monkeypatch):
    """When as much is computed as may be, the next gets 429 with Retry-After; /healthz answers all the same."""
    client = small(concurrent=0)
    answer = client.get(f"/v1/estimate?{RUN}")
    assert_problem(answer, 429, "busy")
    assert answer.headers["retry-after"] == "1"
    assert client.get("/healthz").status_code == 200


def test_a_computation_too_slow_is_503():
    """What takes longer than the server allows is given up with a sentence, and the thread still counts as busy."""
    app = create_app(limits=Limits(seconds=0.05))
    client = TestClient(app, raise_server_exceptions=False)
    app.state.desk.footprint = lambda _: time.sleep(0.4)
    assert_problem(client.get(f"/v1/estimate?{RUN}"), 503, "too-slow")


def test_a_fault_of_the_program_tells_nothing(caplog):
    """An unforeseen exception is a 500 problem without its text, logged without what was asked."""
    app = create_app()
    client = TestClient(app, raise_server_exceptions=False)

    def fail(_):
        raise RuntimeError("secret 42")

    app.state.desk.footprint = fail
    answer = client.get(f"/v1/estimate?{RUN}")
    assert_problem(answer, 500, "internal")
    assert "secret" not in answer.text
    told = [record.getMessage() for record in caplog.records if record.name == "wattgram.web"]
    assert told == ["GET /v1/estimate failed"]


def test_over_many_rows_is_422(client):
    """More rows than one answer holds are refused, with the number that is allowed."""
    assert_problem(client.get("/v1/catalog/zones?limit=100000"), 422, "out-of-range")
    assert_problem(client.get(f"/v1/compare?{RUN}&limit=0"), 422, "out-of-range")


def test_cors_is_off_unless_an_origin_is_named(client):
    """No origin may read the API by default; the one that is named may, and no other."""
    origin = {"origin": "https://lab.example.org"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=origin).headers
    opened = TestClient(create_app(cors_origins=["https://lab.example.org"]))
    assert opened.get("/healthz", headers=origin).headers["access-control-allow-origin"] == origin["origin"]
    other = opened.get("/healthz", headers={"origin": "https://evil.example.org"})
    assert "access-control-allow-origin" not in other.headers
    preflight = opened.options("/v1/estimate", headers={**origin, "access-control-request-method": "POST"})
    assert preflight.status_code == 200


def test_methods_that_a_route_does_not_take_are_405(client):
    """DELETE and PUT get a problem and no more."""
    assert_problem(client.delete("/v1/estimate"), 405, "method")
    assert_problem(client.put("/"), 405, "method")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../guard.py",
        "/static/%2e%2e/guard.py",
        "/data/..%2f..%2fetc/passwd",
        "/estimate.exe",
        "/data/zones/../../x",
    ],
)
def test_no_file_outside_is_served(client, path):
    """Only the three named files and the tables are there, however a path is written."""
    assert client.get(path).status_code in (404, 422)


def test_words_remembered_are_bounded():
    """A stream of different words does not make the server remember them all."""
    client = small(remembered_words=120, remembered_bytes=200_000)
    desk = client.app.state.desk
    for number in range(150):
        client.get(f"/v1/estimate?hardware={number + 1}W&duration=1h&where=FR")
        client.get(f"/?hardware={number + 1}W&duration=1h&where=FR")
    assert len(desk.catalog.memory) < 200
    assert desk.pages.bytes <= 200_000
    assert len(json.dumps(client.get("/v1/estimate?hardware=1W&duration=1h&where=FR").json())) > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["3 kg CO2e ", "100 h on 8xA100 in France, 3 kg CO2e. ", "|a|b|\n", "{", "1.1.", "<td>3 kg CO2"]
)
def test_a_hostile_text_is_answered_or_given_up(piece):
    """64 kB of one piece after the other is a list of findings or 503, and the thread ends soon after the limit."""
    client = small(seconds=0.5)
    text = (piece * (65_000 // len(piece))).encode()
    answer = client.post("/v1/audit", content=text, headers={"content-type": "text/plain"})
    assert answer.status_code in (200, 503)
    desk = client.app.state.desk
    for _ in range(600):
        if not desk.waiting:
            break
        time.sleep(0.05)
    assert desk.waiting == 0


def test_heavy_work_leaves_the_answers_their_threads():
    """With every heavy thread taken an estimate is answered all the same."""
    app, over = create_app(limits=Limits(seconds=60, workers=2)), threading.Event()
    with TestClient(app, raise_server_exceptions=False) as client:
        try:
            for _ in range(3):
                client.portal.call(_given_up, app.state.desk, over)
            assert app.state.desk.waiting > 0
            assert client.get(f"/v1/estimate?{RUN}").status_code == 200
        finally:
            over.set()


async def _given_up(desk, over):
    from wattgram.web.problem import Problem

    with pytest.raises(Problem):
        await desk.compute(lambda: over.wait(120), heavy=True, seconds=0.01)


@pytest.mark.slow
def test_a_table_of_many_words_is_answered_within_its_time():
    """A hundred different words in a table are so many rows back, none dropped, and the server remembers only so many."""
    client = small(remembered_words=500)
    rows = "".join(f"card{number},{number + 1},FR\n" for number in range(100))
    answer = client.post(
        "/v1/batch", content="hardware,hours,where\n" + rows, headers={"content-type": "text/csv"}
    )
    assert answer.status_code == 200
    assert answer.text.count("\n") == 101
    assert client.get(f"/v1/estimate?{RUN}").status_code == 200
    assert len(client.app.state.desk.catalog.memory) < 1_000
    assert client.get(f"/v1/compare?{RUN}&by=zone").status_code == 200
