"""Cloud Carbon Footprint: idle and full power of GPUs and virtual processors, memory, and the making over four years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram import formula
from wattgram.methods.result import Method, MethodResult, memory_gb, no_figure, result_of, stated
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.resolve.device import Device

__all__ = ["ccf", "ccf_power_w"]


def ccf_power_w(idle_w: Any, max_w: Any, utilisation: Any) -> Any:
    """Average power of a processor or GPU by Cloud Carbon Footprint.

    P = P_idle + utilisation * (P_max - P_idle)

    Parameters
    ----------
    idle_w, max_w : power at rest and at full use [W]
    utilisation : share of use [1], 0.5 where it is not known

    Returns
    -------
    average power [W]

    References
    ----------
    Cloud Carbon Footprint, methodology, "Compute"
    """
    return idle_w + utilisation * (max_w + idle_w * -1.0)


def ccf(footprint: Footprint, hours_h: float | None) -> MethodResult:
    """The run, of `hours_h` [h], by Cloud Carbon Footprint: half way from idle to full power where no load is stated."""
    catalog, found = footprint.catalog, footprint.assembled
    each_kg = catalog.figure("method-ccf-embodied-gpu")
    why = (
        "half way from idle to full power of each GPU and virtual processor, memory above that of its test servers, "
        f"a mean PUE of the provider; the making over four years, {each_kg:g} kg for each GPU"
    )
    method = Method("ccf", catalog.source("ccf-coefficients-2026")["citation"], why)
    provider = found.place.provider if found.place else ""
    devices = found.hardware.devices
    lacking = _lacking(footprint, hours_h, provider)
    if lacking or hours_h is None:
        return no_figure(method, lacking)
    use = stated(footprint.run.load, "1") or catalog.default("method-ccf-utilisation", "1")
    pue = catalog.default(f"method-ccf-pue-{provider or 'on-premise'}", "1")
    factors: dict[str, Value] = {"utilisation": use, "pue": pue}
    watts, notes = 0.0, []
    for device in devices:
        ends = _ends(device, provider, catalog)
        if ends is not None:
            idle, full, each = ends
            factors[f"{device.name}_idle_w"], factors[f"{device.name}_max_w"] = idle, full
            watts += ccf_power_w(idle.central, full.central, use.central) * each
        elif device.kind == "processor":
            notes.append(f"it has no constant for {device.name}, which is left out")
    above_gb, note = _memory_above(devices, catalog)
    per_gb = catalog.default("method-ccf-memory")
    factors["memory_above_baseline_gb"], factors["memory_w_per_gb"] = Value(above_gb, unit="GB"), per_gb
    it_power_w = formula.it_power_w(watts, above_gb * per_gb.central, 1.0)
    power_w = formula.facility_energy_kwh(Value(it_power_w, unit="W"), pue)
    embodied: Value | Unknown = UNKNOWN
    making = ""
    if footprint.run.embodied:
        known = any(device.kind == "processor" for device in devices)
        making = "its drives are not counted, since the catalog holds none"
        if known:
            embodied = _embodied(devices, hours_h, catalog)
        else:
            making = "it needs the instance type or the processors for the making"
    missing = "; ".join(said for said in (*notes, note, making) if said)
    return result_of(footprint, method, power_w, hours_h, factors, missing, embodied)


def _lacking(footprint: Footprint, hours_h: float | None, provider: str) -> str:
    """Why the method can give no figure; empty where it can."""
    if hours_h is None:
        return "it needs a duration"
    catalog = footprint.catalog
    if not _has(catalog, f"method-ccf-pue-{provider or 'on-premise'}"):
        return f"it has no PUE of {provider}"
    devices = footprint.assembled.hardware.devices
    unknown = [d.name for d in devices if d.kind != "memory" and _ends(d, provider, catalog) is None]
    known = [d for d in devices if d.kind != "memory" and d.name not in unknown]
    computing = [d.name for d in devices if d.kind in {"accelerator", "power"} and d.name in unknown]
    if computing or not known:
        return f"it has no constant for {', '.join(dict.fromkeys(computing or unknown))}"
    return ""


def _ends(device: Device, provider: str, catalog: Catalog) -> tuple[Value, Value, float] | None:
    """Idle and full power of a device, and how many of them it stands for; None where the method has no constant."""
    if device.kind == "accelerator":
        for model in device.record.model.split("|"):
            row = f"method-ccf-gpu-{model}"
            if _has(catalog, f"{row}-idle"):
                return catalog.default(f"{row}-idle"), catalog.default(f"{row}-max"), device.number
        return None
    if device.kind != "processor":
        return None
    row = _processor_row(device, provider, catalog) or f"method-ccf-vcpu-{provider}"
    if not _has(catalog, f"{row}-idle"):
        return None
    return catalog.default(f"{row}-idle"), catalog.default(f"{row}-max"), _vcpu(device, catalog)


def _processor_row(device: Device, provider: str, catalog: Catalog) -> str:
    """The row of the method's processor table for this processor; empty where it is in none."""
    asked = "ccf-processors"
    if asked not in catalog.memory:
        rows = [
            row for row in catalog.table("assumptions").all_rows() if row["id"].startswith("method-ccf-cpu-")
        ]
        catalog.memory[asked] = {
            (key, row["id"].removeprefix("method-ccf-cpu-").partition("-")[0]): row["id"].rpartition("-")[0]
            for row in rows
            for key in row["class"].split("|")
        }
    table: dict[tuple[str, str], str] = catalog.memory[asked]
    mine = [
        row
        for (key, of), row in table.items()
        if key == getattr(device.record, "id", "") and provider in ("", of)
    ]
    return mine[0] if mine else ""


