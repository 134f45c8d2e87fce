"""`/v1/audit`: the findings of the library, by every way of sending a text."""

from __future__ import annotations

import pytest

import wattgram

CARD = (
    "- **Hardware Type:** RTX 3080\n- **Hours used:** 10\n- **Cloud Provider:** Private Infrastructure\n"
    "- **Carbon Emitted:** 1.38 kg CO2eq\n"
)


def test_a_card_is_judged_as_the_library_does(client):
    """GET, POST of an object and POST of the text itself give the library's finding: it reproduces 1.38 kg."""
    (expected,) = wattgram.audit(CARD)
    assert (expected.verdict, expected.claimed_kg) == ("reproduces", pytest.approx(1.38))
    answers = [
        client.get("/v1/audit", params={"text": CARD}),
        client.post("/v1/audit", json={"text": CARD}),
        client.post("/v1/audit", content=CARD, headers={"content-type": "text/markdown"}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.json()["findings"] == [expected.to_dict()]


def test_what_is_left_out_can_be_supplied(client):
    """A statement without its hours is checked once they are said."""
    text = "Carbon emitted: 1.38 kg CO2eq, hardware type RTX 3080, private infrastructure."
    expected = [one.to_dict() for one in wattgram.audit(text, hours="10")]
    assert client.get("/v1/audit", params={"text": text, "hours": "10"}).json()["findings"] == expected
    assert (
        client.post("/v1/audit", json={"text": text, "hours": 10}).json()["findings"][0]["verdict"]
        == expected[0]["verdict"]
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 1},
        {"text": "x", "hour": 1},
        {"text": "x", "count": [1]},
        {"text": "x", "count": -1},
        [],
    ],
)
def test_what_is_no_question_is_a_problem(client, body):
    """A missing text, a strange name or a wrong kind is 422 with a sentence."""
    answer = client.post("/v1/audit", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]
