"""Notice: a coded remark that stands beside an answer; every code is documented in docs/warnings.md."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CODES", "Notice"]

CODES: dict[str, str] = {
    "ambiguous-hardware": "the hardware word fits several devices; the answer carries their spread",
    "ambiguous-place": "the place word fits several places; the answer carries their spread",
    "batch-unknown": "the batch of a server is not known, and it moves the energy of a token",
    "budget-passed": "the budget of a tracked run is passed, or will be at this pace",
    "constant-intensity": "the source gives this zone the same default mix every year",
    "context-approximated": "attention is counted for a model of usual shape",
    "coordinates-swapped": "the coordinates were read as longitude, latitude",
    "counter-disagrees": "the energy counter of a device differs from its power; power is integrated",
    "covers": "which parts the energy of a tracked run covers, and how much of it is measured",
    "default-hardware": "no accelerator was stated for serving; the measured one was taken",
    "default-load": "in a table: the load of the row is the default of its workload class",
    "default-number-format": "no number format was stated; the usual one of this hardware was taken",
    "default-overhead": "in a table: the overhead of the row is the default of its hardware's class",
    "default-pue": "in a table: the PUE of the row is the default of its hardware's class",
    "desk-assumed": "a card of a desktop computer is taken to run in one: little around it, and no cooling",
    "embodied-unknown": "nothing is known of the making of this hardware, so there is no total",
    "energy-modelled": "there is no sensor for a part of the machine; its energy is modelled",
    "estimated-power": "the maker publishes no rated power; the figure is an estimate",
    "intensity-unit": "the stated intensity is so low that another unit may have been meant",
    "intensity-year": "the year of the run is not in the table; the nearest year was taken",
    "interrupted": "the run ended before it was stopped; the answer is its energy so far",
    "journal-waiting": "the journal of a run cannot be written; its samples are kept in memory",
    "large-country": "only the country is known and its grid zones differ widely",
    "long-prompt": "the prompt is longer than those measured; each output token takes more than said",
    "memory-not-stated": "processors are stated without their memory",
    "mixed-boundary": "the boundary is direct; the making of the hardware is added to it",
    "nearest-city": "the coordinates were taken to the nearest city in the catalog",
    "no-residual-mix": "no residual mix is published here; unmatched energy takes the location's intensity",
    "memory-of-replica": "the stated hardware cannot hold the weights of one replica, or its memory is not known",
    "outside-measurements": "batch, model or hardware lie outside what was measured; the range is wider",
    "place-unknown": "the place is not known, so there is energy and no carbon",
    "series-boundary": "the series says no boundary; it is taken as the one asked for",
    "series-estimated": "hours of the series, or all of them, are estimated by its source",
    "series-file": "something in the file of a series is worth knowing",
    "series-gap": "the series has no value for a part of the run",
    "series-generation": "the series is production-based and knows no imports",
    "series-outside": "in a table: no series that was given holds this run; the figure of the year was taken",
    "processor-unknown": "virtual processors of no named processor; a typical draw is taken, with its range",
    "sample-dropped": "a sensor could not be read, or went back, at least once; the energy is a lower end",
    "sensor-mirrored": "a sensor shows what another one shows, and is not counted again",
    "sensor-missing": "there are devices whose library is not installed, so they are not measured",
    "sensor-unreadable": "a sensor is there but cannot be read",
    "several-zones": "the place is served by several grid zones; the answer carries their spread",
    "shared-device": "a device is used in part and has one sensor for the whole, which is counted",
    "sources-disagree": "two sources differ by more than a quarter on this zone and year",
    "stale-intensity": "the newest year known for this zone is over two years old",
    "stated-overrides-method": "a stated factor stands in place of the method's own",
    "stated-power": "stated watts are taken as the average draw of the IT equipment",
    "time-gap": "the clock jumped, the machine slept or the process stood still during a run",
    "torn-lines": "lines of a journal were cut short and are left out",
    "tpu-slice": "a TPU slice is named by its cores; how many chips that is",
    "tracker-fault": "the tracker met a fault of its own; the program went on",
}


class Notice(NamedTuple):
    """A warning with its code and one sentence."""

    code: str
    text: str

    def to_dict(self) -> dict[str, str]:
        """The warning as JSON has it."""
        return {"code": self.code, "text": self.text}
