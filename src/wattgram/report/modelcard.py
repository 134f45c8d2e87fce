"""Model card: the YAML that Hugging Face reads (`co2_eq_emissions`, in grams) and the section people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.report.figures import (
    ENERGY_WAS,
    development_line,
    figure,
    mass,
    mass_range,
    quantity,
    range_text,
)
from wattgram.report.sharpen import what_would_help
from wattgram.report.standards import ghg_line, score_line, score_name
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["metadata", "modelcard", "section", "yaml_text"]

GRAMS_PER_KG = 1e3
TRAINING_TYPE = {"training": "pre-training", "large-training": "pre-training", "finetuning": "fine-tuning"}
"""What the workload says of the training, in the words of the card; unsaid, the line is left out."""
AFTER = "after [Lacoste et al. (2019)](https://arxiv.org/abs/1910.09700)"
BOUNDARY = {"lifecycle": "life-cycle", "direct": "direct"}


def metadata(footprint: Footprint) -> dict[str, Any]:
    """The block `co2_eq_emissions`; what is not known is left out, never guessed."""
    from wattgram.version import __version__  # noqa: PLC0415 - only where it is printed

    found = footprint.assembled
    block: dict[str, Any] = {}
    if isinstance(footprint.operational, Value):
        # ten digits: all that matters of the figure, without the noise of its binary form
        block["emissions"] = float(f"{footprint.operational.central * GRAMS_PER_KG:.10g}")
    block["source"] = f"wattgram {__version__}, catalog {footprint.catalog.version}"
    if footprint.run.workload in TRAINING_TYPE:
        block["training_type"] = TRAINING_TYPE[footprint.run.workload]
    if found.place is not None and found.place.kind != "intensity":
        block["geographical_location"] = _location(footprint)
    block["hardware_used"] = _hardware(footprint)
    return {"co2_eq_emissions": block}


def _ambiguous(footprint: Footprint, what: str) -> bool:
    """Whether the word for the hardware or the place has several readings: then the card prints the word itself."""
    return any(notice.code == f"ambiguous-{what}" for notice in footprint.warnings)


def _hardware(footprint: Footprint) -> str:
    """The hardware as resolved; an ambiguous word as it was said, since a card must not claim to know more."""
    run = footprint.run
    if not _ambiguous(footprint, "hardware"):
        return footprint.assembled.hardware.name
    return run.hardware if run.copies == 1 else f"{run.copies}x{run.hardware}"


def _region(footprint: Footprint) -> str:
    """The region as resolved; an ambiguous word as it was said."""
    place = footprint.assembled.place
    said = (footprint.run.where or "").replace("/", ":").rpartition(":")[2]
    return said if _ambiguous(footprint, "place") and said else place.region if place is not None else ""


def _stated(footprint: Footprint) -> list[tuple[str, str]]:
    """What else was stated, so that the card can be checked from its own words."""
    run = footprint.run
    rows = [
        (f"{name} (stated)", f"{value:.10g}")
        for name, value in (("PUE", run.pue), ("Load", run.load), ("Server overhead", run.overhead))
        if value is not None
    ]
    if run.measured_energy_kwh is not None:
        word = ENERGY_WAS[run.measured_origin]
        rows.append((f"Energy {word} ({run.measured_scope})", f"{run.measured_energy_kwh:.10g} kWh"))
    return rows


def _location(footprint: Footprint) -> str:
    place = footprint.assembled.place
    if place is None:
        return ""
    if place.kind == "region":
        where = ", ".join(
            word for word in (place.record.city, place.record.subdivision or place.country) if word
        )
        return f"{where} ({place.name})"
    return place.name


def yaml_text(footprint: Footprint) -> str:
    """The metadata as YAML."""
    import yaml  # noqa: PLC0415 - only a card needs it

    text: str = yaml.safe_dump(metadata(footprint), sort_keys=False, allow_unicode=True, width=1000)
    return text


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _hours(footprint: Footprint) -> list[tuple[str, str]]:
    """The hours as stated, or the work and the device-hours it takes."""
    training, hours = footprint.assembled.training, footprint.device_hours
    if training is not None:
        span = range_text(hours)
        takes = f"{figure(hours.central or 0.0)}{f' (90 %: {span})' if span else ''}"
        return [("Training compute", quantity(training.flop)), ("Device-hours", takes)]
    stated = footprint.run.duration_h
    return [] if stated is None else [("Hours used", f"{stated:,.10g}")]


def _helps(footprint: Footprint) -> list[tuple[str, str]]:
    # a row of the table: what stands between table and signature would be left behind when a card is rewritten
    helps = what_would_help(footprint)
    return [("What would narrow the range", helps)] if helps else []


def _standards(footprint: Footprint) -> list[tuple[str, str]]:
    """Rows of the GHG Protocol and of the Software Carbon Intensity."""
    rows = []
    if ghg_line(footprint):
        rows.append(("GHG Protocol", ghg_line(footprint).removeprefix("GHG Protocol, ").rstrip(".")))
    if footprint.score is not None:
        rows.append((score_name(footprint), score_line(footprint).partition(": ")[2].rstrip(".")))
    return rows


def section(footprint: Footprint) -> str:
    """The section `Environmental impact` of a card, in Markdown."""
    from wattgram.version import __version__  # noqa: PLC0415 - only where it is printed

    found, run = footprint.assembled, footprint.run
    place = found.place
    rows = [("Hardware", _hardware(footprint))]
    rows += _hours(footprint)
    if place is not None and place.provider:
        rows.append(("Cloud provider", place.provider))
        rows.append(("Compute region", _region(footprint)))
    elif place is not None:
        rows.append(("Location", place.name))
    if found.zone:
        zone = f"{found.zone} {found.year}, {BOUNDARY[run.boundary]}"
        rows.append(("Grid intensity", f"{quantity(found.factors.intensity_g_per_kwh)} CO2e ({zone})"))
    elif run.intensity_g_per_kwh is not None:
        rows.append(("Grid intensity", f"{run.intensity_g_per_kwh:.10g} g/kWh CO2e (stated)"))
    rows += _stated(footprint)
    energy = range_text(footprint.energy)
    rows.append(
        (
            "Energy at the facility meter",
            f"{quantity(footprint.energy)}{f' (90 %: {energy})' if energy else ''}",
        )
    )
    for name, value in (
        ("Carbon emitted (operational, location-based)", footprint.operational),
        ("Carbon of the making of the hardware", footprint.embodied),
        ("Total", footprint.total),
    ):
        if isinstance(value, Value):
            span = f" (90 %: {mass_range(value)})" if value.low_sq + value.high_sq else ""
            rows.append((name, f"{mass(value.central)} CO2e{span}"))
        elif run.embodied or name.startswith("Carbon emitted"):
            rows.append((name, "unknown"))
    rows += _standards(footprint)
    if footprint.development is not None:
        rows.append(("With development", development_line(footprint)))
    rows += _helps(footprint)
    lines = ["## Environmental impact", "", "| | |", "|---|---|"]
    lines += [f"| {_cell(name)} | {_cell(text)} |" for name, text in rows]
    lines += [
        "",
        f"Estimated with wattgram {__version__} (catalog {footprint.catalog.version}), {AFTER}.",
    ]
    return "\n".join(lines) + "\n"


def modelcard(footprint: Footprint) -> str:
    """YAML front matter and the section, as they stand in a README.md of the hub."""
    return f"---\n{yaml_text(footprint)}---\n\n{section(footprint)}"
