"""Tracker: one run being measured. It starts, samples, keeps tasks and time, stops, and never raises into the program."""

from __future__ import annotations

import atexit
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from wattgram.errors import InputError, NothingMeasuredError
from wattgram.resolve.notice import Notice
from wattgram.tracker.meters.protocol import COUNTER_PERIOD_S
from wattgram.tracker.pace import Pace
from wattgram.tracker.record import Run, Sample, Segment
from wattgram.tracker.sampler import Station, sampler_of
from wattgram.tracker.tasks import Tasks

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.tracker.forecast import Budget, Prediction
    from wattgram.tracker.meters import Meter, Sensors
    from wattgram.tracker.sampler import Clock
    from wattgram.tracker.writer import Writer

__all__ = ["Settings", "Tracker"]

_running: weakref.WeakSet[Tracker] = weakref.WeakSet()
_counted = [0]
"""How many runs this process has begun: the second run of a rank belongs to the second run of its peers."""
LOCK_PATIENCE_S = 5.0
"""A disk that hangs may hold the sampler; the program waits for it no longer than this [s]."""


class Settings(NamedTuple):
    """What the user said, checked; see `track`."""

    where: str | None = None
    runs: str = "runs"
    interval_s: float | None = None
    hardware: str | None = None
    budget: Budget | None = None
    resume: str | None = None
    name: str | None = None
    scope: str = "job"
    expect: int | None = None
    on_budget: Callable[[Prediction], None] | None = None
    meters: tuple[Meter, ...] | None = None
    sensors: Sensors | None = None
    clock: Clock | None = None
    catalog: Catalog | None = None
    command: tuple[str, ...] | None = None


