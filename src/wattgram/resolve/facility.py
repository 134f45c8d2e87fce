"""Facility: what stands around the devices where nothing is stated: the rest of their node, and the PUE of the building."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.resolve.fill import published_pue
from wattgram.resolve.hardware import OVERHEAD_OF_CLASS, Hardware
from wattgram.resolve.notice import Notice
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.catalog.records import Provider
    from wattgram.resolve.place import PlaceWord
    from wattgram.run import Run

__all__ = ["CERTAIN_ONE", "class_overhead", "class_pue", "default_pue", "fleet_pue", "on_a_desk", "site_pue"]

CERTAIN_ONE = Value.from_deviations(1.0, 0.0, 0.0, "1", "given", (), "stated watts are the draw itself")
ONLY_AT = {"Google": "gcp", "Amazon": "aws"}
"""Makers whose data-centre accelerators stand in their own cloud alone, and that cloud."""


def class_overhead(hardware: Hardware, catalog: Catalog) -> Value:
    """Rest of the node over what is counted, where none is stated [1]."""
    return catalog.default(hardware.overhead_id, "1") if hardware.overhead_id else CERTAIN_ONE


def default_pue(hardware: Hardware, place: PlaceWord | None, catalog: Catalog) -> Value:
    """PUE where none is stated [1]: that of the site, else that of the hardware's class."""
    site = UNKNOWN if place is None else site_pue(place, catalog)
    return site if isinstance(site, Value) else class_pue(hardware, catalog)


def site_pue(place: PlaceWord, catalog: Catalog) -> Value | Unknown:
    """PUE of a cloud region: its own published one, its fleet's, or that of its operator's class [1]; else unknown."""
    if place.kind != "region":
        return UNKNOWN
    asked = ("site-pue", place.provider, place.region)
    if asked not in catalog.memory:
        catalog.memory[asked] = _site_pue(place, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _site_pue(place: PlaceWord, catalog: Catalog) -> Value:
    region = place.record
    if region.pue is not None:
        reason = f"published for {place.name}, {region.pue_year}"
        return published_pue(region.pue, catalog, tuple(region.pue_source_id.split("|")), reason)
    return fleet_pue(catalog.table("providers").record(place.provider), catalog)


def fleet_pue(provider: Provider, catalog: Catalog) -> Value:
    """PUE of a provider's fleet, or of its operator's class where it publishes none [1]."""
    default = catalog.default(
        "pue-hyperscaler" if provider.facility == "hyperscaler" else "pue-enterprise", "1"
    )
    if provider.pue is None:
        return default
    sources = tuple(provider.source_id.split("|"))
    reason = f"fleet of {provider.name}, {provider.pue_year}"
    if provider.facility != "hyperscaler":
        return published_pue(provider.pue, catalog, sources, reason)
    low, high = min(default.low, provider.pue), max(default.high, provider.pue)
    return Value(provider.pue, low, high, "1", "catalog", sources, reason)


def class_pue(hardware: Hardware, catalog: Catalog) -> Value:
    """PUE where only the hardware is known [1]: none on a desk, its maker's fleet where it stands nowhere else, that of
    an enterprise room for the rest.
    """
    if hardware.kind in ("workstation", "computer", "edge"):
        return catalog.default("pue-desk", "1")
    return _maker_pue(hardware, catalog) or catalog.default("pue-enterprise", "1")


def _maker_pue(hardware: Hardware, catalog: Catalog) -> Value | None:
    """PUE of the fleet that alone has such accelerators, as a TPU stands at Google's; None for what anyone can buy."""
    makers = {device.record.vendor for device in hardware.devices if device.kind == "accelerator"}
    provider = ONLY_AT.get(makers.pop()) if len(makers) == 1 else None
    if provider is None:
        return None
    fleet = fleet_pue(catalog.table("providers").record(provider), catalog)
    reason = f"its maker's fleet, where alone it stands: {fleet.reason}"
    about = (fleet.origin, fleet.sources, reason)
    return Value.from_deviations(fleet.central, fleet.low_sq, fleet.high_sq, "1", *about)


def on_a_desk(run: Run, hardware: Hardware, place: PlaceWord | None, catalog: Catalog) -> list[Notice]:
    """The remark that a card of a desktop computer is taken to stand on a desk, with what that sets."""
    if hardware.kind != "workstation":
        return []
    measured = None if run.measured_energy_kwh is None else run.measured_scope
    taken: dict[str, tuple[float, float]] = {}
    desk, room = OVERHEAD_OF_CLASS["workstation"], OVERHEAD_OF_CLASS["datacentre"]
    if run.overhead is None and measured in (None, "device") and hardware.overhead_id == desk:
        taken["overhead"] = (class_overhead(hardware, catalog).central, catalog.default(room).central)
    if run.pue is None and measured != "facility" and (place is None or place.kind != "region"):
        of_room = catalog.default("pue-enterprise").central
        taken["PUE"] = (class_pue(hardware, catalog).central, of_room)
    if not taken:
        return []
    names = " + ".join(dict.fromkeys(d.name for d in hardware.devices if d.kind == "accelerator"))
    here = ", ".join(f"{name} {figures[0]:g}" for name, figures in taken.items())
    there = " and ".join(f"{name} (usual there: {figures[1]:g})" for name, figures in taken.items())
    text = f"{names} is taken to run in a desktop computer: {here}; in a server room state {there}"
    return [Notice("desk-assumed", text)]
