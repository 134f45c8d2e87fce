"""Machine-written statements: the YAML metadata of a model card, and CodeCarbon's `emissions.csv`."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from wattgram.auditing.claim import Claim
from wattgram.auditing.devices import find_device
from wattgram.auditing.extract import mass_of
from wattgram.auditing.numbers import GRAMS_PER_KG, Mass, number
from wattgram.auditing.places import absent, find_provider

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["KEY", "block_of", "codecarbon_claims", "front_matter", "yaml_claims"]

KEY = "co2_eq_emissions"
_PLAIN_NUMBER = re.compile(r"\s*(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)\s*")
SECONDS_PER_HOUR = 3600.0


def front_matter(text: str) -> tuple[int, int] | None:
    """First line after the opening `---` and the line after the closing one, counted from 0; None without one."""
    lines = text.split("\n")
    if not lines or lines[0].strip("\ufeff \r") != "---":
        return None
    for number_of, line in enumerate(lines[1:], 1):
        if line.rstrip("\r ") in ("---", "..."):
            return 1, number_of + 1
    return None


def block_of(lines: list[str], first: int, last: int) -> tuple[int, int] | None:
    """Lines of the block of `co2_eq_emissions` among lines first..last, counted from 0; None where there is none."""
    for at in range(first, last):
        found = re.match(rf"(\s*-?\s*[\"']?){KEY}[\"']?\s*:", lines[at])
        if not found:
            continue
        indent = len(lines[at]) - len(lines[at].lstrip())
        end = at + 1
        while end < last:
            line = lines[end]
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                break
            end += 1
        while end > at + 1 and not lines[end - 1].strip():
            end -= 1
        return at, end
    return None


def yaml_claims(text: str, catalog: Catalog) -> list[Claim]:
    """The metadata `co2_eq_emissions`: a number of grams, or a mapping with `emissions` in grams."""
    if KEY not in text:
        return []
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if text.lstrip().startswith("{"):
        data = _load(text)
        line = 1 + text.count("\n", 0, text.index(KEY))
        return [] if data is None else [_yaml_claim(data, line, text, catalog)]
    bounds = front_matter(text)
    first, last = (bounds[0], bounds[1] - 1) if bounds else (0, len(lines))
    block = block_of(lines, first, last)
    if block is None:
        return []
    data = _load("\n".join(lines[block[0] : block[1]]))
    if data is None:
        return []
    return [_yaml_claim(data, block[0] + 1, "\n".join(lines[block[0] : block[1]]), catalog)]


def _load(block: str) -> Any:
    """The block as strings, so that the digits stand as printed; None where it is no YAML."""
    import textwrap  # noqa: PLC0415 - only a card needs it

    import yaml  # noqa: PLC0415

    try:
        data = yaml.load(textwrap.dedent(block).rstrip(",\n "), Loader=yaml.BaseLoader)  # noqa: S506 - it builds strings alone
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if isinstance(data, list) and data:
        data = data[0]
    return data.get(KEY) if isinstance(data, dict) else None


def _yaml_claim(data: Any, line: int, text: str, catalog: Catalog) -> Claim:
    fields = (
        {str(name): value for name, value in data.items()} if isinstance(data, dict) else {"emissions": data}
    )
    said = {
        name: str(value).strip()
        for name, value in fields.items()
        if isinstance(value, str) and not absent(value)
    }
    mass: Mass | None = None
    assumed: tuple[str, ...] = ()
    emissions = said.get("emissions", "")
    if plain := _PLAIN_NUMBER.fullmatch(emissions):
        grams = number(plain[1].replace("_", ""))
        mass = Mass(
            grams.value / GRAMS_PER_KG,
            grams.half_unit / GRAMS_PER_KG,
            about=False,
            bound=False,
            unit="g",
            start=0,
            end=0,
        )
    elif emissions:
        mass = mass_of(emissions, "g")
        assumed = ("emissions is text with a unit; the hub reads a number of grams",)
    hardware = find_device(said.get("hardware_used", ""), catalog)
    location = said.get("geographical_location", "")
    return Claim(
        line=line,
        kind="yaml",
        text=text,
        mass=mass,
        hardware=hardware.word if hardware else "",
        count=hardware.number if hardware else None,
        chips=hardware.chips if hardware else 0,
        provider=find_provider(location),
        region=location,
        source=said.get("source", ""),
        assumed=assumed,
    )


# --- CodeCarbon -----------------------------------------------------------------------------------------------------


def codecarbon_claims(text: str) -> list[Claim]:
    """Rows of an `emissions.csv`: the last of each run, since rows of one run are cumulative."""
    head = text.lstrip().partition("\n")[0]
    names = [name.strip().strip('"') for name in head.split(",")]
    if "emissions" not in names or "duration" not in names:
        return []
    offset = len(text) - len(text.lstrip())
    start = text.count("\n", 0, offset)
    last: dict[str, tuple[int, dict[str, str]]] = {}
    reader = csv.DictReader(io.StringIO(text.lstrip()))
    try:
        for row in reader:
            cells = {str(name).strip(): str(cell or "").strip() for name, cell in row.items() if name}
            key = cells.get("run_id") or cells.get("experiment_id") or str(reader.line_num)
            last[key] = (reader.line_num + start, cells)
    except csv.Error:
        pass  # what was read so far stands; a damaged row ends a CSV
    return [claim for line, row in last.values() if (claim := _codecarbon_claim(row, line)) is not None]


def _figure(row: dict[str, str], name: str) -> float | None:
    try:
        value = float(row.get(name, ""))
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _codecarbon_claim(row: dict[str, str], line: int) -> Claim | None:
    plain = _PLAIN_NUMBER.fullmatch(row.get("emissions", ""))
    if not plain:
        return None
    kg = number(plain[1].replace("_", ""))
    seconds, energy = _figure(row, "duration"), _figure(row, "energy_consumed")
    counted = _figure(row, "gpu_count")
    model = row.get("gpu_model", "")
    hardware = re.sub(r"^\s*\d+\s*[x×]\s*", "", model) or row.get("cpu_model", "")
    cloud = row.get("cloud_provider", "")
    region = row.get("cloud_region", "") or ", ".join(
        word for word in (row.get("region", ""), row.get("country_name", "")) if word and not absent(word)
    )
    pue = _figure(row, "pue")
    return Claim(
        line=line,
        kind="codecarbon",
        text=f"emissions {row.get('emissions')} kg, energy {row.get('energy_consumed', '')} kWh, duration {row.get('duration', '')} s, {region}",
        mass=Mass(kg.value, kg.half_unit, about=False, bound=False, unit="kg", start=0, end=0),
        hardware=hardware,
        count=int(counted) if counted and model else None,
        hours=seconds / SECONDS_PER_HOUR if seconds else None,
        provider=find_provider(cloud),
        private=not cloud,
        region=region,
        energy_kwh=energy or None,
        pue=pue if pue and pue >= 1 else None,
        source=f"codecarbon {row.get('codecarbon_version', '')}".strip(),
    )
