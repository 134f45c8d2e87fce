"""Act: what would reduce the emissions of a run, ranked by what it saves: another region, other hardware."""

from __future__ import annotations

from typing import Any

from wattgram.comparison import Comparison, Entry, compare
from wattgram.errors import InputError
from wattgram.footprint import Footprint
from wattgram.value import Value
from wattgram.web.desk import Desk
from wattgram.web.elsewhere import entry_texts
from wattgram.web.messages import Messages
from wattgram.web.words import Asked

__all__ = ["act_view"]


def act_view(asked: Asked, desk: Desk, say: Messages) -> dict[str, Any]:
    """Everything the template of the actions needs."""
    footprint = desk.footprint(asked.run)
    found = [one for one in _regions(footprint, say) + _hardware(footprint, say) if one["saved_kg"] > 0]
    found.sort(key=lambda one: -one["saved_kg"])
    for one in found:
        one["saved"] = say.mass(one["saved_kg"])
    return {"actions": found, "heading": footprint.assembled.hardware.name}


def _regions(footprint: Footprint, say: Messages) -> list[dict[str, Any]]:
    """The cleanest region of the run's provider, of its continent, and of all."""
    place = footprint.assembled.place
    if not isinstance(footprint.operational, Value):
        return []
    comparison = compare(footprint, "region", provider="all")
    actions, seen = [], set()
    for kind in ("provider", "continent", "world"):
        own = getattr(place, kind, "")
        if kind != "world" and not own:
            continue
        fitting = [
            entry
            for entry in comparison.entries
            if kind == "world" or getattr(entry.footprint.assembled.place, kind, "") == own
        ]
        best = fitting[0] if fitting else None
        if best is not None and not best.own and best.name not in seen:
            seen.add(best.name)
            actions.append(_action(f"act.{kind}", comparison, best, say))
    return actions


def _hardware(footprint: Footprint, say: Messages) -> list[dict[str, Any]]:
    """The hardware that does the same work with the least, where equal work can be told."""
    try:
        comparison = compare(footprint, "hardware")
    except InputError:
        return []
    best = comparison.best
    if best is None or best.own:
        return []
    return [_action("act.hardware", comparison, best, say)]


def _action(name: str, comparison: Comparison, entry: Entry, say: Messages) -> dict[str, Any]:
    texts = entry_texts(comparison, entry, say)
    return {
        "title": say(name, name=entry.name, label=entry.label, duration=texts["duration"]),
        "remark": say(f"{name}_remark"),
        "saved_kg": comparison.saved_kg(entry) or 0.0,
        **{key: texts[key] for key in ("figure", "span", "change", "probability", "words")},
    }
