"""Other words for a cloud region: display names, cities, old names, spellings."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from .tables import read_csv

CURATED = Path(__file__).parent / "curated"

# Their raw names are codes (Vultr, Alibaba) or campuses (Google); the city says more.
NAMED_BY_CITY = frozenset(("gcp", "vultr", "alibaba"))

Key = tuple[str, str]


def plain(text: str) -> str:
    """A name without accents, as people type it."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """What makes two aliases the same: neither case nor accents nor separators tell regions apart."""
    return "".join(letter for letter in plain(text).casefold() if letter.isalnum())


def display_name(provider: str, name: str, city: str) -> str:
    """The provider's display name, or the city where that is a code or a building."""
    return city if provider in NAMED_BY_CITY or not name else name


def region_aliases(names: dict[Key, str], cities: dict[Key, str]) -> dict[Key, str]:
    """The aliases of every region; a word that two regions of a provider share belongs to neither,
    unless curated.
    """
    curated: dict[Key, list[str]] = defaultdict(list)
    for row in read_csv(CURATED / "region_aliases.csv"):
        curated[row["provider"], row["region"]].append(row["alias"])
    taken = {(provider, fold(word)) for (provider, _), words in curated.items() for word in words}
    taken |= {(provider, fold(region)) for provider, region in names}
    made: dict[Key, list[str]] = {}
    uses: Counter[Key] = Counter()
    for key, name in names.items():
        words = [name, plain(name), cities[key], plain(cities[key]), key[1].replace("-", "_")]
        made[key] = [word for word in dict.fromkeys(words) if word != key[1]]
        uses.update({(key[0], fold(word)) for word in words})

    def telling(key: Key, word: str) -> bool:
        if fold(word) == fold(key[1]):
            return True
        return uses[key[0], fold(word)] == 1 and (key[0], fold(word)) not in taken

    return {
        key: "|".join(dict.fromkeys([*curated[key], *(word for word in words if telling(key, word))]))
        for key, words in made.items()
    }
