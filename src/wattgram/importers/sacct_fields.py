"""The cells of `sacct`: durations, sizes, trackable resources, states and energies, as Slurm prints them.

Every parser gives None for a cell that says nothing (blank, `Unknown`, `None`, `0` where zero means "not counted", one that
a narrow column cut off with a `+`) and raises ValueError for one that should say something and does not.

References
----------
Slurm: sacct(1), "Job accounting fields"; K, M, G, T and P there are powers of 1024.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "CUT_OFF",
    "Gpu",
    "Tres",
    "energy_of",
    "gigabytes_of",
    "gres_of",
    "hours_of",
    "memory_of",
    "seconds_of",
    "state_of",
    "time_of",
    "tres_of",
]

SAYS_NOTHING = frozenset(
    {"", "unknown", "none", "n/a", "(null)", "null", "invalid", "unlimited", "partition_limit"}
)
SHORT = 20
"""No counter that Slurm prints has as many digits; a longer one is no number, and would not fit into one."""
USUAL_LENGTHS = (len("HH:MM:SS"), len("MM:SS.mmm"))
CUT_OFF = "+"
SECONDS_PER_DAY = 86400
SECONDS_PER_HOUR = 3600
KIBI = 1024.0
POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5, "e": 6}
GIGA = 3
GIGABYTES = {unit: KIBI ** (POWERS[unit.lower()] - GIGA) for unit in "KMGT"}
"""One of each unit that Slurm prints [GB]."""
NO_VALUE = 2.0**63
"""Slurm writes "no value" as 2^64 - 2; whatever is this large is a counter that never counted."""

_DURATION = re.compile(r"(?:(\d{1,15})-)?(?:(\d{1,15}):)?(\d{1,15}):(\d{1,15}(?:\.\d*)?)")
_SIZE = re.compile(r"([0-9]{1,30}(?:\.[0-9]*)?|\.[0-9]+)([kmgtpe]?)(?:i?b)?", re.IGNORECASE)
_GRES_INDEX = re.compile(r"\([^)]*\)")


class Gpu(NamedTuple):
    """GPUs of one type; an empty type is one that Slurm does not name."""

    type: str
    number: float


class Tres(NamedTuple):
    """Trackable resources of a job: what it held."""

    cpus: float | None = None
    memory_gb: float | None = None
    nodes: float | None = None
    energy_j: float | None = None
    gpus: tuple[Gpu, ...] = ()


def says_nothing(text: str) -> bool:
    """Whether a cell without blanks around it holds no figure: a word for none, or one that was cut off."""
    return text.lower() in SAYS_NOTHING or text[-1:] == CUT_OFF


def seconds_of(cell: str) -> float | None:
    """A time [s] from `[DD-][HH:]MM:SS[.mmm]`, or from a bare number of seconds."""
    # The two forms that nearly every cell has, read without a regular expression.
    if (
        len(cell) in USUAL_LENGTHS
        and cell[2] == ":"
        and cell[5] in ":."
        and (cell[:2] + cell[3:5] + cell[6:]).isdecimal()
    ):
        if cell[5] == ".":
            return int(cell[:2]) * 60.0 + float(cell[3:])
        if len(cell) == len("HH:MM:SS"):
            return int(cell[:2]) * 3600.0 + int(cell[3:5]) * 60.0 + int(cell[6:])
    text = cell.strip()
    if says_nothing(text):
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        if text.isdecimal() and len(text) < SHORT:
            return float(text)
        if match := re.fullmatch(r"(\d{1,15})-(\d{1,15})", text):
            return float(match[1]) * SECONDS_PER_DAY + float(match[2]) * SECONDS_PER_HOUR
        raise ValueError(f"'{text[:40]}' is no duration")
    days, hours, minutes, seconds = match.groups()
    return (
        float(days or 0) * SECONDS_PER_DAY
        + float(hours or 0) * SECONDS_PER_HOUR
        + float(minutes) * 60
        + float(seconds)
    )


def hours_of(cell: str) -> float | None:
    """Hours of a duration cell [h]."""
    seconds = seconds_of(cell)
    return None if seconds is None else seconds / SECONDS_PER_HOUR


def time_of(cell: str) -> str | None:
    """A point in time as ISO text; None where it has not come yet (`Unknown`, `None`, `N/A`)."""
    if len(cell) == len("2024-01-01T00:00:00") and cell[4] == cell[7] == "-" and cell[10] == "T":
        return cell
    text = cell.strip()
    if says_nothing(text):
        return None
    from datetime import UTC, datetime  # noqa: PLC0415 - only with another SLURM_TIME_FORMAT

    from wattgram.importers.sacct_times import other_time_of  # noqa: PLC0415

    if text.isdecimal() and len(text) > len("20240101"):
        return datetime.fromtimestamp(int(text[:11]), UTC).isoformat()
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return other_time_of(text)


def gigabytes_of(cell: str, bare: str = "m") -> float | None:
    """Memory [GB] from `64G`, `6760M`, `1.5T`, `231092K`; a number without a unit is in `bare`."""
    if cell[-1:] in GIGABYTES and len(cell) < SHORT and cell[:-1].isdecimal():
        return int(cell[:-1]) * GIGABYTES[cell[-1]]
    text = cell.strip()
    if says_nothing(text):
        return None
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text[:40]}' is no size")
    power = POWERS[match[2].lower() or bare]
    return float(match[1]) * KIBI ** (power - GIGA)


def memory_of(cell: str, cpus: float | None, nodes: float | None) -> float | None:
    """Memory that a job asked for [GB]: `6760Mc` is per core, `250Gn` per node; 0 is "all there is", so not known."""
    text = cell.strip()
    suffix = text[-1:].lower()
    per = {"c": cpus, "n": nodes}.get(suffix, 1.0)
    size = gigabytes_of(text[:-1] if suffix in ("c", "n") and text[:1].isdigit() else text)
    if not size:
        return None
    return None if per is None else size * per


def energy_of(cell: str) -> float | None:
    """Energy [J] from `54156`, `20.54M`, `12.3K`; 0 is a counter that does not exist, and so is anything from 2^63 on."""
    text = cell.strip()
    if says_nothing(text):
        return None
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text[:40]}' is no energy")
    joules: float = float(match[1]) * 1000.0 ** POWERS[match[2].lower()]
    return joules or None


def _count(cell: str) -> float:
    match = _SIZE.fullmatch(cell.strip())
    if match is None:
        raise ValueError(f"'{cell[:40]}' is no count")
    return float(match[1]) * 1000.0 ** POWERS[match[2].lower()]


@lru_cache(maxsize=65536)
def tres_of(cell: str) -> Tres:
    """The resources of `billing=8,cpu=8,gres/gpu:h100=1,gres/gpu=1,mem=64G,node=1`; typed and untyped GPUs are the same ones."""
    cpus = memory = nodes = energy = None
    typed: dict[str, float] = {}
    bare = 0.0
    if cell[-1:] == CUT_OFF:
        cell = cell.rpartition(",")[0]
    for item in cell.split(","):
        name, equals, amount = item.partition("=")
        name = name.strip().lower()
        if not equals or not amount:
            continue
        if name == "cpu":
            # In TRESUsageInTot it is the CPU time used, 20:00:00, and no number of CPUs.
            cpus = None if ":" in amount else _count(amount)
        elif name == "node":
            nodes = _count(amount)
        elif name == "mem":
            memory = gigabytes_of(amount)
        elif name == "energy":
            energy = energy_of(amount)
        elif name == "gres/gpu":
            bare += _count(amount)
        elif name.startswith("gres/gpu:"):
            kind = item.partition("=")[0].strip()[len("gres/gpu:") :]
            typed[kind] = typed.get(kind, 0.0) + _count(amount)
    return Tres(cpus, memory, nodes, energy, _gpus(typed, bare))


def gres_of(cell: str) -> tuple[Gpu, ...]:
    """GPUs of the older `gpu:v100:2(S:0-1),craynetwork:1` and `gres:gpu:4`; `0` and blank are none."""
    if not cell:
        return ()
    typed: dict[str, float] = {}
    bare = 0.0
    for item in _GRES_INDEX.sub("", cell).split(","):
        words = [
            word.strip()
            for word in re.split(r"[:=]", item.strip().removeprefix("gres/").removeprefix("gres:"))
        ]
        if words[0].lower() != "gpu":
            continue
        last = words[-1]
        count = float(last[:SHORT]) if last.isdecimal() and len(words) > 1 else 1.0
        kinds = [word for word in words[1:] if not word.isdigit()]
        if kinds:
            kind = ":".join(kinds)
            typed[kind] = typed.get(kind, 0.0) + count
        else:
            bare += count
    return _gpus(typed, bare)


def _gpus(typed: dict[str, float], bare: float) -> tuple[Gpu, ...]:
    """Types with their counts; an untyped total beyond them is GPUs of a type that is not named."""
    if not typed and not bare:
        return ()
    found = [Gpu(kind, count) for kind, count in typed.items() if count > 0]
    rest = bare - sum(gpu.number for gpu in found)
    if rest > 0:
        found.append(Gpu("", rest))
    return tuple(found)


STATES = {
    "BF": "BOOT_FAIL",
    "CA": "CANCELLED",
    "CD": "COMPLETED",
    "CF": "CONFIGURING",
    "CG": "COMPLETING",
    "DL": "DEADLINE",
    "F": "FAILED",
    "NF": "NODE_FAIL",
    "OOM": "OUT_OF_MEMORY",
    "PD": "PENDING",
    "PR": "PREEMPTED",
    "R": "RUNNING",
    "RD": "RESV_DEL_HOLD",
    "RQ": "REQUEUED",
    "RS": "RESIZING",
    "RV": "REVOKED",
    "S": "SUSPENDED",
    "ST": "STOPPED",
    "TO": "TIMEOUT",
    "LF": "LAUNCH_FAILED",
    "RF": "REQUEUE_FED",
    "RH": "REQUEUE_HOLD",
    "SE": "SPECIAL_EXIT",
    "SI": "SIGNALING",
    "SO": "STAGE_OUT",
}
NAMES = frozenset(STATES.values())
WAITING = frozenset(
    {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "REVOKED"}
)
"""States without work of their own yet; with time on the clock they are an attempt that ended."""
RUNNING = frozenset({"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "STAGE_OUT"})
WASTED = frozenset(
    {
        "BOOT_FAIL",
        "CANCELLED",
        "DEADLINE",
        "FAILED",
        "LAUNCH_FAILED",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "REQUEUED",
        "REVOKED",
        "SPECIAL_EXIT",
        "TIMEOUT",
    }
)
"""States of work whose result was lost or cut short."""


@lru_cache(maxsize=4096)
def state_of(cell: str) -> str:
    """The state in its one spelling: `CANCELLED by 1001`, `CANCELLED+`, `OUT_OF_ME+` and `CD` are known; else as it stands."""
    word = cell.strip().split(" ")[0].upper()
    if word in NAMES or not word:
        return word
    if word in STATES:
        return STATES[word]
    if word.endswith("+"):
        fits = [name for name in NAMES if name.startswith(word[:-1])]
        if len(fits) == 1:
            return fits[0]
    return word
