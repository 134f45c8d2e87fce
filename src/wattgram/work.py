"""Work: what a training computes, where its hours are not known yet: FLOPs, or parameters and tokens.

Parsing and checking only, as in `run`; which peak rate and which share of it belong to a device is the business of
`resolve`.
"""

from __future__ import annotations

import re
from typing import Any

from wattgram.errors import InputError, OutOfRangeError
from wattgram.run import Work, check_number

__all__ = [
    "BITS",
    "NUMBER_FORMATS",
    "WORK_WORDS",
    "make_work",
    "parse_count",
    "parse_flop",
    "parse_number_format",
    "parse_share",
]

BITS = {
    "fp32": 32.0,
    "tf32": 32.0,
    "fp16": 16.0,
    "bf16": 16.0,
    "fp8": 8.0,
    "int8": 8.0,
    "mxfp4": 4.25,
    "fp4": 4.0,
    "int4": 4.0,
}
"""Bits of one weight in each number format (mxfp4: four bits, and eight more for each block of 32)."""
NUMBER_FORMATS = ("fp32", "tf32", "fp16", "bf16", "fp8")
"""Number formats whose dense peak rates the catalog knows: those a training can name."""
_SAME_FORMAT = {
    "float32": "fp32",
    "single": "fp32",
    "float16": "fp16",
    "half": "fp16",
    "bfloat16": "bf16",
    "bfp16": "bf16",
    "float8": "fp8",
    "e4m3": "fp8",
    "e5m2": "fp8",
    "nvfp4": "fp4",
    "nf4": "fp4",
}
WORK_WORDS = (
    "flops",
    "parameters",
    "active_parameters",
    "tokens",
    "number_format",
    "mfu",
    "context",
    "layers",
    "heads",
    "head_dim",
    "lora",
)
"""The names by which work is said, in the library and in JSON."""

_PREFIX = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "g": 1e9,
    "t": 1e12,
    "p": 1e15,
    "e": 1e18,
    "z": 1e21,
    "y": 1e24,
}
_NUMBER = r"([+-]?(?:\d[\d_,]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)"
_DAYS = r"(?:flops?|flop/s|f|fs)[\s-]*days?"
SECONDS_PER_DAY = 86400.0
MOST_PARAMETERS = 1e16
MOST_TOKENS = 1e18
MOST_FLOP = 1e33
MOST_CONTEXT = 1e9
MOST_LAYERS = 1e6
_WORD_OF_SIZE = {
    "thousand": "k",
    "million": "m",
    "billion": "b",
    "trillion": "t",
    "mn": "m",
    "bn": "b",
    "tn": "t",
}
_COUNTED = r"(?:\s*(?:parameters?|params?|tokens?|requests?|layers?|heads?))?"
COUNT_FORMS = "write a number such as 175e9, 175B, 7 billion, 15T or 7.5M"
FLOP_FORMS = "write a number of operations such as 3.15e23, 315 ZFLOP or 3640 PF-days"


def parse_count(what: str, given: Any, low: float, high: float) -> float:
    """A number of things [1] from `175e9`, `175B`, `7 billion`, `7.5M`, `1,000`, or a number.

    Raises
    ------
    InputError : no such form; OutOfRangeError : not within low..high
    """
    if not isinstance(given, str):
        return check_number(what, given, low, high)
    words = "|".join(_WORD_OF_SIZE)
    match = re.fullmatch(rf"(?i:{_NUMBER}[\s-]*({words}|[kmbgt]?){_COUNTED})", given.strip())
    if not match:
        raise InputError(what, given, COUNT_FORMS)
    size = match[2].lower()
    return check_number(what, _plain(match[1]) * _PREFIX[_WORD_OF_SIZE.get(size, size)], low, high)


def parse_flop(given: Any) -> float:
    """Operations from `3.15e23`, `315 ZFLOP`, `3640 PF-days`, or a number [FLOP].

    Raises
    ------
    InputError : no such form, or a rate (`20 TFLOP/s`) in place of an amount; OutOfRangeError : 0 or absurd
    """
    if not isinstance(given, str):
        return check_number("flops", given, 0, MOST_FLOP, "FLOP", above=True)
    text = given.strip()
    amount = re.fullmatch(rf"(?i:{_NUMBER}\s*([kmbgtpezy]?)\s*(?:flops?)?)", text)
    days = re.fullmatch(rf"(?i:{_NUMBER}\s*([tpezy]|peta|exa|tera)[\s-]*{_DAYS})", text)
    if not amount and not days:
        raise InputError("flops", given, FLOP_FORMS)
    if days:
        flop = _plain(days[1]) * _PREFIX[days[2][0].lower()] * SECONDS_PER_DAY
    else:
        flop = _plain(amount[1]) * _PREFIX[amount[2].lower()]  # type: ignore[index]
    return check_number("flops", flop, 0, MOST_FLOP, "FLOP", above=True)


