"""The same run at other places: cloud regions, grid zones, the cleanest region of each provider."""

from __future__ import annotations

from collections.abc import Iterator

from wattgram.assemble import site_pue
from wattgram.catalog import Catalog, place_key
from wattgram.comparison.entry import Entry, LeftOut, elsewhere, one_of, with_factors
from wattgram.comparison.limits import LIMITING, equal_columns, limits
from wattgram.errors import InputError
from wattgram.footprint import Footprint
from wattgram.resolve import resolve_place
from wattgram.resolve.intensity import annual_intensity
from wattgram.value import Value

__all__ = ["WITHIN", "best_of_each", "cleanest_regions", "place_constraint", "regions", "zones"]

WITHIN = ("provider", "continent", "country")
NO_PLACES = ("WORLD", "EU")


def place_constraint(base: Footprint, by: str, said: dict[str, str]) -> dict[str, str]:
    """What was said, in the catalog's own words, with `within` and the default provider filled in.

    Raises
    ------
    InputError : a provider, continent or country that is none
    """
    place, wanted = base.assembled.place, dict(said)
    kept = {name: wanted.pop(name) for name in LIMITING if name in wanted}
    if by == "zone" and "max_distance_km" in kept:
        raise InputError(
            "distance", kept["max_distance_km"], "a grid zone is no point; distances go with cloud regions"
        )
    within = wanted.pop("within", None)
    if within is not None:
        one_of("within", within, WITHIN)
        own = getattr(place, within, "")
        if not own:
            raise InputError("within", within, f"the place of this run has no {within}")
        wanted.setdefault(within, own)
    if by == "region" and place is not None and place.provider and not wanted:
        wanted["provider"] = place.provider
    if wanted.get("provider") == "all":
        del wanted["provider"]
    readers = {"provider": _provider, "continent": _continent, "country": _country}
    return {name: readers[name](text, base.catalog) for name, text in wanted.items()} | kept


def _provider(text: str, catalog: Catalog) -> str:
    table = catalog.table("providers")
    names = table.keys_of(place_key(text))
    if not names:
        one_of("provider", text, sorted(table.keys()))
    return names[0]


def _continent(text: str, catalog: Catalog) -> str:
    names = {row["continent"].lower(): row["continent"] for row in catalog.kept_rows("countries")}
    one_of("continent", text.strip().lower(), sorted(names))
    return names[text.strip().lower()]


def _country(text: str, catalog: Catalog) -> str:
    found = resolve_place(text, catalog)
    if found.kind != "country":
        raise InputError("country", text, f"{found.name} is no country")
    return found.country


def regions(base: Footprint, constraint: dict[str, str]) -> Iterator[Entry | LeftOut]:
    """The run in every cloud region that fits, each with its own grid and PUE."""
    for row in _fitting(base, constraint):
        yield _in_region(base, row)


def cleanest_regions(base: Footprint, constraint: dict[str, str]) -> Iterator[Entry | LeftOut]:
    """The run in the region of each provider with the least grams an IT kilowatt-hour, and in its own.

    Only intensity and PUE differ between regions, so the least product is the least footprint; the others need none.
    """
    if base.run.method != "full":  # a preset takes its grid from elsewhere
        yield from regions(base, constraint)
        return
    year = base.run.start.year if base.run.start else None
    best: dict[str, tuple[float, dict[str, str]]] = {}
    kept = []
    for row in _fitting(base, constraint):
        if _is_own(base, _name(row)):
            kept.append(row)
            continue
        try:
            place = resolve_place(_name(row), base.catalog)
            intensity = annual_intensity(place, base.run.boundary, year, base.catalog)[0]
        except InputError as error:
            yield LeftOut(_name(row), error.allowed)
            continue
        pue = site_pue(place, base.catalog)
        grams = intensity.central * pue.central if isinstance(pue, Value) else intensity.central
        last = best.get(row["provider"])
        if last is None or grams < last[0]:
            best[row["provider"]] = (grams, row)
    for row in [*(row for _, row in best.values()), *kept]:
        yield _in_region(base, row)


def _fitting(base: Footprint, constraint: dict[str, str]) -> Iterator[dict[str, str]]:
    """The rows of cloud regions that keep to a constraint."""
    wanted, allowed = equal_columns(constraint), limits(base, constraint)
    for row in base.catalog.kept_rows("regions"):
        if all(row[column] == cell for column, cell in wanted.items()) and allowed(row):
            yield row


def _in_region(base: Footprint, row: dict[str, str]) -> Entry | LeftOut:
    label = ", ".join(word for word in (row["city"], row["country"]) if word)
    return _moved(base, _name(row), label, _is_own(base, _name(row)), pue=None)


def _name(row: dict[str, str]) -> str:
    return f"{row['provider']}:{row['region']}"


def _is_own(base: Footprint, name: str) -> bool:
    """Whether the run is in that region, with the region's own grid."""
    own = base.assembled.place
    return own is not None and own.name == name and base.run.intensity_g_per_kwh is None


def zones(base: Footprint, constraint: dict[str, str]) -> Iterator[Entry | LeftOut]:
    """The run in every grid zone that fits, in a machine room as good as its own."""
    own = base.assembled.place
    wanted = equal_columns(constraint)
    allowed = limits(base, constraint)
    continents = {row["country"]: row["continent"] for row in base.catalog.kept_rows("countries")}
    large = {row["zone"] for row in base.catalog.kept_rows("countries") if row["large"]}
    for zone in base.catalog.table("zones").keys():  # noqa: SIM118 - keys() is ours
        years = base.catalog.zone_years(zone, base.run.boundary)
        if zone in NO_PLACES or zone in large or not years:
            continue
        country = years[-1].country
        if wanted.get("country", country) != country or not allowed({"zone": zone, "country": country}):
            continue
        if "continent" in wanted and continents.get(country) != wanted["continent"]:
            continue
        is_own = own is not None and zone == base.assembled.zone and base.run.intensity_g_per_kwh is None
        entry = _moved(base, zone, years[-1].zone_name, is_own, pue=base.run.pue)
        if isinstance(entry, Entry) and not is_own:  # the same machine room on another grid
            with_factors(entry.footprint, pue=base.assembled.factors.pue)
        yield entry


def _moved(base: Footprint, name: str, label: str, own: bool, pue: float | None) -> Entry | LeftOut:  # noqa: FBT001
    """The run at another place: its own intensity and PUE, the same IT energy where that was measured."""
    if own:
        return Entry(name, label, base, own=True)
    run = base.run._replace(where=name, intensity_g_per_kwh=None, pue=pue, series=None)
    try:
        footprint = elsewhere(base, run)
    except InputError as error:
        return LeftOut(name, error.allowed)
    if base.assembled.factors.measured_scope == "facility" and pue is None:
        it_energy = base.results.it_energy_kwh
        footprint = with_factors(footprint, measured_energy_kwh=it_energy, measured_scope="it")
    return Entry(name, label, footprint)


def best_of_each(entries: list[Entry], figure: str) -> list[Entry]:
    """Of each provider its cleanest region, and the run itself."""
    best: dict[str, Entry] = {}
    for entry in entries:
        if not isinstance(entry.figure(figure), Value):
            continue
        provider = entry.name.partition(":")[0]
        last = best.get(provider)
        if last is None or (entry.figure(figure).central or 0.0) < (last.figure(figure).central or 0.0):
            best[provider] = entry
    own = [entry for entry in entries if entry.own]
    return list(dict.fromkeys([*best.values(), *own]))
