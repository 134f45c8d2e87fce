"""Problems: every refusal as `application/problem+json` (RFC 9457) with one sentence that says what to do."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from wattgram.errors import CatalogError, InputError, MissingExtraError, WattgramError

__all__ = ["MEDIA_TYPE", "PROBLEMS", "Problem", "problem_of"]

MEDIA_TYPE = "application/problem+json"
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad-input": (422, "something that was said cannot be used"),
    "unknown-word": (422, "no row of the catalog answers to a word; the nearest matches are listed"),
    "ambiguous-word": (422, "several rows answer to a word and cannot be ranked; they are listed"),
    "out-of-range": (422, "a number outside the range in which it means anything"),
    "bad-body": (400, "the body is not the JSON object it should be"),
    "not-found": (404, "there is no such page, route, table or row"),
    "method": (405, "the route does not take this method"),
    "too-large": (413, "the body is larger than the server takes"),
    "too-long": (414, "the address is longer than the server takes"),
    "media-type": (415, "the body is of a kind that the route does not read"),
    "busy": (429, "the server computes as much as it may; try again"),
    "internal": (500, "a fault of the program, not of the request"),
    "too-slow": (503, "the answer took longer than the server allows"),
    "missing-extra": (501, "the server lacks an optional dependency of this route"),
}
"""Every code, its status, and what it means; the page about the API lists them."""


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A refusal: its code, the sentence, and what else the answer says."""

    def __init__(self, code: str, detail: str, *, status: int | None = None, **more: Any) -> None:
        self.code, self.detail, self.more = code, detail, more
        self.status = PROBLEMS[code][0] if status is None else status
        super().__init__(detail)

    def to_dict(self) -> dict[str, Any]:
        """The problem as RFC 9457 has it, with the code and what was given, allowed and near."""
        try:
            title = HTTPStatus(self.status).phrase
        except ValueError:
            title = "Error"
        return {
            "type": f"/api#{self.code}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.more,
        }

    def to_json(self) -> bytes:
        """The problem as the bytes of an answer."""
        return (json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n").encode(errors="replace")


def problem_of(error: WattgramError) -> Problem:
    """The problem that an error of the library is."""
    if isinstance(error, InputError):
        code = error.code if error.code in PROBLEMS else "bad-input"
        return Problem(
            code, str(error), what=error.what, given=str(error.given)[:80], nearest=list(error.nearest)
        )
    if isinstance(error, MissingExtraError):
        return Problem("missing-extra", str(error))
    if isinstance(error, CatalogError):
        return Problem("internal", str(error))
    return Problem("bad-input", str(error))
