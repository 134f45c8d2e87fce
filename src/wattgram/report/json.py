"""JSON: the versioned form that the command, the API and the library share (described in docs/json.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wattgram.report.sharpen import sharper
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["footprint_dict", "json_text"]


def _value(value: Value | Unknown) -> dict[str, float] | None:
    return value.to_dict()


def footprint_dict(footprint: Footprint) -> dict[str, Any]:
    """The answer as plain data: figures as {central, low, high}, null where unknown."""
    from wattgram.footprint import SCHEMA  # noqa: PLC0415 - a footprint is there already

    found, would_help = footprint.assembled, sharper(footprint)
    return {
        "schema": SCHEMA,
        "method": footprint.run.method,
        "boundary": footprint.run.boundary,
        "run": _run(footprint),
        "energy_kwh": _value(footprint.energy),
        "operational_kg": _value(footprint.operational),
        "market_kg": _value(footprint.market),
        "embodied_kg": _value(footprint.embodied),
        "total_kg": _value(footprint.total),
        "water_l": _value(footprint.water),
        "lacoste2019_kg": footprint.lacoste2019_kg,
        "lacoste2019_basis": found.paper_basis,
        "training": _training(footprint),
        "development": _development(footprint),
        "sci": footprint.score.to_dict() if footprint.score is not None else None,
        "factors": [factor.to_dict() for factor in footprint.factors],
        "would_help": would_help.to_dict() if would_help else None,
        "steps": [{"name": name, **value.to_dict(), "unit": value.unit} for name, value in footprint.steps],
        "claims": [
            {
                "basis": claim.basis,
                "matched_share": claim.matched_share,
                "from_year": claim.from_year,
                "to_year": claim.to_year,
                "statement": claim.statement,
                "source": claim.source_id,
            }
            for claim in found.claims
        ],
        "warnings": [notice.to_dict() for notice in footprint.warnings],
        "sources": [
            {"id": key, **{name: source.get(name, "") for name in ("citation", "licence", "url")}}
            for key, source in footprint.sources
        ],
        "catalog": {"version": footprint.catalog.version},
    }


def _run(footprint: Footprint) -> dict[str, Any]:
    run, found = footprint.run, footprint.assembled
    place = found.place
    return {
        "hardware": found.hardware.name,
        "device_count": found.hardware.device_count,
        "duration_h": footprint.duration.central,
        "where": place.name if place else None,
        "zone": found.zone or None,
        "year": found.year,
        "country": (place.country or None) if place else None,
        "provider": (place.provider or None) if place else None,
        "region": (place.region or None) if place else None,
        "start": run.start.isoformat() if run.start else None,
        "workload": run.workload,
        "load": run.load,
        "overhead": run.overhead,
        "pue": run.pue,
        "intensity_g_per_kwh": run.intensity_g_per_kwh,
        "measured_energy_kwh": run.measured_energy_kwh,
        "measured_scope": run.measured_scope if run.measured_energy_kwh is not None else None,
        "embodied": run.embodied,
    }


def _training(footprint: Footprint) -> dict[str, Any] | None:
    """The work the hours follow from, and what it takes; null where the hours were stated."""
    training = footprint.assembled.training
    if training is None:
        return None
    work = training.work
    return {
        "flop": training.flop.to_dict(),
        "parameters": work.parameters,
        "active_parameters": work.active_parameters,
        "tokens": work.tokens,
        "context_tokens": work.context_tokens,
        "lora": work.lora,
        "number_format": training.number_format,
        "peak_tflop_per_s": training.peak_tflop_per_s.to_dict(),
        "mfu": training.mfu.to_dict(),
        "device_hours_h": _value(footprint.device_hours),
        "duration_h": _value(footprint.duration),
    }


def _development(footprint: Footprint) -> dict[str, Any] | None:
    """The run with those that failed or tuned for it; null where it was not asked for."""
    whole = footprint.development
    if whole is None:
        return None
    return {"multiplier": footprint.run.development, **{name: _value(v) for name, v in whole.items()}}


def json_text(footprint: Footprint) -> str:
    """The answer as indented JSON; only finite numbers, so every parser reads it."""
    return json.dumps(footprint_dict(footprint), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
