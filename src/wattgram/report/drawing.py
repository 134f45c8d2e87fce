"""Drawing: one run's emissions as bars with their 90 % ranges, for a paper or a slide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.chart import Bar, bars
from wattgram.report.figures import how_long, label_of, mass, mass_range, quantity, range_text
from wattgram.report.picture import picture
from wattgram.report.sharpen import spread_line
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["footprint_picture", "svg"]

TITLE = "Carbon footprint"
ROWS = (
    ("operational", "Operational, location-based"),
    ("market", "Operational, market-based"),
    ("embodied", "Making of the hardware, its share"),
    ("total", "Total: location-based, and the making"),
)
"""Figures of a footprint that are masses, in the order of a report, and what is written at their bars."""
WORTH_NAMING = 0.005
"""Least share of the spread that is named: less reads 0 % [1]."""


def svg(footprint: Footprint, *, standalone: bool = True) -> str:
    """The run's emissions as bars, light and dark; `standalone` as a file of its own, else within a page."""
    title, says = f"{TITLE}: {_run(footprint)}", " ".join(_says(footprint))
    return bars(_rows(footprint), title, says, ident="footprint", standalone=standalone) + "\n"


def footprint_picture(footprint: Footprint, form: str) -> bytes:
    """The run's emissions as a picture in one of `wattgram.report.picture.PICTURES`.

    Raises
    ------
    InputError : a form that is none; MissingExtraError : the extra is not installed
    """
    says = _says(footprint)
    notes = [_run(footprint), *says, f"Ranges cover 90 %. wattgram, catalog {footprint.catalog.version}."]
    return picture(bars(_rows(footprint), TITLE, " ".join(says), ident="footprint", printed=notes), form)


def _run(footprint: Footprint) -> str:
    found = footprint.assembled
    place = found.place.name if found.place else "place not stated"
    return f"{found.hardware.name} · {how_long(footprint, 'measured energy')} · {place}"


def _rows(footprint: Footprint) -> list[Bar]:
    found = [(name, label, getattr(footprint, name)) for name, label in ROWS]
    if not isinstance(footprint.embodied, Value):  # the total is then the operation again, or not known
        found = [row for row in found if row[0] != "total"]
    known = [row for row in found if isinstance(row[2], Value)]
    if not any(name in ("operational", "total") for name, _, _ in known):
        return [
            _bar(
                "Energy at the facility meter",
                footprint.energy,
                quantity(footprint.energy),
                range_text(footprint.energy),
            )
        ]
    whole = "total" if any(name == "total" for name, _, _ in known) else "operational"
    return [
        _bar(label, value, f"{mass(value.central)} CO2e", mass_range(value), own=name == whole)
        for name, label, value in known
    ]


def _bar(label: str, value: Value, central: str, span: str, *, own: bool = True) -> Bar:
    shown = f"{central} ({span})" if value.high > value.low else central
    return Bar(label, shown, float(value.central), float(value.low), float(value.high), own)


def _says(footprint: Footprint) -> list[str]:
    """The energy, and what makes the spread, largest first."""
    span = f" ({range_text(footprint.energy)})" if footprint.energy.low_sq + footprint.energy.high_sq else ""
    said = [f"{quantity(footprint.energy)}{span} at the facility meter."]
    parts = sorted(
        (f for f in footprint.factors if (f.share or 0) >= WORTH_NAMING), key=lambda f: -(f.share or 0)
    )
    if parts:
        shares = ", ".join(f"{label_of(f.name, f.value)} {f.share:.0%}" for f in parts)
        said.append(f"{spread_line(footprint).removesuffix('.')}: {shares}.")
    return said
