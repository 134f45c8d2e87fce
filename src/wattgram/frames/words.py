"""Words: each distinct hardware and place word of a table to one row of a small look-up table, by the scalar resolver.

A table of a hundred million runs has a few hundred words. They are resolved here as one run's words are, by the same
functions, and what fails becomes an issue with the number of its rows and the nearest matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wattgram.assemble import (
    class_overhead,
    class_pue,
    matched_share,
    no_residual_mix,
    odd_intensity,
    site_pue,
)
from wattgram.errors import AmbiguousWordError, InputError, UnknownWordError
from wattgram.frames.lookup import Failure, Lookup, Meanings, codes
from wattgram.frames.schema import BLANKS
from wattgram.names import meaning_of, read_names
from wattgram.resolve import resolve_hardware, resolve_place
from wattgram.resolve.fill import stated
from wattgram.resolve.hours import hour_windows
from wattgram.resolve.intensity import annual_intensity, residual_mix
from wattgram.run import parse_duration, parse_start

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.resolve import PlaceWord

__all__ = [
    "ELSEWHERE",
    "duration_words",
    "hardware_words",
    "place_words",
    "read_mapping",
    "time_words",
]


ELSEWHERE = " where"
"""Under this name a mapping holds the place of the runs that say none; no cell is it, as cells lose the blanks around them."""


def _fault(column: str, error: InputError) -> str:
    kinds = ((UnknownWordError, "unknown"), (AmbiguousWordError, "ambiguous"))
    return f"{column}-{next((fault for kind, fault in kinds if isinstance(error, kind)), 'unusable')}"


def _codes(notices: Iterable[Any]) -> str | None:
    return codes(*(notice.code for notice in notices))


def _ranked(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    return tuple(sorted(failures, key=lambda one: -one.rows))


def _failed(
    column: str, word: str, rows: int, issue: str, error: InputError, mapping: Mapping[str, str]
) -> Failure:
    means = meaning_of(mapping, word)
    return Failure(
        column, word, rows, issue, str(error), error.nearest, "" if means.strip() == word.strip() else means
    )


# --- hardware -------------------------------------------------------------------------------------------------------


def hardware_words(counts: Mapping[str, int], catalog: Catalog, mapping: Mapping[str, str]) -> Meanings:
    """Hardware words to power, overhead, making and class, for one of each."""
    rows: list[dict[str, Any]] = [{"hardware": None, "hardware_issue": "hardware-unknown"}]
    failures = []
    for word, number in sorted(counts.items()):
        row: dict[str, Any] = {"hardware": word}
        try:
            meaning = meaning_of(mapping, word)
            if meaning.strip().lower() in BLANKS:
                row["hardware_issue"] = "hardware-missing"
            else:
                row |= _hardware(meaning, catalog)
        except InputError as error:
            row["hardware_issue"] = _fault("hardware", error)
            failures.append(_failed("hardware", word, number, row["hardware_issue"], error, mapping))
        rows.append(row)
    return Meanings(tuple(rows), _ranked(failures))


def _hardware(word: str, catalog: Catalog) -> dict[str, Any]:
    hardware = resolve_hardware(word, catalog)
    return {
        "hardware_warning": _codes(hardware.notices),
        "device_count": float(hardware.device_count),
        "datacentre": hardware.kind == "datacentre",
        "draw_stated": hardware.kind == "stated",
        "desk": hardware.kind == "workstation",
        "system_power_at_any_scale": hardware.system_power_at_any_scale,
        "rated_power_w": hardware.rated_power_w,
        "host_power_w": hardware.host_power_w,
        "system_power_w": hardware.system_power_w,
        "slots_kg": hardware.slots_kg,
        "class_overhead": class_overhead(hardware, catalog),
        "class_pue": class_pue(hardware, catalog),
        # Runs that share one of these rows of the catalog are wrong together (totals).
        "power_row": "+".join(sorted({device.name for device in hardware.devices})),
        "embodied_row": hardware.embodied_reason,
        "overhead_row": hardware.overhead_id,
    }


# --- places ---------------------------------------------------------------------------------------------------------


def place_words(
    counts: Mapping[tuple[str, int], int], boundary: str, catalog: Catalog, mapping: Mapping[str, str]
) -> Meanings:
    """Place words and years to intensity, site PUE, zone, matched share and residual mix."""
    rows: list[dict[str, Any]] = [{"where": None, "year": 0, "place_issue": "where-unknown"}]
    failures: dict[str, Failure] = {}
    for (word, year), number in sorted(counts.items()):
        row: dict[str, Any] = {"where": word, "year": year}
        try:
            meaning = meaning_of(mapping, word)
            if meaning.strip().lower() in BLANKS and ELSEWHERE in mapping:
                meaning = mapping[ELSEWHERE]
                row["rows_elsewhere"] = number
            if meaning.strip().lower() in BLANKS:
                row |= {"grid_issue": "where-missing", "grid_warning": "place-unknown"}
            else:
                place = resolve_place(meaning, catalog)
                row |= _place(place, year or None, catalog)
                row |= _grid(place, year or None, boundary, catalog)
        except InputError as error:
            issue = _fault("where", error)
            row["grid_issue" if "place_warning" in row else "place_issue"] = issue
            known = failures.get(word)
            rows_so_far = known.rows if known else 0
            failures[word] = _failed("where", word, number + rows_so_far, issue, error, mapping)
        rows.append(row)
    return Meanings(tuple(rows), _ranked(failures.values()))


def _place(place: PlaceWord, year: int | None, catalog: Catalog) -> dict[str, Any]:
    """What a place says whatever the intensity is: the PUE of its site, its matched share, its residual mix."""
    share = matched_share(place, year, catalog)
    residual = residual_mix(place.country, catalog)
    own = place.kind == "region" and place.record.pue is not None
    return {
        "matched_share": share if isinstance(share, float) else None,
        "site_pue": site_pue(place, catalog),
        "residual_g_per_kwh": residual,
        "pue_row": place.provider if place.kind == "region" and not own else place.name,
        "place_warning": _codes([*place.notices, *no_residual_mix(share, residual)]),
    }


def _grid(place: PlaceWord, year: int | None, boundary: str, catalog: Catalog) -> dict[str, Any]:
    """What the grid of a place says, where the row states no intensity of its own."""
    if place.intensity_g_per_kwh is not None:
        fixed_g_per_kwh = place.intensity_g_per_kwh
        return {
            "grid_fixed": True,
            "grid_g_per_kwh": stated(fixed_g_per_kwh, "g/kWh"),
            "grid_warning": _codes(odd_intensity(fixed_g_per_kwh, catalog)),
        }
    annual, zone, of_year, notices = annual_intensity(place, boundary, year, catalog)
    return {
        "zone": zone,
        "grid_row": f"{zone} {of_year}",
        "hour_windows": hour_windows(zone, catalog),
        "grid_g_per_kwh": annual,
        "grid_warning": _codes(notices),
    }


# --- spans and times ------------------------------------------------------------------------------------------------


def duration_words(counts: Mapping[str, int]) -> Lookup:
    """Texts such as `3d4h` or `12:30:00` to hours."""
    return _scalars("hours", "hours_word", counts, parse_duration)


def time_words(column: str, counts: Mapping[str, int]) -> Lookup:
    """Texts of a time to microseconds since 1970, UTC."""

    def micros(word: str) -> float:
        start = parse_start(word)
        return start.timestamp() // 1 * 1e6 + start.microsecond

    return _scalars(column, f"{column}_word", counts, micros)


def _scalars(column: str, key: str, counts: Mapping[str, int], read: Any) -> Lookup:
    rows, failures = [], []
    for word, number in sorted(counts.items()):
        row: dict[str, Any] = {key: word}
        try:
            row[f"{column}_read"] = None if word.strip().lower() in BLANKS else read(word)
        except InputError as error:
            row[f"{column}_issue"] = f"{column}-unusable"
            failures.append(Failure(column, word, number, f"{column}-unusable", str(error), error.nearest))
        rows.append(row)
    names = (key, f"{column}_read", f"{column}_issue")
    columns = {name: [row.get(name) for row in rows] for name in names}
    return Lookup((key,), columns, _ranked(failures))


# --- the user's own names -------------------------------------------------------------------------------------------


def read_mapping(
    mapping: Mapping[str, str] | str | None, where: str | None = None, catalog: Catalog | None = None
) -> dict[str, str]:
    """The user's names: a mapping, or a CSV of two columns, the word in the table and what it means.

    Parameters
    ----------
    where : the place of the runs that say none, kept under ELSEWHERE; one of the user's names is well
    catalog : where that place is looked up

    Raises
    ------
    InputError : a file that is not there, a row without a meaning or of more than two cells, two meanings of one word,
        a place that is none
    """
    names = {} if mapping is None else read_names(mapping)
    if where is not None and where.strip().lower() not in BLANKS:
        place = meaning_of(names, where)
        if catalog is not None:
            resolve_place(place, catalog)
        names[ELSEWHERE] = place
    return names
