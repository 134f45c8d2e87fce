"""The files the page loads: a style sheet, a script, an icon."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from wattgram.web.problem import Problem
from wattgram.web.site import STATIC, Site
from wattgram.web.wire import answer

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
FOREVER = "public, max-age=31536000, immutable"


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
async def static(request: Request, name: str) -> Response:
    """One of the files; an address that names its content may be kept for ever."""
    site: Site = request.app.state.site
    if name not in STATIC:
        raise Problem("not-found", "there is no such file")
    body = site.files[name]
    kept = FOREVER if request.query_params.get("v") == body.etag[3:-1] else "no-cache"
    return answer(request, body, STATIC[name], headers={"cache-control": kept})


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
async def favicon(request: Request) -> Response:
    """The icon, for those who ask for it without having read the page."""
    return await static(request, "icon.svg")


@router.api_route("/robots.txt", methods=["GET", "HEAD"])
async def robots() -> Response:
    """Pages may be indexed; endless combinations of answers need not be."""
    return Response("User-agent: *\nDisallow: /v1/\nDisallow: /*?\n", media_type="text/plain")
