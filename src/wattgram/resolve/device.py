"""Device words: one name to the accelerator, processor or instance type it stands for, with its rated power."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.catalog import place_key
from wattgram.catalog.names import Entry, entries, match, nearest, normalise
from wattgram.catalog.names import key as name_key
from wattgram.errors import AmbiguousWordError, UnknownWordError
from wattgram.resolve.counts import counted, of_nodes, of_what
from wattgram.resolve.hints import hardware_hint
from wattgram.resolve.notice import Notice
from wattgram.resolve.slices import of_slices
from wattgram.run import HARDWARE_FORMS, MOST_DEVICES, Part, check_number
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import Accelerator, Instance, Processor

__all__ = ["Device", "class_of", "device_names", "devices_of", "find_device"]

CLASS_OF_CATEGORY = {
    "datacenter": "datacentre",
    "workstation": "workstation",
    "consumer": "workstation",
    "embedded": "edge",
    "soc": "computer",
}
CLASS_OF_SEGMENT = {"server": "cpu-node", "cloud": "cpu-node"}


class Device(NamedTuple):
    """One named part, found in the catalog: `number` devices of `rated_power_w` each."""

    number: float
    name: str
    kind: str
    """accelerator, processor, memory or power"""
    rated_power_w: Value
    record: Any = None
    candidates: tuple[Any, ...] = ()
    """Rows that an ambiguous name could mean too."""
    memory_gb: float = 0.0
    """Memory of each, for a part that is memory [GB]."""


class UnnamedProcessor:
    """Stands in the place of a row where virtual processors have no name: they are a server's."""

    segment = "cloud"
    embodied_id = ""
    id = ""


def class_of(device: Device) -> str:
    """The kind of facility a device stands in: datacentre, workstation, computer, edge, cpu-node or stated."""
    if device.kind == "accelerator":
        return CLASS_OF_CATEGORY.get(device.record.category, "datacentre")
    if device.kind == "processor":
        return CLASS_OF_SEGMENT.get(device.record.segment, "computer")
    return "stated"


# --- words to devices -----------------------------------------------------------------------------------------------

_TPU_SLICE = re.compile(
    r"((?:google\s+|cloud\s+)*(?:tpu[\s-]*v?|v)\d+(?:[a-z]|litepod)?)[\s-]+(\d{1,6})", re.IGNORECASE
)
_COUNT_BY_BLANK = re.compile(r"(\d{1,6})\s+(\S.*)")


def _label(number: float, name: str, of: int = 1) -> str:
    if of != 1:
        return f"{number:.10g}/{of} of {name}"
    return name if number == 1 else f"{number:.10g}x{name}"


def devices_of(part: Part, catalog: Catalog, notices: list[Notice]) -> tuple[str, list[Device]]:
    """The name of a part as an answer prints it (and as it can be typed again), and the devices it stands for."""
    if part.kind == "power":
        text = (
            f"{part.name} is taken as the average draw of the IT equipment; "
            "state load or overhead if it is a rated power"
        )
        notices.append(Notice("stated-power", text))
        power = Value(part.amount, unit="W", reason="stated")
        return _label(part.number, part.name), [Device(part.number, part.name, "power", power)]
    if part.kind == "memory":
        each = _each(part, "memory-w-per-gb", catalog) * part.amount
        memory = Device(part.number, part.name, "memory", each.as_unit("W"), memory_gb=part.amount)
        return _label(part.number, part.name), [memory]
    if part.kind == "cores":
        return _label(part.number, part.name), [_cores(part, catalog, notices)]
    if part.kind == "vcpu":
        return _label(part.number, part.name), [_vcpus(part, catalog, notices)]
    is_slice = "tpu" in part.name.lower() and _TPU_SLICE.fullmatch(part.name.strip())
    instance = None if is_slice else instance_named(part.name, catalog)
    if instance:
        found = _instance_devices(instance, catalog, notices)
        name = f"{instance.provider}:{instance.instance_type}"
        share = part.number / part.whole
        devices = [device._replace(number=device.number * share) for device in found]
        return _label(part.number, name, part.whole), devices
    said = part
    part = counted(of_slices(part, catalog), catalog, notices)
    device = find_device(part.name, catalog, notices)
    if device is None and (blank := _COUNT_BY_BLANK.fullmatch(part.name)):
        number = check_number("device count", part.number * int(blank[1]), 1, MOST_DEVICES, whole=True)
        part = counted(part._replace(number=int(number), name=blank[2]), catalog, notices)
        device = find_device(part.name, catalog, notices)
    if device is None:
        if hint := hardware_hint(part.name, catalog):
            raise UnknownWordError("hardware", part.name, hint)
        if of_nodes(part.name):
            raise of_what(said, said.name)
        near = nearest(part.name, [*families(catalog), *device_names(catalog)])
        raise UnknownWordError("hardware", part.name, HARDWARE_FORMS, near)
    count = device.number * part.number
    return _label(count, device.name, part.whole), [device._replace(number=count / part.whole)]


