"""Desk: the one path from words to figures that page, data twin and API share; it computes beside the event loop."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from wattgram.advice import Action, advise
from wattgram.catalog import Catalog
from wattgram.comparison import Comparison, compare
from wattgram.estimation import estimate
from wattgram.footprint import Footprint
from wattgram.run import parse_start
from wattgram.web.limits import Limits
from wattgram.web.problem import Problem
from wattgram.web.wire import Remembered

__all__ = ["Desk"]

T = TypeVar("T")
SAYS_WORK = ("flops", "parameters", "active_parameters", "tokens")
"""Without one of these a number format is a word of the comparison alone, not of the run."""


class Desk:
    """A catalog, what it remembers, and the threads that compute.

    Parameters
    ----------
    limits : how much is taken on
    overlay, as_of : the catalog's settings
    """

    def __init__(self, limits: Limits, overlay: str | None = None, as_of: str | None = None) -> None:
        self.limits = limits
        self.settings = (overlay, as_of)
        self.catalog = Catalog(overlay, as_of)
        self.pages = Remembered(limits.remembered_bytes)
        self.found: dict[Any, Any] = {}
        """What was looked up for the pages; its keys are few (providers, boundaries, years)."""
        self.waiting = 0
        self._count = Lock()
        self._threads: dict[bool, ThreadPoolExecutor] = {}
        """Threads for answers, and those for heavy work (tables, whole texts), which never takes the place of an answer."""

    def footprint(self, words: dict[str, Any]) -> Footprint:
        """The answer to the words of a run.

        Raises
        ------
        InputError : what cannot be used, as the library says it
        """
        return estimate(**({"hardware": "", **words}), catalog=self.current())

    def comparison(self, words: dict[str, Any], asked: dict[str, Any]) -> Comparison:
        """The same run elsewhere."""
        words = _of_run(words)
        if asked.get("by") == "start":
            words, asked = _undated(words), {**asked, "start": words.get("start")}
        return compare(self.footprint(words), **asked)

    def advice(self, words: dict[str, Any], said: dict[str, Any]) -> tuple[list[Action], Footprint]:
        """What to change about the run, and its footprint.

        Raises
        ------
        InputError : a word that cannot be used
        """
        words = _of_run(words)
        footprint = self.footprint(_undated(words))
        return advise(footprint, start=words.get("start"), **said), footprint

    def moved(self, footprint: Footprint, where: str) -> Footprint:
        """The same run at another place, with that place's own grid and PUE.

        Raises
        ------
        InputError : the place has no figure under the run's boundary
        """
        run = footprint.run._replace(where=where, intensity_g_per_kwh=None, pue=None)
        return Footprint(run, footprint.catalog)

    def current(self) -> Catalog:
        """The catalog; one that remembers too many words is replaced by a fresh one over the same tables.

        Requests under way keep the one they have, so nothing is taken from under them.
        """
        if len(self.catalog.memory) > self.limits.remembered_words:
            fresh = Catalog(*self.settings)
            fresh.tables = self.catalog.tables
            self.catalog = fresh
        return self.catalog

    async def compute(
        self, work: Callable[..., T], *arguments: Any, seconds: float | None = None, heavy: bool = False
    ) -> T:
        """The result of `work(*arguments)`, computed in a thread, within the time allowed [s].

        Raises
        ------
        Problem : "busy" when too much is waiting, "too-slow" when the time is over (the thread still counts as busy)
        """
        allowed_s = self.limits.seconds if seconds is None else seconds
        if self.waiting >= self.limits.concurrent:
            raise Problem("busy", f"{self.waiting} requests are being computed; try again in a second")
        with self._count:
            self.waiting += 1
        if heavy not in self._threads:
            most = max(self.limits.workers // 2, 1) if heavy else self.limits.workers
            self._threads[heavy] = ThreadPoolExecutor(most, thread_name_prefix="wattgram")
        job = self._threads[heavy].submit(work, *arguments)
        job.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(job)), allowed_s)
        except TimeoutError:
            job.cancel()
            raise Problem(
                "too-slow", f"the answer took longer than {allowed_s:g} s; ask for less at once"
            ) from None

    def _done(self, _: Future[Any]) -> None:
        with self._count:
            self.waiting -= 1

    def close(self) -> None:
        """Let the threads go."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)
        self._threads.clear()


def _of_run(words: dict[str, Any]) -> dict[str, Any]:
    """The words of a run; a number format is one only where the work is said."""
    if "number_format" not in words or any(word in words for word in SAYS_WORK):
        return words
    return {name: value for name, value in words.items() if name != "number_format"}


def _undated(words: dict[str, Any]) -> dict[str, Any]:
    """A run that is still to come has no date of its own: its times are compared from that date on."""
    start = words.get("start")
    if start is None or parse_start(start, future=True) <= dt.datetime.now(dt.UTC):
        return words
    return {name: value for name, value in words.items() if name != "start"}
