"""Speed of a table of runs: rows and totals, yearly and hourly, as ratios to the engine's own floor in one run.

python benchmarks/batch.py [--rows 1e7] [--jobs floor-rows,rows,...] [--keep FOLDER]

The floor of rows is DuckDB reading the runs and writing them with ten figures and three texts more, each of one
multiplication; the floor of totals is DuckDB reading the same columns and summing five figures, each of one multiplication,
by the words and the year of a run and what it states, which is the least that a sum by words can be (`sum` is the same
columns summed without any group). Every job is a cold process of its own, measured from its start to its end, so a floor is
what a program of those two lines costs; a report, nothing fails here.
"""

from __future__ import annotations

import argparse
import compileall
import os
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path

HARDWARE = """8xA100-SXM4-80GB,A100,8xH100,V100,4xV100-SXM2-16GB,T4,2xT4,L40S,A10G,P100,8xH200,A40,K80,MI250X,
A100-PCIe-40GB,TPU v3-8,RTX 3090,2xRTX 3090,RTX 4090,aws:p4d.24xlarge"""
WHERE = """aws:us-east-1,aws:us-west-2,aws:eu-west-1,gcp:us-central1,gcp:europe-west4,azure:westeurope,FR,DE,CA-QC,Montreal,
France,PL,SE,GB,US-CA,IN,JP,aws:ap-south-1,Texas,Iowa"""
SUMMED = """sum(strlen(hardware)), sum(strlen("where")), sum(count), sum(hours), sum(epoch_us(start)), sum(load), sum(pue)"""
JOBS = (
    "floor-rows",
    "rows",
    "batch",
    "batch-any-order",
    "hourly-rows",
    "floor-totals",
    "sum-totals",
    "totals",
    "hourly-totals",
)
GROUPED = """select hardware, "where", year(start), load is null, pue is null, count(*), {figures}"""
"""What any sum by words has to do at least."""
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


def make_series(folder: Path) -> None:
    """Five years of hours of each zone as doubles, so that no job spends its time on making them up."""
    for at, zone in enumerate(ZONES):
        values = array("d", (100.0 + (h * 7 + at) % 300 for h in range(24 * 365 * 5)))
        (folder / f"{zone}.doubles").write_bytes(values.tobytes())


def series(folder: Path):
    import datetime as dt

    from wattgram.series import Series

    begin = int(dt.datetime(2021, 1, 1, tzinfo=dt.UTC).timestamp())
    values = {zone: array("d", (folder / f"{zone}.doubles").read_bytes()) for zone in ZONES}
    return [Series(zone, begin, 3600, values[zone]) for zone in ZONES]


def job(name: str, folder: Path) -> None:
    """One job, in this process."""
    import duckdb

    runs, out = folder / "runs.parquet", folder / f"{name}.parquet"
    hourly = series(folder) if name.startswith("hourly") else None
    if name.startswith(("floor", "sum")):
        with duckdb.connect(config={"memory_limit": "400MB", "temp_directory": str(folder)}) as connection:
            if name == "floor-totals":
                figures = ", ".join(f"sum(hours * count * {1 + at / 7})" for at in range(5))
                connection.sql(f"{GROUPED.format(figures=figures)} from '{runs}' group by all").fetchall()
            elif name == "sum-totals":
                connection.sql(f"select {SUMMED} from '{runs}'").fetchall()  # noqa: S608
            else:
                figures = ", ".join(f"hours * {1 + at / 7} as figure_{at}" for at in range(10))
                texts = 'hardware as zone, "where" as warning, null::varchar as issue'
                connection.sql(f"select *, {figures}, {texts} from '{runs}'").write_parquet(str(out))  # noqa: S608
    elif name.startswith("batch"):
        from wattgram.frames.batch import batch

        batch(str(runs), str(out), any_order=name.endswith("any-order"))
    elif name.endswith("rows"):
        import wattgram

        with duckdb.connect(config={"memory_limit": "400MB", "temp_directory": str(folder)}) as connection:
            relation = wattgram.estimate_frame(connection.sql(f"from '{runs}'"), series=hourly)
            relation.write_parquet(str(out))
    else:
        from wattgram.frames.batch import batch

        batch(str(runs), series=hourly)
    out.unlink(missing_ok=True)


def measured(name: str, folder: Path) -> dict[str, float]:
    """Wall time and processor time [s] and peak memory [MB] of a job in a cold process."""
    words = [sys.executable, __file__, "--job", name, "--keep", str(folder)]
    began = time.perf_counter()
    process = subprocess.Popen(words)
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name} ended with {process.returncode}")
    return {"wall_s": wall_s, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def per_row_s(folder: Path, rows: int = 5000) -> dict[str, float]:
    """Time of one row in a pandas `apply` [s]: of `estimate`, and of the chain alone, every word looked up before."""
    import duckdb

    import wattgram
    from wattgram.chain import chain

    frame = duckdb.sql(f"from '{folder / 'runs.parquet'}' limit {rows}").df()
    frame = frame.astype({"load": object, "pue": object}).where(frame.notna(), None)
    known = {}

    def whole(run):
        return wattgram.estimate(
            run["hardware"],
            run["hours"],
            run["where"],
            count=run["count"],
            start=run["start"],
            load=run["load"],
            pue=run["pue"],
        ).total.central

    for run in frame.itertuples():
        key = (run.hardware, run.where, run.start.year)
        if key not in known:
            known[key] = wattgram.estimate(run.hardware, 1, run.where, start=run.start).assembled.factors

    def product(run):
        factors = known[run["hardware"], run["where"], run["start"].year]
        hours, count = factors.duration_h * run["hours"], float(run["count"])
        answer = chain(
            factors._replace(
                duration_h=hours,
                rated_power_w=factors.rated_power_w * count,
                slots_kg=factors.slots_kg * count,
            )
        )
        ends = (
            answer.operational_kg.low,
            answer.operational_kg.high,
            answer.total_kg.low,
            answer.total_kg.high,
        )
        return (answer.energy_kwh.central, answer.market_kg, answer.embodied_kg, *ends)

    found = {}
    for name, one in (("wattgram.estimate", whole), ("the chain alone", product)):
        began = time.perf_counter()
        frame.apply(one, axis=1)
        found[name] = (time.perf_counter() - began) / rows
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=float, default=1e7)
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--job")
    asked = parser.parse_args()
    if asked.job:
        job(asked.job, asked.keep)
        return
    import wattgram

    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        rows = int(asked.rows)
        make(folder / "runs.parquet", rows)
        make_series(folder)
        compileall.compile_dir(Path(wattgram.__file__).parent, quiet=1)  # as an installed package is
        head = "| job | wall s | x floor | CPU s | x floor | peak MB |\n|---|--:|--:|--:|--:|--:|"
        print(f"{rows:,} runs\n\n{head}", flush=True)
        found = {}
        for name in asked.jobs.split(","):
            one = found[name] = measured(name, folder)
            floor = found["floor-totals" if name.endswith("totals") else "floor-rows"]
            cells = [cell for key in ("wall_s", "cpu_s") for cell in (one[key], one[key] / floor[key])]
            print(
                f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} | {one['peak_mb']:.0f} |",
                flush=True,
            )
        for one, each_s in per_row_s(folder).items():
            ratios = [
                f"{each_s * rows / found[name]['wall_s']:.0f} times the wall time of {name}"
                for name in ("rows", "totals")
                if name in found
            ]
            print(f"\npandas apply of {one}: {each_s * 1e6:.0f} us a row, {', '.join(ratios)}")


if __name__ == "__main__":
    main()
