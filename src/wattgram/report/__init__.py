"""Reports: one footprint in the forms people need it in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.report.picture import PICTURES

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["FORMS", "WRITERS", "render"]

WRITERS = {
    "text": ("wattgram.report.text", "text"),
    "json": ("wattgram.report.json", "json_text"),
    "csv": ("wattgram.report.csv", "csv_text"),
    "markdown": ("wattgram.report.markdown", "markdown"),
    "latex": ("wattgram.report.latex", "latex"),
    "bibtex": ("wattgram.report.bibtex", "bibtex"),
    "modelcard": ("wattgram.report.modelcard", "modelcard"),
    "badge": ("wattgram.report.badge", "badge"),
    "html": ("wattgram.report.html", "html"),
    "svg": ("wattgram.report.drawing", "svg"),
}
"""Each form, and the module and function that write it; only the form asked for is loaded."""
FORMS = tuple(WRITERS)


def render(footprint: Footprint, form: str) -> str:
    """The footprint in one of FORMS, ending in a newline.

    Raises
    ------
    InputError : a form that is none, with those that are
    """
    if form in PICTURES:
        raise InputError("format", form, "a picture is bytes, not text: the footprint's picture() makes it")
    if form not in WRITERS:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(str(form)[:80], FORMS, n=1)
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}", near)
    module, function = WRITERS[form]
    writer: Callable[[Footprint], str] = getattr(import_module(module), function)
    return writer(footprint)
