"""`/v1/audit`: a published carbon statement checked against its own words."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wattgram.auditing import audited
from wattgram.errors import InputError
from wattgram.web.answers import FINDINGS, PROBLEM_RESPONSES
from wattgram.web.desk import Desk
from wattgram.web.problem import Problem
from wattgram.web.routes.estimate import JSON, json_body
from wattgram.web.wire import Body, answer

__all__ = ["router"]

router = APIRouter(tags=["audit"])
WORDS = ("text", "hardware", "hours", "where", "count")
_RESPONSES: Any = {
    200: {"description": "a finding for each statement", "content": {JSON: {"schema": FINDINGS}}},
    **PROBLEM_RESPONSES,
}
_TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {
        "text": {
            "type": "string",
            "description": "a model card, LaTeX, plain text, YAML, or an emissions.csv",
        },
        "hardware": {"type": "string", "description": "what ran, where the text does not say"},
        "hours": {
            "anyOf": [{"type": "string"}, {"type": "number"}],
            "description": "how long, where it does not say",
        },
        "where": {"type": "string", "description": "where, where it does not say"},
        "count": {"type": "integer", "description": "how many devices, where it does not say [1]"},
    },
}
Supplied = Annotated[
    str, Query(max_length=200, description="what the text leaves out; what it says is never replaced")
]


async def _answer(request: Request, words: dict[str, Any]) -> Response:
    desk: Desk = request.app.state.desk

    def work() -> Body:
        until = time.monotonic() + desk.limits.seconds
        findings = []
        for one in audited(**words, catalog=desk.current()):
            findings.append(one.to_dict())
            if time.monotonic() > until:  # nobody waits for it any more
                raise Problem("too-slow", "the text makes too many statements to check at once")
        found = {
            "findings": findings,
            "catalog": {"version": desk.catalog.version},
        }
        return Body((json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())

    return answer(request, await desk.compute(work, heavy=True), JSON)


@router.get("/v1/audit", summary="Check a published statement", responses=_RESPONSES, response_class=Response)
async def get_audit(
    request: Request,
    text: Annotated[
        str,
        Query(description="the text with the statement", examples=["8xA100 for 100 h in France, 3 kg CO2e"]),
    ],
    hardware: Supplied = "",
    hours: Supplied = "",
    where: Supplied = "",
    count: Supplied = "",
) -> Response:
    """A short text as a query; a whole card is posted."""
    said = {"hardware": hardware, "hours": hours, "where": where, "count": count}
    return await _answer(request, {"text": text, **{name: word for name, word in said.items() if word}})


@router.post(
    "/v1/audit",
    summary="Check a published statement",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _TEXT}, "text/markdown": {"schema": {"type": "string"}}},
        }
    },
)
async def post_audit(request: Request) -> Response:
    """The text as a JSON object, or as it is with a media type of text (a README.md, a .tex, a .csv)."""
    kind = request.headers.get("content-type", JSON)
    if kind.startswith("text/"):
        return await _answer(request, {"text": (await request.body()).decode(errors="replace")})
    body = await json_body(request)
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise InputError("body", type(body).__name__, 'it takes one JSON object, as in {"text": "..."}')
    strange = [name for name in body if name not in WORDS]
    if strange:
        raise InputError("name", strange[0], f"the names are {', '.join(WORDS)}")
    for name, value in body.items():
        if isinstance(value, (bool, list, dict)):
            raise InputError(name, "…", "it takes a text or a number")
    return await _answer(request, {name: value for name, value in body.items() if value is not None})
