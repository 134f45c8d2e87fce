"""From joules to a footprint: the energy of a run as a value, the hardware it ran on as a word, and `estimate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, NothingMeasuredError, WattgramError
from wattgram.resolve.facility import CERTAIN_ONE
from wattgram.resolve.notice import Notice
from wattgram.run import parse_hardware
from wattgram.tracker.meters.protocol import MODEL, Part
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.tracker.record import Run

__all__ = ["ENERGY_ORIGIN", "batch_words", "footprint_of", "hardware_words", "measured", "scope_of"]

ENERGY_ORIGIN = {"measured": "measured", "assumed": "modelled", "derived": "mixed"}
"""Whether sensors stand behind the energy of a run, by the origin of its value."""
JOULES_PER_KWH = 3.6e6
SECONDS_PER_HOUR = 3600.0
METERED_ONE = Value.from_deviations(1.0, 0.0, 0.0, "1", "measured", (), "the draw at the meter")


def measured(run: Run, scope: str = "job") -> Value | None:
    """Energy of the run's parts together [kWh], measured and modelled; None where nothing is known.

    Parts known by one method share its error, so their errors add; those of different methods are independent.
    """
    parts = run.parts()
    groups: dict[tuple[str, float, float], float] = {}
    methods: set[bool] = set()
    for device, joules in run.joules(scope).items():
        part = parts.get(device)
        if part is not None:
            methods.add(part.method == MODEL)
            key = (part.meter if part.method == MODEL else part.method, part.low, part.high)
            groups[key] = groups.get(key, 0.0) + joules
    total: Any = None
    for (_, low, high), joules in groups.items():
        if joules > 0:
            kwh = joules / JOULES_PER_KWH
            one = Value(kwh, kwh * low, kwh * high, "kWh", "measured")
            total = one if total is None else total + one
    if total is None:
        return None
    origin = "measured" if methods == {False} else "assumed" if methods == {True} else "derived"
    return Value.from_deviations(total.central, total.low_sq, total.high_sq, "kWh", origin)


def scope_of(run: Run) -> str:
    """`it` where a wall meter was calibrated against or watts were stated, else `device`: the rest of the server is modelled."""
    names = {part.name.partition(":")[0] for part in run.parts().values()}
    return "it" if names & {"stated", "rest"} else "device"


def hardware_words(run: Run, scope: str = "job") -> str:
    """The devices that the run's energy is of, as a hardware word."""
    stated = str(run.header.get("hardware") or "")
    hosts: dict[str, str] = {}
    for one in run.segments:
        host = one.header.get("host") or {}
        hosts.setdefault(str(host.get("node", "")), str(host.get("job" if scope == "job" else "whole", "")))
    if stated:
        return _with_host(stated, next(iter(hosts.values()), "")) if scope_of(run) == "device" else stated
    counted: dict[str, int] = {}
    joules = run.joules(scope)
    for device, part in run.parts().items():
        if part.name.startswith("gpu:") and "." not in part.name and joules.get(device, 0.0) > 0:
            counted[part.what] = counted.get(part.what, 0) + 1
    words = [f"{number}x{what}" for what, number in counted.items()]
    covered = {part.name.partition(":")[0] for part in run.parts().values()}
    words += [word for host in hosts.values() for word in host.split(" + ") if _is_covered(word, covered)]
    return " + ".join(words)


def _is_covered(word: str, covered: set[str]) -> bool:
    """Whether a part of the host is in the energy; what is not is left to the server's overhead."""
    if not word:
        return False
    kinds = {"memory", "dram"} if parse_hardware(word)[0].kind == "memory" else {"cpu"}
    return bool(covered & (kinds | {"system"}))


def _with_host(stated: str, host: str) -> str:
    """What was stated, with the host that was modelled beside it: its processors and its memory, unless stated too."""
    from wattgram.catalog import Catalog  # noqa: PLC0415 - only where something was stated
    from wattgram.resolve import resolve_hardware  # noqa: PLC0415

    kinds = {device.kind for device in resolve_hardware(stated, Catalog.load()).devices}
    kept = [stated]
    for word in host.split(" + ") if host else []:
        kind = "memory" if parse_hardware(word)[0].kind == "memory" else "processor"
        if kind not in kinds:
            kept.append(word)
    return " + ".join(kept)