def _each(part: Part, default: str, catalog: Catalog) -> Value:
    """Draw of one gigabyte [W]: the stated one, else the catalog's."""
    return catalog.default(default) if part.each_w is None else Value(part.each_w, unit="W", reason="stated")


def _cores(part: Part, catalog: Catalog, notices: list[Notice]) -> Device:
    """Cores of a server processor that is not named, at the watts that are stated for a busy one or at typical ones."""
    threads = catalog.figure("vcpu-per-core")
    if part.each_w is None:
        held = part._replace(amount=part.amount * threads)
        return _vcpus(held, catalog, notices)
    per_socket = catalog.figure("vcpu-per-socket") / threads
    socket = Value(part.each_w * per_socket, unit="W", reason="stated")
    return Device(part.number * part.amount / per_socket, part.name, "processor", socket, UnnamedProcessor())


def families(catalog: Catalog) -> list[str]:
    """Names of accelerators as people say them, without form and memory: `A100`, `H100`, `RTX 4090`."""
    rows = catalog.table("accelerators").all_rows()
    heads = ((row["name"].partition("-")[0], row["model"].split("|")) for row in rows)
    return list(dict.fromkeys(head for head, models in heads if " ".join(normalise(head)) in models))


def device_names(catalog: Catalog) -> list[str]:
    """Every name of an accelerator, instance type or processor (to find the nearest)."""
    names: list[str] = [row["name"] for row in catalog.table("accelerators").all_rows()]
    names += [row["instance_type"] for row in catalog.table("instances").all_rows()]
    return names + [row["name"] for row in catalog.table("processors").all_rows()]


def find_device(name: str, catalog: Catalog, notices: list[Notice]) -> Device | None:
    """The accelerator or processor a name stands for; None where nothing answers to it.

    Raises
    ------
    AmbiguousWordError : several rows answer and cannot be ranked; UnknownWordError : one without a rated power
    """
    if tpu := _TPU_SLICE.fullmatch(name.strip()):
        generation = tpu[1] if "tpu" in tpu[1].lower() else f"tpu {tpu[1]}"
        chips = _named(generation, catalog, "accelerators")
        if chips and chips[0].units_per_chip:
            held = int(tpu[2]) / chips[0].units_per_chip
            _say_chips(name.strip(), held, chips[0], notices)
            return _accelerator(chips[0], held, catalog, notices)
    found = _named(name, catalog, "accelerators")
    if found:
        return _ranked(name, found, catalog, notices)
    processors = _named(name, catalog, "processors")
    if not processors:
        return None
    rated = [row for row in processors if row.tdp_w]
    if not rated:
        raise UnknownWordError(
            "hardware",
            name,
            f"no rated power is published for {processors[0].name}; state the watts, as in 300W",
        )
    if len({row.tdp_w for row in rated}) > 1:
        listed = [f"{row.name} ({row.tdp_w:g} W)" for row in rated[:5]]
        raise AmbiguousWordError("hardware", name, "write the one that ran", listed)
    return _processor(rated[0], 1.0)


