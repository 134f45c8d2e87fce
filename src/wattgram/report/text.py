"""Text: the answer on one screen, the number first, then the product written out factor by factor."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from wattgram.report.figures import (
    development_line,
    energy_range,
    figure,
    how_long,
    label_of,
    mass,
    mass_range,
    origin_word,
    quantity,
    range_text,
    worked_line,
)
from wattgram.report.sharpen import spread_line, what_would_help
from wattgram.report.standards import ghg_line, large_count, score_line
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Factor, Footprint

__all__ = ["MAKING", "ORDER", "text", "what_would_help"]

WIDTH = 108
LEFT = 58
FIELD, SPAN, HEAD, HEAD_SPAN = 29, 15, 16, 29
"""Columns of the product (name and figure, range) and of the lines above it; longer figures widen all of their column."""
BOUNDARY = {"lifecycle": "life-cycle", "direct": "direct"}
ORDER = (
    ("measured_energy_kwh", ""),
    ("rated_power_w", ""),
    ("load", ""),
    ("host_power_w", ""),
    ("overhead", "it_power_w"),
    ("system_power_w", "it_power_w"),
    ("duration_h", ""),
    ("pue", "energy_kwh"),
    ("intensity_g_per_kwh", "operational_kg"),
)
"""The factors in the order in which they are multiplied, each with the result that stands after it."""
MILLION = 1e6
LEAST_KM = 0.1
"""Below it a drive is no picture of anything, and the line is left out."""
MAKING = ("slots_kg", "service_life_years", "utilisation")


def text(footprint: Footprint) -> str:
    """The answer as plain text, at most 108 columns wide."""
    lines = [*_head(footprint), "", *_product(footprint), "", *_beside(footprint), *_foot(footprint)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(footprint: Footprint) -> Iterator[str]:
    run, found = footprint.run, footprint.assembled
    place = found.place.name if found.place else "place not known"
    yield f"{found.hardware.name} · {how_long(footprint)} · {place}"
    yield ""
    rows = []
    if isinstance(footprint.operational, Value):
        operational = footprint.operational
        kind = "operational, location-based" + ("" if run.method == "full" else f", method {run.method}")
        if run.intensity_g_per_kwh is None and found.zone:
            kind += f", {BOUNDARY[run.boundary]}"
        span = _within(mass_range(operational), operational)
        rows.append((f"{mass(operational.central)} CO2e", span, kind))
    energy = footprint.energy
    rows.append((quantity(energy), _within(energy_range(energy), energy), "at the facility meter"))
    figures, spans = (
        max(least, *(len(row[at]) + 1 for row in rows)) for at, least in ((0, HEAD), (1, HEAD_SPAN))
    )
    for shown, span, kind in rows:
        yield f"  {shown:<{figures}}{span:<{spans}} {kind}"


def _within(text_of_range: str, value: Value) -> str:
    return f"90 %: {text_of_range}" if value.low_sq + value.high_sq else ""


class Line(NamedTuple):
    """One line of the product: its sign, what it is, its figure, its range, its share of the spread, and the factor it is of."""

    mark: str
    label: str
    figure: str
    span: str
    share: str = ""
    factor: Factor | None = None


def _product(footprint: Footprint) -> Iterator[str]:
    lines = list(_lines(footprint))
    said = [line for line in lines if line is not None]
    field = max(FIELD, *(len(line.label) + len(line.figure) + 1 for line in said))
    span = max(SPAN, *(len(line.span) for line in said))
    left = LEFT + field - FIELD + span - SPAN
    yield f"{'':<{field + 6}}{'90 % range':<{span}}{'spread':>6}  origin, what (source)"
    for line in lines:
        if line is None:
            yield ""
            continue
        why = "" if line.factor is None else _why(line.factor, footprint, WIDTH - left)
        shown = line.figure.rjust(field - len(line.label))
        yield _cut(f"  {line.mark} {line.label}{shown}  {line.span:<{span}}{line.share:>6}  {why}")


def _lines(footprint: Footprint) -> Iterator[Line | None]:
    """The lines of the product in order; None is a blank one."""
    factors = {factor.name: factor for factor in footprint.factors}
    steps = dict(footprint.steps)
    yield from _work(factors, steps, footprint)
    mark = " "
    measured = "measured_energy_kwh" in factors
    for name, after in ORDER:
        if name in factors and not (measured and name == "duration_h"):
            yield _line("+" if name == "host_power_w" else mark, factors[name])
            mark = "×"
        if after in steps and (name in factors or name == "pue"):
            yield _result(after, steps[after])
        if after == "it_power_w" and "duration_h" in steps and name in factors:
            alone = footprint.assembled.hardware.device_count == 1
            yield _result("device_hours_h" if alone else "duration_h", steps["duration_h"], "×")
    making = [factors[name] for name in MAKING if name in factors]
    if making and "embodied_kg" in steps:
        yield None
        for sign, factor in zip((" ", "÷", "÷"), making, strict=True):
            yield _line(sign, factor)
            if measured and factor.name == "slots_kg" and "duration_h" in factors:
                # a measured energy needs no duration; the making is shared by the time it is held
                yield _line("×", factors["duration_h"])
        yield _result("embodied_kg", steps["embodied_kg"])
        if "total_kg" in steps:
            yield _result("total_kg", steps["total_kg"])


def _work(factors: dict[str, Factor], steps: dict[str, Value], footprint: Footprint) -> Iterator[Line | None]:
    """The work over the rate at which it is done: where the hours come from."""
    if "training_flop" not in factors:
        return
    for sign, name in zip((" ", "÷", "÷"), ("training_flop", "peak_tflop_per_s", "mfu"), strict=True):
        yield _line(sign, factors[name])
    if footprint.assembled.hardware.device_count != 1:
        yield _result("duration_h", steps["duration_h"])
    yield _result("device_hours_h", steps["device_hours_h"])
    yield None


def _line(mark: str, factor: Factor) -> Line:
    value = factor.value
    share = f"{factor.share:.0%}" if factor.share >= 0.005 else ""  # noqa: PLR2004 - half a percent prints as 0
    return Line(mark, label_of(factor.name, value), quantity(value), range_text(value), share, factor)


def _why(factor: Factor, footprint: Footprint, room: int) -> str:
    """Origin, what was taken, and the source, as short as `room` characters need them."""
    value = factor.value
    if factor.name == "rated_power_w" and footprint.run.method == "full":
        counted = [d for d in footprint.assembled.hardware.devices if d.kind != "memory"]
        reason = (
            f"{counted[0].number:,.10g} × {counted[0].rated_power_w.central:g} W"
            if len(counted) == 1
            else value.reason
        )
        sources = counted[0].rated_power_w.sources
    else:
        reason, sources = value.reason.partition(": ")[0], value.sources
    if value.origin == "given":
        word = origin_word(value)
        return word if value.reason in ("", word) else f"{word}: {reason}"
    cited = f" ({sources[0]})" if sources else ""
    first = reason.partition(", ")[0]
    whole, short = f"{value.origin}, {reason}{cited}", f"{value.origin}, {first}{cited}"
    bare = f"{value.origin}, {reason}"
    fits = [
        said
        for said in (whole, bare if "×" in reason else short, short, bare, f"{value.origin}, {first}")
        if reason and len(said) <= room
    ]
    return fits[0] if fits else f"{value.origin}{cited}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _result(name: str, value: Value, mark: str = "=") -> Line:
    span = range_text(value) if value.low_sq + value.high_sq else ""
    return Line(mark, label_of(name, value), quantity(value), span)


def _beside(footprint: Footprint) -> Iterator[str]:
    found = footprint.assembled
    for said in (spread_line(footprint), what_would_help(footprint)):
        yield from textwrap.wrap(said, WIDTH, subsequent_indent="  ")
    for said in (worked_line(footprint), development_line(footprint) or _development_hint(footprint)):
        yield from textwrap.wrap(said, WIDTH, subsequent_indent="  ")
    for said in (ghg_line(footprint), score_line(footprint)):
        yield from textwrap.wrap(said, WIDTH, subsequent_indent="  ")
    for claim in found.claims:
        said = f"Claim: {claim.statement} ({claim.basis}, {_years(claim.from_year, claim.to_year)})."
        yield from textwrap.wrap(said, WIDTH, subsequent_indent="  ")
    if isinstance(footprint.water, Value):
        yield f"Water on site: {figure(footprint.water.central)} L."
    if footprint.lacoste2019_kg is not None and footprint.run.method == "full":
        tables = "the calculator's tables" if found.paper_basis == "calculator" else "today's catalog"
        yield f"By the paper's own method (Lacoste et al. 2019, {tables}): {mass(footprint.lacoste2019_kg)} CO2e."
    if footprint.run.method == "lacoste2019" and found.paper_offset_percent is not None:
        yield f"The 2019 page showed {found.paper_offset_percent:g} % of it as offset by the provider."
    yield from _equivalence(footprint)


def _development_hint(footprint: Footprint) -> str:
    """Before a run people ask for its tuning too: the published multipliers, never applied unasked."""
    if footprint.assembled.training is None:
        return ""
    usual = footprint.catalog.default("development-multiplier")
    return (
        f"Failed and tuning runs are not in it: where they are published the whole is × {usual.low:g} to "
        f"× {usual.high:g}, often × {usual.central:g}; say development for a line of its own."
    )


def _years(first: int | None, last: int | None) -> str:
    return f"{first or '?'}" if first == last else f"{first or '?'} to {last or 'now'}"


def _equivalence(footprint: Footprint) -> Iterator[str]:
    if isinstance(footprint.operational, Unknown):
        return
    try:
        row = footprint.catalog.table("equivalences").record("car-km-us-2026")
    except KeyError:
        return
    if row.kg_co2e:
        km = footprint.operational.central / row.kg_co2e
        if km >= LEAST_KM:
            yield f"As much as driving {large_count(float(f'{km:.3g}')) if km >= MILLION else figure(km)} km in an {row.name} ({row.year})."


def _foot(footprint: Footprint) -> Iterator[str]:
    for notice in footprint.warnings:
        yield from textwrap.wrap(f"! {notice.text} [{notice.code}]", WIDTH, subsequent_indent="  ")
    yield ""
    yield from textwrap.wrap(f"Sources: {', '.join(footprint.source_ids)}", WIDTH, subsequent_indent="  ")
    yield f"Catalog {footprint.catalog.version} · full citations: --format markdown or json"
