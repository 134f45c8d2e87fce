"""The columns of a power log: which holds the time, the power, the device; and how such logs write a time."""

from __future__ import annotations

import re
from typing import NamedTuple

from wattgram.importers.reading import cells_of

__all__ = ["POWER", "Columns", "clock_of", "columns_by_form", "columns_of", "said_of"]

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
OF_NVIDIA = 3
"""So many of these are nvidia-smi's own, in the same unit."""
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


_WATTS = re.compile(r"\d+(?:\.\d+)?\s*W")
_UNIT = re.compile(r"\d+(?:\.\d+)? (?:W|%|MiB|MHz)")
_TWO_DECIMALS = re.compile(r"\d+\.\d\d")
_DEVICE = re.compile(r"\d{1,2}|GPU-[0-9a-fA-F-]+")
MAKERS = ("nvidia", "tesla", "geforce", "quadro", "titan")


class Columns(NamedTuple):
    """Positions of what is read; -1 for what the log lacks."""

    time: int
    power: int
    devices: tuple[int, ...]
    name: int
    limit: int
    milliwatts: bool
    others: tuple[int, ...] = ()
    """Other powers of nvidia-smi, for lines whose first one is no reading."""

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
    others = tuple(
        names.index(name) for name in POWER[:OF_NVIDIA] if name in names and names.index(name) != power
    )
    return Columns(time, power, devices, _first(NAME, names), _first(LIMIT, names), milli, others)


def columns_by_form(cells: list[str]) -> Columns | None:
    """The columns of `--format=csv,noheader`, by what stands in them; None unless a time and one power alone are there.

    A power has the unit W, or, where no cell has a unit (`nounits`), two decimals, which of what
    nvidia-smi samples powers alone have.
    """
    time = next((at for at, cell in enumerate(cells) if ":" in cell and clock_of(cell) is not None), -1)
    power = [at for at, cell in enumerate(cells) if _WATTS.fullmatch(cell)]
    if not power and not any(_UNIT.fullmatch(cell) for cell in cells):
        power = [at for at, cell in enumerate(cells) if _TWO_DECIMALS.fullmatch(cell)]
    if time < 0 or len(power) != 1:
        return None
    # Behind the power a bare number is a temperature or a share.
    device = next((at for at, cell in enumerate(cells[: power[0]]) if _DEVICE.fullmatch(cell)), -1)
    name = next((at for at, cell in enumerate(cells) if cell.lower().startswith(MAKERS)), -1)
    return Columns(time, power[0], (device,) if device >= 0 else (), name, -1, milliwatts=False)


def said_of(columns: Columns) -> str:
    """Which columns a log without a header was read by, counted from 1."""
    said = [f"the time is column {columns.time + 1}", f"the power {columns.power + 1}"]
    said += [f"the GPU {at + 1}" for at in columns.devices]
    said += [f"its name {columns.name + 1}"] if columns.name >= 0 else []
    return f"the log has no header; by their form {', '.join(said)}"


def _first(wanted: tuple[str, ...], names: list[str]) -> int:
    return next((names.index(name) for name in wanted if name in names), -1)


def clock_of(cell: str) -> float | None:
    """Time [s since 1970] of `2024/01/01 12:00:00.123`, ISO text or a Unix time; a time without a zone is taken as UTC."""
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
        pass
    from wattgram.importers.sacct_times import other_time_of  # noqa: PLC0415 - what `date` writes in a loop

    try:
        return datetime.fromisoformat(other_time_of(text)).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
