"""A comparison in the forms people need it in: text, JSON, CSV, Markdown, SVG."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, MissingExtraError
from wattgram.report.csv import safe_cell
from wattgram.report.figures import figure, how_long, mass, mass_range
from wattgram.report.picture import PICTURES
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.comparison import Comparison, Entry

__all__ = [
    "FORMS",
    "cells_of",
    "comparison_dict",
    "emissions_of",
    "render_comparison",
    "run_line",
    "sentence",
]

FORMS = ("text", "json", "csv", "markdown", "svg")
MOST_LINES = 20
FEW_LINES = 3
WORTH_A_LIST = 0.01
"""Share of a run that its best time must save before the other times are worth a list [1]."""
HEADINGS = {
    "region": "The same run in other cloud regions",
    "zone": "The same run in other grid zones",
    "provider": "The same run at each provider, in its cleanest region",
    "hardware": "The same work on other hardware",
    "start": "The same run at other times",
    "year": "The same run in other years",
}
CSV_COLUMNS = {
    "name": "the alternative: region, zone, provider's region, device, start or year",
    "label": "its plain name; by hardware how many of it",
    "own": "True for the run itself",
    "duration_h": "how long it takes there [h]",
    "zone": "its grid zone",
    "intensity_g_per_kwh": "carbon intensity there [g CO2e/kWh]",
    "pue": "power usage effectiveness there [1]",
    "energy_kwh": "energy at the facility meter [kWh]",
    "operational_kg": "location-based operational emissions [kg CO2e]; empty where the place is not known",
    "operational_kg_low": "lower end of the 90 % range of `operational_kg`",
    "operational_kg_high": "upper end of the 90 % range of `operational_kg`",
    "market_kg": "market-based operational emissions, by a dated claim of the provider [kg CO2e]; empty without one",
    "embodied_kg": "share of the making of the hardware [kg CO2e]; empty where nothing is known of it",
    "total_kg": "operational and embodied together [kg CO2e]; empty where one of them is",
    "total_kg_low": "lower end of the 90 % range of `total_kg`",
    "total_kg_high": "upper end of the 90 % range of `total_kg`",
    "ratio": "figure of the alternative over that of the run [1]; which figure, `--figure` says",
    "saved_kg": "what moving to it saves [kg CO2e]; negative where it costs",
    "probability_lower": "probability that it is truly lower than the run [1]; what both share cancels",
    "front": "True where no other alternative is better in emissions and time at once",
}
"""Columns of the CSV form, in order, and what each holds."""
FRAMES = ("pandas", "polars", "pyarrow")


def little_to_gain(comparison: Comparison) -> bool:
    """Whether no time saves a hundredth of the run, so that a long list of times would tell nothing."""
    ratio = None if comparison.best is None else comparison.ratio(comparison.best)
    return comparison.by == "start" and ratio is not None and ratio > 1 - WORTH_A_LIST


def render_comparison(comparison: Comparison, form: str, most: int | None = None) -> str:
    """The comparison in one of FORMS, ending in a newline.

    Raises
    ------
    InputError : a form that is none, with those that are
    """
    if form in PICTURES:
        raise InputError("format", form, "a picture is bytes, not text: the comparison's picture() makes it")
    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join((*FORMS, *PICTURES))}")
    if form == "json":
        return (
            json.dumps(comparison_dict(comparison, most), indent=2, ensure_ascii=False, allow_nan=False)
            + "\n"
        )
    if form == "csv":
        return _csv(comparison, most)
    if form == "svg":
        from wattgram.report.comparison_drawing import comparison_svg  # noqa: PLC0415 - only where one is drawn

        return comparison_svg(comparison, most or MOST_LINES, standalone=True) + "\n"
    lines = most or (FEW_LINES if little_to_gain(comparison) else MOST_LINES)
    return _text(comparison, lines) if form == "text" else _markdown(comparison, lines)


def entry_dict(comparison: Comparison, entry: Entry, rank: int) -> dict[str, Any]:
    """One alternative as plain data; figures as {central, low, high}, null where unknown."""
    footprint = entry.footprint
    found = footprint.assembled
    place = found.place
    return {
        "rank": rank,
        "name": entry.name,
        "label": entry.label,
        "own": entry.own,
        "hardware": found.hardware.name,
        "where": place.name if place else None,
        "provider": (place.provider or None) if place else None,
        "country": (place.country or None) if place else None,
        "continent": (place.continent or None) if place else None,
        "zone": found.zone or None,
        "year": found.year,
        "duration_h": entry.footprint.duration.to_dict(),
        "pue": found.factors.pue.to_dict(),
        "intensity_g_per_kwh": found.factors.intensity_g_per_kwh.to_dict(),
        "energy_kwh": footprint.energy.to_dict(),
        "operational_kg": footprint.operational.to_dict(),
        "market_kg": footprint.market.to_dict(),
        "embodied_kg": footprint.embodied.to_dict(),
        "total_kg": footprint.total.to_dict(),
        "ratio": comparison.ratio(entry),
        "saved_kg": comparison.saved_kg(entry),
        "probability_lower": comparison.probability_lower(entry),
        "front": entry in comparison.on_front,
        **_times(entry),
    }


def _times(entry: Entry) -> dict[str, Any]:
    """Where times are compared: when it starts and ends, and its pieces."""
    if not entry.pieces:
        return {}
    from wattgram.series import text_of  # noqa: PLC0415 - places do without

    pieces = [{"start": text_of(begin), "end": text_of(end)} for begin, end in entry.pieces]
    return {"start": pieces[0]["start"], "end": pieces[-1]["end"], "pieces": pieces}


def flat_entry(comparison: Comparison, entry: Entry) -> dict[str, Any]:
    """One alternative in a row: a figure's central, `_low` and `_high` in columns of their own."""
    row = entry_dict(comparison, entry, 0)
    for name, cell in list(row.items()):
        if isinstance(cell, dict):
            row |= {name: cell["central"], f"{name}_low": cell["low"], f"{name}_high": cell["high"]}
    return row


