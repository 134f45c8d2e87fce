"""Verdict: what the readings of a statement say about its figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wattgram.auditing.changes import best_change
from wattgram.auditing.places import absent, known_range_g_per_kwh, places_of
from wattgram.auditing.readings import Reading, powers_for, readings_of
from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.auditing.claim import Claim
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint

__all__ = ["VERDICTS", "Finding", "judge"]

VERDICTS = ("reproduces", "reproduces-if", "differs", "not-checkable")
CLOSE = 0.01
"""A reading reproduces a figure within this of it [1], or within half a unit of its last printed digit."""
KG_PER_SHORT_TON = 907.18474
"""2000 international pounds, by definition [kg]."""
SLACK = 1.1
"""How far beyond the known range of a place an intensity may lie and still be one [1]."""


@dataclass(frozen=True)
class Finding:
    """One carbon statement and what becomes of it when its own words are multiplied."""

    verdict: str
    claim: Claim
    claimed_kg: float | None
    recomputed_kg: float | None
    change: str | None = None
    changed_kg: float | None = None
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    full: Footprint | None = None

    @property
    def ratio(self) -> float | None:
        """The claimed figure over the recomputed one [1]."""
        if self.claimed_kg is None or not self.recomputed_kg:
            return None
        return self.claimed_kg / self.recomputed_kg

    @property
    def line(self) -> int:
        """Line of the statement in its text."""
        return self.claim.line

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON has it."""
        return {
            "verdict": self.verdict,
            "claimed_kg": self.claimed_kg,
            "recomputed_kg": self.recomputed_kg,
            "change": self.change,
            "missing": list(self.missing),
            "full": self.full.to_dict() if self.full is not None else None,
            "assumed": list(self.assumed),
            "ratio": self.ratio,
            "changed_kg": self.changed_kg,
            "line": self.line,
            "kind": self.claim.kind,
            "text": self.claim.shown(),
            "run": self.claim.to_dict(),
        }


def judge(claim: Claim, catalog: Catalog) -> Finding:
    """The verdict on one statement."""
    full = _full(claim, catalog)
    mass = claim.mass
    missing = _missing(claim, catalog)
    if mass is None or missing:
        claimed = mass.kg if mass else None
        return Finding(
            "not-checkable", claim, claimed, None, missing=missing, assumed=claim.assumed, full=full
        )
    readings = readings_of(claim, catalog, full)
    matching: list[tuple[tuple[float, ...], Reading, str]] = []
    for claimed_kg, half_kg, said in _masses(claim):
        tolerance = max(CLOSE * claimed_kg, half_kg * (1 + 1e-9)) + 1e-15
        for reading in readings:
            fits = (
                reading.kg <= claimed_kg + tolerance
                if mass.bound
                else abs(reading.kg - claimed_kg) <= tolerance
            )
            if fits:
                off = abs(reading.kg - claimed_kg) / claimed_kg if claimed_kg else 0.0
                matching.append(((reading.rank + 3 * bool(said), off), reading, said))
    if matching:
        _, best, said = min(matching, key=lambda found: found[0])
        full = _full(claim, catalog, best) or full
        return Finding("reproduces", claim, mass.kg, best.kg, assumed=_assumed(claim, best, said), full=full)
    return _unmatched(claim, readings, full, catalog)


def _unmatched(claim: Claim, readings: list[Reading], full: Footprint | None, catalog: Catalog) -> Finding:
    mass = claim.mass
    if mass is None:
        raise AssertionError("a statement without a figure is judged before")
    stated = [one for one in readings if one.mode != "full"] or readings
    nearest = min(stated, key=lambda one: (one.mode == "display", _distance(one.kg, mass.kg), one.rank))
    plain = min(
        (one for one in stated if one.mode != "display"),
        key=lambda one: (one.rank, _distance(one.kg, mass.kg)),
    )
    change = best_change(claim, stated, mass.kg, mass.half_unit_kg, catalog)
    hint = _would_fit(claim, stated, catalog) if claim.provider and not claim.private else ()
    if (
        change is not None and hint and change.order[0] > 0
    ):  # a slip of the decimal point stays the likelier one
        change = None
    if change is not None:
        assumed = _assumed(claim, change.reading)
        return Finding(
            "reproduces-if",
            claim,
            mass.kg,
            change.reading.kg,
            change.text,
            change.kg,
            assumed=assumed,
            full=full,
        )
    if unsaid := (("region",) if hint else _unsaid(claim, stated, catalog)):
        hint = hint or _would_fit(claim, stated, catalog)
        return Finding(
            "not-checkable",
            claim,
            mass.kg,
            plain.kg,
            missing=unsaid,
            assumed=(*_assumed(claim, plain), *hint),
            full=full,
        )
    assumed = (*_assumed(claim, nearest), "the reading that comes nearest to the printed figure")
    return Finding("differs", claim, mass.kg, nearest.kg, assumed=assumed, full=full)


