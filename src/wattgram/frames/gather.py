"""Gather: the first scan. The distinct words of a table are read and resolved; the rows stay where they are."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from functools import partial
from math import prod
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from wattgram.frames.backends.base import Backend
from wattgram.frames.bounds import Bounds
from wattgram.frames.columns import Options
from wattgram.frames.fills import node_fills, node_lookup, site_fills, site_lookup
from wattgram.frames.hours import Clock, clock_of, integrated
from wattgram.frames.lookup import Failure, Lookup, Meanings
from wattgram.frames.numbers import faulted, with_ways
from wattgram.frames.schema import WORK, Roles
from wattgram.frames.ways import Ways, place_numbers, ways_of
from wattgram.frames.words import duration_words, hardware_words, place_words, time_words
from wattgram.frames.working import col
from wattgram.run import FIRST_YEAR

__all__ = ["Words", "gather", "with_numbers"]

US_PER_HOUR = 3_600_000_000
MOST_FILLS = 20_000
"""Words times ways up to which all are filled; beyond, those that rows have."""
MOST_SPANNED = 1000
"""Place words times years up to which the years of each word are not asked for."""


class Words(NamedTuple):
    """What the words of one table mean, as look-ups ready to be joined, and the bounds of a start."""

    readings: tuple[Lookup, ...]
    """Texts of spans and times, read."""
    hardware: Meanings
    places: Meanings
    names: tuple[Lookup, Lookup]
    """The number of each hardware word, with its devices, and of each place word."""
    ways: Ways
    nodes: list[dict[str, Any]]
    sites: list[dict[str, Any]]
    lookups: tuple[Lookup, ...]
    """What the answers of a row take from its node and from its site."""
    first_us: float
    now_us: float
    bounds: Mapping[str, Bounds] = {}
    """What is known of the numbers without reading the rows, where that is asked (`totals`)."""
    clock: Clock | None = None
    """The hourly series of its zones, where some were given and runs have a start."""

    @property
    def issues(self) -> tuple[str, ...]:
        """The columns in which a span or time says that it cannot be read."""
        return tuple(name for lookup in self.readings for name in lookup.columns if name.endswith("_issue"))

    @property
    def hosted(self) -> bool:
        """Whether any hardware word names its host."""
        return self.hardware.varies("host_power_w")

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Every word that names nothing, the most frequent first."""
        found = [*self.hardware.failures, *self.places.failures]
        found += [one for lookup in self.readings for one in lookup.failures]
        return tuple(sorted(found, key=lambda one: -one.rows))


def gather(
    native: Any, backend: Backend, roles: Roles, options: Options, mapping: Mapping[str, str]
) -> Words:
    """The words of a frame, resolved: one distinct-count per dimension, where the frame's rows are."""
    spoken = (
        backend.over(native, roles, partial(_spoken, backend=backend)) if roles.spans or roles.times else {}
    )
    readings = tuple(
        duration_words(counts) if role == "hours" else time_words(role, counts)
        for role, counts in spoken.items()
    )
    first_us = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC).timestamp() * 1e6
    now_us = time.time() * 1e6
    start = None if "start" in spoken else backend.bounds(native, roles).get("start")
    years = _years_of(start) if start and start.filled and start.within(first_us, now_us) else range(0)
    named = backend.over(
        native, roles, partial(_named, backend=backend, roles=roles, readings=readings, years=years)
    )
    hardware = hardware_words(named["hardware"], options.catalog, mapping)
    places = place_words(named["places"], options.boundary, options.catalog, mapping)
    if years and (places.failures or _moving(places)):  # then it matters which years each word has
        exact = partial(_named, backend=backend, roles=roles, readings=readings)
        named = backend.over(native, roles, exact)
        places = place_words(named["places"], options.boundary, options.catalog, mapping)
    clock = None
    if options.series and roles.has("start"):
        clock = clock_of(options.series, places, place_numbers(places), options)
    ways = ways_of(roles, places, clock, options.catalog)
    of_place = _names(places, "where")
    if clock is not None:  # the first word stands for one that was not there
        of_words = {name: cells[1:] for name, cells in clock.words.items()}
        of_place = of_place._replace(columns={**of_place.columns, **of_words})
    names = (_names(hardware, "hardware", "device_count"), of_place)
    words = Words(readings, hardware, places, names, ways, [], [], (), first_us, now_us, clock=clock)
    number = len(hardware.rows) * prod(map(len, ways.node))
    some: dict[str, dict[Any, int]] = {}
    if number + len(places.rows) * prod(map(len, ways.site)) > MOST_FILLS:
        some = backend.over(
            native, roles, partial(_met, backend=backend, roles=roles, words=words, options=options)
        )
    nodes = node_fills(hardware, ways, options.catalog, some.get("node"))
    sites = site_fills(places, ways, clock, options, some.get("site"))
    stated_loads = roles.has("load")
    of_node = node_lookup(nodes, hosted=words.hosted, stated_loads=stated_loads, whole=not some)
    return words._replace(nodes=nodes, sites=sites, lookups=(of_node, site_lookup(sites)))


def _met(
    frame: Any, backend: Backend, roles: Roles, words: Words, options: Options
) -> dict[str, dict[Any, int]]:
    """The nodes and sites that rows have: of a table of many words few ways with each."""
    frame = with_numbers(frame, backend, roles, words, options)
    return {name: dict(_counts(frame, backend, name)) for name in ("node", "site")}


