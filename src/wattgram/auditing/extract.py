"""Extract: the words of one statement from labelled values or from prose, as a Claim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wattgram.auditing.claim import Claim
from wattgram.auditing.devices import find_device
from wattgram.auditing.numbers import (
    HOURS,
    NUMBER,
    Hours,
    bare_mass,
    energies_kwh,
    hours_of,
    intensities_g_per_kwh,
    masses,
    number,
    powers_w,
    pues,
)
from wattgram.auditing.places import absent, find_provider, find_region, is_private

if TYPE_CHECKING:
    from wattgram.auditing.numbers import Mass
    from wattgram.catalog import Catalog

__all__ = ["from_labels", "from_prose", "left_out", "mass_of"]

Labels = dict[str, tuple[str, str, int]]
"""Kind of word to value, unit named in the label, line."""
_PER_DEVICE = re.compile(
    r"(?i)\b(?:gpu|tpu|device|card|chip|accelerator|core|[avh]\d{3})\w*[\s.-]*(?:core[\s-]*)?h(?:ou)?rs?\b|cumulative|device.hours"
)


def mass_of(value: str, unit: str = "") -> Mass | None:
    """The mass that a value states; the unit of its label where it names none itself, else kilograms."""
    found = masses(value)
    with_gas = [mass for mass, gas in found if gas]
    if with_gas or found:
        return (with_gas or [mass for mass, _ in found])[0]
    if absent(value):
        return None
    word = re.search(
        r"\b(kg|kilograms?|g|grams?|t|tonnes?|tons|mg|lbs?|metric tons?)(?=\b|co2)", unit, re.IGNORECASE
    )
    return bare_mass(value, word[1] if word else "")


def _hours(value: str, unit: str) -> tuple[float, float, bool] | None:
    """Hours of a value, how finely they are said, and whether they are device-hours."""
    summed = bool(_PER_DEVICE.search(unit) or _PER_DEVICE.search(value))
    if clock := re.search(
        r"(?<![\d:])(?:(\d+)\s*(?:d|days?)[ ,]+)?(\d{1,4}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?![\d:])", value
    ):
        days, hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return days * 24 + hours + minutes / 60 + seconds / 3600, 1 / 120, summed
    found = hours_of(value)
    lead = re.match(rf"\W*{NUMBER}", value)
    if (
        lead
        and (not found or lead.start("digits") < found[0].start)
        and not re.match(r"\s*[x×]\s*\d", value[lead.end() :])
    ):
        said = number(lead["digits"], lead["scale"] or "", about=bool(lead["about"]))
        named = re.match(r"(?:in )?(s|sec|m(?=$|in)|d|w)", unit.lower())
        factor = HOURS[named[1][0]] if named else 1.0
        return (said.value * factor, said.half_unit * factor, summed) if said.value > 0 else None
    if not found:
        return None
    joined = _joined(value, found)
    return joined or (found[0].hours, found[0].half_unit_h, summed or found[0].per_device)


def _joined(value: str, found: list[Hours]) -> tuple[float, float, bool] | None:
    """`3 days 4 hours` is one duration; `1344 hours (56 days)` is the same said twice."""
    total, last = found[0].hours, found[0]
    for other in found[1:]:
        between = value[last.end : other.start]
        if (
            not re.fullmatch(r"(?i)[\s,]*(?:and\s+)?", between)
            or other.hours >= last.hours
            or other.unit == last.unit
        ):
            break
        total, last = total + other.hours, other
    return (total, last.half_unit_h, found[0].per_device) if last is not found[0] else None


def _hardware(value: str, catalog: Catalog) -> dict[str, Any]:
    found = find_device(value, catalog)
    if found is None:
        return {"hardware": ""}
    return {"hardware": found.word, "count": found.number, "chips": found.chips}


def left_out(text: str, claim: Claim, catalog: Catalog) -> str:
    """Devices that the text gives hours of their own beside the one that is reckoned: `K80 4 h + Xeon 45 h`."""
    runs: dict[tuple[str, float], None] = {}
    for part in re.split(r"\s\+\s|;|,\s|\b(?:and|plus)\b", text):
        durations = hours_of(part)
        device = find_device(part, catalog) if durations else None
        if device is not None:
            runs[device.word, durations[0].hours] = None
    others = [run for run in runs if run != (claim.hardware, claim.hours)]
    if len(others) == len(runs) or not any(word != claim.hardware for word, _ in others):
        return ""
    return f"left out: {', '.join(f'{word} for {hours:.6g} h' for word, hours in others)}"


def from_labels(labels: Labels, catalog: Catalog, kind: str) -> Claim:
    """The claim of a labelled group: each value is read as its label says."""
    values = {name: value for name, (value, _, _) in labels.items() if not absent(value)}
    units = {name: unit for name, (_, unit, _) in labels.items()}
    whole = "; ".join(f"{value}" for name, value in values.items())
    mass = mass_of(values["carbon"], units["carbon"]) if "carbon" in values else None
    words: dict[str, Any] = _hardware(values.get("hardware", ""), catalog)
    if "count" in values and (counted := re.search(r"\d{1,7}", values["count"].replace(",", ""))):
        words["count"] = int(counted[0])
    hours = _hours(values["hours"], units["hours"]) if "hours" in values else None
    if hours is None and "hours" not in labels and "hardware" in values:
        hours = next(
            ((one.hours, one.half_unit_h, one.per_device) for one in hours_of(values["hardware"])), None
        )
    if hours is not None and 0 < hours[0] < 1e12:  # noqa: PLR2004 - no run took longer
        words |= {"hours": hours[0], "half_unit_h": hours[1], "per_device": hours[2]}
    intensities = intensities_g_per_kwh(whole)
    if not intensities and "intensity" in values:
        intensities = intensities_g_per_kwh(f"carbon intensity {values['intensity']} {units['intensity']}")
    powers = powers_w(f"{values.get('hardware', '')}; {values.get('carbon', '')}")
    if "power" in values and (power := re.search(NUMBER, values["power"])):
        kilo = 1e3 if re.search(r"(?i)\bkW\b", values["power"] + " " + units["power"]) else 1.0
        powers = [number(power["digits"]).value * kilo]
    energies = [kwh for kwh, _ in energies_kwh(values.get("energy", ""))] or [
        kwh for kwh, _ in energies_kwh(whole)
    ]
    if "energy" in values and not energies and (bare := re.search(NUMBER, values["energy"])):
        energies = [kwh for kwh, _ in energies_kwh(f"{bare['digits']} {units['energy'] or 'kWh'}")]
    ratios = pues(whole) or pues(f"PUE {values.get('pue', '')}")
    provider_text = values.get("provider", "")
    region = values.get("region", "")
    provider = find_provider(provider_text) or find_provider(region)
    if "region" in labels and not region and (inner := re.search(r"\(([^()]+)\)", labels["region"][0])):
        region = inner[1]
    if not region and provider_text:
        region = find_region(provider_text, catalog)
    first = min(line for _, _, line in labels.values())
    return Claim(
        line=labels["carbon"][2] if "carbon" in labels else first,
        kind=kind,
        text="; ".join(f"{name}: {value}" for name, (value, _, _) in labels.items()),
        mass=mass,
        powers_w=tuple(powers),
        provider=provider,
        private=not provider
        and is_private(f"{provider_text}; {region if 'private' in region.lower() else ''}"),
        region=region,
        intensities_g_per_kwh=tuple(dict.fromkeys(intensities)),
        energy_kwh=energies[0] if energies else None,
        pue=ratios[0] if ratios else None,
        **words,
    )


def from_prose(near: str, before: str, after: str, catalog: Catalog) -> dict[str, Any]:
    """The words about one figure: those of its own sentence first, then those before it, then those after it."""
    words: dict[str, Any] = {}
    for text in (near, before, after):
        if not words.get("hardware") and (found := _hardware(text, catalog))["hardware"]:
            words |= found
        if "hours" not in words and (times := hours_of(text)):
            order = {"h": 0, "d": 1, "w": 1}
            best = min(times, key=lambda one: (not one.per_device, order.get(one.unit, 2)))
            joined = _joined(text[best.start :], hours_of(text[best.start :]))
            hours = (
                joined if joined and not best.per_device else (best.hours, best.half_unit_h, best.per_device)
            )
            per_device = hours[2] and not re.match(
                r"(?i)total|cumulative", text[best.start : best.end].lstrip("0123456789., ")
            )
            words |= {"hours": hours[0], "half_unit_h": hours[1], "per_device": per_device}
        if not words.get("intensities_g_per_kwh") and (grams := intensities_g_per_kwh(text)):
            words["intensities_g_per_kwh"] = tuple(dict.fromkeys(grams))
        if not words.get("powers_w") and (watts := powers_w(text)):
            words["powers_w"] = tuple(watts)
        if "energy_kwh" not in words and (energies := energies_kwh(text)):
            words["energy_kwh"] = energies[0][0]
        if "pue" not in words and (ratios := pues(text)):
            words["pue"] = ratios[0]
        if not words.get("provider"):
            words["provider"] = find_provider(text)
        if not words.get("region"):
            words["region"] = find_region(text, catalog)
    everything = f"{before} {near} {after}"
    words["private"] = (
        not words["provider"]
        and re.search(
            r"(?i)\bprivate\b|\bown (?:cluster|server|infrastructure)\b|\bon-prem|\blocal(?:ly)?\b|\bcluster\b|infrastructure privée|infraestructura privada|私有",
            everything,
        )
        is not None
    )
    return words
