"""track(): the energy and carbon of what runs inside it, from meters and models, written down as it happens.

    with wattgram.track("FR") as t:
        for epoch in range(3):
            with t.task(f"epoch {epoch}"):
                train()
    print(t.footprint().report())

Arguments are checked when `track` is called; after that nothing it does raises into the program around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError
from wattgram.run import check_number
from wattgram.tracker.forecast import Prediction, parse_budget
from wattgram.tracker.tracker import Settings, Tracker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wattgram.catalog import Catalog
    from wattgram.tracker.meters import Meter, Sensors
    from wattgram.tracker.sampler import Clock

__all__ = ["track"]

SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S = 0.01, 3600.0
SCOPES = ("job", "node")
MOST_PARTS = 1_000_000_000
DEFAULT_RUNS = "runs"


def track(  # noqa: PLR0913 - one parameter for each thing a user can say
    where: str | Callable[..., Any] | None = None,
    *,
    runs: str = DEFAULT_RUNS,
    interval_s: float | None = None,
    hardware: str | None = None,
    budget: str | float | None = None,
    resume: str | None = None,
    name: str | None = None,
    scope: str = "job",
    expect: int | None = None,
    on_budget: Callable[[Prediction], None] | None = None,
    meters: Sequence[Meter] | None = None,
    sensors: Sensors | None = None,
    clock: Clock | None = None,
    catalog: Catalog | None = None,
) -> Any:
    """Measure what runs inside: a context manager, a decorator, or an object with `start` and `stop`.

    As a decorator it takes plain and async functions and generators; each call is a run of its own.

    Parameters
    ----------
    where : where it runs, as `estimate` takes it; `auto` asks the cloud's metadata; left out, `WATTGRAM_WHERE` or the
        config file; where none says, energy is kept and carbon can be computed any time later
    runs : folder of the journals; left out, `WATTGRAM_RUNS`, the config file, or `runs` here
    interval_s : time between samples [s]; left out, a few early ones and then 15 s
    hardware : what runs it, where no sensor tells: `8xA100`, `TPU v3-8`, `Xeon Gold 6148`, `300W`
    budget : `5 kg` (operational) or `10 kWh`: calls back once it is passed or predicted to be
    resume : id of a run to continue, as after a checkpoint; a new run of that id where there is none
    name : a word of your own for the run
    scope : `job` (what is this job's) or `node` (all of the machine); both are always recorded
    expect : how many top-level tasks will follow one another, for `predict`
    on_budget : called with the prediction, once; left out, a warning is logged
    meters : meters of your own, in place of those found
    sensors : where to look for sensors (tests)
    clock : another clock (tests)
    catalog : another catalog than the shipped one

    Returns
    -------
    Tracker; or, given a function, that function tracked

    Raises
    ------
    InputError : an argument that cannot be used, before anything is measured
    """
    function = where if callable(where) else None
    place = None if callable(where) else where
    if scope not in SCOPES:
        raise InputError("scope", scope, f"it is one of {', '.join(SCOPES)}")
    if interval_s is not None:
        check_number("interval", interval_s, SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S, "s")
    if expect is not None:
        check_number("expect", expect, 1, MOST_PARTS, whole=True)
    if resume is not None:
        _check_id(resume)
    if place is not None or hardware is not None:
        _check_words(place, hardware, catalog)
    settings = Settings(
        place,
        str(runs),
        None if interval_s is None else float(interval_s),
        hardware,
        parse_budget(budget),
        resume,
        name,
        scope,
        expect,
        on_budget,
        None if meters is None else tuple(meters),
        sensors,
        clock,
        catalog,
    )
    tracker = Tracker(settings)
    return tracker if function is None else tracker(function)


def _check_id(given: str) -> None:
    plain = isinstance(given, str) and 0 < len(given) <= 64  # noqa: PLR2004 - a file name has to hold it
    if not plain or not all(c.isalnum() or c in "._-" for c in given) or given[0] == ".":
        raise InputError("resume", given, "it is the id of a run: up to 64 letters, digits, '.', '_' and '-'")


def _check_words(where: str | None, hardware: str | None, catalog: Catalog | None) -> None:
    """Whether the catalog can make something of them; a typing mistake shows now and not after three days."""
    from wattgram.catalog import Catalog  # noqa: PLC0415 - only where something is said
    from wattgram.resolve import resolve_hardware, resolve_place  # noqa: PLC0415

    catalog = catalog or Catalog.load()
    if where is not None and (not isinstance(where, str) or where.strip().lower() != "auto"):
        resolve_place(where, catalog)
    if hardware is not None:
        resolve_hardware(hardware, catalog)
