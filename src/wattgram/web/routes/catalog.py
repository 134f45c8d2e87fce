"""`/v1/catalog`: the tables, their rows, a search over all of them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from wattgram.run import check_number
from wattgram.web.answers import PROBLEM_RESPONSES, TABLE
from wattgram.web.desk import Desk
from wattgram.web.lookup import rows_with_sources, tables_of
from wattgram.web.problem import Problem
from wattgram.web.tables import ORDER
from wattgram.web.wire import Body, answer

__all__ = ["router"]

router = APIRouter(prefix="/v1/catalog", tags=["catalog"])
JSON = "application/json"
CSV = "text/csv; charset=utf-8"
FORMS = ("json", "csv")
Q = Annotated[
    str, Query(max_length=200, description="words that must all stand somewhere in a row", examples=["a100"])
]
_ROWS: Any = {
    200: {
        "description": "rows",
        "content": {JSON: {"schema": TABLE}, "text/csv": {"schema": {"type": "string"}}},
    }
}
_ANY: Any = {
    200: {"description": "found", "content": {JSON: {"schema": {"type": "object"}}}},
    **PROBLEM_RESPONSES,
}


async def _json(request: Request, make: Any) -> Response:
    desk: Desk = request.app.state.desk

    def work() -> Body:
        return Body((json.dumps(make(), ensure_ascii=False, indent=1) + "\n").encode())

    return answer(request, await desk.compute(work), JSON)


@router.get("", summary="Every table of the catalog", responses=_ANY, response_class=Response)
async def list_tables(request: Request) -> Response:
    """Each table with its columns, their units and meanings, and how many rows it has."""
    tables = tables_of(request)

    def make() -> dict[str, Any]:
        return {
            "catalog": {"version": tables.catalog.version},
            "tables": [
                {
                    "table": name,
                    "count": tables.count(name),
                    "key": list(tables.key_columns(name)),
                    "columns": [column._asdict() for column in tables.columns(name)],
                }
                for name in tables.names
            ],
        }

    return await _json(request, make)


@router.get("/search", summary="Search every table", responses=_ANY, response_class=Response)
async def search(
    request: Request,
    q: Q,
    limit: Annotated[int, Query(ge=1, le=100, description="most rows of each table [1]")] = 10,
) -> Response:
    """The tables that have rows with these words, how many, and the first of them."""
    tables = tables_of(request)
    return await _json(
        request,
        lambda: {
            "query": q,
            "tables": tables.search(q, limit),
            "catalog": {"version": tables.catalog.version},
        },
    )


@router.get(
    "/{table}", summary="Rows of one table", responses={**_ROWS, **PROBLEM_RESPONSES}, response_class=Response
)
async def rows(
    request: Request,
    table: Annotated[str, Path(description=f"one of {', '.join(ORDER)}", examples=["regions"])],
    q: Q = "",
    limit: Annotated[str, Query(description="most rows [1]; 100 unless said, and no limit in CSV")] = "",
    offset: Annotated[str, Query(description="rows to pass over [1]")] = "",
    form: Annotated[str, Query(alias="format", description="json or csv")] = "json",
) -> Response:
    """All rows, or those with the words of `q`, as JSON (some at a time) or CSV (all of them)."""
    desk: Desk = request.app.state.desk
    tables = tables_of(request, table)
    if form not in FORMS:
        raise Problem("bad-input", f"format cannot be used: it is one of {', '.join(FORMS)}", what="format")
    if form == "csv":
        body = await desk.compute(lambda: Body(tables.csv_text(table, q).encode()))
        return answer(
            request, body, CSV, headers={"content-disposition": f'attachment; filename="{table}.csv"'}
        )
    most = int(check_number("limit", limit or 100, 1, desk.limits.rows, whole=True))
    begin = int(check_number("offset", offset or 0, 0, 1_000_000_000, whole=True))

    def make() -> dict[str, Any]:
        found, count = tables.page(table, q, most, begin)
        return {
            "table": table,
            "query": q,
            "count": count,
            "offset": begin,
            "rows": found,
            "catalog": {"version": tables.catalog.version},
        }

    return await _json(request, make)


@router.get("/{table}/{key:path}", summary="One row of a table", responses=_ANY, response_class=Response)
async def row(
    request: Request,
    table: Annotated[str, Path(description="the table", examples=["zones"])],
    key: Annotated[
        str, Path(description="what names the row: its key columns joined by a colon", examples=["CA-QC"])
    ],
) -> Response:
    """The row that a key names (of a zone: its rows of every year), with the sources it cites."""
    tables = tables_of(request, table)

    def make() -> dict[str, Any]:
        found, sources = rows_with_sources(tables, table, key)
        return {
            "table": table,
            "key": key,
            "rows": found,
            "sources": [{"id": name, **sources[name]} for name in sorted(sources)],
            "catalog": {"version": tables.catalog.version},
        }

    return await _json(request, make)
