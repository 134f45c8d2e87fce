"""One app for all tests of the page and the API, called in this process without a network."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from wattgram.web import create_app


@pytest.fixture(scope="session")
def app():
    return create_app()


@pytest.fixture(scope="session")
def client(app):
    with TestClient(app) as client:
        yield client


@pytest.fixture
def browse(client):
    """Get a page as a browser does."""

    def get(address, **headers):
        return client.get(address, headers={"accept": "text/html", **headers})

    return get


class Steady:
    """A meter of 100 W, half of it the job's."""

    name = "steady"
    period_s = 0.0

    def __init__(self):
        from wattgram.tracker.meters import Part

        self.parts = (
            Part("gpu:0", "GPU-0", self.name, "energy-counter", 0.95, 1.05, "NVIDIA A100-SXM4-80GB"),
        )
        self.begin_s = None

    def read(self, now_s):
        from wattgram.tracker.meters import Reading

        self.begin_s = now_s if self.begin_s is None else self.begin_s
        joules = 100.0 * (now_s - self.begin_s)
        return {"gpu:0": Reading(joules, joules / 2)}

    def notices(self):
        return ()


@pytest.fixture(scope="session")
def journals(tmp_path_factory):
    """A folder with one tracked run of an hour in France, with two tasks; and the id of that run."""
    from wattgram import track
    from wattgram.testing import FakeClock
    from wattgram.tracker.journal import read_runs

    folder, clock = str(tmp_path_factory.mktemp("runs")), FakeClock()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WATTGRAM_CONFIG", str(tmp_path_factory.mktemp("settings") / "none.toml"))
        with track("FR", runs=folder, meters=[Steady()], clock=clock) as tracked:
            for name in ("epoch 1", "epoch 2"):
                with tracked.task(name):
                    clock.advance(1800)
    return folder, read_runs(folder)[0].id
