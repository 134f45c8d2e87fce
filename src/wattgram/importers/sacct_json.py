"""`sacct --json` as the table that `sacct -P` would have written: its jobs one by one, each with its steps under it.

The parts of it that are read, over the versions (Slurm 21.08 to 25.05, data parsers v0.0.37 to v0.0.43):

    jobs[]   job_id, array.{job_id,task_id,task}, het.{job_id,job_offset}, name, user, account, partition, nodes,
             allocation_nodes, state.current, time.{submission,eligible,start,end,elapsed,suspended,total}, required,
             tres.{allocated,requested}[] of {type, name, count}: memory in MiB, energy in joules
    steps[]  step.id, nodes.count, tasks.count, time, statistics.energy.consumed, tres.allocated[],
             tres.requested.{max,total}[]: memory in bytes, as it was used

A number is bare or `{"set": true, "infinite": false, "number": 7}`, a state a word or a list of them, a step's id `0`,
`"batch"`, `"123.batch"` or `{"job_id": 123, "step_id": "batch"}`. Times count from 1970, so they are UTC here. The whole
file is never in memory: a month of a cluster is gigabytes of it.

References
----------
Slurm: sacct(1), `--json`; the parsers of jobs and steps in its sources, src/plugins/openapi/dbv0.0.37/parse.c and
src/plugins/data_parser/v0.0.39 to v0.0.43/parsers.c.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from wattgram.importers.encoding import unusable
from wattgram.importers.kinds import kind_of
from wattgram.importers.reading import Line
from wattgram.importers.sacct_fields import NO_VALUE

__all__ = ["MARK", "json_as_table"]

MARK = "\x1f"
"""What stands between the cells of the table: the separator of units, which no name holds."""
NAMES = (
    *("JobID", "JobName", "User", "Account", "Partition", "State", "Submit", "Start", "End", "Elapsed"),
    *("NNodes", "ReqCPUS", "NTasks", "NodeList", "TotalCPU", "ReqMem", "MaxRSS", "AllocTRES", "ReqTRES"),
    *("TRESUsageInTot", "ConsumedEnergyRaw"),
)
HEADER = MARK.join(NAMES)
NO_VALUES = frozenset({2**32 - 2, 2**32 - 1})
"""How Slurm writes "no value" and "infinite" in 32 bits."""
LAST_SECOND = 253_402_300_799
"""Of the year 9999."""
BYTES_PER_KIB = 1024
MICRO = 1_000_000
OF_QUEUE = frozenset({"job_state", "start_time", "submit_time"})
"""Keys of a job as squeue and scontrol write it."""
LONGEST_TOKEN = 32
"""No word, escape or end of a number is as long."""
_BLANK = re.compile(r"\s*")
_UNPRINTED = re.compile(r"[\x00-\x1f]+")


def json_as_table(blocks: Iterator[str], file: str) -> Iterator[Line]:
    """The jobs of a file as the rows of a table, its header first; the number of a line is that where the job begins.

    Raises
    ------
    InputError : JSON that is cut off or none, or that is no list of jobs as sacct writes it
    """
    seen = 0
    for number, job in _jobs(_Scanner(blocks, file), file):
        if isinstance(job, dict) and "job_id" not in job and not seen:
            raise unusable(file, _foreign(job))
        if isinstance(job, dict) and OF_QUEUE & set(job) and "time" not in job:
            raise unusable(file, "it is what squeue or scontrol write, the jobs of now; ask for sacct --json")
        if not seen:
            yield Line(file, number, HEADER)
        seen += 1
        for text in _rows(job if isinstance(job, dict) else {}):
            yield Line(file, number, text)
    if not seen:
        raise unusable(file, "it is JSON without a job; ask for some with sacct --json -a -S 2024-01-01")


def _foreign(found: dict[str, Any]) -> str:
    kind = kind_of(found)
    if kind:
        return f"it is a log of {kind}: `wattgram import {kind}` reads it"
    return "it is JSON, but no list of jobs as sacct --json writes it"


# --- the file -------------------------------------------------------------------------------------------------------


class _Scanner:
    """JSON that comes in blocks: one value after the other, without the rest of the file."""

    def __init__(self, blocks: Iterator[str], file: str) -> None:
        self.blocks, self.file = blocks, file
        self.text, self.at, self.line = "", 0, 1
        self.decoder = json.JSONDecoder()

    def mark(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            found = _BLANK.match(self.text, self.at)
            self._pass(found.end() if found else self.at)
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def take(self, marks: str) -> str:
        """The next character, which is one of these."""
        found = self.mark()
        if not found or found not in marks:
            raise unusable(self.file, self._fault())
        self._pass(self.at + 1)
        return found

    def value(self) -> Any:
        """The next value whole."""
        self.mark()
        while True:
            try:
                found, end = self.decoder.raw_decode(self.text, self.at)
            except RecursionError:
                raise unusable(self.file, self._fault()) from None
            except json.JSONDecodeError as error:
                # What is cut off fails at its end or in a string; a fault before that stays one, whatever follows.
                cut = error.msg.startswith("Unterminated") or error.pos > len(self.text) - LONGEST_TOKEN
                if cut and self._more():
                    continue
                raise unusable(self.file, self._fault()) from None
            # A number at the end of a block may go on in the next one.
            if end < len(self.text) or isinstance(found, (dict, list, str)) or not self._more():
                self._pass(end)
                return found

    def _fault(self) -> str:
        return f"it is no whole JSON from line {self.line} on"

    def _pass(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _more(self) -> bool:
        block = next(self.blocks, "")
        self.text, self.at = self.text[self.at :] + block, 0
        return bool(block)


def _jobs(scanner: _Scanner, file: str) -> Iterator[tuple[int, Any]]:
    """Every job and the line where it begins: of an answer with `jobs`, of a list, or one after the other."""
    while opens := scanner.mark():
        if opens == "[":
            yield from _listed(scanner)
        elif opens == "{":
            yield from _answered(scanner)
        else:
            raise unusable(file, f"it is no JSON from line {scanner.line} on")


def _listed(scanner: _Scanner) -> Iterator[tuple[int, Any]]:
    scanner.take("[")
    if scanner.mark() == "]":
        scanner.take("]")
        return
    more = ","
    while more == ",":
        scanner.mark()
        number = scanner.line
        found = scanner.value()
        inner = found.get("jobs") if isinstance(found, dict) and "job_id" not in found else None
        if isinstance(inner, list):
            yield from ((number, job) for job in inner)
        else:
            yield number, found
        more = scanner.take(",]")


def _answered(scanner: _Scanner) -> Iterator[tuple[int, Any]]:
    """The jobs of an answer (`meta`, `errors`, `jobs` in any order); an object without any is a job itself."""
    scanner.mark()
    number = scanner.line
    scanner.take("{")
    found: dict[str, Any] = {}
    jobs = False
    more = "," if scanner.mark() != "}" else scanner.take("}")
    while more == ",":
        key = scanner.value()
        scanner.take(":")
        if key == "jobs" and scanner.mark() == "[":
            jobs = True
            yield from _listed(scanner)
        else:
            found[str(key)] = scanner.value()
        more = scanner.take(",}")
    if not jobs:
        said = _at(found, "errors")
        if isinstance(said, list) and said and "job_id" not in found:
            text = next((text for one in said if (text := _at(one, "description") or _at(one, "error"))), "")
            raise unusable(scanner.file, f"sacct wrote an error and no job: {str(text)[:200]}")
        yield number, found


# --- a job ----------------------------------------------------------------------------------------------------------


def _at(thing: Any, *path: str) -> Any:
    for key in path:
        thing = thing.get(key) if isinstance(thing, dict) else None
    return thing


def _number(thing: Any) -> float | int | None:
    """A number, bare or with its marks; None for one that is not set, infinite, or written for "no value"."""
    if isinstance(thing, dict):
        thing = None if thing.get("set") is False or thing.get("infinite") else thing.get("number")
    if isinstance(thing, str):
        thing = int(thing) if thing.isdecimal() and len(thing) < len(str(2**64)) + 1 else None
    if isinstance(thing, bool) or not isinstance(thing, (int, float)):
        return None
    return thing if 0 <= thing < NO_VALUE and thing not in NO_VALUES else None


def _text(thing: Any) -> str:
    """A word as a cell: blanks for whatever would end the cell or the line."""
    return "" if thing is None or isinstance(thing, (dict, list)) else _UNPRINTED.sub(" ", str(thing)).strip()


def _digits(thing: Any) -> str:
    number = _number(thing)
    return "" if number is None else str(int(number))


def _time(thing: Any) -> str:
    """Seconds since 1970 as ISO text in UTC; 0 is a time that has not come."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only this form of a log

    seconds = _number(thing)
    if not seconds or seconds > LAST_SECOND:
        return "Unknown"
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None).isoformat()


