"""Words: everything a user can say, from the signatures of `estimate` and `compare`, in one declared table.

The form, the query string, the JSON body and the API's description are all built from it. A new keyword of `estimate`
is read by the API at once; one entry in `DECLARED` gives it its kind, its place in the form and its example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from inspect import Parameter, getdoc, signature
from typing import Any, NamedTuple

from wattgram.advice import advise
from wattgram.comparison import AXES, FIGURES, NUMBER_FORMATS, WITHIN, compare
from wattgram.errors import InputError, echo
from wattgram.estimation import METHODS, SCOPES, estimate
from wattgram.resolve.fill import WORKLOADS
from wattgram.web.messages import FALLBACK, messages

__all__ = [
    "ADVICE",
    "COMPARE",
    "FORM",
    "GROUPS",
    "PAGE",
    "RUN",
    "Asked",
    "Word",
    "body_schema",
    "parameters",
    "read_body",
    "read_query",
    "unknown",
]

GROUPS = ("run", "when", "work", "known", "frame")
"""Fieldsets of the form, in order: the run; when and what kind of work; from parameters and tokens; what one knows better; how it is counted."""


SEARCHES = ("grid", "random", "bayesian")


class Word(NamedTuple):
    """One thing a user can say."""

    name: str
    kind: str = "text"
    """text, number, whole, choice or flag"""
    group: str = "known"
    """one of GROUPS; "" keeps it out of the form"""
    example: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    """what is meant when it is not said, where that is one of the choices"""


DECLARED: tuple[Word, ...] = (
    Word("hardware", "text", "run", "8xA100-SXM4-80GB"),
    Word("duration", "text", "run", "100h"),
    Word("count", "whole", "run", "1"),
    Word("where", "text", "run", "aws:us-east-1"),
    Word("start", "text", "when", "2025-03-01"),
    Word("end", "text", "when", "2025-03-05"),
    Word("workload", "choice", "when", "training", tuple(WORKLOADS)),
    Word("parameters", "text", "work", "7e9"),
    Word("tokens", "text", "work", "2e12"),
    Word("active_parameters", "text", "work", ""),
    Word("flops", "text", "work", "8.4e22"),
    Word("mfu", "text", "work", "40%"),
    Word("number_format", "choice", "work", "bf16", tuple(NUMBER_FORMATS)),
    Word("context", "text", "work", "4096"),
    Word("layers", "whole", "work", "32"),
    Word("heads", "whole", "work", "32"),
    Word("head_dim", "whole", "work", "128"),
    Word("lora", "flag", "work", "false", ("false", "true"), "false"),
    Word("development", "number", "work", "1.5"),
    Word("load", "number", "known", "0.8"),
    Word("overhead", "number", "known", "1.5"),
    Word("pue", "number", "known", "1.12"),
    Word("intensity", "text", "known", "20"),
    Word("measured_energy_kwh", "number", "known", "412.5"),
    Word("measured_scope", "choice", "known", "it", SCOPES, "it"),
    Word("boundary", "choice", "frame", "lifecycle", ("lifecycle", "direct"), "lifecycle"),
    Word("method", "choice", "frame", "full", METHODS, "full"),
    Word("embodied", "flag", "frame", "true", ("true", "false"), "true"),
    # of a comparison
    Word("by", "choice", "", "region", AXES, "region"),
    Word("provider", "text", "", "all"),
    Word("continent", "text", "", "Europe"),
    Word("country", "text", "", "CA"),
    Word("within", "text", "", "provider"),
    Word("figure", "choice", "", "operational", FIGURES),
    Word("exclude", "text", "", "aws,DE"),
    Word("max_distance_km", "number", "", "1500"),
    Word("deadline", "text", "", "48h"),
    Word("interruptible", "flag", "", "false", ("false", "true"), "false"),
    # of advice
    Word("trials", "whole", "", "20"),
    Word("search", "choice", "", "grid", SEARCHES, "grid"),
    Word("early_stopping", "flag", "", "false", ("false", "true"), "false"),
    Word("failed_share", "number", "", "0.15"),
    Word("life_years", "number", "", "6"),
)
_BY_NAME = {word.name: word for word in DECLARED}
_KINDS = {"float": "number", "int": "whole", "bool": "flag"}
NOT_SAID = ("catalog", "run", "series")
"""Parameters that are no words: the library's own objects, and whatever would open a file of the server."""
PLAIN = frozenset({"str", "float", "int", "bool", "date", "datetime", "timedelta", "None"})