def _say_chips(slice_name: str, chips: float, row: Accelerator, notices: list[Notice]) -> None:
    """A slice is named by its cores where a chip has two: say how many chips that is."""
    if row.units_per_chip and row.units_per_chip > 1:
        text = f"{slice_name} is a slice of {chips * row.units_per_chip:g} cores, {chips:g} chips"
        notices.append(Notice("tpu-slice", text))


def _named(name: str, catalog: Catalog, table: str) -> list[Any]:
    """Rows that a name leads to: an exact alias first, then every row that explains all its words."""
    tokens = normalise(name)
    if not tokens:
        return []
    rows = catalog.table(table)
    exact = rows.keys_of(" ".join(sorted(name_key(tokens))))
    if len(exact) == 1:
        return [rows.record(exact[0])]
    return [rows.record(entry.id) for entry in match(tokens, _entries(catalog, table))]


def accelerators_named(name: str, catalog: Catalog) -> list[Accelerator]:
    """Every accelerator that a name could mean, ranked or not; none where none answers to it."""
    return _named(name, catalog, "accelerators")


def _entries(catalog: Catalog, table: str) -> list[Entry]:
    asked = ("entries", table)
    if asked not in catalog.memory:
        found = catalog.table(table).entries()
        catalog.memory[asked] = [
            one for key, words in found.items() for one in entries(key, words[0], words[1])
        ]
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _ranked(name: str, rows: list[Accelerator], catalog: Catalog, notices: list[Notice]) -> Device:
    """The usual reading of an ambiguous name, with the spread of all readings; an error where there is none."""
    if len(rows) == 1:
        return _accelerator(rows[0], 1.0, catalog, notices)
    usual = [row for row in rows if row.default_for]
    if len(usual) != 1:
        usual = _closest_to_default(rows, catalog)
    powers = [row.tdp_w for row in rows if row.tdp_w]
    if len(usual) != 1 and len(set(powers)) == 1 and len(powers) == len(rows):
        usual = rows[:1]
    if len(usual) != 1 or usual[0].tdp_w is None:
        listed = [f"{row.name} ({row.tdp_w or float('nan'):g} W)" for row in rows[:6]]
        raise AmbiguousWordError("hardware", name, "write the one that ran", listed)
    chosen = usual[0]
    device = _accelerator(chosen, 1.0, catalog, notices)._replace(candidates=tuple(rows))
    if len(set(powers)) > 1:
        others = ", ".join(
            f"{row.name} ({row.tdp_w:g} W)" for row in rows if row.id != chosen.id and row.tdp_w
        )
        notices.append(
            Notice(
                "ambiguous-hardware",
                f"{name} is read as {chosen.name} ({chosen.tdp_w:g} W); it could be {others}",
            )
        )
        own = device.rated_power_w
        spread = Value(
            own.central,
            min(*powers, own.low),
            max(*powers, own.high),
            "W",
            "catalog",
            own.sources,
            f"{name}: several",
        )
        device = device._replace(rated_power_w=spread)
    return device


def _closest_to_default(rows: list[Accelerator], catalog: Catalog) -> list[Accelerator]:
    """Of several rows of one family, those whose form is that of the family's usual reading."""
    family = {words[0] for words in (row.model.split("|") for row in rows)}
    every = catalog.table("accelerators").entries()
    usual = [key for key, words in every.items() if words[2] and family & set(words[0].split("|"))]
    if not usual:
        return []
    form = catalog.table("accelerators").record(usual[0]).form
    return [row for row in rows if row.form == form]


