"""Forms of an inference: text, JSON, Markdown and CSV; boundary and range stand beside every figure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError
from wattgram.report.csv import safe_cell
from wattgram.report.figures import (
    energy,
    energy_range,
    figure,
    mass,
    mass_range,
    origin_word,
    quantity,
    range_text,
)
from wattgram.serving.request import devices_of_replica
from wattgram.training import count_text
from wattgram.value import Unknown, Value
from wattgram.work import BITS

if TYPE_CHECKING:
    from wattgram.serving.answer import Amount, Inference

__all__ = ["FORMS", "LABELS", "inference_dict", "render"]

WIDTH = 108
LEFT, SPAN = 63, 15
LABELS = {
    "joule_per_output_token": "energy per output token",
    "prefill_flop": "work to read the prompt",
    "peak_tflop_per_s": "peak rate",
    "prefill_utilisation": "share of it reached",
    "rated_power_w": "rated power",
    "load": "load while serving",
    "stack": "full stack over accelerator",
    "pue": "PUE",
    "intensity_g_per_kwh": "grid intensity",
    "slots_kg": "making of hardware",
    "service_life_years": "service life",
    "utilisation": "utilisation",
}
CSV_COLUMNS = {
    "what": "one request, a million input or output tokens, all requests, or those with development",
    "accelerator_kwh": "energy of the accelerators alone, while they serve [kWh]",
    "energy_kwh": "energy of the full stack at the facility meter [kWh]",
    "operational_kg": "location-based operational emissions of it [kg CO2e]; empty where the place is not known",
    "embodied_kg": "making of the accelerators and their share of the node [kg CO2e]",
    "total_kg": "operational and embodied together [kg CO2e]",
}
"""Columns of the CSV form; each figure is followed by the ends of its range, `_low` and `_high`."""
SCOPE = {
    "accelerator_kwh": "the accelerators alone, all of a replica together, while they serve",
    "energy_kwh": "full stack: hosts, network and idle capacity too, at the facility meter (PUE)",
    "operational_kg": "location-based emissions of energy_kwh",
    "embodied_kg": "making of the accelerators and their share of the node, by the time they are held",
}


def render(answer: Inference, form: str) -> str:
    """The answer in one of FORMS, ending in a newline.

    Raises
    ------
    InputError : a form that is none, with those that are
    """
    if form not in _WRITERS:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(str(form)[:80], FORMS, n=1)
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}", near)
    return _WRITERS[form](answer)


# --- words ----------------------------------------------------------------------------------------------------------


def _energy(value: Value, *, ranged: bool = False) -> str:
    """An energy in the unit in which it reads best, or its range in that unit."""
    return energy_range(value) if ranged else energy(value.central)


def _heading(answer: Inference) -> str:
    request, found = answer.request, answer.assembled
    size = count_text(request.parameters)
    if request.active_parameters != request.parameters:
        size += f" ({count_text(request.active_parameters)} active)"
    batch = "batch unknown" if request.batch is None else f"batch {request.batch:,g}"
    tokens = f"{count_text(request.input_tokens)} tokens in, {count_text(request.output_tokens)} out"
    place = found.place.name if found.place else "place not known"
    return f"{size} in {request.weights} · {batch} · {tokens} · {found.hardware.name} · {place}"


def _rows(answer: Inference) -> Iterator[tuple[str, Amount]]:
    yield "one request", answer.per_request
    for name, amount in (
        ("a million input tokens", answer.per_million_input_tokens),
        ("a million output tokens", answer.per_million_output_tokens),
        (f"{count_text(answer.request.requests)} requests", answer.all_requests),
        (f"with development × {figure(answer.run.development or 1)}", answer.development),
    ):
        if amount is not None:
            yield name, amount


def _helps(answer: Inference) -> str:
    """The input that would sharpen the answer most."""
    uncertain = [factor for factor in answer.factors if factor.share > 0]
    if not uncertain:
        return ""
    most = max(uncertain, key=lambda factor: factor.share)
    say = {
        "joule_per_output_token": "State the batch"
        if answer.request.batch is None
        else "Measure the energy of a token",
        "stack": "Measure the whole server",
        "intensity_g_per_kwh": "State the intensity",
        "slots_kg": "Name the hardware",
    }.get(most.name, f"State the {LABELS[most.name]}")
    whole = isinstance(answer.total, Value) and isinstance(answer.embodied, Value)
    placed = "operational emissions" if isinstance(answer.operational, Value) else "energy"
    of_what = "total" if whole else placed
    return f"{say}: it makes {most.share:.0%} of the spread of the {of_what}."


# --- text -----------------------------------------------------------------------------------------------------------


def _text(answer: Inference) -> str:
    lines = [_heading(answer), ""]
    one = answer.per_request
    lines.append(
        f"  {_energy(one.energy_kwh):<16}90 %: {_energy(one.energy_kwh, ranged=True):<24} a request, full stack at the facility meter"
    )
    if isinstance(one.operational_kg, Value):
        lines.append(
            f"  {mass(one.operational_kg.central) + ' CO2e':<16}90 %: {mass_range(one.operational_kg):<24} operational, location-based"
        )
    lines += [
        "",
        f"  {'':<25}{'accelerators':>13}{'full stack':>13}  {'90 % range':<23}{'operational':>12}{'embodied':>11}",
    ]
    for name, amount in _rows(answer):
        span = _energy(amount.energy_kwh, ranged=True)
        cells = [
            mass(v.central) if isinstance(v, Value) else ""
            for v in (amount.operational_kg, amount.embodied_kg)
        ]
        lines.append(
            f"  {name:<25}{_energy(amount.accelerator_kwh):>13}{_energy(amount.energy_kwh):>13}  {span:<23}{cells[0]:>12}{cells[1]:>11}"
        )
    spans = [_span(factor.value) for factor in answer.factors]
    width = max(SPAN, *map(len, spans))
    lines += ["", f"  {'':<38}{'90 % range':<{width}}{'spread':>6}  origin, what (source)"]
    for factor, span in zip(answer.factors, spans, strict=True):
        value = factor.value
        share = f"{factor.share:.0%}" if factor.share >= 0.005 else ""  # noqa: PLR2004 - half a percent prints as 0
        left = LABELS[factor.name] + _short(value).rjust(36 - len(LABELS[factor.name]))
        lines.append(f"  {left}  {span:<{width}}{share:>6}  {_why(value, WIDTH - LEFT - width + SPAN)}")
    lines += ["", *textwrap.wrap(_helps(answer), WIDTH), _replica(answer)]
    for name in ("accelerator_kwh", "energy_kwh"):
        label = "Accelerators" if name == "accelerator_kwh" else "Full stack"
        lines.append(f"{label}: {SCOPE[name].removeprefix('full stack: ')}.")
    for notice in answer.warnings:
        lines += textwrap.wrap(f"! {notice.text} [{notice.code}]", WIDTH, subsequent_indent="  ")
    lines += ["", *textwrap.wrap(f"Sources: {', '.join(answer.source_ids)}", WIDTH, subsequent_indent="  ")]
    lines.append(f"Catalog {answer.catalog.version} · full citations: --format markdown or json")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _replica(answer: Inference) -> str:
    """How many accelerators one replica takes for its weights."""
    needed = devices_of_replica(answer.request, answer.assembled, answer.catalog)
    if needed is None:
        return "Devices a replica takes: not known, as the memory of one is not."
    together = " The energy of a token is that of all of them together." if needed > 1 else ""
    return f"Devices a replica takes for its weights: {needed}.{together}"


def _short(value: Value) -> str:
    """The figure to three digits where four would push the columns."""
    return quantity(value) if value.unit != "FLOP" else f"{figure(value.central).replace('e+', 'e')} FLOP"


def _span(value: Value) -> str:
    """The range, where it is wide enough to be seen at the digits shown."""
    span = range_text(value)
    low, _, high = span.partition(" to ")
    return "" if low == high else span


def _why(value: Value, room: int) -> str:
    """Origin, what was taken, and the source, as far as a line holds them."""
    if value.origin == "given":
        return "stated"
    cited = f" ({value.sources[0].partition('|')[0]})" if value.sources else ""
    said = value.reason.partition(": ")[0].partition(", ")[0]
    whole = f"{value.origin}, {said}{cited}" if said else f"{value.origin}{cited}"
    return whole if len(whole) <= room else f"{value.origin}, {said}"[:room]


# --- json, csv, markdown --------------------------------------------------------------------------------------------


def inference_dict(answer: Inference) -> dict[str, Any]:
    """The answer as plain data: figures as {central, low, high}, null where unknown."""
    request, found = answer.request, answer.assembled
    place = found.place
    return {
        "schema": 1,
        "kind": "inference",
        "boundary": answer.run.boundary,
        "scope": SCOPE,
        "run": {
            "parameters": request.parameters,
            "active_parameters": request.active_parameters,
            "number_format": request.weights,
            "bits": BITS[request.weights],
            "batch": request.batch,
            "input_tokens": request.input_tokens,
            "output_tokens": request.output_tokens,
            "requests": request.requests,
            "hardware": found.hardware.name,
            "where": place.name if place else None,
            "zone": found.zone or None,
            "year": found.year,
            "pue": answer.run.pue,
            "intensity_g_per_kwh": answer.run.intensity_g_per_kwh,
            "embodied": answer.run.embodied,
            "devices_per_replica": devices_of_replica(request, found, answer.catalog),
        },
        "joule_per_output_token": answer.factors_in.joule_per_output_token.to_dict()
        if request.output_tokens
        else None,
        "per_request": _amount(answer.per_request),
        "per_request_prefill": _amount(answer.served.prefill),
        "per_request_decode": _amount(answer.served.decode),
        "per_million_input_tokens": _amount(answer.per_million_input_tokens),
        "per_million_output_tokens": _amount(answer.per_million_output_tokens),
        "all_requests": _amount(answer.all_requests),
        "development": None
        if answer.run.development is None
        else {"multiplier": answer.run.development, **(_amount(answer.development) or {})},
        "factors": [factor.to_dict() for factor in answer.factors],
        "warnings": [notice.to_dict() for notice in answer.warnings],
        "sources": [
            {"id": key, **{name: source.get(name, "") for name in ("citation", "licence", "url")}}
            for key, source in answer.sources
        ],
        "catalog": {"version": answer.catalog.version},
    }


def _amount(amount: Amount | None) -> dict[str, Any] | None:
    return None if amount is None else {name: value.to_dict() for name, value in amount._asdict().items()}


def _json(answer: Inference) -> str:
    return json.dumps(inference_dict(answer), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _csv(answer: Inference) -> str:
    import csv  # noqa: PLC0415 - only this form needs them
    import io  # noqa: PLC0415

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    what, *figures = CSV_COLUMNS
    writer.writerow([what, *(f"{name}{end}" for name in figures for end in ("", "_low", "_high"))])
    for what, amount in _rows(answer):
        values = [getattr(amount, name) for name in figures]
        cells = [cell for value in values for cell in (value.central, value.low, value.high)]
        writer.writerow([safe_cell(what), *cells])
    return out.getvalue()


def _markdown(answer: Inference) -> str:
    one = answer.per_request
    lines = [
        f"**{_energy(one.energy_kwh)} a request** (90 % range {_energy(one.energy_kwh, ranged=True)}), {SCOPE['energy_kwh']}."
    ]
    if isinstance(one.operational_kg, Value):
        lines.append(
            f"**{mass(one.operational_kg.central)} CO2e** ({mass_range(one.operational_kg)}), operational, location-based."
        )
    lines += [_heading(answer) + ".", ""]
    lines += [
        "| | accelerators alone | full stack | 90 % range | operational CO2e | 90 % range | embodied CO2e |",
        "|---|--:|--:|---|--:|---|--:|",
    ]
    for name, amount in _rows(answer):
        cells = (
            name,
            _energy(amount.accelerator_kwh),
            _energy(amount.energy_kwh),
            _energy(amount.energy_kwh, ranged=True),
            _mass(amount.operational_kg),
            mass_range(amount.operational_kg),
            _mass(amount.embodied_kg),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "| factor | value | 90 % range | share of spread | origin | why |",
        "|---|--:|---|--:|---|---|",
    ]
    for factor in answer.factors:
        value, share = factor.value, f"{factor.share:.0%}" if factor.share else ""
        why = "" if value.reason == origin_word(value) else value.reason.replace("|", "\\|")
        lines.append(
            f"| {LABELS[factor.name]} | {quantity(value)} | {_span(value)} | {share} | {origin_word(value)} | {why} |"
        )
    lines += [
        "",
        _helps(answer),
        "",
        _replica(answer),
        "",
        *(f"* {notice.text} `{notice.code}`" for notice in answer.warnings),
        "",
    ]
    lines += [f"{n}. {source.get('citation', key)}" for n, (key, source) in enumerate(answer.sources, 1)]
    return "\n".join([*lines, "", f"Catalog {answer.catalog.version}."]) + "\n"


def _mass(value: Value | Unknown) -> str:
    return mass(value.central)


_WRITERS: dict[str, Callable[[Inference], str]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}
FORMS = tuple(_WRITERS)
