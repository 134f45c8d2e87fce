"""Learn: the figures that the explanations speak of, looked up in the catalog as it is, each with its row."""

from __future__ import annotations

import csv
from typing import Any

from wattgram.catalog import Catalog
from wattgram.estimation import estimate
from wattgram.value import Value
from wattgram.web.messages import Messages
from wattgram.web.view import row_address

__all__ = ["learn_view"]

PLACES = ("Norway", "CA-QC", "France", "GB", "Germany", "Iowa", "Poland", "India")


def _intensity(where: str, boundary: str, catalog: Catalog) -> dict[str, Any] | None:
    footprint = estimate("1000W", "1h", where, pue=1, boundary=boundary, catalog=catalog)
    value, found = footprint.assembled.factors.intensity_g_per_kwh, footprint.assembled
    if not isinstance(value, Value):
        return None
    return {
        "value": value,
        "zone": found.zone,
        "year": found.year,
        "place": found.place.name if found.place else where,
    }


def learn_view(catalog: Catalog, say: Messages) -> dict[str, Any]:
    """Everything the template needs."""
    places = [
        {
            "name": catalog.table("subdivisions").record(where).name if "-" in where else one["place"],
            "figure": say.figure(one["value"].central),
            "year": one["year"],
            "row": row_address("zones", one["zone"]),
            "central": one["value"].central,
        }
        for where in PLACES
        if (one := _intensity(where, "lifecycle", catalog))
    ]
    most = max(place["central"] for place in places)
    for place in places:
        place["width"] = f"{100 * place['central'] / most:.1f}%"
    quebec, iowa = _intensity("CA-QC", "lifecycle", catalog), _intensity("Iowa", "lifecycle", catalog)
    direct = _intensity("CA-QC", "direct", catalog)
    if quebec is None or iowa is None or direct is None:
        raise LookupError("the places that the explanations speak of are in every catalog")
    with open(f"{catalog.folder}/calculator-2026-03/paper.csv", encoding="utf-8", newline="") as handle:
        paper = {row["what"]: float(row["value"]) for row in csv.DictReader(handle)}
    names = {row["provider"]: row["name"] for row in catalog.table("providers").all_rows()}
    return {
        "places": places,
        "figures": {
            "quebec": say.figure(quebec["value"].central),
            "quebec_year": quebec["year"],
            "quebec_direct": say.figure(direct["value"].central),
            "iowa": say.figure(iowa["value"].central),
            "iowa_year": iowa["year"],
            "ratio": say.figure(iowa["value"].central / quebec["value"].central, 2),
            "paper_quebec": say.figure(paper["carbon intensity Quebec (Canada)"]),
            "paper_iowa": say.figure(paper["carbon intensity Iowa (USA)"], 4),
            "zones": say.figure(len(catalog.table("zones").keys()), 6),
            "accelerators": len(catalog.table("accelerators").keys()),
        },
        "pue": _assumptions("pue", catalog, say),
        "load": _assumptions("load", catalog, say),
        "overhead": _assumptions("overhead", catalog, say),
        "fleets": [
            (row["name"], say.digits(row["pue"]), row["pue_year"], row_address("providers", row["provider"]))
            for row in catalog.table("providers").all_rows()
            if row["pue"]
        ],
        "claims": [
            (
                names.get(row["provider"], row["provider"]),
                row["statement"],
                row["basis"],
                row_address("claims", row["id"]),
            )
            for row in catalog.table("claims").all_rows()
            if row["basis"] != "none"
        ],
        "making": [
            (
                row["item"],
                say.span(say.figure(float(row["low_kg"])), say.figure(float(row["high_kg"]))),
                say.figure(float(row["central_kg"])),
                row_address("embodied", row["id"]),
            )
            for row in catalog.table("embodied").all_rows()
            if row["kind"] == "accelerator"
        ],
        "life": [*_assumptions("service-life", catalog, say), *_assumptions("utilisation", catalog, say)],
    }


def _assumptions(factor: str, catalog: Catalog, say: Messages) -> list[dict[str, str]]:
    """The defaults of one factor, as they are now."""
    rows = [
        catalog.assumption(row["id"])
        for row in catalog.table("assumptions").all_rows()
        if row["factor"] == factor
    ]
    return [
        {
            "id": row.id,
            "central": say.figure(row.central),
            "span": say.span(say.figure(row.low), say.figure(row.high)),
            "status": row.status,
            "row": row_address("assumptions", row.id),
        }
        for row in rows
    ]
