"""Request: what one request asks of a model, and the factors of its energy, each with range, source and reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram import flop, token_energy
from wattgram.errors import InputError
from wattgram.resolve import Notice
from wattgram.resolve.peak import find_peak, known_formats
from wattgram.run import Work
from wattgram.training import count_text, model_width
from wattgram.value import Unknown, Value
from wattgram.work import BITS

if TYPE_CHECKING:
    from wattgram.assemble import Assembled
    from wattgram.catalog import Catalog

__all__ = ["MOST_REQUESTS", "USUAL_HARDWARE", "Request", "ServingFactors", "serving_factors"]

MOST_REQUESTS = 1e18
BYTES_PER_GB = 1e9
USUAL_FORMAT = "bf16"
USUAL_HARDWARE = "H100-SXM5-80GB"
"""Taken where none is said: the fit was measured on it."""
FIT_FAMILIES = ("nvidia-h100-", "nvidia-h200-", "nvidia-h800-", "nvidia-b200-", "nvidia-gb200-")
"""Beginnings of ids of the accelerators that were measured for the fit, and of their close kin."""


class Request(NamedTuple):
    """One request to a model, as said; None is "not said"."""

    parameters: float
    active_parameters: float
    number_format: str | None
    batch: float | None
    input_tokens: float
    output_tokens: float
    requests: float | None = None
    hardware_stated: bool = False

    @property
    def weights(self) -> str:
        """The number format of the weights: the stated one, else the usual one."""
        return self.number_format or USUAL_FORMAT


class ServingFactors(NamedTuple):
    """Every factor of the energy and carbon of a request."""

    joule_per_output_token: Value
    output_tokens: float
    prefill_flop: Value
    peak_tflop_per_s: Value
    prefill_utilisation: Value
    rated_power_w: Value
    load: Value
    stack: Value
    pue: Value
    intensity_g_per_kwh: Value | Unknown
    slots_kg: Value | Unknown
    service_life_years: Value
    utilisation: Value
    hours_per_year: float


def serving_factors(
    request: Request, found: Assembled, catalog: Catalog, notices: list[Notice]
) -> ServingFactors:
    """The factors of a request on the hardware and at the place that were found.

    Raises
    ------
    InputError : several accelerators, or hardware whose peak rate is not known
    """
    hardware, of_run = found.hardware, found.factors
    computing = [device for device in hardware.devices if device.kind == "accelerator"]
    if len(computing) != 1:
        raise InputError(
            "hardware", hardware.name, "a request is served by one kind of accelerator, as in H100"
        )
    count = float(computing[0].number)
    _of_replica(request, found, catalog, notices)
    if not request.hardware_stated:
        notices.append(
            Notice(
                "default-hardware", f"no hardware was stated; {hardware.name} is taken, which was measured"
            )
        )
    prefill_format = request.weights if request.weights in known_formats(computing) else None
    peak = find_peak(hardware, prefill_format, [])
    reason = peak.tflop_per_s.reason
    if prefill_format is None:
        reason = f"{peak.number_format} dense, {request.weights} weights are unpacked to it"
    rate = _with(peak.tflop_per_s * (1 / count), "TFLOP/s", "catalog", peak.tflop_per_s.sources, reason)
    power = _with(
        hardware.rated_power_w * (1 / count), "W", "catalog", computing[0].rated_power_w.sources, "one device"
    )
    slots = of_run.slots_kg
    if isinstance(slots, Value):
        slots = _with(slots * (1 / count), "kg", slots.origin, slots.sources, slots.reason)
    return ServingFactors(
        joule_per_output_token=_decode(request, computing[0].record.id, catalog, notices),
        output_tokens=request.output_tokens,
        prefill_flop=_prefill(request, catalog, notices),
        peak_tflop_per_s=rate,
        prefill_utilisation=catalog.default("inference-prefill-utilisation", "1"),
        rated_power_w=power,
        load=catalog.default("load-inference", "1", "serving"),
        stack=catalog.default("inference-boundary", "1"),
        pue=of_run.pue,
        intensity_g_per_kwh=of_run.intensity_g_per_kwh,
        slots_kg=slots,
        service_life_years=of_run.service_life_years,
        utilisation=of_run.utilisation,
        hours_per_year=of_run.hours_per_year,
    )


def devices_of_replica(request: Request, found: Assembled, catalog: Catalog) -> int | None:
    """Accelerators that hold the weights of one replica; None where their memory is not known.

    n = ceil(1.2 * parameters * bits / 8 / memory): the weights and what goes beside them over the memory of one.
    """
    device = next(device for device in found.hardware.devices if device.kind == "accelerator")
    memory_gb = getattr(device.record, "memory_gb", None)
    if not memory_gb:
        return None
    held = catalog.figure("inference-memory-over-weights") * request.parameters * BITS[request.weights] / 8
    needed: int = math.ceil(held / (memory_gb * BYTES_PER_GB))
    return needed


def _of_replica(request: Request, found: Assembled, catalog: Catalog, notices: list[Notice]) -> None:
    """Say where the accelerators that were stated cannot hold the model, or where that cannot be known."""
    device = next(device for device in found.hardware.devices if device.kind == "accelerator")
    needed = devices_of_replica(request, found, catalog)
    name = found.hardware.name
    if needed is None:
        text = f"the memory of {name} is not known, so whether it holds the model is not known"
        notices.append(Notice("memory-of-replica", text))
    elif request.hardware_stated and needed > device.number:
        text = f"one replica takes {needed} devices for its weights, {name} is {device.number:g}; the energy of a token is that of all {needed} together"
        notices.append(Notice("memory-of-replica", text))


def _with(value: Any, unit: str, origin: str, sources: tuple[str, ...], reason: str) -> Value:
    return Value.from_deviations(value.central, value.low_sq, value.high_sq, unit, origin, sources, reason)


def _decode(request: Request, accelerator: str, catalog: Catalog, notices: list[Notice]) -> Value:
    """Joules per output token by the fit, with the error of the fit for what is known of the batch."""
    figure = catalog.figure
    fit = token_energy.TokenFit(
        figure("inference-intercept"),
        *(figure(f"inference-exponent-{name}") for name in ("active", "total", "batch", "bits")),
    )
    unsure = list(_outside(request, accelerator, catalog))
    notices += unsure
    if request.number_format is None:
        text = f"no number format was stated; {request.weights} is taken, fewer bits take less energy"
        notices.append(Notice("default-number-format", text))
    batch = figure("inference-default-batch") if request.batch is None else request.batch
    said = f"batch {batch:,g}" + (" taken, it is unknown" if request.batch is None else "")
    row = "inference-unknown-batch" if request.batch is None or unsure else "inference-known-batch"
    error = catalog.default(row, "1")
    joule = token_energy.joule_per_output_token(
        request.active_parameters, request.parameters, batch, BITS[request.weights], fit
    )
    return _with(error * joule, "J", "assumed", error.sources, f"{row}: fit of measured servers, {said}")


def _outside(request: Request, accelerator: str, catalog: Catalog) -> Any:
    """What lies outside the measurements behind the fit, each as a notice; the range is then the wider one."""
    if request.batch is None:
        text = "the batch is not known, and it moves the energy of a token several times over"
        yield Notice("batch-unknown", text)
    else:
        measured = catalog.assumption("inference-fit-batch")
        if not measured.low <= request.batch <= measured.high:
            text = f"batch {request.batch:,g} lies outside the measured {measured.low:g} to {measured.high:g}"
            yield Notice("outside-measurements", text)
    measured = catalog.assumption("inference-fit-parameters")
    if not measured.low <= request.parameters <= measured.high:
        span = f"{count_text(measured.low)} to {count_text(measured.high)}"
        text = f"{count_text(request.parameters)} parameters lie outside the measured models of {span}"
        yield Notice("outside-measurements", text)
    if not accelerator.startswith(FIT_FAMILIES):
        text = "energy per output token was measured on H100 and B200; this hardware may differ"
        yield Notice("outside-measurements", text)
    if request.input_tokens >= catalog.figure("inference-long-prompt-tokens"):
        text = "the measured prompts are short; reading a long one again for every token takes more than said"
        yield Notice("long-prompt", text)


def _prefill(request: Request, catalog: Catalog, notices: list[Notice]) -> Value:
    """Operations that read the prompt: two for each parameter and token, and attention over what came before."""
    each, per_entry = catalog.default("flop-forward"), catalog.default("flop-attention-forward")
    tokens = request.input_tokens
    shape = Work(parameters=request.parameters, active_parameters=request.active_parameters)
    unsaid: list[Notice] = []
    width, of_width = model_width(shape, catalog, unsaid)
    attention = flop.attention_flop_per_token(per_entry, width, tokens)
    total = flop.training_flop(request.active_parameters, tokens, each, attention)
    if tokens >= catalog.figure("inference-long-prompt-tokens"):
        notices.append(
            Notice("context-approximated", "attention over the prompt is counted for a model of usual shape")
        )
    sources = tuple(dict.fromkeys((*each.sources, *per_entry.sources, *of_width)))
    plain = each.central * request.active_parameters * tokens
    reason = f"{each.central:g} × {count_text(request.active_parameters)} × {count_text(tokens)} + {total.central - plain:.2g} attention"
    return _with(total, "FLOP", "derived", sources, reason)
