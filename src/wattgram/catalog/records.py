"""Rows of the catalog as frozen records: one class a table, a field a column, every unit in a name.

A record reads an empty cell as None (unknown), never as 0; columns are described in `data/columns.csv`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

__all__ = [
    "Accelerator",
    "Assumption",
    "City",
    "Claim",
    "Country",
    "Embodied",
    "Equivalence",
    "Fuel",
    "Instance",
    "Processor",
    "Profile",
    "Provider",
    "Record",
    "Region",
    "RegionZone",
    "Subdivision",
    "ZoneYear",
]


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _whole(cell: str) -> int | None:
    return int(float(cell)) if cell else None


_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "float": float,
    "int": lambda cell: int(float(cell)),
    "float | None": _number,
    "int | None": _whole,
}


def _unreadable(fields: tuple[tuple[str, Callable[[str], Any]], ...], row: Mapping[str, str]) -> str:
    """Which cell of a row is not of its kind, as a sentence."""
    for field, read in fields:
        cell = row.get(field) or ""
        try:
            read(cell)
        except (ValueError, OverflowError):
            return (
                f"{field} is '{cell[:80]}', which is no figure"
                if cell
                else f"{field} is empty and must be a figure"
            )
    return "a cell is not of its kind"


class Record:
    """A frozen row: made from a row of text, an attribute for every annotation of the class."""

    __slots__ = ("__dict__",)
    _fields: tuple[tuple[str, Callable[[str], Any]], ...] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple((field, _READERS[str(of)]) for field, of in cls.__annotations__.items())

    def __init__(self, row: Mapping[str, str]) -> None:
        """Read the cells the class names; ValueError where one is not of its kind."""
        try:
            self.__dict__.update((field, read(row.get(field) or "")) for field, read in self._fields)
        except (ValueError, OverflowError):
            raise ValueError(_unreadable(self._fields, row)) from None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a row of the catalog is frozen: {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.__dict__.items())))

    def __repr__(self) -> str:
        cells = ", ".join(f"{field}={value!r}" for field, value in self.__dict__.items())
        return f"{type(self).__name__}({cells})"


class Accelerator(Record):
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
    system_power_scale: str
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


class Processor(Record):
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


class Instance(Record):
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


class Region(Record):
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


class RegionZone(Record):
    """The grid zone a cloud region draws from."""

    provider: str
    region: str
    zone: str
    zone_basis: str
    source_id: str


class Provider(Record):
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


class Claim(Record):
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


class Country(Record):
    """A country and the grid zone that stands for the whole of it."""

    country: str
    iso3: str
    name: str
    zone: str
    large: str
    continent: str
    source_id: str


class Subdivision(Record):
    """A state or province (ISO 3166-2) and its grid zones, most populous first."""

    subdivision: str
    name: str
    country: str
    zones: str
    direct_zone: str
    source_id: str


class City(Record):
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


class ZoneYear(Record):
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


class Assumption(Record):
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


class Embodied(Record):
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


class Equivalence(Record):
    """An everyday thing and its emissions; a footnote, never a headline."""

    id: str
    name: str
    kg_co2e: float | None
    per: str
    year: int | None
    source_id: str


class Fuel(Record):
    """What a fuel emits per kWh generated, by one source."""

    source_id: str
    fuel: str
    direct_g_per_kwh: float | None
    lifecycle_g_per_kwh: float | None
    note: str


class Profile(Record):
    """One month and hour (UTC) of a zone's intensity relative to its mean; `all` stands for every month or hour."""

    zone: str
    month: str
    hour: str
    window_h: float
    relative_mean: float
    relative_p5: float
    relative_p95: float
    year: int
    estimated_share: float
    source_id: str
