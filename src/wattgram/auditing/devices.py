"""Devices in words: which hardware a statement names, how many of it, and every rated power those words admit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wattgram.auditing.numbers import NUMBER_WORDS
from wattgram.calculator import devices as page_devices
from wattgram.catalog import place_key
from wattgram.catalog.names import NOISE, Entry, entries, match, normalise

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Named", "Power", "find_device", "powers_of"]

COUNT_WORDS = {**NUMBER_WORDS, "single": 1, "dual": 2, "quad": 4}
_NUMBER_WORD = rf"(\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|{'|'.join(COUNT_WORDS)})"
_TOKEN = re.compile(r"[A-Za-z0-9][\w.+/-]*[\w+]|[A-Za-z0-9]")
_SLICE = re.compile(
    r"(?i)\b(?:cloud\s+|google\s+)*TPU[\s-]*(v\d+[a-z]?)[\s-]+(\d{1,6})(?!\d|\.\d|\s*(?:h\b|hour|day|x\b))"
)
_SLICE_FIRST = re.compile(r"(?i)\b(v[2-7][a-z]?)-(\d{1,6})\s+(?:Cloud\s+)?TPU")
_GLUED = re.compile(r"(?<![A-Za-z\d.])(\d{1,5})\s?[xX×](?=\s?[A-Za-z])")
_PROCESSOR = re.compile(
    r"(?i)\b(?:xeon|epyc|ryzen|threadripper|i[3579]-\d|core\s+i\d|core\s+ultra|graviton\d?|opteron|altra)"
)
_FORM = re.compile(r"nvl|sxm\d?|pcie|\d+(?:gb)?|rtx|gtx|quadro|hgx|super ?chip")
_NODES = re.compile(
    rf"(?i)\b{_NUMBER_WORD}\s+(?:[\w-]+\s+){{0,2}}?(?:nodes?|servers?|machines?|hosts?)\b(?:\s+(?:of|with|each|having|containing|equipped|using|x|×|,|and|\(|-))*\s*\(?\s*{_NUMBER_WORD}\b"
)
_COUNTED = re.compile(
    rf"(?i)(?:\b{_NUMBER_WORD}\s*(?:[x×]\s*)?(?:(?:nvidia|gpu|tesla|parallel|such|of these)\s+)?(?:GPUs|TPUs|accelerators|chips|cards|devices)\b(?!-)"
    rf"|(?:number of|num|#)\s*(?:GPUs?|devices?|chips|accelerators|cards)\s*(?:used)?\s*[:=|]?\s*(\d{{1,6}}))"
)
CORES_PER_CHIP = 2
WINDOW = 8
MAKERS = (
    "nvidia",
    "tesla",
    "geforce",
    "quadro",
    "amd",
    "google",
    "cloud",
    "intel",
    "apple",
    "radeon",
    "instinct",
    "xeon",
)


class Named(NamedTuple):
    """Hardware as a statement names it."""

    word: str
    """The name as said, without the count; can be typed again."""
    number: int | None
    """How many, where the words say so."""
    start: int
    end: int
    chips: int = 0
    """Chips of a TPU slice; 0 for other hardware."""


class Power(NamedTuple):
    """One rated power that a name admits."""

    power_w: float
    name: str
    basis: str
    """`stated`, `page` (the calculator's table) or `catalog`."""


def _count(word: str) -> int:
    return COUNT_WORDS.get(word.lower()) or int(word.replace(",", ""))


def _vocabulary(catalog: Catalog) -> frozenset[str]:
    """Words that can begin the search for a device: those by which models are told apart."""
    if "audit-vocabulary" not in catalog.memory:
        words = {
            word
            for row in catalog.table("accelerators").entries().values()
            for word in row[0].replace("|", " ").split()
        }
        catalog.memory["audit-vocabulary"] = frozenset(
            words - NOISE - {"one", "2", "x", "v", "ti", "pro", "max"}
        )
    return catalog.memory["audit-vocabulary"]  # type: ignore[no-any-return]


def rows_of(name: str, catalog: Catalog) -> list[str]:
    """Ids of every accelerator a name admits, with the forms it leaves open (`H100` may be an H100 NVL)."""
    asked = ("audit-rows", name)
    if asked not in catalog.memory:
        catalog.memory[asked] = _rows_of(name, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _rows_of(name: str, catalog: Catalog) -> list[str]:
    said = frozenset(normalise(name))
    telling = said - NOISE
    if not telling:
        return []
    table = catalog.table("accelerators")
    exact = table.keys_of(" ".join(sorted(telling)))
    if len(exact) == 1:
        return list(exact)
    known = _entries(catalog)
    found = [entry.id for entry in match(said, known)]
    open_forms = [
        entry.id
        for entry in known
        if telling & entry.model
        and telling <= entry.model | entry.variants
        and entry.model - said
        and all(_FORM.fullmatch(word) for word in entry.model - said)
        and entry.id not in found
    ]
    return list(dict.fromkeys(found + open_forms)) if found else []


def _entries(catalog: Catalog) -> list[Entry]:
    if "audit-entries" not in catalog.memory:
        found = catalog.table("accelerators").entries()
        catalog.memory["audit-entries"] = [
            one for key, words in found.items() for one in entries(key, words[0], words[1])
        ]
    return catalog.memory["audit-entries"]  # type: ignore[no-any-return]


def find_device(text: str, catalog: Catalog) -> Named | None:
    """The first device that the text names, with its count; None where it names none."""
    text = re.sub(r"(?i)\((?:r|tm|c)\)|[®™]", " ", text)
    text = _GLUED.sub(lambda found: f"{found[1]} x ", text)
    sliced = _SLICE.search(text) or _SLICE_FIRST.search(text)
    found = _accelerator(text, catalog)
    if sliced and (found is None or sliced.start() <= found.end):
        return _slice(text, sliced, catalog)
    if found is None:
        found = _instance(text, catalog)
    if found is None and _PROCESSOR.search(text):
        found = _longest(text, catalog, processors=True)
    if found is None:
        return None
    return found._replace(number=_count_around(text, found))


def _slice(text: str, found: re.Match[str], catalog: Catalog) -> Named:
    version, number = found[1].lower(), int(found[2])
    per_chip = 1
    for key in rows_of(f"TPU {version}", catalog)[:1]:
        per_chip = catalog.table("accelerators").record(key).units_per_chip or 1
    chips = max(1, number // per_chip)
    before = re.search(rf"(?i){_NUMBER_WORD}\s*[x×]?\s*$", text[: found.start()])
    copies = _count(before[1]) if before else 1
    return Named(f"TPU {version}-{number}", copies, found.start(), found.end(), chips)


def _accelerator(text: str, catalog: Catalog) -> Named | None:
    return _longest(text, catalog, processors=False)


def _longest(text: str, catalog: Catalog, *, processors: bool) -> Named | None:
    """The longest run of words around the first telling word whose every word some row explains."""
    tokens = [(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(text)]
    vocabulary = _vocabulary(catalog)
    for at, (_, _, token) in enumerate(tokens):
        words = normalise(token)
        seed = bool(_PROCESSOR.match(token)) if processors else any(word in vocabulary for word in words)
        if not seed and not processors and at + 1 < len(tokens):
            seed = token.lower() in ("v", "mi", "tpu") and tokens[at + 1][2][:1].isdigit()
        if not seed:
            continue
        best = _best_run(text, tokens, at, catalog, processors=processors)
        if best is not None:
            first, last = best
            while (
                first
                and tokens[first - 1][2].lower() in MAKERS
                and not _broken(text[tokens[first - 1][0] : tokens[first][0]])
            ):
                first -= 1
            start, end = tokens[first][0], tokens[last][1]
            return Named(text[start:end], None, start, end)
    return None


def _best_run(
    text: str, tokens: list[tuple[int, int, str]], at: int, catalog: Catalog, *, processors: bool
) -> tuple[int, int] | None:
    """First and last of the tokens around one that name a device: those that tell most, and of these the fewest."""
    best: tuple[int, int, int, int] | None = None
    for first in range(max(0, at - 3), at + 1):
        for last in range(at, min(len(tokens), at + WINDOW)):
            name = text[tokens[first][0] : tokens[last][1]]
            if last > first and _broken(name):
                break
            if not _known(name, catalog, processors=processors):
                continue
            telling = len(frozenset(normalise(name)) - NOISE)
            if best is None or (telling, first - last) > best[:2]:
                best = (telling, first - last, first, last)
    return (best[2], best[3]) if best else None


def _broken(span: str) -> bool:
    """Whether a name would run over the end of a phrase."""
    return re.search(r"[,;:|()\[\]]|\n\s*\n|\.\s|\bTDP\b", span) is not None


def _known(name: str, catalog: Catalog, *, processors: bool) -> bool:
    if not processors:
        return bool(rows_of(name, catalog))
    tokens = normalise(name)
    table = catalog.table("processors")
    exact = table.keys_of(" ".join(sorted(frozenset(tokens) - NOISE)))
    return bool(exact)


def _instance(text: str, catalog: Catalog) -> Named | None:
    table = catalog.table("instances")
    for found in _TOKEN.finditer(text):
        word = found[0].removeprefix("ml.")
        if ("." in word or "-" in word or "_" in word) and table.keys_of(place_key(word).replace(":", "-")):
            return Named(word, None, found.start(), found.end())
    return None


def _count_around(text: str, found: Named) -> int | None:
    before, after = text[: found.start], text[found.end :]
    if nodes := _NODES.search(text):
        return _count(nodes[1]) * _count(nodes[2])
    memory = r"(?:\d+\s?GB\s+)?"
    if match_before := re.search(
        rf"(?i)(?<![\w.])(?<!\d[.,]){_NUMBER_WORD}\s*[x×]?\s*(?:(?:x|of|NVIDIA|Nvidia|cloud|google)\s+)?{memory}$",
        before,
    ):
        return _count(match_before[1])
    if match_after := re.match(
        r"(?i)\s*(?:GPUs?|cards?|chips?|TPUs?)?\s*(?:\(?\s*[x×]\s*(\d{1,6})\b(?!\.\d)|\((\d{1,6})(?:\s+(?:GPUs?|cards|chips|devices))?\)|\s*[:-]\s*(\d{1,6})\s*(?:GPUs?|cards|chips)\b)",
        after,
    ):
        return int(next(group for group in match_after.groups() if group))
    if counted := _COUNTED.search(text):
        return _count(counted[1] or counted[2])
    if re.search(r"(?i)\b(?:a|an)\s+(?:single\s+)?(?:NVIDIA\s+)?$", before):
        return 1
    return None


# --- powers ---------------------------------------------------------------------------------------------------------


def powers_of(word: str, catalog: Catalog) -> list[Power]:
    """Every rated power that a device word admits, the calculator's own first."""
    asked = ("audit-powers", word)
    if asked not in catalog.memory:
        catalog.memory[asked] = _powers_of(word, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _powers_of(word: str, catalog: Catalog) -> list[Power]:
    if sliced := _SLICE.match(word):
        word = f"TPU {sliced[1]}"
    ids = rows_of(word, catalog)
    table = "accelerators"
    if not ids:
        exact = catalog.table("processors").keys_of(" ".join(sorted(frozenset(normalise(word)) - NOISE)))
        ids, table = list(exact), "processors"
    if not ids:
        return _instance_powers(word, catalog)
    telling = frozenset(normalise(word)) - NOISE
    powers = []
    for device in page_devices(catalog):
        words = frozenset(normalise(device.name)) - NOISE
        same = telling <= words and all(_FORM.fullmatch(extra) for extra in words - telling)
        if same or set(device.catalog_ids) & set(ids):
            powers.append(Power(device.tdp_w, device.name, "page"))
    for key in ids:
        row = catalog.table(table).record(key)
        if row.tdp_w:
            powers.append(Power(row.tdp_w, row.name, "catalog"))
        system = getattr(row, "system_power_w", None)
        if system:
            powers.append(Power(system, f"{row.name}, measured system power", "catalog"))
    unique: dict[float, Power] = {}
    for power in powers:
        unique.setdefault(power.power_w, power)
    return list(unique.values())


def _instance_powers(word: str, catalog: Catalog) -> list[Power]:
    keys = catalog.table("instances").keys_of(place_key(word).replace(":", "-"))
    powers = []
    for key in keys:
        row = catalog.table("instances").record(key)
        each = catalog.table("accelerators").record(row.accelerator_id)
        if each.tdp_w:
            number = row.accelerator_count or 1.0
            powers.append(
                Power(each.tdp_w * number, f"{row.instance_type}, {number:g} × {each.name}", "catalog")
            )
    return powers
