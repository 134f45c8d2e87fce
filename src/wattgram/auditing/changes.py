"""Changes: the one stated word that would have to be another for a statement to reproduce.

A change is named only where it could not fit by chance, which asks three things of it: the possible values of the word lie
much farther apart than the figure is fine; the new value is one that people have (a usual number of devices, whole nodes of
those that are stated, hours by a known slip or a round number of them); and every other figure that is stated still holds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from wattgram.auditing.numbers import KG_PER_POUND
from wattgram.auditing.places import Grid, absent
from wattgram.auditing.readings import SAME_ENERGY, W_PER_KW, Reading, default_grid, reckon
from wattgram.calculator import devices as page_devices
from wattgram.calculator import regions as page_regions
from wattgram.catalog.names import NOISE, normalise

if TYPE_CHECKING:
    from wattgram.auditing.claim import Claim
    from wattgram.catalog import Catalog

__all__ = ["Change", "best_change"]

COARSEST = 0.05
"""A figure printed less finely than this [1] is explained by too many changes to name one."""
COARSE = 0.01
"""Beyond this [1] only counts and slips of the decimal point are told apart."""
FINEST = 5e-4
"""No figure is taken as finer than this [1]: intermediate roundings shift it as far."""
APART = 6.0
"""How many times farther apart than the figure is fine the values of the changed word must lie [1]."""
FINE_COUNT = 3e-3
"""Beyond this [1] only the usual numbers of devices are named."""
USUAL_COUNTS = (1, 2, 3, 4, 8, 16, 32, 64)
SMALL_COUNTS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)
"""Devices that one machine, or a few, are bought with."""
FEW = 16
PACK = 4
NODE = 8
"""Devices of a usual node."""
ROUND_APART = 20.0
"""How many times farther apart than the figure is fine round hours must lie [1]: few of them are ever meant."""
DAYS = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 30)
"""Whole days that a run is said to take."""
HOURS_PER_DAY, MINUTES_PER_HOUR, DAYS_PER_WEEK = 24, 60, 7


class Change(NamedTuple):
    """One word changed, and what it then gives."""

    order: tuple[float, ...]
    text: str
    kg: float
    reading: Reading


def best_change(
    claim: Claim, readings: list[Reading], claimed_kg: float, half_unit_kg: float, catalog: Catalog
) -> Change | None:
    """The most likely single change under which the statement reproduces; None where there is none to name.

    Parameters
    ----------
    claim, readings : the statement, and what it can mean
    claimed_kg : its figure [kg CO2e]
    half_unit_kg : half a unit of that figure's last digit, within which two figures are one [kg CO2e]
    catalog : where hardware and places are looked up
    """
    if claimed_kg <= 0:
        return None
    fine = half_unit_kg / claimed_kg
    known = [one for one in readings if one.mode in ("page", "exact") and one.kg > 0]
    base = [
        one
        for one in readings
        if one.grid.basis in ("stated", "page", "default")
        and one.mode in ("page", "energy", "exact")
        and one.kg > 0
    ]
    if fine > COARSEST:
        return None
    fine = max(fine, FINEST)
    said = bool(claim.intensities_g_per_kwh or not absent(claim.region) or claim.private)
    found: list[Change] = []
    for reading in base:
        found += _slips(claim, reading, claimed_kg, fine)
        if reading.mode != "energy":
            found += _counts(claim, reading, claimed_kg, fine)
            if fine <= COARSE and said:
                found += _hours(claim, reading, claimed_kg, fine)
    if fine <= COARSE and said:
        found += _regions(claim, known, claimed_kg, fine, catalog)
        found += _devices(claim, base, claimed_kg, fine, catalog)
    return min(_alone(found), key=lambda change: change.order, default=None)


def _alone(found: list[Change]) -> list[Change]:
    """The changes without those counts of devices that contradict each other: two readings that ask for two counts name none."""
    counts = [change for change in found if change.order[0] == 1]
    best = min((change.order[1:3] for change in counts), default=None)
    asked = {change.text for change in counts if change.order[1:3] == best}
    return [change for change in found if change.order[0] != 1] if len(asked) > 1 else found


def _holds(
    claim: Claim, reading: Reading, *, devices: float = 0.0, hours: float = 0.0, power_w: float = 0.0
) -> bool:
    """Whether a stated energy still fits when one word is changed; with none stated, anything does."""
    if not claim.energy_kwh:
        return True
    kwh = (
        (power_w or reading.power.power_w)
        * (devices or reading.devices)
        * (hours or reading.hours)
        / W_PER_KW
    )
    return any(abs(kwh * pue / claim.energy_kwh - 1) <= SAME_ENERGY for pue in (1.0, claim.pue or 1.0))


def _off(kg: float, claimed_kg: float) -> float:
    return abs(kg - claimed_kg) / claimed_kg


def _slips(claim: Claim, reading: Reading, claimed_kg: float, fine: float) -> list[Change]:
    """A factor of ten, a hundred or a thousand, and pounds taken for kilograms."""
    ratio = claimed_kg / reading.kg
    out = []
    for power in (-3, -2, -1, 1, 2, 3):
        factor = 10.0**power
        if abs(ratio / factor - 1) <= fine * 1.01:
            text = f"{factor:g} times"
            if claim.kind == "yaml" and power == -3:  # noqa: PLR2004 - grams in a kilogram
                text = "0.001 times: the field takes grams and holds kilograms"
            out.append(
                Change(
                    (0, reading.rank, _off(reading.kg * factor, claimed_kg)),
                    text,
                    reading.kg * factor,
                    reading,
                )
            )
    if claim.mass is not None and not claim.mass.unit.lower().startswith(("lb", "pound")):
        pounds = reading.kg / KG_PER_POUND
        if _off(pounds, claimed_kg) <= fine * 1.01 and fine <= COARSE:
            out.append(
                Change(
                    (5, reading.rank, _off(pounds, claimed_kg)),
                    "pounds instead of kilograms",
                    pounds,
                    reading,
                )
            )
    return out


def _counts(claim: Claim, reading: Reading, claimed_kg: float, fine: float) -> list[Change]:
    wanted = reading.devices * claimed_kg / reading.kg
    if reading.counted or not 0.9 < wanted < 20_000:  # noqa: PLR2004 - from one device to the largest clusters
        return []
    number = round(wanted)
    gap = 1 if number <= FEW else PACK
    if (
        number < 1
        or number == reading.devices
        or not _plausible(number, reading.devices)
        or not _holds(claim, reading, devices=float(number))
        or number % gap
        or gap / number < APART * fine
    ):
        return []
    if fine > FINE_COUNT and number not in USUAL_COUNTS:
        return []
    kg = _nearest(reading, claimed_kg, devices=float(number))
    if _off(kg, claimed_kg) > fine * 1.01:
        return []
    word = "chip" if claim.chips or "TPU" in claim.hardware.upper() else "device"
    text = f"{number} {word}{'s' if number != 1 else ''} instead of {reading.devices:g}"
    return [Change((1, reading.rank, number > FEW, _off(kg, claimed_kg), number), text, kg, reading)]


def _plausible(number: int, stated: float) -> bool:
    """Whether so many devices are likely in place of the stated ones: a usual few, a power of two, or whole nodes of eight
    that are so many times the stated number, or of which the stated number is so many times as much.
    """
    if number <= FEW:
        return number in SMALL_COUNTS
    times = number / stated if number > stated else stated / number
    if times == HOURS_PER_DAY:  # days taken for hours explain it
        return False
    return number.bit_count() == 1 or (number % NODE == 0 and times == round(times))


def _nearest(
    reading: Reading,
    claimed_kg: float,
    *,
    devices: float | None = None,
    hours: float | None = None,
    grid: Grid | None = None,
    power_w: float | None = None,
) -> float:
    """The product with one word changed, by the rounding that comes nearest to the claim."""
    modes = reckon(
        reading.power.power_w if power_w is None else power_w,
        reading.devices if devices is None else devices,
        reading.hours if hours is None else hours,
        grid or reading.grid,
        reading.pue,
    )
    return min((kg for kg, _ in modes), key=lambda kg: abs(kg - claimed_kg))


def _hours(claim: Claim, reading: Reading, claimed_kg: float, fine: float) -> list[Change]:
    """Other hours: those of a known slip (days or minutes taken for hours, hours times or over the devices), else a round
    number of them or of days, for a card whose hours were edited and whose figure was not.
    """
    wanted = reading.hours * claimed_kg / reading.kg
    if not 0.1 < wanted < 1e7 or reading.counted:  # noqa: PLR2004 - six minutes to a thousand years
        return []
    factors = {HOURS_PER_DAY, MINUTES_PER_HOUR, DAYS_PER_WEEK, reading.devices} - {1.0}
    slips = [reading.hours * factor**sign for factor in factors for sign in (1, -1)]
    near = [hours for hours in slips if abs(hours / wanted - 1) <= fine]
    power = 10.0 ** math.floor(math.log10(wanted))
    step_h = power / wanted
    rounds = [round(wanted / power) * power] if step_h >= ROUND_APART * fine else []
    if ROUND_APART * fine <= 1 / HOURS_PER_DAY:
        rounds += [float(HOURS_PER_DAY * days) for days in DAYS]
    near += [hours for hours in rounds if abs(hours / wanted - 1) <= fine]
    out = []
    for hours in near[:1]:
        kg = _nearest(reading, claimed_kg, hours=hours)
        if (
            hours != reading.hours
            and _off(kg, claimed_kg) <= fine * 1.01
            and _holds(claim, reading, hours=hours)
        ):
            text = f"{hours:.6g} hours instead of {reading.hours:.6g}"
            out.append(Change((3, reading.rank, _off(kg, claimed_kg)), text, kg, reading))
    return out


def _regions(
    claim: Claim, base: list[Reading], claimed_kg: float, fine: float, catalog: Catalog
) -> list[Change]:
    """Another region of the page, or its default, where no intensity is printed beside the region."""
    if claim.intensities_g_per_kwh or not claim.region:
        return []
    out = []
    others = [
        Grid(row.intensity_g_per_kwh, row.key, "page", row.key)
        for row in page_regions(catalog)
        if row.intensity_g_per_kwh
    ]
    for reading in {
        (one.power, one.devices, one.hours, one.pue, one.mode == "energy"): one for one in base
    }.values():
        if reading.mode == "energy":
            continue
        for grid in [default_grid(catalog), *others]:
            kg = _nearest(reading, claimed_kg, grid=grid)
            if _off(kg, claimed_kg) > fine * 1.01:
                continue
            provider, _, region = grid.name.partition(":")
            same = grid.basis == "default" or provider == claim.provider
            name = grid.name if grid.basis == "default" or not same else region
            text = f"{name} instead of {claim.region.strip()}"
            away = (
                0.0
                if grid.basis == "default" and not claim.provider
                else 1.0
                if same and grid.basis == "page"
                else 2.0
            )
            out.append(
                Change(
                    (2, away, reading.rank, _likeness(name, claim.region), _off(kg, claimed_kg)),
                    text,
                    kg,
                    reading,
                )
            )
    return out


def _likeness(name: str, said: str) -> float:
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a statement that does not reproduce pays for it

    return -SequenceMatcher(None, name.lower(), said.lower()[:80]).ratio()


def _kin(name: str, said: str) -> bool:
    """Whether a device of the page could have been chosen for the one that is said: they share a word, as RTX or A100."""
    words = [set(normalise(text)) - NOISE for text in (name, said)]
    return any(not word[0].isdigit() for word in words[0] & words[1])


def _devices(
    claim: Claim, base: list[Reading], claimed_kg: float, fine: float, catalog: Catalog
) -> list[Change]:
    """Another device of the page, chosen in place of the one that ran; not where the power is printed."""
    if claim.powers_w or not claim.hardware or claim.chips:
        return []
    out = []
    for reading in {
        (one.devices, one.hours, one.grid, one.pue): one for one in base if one.mode != "energy"
    }.values():
        for device in page_devices(catalog):
            if device.kind != "gpu" or not _kin(device.name, claim.hardware):
                continue
            kg = _nearest(reading, claimed_kg, power_w=device.tdp_w)
            if _off(kg, claimed_kg) <= fine * 1.01 and _holds(claim, reading, power_w=device.tdp_w):
                text = f"{device.name} ({device.tdp_w:g} W) instead of {claim.hardware}"
                order = (4, reading.rank, _likeness(device.name, claim.hardware), _off(kg, claimed_kg))
                out.append(Change(order, text, kg, reading))
    return out