def comparison_frame(comparison: Comparison, backend: str | None) -> Any:
    """The entries as a list of flat dicts, or as a frame of a backend.

    Raises
    ------
    InputError : a backend that is none; MissingExtraError : it is not installed
    """
    rows = []
    for rank, entry in enumerate(comparison.entries, 1):
        row = {**flat_entry(comparison, entry), "rank": rank}
        row["pieces"] = len(row.pop("pieces", ())) or None
        for name in ("market_kg", "embodied_kg", "total_kg"):
            for part in ("", "_low", "_high"):
                row.setdefault(name + part, None)
        rows.append(row)
    if backend is None:
        return rows
    if backend not in FRAMES:
        raise InputError("frame", backend, f"it is one of {', '.join(FRAMES)}")
    try:
        import narwhals.stable.v2 as nw  # noqa: PLC0415 - the [frames] extra

        names = list(dict.fromkeys(name for row in rows for name in row))
        data = {name: [row.get(name) for row in rows] for name in names}
        one_of_frames: Any = backend
        return nw.from_dict(data, backend=one_of_frames).to_native()
    except ImportError:
        raise MissingExtraError(f"a {backend} frame", "frames") from None


def comparison_dict(comparison: Comparison, most: int | None = None) -> dict[str, Any]:
    """The comparison as plain data: the run, the alternatives, what was left out and why."""
    from wattgram.footprint import SCHEMA  # noqa: PLC0415 - a footprint is there already
    from wattgram.report.json import footprint_dict  # noqa: PLC0415

    entries = comparison.entries if most is None else comparison.shown(most)
    rank = {id(entry): number for number, entry in enumerate(comparison.entries, 1)}
    sources: dict[str, dict[str, str]] = {}
    for entry in entries:
        for value in entry.footprint.assembled.factors:
            if isinstance(value, Value):
                sources.update({key: entry.footprint.catalog.source(key) for key in value.sources if key})
    base = footprint_dict(comparison.base)
    return {
        "schema": SCHEMA,
        "by": comparison.by,
        "figure": f"{comparison.figure}_kg",
        "constraint": comparison.constraint,
        "method": base["method"],
        "boundary": base["boundary"],
        "run": base["run"],
        "count": len(comparison.entries),
        "entries": [entry_dict(comparison, entry, rank[id(entry)]) for entry in entries],
        "left_out": [one._asdict() for one in comparison.left_out],
        "warnings": base["warnings"],
        "sources": [
            {"id": key, **{name: source.get(name, "") for name in ("citation", "licence", "url")}}
            for key, source in sorted(sources.items())
        ],
        "catalog": base["catalog"],
    }


