"""Page, data twin, API, command and library give the same figures for the same words."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

import wattgram
from wattgram.cli import cli
from wattgram.report.figures import mass

RUNS = [
    {"hardware": "8xA100-SXM4-80GB", "duration": "100h", "where": "aws:us-east-1"},
    {"hardware": "RTX 4090", "duration": "3d4h", "where": "Montreal", "load": "0.9"},
    {"hardware": "TPU v3-8", "duration": "90min", "where": "gcp:europe-west4", "embodied": "false"},
    {"hardware": "A100", "duration": "1h", "where": "France", "boundary": "direct", "count": "4"},
    {"hardware": "300W", "duration": "PT2H", "where": "20 g/kWh"},
    {
        "hardware": "A100",
        "measured_energy_kwh": "12.5",
        "measured_scope": "device",
        "where": "CA-QC",
        "pue": "1.1",
    },
    {"hardware": "V100", "duration": "10", "where": "gcp:us-central1", "method": "lacoste2019"},
]


def library(words):
    said = dict(words)
    if "embodied" in said:
        said["embodied"] = said["embodied"] == "true"
    return wattgram.estimate(**said).to_dict()


def command(words):
    said = dict(words)
    arguments = [said.pop("hardware"), said.pop("duration", ""), said.pop("where", "")]
    options = ["--no-embodied"] if said.pop("embodied", "true") == "false" else []
    for name, text in said.items():
        options += [f"--{name.replace('_', '-')}", text]
    if not arguments[1]:
        words = {"hardware": arguments[0], "where": arguments[2], **said}
        result = CliRunner().invoke(
            cli, ["estimate", "-", "--format", "json"], input=json.dumps(words), standalone_mode=False
        )
    else:
        result = CliRunner().invoke(
            cli, ["estimate", *arguments, *options, "--format", "json"], standalone_mode=False
        )
    return json.loads(result.stdout)


@pytest.mark.parametrize("words", RUNS, ids=lambda words: words["hardware"])
def test_all_doors_give_the_same_answer(client, words):
    """Two addresses of the page's data, GET and POST of the API, the command and the library agree to the last digit."""
    expected = library(words)
    assert client.get("/.json", params=words).json() == expected
    assert client.get("/estimate.json", params=words).json() == expected
    assert client.get("/v1/estimate", params=words).json() == expected
    assert client.post("/v1/estimate", json=words).json() == expected
    assert command(words) == expected


@pytest.mark.parametrize("words", RUNS, ids=lambda words: words["hardware"])
def test_the_page_shows_the_figure_of_the_data(browse, words):
    """The large number of the page is the operational figure of the library, written for people."""
    kg = library(words)["operational_kg"]["central"]
    page = browse("/?" + "&".join(f"{name}={text}" for name, text in words.items())).text
    shown = re.search(r'class="big">([^<]*)</span> <span class="unit">([^<]*)</span>', page)
    assert f"{shown[1]} {shown[2]}" == f"{mass(kg)} CO₂e"


def test_a_body_may_hold_numbers_and_null(client):
    """Numbers in a JSON body mean what their texts mean, and null is "not said"."""
    words = {"hardware": "A100", "duration": 100, "where": "FR", "pue": 1.2, "count": 2, "load": None}
    answer = client.post("/v1/estimate", json=words).json()
    assert answer == wattgram.estimate("A100", 100, "FR", pue=1.2, count=2).to_dict()


def test_the_comparison_is_the_library_s(client):
    """`/v1/compare` by GET and POST and `/compare.json` give what `wattgram.compare` gives, limit and all."""
    words = {"hardware": "8xA100", "duration": "100h", "where": "aws:us-east-1"}
    asked = {"by": "region", "provider": "all", "within": "continent", "limit": "5"}
    base = wattgram.estimate(**words)
    expected = wattgram.compare(base, "region", provider="all", within="continent").to_dict(5)
    assert [entry["country"] for entry in expected["entries"]] == ["CA"] * 5 + ["US"]
    assert client.get("/v1/compare", params=words | asked).json() == expected
    assert client.get("/compare.json", params=words | asked).json() == expected
    assert client.post("/v1/compare", json={**words, **asked, "limit": 5}).json() == expected


@pytest.mark.parametrize(
    ("ending", "form"),
    [("txt", "text"), ("tex", "latex"), ("bib", "bibtex"), ("md", "markdown"), ("csv", "csv"), ("svg", "badge"),
     ("card.md", "modelcard"), ("html", "html"), ("figure.svg", "svg")],
)  # fmt: skip
def test_a_download_is_the_report(client, ending, form):
    """Every form that can be downloaded is the text of the library's report."""
    words = RUNS[0]
    assert client.get(f"/estimate.{ending}", params=words).text == wattgram.estimate(**words).report(form)
