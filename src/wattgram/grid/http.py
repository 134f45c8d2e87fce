"""Asking a service: timeouts, retries with backoff that honour Retry-After, and answers kept on disk.

A past hour does not change much, so an answer about times over three days ago is kept for good, a newer one for an hour.
Keys never reach the disk or a message.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wattgram.errors import InputError, MissingExtraError, SourceError

__all__ = ["Caller", "cache_folder", "key_of"]

TIMEOUT_S = 20.0
TRIES = 4
LONGEST_WAIT_S = 60.0
BUSY = (429, 500, 502, 503, 504)
REFUSED = (401, 403)
MISSING = (400, 404, 422)
SETTLED_S = 3 * 86400.0
FRESH_S = 3600.0
MOST_BYTES = 100_000_000


def key_of(source: str, *names: str) -> tuple[str, ...]:
    """Keys from the environment; InputError that names the variable where one is missing."""
    found = tuple(os.environ.get(name, "").strip() for name in names)
    missing = [name for name, key in zip(names, found, strict=True) if not key]
    if missing:
        raise InputError(
            "live source", source, f"it needs a key of yours in the environment: {' and '.join(missing)}"
        )
    return found


def cache_folder() -> Path:
    """Where answers are kept: WATTGRAM_CACHE, else the user's cache folder."""
    said = os.environ.get("WATTGRAM_CACHE")
    if said:
        return Path(said) / "series"
    import platformdirs  # noqa: PLC0415 - only a live source keeps anything

    return Path(platformdirs.user_cache_dir("wattgram")) / "series"


class Caller:
    """One service, asked with patience.

    Parameters
    ----------
    source : its name, for messages
    base_url : where it answers; WATTGRAM_<SOURCE>_URL overrides it
    headers : sent with every question
    timeout_s : how long one answer may take [s]
    sleep : how to wait (a test waits less)
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        try:
            import httpx2  # noqa: PLC0415 - the [live] extra
        except ImportError:
            raise MissingExtraError(f"live:{source}", "live") from None
        self.source = source
        self.base_url = os.environ.get(f"WATTGRAM_{source.upper()}_URL", base_url).rstrip("/")
        self._http = httpx2
        self._headers = {"user-agent": "wattgram", **(headers or {})}
        self._timeout_s, self._sleep = timeout_s, sleep or time.sleep

    def text(
        self, path: str, params: Mapping[str, str], *, until_s: float, secret: Mapping[str, str] | None = None
    ) -> str:
        """The answer to one question that holds until `until_s` [s since 1970], from the disk where it was asked before.

        Parameters
        ----------
        path, params : the question
        until_s : end of the time it is about [s since 1970], which decides how long the answer is kept
        secret : parameters that are sent and not kept (a token that a service wants in its address)

        Raises
        ------
        InputError : the key or the zone is refused; SourceError : no answer, too busy, not readable
        """
        asked = json.dumps([self.base_url, path, sorted(params.items())])
        kept = cache_folder() / f"{self.source}-{hashlib.sha256(asked.encode()).hexdigest()[:24]}.txt"
        now = time.time()
        try:
            if until_s < now - SETTLED_S or now - kept.stat().st_mtime < FRESH_S:
                return kept.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            pass
        text = self._ask(path, {**params, **(secret or {})}, self._headers)
        self._keep = (kept, text)
        return text

    def keep(self) -> None:
        """Keep the last answer, once it has proved readable."""
        kept, text = getattr(self, "_keep", (None, ""))
        if kept is None:
            return
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(f".{os.getpid()}.part")
            part.write_text(text, encoding="utf-8")
            part.replace(kept)
        except OSError:  # a full or read-only disk costs a second question, not the answer
            pass

    def json(self, path: str, params: Mapping[str, str], *, until_s: float) -> dict[str, Any]:
        """The answer as a JSON object, held until `until_s` [s since 1970]; SourceError where it is none."""
        return self.object_of(self.text(path, params, until_s=until_s))

    def object_of(self, text: str) -> dict[str, Any]:
        """A text as a JSON object."""
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SourceError(self.source, "its answer is no JSON object")
        return found

    def login(self, path: str, user: str, password: str) -> dict[str, Any]:
        """A JSON answer to a question with user and password; never kept."""
        return self.object_of(self._ask(path, {}, self._headers, (user, password)))

    def add_header(self, name: str, value: str) -> None:
        """A header for the questions to come (a token)."""
        self._headers[name] = value

    def _ask(
        self,
        path: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        auth: tuple[str, str] | None = None,
    ) -> str:
        reason = ""
        for attempt in range(TRIES):
            try:
                with self._http.Client(timeout=self._timeout_s, follow_redirects=False) as client:
                    answer = client.get(
                        f"{self.base_url}{path}", params=dict(params), headers=dict(headers), auth=auth
                    )
            except self._http.TimeoutException:
                reason, wait_s = f"no answer within {self._timeout_s:g} s", None
            except self._http.HTTPError as error:
                reason, wait_s = f"it cannot be reached ({type(error).__name__})", None
            except self._http.InvalidURL:
                raise InputError("live source address", self.base_url, "it is no address") from None
            else:
                if answer.status_code not in BUSY:
                    return self._checked(answer)
                reason, wait_s = f"it answers {answer.status_code}", _retry_after_s(answer)
            if attempt + 1 == TRIES:
                break
            wait_s = float(2**attempt) if wait_s is None else wait_s
            if wait_s > LONGEST_WAIT_S:
                raise SourceError(self.source, f"{reason} and asks to wait {wait_s:.0f} s; ask again later")
            self._sleep(wait_s)
        raise SourceError(self.source, f"{reason}, {TRIES} times")

    def _checked(self, answer: Any) -> str:
        said = " ".join(str(answer.text)[:120].split())
        if answer.status_code in REFUSED:
            allowed = f"the key is refused, or does not cover this zone ({answer.status_code})"
            raise InputError("live source", self.source, allowed)
        if answer.status_code in MISSING:
            raise InputError("live source", self.source, f"it does not know the zone or the time: {said}")
        if answer.status_code != 200:  # noqa: PLR2004 - what HTTP calls success
            raise SourceError(self.source, f"it answers {answer.status_code}: {said}")
        if len(answer.content) > MOST_BYTES:
            raise SourceError(self.source, "its answer is absurdly long")
        return str(answer.text)


def _retry_after_s(answer: Any) -> float | None:
    """Seconds of a Retry-After header, written as a number or as a date."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
