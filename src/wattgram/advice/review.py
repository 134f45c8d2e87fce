"""Review: a table of runs: its total, where the savings lie, a year's budget, a policy.

Deviations of the same factor row add linearly over the runs, those of different rows of one factor in quadrature, of factors in the logs, as in a batch: a default load that
is too high is too high for every run, so a hundred thousand of them are no surer than one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.advice.action import Saved
from wattgram.advice.policy import Policy, Violation, check_policy
from wattgram.advice.runs import Row, rows_of
from wattgram.comparison import compare
from wattgram.comparison.likelihood import alone
from wattgram.errors import InputError
from wattgram.run import check_number
from wattgram.value import Z_90, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint

__all__ = ["Budget", "Group", "Review", "parse_mass_kg", "review"]

GROUPS = ("project", "region", "device", "state", "user")
UNITS_KG = {"g": 1e-3, "kg": 1.0, "t": 1e3, "kt": 1e6, "mt": 1e9}
MOST_BUDGET = 1e15


class Group(NamedTuple):
    """Runs that have a project, region, device, state or user in common."""

    name: str
    runs: int
    device_hours_h: float
    """Time summed over the devices of its runs [h]; a run with a measured energy alone adds none."""
    total_kg: float
    share: float
    saved_kg: float
    """What the best region of its provider (or zone of its continent) would save."""


class Budget(NamedTuple):
    """A year's budget and where it stands."""

    year: int
    budget_kg: float
    used_kg: float
    runs: int
    undated: int
    """Runs without a start, which count in no year."""
    years: tuple[int, ...]
    """Years in which the runs lie."""
    until: str
    expected_kg: float | None
    """By the pace so far; None before a tenth of the year is over, and after its end."""

    @property
    def over(self) -> bool:
        """Whether more was used than there is."""
        return self.used_kg > self.budget_kg

    @property
    def checked(self) -> bool:
        """Whether any run lies in the year; a budget that nothing was held against is not kept."""
        return self.runs > 0


class Review(NamedTuple):
    """What a table of runs says."""

    rows: int
    estimated: int
    issues: dict[str, int]
    total: Saved | None
    """Total of all runs, operational and embodied where known [kg CO2e], with its 90 % range."""
    operational: Saved | None
    """Its part of running them."""
    embodied: Saved | None
    """Its part of making the hardware; None where that is known of no run."""
    failed_kg: float | None
    """What the runs emitted whose work was lost or cut short; None without a column `state` or `wasted`."""
    groups: dict[str, list[Group]]
    savings: dict[str, float]
    """What each move would save over all runs [kg CO2e]."""
    budget: Budget | None
    violations: tuple[Violation, ...]
    catalog_version: str

    @property
    def findings(self) -> bool:
        """Whether a policy is violated, or a budget exceeded or held against no run at all."""
        budget = self.budget
        return bool(self.violations) or (budget is not None and (budget.over or not budget.checked))

    def to_dict(self) -> dict[str, Any]:
        """The review as JSON has it."""
        budget = None
        if self.budget is not None:
            budget = {**self.budget._asdict(), "over": self.budget.over, "checked": self.budget.checked}
        return {
            "schema": 1,
            "rows": self.rows,
            "estimated": self.estimated,
            "issues": self.issues,
            "total_kg": None if self.total is None else self.total.to_dict(),
            "operational_kg": None if self.operational is None else self.operational.to_dict(),
            "embodied_kg": None if self.embodied is None else self.embodied.to_dict(),
            "failed_kg": self.failed_kg,
            "groups": {name: [group._asdict() for group in groups] for name, groups in self.groups.items()},
            "savings_kg": self.savings,
            "budget": budget,
            "violations": [one._asdict() for one in self.violations],
            "catalog": {"version": self.catalog_version},
        }


