#!/usr/bin/env python3
"""Build the catalog: raw tables in, cited tables out.

    python tools/build_catalog.py RAW_DIR [--out DIR] [--only TOPIC ...] [--fetch] [--dry-run] [--provenance]

Every topic module turns raw tables into built ones and names, for each built column, the raw file and column it comes
from (`--provenance` prints them all). The same raw tables give the same bytes. Everything is built aside and checked, row by
row; then comes a review: what changed, by how much, and what that does to ten reference runs. Only then do the new tables
take the place of the old; a build that fails leaves these as they are. `--fetch` first renews the raw tables that a package
registry has and names those that come by hand.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import tempfile
from difflib import get_close_matches
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src" / "wattgram" / "data"
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from wattgram.errors import WattgramError  # noqa: E402 - found beside this script, installed or not

TOPICS = (
    "zones",
    "places",
    "regions",
    "instances",
    "accelerators",
    "embodied",
    "processors",
    "assumptions",
    "equivalences",
    "calculator",
    "profiles",
)


WITHOUT_RAW = ("assumptions",)
"""Topics whose whole table is kept here; they are built without the raw tables too."""
MOST_FAULTS = 20
"""Faults of the check that are printed; the rest are counted."""


def topics() -> list[str]:
    """The topic modules that exist, in building order."""
    return [name for name in TOPICS if (HERE / "catalog" / f"{name}.py").exists()]


def write_sources(out: Path) -> None:
    """Join the topics' source files into one; an id that stands twice is an error."""
    import tomllib

    seen: set[str] = set()
    pieces: list[str] = []
    for path in sorted((HERE / "catalog" / "sources").glob("*.toml")):
        text = path.read_text(encoding="utf-8").strip()
        try:
            ids = set(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"sources/{path.name} is no TOML: {error}") from None
        if seen & ids:
            raise ValueError(f"{path.name}: source ids stand twice: {', '.join(sorted(seen & ids))}")
        seen |= ids
        pieces.append(text)
    (out / "sources.toml").write_text("\n\n".join(pieces) + "\n", encoding="utf-8")


def main(words: list[str] | None = None) -> int:
    """Build, check, review, and put the new tables in place; 2 and a sentence where something keeps it from that."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "raw",
        type=Path,
        nargs="?",
        help="folder of the raw tables; left out, defaults and additions alone are built into the tables that stand",
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where the built tables go")
    parser.add_argument(
        "--only", nargs="+", default=None, metavar="TOPIC", help=f"some of: {', '.join(topics())}"
    )
    parser.add_argument(
        "--provenance", action="store_true", help="print where every built column comes from, and stop"
    )
    parser.add_argument(
        "--fetch", action="store_true", help="renew the raw tables that come from a package registry first"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="check and review, and leave the tables as they are"
    )
    options = parser.parse_args(words)
    try:
        chosen = chosen_topics(options.only)
        if options.provenance:
            print_provenance(chosen)
            return 0
        if options.fetch:
            fetch(options.raw)
        chosen = with_raw(options.raw, chosen, named=options.only is not None)
        renew(options.raw, options.out, chosen, dry_run=options.dry_run)
    except (ValueError, OSError, RuntimeError, WattgramError) as error:
        print(f"build_catalog: {error}", file=sys.stderr)
        return 2
    return 0


def chosen_topics(only: list[str] | None) -> list[str]:
    """The topics to build, in building order; ValueError for a word that is none."""
    for word in only or ():
        if word not in topics():
            near = get_close_matches(word, topics(), n=1)
            hint = f"is it {near[0]}? " if near else ""
            raise ValueError(f"there is no topic '{word[:80]}': {hint}the topics are {', '.join(topics())}")
    return [name for name in topics() if only is None or name in only]


def with_raw(raw: Path | None, chosen: list[str], *, named: bool) -> list[str]:
    """The topics that can be built: one that lacks all its raw tables stands as it is, and that is said.

    Raises
    ------
    ValueError : a raw table is missing or not as declared, or a topic asked for by name has none
    """
    if raw is None:
        wanted = [name for name in chosen if name not in WITHOUT_RAW]
        if named and wanted:
            raise ValueError(f"{wanted[0]} is built from raw tables: name their folder first")
        return [name for name in chosen if name in WITHOUT_RAW]
    left, kept = importlib.import_module("catalog.raw_check").check(raw, chosen, named=named)
    for name, count in left.items():
        print(f"{name} stands as it is: {raw} has none of its raw tables ({count})")
    for line in kept:
        print(line)
    return [name for name in chosen if name not in left]


def print_provenance(chosen: list[str]) -> None:
    """Table, column and origin, a line each."""
    for name in chosen:
        for table, columns in importlib.import_module(f"catalog.{name}").PROVENANCE.items():
            for column, origin in columns.items():
                print(f"{table}\t{column}\t{origin}")


def fetch(raw: Path | None) -> None:
    """Renew what a registry has, and name what comes by hand."""
    if raw is None or not raw.is_dir():
        raise ValueError("--fetch renews a folder of raw tables: name one that is there")
    fetching = importlib.import_module("catalog.fetch")
    print(f"fetched {fetching.fetch_electricity_maps(raw)}; by hand, when its producer has a new edition:")
    for line in fetching.by_hand():
        print(f"  {line}")


def renew(raw: Path | None, out: Path, chosen: list[str], *, dry_run: bool = False) -> None:
    """Build beside `out`, check, print the review, and swap; a failure anywhere leaves `out` as it was."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
        new = Path(folder) / out.name
        if out.exists():
            shutil.copytree(out, new)
        new.mkdir(exist_ok=True)
        build(raw, new, chosen)
        check(new)
        if out.exists():
            print(importlib.import_module("catalog.difference").report(out, new), end="")
        if dry_run:
            print(f"{out} stays as it is (--dry-run)")
            return
        swap(new, out, Path(folder) / "before")
        print(f"wrote {out}")


def check(folder: Path) -> None:
    """Every row against its schema, ranges, sources and references, as `wattgram catalog check` does it."""
    from wattgram.catalog import Catalog
    from wattgram.catalog.check import check as findings_of

    findings, _ = findings_of(Catalog(folder=folder))
    if findings:
        shown = "\n".join(f"  {finding}" for finding in findings[:MOST_FAULTS])
        more = f"\n  and {len(findings) - MOST_FAULTS} more" if len(findings) > MOST_FAULTS else ""
        raise ValueError(
            f"the built tables have faults, and those that stood stay as they were:\n{shown}{more}"
        )


def swap(new: Path, out: Path, before: Path) -> None:
    """Put the new folder in the place of the old, or leave the old where it was."""
    stood = out.exists()
    if stood:
        out.rename(before)
    try:
        new.rename(out)
    except OSError:
        if stood:
            before.rename(out)
        raise


def build(raw: Path | None, out: Path, chosen: list[str]) -> None:
    """Build the topics, join the sources, describe the columns, write the index."""
    additions = importlib.import_module("catalog.additions")
    additions.undo(out)
    for name in chosen:
        try:
            importlib.import_module(f"catalog.{name}").build(raw, out)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        print(f"built {name}")
    for line in additions.build(out):
        print(line)
    write_sources(out)
    importlib.import_module("catalog.columns").build(out, topics())
    importlib.import_module("catalog.index").build(out)


if __name__ == "__main__":
    raise SystemExit(main())
