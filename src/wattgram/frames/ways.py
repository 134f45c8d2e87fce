"""Ways: how the blanks of a row can be filled, as the digits of its node's and its site's number.

A blank load is filled by the workload or by device-hours, a blank PUE by the site, the range of an intensity by the
length of the run: few ways, whatever the number of rows. Numbers are mixed-radix: the word first, then one digit for
each way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram.frames.lookup import Meanings
from wattgram.resolve.fill import WORKLOADS
from wattgram.resolve.hours import WINDOWS_H

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.hours import Clock
    from wattgram.frames.schema import Roles

__all__ = ["SCOPES", "SERIES", "STATED", "Ways", "place_numbers", "spans_h", "steps_device_hours", "ways_of"]

STATED = "stated"
SERIES = "series"
SCOPES = ("", "device", "it", "facility")


class Ways(NamedTuple):
    """The ways that the rows of one table can take, each a digit: its labels in the order of the digit."""

    load: tuple[Any, ...]
    """Lower bounds of device-hours, then workloads, then `stated`."""
    overhead: tuple[str, ...]
    measured: tuple[str, ...]
    pue: tuple[str, ...]
    intensity: tuple[Any, ...]
    """Lower bounds of the hours of a run, then `stated` and `series`."""
    at_facility: tuple[bool, ...]
    years: tuple[int, int]
    """The first year and the number of years (0: no run has a start)."""

    @property
    def node(self) -> tuple[tuple[Any, ...], ...]:
        """The digits of a node."""
        return self.load, self.overhead, self.measured

    @property
    def site(self) -> tuple[tuple[Any, ...], ...]:
        """The digits of a site."""
        return self.pue, self.intensity, self.at_facility


def steps_device_hours(catalog: Catalog) -> tuple[float, ...]:
    """Device-hours from which a run is of another scale [h], 0 first."""
    return _steps(catalog.figure("small-run-device-hours"), catalog.figure("large-training-device-hours"))


def spans_h(catalog: Catalog) -> tuple[float, ...]:
    """Lengths of run from which the range of an unknown hour is another [h], 0 first."""
    return _steps(*WINDOWS_H[1:], catalog.figure("grid-long-run-hours"))


def _steps(*bounds: float) -> tuple[float, ...]:
    return (0.0, *sorted({float(bound) for bound in bounds}))


def ways_of(roles: Roles, places: Meanings, clock: Clock | None, catalog: Catalog) -> Ways:
    """The ways that rows with these columns can take."""
    measured = roles.has("measured_energy_kwh")
    return Ways(
        load=(
            *steps_device_hours(catalog),
            *(WORKLOADS if roles.has("workload") else ()),
            *((STATED,) if roles.has("load") else ()),
        ),
        overhead=("", STATED) if roles.has("overhead") else ("",),
        measured=SCOPES if measured else ("",),
        pue=("", STATED) if roles.has("pue") else ("",),
        intensity=(
            *spans_h(catalog),
            *((STATED,) if roles.has("intensity") else ()),
            *((SERIES,) if clock is not None else ()),
        ),
        at_facility=(False, True) if measured else (False,),
        years=_years(places),
    )


def _years(places: Meanings) -> tuple[int, int]:
    years = [row["year"] for row in places.rows if row["year"]]
    return (min(years), max(years) - min(years) + 1) if years else (1, 0)


def place_numbers(places: Meanings) -> list[int]:
    """Of each place its number: that of its word, then the digit of its year, 0 for none."""
    words, (first, years) = places.numbers("where"), _years(places)
    return [
        words[row["where"]] * (years + 1) + (row["year"] - first + 1 if row["year"] else 0)
        for row in places.rows
    ]
