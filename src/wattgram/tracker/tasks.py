"""Tasks: named parts of a run, nested; the energy between two samples is split over them by their time."""

from __future__ import annotations

__all__ = ["Tasks"]

LEAST_S = 1.0
"""The beginning or end of a task takes a sample unless one was taken so shortly before [s]."""


class Tasks:
    """The stack of open tasks, and what each has had so far."""

    least_s = LEAST_S

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.since_s: float | None = None
        self.seconds: dict[str, float] = {}
        """Time of each path since the last sample [s]."""
        self.totals: dict[str, list[float]] = {}
        """Seconds and joules of each path, what is nested in it apart."""
        self.closed: list[str] = []
        self.finished = 0

    @property
    def path(self) -> str:
        """The open tasks, outermost first; empty outside of all."""
        return "/".join(self.stack)

    def _note(self, now_s: float) -> None:
        if self.since_s is not None and now_s > self.since_s:
            self.seconds[self.path] = self.seconds.get(self.path, 0.0) + now_s - self.since_s
        self.since_s = now_s

    def begin(self, name: str, now_s: float) -> None:
        """Open a task inside of the open ones, at a time [s]."""
        self._note(now_s)
        self.stack.append(name.replace("/", "\N{FRACTION SLASH}").replace("\n", " ")[:200])

    def end(self, now_s: float) -> None:
        """Close the innermost one, at a time [s]."""
        self._note(now_s)
        if self.stack:
            path = self.path
            self.stack.pop()
            if not self.stack:
                self.closed.append(path)
                self.finished += 1

    def flush(self, now_s: float, joules: float) -> dict[str, float]:
        """Time of each path since the last sample [s], which share its energy [J] by time."""
        self._note(now_s)
        whole_s = sum(self.seconds.values())
        for path, seconds in self.seconds.items():
            total = self.totals.setdefault(path, [0.0, 0.0])
            total[0] += seconds
            total[1] += joules * seconds / whole_s
        told = {path: seconds for path, seconds in self.seconds.items() if path}
        if told and "" in self.seconds:
            told[""] = self.seconds[""]
        self.seconds = {}
        return told

    def top_level(self) -> list[tuple[float, float]]:
        """Time [s] and energy [J] of each finished top-level task, what is nested in it included."""
        found = []
        for name in dict.fromkeys(self.closed):
            inside = [v for path, v in self.totals.items() if path == name or path.startswith(f"{name}/")]
            found.append((sum(one[0] for one in inside), sum(one[1] for one in inside)))
        return found
