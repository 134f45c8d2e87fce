"""Run: what ran, how long, where, or what was measured; and the parsers of those three words.

Parsing is about form only: whether a word names something is the catalog's business (`resolve`). Every parser takes
what people type and what machines print, and answers anything else with one sentence.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from wattgram.duration import NUMBER, parse_duration, plain
from wattgram.errors import InputError, OutOfRangeError

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = [
    "Part",
    "Place",
    "Run",
    "Work",
    "check_number",
    "parse_duration",
    "parse_hardware",
    "parse_intensity",
    "parse_start",
    "parse_where",
]

WHERE_FORMS = (
    "write a cloud region (aws:us-east-1), a grid zone or subdivision (CA-QC), a country (FR, France), "
    "a city (Montreal), coordinates (45.5,-73.6) or an intensity (20 g/kWh)"
)
HARDWARE_FORMS = (
    "write a device (A100, 8xH100), a cloud instance (aws:p4d.24xlarge), a TPU slice (TPU v3-8), a processor "
    "(Xeon Gold 6148), part of one (16 vCPU EPYC 7763, 16/64 of EPYC 7763), cores (16 cores), memory (512GB) or "
    "watts (300W), joined with +"
)


class Part(NamedTuple):
    """One part of the hardware: `number` of a named device, or of stated watts, gigabytes, cores or virtual processors."""

    number: int
    name: str
    kind: Literal["device", "power", "memory", "vcpu", "cores"]
    amount: float
    """Watts for a power, gigabytes for a memory, cores, hardware threads for virtual processors, 1 for a device."""
    of: str = ""
    """The processor that virtual processors are part of; empty where it is not said."""
    whole: int = 1
    """The parts a device is cut into: `16/64 of EPYC 7763` is 16 of 64."""
    each_w: float | None = None
    """Stated draw of one core or one gigabyte [W]; None: the catalog's."""


class Place(NamedTuple):
    """Where it ran, by form: the words are not looked up yet."""

    kind: Literal["intensity", "coordinates", "region", "word"]
    text: str
    provider: str = ""
    intensity_g_per_kwh: float = 0.0
    coordinates_deg: tuple[float, float] = (0.0, 0.0)


class Work(NamedTuple):
    """What a training computes, as said; None is "not said"."""

    flop: float | None = None
    parameters: float | None = None
    active_parameters: float | None = None
    tokens: float | None = None
    number_format: str | None = None
    mfu: float | None = None
    context_tokens: float | None = None
    layers_times_width: float | None = None
    lora: bool = False

    @property
    def working_parameters(self) -> float | None:
        """Parameters that work on each token [1]: the active ones of a mixture of experts, else all."""
        return self.parameters if self.active_parameters is None else self.active_parameters


class Run(NamedTuple):
    """Everything a user can say about one run; None is "not said"."""

    hardware: str
    where: str | None
    duration_h: float | None = None
    copies: int = 1
    start: datetime | None = None
    load: float | None = None
    overhead: float | None = None
    pue: float | None = None
    intensity_g_per_kwh: float | None = None
    measured_energy_kwh: float | None = None
    measured_scope: str = "it"
    measured_range_kwh: tuple[float, float] | None = None
    """Ends of the 90 % range of the measured energy, where its meters are known [kWh]."""
    measured_origin: str = "measured"
    """`measured`; of a tracked run `assumed` where no part had a sensor, `derived` where some had none."""
    workload: str | None = None
    embodied: bool = True
    method: str = "full"
    boundary: str = "lifecycle"
    series: Any = None
    """A `wattgram.series.Series` of the run's zone, integrated over its start and duration."""
    work: Work | None = None
    """What it computes, where the hours follow from that."""
    development: float | None = None
    """Multiplier of the whole for runs that fail or tune, beside the answer."""
    per: str | None = None
    """Functional unit of a score: token, parameter, request or flop."""
    units: float | None = None
    """How many of them the run yields."""


def check_number(
    what: str,
    given: Any,
    low: float,
    high: float,
    unit: str = "",
    *,
    above: bool = False,
    whole: bool = False,
) -> float:
    """A finite number [as `unit` says] within low..high (`above`: more than low), or the sentence that says why it is none."""
    bounds = (
        f"{'more than' if above else 'at least'} {low:g} and at most {high:g}{' ' + unit if unit else ''}"
    )
    kind = "a whole number" if whole else "a number"
    allowed = f"it takes {kind} of {bounds}"
    if isinstance(given, bool):
        raise InputError(what, given, allowed)
    try:
        number = float(given)
    except (TypeError, ValueError, OverflowError):
        raise InputError(what, given, allowed) from None
    if not math.isfinite(number) or not low <= number <= high or (above and number == low):
        raise OutOfRangeError(what, given, allowed)
    if whole and not number.is_integer():
        raise OutOfRangeError(what, given, allowed)
    return number