def _busy(time: Any) -> str:
    """CPU time as `minutes:seconds.microseconds`."""
    seconds, rest = _number(_at(time, "total", "seconds")), _number(_at(time, "total", "microseconds")) or 0
    if seconds is None:
        return ""
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes:02d}:{seconds:02d}.{int(rest) % MICRO:06d}"


def _state(thing: Any) -> str:
    """`"COMPLETED"`, `["COMPLETED"]` and `{"current": ["COMPLETED"]}` are one; of several words the first is the state."""
    if isinstance(thing, dict):
        thing = thing.get("current")
    if isinstance(thing, list):
        thing = thing[0] if thing else None
    return _text(thing)


def _resources(listed: Any) -> str:
    """`[{"type": "gres", "name": "gpu:a100", "count": 4}, ...]` as `gres/gpu:a100=4,...`."""
    items = []
    for one in listed if isinstance(listed, list) else ():
        kind, name, count = _text(_at(one, "type")), _text(_at(one, "name")), _number(_at(one, "count"))
        if kind and count is not None:
            unit = "M" if kind == "mem" else ""
            items.append(f"{kind}{f'/{name}' if name else ''}={int(count)}{unit}".replace(MARK, " "))
    return ",".join(items)


def _used(listed: Any, kind: str) -> float | int | None:
    """The count of one resource in a list of those used."""
    every = listed if isinstance(listed, list) else ()
    return next(
        (count for one in every if _at(one, "type") == kind and (count := _number(_at(one, "count")))), None
    )


