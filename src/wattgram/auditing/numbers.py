"""Numbers as people write them beside a unit: masses of CO2e, hours, intensities, watts, kilowatt-hours.

`1,500`, `1.5k`, `0,66`, `~3000`, `2 weeks`, `18t CO2eq`. A figure keeps how finely it was printed, since an audit can
be no finer.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

__all__ = [
    "GRAMS_PER_KG",
    "Mass",
    "Number",
    "energies_kwh",
    "hours_of",
    "intensities_g_per_kwh",
    "masses",
    "number",
    "powers_w",
    "pues",
    "unitless",
]

GRAMS_PER_KG = 1e3
MOST = 1e12
"""No run took more hours or kilowatt-hours."""
MOST_W = 1e7
MOST_EXPONENT = 300
KG_PER_POUND = 0.45359237
"""The international pound, by definition [kg]."""
HOURS = {"s": 1 / 3600, "m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0, "o": 8766 / 12, "y": 8766.0}
"""Hours of each unit of time; a month is a twelfth of a Julian year [h]."""
_ABOUT = r"(?:~|≈|±|\babout|\baround|\bapprox(?:\.|imately)?|\broughly|\bnearly|\balmost|\bcca\.?|\bca\.|\bcirca|\benviron|\betwa|\best\.|\bestimated)"
_DIGITS = r"(?:\d{1,3}(?:(?:,\d{3})+|(?:'\d{3})+)(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?|\.\d+)"
NUMBER = rf"(?P<about>{_ABOUT}\s{{0,3}})?(?P<bound><|\bless than\b|\bunder\b|\bbelow\b|\bup to\b)?\s{{0,3}}(?<![\w.,])(?P<digits>{_DIGITS})(?P<scale>\s?(?:[kK](?![A-Za-z])|M(?![A-Za-z])|B(?![A-Za-z])|\s?(?:thousand|million|billion)\b))?"
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e3}


class Number(NamedTuple):
    """A number as it was printed."""

    value: float
    half_unit: float
    """Half a unit of its last printed digit, in the same unit: how finely it was said."""
    about: bool = False
    bound: bool = False


class Mass(NamedTuple):
    """A printed mass of CO2e."""

    kg: float
    half_unit_kg: float
    about: bool
    bound: bool
    unit: str
    """The unit as printed; empty where none was."""
    start: int
    end: int


def number(digits: str, scale: str = "", *, about: bool = False, bound: bool = False) -> Number:
    """`1,500` is 1500, `0,66` is 0.66, `1.5` with `k` is 1500; half a unit of the last digit beside it [as the word after it]."""
    text = digits.replace("'", "")
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    text = text.replace(",", ".")
    factor = _SCALES.get(scale.strip()[:1].lower(), 1.0)
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(scale.strip().lower(), factor)
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    step = 10.0 ** max(-MOST_EXPONENT, min(MOST_EXPONENT, int(exponent or 0) - decimals))
    value = float(text)
    if about and not decimals and not exponent and value:
        zeros = len(mantissa) - len(mantissa.rstrip("0"))
        step = 10.0**zeros  # `~3000` is said to the thousand
    return Number(value * factor, step * factor / 2, about, bound)


def _found(match: re.Match[str]) -> Number:
    return number(
        match["digits"], match["scale"] or "", about=bool(match["about"]), bound=bool(match["bound"])
    )


# --- masses ---------------------------------------------------------------------------------------------------------

_GAS = r"(?:C[O0]\s?2?\s?-?\s?(?:e(?:q|quiv(?:alents?)?)?\b\.?)?|carbon(?:\s+dioxide)?\b)"
_UNITS = (
    r"(?P<unit>mg|kgs?|g|t|kt|Mt|lbs?|kilograms?|kilogrammes?|kilogrammi|kilogramos|quilogramas?|Kilogramm|grams?|grammes?|gramos|Gramm|"
    r"(?:metric\s+)?tonn?e?s?|tons|toneladas?|tonnellate|pounds?|公斤|千克|吨|克|кг|kilos?)"
)
_MASS = (
    rf"{NUMBER}\s*\(?(?i:{_UNITS})(?P<gas>[\s-]*(?:\(?(?:of|de|di|von|an)\s+)?\(?[\s-]*{_GAS}(?:[\s-]*(?:eq|equivalents?|äquivalente?)\b\.?)?|[\s-]*eq\b\.?)?"
    r"(?![A-Za-z])"
)
_PER = r"\s*\.?\s*\)?\s*(?:/|(?:per|pro|par|por|за|每)\b)\s*"
_INTENSITY_AHEAD = re.compile(
    rf"(?i)(?:{_GAS})?{_PER}(?:k|M|G)?\s?Wh|{_PER}(?:kilowatt|megawatt)|\s*/\s*千瓦时"
)
_RATE_AHEAD = re.compile(
    rf"(?i){_PER}(?:\w*\s)?(?:s|h|hours?|day|token|request|query|image|km|mile|person|inference|prompt|second|year)s?\b"
)
_KG_PER_UNIT = {"mg": 1e-6, "g": 1e-3, "k": 1.0, "t": 1e3, "kt": 1e6, "mt": 1e9, "l": KG_PER_POUND}


def _kg_per_unit(unit: str) -> float:
    """Kilograms of a unit as printed."""
    if unit == "Mt":
        return _KG_PER_UNIT["mt"]
    word = unit.lower()
    exact = {"mg": "mg", "g": "g", "kt": "kt", "克": "g", "公斤": "k", "千克": "k", "吨": "t", "кг": "k"}
    if word in exact:
        return _KG_PER_UNIT[exact[word]]
    if word.startswith(("gram",)):
        return _KG_PER_UNIT["g"]
    if word.startswith(("k", "quilo")):
        return _KG_PER_UNIT["k"]
    if word.startswith(("lb", "pound")):
        return _KG_PER_UNIT["l"]
    return _KG_PER_UNIT["t"]


def masses(text: str) -> list[tuple[Mass, bool]]:
    """Every mass in the text, each with whether a gas is named beside it; intensities and rates are none."""
    out = []
    for match in re.finditer(_MASS, text):
        if _INTENSITY_AHEAD.match(text, match.end()) or _RATE_AHEAD.match(text, match.end()):
            continue
        said = _found(match)
        per = _kg_per_unit(match["unit"])
        if not math.isfinite(said.value * per):
            continue
        unit = " ".join(match["unit"].split())
        mass = Mass(
            said.value * per,
            said.half_unit * per,
            said.about,
            said.bound,
            unit,
            match.start("digits"),
            match.end(),
        )
        out.append((mass, bool(match["gas"])))
    return out


_UNITLESS = re.compile(
    r"(?i)(?:\bemissions?|\bemit(?:s|ted|ting)?|\bcarbon footprint|\bC[O0]\s?2\s?-?\s?(?:e|eq)?\b)[^\d.;!?\n]{0,40}?[\s:=~]"
    rf"{NUMBER}(?=\s*(?:[.,;)!?]?\s*$|[;()!?]|[.,](?!\d)|\b(?:for|over|in total|during|when|while|by|from|with|on)\b))"
)
_NO_AMOUNT = re.compile(
    r"(?i)\b(?:scope|table|figure|section|fig\.?|tab\.?|since|until|by|before|after|version|v)\s*~?$"
)
YEARS = (1990.0, 2100.0)


def unitless(text: str) -> tuple[str, int] | None:
    """The first figure of emissions behind which no unit stands, as printed, and where it stands; None where there is none."""
    for match in re.finditer(_UNITLESS, text):
        at = match.start("digits")
        is_year = re.fullmatch(r"\d{4}", match["digits"]) and YEARS[0] <= float(match["digits"]) <= YEARS[1]
        if not is_year and not _NO_AMOUNT.search(text[max(0, at - 20) : at]):
            return match["digits"] + (match["scale"] or ""), at
    return None


def bare_mass(text: str, unit: str = "") -> Mass | None:
    """The first number of a value that must be a mass: its unit is said elsewhere, or nowhere (then kg)."""
    match = re.search(NUMBER, text)
    if not match:
        return None
    said, per = _found(match), _kg_per_unit(unit) if unit else 1.0
    return Mass(
        said.value * per,
        said.half_unit * per,
        said.about,
        said.bound,
        unit,
        match.start("digits"),
        match.end(),
    )


# --- hours ----------------------------------------------------------------------------------------------------------

_DEVICE = r"(?P<device>(?:(?:A100|V100|H100|H200|P100|L40S?|T4)[\w-]*[\s-]*)?(?:GPU|TPU|CPU|device|card|chip|accelerator|core|total|cumulative)s?(?:\(s\))?[\s-]*(?:core[\s-]*)?)?(?:(?:compute|wall[\s-]?clock|training|full)[\s-]+)?"
_TIMES = (
    r"(?P<time>hours?|hrs?|h|GPUh|heures?|Stunden?|horas?|ore|uur|godzin|часов|часа?|小时|時間|시간|"
    r"days?|jours?|Tagen?|días|dias|天|日|d|weeks?|semaines?|Wochen?|semanas?|周|minutes?|mins?|分钟|months?|mois|years?)(?:\(s\))?(?![A-Za-z/²³])"
)
_HOURS = rf"{NUMBER}[\s-]*{_DEVICE}{_TIMES}"
_UNIT_OF_TIME = {
    "gp": "h", "h": "h", "st": "h", "or": "h", "uu": "h", "go": "h", "ча": "h", "小": "h", "時": "h", "시": "h",
    "mi": "m", "分": "m", "mo": "o", "d": "d", "jo": "d", "ta": "d", "天": "d", "日": "d", "w": "w", "se": "w", "周": "w",
    "y": "y",
}  # fmt: skip
_CHIP_AHEAD = re.compile(r"(?:(?i:G?H[128]00)|H20)(?!\d)")
"""A chip whose name begins like a unit of time: `64 H100`."""
_CHIP_HOURS = re.compile(r"(?i)H\d{2,3}[\s-]+(?:GPU[\s-]*)?(?:hours?|hrs?)\b")
NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "sixteen": 16, "twenty": 20, "twenty-four": 24, "thirty": 30, "thirty-two": 32,
    "forty-eight": 48, "sixty-four": 64, "hundred": 100,
}  # fmt: skip
_WORDED = re.compile(
    rf"(?i)(?<![\w-])(?P<word>an?|{'|'.join(NUMBER_WORDS)})(?P<hundred>\s+hundred)?[\s-]+(?:full\s+|whole\s+)?"
    r"(?P<device>(?:GPU|TPU|device)[\s-]+)?(?P<time>hour|day|week|month|minute|year)s?(?![\w])"
)
_LASTING = re.compile(
    r"(?i)(?:^|[:=|(]|\b(?:for|took|takes?|taking|during|over|lasted|lasts|lasting|within|in|about|around|nearly|almost|"
    r"roughly|approximately|than|least|used|ran|of|spent))\s*$"
)


class Hours(NamedTuple):
    """A printed duration."""

    hours: float
    half_unit_h: float
    per_device: bool
    """It says GPU-hours: already summed over devices."""
    start: int
    end: int
    unit: str


def hours_of(text: str) -> list[Hours]:
    """Every duration in the text, in its order."""
    out = []
    for match in re.finditer(_HOURS, text, re.IGNORECASE):
        if _CHIP_AHEAD.match(text, match.start("time")):
            if summed := _CHIP_HOURS.match(text, match.start("time")):
                said = _found(match)
                at = match.start("digits")
                out.append(Hours(said.value, said.half_unit, True, at, summed.end(), "h"))  # noqa: FBT003 - a field
            continue
        word = match["time"].lower()
        unit = _UNIT_OF_TIME.get(word[:2]) or _UNIT_OF_TIME.get(word[:1], "h")
        said = _found(match)
        hours = said.value * HOURS[unit]
        if not 0 < hours < MOST:
            continue
        half = said.half_unit * HOURS[unit]
        out.append(
            Hours(
                hours, half, bool(match["device"]) or word == "gpuh", match.start("digits"), match.end(), unit
            )
        )
    return sorted([*out, *_worded_hours(text)], key=lambda found: found.start)


def _worded_hours(text: str) -> list[Hours]:
    """Durations whose number is a word: `two weeks`; `a week` only where the words before say that it lasted."""
    out = []
    for match in _WORDED.finditer(text):
        word, unit = match["word"].lower(), match["time"][0].lower()
        before = text[max(0, match.start() - 24) : match.start()]
        if word in ("a", "an", "one") and not match["hundred"] and not _LASTING.search(before):
            continue
        unit = "o" if match["time"].lower().startswith("mo") else unit
        said = NUMBER_WORDS.get(word, 1) * (100 if match["hundred"] else 1)
        out.append(
            Hours(
                said * HOURS[unit], HOURS[unit] / 2, bool(match["device"]), match.start(), match.end(), unit
            )
        )
    return out


# --- intensity, energy, power, PUE ----------------------------------------------------------------------------------

_PER_KWH = (
    rf"{NUMBER}\s*(?P<mass>kg|g|t|lbs?|kilograms?|grams?|pounds?)\s*\.?\s*(?:of\s+)?(?:{_GAS})?[\s.-]*(?:eq(?:uivalents?)?\b\.?)?"
    r"\s*(?:/|(?:per|pro|par|por)\b)\s*(?P<energy>[kMG]?)\s?(?:Wh|watt[\s-]?hours?)"
)
_EFFICIENCY = rf"(?:carbon\s+(?:efficiency|intensity)|grid\s+intensity|emission\s+factor|intensidad de carbono|efficacité carbone)\D{{0,30}}?{NUMBER}"
_KWH = rf"{NUMBER}\s*(?P<unit>[kMGT]?)\s?(?:Wh|W·h|watt[\s-]?hours?)(?![A-Za-z])"
_TDP = rf"(?:(?:TDP|thermal design power|rated power|power(?:\s+(?:draw|consumption|usage|cap))?)\s*\)?\s*(?:of|:|=|is|was|de|von)?\s*{NUMBER}(?:\s*-\s*(?P<upto>\d+))?\s*(?P<kilo>k?)\s?W(?:atts?)?(?![A-Za-z]))"
_EACH = rf"{NUMBER}\s*(?P<kilo>k?)\s?W(?:atts?)?(?![A-Za-z])\s*(?:TDP|\)|x\b|×|per\b|each\b|/\s*GPU|a\s+GPU|assumed)"
_PUE = (
    rf"\bPUE\b\)?[^\d\n]{{0,25}}?{NUMBER}|\bpower usage effectiveness\b\)?[^\d\n]{{0,30}}?(?P<other>\d\.\d+)"
)
_ENERGY_FACTOR = {"": 1e-3, "k": 1.0, "m": 1e3, "g": 1e6, "t": 1e9}
MOST_PUE = 5.0
MOST_INTENSITY_G_PER_KWH = 5000.0
LIKELY_KG_PER_KWH = 5.0
"""A bare "carbon efficiency" up to this is in kg/kWh, as the page writes it; above, it is in g/kWh."""


def intensities_g_per_kwh(text: str) -> list[float]:
    """Every carbon intensity in the text [g/kWh]."""
    out = []
    for match in re.finditer(_PER_KWH, text, re.IGNORECASE):
        grams = _kg_per_unit(match["mass"]) * GRAMS_PER_KG
        out.append(_found(match).value * grams / _ENERGY_FACTOR[match["energy"].lower()])
    if not out:
        for match in re.finditer(_EFFICIENCY, text, re.IGNORECASE):
            value = _found(match).value
            out.append(value * GRAMS_PER_KG if value <= LIKELY_KG_PER_KWH else value)
    return [round(value, 9) for value in out if 0 <= value <= MOST_INTENSITY_G_PER_KWH]


def energies_kwh(text: str) -> list[tuple[float, int]]:
    """Every energy in the text [kWh] with where it stands; what is per kWh is none."""
    out = []
    for match in re.finditer(_KWH, text):
        before = text[max(0, match.start() - 8) : match.start()]
        if not re.search(r"(?i)(?:/|per)\s*$", before):
            out.append((_found(match).value * _ENERGY_FACTOR[match["unit"].lower()], match.start("digits")))
    return [(kwh, at) for kwh, at in out if 0 < kwh < MOST]


def powers_w(text: str) -> list[float]:
    """Every stated power of a device [W]: `TDP of 250W`, `250 W per GPU`, `(300 W)`."""
    out = []
    for pattern in (_TDP, _EACH):
        for match in re.finditer(pattern, text, re.IGNORECASE):
            kilo = 1e3 if match["kilo"] else 1.0
            out.append(_found(match).value * kilo)
            if "upto" in match.groupdict() and match["upto"]:
                out.append(float(match["upto"]) * kilo)
    return [watts for watts in dict.fromkeys(out) if 0 < watts < MOST_W]


def pues(text: str) -> list[float]:
    """Every stated power usage effectiveness [1]."""
    out = [
        float(match["other"]) if match["other"] else _found(match).value
        for match in re.finditer(_PUE, text, re.IGNORECASE)
    ]
    return [value for value in out if 1 <= value <= MOST_PUE]