# --- what ran -------------------------------------------------------------------------------------------------------

_COUNT_FIRST = r"(?is:([+-]?\d{1,9}(?:\.\d+)?)\s*[x×*]\s*(?=\S)(.*))"
_COUNT_LAST = r"(?is:(.*\S)(?:\s+[x×*]\s*|(?<=\d)[x×*])(\d{1,9}))"
_WATTS = rf"(?i:({NUMBER})\s*(k?)\s*(?:w|watts?))"
_MEMORY = (
    rf"(?i:({NUMBER})\s*(g|t)i?b(?:\s*(?:d?ram|memory|ddr[345]x?|lpddr[45]x?))?"
    rf"(?:\s+at\s+({NUMBER})\s*w\s*/\s*gi?b)?)"
)
_CORES = rf"(?i:({NUMBER})\s*(?:cpu\s+)?cores?(?:\s+at\s+({NUMBER})\s*w(?:\s*/\s*core)?)?)"
_SHARE = r"(?is:(\d{1,9})\s*/\s*(\d{1,9})\s*(?:of\s+|[x×*]\s*)(?=\S)(.*))"
_VCPU = r"(?is:(\d{1,7})\s*v-?cpus?(?:\s+(?:of\s+)?(?![x×*]\s*\d)(\S.*))?)"
MOST_DEVICES = 10_000_000
MOST_WATTS = 1e9
MOST_MEMORY_GB = 1e9
MOST_CORES = 1e8
MOST_WATTS_EACH = 1e4


def parse_hardware(given: str) -> tuple[Part, ...]:
    """The parts of a hardware word: `8xA100 + 2xEPYC 7763 + 1024GB` is three parts.

    A share is written as a fraction (`16/64 of EPYC 7763`, `1/7 of A100`); cores and memory may state what one of
    them draws (`16 cores at 9.4W`, `64GB at 0.3725W/GB`).

    Raises
    ------
    InputError : empty or over-long text; OutOfRangeError : a count below 1 or an absurd amount
    """
    text = plain("hardware", given, HARDWARE_FORMS)
    parts = [piece.strip() for piece in re.split(r"\s*\+\s*", text)]
    if not all(parts):
        raise InputError("hardware", given, f"a part is empty; {HARDWARE_FORMS}")
    return tuple(_part(piece) for piece in parts)


def _part(text: str) -> Part:
    count, name = "1", text
    if part := _of_processor(1, text):
        return part
    if text[0] in "+-0123456789" and (match := re.fullmatch(_COUNT_FIRST, text)):
        count, name = match[1], match[2].strip()
    elif text[-1].isdigit() and (match := re.fullmatch(_COUNT_LAST, text)):
        count, name = match[2], match[1].strip()
    number = int(check_number("device count", count, 1, MOST_DEVICES, whole=True))
    if name[0].isdigit() or name[0] == ".":
        part = _amount(number, name) or _of_processor(number, name)
    return part or Part(number, name, "device", 1.0)


def _of_processor(number: int, name: str) -> Part | None:
    """A part that is so many threads or shares of a device, however often; None where the name is neither."""
    if not name[0].isdigit():
        return None
    if "cpu" in name.lower() and (match := re.fullmatch(_VCPU, name)):
        threads = check_number("vCPUs", match[1], 1, MOST_DEVICES, whole=True)
        return Part(number, name, "vcpu", threads, match[2] or "")
    if "/" in name and (match := re.fullmatch(_SHARE, name)):
        held = number * check_number("device count", match[1], 1, MOST_DEVICES, whole=True)
        held = check_number("device count", held, 1, MOST_DEVICES, whole=True)
        whole = int(check_number("share", match[2], 1, MOST_DEVICES, whole=True))
        return Part(int(held), match[3].strip(), "device", 1.0, whole=whole)
    return None


