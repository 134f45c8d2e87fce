"""Awkward rows, and what the scalar path says of each: five hundred in the plain suite, two thousand in the slow one."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.estimation import make_run
from wattgram.footprint import Footprint

HARDWARE = (
    "8xA100-SXM4-80GB", " 8xA100-SXM4-80GB ", "A100", "8 x NVIDIA H100 80GB HBM3", "TPU v3-8", "TPU v2-8", "V100",
    "4xV100-SXM2-16GB + 2xXeon Gold 6148 + 384GB", "8xA100 + 2xEPYC 7763", "RTX 3090", "2xRTX 3090", "300W", "8x250W",
    "aws:p4d.24xlarge", "p3.2xlarge", "2xEPYC 7763 + 512GB", "M1 Max", "Jetson AGX Orin 64GB", "T4", "K80",
    "nonsense 9000", "8xA1000000", "0xA100", "", "   ", None, "512GB", "it's; \"odd\", 'quoted'", "A100\u00a0", "N/A",
)  # fmt: skip
WHERE = (
    "aws:us-east-1", "gcp/us-central1", "azure:westeurope", "aws:ca-central-1", "FR", "France", "Montreal", "CA-QC", "US",
    "45.5,-73.6", "20 g/kWh", "0.9 g/kWh", "0.432 kg/kWh", "Cambridge", "Georgia", "us-east", "nowhere at all", "Washington",
    " FR ", "", None, "aws:us-est-1", "12", "DE", "Iowa", "Texas", "ibm:us-south", "CN",
)  # fmt: skip
FIRST = dt.datetime(2019, 1, 1)  # noqa: DTZ001 - a time without a zone is meant
LAST_OF_YEAR = dt.datetime(2024, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001 - (the same)
SECOND = dt.timedelta(seconds=1)
NAMES = (
    "job", "hardware", "count", "hours", "start", "end", "where", "provider", "region", "load", "overhead", "pue",
    "measured_energy_kwh", "measured_scope", "workload", "intensity",
)  # fmt: skip
DOUBLES = ("hours", "load", "overhead", "pue", "measured_energy_kwh", "intensity")
FIGURES = {
    "energy_kwh": "energy",
    "operational_kg": "operational",
    "market_kg": "market",
    "embodied_kg": "embodied",
    "total_kg": "total",
}


def _rows(number: int) -> list[dict]:
    draw = random.Random(20261124)  # noqa: S311 - the same rows every time, and no secret

    def pick(usual: tuple, odd: tuple):
        return draw.choice(odd if draw.random() < 0.06 else usual)

    rows = []
    for at in range(number):
        start = FIRST + draw.random() * dt.timedelta(days=2700)
        start = draw.choice((None, start.replace(microsecond=0), start, LAST_OF_YEAR))
        span = draw.choice((0.01, 1.0, 7.25, 99.0, 800.0, 5000.0)) * (0.5 + draw.random())
        end = None if start is None else start + dt.timedelta(hours=pick((min(span, 2000),), (-1.0, 0.0)))
        rows.append(
            {
                "job": f"job {at}",
                "hardware": pick(HARDWARE[:20], HARDWARE[20:]),
                "count": pick((1, 1, 2, 8, 1024, None), (0, -3, 20_000_000)),
                "hours": pick((span, span, span, None, math.nan), (0.0, -1.0, math.inf, 1e9)),
                "start": start,
                "end": draw.choice((end, None)),
                "where": draw.choice(WHERE if draw.random() < 0.3 else WHERE[:12]),
                "provider": draw.choice(("aws", "gcp", "", None)),
                "region": draw.choice(("us-east-1", "us-central1", "", None)),
                "load": pick((None, None, 0.5, 1.0, math.nan), (0.0, 2.0)),
                "overhead": pick((None, None, 1.0, 1.3), (0.5,)),
                "pue": pick((None, None, 1.0, 1.2), (9.0,)),
                "measured_energy_kwh": pick((None, None, None, 12.5, math.nan), (-1.0,)),
                "measured_scope": pick((None, "it", "device", "facility", " IT ", ""), ("wall",)),
                "workload": pick((None, None, "large-training", "inference", "other", ""), ("gaming",)),
                "intensity": pick((None, None, None, None, 0.5, 25.0, 0.0), (-4.0,)),
            }
        )
    return rows


def said(row: dict) -> dict:
    """What a row says, blank cells left out and words as a person would write them."""
    kept = {k: v for k, v in row.items() if v is not None and not (isinstance(v, float) and math.isnan(v))}
    kept = {k: v for k, v in kept.items() if not isinstance(v, str) or v.strip().lower() not in ("", "n/a")}
    provider, region = kept.pop("provider", None), kept.pop("region", "")
    if "where" not in kept and (provider or region):
        kept["where"] = f"{provider}:{region}" if provider else region
    if "hours" not in kept and "start" in kept and "end" in kept:
        kept["hours"] = (kept["end"] - kept["start"]) / SECOND / 3600
    for name in ("measured_scope", "workload"):
        if name in kept:
            kept[name] = kept[name].strip().lower()
    return kept


def scalar(row: dict) -> tuple[Footprint | None, str]:
    """The footprint of a row by `estimate`'s own path, and the sentence where it has none."""
    words = said(row)
    named = {
        name: words[name]
        for name in (
            "count",
            "start",
            "load",
            "overhead",
            "pue",
            "measured_energy_kwh",
            "measured_scope",
            "workload",
            "intensity",
        )
        if name in words
    }
    placeless = "where" not in words and "intensity" not in words
    try:
        if "hardware" not in words:
            return None, "hardware"
        where = "20 g/kWh" if placeless else words.get("where")
        run = make_run(words["hardware"], words.get("hours"), where, **named)
        return Footprint(
            run._replace(where=None) if placeless else run, Catalog.load()
        ), "where" if placeless else ""
    except InputError as error:
        return None, str(error)


@pytest.fixture(
    scope="session",
    params=[slice(900, 1400), pytest.param(slice(None), marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def awkward(request) -> dict[str, list]:
    """The rows as columns; among the five hundred is every code of a warning that the two thousand have to show."""
    rows = _rows(2000)[request.param]
    return {name: [row[name] for row in rows] for name in NAMES}


@pytest.fixture(scope="session")
def expected(awkward) -> list[dict]:
    """The answers of the scalar path, in the names of the output columns."""
    answers = []
    for at in range(len(awkward["job"])):
        footprint, fault = scalar({name: cells[at] for name, cells in awkward.items()})
        answer = {"fault": fault, "codes": set()}
        if footprint is not None:
            for name, figure in FIGURES.items():
                value = getattr(footprint, figure)
                answer[name] = value.central
                if name in ("operational_kg", "total_kg"):
                    answer[f"{name}_low"], answer[f"{name}_high"] = value.low, value.high
            answer["intensity_g_per_kwh"] = footprint.assembled.factors.intensity_g_per_kwh.central
            answer["zone"] = footprint.assembled.zone or None
            # of a table, `default-overhead` and `default-pue` say it row by row
            answer["codes"] = {notice.code for notice in footprint.warnings}
        answers.append(answer)
    return answers
