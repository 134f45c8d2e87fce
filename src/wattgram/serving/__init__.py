"""Serving: energy and carbon of a language model per request and per million tokens.

    E = (prefill + decode) * stack * PUE        M = E * I + making

Decode is the measured fit of `token_energy`, prefill is compute-bound work of `flop`; both are energies of the
accelerators alone. `stack` adds host, network, idle capacity; PUE and grid are those of the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.errors import OutOfRangeError
from wattgram.estimation import make_run
from wattgram.run import check_number
from wattgram.serving.answer import Inference
from wattgram.serving.request import MOST_REQUESTS, USUAL_HARDWARE, Request
from wattgram.work import BITS, MOST_PARAMETERS, parse_count, parse_number_format

if TYPE_CHECKING:
    from datetime import date, datetime

    from wattgram.catalog import Catalog

__all__ = ["Inference", "Request", "inference"]

LARGEST_BATCH = 1e5
MOST_TOKENS_OF_REQUEST = 1e9


def inference(  # noqa: PLR0913 - one parameter for each thing a user can say
    parameters: float | str,
    where: str | None = None,
    *,
    active_parameters: float | str | None = None,
    number_format: str | None = None,
    batch: float | str | None = None,
    input_tokens: float | str = 0,
    output_tokens: float | str = 0,
    requests: float | str | None = None,
    hardware: str | None = None,
    start: str | date | datetime | None = None,
    pue: float | None = None,
    intensity: float | str | None = None,
    embodied: bool = True,
    boundary: str = "lifecycle",
    development: float | None = None,
    catalog: Catalog | None = None,
) -> Inference:
    """Energy and carbon of serving a language model, per request and per million tokens.

    E = (2 N T_in / (peak * u) * P + J_token * T_out) * stack * PUE

    Parameters
    ----------
    parameters : all parameters of the model [1], `70e9` or `70B`
    where : where it is served, as in `estimate`; without it there is energy and no carbon
    active_parameters : parameters of a mixture of experts that work on one token [1]
    number_format : format of the weights: bf16 (the default, announced), fp16, fp8, int8, mxfp4, fp4, int4, fp32
    batch : requests that one replica serves at once [1]; unknown, it is said and the range is wider
    input_tokens, output_tokens : tokens of the prompt and of the answer of one request [1]
    requests : how many such requests, for a sum beside the single one [1]
    hardware : the accelerator; the measured H100 where nothing is said
    start : when, for the year of the grid figure
    pue : power usage effectiveness of the facility [1], in place of that of the place
    intensity : carbon intensity [g CO2e/kWh], in place of the catalog's
    embodied : whether the making of the hardware is counted
    boundary : `lifecycle` or `direct`
    development : multiplier for requests that reach nobody (tests, evaluation) [1], >= 1; a line of its own
    catalog : another catalog than the shipped one

    Returns
    -------
    Inference, whose figures are `Value`s in kWh and kg CO2e per request

    Raises
    ------
    InputError : anything that cannot be used, in one sentence

    References
    ----------
    Chung et al. 2025, arXiv:2505.06371 (decode); Kaplan et al. 2020, arXiv:2001.08361 (prefill);
    Elsworth et al. 2025, arXiv:2508.15734 (full stack)
    """
    from wattgram.catalog import Catalog  # noqa: PLC0415 - importing wattgram opens nothing

    request = _request(
        parameters, active_parameters, number_format, batch, input_tokens, output_tokens, requests
    )
    placed = where is not None or intensity is not None
    run = make_run(
        hardware if hardware is not None else USUAL_HARDWARE,
        None,
        where,
        start=start,
        pue=pue,
        # a run needs a place; here carbon may stay unknown, so the stand-in is taken out again below
        intensity=intensity if placed else 0.0,
        embodied=embodied,
        boundary=boundary,
        workload="inference",
        measured_energy_kwh=1.0,
        development=development,
    )
    if not placed:
        run = run._replace(intensity_g_per_kwh=None)
    request = request._replace(hardware_stated=hardware is not None)
    return Inference(request, run, catalog if catalog is not None else Catalog.load())


def _request(
    parameters: Any, active: Any, number_format: Any, batch: Any, taken: Any, given: Any, requests: Any
) -> Request:
    """One request, each of its words checked."""
    total = parse_count("parameters", parameters, 1, MOST_PARAMETERS)
    working = total if active is None else parse_count("active parameters", active, 1, MOST_PARAMETERS)
    if working > total:
        raise OutOfRangeError(
            "active parameters", active, f"at most all {total:g} parameters work on a token"
        )
    input_tokens = parse_count("input tokens", taken, 0, MOST_TOKENS_OF_REQUEST)
    output_tokens = parse_count("output tokens", given, 0, MOST_TOKENS_OF_REQUEST)
    if input_tokens + output_tokens == 0:
        raise OutOfRangeError("output tokens", given, "a request has input_tokens, output_tokens or both")
    return Request(
        parameters=total,
        active_parameters=working,
        number_format=None if number_format is None else parse_number_format(number_format, tuple(BITS)),
        batch=None if batch is None else check_number("batch", batch, 1, LARGEST_BATCH),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        requests=None if requests is None else parse_count("requests", requests, 1, MOST_REQUESTS),
    )
