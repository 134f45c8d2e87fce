"""Which words of a processor's name decide, and which are decoration.

The number decides (`8275CL`, `7950X`); a number that is bare digits, or that two makers use, needs the family
beside it (`EPYC 7763`, `i7 4770`). A Xeon E5 without version is the first one where there was a first one.
"""

from __future__ import annotations

import re

from wattgram.catalog.names import NOISE, normalise

# Words of a name that people leave out.
_DECORATION = (
    "platinum gold silver bronze i3 i5 i7 i9 m3 m5 m7 w3 w5 w7 w9 x3 x4 x5 x6 x7 pro ultra threadripper "
    "opteron athlon phenom pentium celeron atom itanium core mobile extreme x ryzen epyc xeon with radeon "
    "vega includes and near silent thermal solution wraith cooler microsoft surface 3 5 7 9"
)
DECORATION = frozenset(_DECORATION.split())
_FAMILIES = (
    "epyc gold platinum silver bronze xeon ryzen threadripper opteron athlon phenom sempron fx itanium phi "
    "pentium celeron atom core ultra graviton altra grace i3 i5 i7 i9 w3 w5 w7 w9 m3 m5 m7"
)
FAMILIES = frozenset(_FAMILIES.split())
_LETTERED = re.compile(
    r"(?=.*[0-9].*[0-9])(?:[0-9]{4,5}[a-z]+[0-9]?[a-z]*|[0-9][a-z][0-9a-z]{1,3}|[a-z]{1,2}[0-9]{4}[a-z]*)"
)
_DIGITS = re.compile(r"[0-9]{3,5}[a-z]*")
_VERSION = re.compile(r"v[0-9]")

Words = tuple[str, ...]


def words(name: str) -> Words:
    """The words of a name that are not noise."""
    return tuple(word for word in normalise(name) if word not in NOISE)


def _short(tokens: Words) -> list[Words]:
    """The shortest sets of words that name the part, if nothing else has the same."""
    found = [word for word in tokens if _LETTERED.fullmatch(word)]
    version = [word for word in tokens if _VERSION.fullmatch(word)]
    extra = [word for word in tokens if word in ("oem", "only", "af", "b", "optane", "superchip", "micro")]
    if found and not version:
        return [(found[-1], *extra)]
    number = next((word for word in reversed(tokens) if _DIGITS.fullmatch(word)), None)
    if number is None:
        return [tokens]
    before = tokens[tokens.index(number) - 1] if tokens.index(number) else ""
    if re.fullmatch(r"e[357]|[dew]", before):  # E5-2650 v4, W-2145, D-1541
        return [(before, number, *version, *extra)]
    if len(tokens) == 1:
        return [tokens]
    families = [word for word in tokens if word in FAMILIES]
    if "ultra" in families or "phi" in families:
        families = [word for word in families if word in ("ultra", "phi")]
    if "pro" in tokens or "ai" in tokens:
        extra = [*[word for word in tokens if word in ("pro", "ai")], *extra]
    if not families:
        return [tokens]
    return [(family, number, *version, *extra) for family in families]


def models(names: list[str]) -> dict[str, list[str]]:
    """For each name its alternatives of deciding words; what two parts would share is written out in full."""
    tokens = {name: words(name) for name in names}
    found = {name: _short(tokens[name]) for name in names}
    for rank in ("plain", "full"):
        owners: dict[frozenset[str], list[str]] = {}
        for name in names:
            for words_ in found[name]:
                owners.setdefault(frozenset(words_), []).append(name)
        for name in names:
            if any(len(set(owners[frozenset(words_)])) > 1 for words_ in found[name]):
                found[name] = [_longer(tokens[name], rank)]
    _unversioned(tokens, found)
    _without_pro(tokens, found)
    return {
        name: list(dict.fromkeys(" ".join(dict.fromkeys(words_)) for words_ in found[name])) for name in names
    }


def _longer(tokens: Words, rank: str) -> Words:
    """More deciding words: the tier or family beside the number, or all of them."""
    if rank == "full":
        return tokens
    return tuple(word for word in tokens if word not in DECORATION or word in FAMILIES)


def _unversioned(tokens: dict[str, Words], found: dict[str, list[Words]]) -> None:
    """`E5-2699` finds the v3 and the v4 because there never was a first one; `E5-2650` is the first one."""
    plain = {frozenset(words_) for alternatives in found.values() for words_ in alternatives}
    for name in tokens:
        for words_ in list(found[name]):
            without = tuple(word for word in words_ if not _VERSION.fullmatch(word))
            if without != words_ and not any(first <= frozenset(without) for first in plain):
                found[name].append(without)


def _without_pro(tokens: dict[str, Words], found: dict[str, list[Words]]) -> None:
    """`Ryzen 7 4750U` finds the PRO where there is no other."""
    plain = {frozenset(words_) for alternatives in found.values() for words_ in alternatives}
    for name in tokens:
        for words_ in list(found[name]):
            without = tuple(word for word in words_ if word != "pro")
            if len(without) > 1 and without != words_ and frozenset(without) not in plain:
                found[name].append(without)


def said(tokens: Words, alternatives: list[str], cores: str) -> set[str]:
    """The words that may stand beside the deciding ones."""
    every = set(tokens)
    if "xeon" in every:
        every |= {"scalable"}
    if cores:
        every.add(f"{int(float(cores))}core")
    return every - set[str].intersection(*[set(words_.split()) for words_ in alternatives])
