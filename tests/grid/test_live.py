"""Each client reads what its service documents and says in one sentence what goes wrong, against a server of our own."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from wattgram.errors import InputError, SourceError
from wattgram.grid import http as patient
from wattgram.grid import open_series
from wattgram.grid.entsoe import generation

pytest.importorskip("httpx2")
DAY = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
Answer = tuple[int, dict[str, str], str]


class Quiet(http.server.ThreadingHTTPServer):
    """A client that left early is no news."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


class Server:
    """A service that gives scripted answers and remembers the questions."""

    def __init__(self) -> None:
        self.answers: list[Answer | Callable[[str, dict[str, str]], Answer]] = []
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                outer.asked.append((parts.path, query, self.headers))
                given = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                status, headers, body = given(parts.path, query) if callable(given) else given
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):  # the client left
                    self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Server]:
    one = Server()
    for source in ("ELECTRICITYMAPS", "NESO", "WATTTIME", "ENTSOE"):
        monkeypatch.setenv(f"WATTGRAM_{source}_URL", one.url)
    monkeypatch.setenv("ELECTRICITYMAPS_API_KEY", "key-of-mine")
    monkeypatch.setenv("ENTSOE_API_KEY", "token-of-mine")
    monkeypatch.setenv("WATTTIME_USER", "me")
    monkeypatch.setenv("WATTTIME_PASSWORD", "pass-of-mine")
    monkeypatch.setenv("WATTGRAM_CACHE", str(tmp_path / "cache"))
    yield one
    one.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client would have waited, without the waiting."""
    found: list[float] = []
    monkeypatch.setattr(patient.time, "sleep", found.append)
    return found


def em_hours(_path: str, query: dict[str, str]) -> Answer:
    """The documented answer of past-range: one object an hour from start to end."""
    start, end = (dt.datetime.fromisoformat(query[name]) for name in ("start", "end"))
    rows = []
    while start < end:
        rows.append(
            {
                "zone": query["zone"],
                "carbonIntensity": 100 + start.hour,
                "datetime": start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "updatedAt": "2024-06-01T00:00:00.000Z",
                "emissionFactorType": query["emissionFactorType"],
                "isEstimated": start.hour == 3,
                "estimationMethod": None,
            }
        )
        start += dt.timedelta(hours=1)
    return 200, {"content-type": "application/json"}, json.dumps({"zone": query["zone"], "data": rows})


# --- Electricity Maps -----------------------------------------------------------------------------------------------


def test_electricitymaps_in_pieces_of_ten_days_and_from_the_disk(server: Server) -> None:
    """25 days are three questions with the key in a header alone; asked again, none."""
    server.answers = [em_hours]
    series = open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(days=25))
    assert len(server.asked) == 3
    assert len(series) == 600
    assert series.mean_g_per_kwh(DAY, DAY + dt.timedelta(days=25)) == pytest.approx(111.5)
    assert (series.zone, series.boundary, series.kind) == ("FR", "lifecycle", "average")
    assert series.estimated_share == pytest.approx(1 / 24)
    path, query, headers = server.asked[0]
    assert path == "/v3/carbon-intensity/past-range"
    assert headers["auth-token"] == "key-of-mine"
    assert "key-of-mine" not in str(query)
    again = open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(days=25))
    assert len(server.asked) == 3
    assert list(again.g_per_kwh) == list(series.g_per_kwh)


def test_a_sandbox_key_is_said(server: Server) -> None:
    """Made-up figures of a sandbox key come with a note."""

    def answer(path: str, query: dict[str, str]) -> Answer:
        status, headers, body = em_hours(path, query)
        return status, headers, json.dumps({**json.loads(body), "_disclaimer": "sandbox"})

    server.answers = [answer]
    series = open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert "made up" in series.notes[0]


def test_a_missing_key_names_the_variable(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key nothing is asked."""
    monkeypatch.delenv("ELECTRICITYMAPS_API_KEY")
    with pytest.raises(InputError, match="ELECTRICITYMAPS_API_KEY"):
        open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert server.asked == []


# --- patience, the same for all -------------------------------------------------------------------------------------


