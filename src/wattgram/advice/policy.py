"""A policy for runs, as a TOML file: what they must keep to, checked row by row, with exit code 1 in a pipeline.

allowed_regions = ["aws:eu-north-1", "aws:eu-west-3", "FR"]
forbidden_regions = ["aws:ap-south-1"]
max_kg_per_run = 100
max_intensity_g_per_kwh = 300
required = ["project", "start"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.errors import InputError
from wattgram.run import check_number
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.advice.runs import Row
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint

__all__ = ["KEYS", "Policy", "Violation", "check_policy", "read_policy"]

KEYS = {
    "allowed_regions": "regions, zones, countries or providers that runs may use; all where left out",
    "forbidden_regions": "those they may not",
    "max_kg_per_run": "most kilograms CO2e of one run",
    "max_intensity_g_per_kwh": "most grid intensity of one run",
    "required": "columns that must not be empty",
}
"""Every key of a policy file, and what it means."""


class Policy(NamedTuple):
    """What runs must keep to; None is no rule."""

    allowed_regions: frozenset[str] | None = None
    forbidden_regions: frozenset[str] = frozenset()
    max_kg_per_run: float | None = None
    max_intensity_g_per_kwh: float | None = None
    required: tuple[str, ...] = ()


class Violation(NamedTuple):
    """A rule that a row breaks."""

    line: int
    rule: str
    text: str
    device_hours_h: float | None = None
    """Time summed over the devices of the run [h]; None where it is not known."""


def read_policy(path: str | Path, catalog: Catalog) -> Policy:
    """A policy file; every place in it must be known.

    Raises
    ------
    InputError : no such file, no TOML, an unknown key or place, a limit that is none
    """
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("policy", path, f"it cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("policy", path, f"it is no TOML: {error}") from None
    strange = [key for key in said if key not in KEYS]
    if strange:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong key pays for it

        near = get_close_matches(strange[0], KEYS, n=1)
        raise InputError("policy key", strange[0], f"the keys are {', '.join(KEYS)}", near)
    allowed = said.get("allowed_regions")
    return Policy(
        None
        if allowed is None
        else frozenset(_place(word, catalog) for word in _words("allowed_regions", allowed)),
        frozenset(
            _place(word, catalog) for word in _words("forbidden_regions", said.get("forbidden_regions", []))
        ),
        _limit("max_kg_per_run", said),
        _limit("max_intensity_g_per_kwh", said),
        tuple(_words("required", said.get("required", []))),
    )


def _words(key: str, given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise InputError(f"policy key {key}", given, "it takes a list of words")
    return given


def _limit(key: str, said: dict[str, Any]) -> float | None:
    return None if said.get(key) is None else check_number(f"policy key {key}", said[key], 0, 1e12)


def _place(word: str, catalog: Catalog) -> str:
    """A place in the catalog's own words: a provider, a region, a zone or a country."""
    from wattgram.catalog import place_key  # noqa: PLC0415 - only a policy needs it
    from wattgram.resolve import resolve_place  # noqa: PLC0415

    if catalog.table("providers").keys_of(place_key(word)):
        return f"{catalog.table('providers').keys_of(place_key(word))[0]}:"
    found = resolve_place(word, catalog)
    return (
        found.name
        if found.kind in ("region", "zone")
        else found.country
        if found.kind == "country"
        else found.zones[0]
    )


def _names(footprint: Footprint) -> set[str]:
    """Every word of a policy that means where this run is."""
    place = footprint.assembled.place
    if place is None:
        return set()
    names = {place.name, footprint.assembled.zone, place.country}
    return {name for name in names if name} | ({f"{place.provider}:"} if place.provider else set())


def check_policy(rows: Iterable[Row], policy: Policy) -> Iterator[Violation]:
    """Every rule that a row breaks; a row without a figure breaks the limits it cannot be held against."""
    for row in rows:
        held_h = None if row.footprint is None else row.footprint.device_hours.central
        for name in policy.required:
            cell = row.said.get(name, row.cells.get(name, ""))
            if not cell:
                yield Violation(row.line, "required", f"{name} is empty", held_h)
        if row.footprint is None:
            if policy.max_kg_per_run is not None or policy.allowed_regions is not None:
                yield Violation(row.line, "no-figure", row.issue)
            continue
        yield from (
            one._replace(device_hours_h=held_h) for one in _of_footprint(row.line, row.footprint, policy)
        )


def _of_footprint(line: int, footprint: Footprint, policy: Policy) -> Iterator[Violation]:
    names = _names(footprint)
    where = footprint.assembled.place.name if footprint.assembled.place else "no place"
    if policy.allowed_regions is not None and not names & policy.allowed_regions:
        yield Violation(line, "allowed_regions", f"{where} is not among the allowed places")
    if names & policy.forbidden_regions:
        yield Violation(line, "forbidden_regions", f"{where} is forbidden")
    total = footprint.total if isinstance(footprint.total, Value) else footprint.operational
    limit = policy.max_kg_per_run
    if limit is not None and isinstance(total, Value) and total.central > limit:
        yield Violation(line, "max_kg_per_run", f"{total.central:.4g} kg is over {limit:g} kg")
    intensity, most = footprint.assembled.factors.intensity_g_per_kwh, policy.max_intensity_g_per_kwh
    if most is not None and isinstance(intensity, Value) and intensity.central > most:
        yield Violation(line, "max_intensity_g_per_kwh", f"{intensity.central:.4g} g/kWh is over {most:g}")
