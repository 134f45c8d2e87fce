"""The built processors: rated power against the makers' figures, and the names machines and people use."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from wattgram.catalog.names import NOISE, Entry, entries, key, match, normalise

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "src" / "wattgram" / "data" / "processors.csv"

with TABLE.open(encoding="utf-8", newline="") as _handle:
    ROWS = {row["id"]: row for row in csv.DictReader(_handle)}
ENTRIES: list[Entry] = [
    one for row in ROWS.values() for one in entries(row["id"], row["model"], row["variants"])
]
SPOKEN: dict[frozenset[str], set[str]] = {}
for _row in ROWS.values():
    for _name in (_row["id"], _row["name"], *_row["aliases"].split("|")):
        if _name:
            SPOKEN.setdefault(key(normalise(_name)), set()).add(_row["id"])


def candidates(text: str) -> list[str]:
    """Ids a name leads to: an exact name or alias, else every row that explains all words."""
    tokens = normalise(text)
    exact = SPOKEN.get(key(tokens), set())
    if len(exact) == 1:
        return list(exact)
    return sorted(entry.id for entry in match(tokens, ENTRIES))


@pytest.mark.parametrize(
    ("part", "watts"),
    [
        ("amd-epyc-9654", 360),  # AMD product page; all lists agree
        ("amd-epyc-7763", 280),
        ("amd-epyc-7702", 200),
        ("amd-epyc-7282", 120),
        ("amd-ryzen-9-7950x", 170),
        ("intel-xeon-platinum-8480", 350),  # Intel ARK, Xeon Platinum 8480+
        ("intel-xeon-gold-6148", 150),
        ("intel-xeon-gold-5220", 125),
        ("intel-xeon-e5-2699-v3", 145),
        ("intel-xeon-e5-2699-v4", 145),
        ("intel-xeon-e5-2650", 95),  # the first generation; the calculator has the fourth part's 105
        ("intel-xeon-e5-2650-v4", 105),
        ("intel-xeon-e5-2630-v4", 85),
        ("intel-xeon-e5-2686-v4", 145),  # sold to clouds only; three lists agree
        ("intel-xeon-platinum-8175m", 240),
        ("intel-xeon-platinum-8259cl", 210),
        ("intel-xeon-platinum-8275cl", 240),
        ("intel-xeon-platinum-8375c", 300),
        ("intel-xeon-platinum-8272cl", 195),  # another list counts two sockets: 390 W
        ("intel-core-i7-12700k", 125),  # Intel ARK: base power; other lists have the turbo power 190
        ("intel-core-i9-12900k", 125),  # turbo 241
        ("intel-core-ultra-9-285k", 125),  # turbo 250
        ("intel-core-i7-8565u", 15),  # another list has 28
        ("intel-core-i7-7700k", 91),
    ],
)
def test_rated_power(part: str, watts: float) -> None:
    """Rated power is the maker's thermal design power per socket, never turbo power or two sockets."""
    assert float(ROWS[part]["tdp_w"]) == watts


def test_size_and_completeness() -> None:
    """The table is complete enough to use and small enough to ship: 2,900 parts, 400 kB, few blanks."""
    assert len(ROWS) >= 2_900
    assert TABLE.stat().st_size < 400_000
    assert sum(not row["tdp_w"] for row in ROWS.values()) < 30


def test_power_and_cores_are_plausible() -> None:
    """Every rated power lies between a microcontroller's and 500 W, 0.2 to 65 W a core for Xeon and EPYC."""
    for row in ROWS.values():
        if not row["tdp_w"]:
            assert row["power_grade"] == ""
            continue
        watts = float(row["tdp_w"])
        assert 0.02 <= watts <= 500, row["id"]
        assert row["power_grade"] in {"A", "B", "C"}, row["id"]
        if (
            row["cores"]
            and row["segment"] in {"server", "cloud"}
            and ("Xeon" in row["name"] or "EPYC" in row["name"])
        ):
            assert 0.2 <= watts / float(row["cores"]) <= 65, row["id"]


