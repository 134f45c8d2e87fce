"""Habits: number format, utilisation, power caps, search, failed runs: the same hardware, used otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.advice.action import Action, Saved, by_spread
from wattgram.comparison import NUMBER_FORMATS
from wattgram.comparison.entry import one_of
from wattgram.errors import InputError
from wattgram.report.figures import mass
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.advice import Situation

__all__ = ["early_stopping", "failed_runs", "number_format", "power_cap", "search", "utilisation"]


def _share(case: Situation, saved: Saved, times: float = 1.0) -> float | None:
    whole = case.figure.central * times if isinstance(case.figure, Value) else 0.0
    return saved.central / whole if whole else None


def number_format(case: Situation) -> Action:
    """A faster number format on the same devices: the hours fall as the peak dense rates rise.

    saved = M * (1 - peak_now / peak_then * r)      r: share of the peak reached now over that reached then
    """
    title = "Use a faster number format"
    devices = [d for d in case.footprint.assembled.hardware.devices if d.kind == "accelerator"]
    if case.number_format is None:
        text = "Say the format it trains in (--number-format fp32) to get a figure."
        return Action("number-format", title, text, None, "medium", ())
    one_of("number format", case.number_format, NUMBER_FORMATS)
    if not devices or not isinstance(case.figure, Value):
        return Action(
            "number-format", title, "Nothing is known of the rates of this hardware.", None, "medium", ()
        )
    rates = {
        name: sum((getattr(d.record, column) or 0.0) * d.number for d in devices)
        for name, column in NUMBER_FORMATS.items()
        if all(getattr(d.record, column) for d in devices)
    }
    now = rates.get(case.number_format)
    if now is None:
        raise InputError(
            "number format", case.number_format, f"of this hardware are known {', '.join(rates) or 'none'}"
        )
    faster = max(rates, key=lambda name: rates[name])
    source = tuple(dict.fromkeys(s for d in devices for s in d.record.source_id.split("|")))
    if rates[faster] <= now:
        text = f"{case.number_format} is the fastest format of this hardware already."
        return Action("number-format", title, text, Saved(0.0, 0.0, 0.0), "medium", source, 0.0)
    share = case.footprint.catalog.default("mfu-a100")
    reached = Value.from_deviations(1.0, share.low_sq + share.high_sq, share.low_sq + share.high_sq)
    ratio = now / rates[faster]
    saved = by_spread(lambda whole, r: whole * (1 - ratio * r), whole=case.figure, r=reached)
    text = (
        f"{faster} in place of {case.number_format}: the peak dense rate is {rates[faster] / now:.3g} times as high, "
        "at an equal share of it. Mixed precision keeps the master weights in fp32; check that the result holds."
    )
    return Action(
        "number-format",
        f"Train in {faster}",
        text,
        saved,
        "medium",
        (*source, *share.sources),
        _share(case, saved),
        faster,
    )


def utilisation(case: Situation) -> Action:
    """Keep the devices busy: the same work in fewer hours, and less of the power that is drawn while waiting.

    u = (load - idle) / (1 - idle)      saved energy share = 1 - (load' / load) * (u / u')      hours' = hours * u / u'
    """
    title = "Keep the devices busy"
    footprint = case.footprint
    factors = footprint.assembled.factors
    if isinstance(factors.measured_energy_kwh, Value) or factors.use_system_power or case.accelerators == 0:
        text = "State the load (average draw over rated power) to get a figure."
        return Action("utilisation", title, text, None, "medium", ())
    catalog = footprint.catalog
    idle, best = catalog.default("idle-share"), catalog.default("load-large-training").high
    load = factors.load
    if load.central >= best or load.central <= idle.high or not isinstance(footprint.operational, Value):
        text = f"The load is {load.central:.2g} already."
        return Action("utilisation", title, text, Saved(0.0, 0.0, 0.0), "medium", idle.sources, 0.0)
    top = max(float(load.high), float(best))

    def saving(operational: float, embodied: float, load: float, idle: float) -> float:
        load = max(load, idle * 1.01)
        faster = (load - idle) / (top - idle)
        return operational * (1 - top / load * faster) + embodied * (1 - faster)

    embodied = footprint.embodied if isinstance(footprint.embodied, Value) else Value(0.0)
    saved = by_spread(saving, operational=footprint.operational, embodied=embodied, load=load, idle=idle)
    shorter = 1 - (load.central - idle.central) / (top - idle.central)
    text = (
        f"At a load of {top:.2g} in place of {load.central:.2g} the same work takes {shorter:.0%} fewer hours: less idle "
        "power, and the devices are free for others. Larger batches, a faster input pipeline, fewer devices."
    )
    return Action(
        "utilisation",
        title,
        text,
        saved,
        "medium",
        tuple(dict.fromkeys((*idle.sources, *load.sources))),
        _share(case, saved),
    )


def power_cap(case: Situation) -> Action:
    """A power limit on the accelerators: less energy for a little more time.

    saved = M_operational * s / overhead      s: share of the accelerators' energy saved, longer time included
    """
    title = "Cap the power of the accelerators"
    footprint = case.footprint
    saving = footprint.catalog.default("power-cap-saving")
    if case.accelerators == 0 or not isinstance(footprint.operational, Value):
        text = "Only accelerators are capped, and there is none here, or no figure."
        return Action("power-cap", title, text, None, "low", saving.sources)
    overhead = footprint.assembled.factors.overhead
    saved = by_spread(
        lambda operational, s, overhead: operational * s / overhead,
        operational=footprint.operational,
        s=saving,
        overhead=overhead,
    )
    text = (
        f"A limit well below the rated power saved {saving.low:.0%} to {saving.high:.0%} of the accelerators' energy where it "
        "was measured, for a few per cent more time (nvidia-smi -pl WATTS); the rest of the node saves nothing."
    )
    return Action("power-cap", title, text, saved, "low", saving.sources, _share(case, saved))


# --- how many runs --------------------------------------------------------------------------------------------------


def search(case: Situation) -> Action:
    """Random or model-based search in place of a grid: fewer trials for a result as good."""
    title = "Search at random, or with a model, in place of a grid"
    names = {"grid": "search-bayesian-saving", "random": "search-bayesian-saving", "bayesian": ""}
    one_of("search", case.search, names)
    if case.trials is None:
        return Action(
            "search",
            title,
            "Say how many trials the search has (--trials 50) to get a figure.",
            None,
            "low",
            (),
        )
    if case.search == "bayesian":
        text = "The search learns from its trials already."
        return Action("search", title, text, Saved(0.0, 0.0, 0.0), "low", (), 0.0)
    catalog = case.footprint.catalog
    spared = catalog.default("search-random-saving" if case.search == "grid" else "search-bayesian-saving")
    learned = catalog.default("search-bayesian-saving")
    if not isinstance(case.figure, Value):
        return Action("search", title, "There is no figure of one trial.", None, "low", spared.sources)
    trials = float(case.trials)
    saved = by_spread(lambda whole, s: whole * trials * s, whole=case.figure, s=spared)
    text = (
        f"{case.trials} trials of this run are {mass(case.figure.central * trials)}. "
        f"A {'random' if case.search == 'grid' else 'model-based'} search spares {spared.low:.0%} to {spared.high:.0%} of "
        f"them; one that learns from its trials {learned.low:.0%} to {learned.high:.0%} of a grid's. The shares are a "
        "judgement on what was published."
    )
    sources = tuple(dict.fromkeys((*spared.sources, *learned.sources)))
    return Action("search", title, text, saved, "low", sources, _share(case, saved, trials))


def early_stopping(case: Situation) -> Action:
    """Stop bad trials early: most of a search's compute is spent on what loses."""
    title = "Stop bad trials early"
    spared = case.footprint.catalog.default("early-stopping-saving")
    if case.early_stopping:
        text = "Bad trials are stopped early already."
        return Action("early-stopping", title, text, Saved(0.0, 0.0, 0.0), "low", spared.sources, 0.0)
    if case.trials is None or not isinstance(case.figure, Value):
        text = "Say how many trials the search has (--trials 50) to get a figure."
        return Action("early-stopping", title, text, None, "low", spared.sources)
    trials = float(case.trials)
    saved = by_spread(lambda whole, s: whole * trials * s, whole=case.figure, s=spared)
    text = (
        f"Successive halving spares {spared.low:.0%} to {spared.high:.0%} of a search's compute; it takes from the same "
        "trials as a better search, so the two do not add."
    )
    return Action("early-stopping", title, text, saved, "low", spared.sources, _share(case, saved, trials))


