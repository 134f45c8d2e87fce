"""Metrics of tracked runs: the text that Prometheus reads, and OpenTelemetry instruments.

print(prometheus(read_runs("runs")))
observe(tracker)                              # OpenTelemetry: energy, carbon and power of a run as it goes on
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from wattgram.errors import WattgramError
from wattgram.tracker.account import footprint_of, measured
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.tracker.record import Run
    from wattgram.tracker.tracker import Tracker

__all__ = ["STATES", "figures", "observe", "prometheus"]

SECONDS_PER_HOUR = 3600.0
STATES = ("running", "finished", "interrupted")
MOST_RUNS = 200
"""Runs that are told one by one, newest first: each is a series of its own."""
METRICS = (
    ("energy_kwh", "Energy at the facility meter [kWh]."),
    ("operational_kg", "Operational emissions, location-based [kg CO2e]."),
    ("measured_energy_kwh", "Energy that meters and models of the run's parts add up to [kWh]."),
    ("node_energy_kwh", "The same for the whole machine [kWh]."),
    ("duration_seconds", "Time that the run ran [s]."),
    ("power_watts", "Power of the run's parts between its last two samples [W]; 0 once it is over."),
)


def figures(run: Run) -> dict[str, float]:
    """The metrics of a run by name [as the name ends]; one that is not known is left out, and is never 0."""
    own, node = measured(run, "job"), measured(run, "node")
    found: dict[str, float] = {"duration_seconds": run.duration_h * SECONDS_PER_HOUR}
    if own is not None:
        found["measured_energy_kwh"] = own.central
    if node is not None:
        found["node_energy_kwh"] = node.central
    try:
        footprint = footprint_of(run)
    except WattgramError:
        return found
    found["energy_kwh"] = footprint.energy.central
    if isinstance(footprint.operational, Value):
        found["operational_kg"] = footprint.operational.central
    power = run.power()
    if power:
        found["power_watts"] = power[-1][2] if run.state == "running" else 0.0
    return found


def prometheus(runs: Iterable[Run]) -> str:
    """The runs of a folder in the text format of Prometheus."""
    runs = list(runs)
    told = [(run, run.state, figures(run)) for run in runs[-MOST_RUNS:]]
    lines = ["# HELP wattgram_runs Tracked runs by state.", "# TYPE wattgram_runs gauge"]
    states = [run.state for run in runs]
    lines += [f'wattgram_runs{{state="{state}"}} {states.count(state)}' for state in STATES]
    for name, meaning in METRICS:
        lines += [f"# HELP wattgram_run_{name} {meaning}", f"# TYPE wattgram_run_{name} gauge"]
        for run, state, found in told:
            if name in found:
                labels = (
                    f'id="{_label(run.id)}",name="{_label(run.header.get("name") or "")}",state="{state}"'
                )
                lines.append(f"wattgram_run_{name}{{{labels}}} {found[name]!r}")
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def observe(tracker: Tracker, meter: Any = None) -> None:
    """Tell a run's figures to OpenTelemetry each time its reader asks.

    Parameters
    ----------
    tracker : the run, started or to be started
    meter : an OpenTelemetry meter; left out, that of the program's own provider

    Raises
    ------
    MissingLibraryError : opentelemetry-api is not installed
    """
    try:
        from opentelemetry import metrics  # noqa: PLC0415 - an extra of the user's choice
    except ImportError:
        from wattgram.errors import MissingLibraryError  # noqa: PLC0415

        raise MissingLibraryError("OpenTelemetry metrics", "opentelemetry-sdk") from None
    meter = meter or metrics.get_meter("wattgram")
    units = {"kwh": "kW.h", "kg": "kg", "seconds": "s", "watts": "W"}

    def asked(name: str) -> Callable[[Any], list[Any]]:
        def tell(_: Any) -> list[Any]:
            if not tracker.header:
                return []
            run = tracker.run()
            value = tracker.power_w if name == "power_watts" else figures(run).get(name)
            labels = {"run.id": run.id, "run.name": str(run.header.get("name") or "")}
            return [] if value is None else [metrics.Observation(value, labels)]

        return tell

    for name, meaning in METRICS:
        unit = units[name.rpartition("_")[2]]
        title = f"wattgram.{name.rpartition('_')[0]}"
        kind = meter.create_observable_gauge if name == "power_watts" else meter.create_observable_counter
        kind(title, callbacks=[asked(name)], unit=unit, description=meaning)
