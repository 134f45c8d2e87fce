"""What tracking costs: start and stop in a fresh process, processor time while it runs, memory; beside CodeCarbon if it is there.

python benchmarks/tracker.py [--seconds 60] [--codecarbon /path/to/python]

Each figure is that of a process of its own. The wall times are only as good as the machine is quiet; processor time
and memory do not depend on that. A report, nothing fails here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile

RUNS = 7
RSS = """
def rss_mb():
    with open("/proc/self/statm") as handle:
        return int(handle.read().split()[1]) * 4096 / 1e6
"""
OURS_BEGIN = "import wattgram"
OURS = "t = wattgram.track(runs=folder).start()"
THEIRS_BEGIN = "import logging; logging.disable(logging.CRITICAL)"
THEIRS = (
    "from codecarbon import OfflineEmissionsTracker\n"
    "t = OfflineEmissionsTracker(country_iso_code='FRA', output_dir=folder, log_level='critical')\n"
    "t.start()"
)
COLD = (
    RSS
    + """
import json, sys, time
folder = sys.argv[1]
{begin}
before_mb = rss_mb()
wall, cpu = time.perf_counter(), time.process_time()
{start}
started = time.perf_counter() - wall
added_mb = rss_mb() - before_mb
t.stop()
print(json.dumps({{"start_ms": started * 1e3, "wall_ms": (time.perf_counter() - wall) * 1e3,
                  "cpu_ms": (time.process_time() - cpu) * 1e3, "added_mb": added_mb,
                  "added_with_stop_mb": rss_mb() - before_mb}}))
"""
)
RUNNING = (
    RSS
    + """
import json, os, resource, sys, time
folder, seconds = sys.argv[1], float(sys.argv[2])
{begin}
{start}
def used():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
before = used()
time.sleep(seconds)
cpu_s = used() - before
t.stop()
print(json.dumps({{"cpu_s": cpu_s}}))
"""
)


def measured(python: str, script: str, *words: str) -> dict[str, float]:
    """What a fresh process prints as its last line."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", script, folder, *words], capture_output=True, text=True, check=True, cwd=folder
        )
    return json.loads(done.stdout.strip().splitlines()[-1])


def row(python: str, begin: str, start: str, seconds: float) -> dict[str, float]:
    """The medians of several cold processes, and one that runs."""
    cold = [measured(python, COLD.format(begin=begin, start=start)) for _ in range(RUNS)]
    found = {name: statistics.median(one[name] for one in cold) for name in cold[0]}
    running = measured(python, RUNNING.format(begin=begin, start=start), str(seconds))
    return {**found, "percent": 100 * running["cpu_s"] / seconds}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long a tracker runs")
    parser.add_argument("--codecarbon", default=sys.executable, help="a Python that has CodeCarbon")
    options = parser.parse_args()
    rows = {"wattgram": row(sys.executable, OURS_BEGIN, OURS, options.seconds)}
    there = subprocess.run([options.codecarbon, "-c", "import codecarbon"], capture_output=True, check=False)
    if there.returncode == 0:
        version = subprocess.run(
            [options.codecarbon, "-c", "import codecarbon; print(codecarbon.__version__)"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        rows[f"CodeCarbon {version}"] = row(options.codecarbon, THEIRS_BEGIN, THEIRS, options.seconds)
    else:
        print("CodeCarbon is not installed here; --codecarbon names a Python that has it\n")
    print(
        "| tracker | start + stop, wall ms | ... CPU ms | CPU while running, % of a core | memory added, MB |"
    )
    print("|---|--:|--:|--:|--:|")
    for name, one in rows.items():
        print(
            f"| {name} | {one['wall_ms']:.0f} | {one['cpu_ms']:.0f} | {one['percent']:.3f} | {one['added_mb']:.1f} |"
        )


if __name__ == "__main__":
    main()
