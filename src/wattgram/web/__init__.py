"""The web calculator and its REST API (extra `[web]`): `create_app()` and the limits it runs under.

======================  ==================================================================================
`app`                   `create_app()`: routes, guard and tables put together
`words`                 everything a user can say, in one declared table
`desk`                  the one path from words to figures; computes beside the event loop
`view`, `site`          a footprint as a page shows it; templates, languages, addresses
`messages`              what the page says, one file a language
`tables`, `options`     the catalog as it is browsed; the lists of the form
`guard`, `limits`       limits, safe headers, the count; `metrics` tells them to Prometheus
`problem`, `wire`       refusals as problem+json; bodies as they travel
`routes/`               a file for each group of routes
======================  ==================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.web.limits import Limits

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Limits", "create_app"]


def create_app(**settings: Any) -> FastAPI:
    """The app (see `wattgram.web.app.create_app` for its settings).

    Raises
    ------
    MissingExtraError : the extra `[web]` is not installed
    """
    try:
        from wattgram.web.app import create_app as create  # noqa: PLC0415 - the extra may be missing
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in (
            "fastapi",
            "starlette",
            "jinja2",
            "markupsafe",
            "pydantic",
        ):
            from wattgram.errors import MissingExtraError  # noqa: PLC0415

            raise MissingExtraError("the web calculator", "web") from None
        raise
    return create(**settings)