def test_busy_answers_are_asked_again_as_retry_after_says(server: Server, waits: list[float]) -> None:
    """429 with Retry-After 7, then 503 without: waits of 7 and 2 s, then the answer."""
    server.answers = [(429, {"retry-after": "7"}, "slow down"), (503, {}, ""), em_hours]
    assert len(open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))) == 5
    assert waits == [7.0, 2.0]


def test_retry_after_as_a_date(server: Server, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """A date in Retry-After is waited for."""
    monkeypatch.setattr(patient.time, "time", lambda: 1_717_200_000.0)
    soon = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(1_717_200_020))
    server.answers = [(429, {"retry-after": soon}, ""), em_hours]
    open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert waits == [20.0]


def test_too_long_a_wait_and_too_many_failures_are_sentences(server: Server, waits: list[float]) -> None:
    """An hour's Retry-After is not waited for; four 500s end it after 1 + 2 + 4 s."""
    server.answers = [(429, {"retry-after": "3600"}, "")]
    with pytest.raises(SourceError, match="asks to wait 3600 s"):
        open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert waits == []
    server.answers = [(500, {}, "oops")]
    with pytest.raises(SourceError, match="answers 500, 4 times"):
        open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert waits == [1.0, 2.0, 4.0]


def test_a_refused_key_and_an_unknown_zone_are_not_asked_again(server: Server, waits: list[float]) -> None:
    """401 and 404 are the user's to mend, at once, and the key is never echoed."""
    for status, says in (
        (401, "key is refused"),
        (403, "does not cover this zone"),
        (404, "does not know the zone"),
    ):
        server.answers = [(status, {}, "Access denied")]
        with pytest.raises(InputError, match=says) as error:
            open_series("live:electricitymaps:XX", DAY, DAY + dt.timedelta(hours=5))
        assert "key-of-mine" not in str(error.value)
    assert waits == []


def test_a_service_that_does_not_answer_in_time(
    server: Server, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent service is given up after its time, four times."""
    real_sleep = threading.Event().wait
    monkeypatch.setattr(patient.Caller.__init__, "__defaults__", (None, 0.05, None))
    server.answers = [lambda *_: (real_sleep(0.3), (200, {}, "{}"))[1]]
    with pytest.raises(SourceError, match=r"no answer within 0.05 s, 4 times"):
        open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert len(waits) == 3


def test_a_service_that_is_not_there(
    server: Server, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed port is a sentence, not a traceback."""
    monkeypatch.setenv("WATTGRAM_ELECTRICITYMAPS_URL", "http://127.0.0.1:9")
    with pytest.raises(SourceError, match="cannot be reached"):
        open_series("live:electricitymaps:FR", DAY, DAY + dt.timedelta(hours=5))
    assert server.asked == []
    assert len(waits) == 3


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "[]",
        "{}",
        '{"data": 3}',
        '{"data": [{}]}',
        '{"data": [{"datetime": "x"}]}',
        '{"data": []}',
    ],
)
@pytest.mark.parametrize("word", ["electricitymaps:FR", "neso:GB"])
def test_malformed_bodies_are_sentences_and_are_not_kept(server: Server, body: str, word: str) -> None:
    """What is not the documented form is refused, and the next question is asked anew."""
    server.answers = [(200, {}, body)]
    for _ in range(2):
        with pytest.raises(SourceError):
            open_series(f"live:{word}", DAY, DAY + dt.timedelta(hours=5))
    assert len(server.asked) == 2 if body != '{"data": []}' else len(server.asked) >= 1


# --- NESO -----------------------------------------------------------------------------------------------------------


def neso(path: str, _query: dict[str, str]) -> Answer:
    """The documented answer: half-hours with forecast and actual, the last without actual."""
    rows = [
        {
            "from": "2024-05-01T00:00Z",
            "to": "2024-05-01T00:30Z",
            "intensity": {"forecast": 90, "actual": 88, "index": "low"},
        },
        {
            "from": "2024-05-01T00:30Z",
            "to": "2024-05-01T01:00Z",
            "intensity": {"forecast": 100, "actual": None, "index": "low"},
        },
    ]
    data: Any = {"regionid": 13, "data": rows} if "regionid" in path else rows
    return 200, {}, json.dumps({"data": data})


