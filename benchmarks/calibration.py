"""How the ranges compare with measured energy: the table of docs/accuracy.md.

    python benchmarks/calibration.py            # print the tables
    python benchmarks/calibration.py --write    # put them into docs/accuracy.md

Each case of `calibration_cases.csv` is a run whose power or energy somebody measured. It is given to `estimate` as a
reader would type it: hardware, count, hours, and the PUE that the printed figure has in it; nothing of its power. What
the figure leaves out is stated as 1 (`overhead` where devices alone were read, `pue` where the servers were). A case is
covered when the 90 % range meets the interval of figures that round to the printed one.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import wattgram
from wattgram.catalog import Catalog
from wattgram.value import Z_90, Value

HERE = Path(__file__).parent
CASES = HERE / "calibration_cases.csv"
PAGE = HERE.parent / "docs" / "accuracy.md"
KWH_PER = {"kWh": 1.0, "MWh": 1e3, "J": 1 / 3.6e6}
KW_PER = {"W": 1e-3, "kW": 1.0}
CLASSES = ("load-small-run", "load-training", "load-large-training")
FAMILIES = ("data-centre GPU", "TPU", "workstation")
LEAST_SPREAD = 1.1
"""Where one figure is left, its range is this factor either way, as the catalog has it for a lone system power."""
STEP = 0.05


class Case(NamedTuple):
    """One measured run, with the energy that was printed [kWh] and the interval that rounds to it."""

    row: dict[str, str]
    hours_h: float
    devices: int
    pue: float
    printed_kwh: float
    half_kwh: float

    @property
    def source(self) -> str:
        """The publication it stands in."""
        return self.row["source"]

    @property
    def family(self) -> str:
        """The kind of hardware: data-centre GPU, TPU or workstation."""
        return self.row["family"]


class Outcome(NamedTuple):
    """A case and what was estimated of it."""

    case: Case
    energy: Value
    load_id: str
    """The default load that was used; `system-power` where that stood in place of it."""
    rated_w: float
    overhead: float

    @property
    def covered(self) -> bool:
        """Whether the range meets the printed figure, as it rounds."""
        case = self.case
        above = case.printed_kwh + case.half_kwh >= self.energy.low
        return bool(above and case.printed_kwh - case.half_kwh <= self.energy.high)

    @property
    def error(self) -> float:
        """ln(central / printed)."""
        return math.log(self.energy.central / self.case.printed_kwh)

    @property
    def width(self) -> float:
        """High over low."""
        return float(self.energy.high / self.energy.low)


# --- cases and estimates --------------------------------------------------------------------------------------------


def cases(path: Path = CASES) -> list[Case]:
    """Every case; the last printed digit gives the rounding interval."""
    with path.open(encoding="utf-8", newline="") as handle:
        return [_case(row) for row in csv.DictReader(handle)]


def _case(row: dict[str, str]) -> Case:
    hours_h, unit = float(row["hours_h"]), row["printed_unit"]
    factor = KWH_PER[unit] if unit in KWH_PER else KW_PER[unit] * hours_h
    half = 0.5 * 10 ** -len(row["printed"].partition(".")[2])
    return Case(
        row, hours_h, int(row["count"]), float(row["pue"]), float(row["printed"]) * factor, half * factor
    )


def outcome(case: Case, catalog: Catalog) -> Outcome:
    """The estimate of one case under a catalog."""
    said: dict[str, Any] = {"workload": case.row["workload"]} if case.row["workload"] else {}
    if case.row["scope"] == "device":
        said["overhead"] = 1
    footprint = wattgram.estimate(
        case.row["hardware"],
        case.hours_h,
        case.row["where"],
        count=case.devices,
        pue=case.pue,
        catalog=catalog,
        **said,
    )
    factors = footprint.assembled.factors
    load_id = "system-power" if factors.use_system_power else factors.load.reason.partition(":")[0]
    return Outcome(
        case, footprint.energy, load_id, factors.rated_power_w.central, float(factors.overhead.central)
    )


# --- leaving out ----------------------------------------------------------------------------------------------------


def implied_load(o: Outcome) -> float:
    """Printed energy over rated power x hours x overhead x PUE [1]."""
    return o.case.printed_kwh / (o.rated_w * o.case.hours_h * o.overhead * o.case.pue * 1e-3)


def derived_load(identity: str, kept: list[Outcome]) -> tuple[float, float, float] | None:
    """Low, central and high load of a class by a rule: the median of its implied loads and a prediction range.

    The ends are exp(z s sqrt(1 + 1/n)) either way, at most 1, to 0.05 outward. s is the standard deviation of the
    logs within their classes, pooled over the classes, since a class of two cases says little of its own scatter.
    """
    loads = {name: [implied_load(o) for o in kept if o.load_id == name] for name in CLASSES}
    mine = loads[identity]
    if not mine:
        return None
    off = [
        math.log(load) - statistics.fmean(map(math.log, loads[name]))
        for name in CLASSES
        for load in loads[name]
    ]
    freedom = len(off) - sum(bool(found) for found in loads.values())
    deviation = math.sqrt(sum(x * x for x in off) / max(freedom, 1))
    spread = math.exp(Z_90 * deviation * math.sqrt(1 + 1 / len(mine)))
    central = statistics.median(mine)
    low, high = math.floor(central / spread / STEP) * STEP, math.ceil(central * spread / STEP) * STEP
    return max(low, STEP), round(central / STEP) * STEP, min(high, 1.0)


def _spread(figures: list[float]) -> float:
    logs = [math.log(figure) for figure in figures]
    deviation = statistics.stdev(logs) if len(logs) > 1 else 0.0
    return max(math.exp(Z_90 * deviation * math.sqrt(1 + 1 / len(logs))), LEAST_SPREAD)


def fold(kept: list[Outcome], left_out: list[Outcome], folder: Path) -> Catalog:
    """The catalog that the kept cases alone would have given: their loads, and the system powers they measured."""
    shipped = Catalog.load()
    loads = []
    for identity in CLASSES:
        found = derived_load(identity, kept)
        if found and any(o.load_id == identity for o in left_out):
            row = _row(shipped, "assumptions", identity)
            loads.append(row | dict(zip(("low", "central", "high"), map(str, found), strict=True)))
    chips = []
    for identity, key in {(_chip(o, shipped), o.case.row["hardware"]) for o in left_out if _chip(o, shipped)}:
        watts = [
            o.case.printed_kwh * 1e3 / (o.case.hours_h * o.case.devices * o.case.pue)
            for o in kept
            if o.load_id == "system-power" and o.case.row["hardware"] == key
        ]
        figures = ["unknown"] * 3
        if watts:
            mean, spread = statistics.mean(watts), _spread(watts)
            figures = [str(mean), str(mean / spread), str(mean * spread)]
        names = ("system_power_w", "system_power_low_w", "system_power_high_w")
        chips.append(_row(shipped, "accelerators", identity) | dict(zip(names, figures, strict=True)))
    for name, rows in (("assumptions", loads), ("accelerators", chips)):
        if rows:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    return Catalog(folder) if loads or chips else shipped


def _chip(o: Outcome, catalog: Catalog) -> str:
    if o.load_id != "system-power":
        return ""
    device = wattgram.estimate(o.case.row["hardware"], 1, "FR", catalog=catalog).assembled.hardware.devices[0]
    return str(device.record.id)


def _row(catalog: Catalog, table: str, identity: str) -> dict[str, str]:
    return dict(catalog.table(table).rows(identity)[0])


def leave_out(full: list[Outcome], groups: Iterable[list[int]]) -> list[Outcome]:
    """Every case estimated from the others: those of its group are left out together."""
    found: dict[int, Outcome] = {}
    for group in groups:
        kept = [o for at, o in enumerate(full) if at not in group]
        with tempfile.TemporaryDirectory() as folder:
            catalog = fold(kept, [full[at] for at in group], Path(folder))
            found |= {at: outcome(full[at].case, catalog) for at in group}
    return [found[at] for at in range(len(full))]


def by_source(full: list[Outcome]) -> list[list[int]]:
    """The indices of the cases of each publication."""
    order = sorted(range(len(full)), key=lambda at: full[at].case.source)
    return [list(group) for _, group in itertools.groupby(order, key=lambda at: full[at].case.source)]


# --- tables ---------------------------------------------------------------------------------------------------------


def binomial_range(hits: int, of: int, tail: float = 0.025) -> tuple[float, float]:
    """Clopper-Pearson range of a share: the ends at which that many hits or more (fewer) have the tail's probability."""

    def at_least(k: int, share: float) -> float:
        return sum(math.comb(of, i) * share**i * (1 - share) ** (of - i) for i in range(k, of + 1))

    def solve(k: int, wanted: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_least(k, middle) < wanted else (low, middle)
        return (low + high) / 2

    return (solve(hits, tail) if hits else 0.0, solve(hits + 1, 1 - tail) if hits < of else 1.0)


def summary(outcomes: list[Outcome]) -> tuple[str, str, str, str]:
    """Coverage with its binomial range, median width, median |ln(central/printed)|."""
    hits = sum(o.covered for o in outcomes)
    low, high = binomial_range(hits, len(outcomes))
    width = statistics.median(o.width for o in outcomes)
    error = statistics.median(abs(o.error) for o in outcomes)
    share = f"{hits / len(outcomes):.0%} ({low:.0%} to {high:.0%})"
    return f"{hits} of {len(outcomes)}", share, f"{width:.2f}", f"{error:.2f}"


def tables() -> dict[str, str]:
    """Every table of the page by the name of its place."""
    full = [outcome(case, Catalog.load()) for case in cases()]
    ways = {
        "in sample": full,
        "leave one run out": leave_out(full, [[at] for at in range(len(full))]),
        "leave one source out": leave_out(full, by_source(full)),
    }
    return {
        "coverage": "\n".join(_coverage(ways)),
        "classes": "\n".join(_classes(full)),
        "misses": "\n".join(_misses(ways)),
        "cases": "\n".join(_cases(full)),
    }


def _coverage(ways: dict[str, list[Outcome]]) -> Iterator[str]:
    yield "| hardware | estimated | covered | share (95 % binomial) | median high/low | median \\|ln(central/printed)\\| |"
    yield "|---|---|--:|--:|--:|--:|"
    for family in ("all", *FAMILIES):
        for way, outcomes in ways.items():
            mine = [o for o in outcomes if family in ("all", o.case.family)]
            yield f"| {family} | {way} | {' | '.join(summary(mine))} |"


def _classes(full: list[Outcome]) -> Iterator[str]:
    yield "| class | cases | by the rule from all cases | shipped |"
    yield "|---|--:|---|---|"
    for identity in CLASSES:
        mine = [o for o in full if o.load_id == identity]
        ruled = derived_load(identity, full)
        shown = " / ".join(f"{x:.2f}" for x in ruled) if ruled else "too few"
        row = Catalog.load().assumption(identity)
        yield f"| `{identity}` | {len(mine)} | {shown} | {row.low:.2f} / {row.central:.2f} / {row.high:.2f} |"


def _misses(ways: dict[str, list[Outcome]]) -> Iterator[str]:
    yield "| case | estimated | printed over central | why |"
    yield "|---|---|--:|---|"
    for way, outcomes in ways.items():
        for o in outcomes:
            if not o.covered:
                yield f"| {o.case.row['id']} | {way} | {math.exp(-o.error):.2f} | {_why(o)} |"


def _why(o: Outcome) -> str:
    if o.case.family == "TPU" and o.load_id != "system-power":
        return "no run of this chip is left, and a TPU's rated power says little of its draw"
    return o.case.row["miss"]


def _cases(full: list[Outcome]) -> Iterator[str]:
    yield "| case | source | hardware | hours | scope | printed [kWh] | low | central | high [kWh] | covered |"
    yield "|---|---|---|--:|---|--:|--:|--:|--:|---|"
    for o in full:
        row, energy = o.case.row, o.energy
        figures = " | ".join(
            f"{x:.4g}" for x in (o.case.printed_kwh, energy.low, energy.central, energy.high)
        )
        hardware = f"{row['count']}x{row['hardware']}" if o.case.devices > 1 else row["hardware"]
        yes = "yes" if o.covered else "**no**"
        yield f"| {row['id']} | {row['source']} | {hardware} | {o.case.hours_h:g} | {row['scope']} | {figures} | {yes} |"


def written(page: str, found: dict[str, str]) -> str:
    """The page with each table in its place, between its two marks."""
    for name, table in found.items():
        begin, end = f"<!-- calibration: {name} -->\n", f"\n<!-- end of {name} -->"
        head, mark, rest = page.partition(begin)
        _, mark_end, tail = rest.partition(end)
        if not mark or not mark_end:
            raise SystemExit(f"docs/accuracy.md has no place for the table '{name}'")
        page = f"{head}{begin}\n{table}\n{end}{tail}"
    return page


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the tables into docs/accuracy.md")
    found = tables()
    if parser.parse_args().write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    for name, table in found.items():
        sys.stdout.write(f"{name}\n{table}\n\n")


if __name__ == "__main__":
    main()
