"""View: one footprint as the page shows it, in the words and figures of a language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from wattgram.chart import Share, shares
from wattgram.footprint import Factor, Footprint
from wattgram.report.figures import how_long
from wattgram.report.sharpen import whole
from wattgram.report.text import MAKING, ORDER
from wattgram.value import Unknown, Value
from wattgram.web.messages import Messages

__all__ = ["Line", "answer_view", "drawing", "factor_row", "row_address"]

EQUIVALENCES = ("car-km-us-2026", "flight-new-york-san-francisco", "smartphone-charge-2026")
LEAST_AMOUNT = 0.01
"""Below it a flight or a drive is no picture of anything, and is left out."""
HALF_PERCENT = 0.005
WORK = ("training_flop", "peak_tflop_per_s", "mfu")


class Line(NamedTuple):
    """One line of the product: a factor, or the result that stands after it."""

    mark: str
    label: str
    value: str
    span: str
    share: str
    origin: str
    why: str
    row: str
    sources: tuple[str, ...]
    result: bool


def drawing(svg: str) -> Markup:
    """A drawing of `wattgram.chart` or `wattgram.report.badge`, which escape every text themselves."""
    return Markup(svg)  # noqa: S704 - drawn by the program, not by a user


def row_address(table: str, key: str) -> str:
    """The address of a row on the Data page."""
    return f"/data/{table}/{quote(key.replace('|', ':'), safe=':+.')}"


def answer_view(footprint: Footprint, say: Messages) -> dict[str, Any]:
    """Everything the template of an answer needs."""
    found = footprint.assembled
    operational = footprint.operational
    headline = footprint.headline
    shown = say.quantity(headline)
    number, _, unit = shown.rpartition(" ")
    spread = [factor for factor in footprint.factors if factor.share >= HALF_PERCENT]
    parts = [Share(say.label(factor.name), factor.share) for factor in footprint.factors if factor.share]
    return {
        "footprint": footprint,
        "hardware": found.hardware.name,
        "duration": say.digits(how_long(footprint, say("answer.measured"))),
        "place": _place(footprint, say),
        "number": number,
        "unit": unit,
        "is_mass": isinstance(operational, Value),
        "span": say.range_of(headline),
        "gauge": _gauge(headline),
        "kind": _kind(footprint, say),
        "cards": list(_cards(footprint, say)),
        "work": list(_work(footprint, say)),
        "lines": list(_product(footprint, say)),
        "making": list(_making(footprint, say)),
        "whole": say(f"whole.{whole(footprint)[1]}"),
        "chart": drawing(shares(parts, _spread(footprint, say), _helps(footprint, say))) if parts else "",
        "parts": [
            (say.label(factor.name), say.percent(factor.share))
            for factor in sorted(spread, key=lambda one: -one.share)
        ],
        "helps": _helps(footprint, say),
        "claims": [
            (claim.statement, claim.basis, _years(claim.from_year, claim.to_year, say), claim.id)
            for claim in found.claims
        ],
        "notices": [
            (notice.code, notice.text, say.find(f"notice.{notice.code}")) for notice in footprint.warnings
        ],
        "equivalences": list(_equivalences(footprint, say)),
        "sources": [(key, source) for key, source in footprint.sources],
        "version": footprint.catalog.version,
    }


def _place(footprint: Footprint, say: Messages) -> str:
    place = footprint.assembled.place
    if place is None:
        given = footprint.run.intensity_g_per_kwh
        return f"{say.figure(given)} g/kWh" if given is not None else say("answer.nowhere")
    return place.name


def _kind(footprint: Footprint, say: Messages) -> str:
    run = footprint.run
    if isinstance(footprint.operational, Unknown):
        return say("answer.energy_only")
    words = [say("answer.operational")]
    if run.method != "full":
        words.append(say("answer.by_method", method=run.method))
    if run.intensity_g_per_kwh is None and footprint.assembled.zone:
        words.append(say(f"boundary.{run.boundary}"))
    return ", ".join(words)


def _gauge(value: Value | Unknown) -> dict[str, str] | None:
    """Positions of low, central and high on a line from 0, in percent."""
    if isinstance(value, Unknown) or not value.low_sq + value.high_sq or not value.high:
        return None
    most = value.high * 1.04
    return {
        "low": f"{100 * value.low / most:.2f}%",
        "central": f"{100 * value.central / most:.2f}%",
        "width": f"{100 * (value.high - value.low) / most:.2f}%",
    }


def _cards(footprint: Footprint, say: Messages) -> Iterator[tuple[str, str, str, str]]:
    """What stands beside the number, never netted: name, label, figure, range or remark."""
    if isinstance(footprint.operational, Value):
        yield "energy", say("card.energy"), say.quantity(footprint.energy), say.range_of(footprint.energy)
        operational = footprint.operational
        yield "location", say("card.location"), say.mass(operational.central), say.mass_range(operational)
    if isinstance(footprint.market, Value):
        yield "market", say("card.market"), say.mass(footprint.market.central), say("card.market_remark")
    elif footprint.run.method == "full":
        yield "market", say("card.market"), say("card.no_claim"), say("card.no_claim_remark")
    if isinstance(footprint.embodied, Value):
        embodied = footprint.embodied
        yield "embodied", say("card.embodied"), say.mass(embodied.central), say.mass_range(embodied)
    elif footprint.run.embodied and footprint.run.method == "full":
        yield "embodied", say("card.embodied"), say("figures.unknown"), say("card.embodied_unknown")
    if isinstance(footprint.total, Value):
        total = footprint.total
        yield "total", say("card.total"), say.mass(total.central), say.mass_range(total)
    if footprint.development is not None:
        whole = footprint.development["operational_kg"]
        multiplier = say.figure(footprint.run.development or 1.0)
        name = say("card.development", multiplier=multiplier)
        yield "development", name, say.mass(whole.central), say.mass_range(whole)
    if footprint.lacoste2019_kg is not None and footprint.run.method == "full":
        basis = say(f"card.paper_{footprint.assembled.paper_basis}")
        yield "paper", say("card.paper"), say.mass(footprint.lacoste2019_kg), basis
    if isinstance(footprint.water, Value):
        yield "water", say("card.water"), f"{say.figure(footprint.water.central)} L", say("card.water_remark")


# --- the product ----------------------------------------------------------------------------------------------------


def _product(footprint: Footprint, say: Messages) -> Iterator[Line]:
    factors = {factor.name: factor for factor in footprint.factors}
    steps = dict(footprint.steps)
    mark = ""
    for name, after in ORDER:
        if name in factors:
            yield _line("+" if name == "host_power_w" else mark, factors[name], footprint, say)
            mark = "×"
        if after in steps and (name in factors or name == "pue"):
            yield _result(after, steps[after], say)
        if after == "it_power_w" and "duration_h" in steps and name in factors:
            yield _result("duration_h", steps["duration_h"], say, "×")


def _work(footprint: Footprint, say: Messages) -> Iterator[Line]:
    """The work over the rate at which it is done: where the hours come from."""
    factors = {factor.name: factor for factor in footprint.factors}
    steps = dict(footprint.steps)
    if all(name in factors for name in WORK):
        for sign, name in zip(("", "÷", "÷"), WORK, strict=True):
            yield _line(sign, factors[name], footprint, say)
        for name in ("duration_h", "device_hours_h"):
            if name in steps:
                yield _result(name, steps[name], say)


def _making(footprint: Footprint, say: Messages) -> Iterator[Line]:
    factors = {factor.name: factor for factor in footprint.factors}
    steps = dict(footprint.steps)
    rows = [factors[name] for name in MAKING if name in factors]
    if rows and "embodied_kg" in steps:
        for sign, factor in zip(("", "÷", "÷"), rows, strict=True):
            yield _line(sign, factor, footprint, say)
        yield _result("embodied_kg", steps["embodied_kg"], say)
        if "total_kg" in steps:
            yield _result("total_kg", steps["total_kg"], say)


def _result(name: str, value: Value, say: Messages, mark: str = "=") -> Line:
    return Line(
        mark, say.label(name), say.quantity(value), say.range_of(value), "", "", "", "", (), result=True
    )


def _line(mark: str, factor: Factor, footprint: Footprint, say: Messages) -> Line:
    value = factor.value
    sources, why = value.sources, value.reason
    if factor.name == "rated_power_w" and footprint.run.method == "full":
        counted = [device for device in footprint.assembled.hardware.devices if device.kind != "memory"]
        sources = tuple(dict.fromkeys(key for device in counted for key in device.rated_power_w.sources))
        why = " + ".join(
            f"{device.number:g} × {say.figure(device.rated_power_w.central, 6)} W" for device in counted
        )
    table, key = factor_row(factor, footprint)
    if table == "assumptions":
        reason = why.partition(": ")[2]
        why = key if reason == footprint.catalog.assumption(key).reason else f"{key}: {reason}"
    return Line(
        mark,
        say.label(factor.name),
        say.quantity(value),
        say.range_of(value),
        say.percent(factor.share) if factor.share >= HALF_PERCENT else "",
        say.find(f"origin.{value.origin}") or value.origin,
        "" if why == "stated" else why,
        row_address(table, key) if table else "",
        tuple(source for source in sources if source),
        result=False,
    )


def factor_row(factor: Factor, footprint: Footprint) -> tuple[str, str]:  # noqa: PLR0911 - one return a table
    """The table and key of the row a factor comes from; ("", "") where it comes from none."""
    value, found = factor.value, footprint.assembled
    identity = value.reason.partition(":")[0]
    if value.origin == "assumed" and identity in footprint.catalog.table("assumptions").keys():  # noqa: SIM118
        return "assumptions", identity
    if value.origin != "catalog" or footprint.run.method != "full":
        return "", ""
    records = [device for device in found.hardware.devices if device.record is not None]
    if factor.name in ("rated_power_w", "system_power_w") and records:
        return f"{records[0].kind}s", records[0].record.id
    if factor.name == "intensity_g_per_kwh" and found.zone:
        return "zones", found.zone
    if factor.name == "pue" and found.place is not None and found.place.provider:
        if found.place.record is not None and found.place.record.pue is not None:
            return "regions", f"{found.place.provider}|{found.place.region}"
        return "providers", found.place.provider
    making: Any = records[0].record if factor.name == "slots_kg" and records else None
    embodied_id: str = getattr(making, "embodied_id", "")
    return ("embodied", embodied_id.partition("|")[0]) if embodied_id else ("", "")


# --- beside it ------------------------------------------------------------------------------------------------------


def _spread(footprint: Footprint, say: Messages) -> str:
    """The title of the shares: of which figure's range they are."""
    return say("answer.spread", of=say(f"whole.{whole(footprint)[1]}"))


