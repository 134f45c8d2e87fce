"""Statements: every carbon statement in a text, whether a list, a table, prose, YAML metadata or CodeCarbon's CSV."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from wattgram.auditing.claim import Claim
from wattgram.auditing.extract import Labels, from_labels, from_prose, left_out
from wattgram.auditing.labels import label_of, split_label
from wattgram.auditing.machine import codecarbon_claims, front_matter, yaml_claims
from wattgram.auditing.numbers import masses, unitless
from wattgram.auditing.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wattgram.auditing.numbers import Mass
    from wattgram.catalog import Catalog

__all__ = ["MOST_CHARACTERS", "find_claims"]

MOST_CHARACTERS = 5_000_000
LEAST_LABELS = 3
MOST_GAP = 4
SIGNED = "Estimated with wattgram"
"""How the last line of a section of ours begins."""
REACH = 2000
"""How far before a figure, in characters, the words it belongs to may stand."""
BESIDE = 400
"""How far before a figure, in characters, the words stand that make it one beside the statement's own."""
_INLINE = re.compile(
    r"(?i)(?<![A-Za-z])(?:hardware(?: type| used)?|hours used|gpu hours|training time|cloud provider|provider|compute region|region|location|"
    r"carbon emitted|carbon emissions?|co2 emissions?|emissions|number of gpus|tdp|pue|energy consumed|power consumption)\s*(?:\([^()\n]{0,40}\)\s*)?:(?!//)"
)
_CUE = re.compile(
    r"(?i)emi(?:t|ss|sion)|footprint|carbon|\bC[O0] ?2|greenhouse|émis|emisi|emissõ|emissioni|排放|выброс"
)
_ELSEWHERE = re.compile(
    r"(?i)equivalent (?:to|of)|as much as|\bflights?\b|\bcars?\b|driv|\bhousehold|manually offset|per capita|average (?:human|american|person)|comparable to|compared (?:to|with)|"
    r"budget of|limit of|\btrees?\b|product carbon footprint|\bPCF\b|cradle"
)
_SENTENCE = re.compile(
    r"(?<=[.!?。])(?<!\bapprox\.)(?<!\beq\.)(?<!\bca\.)(?<!\bi\.e\.)(?<!\be\.g\.)[)\"'\]]?\s+(?=[A-ZÀ-Þ(\"'*\[一-龥А-Я~$])|(?<=。)|\n\s*\n|\n(?=[ \t]{0,20}(?:#|[-*+]\s|\d{1,3}\.\s))"
)


def find_claims(text: str, catalog: Catalog) -> list[Claim]:
    """Every carbon statement of the text, in its order.

    Parameters
    ----------
    text : a model card, a paper's LaTeX, plain text, YAML, or an `emissions.csv`
    """
    text = text[:MOST_CHARACTERS].removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    claims = codecarbon_claims(text)
    if claims:
        return claims
    claims = yaml_claims(text, catalog)
    block = front_matter(text)
    lines = plain(text).split("\n")
    if block:
        lines[: block[1]] = [""] * block[1]
    elif claims and claims[0].kind == "yaml":
        lines = [] if len(claims) == 1 and _all_yaml(text) else lines
    used: set[int] = set()
    claims += _tables(lines, used, catalog)
    claims += _lists(lines, used, catalog)
    prose = "\n".join("" if number in used else line for number, line in enumerate(lines))
    claims += _prose(prose, catalog, lists=bool(used))
    return _with_context(sorted(claims, key=lambda claim: claim.line), "\n".join(lines), catalog)


def _all_yaml(text: str) -> bool:
    return all(re.match(r"\s|[\w-]+\s*:|-|#|---|\{|\}|$", line) for line in text.splitlines())


# --- lists ----------------------------------------------------------------------------------------------------------


def _pieces(lines: list[str]) -> list[tuple[int, str]]:
    """The lines with their numbers; a line that holds several labelled words is cut before each."""
    out = []
    for number, line in enumerate(lines):
        cuts = [match.start() for match in _INLINE.finditer(line)] if line.count(":") > 1 else []
        if len(cuts) > 1:
            bounds = [0, *cuts, len(line)] if line[: cuts[0]].strip(" -*•") else [*cuts, len(line)]
            out += [(number, line[a:b].strip(" ;,|-•.")) for a, b in pairwise(bounds)]
        else:
            out.append((number, line))
    return out


