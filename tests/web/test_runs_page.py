"""The pages of tracked runs: an hour at 50 W of the job is there in figures, by page and by data, and only where asked for."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from wattgram.web import create_app
from wattgram.web.messages import languages

LANGUAGES = list(languages())


@pytest.fixture(scope="module")
def tracked(journals):
    with TestClient(create_app(runs=journals[0])) as client:
        yield client


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_show_the_run_and_its_tasks(tracked, journals, lang):
    """The list leads to the run, and the run to its tasks of half an hour each."""
    listed = tracked.get(f"/runs?lang={lang}", headers={"accept": "text/html"})
    assert listed.status_code == 200
    assert f"/runs/{journals[1]}" in listed.text
    one = tracked.get(f"/runs/{journals[1]}?lang={lang}", headers={"accept": "text/html"})
    assert one.status_code == 200
    assert "epoch 1" in one.text
    assert "<svg" in one.text


def test_the_data_twin_has_the_figures(tracked, journals):
    """0.05 kWh of the job in one hour, 0.025 kWh for each task."""
    (row,) = tracked.get("/runs.json").json()
    assert row["measured_energy_kwh"] == pytest.approx(0.05)
    found = tracked.get(f"/runs/{journals[1]}.json").json()
    assert [task["energy_kwh"] for task in found["tasks"]] == pytest.approx([0.025, 0.025])
    assert sum(one["seconds"] for one in found["power"]) == pytest.approx(3600)


def test_no_folder_is_served_unasked(client, tracked):
    """Without --runs there is no such page; an id that is none is 404 with the nearest."""
    assert client.get("/runs").status_code == 404
    assert tracked.get("/runs/20990101-nothing").status_code == 404
    assert tracked.get("/runs/..%2f..%2fetc").status_code == 404
