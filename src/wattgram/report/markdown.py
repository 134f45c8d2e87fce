"""Markdown: the answer for a README, an issue or a notebook, with every source cited in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.report.figures import (
    LABELS,
    development_line,
    energy_range,
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
from wattgram.report.standards import ghg_line, score_line
from wattgram.report.text import BOUNDARY
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["markdown"]


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def markdown(footprint: Footprint) -> str:
    """A heading sentence, the table of factors, the lines beside it, warnings and citations."""
    run, found = footprint.run, footprint.assembled
    place = found.place.name if found.place else "an unknown place"
    lines = []
    if isinstance(footprint.operational, Value):
        value = footprint.operational
        span = f" (90 % range {mass_range(value)})" if value.low_sq + value.high_sq else ""
        lines.append(
            f"**{mass(value.central)} CO2e**{span}, operational, location-based, "
            f"{BOUNDARY[run.boundary]}: {_cell(found.hardware.name)} for {how_long(footprint)} at {_cell(place)}."
        )
    energy = footprint.energy
    lines.append(
        f"Energy at the facility meter: {quantity(energy)} (90 % range {energy_range(energy).strip() if range_text(energy) else 'none'})."
    )
    lines += [
        "",
        "| quantity | value | 90 % range | share of spread | origin | why |",
        "|---|--:|---|--:|---|---|",
    ]
    for factor in footprint.factors:
        value = factor.value
        share = f"{factor.share:.0%}" if factor.share else ""
        cells = (
            label_of(factor.name, value),
            quantity(value),
            range_text(value),
            share,
            origin_word(value),
            "" if value.reason == origin_word(value) else value.reason,
        )
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    for name, value in footprint.steps:
        span = mass_range(value) if value.unit == "kg" else range_text(value)
        lines.append(f"| **{LABELS[name]}** | **{quantity(value)}** | {span} | | | |")
    lines.append("")
    lines += [line for line in (spread_line(footprint), what_would_help(footprint)) if line]
    lines += [line for line in (worked_line(footprint), development_line(footprint)) if line]
    lines += [line for line in (ghg_line(footprint), score_line(footprint)) if line]
    lines += [f"Claim of the provider: {_cell(claim.statement)} ({claim.basis})." for claim in found.claims]
    if footprint.lacoste2019_kg is not None:
        lines.append(f"By the method of Lacoste et al. 2019: {mass(footprint.lacoste2019_kg)} CO2e.")
    lines += ["", *(f"* {_cell(notice.text)} `{notice.code}`" for notice in footprint.warnings), ""]
    lines += [
        f"{number}. {_cell(source.get('citation', key))}"
        for number, (key, source) in enumerate(footprint.sources, 1)
    ]
    lines += ["", f"Catalog {footprint.catalog.version}."]
    return "\n".join(lines) + "\n"
