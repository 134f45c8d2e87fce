"""Guard: what every request passes: limits of size and number, headers that keep the page safe, and the count."""

from __future__ import annotations

import logging
import time
from typing import Any

from wattgram.web.limits import Limits
from wattgram.web.metrics import Metrics
from wattgram.web.problem import MEDIA_TYPE, Problem

__all__ = ["HEADERS", "Guard"]

HEADERS = (
    (
        b"content-security-policy",
        (
            b"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; "
            b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""On every answer; there is no inline script or style anywhere, and nothing comes from elsewhere."""
_LOG = logging.getLogger("wattgram.web")
UNLIMITED = ("/healthz", "/metrics")
"""Answered however busy the server is: they are how one sees that it is."""


class Guard:
    """An ASGI app around an ASGI app."""

    def __init__(
        self, app: Any, limits: Limits, metrics: Metrics, large_bodies: tuple[str, ...] = ()
    ) -> None:
        self.app, self.limits, self.metrics, self.large_bodies = app, limits, metrics, large_bodies

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, or refuse it with a sentence."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin = time.perf_counter()
        status = 500
        started = False

        async def said(message: Any) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        self.metrics.in_flight += 1
        try:
            self._check_head(scope)
            await self.app(scope, self._counted(scope, receive), said)
        except Problem as problem:
            if started:
                raise
            await _refuse(problem, said)
        except Exception:  # noqa: BLE001 - whatever fails inside is said as a problem, and told to the log
            _LOG.exception("%s %s failed", _method(scope), getattr(scope.get("route"), "path", "(none)"))
            if not started:
                await _refuse(Problem("internal", "a fault of the program, not of the request"), said)
        finally:
            self.metrics.in_flight -= 1
            route = getattr(scope.get("route"), "path", "(none)")
            self.metrics.add(route, _method(scope), status, time.perf_counter() - begin)

    def _most_bytes(self, scope: Any) -> int:
        return self.limits.batch_bytes if scope["path"] in self.large_bodies else self.limits.body_bytes

    def _limit(self, scope: Any) -> str:
        """The name of the limit of a body, as `wattgram serve` has it."""
        return "batch-bytes" if scope["path"] in self.large_bodies else "body-bytes"

    def _check_head(self, scope: Any) -> None:
        length = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
        if length > self.limits.query_bytes:
            raise Problem(
                "too-long", f"the address has {length} bytes; at most {self.limits.query_bytes} are taken"
            )
        if self.metrics.in_flight > 2 * self.limits.concurrent and scope["path"] not in UNLIMITED:
            raise Problem(
                "busy", f"{self.metrics.in_flight} requests are being answered; try again in a second"
            )
        most = self._most_bytes(scope)
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > most:
                said = f"the body has {int(value):,} bytes; at most {most:,} are taken"
                raise Problem("too-large", f"{said} (the limit {self._limit(scope)} of this server)")

    def _counted(self, scope: Any, receive: Any) -> Any:
        """The body, counted as it arrives: a sender need not say its length, or may lie."""
        most, seen = self._most_bytes(scope), 0

        async def counted() -> Any:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body") or b"")
                if seen > most:
                    said = f"the body has more than {most:,} bytes, which is all that is taken"
                    raise Problem("too-large", f"{said} (the limit {self._limit(scope)} of this server)")
            return message

        return counted


def _method(scope: Any) -> str:
    method: str = scope.get("method", "GET")
    return method if method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE") else "other"


async def _refuse(problem: Problem, send: Any) -> None:
    body = problem.to_json()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    if problem.code == "busy":
        headers.append((b"retry-after", b"1"))
    if problem.status in (413, 414):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
