"""A comparison as a drawing: a bar and its 90 % range for every alternative, on a page or on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattgram.chart import Bar, bars
from wattgram.report.comparison import HEADINGS, MOST_LINES, cells_of, emissions_of, run_line, sentence
from wattgram.report.picture import picture

if TYPE_CHECKING:
    from wattgram.comparison import Comparison

__all__ = ["comparison_picture", "comparison_svg"]


def comparison_svg(
    comparison: Comparison, most: int, *, standalone: bool = False, printed: bool = False
) -> str:
    """The comparison as bars with their ranges; `printed` for paper, with what they show said above them."""
    rows = []
    for entry in comparison.shown(most):
        name, label, central, span, change, probability = cells_of(comparison, entry)
        value = entry.figure(comparison.figure)
        shown = f"{central} · {change}" if change else central
        detail = f"{name} {label}: {central} CO2e, 90 % range {span}, {change}"
        if probability:
            detail += f", lower with probability {probability}"
        title = f"{name} · {label}" if label else name
        rows.append(Bar(title, shown, value.central, value.low, value.high, entry.own, detail))  # type: ignore[arg-type]
    title, says = HEADINGS[comparison.by], sentence(comparison)
    notes = (
        [run_line(comparison), f"{emissions_of(comparison)}, with the 90 % range of each. {says}"]
        if printed
        else None
    )
    return bars(rows, title, says, ident="compare", standalone=standalone, printed=notes)


def comparison_picture(comparison: Comparison, form: str, most: int | None = None) -> bytes:
    """The comparison as a picture in one of PICTURES.

    Raises
    ------
    InputError : a form that is none; MissingExtraError : the extra is not installed
    """
    return picture(comparison_svg(comparison, most or MOST_LINES, printed=True), form)