def failed_runs(case: Situation) -> Action:
    """Fewer failed runs: what fails is emitted beside every run that succeeds.

    saved = M * f / (1 - f) * a      f: share of compute that fails, a: share of that which can be avoided
    """
    title = "Let fewer runs fail"
    catalog = case.footprint.catalog
    avoidable = catalog.default("failed-avoidable")
    failed = catalog.default("failed-share")
    if case.failed_share is not None:
        failed = Value(case.failed_share, unit="1")
    if not isinstance(case.figure, Value):
        return Action("failed-runs", title, "There is no figure of this run.", None, "low", avoidable.sources)
    saved = by_spread(lambda whole, f, a: whole * f / (1 - f) * a, whole=case.figure, f=failed, a=avoidable)
    known = "as stated" if case.failed_share is not None else "assumed; state yours with --failed-share"
    text = (
        f"With {failed.central:.0%} of the compute in runs that fail ({known}), a short run first, checkpoints and early "
        f"alarms avoid {avoidable.low:.0%} to {avoidable.high:.0%} of that."
    )
    sources = (
        avoidable.sources
        if case.failed_share is not None
        else tuple(dict.fromkeys((*failed.sources, *avoidable.sources)))
    )
    return Action("failed-runs", title, text, saved, "low", sources, _share(case, saved))