def parse_share(what: str, given: Any, most: float = 1.0) -> float:
    """A share from `0.4` or `40%` [1], more than 0 and at most `most`.

    Raises
    ------
    InputError : no number; OutOfRangeError : not within 0..most, with what a bare number of per cent would be
    """
    if isinstance(given, str) and given.strip().endswith("%"):
        return check_number(what, given.strip().removesuffix("%"), 0, 100 * most, "%", above=True) / 100
    try:
        return check_number(what, given, 0, most, above=True)
    except OutOfRangeError as error:
        percent = float(given)
        if not most < percent <= 100 * most:
            raise
        near = (f"{percent:g}%", f"{percent / 100:g}")
        raise OutOfRangeError(what, given, error.allowed, near) from None


def parse_number_format(given: Any, allowed: tuple[str, ...] = NUMBER_FORMATS) -> str:
    """A number format by its usual names: `bf16`, `BFloat16`, `FP8`, `half`.

    Raises
    ------
    InputError : a word that is none of `allowed`
    """
    word = re.sub(r"[\s_-]", "", str(given)).lower()
    word = _SAME_FORMAT.get(word, word)
    if word not in allowed:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(word[:80], allowed, n=1)
        raise InputError("number format", given, f"it is one of {', '.join(allowed)}", near)
    return word


def make_work(said: dict[str, Any]) -> Work | None:
    """The work of a training from the words of WORK_WORDS; None where none of them is said.

    Raises
    ------
    InputError : words that do not go together, or one that is missing; OutOfRangeError : a number without meaning
    """
    said = {name: said.get(name) for name in WORK_WORDS}
    words = {name: word for name, word in said.items() if word is not None and word is not False}
    if not words:
        return None
    _together(words)
    parameters = _optional(words, "parameters", 1, MOST_PARAMETERS)
    active = _optional(words, "active_parameters", 1, MOST_PARAMETERS)
    if parameters is not None and active is not None and active > parameters:
        raise OutOfRangeError(
            "active parameters",
            words["active_parameters"],
            f"at most all {parameters:g} parameters work on a token",
        )
    shape = [_optional(words, name, 1, MOST_LAYERS) for name in ("layers", "heads", "head_dim")]
    return Work(
        flop=parse_flop(words["flops"]) if "flops" in words else None,
        parameters=parameters,
        active_parameters=active,
        tokens=_optional(words, "tokens", 1, MOST_TOKENS),
        number_format=parse_number_format(words["number_format"]) if "number_format" in words else None,
        mfu=parse_share("mfu", words["mfu"]) if "mfu" in words else None,
        context_tokens=_optional(words, "context", 1, MOST_CONTEXT),
        layers_times_width=shape[0] * shape[1] * shape[2]  # type: ignore[operator]
        if None not in shape
        else None,
        lora=bool(words.get("lora", False)),
    )


def _together(words: dict[str, Any]) -> None:
    """FLOPs alone, or parameters with tokens; the rest refines one of the two."""
    model = [
        name for name in ("parameters", "active_parameters", "tokens", "context", "lora") if name in words
    ]
    shape = [name for name in ("layers", "heads", "head_dim") if name in words]
    if "flops" in words:
        if model or shape:
            name = (model or shape)[0]
            raise InputError(
                name.replace("_", " "),
                words[name],
                "flops say the whole work already; say flops, or parameters and tokens",
            )
        return
    first = next(iter(words))
    if "tokens" not in words or not {"parameters", "active_parameters"} & set(words):
        missing = "tokens" if {"parameters", "active_parameters"} & set(words) else "parameters"
        raise InputError(
            first.replace("_", " "),
            words[first],
            f"it says nothing without {missing}; say flops, or parameters and tokens",
        )
    if shape and ("context" not in words or len(shape) < 3):  # noqa: PLR2004 - layers, heads, head_dim
        raise InputError(
            shape[0].replace("_", " "),
            words[shape[0]],
            "the shape of a model is its layers, heads and head_dim, and it matters with a context",
        )


def _optional(words: dict[str, Any], name: str, low: float, high: float) -> float | None:
    return parse_count(name.replace("_", " "), words[name], low, high) if name in words else None


def _plain(digits: str) -> float:
    return float(digits.replace(",", "").replace("_", ""))