def sentence(comparison: Comparison) -> str:
    """What the comparison says, in one sentence; empty where there is nothing to say."""
    best, own = comparison.best, comparison.own
    if best is None:
        return "No alternative fits the constraints."
    figures = best.figure(comparison.figure)
    if best.own:
        return f"No alternative is lower than this run: {mass(figures.central)} CO2e."
    ratio, saved = comparison.ratio(best), comparison.saved_kg(best)
    if own is None or ratio is None or saved is None:
        return f"Least: {best.name} ({best.label}), {mass(figures.central)} CO2e."
    if saved > 0 and little_to_gain(comparison):
        hours = comparison.base.duration.central or 0.0
        return (
            f"When it starts hardly matters: a run of {hours:g} h meets good and bad hours alike, and the best start "
            f"({best.name}) saves {mass(saved)}, less than 1 %."
        )
    if saved <= 0:
        return f"No alternative is lower than this run: {mass(own.figure(comparison.figure).central)} CO2e."
    return (
        f"Least: {best.name} ({best.label}), {mass(figures.central)} CO2e: {mass(saved)} less than this run "
        f"({1 - ratio:.0%}), lower with probability {probability_text(comparison.probability_lower(best))}."
    )


def probability_text(probability: float | None) -> str:
    """`0.97`, `>0.99`, `<0.01`; empty where there is none."""
    if probability is None:
        return ""
    if probability > 0.99:  # noqa: PLR2004 - two digits are shown
        return ">0.99"
    return "<0.01" if probability < 0.01 else f"{probability:.2f}"  # noqa: PLR2004


def change_text(ratio: float | None) -> str:
    """`-82 %`, `+12 %`, `x4.2`: an alternative against the run, as it is read."""
    if ratio is None:
        return ""
    return f"×{figure(ratio, 2)}" if ratio >= 2 else f"{100 * (ratio - 1):+.0f} %".replace("-", "−")  # noqa: PLR2004


def cells_of(comparison: Comparison, entry: Entry) -> tuple[str, ...]:
    """One alternative as it is read: name, what it is, CO2e, 90 % range, change, probability of being lower."""
    value = entry.figure(comparison.figure)
    change = "this run" if entry.own else change_text(comparison.ratio(entry))
    label = "" if entry.label == "this run" else entry.label
    if comparison.by == "hardware":
        found = entry.footprint.assembled
        hours = figure(float(found.factors.duration_h.central or 0.0))
        label = f"{found.hardware.device_count:,.6g} for {hours} h"
    probability = probability_text(comparison.probability_lower(entry))
    return entry.name, label, mass(value.central), mass_range(value), change, probability


COLUMNS = ("", "", "CO2e", "90 % range", "change", "P(lower)")


def _text(comparison: Comparison, most: int) -> str:
    lines = [cells_of(comparison, entry) for entry in comparison.shown(most)]
    widths = [max(len(line[at]) for line in [COLUMNS, *lines]) for at in range(len(COLUMNS))]
    widths[1] = min(widths[1], 34)

    def row(cells: tuple[str, ...]) -> str:
        left = f"  {cells[0]:<{widths[0]}}  {cells[1][: widths[1]]:<{widths[1]}}"
        return (
            left + "".join(f"  {cell:>{width}}" for cell, width in zip(cells[2:], widths[2:], strict=True))
        ).rstrip()

    out = [_heading(comparison), "", row(COLUMNS), *(row(line) for line in lines), ""]
    rest = len(comparison.entries) - len(lines)
    if rest > 0:
        out.append(f"… {rest} more: --limit {len(comparison.entries)}, or --format csv")
    out += [*_notes(comparison), f"Catalog {comparison.base.catalog.version}"]
    return "\n".join(out) + "\n"


