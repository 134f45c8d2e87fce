"""A run as its journal tells it: segments of samples, what they cover, how long, and how it ended."""

from __future__ import annotations

import os
import time
from typing import Any, NamedTuple

from wattgram.tracker.cgroup import read_text
from wattgram.tracker.merge import Curve, merged, union_s
from wattgram.tracker.meters.protocol import MODEL, Part

__all__ = ["Run", "Sample", "Segment", "process_identity"]

SECONDS_PER_HOUR = 3600.0
PATIENCE, GRACE_S = 4.0, 60.0
"""A run on another host counts as running while its last sample is no older than so many intervals and seconds."""


class Sample(NamedTuple):
    """One line: joules since the segment began, by part."""

    t_s: float
    node_j: dict[str, float]
    job_j: dict[str, float]
    task: dict[str, float]
    """Seconds of each task since the line before; empty outside of all."""
    at_s: float
    """Time of day [s since 1970]."""


class Segment(NamedTuple):
    """What one process wrote: a header, samples, and a footer where it could."""

    header: dict[str, Any]
    samples: list[Sample]
    footer: dict[str, Any] | None

    @property
    def begin_s(self) -> float:
        """Time of day when it began [s since 1970]."""
        return float(self.header.get("start_s") or 0.0)

    @property
    def t_s(self) -> float:
        """Monotonic time it covers [s]."""
        return self.samples[-1].t_s if self.samples else 0.0

    @property
    def parts(self) -> list[Part]:
        """What it measured and modelled, as known at its end."""
        told = (self.footer or {}).get("parts") or self.header.get("parts") or []
        return [Part(**{field: one.get(field, "") for field in Part._fields}) for one in told]

    @property
    def alive(self) -> bool:
        """Whether the process that writes it still runs: by its identity here, by the age of its last line elsewhere."""
        if self.footer is not None:
            return False
        told = self.header.get("process") or {}
        mine = process_identity(int(told.get("pid") or 0))
        if all(told.get(name) == mine[name] for name in ("host", "boot", "space")) and told.get("boot"):
            return bool(told.get("started")) and told.get("started") == mine["started"]
        interval_s = float(self.header.get("interval_s") or 0.0)
        last_s = self.samples[-1].at_s if self.samples else self.begin_s
        return time.time() - last_s < PATIENCE * interval_s + GRACE_S


def process_identity(pid: int | None = None, proc: str = "/proc") -> dict[str, Any]:
    """What tells a process from every other one: host, boot, process space, number, start; `started` empty if it is gone."""
    import platform  # noqa: PLC0415 - only where a run begins or is read

    pid = os.getpid() if pid is None else pid
    fields = read_text(f"{proc}/{pid}/stat").rpartition(")")[2].split()
    started = fields[19] if len(fields) > 19 and fields[0] not in ("Z", "X") else ""  # noqa: PLR2004 - field 22
    if not os.path.isdir(proc):
        started = _exists(pid)
    try:
        space = os.readlink(f"{proc}/self/ns/pid")
    except OSError:
        space = ""
    return {
        "pid": pid,
        "started": started,
        "host": platform.node(),
        "boot": read_text(f"{proc}/sys/kernel/random/boot_id").strip() or "none",
        "space": space,
    }


