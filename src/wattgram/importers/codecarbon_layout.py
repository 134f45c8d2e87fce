"""The columns that CodeCarbon has written over its versions, and how a header or a row of them is recognised."""

from __future__ import annotations

import re
from typing import NamedTuple

from wattgram.importers.reading import cells_of, number_of

__all__ = ["Layout", "layout_of", "other_layout", "shifted"]

DELIMITERS = (",", ";", "\t", "|")

_FIRST = "timestamp,experiment_id,project_name,duration,emissions,energy_consumed,country_name,country_iso_code,region,on_cloud,cloud_provider,cloud_region"
_PLACE = "country_name,country_iso_code,region,cloud_provider,cloud_region"
_POWER = "duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,cpu_energy,gpu_energy,ram_energy,energy_consumed"
_MACHINE = "os,python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_model,longitude,latitude,ram_total_size,tracking_mode"
_RUN = "timestamp,project_name,run_id"
_USE = "cpu_utilization_percent,gpu_utilization_percent,ram_utilization_percent,ram_used_gb"
KNOWN = tuple(
    tuple(text.split(","))
    for text in (
        _FIRST,
        f"{_RUN},{_POWER},{_PLACE},{_MACHINE},on_cloud",
        f"{_RUN},{_POWER},{_PLACE},{_MACHINE},on_cloud,pue",
        f"task_name,{_RUN},{_POWER},{_PLACE},{_MACHINE},on_cloud",
        f"{_RUN},experiment_id,{_POWER},{_PLACE},{_MACHINE},on_cloud,pue",
        f"task_name,{_RUN},experiment_id,{_POWER},{_PLACE},{_MACHINE},on_cloud",
        f"{_RUN},experiment_id,{_POWER},water_consumed,{_PLACE},{_MACHINE},{_USE},on_cloud,pue,wue",
        f"{_RUN},experiment_id,{_POWER},water_consumed,country_name,country_iso_code,region,{_MACHINE},{_USE},on_cloud,pue,wue,cloud_provider,cloud_region",
    )
)
"""Column sets of versions 1.x, 2.x and 3.x, as their files have them: for rows that stand under another version's header."""

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
ON_CLOUD = frozenset({"Y", "N", ""})
_ISO3 = re.compile(r"[A-Z]{3}")


class Layout(NamedTuple):
    """The columns of a file and what stands between them."""

    names: tuple[str, ...]
    delimiter: str


def layout_of(text: str, delimiter: str | None = None) -> Layout | None:
    """The layout that a header line states; None where the line is no header."""
    low = text.lower()
    if "emissions" not in low or "timestamp" not in low:
        return None
    for mark in (delimiter,) if delimiter else DELIMITERS:
        names = tuple(
            name.strip().lower().lstrip("\N{ZERO WIDTH NO-BREAK SPACE}") for name in cells_of(text, mark)
        )
        if "timestamp" in names and "emissions" in names:
            while names and not names[-1]:
                names = names[:-1]
            return Layout(names, mark)
    return None


def shifted(names: tuple[str, ...], cells: list[str]) -> bool:
    """Whether as many cells as the header has stand under other names: several versions have 31, 32 or 38 columns."""
    return "on_cloud" in names and cells[names.index("on_cloud")].upper() not in ON_CLOUD


def other_layout(cells: list[str]) -> tuple[str, ...] | None:
    """The one known column set that fits a row in number and in kind; None for a torn row."""
    fits = [
        names
        for names in KNOWN
        if len(names) == len(cells) and _believable(dict(zip(names, cells, strict=True)))
    ]
    return fits[0] if fits else None


def _believable(cells: dict[str, str]) -> bool:
    numbers = [number_of(cells[name]) for name in ("duration", "emissions", "energy_consumed")]
    return (
        _STAMP.fullmatch(cells["timestamp"]) is not None
        and all(number is not None and number >= 0 for number in numbers)
        and cells["on_cloud"].upper() in ON_CLOUD
        and (not cells["country_iso_code"] or _ISO3.fullmatch(cells["country_iso_code"]) is not None)
    )
