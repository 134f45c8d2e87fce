"""`/v1/compare` and the data of the page's comparison, `/compare.json`, `.csv` and `.svg`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wattgram.comparison import compare
from wattgram.estimation import estimate
from wattgram.run import check_number
from wattgram.web.answers import COMPARISON, PROBLEM_RESPONSES
from wattgram.web.desk import Desk
from wattgram.web.problem import Problem
from wattgram.web.routes.estimate import JSON, json_body, known_words
from wattgram.web.wire import Body, answer
from wattgram.web.words import COMPARE, RUN, Asked, Word, body_schema, parameters, read_body, read_query

__all__ = ["MEDIA", "most_rows", "router"]

router = APIRouter(tags=["calculator"])
MEDIA = {
    "text": ("txt", "text/plain; charset=utf-8"),
    "json": ("json", JSON),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "svg": ("svg", "image/svg+xml"),
}
_LIMIT = Word("limit", "whole", "", "20")
_RESPONSES: Any = {
    200: {"description": "the alternatives, least first", "content": {JSON: {"schema": COMPARISON}}},
    **PROBLEM_RESPONSES,
}
_OTHERS = {name: word for name, word in COMPARE.items() if name not in RUN} | {"limit": _LIMIT}
_PARAMETERS = [*parameters(RUN, estimate), *parameters(_OTHERS, compare)]
_PARAMETERS[-1]["description"] = "how many alternatives are listed; the run itself always is [1]"


def most_rows(asked: Asked, limit: int) -> int | None:
    """How many alternatives were asked for; None for all.

    Raises
    ------
    InputError : a limit that is none
    """
    said = asked.page.get("limit")
    return None if said is None else int(check_number("limit", said, 1, limit, whole=True))


async def _answer(
    request: Request, asked: Asked, form: str, headers: dict[str, str] | None = None
) -> Response:
    desk: Desk = request.app.state.desk
    most = most_rows(asked, desk.limits.rows)

    def work() -> Body:
        return Body(desk.comparison(asked.run, asked.compare).report(form, most).encode())

    return answer(request, await desk.compute(work), MEDIA[form][1], headers=headers)


@router.get(
    "/v1/compare",
    summary="The same run elsewhere",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={"parameters": _PARAMETERS},
)
async def get_compare(request: Request) -> Response:
    """A run and the axis along which it is compared, as a query."""
    asked = known_words(read_query(request.query_params.multi_items()), with_compare=True)
    return await _answer(request, asked, "json")


@router.post(
    "/v1/compare",
    summary="The same run elsewhere",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={
        "requestBody": {"required": True, "content": {JSON: {"schema": body_schema(RUN | _OTHERS)}}}
    },
)
async def post_compare(request: Request) -> Response:
    """The same as a JSON object."""
    return await _answer(request, read_body(await json_body(request), with_compare=True), "json")


@router.get("/compare.{ending}", include_in_schema=False)
async def twin(request: Request, ending: str) -> Response:
    """The data of the page's comparison at the same query, in a form of its own."""
    forms = {end: form for form, (end, _) in MEDIA.items()}
    if ending not in forms:
        raise Problem("not-found", f"a comparison can be had as {', '.join(f'.{end}' for end in forms)}")
    form = forms[ending]
    asked = known_words(read_query(request.query_params.multi_items()), with_compare=True, with_advice=True)
    if form == "json":
        return await _answer(request, asked, form)
    return await _answer(
        request, asked, form, {"content-disposition": f'attachment; filename="comparison.{ending}"'}
    )
