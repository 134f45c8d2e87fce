#!/usr/bin/env python3
"""Build the catalog: raw tables in, cited tables out.

    python tools/build_catalog.py RAW_DIR [--out DIR] [--only TOPIC ...] [--fetch] [--provenance]

Every topic module turns raw tables into built ones and names, for each built column, the raw file and column it comes
from (`--provenance` prints them all). The same raw tables give the same bytes. It ends with a review: what changed, by
how much, and what that does to ten reference runs. `--fetch` first renews the raw tables that a package registry has
and names the files that come by hand.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src" / "wattgram" / "data"
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

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
        twice = seen & set(tomllib.loads(text))
        if twice:
            raise ValueError(f"{path.name}: source ids stand twice: {sorted(twice)}")
        seen |= set(tomllib.loads(text))
        pieces.append(text)
    (out / "sources.toml").write_text("\n\n".join(pieces) + "\n", encoding="utf-8")


def main() -> int:
    """Build every topic, join the sources, write the index."""
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
        "--only", nargs="*", default=None, metavar="TOPIC", help=f"some of: {', '.join(topics())}"
    )
    parser.add_argument(
        "--provenance", action="store_true", help="print where every built column comes from, and stop"
    )
    parser.add_argument(
        "--fetch", action="store_true", help="renew the raw tables that come from a package registry first"
    )
    options = parser.parse_args()
    chosen = options.only if options.only is not None else topics()
    if options.provenance:
        for name in chosen:
            for table, columns in importlib.import_module(f"catalog.{name}").PROVENANCE.items():
                for column, origin in columns.items():
                    print(f"{table}\t{column}\t{origin}")
        return 0
    if options.fetch and options.raw is not None:
        fetch = importlib.import_module("catalog.fetch")
        print(
            f"fetched {fetch.fetch_electricity_maps(options.raw)}; by hand, when its producer has a new edition:"
        )
        for pattern, producer in fetch.BY_HAND.items():
            print(f"  {pattern}: {producer}")
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "data"
        if options.out.exists():
            shutil.copytree(options.out, before)
        build(options.raw, options.out, chosen)
        if before.exists():
            print(importlib.import_module("catalog.difference").report(before, options.out), end="")
    return 0


def build(raw: Path | None, out: Path, chosen: list[str]) -> None:
    """Build the topics, join the sources, describe the columns, write the index."""
    for name in chosen:
        if raw is not None or name in WITHOUT_RAW:
            importlib.import_module(f"catalog.{name}").build(raw, out)
            print(f"built {name}")
    for line in importlib.import_module("catalog.additions").build(out):
        print(line)
    write_sources(out)
    importlib.import_module("catalog.columns").build(out, topics())
    importlib.import_module("catalog.index").build(out)
    print(f"indexed {out}")


if __name__ == "__main__":
    raise SystemExit(main())
