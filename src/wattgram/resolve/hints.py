"""Hints: what to write in place of an everyday word that names no device and no place (`laptop`, `colab`, `gcp`).

A word of these is no slip of a name in the catalog, so the nearest match would lead astray; the sentence says where the
name of the device or the place is found. Nothing is taken for them: a guessed GPU would be a guessed answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wattgram.catalog import place_key

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["hardware_hint", "place_hint"]


class Hint(NamedTuple):
    """Everyday words and what to write in place of them."""

    words: frozenset[str]
    write: str


_FILLER = frozenset(
    ("a", "an", "any", "the", "my", "our", "own", "some", "one", "single", "free", "standard")
)
_FILLER |= {"google", "apple", "notebook", "notebooks", "machine", "type", "with", "of", "on", "in", "at"}


def _hint(words: str, write: str) -> Hint:
    return Hint(frozenset(words.split()), write)


_HARDWARE = (
    _hint("tpu tpus", "say its version and size, as in TPU v3-8, TPU v4-512 or TPU v5e-8"),
    _hint(
        "gpu gpus card cards graphics accelerator accelerators cuda nvidia amd",
        "say which one ran, as in A100 or RTX 4090; nvidia-smi -L prints it",
    ),
    _hint(
        "colab colaboratory",
        "name the GPU that the session had; !nvidia-smi prints it (free sessions usually have a T4: write T4); "
        "where it stood is a word of its own",
    ),
    _hint(
        "kaggle",
        "name the accelerator that was chosen in the notebook's settings, as in P100 or 2xT4; !nvidia-smi prints it",
    ),
    _hint(
        "macbook macbookpro macbookair imac mac mini studio pro air",
        "name its chip, as in M1, M2 Pro or M3 Max; 'About This Mac' has it",
    ),
    _hint(
        "laptop laptops desktop desktops pc computer workstation notebook home local",
        "name what computes in it, its GPU or processor, as in RTX 4090 or Core i7-12700H, or its draw, as in 45W",
    ),
    _hint(
        "cpu cpus processor processors server servers node nodes cluster hpc supercomputer vm instance machine cloud",
        "name the GPU or processor, as in 8xA100 or 2xEPYC 7763, an instance type (aws:p4d.24xlarge), or cores (16 cores)",
    ),
)
_STOOD = "write the city or country where it stood, as in Montreal or FR, or the intensity, as in 20 g/kWh"
_PLACES = (
    _hint(
        "colab colaboratory kaggle",
        "it tells no region; write the country of its machine, as in US, or the region where one is known, as in gcp:us-central1",
    ),
    _hint(
        "laptop laptops desktop desktops pc computer workstation home office here local localhost private premise "
        "premises onprem infrastructure university campus lab hpc cluster server datacenter datacentre internal self hosted",
        _STOOD,
    ),
    _hint(
        "cloud internet online unknown unspecified none",
        f"{_STOOD}; a cloud region has its provider, as in aws:us-east-1",
    ),
)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


def _of(text: str, hints: tuple[Hint, ...]) -> str:
    """The first hint of which a word was said, where nothing else was."""
    said = _words(text)
    every = frozenset().union(*(hint.words for hint in hints)) | _FILLER
    if not said or said - every:
        return ""
    return next((hint.write for hint in hints if said & hint.words), "")


def _provider(text: str, catalog: Catalog) -> str:
    found: list[str] = catalog.table("providers").keys_of(place_key(text))
    return found[0] if found else ""


def hardware_hint(text: str, catalog: Catalog) -> str:
    """What to write in place of a word that names no one device; empty where the word is no such word."""
    if hint := _of(text, _HARDWARE):
        return hint
    provider = _provider(text, catalog)
    if not provider:
        return ""
    types = (key for key in catalog.table("instances").keys() if key.startswith(f"{provider}|"))  # noqa: SIM118 - keys() is ours
    example = next(types, "").replace("|", ":")
    as_in = f", as in {example}" if example else ""
    return f"it is a provider; name the device, as in A100{', or the instance type' if as_in else ''}{as_in}"


def place_hint(text: str, catalog: Catalog) -> str:
    """What to write in place of a word that names no one place; empty where the word is no such word."""
    if hint := _of(text, _PLACES):
        return hint
    provider = _provider(text, catalog)
    if not provider:
        return ""
    regions = [key for key in catalog.table("regions").keys() if key.startswith(f"{provider}|")]  # noqa: SIM118 - keys() is ours
    examples = " or ".join(key.replace("|", ":") for key in regions[-2:])
    return f"it is a provider; write its region, as in {examples}; wattgram catalog regions {provider} lists them"
