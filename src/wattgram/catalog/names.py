"""How the name of a device is compared: words, not spellings.

`NVIDIA A100-SXM4-80GB`, `a100 sxm-4 80 GB` and `Tesla A100_SXM4 80GiB` are one name. `normalise` turns each
of them into the same words; a row of the catalog says which words it must have (`model`) and which it may
have (`variants`), and is a candidate when it explains *every* word that was said. There is no score: a word
nobody can explain (`3090 Foo`) finds nothing, and a word that says too little (`A100`) finds several rows.
Choosing among them is the resolver's business.

A cell of the tables is words separated by blanks; in `model`, `|` separates alternatives (`xeon 6148|gold
6148`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NOISE = (
    # makers, brands that never tell two devices apart, and places where devices are rented
    "nvidia tesla geforce amd ati intel google apple amazon aws azure microsoft gcp cloud colab colaboratory "
    "kaggle "
    "genuine authenticamd gigabyte asus msi evga zotac palit pny "
    "gainward sapphire xfx powercolor "
    # what kind of thing it is
    "gpu gpus cpu cpus apu processor processors accelerator accelerators graphics card cards chip chips "
    "soc device "
    "devices hardware tensor core cores module vga cuda corporation inc "
    # number words of processor names (`Eight-Core Processor`) and filler
    "dual quad six eight twelve sixteen series generation gen gen3 gen4 gen5 edition type model name "
    "6th 7th 8th 9th 10th 11th 12th 13th 14th "
    "the of on with per each single one via using used tdp memory ram vram "
    # memory kinds that do not tell two rows apart (hbm2e, hbm3 and hbm3e do, so rows name them)
    "hbm hbm2 gddr gddr5 gddr5x gddr6 gddr6x gddr7 dgx hgx oc"
)
NOISE: frozenset[str] = frozenset(_NOISE.split())
"""Words that never decide anything: allowed beside every row, required by none."""


class Entry(NamedTuple):
    """One way to name one catalog row: the words it needs and the words it also explains."""

    id: str
    model: frozenset[str]
    variants: frozenset[str]


# Patterns are compiled when first used: `A100` from the shell needs one of them.
_MARK = r"(?i:\((?:r|tm|c)\)|[®™©])"
_WORD = r"[0-9]+\.[0-9]+[a-z]*|[^\W_]+"
# `rtx3090`, `teslav100`, `tpuv4`, `graviton3`, `epyc7763`: a family word glued to what holds the number
_FAMILY = (
    r"(?s:(rtx|gtx|gts|gt|rx|vega|geforce|quadro|tesla|titan|nvidia|amd|intel|radeon|instinct|tpu|ipu|epyc|ryzen"
    r"|xeon|core|graviton|trainium|inferentia|gaudi|jetson|orin|xavier|altra|threadripper|ascend|maia|mtia)"
    r"([a-z]{0,2}[0-9].*))"
)
_SPLITS = (
    r"([0-9]{3,4})(ti|super|xtx|xt)",  # 3080ti, 7900xtx
    r"([0-9]{3,4})(ti)(super)",  # 4070tisuper
    r"(m[0-9])(pro|max|ultra)",  # m1max
    r"([0-9]{4}[a-z]?)(v[0-9])",  # 2686v4
    r"([a-z][0-9]{3}s?)(sxm[0-9]?|pcie|nvl)",  # v100sxm2
    r"(titan)(xp|x|v|rtx)",
    r"([a-z]{0,2}[0-9]{1,4})(ada)",  # rtx 6000ada
)
_MEMORY = r"([0-9]+(?:\.[0-9]+)?)(?:gb|gib|gbs|go)|([0-9]{1,3})g"
_POWER = r"([0-9]+(?:\.[0-9]+)?)(?:w|watt|watts)"
_CORES = r"([0-9]{1,3})cores?"
_CLOCK = r"[0-9]+(?:\.[0-9]+)?(?:ghz|mhz)"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_UNITS = frozenset({"gb", "gib", "gbs", "go", "g", "w", "watt", "watts", "core", "cores", "ghz", "mhz"})
# `V-100`, `MI 300X`, `E5-2650 v 4`
_LETTERS = frozenset({*"abhklmptv", "gb", "gh", "gv", "gp", "mi"})
_NUMERAL = r"[0-9]{1,4}[a-z]?"
_PAIRS = {
    ("pci", "e"): "pcie",
    ("pci", "express"): "pcie",
    ("max", "q"): "maxq",
    ("macbook", "pro"): "macbookpro",
    ("macbook", "air"): "macbookair",
    ("mac", "mini"): "macmini",
    ("mac", "studio"): "macstudio",
    ("mac", "pro"): "macpro",
}


def _fold(text: str) -> str:
    """Lower case without accents or compatibility forms (full-width letters, superscripts)."""
    if text.isascii():
        return text.lower()
    from unicodedata import combining, normalize  # noqa: PLC0415  only names that are not ASCII pay for it

    text = normalize("NFKD", normalize("NFD", text).casefold())
    text = normalize("NFKD", text.casefold())  # twice: the form that Unicode promises to be stable
    return "".join(letter for letter in text if not combining(letter))


def _measure(word: str) -> str | None:
    """A word with a unit in its one spelling (`80g` is `80gb`); empty for a clock rate; else None."""
    if not word[0].isdigit():
        return None
    if found := re.fullmatch(_MEMORY, word):
        return f"{found[1] or found[2]}gb"
    if found := re.fullmatch(_POWER, word):
        return f"{found[1]}w"
    if found := re.fullmatch(_CORES, word):
        return f"{found[1]}core"
    return "" if re.fullmatch(_CLOCK, word) else None


def _unmarked(text: str) -> str:
    """The text without (R), (TM) and their signs."""
    return text if text.isascii() and "(" not in text else re.sub(_MARK, " ", text)


def _parts(word: str) -> list[str]:
    """The words that were glued into one."""
    if (word.isalpha() and not word.startswith("titan")) or (
        len(word) <= len("a100") and word[:2] not in ("tp", "ip", "rx", "gt")
    ):
        return [
            "pcie" if word == "pciexpress" else word
        ]  # nothing shorter is glued; letters alone are one word
    found = re.fullmatch(_FAMILY, word)
    if found:
        return [found[1], *_parts(found[2])]
    for pattern in _SPLITS:
        if found := re.fullmatch(pattern, word):
            return list(found.groups())
    return ["pcie" if word == "pciexpress" else word]


def _with_units(words: Iterable[str]) -> list[str]:
    """`80`, `gb` becomes `80gb`; clock rates (`@ 2.30GHz`) are dropped: they tell no row apart."""
    kept: list[str] = []
    for word in words:
        if (
            word in _UNITS
            and kept
            and re.fullmatch(_NUMBER, kept[-1])
            and _measure(kept[-1] + word) is not None
        ):
            word = kept.pop() + word  # noqa: PLW2901
        measured = _measure(word)
        if measured != "":
            kept.append(measured or word)
    return kept


def _joined(words: Iterable[str]) -> list[str]:
    """Words that a hyphen or blank tore apart (`sxm-4`), without a processor's `with Radeon ... Graphics`."""
    kept: list[str] = []
    skipping = False
    for word in words:
        last = kept[-1] if kept else ""
        if skipping:
            skipping = word != "graphics"
        elif word == "radeon" and last in ("with", "w"):
            kept.pop()
            skipping = True
        elif (last, word) in _PAIRS:
            kept[-1] = _PAIRS[last, word]
        elif (last == "sxm" and len(word) == 1 and word.isdigit()) or (
            last in _LETTERS and re.fullmatch(_NUMERAL, word) and _measure(word) is None
        ):
            kept[-1] = last + word
        else:
            kept.append(word)
    return kept