def _kib(count: float | None) -> str:
    return "" if count is None else f"{count / BYTES_PER_KIB:.10f}K"


def _memory(required: Any, *, wide: bool) -> str:
    """What was asked for, per core or per node; in older versions the two cannot be told apart, and AllocTRES says it."""
    for key, suffix in (("memory_per_cpu", "Mc"), ("memory_per_node", "Mn")):
        if size := _number(_at(required, key)):
            return f"{int(size)}{suffix}"
    size = _at(required, "memory")
    if not wide or isinstance(size, bool) or not isinstance(size, int) or size <= 0:
        return ""
    per_core = size >= NO_VALUE
    size -= int(NO_VALUE) * per_core
    return f"{size}{'Mc' if per_core else 'Mn'}" if 0 < size < 2**62 else ""


def _identity(job: dict[str, Any]) -> str:
    """`123`, `123_4` (a task of an array), `123_[5-9]` (tasks that wait), `123+1` (a part of a heterogeneous job)."""
    array, task = _number(_at(job, "array", "job_id")), _number(_at(job, "array", "task_id"))
    if array:
        waiting = _text(_at(job, "array", "task"))
        if task is not None:
            return f"{int(array)}_{int(task)}"
        if waiting:
            return f"{int(array)}_[{waiting}]"
    whole, part = _number(_at(job, "het", "job_id")), _number(_at(job, "het", "job_offset"))
    if whole and part is not None:
        return f"{int(whole)}+{int(part)}"
    return _digits(job.get("job_id"))


