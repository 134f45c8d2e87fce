"""Reports: one footprint in the forms people need it in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["FORMS", "render"]

FORMS = ("text", "json", "csv", "markdown")


def render(footprint: Footprint, form: str) -> str:
    """The footprint in one of FORMS, ending in a newline.

    Raises
    ------
    InputError : a form that is none, with those that are
    """
    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")
    writer: Callable[[Footprint], str]
    if form == "text":
        from wattgram.report.text import text as writer  # noqa: PLC0415 - only the form asked for is loaded
    elif form == "json":
        from wattgram.report.json import json_text as writer  # noqa: PLC0415
    elif form == "csv":
        from wattgram.report.csv import csv_text as writer  # noqa: PLC0415
    else:
        from wattgram.report.markdown import markdown as writer  # noqa: PLC0415
    return writer(footprint)
