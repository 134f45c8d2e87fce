"""Whether the server lives, and what it did."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from wattgram.version import __version__
from wattgram.web.metrics import CONTENT_TYPE

__all__ = ["router"]

router = APIRouter(tags=["service"])
_HEALTH = {
    "type": "object",
    "required": ["status", "version", "catalog"],
    "properties": {name: {"type": "string"} for name in ("status", "version", "catalog")},
}


@router.get(
    "/healthz",
    summary="Whether the server lives",
    responses={200: {"content": {"application/json": {"schema": _HEALTH}}}},
    response_class=JSONResponse,
)
async def healthz(request: Request) -> Response:
    """The program's version and that of its catalog."""
    return JSONResponse(
        {"status": "ok", "version": __version__, "catalog": request.app.state.desk.catalog.version},
        headers={"cache-control": "no-store"},
    )


@router.get(
    "/metrics",
    summary="What the server did, for Prometheus",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
async def metrics(request: Request) -> Response:
    """Requests by route and status, their latency, those in flight, and the memory of the process."""
    text = request.app.state.metrics.text()
    folder = request.app.state.runs
    if folder is not None:
        from wattgram.tracker.metrics import prometheus  # noqa: PLC0415 - only where runs are served

        text += await request.app.state.desk.compute(lambda: prometheus(folder.runs()))
    return Response(text, media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})