def _accelerator(row: Accelerator, count: float, catalog: Catalog, notices: list[Notice]) -> Device:
    if row.tdp_w is None:
        raise UnknownWordError(
            "hardware", row.name, "its maker publishes no rated power; state the watts, as in 8x500W"
        )
    sources = tuple(row.source_id.split("|"))
    if row.power_low_w and row.power_high_w:
        power = Value(row.tdp_w, row.power_low_w, row.power_high_w, "W", "catalog", sources, row.name)
    else:
        grade = {"B": "power-grade-b", "C": "power-grade-c"}.get(row.power_grade)
        power = Value(row.tdp_w, unit="W", origin="catalog", sources=sources, reason=row.name)
        if grade:
            spread = catalog.default(grade)
            power = Value(
                row.tdp_w, row.tdp_w * spread.low, row.tdp_w * spread.high, "W", "catalog", sources, row.name
            )
    if row.power_grade == "C":
        notices.append(
            Notice(
                "estimated-power",
                f"no rated power is published for {row.name}; {row.tdp_w:g} W is an estimate",
            )
        )
    return Device(count, row.name, "accelerator", power, row)


def _processor(row: Processor, count: float) -> Device:
    power = Value(
        row.tdp_w, unit="W", origin="catalog", sources=tuple(row.source_id.split("|")), reason=row.name
    )
    return Device(count, row.name, "processor", power, row)


def _vcpus(part: Part, catalog: Catalog, notices: list[Notice]) -> Device:
    """Virtual processors: their share of a named socket, or the typical draw of one where none is named."""
    if not part.of:
        each = catalog.default("vcpu-rated-w")
        threads = catalog.figure("vcpu-per-socket")
        text = f"no processor is named for {part.name}: {each.central:g} W each is taken, {each.low:g} to {each.high:g} W"
        notices.append(Notice("processor-unknown", text))
        socket = Value.from_deviations(
            each.central * threads, each.low_sq, each.high_sq, "W", "assumed", each.sources, each.reason
        )
        return Device(part.number * part.amount / threads, part.name, "processor", socket, UnnamedProcessor())
    found = find_device(part.of, catalog, notices)
    if found is None or found.kind != "processor":
        near = nearest(part.of, [row["name"] for row in catalog.table("processors").all_rows()])
        raise UnknownWordError("processor", part.of, "write a processor after vCPU, or none", near)
    row = found.record
    threads = row.threads or (row.cores or 0) * catalog.figure("vcpu-per-core")
    if not threads:
        raise UnknownWordError("processor", part.of, "its number of cores is not known; leave the name out")
    return found._replace(number=part.number * part.amount / threads, name=part.name)


# --- instances and hosts --------------------------------------------------------------------------------------------


def instance_named(name: str, catalog: Catalog) -> Instance | None:
    """The instance type of a cloud that a name is; None where it is none."""
    keys = catalog.table("instances").keys_of(place_key(name).replace(":", "-"))
    if not keys:
        return None
    if len(keys) > 1:
        raise AmbiguousWordError(
            "hardware", name, "write the provider before it", [k.replace("|", ":") for k in keys]
        )
    return catalog.table("instances").record(keys[0])  # type: ignore[no-any-return]


def _instance_devices(row: Instance, catalog: Catalog, notices: list[Notice]) -> list[Device]:
    """Accelerators of an instance, and its host where the processor is known: its share by vCPU, its memory."""
    accelerator = catalog.table("accelerators").record(row.accelerator_id)
    if row.provider == "gcp" and _TPU_SLICE.fullmatch(row.instance_type):
        _say_chips(f"{row.provider}:{row.instance_type}", row.accelerator_count or 1.0, accelerator, notices)
    devices = [_accelerator(accelerator, row.accelerator_count or 1.0, catalog, notices)]
    if row.processor_id and row.vcpu and row.ram_gib:
        processor = catalog.table("processors").record(row.processor_id)
        if processor.tdp_w and processor.cores:
            vcpu_per_socket = processor.threads or processor.cores * catalog.figure("vcpu-per-core")
            devices.append(_processor(processor, row.vcpu / vcpu_per_socket))
            each = catalog.default("memory-w-per-gb") * row.ram_gib
            name = f"{row.ram_gib:g}GB"
            devices.append(Device(1, name, "memory", each.as_unit("W"), memory_gb=row.ram_gib))
    return devices
