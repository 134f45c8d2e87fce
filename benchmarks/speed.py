"""Speed of one estimate: warm, cold and import, as ratios to bare Python in one run; a report, nothing fails here.

python benchmarks/speed.py
"""

from __future__ import annotations

import compileall
import resource
import statistics
import subprocess
import sys
import timeit
from pathlib import Path

import wattgram
from wattgram.catalog import Catalog

PACKAGE = Path(wattgram.__file__).parent
RUNS = 11


def cpu_ms(*words: str) -> float:
    """Median CPU time of a process, user and system [ms]."""
    times = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    import click

    for folder in (PACKAGE, Path(click.__file__).parent):
        compileall.compile_dir(folder, quiet=2)
    words = ("8xA100", "100h", "aws:us-east-1")
    wattgram.estimate(*words)
    warm_us = min(timeit.repeat(lambda: wattgram.estimate(*words), number=500, repeat=5)) / 500 * 1e6
    first = "import time, wattgram.estimation, wattgram.footprint; t = time.process_time(); wattgram.estimate('8xA100', '100h', 'aws:us-east-1'); print((time.process_time() - t) * 1000)"
    catalog_ms = statistics.median(
        float(
            subprocess.run([sys.executable, "-c", first], capture_output=True, text=True, check=True).stdout
        )
        for _ in range(RUNS)
    )
    bare = cpu_ms(sys.executable, "-c", "pass")
    rows = [
        ("bare Python", bare),
        ("import wattgram", cpu_ms(sys.executable, "-c", "import wattgram")),
        ("import click", cpu_ms(sys.executable, "-c", "import click")),
        ("wattgram estimate", cpu_ms(sys.executable, "-m", "wattgram", "estimate", *words)),
        (
            "... --format json",
            cpu_ms(sys.executable, "-m", "wattgram", "estimate", *words, "--format", "json"),
        ),
    ]
    print("| cold process | CPU ms | x bare |\n|---|--:|--:|")
    for name, ms in rows:
        print(f"| {name} | {ms:.1f} | {ms / bare:.2f} |")
    print(f"\none estimate in a warm process: {warm_us:.0f} us")
    print(f"first estimate of a process, catalog included: {catalog_ms:.1f} ms")
    size = sum(p.stat().st_size for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    print(f"package on disk: {size / 1e6:.2f} MB; catalog {Catalog.load().version}")


if __name__ == "__main__":
    main()
