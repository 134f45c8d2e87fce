"""Places in words: which provider and place a statement names, and every carbon intensity that those words admit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wattgram.calculator import CalculatorRegion
from wattgram.calculator import regions as page_regions
from wattgram.catalog import place_key
from wattgram.errors import AmbiguousWordError, InputError
from wattgram.resolve import PlaceWord, resolve_place

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = [
    "Grid",
    "absent",
    "find_provider",
    "find_region",
    "grids_of",
    "is_private",
    "known_range_g_per_kwh",
    "places_of",
]

DEFAULT = "method-lacoste2019-intensity"
"""Row of assumptions.csv: the intensity that the page fills in for private infrastructure."""
_ABSENT = re.compile(
    r"(?i)\W*(?:n/?a|none|nan|null|unknown|undisclosed|unspecified|tbd|todo|xx+|not?\s+(?:stated|specified|available|applicable|"
    r"known|provided|disclosed|reported|sure)(?:\s+for\s+.*)?|\[?more information needed\]?|need(?:s)? more information|to be (?:added|determined)|various)?\W*"
)
_PRIVATE = re.compile(
    r"(?i)\b(?:private|priv[ée]e?s?|privada|on[\s-]?prem\w*|local(?:ly)?|own|self[\s-]?hosted|in[\s-]?house|cluster|universit\w+|institut\w*|academic|"
    r"lab(?:oratory)?|hpc|supercomputer|super[\s-]?computing|workstation|desktop|laptop|personal|home|infrastructure|cloud:\s*no|data\s?cent(?:er|re))\b"
)
_PAGE_PROVIDERS = {
    "aws": r"\bAWS\b|\bAmazon\b|\bEC2\b|\bSage\s?Maker\b",
    "azure": r"\bAzure\b|\bMicrosoft\b",
    "gcp": r"\bGCP\b|\bGoogle(?!\s+TPU)\b|\bGCE\b|\bColab\w*\b|\bKaggle\b|\bVertex AI\b|\bTRC\b|\bTPU Research Cloud\b",
    "ovh": r"\bOVH\s?(?:cloud)?\b",
    "scaleway": r"\bScaleway\b",
    "coreweave": r"\bCore\s?Weave\b",
    "seeweb": r"\bSeeweb\b",
    "oci": r"\bOracle\b|\bOCI\b",
    "alibaba": r"\bAli(?:baba|yun)\b",
    "ibm": r"\bIBM Cloud\b",
    "lambda": r"\bLambda\s?(?:Labs|Cloud)?\b(?!\s*=)",
    "hetzner": r"\bHetzner\b",
    "nebius": r"\bNebius\b",
    "crusoe": r"\bCrusoe\b",
    "tencent": r"\bTencent\b",
    "genesis": r"\bGenesis\s?Cloud\b",
    "vultr": r"\bVultr\b",
}
"""How texts name the providers of the catalog; Colab and Kaggle run in Google's cloud."""
_COUNTRY_WORDS = {
    "USA": (
        "us",
        "usa",
        "u-s",
        "u-s-a",
        "united-states",
        "united-states-of-america",
        "america",
        "north-america",
    ),
    "United Kingdom": ("uk", "gb", "england", "britain", "great-britain"),
    "South Korea": ("korea",),
}
_CONTINENTS = {
    "europe": "Europe", "eu": "Europe", "asia": "Asia", "north-america": "North America", "na": "",
    "south-america": "South America", "oceania": "Oceania", "africa": "Africa",
}  # fmt: skip
_PLACE_IN_PROSE = re.compile(
    r"(?:\b(?:in|at|located in|based in|region of|from|en|à|in der Region|located at|within)|·)\s+(?:the\s+)?((?:[A-ZÀ-Þ][\w.'-]+)(?:[ ,]+[A-ZÀ-Þ][\w.'-]+){0,3})"
)
_CODE = re.compile(
    r"(?<![\w-])([A-Z]{2}-[A-Z0-9]{2,4}(?:-[A-Z0-9]{2,6})?)(?![\w-])|(?:\bin|\bat|·)\s+([A-Z]{2})(?![\w-])"
)
_CLAUSE = re.compile(r"(?i)\s+(?:which|with|using|and|where|that|dont|on|for|is|was|has)\b")
_NAMED_REGION = re.compile(
    r"(?i)\b(?:region|zone|région|región|regione|região|location|rechenregion|регион\w*|区域)\s*[:：]?\s*(?:of\s+|is\s+|was\s+|in\s+)?[\"'`]?([A-Za-zÀ-ÿ][\w-]*(?:[ ,]+[\w()-]+){0,4})"
)
_REGION_ID = re.compile(
    r"\b[a-z]{2,14}-[a-z]{2,12}-?\d{1,2}\b|\b[a-z]+(?:us|europe|india|asia|uk)\d?\b|\b(?:us|uk|japan|korea|france|canada|brazil|australia)(?:east|west|central|south|north)[a-z]*\d?\b",
    re.IGNORECASE,
)
SHORTEST_WORD = 4
LONGEST_NAME = 100
FIRST_YEAR = 2019
"""Of the catalog's years those from the calculator's own on: nobody stated a footprint of training before."""


