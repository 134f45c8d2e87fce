"""The arithmetic of floating-point work: how many operations a training or a prompt takes, and how long a device needs.

As in `formula`, every function takes floats, `Value`s or columns alike and looks nothing up; the only figures here are
the definitions of SI prefixes and of the hour.
"""

from __future__ import annotations

from wattgram.value import Number

__all__ = [
    "attention_flop_per_token",
    "compute_energy_j",
    "device_hours_h",
    "layers_times_width",
    "training_flop",
]

TERA_PER_UNIT = 1e-12
HOURS_PER_SECOND = 1 / 3600


def training_flop(
    parameters: Number,
    tokens: Number,
    flop_per_parameter_token: Number,
    attention_flop_per_token: Number = 0.0,
) -> Number:
    """Floating-point operations of a training.

    F = (c * N + A) * D

    Parameters
    ----------
    parameters : parameters that work on each token [1]; of a mixture of experts the active ones
    tokens : tokens seen in training [1]
    flop_per_parameter_token : 6 for a full training, 4 on a frozen base, 2 forward only [FLOP]
    attention_flop_per_token : what attention adds for a long context [FLOP]

    Returns
    -------
    operations [FLOP]

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, section 2.1; Chowdhery et al. 2022, arXiv:2204.02311, appendix B
    """
    return (flop_per_parameter_token * parameters + attention_flop_per_token) * tokens


def attention_flop_per_token(
    flop_per_entry: Number, layers_times_width: Number, context_tokens: Number
) -> Number:
    """Operations of attention for one token of a sequence.

    A = a * L * H * Q * T

    Parameters
    ----------
    flop_per_entry : 12 for a training step; 2 for the forward pass of a causal prompt [FLOP]
    layers_times_width : layers times the width of all heads, L * H * Q [1]
    context_tokens : length of the sequence, T [1]

    Returns
    -------
    operations per token [FLOP]

    References
    ----------
    Chowdhery et al. 2022, arXiv:2204.02311, appendix B
    """
    return flop_per_entry * layers_times_width * context_tokens


def layers_times_width(
    parameters: Number, parameters_per_layer_width: Number, width_per_layer: Number
) -> Number:
    """Layers times width of a transformer of usual shape, where only its size is known.

    N = k * L * d^2 and d = a * L, so L * d = (N / k)^(2/3) * a^(-1/3)

    Parameters
    ----------
    parameters : parameters of the model, N [1]
    parameters_per_layer_width : k, 12 for the usual block [1]
    width_per_layer : a, width over number of layers [1]

    Returns
    -------
    layers times width [1]

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, section 2.1
    """
    return (parameters * parameters_per_layer_width**-1.0) ** (2 / 3) * width_per_layer ** (-1 / 3)


def device_hours_h(training_flop: Number, peak_tflop_per_s: Number, mfu: Number) -> Number:
    """Time that the work takes: on one device its device-hours, on all of them together the wall time.

    t = F / (3600 * peak * MFU)

    Parameters
    ----------
    training_flop : operations of the model [FLOP]
    peak_tflop_per_s : dense peak rate of the number format, of one device or of all together [TFLOP/s]
    mfu : share of that peak which the model's own operations reach [1]

    Returns
    -------
    time [h]

    References
    ----------
    Chowdhery et al. 2022, arXiv:2204.02311, section 4.1 (model FLOPs utilisation)
    """
    return training_flop * TERA_PER_UNIT * HOURS_PER_SECOND * (peak_tflop_per_s * mfu) ** -1.0


def compute_energy_j(flop: Number, peak_tflop_per_s: Number, utilisation: Number, power_w: Number) -> Number:
    """Energy of compute-bound work.

    E = F / (peak * u) * P

    Parameters
    ----------
    flop : operations [FLOP]
    peak_tflop_per_s : dense peak rate of one device [TFLOP/s]
    utilisation : share of the peak reached [1]
    power_w : draw of that device meanwhile [W]

    Returns
    -------
    energy [J]

    References
    ----------
    You 2025, Epoch AI, How much energy does ChatGPT use? (0.301 Wh for 1e14 FLOP)
    """
    return flop * TERA_PER_UNIT * (peak_tflop_per_s * utilisation) ** -1.0 * power_w
