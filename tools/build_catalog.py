#!/usr/bin/env python3
"""Build the catalog: raw tables in, cited tables out.

    python tools/build_catalog.py RAW_DIR [--out DIR] [--only TOPIC ...] [--provenance]

Every topic module turns raw tables into built ones and names, for each built column, the raw file and column it comes
from (`--provenance` prints them all). The same raw tables give the same bytes.
"""

from __future__ import annotations

import argparse
import importlib
import sys
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
)


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
        "raw", type=Path, nargs="?", help="folder of the raw tables; left out, only the index is renewed"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where the built tables go")
    parser.add_argument(
        "--only", nargs="*", default=None, metavar="TOPIC", help=f"some of: {', '.join(topics())}"
    )
    parser.add_argument(
        "--provenance", action="store_true", help="print where every built column comes from, and stop"
    )
    options = parser.parse_args()
    chosen = options.only if options.only is not None else topics()
    if options.provenance:
        for name in chosen:
            for table, columns in importlib.import_module(f"catalog.{name}").PROVENANCE.items():
                for column, origin in columns.items():
                    print(f"{table}\t{column}\t{origin}")
        return 0
    if options.raw is not None:
        for name in chosen:
            importlib.import_module(f"catalog.{name}").build(options.raw, options.out)
            print(f"built {name}")
    write_sources(options.out)
    importlib.import_module("catalog.columns").build(options.out, topics())
    importlib.import_module("catalog.index").build(options.out)
    print(f"indexed {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
