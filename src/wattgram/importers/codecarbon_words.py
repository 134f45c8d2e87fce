"""What CodeCarbon calls a place and a machine, in our words: looked up once for each distinct row of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from wattgram.errors import InputError, WattgramError
from wattgram.importers.reading import NOTHING, number_of
from wattgram.resolve import resolve_hardware, resolve_place
from wattgram.run import MOST_WATTS

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Word", "Words"]

PROVIDERS = {"google": "gcp", "amazon": "aws", "microsoft": "azure"}
_CLOCK = re.compile(
    r"\s*@.*|\s+(?:\d+|eight|six|four|twelve|sixteen|dual|quad)-core processor.*", re.IGNORECASE
)
_COUNTED = re.compile(r"\s*(\d+)\s*x\s*", re.IGNORECASE)
_WITHIN = re.compile(r"(\d+) x (?=\S)")
MOST_TEXT = 200
"""Of a list of devices that has no marks."""


class Word(NamedTuple):
    """A word of ours, or none, and what is to be said of it."""

    word: str | None
    code: str = ""
    text: str = ""


class Words:
    """Places and hardware as a table of runs has them."""

    def __init__(self, catalog: Catalog, where: str | None, hardware: str | None) -> None:
        self.catalog, self.where, self.hardware = catalog, where, hardware
        self._places: dict[tuple[str, ...], Word] = {}
        self._things: dict[tuple[str, ...], Word] = {}

    # --- where ------------------------------------------------------------------------------------------------------

    def place(self, cells: dict[str, str]) -> Word:
        """Cloud region, else region of the country, else coordinates within it, else the country."""
        said = tuple(
            _said(cells.get(name))
            for name in ("cloud_provider", "cloud_region", "region", "country_name", "country_iso_code")
        )
        asked = (*said, _said(cells.get("latitude")), _said(cells.get("longitude")))
        if asked not in self._places:
            self._places[asked] = self._find_place(*asked)
        return self._places[asked]

    def _find_place(
        self, provider: str, cloud_region: str, region: str, name: str, iso: str, lat: str, lon: str
    ) -> Word:
        if not (provider and cloud_region):
            return self._on_land(region, name, iso, lat, lon)
        word = f"{PROVIDERS.get(provider.lower(), provider.lower())}:{cloud_region}"
        if self._country_of(word):
            return Word(word)
        found = self._on_land(region, name, iso, lat, lon)
        beside = f"'{found.word}' stands for it" if found.word else "say the place with --where"
        return Word(found.word, "place-unknown", f"the catalog has no cloud region '{word[:80]}'; {beside}")

    def _on_land(self, region: str, name: str, iso: str, lat: str, lon: str) -> Word:
        country = self._first([iso, name])
        within = self._country_of(country) if country else None
        words = [f"{region}, {name or iso}", region] if region else []
        if region and country:  # `washington` is a state to CodeCarbon, and a city besides to a catalog
            words += self.catalog.table("subdivisions").keys_of(region.lower())
        for word in words + ([f"{lat},{lon}"] if lat and lon else []):
            found = self._country_of(word)
            if found and (within is None or found == within) and (country or word != region):
                return Word(word)
        if country:
            return Word(country)
        if self.where is not None:
            return Word(self.where)
        given = ", ".join(part for part in (region, name or iso) if part)
        if not given:
            return Word(None, "place-unknown", "the row names no place; say it with --where")
        return Word(None, "place-unknown", f"'{given[:80]}' is no place of the catalog; say it with --where")

    def _first(self, words: list[str]) -> str | None:
        """The first word that is a country: ATL is an airport to a catalog of places."""
        return next((word for word in words if word and self._country_of(word, ("country", "zone"))), None)

    def _country_of(self, word: str, kinds: tuple[str, ...] = ()) -> str | None:
        """The country that a place word lies in; None where it is no place (of these kinds), or one of several."""
        try:
            place = resolve_place(word, self.catalog)
        except WattgramError:
            return None
        if kinds and place.kind not in kinds:
            return None
        return place.country or (place.zones[0].split("-")[0] if place.zones else None)

    # --- what -------------------------------------------------------------------------------------------------------

    def thing(self, cells: dict[str, str], measured_kwh: float | None, hours: float | None) -> Word:
        """GPUs, else the processor, else the mean draw: energy measured [kWh] over the time [h]."""
        asked = tuple(_said(cells.get(name)) for name in ("gpu_model", "gpu_count", "cpu_model"))
        if asked not in self._things:
            self._things[asked] = self._find_thing(*asked)
        found = self._things[asked]
        if (
            found.word is not None
            or not measured_kwh
            or not hours
            or measured_kwh * 1000 / hours > MOST_WATTS
        ):
            return found
        return Word(
            f"{measured_kwh * 1000 / hours!r}W", found.code, f"{found.text}; its mean draw stands for it"
        )

    def _find_thing(self, gpu: str, count: str, cpu: str) -> Word:
        texts = []
        word = _gpus(gpu, count)
        if word:
            for one in (word, *_several(gpu, count)):
                if self._is_known(one):
                    return Word(one)
            texts.append(f"'{word[:60]}'")
        if cpu:
            for name in (cpu, _CLOCK.sub("", cpu)):
                if self._is_known(name):
                    return Word(
                        name,
                        "hardware-unknown" if texts else "",
                        f"the catalog has no {texts[0]}; {name} stands for the machine" if texts else "",
                    )
            texts.append(f"'{cpu[:60]}'")
        if self.hardware is not None:
            return Word(self.hardware)
        if texts:
            return Word(None, "hardware-unknown", f"the catalog has no {' nor '.join(texts)}")
        return Word(None, "hardware-unknown", "the row does not say what ran (--hardware does)")

    def _is_known(self, word: str) -> bool:
        try:
            resolve_hardware(word, self.catalog)
        except InputError:
            return False
        return True


def _said(cell: str | None) -> str:
    text = (cell or "").strip()
    return "" if text.lower() in NOTHING else text


def _gpus(model: str, count: str) -> str:
    """`2 x NVIDIA RTX A6000` as it stands; a model without its number gets that of gpu_count."""
    if not model:
        return ""
    parts = [
        part.strip() for part in re.split(r"(?<=\S)\s*[,|]\s*(?=\d+\s*x\s)|\s*\+\s*", model) if part.strip()
    ]
    if len(parts) > 1 or _COUNTED.match(model):
        return " + ".join(_COUNTED.sub(lambda found: f"{found[1]}x", part, count=1) for part in parts)
    number = number_of(count)
    return f"{int(number)}x{model}" if number and number > 1 and number == int(number) else model


def _several(model: str, count: str) -> Iterator[str]:
    """What `1 x A1001 x T4` may be: of several kinds CodeCarbon writes one after the other, without a mark between them."""
    wanted = number_of(count)
    for kinds in _kinds(model[:MOST_TEXT]):
        if wanted in (None, sum(number for number, _ in kinds)):
            yield " + ".join(f"{number}x{name}" for number, name in kinds)


def _kinds(model: str) -> Iterator[tuple[tuple[int, str], ...]]:
    """Every reading of a counted name as counted names: the digits before an ` x ` end a name or are a count."""
    first = _COUNTED.match(model)
    if first is None:
        return
    rest = model[first.end() :]
    yield ((int(first[1]), rest),)
    for mark in _WITHIN.finditer(rest):
        for at in range(mark.start(), mark.end(1)):
            name = rest[:at].strip()
            if name and rest[at] != "0":
                yield from (((int(first[1]), name), *others) for others in _kinds(rest[at:]))