def _exists(pid: int) -> str:
    """Where there is no /proc, a process is known by its number alone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        return "yes"
    return "yes"


class Run:
    """One run: the segments of one journal, or of all the ranks of one job.

    Parameters
    ----------
    identity : the run's id
    segments : what was written, in any order
    path : the journal
    torn : lines that could not be read
    """

    def __init__(self, identity: str, segments: list[Segment], path: str = "", torn: int = 0) -> None:
        self.id, self.path, self.torn = identity, path, torn
        self.segments = sorted(segments, key=lambda one: one.begin_s)
        self.ranks: list[str] = []

    @property
    def header(self) -> dict[str, Any]:
        """What was said at the start; empty where even that line was torn."""
        return self.segments[0].header if self.segments else {}

    @property
    def state(self) -> str:
        """`running`, `finished` or `interrupted`: by its newest segment of each process."""
        states = []
        last: dict[str, Segment] = {}
        for one in self.segments:
            last[str(one.header.get("rank", ""))] = one
        for one in last.values():
            if one.footer is not None:
                states.append(str(one.footer.get("state", "interrupted")))
            else:
                states.append("running" if one.alive else "interrupted")
        for state in ("running", "interrupted"):
            if state in states:
                return state
        return "finished" if states else "interrupted"

    @property
    def reason(self) -> str:
        """Why it ended, where somebody could still write that down."""
        return str((self.segments[-1].footer or {}).get("reason", "")) if self.segments else ""

    @property
    def start_s(self) -> float | None:
        """Time of day of its start [s since 1970]."""
        return self.segments[0].begin_s if self.segments else None

    @property
    def end_s(self) -> float | None:
        """Time of day of its last sample [s since 1970]."""
        ends = [one.samples[-1].at_s if one.samples else one.begin_s for one in self.segments]
        return max(ends, default=None)

    @property
    def duration_h(self) -> float:
        """Time that some process of it ran, by monotonic clocks [h]."""
        spans = [(one.begin_s, one.begin_s + one.t_s) for one in self.segments]
        return union_s(spans) / SECONDS_PER_HOUR

    def parts(self) -> dict[str, Part]:
        """Every device, by identity."""
        return {part.device: part for one in self.segments for part in one.parts}

    def joules(self, scope: str = "job") -> dict[str, float]:
        """Energy of each device, by identity, each joule once [J]; `job` or `node`."""
        curves: dict[str, list[Curve]] = {}
        shares: dict[str, str] = {}
        for one in self.segments:
            for part in one.parts:
                points = [(0.0, 0.0)] + [
                    (s.t_s, (s.job_j if scope == "job" else s.node_j).get(part.name, -1.0))
                    for s in one.samples
                ]
                points = [(t_s, joules) for t_s, joules in points if joules >= 0]
                if len(points) > 1 and (scope == "node" or points[-1][1] > 0 or part.share != "device"):
                    curves.setdefault(part.device, []).append(Curve(one.begin_s, points))
                    shares[part.device] = part.share
        whole = {} if scope == "node" or len(self.segments) == 1 else self.joules("node")
        return {
            device: merged(found, add=scope == "job" and shares[device] == "tree", most_j=whole.get(device))
            for device, found in curves.items()
        }

    @property
    def covers(self) -> list[str]:
        """Names of the parts in the job's energy, modelled ones said so."""
        names = {device: part.cover for device, part in self.parts().items()}
        found = [names[device] for device in self.joules() if device in names]
        return sorted(found) if len(set(found)) == len(found) else sorted(set(found))

    @property
    def modelled(self) -> list[str]:
        """Names of the parts that no sensor covers."""
        return sorted({part.name for part in self.parts().values() if part.method == MODEL})

    def tasks(self) -> dict[str, tuple[float, float]]:
        """Time [s] and the job's energy [J] of each task, what is nested in it included."""
        found: dict[str, tuple[float, float]] = {}
        for one in self.segments:
            before_s, before_j = 0.0, 0.0
            for sample in one.samples:
                now_j = sum(sample.job_j.values())
                whole_s = max(sum(sample.task.values()), sample.t_s - before_s) or 1.0
                for path, seconds in sample.task.items():
                    _add(found, path, seconds, (now_j - before_j) * seconds / whole_s)
                before_s, before_j = sample.t_s, now_j
        return found

    def power(self) -> list[tuple[float, float, float]]:
        """Time of day [s], seconds and mean power of the job [W] between each two samples."""
        found = []
        for one in self.segments:
            before_s, before_j = 0.0, 0.0
            for sample in one.samples:
                now_j = sum(sample.job_j.values())
                if sample.t_s > before_s:
                    step_s = sample.t_s - before_s
                    found.append((one.begin_s + sample.t_s, step_s, (now_j - before_j) / step_s))
                before_s, before_j = sample.t_s, now_j
        return found


def _add(found: dict[str, tuple[float, float]], path: str, seconds: float, joules: float) -> None:
    """To a task and to every task around it."""
    words = path.split("/") if path else []
    for depth in range(1, len(words) + 1):
        above = "/".join(words[:depth])
        had = found.get(above, (0.0, 0.0))
        found[above] = (had[0] + seconds, had[1] + joules)
