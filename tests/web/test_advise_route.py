"""`/v1/advise` and the page of actions: the library's list, ranked by what is saved, certificates and offsets apart."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner

import wattgram
from wattgram.cli import cli
from wattgram.web.messages import languages, messages

LANGUAGES = list(languages())
WORDS = {"hardware": "8xA100-SXM4-80GB", "duration": "100h", "where": "aws:us-east-1", "start": "2026-05-01"}
OWNER = {"trials": "20", "number_format": "fp32", "early_stopping": "true", "within": "24h"}


def test_every_door_gives_the_same_list(client, grid):
    """GET, POST, the page's data twin, the command and the library name the same savings."""
    footprint = wattgram.estimate(**WORDS)
    expected = [one.to_dict() for one in wattgram.advise(footprint, start=WORDS["start"], trials=20, number_format="fp32", early_stopping=True, within="24h")]  # fmt: skip
    assert client.get("/v1/advise", params=WORDS | OWNER).json() == expected
    assert (
        client.post("/v1/advise", json=WORDS | OWNER | {"trials": 20, "early_stopping": True}).json()
        == expected
    )
    assert client.get("/act.json", params=WORDS | OWNER).json() == expected
    command = ["advise", "8xA100-SXM4-80GB", "100h", "aws:us-east-1", "--start", "2026-05-01", "--trials", "20", "--number-format", "fp32",
               "--early-stopping", "--within", "24h", "--format", "json"]  # fmt: skip
    assert json.loads(CliRunner().invoke(cli, command).output) == expected
    region = next(one for one in expected if one["action"] == "region")
    assert region["to"] == "aws:eu-north-1"
    # 320 kWh of IT x overhead at the PUE and grid of each: 312 kWh, PUE 1.15 in Virginia and 1.1 in Stockholm
    here, there = (grid(zone)["intensity_g_per_kwh"] for zone in ("US-MIDA-PJM", "SE-SE3"))
    saved_kg = 312 * (1.15 * here - 1.1 * there) / 1000
    assert region["saved_kg"]["central"] == pytest.approx(saved_kg)


def test_the_page_ranks_by_savings_and_keeps_offsets_apart(browse):
    """Savings fall down the list, each with its range, effort and sources; certificates and offsets stand after it."""
    page = unescape(browse("/act?" + "&".join(f"{n}={w}" for n, w in (WORDS | OWNER).items())).text)
    ranked, _, rest = page.partition("</ol>")
    saved = [float(x) for x in re.findall(r'class="fig">−([\d.,]+) kg', ranked)]
    assert len(saved) >= 8
    assert saved == sorted(saved, reverse=True)
    assert ranked.count('class="span">') == ranked.count('class="fig">−')
    assert "Move the run to aws:eu-north-1" in ranked
    assert re.search(r'href="/compare\?[^"]*by=region', ranked)
    assert "bergstra-bengio-2012" in ranked
    assert "Buy certificates" not in ranked
    assert rest.index("Buy certificates") < rest.index("Offset what is left")


def test_the_owner_s_words_stay_in_the_form(browse):
    """What was said of trials and formats stands in the fields, and the link to another view keeps it."""
    page = browse("/act?" + "&".join(f"{n}={w}" for n, w in (WORDS | OWNER).items())).text
    assert 'name="trials" value="20"' in page
    assert '<option value="fp32" selected>' in page
    assert '<option value="true" selected>' in page
    assert "/compare?" in page
    assert "trials=20" in page


def test_a_run_of_one_s_own_is_compared_by_grid(browse):
    """Hardware in France is not sent to a cloud region but compared with grids of the continent."""
    page = browse("/act?hardware=4xV100&duration=10h&where=FR").text
    assert re.search(r"by=zone[^\"]*within=continent", page)
    assert "wind or solar" in page


@pytest.mark.parametrize("wrong", [{"search": "x"}, {"trials": "0"}, {"failed_share": "2"}, {"number_format": "int3"}, {"trial": "3"}, {"exclude": "nowhere"}])  # fmt: skip
def test_what_cannot_be_used_is_a_problem(client, wrong):
    """A wrong word of advice is 422 with a sentence, and so is advice asked of an estimate."""
    answer = client.get("/v1/advise", params=WORDS | wrong)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert client.get("/v1/estimate", params=WORDS | {"trials": "3"}).status_code == 422


def test_a_run_to_come_has_its_times_compared(client):
    """A start in the future is where the search for a better time begins, not a year of the grid."""
    found = client.get("/v1/advise", params=WORDS | {"start": "2036-02-01", "within": "24h"}).json()
    start = next(one for one in found if one["action"] == "start")
    assert start["saved_kg"] is not None
    compared = client.get("/v1/compare", params=WORDS | {"start": "2036-02-01", "by": "start"}).json()
    assert compared["constraint"]["from"] == "2036-02-01T00:00Z"


@pytest.mark.parametrize("axis", ["region", "zone", "provider", "hardware", "start", "year"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_axis_has_its_page(browse, axis, lang):
    """No axis of the comparison lacks its words in any language, even with a constraint that another form left."""
    query = "&".join(f"{n}={w}" for n, w in WORDS.items())
    answer = browse(f"/compare?{query}&by={axis}&within=continent&lang={lang}")
    assert answer.status_code == 200
    assert "<tr" in answer.text


def test_every_action_has_a_title_in_every_language():
    """What the library can advise has its words in each language that is not its own."""
    from wattgram.advice import ACTIONS

    for lang in languages():
        if lang != "en":
            for make in ACTIONS:
                name = make.__name__.replace("_", "-")
                assert messages(lang).table.get(f"act.what.{name}"), name