def _lists(lines: list[str], used: set[int], catalog: Catalog) -> list[Claim]:
    """Labelled lines that stand together: each group that states something is a statement."""
    out = []
    for labels in _groups(lines, used):
        if _states(labels):
            first, last = _span({line - 1 for _, _, line in labels.values()}, lines)
            used.update(range(first, last + 1))
            ours = "wattgram" if lines[last].lstrip().startswith(SIGNED) else ""
            claim = _sentence_filled(from_labels(labels, catalog, "list"), labels, catalog)
            out.append(claim.with_words(span=(first, last + 1), source=ours))
    return out


def _sentence_filled(claim: Claim, labels: Labels, catalog: Catalog) -> Claim:
    """The claim with the words of the sentence that follows its label: `Carbon emissions: 118 kg for 8 A100, 100 hours`."""
    if "carbon" not in labels or (claim.runs and claim.hours is not None):
        return claim
    words = from_prose(labels["carbon"][0], "", "", catalog)
    if not (words.get("hardware") or words.get("hours")):
        return claim
    lacking = {name: value for name, value in words.items() if value and not getattr(claim, name)}
    if claim.hardware:
        lacking = {name: value for name, value in lacking.items() if name not in ("chips", "count")}
    if claim.hours is not None:
        lacking = {
            name: value for name, value in lacking.items() if name not in ("half_unit_h", "per_device")
        }
    return claim.with_words(**lacking) if lacking else claim


def _groups(lines: list[str], used: set[int]) -> list[Labels]:
    groups: list[Labels] = [{}]
    gap = 0
    pieces = [(number, line) for number, line in _pieces(lines) if number not in used]
    for at, (number, line) in enumerate(pieces):
        if not line.strip():
            continue
        kind, unit, value = split_label(line)
        if not kind:
            gap += 1
            if gap > MOST_GAP or re.match(r"\s*#{1,6}\s", line):
                groups.append({})
                gap = 0
            continue
        if not value.strip(" |"):
            value = _next_value(pieces, at)
        group = groups[-1]
        if kind == "carbon" and kind in group and not _figure(group[kind][0]):
            del group[kind]
        elif kind in group and _ends(kind, group, number):
            groups.append({})
        groups[-1].setdefault(kind, (value, unit, number + 1))
        gap = 0
    return groups


def _ends(kind: str, group: Labels, number: int) -> bool:
    """Whether a label that stands again begins another statement."""
    if kind == "hardware":
        return "hours" in group or "carbon" in group
    return kind == "carbon" or number - group[kind][2] > MOST_GAP


def _span(numbers: set[int], lines: list[str]) -> tuple[int, int]:
    """First and last line of a statement: its labelled lines, the whole of their table, and what signs our own."""
    first, last = min(numbers), max(numbers)
    while first > 0 and "|" in lines[first] and "|" in lines[first - 1]:
        first -= 1
    while last + 1 < len(lines) and "|" in lines[last] and "|" in lines[last + 1]:
        last += 1
    at = last + 1
    while at < len(lines) and at <= last + 2 and not lines[at].strip():
        at += 1
    if at < len(lines) and lines[at].lstrip().startswith(SIGNED):
        last = at
    return first, last


def _next_value(pieces: list[tuple[int, str]], at: int) -> str:
    for _, line in pieces[at + 1 : at + 3]:
        if line.strip():
            return "" if split_label(line)[0] or line.lstrip().startswith("#") else line.strip()
    return ""


def _figure(value: str) -> bool:
    return re.search(r"\d", value) is not None


def _states(labels: Labels) -> bool:
    """Whether a group is a carbon statement: it has a figure, or it is the form of a card with its words."""
    run = [name for name in ("hardware", "hours", "provider", "region") if name in labels]
    if "carbon" in labels:
        return (
            bool(masses(labels["carbon"][0]))
            or bool(run)
            or re.fullmatch(r"[~<\s]*[\d.,]+(?:e-?\d+)?\s*", labels["carbon"][0]) is not None
        )
    return len(run) >= LEAST_LABELS and "hours" in run and "hardware" in run


