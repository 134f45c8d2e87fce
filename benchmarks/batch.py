"""Speed of a table of runs: rows and totals, yearly and hourly, as ratios to the engine's own floor in one run.

python benchmarks/batch.py [--rows 1e7] [--keep FOLDER]

The floor of a job is DuckDB reading the same columns and writing the same columns (for totals: reading them and taking
their largest). Every job is a process of its own; a report, nothing fails here.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HARDWARE = """8xA100-SXM4-80GB,A100,8xH100,V100,4xV100-SXM2-16GB,T4,2xT4,L40S,A10G,P100,8xH200,A40,K80,MI250X,
A100-PCIe-40GB,TPU v3-8,RTX 3090,2xRTX 3090,RTX 4090,aws:p4d.24xlarge"""
WHERE = """aws:us-east-1,aws:us-west-2,aws:eu-west-1,gcp:us-central1,gcp:europe-west4,azure:westeurope,FR,DE,CA-QC,Montreal,
France,PL,SE,GB,US-CA,IN,JP,aws:ap-south-1,Texas,Iowa"""
READ = 'hardware, "where", count, hours, start, load, pue'
ZONES = ("FR", "DE", "CA-QC", "SE", "GB", "US-MIDA-PJM")


def make(path: Path, rows: int) -> None:
    import duckdb

    def one_of(text):
        words = [word.strip() for word in text.split(",")]
        return f"({words!r})[1 + cast(floor(random() * {len(words)}) as int)]"

    duckdb.sql(
        f"""copy (select i as job, {one_of(HARDWARE)} as hardware, {one_of(WHERE)} as "where",
        cast(1 + floor(random() * 8) as int) as count, round(exp(random() * 9 - 2), 4) as hours,
        timestamp '2021-01-01' + to_microseconds(cast(random() * 1.2e14 as bigint)) as start,
        'project ' || cast(floor(random() * 12) as int) as project,
        case when random() < 0.3 then round(0.3 + random() * 0.6, 3) end as load,
        case when random() < 0.2 then round(1.05 + random() * 0.5, 2) end as pue
        from range({rows}) t(i)) to '{path}' (format parquet)"""  # noqa: S608 - our own words
    )


def series():
    import datetime as dt

    from wattgram.series import Series

    begin = int(dt.datetime(2021, 1, 1, tzinfo=dt.UTC).timestamp())
    return [
        Series(zone, begin, 3600, [100.0 + (h * 7 + at) % 300 for h in range(24 * 365 * 5)])
        for at, zone in enumerate(ZONES)
    ]


def job(name: str, folder: Path) -> None:
    """One job, in this process."""
    import duckdb

    import wattgram
    from wattgram.frames.batch import batch

    runs, answers, out = folder / "runs.parquet", folder / "answers.parquet", folder / f"{name}.parquet"
    hourly = series() if name.startswith("hourly") else None
    began, cpu = time.perf_counter(), time.process_time()
    if name.startswith("floor"):
        with duckdb.connect(config={"memory_limit": "400MB", "temp_directory": str(folder)}) as connection:
            if name == "floor-totals":
                largest = ", ".join(f"max({column.strip()})" for column in READ.split(","))
                connection.sql(f"select {largest} from '{runs}'").fetchall()  # noqa: S608
            else:
                connection.sql(f"from '{answers}'").write_parquet(str(out))
    elif name.endswith("rows"):
        with duckdb.connect(config={"memory_limit": "400MB", "temp_directory": str(folder)}) as connection:
            relation = wattgram.estimate_frame(connection.sql(f"from '{runs}'"), series=hourly)
            relation.write_parquet(str(answers if name == "rows" else out))
    else:
        batch(str(runs), series=hourly)
    print(
        json.dumps(
            {
                "wall_s": time.perf_counter() - began,
                "cpu_s": time.process_time() - cpu,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )
    if name != "rows":
        out.unlink(missing_ok=True)


def per_row_s(folder: Path, rows: int = 3000) -> float:
    """Time of one row by `estimate` in a pandas `apply`, the usual way [s]."""
    import duckdb

    import wattgram

    frame = duckdb.sql(f"from '{folder / 'runs.parquet'}' limit {rows}").df()
    began = time.perf_counter()
    frame.apply(
        lambda run: (
            wattgram.estimate(run["hardware"], run["hours"], run["where"], count=run["count"]).total.central
        ),
        axis=1,
    )
    return (time.perf_counter() - began) / rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=float, default=1e7)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--job")
    asked = parser.parse_args()
    if asked.job:
        job(asked.job, asked.keep)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        rows = int(asked.rows)
        make(folder / "runs.parquet", rows)
        print(f"{rows:,} runs\n\n| job | wall s | CPU s | x floor (CPU) | peak MB |\n|---|--:|--:|--:|--:|")
        found = {}
        for name in ("rows", "floor-rows", "hourly-rows", "floor-totals", "totals", "hourly-totals"):
            words = [sys.executable, __file__, "--job", name, "--keep", str(folder)]
            found[name] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        for name, one in found.items():
            floor = found["floor-rows" if name.endswith("rows") else "floor-totals"]
            ratio = one["cpu_s"] / floor["cpu_s"]
            print(
                f"| {name} | {one['wall_s']:.2f} | {one['cpu_s']:.2f} | {ratio:.2f} | {one['peak_mb']:.0f} |"
            )
        each = per_row_s(folder)
        print(
            f"\nper-row pandas apply: {each * 1e6:.0f} us a row, {each * rows / found['rows']['wall_s']:.0f} times slower"
        )


if __name__ == "__main__":
    main()