def _amount(number: int, name: str) -> Part | None:
    """A part that is so many watts, gigabytes or cores; None where the name is none of them."""
    if match := re.fullmatch(_WATTS, name):
        watts = float(match[1]) * (1000 if match[2] else 1)
        return Part(number, name, "power", check_number("power", watts, 0, MOST_WATTS, "W", above=True))
    if match := re.fullmatch(_MEMORY, name):
        gigabytes = float(match[1]) * (1000 if match[2].lower() == "t" else 1)
        size = check_number("memory", gigabytes, 0, MOST_MEMORY_GB, "GB", above=True)
        return Part(number, name, "memory", size, each_w=_each("power per gigabyte", match[3]))
    if match := re.fullmatch(_CORES, name):
        cores = check_number("cores", match[1], 0, MOST_CORES, above=True)
        return Part(number, name, "cores", cores, each_w=_each("power per core", match[2]))
    return None


def _each(what: str, given: str | None) -> float | None:
    return None if given is None else check_number(what, given, 0, MOST_WATTS_EACH, "W", above=True)


# --- where ----------------------------------------------------------------------------------------------------------

_COORDINATES = r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?"
_INTENSITY = rf"(?i:([+-]?{NUMBER})\s*(k?g|t)\s*(?:of\s+)?(?:co2?₂?\s*-?(?:e|eq|eq\.|equivalents?)?\.?)?\s*(?:/|per)\s*([km]?)wh)"
MOST_INTENSITY_G_PER_KWH = 5000.0


def parse_intensity(given: str) -> float | None:
    """Intensity [g CO2e/kWh] from `20 g/kWh`, `0.432 kgCO2eq/kWh`, `350 kg per MWh`; None where the text is no intensity."""
    match = re.fullmatch(_INTENSITY, given.strip()) if "wh" in given.lower() else None
    if not match:
        return None
    grams = {"g": 1.0, "kg": 1e3, "t": 1e6}[match[2].lower()]
    kwh = {"": 1e-3, "k": 1.0, "m": 1e3}[match[3].lower()]
    return check_number("intensity", float(match[1]) * grams / kwh, 0, MOST_INTENSITY_G_PER_KWH, "g/kWh")


def parse_where(given: str) -> Place:
    """The form of a place: stated intensity, coordinates, `provider:region`, or a word to look up.

    Raises
    ------
    InputError : empty or over-long text; OutOfRangeError : coordinates or an intensity out of range
    """
    text = plain("where", given, WHERE_FORMS)
    intensity = parse_intensity(text)
    if intensity is not None:
        return Place("intensity", text, intensity_g_per_kwh=intensity)
    if text[0] in "+-0123456789" and (match := re.fullmatch(_COORDINATES, text)):
        first, second = float(match[1]), float(match[2])
        if max(abs(first), abs(second)) > 180 or min(abs(first), abs(second)) > 90:  # noqa: PLR2004 - degrees
            raise OutOfRangeError(
                "coordinates", given, "latitude is -90 to 90, longitude -180 to 180 degrees"
            )
        return Place("coordinates", text, coordinates_deg=(first, second))
    for mark in (":", "/"):
        provider, found, region = text.partition(mark)
        if found and provider.strip() and (region.strip() or mark == ":"):
            return Place("region", region.strip(), provider=provider.strip().lower())
    if text.replace(".", "", 1).isdigit():
        raise InputError(
            "place", given, f"a bare number is no place; an intensity has its unit, as in '{text} kg/kWh'"
        )
    return Place("word", text)


# --- when -----------------------------------------------------------------------------------------------------------

START_FORMS = "write a date or time such as 2024, 2024-05, 2024-05-17 or 2024-05-17T08:00Z"
FIRST_YEAR = 2000


def parse_start(given: str | int | date | datetime, *, future: bool = False) -> datetime:
    """Start of a run, in UTC; a date without a time is its midnight, a time without a zone is UTC.

    Raises
    ------
    InputError : no such form; OutOfRangeError : before 2000, or in the future where that makes no sense
    """
    import datetime as dt  # noqa: PLC0415 - not needed on the path of an undated estimate

    if isinstance(given, dt.datetime):
        start = given
    elif isinstance(given, dt.date):
        start = dt.datetime(given.year, given.month, given.day, tzinfo=dt.UTC)
    else:
        text = plain("start", str(given), START_FORMS)
        if re.fullmatch(r"\d{4}", text):
            text += "-01-01"
        elif re.fullmatch(r"\d{4}-\d{2}", text):
            text += "-01"
        try:
            start = dt.datetime.fromisoformat(text)
        except ValueError:
            raise InputError("start", given, START_FORMS) from None
    start = start.replace(tzinfo=dt.UTC) if start.tzinfo is None else start.astimezone(dt.UTC)
    if start.year < FIRST_YEAR or (start > dt.datetime.now(dt.UTC) and not future):
        raise OutOfRangeError("start", given, f"it lies between {FIRST_YEAR} and now; {START_FORMS}")
    return start
