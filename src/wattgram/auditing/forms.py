"""Forms: findings as text, JSON, CSV, Markdown, or annotations for GitHub's checks."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wattgram.errors import InputError
from wattgram.report.csv import safe_cell
from wattgram.report.figures import MASS_DIGITS, figure, mass, mass_range, reading
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.auditing.verdict import Finding

__all__ = ["FORMS", "render_findings", "sentence"]

FORMS = ("text", "json", "csv", "markdown", "github")
WIDTH = 108
CSV_COLUMNS = {
    "file": "the file of the statement",
    "line": "line of its figure",
    "verdict": "reproduces, reproduces-if, differs or not-checkable",
    "claimed_kg": "the printed figure [kg CO2e]",
    "recomputed_kg": "what its own words give [kg CO2e]",
    "ratio": "claimed over recomputed [1]",
    "change": "the one word that would have to change",
    "missing": "what is missing, joined by |",
    "full_operational_kg": "today's estimate of the same run, location-based operational emissions [kg CO2e]",
    "full_operational_kg_low": "lower end of its 90 % range",
    "full_operational_kg_high": "upper end of its 90 % range",
    "full_total_kg": "today's estimate, operational and embodied together [kg CO2e]",
    "assumed": "what the words were taken to mean, joined by ;",
    "text": "the statement",
}
"""Columns of the CSV form, in order, and what each holds."""
Audited = list[tuple[str, list["Finding"]]]
"""Each source (empty for a quoted text) with its findings."""


def render_findings(audited: Audited, form: str) -> str:
    """The findings of every source in one of FORMS, ending in a newline.

    Raises
    ------
    InputError : a form that is none, with those that are
    """
    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")
    return {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown, "github": _github}[form](
        audited
    )


def figure_text(kg: float | None) -> str:
    """A mass with the digits an audit needs: four, in its own unit."""
    if kg is None:
        return "no figure"
    factor, unit = reading(kg, "kg", MASS_DIGITS)
    return f"{figure(kg * factor, 5)} {unit}"


def sentence(finding: Finding) -> str:
    """The verdict in one sentence."""
    claimed, ours = figure_text(finding.claimed_kg), figure_text(finding.recomputed_kg)
    if finding.verdict == "reproduces":
        bound = finding.claim.mass is not None and finding.claim.mass.bound
        return (
            f"{claimed} CO2e is a bound, and its words give {ours}."
            if bound
            else f"{claimed} CO2e reproduces: its words give {ours}."
        )
    if finding.verdict == "reproduces-if":
        return f"{claimed} CO2e reproduces if one word changes: {finding.change}. As stated, its words give {ours}."
    if finding.verdict == "differs":
        return f"{claimed} CO2e differs: its words give {ours}, a ratio of {figure(finding.ratio or 0.0)}."
    lacking = ", ".join(finding.missing)
    if finding.claim.unitless:
        return f"{finding.claim.unitless} has no unit of mass, so it cannot be checked; missing: {lacking}."
    if finding.claimed_kg is None:
        return f"There is no figure to check; missing: {lacking}."
    return f"{claimed} CO2e cannot be checked; missing: {lacking}."


def full_sentence(finding: Finding) -> str:
    """Today's full estimate of the same run, in one sentence; empty where its words name no run."""
    if finding.full is None or not isinstance(finding.full.operational, Value):
        return ""
    value = finding.full.operational
    span = f" (90 %: {mass_range(value)})" if value.low_sq + value.high_sq else ""
    run = finding.full.assembled
    place = f", {run.place.name}" if run.place else ""
    return f"Full method, today's data: {mass(value.central)} CO2e{span}, operational: {run.hardware.name}{place}."


