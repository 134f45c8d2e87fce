"""The column of shares says whose range it divides: of the total, and of what stands for it where there is none."""

from __future__ import annotations

import pytest

from wattgram import estimate, inference
from wattgram.report.sharpen import WHOLES, whole

RUNS = {
    "total": {},
    "operational": {"embodied": False},
    "energy": {"measured_energy_kwh": 10.0, "where": None, "embodied": False},
}


@pytest.mark.parametrize("of_what", RUNS)
def test_the_legend_names_the_figure_that_the_shares_divide(of_what):
    """The shares are of the squared deviation of this figure; text, Markdown and HTML say which it is."""
    words = {"where": "FR", **RUNS[of_what]}
    footprint = estimate("8xA100", "100h", **words)
    value, key = whole(footprint)
    assert key == of_what
    said = f"the part of each factor in the 90 % range of the {WHOLES[of_what]}."
    for form in ("text", "markdown", "html"):
        assert said in " ".join(footprint.report(form).split()), form
    for factor in footprint.factors:
        if factor.share > 0.5:
            assert factor.narrowed < value.high / value.low


def test_a_certain_answer_has_no_legend():
    """Where everything is stated no factor has a share, and nothing is said of one."""
    assert "Spread:" not in estimate("300W", "10h", "20 g/kWh", pue=1.1, embodied=False).report("text")


@pytest.mark.parametrize(
    ("where", "embodied", "of_what"),
    [("FR", True, "total"), ("FR", False, "operational emissions"), (None, True, "energy")],
)
def test_a_request_says_it_too(where, embodied, of_what):
    """The sentence on what would help names the figure whose spread it speaks of."""
    report = inference("70B", where, output_tokens=400, embodied=embodied).report("text")
    assert f"of the spread of the {of_what}." in report


@pytest.mark.parametrize(
    ("query", "title", "legend"),
    [
        ("", "What makes the range of the total", "in the 90 % range of the total."),
        (
            "&embodied=false",
            "What makes the range of the operational emissions",
            "range of the operational emissions.",
        ),
        ("&lang=fr", "D’où vient l’incertitude du total", "dans l’intervalle à 90 % du total."),
    ],
)
def test_the_page_says_it_in_its_language(query, title, legend):
    """The heading over the shares and the line under the product name the figure."""
    testing = pytest.importorskip("fastapi.testclient")
    from wattgram.web import create_app

    page = testing.TestClient(create_app()).get(f"/?hardware=8xA100&duration=100h&where=FR{query}").text
    assert f">{title}</h2>" in page
    assert legend in page


def test_a_picture_of_scale_is_one():
    """A second on a card is no millionth of a flight: what is too small to picture is left out of the page."""
    testing = pytest.importorskip("fastapi.testclient")
    from wattgram.web import create_app

    client = testing.TestClient(create_app())
    assert "equivalences soft" not in client.get("/?hardware=RTX+4090&duration=1s&where=FR").text
    assert "equivalences soft" in client.get("/?hardware=8xA100&duration=100h&where=FR").text