def _words_of(function: Callable[..., Any]) -> dict[str, Word]:
    """The words of a function, in its order; one that is not declared is read by its annotation."""
    found = {}
    for name, parameter in signature(function).parameters.items():
        plain = PLAIN.issuperset(str(parameter.annotation).split(" | "))
        if name not in NOT_SAID and (plain or name in _BY_NAME):
            found[name] = _BY_NAME.get(name) or Word(name, _kind(parameter))
    return found


def _kind(parameter: Parameter) -> str:
    kinds = [kind for kind in str(parameter.annotation).split(" | ") if kind != "None"]
    return _KINDS.get(kinds[0], "text") if len(kinds) == 1 else "text"


RUN = _words_of(estimate)
"""What `estimate` takes."""
FORM = tuple(
    sorted(RUN.values(), key=lambda word: DECLARED.index(word) if word in DECLARED else len(DECLARED))
)
"""The same in the order of the form."""
COMPARE = _words_of(compare)
"""What `compare` takes beside a run."""
ADVICE = _words_of(advise)
"""What `advise` takes beside a run; some of it is what `compare` takes too."""
ALL = ADVICE | COMPARE | RUN
PAGE = ("lang", "limit")
"""What the page says beside: its language, and how many rows it shows."""
TRUE, FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


class Asked(NamedTuple):
    """A question, read: the words of the run, of the comparison, of advice alone, of the page, and what is none of these."""

    run: dict[str, Any]
    compare: dict[str, Any]
    advice: dict[str, Any]
    page: dict[str, str]
    strange: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was said of a run."""
        return not self.run

    def key(self) -> tuple[Any, ...]:
        """The question in one spelling, to know it again."""
        return (
            *sorted(self.run.items()),
            None,
            *sorted(self.compare.items()),
            None,
            *sorted(self.advice.items()),
            None,
            *sorted(self.page.items()),
        )

    def of_advice(self) -> dict[str, Any]:
        """What `advise` takes of all that was said."""
        said = self.run | self.compare | self.advice
        return {name: said[name] for name in ADVICE if name in said and name != "start"}

    def of_page_advice(self) -> dict[str, Any]:
        """The same on a page, whose address may hold a comparison's `within=continent`: no span of time."""
        said = self.of_advice()
        return {name: text for name, text in said.items() if name != "within" or text not in WITHIN}

    def into(self, name: str) -> dict[str, Any]:
        """Where a word belongs."""
        parts = ((RUN, self.run), (COMPARE, self.compare), (ADVICE, self.advice))
        return next((part for words, part in parts if name in words), self.page)


def read_query(pairs: Iterable[tuple[str, str]]) -> Asked:
    """A question from a query string; an empty field is one that was not filled in.

    Raises
    ------
    InputError : a word that is said twice with different meanings, or a flag that is none
    """
    asked = Asked({}, {}, {}, {}, ())
    strange: dict[str, None] = {}
    for name, raw in pairs:
        text = raw.strip()
        if not text:
            continue
        into = asked.into(name)
        if into is asked.page and name not in PAGE:
            strange[name] = None
            continue
        value: Any = _flag(name, text) if name in ALL and ALL[name].kind == "flag" else text
        if into.get(name, value) != value:
            raise InputError(name, text, f"it was said before, as {echo(into[name])}; say it once")
        into[name] = value
    if "number_format" in asked.run and "number_format" in COMPARE:
        asked.compare["number_format"] = asked.run["number_format"]
    return asked._replace(strange=tuple(strange))


