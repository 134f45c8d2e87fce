"""A clone of the tools and the data in a folder of its own, in which a test changes what it likes."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import wattgram

ROOT = Path(__file__).parents[2]
DATA = Path(wattgram.__file__).parent / "data"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name, byte for byte."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a CSV, its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([list(header), *rows])


class Clone:
    """The tools and the data as a fresh clone has them."""

    def __init__(self, folder: Path) -> None:
        self.tools, self.data, self.raw = folder / "tools", folder / "data", folder / "raw"
        shutil.copytree(ROOT / "tools", self.tools, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(DATA, self.data)
        self.raw.mkdir()

    def write(self, name: str, text: str) -> None:
        """Put a recipe's lines into a file of tools/catalog/: a CSV as it is, a source below those that are there."""
        path = self.tools / "catalog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n" if path.suffix == ".toml" else ""
        path.write_text(before + text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one place of a file of tools/catalog/."""
        path = self.tools / "catalog" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def without(self, table: str) -> None:
        """The catalog without the additions to a table that the project may have by now."""
        path = self.tools / "catalog" / "additions" / table
        if path.exists():
            path.unlink()
            done = self.build()
            assert done.returncode == 0, done.stderr

    def build(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`tools/build_catalog.py` in a process of its own."""
        command = [sys.executable, str(self.tools / "build_catalog.py"), "--out", str(self.data), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def estimate(self, *words: str, **more: object) -> wattgram.Footprint:
        """An estimate by the catalog that was built."""
        return wattgram.estimate(*words, catalog=wattgram.Catalog(folder=self.data), **more)
