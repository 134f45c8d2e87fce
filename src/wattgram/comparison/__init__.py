"""Comparison: the same run in other places, at other hours, on other hardware at equal work, or in other years.

Every alternative is a footprint of its own, from the same words by the same path; nothing is scaled from the
first. Two alternatives share most of their factors (the same load and overhead, often the same PUE), and a shared
factor moves both alike: `probability_lower` counts only what they do not share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from wattgram.comparison.entry import Entry, LeftOut, one_of
from wattgram.comparison.likelihood import apart, probability_lower
from wattgram.comparison.places import (
    WITHIN,
    best_of_each,
    cleanest_regions,
    place_constraint,
    regions,
    zones,
)
from wattgram.comparison.work import NUMBER_FORMATS, devices, years
from wattgram.errors import InputError
from wattgram.estimation import footprint_of, undated
from wattgram.value import Value

if TYPE_CHECKING:
    from datetime import timedelta

    from wattgram.catalog import Catalog
    from wattgram.footprint import Footprint
    from wattgram.run import Run
    from wattgram.series import Series

__all__ = ["AXES", "FIGURES", "NUMBER_FORMATS", "WITHIN", "Comparison", "Entry", "compare"]

AXES = ("region", "zone", "provider", "hardware", "start", "year")
FIGURES = ("operational", "total")


class Comparison:
    """Alternatives to a run, least first (years newest first); `entries` holds the run itself too, marked `own`.

    Parameters
    ----------
    base : the run itself
    by : one of AXES
    figure : which figure is compared, one of FIGURES
    entries : the alternatives
    left_out : those of which there is no figure
    constraint : what was asked for, as said
    """

    def __init__(
        self,
        base: Footprint,
        by: str,
        figure: str,
        entries: Iterable[Entry],
        left_out: Iterable[LeftOut],
        constraint: dict[str, str],
    ) -> None:
        self.base, self.by, self.figure, self.constraint = base, by, figure, constraint
        self.stated = base
        """The run as `estimate` has it; by start, `base` is the same run by the hours of a profile or series."""
        self.left_out = tuple(left_out)
        known = [entry for entry in entries if isinstance(entry.figure(figure), Value)]
        self.entries = tuple(known if by == "year" else sorted(known, key=self._central))
        self.own = next((entry for entry in self.entries if entry.own), None)

    def _central(self, entry: Entry) -> float:
        return float(entry.figure(self.figure).central or 0.0)

    @property
    def best(self) -> Entry | None:
        """The alternative with the least emissions."""
        return min(self.entries, key=self._central, default=None)

    def ratio(self, entry: Entry) -> float | None:
        """Figure of the alternative over that of the run [1]; None where the run itself has none or 0."""
        mine, other = getattr(self.base, self.figure), entry.figure(self.figure)
        return float(other.central / mine.central) if isinstance(mine, Value) and mine.central else None

    def saved_kg(self, entry: Entry) -> float | None:
        """What moving to the alternative saves [kg CO2e]; negative where it costs."""
        mine, other = getattr(self.base, self.figure), entry.figure(self.figure)
        return float(mine.central - other.central) if isinstance(mine, Value) else None

    def probability_lower(self, entry: Entry) -> float | None:
        """Probability that the alternative is truly lower than the run; what both share cancels [1]."""
        if entry.own or not isinstance(getattr(self.base, self.figure), Value):
            return None
        if entry.alone is not None and self.own is not None and self.own.alone is not None:
            mine = float(self.base.operational.central or 0.0)
            other = float(entry.footprint.operational.central or 0.0)
            up, down = (
                (entry.alone[1], self.own.alone[0]) if other < mine else (entry.alone[0], self.own.alone[1])
            )
            return apart(other / mine, up + down) if mine else None
        return probability_lower(entry.footprint, self.base, self.figure)

    def front(self) -> list[Entry]:
        """The Pareto front of emissions against time: the entries that no other beats in both, least emissions first."""
        kept: list[Entry] = []
        for entry in sorted(self.entries, key=lambda one: (self._central(one), _hours(one))):
            if not kept or _hours(entry) < _hours(kept[-1]):
                kept.append(entry)
        return kept

    @cached_property
    def on_front(self) -> frozenset[Entry]:
        """The entries of `front()`, found once."""
        return frozenset(self.front())

    def to_frame(self, backend: str | None = None) -> Any:
        """The entries as a table: a list of flat dicts, or a frame of `pandas`, `polars` or `pyarrow`.

        Raises
        ------
        InputError : a backend that is none; MissingExtraError : it is not installed
        """
        from wattgram.report.comparison import comparison_frame  # noqa: PLC0415 - forms are made when asked for

        return comparison_frame(self, backend)

    def shown(self, most: int) -> list[Entry]:
        """The first `most` alternatives, and the run itself wherever it stands."""
        kept = list(self.entries[:most])
        if self.own is not None and self.own not in kept:
            kept.append(self.own)
        return kept

    def to_dict(self, most: int | None = None) -> dict[str, Any]:
        """The comparison as JSON has it (`docs/json.md`); `most` limits the entries, never the count."""
        from wattgram.report.comparison import comparison_dict  # noqa: PLC0415 - forms are made when asked for

        return comparison_dict(self, most)

    def report(self, form: str = "text", most: int | None = None) -> str:
        """The comparison as a text in one of the forms of `wattgram.report.comparison.FORMS`."""
        from wattgram.report.comparison import render_comparison  # noqa: PLC0415 - forms are made when asked for

        return render_comparison(self, form, most)

    def picture(self, form: str = "png", most: int | None = None) -> bytes:
        """The comparison as a picture for paper: the bytes of a `png` or `pdf`; `most` limits the bars (20).

        Raises
        ------
        InputError : a form that is none; MissingExtraError : the extra `[figures]` is not installed
        """
        from wattgram.report.comparison_drawing import (  # noqa: PLC0415 - forms are made when asked for
            comparison_picture,
        )

        return comparison_picture(self, form, most)

    def __str__(self) -> str:
        return self.report("text")

    def __repr__(self) -> str:
        return f"<Comparison by {self.by}: {len(self.entries)} entries, best {self.best!r}>"


def _hours(entry: Entry) -> float:
    """How long an alternative takes, waiting included where times are compared [h]."""
    if entry.pieces:
        return (entry.pieces[-1][1] - entry.pieces[0][0]) / 3600
    return float(entry.footprint.assembled.factors.duration_h.central or 0.0)


@overload
def compare(run: Run | Footprint, by: str = "region", **asked: Any) -> Comparison: ...
@overload
def compare(
    run: str,
    duration: str | float | timedelta | None = None,
    where: str | None = None,
    *,
    by: str = "region",
    **asked: Any,
) -> Comparison: ...
def compare(  # noqa: PLR0913 - each is a word a user may say
    run: Run | Footprint | str,
    *words: Any,
    by: str = "region",
    provider: str | None = None,
    continent: str | None = None,
    country: str | None = None,
    within: str | None = None,
    figure: str | None = None,
    number_format: str | None = None,
    exclude: str | Iterable[str] | None = None,
    max_distance_km: float | str | None = None,
    series: Series | None = None,
    start: Any = None,
    deadline: Any = None,
    interruptible: bool = False,
    catalog: Catalog | None = None,
    **said: Any,
) -> Comparison:
    """The same run elsewhere: by region, zone, provider, hardware at equal work, start, or year.

    At equal work the duration is scaled by the peak dense rates,

        t_other = t * (n * peak) / (n_other * peak_other)

    with the share of the peak that is reached taken as equal, and its 90 % range carried on both sides.

    Parameters
    ----------
    run : a run, the footprint of one, or the hardware of one as `estimate` takes it
    words : after the hardware its duration and place, as in `compare("8xA100", "100h", "FR", by="zone")`; after a run
        or a footprint, `by`
    by : `region` (of the run's own provider unless one is named; `provider="all"` for all of them), `zone`,
        `provider` (each with its cleanest region), `hardware` (as many devices, the same work), `start` or `year`
    provider, continent, country : only alternatives of these; `provider="all"` lifts the default
    within : stay within the run's own `provider`, `continent` or `country`; by start: how much later it may start
        (`48h`; 24 h where nothing is said)
    figure : `operational` (the default) or `total` (the default by hardware, whose making differs)
    number_format : format whose peak dense rate measures the work: fp32, tf32, fp16, bf16 or fp8
    exclude : providers, cloud regions, grid zones or countries that are out of the question
    max_distance_km : how far from the run's own place a region may be [km]
    series : by start: hourly intensity of the zone; the zone's month x hour profile where none is given
    start, deadline : by start: earliest start (the run's own, else now), and when it must have ended (a time, or hours
        after the earliest start)
    interruptible : by start: the run may pause, and takes the cheapest hours
    catalog : another catalog than the shipped one
    said : after the hardware, whatever else `estimate` can be told, as in `load=0.8`

    Returns
    -------
    Comparison : entries least first, each a footprint, with ratio, saving and probability [kg CO2e, 1]

    Raises
    ------
    InputError : an axis, place, provider or number format that cannot be used

    References
    ----------
    Lacoste et al. 2019, arXiv:1910.09700, section 4; docs/method.md, "Ranges" (shared factors are correlated)
    """
    before = 2 if isinstance(run, str) else 0
    if len(words) > before:
        by, words = words[before], (*words[:before], *words[before + 1 :])
    one_of("by", by, AXES)
    if isinstance(run, str):
        said = _words_of_run(said, by, {"start": start, "series": series, "number_format": number_format})
    base = footprint_of(run, words, said, catalog, "compare")
    if figure is not None:
        one_of("figure", figure, FIGURES)
    out = _listed(exclude)
    said = {"provider": provider, "continent": continent, "country": country, "within": within}
    said |= {"exclude": out, "max_distance_km": None if max_distance_km is None else str(max_distance_km)}
    constraint = {name: text for name, text in said.items() if text}
    if by == "start":
        times = {"series": series, "start": start, "within": within, "deadline": deadline}
        return _by_start(base, figure or "operational", times, interruptible=interruptible)
    if by == "hardware" and number_format:
        constraint["number_format"] = number_format
    makers: dict[str, Callable[[Footprint, dict[str, str]], Iterator[Entry | LeftOut]]] = {
        "region": regions,
        "zone": zones,
        "provider": cleanest_regions,
        "hardware": devices,
        "year": years,
    }
    if by in ("region", "zone", "provider"):
        constraint = place_constraint(base, by, constraint)
    found = list(makers[by](base, constraint))
    entries = [one for one in found if isinstance(one, Entry)]
    if figure is None:
        figure = "total" if by == "hardware" and isinstance(base.total, Value) else "operational"
    if by == "provider":
        entries = best_of_each(entries, figure)
    if not any(entry.own for entry in entries):
        entries.append(_itself(base))
    return Comparison(
        base, by, figure, entries, (one for one in found if isinstance(one, LeftOut)), constraint
    )


def _by_start(base: Footprint, figure: str, said: dict[str, Any], *, interruptible: bool) -> Comparison:
    from wattgram.comparison.starts import start_times, starts  # noqa: PLC0415 - places do without hours

    times, shown = start_times(base, {**said, "interruptible": interruptible}, said["series"])
    entries = list(starts(base, times))
    own = next(entry for entry in entries if entry.own)
    found = Comparison(own.footprint, "start", figure, entries, (), shown)
    found.stated = base
    return found


def _listed(exclude: Any) -> str | None:
    """What is out of the question as one text; a posted document may hold anything there."""
    if exclude is None or isinstance(exclude, str):
        return exclude
    names = list(exclude) if isinstance(exclude, Iterable) else [exclude]
    if not all(isinstance(name, str) for name in names):
        raise InputError("exclude", exclude, "it takes one name or several, as in aws:us-east-1,PL")
    return ",".join(names)


def _words_of_run(said: dict[str, Any], by: str, shared: dict[str, Any]) -> dict[str, Any]:
    """The words of a run with those that a comparison has under the same names: a start, a series, a number format."""
    if by == "start":
        return undated(said, shared["start"])
    worked = {"flops", "parameters", "active_parameters"} & said.keys()
    names = ("start", "series", "number_format") if worked else ("start", "series")
    return said | {name: shared[name] for name in names if shared[name] is not None}


def _itself(base: Footprint) -> Entry:
    place = base.assembled.place
    return Entry(place.name if place else base.assembled.hardware.name, "this run", base, own=True)