# --- tables ---------------------------------------------------------------------------------------------------------


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split("|")]
    if cells and not cells[0]:
        cells = cells[1:]
    return cells[:-1] if cells and not cells[-1] else cells


def _tables(lines: list[str], used: set[int], catalog: Catalog) -> list[Claim]:
    """Tables whose header names the words: each row that has a figure is a statement."""
    out: list[Claim] = []
    header: list[tuple[str, str]] | None = None
    for number, line in enumerate(lines):
        if "|" not in line:
            header = None if line.strip() else header
            continue
        cells = _cells(line)
        kinds = [label_of(cell) for cell in cells]
        names = [kind for kind, _ in kinds]
        if (
            "carbon" in names
            and len(cells) > 1
            and not any(masses(cell) for cell in cells)
            and sum(bool(n) for n in names) + (not names[0]) > 1
        ):
            header = kinds
            used.add(number)
            continue
        if header is None or all(re.fullmatch(r"[:\s-]*", cell) for cell in cells):
            continue
        labels: Labels = {}
        shift = len(header) - len(cells) if len(cells) < len(header) else 0
        for (kind, unit), cell in zip(header[shift:], cells, strict=False):
            if kind and cell and kind not in labels:
                labels[kind] = (cell, unit, number + 1)
        if "carbon" in labels and _figure(labels["carbon"][0]):
            used.add(number)
            out.append(from_labels(labels, catalog, "table"))
    return out


# --- prose ----------------------------------------------------------------------------------------------------------


def _prose(text: str, catalog: Catalog, *, lists: bool) -> list[Claim]:
    bounds = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    figures: list[tuple[Mass, int, int]] = []
    for mass, gas in masses(text):
        start = bounds[bisect_right(bounds, mass.start) - 1]
        end = bounds[bisect_left(bounds, mass.end)]
        if not gas and not _CUE.search(text[max(start, mass.start - 120) : min(end, mass.end + 40)]):
            continue
        if _ELSEWHERE.search(text[max(start, mass.start - 110) : mass.start]):
            continue
        if re.match(r"(?i)[^.]{0,20}\bmanually offset", text[mass.end : mass.end + 40]):
            continue
        in_table = "|" in text[text.rfind("\n", 0, mass.start) + 1 : mass.start]
        if _beside(text[start : mass.start], follows=bool(figures)) or (in_table and (figures or lists)):
            continue
        figures.append((mass, start, end))
    out: list[Claim] = []
    for at, (mass, start, end) in enumerate(figures):
        previous = figures[at - 1] if at else None
        same = previous is not None and previous[1] == start
        from_at = previous[0].end if same and previous else start
        until = figures[at + 1][0].start if at + 1 < len(figures) and figures[at + 1][1] == start else end
        floor = previous[2] if previous else 0
        before = _before(text, max(floor, start - REACH), start) if not same else ""
        ceiling = figures[at + 1][1] if at + 1 < len(figures) else len(text)
        after = _after(text, min(until, end), max(end, ceiling) if until == end else until)
        near = text[from_at : min(until, end)]
        words = from_prose(near, before, after, catalog)
        line = text.count("\n", 0, mass.start) + 1
        out.append(Claim(line=line, kind="prose", text=f"{before[-160:]} {near}", mass=mass, **words))
    return out + list(_unitless(text, bounds, [mass for mass, _, _ in figures], catalog))


def _unitless(text: str, bounds: list[int], masses_of: list[Mass], catalog: Catalog) -> Iterator[Claim]:
    """Sentences that say what ran, how long, and a figure of emissions without a unit: they cannot be checked, and say so."""
    for start, end in pairwise(bounds):
        sentence = text[start:end]
        found = unitless(sentence)
        if (
            found is None
            or any(start <= mass.start < end for mass in masses_of)
            or _ELSEWHERE.search(sentence)
        ):
            continue
        words = from_prose(sentence, "", "", catalog)
        if words.get("hardware") and words.get("hours"):
            figure, at = found
            line = text.count("\n", 0, start + at) + 1
            yield Claim(line=line, kind="prose", text=sentence, unitless=figure, **words)