def _text(audited: Audited) -> str:
    out: list[str] = []
    for name, findings in audited:
        if not findings:
            out.append(f"{name or 'The text'}: no carbon statement found.")
        for finding in findings:
            at = f"{name}:{finding.line}" if name else f"line {finding.line}"
            out.append(f"{at}: {finding.verdict}")
            said = [sentence(finding)]
            if finding.assumed:
                said.append(f"Assumed: {'; '.join(finding.assumed)}.")
            said += [line for line in (full_sentence(finding), f"Statement: {finding.claim.shown()}") if line]
            for line in said:
                out += textwrap.wrap(
                    line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
                )
        out.append("")
    return "\n".join([*out, _summary(audited)]) + "\n"


def _summary(audited: Audited) -> str:
    from wattgram.auditing.verdict import VERDICTS  # noqa: PLC0415 - it is loaded wherever there are findings

    every = [finding for _, findings in audited for finding in findings]
    counted = [(sum(one.verdict == verdict for one in every), verdict) for verdict in VERDICTS]
    parts = ", ".join(f"{number} {verdict}" for number, verdict in counted if number)
    return f"{len(every)} statement{'s' if len(every) != 1 else ''}{f': {parts}' if parts else ''}."


def _json(audited: Audited) -> str:
    findings = [one.to_dict() | {"file": name or None} for name, found in audited for one in found]
    return json.dumps({"findings": findings}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _rows(audited: Audited) -> Iterator[dict[str, object]]:
    for name, findings in audited:
        for one in findings:
            full = one.full
            operational = full.operational if full is not None else None
            yield {
                "file": safe_cell(name),
                "line": one.line,
                "verdict": one.verdict,
                "claimed_kg": one.claimed_kg,
                "recomputed_kg": one.recomputed_kg,
                "ratio": one.ratio,
                "change": safe_cell(one.change or ""),
                "missing": "|".join(one.missing),
                "full_operational_kg": operational.central if operational is not None else None,
                "full_operational_kg_low": operational.low if operational is not None else None,
                "full_operational_kg_high": operational.high if operational is not None else None,
                "full_total_kg": full.total.central if full is not None else None,
                "assumed": safe_cell("; ".join(one.assumed)),
                "text": safe_cell(one.claim.shown()),
            }


def _csv(audited: Audited) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(CSV_COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(audited))
    return out.getvalue()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _markdown(audited: Audited) -> str:
    out = [
        "| where | verdict | claimed | its words give | what | assumed | full method today |",
        "|---|---|--:|--:|---|---|---|",
    ]
    for name, findings in audited:
        for one in findings:
            what = one.change or (f"missing: {', '.join(one.missing)}" if one.missing else "")
            if one.verdict == "differs":
                what = f"ratio {figure(one.ratio or 0.0)}"
            at = f"{name}:{one.line}" if name else f"line {one.line}"
            full = one.full.operational if one.full is not None else None
            today = f"{mass(full.central)} ({mass_range(full)})" if isinstance(full, Value) else ""
            ours = figure_text(one.recomputed_kg) if one.recomputed_kg is not None else ""
            cells = (
                at,
                f"**{one.verdict}**",
                figure_text(one.claimed_kg),
                ours,
                what,
                "; ".join(one.assumed),
                today,
            )
            out.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join([*out, "", _summary(audited)]) + "\n"


_LEVEL = {"differs": "error", "reproduces-if": "error", "not-checkable": "warning", "reproduces": "notice"}


def _github(audited: Audited) -> str:
    """Workflow commands of GitHub Actions, which show each finding beside its line."""
    out = []
    for name, findings in audited:
        for one in findings:
            said = " ".join(
                [sentence(one), f"Assumed: {'; '.join(one.assumed)}." if one.assumed else ""]
            ).strip()
            escaped = said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            path = name.replace("%", "%25").replace(",", "%2C").replace(":", "%3A").replace("\n", "%0A")
            at = f"file={path},line={one.line}," if name else ""
            out.append(f"::{_LEVEL[one.verdict]} {at}title=carbon statement {one.verdict}::{escaped}")
    return "\n".join([*out, _summary(audited)]) + "\n"