def _known_words(run: Run, scope: str, catalog: Catalog) -> str:
    """Those words, with watts in the place of a device that the catalog has not."""
    from wattgram.resolve import resolve_hardware  # noqa: PLC0415 - with a footprint

    words = hardware_words(run, scope)
    kept = []
    for word in words.split(" + ") if words else []:
        try:
            if parse_hardware(word)[0].kind != "memory":
                resolve_hardware(word, catalog)
            kept.append(word)
        except WattgramError:
            watts = _mean_w(run, scope, word.partition("x")[2])
            kept += [f"{watts:.6g}W"] if watts else []
    if all(parse_hardware(word)[0].kind == "memory" for word in kept):
        energy = measured(run, scope)
        if energy is None or not run.duration_h:
            return ""
        return f"{max(energy.central * 1000 / run.duration_h, 1e-6):.6g}W"
    return " + ".join(kept)


def batch_words(run: Run, scope: str = "job") -> str:
    """Those words as a batch can look them up: every part of them known to the shipped catalog."""
    from wattgram.catalog import Catalog  # noqa: PLC0415 - with a table

    return _known_words(run, scope, Catalog.load())


def _mean_w(run: Run, scope: str, what: str) -> float:
    joules = run.joules(scope)
    found = sum(joules.get(device, 0.0) for device, part in run.parts().items() if part.what == what)
    return found / (run.duration_h * SECONDS_PER_HOUR) if run.duration_h else 0.0


def footprint_of(
    run: Run,
    where: str | None = None,
    *,
    scope: str = "job",
    catalog: Catalog | None = None,
    notices: tuple[Notice, ...] = (),
    **said: Any,
) -> Footprint:
    """The footprint of a run from its journal, at its own place or at another.

    Parameters
    ----------
    run : the run
    where : where it ran; left out, what its journal says; where neither says, there is energy and no carbon
    scope : `job` or `node`
    catalog : another catalog than the shipped one
    notices : what else a reader has to know
    said : what `estimate` takes beside: pue, overhead, intensity, boundary, embodied

    Raises
    ------
    NothingMeasuredError : no sample was written; InputError : a place that cannot be used
    """
    from wattgram.catalog import Catalog  # noqa: PLC0415 - a tracker that only records needs none of it
    from wattgram.estimation import estimate  # noqa: PLC0415

    catalog = catalog or Catalog.load()
    energy = measured(run, scope)
    if energy is None:
        failed = dict.fromkeys(
            n.text for n in (*notices, *_remarks(run, scope)) if n.code == "sensor-unreadable"
        )
        why = f" ({'; '.join(failed)})" if failed else ""
        raise NothingMeasuredError(
            f"run {run.id}: no sample was written, so nothing is known of its energy{why}"
        )
    place = where if where is not None else run.header.get("where") or None
    words: dict[str, Any] = {
        "hardware": _known_words(run, scope, catalog),
        "duration": run.duration_h,
        "where": place,
        "measured_energy_kwh": energy,
        "measured_scope": scope_of(run),
        "catalog": catalog,
        **said,
    }
    started = _start(run)
    try:
        footprint = estimate(**words, start=started)
    except InputError:
        if started is None:
            raise
        footprint = estimate(**words)
    every = (*notices, *_remarks(run, scope))
    kept = tuple(
        one
        for one in footprint.assembled.notices
        if one.code not in {"stated-power", *(n.code for n in every)}
    )
    factors = footprint.assembled.factors
    if (
        not run.header.get("hardware") and factors.overhead is CERTAIN_ONE
    ):  # nobody stated the watts: a meter did
        factors = factors._replace(overhead=METERED_ONE)
    footprint.assembled = footprint.assembled._replace(
        factors=factors, notices=(*kept, *dict.fromkeys(every))
    )
    return footprint


def _start(run: Run) -> str | None:
    from wattgram.tracker.journal import iso  # noqa: PLC0415 - journals are read through us

    return iso(run.start_s)


def _remarks(run: Run, scope: str) -> list[Notice]:
    """What the journal says that belongs beside the figure."""
    said = [
        Notice(str(one.get("code")), str(one.get("text")))
        for segment in run.segments
        for one in (segment.footer or {}).get("notices") or segment.header.get("notices") or []
    ]
    energy: dict[str, float] = {}
    parts: dict[str, Part] = run.parts()
    for device, joules in run.joules(scope).items():
        kind = "modelled" if parts[device].method == MODEL else "measured"
        energy[kind] = energy.get(kind, 0.0) + joules
    whole = sum(energy.values())
    if whole:
        text = f"{', '.join(run.covers)}: {energy.get('measured', 0.0) / whole:.0%} of the energy is measured"
        said.append(Notice("covers", text))
    if run.state == "interrupted":
        why = f" ({run.reason})" if run.reason else ""
        said.append(
            Notice("interrupted", f"the run ended before it was stopped{why}; this is its energy so far")
        )
    if run.torn:
        said.append(Notice("torn-lines", f"{run.torn} lines of the journal were cut short and are left out"))
    return said
