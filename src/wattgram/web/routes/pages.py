"""The pages of a run: the calculator with its answer, the comparison, what would reduce it, and how to publish it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wattgram.comparison import WITHIN
from wattgram.errors import InputError, WattgramError
from wattgram.web.act import act_view
from wattgram.web.elsewhere import compare_view, what_if
from wattgram.web.messages import Messages
from wattgram.web.options import more_options
from wattgram.web.problem import Problem, problem_of
from wattgram.web.publish import publish_view
from wattgram.web.site import VIEWS, Site
from wattgram.web.view import answer_view
from wattgram.web.wire import Body, answer
from wattgram.web.words import Asked, read_query

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
EXAMPLES = (
    (("hardware", "8xA100-SXM4-80GB"), ("duration", "100h"), ("where", "aws:us-east-1")),
    (("hardware", "RTX 4090"), ("duration", "3d4h"), ("where", "Montreal")),
    (("hardware", "TPU v3-8"), ("duration", "90min"), ("where", "gcp:europe-west4")),
    (("hardware", "2xEPYC 7763 + 512GB"), ("duration", "30d"), ("where", "France"), ("pue", "1.25")),
)
"""Runs that show what can be written."""


def _answer(asked: Asked, site: Site, say: Messages) -> dict[str, Any]:
    """The answer: number, range, product, spread, claims, sources; without a run, the form."""
    footprint = site.desk.footprint(asked.run)
    return {"answer": answer_view(footprint, say), "what_if": what_if(footprint, site.desk, say)}


def _compare(asked: Asked, site: Site, say: Messages) -> dict[str, Any]:
    """The same run elsewhere."""
    return compare_view(asked, site.desk, say)


def _act(asked: Asked, site: Site, say: Messages) -> dict[str, Any]:
    """What would reduce it, by what it saves."""
    return act_view(asked, site.desk, say)


def _publish(asked: Asked, site: Site, say: Messages) -> dict[str, Any]:
    """The answer in every form, to copy or download."""
    return publish_view(site.desk.footprint(asked.run), say)


_MAKERS: dict[str, Callable[[Asked, Site, Messages], dict[str, Any]]] = {
    "answer": _answer,
    "compare": _compare,
    "act": _act,
    "publish": _publish,
}


async def _view(request: Request) -> Response:
    site: Site = request.app.state.site
    path = request.url.path
    say = site.say(request)
    pairs = request.query_params.multi_items()
    lang = say.lang if request.query_params.get("lang") else ""
    try:
        asked = read_query(pairs)
    except InputError as error:
        filled = {name: text.strip() for name, text in pairs}
        body = _page(site, say, path, lang, Asked(filled, {}, {}, {}, ()), problem_of(error), {})
        return site.page(request, lambda: body, status=422)
    if asked.compare.get("by") == "start" and asked.compare.get("within") in WITHIN:
        del asked.compare["within"]  # left by the form of another axis; here it would be a span of time
    hour = int(time.time() // 3600) if path == "/act" or asked.compare.get("by") == "start" else 0
    key = (path, say.lang, bool(lang), asked.key(), asked.strange, hour)
    body_known = site.desk.pages.get(key)
    site.metrics.remembered["hit" if body_known else "miss"] += 1
    if body_known:
        return site.page(request, lambda: body_known)

    def work() -> tuple[Body, int]:
        if asked.empty:
            return _page(site, say, path, lang, asked, None, {}), 200
        try:
            found = _MAKERS[VIEWS[path]](asked, site, say)
        except WattgramError as error:
            problem = problem_of(error)
            return _page(site, say, path, lang, asked, problem, {}), problem.status
        return _page(site, say, path, lang, asked, None, found), 200

    body, status = await site.desk.compute(work)
    if status == 200:  # noqa: PLR2004 - OK
        site.desk.pages.put(key, body)
    return site.page(request, lambda: body, status=status)


def _page(
    site: Site,
    say: Messages,
    path: str,
    lang: str,
    asked: Asked,
    problem: Problem | None,
    found: dict[str, Any],
) -> Body:
    said = _all_shown(asked.run)
    template = "start.html" if asked.empty or problem else f"{VIEWS[path]}.html"
    return site.render(
        template,
        say,
        path,
        lang=lang,
        form=True,
        said=said,
        asked=asked,
        problem=problem,
        examples=EXAMPLES,
        query={
            **said,
            **_all_shown(asked.compare | asked.advice),
            **{k: v for k, v in asked.page.items() if k != "lang"},
        },
        **found,
    )


def _all_shown(said: dict[str, Any]) -> dict[str, str]:
    return {name: _shown(value) for name, value in said.items()}


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


for _path in VIEWS:
    router.add_api_route(_path, _view, methods=["GET", "HEAD"], description=_MAKERS[VIEWS[_path]].__doc__)


@router.get("/options/{name}")
async def options(request: Request, name: str) -> Response:
    """The long list behind a field of the form, fetched by the page's script when the field is entered."""
    site: Site = request.app.state.site
    if name not in ("hardware", "where"):
        raise Problem("not-found", "the lists are hardware and where")
    key = ("options", name)
    body = site.desk.pages.get(key)
    if body is None:
        body = await site.desk.compute(lambda: Body(more_options(site.tables, name).encode()))
        site.desk.pages.put(key, body)
    return answer(
        request, body, "text/html; charset=utf-8", headers={"cache-control": "public, max-age=86400"}
    )