def _beside(before: str, *, follows: bool) -> bool:
    """Whether a mass is the end of a range, or a figure that a statement gives beside its own."""
    if re.search(r"\d\s*%[^()]{0,30}$|\d\s*(?:to|-|and)\s*~?$", before[-40:]) and re.search(
        r"\d", before[-40:]
    ):
        return True
    return (
        follows
        and re.search(
            r"(?i)making of the hardware|\bembodied\b|market-based|GHG Protocol|\bSCI\b|method of Lacoste|own method \(",
            before[-BESIDE:],
        )
        is not None
    )


def _before(text: str, low: int, high: int) -> str:
    """What stands before a sentence, from the last heading on."""
    part = text[low:high]
    heading = [match.start() for match in re.finditer(r"(?m)^\s*#{1,6}\s", part)]
    return part[heading[-1] :] if heading else part


def _after(text: str, low: int, high: int) -> str:
    part = text[low : min(high, low + 400)]
    return re.split(r"\n\s*\n|\n\s*#", part)[0]


# --- what one statement leaves to another ---------------------------------------------------------------------------

_CARRIED = ("hardware", "provider", "region", "intensities_g_per_kwh", "powers_w", "pue")


def _with_context(claims: list[Claim], text: str, catalog: Catalog) -> list[Claim]:
    """Words a statement leaves out are taken from the one beside it, and said so."""
    out: list[Claim] = []
    prose: Claim | None = None
    donors = [claim for claim in claims if claim.kind != "yaml" and claim.runs]
    metadata = [claim for claim in claims if claim.kind == "yaml"]
    pair = (metadata[0], donors[0]) if len(metadata) == len(donors) == 1 else None
    for claim in claims:
        donor: Claim | None = None
        if pair and claim in pair:
            other = pair[1] if claim is pair[0] else pair[0]
            out.append(_contradicted(_filled(claim, other), claim, other))
            continue
        if (
            claim.kind == "prose"
            and out
            and out[-1].kind in ("prose", "list")
            and (claim.runs or out[-1].runs)
        ):
            donor = out[-1]
        elif claim.kind == "table":
            prose = prose or Claim(**from_prose("", text[:20_000], "", catalog))
            donor = prose
        out.append(_filled(claim, donor) if donor else claim)
    return [_with_left_out(claim, catalog) for claim in out]


def _with_left_out(claim: Claim, catalog: Catalog) -> Claim:
    """The claim, saying which other devices of its sentence are not in the product."""
    if claim.kind not in ("prose", "list") or not claim.hardware or claim.hours is None:
        return claim
    said = left_out(_SENTENCE.split(claim.text)[-1], claim, catalog)
    return claim.with_words(assumed=(*claim.assumed, said)) if said else claim


def _contradicted(filled: Claim, claim: Claim, other: Claim) -> Claim:
    """The claim with what the metadata and the text say of one run and do not agree on."""
    ours, theirs = (one.chips * (one.count or 1) if one.chips else one.count for one in (claim, other))
    if ours is None or theirs is None or ours == theirs:
        return filled
    said = f"{ours} devices here, but {theirs} in line {other.line}"
    return filled.with_words(assumed=(*filled.assumed, said))


def _filled(claim: Claim, donor: Claim) -> Claim:
    words: dict[str, object] = {}
    said = []
    carried = (*_CARRIED, "hours") if "yaml" in (claim.kind, donor.kind) else _CARRIED
    for name in carried:
        if name == "intensities_g_per_kwh" and claim.region:
            continue
        if not getattr(claim, name) and getattr(donor, name):
            words[name] = getattr(donor, name)
            said.append(name.removesuffix("_g_per_kwh").removesuffix("_w"))
    if "hardware" in words:
        words |= {"chips": donor.chips, "count": claim.count if claim.count is not None else donor.count}
    elif claim.kind == "yaml" and claim.count is None and donor.count is not None:
        words["count"] = donor.count
    if "hours" in words:
        words |= {"half_unit_h": donor.half_unit_h, "per_device": donor.per_device}
    if "provider" not in words and not claim.provider and donor.private:
        words["private"] = True
    if claim.kind == "yaml" and donor.energy_kwh and claim.energy_kwh is None:
        words["energy_kwh"] = donor.energy_kwh
    if not said:
        return claim
    where = "elsewhere in the text" if claim.kind == "table" else f"the statement in line {donor.line}"
    return claim.with_words(**words, assumed=(*claim.assumed, f"{', '.join(said)} from {where}"))
