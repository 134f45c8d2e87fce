"""`/v1/advise` and the data of the page's actions, `/act.json`, `.csv`, `.md` and `.txt`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wattgram.advice import advise
from wattgram.advice.forms import render_advice
from wattgram.estimation import estimate
from wattgram.web.answers import ACTIONS, PROBLEM_RESPONSES
from wattgram.web.desk import Desk
from wattgram.web.problem import Problem
from wattgram.web.routes.compare import MEDIA
from wattgram.web.routes.estimate import JSON, json_body, known_words
from wattgram.web.wire import Body, answer
from wattgram.web.words import ADVICE, RUN, Asked, body_schema, parameters, read_body, read_query

__all__ = ["router"]

router = APIRouter(tags=["calculator"])
_RESPONSES: Any = {
    200: {"description": "actions, most saved first", "content": {JSON: {"schema": ACTIONS}}},
    **PROBLEM_RESPONSES,
}
_OTHERS = {name: word for name, word in ADVICE.items() if name not in RUN}
_PARAMETERS = [*parameters(RUN, estimate), *parameters(_OTHERS, advise)]
_FORMS = {end: form for form, (end, _) in MEDIA.items() if form != "svg"}


async def _answer(
    request: Request, asked: Asked, form: str, said: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    desk: Desk = request.app.state.desk

    def work() -> Body:
        actions, footprint = desk.advice(asked.run, said)
        return Body(render_advice(actions, footprint, form).encode())

    return answer(request, await desk.compute(work), MEDIA[form][1], headers=headers)


@router.get(
    "/v1/advise",
    summary="What to change, and what it saves",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={"parameters": _PARAMETERS},
)
async def get_advise(request: Request) -> Response:
    """A run, and what its owner knows beside it, as a query; the list that `wattgram advise --format json` gives."""
    asked = known_words(read_query(request.query_params.multi_items()), with_advice=True)
    return await _answer(request, asked, "json", asked.of_advice())


@router.post(
    "/v1/advise",
    summary="What to change, and what it saves",
    responses=_RESPONSES,
    response_class=Response,
    openapi_extra={
        "requestBody": {"required": True, "content": {JSON: {"schema": body_schema(RUN | _OTHERS)}}}
    },
)
async def post_advise(request: Request) -> Response:
    """The same as a JSON object."""
    asked = read_body(await json_body(request), with_advice=True)
    return await _answer(request, asked, "json", asked.of_advice())


@router.get("/act.{ending}", include_in_schema=False)
async def twin(request: Request, ending: str) -> Response:
    """The data of the page's actions at the same query, in a form of its own."""
    if ending not in _FORMS:
        raise Problem("not-found", f"actions can be had as {', '.join(f'.{end}' for end in _FORMS)}")
    asked = known_words(read_query(request.query_params.multi_items()), with_compare=True, with_advice=True)
    headers = {"content-disposition": f'attachment; filename="actions.{ending}"'} if ending != "json" else {}
    return await _answer(request, asked, _FORMS[ending], asked.of_page_advice(), headers)
