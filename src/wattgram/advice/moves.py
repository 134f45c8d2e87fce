"""Moves: another region, another provider, another hour, other hardware; each compared as a footprint of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.advice.action import Action, Saved, by_parts
from wattgram.comparison import Comparison, compare
from wattgram.errors import InputError
from wattgram.report.comparison import probability_text
from wattgram.report.figures import mass
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.advice import Situation
    from wattgram.comparison import Entry
    from wattgram.resolve.place import PlaceWord

__all__ = ["hardware", "provider", "region", "start"]

WORTH = {
    "offset": "offsets take nothing off this run",
    "annual-match": "matched over the year: only the market-based line falls",
    "hourly-match": "matched in the same hour and grid, on average",
    "none": "nothing is claimed",
}
"""What a claim of each basis is worth for one run."""


def _best(comparison: Comparison) -> Entry | None:
    best = comparison.best
    return None if best is None or best.own else best


TITLES = {
    "region": "Move to another region",
    "provider": "Choose the provider",
    "start": "Start at another time",
    "hardware": "Use more efficient hardware",
}
"""Each move as it is called where no alternative is named."""
STAYS = "This run's provider has the cleanest region of all; the move there is an action of its own."


def _moved(action: str, title: str, effort: str, comparison: Comparison, text: str) -> Action:
    """The best alternative of a comparison as an action; where the run is the best already, a saving of 0."""
    best = _best(comparison)
    figure = comparison.figure
    mine = getattr(comparison.base, figure)
    if best is None or not isinstance(mine, Value):
        if comparison.own is None or not isinstance(mine, Value):
            return Action(action, TITLES[action], "There is no figure to compare with.", None, effort, ())
        already = "This run is the best of them already."
        return Action(action, TITLES[action], already, Saved(0.0, 0.0, 0.0), effort, (), 0.0)
    saved = by_parts(comparison.base, best.footprint, figure)
    probability = comparison.probability_lower(best)
    found = best.footprint.assembled.factors.intensity_g_per_kwh
    sources = found.sources if isinstance(found, Value) else ()
    said = probability_text(probability)
    sure = f" Truly lower with probability {said}." if said else ""
    label = f" ({best.label})" if best.label and best.label != "this run" else ""
    return Action(
        action,
        title.format(best.name),
        f"{best.name}{label}: {mass(best.figure(figure).central)} in place of {mass(mine.central)}.{sure}{text}",
        saved,
        effort,
        tuple(dict.fromkeys(sources)),
        saved.central / mine.central if mine.central else None,
        best.name,
    )


def region(case: Situation) -> Action:
    """The same provider's cleanest region, or the cleanest zone of the continent for hardware of one's own."""
    place = case.footprint.assembled.place
    if place is None or place.kind == "intensity":
        return Action(
            "region", "Move to another region", "Say where it runs to compare places.", None, "low", ()
        )
    text = " Check first where the data may be, and how far it must travel."
    if place.provider:
        found = compare(
            case.footprint, by="region", exclude=case.exclude, max_distance_km=case.max_distance_km
        )
        return _moved("region", "Move the run to {}", "low", found, text)
    within = "continent" if place.continent else None
    found = compare(case.footprint, by="zone", within=within, exclude=case.exclude)
    text = " A machine of one's own does not move; rent there, or place the next one there."
    return _moved("region", "Run on the grid of {}", "high", found, text)


def provider(case: Situation) -> Action:
    """The provider with the cleanest region, and what the claims of this one and of that one are worth."""
    place = case.footprint.assembled.place
    if place is None or place.kind == "intensity":
        return Action(
            "provider", "Choose the provider", "Say where it runs to compare providers.", None, "medium", ()
        )
    found = compare(case.footprint, by="provider", exclude=case.exclude, max_distance_km=case.max_distance_km)
    best = _best(found)
    claims = [_claims(place, case.footprint)]
    if best is not None and best.footprint.assembled.place is not None:
        other = best.footprint.assembled.place
        if other.provider == place.provider:  # the move is to a region, and said there
            return Action("provider", TITLES["provider"], STAYS, Saved(0.0, 0.0, 0.0), "medium", (), 0.0)
        claims.append(_claims(other, best.footprint))
    return _moved("provider", "Choose the provider: {}", "medium", found, "".join(claims))


def _claims(place: PlaceWord, footprint: Any) -> str:
    if not place.provider:
        return ""
    claims = footprint.assembled.claims
    if not claims:
        return f" No claim of {place.provider} is known."
    bases = dict.fromkeys(claim.basis for claim in claims)
    said = [f"{basis}, {WORTH.get(basis, 'read it with care')}" for basis in bases]
    return f" {place.provider} claims: {'; '.join(said)}."


def start(case: Situation) -> Action:
    """The best time within the deadline, by a series or by the zone's profile."""
    title = "Start at another time"
    try:
        found = compare(
            case.footprint,
            by="start",
            series=case.series,
            start=case.start,
            within=case.within,
            deadline=case.deadline,
            interruptible=case.interruptible,
        )
    except InputError as error:
        return Action("start", title, f"Not known: {error.allowed}.", None, "low", ())
    usual = (
        ""
        if found.constraint["hours"].startswith("series")
        else " By the usual day of that month, not a forecast."
    )
    action = _scaled(_moved("start", "Start at {}", "low", found, usual), found)
    sources = action.sources
    if not found.constraint["hours"].startswith("series"):
        rows = case.footprint.catalog.table("profiles").records(case.footprint.assembled.zone)
        sources = tuple(
            dict.fromkeys([*sources, *(source for row in rows[:1] for source in row.source_id.split("|"))])
        )
    return action._replace(sources=sources)