def _memory_above(devices: tuple[Device, ...], catalog: Catalog) -> tuple[float, str]:
    """Memory above that of the servers the processor figures were measured on [GB], and what could not be told."""
    memory = memory_gb(devices)
    if not memory:
        return 0.0, "the memory of the node is not stated, so none is counted"
    baseline_gb = 0.0
    for device in devices:
        if device.kind == "processor":
            row = _processor_row(device, "", catalog)
            if not row:
                return 0.0, f"it has no memory baseline for {device.name}, so no memory is counted"
            baseline_gb += catalog.figure(f"{row}-memory") * device.number
    return max(0.0, memory - baseline_gb), ""


def _embodied(devices: tuple[Device, ...], hours_h: float, catalog: Catalog) -> Value:
    """Share of the making [kg]: base server, memory above 16 GB, further sockets and GPUs, over 35,040 h."""
    figure = catalog.figure
    sockets = sum(d.number for d in devices if d.kind == "processor")
    servers = sockets / figure("sockets-per-server")
    gpus = sum(d.number for d in devices if d.kind == "accelerator")
    extra_gb = max(0.0, memory_gb(devices) - figure("method-ccf-embodied-base-memory") * servers)
    kg = (
        servers * figure("method-ccf-embodied-server")
        + extra_gb * figure("method-ccf-embodied-memory")
        + (sockets - servers) * figure("method-ccf-embodied-socket")
        + gpus * figure("method-ccf-embodied-gpu")
    )
    sources = ("ccf-coefficients-2026",)
    return Value(kg * hours_h / figure("method-ccf-life-hours"), unit="kg", origin="derived", sources=sources)


def _vcpu(device: Device, catalog: Catalog) -> float:
    """Hardware threads of all sockets; those of a usual socket where the processor is not named."""
    threads = getattr(device.record, "threads", None)
    cores = getattr(device.record, "cores", None) or 0
    each = threads or cores * catalog.figure("vcpu-per-core") or catalog.figure("vcpu-per-socket")
    return float(device.number * each)


def _has(catalog: Catalog, identity: str) -> bool:
    return identity in catalog.table("assumptions").keys()  # noqa: SIM118 - keys() is ours
