"""Footprint: the central idea. A run is resolved to factors, the formula multiplies them, and nothing is hidden.

A footprint is a product of a few factors, each of them a value with a range and a source; everything else is finding
the factors and showing the product. Figures are computed at once; steps, shares, sources and texts when asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.assemble import Assembled, assemble
from wattgram.chain import Results, chain, lacoste2019_kg
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.methods import MethodResult
    from wattgram.resolve import Notice
    from wattgram.run import Run
    from wattgram.score import Score

__all__ = ["SCHEMA", "Factor", "Footprint"]

SCHEMA = 1
"""Version of the JSON form; a name in it never changes its meaning within one version."""

_WORK = ("training_flop", "peak_tflop_per_s", "mfu")
_VARIABLE = (
    *_WORK,
    "rated_power_w",
    "load",
    "host_power_w",
    "overhead",
    "system_power_w",
    "measured_energy_kwh",
    "duration_h",
    "pue",
    "intensity_g_per_kwh",
    "slots_kg",
    "service_life_years",
    "utilisation",
)


class Factor(NamedTuple):
    """One factor of the product as it entered."""

    name: str
    value: Value
    share: float
    """Share of the squared deviation of the total that is due to this factor, 0 where it is certain [1]."""
    narrowed: float
    """Ratio high / low of the result if this factor were known exactly [1]."""

    def to_dict(self) -> dict[str, Any]:
        """The factor as JSON has it."""
        value = self.value
        return {
            "name": self.name,
            **value.to_dict(),
            "unit": value.unit,
            "origin": value.origin,
            "source": "|".join(value.sources),
            "reason": value.reason,
            "share": self.share,
            "narrowed": self.narrowed,
        }


class Footprint:
    """The answer for one run: `.total .operational .market .embodied .energy .water`, each a `Value` or UNKNOWN.

    Parameters
    ----------
    run : what the user said
    catalog : what is known
    """

    def __init__(self, run: Run, catalog: Catalog) -> None:
        self.run, self.catalog = run, catalog
        self.assembled: Assembled = assemble(run, catalog)
        self.results: Results = chain(self.assembled.factors)

    # --- figures ----------------------------------------------------------------------------------------------------

    @property
    def energy(self) -> Value:
        """Energy at the facility meter [kWh]."""
        return self.results.energy_kwh  # type: ignore[no-any-return]

    @property
    def operational(self) -> Value | Unknown:
        """Location-based operational emissions [kg CO2e]."""
        return self.results.operational_kg  # type: ignore[no-any-return]

    @property
    def market(self) -> Value | Unknown:
        """Market-based operational emissions by the provider's dated claim [kg CO2e]; UNKNOWN without a claim."""
        return self.results.market_kg  # type: ignore[no-any-return]

    @property
    def embodied(self) -> Value | Unknown:
        """Share of the making of the hardware [kg CO2e]; UNKNOWN where nothing is known of it."""
        return self.results.embodied_kg  # type: ignore[no-any-return]

    @property
    def total(self) -> Value | Unknown:
        """Operational and embodied together [kg CO2e]; UNKNOWN where one of them is."""
        return self.results.total_kg  # type: ignore[no-any-return]

    @property
    def water(self) -> Value | Unknown:
        """Water used on site [L]; UNKNOWN where no water usage effectiveness is published."""
        return self.results.water_l  # type: ignore[no-any-return]

    @property
    def duration(self) -> Value | Unknown:
        """Time on all devices together [h], stated or from the work; UNKNOWN with a measured energy alone."""
        return self.results.duration_h  # type: ignore[no-any-return]

    @property
    def device_hours(self) -> Value | Unknown:
        """Time summed over the devices [h]."""
        return self.duration * self.assembled.hardware.device_count

    @property
    def development(self) -> dict[str, Value | Unknown] | None:
        """What the run and those that failed or tuned for it come to together; None where it was not asked for."""
        multiplier = self.run.development
        if multiplier is None:
            return None
        figures = {
            "energy_kwh": self.energy,
            "operational_kg": self.operational,
            "embodied_kg": self.embodied,
            "total_kg": self.total,
        }
        return {name: value * multiplier for name, value in figures.items()}

    @property
    def score(self) -> Score | None:
        """Emissions per functional unit (SCI, SCI for AI); None where no unit was asked for."""
        if self.run.per is None:
            return None
        from wattgram.score import score  # noqa: PLC0415 - only where it is asked for

        return score(self.run, self.assembled.factors, self.operational, self.duration)

    @property
    def lacoste2019_kg(self) -> float | None:
        """The figure of the paper's own method for the same run [kg CO2e]."""
        found = self.assembled
        hours = self.duration.central
        if hours is None or isinstance(found.paper_intensity_g_per_kwh, Unknown):
            return None
        return float(lacoste2019_kg(found.paper_power_w, hours, found.paper_intensity_g_per_kwh))

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """Coded remarks that belong beside the figure."""
        return self.assembled.notices

    # --- what it is made of -----------------------------------------------------------------------------------------

    @property
    def headline(self) -> Value | Unknown:
        """The figure a statement names first: operational emissions, or the energy where the place is unknown."""
        return self.operational if isinstance(self.operational, Value) else self.energy

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors of the total (of the headline where there is no total), with what each adds to the spread."""
        whole = self._spread_target(self.results)
        total_sq = whole.low_sq + whole.high_sq
        rows = [(name, value) for name, value in self._entering()]
        alone = {name: self._alone(name) for name, value in rows if value.low_sq + value.high_sq > 0}
        sum_sq = sum(alone.values()) or 1.0
        return tuple(
            Factor(
                name,
                value,
                alone.get(name, 0.0) / sum_sq,
                self._narrowed(name)
                if name in alone and total_sq
                else whole.high / whole.low
                if whole.low
                else 1.0,
            )
            for name, value in rows
        )

    def _spread_target(self, results: Results) -> Value:
        for value in (results.total_kg, results.operational_kg, results.energy_kwh):
            if isinstance(value, Value):
                return value
        raise AssertionError("a footprint always has an energy")

    def _entering(self) -> list[tuple[str, Value]]:
        """The factors that entered this product, in the order in which they are read."""
        f = self.assembled.factors
        names = list(_VARIABLE)
        unused = {"measured_energy_kwh"}
        if isinstance(f.measured_energy_kwh, Value):
            unused = {"rated_power_w", "load", "host_power_w", "system_power_w"}
            unused |= {"device": set(), "it": {"overhead"}, "facility": {"overhead", "pue"}}[f.measured_scope]
        elif f.use_system_power:
            unused |= {"rated_power_w", "load", "host_power_w", "overhead"}
        else:
            unused |= {"system_power_w"}
        if isinstance(f.measured_energy_kwh, Value) and not f.embodied:
            unused |= set(_WORK)
        if f.host_power_w.central == 0:
            unused.add("host_power_w")
        if not f.embodied or not isinstance(f.slots_kg, Value):
            unused |= {"slots_kg", "service_life_years", "utilisation"}
        pairs = [(name, getattr(f, name)) for name in names if name not in unused]
        return [(name, value) for name, value in pairs if isinstance(value, Value)]

    def _alone(self, name: str) -> float:
        """Squared log-deviation of the result due to this factor alone."""
        f = self.assembled.factors
        certain: dict[str, Any] = {other: getattr(f, other).certain() for other in _VARIABLE if other != name}
        value = self._spread_target(chain(f._replace(**certain)))
        return float(value.low_sq + value.high_sq)

    def _narrowed(self, name: str) -> float:
        certain: dict[str, Any] = {name: getattr(self.assembled.factors, name).certain()}
        value = self._spread_target(chain(self.assembled.factors._replace(**certain)))
        return float(value.high / value.low) if value.low else 1.0  # nothing emitted has no range

    @cached_property
    def steps(self) -> tuple[tuple[str, Value], ...]:
        """Every intermediate quantity from power to total, in order."""
        r = self.results
        work = isinstance(self.assembled.factors.training_flop, Value)
        worked = {"device_hours_h": self.device_hours, "duration_h": self.duration} if work else {}
        names = (
            "device_power_w",
            "it_power_w",
            "it_energy_kwh",
            "energy_kwh",
            "operational_kg",
            "embodied_kg",
            "total_kg",
        )
        measured = isinstance(self.assembled.factors.measured_energy_kwh, Value)
        hidden = {"device_power_w", "it_power_w"} if measured else set()
        if self.assembled.factors.use_system_power:
            hidden.add("device_power_w")
        found = worked | {name: getattr(r, name) for name in names if name not in hidden}
        return tuple((name, value) for name, value in found.items() if isinstance(value, Value))

    @cached_property
    def source_ids(self) -> tuple[str, ...]:
        """Ids of every source a figure of this answer comes from, in order of appearance."""
        found: dict[str, None] = {}
        for _, value in self._entering():
            found.update(dict.fromkeys(value.sources))
        for device in self.assembled.hardware.devices:
            if not isinstance(self.assembled.factors.measured_energy_kwh, Value):
                found.update(dict.fromkeys(device.rated_power_w.sources))
        for beside in (self.assembled.factors.wue_l_per_kwh, self.assembled.factors.residual_g_per_kwh):
            if isinstance(beside, Value) and isinstance(self.market, Value):
                found.update(dict.fromkeys(beside.sources))
        for claim in self.assembled.claims:
            found.update(dict.fromkeys(claim.source_id.split("|")))
        return tuple(key for key in found if key)

    @property
    def sources(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """Those sources with their records: citation, licence, url."""
        return tuple((key, self.catalog.source(key)) for key in self.source_ids)

    def methods(self) -> tuple[MethodResult, ...]:
        """The same run by every method of `wattgram.methods.METHOD_NAMES`, each with why it differs."""
        from wattgram.methods import by_methods  # noqa: PLC0415 - only who asks for it pays

        return by_methods(self)

    # --- forms ------------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON has it (schema 1; `docs/json.md` describes every name)."""
        from wattgram.report.json import footprint_dict  # noqa: PLC0415 - forms are made when asked for

        return footprint_dict(self)

    def report(self, form: str = "text") -> str:
        """The answer as a text in one of the forms of `wattgram.report.FORMS`."""
        from wattgram.report import render  # noqa: PLC0415 - forms are made when asked for

        return render(self, form)

    def picture(self, form: str = "png") -> bytes:
        """The run's emissions as a picture for paper: the bytes of a `png` or `pdf`.

        Raises
        ------
        InputError : a form that is none; MissingExtraError : the extra `[figures]` is not installed
        """
        from wattgram.report.drawing import footprint_picture  # noqa: PLC0415 - forms are made when asked for

        return footprint_picture(self, form)

    def __str__(self) -> str:
        return self.report("text")

    def __repr__(self) -> str:
        return f"<Footprint {self.assembled.hardware.name}: {self.headline!r}>"

    def __rich__(self) -> str:
        return self.report("text").replace("[", "\\[")

    def _repr_html_(self) -> str:
        import html  # noqa: PLC0415 - only a notebook asks

        return f"<pre>{html.escape(self.report('text'))}</pre>"
