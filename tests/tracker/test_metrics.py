"""Metrics of runs: the text of Prometheus, OpenTelemetry, and the live page, all of the same figures."""

from __future__ import annotations

import re

import pytest

import wattgram
from wattgram.chart import course
from wattgram.tracker.journal import read_runs
from wattgram.tracker.metrics import observe, prometheus
from wattgram.tracker.summary import listed
from wattgram.web.messages import languages

LANGUAGES = list(languages())


@pytest.fixture
def two_runs(clock, runs, constant):
    """An hour at 50 W with a place and tasks, half an hour without."""
    with wattgram.track("20 g/kWh", runs=runs, meters=[constant()], clock=clock, name='a "b"') as t:
        for epoch in range(2):
            with t.task(f"epoch {epoch}"):
                clock.advance(1800)
    with wattgram.track(runs=runs, meters=[constant()], clock=clock):
        clock.advance(1800)
    return read_runs(runs)


def test_prometheus_tells_what_the_list_tells(two_runs):
    """Each figure is that of `runs list`; carbon of a run without a place is left out and is not 0."""
    text = prometheus(two_runs)
    assert 'wattgram_runs{state="finished"} 2' in text
    first, second = (listed(run) for run in two_runs)
    told = dict(re.findall(r'(\w+\{id="\w+"),name="[^,]*",state="finished"\} (\S+)', text))
    for row in (first, second):
        assert float(told[f'wattgram_run_energy_kwh{{id="{row["id"]}"']) == row["energy_kwh"]
    assert float(told[f'wattgram_run_operational_kg{{id="{first["id"]}"']) == first["operational_kg"]
    assert f'wattgram_run_operational_kg{{id="{second["id"]}"' not in told
    assert 'name="a \\"b\\""' in text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|wattgram_\w+(\{.*\})? [0-9.e+-]+", line), line


def test_opentelemetry_reads_a_run_as_it_goes_on(clock, runs, constant):
    """A reader of OpenTelemetry gets energy, carbon and power of the run so far."""
    metrics = pytest.importorskip("opentelemetry.sdk.metrics", reason="opentelemetry-sdk is not installed")
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader = InMemoryMetricReader()
    provider = metrics.MeterProvider([reader])
    tracker = wattgram.track("20 g/kWh", runs=runs, meters=[constant()], clock=clock)
    observe(tracker, provider.get_meter("test"))
    assert reader.get_metrics_data() is None or not reader.get_metrics_data().resource_metrics
    with tracker:
        clock.advance(3600)
        tracker.sample()
        scopes = reader.get_metrics_data().resource_metrics[0].scope_metrics[0]
        found = {one.name: next(iter(one.data.data_points)).value for one in scopes.metrics}
        units = {one.name: one.unit for one in scopes.metrics}
    assert found["wattgram.measured_energy"] == pytest.approx(0.05)
    assert found["wattgram.power"] == pytest.approx(50.0)
    assert found["wattgram.operational"] == pytest.approx(found["wattgram.energy"] * 0.02)
    assert units["wattgram.energy"] == "kW.h"
    provider.shutdown()


def test_a_course_is_drawn_to_scale():
    """Two steps of 10 s at 50 and 100 W: half the width each, the second twice as high, and the scale is said."""
    svg = course([(10, 50), (10, 100)], "Power", "what it says", unit="W")
    rects = re.findall(r'x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%" height="([\d.]+)"', svg)
    assert [(float(x), float(w)) for x, w, _ in rects] == [(0, 50), (50, 50)]
    assert float(rects[1][2]) == pytest.approx(2 * float(rects[0][2]))
    assert "100 W" in svg
    assert "20 s" in svg
    assert "<title" in svg
    assert "what it says" in svg


@pytest.fixture
def browse(runs):
    """A browser at the live page of the folder."""
    testclient = pytest.importorskip("starlette.testclient")
    from wattgram.web import create_app

    with testclient.TestClient(create_app(runs=runs)) as client:
        yield lambda address: client.get(address, headers={"accept": "text/html"})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_live_page_shows_runs_tasks_and_power(browse, two_runs, lang):
    """The list, a run with its drawing and its tasks, and their data twins, in both languages."""
    first, second = two_runs
    page = browse(f"/runs?lang={lang}")
    assert page.status_code == 200
    assert first.id in page.text
    assert second.id in page.text
    assert "refresh-seconds" not in page.text  # nothing runs, so nothing changes
    assert "style=" not in page.text
    one = browse(f"/runs/{first.id}?lang={lang}")
    assert one.status_code == 200
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chart"' in one.text
    assert "epoch 1" in one.text
    data = browse("/runs.json").json()
    assert [row["id"] for row in data] == [first.id, second.id]
    assert data[0]["energy_kwh"] == listed(first)["energy_kwh"]
    told = browse(f"/runs/{first.id}.json").json()
    assert told["tasks"][0]["energy_kwh"] == pytest.approx(0.025)
    assert told["power"][-1]["power_w"] == pytest.approx(50)
    assert browse("/runs/nobody").status_code == 404
    assert "wattgram_run_energy_kwh" in browse("/metrics").text


def test_the_live_page_follows_a_journal_that_grows(browse, clock, runs, constant):
    """A run that goes on is read again when its journal has grown; an empty folder has a page too."""
    assert browse("/runs").status_code == 200
    with wattgram.track(runs=runs, meters=[constant()], clock=clock):
        clock.advance(60)
        before = browse("/runs.json").json()[0]
        clock.advance(60)
        after = browse("/runs.json").json()[0]
        assert before["state"] == "running"
    assert after["measured_energy_kwh"] > before["measured_energy_kwh"]
    assert browse("/runs.json").json()[0]["state"] == "finished"


def test_without_a_folder_there_is_no_live_page():
    """`wattgram serve` without --runs has no such page, and no link to one."""
    testclient = pytest.importorskip("starlette.testclient")
    from wattgram.web import create_app

    with testclient.TestClient(create_app()) as client:
        assert client.get("/runs").status_code == 404
        assert client.get("/runs.json").status_code == 404
        assert 'href="/runs"' not in client.get("/", headers={"accept": "text/html"}).text
