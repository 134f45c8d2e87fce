"""Rows of the catalog as frozen records: one class a table, a field a column, every unit in a name.

A record reads an empty cell as None (unknown), never as 0; columns are described in `data/columns.csv`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

__all__ = [
    "Accelerator",
    "Assumption",
    "City",
    "Claim",
    "Country",
    "Embodied",
    "Equivalence",
    "Instance",
    "Processor",
    "Provider",
    "Region",
    "RegionZone",
    "Subdivision",
    "ZoneYear",
    "record",
]


class Accelerator(NamedTuple):
    """A device that computes: rated power, peak dense rates per number format, memory."""

    id: str
    name: str
    full_name: str
    vendor: str
    category: str
    form: str
    model: str
    variants: str
    default_for: str
    tdp_w: float | None
    power_grade: str
    power_low_w: float | None
    power_high_w: float | None
    system_power_w: float | None
    system_power_low_w: float | None
    system_power_high_w: float | None
    system_power_source_id: str
    peak_fp32_tflop_per_s: float | None
    peak_tf32_dense_tflop_per_s: float | None
    peak_fp16_dense_tflop_per_s: float | None
    peak_bf16_dense_tflop_per_s: float | None
    peak_fp8_dense_tflop_per_s: float | None
    memory_gb: float | None
    units_per_chip: int | None
    embodied_id: str
    source_id: str
    note: str


class Processor(NamedTuple):
    """A processor: its rated power per socket."""

    id: str
    name: str
    vendor: str
    segment: str
    model: str
    variants: str
    cores: int | None
    threads: int | None
    tdp_w: float | None
    power_grade: str
    source_id: str
    note: str


class Instance(NamedTuple):
    """A cloud instance type: which accelerators and how much host it brings."""

    provider: str
    instance_type: str
    accelerator_id: str
    accelerator_count: float | None
    vcpu: float | None
    ram_gib: float | None
    processor_id: str
    source_id: str
    note: str


class Region(NamedTuple):
    """A cloud region: where it stands and what its operator publishes about it."""

    provider: str
    region: str
    name: str
    city: str
    subdivision: str
    country: str
    continent: str
    latitude_deg: float | None
    longitude_deg: float | None
    pue: float | None
    pue_year: int | None
    pue_source_id: str
    wue_l_per_kwh: float | None
    wue_year: int | None
    wue_source_id: str
    declared_direct_g_per_kwh: float | None
    declared_year: int | None
    declared_source_id: str
    source_id: str


class RegionZone(NamedTuple):
    """The grid zone a cloud region draws from."""

    provider: str
    region: str
    zone: str
    zone_basis: str
    source_id: str


class Provider(NamedTuple):
    """A cloud provider: its kind of facility and its fleet's own published effectiveness."""

    provider: str
    name: str
    aliases: str
    facility: str
    pue: float | None
    pue_year: int | None
    wue_l_per_kwh: float | None
    wue_year: int | None
    source_id: str


class Claim(NamedTuple):
    """A dated statement of a provider about instruments it bought."""

    id: str
    provider: str
    regions: str
    from_year: int | None
    to_year: int | None
    basis: str
    matched_share: float | None
    statement: str
    confidence: str
    source_id: str


class Country(NamedTuple):
    """A country and the grid zone that stands for the whole of it."""

    country: str
    iso3: str
    name: str
    zone: str
    large: str
    continent: str
    source_id: str


class Subdivision(NamedTuple):
    """A state or province (ISO 3166-2) and its grid zones, most populous first."""

    subdivision: str
    name: str
    country: str
    zones: str
    direct_zone: str
    source_id: str


class City(NamedTuple):
    """A city, its coordinates and its grid zone."""

    id: str
    city: str
    subdivision: str
    country: str
    latitude_deg: float | None
    longitude_deg: float | None
    population: float | None
    zone: str
    zone_basis: str
    source_id: str


class ZoneYear(NamedTuple):
    """The carbon intensity of one grid zone in one year, by one boundary and one source."""

    zone: str
    zone_name: str
    country: str
    year: int
    boundary: str
    basis: str
    intensity_g_per_kwh: float
    low_g_per_kwh: float
    high_g_per_kwh: float
    flag: str
    source_id: str


class Assumption(NamedTuple):
    """A default: central figure, 90 % range, unit, and over what it is shared."""

    id: str
    factor: str
    low: float
    central: float
    high: float
    unit: str
    shared_by: str
    status: str
    source_id: str
    reason: str


class Embodied(NamedTuple):
    """Emissions of making one thing."""

    id: str
    item: str
    kind: str
    low_kg: float
    central_kg: float
    high_kg: float
    per: str
    node_share_included: str
    year: int | None
    source_id: str
    note: str


class Equivalence(NamedTuple):
    """An everyday thing and its emissions; a footnote, never a headline."""

    id: str
    name: str
    kg_co2e: float | None
    per: str
    year: int | None
    source_id: str


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _whole(cell: str) -> int | None:
    return int(float(cell)) if cell else None


T = TypeVar("T", bound=tuple[Any, ...])

_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    float: float,
    int: lambda cell: int(float(cell)),
    float | None: _number,
    int | None: _whole,
}
_FIELDS: dict[Any, list[tuple[str, Callable[[str], Any]]]] = {}


def record(kind: type[T], row: Mapping[str, str]) -> T:
    """The record of a row of text; columns the record does not name are passed over."""
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = [(field, _READERS[of]) for field, of in kind.__annotations__.items()]
    return kind(*(read(row.get(field, "")) for field, read in fields))