def _started(job: dict[str, Any]) -> str:
    """When a job started. Before v0.0.40 `time.start` is when it could have: then its end and how long it ran say it."""
    time = _at(job, "time")
    start, elapsed = _number(_at(time, "start")), _number(_at(time, "elapsed"))
    if elapsed and start == _number(_at(time, "eligible")):
        if end := _number(_at(time, "end")):
            return _time(end - elapsed - (_number(_at(time, "suspended")) or 0))
        steps = job.get("steps")
        began = [
            at
            for step in (steps if isinstance(steps, list) else ())
            if (at := _number(_at(step, "time", "start")))
        ]
        start = min(began, default=start)
    return _time(start)


def _rows(job: dict[str, Any]) -> Iterator[str]:
    """The row of a job and those of its steps."""
    time, tres = job.get("time"), job.get("tres")
    identity = _identity(job)
    steps = job.get("steps")
    cells = {
        "JobID": identity,
        "JobName": _text(job.get("name")),
        "User": _text(job.get("user")) or _text(_at(job, "association", "user")),
        "Account": _text(job.get("account")) or _text(_at(job, "association", "account")),
        "Partition": _text(job.get("partition")),
        "State": _state(job.get("state")),
        "Submit": _time(_at(time, "submission")),
        "Start": _started(job),
        "End": _time(_at(time, "end")),
        "Elapsed": _digits(_at(time, "elapsed")),
        "NNodes": _digits(job.get("allocation_nodes")),
        "ReqCPUS": _digits(_at(job, "required", "CPUs")),
        "NodeList": _text(job.get("nodes")),
        "TotalCPU": _busy(time),
        "ReqMem": _memory(job.get("required"), wide=isinstance(_at(job, "state", "current"), list)),
        "AllocTRES": _resources(_at(tres, "allocated")),
        "ReqTRES": _resources(_at(tres, "requested")),
    }
    yield MARK.join(cells.get(name, "") for name in NAMES)
    for step in steps if isinstance(steps, list) else ():
        yield _step_row(identity, step)


def _step_row(identity: str, step: Any) -> str:
    time, used = _at(step, "time"), _at(step, "tres", "requested")
    total = [
        f"{name}={text}"
        for name, text in (
            ("mem", _kib(_used(_at(used, "total"), "mem"))),
            ("energy", _digits(_used(_at(used, "total"), "energy"))),
        )
        if text
    ]
    cells = {
        "JobID": f"{identity}.{_step(step)}",
        "JobName": _text(_at(step, "step", "name")),
        "State": _state(_at(step, "state")),
        "Start": _time(_at(time, "start")),
        "End": _time(_at(time, "end")),
        "Elapsed": _digits(_at(time, "elapsed")),
        "NNodes": _digits(_at(step, "nodes", "count")),
        "NTasks": _digits(_at(step, "tasks", "count")),
        "NodeList": _text(_at(step, "nodes", "range")),
        "TotalCPU": _busy(time),
        "MaxRSS": _kib(_used(_at(used, "max"), "mem")),
        "AllocTRES": _resources(_at(step, "tres", "allocated")),
        "TRESUsageInTot": ",".join(total),
        "ConsumedEnergyRaw": _digits(_at(step, "statistics", "energy", "consumed")),
    }
    return MARK.join(cells.get(name, "") for name in NAMES)


def _step(step: Any) -> str:
    """The name of a step: `batch`, `extern`, `0`."""
    said = _at(step, "step", "id")
    if isinstance(said, dict) and "step_id" in said:
        said = said["step_id"]
    number = _number(said)
    return _text(int(number) if number is not None else said).rpartition(".")[2] or "0"
