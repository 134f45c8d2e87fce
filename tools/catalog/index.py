"""Write what the program reads first: an index of each table, the sources as JSON, and the stamp of the content."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

from wattgram.catalog.tables import SPECS, build_index


def content_hash(out: Path) -> str:
    """SHA-256 over every built table and the sources, by name: the identity of this catalog."""
    digest = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.suffix in {".csv", ".toml"} and "index" not in p.parts):
        digest.update(path.relative_to(out).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build(out: Path) -> None:
    """Index every table in `out`; nothing else is read, so a build can be repeated byte for byte."""
    folder = out / "index"
    folder.mkdir(parents=True, exist_ok=True)
    for table in SPECS:
        _write(folder / f"{table}.json", build_index(table, out))
    sources = tomllib.loads((out / "sources.toml").read_text(encoding="utf-8"))
    _write(folder / "sources.json", sources)
    newest = max(str(source["accessed"]) for source in sources.values())
    version = f"{newest[:7].replace('-', '.')}+{content_hash(out)[:8]}"
    _write(folder / "catalog.json", {"version": version, "sha256": content_hash(out)})


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