def _heading(comparison: Comparison) -> str:
    return f"{HEADINGS[comparison.by]}: {run_line(comparison)}\n{_what(comparison)}"


def run_line(comparison: Comparison) -> str:
    """The run that is compared, and what was asked of the alternatives, in one line."""
    found = comparison.base.assembled
    place = found.place.name if found.place else "a stated intensity"
    asked = "".join(f" · {name.replace('_', ' ')} {text}" for name, text in comparison.constraint.items())
    duration = how_long(comparison.base, "measured")
    return f"{found.hardware.name} · {duration} · {place}{asked}"


def _what(comparison: Comparison) -> str:
    return f"{emissions_of(comparison)}; P(lower): probability that it is truly lower than this run."


def emissions_of(comparison: Comparison) -> str:
    """What is compared, in words."""
    return {
        "operational": "Operational emissions, location-based",
        "total": "Operational, location-based, and embodied emissions together",
    }[comparison.figure]


def two_bases(comparison: Comparison) -> list[str]:
    """Why the run by its hours is not the run by its year, in one line; empty where the two agree to three digits."""
    stated, hourly = (getattr(one, comparison.figure) for one in (comparison.stated, comparison.base))
    year, hours = (one.assembled.factors.intensity_g_per_kwh for one in (comparison.stated, comparison.base))
    if not (isinstance(stated, Value) and isinstance(hourly, Value)):
        return []
    if not (isinstance(year, Value) and isinstance(hours, Value)) or figure(year.central) == figure(
        hours.central
    ):
        return []
    by_year = f"{mass(stated.central)} by the intensity of its year ({figure(year.central)} g/kWh), as estimate has it"
    by_hours = f"{mass(hourly.central)} by the hours it would run in ({figure(hours.central)} g/kWh)"
    return [f"Two figures of this run: {by_year}; {by_hours}, by which the times here are compared."]


def _notes(comparison: Comparison) -> list[str]:
    notes = [sentence(comparison)]
    if comparison.by == "hardware":
        notes.append(
            "Equal work: hours by the peak dense rate, all at an equal share of it, which is uncertain; "
            "it says nothing of memory or of whether the software runs."
        )
    if comparison.by == "start":
        notes.append(
            f"Hours by the {comparison.constraint['hours']}"
            + (
                ", the usual day of the month: no forecast."
                if comparison.constraint["hours"].startswith("profile")
                else ", integrated exactly."
            )
        )
        notes += two_bases(comparison)
    if comparison.by == "hardware":
        names = ", ".join(entry.name for entry in comparison.front()[:5])
        notes.append(f"Least emissions against least time: {names}.")
    if comparison.left_out:
        names = ", ".join(one.name for one in comparison.left_out[:3])
        notes.append(f"{len(comparison.left_out)} left out ({names} …: {comparison.left_out[0].reason}).")
    return [*notes, *(f"! {one.text} [{one.code}]" for one in comparison.base.warnings)]


def _markdown(comparison: Comparison, most: int) -> str:
    heads = ("", "what", *COLUMNS[2:])
    lines = [f"**{HEADINGS[comparison.by]}.** {_what(comparison)}", ""]
    lines += [f"| {' | '.join(heads)} |", "|---|---|--:|--:|--:|--:|"]
    for entry in comparison.shown(most):
        cells = [cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells_of(comparison, entry)]
        lines.append(f"| {' | '.join(cells)} |")
    return (
        "\n".join([*lines, "", *_notes(comparison), "", f"Catalog {comparison.base.catalog.version}."]) + "\n"
    )


def _csv(comparison: Comparison, most: int | None) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(CSV_COLUMNS), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for entry in comparison.entries if most is None else comparison.shown(most):
        row = flat_entry(comparison, entry)
        row |= {name: safe_cell(cell) for name, cell in row.items() if isinstance(cell, str)}
        writer.writerow(row)
    return out.getvalue()
