"""The live page of tracked runs: `wattgram serve --runs DIR`; each page has its data twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from wattgram.web.live import Folder, run_view, runs_view
from wattgram.web.messages import Messages
from wattgram.web.problem import Problem
from wattgram.web.site import Site
from wattgram.web.wire import Body

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
FRESH = {"cache-control": "no-store"}


def _folder(request: Request) -> Folder:
    folder: Folder | None = request.app.state.runs
    if folder is None:
        raise Problem("not-found", "no folder of runs is served; start it with wattgram serve --runs DIR")
    return folder


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is only for the eye."""
    return {name: value for name, value in row.items() if not name.endswith("_text")}


async def _page(request: Request, template: str, make: Callable[[Messages], dict[str, Any]]) -> Response:
    site: Site = request.app.state.site
    say = site.say(request)
    lang = say.lang if request.query_params.get("lang") else ""

    def work() -> Body:
        return site.render(template, say, request.url.path, lang=lang, **make(say))

    body = await site.desk.compute(work)
    return site.page(request, lambda: body, headers=FRESH)


@router.api_route("/runs", methods=["GET", "HEAD"])
async def runs(request: Request) -> Response:
    """Every run, newest first, with totals."""
    folder = _folder(request)
    return await _page(request, "runs.html", lambda _: runs_view(folder))


@router.api_route("/runs.json", methods=["GET", "HEAD"])
async def runs_data(request: Request) -> Response:
    """The same as `wattgram runs list --format json`."""
    folder = _folder(request)
    view = await request.app.state.site.desk.compute(lambda: runs_view(folder))
    rows = [_plain(row) for row in view["rows"][::-1]]
    return JSONResponse(rows, headers=FRESH)


@router.api_route("/runs/{identity}.json", methods=["GET", "HEAD"])
async def run_data(request: Request, identity: str) -> Response:
    """One run: its figures, its power between samples, its tasks."""
    folder = _folder(request)

    def work() -> dict[str, Any]:
        run = folder.run(identity)
        view = run_view(run, request.app.state.site.say(request))
        power = [{"at_s": at_s, "seconds": seconds, "power_w": watts} for at_s, seconds, watts in run.power()]
        return {**_plain(view["row"]), "tasks": [_plain(one) for one in view["tasks"]], "power": power}

    return JSONResponse(await request.app.state.site.desk.compute(work), headers=FRESH)


@router.api_route("/runs/{identity}", methods=["GET", "HEAD"])
async def one_run(request: Request, identity: str) -> Response:
    """One run, drawn over time."""
    folder = _folder(request)
    return await _page(request, "run.html", lambda say: run_view(folder.run(identity), say))