def _helps(footprint: Footprint, say: Messages) -> str:
    """The input that would sharpen the answer most, as a sentence."""
    uncertain = [factor for factor in footprint.factors if factor.share > 0]
    if not uncertain:
        return ""
    most = max(uncertain, key=lambda factor: factor.share)
    target, of_what = whole(footprint)
    if not target.low:
        return ""
    now, then = (target.high / target.low) ** 0.5, most.narrowed**0.5
    what = say.find(f"helps.{most.name}") or say("helps.other", what=say.label(most.name))
    return say(
        "helps.sentence",
        what=what,
        of=say(f"whole.{of_what}"),
        now=say.digits(f"{now:.2f}"),
        then=say.digits(f"{then:.2f}"),
        share=say.percent(most.share),
    )


def _years(first: int | None, last: int | None, say: Messages) -> str:
    return f"{first or '?'}" if first == last else say.span(str(first or "?"), str(last or say("answer.now")))


def _equivalences(footprint: Footprint, say: Messages) -> Iterator[tuple[str, str]]:
    if isinstance(footprint.operational, Unknown):
        return
    table = footprint.catalog.table("equivalences")
    known = set(table.keys())
    for identity in EQUIVALENCES:
        if identity in known:
            row = table.record(identity)
            if row.kg_co2e and footprint.operational.central / row.kg_co2e >= LEAST_AMOUNT:
                amount = say.figure(footprint.operational.central / row.kg_co2e)
                text = say.find(f"equivalence.{identity}")
                yield (
                    row_address("equivalences", identity),
                    (text or "{amount} × " + row.name).format(amount=amount, year=row.year),
                )
