"""Act: what to change about a run, ranked by what it saves; certificates and offsets last and apart."""

from __future__ import annotations

from typing import Any

from wattgram.advice import Action, Saved
from wattgram.web.desk import Desk
from wattgram.web.messages import FALLBACK, Messages
from wattgram.web.words import ADVICE, Asked

__all__ = ["act_view"]

OWNER = ("trials", "search", "early_stopping", "number_format", "failed_share", "within")
"""What the page asks the owner of a run beside the form; the address takes every word of `advise`."""
COMPARED = {
    "provider": {"by": "provider"},
    "region": {"by": "region"},
    "start": {"by": "start"},
    "hardware": {"by": "hardware"},
}
"""Actions that are a comparison, and which one shows all of it."""


def act_view(asked: Asked, desk: Desk, say: Messages) -> dict[str, Any]:
    """Everything the template of the actions needs."""
    said = asked.of_page_advice()
    actions, footprint = desk.advice(asked.run, said)
    place = footprint.assembled.place
    rented = place is not None and bool(place.provider)
    shown = [_shown(action, say, rented=rented) for action in actions]
    worth = [one for one in shown if one["worth"]]
    rest = [one for one in shown if not one["worth"] and not one["separate"]]
    return {
        "actions": worth,
        "rest": rest,
        "apart": [one for one in shown if one["separate"]],
        "owner": [(ADVICE[name], said.get(name, "")) for name in OWNER],
        "owner_names": OWNER,
        "heading": footprint.assembled.hardware.name,
    }


def _shown(action: Action, say: Messages, *, rented: bool) -> dict[str, Any]:
    """One action in the words of the language; figures and reasons are the library's own."""
    compared = COMPARED.get(action.action)
    if action.action == "region" and not rented:
        compared = {"by": "zone", "within": "continent"}
    saved = action.saved
    worth = saved is not None and saved.central > 0
    return {
        "name": action.action,
        "title": _title(action, say, rented=rented),
        "text": action.text,
        "saved": say.mass(saved.central) if saved is not None and worth else "",
        "span": _span(saved, say) if saved is not None and worth else "",
        "share": "" if action.share is None or not worth else say.percent(action.share),
        "effort": say(f"act.effort_{action.effort}"),
        "sources": [key for key in action.sources if key],
        "words": compared,
        "worth": worth,
        "separate": action.separate,
    }


def _title(action: Action, say: Messages, *, rented: bool) -> str:
    """The title: the library's in its own language, else the message of that action."""
    if say.lang == FALLBACK:
        return action.title
    names = [f"act.what.{action.action}"]
    if not action.to:
        names.insert(0, f"act.what.{action.action}_any")
    elif action.action == "region" and not rented:
        names.insert(0, "act.what.zone")
    found = next((text for text in map(say.find, names) if text is not None), action.title)
    return found.format(to=action.to)


def _span(saved: Saved, say: Messages) -> str:
    """The 90 % range, each end in the unit in which it reads best; an end below 0 says that it may cost."""
    return say.span(*(f"−{say.mass(-end)}" if end < 0 else say.mass(end) for end in saved[1:]))
