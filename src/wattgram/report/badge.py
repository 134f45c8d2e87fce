"""Badge: the figure as a small SVG for a README; it says its range to a pointer and a screen reader."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from wattgram.report.figures import mass, mass_range, quantity, range_text
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["badge"]

LABEL = "carbon"
NARROW, WIDE, USUAL = 3.6, 9.6, 6.8
"""Widths of letters at 11 px [px]; `textLength` then makes the text fit whatever font there is."""


def _width(text: str) -> float:
    return sum(NARROW if c in " .,:il1|'" else WIDE if c in "mMWOC" else USUAL for c in text)


def badge(footprint: Footprint) -> str:
    """An SVG of 20 px height: `carbon | 185 kg CO₂e`; the energy where the place is unknown."""
    value = footprint.headline
    if isinstance(footprint.operational, Value):
        shown, span = f"{mass(value.central)} CO₂e", mass_range(value)
    else:
        shown, span = quantity(value), range_text(value)
    said = f"{LABEL}: {shown}" + (f" (90 % range {span})" if value.low_sq or value.high_sq else "")
    left, right = round(_width(LABEL)) + 12, round(_width(shown)) + 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{escape(said)}">'
        f"<title>{escape(said)}</title>"
        f'<rect width="{left + right}" height="20" rx="3" fill="#3d4743"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z" fill="#0b6e5f"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="6" y="14" textLength="{left - 12}" lengthAdjust="spacingAndGlyphs">{LABEL}</text>'
        f'<text x="{left + 6}" y="14" textLength="{right - 12}" lengthAdjust="spacingAndGlyphs">{escape(shown)}</text>'
        "</g></svg>\n"
    )
