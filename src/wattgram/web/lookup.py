"""Look-up: what an address asks of the tables, for the pages and the API alike; what is not there is a 404."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from wattgram.errors import UnknownWordError
from wattgram.web.problem import Problem
from wattgram.web.tables import Tables

__all__ = ["rows_with_sources", "tables_of"]


def tables_of(request: Request, name: str | None = None) -> Tables:
    """The tables that the app serves, with the one of this name among them.

    Raises
    ------
    Problem : no table has the name
    """
    tables: Tables = request.app.state.site.tables
    if name is not None:
        try:
            tables.check(name)
        except UnknownWordError as error:
            raise Problem("not-found", str(error), nearest=list(error.nearest)) from None
    return tables


def rows_with_sources(
    tables: Tables, name: str, key: str
) -> tuple[list[dict[str, str]], dict[str, dict[str, Any]]]:
    """The rows of a table that a key names, and the sources they cite, in the order of their citing.

    Raises
    ------
    Problem : no row has the key
    """
    try:
        rows = tables.rows_of(name, key)
    except UnknownWordError as error:
        raise Problem("not-found", str(error)) from None
    known = tables.catalog.sources()
    cited = dict.fromkeys(
        one
        for row in rows
        for column, cell in row.items()
        if column.endswith("source_id")
        for one in cell.split("|")
    )
    return rows, {one: known[one] for one in cited if one in known}