def _distance(kg: float, claimed_kg: float) -> float:
    """How far two figures are apart as a ratio, the same either way."""
    if kg <= 0 or claimed_kg <= 0:
        return float("inf") if kg != claimed_kg else 0.0
    return max(kg / claimed_kg, claimed_kg / kg)


def _masses(claim: Claim) -> list[tuple[float, float, str]]:
    """The claimed figure, and once more in short tons where it says tons."""
    mass = claim.mass
    if mass is None:
        return []
    out = [(mass.kg, mass.half_unit_kg, "")]
    if mass.unit.lower() in ("ton", "tons"):
        share = KG_PER_SHORT_TON / 1e3
        out.append((mass.kg * share, mass.half_unit_kg * share, "tons are read as short tons"))
    return out


# --- what is missing ------------------------------------------------------------------------------------------------


def _missing(claim: Claim, catalog: Catalog) -> tuple[str, ...]:
    """The words without which nothing can be multiplied."""
    missing = []
    known = bool(claim.energy_kwh) or bool(powers_for(claim, catalog))
    if not known:
        missing.append("hardware")
    if not claim.energy_kwh and claim.hours is None:
        missing.append("hours")
    if claim.mass is None:
        missing.append("unit" if claim.unitless else "carbon")
    if missing and not _placed(claim) and not claim.private:
        missing.append("region")
    return tuple(missing)


def _placed(claim: Claim) -> bool:
    return bool(claim.intensities_g_per_kwh) or not absent(claim.region)


def _unsaid(claim: Claim, readings: list[Reading], catalog: Catalog) -> tuple[str, ...]:
    """What the statement leaves open that could explain its figure; nothing where it can not."""
    mass = claim.mass
    if mass is None:
        return ("carbon",)
    if claim.half_unit_h and claim.hours and claim.half_unit_h / claim.hours > CLOSE:
        around = claim.half_unit_h / claim.hours
        if any(
            one.kg * (1 - around) <= mass.kg <= one.kg * (1 + around)
            for one in readings
            if one.mode != "energy"
        ):
            return ("hours",)
    if claim.intensities_g_per_kwh:
        return ()
    grids = {one.grid for one in readings}
    by_region = any(one.basis == "page" for one in grids) and claim.provider
    if _placed(claim) and by_region:
        return ()
    own = [grid.intensity_g_per_kwh for grid in grids if grid.basis != "default"]
    low, high = (min(own), max(own)) if own else known_range_g_per_kwh(catalog)
    for one in readings:
        kwh_kg = one.kg / one.grid.intensity_g_per_kwh if one.grid.intensity_g_per_kwh else 0.0
        if kwh_kg and low / SLACK <= mass.kg / kwh_kg <= high * SLACK:
            return ("intensity",) if own else ("region",)
    return ()


def _would_fit(claim: Claim, readings: list[Reading], catalog: Catalog) -> tuple[str, ...]:
    """The regions of the page under which the figure would reproduce, where none is stated."""
    from wattgram.auditing.places import Grid  # noqa: PLC0415 - only an incomplete statement needs it
    from wattgram.auditing.readings import reckon  # noqa: PLC0415
    from wattgram.calculator import regions  # noqa: PLC0415

    mass = claim.mass
    if mass is None or _placed(claim):
        return ()
    tolerance = max(CLOSE * mass.kg, mass.half_unit_kg)
    names: dict[str, None] = {}
    for row in regions(catalog):
        if claim.provider and row.provider != claim.provider:
            continue
        grid = Grid(row.intensity_g_per_kwh, row.key, "page")
        for one in {(r.power, r.devices): r for r in readings if r.mode in ("page", "exact")}.values():
            if any(
                abs(kg - mass.kg) <= tolerance
                for kg, _ in reckon(one.power.power_w, one.devices, one.hours, grid, one.pue)
            ):
                names[row.key] = None
    shown = list(names)[:4]
    return (
        (f"it would reproduce in {', '.join(shown)}{' and others' if len(names) > len(shown) else ''}",)
        if shown
        else ()
    )


