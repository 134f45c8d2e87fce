"""estimate(): the words of the user, checked, to a Footprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError
from wattgram.run import (
    MOST_DEVICES,
    WHERE_FORMS,
    Run,
    check_number,
    parse_duration,
    parse_intensity,
    parse_start,
)
from wattgram.work import make_work, parse_share

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.run import Work
    from wattgram.series import Series
    from wattgram.value import Value

__all__ = ["METHODS", "SCOPES", "estimate", "footprint_of", "make_run", "undated"]

METHODS = ("full", "lacoste2019")
SCOPES = ("device", "it", "facility")
MOST_KWH = 1e12
LEAST_UNITS, MOST_UNITS = 1.0, 1e33
HOW_LONG = "say how long it ran, as in 100h, or state a measured energy, or flops, or parameters and tokens"
LIMITS = {
    "load": (0.0, 1.5, True),
    "overhead": (1.0, 10.0, False),
    "pue": (1.0, 5.0, False),
    "development": (1.0, 100.0, False),
}


def estimate(  # noqa: PLR0913 - one parameter for each thing a user can say
    hardware: str,
    duration: str | float | timedelta | None = None,
    where: str | None = None,
    *,
    count: int = 1,
    start: str | date | datetime | None = None,
    end: str | date | datetime | None = None,
    load: float | str | None = None,
    overhead: float | None = None,
    pue: float | None = None,
    measured_energy_kwh: float | Value | None = None,
    measured_scope: str = "it",
    intensity: float | str | None = None,
    embodied: bool = True,
    method: str = "full",
    boundary: str = "lifecycle",
    workload: str | None = None,
    series: Series | None = None,
    flops: float | str | None = None,
    parameters: float | str | None = None,
    tokens: float | str | None = None,
    active_parameters: float | str | None = None,
    number_format: str | None = None,
    mfu: float | str | None = None,
    context: float | str | None = None,
    layers: int | None = None,
    heads: int | None = None,
    head_dim: int | None = None,
    lora: bool = False,
    development: float | None = None,
    per: str | None = None,
    units: float | str | None = None,
    catalog: Catalog | None = None,
) -> Footprint:
    """The footprint of one run: what ran, how long, where.

    M = P_rated * load * overhead * t * PUE * I + embodied
    t = F / (3600 * peak * MFU), F = 6 * N * D      (where the work is said in place of a duration)

    Parameters
    ----------
    hardware : what ran: `8xA100`, `TPU v3-8`, `aws:p4d.24xlarge`, `2xEPYC 7763 + 512GB`, `300W`
    duration : how long: `100h`, `3d4h`, `12:30:00`, `PT100H`, or a number of hours [h]
    where : where: `aws:us-east-1`, `FR`, `CA-QC`, `Montreal`, `45.5,-73.6`, `20 g/kWh`; a measured energy may do
        without: then there is energy and no carbon, and the warning `place-unknown`
    count : how many of that hardware [1]
    start : start of the run, for the year of the grid figure; a date or time, UTC where no zone is said
    end : end of the run, in place of its duration
    load : average draw over rated power [1], `0.8` or `80%`
    overhead : draw of the whole server over that of its devices [1], >= 1
    pue : power usage effectiveness of the facility [1], >= 1
    measured_energy_kwh : measured energy [kWh], in place of the modelled one; a `Value` brings its range with it
    measured_scope : what it covers: `device`, `it` (servers) or `facility`
    intensity : carbon intensity [g CO2e/kWh], in place of the catalog's
    embodied : whether the making of the hardware is counted
    method : `full`, or `lacoste2019` (the paper's own)
    boundary : `lifecycle` or `direct`
    workload : `large-training`, `training`, `finetuning`, `inference` or `other`; chooses the default load
    series : hourly intensity of the run's zone, integrated exactly over start and duration (`grid.read_series`)
    flops : operations of the training [FLOP], in place of a duration: `3.15e23`, `315 ZFLOP`, `3640 PF-days`
    parameters, tokens : size of the model and tokens it sees [1], in place of flops: `175e9`, `7 billion`, `15T`
    active_parameters : parameters of a mixture of experts that work on one token [1]
    number_format : `bf16`, `fp16`, `tf32`, `fp32` or `fp8`: whose dense peak rate the hardware works at
    mfu : share of that peak which the model's own operations reach [1], `0.4` or `40%`
    context : length of the sequences [1]: adds attention, by layers, heads and head_dim or for a usual shape
    lora : only adapters are trained, on a frozen base: 4 in place of 6 operations
    development : multiplier for runs that failed or tuned [1], >= 1; a line of its own beside the answer
    per : functional unit of a score (SCI, SCI for AI): `token`, `parameter`, `request` or `flop`
    units : how many of them the run yields [1]: `300e9`, `300B`; left out where the work says it
    catalog : another catalog than the shipped one

    Returns
    -------
    Footprint, whose figures are `Value`s in kg CO2e, kWh and L

    Raises
    ------
    InputError : anything that cannot be used, in one sentence with what is allowed and the nearest match

    References
    ----------
    Lacoste, Luccioni, Schmidt, Dandres 2019, arXiv:1910.09700; GHG Protocol Scope 2; ISO/IEC 21031:2024
    """
    from wattgram.catalog import Catalog  # noqa: PLC0415 - importing wattgram opens nothing
    from wattgram.footprint import Footprint  # noqa: PLC0415

    run = make_run(
        hardware,
        duration,
        where,
        count=count,
        start=start,
        end=end,
        load=load,
        overhead=overhead,
        pue=pue,
        measured_energy_kwh=measured_energy_kwh,
        measured_scope=measured_scope,
        intensity=intensity,
        embodied=embodied,
        method=method,
        boundary=boundary,
        workload=workload,
        series=series,
        flops=flops,
        parameters=parameters,
        tokens=tokens,
        active_parameters=active_parameters,
        number_format=number_format,
        mfu=mfu,
        context=context,
        layers=layers,
        heads=heads,
        head_dim=head_dim,
        lora=lora,
        development=development,
        per=per,
        units=units,
    )
    return Footprint(run, catalog if catalog is not None else Catalog.load())


def footprint_of(
    run: Run | Footprint | str,
    words: tuple[Any, ...],
    said: dict[str, Any],
    catalog: Catalog | None,
    of: str,
) -> Footprint:
    """The footprint of a run that is one already, or that is said in the words of `estimate`.

    Parameters
    ----------
    run : a footprint, a run, or the hardware, the first of the words
    words : duration and place, where the hardware was said
    said : what else `estimate` can be told, by name
    catalog : another catalog than the shipped one
    of : name of the function that was called, for its errors

    Raises
    ------
    InputError : words that cannot be used; TypeError : words beside a run that says everything already
    """
    from wattgram.catalog import Catalog  # noqa: PLC0415 - importing wattgram opens nothing
    from wattgram.footprint import Footprint  # noqa: PLC0415

    if isinstance(run, str):
        return estimate(run, *words, **said, catalog=catalog)
    if words or said:
        names = ", ".join([*map(repr, words), *said])
        raise TypeError(f"{of}() takes the words of a run or a run, not {names} beside one")
    if isinstance(run, Footprint):
        return run
    if not isinstance(run, Run):
        raise InputError(
            "run", run, "it takes a run, a footprint, or words as estimate does: '8xA100', '100h', 'FR'"
        )
    return Footprint(run, catalog if catalog is not None else Catalog.load())


def undated(said: dict[str, Any], start: Any) -> dict[str, Any]:
    """The words of a run whose start is where a search of times begins: it is the run's own where it is past."""
    if start is None:
        return said
    import datetime as dt  # noqa: PLC0415 - only where times are compared

    past = parse_start(start, future=True) <= dt.datetime.now(dt.UTC)
    return {**said, "start": start} if past else said


def make_run(hardware: str, duration: Any, where: str | None, **said: Any) -> Run:
    """A Run from words and options, each checked; what was not said stays None.

    Raises
    ------
    InputError : the first thing that cannot be used
    """
    measured, series = said.get("measured_energy_kwh"), _series(said.get("series"))
    start = None if said.get("start") is None else parse_start(said["start"])
    if said.get("end") is not None:
        duration = _until(start, said["end"], duration)
    work = make_work(said)
    if work is not None:
        duration, where = _no_duration(duration, where)
    elif duration is None and measured is None:
        raise InputError("duration", duration, HOW_LONG)
    intensity = _intensity(said.get("intensity"))
    if where is None and intensity is None and measured is None and series is None:
        raise InputError("where", where, f"say where it ran: {WHERE_FORMS}")
    energy_kwh, range_kwh = _measured(measured)
    numbers = {
        name: None if said.get(name) is None else check_number(name, said[name], low, high, above=above)
        for name, (low, high, above) in LIMITS.items()
        if name != "load"
    }
    load = None if said.get("load") is None else parse_share("load", said["load"], LIMITS["load"][1])
    per, units = _functional_unit(said, work)
    return Run(
        hardware=hardware,
        where=where,
        load=load,
        duration_h=None if duration is None else parse_duration(duration),
        copies=int(check_number("count", said.get("count", 1), 1, MOST_DEVICES, whole=True)),
        start=start,
        intensity_g_per_kwh=intensity,
        measured_energy_kwh=energy_kwh,
        measured_range_kwh=range_kwh,
        measured_origin=getattr(measured, "origin", "") if _modelled(measured) else "measured",
        measured_scope=_one_of("measured scope", said.get("measured_scope", "it"), SCOPES),
        workload=None
        if said.get("workload") is None
        else _one_of("workload", said["workload"], _workloads()),
        embodied=bool(said.get("embodied", True)),
        method=_one_of("method", said.get("method", "full"), METHODS),
        boundary=_one_of("boundary", said.get("boundary", "lifecycle"), ("lifecycle", "direct")),
        series=series,
        work=work,
        per=per,
        units=units,
        **numbers,
    )


def _functional_unit(said: dict[str, Any], work: Work | None) -> tuple[str | None, float | None]:
    """What a score is per, and how many; the work said in place of a duration may say the number."""
    per, units = said.get("per"), said.get("units")
    if per is None and units is None:
        return None, None
    from wattgram.score import PERS  # noqa: PLC0415 - only where a score is asked for
    from wattgram.work import parse_count  # noqa: PLC0415

    if per is None:
        raise InputError("units", units, f"say what they are with per: {', '.join(PERS)}")
    _one_of("per", per, PERS)
    if units is None and work is not None:
        units = {"token": work.tokens, "parameter": work.parameters, "flop": work.flop}.get(per)
    if units is None:
        raise InputError("per", per, f"say how many {per}s with units, as in 300e9 or 300B")
    return per, parse_count("units", units, LEAST_UNITS, MOST_UNITS)


def _until(start: datetime | None, end: Any, duration: Any) -> float:
    """Hours from start to end; both an end and a duration are said only if they agree."""
    if start is None:
        raise InputError("end", end, "an end goes with a start")
    hours = (parse_start(end) - start).total_seconds() / 3600
    if hours <= 0:
        raise InputError("end", end, f"it lies after the start, {start:%Y-%m-%dT%H:%MZ}")
    if duration is not None and abs(parse_duration(duration) - hours) > 1e-9 * hours:
        raise InputError(
            "end", end, f"from the start to it are {hours:g} h, and the duration says {duration}"
        )
    return hours


def _series(given: Any) -> Series | None:
    if given is None:
        return None
    from wattgram.series import Series  # noqa: PLC0415 - a run without a series does without

    if isinstance(given, Series):
        return given
    raise InputError("series", given, "it takes a Series; wattgram.grid.read_series reads one from a file")


def _modelled(given: float | Value | None) -> bool:
    """Whether an energy that came as a `Value` says that no sensor, or not every one, stands behind it."""
    return getattr(given, "origin", "") in ("assumed", "derived")


def _measured(given: float | Value | None) -> tuple[float | None, tuple[float, float] | None]:
    """A measured energy and, where it came as a `Value`, the ends of its range [kWh]."""
    if given is None:
        return None, None
    from wattgram.value import Value  # noqa: PLC0415 - only where an energy was measured

    central = given.central if isinstance(given, Value) else given
    energy_kwh = check_number("measured energy", central, 0, MOST_KWH, "kWh", above=True)
    if not isinstance(given, Value) or given.low_sq + given.high_sq == 0:
        return energy_kwh, None
    return energy_kwh, (min(given.low, energy_kwh), max(given.high, energy_kwh))


def _no_duration(duration: Any, where: str | None) -> tuple[None, str | None]:
    """Work takes the place of a duration, so the word after the hardware may be the place."""
    if duration is None:
        return None, where
    try:
        parse_duration(duration)
    except InputError:
        if where is None and isinstance(duration, str):
            return None, duration
        raise
    raise InputError("duration", duration, "it follows from the FLOPs; say one of the two")


def _workloads() -> tuple[str, ...]:
    from wattgram.resolve.fill import WORKLOADS  # noqa: PLC0415 - only where one is said

    return tuple(WORKLOADS)


def _one_of(what: str, given: Any, allowed: tuple[str, ...]) -> str:
    if given not in allowed:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        raise InputError(
            what,
            given,
            f"it is one of {', '.join(allowed)}",
            get_close_matches(str(given)[:80], allowed, n=1),
        )
    return str(given)


def _intensity(given: Any) -> float | None:
    if given is None:
        return None
    if isinstance(given, str):
        found = parse_intensity(given)
        if found is not None:
            return found
    from wattgram.run import MOST_INTENSITY_G_PER_KWH  # noqa: PLC0415

    return check_number("intensity", given, 0, MOST_INTENSITY_G_PER_KWH, "g/kWh")