def test_estimates_are_graded_as_such() -> None:
    """AWS and Apple publish no rated power: their rows are grade C and cite our judgement."""
    for row in ROWS.values():
        if row["id"].startswith(("aws-", "apple-")):
            assert row["power_grade"] == "C", row["id"]
            assert "ours-processors" in row["source_id"], row["id"]


def test_low_power_parts_draw_no_more() -> None:
    """A Xeon E with an L, or a Core with a T, is rated no higher than its namesake without the letter."""
    pairs = 0
    for row in ROWS.values():
        name = row["name"]
        for letter, start in (("L", "Xeon E"), ("T", "Core i")):
            if not name.startswith(start):
                continue
            head, _, version = name.partition(" v")
            if head.endswith(letter):
                plain = head[:-1] + (f" v{version}" if version else "")
                other = next((one for one in ROWS.values() if one["name"] == plain), None)
                if other and other["tdp_w"] and row["tdp_w"]:
                    pairs += 1
                    assert float(row["tdp_w"]) <= float(other["tdp_w"]), name
    assert pairs >= 60


def test_every_source_is_described() -> None:
    """Each row names a source and each source is described."""
    known: set[str] = set()
    for path in (ROOT / "tools" / "catalog" / "sources").glob("*.toml"):
        known |= set(tomllib.loads(path.read_text(encoding="utf-8")))
    assert {source for row in ROWS.values() for source in row["source_id"].split("|")} <= known


@pytest.mark.parametrize("column", ["id", "name"])
def test_every_row_is_found_by_its_own_names(column: str) -> None:
    """Id and name lead to their row and to no other, for all 2,900 parts."""
    astray = {
        row[column]: candidates(row[column])
        for row in ROWS.values()
        if candidates(row[column]) != [row["id"]]
    }
    assert astray == {}


def test_no_name_hides_an_ambiguity() -> None:
    """An exact name never takes words that other parts explain too."""
    for words, ids in SPOKEN.items():
        assert {entry.id for entry in match(words, ENTRIES)} <= ids, sorted(words)


def test_model_words_are_in_their_one_spelling() -> None:
    """`model` holds words as `normalise` gives them, never noise, and never a bare number alone."""
    for row in ROWS.values():
        for words in row["model"].split("|"):
            assert set(normalise(words)) == set(words.split()), row["id"]
            assert not set(words.split()) & NOISE, row["id"]
            assert not words.isdigit(), row["id"]