def _names(words: Meanings, name: str, *beside: str) -> Lookup:
    """Each word with its number, and what is asked beside it."""
    numbers = words.numbers(name)
    first = {row[name]: row for row in reversed(words.rows)}
    columns = {name: list(numbers), f"{name}_number": list(numbers.values())}
    columns |= {other: [first[word].get(other) for word in numbers] for other in beside}
    return Lookup((name,), {key: cells[1:] for key, cells in columns.items()})


def _spoken(frame: Any, backend: Backend) -> dict[str, dict[Any, int]]:
    """The texts of spans and times that the engine has not read itself."""
    there = frame.collect_schema().names()
    roles = [role for role in ("hours", "start", "end") if f"{WORK}{role}_word" in there]
    return {role: {w: n for w, n in _counts(frame, backend, f"{role}_word") if w} for role in roles}


def _named(
    frame: Any, backend: Backend, roles: Roles, readings: tuple[Lookup, ...], years: range = range(0)
) -> dict[str, dict[Any, int]]:
    """The hardware words, and the places with the years they are needed for.

    Parameters
    ----------
    years : all that starts can be in, where that is known; few words are then taken for each of them, since the year
        of a row takes longer than its word, and the rows of a word count for the first
    """
    frame = timed(frame, backend, roles, readings)
    hardware = dict(_counts(frame, backend, "hardware"))
    if years:
        words = _counts(frame, backend, "where")
        if len(words) * len(years) <= MOST_SPANNED:
            every = {
                (word, year): number if year == years[0] else 0 for word, number in words for year in years
            }
            return {"hardware": hardware, "places": every}
    places = {(word, int(year)): number for word, year, number in _counts(frame, backend, "where", "year")}
    return {"hardware": hardware, "places": places}


def _years_of(start: Bounds) -> range:
    """The years that the bounds of a start span."""
    first, last = (dt.datetime.fromtimestamp(us // 1_000_000, dt.UTC).year for us in (start.low, start.high))
    return range(first, last + 1)


def _moving(places: Meanings) -> bool:
    """Whether the zone of any word is another from year to year."""
    return len({(row["where"], row.get("zone")) for row in places.rows}) > len(places.numbers("where"))


def _counts(frame: Any, backend: Backend, *names: str) -> list[tuple[Any, ...]]:
    one = frame.with_columns(nw.lit(1).alias(WORK + "rows"))
    return backend.summed(one, names, ("rows",))


def timed(frame: Any, backend: Backend, roles: Roles, readings: tuple[Lookup, ...]) -> Any:
    """The frame with one place word, hours, start and the year of the run."""
    for lookup in readings:
        role = lookup.keys[0].removesuffix("_word")
        frame = backend.attach(frame, lookup)
        frame = frame.with_columns(nw.coalesce(col(role), col(f"{role}_read")).alias(WORK + role))
    frame = frame.with_columns(_place_word(roles).alias(WORK + "where"))
    for name in ("measured_scope", "workload"):
        if roles.has(name):
            frame = frame.with_columns(col(name).str.strip_chars().str.to_lowercase().alias(WORK + name))
    if roles.has("measured_scope"):
        scope = nw.when(col("measured_scope") == "").then(nw.lit("it")).otherwise(col("measured_scope"))
        frame = frame.with_columns(scope.alias(WORK + "measured_scope"))
    frame = frame.with_columns(_hours(roles).alias(WORK + "hours"))
    if roles.has("start"):
        return backend.calendar(frame, "start")
    return frame.with_columns(nw.lit(0, dtype=nw.Int64).alias(WORK + "year"))


def _place_word(roles: Roles) -> Any:
    """The column `where`, and where it is blank provider and region."""
    where = col("where") if roles.has("where") else nw.lit("")
    if not roles.has("region") and not roles.has("provider"):
        return where
    region = col("region") if roles.has("region") else nw.lit("")
    if roles.has("provider"):
        provider = col("provider")
        named = provider.str.strip_chars() != ""
        region = nw.when(named).then(nw.concat_str(provider, region, separator=":")).otherwise(region)
    return (
        nw.when(where.str.strip_chars() != "").then(where).otherwise(region) if roles.has("where") else region
    )


def _hours(roles: Roles) -> Any:
    hours = col("hours") if roles.has("hours") else nw.lit(None, dtype=nw.Float64)
    if roles.has("start") and roles.has("end"):
        span = (col("end") - col("start")) * (1 / US_PER_HOUR)
        return nw.coalesce(hours, span) if roles.has("hours") else span
    return hours


def numbered(frame: Any, backend: Backend, words: Words) -> Any:
    """The frame with the number of its hardware word, the devices of one, and the number of its place and year."""
    for lookup in words.names:
        frame = backend.attach(frame, lookup)
    first, years = words.ways.years
    year = nw.when(col("year") > 0).then(col("year") - (first - 1)).otherwise(0) if years else nw.lit(0)
    return frame.with_columns(
        col("hardware_number").fill_null(0).alias(WORK + "hardware_number"),
        (col("where_number").fill_null(0) * (years + 1) + year).alias(WORK + "place"),
    )


def with_numbers(frame: Any, backend: Backend, roles: Roles, words: Words, options: Options) -> Any:
    """A frame that was read, with the numbers of its nodes and sites and of what is wrong with its figures."""
    frame = numbered(timed(frame, backend, roles, words.readings), backend, words)
    if words.clock is not None:
        frame = integrated(frame, backend, words.clock, options.catalog)
    return backend.tidy(with_ways(faulted(frame, roles, words), roles, words))
