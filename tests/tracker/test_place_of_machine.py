"""Where a run takes place: said, set, or asked of the cloud's metadata, within 200 ms, at a link-local address."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import wattgram
from wattgram.tracker.place import METADATA, cloud_region, place


class Quiet(ThreadingHTTPServer):
    """A client that left before the answer is no news: word of it would stand on the standard error of some later test."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def cloud(monkeypatch):
    """A metadata server of a cloud on this machine."""
    servers, over = [], threading.Event()

    def serve(answers, delay_s=0.0):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def _answer(self):
                asked.append((self.command, self.path, dict(self.headers)))
                over.wait(delay_s)  # no answer outlives its test
                found = answers(self.command, self.path, self.headers)
                body = (found[0] if found else "no").encode()
                self.send_response(200 if found else 404)
                for name, value in (found[1] if found else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = _answer  # noqa: N815 - the library's names

            def log_message(self, *_):
                pass

        server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        monkeypatch.setenv("WATTGRAM_METADATA", f"127.0.0.1:{server.server_port}")
        return asked

    yield serve
    over.set()
    for server in servers:
        server.shutdown()
        server.server_close()


def aws(method, path, headers):
    if (method, path) == ("PUT", "/latest/api/token"):
        return ("token-1", {}) if headers.get("X-aws-ec2-metadata-token-ttl-seconds") else None
    if path == "/latest/meta-data/placement/region" and headers.get("X-aws-ec2-metadata-token") == "token-1":
        return "us-east-1", {}
    return None


def google(_, path, headers):
    if path == "/computeMetadata/v1/instance/zone" and headers.get("Metadata-Flavor") == "Google":
        return "projects/1234/zones/europe-west4-a", {"Metadata-Flavor": "Google"}
    return None


def azure(_, path, headers):
    if path.startswith("/metadata/instance/compute?api-version=") and headers.get("Metadata") == "true":
        return '{"location": "westeurope", "name": "vm"}', {}
    return None


@pytest.mark.parametrize(
    ("answers", "region"), [(aws, "aws:us-east-1"), (google, "gcp:europe-west4"), (azure, "azure:westeurope")]
)
def test_each_cloud_says_its_region(cloud, answers, region):
    """AWS (with its token), Google and Azure, each as its documentation has it; the catalog knows the word."""
    cloud(answers)
    assert cloud_region(limit_s=5.0) == region
    assert wattgram.estimate("A100-SXM4-80GB", 1, region).operational.central > 0


def test_auto_is_asked_for_only_when_it_is_said(cloud, clock, runs, constant):
    """Without where="auto" nobody is asked, whatever the run is told."""
    asked = cloud(aws)
    for where in (None, "FR"):
        with wattgram.track(where, runs=runs, meters=[constant()], clock=clock):
            clock.advance(60)
    assert asked == []


def test_auto_is_the_place_of_the_run(cloud, clock, runs, constant, monkeypatch):
    """where="auto" writes the region into the journal, and the run has its carbon."""
    cloud(google)
    monkeypatch.setattr("wattgram.tracker.place.LIMIT_S", 5.0)
    monkeypatch.setattr(cloud_region, "__defaults__", (5.0,))
    with wattgram.track("auto", runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(60)
    assert t.header["where"] == "gcp:europe-west4"
    assert t.footprint().operational.central > 0


def test_a_cloud_that_does_not_answer_in_time_is_none(cloud):
    """A server that takes 10 s costs about 200 ms, and the place is said to be unknown."""
    cloud(aws, delay_s=10)
    begin = time.monotonic()
    where, notices = place("auto")
    assert where is None
    assert [notice.code for notice in notices] == ["place-unknown"]
    assert time.monotonic() - begin < 5


def test_nobody_there_is_none(monkeypatch):
    """A closed port is no cloud."""
    monkeypatch.setenv("WATTGRAM_METADATA", "127.0.0.1:9")
    assert cloud_region() is None


def test_the_address_is_link_local():
    """Metadata is asked at the link-local address alone."""
    assert METADATA == "169.254.169.254"
