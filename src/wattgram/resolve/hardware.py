"""Hardware words: `8xA100 + 2xEPYC 7763` to rated power, host power, embodied emissions, candidates and warnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.catalog import place_key
from wattgram.catalog.names import Entry, entries, match, nearest, normalise
from wattgram.catalog.names import key as name_key
from wattgram.errors import AmbiguousWordError, UnknownWordError
from wattgram.resolve.notice import Notice
from wattgram.run import HARDWARE_FORMS, MOST_DEVICES, Part, check_number, parse_hardware
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import Accelerator, Instance, Processor

__all__ = ["Device", "Hardware", "device_names", "find_device", "resolve_hardware"]

CLASS_OF_CATEGORY = {
    "datacenter": "datacentre",
    "workstation": "workstation",
    "consumer": "workstation",
    "embedded": "edge",
    "soc": "computer",
}
CLASS_OF_SEGMENT = {"server": "cpu-node", "cloud": "cpu-node"}
OVERHEAD_OF_CLASS = {
    "datacentre": "overhead-datacentre",
    "workstation": "overhead-workstation",
    "computer": "overhead-workstation",
    "edge": "overhead-workstation",
    "cpu-node": "overhead-cpu-node",
}
EMBODIED_OF_CLASS = {
    "datacentre": "embodied-slot-datacentre",
    "workstation": "embodied-consumer",
    "computer": "embodied-computer",
    "edge": "embodied-edge",
    "cpu-node": "embodied-cpu-node",
}


class Device(NamedTuple):
    """One named part, found in the catalog: `number` devices of `rated_power_w` each."""

    number: float
    name: str
    kind: str
    """accelerator, processor, memory or power"""
    rated_power_w: Value
    record: Any = None


class Hardware(NamedTuple):
    """What a hardware word means, all its devices together."""

    name: str
    kind: str
    """datacentre, workstation, computer, edge, cpu-node, or stated (bare watts)"""
    devices: tuple[Device, ...]
    device_count: float
    rated_power_w: Value
    system_power_w: Value | Unknown
    host_power_w: Value
    overhead_id: str
    """Row of assumptions.csv for the rest of the node; empty where nothing is to be added."""
    slots_kg: Value | Unknown
    embodied_reason: str
    notices: tuple[Notice, ...]


def resolve_hardware(text: str, catalog: Catalog, count: int = 1) -> Hardware:
    """The meaning of a hardware word; remembered for each distinct word.

    Raises
    ------
    UnknownWordError, AmbiguousWordError, InputError : with the nearest matches
    """
    asked = ("hardware", text, count)
    if asked not in catalog.memory:
        catalog.memory[asked] = _resolve(text, catalog, count)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _resolve(text: str, catalog: Catalog, count: int) -> Hardware:
    notices: list[Notice] = []
    devices: list[Device] = []
    for part in parse_hardware(text):
        devices += _devices_of(part._replace(number=part.number * count), catalog, notices)
    accelerators = [device for device in devices if device.kind == "accelerator"]
    processors = [device for device in devices if device.kind == "processor"]
    stated = [device for device in devices if device.kind == "power"]
    computing = accelerators or processors or stated
    if not computing:
        raise UnknownWordError("hardware", text, f"memory alone does not run anything; {HARDWARE_FORMS}")
    check_number("device count", sum(device.number for device in computing), 0, MOST_DEVICES)
    rest = [device for device in devices if device not in computing]
    kind = _class_of(computing[0])
    slots_kg, embodied_reason = _embodied(computing, kind, catalog, notices)
    return Hardware(
        name=" + ".join(_label(device) for device in devices),
        kind=kind,
        devices=tuple(devices),
        device_count=sum(device.number for device in computing),
        rated_power_w=_sum(device.rated_power_w * float(device.number) for device in computing).as_unit("W"),
        system_power_w=_system_power(devices, accelerators),
        host_power_w=_host_power(rest, catalog).as_unit("W"),
        overhead_id=_overhead_id(kind, rest, notices),
        slots_kg=slots_kg,
        embodied_reason=embodied_reason,
        notices=tuple(dict.fromkeys(notices)),
    )


def _label(device: Device) -> str:
    return device.name if device.number == 1 else f"{device.number:g}x{device.name}"


def _sum(values: Any) -> Any:
    total: Any = None
    for value in values:
        total = value if total is None else total + value
    return Value(0.0) if total is None else total


def _class_of(device: Device) -> str:
    if device.kind == "accelerator":
        return CLASS_OF_CATEGORY.get(device.record.category, "datacentre")
    if device.kind == "processor":
        return CLASS_OF_SEGMENT.get(device.record.segment, "computer")
    return "stated"


# --- words to devices -----------------------------------------------------------------------------------------------

_TPU_SLICE = re.compile(r"((?:google\s+|cloud\s+)*tpu[\s-]*v?\d+[a-z]?)[\s-]+(\d{1,6})", re.IGNORECASE)
_COUNT_BY_BLANK = re.compile(r"(\d{1,6})\s+(\S.*)")


def _devices_of(part: Part, catalog: Catalog, notices: list[Notice]) -> list[Device]:
    if part.kind == "power":
        text = f"{part.name} is taken as the average draw of the IT equipment; state load or overhead if it is a rated power"
        notices.append(Notice("stated-power", text))
        power = Value(part.amount, unit="W", reason="stated")
        return [Device(part.number, part.name, "power", power)]
    if part.kind == "memory":
        each = catalog.default("memory-w-per-gb") * part.amount
        return [Device(part.number, part.name, "memory", each.as_unit("W"))]
    found = find_device(part.name, catalog, notices)
    if not found and (blank := _COUNT_BY_BLANK.fullmatch(part.name)):
        found = find_device(blank[2], catalog, notices)
        part = part._replace(number=part.number * int(blank[1]))
    if not found:
        near = nearest(part.name, device_names(catalog))
        raise UnknownWordError("hardware", part.name, HARDWARE_FORMS, near)
    return [device._replace(number=device.number * part.number) for device in found]


def device_names(catalog: Catalog) -> list[str]:
    """Every name of an accelerator, instance type or processor (to find the nearest)."""
    names: list[str] = [row["name"] for row in catalog.table("accelerators").all_rows()]
    names += [row["instance_type"] for row in catalog.table("instances").all_rows()]
    return names + [row["name"] for row in catalog.table("processors").all_rows()]


def find_device(name: str, catalog: Catalog, notices: list[Notice]) -> list[Device]:
    """The devices one name stands for: an instance brings several parts; empty where nothing answers to it."""
    if tpu := _TPU_SLICE.fullmatch(name.strip()):
        chips = _named(tpu[1], catalog, "accelerators")
        if chips and chips[0].units_per_chip:
            return [_accelerator(chips[0], int(tpu[2]) / chips[0].units_per_chip, catalog, notices)]
    instance = _instance(name, catalog)
    if instance:
        return _instance_devices(instance, catalog, notices)
    found = _named(name, catalog, "accelerators")
    if found:
        return [_ranked(name, found, catalog, notices)]
    processors = _named(name, catalog, "processors")
    if not processors:
        return []
    rated = [row for row in processors if row.tdp_w]
    if len({row.tdp_w for row in rated}) > 1 or not rated:
        if rated:
            raise AmbiguousWordError(
                "hardware",
                name,
                "write the one that ran",
                [f"{row.name} ({row.tdp_w:g} W)" for row in rated[:5]],
            )
        raise UnknownWordError(
            "hardware", name, f"no rated power is published for {processors[0].name}; state watts"
        )
    return [_processor(rated[0], 1.0)]


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
    device = _accelerator(chosen, 1.0, catalog, notices)
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


# --- instances and hosts --------------------------------------------------------------------------------------------


def _instance(name: str, catalog: Catalog) -> Instance | None:
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
    devices = [_accelerator(accelerator, row.accelerator_count or 1.0, catalog, notices)]
    if row.processor_id and row.vcpu and row.ram_gib:
        processor = catalog.table("processors").record(row.processor_id)
        if processor.tdp_w and processor.cores:
            vcpu_per_socket = processor.cores * catalog.figure("vcpu-per-core")
            devices.append(_processor(processor, row.vcpu / vcpu_per_socket))
            each = catalog.default("memory-w-per-gb") * row.ram_gib
            devices.append(Device(1, f"{row.ram_gib:g}GB", "memory", each.as_unit("W")))
    return devices


def _host_power(rest: list[Device], catalog: Catalog) -> Any:
    """Draw of stated processors and memory beside the accelerators, and of stated watts beside devices."""
    sockets = [device.rated_power_w * float(device.number) for device in rest if device.kind == "processor"]
    others = [device.rated_power_w * float(device.number) for device in rest if device.kind != "processor"]
    if sockets:
        others.append(_sum(sockets) * catalog.default("load-host-processor"))
    return _sum(others)


def _overhead_id(kind: str, rest: list[Device], notices: list[Notice]) -> str:
    if kind == "stated":
        return ""
    kinds = {device.kind for device in rest}
    if "processor" in kinds and "memory" not in kinds:
        notices.append(
            Notice(
                "memory-not-stated",
                "processors are stated without memory; its draw is in the allowance for the rest",
            )
        )
        return "host-rest-with-memory-factor"
    if "processor" in kinds or (kind == "cpu-node" and "memory" in kinds):
        return "host-rest-factor"
    return OVERHEAD_OF_CLASS[kind]


def _system_power(devices: list[Device], accelerators: list[Device]) -> Value | Unknown:
    """Published measured power per chip, host included; only where every part of the word has one."""
    if not accelerators or len(accelerators) != len(devices):
        return UNKNOWN
    values = []
    for device in accelerators:
        row = device.record
        if row.system_power_w is None:
            return UNKNOWN
        power = Value(
            row.system_power_w,
            row.system_power_low_w,
            row.system_power_high_w,
            "W",
            "catalog",
            tuple(row.system_power_source_id.split("|")),
            "published measured system power per chip, host included",
        )
        values.append(power * float(device.number))
    return _sum(values).as_unit("W")  # type: ignore[no-any-return]


def _embodied(
    computing: list[Device], kind: str, catalog: Catalog, notices: list[Notice]
) -> tuple[Value | Unknown, str]:
    if kind == "stated":
        notices.append(
            Notice("embodied-unknown", "bare watts name no hardware whose making could be counted")
        )
        return UNKNOWN, "bare watts"
    values, reasons, origin = [], [], "assumed"
    for device in computing:
        identity = getattr(device.record, "embodied_id", "")
        if identity:
            row = catalog.table("embodied").record(identity)
            sources = tuple(row.source_id.split("|"))
            each = (
                Value(row.central_kg, row.low_kg, row.high_kg, "kg", "catalog", sources, row.item)
                * device.number
            )
            reason = (
                f"{row.item}, device alone"
                if row.node_share_included != "yes"
                else f"{row.item}, node included"
            )
            if row.node_share_included != "yes" and _class_of(device) == "datacentre":
                each = each + catalog.default("embodied-node-share") * device.number
                reason = f"{row.item} and its share of the server"
            values.append(each)
            reasons.append(reason)
            origin = "catalog"
        else:
            default = catalog.default(EMBODIED_OF_CLASS[_class_of(device)])
            per = (
                catalog.figure("sockets-per-server")
                if device.kind == "processor" and kind == "cpu-node"
                else 1.0
            )
            values.append(default * (device.number / per))
            reasons.append(default.reason)
    total = _sum(values)
    sources = tuple(dict.fromkeys(source for value in values for source in value.sources))
    return (
        Value.from_deviations(
            total.central,
            total.low_sq,
            total.high_sq,
            "kg",
            origin,
            sources,
            "; ".join(dict.fromkeys(reasons)),
        ),
        "; ".join(dict.fromkeys(reasons)),
    )