SPELLINGS = {
    # what /proc/cpuinfo and trackers print
    "Intel(R) Xeon(R) Platinum 8275CL CPU @ 3.00GHz": "intel-xeon-platinum-8275cl",
    "Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz": "intel-xeon-e5-2686-v4",
    "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz": "intel-xeon-gold-6130",
    "Intel(R) Xeon(R) Platinum 8480+": "intel-xeon-platinum-8480",
    "Intel(R) Xeon(R) w9-3495X": "intel-xeon-w9-3495x",
    "Intel(R) Xeon(R) W-2295 CPU @ 3.00GHz": "intel-xeon-w-2295",
    "Intel(R) Core(TM) i7-7700K CPU @ 4.20GHz": "intel-core-i7-7700k",
    "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz": "intel-core-i7-1165g7",
    "12th Gen Intel(R) Core(TM) i7-1260P": "intel-core-i7-1260p",
    "Intel(R) Core(TM) Ultra 7 155H": "intel-core-ultra-7-155h",
    "AMD EPYC 7763 64-Core Processor": "amd-epyc-7763",
    "AMD EPYC 7R13 Processor": "amd-epyc-7r13",
    "AMD EPYC 9654 96-Core Processor": "amd-epyc-9654",
    "AMD Ryzen 9 5900X 12-Core Processor": "amd-ryzen-9-5900x",
    "AMD Ryzen Threadripper PRO 5995WX 64-Cores": "amd-ryzen-threadripper-pro-5995wx",
    "AMD Ryzen 7 7840HS w/ Radeon 780M Graphics": "amd-ryzen-7-7840hs",
    "AMD Ryzen 7 5700U with Radeon Graphics": "amd-ryzen-7-5700u",
    "AMD FX(tm)-8350 Eight-Core Processor": "fx-8350",
    "Apple M2": "apple-m2",
    "Apple M3": "apple-m3",
    # what people type
    "Xeon E5-2686 v4": "intel-xeon-e5-2686-v4",
    "E5-2630v4": "intel-xeon-e5-2630-v4",
    "Intel Xeon E5-2630v4": "intel-xeon-e5-2630-v4",
    "Intel Xeon E5-2650": "intel-xeon-e5-2650",
    "E5-2650": "intel-xeon-e5-2650",
    "E5-2650L": "intel-xeon-e5-2650l",
    "E5-2687W v4": "intel-xeon-e5-2687w-v4",
    "e5 2650 v4": "intel-xeon-e5-2650-v4",
    "Xeon Gold 6148": "intel-xeon-gold-6148",
    "Gold 6148": "intel-xeon-gold-6148",
    "Intel Xeon Gold 5220": "intel-xeon-gold-5220",
    "Xeon 6148": "intel-xeon-gold-6148",
    "Platinum 8480": "intel-xeon-platinum-8480",
    "8275CL": "intel-xeon-platinum-8275cl",
    "i7-12700K": "intel-core-i7-12700k",
    "i7 12700k": "intel-core-i7-12700k",
    "Core i9 9900K": "intel-core-i9-9900k",
    "i5-8400": "intel-core-i5-8400",
    "EPYC 7763": "amd-epyc-7763",
    "epyc7763": "amd-epyc-7763",
    "AMD EPYC 7282": "amd-epyc-7282",
    "Ryzen 9 7950X": "amd-ryzen-9-7950x",
    "7950X": "amd-ryzen-9-7950x",
    "Ryzen 3600": "amd-ryzen-5-3600",
    "Ryzen 5 5600G": "amd-ryzen-5-5600g",
    "Threadripper 3990X": "amd-ryzen-threadripper-3990x",
    "Graviton3": "aws-graviton3",
    "AWS Graviton 2": "aws-graviton2",
    "Ampere Altra Max M128-30": "ampere-altra-max-m128-30",
    "Xeon Phi 7250": "intel-xeon-phi-7250",
}


@pytest.mark.parametrize(("text", "part"), SPELLINGS.items())
def test_one_meaning(text: str, part: str) -> None:
    """A name that says enough leads to exactly one part."""
    assert candidates(text) == [part]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Intel Xeon E5-2699", ["intel-xeon-e5-2699-v3", "intel-xeon-e5-2699-v4"]),  # there is no first one
        ("E5-2673", ["intel-xeon-e5-2673-v3", "intel-xeon-e5-2673-v4"]),  # 105 and 135 W: not to be guessed
    ],
)
def test_several_meanings(text: str, parts: list[str]) -> None:
    """A Xeon without version is the first of its number, and where there is none, every version."""
    assert candidates(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Intel(R) Xeon(R) CPU @ 2.20GHz",  # what a Google VM shows: it names nothing
        "ARMv8 Processor rev 0 (v8l)",
        "Xeon",
        "EPYC",
        "i7",
        "Intel Core",
        "6148",
        "7763",
        "E5-2650 v9",
        "EPYC 7763 32-Core",  # it has 64
        "3090",
        "RTX 3090",
        "A100",
        "",
    ],
)
def test_no_meaning(text: str) -> None:
    """A family alone, a bare number, a false core count or a graphics card finds no processor."""
    assert candidates(text) == []
