"""Build processors.csv: the rated power of processors and the words they go by.

The makers' pages come first; parts that only a cloud or a phone maker knows, and newer parts, come from small
tables. Where both have a part, the maker's page wins and a disagreement is noted.
"""

from __future__ import annotations

import re
from pathlib import Path

from . import raw_tables
from .processor_words import models, said, words
from .slug import slug
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
VENDOR = raw_tables.path_of("processors")
EXTRA = raw_tables.path_of("cloud_processors")
ADDED = "curated/processor_additions.csv"
COLUMNS = (
    "id",
    "name",
    "aliases",
    "vendor",
    "segment",
    "model",
    "variants",
    "cores",
    "threads",
    "tdp_w",
    "launched",
    "power_grade",
    "source_id",
    "note",
)
PROVENANCE: dict[str, dict[str, str]] = {
    "processors.csv": {
        "id": "slug of the raw name",
        "name": f"{VENDOR}:name; {EXTRA}:name; {ADDED}:name; without Intel and AMD",
        "aliases": "tools/catalog/processors.py",
        "vendor": f"{VENDOR}:vendor; {EXTRA}:vendor; {ADDED}:vendor",
        "segment": f"{VENDOR}:segment; {EXTRA}:segment; {ADDED}:segment",
        "model": "made here from name",
        "variants": "made here from name and cores",
        "cores": f"{VENDOR}:cores; {EXTRA}:cores; {ADDED}:cores",
        "threads": f"{VENDOR}:threads",
        "tdp_w": f"{VENDOR}:tdp_w; {EXTRA}:tdp_w; {ADDED}:tdp_w",
        "launched": f"{VENDOR}:launch",
        "power_grade": f"A for {VENDOR}; {EXTRA}:confidence; B for {ADDED}",
        "source_id": "made here",
        "note": f"{EXTRA}:used_in, note; {VENDOR}:source where it says a range",
    },
}
ALIASES = {
    "Intel Xeon Platinum 8480+": "Xeon Platinum 8480",
    "NVIDIA Grace CPU Superchip": "Grace Superchip",
}
# Which list a figure of the extra table was read from, by the first of these words that its note has.
LISTS = (
    ("three lists agree", "codecarbon-cpu-power"),
    ("codecarbon", "codecarbon-cpu-power"),
    ("Boavizta", "boavizta-cpu-specs"),
    ("eco2ai", "eco2ai-cpu-list"),
)
# Listed among processors by their maker, but controllers without a name of their own to be asked for.
CONTROLLERS = ("I/O", "EP80579")
MAKERS = {"Ampere": "ampere-altra", "NVIDIA": "nvidia-grace"}


def part(row: dict[str, str]) -> str:
    """The raw name without invisible characters."""
    return " ".join("".join(letter for letter in row["name"] if letter.isprintable()).split())


_QUARTER = re.compile(r"Q([1-4])\s*'?\s*(?:20)?(\d{2})")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(20\d{2})")
_MONTH = re.compile(r"(\d{2})/(20\d{2})")


def launched(text: str) -> str:
    """`2016-Q2` from `Q2 2016`, `Q216`, `Q2'16`; `2019-07-07` from `7/7/2019`; empty for anything else."""
    if found := _QUARTER.fullmatch(text):
        return f"20{found[2]}-Q{found[1]}"
    if found := _DAY.fullmatch(text):
        return f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}"
    if found := _MONTH.fullmatch(text):
        return f"{found[2]}-{found[1]}"
    return text if re.fullmatch(r"20\d{2}", text) else ""


def from_maker(row: dict[str, str]) -> dict[str, str]:
    """A row of the makers' pages."""
    lower = row["source"].partition("(range ")[2].rstrip(")")
    return {
        **row,
        "name": part(row),
        "launched": launched(row["launch"]),
        "power_grade": "A" if row["tdp_w"] else "",
        "source_id": "intel-ark" if row["vendor"] == "Intel" else "amd-product-pages",
        "note": f"the maker gives a range: {lower}" if lower else "",
    }


def from_list(row: dict[str, str]) -> dict[str, str]:
    """A row of the extra table: a part no maker's page has, or one it lacks."""
    note = row["note"]
    source = next((found for words_, found in LISTS if words_ in note), "ours-processors")
    if row["vendor"] == "Intel" and row["segment"] == "client":
        source = "intel-ark"
    source = MAKERS.get(row["vendor"], source)
    if row["confidence"] == "C":
        source = f"{source}|ours-processors" if source != "ours-processors" else source
    notes = (f"in {row['used_in']}" if row["used_in"] else "", note)
    return {
        **row,
        "name": part(row),
        "power_grade": row["confidence"],
        "source_id": source,
        "note": "; ".join(filter(None, notes)),
    }


def merged(raw: Path) -> dict[str, dict[str, str]]:
    """Every part once, by name."""
    spoken: dict[frozenset[str], dict[str, str]] = {}
    for row in raw_tables.read(raw, "processors"):
        new = from_maker(row)
        if any(word in new["name"] for word in CONTROLLERS):
            continue
        same = frozenset(words(new["name"]))  # `6th Gen A10-8700P APU` is `A10-8700P with Radeon R6 Graphics`
        if same not in spoken or not spoken[same]["tdp_w"]:
            spoken[same] = new
    parts = {row["name"]: row for row in spoken.values()}
    for row in raw_tables.read(raw, "cloud_processors"):
        new = from_list(row)
        old = parts.get(new["name"])
        if old is None or not old["tdp_w"]:
            parts[new["name"]] = new
        elif float(old["tdp_w"]) != float(new["tdp_w"]):
            old["note"] = f"another list: {new['tdp_w']} W ({new['note']})"
    for row in read_csv(CURATED / "processor_additions.csv"):
        parts.setdefault(part(row), {**row, "power_grade": "B", "source_id": "intel-ark"})
    return parts


def build(raw: Path, out: Path) -> None:
    """Write processors.csv."""
    parts = merged(raw)
    found = models(list(parts))
    rows = []
    for name, row in parts.items():
        rows.append(
            {
                **{column: row.get(column, "") for column in COLUMNS},
                "id": slug(name),
                "name": name.removeprefix("Intel ").removeprefix("AMD "),
                "aliases": ALIASES.get(name, ""),
                "model": "|".join(found[name]),
                "variants": " ".join(sorted(said(words(name), found[name], row["cores"]))),
            }
        )
    write_table(out / "processors.csv", COLUMNS, rows, key=("id",))
