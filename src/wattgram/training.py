"""Training: the work of a run as factors, where its hours follow from FLOPs.

    F = 6 * N * D        t = F / (3600 * peak * MFU)

N are the parameters that work on a token, D the tokens, peak the dense rate of all devices in the number format, and
MFU the share of it that the model's own operations reach from the first step to the last, restarts included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wattgram import flop
from wattgram.resolve.notice import Notice
from wattgram.resolve.peak import fill_mfu, find_peak
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.resolve import Hardware
    from wattgram.run import Work

__all__ = ["Training", "count_text", "model_width", "training_factors"]

_LARGE = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


class Training(NamedTuple):
    """The work of a training as factors, each with its range."""

    work: Work
    number_format: str
    flop: Value
    peak_tflop_per_s: Value
    mfu: Value

    @property
    def duration_h(self) -> float:
        """Central time on all devices together [h]."""
        return float(flop.device_hours_h(self.flop, self.peak_tflop_per_s, self.mfu).central)


def training_factors(
    work: Work, hardware: Hardware, workload: str | None, catalog: Catalog, notices: list[Notice]
) -> Training:
    """Operations, peak rate and MFU of a training.

    Raises
    ------
    InputError : hardware whose peak rate in the number format is not known
    """
    peak = find_peak(hardware, work.number_format, notices)
    mfu = fill_mfu(work.mfu, hardware, peak.number_format, workload, catalog)
    return Training(work, peak.number_format, _flop(work, catalog, notices), peak.tflop_per_s, mfu)


def _flop(work: Work, catalog: Catalog, notices: list[Notice]) -> Value:
    if work.flop is not None:
        return Value(work.flop, unit="FLOP", reason="stated")
    parameters, tokens = work.working_parameters, work.tokens
    row = "flop-frozen-base" if work.lora else "flop-training"
    each = catalog.default(row)
    sources = each.sources
    reason = f"{each.central:g} × {count_text(parameters)} × {count_text(tokens)} tokens"
    attention: Value | float = 0.0
    if work.context_tokens is not None:
        width, of_width = model_width(work, catalog, notices)
        per_entry = catalog.default("flop-attention")
        attention = flop.attention_flop_per_token(per_entry, width, work.context_tokens)
        sources = tuple(dict.fromkeys((*sources, *per_entry.sources, *of_width)))
        reason += f", attention over {count_text(work.context_tokens)}"
    total = flop.training_flop(parameters, tokens, each, attention)
    return Value.from_deviations(
        total.central, total.low_sq, total.high_sq, "FLOP", "derived", sources, reason
    )


def model_width(work: Work, catalog: Catalog, notices: list[Notice]) -> tuple[Value, tuple[str, ...]]:
    """Layers times width [1] and the sources of it: as stated, else that of a model of usual shape, which is said."""
    if work.layers_times_width is not None:
        return Value(work.layers_times_width), ()
    shape = catalog.default("transformer-width-per-layer")
    each = catalog.default("transformer-parameters-per-layer-width")
    width = flop.layers_times_width(work.working_parameters, each, shape)
    text = (
        f"attention is counted for a model of usual shape, layers × width about {width.central:,.0f}; "
        "state layers, heads and head_dim"
    )
    notices.append(Notice("context-approximated", text))
    return width, tuple(dict.fromkeys((*each.sources, *shape.sources)))


def count_text(number: float | None) -> str:
    """A number of parameters or tokens [1] as people write it: 175B, 15T, 8,192."""
    if number is None:
        return "unknown"
    for size, letter in _LARGE:
        if number >= size:
            return f"{number / size:.10g}{letter}"
    return f"{number:,.10g}"