class Grid(NamedTuple):
    """One carbon intensity that the words about the place admit."""

    intensity_g_per_kwh: float
    name: str
    basis: str
    """`stated`, `page` (the calculator's table), `default` (its 0.432 kg/kWh) or `catalog`."""
    where: str = ""
    """The place as `estimate` takes it."""
    loose: bool = False
    """A cloud region taken for a place that is named without a cloud."""


def absent(text: str) -> bool:
    """Whether a value says nothing: empty, `N/A`, `[More Information Needed]`."""
    return _ABSENT.fullmatch(text.strip()) is not None


def is_private(text: str) -> bool:
    """Whether the words name infrastructure that is no public cloud."""
    return _PRIVATE.search(text) is not None


def find_provider(text: str) -> str:
    """The provider that the text names, by its id in the catalog; empty where it names none."""
    first: list[tuple[int, str]] = []
    for provider, pattern in _PAGE_PROVIDERS.items():
        match = re.search(pattern, text, re.IGNORECASE if provider not in ("lambda", "oci") else 0)
        if match:
            first.append((match.start(), provider))
    return min(first)[1] if first else ""


def find_region(text: str, catalog: Catalog) -> str:
    """A cloud region or another place that prose names; empty where it names none."""
    for search in (_after_the_word_region, _region_id, _zone_or_country_code, _place_name):
        if found := search(text, catalog):
            return found
    return ""


def _after_the_word_region(text: str, catalog: Catalog) -> str:
    for match in _NAMED_REGION.finditer(text):
        name = _CLAUSE.split(match[1])[0].strip(" .,;:")
        for word in dict.fromkeys([name, name.partition(",")[0].strip()]):
            if word and not absent(word) and (_page_rows(word, "", catalog) or places_of(word, "", catalog)):
                return word
    return ""


def _region_id(text: str, catalog: Catalog) -> str:
    regions = catalog.table("regions")
    for match in _REGION_ID.finditer(text):
        if _page_rows(match[0], "", catalog, exact=True) or regions.keys_of(place_key(match[0])):
            return match[0]
    return ""


def _zone_or_country_code(text: str, catalog: Catalog) -> str:
    for match in _CODE.finditer(text):
        code = match[1] or match[2]
        found = _resolved(code, catalog)
        if found is not None and found.kind in ("zone", "country", "subdivision"):
            return code
    return ""


def _place_name(text: str, catalog: Catalog) -> str:
    for match in _PLACE_IN_PROSE.finditer(text):
        words = re.split(r"(?<=\S)[ ,]+", match[1])
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size]).rstrip(".")
            if len(name) < SHORTEST_WORD - 1 and name not in ("US", "UK"):
                continue
            found = _resolved(name, catalog)
            if found is not None and found.kind in ("country", "subdivision", "city"):
                return name
    return ""


# --- the calculator's regions ---------------------------------------------------------------------------------------


def _squeezed(text: str) -> str:
    return place_key(text).replace("-", "")


def _page_rows(text: str, provider: str, catalog: Catalog, *, exact: bool = False) -> list[CalculatorRegion]:
    """Rows of the calculator's region table that a word names, in the order of how surely."""
    rows = [row for row in page_regions(catalog) if not provider or row.provider == provider]
    words = f"-{place_key(text)}-"
    said = _squeezed(text)
    ids = {row.key: _squeezed(row.region or "-") for row in rows}
    names = {row.key: _squeezed(row.region_name) for row in rows}
    whole = [row for row in rows if said and said in (ids[row.key], names[row.key])]
    if whole or exact:
        return whole
    inside = [row for row in rows if len(ids[row.key]) > SHORTEST_WORD and ids[row.key] in said]
    inside = inside or [row for row in rows if len(names[row.key]) > SHORTEST_WORD and names[row.key] in said]
    longest = max((len(ids[row.key]) for row in inside), default=0)
    if inside:
        return [row for row in inside if len(ids[row.key]) == longest]
    if continent := _CONTINENTS.get(words.strip("-"), ""):
        return [row for row in rows if _continent(row.key, catalog) == continent]
    begins = [
        row
        for row in rows
        if len(said) >= SHORTEST_WORD and (ids[row.key].startswith(said) or said in names[row.key])
    ]
    return begins or _page_rows_by_place(rows, words)


def _page_rows_by_place(rows: list[CalculatorRegion], words: str) -> list[CalculatorRegion]:
    """Rows whose city, state or country the words name, by the narrowest of them."""
    for field in ("city", "state", "country"):
        found = []
        for row in rows:
            name = getattr(row, field).strip(" ,")
            spellings = [place_key(name), *(_COUNTRY_WORDS.get(name, ()) if field == "country" else ())]
            if any(word and f"-{word}-" in words for word in spellings):
                found.append(row)
        if found:
            return found
    return []


def _continent(key: str, catalog: Catalog) -> str:
    try:
        return str(catalog.table("regions").record(key.replace(":", "|")).continent)
    except KeyError:
        return ""


