"""Numbers: what is wrong with the figures of a row, and which way its blanks are filled, as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from wattgram.duration import LONGEST_DURATION_H
from wattgram.estimation import LIMITS, MOST_KWH, SCOPES
from wattgram.frames.schema import WORK, Roles
from wattgram.frames.ways import SCOPES as SCOPE_WAYS
from wattgram.frames.ways import SERIES, STATED
from wattgram.frames.working import chosen, col
from wattgram.resolve.fill import WORKLOADS
from wattgram.run import MOST_DEVICES, MOST_INTENSITY_G_PER_KWH

if TYPE_CHECKING:
    from wattgram.frames.bounds import Bounds
    from wattgram.frames.gather import Words

__all__ = ["checked", "fatal_of", "faulted", "faults", "with_ways"]

ENERGY_ONLY = "where-missing"
"""The one issue beside which there is an energy: the place alone is not known."""


# --- what cannot be used ----------------------------------------------------------------------------------------------


def faults(roles: Roles, words: Words) -> list[tuple[Any, str]]:
    """What can be wrong with the figures of a row, the first that holds: conditions and their codes.

    The condition is None where the bounds of the table's numbers say that no row can have it.
    """
    found: list[tuple[Any, str]] = []
    bounds = words.bounds
    if roles.has("count"):
        found.append((_miscounted(words), "count-unusable"))
    found += [(~col(name).is_null(), name.replace("_issue", "-unusable")) for name in words.issues]
    for name, (low, high, above) in LIMITS.items():
        if roles.has(name):
            found.append(_out_of(name, bounds.get(name), low, high, above=above))
    if roles.has("start"):
        found.append(_out_of("start", bounds.get("start"), words.first_us, words.now_us))
    if roles.has("intensity"):
        found.append(_out_of("intensity", bounds.get("intensity"), 0.0, MOST_INTENSITY_G_PER_KWH))
    if roles.has("measured_energy_kwh"):
        measured = bounds.get("measured_energy_kwh")
        found.append(_out_of("measured_energy_kwh", measured, 0.0, MOST_KWH, above=True))
    for name, allowed in (("measured_scope", SCOPES), ("workload", tuple(WORKLOADS))):
        if roles.has(name):
            found.append((~col(name).is_in(["", *allowed]), f"{name}-unusable"))
    return [*found, *_untimed(roles, words)]


def _untimed(roles: Roles, words: Words) -> list[tuple[Any, str]]:
    """Hours that cannot be, and none at all."""
    hours = words.bounds.get("hours")
    filled = hours is not None and hours.filled
    if roles.has("start") and roles.has("end") and not filled:
        hours = None  # the time between the two stands where it is blank
    unknown = col("hours").is_null()
    if roles.has("measured_energy_kwh"):
        unknown = unknown & col("measured_energy_kwh").is_null()
    return [
        _out_of("hours", hours, 0.0, LONGEST_DURATION_H, above=True),
        (None if filled else unknown, "hours-missing"),
    ]


def _miscounted(words: Words) -> Any:
    """Whether a count is none, or with the devices of its word more than there are anywhere; None where none can be."""
    bounds, count = words.bounds.get("count"), col("count")
    in_one = max((row.get("device_count", 0.0) for row in words.hardware.rows), default=0.0)
    if bounds is not None and bounds.whole and bounds.within(1, MOST_DEVICES):
        if bounds.within(1, MOST_DEVICES / max(in_one, 1.0)):
            return None
        return count * col("device_count") > MOST_DEVICES
    wrong = (count < 1) | (count > MOST_DEVICES) | (count != count.round(0))
    return wrong | (count * col("device_count") > MOST_DEVICES)


def _out_of(
    name: str, bounds: Bounds | None, low: float, high: float, *, above: bool = False
) -> tuple[Any, str]:
    code = f"{name}-unusable"
    if bounds is not None and bounds.within(low, high, above=above):
        return None, code
    below = (col(name) <= low) if above else (col(name) < low)
    return below | (col(name) > high), code


def faulted(frame: Any, roles: Roles, words: Words) -> Any:
    """The frame with the number of what is wrong with a row's figures (0: nothing), and no blank count."""
    if roles.has("count"):
        frame = frame.with_columns(nw.coalesce(col("count"), nw.lit(1.0)).alias(WORK + "count"))
    every = enumerate(faults(roles, words), 1)
    numbers = [(condition, at) for at, (condition, _) in every if condition is not None]
    return frame.with_columns(chosen(numbers, 0).alias(WORK + "fault"))


