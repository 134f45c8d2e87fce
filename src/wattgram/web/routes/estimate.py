"""`/v1/estimate` and the data twin of the page, `/.json` and `/estimate.json`; the same answer in every report form."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wattgram.estimation import estimate
from wattgram.web.answers import ESTIMATE, PROBLEM_RESPONSES
from wattgram.web.desk import Desk
from wattgram.web.problem import Problem
from wattgram.web.wire import Body, answer
from wattgram.web.words import RUN, Asked, body_schema, parameters, read_body, read_query, unknown

__all__ = ["DOWNLOADS", "JSON", "json_body", "router"]

router = APIRouter(tags=["calculator"])
JSON = "application/json"
DOWNLOADS = {
    "text": ("txt", "text/plain; charset=utf-8"),
    "json": ("json", JSON),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "latex": ("tex", "application/x-tex; charset=utf-8"),
    "bibtex": ("bib", "application/x-bibtex; charset=utf-8"),
    "modelcard": ("card.md", "text/markdown; charset=utf-8"),
    "badge": ("svg", "image/svg+xml"),
    "html": ("html", "text/html; charset=utf-8"),
    "svg": ("figure.svg", "image/svg+xml"),
}
"""Each report form: the end of its address, and its media type."""
_RESPONSES: Any = {
    200: {"description": "the footprint", "content": {JSON: {"schema": ESTIMATE}}},
    **PROBLEM_RESPONSES,
}


async def json_body(request: Request) -> Any:
    """The JSON of a body.

    Raises
    ------
    Problem : another kind of body, or one that is no JSON
    """
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind != JSON and not kind.endswith("+json"):
        raise Problem("media-type", f"the body is {kind[:80]!r}; this route reads {JSON}")
    body = await request.body()
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem(
            "bad-body", 'the body is not JSON; it takes one object, as in {"hardware": "A100", ...}'
        ) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def known_words(asked: Asked, *, with_compare: bool = False, with_advice: bool = False) -> Asked:
    """The question, where every name in it is a word.

    Raises
    ------
    InputError : a name that is none, with the nearest
    """
    if asked.strange:
        unknown(asked.strange[0], with_compare=with_compare, with_advice=with_advice)
    if asked.advice and not with_advice:
        unknown(next(iter(asked.advice)), with_compare=with_compare)
    return asked


async def _answer(request: Request, asked: Asked) -> Response:
    desk: Desk = request.app.state.desk

    def work() -> Body:
        return Body(desk.footprint(asked.run).report("json").encode())

    return answer(request, await desk.compute(work), JSON)


@router.get(
    "/v1/estimate",
    summary="The footprint of one run",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={"parameters": parameters(RUN, estimate)},
)
async def get_estimate(request: Request) -> Response:
    """What ran, how long, where, as a query; the answer is the JSON that the command and the library give."""
    return await _answer(request, known_words(read_query(request.query_params.multi_items())))


@router.post(
    "/v1/estimate",
    summary="The footprint of one run",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={"requestBody": {"required": True, "content": {JSON: {"schema": body_schema(RUN)}}}},
)
async def post_estimate(request: Request) -> Response:
    """The same as a JSON object with the names that `wattgram.estimate()` has."""
    return await _answer(request, read_body(await json_body(request)))


@router.get("/.json", include_in_schema=False)
@router.get("/estimate.json", include_in_schema=False)
async def twin(request: Request) -> Response:
    """The data of the page at the same query; the words that only the page has change nothing in it."""
    asked = read_query(request.query_params.multi_items())
    return await _answer(request, known_words(asked, with_compare=True, with_advice=True))


@router.get("/estimate.{ending:path}", include_in_schema=False)
async def download(request: Request, ending: str) -> Response:
    """The answer in a report form, as a file."""
    forms = {end: (form, media) for form, (end, media) in DOWNLOADS.items()}
    if ending not in forms:
        ends = ", ".join(f".{end}" for end in forms)
        raise Problem("not-found", f"an answer can be had as {ends}")
    form, media = forms[ending]
    asked = known_words(read_query(request.query_params.multi_items()), with_compare=True, with_advice=True)
    desk: Desk = request.app.state.desk

    def work() -> Body:
        return Body(desk.footprint(asked.run).report(form).encode())

    show = "inline" if form == "badge" else "attachment"
    name = "README.md" if form == "modelcard" else f"footprint.{ending}"
    return answer(
        request,
        await desk.compute(work),
        media,
        headers={"content-disposition": f'{show}; filename="{name}"'},
    )
