"""The sampler: one daemon thread a process, shared by every tracker in it; it sleeps until something is due.

It survives `fork` by starting anew in the child, where the parent's trackers stay the parent's. No child process is
started and nothing is polled faster than its device needs.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from wattgram.tracker.meters.protocol import Meter, Part, Reading

if TYPE_CHECKING:
    from wattgram.resolve.notice import Notice

__all__ = ["Clock", "Sampled", "Sampler", "Station", "SystemClock", "sampler_of"]


FORK_PATIENCE_S = 0.2
"""A thread that is in the middle of a slow sample is not waited for longer than this when the program forks [s]."""


class Clock(Protocol):
    """Where time comes from; `wattgram.testing.FakeClock` is another one."""

    threaded: bool

    def monotonic_s(self) -> float:
        """Time that only goes forward and stands still while suspended [s]."""

    def boot_s(self) -> float:
        """The same with suspends counted [s]."""

    def wall_s(self) -> float:
        """Time of day [s since 1970]."""


class SystemClock:
    """The clocks of the machine."""

    threaded = True

    def __init__(self) -> None:
        self._boot = getattr(time, "CLOCK_BOOTTIME", None)

    def monotonic_s(self) -> float:
        """CLOCK_MONOTONIC [s]."""
        return time.monotonic()

    def boot_s(self) -> float:
        """CLOCK_BOOTTIME where there is one [s]."""
        return time.monotonic() if self._boot is None else time.clock_gettime(self._boot)

    def wall_s(self) -> float:
        """Time of day [s]."""
        return time.time()


class Station:
    """A set of meters that trackers share, and what they last read.

    Parameters
    ----------
    meters : the meters
    notices : what was missing when they were looked for
    """

    def __init__(self, meters: Iterable[Meter], notices: Iterable[Notice] = ()) -> None:
        self.meters = list(meters)
        self.found = list(notices)
        self.readings: dict[str, Reading] = {}
        self.missed: set[str] = set()
        self.failed: dict[str, str] = {}
        self.read_s: dict[int, float] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, by name at most once."""
        parts: dict[str, Part] = {}
        for meter in self.meters:
            for part in meter.parts:
                parts.setdefault(part.name, part)
        return tuple(parts.values())

    def read(self, now_s: float, *, only_due: bool = False) -> None:
        """Ask the meters at a time [s] (or those that are due); one that fails keeps its last figures and is remembered."""
        for number, meter in enumerate(self.meters):
            period_s = meter.period_s
            if only_due and (not period_s or now_s - self.read_s.get(number, -1e9) < period_s * 0.99):
                continue
            self.read_s[number] = now_s
            try:
                fresh = meter.read(now_s)
            except Exception as error:  # noqa: BLE001 - nothing a meter does may reach the user
                self.failed[meter.name] = f"{type(error).__name__}: {error}"
                self.missed |= {part.name for part in meter.parts}
                continue
            self.readings.update(fresh)
            self.missed -= set(fresh)
            self.missed |= {part.name for part in meter.parts if part.name not in fresh}

    def due_in_s(self, now_s: float) -> float:
        """Time until a meter has to be read for its own sake [s]."""
        waits = [
            meter.period_s - (now_s - self.read_s.get(number, now_s))
            for number, meter in enumerate(self.meters)
            if meter.period_s
        ]
        return min(waits, default=3600.0)

    def notices(self) -> list[Notice]:
        """What the meters have to say by now."""
        from wattgram.resolve.notice import Notice  # noqa: PLC0415 - at the end of a run

        said = [*self.found, *(notice for meter in self.meters for notice in meter.notices())]
        for name, fault in self.failed.items():
            said.append(Notice("sensor-unreadable", f"the meter {name} failed at least once: {fault}"))
        return said


class Sampled(Protocol):
    """What the sampler calls: a tracker."""

    station: Station

    def due_in_s(self, now_s: float) -> float:
        """Time until its next sample [s]."""

    def sample(self) -> None:
        """Take and write one."""

    def call_back(self) -> None:
        """Call what the user wants to be called."""


class Sampler:
    """The thread, and the trackers it serves.

    Parameters
    ----------
    clock : where time comes from; one that is not threaded calls us itself
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.wake = threading.Condition(self.lock)
        self.served: list[Sampled] = []
        self.thread: threading.Thread | None = None
        self.pausing = False
        if not clock.threaded:
            clock.listeners.append(self.run_due)  # type: ignore[attr-defined]

    def station(self, key: Any, make: Callable[[], Station]) -> Station:
        """The station of these settings: the one that is running, else a new one."""
        with self.lock:
            for served in self.served:
                if getattr(served, "station_key", None) == key:
                    return served.station
            return make()

    def attach(self, tracker: Sampled) -> None:
        """Serve a tracker from now on."""
        with self.lock:
            self.served.append(tracker)
            self._begin()
            self.wake.notify_all()

    def _begin(self) -> None:
        if self.clock.threaded and (self.thread is None or not self.thread.is_alive()):
            self.thread = threading.Thread(target=self._loop, name="wattgram", daemon=True)
            self.thread.start()

    def detach(self, tracker: Sampled) -> None:
        """Serve it no longer; the thread ends with the last."""
        with self.lock:
            if tracker in self.served:
                self.served.remove(tracker)
            self.wake.notify_all()

    def run_due(self) -> None:
        """Read what is due and let trackers write what is due."""
        with self.lock:
            now_s = self.clock.monotonic_s()
            for station in {id(one.station): one.station for one in self.served}.values():
                station.read(now_s, only_due=True)
            for tracker in list(self.served):
                if tracker.due_in_s(now_s) <= 0:
                    tracker.sample()
            served = list(self.served)
        for tracker in served:
            tracker.call_back()

    def _loop(self) -> None:
        while True:
            with self.lock:
                if not self.served or self.pausing:
                    self.thread = None
                    return
                now_s = self.clock.monotonic_s()
                waits = [one.due_in_s(now_s) for one in self.served]
                waits += [one.station.due_in_s(now_s) for one in self.served]
                if min(waits) > 0:
                    self.wake.wait(min(waits))
                    continue
            try:
                self.run_due()
            except Exception:  # noqa: BLE001 - a fault of ours may not end the thread, nor spin it
                time.sleep(1.0)

    def before_fork(self) -> None:
        """End the thread, so that the program forks with no more threads than its own."""
        thread = self.thread
        if thread is None or thread is threading.current_thread():
            return
        self.pausing = True
        if self.lock.acquire(timeout=FORK_PATIENCE_S):
            self.wake.notify_all()
            self.lock.release()
        thread.join(FORK_PATIENCE_S)

    def after_fork_in_parent(self) -> None:
        """Go on."""
        if self.pausing:
            self.pausing = False
            if self.lock.acquire(timeout=FORK_PATIENCE_S):
                if self.served:
                    self._begin()
                self.lock.release()

    def after_fork(self) -> None:
        """In a child: no thread, no trackers, no lock that a thread of the parent holds."""
        self.pausing = False
        self.lock = threading.RLock()
        self.wake = threading.Condition(self.lock)
        self.served = []
        self.thread = None


_system = Sampler(SystemClock())


def sampler_of(clock: Clock | None) -> Sampler:
    """The process's sampler, or the one of another clock."""
    if clock is None:
        return _system
    found = getattr(clock, "wattgram_sampler", None)
    if found is None:
        found = Sampler(clock)
        clock.wattgram_sampler = found  # type: ignore[attr-defined]
    return found


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_system.before_fork,
        after_in_parent=_system.after_fork_in_parent,
        after_in_child=_system.after_fork,
    )
