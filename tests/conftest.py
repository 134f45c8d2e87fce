"""What every test shares: snapshots as plain text files, one a snapshot."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

settings.register_profile("wattgram", deadline=None)
settings.load_profile("wattgram")
"""A busy machine is no fault of the code: no example has a time to keep."""

DATA = Path(__file__).parents[1] / "src" / "wattgram" / "data"


@pytest.fixture(scope="session")
def grid():
    """The row of a zone as its file has it: of a year, or the newest, consumption first; read past the package, which is on trial.

    A test that works out a sum with it stays right when a refresh brings another year or figure, and wrong when the sum is.
    """
    rows: dict[tuple[str, str], list[dict[str, str]]] = {}
    for name in ("electricitymaps/zones.csv", "zones.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                rows.setdefault((row["zone"], row["boundary"]), []).append(row)

    def row_of(zone, year=None, boundary="lifecycle", basis=None):
        of_zone = [
            r
            for r in rows[zone, boundary]
            if (r["basis"] == basis if basis else r["basis"] != "residual")
            and (year is None or r["year"] == str(year))
        ]
        newest = max(r["year"] for r in of_zone)
        first = min((r for r in of_zone if r["year"] == newest), key=lambda r: r["basis"] != "consumption")
        figures = {name: float(cell) for name, cell in first.items() if name.endswith("_g_per_kwh")}
        return {**first, **figures, "year": int(first["year"])}

    return row_of


class TextFile(SingleFileSnapshotExtension):
    """A snapshot as a text file that reads as what a person would see."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


SERVES = ("(serve_forever)", "(process_request_thread)")
"""How the standard library names the threads of a server."""
POOL = "ThreadPoolExecutor-"
"""How it names those of a pool, which the engines keep for the next question."""


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test():
    """Fail a test that leaves a thread or a server behind: what it raises or prints would be laid to a later one."""
    before = threading.enumerate()
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before
        and (not thread.daemon or thread.name.endswith(SERVES))
        and not thread.name.startswith(POOL)
    ]
    for thread in left:
        thread.join(10)
    assert [thread.name for thread in left if thread.is_alive()] == []


@pytest.fixture
def text_snapshot(snapshot):
    """Compare a text with the file that holds it."""
    return snapshot.use_extension(TextFile)
