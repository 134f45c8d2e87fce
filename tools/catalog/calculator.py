"""Build the calculator's own tables as its page showed them in March 2026, errors and all.

Nothing is mended here: what is known to be wrong is listed in the folder's README and pinned by tests.
"""

from __future__ import annotations

from pathlib import Path

from . import raw_tables
from .slug import slug
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
FOLDER = "calculator-2026-03"
SOURCE = "mlco2-impact-2026-03"
DEVICES = (
    "name",
    "type",
    "tdp_w",
    "memory_gb",
    "fp32_tflop_per_s",
    "fp16_tflop_per_s",
    "accelerator_ids",
    "processor_ids",
    "source",
    "source_id",
)
REGIONS = (
    "provider",
    "region",
    "provider_name",
    "region_name",
    "country",
    "state",
    "city",
    "intensity_g_per_kwh",
    "offset_percent",
    "pue",
    "source",
    "comment",
    "catalog_region",
    "source_id",
)
PAPER = ("what", "value", "unit", "source_id", "where")
# Ways in which the page writes that it has no figure.
UNKNOWN = frozenset(("nan", "unk", ""))

GPUS = raw_tables.path_of("calculator_devices")
IMPACT = raw_tables.path_of("calculator_regions")
PROVENANCE: dict[str, dict[str, str]] = {
    f"{FOLDER}/devices.csv": {
        **{name: f"{GPUS}:{name}" for name in ("name", "type", "source")},
        "tdp_w": f"{GPUS}:tdp_watts",
        "memory_gb": f"{GPUS}:memory; blank where the page has a link there (A10G)",
        "fp32_tflop_per_s": f"{GPUS}:TFLOPS32",
        "fp16_tflop_per_s": f"{GPUS}:TFLOPS16",
        "accelerator_ids": "tools/catalog/curated/calculator_devices.csv:accelerators",
        "processor_ids": "tools/catalog/curated/calculator_devices.csv:processors",
        "source_id": "made here",
    },
    f"{FOLDER}/regions.csv": {
        **{
            name: f"{IMPACT}:{name}"
            for name in ("provider", "region", "country", "state", "city", "source", "comment")
        },
        "provider_name": f"{IMPACT}:providerName",
        "region_name": f"{IMPACT}:regionName",
        "intensity_g_per_kwh": f"{IMPACT}:impact",
        "offset_percent": f"{IMPACT}:offsetRatio",
        "pue": f"{IMPACT}:PUE",
        "catalog_region": "the same id, or tools/catalog/curated/calculator_regions.csv",
        "source_id": "made here",
    },
    f"{FOLDER}/paper.csv": dict.fromkeys(PAPER, "tools/catalog/curated/calculator_paper.csv"),
}


def known(text: str) -> str:
    """A figure as the page has it, or nothing where the page writes NaN, Nan or unk."""
    return "" if text.lower() in UNKNOWN else text


def ids(names: str) -> str:
    """The catalog's ids of devices that are named in full."""
    return "|".join(slug(name) for name in names.split("|") if name)


def device(row: dict[str, str], match: dict[str, str]) -> dict[str, str]:
    """One device of the page; where its row is shifted, the link that stands under memory is the source."""
    shifted = row["memory"].startswith("http")
    return {
        "name": row["name"],
        "type": row["type"],
        "tdp_w": known(row["tdp_watts"]),
        "memory_gb": "" if shifted else known(row["memory"]),
        "fp32_tflop_per_s": known(row["TFLOPS32"]),
        "fp16_tflop_per_s": known(row["TFLOPS16"]),
        "accelerator_ids": ids(match["accelerators"]),
        "processor_ids": ids(match["processors"]),
        "source": row["memory"] if shifted else row["source"],
        "source_id": SOURCE,
    }


def build(raw: Path, out: Path) -> None:
    """Write the three tables of the calculator and its paper."""
    matches = {row["name"]: row for row in read_csv(CURATED / "calculator_devices.csv")}
    devices = [device(row, matches[row["name"]]) for row in raw_tables.read(raw, "calculator_devices")]
    renamed = {
        (row["provider"], row["region"]): row["catalog_region"]
        for row in read_csv(CURATED / "calculator_regions.csv")
    }
    regions = [
        {
            "provider": row["provider"],
            "region": row["region"],
            "provider_name": row["providerName"],
            "region_name": row["regionName"],
            "country": row["country"],
            "state": row["state"],
            "city": row["city"],
            "intensity_g_per_kwh": row["impact"],
            "offset_percent": row["offsetRatio"],
            "pue": row["PUE"],
            "source": row["source"],
            "comment": row["comment"],
            "catalog_region": renamed.get((row["provider"], row["region"]), row["region"]),
            "source_id": SOURCE,
        }
        for row in raw_tables.read(raw, "calculator_regions")
    ]
    write_table(out / FOLDER / "devices.csv", DEVICES, devices, key=("name",))
    write_table(out / FOLDER / "regions.csv", REGIONS, regions, key=("provider", "region"))
    write_table(out / FOLDER / "paper.csv", PAPER, read_csv(CURATED / "calculator_paper.csv"), key=("what",))
    readme = (CURATED / "calculator_readme.md").read_text(encoding="utf-8")
    (out / FOLDER / "README.md").write_text(readme, encoding="utf-8")