def test_neso_gives_actuals_and_marks_forecasts(server: Server) -> None:
    """An actual of 88 and a forecast of 100, the latter estimated; direct, half-hourly, of GB."""
    server.answers = [neso]
    series = open_series("live:neso:GB", DAY, DAY + dt.timedelta(hours=1))
    assert server.asked[0][0] == "/intensity/2024-05-01T00:00Z/2024-05-01T01:00Z"
    assert (list(series.g_per_kwh), series.step_s, series.boundary) == ([88.0, 100.0], 1800, "direct")
    assert series.estimated_share == 0.5
    london = open_series("live:neso:13", DAY, DAY + dt.timedelta(hours=1))
    assert server.asked[1][0].endswith("/regionid/13")
    assert "forecasts alone" in london.notes[0]
    for zone in ("FR", "18", "0"):
        with pytest.raises(InputError, match="GB and its regions"):
            open_series(f"live:neso:{zone}", DAY, DAY + dt.timedelta(hours=1))


# --- WattTime -------------------------------------------------------------------------------------------------------


def watttime(path: str, query: dict[str, str]) -> Answer:
    """Login by user and password, then values of five minutes in pounds per megawatt-hour."""
    if path == "/login":
        return 200, {}, json.dumps({"token": "abc"})
    start = dt.datetime.fromisoformat(query["start"])
    rows = [
        {"point_time": (start + dt.timedelta(minutes=5 * at)).isoformat(), "value": 1000.0, "version": "2024"}
        for at in range(12)
    ]
    meta = {"region": query["region"], "signal_type": "co2_moer", "units": "lbs_co2_per_mwh"}
    return 200, {}, json.dumps({"data": rows, "meta": meta})


def test_watttime_is_labelled_marginal_and_never_in_a_footprint(server: Server) -> None:
    """1000 lb/MWh are 453.59 g/kWh, marginal; a footprint refuses them."""
    from wattgram import estimate

    server.answers = [watttime]
    series = open_series("live:watttime:CAISO_NORTH", DAY, DAY + dt.timedelta(hours=1))
    assert series.kind == "marginal"
    assert series.g_per_kwh[0] == pytest.approx(453.59237)
    assert series.step_s == 300
    user = base64.b64decode(server.asked[0][2]["authorization"].split()[1]).decode()
    assert user == "me:pass-of-mine"
    assert server.asked[1][2]["authorization"] == "Bearer abc"
    with pytest.raises(InputError, match="never enters a footprint"):
        estimate("A100", "30min", start=DAY, series=series)


def test_watttime_in_another_unit_is_refused(server: Server) -> None:
    """A unit that is not the documented one is no guess."""
    server.answers = [
        (200, {}, json.dumps({"token": "abc"})),
        (200, {}, json.dumps({"data": [], "meta": {"units": "kg_per_mwh"}})),
    ]
    with pytest.raises(SourceError, match="kg_per_mwh"):
        open_series("live:watttime:CAISO_NORTH", DAY, DAY + dt.timedelta(hours=1))


# --- ENTSO-E --------------------------------------------------------------------------------------------------------


def document(*series: str) -> str:
    """A GL_MarketDocument of these time series."""
    space = "urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0"
    return f'<?xml version="1.0" encoding="utf-8"?><GL_MarketDocument xmlns="{space}">{"".join(series)}</GL_MarketDocument>'


def of_type(
    kind: str, resolution: str, points: dict[int, float], end: str, side: str = "in", curve: str = "A01"
) -> str:
    """One production type's time series from midnight of 1 May 2024."""
    inside = "".join(
        f"<Point><position>{at}</position><quantity>{mw}</quantity></Point>" for at, mw in points.items()
    )
    return (
        f'<TimeSeries><{side}BiddingZone_Domain.mRID codingScheme="A01">10YFR-RTE------C</{side}BiddingZone_Domain.mRID>'
        f"<curveType>{curve}</curveType><MktPSRType><psrType>{kind}</psrType></MktPSRType><Period><timeInterval>"
        f"<start>2024-05-01T00:00Z</start><end>2024-05-01T{end}Z</end></timeInterval><resolution>{resolution}</resolution>"
        f"{inside}</Period></TimeSeries>"
    )