def read_body(body: Any, *, with_compare: bool = False, with_advice: bool = False) -> Asked:
    """A question from a JSON object; null is "not said".

    Raises
    ------
    InputError : no object, or a name that is no word
    """
    if not isinstance(body, dict):
        raise InputError(
            "body", type(body).__name__, 'it takes one JSON object, as in {"hardware": "A100", ...}'
        )
    asked = Asked({}, {}, {}, {}, ())
    for name, value in body.items():
        if value is None:
            continue
        if isinstance(value, (dict, list)):
            raise InputError(name, "…", "it takes a text, a number, true or false")
        taken = (with_compare and (name in COMPARE or name in PAGE)) or (with_advice and name in ADVICE)
        if name not in RUN and not taken:
            unknown(name, with_compare=with_compare, with_advice=with_advice)
        read = _flag(name, value) if name in ALL and ALL[name].kind == "flag" else value
        asked.into(name)[name] = read
        if taken and name in RUN and name in COMPARE:
            asked.compare[name] = read
    return asked


def unknown(name: str, *, with_compare: bool = False, with_advice: bool = False) -> None:
    """Say that a name is no word, and which are.

    Raises
    ------
    InputError : always
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

    names = [*RUN, *((*COMPARE, "limit") if with_compare else ()), *(ADVICE if with_advice else ())]
    near = get_close_matches(name[:80], names, n=1)
    raise InputError("name", name, f"the names are {', '.join(dict.fromkeys(names))}", near)


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise InputError(name, value, "it is true or false")


# --- the API's description ------------------------------------------------------------------------------------------


@cache
def described(function: Callable[..., Any]) -> dict[str, str]:
    """What the docstring of a function says of each parameter."""
    text = getdoc(function) or ""
    part = text.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    found: dict[str, str] = {}
    names: list[str] = []
    for line in part.splitlines():
        match = re.match(r"(\w+(?:, \w+)*) : (.*)", line)
        if match:
            names = match[1].split(", ")
            found.update(dict.fromkeys(names, match[2]))
        else:
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return found


def schema_of(word: Word, *, in_query: bool) -> dict[str, Any]:
    """JSON Schema of one word, as a query parameter or in a body (where a number may be a number)."""
    schema: dict[str, Any] = {"type": "string", "maxLength": 200}
    if word.kind == "choice":
        schema = {"type": "string", "enum": list(word.choices)}
    elif word.kind == "flag":
        schema = {"type": "boolean"}
    elif word.kind in ("number", "whole"):
        schema = {"type": "integer" if word.kind == "whole" else "number"}
    elif not in_query and word.name in ("duration", "intensity"):
        schema = {"anyOf": [{"type": "string", "maxLength": 200}, {"type": "number"}]}
    if word.example:
        schema["examples"] = [_typed(word)]
    return schema


def _hint(word: Word) -> str:
    """What the form says of a word of which the docstring says nothing."""
    say = messages(FALLBACK)
    return (
        say.find(f"word.{word.name}.hint")
        or say.find(f"word.{word.name}.label")
        or word.name.replace("_", " ")
    )


def _typed(word: Word) -> Any:
    if word.kind == "number":
        return float(word.example)
    if word.kind == "whole":
        return int(word.example)
    return word.example == "true" if word.kind == "flag" else word.example


def parameters(words: Mapping[str, Word], function: Callable[..., Any]) -> list[dict[str, Any]]:
    """The words as OpenAPI query parameters."""
    said = described(function)
    return [
        {
            "name": word.name,
            "in": "query",
            "required": word.name == "hardware",
            "description": said.get(word.name) or _hint(word),
            "schema": schema_of(word, in_query=True),
        }
        for word in words.values()
    ]


def body_schema(words: Mapping[str, Word]) -> dict[str, Any]:
    """The words as the JSON Schema of a body."""
    said = described(advise) | described(compare) | described(estimate)
    return {
        "type": "object",
        "required": ["hardware"],
        "additionalProperties": False,
        "properties": {
            word.name: {"description": said.get(word.name) or _hint(word), **schema_of(word, in_query=False)}
            for word in words.values()
        },
    }
