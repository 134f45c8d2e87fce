"""The columns of a power log: which holds the time, the power, the device; and how such logs write a time."""

from __future__ import annotations

import re
from typing import NamedTuple

from wattgram.importers.reading import cells_of

__all__ = ["POWER", "Columns", "clock_of", "columns_of"]

POWER = (
    *(
        "power.draw",
        "power.draw.instant",
        "power.draw.average",
        "gpu_power_w",
        "power_w",
        "power_draw",
        "power_draw_w",
    ),
    *("gpu_power", "power", "watts", "power_mw", "gpu_power_mw", "power_usage"),
)
TIME = ("timestamp", "time", "datetime", "date", "unix", "unix_time", "epoch", "ts", "timestamp_s", "time_s")
DEVICE = (
    *("uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id"),
    *("gpu", "gpu_index", "gpu_id", "index", "device", "id", "minor_number"),
)
NAME = ("name", "gpu_name", "model")
LIMIT = ("enforced.power.limit", "power.limit", "power.max_limit", "power_limit", "power_limit_w")
UNIX = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
LARGEST_UNIX_S = 1e11
_HEADER_UNIT = re.compile(r"\s*[\[(]\s*([^\])]*?)\s*[\])]\s*$")


class Columns(NamedTuple):
    """Positions of what is read; -1 for what the log lacks."""

    time: int
    power: int
    devices: tuple[int, ...]
    name: int
    limit: int
    milliwatts: bool

    @staticmethod
    def cell(cells: list[str], at: int) -> str | None:
        """A cell, or None where it is blank or missing."""
        text = cells[at].strip() if 0 <= at < len(cells) else ""
        return text if text and text[0] != "[" else None

    def device(self, cells: list[str]) -> str:
        """What tells one GPU from another: an id or a number before a name; empty where nothing does."""
        said = [text for at in self.devices if (text := self.cell(cells, at))]
        return next(
            (text for text in said if " " not in text and any(c.isdigit() for c in text)), "".join(said[:1])
        )


def columns_of(text: str, delimiter: str) -> Columns | None:
    """The columns that a header states; None where the line is no header."""
    low = text.lower()
    if "power" not in low and "watts" not in low:
        return None
    words = [cell.lower().lstrip("#").strip() for cell in cells_of(text, delimiter)]
    units = [match[1] if (match := _HEADER_UNIT.search(word)) else "" for word in words]
    names = [_HEADER_UNIT.sub("", word) for word in words]
    time, power = _first(TIME, names), _first(POWER, names)
    if time < 0 or power < 0:
        return None
    milli = units[power] == "mw" or names[power].endswith("_mw")
    devices = tuple(names.index(name) for name in DEVICE if name in names)
    return Columns(time, power, devices, _first(NAME, names), _first(LIMIT, names), milli)


def _first(wanted: tuple[str, ...], names: list[str]) -> int:
    return next((names.index(name) for name in wanted if name in names), -1)


def clock_of(cell: str) -> float | None:
    """Seconds since 1970 of `2024/01/01 12:00:00.123`, ISO text or a Unix time; a time without a zone is taken as UTC."""
    from datetime import UTC, datetime  # noqa: PLC0415 - a log's lines need it, its header does not

    text = cell.strip()
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        for factor in UNIX.values():
            if 0 <= number * factor < LARGEST_UNIX_S:
                return number * factor
        return None
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
