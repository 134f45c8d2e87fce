"""Elsewhere: the comparison as the page shows it, and the one sentence beside an answer that says what it finds."""

from __future__ import annotations

from typing import Any

from wattgram.chart import Bar, bars
from wattgram.comparison import AXES, NUMBER_FORMATS, Comparison, Entry, compare
from wattgram.errors import InputError
from wattgram.estimation import estimate
from wattgram.footprint import Footprint
from wattgram.run import check_number
from wattgram.value import Value
from wattgram.web.desk import Desk
from wattgram.web.messages import Messages
from wattgram.web.view import drawing
from wattgram.web.words import Asked

__all__ = ["compare_view", "entry_texts", "what_if"]

USUAL_ROWS, MOST_BARS = 20, 24
SURE = 0.99


def compare_view(asked: Asked, desk: Desk, say: Messages) -> dict[str, Any]:
    """Everything the template of a comparison needs."""
    comparison = desk.comparison(asked.run, asked.compare)
    limit = asked.page.get("limit")
    most = USUAL_ROWS if limit is None else int(check_number("limit", limit, 1, desk.limits.rows, whole=True))
    shown = comparison.shown(most)
    rows = [entry_texts(comparison, entry, say) for entry in shown]
    rows_drawn = [
        Bar(
            " · ".join(word for word in (row["name"], row["label"]) if word),
            " · ".join(word for word in (row["figure"], row["change"]) if word),
            row["value"].central,
            row["value"].low,
            row["value"].high,
            entry.own,
        )
        for row, entry in zip(rows[:MOST_BARS], shown, strict=False)
    ]
    place = comparison.base.assembled.place
    return {
        "comparison": comparison,
        "sentence": _sentence(comparison, say),
        "rows": rows,
        "rest": max(len(comparison.entries) - len(shown), 0),
        "count": len(comparison.entries),
        "left_out": [(one.name, one.reason) for one in comparison.left_out],
        "chart": drawing(
            bars(rows_drawn, say(f"compare.by_{comparison.by}"), _sentence(comparison, say), ident="bars")
        ),
        "axes": AXES,
        "formats": tuple(NUMBER_FORMATS),
        "own_provider": (place.provider if place else "") or "",
        "providers": sorted(comparison.base.catalog.table("providers").keys()),
        "continents": sorted({row["continent"] for row in comparison.base.catalog.kept_rows("countries")}),
        "heading": comparison.base.assembled.hardware.name,
    }


def entry_texts(comparison: Comparison, entry: Entry, say: Messages) -> dict[str, Any]:
    """One alternative in words and figures."""
    value = entry.figure(comparison.figure)
    ratio = comparison.ratio(entry)
    intensity = entry.footprint.assembled.factors.intensity_g_per_kwh
    return {
        "name": entry.name,
        "label": "" if entry.own else entry.label,
        "own": entry.own,
        "value": value,
        "figure": say.mass(value.central),
        "span": say.mass_range(value),
        "change": say("compare.this_run") if entry.own else change(ratio, say),
        "saved": comparison.saved_kg(entry),
        "probability": _probability(comparison.probability_lower(entry), say),
        "intensity": say.figure(intensity.central) if isinstance(intensity, Value) else "",
        "pue": say.figure(entry.footprint.assembled.factors.pue.central),
        "duration": say.with_unit(say.figure(entry.footprint.assembled.factors.duration_h.central), "h", 2)
        if isinstance(entry.footprint.assembled.factors.duration_h, Value)
        else "",
        "zone": entry.footprint.assembled.zone,
        "words": moved(comparison, entry),
    }


def moved(comparison: Comparison, entry: Entry) -> dict[str, str] | None:
    """The words of the run that an alternative is, where the form can say it."""
    if entry.own:
        return None
    if comparison.by in ("region", "zone", "provider"):
        return {"where": entry.name}
    if comparison.by in ("start", "year"):
        return {"start": entry.name} if comparison.by == "year" else None
    run = entry.footprint.run
    copies = f"{run.copies}x" if run.copies > 1 else ""
    return {"hardware": f"{copies}{entry.name}", "duration": f"{run.duration_h:.6g}h"}


def change(ratio: float | None, say: Messages) -> str:
    """An alternative against the run, as it is read."""
    if ratio is None:
        return ""
    if ratio >= 2:  # noqa: PLR2004 - from the double on, a factor reads better
        return f"×{say.figure(ratio, 2)}"
    percent = f"{abs(100 * (ratio - 1)):.0f}"
    sign = "" if percent == "0" else "+" if ratio > 1 else "−"
    return f"{sign}{say('figures.percent', figure=percent)}"


def _probability(probability: float | None, say: Messages) -> str:
    if probability is None:
        return ""
    if probability > SURE:
        return f"> {say.figure(SURE)}"
    return f"< {say.figure(1 - SURE, 1)}" if probability < 1 - SURE else say.digits(f"{probability:.2f}")


def _sentence(comparison: Comparison, say: Messages) -> str:
    best, own = comparison.best, comparison.own
    if best is None:
        return say("compare.none_fits")
    figure = say.mass(best.figure(comparison.figure).central)
    saved, ratio = comparison.saved_kg(best), comparison.ratio(best)
    if best.own or (saved is not None and saved <= 0):
        mine = own.figure(comparison.figure).central if own else None
        return say("compare.none_lower", figure=say.mass(mine))
    if saved is None or ratio is None:
        return say("compare.least", name=best.name, label=best.label, figure=figure)
    return say(
        "compare.lower",
        name=best.name,
        label=best.label,
        figure=figure,
        saved=say.mass(saved),
        percent=say.percent(1 - ratio),
        probability=_probability(comparison.probability_lower(best), say),
    )


def what_if(footprint: Footprint, desk: Desk, say: Messages) -> dict[str, Any] | None:
    """The run in the cleanest region of its own provider: which one that is depends on no run, so it is looked up once."""
    place, run = footprint.assembled.place, footprint.run
    if place is None or not place.provider or not isinstance(footprint.operational, Value):
        return None
    if run.intensity_g_per_kwh is not None or run.method != "full" or run.measured_scope == "facility":
        return None
    name, label = _cleanest(footprint, desk)
    try:
        other = desk.moved(footprint, name)
    except InputError:
        return None
    if not isinstance(other.operational, Value) or other.operational.central >= footprint.operational.central:
        return {"best": True, "text": say("what_if.best", provider=place.provider), "words": None}
    saved = footprint.operational.central - other.operational.central
    text = say(
        "what_if.lower",
        name=name,
        label=label,
        figure=say.mass(other.operational.central),
        saved=say.mass(saved),
        percent=say.percent(saved / footprint.operational.central),
    )
    return {"best": False, "text": text, "words": {"where": name}}


def _cleanest(footprint: Footprint, desk: Desk) -> tuple[str, str]:
    """Name and city of the region of this provider, boundary and year with the least grams an IT kilowatt-hour."""
    run, place = footprint.run, footprint.assembled.place
    year = run.start.year if run.start else None
    key = ("cleanest", place.provider if place else "", run.boundary, year)
    if key not in desk.found:
        words: dict[str, Any] = {
            "hardware": "1000W",
            "duration": "1h",
            "where": place.name if place else None,
        }
        reference = estimate(**words, boundary=run.boundary, start=run.start, catalog=footprint.catalog)
        best = compare(reference, "region").best
        desk.found[key] = (
            (best.name, best.label) if best and not best.own else (place.name if place else "", "")
        )
    return desk.found[key]  # type: ignore[no-any-return]
