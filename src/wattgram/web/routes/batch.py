"""`/v1/batch`: a table of runs posted as CSV, Parquet or JSON; the table of answers streamed back."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import AsyncIterator
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from wattgram.errors import InputError, echo
from wattgram.frames.batch import batch
from wattgram.frames.jsonfile import json_lines
from wattgram.web.answers import PROBLEM_RESPONSES
from wattgram.web.desk import Desk
from wattgram.web.problem import Problem
from wattgram.web.wire import Body, answer

__all__ = ["router"]

router = APIRouter(tags=["tables"])
KINDS = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
    "application/octet-stream": "parquet",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/json": "json",
}
"""Media types that are read, and the format each is."""
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/x-ndjson",
}
"""Formats that are written."""
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TEXT = {"schema": {"type": "string"}}
_RUNS = {"schema": {"type": "array", "items": {"type": "object"}}}
SUMMARY = "summary"
"""In place of a format: what the table comes to, as `wattgram batch --format json` says it."""
SAID = ("format", "by", "where", "boundary", "embodied", "suffix")
_SUMMARY = {
    "schema": {
        "type": "object",
        "required": ["schema", "rows", "rows_with_issue", "total_kg", "by", "groups", "issues", "catalog"],
    }
}
_ANSWERS: Any = {
    200: {
        "description": "the same rows with the answers beside them, none more or less; or their summary",
        "content": {
            kind.partition(";")[0]: _BINARY if "parquet" in kind else _TEXT for kind in MEDIA.values()
        }
        | {"application/json": _SUMMARY},
    },
    **PROBLEM_RESPONSES,
}
_BODY = {"required": True, "content": {"text/csv": _TEXT, "application/vnd.apache.parquet": _BINARY, "application/x-ndjson": _TEXT, "application/json": _RUNS}}  # fmt: skip


@router.post(
    "/v1/batch",
    summary="The footprints of a table of runs",
    responses=_ANSWERS,
    response_class=Response,
    openapi_extra={"requestBody": _BODY},
)
async def post_batch(
    request: Request,
    form: Annotated[
        str,
        Query(
            alias="format",
            description="csv, tsv, parquet or jsonl, that of the table unless said; or summary, the totals as JSON",
        ),
    ] = "",
    by: Annotated[
        str,
        Query(max_length=400, description="with format=summary: columns to sum by, as in user,month"),
    ] = "",
    where: Annotated[str, Query(max_length=200, description="the place of runs that say none")] = "",
    boundary: Annotated[str, Query(description="lifecycle or direct")] = "lifecycle",
    embodied: Annotated[str, Query(description="true or false: whether the making is counted")] = "true",
    suffix: Annotated[str, Query(max_length=40, description="added to the names of the answers")] = "",
) -> Response:
    """Columns `hardware`, `hours`, `where` and those of `wattgram batch`; other columns pass through, no row is dropped."""
    desk: Desk = request.app.state.desk
    kind = request.headers.get("content-type", "text/csv").partition(";")[0].strip().lower()
    if kind not in KINDS:
        how = "; send the file itself and say what it is, as in curl -H 'content-type: text/csv' --data-binary @runs.csv"
        raise Problem("media-type", f"the body is {echo(kind)}; this route reads {', '.join(KINDS)}{how}")
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed != "identity":
        raise Problem("media-type", f"the body is packed, {echo(packed)}; send it unpacked")
    written = form or ("jsonl" if KINDS[kind] == "json" else KINDS[kind])
    _check_names(request, written, by)
    _check_said(boundary, embodied, suffix)
    folder = tempfile.TemporaryDirectory(prefix="wattgram-")
    notes: list[str] = []
    try:
        kept = await _kept(request.stream(), folder.name, KINDS[kind])
        answers = os.path.join(folder.name, f"answers.{written}")

        def work() -> Body | None:
            try:
                runs = json_lines(kept, "body", folder.name) if kept.endswith(".json") else kept
                _check_rows(runs, desk.limits.batch_rows)
                summary = batch(
                    runs,
                    None if written == SUMMARY else answers,
                    by=by,
                    where=where or None,
                    boundary=boundary,
                    embodied=embodied == "true",
                    suffix=suffix,
                    catalog=desk.current(),
                )
            except InputError as error:
                raise _of_the_body(error, kept) from None
            notes.extend(note.replace(runs, "body") for note in summary.notes)
            if written == SUMMARY:
                return Body(summary._replace(notes=tuple(notes)).report("json").encode())
            return None

        totals = await desk.compute(work, seconds=desk.limits.batch_seconds, heavy=True)
    except BaseException:
        folder.cleanup()
        raise
    if totals is not None:
        folder.cleanup()
        return answer(request, totals, "application/json", headers={"cache-control": "no-store"})
    headers = {"cache-control": "no-store"}
    if notes:
        headers["wattgram-notes"] = "; ".join(notes).encode("ascii", "replace").decode()
    return FileResponse(
        answers,
        media_type=MEDIA[written],
        filename=f"footprints.{written}",
        headers=headers,
        background=BackgroundTask(folder.cleanup),
    )


def _check_names(request: Request, written: str, by: str) -> None:
    """Refuse a name of the query that is none, a format that is none, and columns to sum by without the sums."""
    for name in request.query_params:
        if name not in SAID:
            raise InputError(
                "name", name, f"the names are {', '.join(SAID)}", get_close_matches(name[:80], SAID, n=1)
            )
    forms = (*MEDIA, SUMMARY)
    if written not in forms:
        allowed = f"it is one of {', '.join(forms)}"
        raise InputError("format", written, allowed, get_close_matches(written[:80], forms, n=1))
    if by and written != SUMMARY:
        raise InputError("by", by, "it goes with format=summary, the sums of the table as JSON")


def _check_said(boundary: str, embodied: str, suffix: str) -> None:
    if boundary not in ("lifecycle", "direct"):
        raise InputError("boundary", boundary, "it is one of lifecycle, direct")
    if not suffix.isprintable():
        raise InputError(
            "suffix", suffix, "it is added to names of columns, so it is of printable characters"
        )
    if embodied not in ("true", "false"):
        raise InputError("embodied", embodied, "it is true or false")


async def _kept(stream: AsyncIterator[bytes], folder: str, form: str) -> str:
    """The body in a file, as it arrives.

    Raises
    ------
    InputError : an empty one
    """
    path = os.path.join(folder, f"runs.{form}")
    with open(path, "wb") as handle:  # noqa: ASYNC230 - a piece at a time into the page cache
        async for piece in stream:
            handle.write(piece)
        size = handle.tell()
    if not size:
        raise InputError(
            "body", "", "it is empty; post a table of runs with the columns hardware, hours and where"
        )
    return path


def _of_the_body(error: InputError, path: str) -> Exception:
    """What is wrong with the body, without the name of the file that it is in here, which is nobody's business."""
    if error.what != "runs":
        return error
    reason = error.allowed.replace(path, "body")
    if os.path.dirname(path) in reason:
        reason = f"it cannot be read as {path.rpartition('.')[2]}"
    return (
        Problem("bad-body", f"the body: {reason}")
        if path.endswith(".json")
        else InputError("body", "…", reason)
    )


def _check_rows(path: str, most: int) -> None:
    """Refuse a table of too many rows before anything is computed.

    Raises
    ------
    Problem : more rows than are taken
    """
    if path.endswith(".parquet"):
        import duckdb  # noqa: PLC0415 - only a table needs it

        try:
            with duckdb.connect() as connection:
                found = connection.execute(
                    "select sum(num_rows) from parquet_file_metadata(?)", [path]
                ).fetchone()
        except duckdb.Error:
            raise InputError("body", "…", "it is no Parquet file") from None
        rows = int(found[0] or 0) if found else 0
    else:
        with open(path, "rb") as handle:
            rows = sum(1 for _ in handle)
        if not path.endswith(".jsonl"):
            rows = (rows if rows <= most else _rows_of(path)) - 1
    if rows > most:
        raise Problem(
            "too-large",
            f"the table has {rows:,} rows; at most {most:,} are taken at once (the limit batch-rows of this server)",
        )


def _rows_of(path: str) -> int:
    """Rows of a CSV with its header: a cell in quotes may hold line ends."""
    with open(path, encoding="utf-8", errors="replace", newline="") as handle:
        try:
            return sum(1 for _ in csv.reader(handle))
        except csv.Error:
            return 0  # it is refused for that, with its line