def _scaled(action: Action, found: Comparison) -> Action:
    """A saving by hours as a share of the run by its hours, taken of the figure that every other action starts from.

    saved = M * (M_own - M_best) / M_own        M: the run's figure, M_own and M_best: by the hours of each start
    """
    stated, hourly = found.stated.operational, found.base.operational
    if (
        not action.to
        or action.saved is None
        or not isinstance(stated, Value)
        or not isinstance(hourly, Value)
    ):
        return action
    if not hourly.central or stated.central == hourly.central:
        return action
    ratio = stated.central / hourly.central
    saved = Saved(*(end * ratio for end in action.saved))
    text = f"{action.text} Those two are by the hours; the saving is their share of the run's {mass(stated.central)}."
    return action._replace(saved=saved, text=text)


def hardware(case: Situation) -> Action:
    """The device of the same kind that does the same work with the least, its making included."""
    title = "Use more efficient hardware"
    own = [device for device in case.footprint.assembled.hardware.devices if device.kind == "accelerator"]
    try:
        found = compare(case.footprint, by="hardware", number_format=case.number_format)
    except InputError as error:
        return Action("hardware", title, f"Not known: {error.allowed}.", None, "medium", ())
    kinds = {device.record.category for device in own}
    found.entries = tuple(entry for entry in found.entries if entry.own or _comparable(entry, kinds))
    text = (
        f" Equal work at the peak {found.constraint.get('number_format', '')} rate, the making of the device included; "
        "whether the software runs there, and whether the device stands idle otherwise, is not in the figure."
    )
    action = _moved("hardware", "Use {}", "medium", found, text)
    devices = [] if not action.to else case.footprint.catalog.kept_rows("accelerators")
    cited = next((row["source_id"] for row in devices if row["name"] == action.to), "")
    return action._replace(
        sources=tuple(dict.fromkeys([*(s for s in cited.split("|") if s), *action.sources]))
    )


def _comparable(entry: Entry, kinds: set[str]) -> bool:
    """A device of the same category whose rated power its maker publishes."""
    records = [
        device.record for device in entry.footprint.assembled.hardware.devices if device.kind == "accelerator"
    ]
    return any(record.category in kinds and record.power_grade != "C" for record in records)