# --- every intensity that the words admit ---------------------------------------------------------------------------


def _resolved(text: str, catalog: Catalog) -> PlaceWord | None:
    try:
        return resolve_place(text, catalog)
    except (InputError, KeyError):
        return None


def places_of(region: str, provider: str, catalog: Catalog) -> list[tuple[str, PlaceWord]]:
    """The places of today's catalog that the words name, each with the word for it; several where none ranks first."""
    asked = ("audit-places", region, provider)
    if asked not in catalog.memory:
        catalog.memory[asked] = _places_of(region, provider, catalog)
    return catalog.memory[asked]  # type: ignore[no-any-return]


def _places_of(region: str, provider: str, catalog: Catalog) -> list[tuple[str, PlaceWord]]:
    bare = re.sub(r"\([^()]*\)", " ", region)
    bare = re.sub(
        r"(?i)\b(?:assumed|estimated|probably|approximately|region|zone|for calculations?|state|province)\b|[~≈]?\d+(?:\.\d+)?\s*k?g\b.*",
        " ",
        bare,
    )
    bare = bare.strip(" ,.;:|-")
    inner = re.findall(r"\(([^()]*)\)", region)
    pieces = [piece.strip() for piece in re.split(r"[,;/|]", bare) if piece.strip()]
    coded = [word for word in inner if re.fullmatch(r"[a-z]+:[\w-]+", word.strip())]
    words = list(dict.fromkeys([*coded, bare, *inner, *pieces]))
    words = [
        word
        for word in words
        if word and not absent(word) and len(word) < LONGEST_NAME and not word.replace(".", "").isdigit()
    ]
    for word in words:
        for text in [f"{provider}:{word}", word] if provider else [word]:
            if ":" in text and not provider and not re.match(r"^[a-z]+:[a-z0-9-]+$", text):
                continue
            try:
                place = resolve_place(text, catalog)
                if place.kind != "intensity":
                    return [(text, place)]
            except AmbiguousWordError as error:
                names = [name.rpartition(" (")[0] or name for name in error.nearest]
                several = [(name, found) for name in names if (found := _resolved(name, catalog)) is not None]
                if several:
                    return several
            except (InputError, KeyError):
                continue
    return []


def grids_of(region: str, provider: str, stated_g_per_kwh: list[float], catalog: Catalog) -> list[Grid]:
    """Every intensity [g CO2e/kWh] that the stated figures, the region and the provider admit; none where no place is named."""
    grids = [Grid(value, f"{value / 1e3:g} kg/kWh as stated", "stated") for value in stated_g_per_kwh]
    if absent(region):
        return grids
    bare = re.sub(r"\([^()]*\)", " ", region)
    if absent(bare):
        bare = region.replace("(", " ").replace(")", " ").lower().replace("not stated", " ").strip()
    cloud = bool(provider) or bool(_page_rows(bare, "", catalog, exact=True))
    for row in _page_rows(bare, provider, catalog):
        shown = round(int(row.intensity_g_per_kwh) / 1e3, 2) * 1e3
        if stated_g_per_kwh and not any(abs(shown - value) < 1 for value in stated_g_per_kwh):
            continue
        grids.append(Grid(row.intensity_g_per_kwh, row.key, "page", row.key, not cloud))
    if not stated_g_per_kwh:  # a stated figure is the word; the region beside it only says where it is from
        grids += _of_today(region, provider, catalog)
    return list(dict.fromkeys(grids))


def _of_today(region: str, provider: str, catalog: Catalog) -> list[Grid]:
    """What today's catalog has for the place, of every year in question and under both boundaries."""
    grids = []
    for where, place in places_of(region, provider, catalog):
        for zone in dict.fromkeys((*place.zones, *place.direct_zones)):
            for boundary in ("lifecycle", "direct"):
                said = "life-cycle" if boundary == "lifecycle" else boundary
                grids += [
                    Grid(row.intensity_g_per_kwh, f"{row.zone} {row.year}, {said}", "catalog", where)
                    for row in catalog.zone_years(zone, boundary)
                    if row.year >= FIRST_YEAR
                ]
        record = place.record if place.kind == "region" else None
        if record is not None and record.declared_direct_g_per_kwh:
            name = f"{place.name} {record.declared_year}, declared by the operator"
            grids.append(Grid(record.declared_direct_g_per_kwh, name, "catalog", where))
    return grids


def known_range_g_per_kwh(catalog: Catalog) -> tuple[float, float]:
    """The least and the most carbon intensity that the catalog or the page has for anywhere [g/kWh]."""
    if "audit-range" not in catalog.memory:
        figures = [float(row["intensity_g_per_kwh"]) for row in catalog.table("zones").all_rows()]
        figures += [row.intensity_g_per_kwh for row in page_regions(catalog)]
        kept = [figure for figure in figures if figure > 0]
        catalog.memory["audit-range"] = (min(kept), max(kept))
    return catalog.memory["audit-range"]  # type: ignore[no-any-return]
