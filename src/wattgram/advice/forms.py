"""Advice and reviews in the forms people need: text, JSON, CSV, Markdown."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.report.csv import safe_cell
from wattgram.report.figures import figure, mass

if TYPE_CHECKING:
    from wattgram.advice.action import Action, Saved
    from wattgram.advice.policy import Violation
    from wattgram.advice.review import Review
    from wattgram.footprint import Footprint

__all__ = ["FORMS", "render_advice", "render_review"]

FORMS = ("text", "json", "csv", "markdown")
EACH = "Each saving is against the run as it is; two that touch the same factor do not add."
WIDTH = 100
MOST_GROUPS = 8
MOST_OF_A_RULE = 10
CSV_COLUMNS = {
    "action": "id of the action",
    "title": "the action in words",
    "saved_kg": "what it saves of this run [kg CO2e]; empty where that is not known",
    "saved_kg_low": "lower end of its 90 % range; below 0 where it may cost",
    "saved_kg_high": "upper end of its 90 % range",
    "saved_share": "share of the run's total that it saves [1]",
    "effort": "low, medium or high",
    "source": "ids of its sources, joined by |",
    "to": "where to, or to what",
    "separate": "True for what is never added to a saving (certificates, offsets)",
    "text": "how, in a sentence or two",
}
"""Columns of the CSV form, in order, and what each holds."""


REVIEW_COLUMNS = {
    "group": "what the runs have in common: project, region, device, state or user",
    "name": "which one",
    "runs": "how many runs have a figure",
    "total_kg": "what they emitted [kg CO2e], operational and embodied where known",
    "share": "their share of all [1]",
    "saved_kg": "what the best region of each run's provider, or zone of its continent, would save [kg CO2e]",
    "device_hours_h": "time summed over their devices [h]",
}
"""Columns of the CSV form of a table's review, and what each holds."""


def check_form(form: str) -> None:
    """InputError for a form that is none."""
    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")


def _signed(kilograms: float) -> str:
    return f"−{mass(-kilograms)}" if kilograms < 0 else mass(kilograms)


def _range(saved: Saved) -> str:
    return f"{_signed(saved.low)} to {_signed(saved.high)}"


