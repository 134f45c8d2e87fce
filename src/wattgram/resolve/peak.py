"""Peak: the dense rate of the hardware in a number format, and the share of it that trainings reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.errors import InputError
from wattgram.resolve.notice import Notice
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.resolve.device import Device
    from wattgram.resolve.hardware import Hardware

__all__ = ["NUMBER_FORMATS", "Peak", "fill_mfu", "find_peak", "known_formats"]

NUMBER_FORMATS = {
    "fp32": "peak_fp32_tflop_per_s",
    "tf32": "peak_tf32_dense_tflop_per_s",
    "fp16": "peak_fp16_dense_tflop_per_s",
    "bf16": "peak_bf16_dense_tflop_per_s",
    "fp8": "peak_fp8_dense_tflop_per_s",
}
"""Number formats, and the column of each with its peak dense rate (a rate "with sparsity" is twice as high)."""
USUAL_FORMATS = ("bf16", "fp16", "fp32")
"""What a training takes where nothing is said: the first of these that the hardware has."""

MFU_OF_FAMILY: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("mfu-a100", ("nvidia-a100-", "nvidia-a800-"), "published trainings on A100"),
    (
        "mfu-h100",
        ("nvidia-h100-", "nvidia-h800-", "nvidia-h200-", "nvidia-gh200-"),
        "published trainings on H100",
    ),
    (
        "mfu-h100",
        ("nvidia-b100-", "nvidia-b200-", "nvidia-b300-", "nvidia-gb200-", "nvidia-gb300-", "nvidia-h20"),
        "that of H100 stands in, no GPU-hours of this family are published",
    ),
    ("mfu-v100", ("nvidia-v100",), "published trainings on V100"),
    ("mfu-tpu", ("google-tpu-",), "published trainings on TPU v3 and v4"),
    ("mfu-amd-instinct", ("amd-instinct-mi2", "amd-instinct-mi3"), "published trainings on MI250X"),
)
"""Defaults of the MFU by the device's family: row of assumptions.csv, beginnings of ids, and why."""
UNTUNED = ("finetuning", "other")
"""Workloads that are said to be no tuned pre-training."""


class Peak(NamedTuple):
    """The rate of all devices together in one number format."""

    number_format: str
    tflop_per_s: Value


def known_formats(devices: list[Device]) -> list[str]:
    """Number formats in which the rate of every one of these devices is known."""
    return [
        name
        for name, column in NUMBER_FORMATS.items()
        if devices and all(getattr(device.record, column) for device in devices)
    ]


def find_peak(hardware: Hardware, number_format: str | None, notices: list[Notice]) -> Peak:
    """The dense peak rate of the hardware [TFLOP/s], in the stated number format or in the usual one.

    Raises
    ------
    InputError : hardware without a known rate, or without one in that format, with those that are known
    """
    devices = [device for device in hardware.devices if device.kind == "accelerator"]
    known = known_formats(devices)
    if not known:
        raise InputError(
            "hardware", hardware.name, "no peak rate is known for it; state the duration in place of FLOPs"
        )
    chosen = number_format or next(name for name in (*USUAL_FORMATS, *known) if name in known)
    if chosen not in known:
        raise InputError(
            "number format", chosen, f"the dense rate of {hardware.name} is known in {', '.join(known)}"
        )
    column = NUMBER_FORMATS[chosen]
    total: Any = None
    for device in devices:
        rate = _rate(device, column) * float(device.number)
        total = rate if total is None else total + rate
    rates = (f"{device.number:,.10g} × {getattr(device.record, column):g} TFLOP/s" for device in devices)
    reason = f"{chosen} dense, {' and '.join(rates)}"
    sources = tuple(dict.fromkeys(s for device in devices for s in device.record.source_id.split("|")))
    if number_format is None:
        text = f"no number format was stated; {chosen} is taken, and the rate differs with it"
        notices.append(Notice("default-number-format", text))
    peak = Value.from_deviations(
        total.central, total.low_sq, total.high_sq, "TFLOP/s", "catalog", sources, reason
    )
    return Peak(chosen, peak)


def _rate(device: Device, column: str) -> Value:
    """Rate of one device; a name that fits several devices spans theirs."""
    own = getattr(device.record, column)
    rates = [rate for row in device.candidates if (rate := getattr(row, column))]
    return Value(own, min([own, *rates]), max([own, *rates]))


def fill_mfu(
    mfu: float | None, hardware: Hardware, number_format: str, workload: str | None, catalog: Catalog
) -> Value:
    """MFU [1], the share of the peak that the model's own operations reach: stated, else by device family."""
    if mfu is not None:
        return Value(mfu, unit="1", reason="stated")
    if workload in UNTUNED:
        return catalog.default("mfu-unoptimised", "1", f"workload {workload}")
    devices = [device for device in hardware.devices if device.kind == "accelerator"]
    families = dict(_family(device.record.id) for device in devices)
    if number_format == "fp8":
        return catalog.default("mfu-fp8", "1", "published trainings in FP8, of its peak")
    if len(families) > 1:
        # the devices of one job wait for each other, so the slower family sets the pace
        row = min(families, key=catalog.figure)
        return catalog.default(row, "1", f"{families[row]}, the slower of the families here")
    row, reason = next(iter(families.items()))
    return catalog.default(row, "1", reason)


def _family(identity: str) -> tuple[str, str]:
    for row, beginnings, reason in MFU_OF_FAMILY:
        if identity.startswith(beginnings):
            return row, reason
    return "mfu-unoptimised", "no trainings with GPU-hours are published for this device"
