"""Hardware words: `8xA100 + 2xEPYC 7763` to rated power, host power, embodied emissions, candidates and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.errors import UnknownWordError
from wattgram.resolve.device import Device, UnnamedProcessor, class_of, device_names, devices_of, find_device
from wattgram.resolve.notice import Notice
from wattgram.run import HARDWARE_FORMS, MOST_DEVICES, check_number, parse_hardware
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Device", "Hardware", "device_names", "find_device", "resolve_hardware"]

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


AROUND_OF_CLASS = {
    "datacentre": ("embodied-node-share", "node"),
    "workstation": ("embodied-desktop-share", "computer"),
}
"""What stands around a device whose own making is known: its row of assumptions.csv, and the word for it."""


class Hardware(NamedTuple):
    """What a hardware word means, all its devices together."""

    name: str
    kind: str
    """datacentre, workstation, computer, edge, cpu-node, or stated (bare watts)"""
    devices: tuple[Device, ...]
    device_count: float
    rated_power_w: Value
    system_power_w: Value | Unknown
    system_power_at_any_scale: bool
    """Whether the system power holds for small runs too; else it speaks for large training alone."""
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
    names: list[str] = []
    for part in parse_hardware(text):
        name, found = devices_of(part._replace(number=part.number * count), catalog, notices)
        names.append(name)
        devices += found
    accelerators = [device for device in devices if device.kind == "accelerator"]
    processors = [device for device in devices if device.kind == "processor"]
    stated = [device for device in devices if device.kind == "power"]
    computing = accelerators or processors or stated
    if not computing:
        raise UnknownWordError("hardware", text, f"memory alone does not run anything; {HARDWARE_FORMS}")
    check_number("device count", sum(device.number for device in computing), 0, MOST_DEVICES)
    rest = [device for device in devices if device not in computing]
    kind = class_of(computing[0])
    slots_kg, embodied_reason = _embodied(computing, kind, catalog, notices)
    return Hardware(
        name=" + ".join(names),
        kind=kind,
        devices=tuple(devices),
        device_count=sum(device.number for device in computing),
        rated_power_w=_rated(computing),
        system_power_w=_system_power(devices, accelerators),
        system_power_at_any_scale=all(d.record.system_power_scale == "any" for d in accelerators),
        host_power_w=_host_power(rest, catalog).as_unit("W"),
        overhead_id=_overhead_id(kind, rest, notices),
        slots_kg=slots_kg,
        embodied_reason=embodied_reason,
        notices=tuple(dict.fromkeys(notices)),
    )


def _sum(values: Any) -> Any:
    total: Any = None
    for value in values:
        total = value if total is None else total + value
    return Value(0.0) if total is None else total


def _rated(computing: list[Device]) -> Value:
    """Rated power of all computing devices together [W], with the sources of each."""
    values = [device.rated_power_w * float(device.number) for device in computing]
    total = _sum(values).as_unit("W")
    if len(values) == 1:
        return total  # type: ignore[no-any-return]
    origins = {value.origin for value in values}
    sources = tuple(dict.fromkeys(source for value in values for source in value.sources))
    reason = " + ".join(f"{device.number:,.10g} × {device.rated_power_w.central:g} W" for device in computing)
    origin = origins.pop() if len(origins) == 1 else "derived"
    return Value.from_deviations(total.central, total.low_sq, total.high_sq, "W", origin, sources, reason)


def _host_power(rest: list[Device], catalog: Catalog) -> Any:
    """Draw of stated processors and memory beside the accelerators, and of stated watts beside devices."""
    rated = [device for device in rest if device.kind == "processor" and not _is_draw(device)]
    sockets = [device.rated_power_w * float(device.number) for device in rated]
    others = [device.rated_power_w * float(device.number) for device in rest if device not in rated]
    if sockets:
        others.append(_sum(sockets) * catalog.default("load-host-processor"))
    total = _sum(others)
    if not rest:
        return total
    share = catalog.default("load-host-processor")
    values = [device.rated_power_w for device in rest] + ([share] if sockets else [])
    sources = tuple(dict.fromkeys(source for value in values for source in value.sources))
    reason = " + ".join(_host_term(device, share.central if device in rated else 1.0) for device in rest)
    return Value.from_deviations(total.central, total.low_sq, total.high_sq, "W", "assumed", sources, reason)


def _host_term(device: Device, share: float) -> str:
    """One part of the host as the answer explains it: what it draws, and by which default."""
    each_w, number = device.rated_power_w.central, device.number
    if device.memory_gb:
        per_gb = each_w / device.memory_gb
        return f"{device.memory_gb * number:,.6g} GB × {per_gb:.4g} W/GB"
    counted = f"{each_w:,.4g} W" if number == 1 else f"{number:.4g} × {each_w:,.4g} W"
    return counted if share == 1.0 else f"{counted} × {share:g}"


def _is_draw(device: Device) -> bool:
    """Cores whose watts are stated: who knows what a busy core draws says how many were busy."""
    return isinstance(device.record, UnnamedProcessor) and device.rated_power_w.origin == "given"


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
    values, reasons, sources, origin = [], [], [], "assumed"
    for device in computing:
        identity = getattr(device.record, "embodied_id", "")
        if identity:
            row = catalog.table("embodied").record(identity)
            each = Value(row.central_kg, row.low_kg, row.high_kg, "kg") * device.number
            sources += row.source_id.split("|")
            with_node = row.node_share_included == "yes"
            reason = f"{identity}: {row.item}, {'node included' if with_node else 'device alone'}"
            around = None if with_node else AROUND_OF_CLASS.get(class_of(device))
            if around:
                share = catalog.default(around[0])
                each = each + share * device.number
                sources += share.sources
                reason = f"{identity} and {around[1]}: {row.item} and its share of the {around[1]}"
            values.append(each)
            reasons.append(reason)
            origin = "catalog"
        else:
            default = catalog.default(EMBODIED_OF_CLASS[class_of(device)])
            per = (
                catalog.figure("sockets-per-server")
                if device.kind == "processor" and kind == "cpu-node"
                else 1.0
            )
            values.append(default * (device.number / per))
            reasons.append(default.reason)
            sources += default.sources
    total, reason = _sum(values), "; ".join(dict.fromkeys(reasons))
    cited = tuple(dict.fromkeys(sources))
    return (
        Value.from_deviations(total.central, total.low_sq, total.high_sq, "kg", origin, cited, reason),
        reason,
    )
