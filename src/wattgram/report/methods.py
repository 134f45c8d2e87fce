"""The methods side by side: one run by each of them, as text, JSON, CSV or Markdown, and why they differ."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError
from wattgram.report.csv import safe_cell
from wattgram.report.figures import figure, how_long, mass, mass_range, quantity
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint
    from wattgram.methods import MethodResult

__all__ = ["METHOD_FORMS", "render_methods"]

WIDTH = 108
COLUMNS = {
    "method": "name of the method",
    "energy_kwh": "energy at the facility meter [kWh]",
    "operational_kg": "location-based operational emissions [kg CO2e]; empty where the place is not known",
    "operational_kg_low": "lower end of the 90 % range of `operational_kg`",
    "operational_kg_high": "upper end of the 90 % range of `operational_kg`",
    "embodied_kg": "share of the making of the hardware [kg CO2e]; empty where nothing is known of it",
    "total_kg": "operational and embodied together [kg CO2e]; empty where one of them is",
    "ratio": "operational emissions over those of `full` [1]; of the energy where the place is not known",
    "why": "why it differs from `full`",
    "missing": "what the method would count and was not told",
    "citation": "where the method is published",
}
"""Columns of the CSV form, in order, and what each holds."""


def render_methods(footprint: Footprint, form: str) -> str:
    """The run by every method, in one of METHOD_FORMS.

    Raises
    ------
    InputError : another form, with those that are
    """
    if form not in METHOD_FORMS:
        raise InputError("format", form, f"the methods are shown as {', '.join(METHOD_FORMS)}")
    return METHOD_FORMS[form](footprint)


def _ratio(result: MethodResult, full: MethodResult) -> float | None:
    """Operational emissions over those of `full`; of the energy where the place is not known."""
    for mine, of in ((result.operational_kg, full.operational_kg), (result.energy_kwh, full.energy_kwh)):
        if isinstance(mine, Value) and isinstance(of, Value) and of.central:
            return float(mine.central / of.central)
    return None


def _mass(value: Value | Unknown, none: str) -> str:
    return mass(value.central) if isinstance(value, Value) else none


def _rows(results: tuple[MethodResult, ...]) -> Iterator[tuple[str, ...]]:
    for result in results:
        if isinstance(result.energy_kwh, Unknown):
            yield (result.method, "no figure", "", "", "", "")
            continue
        ratio = _ratio(result, results[0])
        yield (
            result.method,
            quantity(result.energy_kwh),
            _mass(result.operational_kg, "unknown"),
            _mass(result.embodied_kg, "not counted" if result.method != "full" else "unknown"),
            _mass(result.total_kg, "unknown"),
            "" if ratio is None or result is results[0] else f"×{figure(ratio, 2)}",
        )


_HEAD = ("method", "energy", "operational", "embodied", "total", "of full")


def _text(footprint: Footprint) -> str:
    results = footprint.methods()
    table = [_HEAD, *_rows(results)]
    wide = [max(len(row[at]) for row in table) for at in range(len(_HEAD))]
    lines = [_heading(footprint), ""]
    for row in table:
        cells = [
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, wide, strict=True))
        ]
        lines.append("  " + "   ".join(cells).rstrip())
    full = results[0].operational_kg
    if isinstance(full, Value):
        lines.append(f"  90 % range of the operational emissions by full: {mass_range(full)}")
    lines += ["", "Why they differ"]
    for result in results:
        said = f"{result.method}: {result.why}."
        if result.missing:
            said += f" Here: {result.missing}."
        lines += textwrap.wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    lines += ["", "Citations"]
    for result in results:
        said = f"{result.method}: {result.citation}"
        lines += textwrap.wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    lines.append(f"Catalog {footprint.catalog.version}")
    return "\n".join(lines) + "\n"


def _heading(footprint: Footprint) -> str:
    found = footprint.assembled
    place = found.place.name if found.place else "place not known"
    return f"{found.hardware.name} · {how_long(footprint)} · {place}"


def _json(footprint: Footprint) -> str:
    data: dict[str, Any] = footprint.to_dict()
    results = footprint.methods()
    data["methods"] = [result.to_dict() | {"ratio": _ratio(result, results[0])} for result in results]
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _csv(footprint: Footprint) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(COLUMNS), lineterminator="\n")
    writer.writeheader()
    results = footprint.methods()
    for result in results:
        operational = result.operational_kg
        writer.writerow(
            {
                "method": result.method,
                "energy_kwh": result.energy_kwh.central,
                "operational_kg": operational.central,
                "operational_kg_low": operational.low,
                "operational_kg_high": operational.high,
                "embodied_kg": result.embodied_kg.central,
                "total_kg": result.total_kg.central,
                "ratio": _ratio(result, results[0]),
                "why": result.why,
                "missing": safe_cell(result.missing) or None,
                "citation": safe_cell(result.citation),
            }
        )
    return out.getvalue()


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _markdown(footprint: Footprint) -> str:
    results = footprint.methods()
    lines = [
        f"**{_cell(_heading(footprint))}**",
        "",
        f"| {' | '.join(_HEAD)} | why |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for row, result in zip(_rows(results), results, strict=True):
        why = result.why + (f". Here: {result.missing}" if result.missing else "")
        lines.append(f"| {' | '.join(_cell(cell) for cell in (*row, why))} |")
    lines += ["", *(f"* `{result.method}`: {_cell(result.citation)}" for result in results)]
    lines += ["", f"Catalog {footprint.catalog.version}."]
    return "\n".join(lines) + "\n"


METHOD_FORMS: dict[str, Callable[[Footprint], str]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}
"""The forms, each with its writer."""
