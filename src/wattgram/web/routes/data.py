"""The pages about the data and the method: Learn, Data, and the API's own documentation."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wattgram.run import check_number
from wattgram.web.learn import learn_view
from wattgram.web.lookup import rows_with_sources, tables_of
from wattgram.web.problem import PROBLEMS
from wattgram.web.site import Site
from wattgram.web.tables import Tables
from wattgram.web.wire import Body

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
PAGE_ROWS = 50
LONGEST_QUERY = 200


async def _render(request: Request, template: str, make: Any, *, keep: bool = False) -> Response:
    site: Site = request.app.state.site
    say = site.say(request)
    lang = say.lang if request.query_params.get("lang") else ""
    key = (request.url.path, say.lang, bool(lang))
    body = site.desk.pages.get(key) if keep else None
    if body is None:

        def work() -> Body:
            return site.render(template, say, request.url.path, lang=lang, **make(say))

        body = await site.desk.compute(work)
        if keep:
            site.desk.pages.put(key, body)
    return site.page(request, lambda: body)


@router.api_route("/learn", methods=["GET", "HEAD"])
async def learn(request: Request) -> Response:
    """The factors explained, with the figures of the catalog as it is."""
    site: Site = request.app.state.site
    return await _render(request, "learn.html", lambda say: learn_view(site.desk.catalog, say), keep=True)


@router.api_route("/api", methods=["GET", "HEAD"])
async def api(request: Request) -> Response:
    """The API's documentation, from its own description; nothing is loaded from elsewhere."""
    schema = request.app.openapi()

    def make(_: Any) -> dict[str, Any]:
        routes = [
            {"path": path, "method": method.upper(), **operation}
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        ]
        return {"routes": routes, "problems": PROBLEMS, "limits": request.app.state.desk.limits}

    return await _render(request, "api.html", make, keep=True)


@router.api_route("/data", methods=["GET", "HEAD"])
async def overview(request: Request) -> Response:
    """Every table, and a search over all of them."""
    tables = tables_of(request)
    query = request.query_params.get("q", "").strip()[:LONGEST_QUERY]

    def make(_: Any) -> dict[str, Any]:
        found = tables.search(query, 5) if query else []
        for one in found:
            one["hits"] = [_hit(tables, one["table"], row) for row in one["rows"]]
        return {
            "tables": [(name, tables.count(name)) for name in tables.names],
            "query": query,
            "found": found,
        }

    return await _render(request, "data.html", make)


def _hit(tables: Tables, name: str, row: dict[str, str]) -> tuple[str, str]:
    """A found row: what names it, and its first telling cells."""
    key = ":".join(row[column] for column in tables.key_columns(name))
    skip = {*tables.key_columns(name), "aliases", "model", "variants", "source_id", "url"}
    told = [cell for column, cell in row.items() if cell and column not in skip][:4]
    return key, " · ".join(told)


@router.api_route("/data/{name}.csv", methods=["GET", "HEAD"])
async def download(request: Request, name: str) -> Response:
    """The rows of a table, or those that fit `q`, as a file that is safe to open in a spreadsheet."""
    from wattgram.web.routes.catalog import rows  # noqa: PLC0415 - the same answer as the API's

    return await rows(request, name, q=request.query_params.get("q", "")[:LONGEST_QUERY], form="csv")


@router.api_route("/data/{name}", methods=["GET", "HEAD"])
async def table(request: Request, name: str) -> Response:
    """The rows of a table, some at a time, or those that fit a search."""
    tables = tables_of(request, name)
    query = request.query_params.get("q", "").strip()[:LONGEST_QUERY]
    number = int(check_number("page", request.query_params.get("page") or 1, 1, 10_000, whole=True))

    def make(_: Any) -> dict[str, Any]:
        rows, count = tables.page(name, query, PAGE_ROWS, (number - 1) * PAGE_ROWS)
        keys = [":".join(row[column] for column in tables.key_columns(name)) for row in rows]
        return {
            "name": name,
            "query": query,
            "columns": tables.columns(name),
            "rows": list(zip(keys, rows, strict=True)),
            "count": count,
            "page": number,
            "pages": max(-(-count // PAGE_ROWS), 1),
            "key_columns": tables.key_columns(name),
        }

    return await _render(request, "table.html", make)


@router.api_route("/data/{name}/{key:path}", methods=["GET", "HEAD"])
async def row(request: Request, name: str, key: str) -> Response:
    """One row with every column described and every source linked (of a zone: every year)."""
    tables = tables_of(request, name)

    def make(_: Any) -> dict[str, Any]:
        rows, sources = rows_with_sources(tables, name, key)
        return {
            "name": name,
            "key": key,
            "rows": rows,
            "columns": tables.columns(name),
            "sources": list(sources.items()),
            "citing": tables.citing(key) if name == "sources" else {},
        }

    return await _render(request, "row.html", make)