def review(
    table: list[dict[str, str]],
    catalog: Catalog,
    *,
    budget_kg: float | None = None,
    year: int | None = None,
    policy: Policy | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Review:
    """A table of runs as an organisation reads it.

    Parameters
    ----------
    table : rows as text (`read_table`), with hardware, hours or start and end, where, project, state ...
    catalog : what is known
    budget_kg, year : a year's budget [kg CO2e] and the year; this year where none is said
    policy : what runs must keep to
    defaults : what is taken where a row says nothing

    Raises
    ------
    InputError : a table without a column of hardware, or a budget that is none
    """
    rows = list(rows_of(table, catalog, defaults))
    issues: dict[str, int] = {}
    for row in rows:
        if row.issue:
            issues[row.issue] = issues.get(row.issue, 0) + 1
    good = [row for row in rows if row.footprint is not None and mass_kg(row.footprint) is not None]
    saved, moves = _savings(good)
    kinds = {name: _group(name, good, saved) for name in GROUPS}
    has_states = any("state" in row.said or "wasted" in row.said for row in rows)
    return Review(
        len(rows),
        len(good),
        dict(sorted(issues.items(), key=lambda one: -one[1])),
        _both(_total(good, "operational"), _total(good, "embodied")),
        _total(good, "operational"),
        _total(good, "embodied"),
        sum(mass_kg(row.footprint) or 0.0 for row in good if row.failed) if has_states else None,
        {
            name: groups
            for name, groups in kinds.items()
            if len(groups) > 1 or (groups and groups[0].name != "not said")
        },
        moves,
        None if budget_kg is None else _budget(good, budget_kg, year),
        tuple(check_policy(rows, policy)) if policy is not None else (),
        catalog.version,
    )


def mass_kg(footprint: Footprint | None) -> float | None:
    """Total of a run, or its operational emissions where the making is not known [kg CO2e]."""
    if footprint is None:
        return None
    for value in (footprint.total, footprint.operational):
        if isinstance(value, Value):
            return float(value.central)
    return None


def _total(rows: list[Row], figure: str) -> Saved | None:
    """Sum of a figure over the runs, with its range: the deviations of each factor row added over the runs."""
    rows = [row for row in rows if isinstance(getattr(row.footprint, figure), Value)]
    if not rows:
        return None
    counts: dict[int, int] = {}
    footprints: dict[int, Footprint] = {}
    for row in rows:
        counts[id(row.footprint)] = counts.get(id(row.footprint), 0) + 1
        footprints[id(row.footprint)] = row.footprint  # type: ignore[assignment]
    down: dict[Any, float] = {}
    up: dict[Any, float] = {}
    central = 0.0
    for identity, number in counts.items():
        footprint = footprints[identity]
        mass = float(getattr(footprint, figure).central)
        central += mass * number
        hardware = footprint.assembled.hardware
        devices = " + ".join(dict.fromkeys(device.name for device in hardware.devices))
        for row_key, (low, high) in alone(footprint, figure).items():
            # Four of a device and eight of it are of one row.
            key = tuple(devices if word == hardware.name else word for word in row_key)
            down[key] = down.get(key, 0.0) + number * mass * (1 - math.exp(-Z_90 * low))
            up[key] = up.get(key, 0.0) + number * mass * (math.exp(Z_90 * high) - 1)
    return Saved(central, central * math.exp(-_log(down, -central)), central * math.exp(_log(up, central)))


def _log(due: Mapping[Any, float], central: float) -> float:
    """Log-deviation of a sum: the rows of one factor in quadrature, the factors as those of a product."""
    factors: dict[str, float] = {}
    for key, kilograms in due.items():
        factors[key[0]] = factors.get(key[0], 0.0) + kilograms * kilograms
    logs = [math.log1p(math.sqrt(square) / central) for square in factors.values()] if central else []
    return math.sqrt(sum(one * one for one in logs))


def _both(operational: Saved | None, embodied: Saved | None) -> Saved | None:
    """Operation and making: their absolute deviations in quadrature."""
    if operational is None or embodied is None:
        return operational or embodied
    central = operational.central + embodied.central
    down = math.hypot(operational.central - operational.low, embodied.central - embodied.low)
    up = math.hypot(operational.high - operational.central, embodied.high - embodied.central)
    return Saved(central, central - down, central + up)


# --- where the savings lie --------------------------------------------------------------------------------------------


def _savings(rows: list[Row]) -> tuple[dict[int, float], dict[str, float]]:
    """What the best region (or zone) saves of each distinct run, and of all; the best of a place is found once."""
    best: dict[tuple[str, str], tuple[float, str]] = {}
    each: dict[int, float] = {}
    moves = {"region": 0.0, "failed-runs": 0.0}
    for row in rows:
        footprint = row.footprint
        if footprint is None:
            continue
        if row.failed:
            moves["failed-runs"] += mass_kg(footprint) or 0.0
        if id(footprint) not in each:
            each[id(footprint)] = _region_saving(footprint, best)
        moves["region"] += each[id(footprint)]
    return each, moves


def _region_saving(footprint: Footprint, best: dict[tuple[str, str], tuple[float, str]]) -> float:
    place = footprint.assembled.place
    if place is None or place.kind == "intensity" or not isinstance(footprint.operational, Value):
        return 0.0
    key = (place.name, f"{footprint.run.pue}|{footprint.run.boundary}|{footprint.run.measured_scope}")
    if key not in best:
        by = "region" if place.provider else "zone"
        within = None if place.provider or not place.continent else "continent"
        found = compare(footprint, by=by, within=within)
        top = found.best
        ratio = found.ratio(top) if top is not None else None
        best[key] = (1.0 if ratio is None else min(ratio, 1.0), top.name if top else "")
    return float(footprint.operational.central * (1 - best[key][0]))


def _group(kind: str, rows: list[Row], saved: dict[int, float]) -> list[Group]:
    sums: dict[str, list[float]] = {}
    for row in rows:
        footprint = row.footprint
        if footprint is None:
            continue
        one = sums.setdefault(_name(kind, row), [0.0, 0.0, 0.0, 0.0])
        one[0] += 1
        one[1] += footprint.device_hours.central or 0.0
        one[2] += mass_kg(footprint) or 0.0
        one[3] += saved.get(id(footprint), 0.0)
    whole = sum(one[2] for one in sums.values()) or 1.0
    groups = [
        Group(name, int(n), hours_h, kg, kg / whole, less) for name, (n, hours_h, kg, less) in sums.items()
    ]
    return sorted(groups, key=lambda group: (-group.saved_kg, -group.total_kg))


def _name(kind: str, row: Row) -> str:
    footprint = row.footprint
    if footprint is None:
        return "not said"
    if kind == "region":
        place = footprint.assembled.place
        return place.name if place else "not said"
    if kind == "device":
        names = (device.name for device in footprint.assembled.hardware.devices)
        return " + ".join(dict.fromkeys(names))
    return row.said.get(kind, "not said")


# --- a year's budget --------------------------------------------------------------------------------------------------


def parse_mass_kg(given: str | float) -> float:
    """A mass [kg] from `10 t`, `500 kg`, `2kt`, or a bare number of kilograms.

    Raises
    ------
    InputError : no such form
    """
    text = str(given).strip().lower().replace("co2e", "").replace("co2", "").strip()
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text[len(number) :].strip() or "kg"
    if unit not in UNITS_KG:
        raise InputError("budget", given, "write a mass such as 10 t, 500 kg or 2 kt", ())
    return check_number("budget", number.replace(",", ""), 0, MOST_BUDGET, above=True) * UNITS_KG[unit]


def _budget(rows: Iterable[Row], budget_kg: float, year: int | None) -> Budget:
    year = year or dt.datetime.now(dt.UTC).year
    used, count, undated = 0.0, 0, 0
    years: set[int] = set()
    last: dt.datetime | None = None
    for row in rows:
        footprint = row.footprint
        start = footprint.run.start if footprint else None
        if footprint is None:
            continue
        if start is None:
            undated += 1
            continue
        years.add(start.year)
        if start.year == year:
            used += mass_kg(footprint) or 0.0
            count += 1
            last = start if last is None else max(last, start)
    begin, end = (dt.datetime(one, 1, 1, tzinfo=dt.UTC) for one in (year, year + 1))
    now = min(max(dt.datetime.now(dt.UTC), last or begin), end)
    passed = (now - begin) / (end - begin)
    expected = used / passed if count and 0.1 <= passed < 1 else None  # noqa: PLR2004 - a tenth of the year
    return Budget(year, budget_kg, used, count, undated, tuple(sorted(years)), f"{now:%Y-%m-%d}", expected)
