"""The API against its own description: no server error, whatever fits the description or does not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wattgram.web.words import COMPARE, RUN

EXAMPLES = 40


@pytest.mark.slow
def test_every_route_keeps_its_description(app):
    """Over all routes: no 5xx, only described statuses and media types, and answers of the described shape."""
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = (
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    )
    routes = [one.ok() for one in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()]
    assert len(routes) >= 8
    for route in routes:

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=route.as_strategy())
        def keeps(case):
            answer = case.call()
            case.validate_response(answer, checks=checks)
            assert answer.status_code < 500

        keeps()


def test_the_description_names_every_word_once(client):
    """Each keyword of `estimate` is a parameter of GET and a property of POST, described in words; no route is a stub."""
    paths = client.get("/openapi.json").json()["paths"]
    asked = [one["name"] for one in paths["/v1/estimate"]["get"]["parameters"]]
    assert asked == list(RUN)
    body = paths["/v1/estimate"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert list(body["properties"]) == list(RUN)
    assert all(one["description"] for one in paths["/v1/estimate"]["get"]["parameters"])
    compared = [one["name"] for one in paths["/v1/compare"]["get"]["parameters"]]
    assert len(compared) == len(set(compared))
    assert set(compared) == {*RUN, *COMPARE, "limit"}


WORDS = st.dictionaries(
    st.sampled_from([*RUN, *COMPARE, "limit", "lang", "page", "q", "x"]),
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(["8xA100", "100h", "FR", "aws:us-east-1", "0", "-1", "1e400", "nan", "inf", "20 g/kWh", "true", "1" * 50, "\x00", "７", "½", "%"]),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=WORDS, path=st.sampled_from(["/", "/.json", "/compare", "/act", "/publish", "/v1/estimate", "/data/zones", "/data", "/v1/catalog/regions", "/compare.csv"]))  # fmt: skip
def test_any_query_string_is_answered(client, words, path):
    """Whatever stands in a query string, the answer is a page or a problem, never a fault."""
    usual = {"hardware": "8xA100", "duration": "100h", "where": "FR"}
    for said in (words, usual | words):
        answer = client.get(path, params=said, headers={"accept": "text/html"})
        assert answer.status_code in (200, 404, 413, 414, 422), (path, said)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(max_size=200), path=st.sampled_from(["/", "/.json", "/v1/estimate", "/data/zones"]))
def test_any_bytes_in_an_address_are_answered(client, raw, path):
    """Bytes that are no text in a query are answered too."""
    query = "".join(f"%{byte:02X}" for byte in raw)
    for name in ("hardware", "where", "q", "lang"):
        answer = client.get(f"{path}?hardware=A100&duration=1h&{name}={query}")
        assert answer.status_code in (200, 404, 414, 422)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*RUN, *COMPARE, "z"]), inner, max_size=5)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_answered(client, body):
    """Whatever JSON is posted, the answer is a figure or a problem."""
    usual = {"hardware": "A100", "duration": "1h", "where": "FR"}
    for one in (body, usual | body if isinstance(body, dict) else body):
        for path in ("/v1/estimate", "/v1/compare"):
            answer = client.post(path, content=_json(one), headers={"content-type": "application/json"})
            assert answer.status_code in (200, 400, 422), one


def _json(body):
    import json

    return json.dumps(body).encode()
