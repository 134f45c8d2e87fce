"""The decorator: functions, coroutines, generators and async generators, each call a run of its own.

A generator's run lasts from its first value to its end; a coroutine's from its first step to its return.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattgram.tracker.tracker import Settings, Tracker

__all__ = ["decorate"]

Begun = Callable[[], "Tracker"]


def decorate(function: Callable[..., Any], settings: Settings) -> Callable[..., Any]:
    """The function, tracked; `.last` of it is the tracker of its newest call.

    Parameters
    ----------
    function : any callable
    settings : what `track` was told; the run has the function's name where none was said
    """
    from wattgram.tracker.tracker import Tracker  # noqa: PLC0415 - it imports us too

    name = settings.name or getattr(function, "__qualname__", type(function).__name__)
    said = settings._replace(name=name)

    def begun() -> Tracker:
        tracked.last = Tracker(said)
        return tracked.last  # type: ignore[no-any-return]

    kinds = (
        (inspect.isasyncgenfunction, _async_generator),
        (inspect.iscoroutinefunction, _coroutine),
        (inspect.isgeneratorfunction, _generator),
    )
    wrap = next((wrap for is_kind, wrap in kinds if is_kind(function)), _function)
    tracked: Any = wrap(function, begun)
    functools.update_wrapper(tracked, function)
    tracked.last = None
    return tracked  # type: ignore[no-any-return]


def _function(function: Callable[..., Any], begun: Begun) -> Callable[..., Any]:
    def tracked(*args: Any, **named: Any) -> Any:
        with begun():
            return function(*args, **named)

    return tracked


def _coroutine(function: Callable[..., Any], begun: Begun) -> Callable[..., Any]:
    async def tracked(*args: Any, **named: Any) -> Any:
        with begun():
            return await function(*args, **named)

    return tracked


def _generator(function: Callable[..., Any], begun: Begun) -> Callable[..., Any]:
    def tracked(*args: Any, **named: Any) -> Generator[Any, Any, Any]:
        with begun():
            return (yield from function(*args, **named))

    return tracked


def _async_generator(function: Callable[..., Any], begun: Begun) -> Callable[..., Any]:
    async def tracked(*args: Any, **named: Any) -> AsyncIterator[Any]:
        with begun():
            inner = function(*args, **named)
            try:
                value = await anext(inner)
                while True:
                    try:
                        sent = yield value
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - thrown in by the consumer, for the generator
                        value = await inner.athrow(error)
                    else:
                        value = await inner.asend(sent)
            except StopAsyncIteration:
                return
            finally:
                await inner.aclose()

    return tracked
