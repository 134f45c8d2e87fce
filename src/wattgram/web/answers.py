"""Answers: what the API gives back, as JSON Schema; the names are those of `Footprint.to_dict()` and are fixed."""

from __future__ import annotations

from typing import Any

from wattgram.web.problem import MEDIA_TYPE, PROBLEMS

__all__ = ["ACTIONS", "COMPARISON", "ESTIMATE", "FINDINGS", "PROBLEM_RESPONSES", "TABLE"]

Schema = dict[str, Any]
_NUMBER: Schema = {"type": "number"}
_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_NUMBER: Schema = {"type": ["number", "null"]}


def _object(properties: Schema, *optional: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_RANGE = _object({"central": _NUMBER, "low": _NUMBER, "high": _NUMBER})
_MAYBE_RANGE: Schema = {"anyOf": [_RANGE, {"type": "null"}]}
_SOURCE = _object({"id": _TEXT, "citation": _TEXT, "licence": _TEXT, "url": _TEXT})
_WARNING = _object({"code": _TEXT, "text": _TEXT})
_CATALOG = _object({"version": _TEXT})
_RUN = _object(
    {
        "hardware": _TEXT,
        "device_count": _NUMBER,
        "duration_h": _MAYBE_NUMBER,
        "where": _MAYBE_TEXT,
        "zone": _MAYBE_TEXT,
    }
)
_FACTOR = _object(
    {
        "name": _TEXT,
        "central": _NUMBER,
        "low": _NUMBER,
        "high": _NUMBER,
        "unit": _TEXT,
        "origin": _TEXT,
        "source": _TEXT,
        "reason": _TEXT,
        "share": _NUMBER,
    }
)
ESTIMATE = _object(
    {
        "schema": {"type": "integer", "const": 1},
        "method": _TEXT,
        "boundary": _TEXT,
        "run": _RUN,
        "energy_kwh": _RANGE,
        "operational_kg": _MAYBE_RANGE,
        "market_kg": _MAYBE_RANGE,
        "embodied_kg": _MAYBE_RANGE,
        "total_kg": _MAYBE_RANGE,
        "water_l": _MAYBE_RANGE,
        "lacoste2019_kg": _MAYBE_NUMBER,
        "factors": _list(_FACTOR),
        "warnings": _list(_WARNING),
        "sources": _list(_SOURCE),
        "catalog": _CATALOG,
    }
)
_ENTRY = _object(
    {
        "rank": {"type": "integer"},
        "name": _TEXT,
        "label": _TEXT,
        "own": {"type": "boolean"},
        "hardware": _TEXT,
        "where": _MAYBE_TEXT,
        "energy_kwh": _RANGE,
        "operational_kg": _MAYBE_RANGE,
        "market_kg": _MAYBE_RANGE,
        "embodied_kg": _MAYBE_RANGE,
        "total_kg": _MAYBE_RANGE,
        "ratio": _MAYBE_NUMBER,
        "saved_kg": _MAYBE_NUMBER,
        "probability_lower": _MAYBE_NUMBER,
    }
)
COMPARISON = _object(
    {
        "schema": {"type": "integer", "const": 1},
        "by": _TEXT,
        "figure": _TEXT,
        "constraint": {"type": "object"},
        "run": _RUN,
        "count": {"type": "integer"},
        "entries": _list(_ENTRY),
        "left_out": _list(_object({"name": _TEXT, "reason": _TEXT})),
        "warnings": _list(_WARNING),
        "sources": _list(_SOURCE),
        "catalog": _CATALOG,
    }
)
ACTIONS = _list(
    _object(
        {
            "action": _TEXT,
            "title": _TEXT,
            "text": _TEXT,
            "saved_kg": _MAYBE_RANGE,
            "saved_share": _MAYBE_NUMBER,
            "effort": _TEXT,
            "source": _TEXT,
            "to": _MAYBE_TEXT,
            "separate": {"type": "boolean"},
        }
    )
)
TABLE = _object(
    {
        "table": _TEXT,
        "count": {"type": "integer"},
        "offset": {"type": "integer"},
        "rows": _list({"type": "object", "additionalProperties": _TEXT}),
        "catalog": _CATALOG,
    }
)
FINDINGS = _object(
    {
        "findings": _list(
            _object(
                {
                    "verdict": _TEXT,
                    "claimed_kg": _MAYBE_NUMBER,
                    "recomputed_kg": _MAYBE_NUMBER,
                    "change": _MAYBE_TEXT,
                    "missing": _list(_TEXT),
                    "full": {"anyOf": [ESTIMATE, {"type": "null"}]},
                    "assumed": _list(_TEXT),
                }
            )
        ),
        "catalog": _CATALOG,
    }
)
PROBLEM = _object(
    {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "code": _TEXT},
)
_SAID = {
    status: " · ".join(sorted(meaning for code, (s, meaning) in PROBLEMS.items() if s == status))
    for status in sorted({status for status, _ in PROBLEMS.values()})
}
PROBLEM_RESPONSES: dict[int | str, Schema] = {
    status: {"description": _SAID[status], "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
    for status in (400, 404, 413, 414, 415, 422, 429, 503)
}
