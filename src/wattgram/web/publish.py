"""Publish: every report form of an answer, to copy or download."""

from __future__ import annotations

from typing import Any

from wattgram.footprint import Footprint
from wattgram.report.drawing import svg
from wattgram.web.messages import Messages
from wattgram.web.routes.estimate import DOWNLOADS
from wattgram.web.view import drawing

__all__ = ["publish_view"]

SHOWN = ("latex", "bibtex", "markdown", "modelcard", "badge", "svg", "text", "csv", "json", "html")
"""The forms in the order in which people look for them; the long ones are files."""
FILES_ONLY = ("svg", "html")


def publish_view(footprint: Footprint, say: Messages) -> dict[str, Any]:
    """Everything the template needs."""
    forms = []
    images = {"badge": footprint.report("badge"), "svg": svg(footprint, standalone=False)}
    for form in SHOWN:
        text = "" if form in FILES_ONLY else footprint.report(form)
        forms.append(
            {
                "form": form,
                "title": say(f"publish.{form}"),
                "remark": say(f"publish.{form}_remark"),
                "text": text.rstrip("\n"),
                "file": f"/estimate.{DOWNLOADS[form][0]}",
                "image": drawing(images[form]) if form in images else "",
            }
        )
    return {"forms": forms, "heading": footprint.assembled.hardware.name}