class Tracker:
    """A run that is measured from `start` to `stop`.

    Parameters
    ----------
    settings : what the user said
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sampler = sampler_of(settings.clock)
        self.clock = self.sampler.clock
        self.id = ""
        self.path = ""
        self.pid = 0
        self.header: dict[str, Any] = {}
        self.footer: dict[str, Any] | None = None
        self.earlier: list[Segment] = []
        self.notices: list[Notice] = []
        self.station: Station = Station([])
        self.station_key: Any = None
        self.writer: Writer | None = None
        self.tasks = Tasks()
        self.pace = Pace(settings.interval_s, COUNTER_PERIOD_S)
        self.base: dict[str, tuple[float, float]] = {}
        self.last = Sample(0.0, {}, {}, {}, 0.0)
        self.done: float | None = None
        self.over_budget = False
        self._calls: list[Callable[[], None]] = []
        self._power_w: float | None = None
        self._final: Footprint | None = None

    # --- begin and end ----------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Begin; a second call on a run that goes on does nothing."""
        if self.header and self.footer is None:
            return self
        if self.footer is not None:
            self.__init__(self.settings)  # type: ignore[misc] # a tracker that has stopped begins a new run
        self.pid = os.getpid()
        self.header = {"type": "header"}
        try:
            from wattgram.tracker.opening import open_run  # noqa: PLC0415 - a decorated function may never be called

            with self.sampler.lock:
                open_run(self, _counted[0])
                _counted[0] += 1
                self.sampler.attach(self)
            _running.add(self)
        except Exception as error:  # noqa: BLE001 - whatever is broken here, the program goes on
            self._fault("the run could not be started", error)
        return self

    def stop(self) -> Footprint:
        """End the run and give its footprint; a second call gives the same one.

        Raises
        ------
        NothingMeasuredError : it was never started, or nothing could be measured
        """
        self._finish("finished", "")
        return self.footprint()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or issubclass(kind, GeneratorExit):
            self._finish("finished", "")
        else:
            self._finish("interrupted", kind.__name__)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function (plain or async, generator or not) whose every call is a run of its own."""
        from wattgram.tracker.decorate import decorate  # noqa: PLC0415 - only for a decorator

        return decorate(function, self.settings)

    def _finish(self, state: str, reason: str, **more: Any) -> None:
        """Write the last sample and the footer; nothing in it may raise."""
        if not self.header or self.footer is not None or self.pid != os.getpid():
            return
        held = self.sampler.lock.acquire(timeout=LOCK_PATIENCE_S)
        try:
            self.sampler.detach(self) if held else None
            self._read()
            found = [*self.notices, *self.station.notices()]
            self.footer = {
                "type": "footer",
                "segment": self.header.get("segment"),
                "state": state,
                "reason": reason,
                **self._line(),
                "parts": [part.to_dict() for part in self.station.parts],
                **more,
            }
            said = dict.fromkeys(Notice(*one) for one in found)
            self.footer["notices"] = [one.to_dict() for one in said]
            if self.writer is not None and held and not self.writer.write(self.footer):
                self._journal_waits()
                self.footer["notices"] = [one.to_dict() for one in dict.fromkeys([*said, *self.notices])]
            if self.writer is not None:
                self.writer.close()
        except Exception as error:  # noqa: BLE001 - the end of a run may not end the program
            self.footer = self.footer or {"type": "footer", "state": state, "reason": reason}
            self._fault("the run could not be ended properly", error)
        finally:
            _running.discard(self)
            if held:
                self.sampler.lock.release()

    # --- samples ----------------------------------------------------------------------------------------------------

    def due_in_s(self, now_s: float) -> float:
        """Time until the next sample [s]."""
        return self.pace.due_in_s(now_s)

    def sample(self) -> None:
        """Read everything and write a line."""
        with self.sampler.lock:
            if not self.header or self.footer is not None or self.pid != os.getpid():
                return
            try:
                self.pace.next(self.clock.monotonic_s())
                self._read()
                line = {"type": "sample", "segment": self.header.get("segment"), **self._line()}
                if self.writer is not None and not self.writer.write(line):
                    self._journal_waits()
                self._watch_budget()
            except Exception as error:  # noqa: BLE001 - the sampler's thread goes on
                self._fault("a sample failed", error)

    def _read(self) -> None:
        """The joules since the start, by part; a part that did not answer keeps its last figure."""
        now_s = self.clock.monotonic_s()
        self.station.read(now_s)
        node, job = dict(self.last.node_j), dict(self.last.job_j)
        for name, reading in self.station.readings.items():
            base = self.base.setdefault(name, (0.0, 0.0))
            node[name] = max(node.get(name, 0.0), reading.node_j - base[0])
            job[name] = max(job.get(name, 0.0), reading.job_j - base[1])
        t_s = self.pace.elapsed_s(now_s)
        step_j = sum(job.values()) - sum(self.last.job_j.values())
        if t_s > self.last.t_s:
            self._power_w = step_j / (t_s - self.last.t_s)
        tasks = self.tasks.flush(now_s, step_j)
        self.last = Sample(t_s, node, job, tasks, self.clock.wall_s())

    def _line(self) -> dict[str, Any]:
        said: dict[str, Any] = dict(self.pace.gaps(self.clock))
        for name, seconds in list(said.items()):
            self._once(
                Notice(
                    "time-gap",
                    f"{name.replace('_s', '').replace('_', ' ')} of {seconds:.0f} s during the run",
                )
            )
        if self.station.missed:
            said["missed"] = sorted(self.station.missed)
        last = self.last
        return {
            "t_s": last.t_s,
            "at_s": last.at_s,
            "node_j": last.node_j,
            "job_j": last.job_j,
            **({"task": last.task} if last.task else {}),
            **said,
        }

    # --- tasks, progress, budget ------------------------------------------------------------------------------------

    @contextmanager
    def task(self, name: str) -> Iterator[None]:
        """A named part of the run; tasks nest, and each is told with its time and energy."""
        self._mark(lambda now_s: self.tasks.begin(str(name), now_s))
        try:
            yield
        finally:
            self._mark(self.tasks.end)

    def _mark(self, act: Callable[[float], None]) -> None:
        """Begin or end a task; a sample is taken unless one was a moment ago."""
        if not self.header or self.footer is not None or self.pid != os.getpid():
            return
        if not self.sampler.lock.acquire(timeout=LOCK_PATIENCE_S):
            return
        try:
            if self.pace.since_s(self.clock.monotonic_s()) >= self.tasks.least_s:
                self.sample()
            act(self.clock.monotonic_s())
        except Exception as error:  # noqa: BLE001 - bookkeeping may not end a training
            self._fault("a task could not be noted", error)
        finally:
            self.sampler.lock.release()

    def progress(self, done: float, total: float) -> None:
        """Say how far the run is [as the caller counts: epochs, steps, tokens]."""
        if total > 0 and done >= 0:
            self.done = min(1.0, done / total)

    def predict(self, fraction: float | None = None) -> Prediction:
        """The total to expect, with its range, from what is done so far.

        Parameters
        ----------
        fraction : how much of the run is done [1]; left out, what `progress` was told, or finished tasks of `expect`
        """
        from wattgram.tracker.account import SECONDS_PER_HOUR, measured  # noqa: PLC0415
        from wattgram.tracker.forecast import predicted  # noqa: PLC0415 - only where it is asked for

        if self.footer is None:
            self.sample()
        if fraction is None and self.done is not None:
            fraction = self.done
        if fraction is None and self.settings.expect:
            fraction = min(1.0, self.tasks.finished / self.settings.expect)
        run = self.run()
        parts = [(s / SECONDS_PER_HOUR, j / 3.6e6) for s, j in self.tasks.top_level()]
        try:
            footprint = self._account()
        except Exception:  # noqa: BLE001 - a prediction that cannot be made is unknown
            footprint = None
        return predicted(fraction, measured(run, self.settings.scope), run.duration_h, parts, footprint)

    def _watch_budget(self) -> None:
        budget = self.settings.budget
        if budget is None or self.over_budget:
            return
        footprint = self._account()
        so_far = footprint.energy.central if budget.unit == "kWh" else footprint.operational.central
        fraction = self.done
        if fraction is None and self.settings.expect:
            fraction = self.tasks.finished / self.settings.expect
        if so_far is None:
            self._once(Notice("place-unknown", f"a budget of {budget.text} needs a place; it is not watched"))
        elif so_far / (fraction or 1.0) > budget.amount:
            self.over_budget = True
            self._once(
                Notice("budget-passed", f"the budget of {budget.text} is passed, or will be at this pace")
            )
            if self.settings.on_budget is None:
                _warn(f"the budget of {budget.text} is passed, or will be at this pace")
            else:
                self._calls.append(self._call_budget)

    def _call_budget(self) -> None:
        if self.settings.on_budget is not None:
            self.settings.on_budget(self.predict())

    def call_back(self) -> None:
        """Call what the user wants to be called, outside of every lock; its faults stay here."""
        while self._calls:
            try:
                self._calls.pop(0)()
            except Exception as error:  # noqa: BLE001 - a callback of the user's may not end the sampler
                self._fault("the budget's callback failed", error)

    @property
    def power_w(self) -> float | None:
        """Power of the job's parts between the last two samples [W]; None before there are two."""
        return self._power_w

    # --- answers ----------------------------------------------------------------------------------------------------

    def run(self) -> Run:
        """The run so far, as its journal would tell it."""
        segment = Segment(self.header, [self.last] if self.last.t_s else [], self.footer)
        return Run(self.id, [*self.earlier, segment], self.path)

    def footprint(self) -> Footprint:
        """The footprint so far, or of the whole once it is stopped.

        Raises
        ------
        NothingMeasuredError : it was never started, or nothing could be measured
        """
        if not self.header:
            raise NothingMeasuredError("the tracker was never started, so nothing was measured")
        if self._final is not None:
            return self._final
        if self.footer is None and self.pid == os.getpid():
            self.sample()
        answer = self._account()
        if self.footer is not None:
            self._final = answer
        return answer

    def _account(self) -> Footprint:
        from wattgram.tracker.account import footprint_of  # noqa: PLC0415 - only where an answer is asked for

        run, scope = self.run(), self.settings.scope
        notices = tuple(self.notices)
        try:
            return footprint_of(run, scope=scope, catalog=self.settings.catalog, notices=notices)
        except InputError as error:
            said = Notice("place-unknown", f"the place is not used: {error}")
            self.header["where"] = None
            return footprint_of(run, scope=scope, catalog=self.settings.catalog, notices=(*notices, said))

    # --- what went wrong --------------------------------------------------------------------------------------------

    def _once(self, notice: Notice) -> bool:
        if any(one.code == notice.code and one.text == notice.text for one in self.notices):
            return False
        self.notices.append(notice)
        return True

    def _journal_waits(self) -> None:
        fault = self.writer.fault if self.writer else ""
        text = f"the journal {self.path} cannot be written ({fault}); samples are kept in memory and follow when it can"
        if not any(one.code == "journal-waiting" for one in self.notices):
            self.notices.append(Notice("journal-waiting", text))
            _warn(text)

    def _fault(self, what: str, error: BaseException) -> None:
        text = f"{what}: {type(error).__name__}: {error}"
        if self._once(Notice("tracker-fault", text)):
            _warn(f"{text}; the program goes on")


def _warn(text: str) -> None:
    """To the log of the program (standard error where it has none), which never raises."""
    with suppress(Exception):
        import logging  # noqa: PLC0415 - a run without a fault needs none

        logging.getLogger("wattgram").warning("wattgram: %s", text)


def _at_exit() -> None:
    """Runs that nobody stopped: their last sample is written, and that they were interrupted."""
    for tracker in list(_running):
        tracker._finish("interrupted", "not stopped")  # noqa: SLF001 - our own


atexit.register(_at_exit)
