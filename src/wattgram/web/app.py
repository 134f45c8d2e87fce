"""The app: `create_app()` puts the routes, the guard and the tables together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from wattgram.errors import WattgramError
from wattgram.version import __version__
from wattgram.web.desk import Desk
from wattgram.web.guard import Guard
from wattgram.web.limits import Limits
from wattgram.web.live import Folder
from wattgram.web.metrics import Metrics
from wattgram.web.problem import MEDIA_TYPE, Problem, problem_of
from wattgram.web.site import Site

__all__ = ["ROUTES", "create_app"]

ROUTES = (
    "estimate",
    "compare",
    "advise",
    "audit",
    "batch",
    "catalog",
    "service",
    "pages",
    "data",
    "runs",
    "static",
)
"""Modules of `wattgram.web.routes`, each with a `router`; a new route is a new file and a word here."""
LARGE_BODIES = ("/v1/batch",)
"""Routes that read tables, under the limits for tables."""
CODES_OF_STATUS = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type"}


def create_app(
    *,
    limits: Limits | None = None,
    cors_origins: Sequence[str] = (),
    overlay: str | None = None,
    as_of: str | None = None,
    runs: str | None = None,
) -> FastAPI:
    """The web calculator and its API as an ASGI app.

    Parameters
    ----------
    limits : what the server takes before it says no
    cors_origins : origins whose pages may read the API; none by default, `*` for all
    overlay, as_of : the catalog's settings
    runs : a folder of tracked runs to show, live, under /runs

    Returns
    -------
    an app for any ASGI server: `uvicorn --factory wattgram.web:create_app`

    Raises
    ------
    CatalogError : an overlay that does not fit its table
    """
    taken = limits or Limits()
    desk = Desk(taken, overlay, as_of)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    metrics = Metrics()

    class Guarded(FastAPI):
        """The app with the guard around everything, the faults of the program included."""

        def build_middleware_stack(self) -> Any:
            return Guard(super().build_middleware_stack(), taken, metrics, LARGE_BODIES)

    app = Guarded(
        title="wattgram",
        version=__version__,
        summary="The carbon footprint of machine learning, with a range and a source on every figure.",
        license_info={"name": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        lifespan=lifespan,
        **_quiet(),
    )
    app.state.desk, app.state.metrics, app.state.site = desk, metrics, Site(desk, metrics)
    app.state.runs = None if runs is None else Folder(runs)
    app.state.site.templates.globals["live"] = runs is not None
    for name in ROUTES:
        if name == "batch" and not all(find_spec(module) for module in ("duckdb", "narwhals")):
            continue  # tables are an extra of their own: without it their route is not there, and not listed
        app.include_router(import_module(f"wattgram.web.routes.{name}").router)
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(WattgramError, _refused)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(Exception, _refused)
    if cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
        )
    return app


def _quiet() -> dict[str, Any]:
    """No tracing of what was asked, where the framework would offer it to a collector."""
    if "telemetry" not in signature(FastAPI.__init__).parameters:
        return {}
    return {"telemetry": {"tracing": False, "metrics": False, "logs": False}}


async def _refused(request: Request, error: Exception) -> Response:
    """Every refusal: a page where a person looks at a page, else a problem."""
    problem = _as_problem(error)
    headers = dict(getattr(error, "headers", None) or {})
    if problem.code == "busy":
        headers["retry-after"] = "1"
    site: Site = request.app.state.site
    if request.method in ("GET", "HEAD") and site.is_page(request):
        return site.refusal(request, problem, headers)
    return Response(problem.to_json(), problem.status, headers, MEDIA_TYPE)


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, WattgramError):
        return problem_of(error)
    if isinstance(error, RequestValidationError):
        first: Any = error.errors()[0]
        name = first["loc"][-1] if first["loc"] else "request"
        return Problem("bad-input", f"{name} cannot be used: {first['msg']}", what=str(name))
    if isinstance(error, HTTPException):
        code = CODES_OF_STATUS.get(error.status_code, "bad-input")
        sentences = {
            "not-found": "there is no such page or route; GET /openapi.json lists those of the API",
            "method": "this route does not take this method",
        }
        return Problem(code, sentences.get(code, str(error.detail)), status=error.status_code)
    return Problem("internal", "a fault of the program, not of the request")
