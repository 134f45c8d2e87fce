"""Inference: the answer for one request to a model, and for a million tokens read or written."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram import flop, formula, token_energy
from wattgram.assemble import assemble
from wattgram.footprint import Factor
from wattgram.serving.request import Request, ServingFactors, serving_factors
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.resolve import Notice
    from wattgram.run import Run

__all__ = ["Amount", "Inference", "serve"]

MILLION = 1e6
_OF_PROMPT = ("prefill_flop", "peak_tflop_per_s", "prefill_utilisation")


class Amount(NamedTuple):
    """Energy and carbon of some tokens or requests; `energy_kwh` is at the facility meter."""

    accelerator_kwh: Value
    energy_kwh: Value
    operational_kg: Value | Unknown
    embodied_kg: Value | Unknown
    total_kg: Value | Unknown

    def times(self, number: float) -> Amount:
        """As many times [1] as much: the same factors, so the range grows alike."""
        scaled: Any = [value * number for value in self]
        return Amount(*scaled)


class Served(NamedTuple):
    """One request, and its two parts: reading the prompt, and writing the answer."""

    whole: Amount
    prefill: Amount
    decode: Amount


def serve(f: ServingFactors) -> Served:
    """Energy and carbon of the factors: both parts are summed at the accelerator, then multiplied by what they share."""
    prefill_j = flop.compute_energy_j(
        f.prefill_flop, f.peak_tflop_per_s, f.prefill_utilisation, f.rated_power_w * f.load
    )
    decode_j = f.joule_per_output_token * f.output_tokens
    return Served(_amount(prefill_j + decode_j, f), _amount(prefill_j, f), _amount(decode_j, f))


def _amount(accelerator_j: Any, f: ServingFactors) -> Amount:
    accelerator_kwh = token_energy.kwh_of_j(accelerator_j)
    energy_kwh = formula.facility_energy_kwh(accelerator_kwh * f.stack, f.pue)
    operational_kg = formula.operational_kg(energy_kwh, f.intensity_g_per_kwh)
    kg_per_j = token_energy.embodied_kg_per_j(
        f.slots_kg, f.rated_power_w, f.load, f.hours_per_year, f.service_life_years, f.utilisation
    )
    embodied_kg = kg_per_j * accelerator_j
    total: Any = UNKNOWN
    if isinstance(operational_kg, Value) and isinstance(kg_per_j, Value):
        # both terms hang on the same energy: what a joule emits is summed first
        one_j = formula.facility_energy_kwh(f.stack * token_energy.kwh_of_j(1.0), f.pue)
        per_j = formula.total_kg(formula.operational_kg(one_j, f.intensity_g_per_kwh), kg_per_j)
        total = per_j * accelerator_j
    return Amount(
        accelerator_kwh.as_unit("kWh"),
        energy_kwh.as_unit("kWh"),
        operational_kg.as_unit("kg"),
        embodied_kg.as_unit("kg"),
        total.as_unit("kg"),
    )


class Inference:
    """The answer for one request: `.energy` [kWh], `.operational .embodied .total` [kg CO2e], each a `Value` or UNKNOWN.

    Parameters
    ----------
    request : what one request asks of the model
    run : hardware and place
    catalog : what is known
    """

    def __init__(self, request: Request, run: Run, catalog: Catalog) -> None:
        self.request, self.run, self.catalog = request, run, catalog
        self.assembled = assemble(run, catalog)
        notices = list(self.assembled.notices)
        self.factors_in: ServingFactors = serving_factors(request, self.assembled, catalog, notices)
        self.warnings: tuple[Notice, ...] = tuple(dict.fromkeys(notices))
        self.served: Served = self._serve(self.factors_in)

    def _serve(self, factors: ServingFactors) -> Served:
        served = serve(factors)
        if self.run.embodied:
            return served
        return Served(*(part._replace(embodied_kg=UNKNOWN, total_kg=part.operational_kg) for part in served))

    # --- figures ----------------------------------------------------------------------------------------------------

    @property
    def per_request(self) -> Amount:
        """One request, prompt and answer."""
        return self.served.whole

    @property
    def per_million_input_tokens(self) -> Amount | None:
        """A million tokens of such prompts read; None where there is no prompt."""
        tokens = self.request.input_tokens
        return self.served.prefill.times(MILLION / tokens) if tokens else None

    @property
    def per_million_output_tokens(self) -> Amount | None:
        """A million tokens of such answers written; None where there is no answer."""
        tokens = self.request.output_tokens
        return self.served.decode.times(MILLION / tokens) if tokens else None

    @property
    def all_requests(self) -> Amount | None:
        """All the requests that were asked for; None where no number was said."""
        number = self.request.requests
        return None if number is None else self.served.whole.times(number)

    @property
    def development(self) -> Amount | None:
        """The requests and those that reached nobody; None where it was not asked for."""
        if self.run.development is None:
            return None
        return (self.all_requests or self.per_request).times(self.run.development)

    @property
    def energy(self) -> Value:
        """Energy of one request at the facility meter, full stack [kWh]."""
        return self.per_request.energy_kwh

    @property
    def accelerator_energy(self) -> Value:
        """Energy of one request of the accelerators alone [kWh]."""
        return self.per_request.accelerator_kwh

    @property
    def operational(self) -> Value | Unknown:
        """Location-based operational emissions of one request [kg CO2e]."""
        return self.per_request.operational_kg

    @property
    def embodied(self) -> Value | Unknown:
        """Share of the making of the hardware in one request [kg CO2e]."""
        return self.per_request.embodied_kg

    @property
    def total(self) -> Value | Unknown:
        """Operational and embodied emissions of one request [kg CO2e]."""
        return self.per_request.total_kg

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _target(self, served: Served) -> Value:
        whole = served.whole
        figures = (whole.total_kg, whole.operational_kg, whole.energy_kwh)
        return next(value for value in figures if isinstance(value, Value))

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors of one request, with what each adds to the spread."""
        values = {
            name: value for name, value in self.factors_in._asdict().items() if isinstance(value, Value)
        }
        if self.request.input_tokens == 0:
            values = {n: v for n, v in values.items() if n not in _OF_PROMPT}
        if self.request.output_tokens == 0:
            values.pop("joule_per_output_token")
        if not isinstance(self.embodied, Value):
            values = {
                n: v for n, v in values.items() if n not in ("slots_kg", "service_life_years", "utilisation")
            }
        certain: dict[str, Any] = {name: value.certain() for name, value in values.items()}
        alone: dict[str, float] = {}
        narrowed: dict[str, float] = {}
        for name, value in values.items():
            only = self._target(self._serve(self.factors_in._replace(**(certain | {name: value}))))
            alone[name] = only.low_sq + only.high_sq
            without = self._target(self._serve(self.factors_in._replace(**{name: certain[name]})))
            narrowed[name] = without.high / without.low
        whole = sum(alone.values()) or 1.0
        return tuple(Factor(n, v, alone[n] / whole, narrowed[n]) for n, v in values.items())

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Ids of every source a figure of this answer comes from, in order of appearance."""
        found = (
            key for factor in self.factors for joined in factor.value.sources for key in joined.split("|")
        )
        return tuple(key for key in dict.fromkeys(found) if key)

    @property
    def sources(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """Those sources with their records: citation, licence, url."""
        return tuple((key, self.catalog.source(key)) for key in self.source_ids)

    # --- forms ------------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON has it (`docs/json.md`)."""
        from wattgram.serving.forms import inference_dict  # noqa: PLC0415 - forms are made when asked for

        return inference_dict(self)

    def report(self, form: str = "text") -> str:
        """The answer as a text in one of the forms of `wattgram.serving.forms.FORMS`."""
        from wattgram.serving.forms import render  # noqa: PLC0415 - forms are made when asked for

        return render(self, form)

    def __str__(self) -> str:
        return self.report("text")

    def __repr__(self) -> str:
        return f"<Inference {self.request.parameters:g} parameters: {self.energy!r} a request>"