# --- what was assumed -----------------------------------------------------------------------------------------------


def _assumed(claim: Claim, reading: Reading, said: str = "") -> tuple[str, ...]:
    """What the words were taken to mean, where they leave a choice."""
    out = [*claim.assumed]
    if said:
        out.append(said)
    if claim.mass is not None and not claim.mass.unit:
        out.append("the figure is in kilograms, as no unit is written")
    if reading.mode == "full":
        return (*out, f"by {reading.grid.name}, as in `full`")
    out += _of_hardware(claim, reading)
    out += _of_place(claim, reading)
    how = {
        "page": "rounded as the calculator's page does",
        "display": "cut to three digits as the page shows it",
    }
    return (*out, *([how[reading.mode]] if reading.mode in how else []))


def _of_hardware(claim: Claim, reading: Reading) -> list[str]:
    power = reading.power
    if power.basis == "energy":
        return [f"the energy is the {power.name}"]
    out = []
    if power.basis != "stated":
        table = "the calculator's table" if power.basis == "page" else "the catalog"
        out.append(f"{claim.hardware} is {power.name}, {power.power_w:g} W in {table}")
    if reading.counted:
        out.append(reading.counted)
    elif claim.chips:
        out.append(f"{claim.hardware} is {claim.chips} chips")
    elif claim.count is None and not claim.per_device:
        out.append("one device, as no count is stated")
    return out


def _of_place(claim: Claim, reading: Reading) -> list[str]:
    grid = reading.grid
    if grid.basis == "default":
        if claim.private:
            return [f"{grid.name} for private infrastructure"]
        return [f"{grid.name}, as {'the place is not known' if _placed(claim) else 'no place is stated'}"]
    if grid.basis == "page":
        return [
            f"{claim.region.strip()} is {grid.name}, {grid.intensity_g_per_kwh:g} g/kWh in the calculator's table"
        ]
    if grid.basis == "catalog":
        return [f"{claim.region.strip()} is taken at {grid.name}, {grid.intensity_g_per_kwh:g} g/kWh"]
    return []


# --- today's estimate -----------------------------------------------------------------------------------------------


def _full(claim: Claim, catalog: Catalog, reading: Reading | None = None) -> Footprint | None:
    """Today's full estimate of the same run; None where the words do not name one."""
    from wattgram.estimation import estimate  # noqa: PLC0415 - a statement without words needs none

    if claim.hours is None or not (claim.hardware or claim.powers_w):
        return None
    words: dict[str, Any] = {"count": 1 if claim.per_device else claim.count or 1}
    if claim.pue:
        words["pue"] = claim.pue
    if claim.kind == "codecarbon" and claim.energy_kwh:
        words |= {"measured_energy_kwh": claim.energy_kwh, "measured_scope": "it"}
    wheres: list[str] = []
    if reading is not None and reading.grid.where:
        wheres.append(reading.grid.where)
    named = [] if absent(claim.region) else places_of(claim.region, claim.provider, catalog)
    wheres += [word for word, _ in named] if len(named) == 1 else []
    if not wheres and claim.intensities_g_per_kwh:
        words["intensity"] = claim.intensities_g_per_kwh[0]
    hardwares = [claim.hardware] if claim.hardware else []
    if reading is not None and reading.power.basis in ("page", "catalog") and not claim.chips:
        hardwares.append(reading.power.name)
    hardwares += [f"{claim.powers_w[0]:g}W"] if claim.powers_w else []
    tries: list[str | None] = [*wheres] or ([None] if "intensity" in words else [])
    for hardware in hardwares:
        for where in tries:
            try:
                return estimate(hardware, claim.hours, where, catalog=catalog, **words)
            except InputError:
                continue
    return None