def normalise(text: str) -> tuple[str, ...]:
    """The words of a name in their one spelling; the same words again when given its own output."""
    words = re.findall(_WORD, _unmarked(_fold(_unmarked(text))))
    return tuple(_joined(_with_units(part for word in words for part in _parts(word))))


def key(tokens: Iterable[str]) -> frozenset[str]:
    """What two spellings of one alias share: their words without order and without noise."""
    return frozenset(tokens) - NOISE


def entries(row_id: str, model: str, variants: str) -> list[Entry]:
    """The entries of one catalog row, one for each alternative in its `model` cell."""
    also = frozenset(variants.split())
    return [Entry(row_id, frozenset(words.split()), also) for words in model.split("|") if words.strip()]


def match(tokens: Iterable[str], known: Iterable[Entry]) -> list[Entry]:
    """The entries that explain every word of `tokens`; one per row, in the order of `known`."""
    said = frozenset(tokens)
    telling = said - NOISE
    found: dict[str, Entry] = {}
    for entry in known:
        if entry.model <= said and telling <= entry.model | entry.variants:
            found.setdefault(entry.id, entry)
    return list(found.values())


_LOOKALIKES = str.maketrans({"o": "0", "l": "1", "i": "1"})


ALIKE, ALIKE_WORDS = 0.5, 0.65
"""Likeness from which a name is near to one with a number in it, and to one of letters alone."""


def nearest(text: str, names: Sequence[str], n: int = 3) -> list[str]:
    """Up to `n` names that look most like `text`, for the sentence that says a name is unknown."""
    from difflib import get_close_matches  # noqa: PLC0415  only an unknown name pays for it

    def plain(name: str) -> str:
        words = normalise(name[:80])
        return " ".join(word for word in words if word not in NOISE) or " ".join(words)

    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(plain(name), name)
    said = plain(text)
    # `A10O` and `Hl00` are slips of the eye, not of the finger: nearer than any other name
    alike = [spelled[word] for word in (said.translate(_LOOKALIKES),) if word != said and word in spelled]
    close = get_close_matches(said, spelled, n=n, cutoff=ALIKE)
    if not any(letter.isdigit() for letter in said):
        # Of words alone half the letters are no likeness (wonder, Xeon D), unless one of the words is the same.
        like = get_close_matches(said, spelled, n=n, cutoff=ALIKE_WORDS)
        close = [word for word in close if word in like or set(word.split()) & set(said.split())]
    return list(dict.fromkeys((*alike, *(spelled[word] for word in close))))[:n]