def render_advice(actions: list[Action], footprint: Footprint, form: str) -> str:
    """The actions for one run, ending in a newline."""
    check_form(form)
    if form == "json":
        return json.dumps([action.to_dict() for action in actions], indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        return _csv(actions)
    return _advice_text(actions, footprint) if form == "text" else _advice_markdown(actions, footprint)


def _csv(actions: list[Action]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(CSV_COLUMNS), lineterminator="\n")
    writer.writeheader()
    for action in actions:
        row = action.to_dict()
        saved = row.pop("saved_kg") or {"central": "", "low": "", "high": ""}
        row |= {"saved_kg": saved["central"], "saved_kg_low": saved["low"], "saved_kg_high": saved["high"]}
        writer.writerow(
            {name: safe_cell(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        )
    return out.getvalue()


def _heading(footprint: Footprint) -> str:
    found = footprint.assembled
    place = found.place.name if found.place else "place not known"
    hours = "" if footprint.run.duration_h is None else f" · {footprint.run.duration_h:.6g} h"
    return f"{found.hardware.name}{hours} · {place}"


def _whole(footprint: Footprint) -> str:
    total = footprint.total
    value = total if total.central is not None else footprint.operational
    return "no figure of carbon" if value.central is None else f"{mass(value.central)} CO2e"


def _advice_text(actions: list[Action], footprint: Footprint) -> str:
    out = [f"What would lower it: {_heading(footprint)} ({_whole(footprint)})", ""]
    out.append(EACH)
    apart = False
    done = [action for action in actions if _nothing(action)]
    for action in (action for action in actions if not _nothing(action)):
        if action.separate and not apart:
            out += ["", "Apart, and never added to a saving:"]
            apart = True
        out += ["", *_lines(action)]
    out += [""] if done else []
    for action in done:
        out += textwrap.wrap(f"Nothing to save: {action.title}. {action.text}", WIDTH, subsequent_indent="  ")
    out += ["", *(f"! {notice.text} [{notice.code}]" for notice in footprint.warnings)]
    out += [f"Catalog {footprint.catalog.version}"]
    return "\n".join(out) + "\n"


def _nothing(action: Action) -> bool:
    """Whether an action saves nothing here: it is said in a line at the end, and is no advice."""
    return action.saved is not None and action.saved.central == 0


def _lines(action: Action) -> list[str]:
    if action.saved is None:
        head = f"  {'':>9}  {action.title}"
    else:
        head = f"  {_signed(action.saved.central):>9}  {action.title}"
        if action.saved.central:
            share = "" if action.share is None else f" ({action.share:.0%})"
            head += f"{share}, 90 %: {_range(action.saved)}"
    head += f" · effort {action.effort}"
    body = textwrap.wrap(action.text, WIDTH - 13)
    if action.sources:
        body += textwrap.wrap(f"Sources: {', '.join(action.sources)}", WIDTH - 13)
    return [head, *(f"{'':13}{line}" for line in body)]


def _advice_markdown(actions: list[Action], footprint: Footprint) -> str:
    out = [
        f"**What would lower it.** {_heading(footprint)}: {_whole(footprint)}. {EACH}",
        "",
        "| action | saved | 90 % range | effort | why | source |",
        "|---|--:|---|---|---|---|",
    ]
    for action in (action for action in actions if not _nothing(action)):
        saved = "" if action.saved is None else _signed(action.saved.central)
        span = "" if action.saved is None or not action.saved.central else _range(action.saved)
        title = f"*apart:* {action.title}" if action.separate else action.title
        cells = (title, saved, span, action.effort, action.text, ", ".join(action.sources))
        out.append("| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |")
    return "\n".join([*out, "", f"Catalog {footprint.catalog.version}."]) + "\n"


# --- a table of runs --------------------------------------------------------------------------------------------------


def render_review(found: Review, form: str) -> str:
    """A review of a table, ending in a newline."""
    check_form(form)
    if form == "json":
        return json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        return _review_csv(found)
    return "\n".join(_review_lines(found, marked=form == "markdown")) + "\n"


def _review_csv(found: Review) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REVIEW_COLUMNS)
    for kind, groups in found.groups.items():
        writer.writerows(
            (kind, safe_cell(g.name), g.runs, g.total_kg, g.share, g.saved_kg, g.device_hours_h)
            for g in groups
        )
    return out.getvalue()


def _review_lines(found: Review, *, marked: bool) -> list[str]:
    out = [f"{found.estimated} of {found.rows} runs have a figure.", *_totals(found, marked=marked)]
    out += [f"- {number} rows without one: {issue}" for issue, number in list(found.issues.items())[:5]]
    if found.failed_kg is not None:
        out.append(f"Runs that failed or were cut off emitted {mass(found.failed_kg)}.")
    if found.savings.get("region"):
        out.append(
            f"The cleanest region of each provider (or zone of the continent) would save {mass(found.savings['region'])}."
        )
    for kind, groups in found.groups.items():
        out += ["", *_groups(kind, groups, marked=marked)]
    if found.budget is not None:
        out += ["", *_budget_lines(found)]
    if found.violations:
        out += _violations(found, "- " if marked else "! ")
    return [*out, "", f"Catalog {found.catalog_version}"]


def _totals(found: Review, *, marked: bool) -> list[str]:
    """Operational emissions first, then the making and their sum, as `batch` has them."""
    both = "operational and making together"
    figures = [
        (found.operational, "operational, location-based"),
        (found.embodied, "making of the hardware"),
        (found.total if found.embodied is not None else None, both),
    ]
    lines = []
    for value, what in figures:
        if value is not None:
            span = f"90 %: {mass(value.low)} to {mass(value.high)}"
            lines.append(f"{'- ' if marked else '  '}{mass(value.central)} CO2e ({span}), {what}")
    return lines


def _violations(found: Review, mark: str) -> list[str]:
    """By rule, the most broken first, each with its count and its first runs."""
    rules: dict[str, list[Violation]] = {}
    for one in found.violations:
        rules.setdefault(one.rule, []).append(one)
    out = ["", f"{len(found.violations)} violations of the policy:"]
    for rule, broken in sorted(rules.items(), key=lambda item: -len(item[1])):
        hours_h = sum(one.device_hours_h or 0.0 for one in broken)
        out += [
            "",
            f"{rule}: {len(broken)}",
            *([f"{figure(hours_h)} device-hours of runs"] if hours_h else []),
            "",
        ]
        out += [f"{mark}line {one.line}: {one.text}" for one in broken[:MOST_OF_A_RULE]]
        if len(broken) > MOST_OF_A_RULE:
            out.append(f"… {len(broken) - MOST_OF_A_RULE} more: --format json")
    return out


def _groups(kind: str, groups: list, *, marked: bool) -> list[str]:  # type: ignore[type-arg]
    heads = (kind, "runs", "device-hours", "CO2e", "share", "would save")
    lines = [
        (
            g.name,
            f"{g.runs:,}",
            figure(g.device_hours_h),
            mass(g.total_kg),
            f"{g.share:.0%}",
            mass(g.saved_kg),
        )
        for g in groups[:MOST_GROUPS]
    ]
    more = [] if len(groups) <= MOST_GROUPS else [f"… {len(groups) - MOST_GROUPS} more: --format csv"]
    if marked:
        rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
        return [f"| {' | '.join(heads)} |", "|---|--:|--:|--:|--:|--:|", *rows, *more]
    widths = [max(len(line[at]) for line in [heads, *lines]) for at in range(len(heads))]
    return [
        "  "
        + "  ".join(
            c.ljust(w) if at == 0 else c.rjust(w) for at, (c, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in [heads, *lines]
    ] + [f"  {line}" for line in more]


def _budget_lines(found: Review) -> list[str]:
    budget = found.budget
    if budget is None:
        return []
    if not budget.checked:
        years = ", ".join(map(str, budget.years))
        why = f"they are of {years}: --year {budget.years[-1]}" if years else "none of them has a start"
        return [
            f"Budget {budget.year}: not checked, none of {found.estimated} runs lies in {budget.year}; {why}."
        ]
    stands = "over" if budget.over else "within"
    line = (
        f"Budget {budget.year}: {mass(budget.used_kg)} of {mass(budget.budget_kg)} used by {budget.until} "
        f"({budget.used_kg / budget.budget_kg:.0%}, {budget.runs} runs): {stands} it."
    )
    out = [line]
    if budget.expected_kg is not None:
        out.append(f"At this pace the year ends at {mass(budget.expected_kg)}.")
    if budget.undated:
        out.append(f"{budget.undated} runs have no start and count in no year.")
    return out