def test_entsoe_mix_times_factors(server: Server) -> None:
    """1000 MW nuclear and 500 gas are (12,000 + 245,000) / 1500 g/kWh; pumping draws and is no generation."""
    text = document(
        of_type("B14", "PT60M", {1: 1000, 2: 1000}, "02:00"),
        of_type("B04", "PT60M", {1: 500, 2: 0}, "02:00"),
        of_type("B10", "PT60M", {1: 9000, 2: 9000}, "02:00", side="out"),
    )
    server.answers = [(200, {}, text)]
    series = open_series("live:entsoe:FR", DAY, DAY + dt.timedelta(hours=2))
    assert list(series.g_per_kwh) == pytest.approx([(1000 * 12 + 500 * 490) / 1500, 12.0])
    assert (series.basis, series.boundary, series.zone) == ("generation", "lifecycle", "FR")
    query = server.asked[0][1]
    assert (query["in_Domain"], query["periodStart"], query["securityToken"]) == (
        "10YFR-RTE------C",
        "202405010000",
        "token-of-mine",
    )


def test_entsoe_token_is_not_kept(server: Server, tmp_path) -> None:
    """Neither the file's name nor its content holds the token."""
    server.answers = [(200, {}, document(of_type("B14", "PT60M", {1: 1, 2: 1}, "02:00")))]
    open_series("live:entsoe:FR", DAY, DAY + dt.timedelta(hours=2))
    kept = list((tmp_path / "cache").rglob("*"))
    assert any(path.is_file() for path in kept)
    assert not any(
        "token-of-mine" in path.name or "token-of-mine" in path.read_text() for path in kept if path.is_file()
    )


def test_entsoe_quarters_beside_hours_and_curves_that_leave_out_repeats() -> None:
    """An hourly type holds over four quarters; a curve A03 with points 1 and 3 repeats 1 at 2 and 3 at 4."""
    found = generation(
        document(
            of_type("B14", "PT60M", {1: 100}, "01:00"),
            of_type("B16", "PT15M", {1: 10, 3: 30}, "01:00", curve="A03"),
        )
    )
    assert [mix["solar"] for mix in found.values()] == [10.0, 10.0, 30.0, 30.0]
    assert [mix["nuclear"] for mix in found.values()] == [100.0] * 4


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<broken", "no XML"),
        ("<html></html>", "no generation document"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "declares entities"),
        (
            "<Acknowledgement_MarketDocument><Reason><code>999</code><text>No matching data found</text></Reason></Acknowledgement_MarketDocument>",
            "No matching data found",
        ),
        ("<GL_MarketDocument/>", "no generation of FR"),
        (document(of_type("B14", "P1Y", {1: 1}, "01:00")), "cannot be read"),
    ],
)
def test_entsoe_other_answers_are_sentences(server: Server, body: str, says: str) -> None:
    """Acknowledgements give their reason; anything else says what it is not."""
    server.answers = [(200, {}, body)]
    with pytest.raises(SourceError, match=says):
        open_series("live:entsoe:FR", DAY, DAY + dt.timedelta(hours=1))


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("live:electricitymap:FR", "did you mean electricitymaps"),
        ("live:neso", "name its zone"),
        ("live:entsoe:ZZ", "EIC code"),
        ("live:", "it is one of"),
    ],
)
def test_words_that_name_no_source(server: Server, word: str, says: str) -> None:
    """A wrong source or zone is a sentence with what is allowed."""
    with pytest.raises(InputError, match=says):
        open_series(word, DAY, DAY + dt.timedelta(hours=1))
    assert server.asked == []


def test_a_live_source_is_asked_for_a_time() -> None:
    """Without start and duration there is nothing to ask for."""
    with pytest.raises(InputError, match="say the start and the duration"):
        open_series("live:neso:GB")