def fatal_of(roles: Roles, words: Words) -> Any:
    """The code of what leaves a row without any figure, of its words and its figures; null where there is none."""
    named = [(col("fault") == at, code) for at, (_, code) in enumerate(faults(roles, words), 1)]
    grid = col("grid_issue")
    # What was not there when the words were read has no node or no site.
    new_word, new_place = col("node_low_sq").is_null(), col("pue_by_class").is_null()
    return nw.coalesce(
        col("hardware_issue"),
        nw.when(new_word).then(nw.lit("hardware-unknown")),
        nw.when(col("fault") > 0).then(chosen(named, "")),
        nw.when(new_place).then(nw.lit("where-unknown")).otherwise(col("place_issue")),
        nw.when(grid != ENERGY_ONLY).then(grid),
    )


def checked(frame: Any, roles: Roles, words: Words) -> Any:
    """The frame with `issue`, of its words and its figures, and `fatal` where there is no figure at all."""
    frame = frame.with_columns(fatal_of(roles, words).alias(WORK + "fatal"))
    return frame.with_columns(nw.coalesce(col("fatal"), col("grid_issue")).alias(WORK + "issue"))


# --- which way the blanks of a row are filled -------------------------------------------------------------------------


def with_ways(frame: Any, roles: Roles, words: Words) -> Any:
    """The frame with the number of each row's node and site (`fills`)."""
    ways = words.ways
    measured = nw.lit(value=False)
    scope = col("measured_scope") if roles.has("measured_scope") else nw.lit("it")
    node, site = col("hardware_number"), col("place")
    device_hours_h = col("hours") * (col("count") if roles.has("count") else 1.0) * col("device_count")
    load = _step(device_hours_h, ways.load)
    if roles.has("workload"):
        load = chosen([(col("workload") == name, ways.load.index(name)) for name in WORKLOADS], load)
    if roles.has("load"):
        load = chosen([(~col("load").is_null(), ways.load.index(STATED))], load)
    node = node * len(ways.load) + load
    if roles.has("overhead"):
        node = node * 2 + _flag(~col("overhead").is_null())
    if roles.has("measured_energy_kwh"):
        measured = ~col("measured_energy_kwh").is_null()
        scopes = [(measured & (scope == name), at) for at, name in enumerate(SCOPE_WAYS) if name]
        node = node * len(SCOPE_WAYS) + chosen(scopes, 0)
    if roles.has("pue"):
        site = site * 2 + _flag(~col("pue").is_null())
    intensity = _step(col("hours"), ways.intensity)
    if SERIES in ways.intensity:
        held = ~col("series_g_per_kwh").is_null()
        intensity = chosen([(held, ways.intensity.index(SERIES))], intensity)
    if roles.has("intensity"):
        intensity = chosen([(~col("intensity").is_null(), ways.intensity.index(STATED))], intensity)
    site = site * len(ways.intensity) + intensity
    if roles.has("measured_energy_kwh"):
        site = site * 2 + _flag(measured & (scope == "facility"))
    return frame.with_columns(
        node.cast(nw.Int64).alias(WORK + "node"), site.cast(nw.Int64).alias(WORK + "site")
    )


def _step(number: Any, labels: Sequence[Any]) -> Any:
    """The place of the last bound that a number reaches; 0 where it is blank."""
    bounds = [(number >= bound, at) for at, bound in enumerate(labels) if at and isinstance(bound, float)]
    return chosen(bounds[::-1], 0)


def _flag(condition: Any) -> Any:
    return chosen([(condition, 1)], 0)
