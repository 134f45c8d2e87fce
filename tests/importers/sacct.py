"""A small generator of sacct logs for the tests, and an oracle of its own for what they cost (Lannelongue et al. 2021)."""

from __future__ import annotations

import random

HEADER = "UID|User|JobID|JobName|Submit|Elapsed|Partition|NNodes|NCPUS|TotalCPU|CPUTime|ReqMem|MaxRSS|WorkDir|State|Account|AllocTRES"
SITE = {
    "where": "300 g/kWh",
    "pue": 1.2,
    "load": 1,
    "overhead": 1,
    "memory_w_per_gb": 0.3725,
    "partition": {
        "cpu": {"watts_per_core": 9.4},
        "gpu": {"watts_per_core": 3.5, "accelerator": "A100-SXM4-80GB"},
    },
}


def clock(seconds, *, short=False):
    """A duration as sacct prints it; below an hour, CPU time has minutes and thousandths."""
    if short and seconds < 3600:
        return f"{int(seconds // 60):02d}:{seconds % 60:06.3f}"
    days, rest = divmod(int(seconds), 86400)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days}-{text}" if days else text


def log_and_oracle(jobs, seed=1):
    """The text of a log of so many jobs with their steps, and kWh of its finished jobs, computed from the integers behind it."""
    draw = random.Random(seed)  # noqa: S311 - a test wants the same numbers again
    lines, energy_kwh, finished = [HEADER], 0.0, 0
    for number in range(jobs):
        on_gpu = draw.random() < 0.4
        gpus = draw.choice([1, 2, 4, 8]) if on_gpu else 0
        cpus = gpus * 8 or draw.choice([1, 4, 16, 32])
        elapsed = draw.randrange(1, 300_000)
        busy = (
            0
            if draw.random() < 0.1
            else draw.randrange(3600, 3600 + elapsed * cpus)
            if elapsed > 4000
            else elapsed * cpus // 2
        )
        busy = min(busy, elapsed * cpus)
        memory = cpus * draw.choice([2, 4, 8])
        state = draw.choice(
            ["COMPLETED"] * 6 + ["FAILED", "TIMEOUT", "CANCELLED by 7", "OUT_OF_MEMORY", "RUNNING"]
        )
        job, partition = 5000 + number, "gpu" if on_gpu else "cpu"
        gres = f"gres/gpu={gpus}," if gpus else ""
        tres = f"billing={cpus},cpu={cpus},{gres}mem={memory}G,node=1"
        held = clock(elapsed * cpus)
        used = clock(busy, short=True)
        lines.append(
            f"7|ada|{job}|train|2024-03-0{number % 9 + 1}T10:00:00|{clock(elapsed)}|{partition}|1|{cpus}|{used}|{held}|{memory}G||/w|{state}|a1|{tres}"
        )
        for step in ("batch", "extern"):
            rss = "" if step == "extern" else f"{memory * 500_000}K"
            lines.append(
                f"||{job}.{step}|{step}|2024-03-01T10:00:00|{clock(elapsed)}||1|{cpus}|{used}|{held}||{rss}||{state.split()[0]}|a1|{tres[8:]}"
            )
        if state != "RUNNING":
            finished += 1
            cores_wh = (busy or elapsed * cpus) * (3.5 if on_gpu else 9.4)
            energy_kwh += (cores_wh + elapsed * gpus * 400 + elapsed * memory * 0.3725) / 3600 * 1.2 / 1000
    return "\n".join(lines) + "\n", energy_kwh, finished
