"""Charts as accessible SVG of our own: bars with ranges, shares of a whole; no dependency, no script.

Horizontal positions are percentages and the text keeps its size, so one drawing fits a phone and a wide page. On the
page the style sheet colours it (classes `chart-*`); `standalone=True` brings the style along, light and dark;
`printed` makes it one for paper: plain colours on white, lengths in pixels, title and notes to be read above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

__all__ = ["Bar", "Share", "bars", "course", "shares"]

STYLE = """
svg.chart{--ink:#1c2321;--soft:#5a6662;--line:#dfe4e0;--accent:#0b6e5f;--tint:#9fc9bf;background:#fff;
font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
@media(prefers-color-scheme:dark){svg.chart{--ink:#e8ecea;--soft:#a3afaa;--line:#38423e;--accent:#5cc9b3;--tint:#2c6a5e;background:#161b19}}
.chart text{fill:var(--ink)}.chart .chart-soft{fill:var(--soft)}.chart .chart-track{fill:var(--line)}
.chart .chart-bar{fill:var(--soft)}.chart .chart-own .chart-bar{fill:var(--accent)}.chart .chart-own text{font-weight:600}
.chart .chart-range{stroke:var(--ink)}.chart .chart-gap{fill:var(--accent)}
""".strip()
PRINT_STYLE = """
.chart text{fill:#1c2321;font-family:"Liberation Sans",Arial,Helvetica,sans-serif;font-size:13px}
.chart .chart-soft{fill:#5a6662;font-size:12px}.chart .chart-heading{font-size:16px;font-weight:bold}
.chart .chart-track{fill:#dfe4e0}.chart .chart-bar{fill:#8b9692}.chart .chart-range{stroke:#1c2321}.chart .chart-gap{fill:#0b6e5f}
.chart .chart-own .chart-bar{fill:#2f9583}.chart .chart-own text{font-weight:bold}
""".strip()
"""For paper: converters know neither variables of CSS nor a reader's dark screen. The first font comes with the converter."""
WIDTH = 640
MARGIN = 20
LINE = 17
LETTERS = 108
"""Most letters of a note in one line: at 12 px they are 5.6 px wide at the mean, which leaves room for wide ones."""
ROW = 40
BAR = 7
SHADES = (1.0, 0.72, 0.52, 0.37, 0.26, 0.18, 0.12, 0.09)
"""Opacities of the accent colour for shares, largest first: one colour, told apart by order and label."""


class Bar(NamedTuple):
    """One bar: `central` with its range, a label, and the figure as it is read."""

    label: str
    shown: str
    central: float
    low: float
    high: float
    own: bool = False
    detail: str = ""
    """Said by a screen reader and a pointer in place of label and figure."""


class Share(NamedTuple):
    """One part of a whole, 0 to 1."""

    label: str
    share: float


def bars(
    rows: Sequence[Bar],
    title: str,
    description: str,
    *,
    ident: str = "bars",
    standalone: bool = False,
    printed: Sequence[str] | None = None,
) -> str:
    """Horizontal bars with their 90 % ranges, in the order given.

    Parameters
    ----------
    rows : the bars; all figures in one unit
    title, description : what the drawing is and what it says, for those who do not see it
    ident : prefix of the ids inside, unique on a page
    standalone : bring the style along, for a file of its own
    printed : notes under the title, none or more, of a drawing for paper

    Returns
    -------
    an `<svg>` element
    """
    most = max((row.high for row in rows), default=0.0) or 1.0
    lines = []
    for at, row in enumerate(rows):
        y = at * ROW
        middle = y + 26 + BAR / 2
        end, low, high = (f"{100 * x / most:.2f}%" for x in (row.central, row.low, row.high))
        ranged = (
            f'<line class="chart-range" stroke="#222" x1="{low}" x2="{high}" y1="{middle:g}" y2="{middle:g}"/>'
            f'<line class="chart-range" stroke="#222" x1="{low}" x2="{low}" y1="{middle - 4:g}" y2="{middle + 4:g}"/>'
            f'<line class="chart-range" stroke="#222" x1="{high}" x2="{high}" y1="{middle - 4:g}" y2="{middle + 4:g}"/>'
            if row.high > row.low
            else ""
        )
        lines.append(
            f'<g class="{"chart-own" if row.own else "chart-other"}"><title>{escape(row.detail or f"{row.label}: {row.shown}")}</title>'
            f'<text x="0" y="{y + 18}">{escape(row.label)}</text>'
            f'<text x="100%" y="{y + 18}" text-anchor="end">{escape(row.shown)}</text>'
            f'<rect class="chart-track" fill="#ddd" x="0" y="{y + 26}" width="100%" height="{BAR}" rx="3.5"/>'
            f'<rect class="chart-bar" fill="#666" x="0" y="{y + 26}" width="{end}" height="{BAR}" rx="3.5"/>{ranged}</g>'
        )
    height, inside = len(rows) * ROW + 4, "".join(lines)
    if printed is not None:
        return _printed(ident, title, description, height, inside, printed)
    return _svg(ident, title, description, height, inside, standalone=standalone)


def shares(
    parts: Sequence[Share], title: str, description: str, *, ident: str = "shares", standalone: bool = False
) -> str:
    """One bar cut into parts, largest first; the labels stand in a list beside it, not inside.

    Parameters
    ----------
    parts : the parts; what they lack to 1 stays empty
    title, description : what the drawing is and what it says
    ident : prefix of the ids inside
    standalone : bring the style along

    Returns
    -------
    an `<svg>` element
    """
    begin, cells = 0.0, []
    for part, shade in zip(
        sorted(parts, key=lambda one: -one.share), (*SHADES, *SHADES[-1:] * len(parts)), strict=False
    ):
        width = max(100 * part.share - 0.3, 0.1)
        cells.append(
            f'<rect class="chart-gap" fill="#0b6e5f" fill-opacity="{shade:g}" x="{begin:.2f}%" y="0" width="{width:.2f}%" height="14">'
            f"<title>{escape(part.label)}: {part.share:.0%}</title></rect>"
        )
        begin += 100 * part.share
    return _svg(ident, title, description, 14, "".join(cells), standalone=standalone)


COURSE_HEIGHT = 160


def course(
    steps: Sequence[tuple[float, float]],
    title: str,
    description: str,
    *,
    unit: str = "",
    ident: str = "course",
    standalone: bool = False,
) -> str:
    """A quantity over time, as steps from zero: how long, how much.

    Parameters
    ----------
    steps : seconds and the mean over them [s], [unit], in order
    title, description : what the drawing is and what it says
    unit : of the quantity, as printed on the highest line
    ident : prefix of the ids inside
    standalone : bring the style along

    Returns
    -------
    an `<svg>` element
    """
    whole_s = sum(seconds for seconds, _ in steps) or 1.0
    most = max((amount for _, amount in steps), default=0.0) or 1.0
    top, bottom, begin = 22.0, COURSE_HEIGHT - 20.0, 0.0
    cells = []
    for seconds, amount in steps:
        height = (bottom - top) * max(amount, 0.0) / most
        width = 100 * seconds / whole_s
        cells.append(
            f'<rect class="chart-gap" fill="#0b6e5f" x="{begin:.3f}%" y="{bottom - height:.2f}" width="{width:.3f}%" '
            f'height="{height:.2f}" shape-rendering="crispEdges"/>'
        )
        begin += width
    label, unit_s = next(
        (text, size)
        for text, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
        if whole_s >= size or size == 1.0
    )
    lines = (
        f'<text x="0" y="14">{most:.4g} {escape(unit)}</text>'
        f'<line class="chart-range" stroke="#222" x1="0" x2="100%" y1="{bottom:g}" y2="{bottom:g}"/>'
        f'<text class="chart-soft" x="0" y="{COURSE_HEIGHT - 4}">0</text>'
        f'<text class="chart-soft" x="100%" y="{COURSE_HEIGHT - 4}" text-anchor="end">{whole_s / unit_s:.3g} {label}</text>'
    )
    return _svg(ident, title, description, COURSE_HEIGHT, "".join(cells) + lines, standalone=standalone)


def _svg(ident: str, title: str, description: str, height: float, inside: str, *, standalone: bool) -> str:
    size = f'width="{WIDTH if standalone else "100%"}" height="{height:g}"'
    style = f"<style>{STYLE}</style>" if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" {size} '
        f'aria-labelledby="{ident}-title {ident}-desc"><title id="{ident}-title">{escape(title)}</title>'
        f'<desc id="{ident}-desc">{escape(description)}</desc>{style}{inside}</svg>'
    )


def _printed(
    ident: str, title: str, description: str, height: float, inside: str, notes: Sequence[str]
) -> str:
    """The drawing for paper: percentages as pixels, a margin on white, the title and its notes above."""
    lines = [line for note in notes for line in wrap(note, LETTERS, break_on_hyphens=False)]
    top = MARGIN + 16 + LINE * len(lines) + 8
    pixels = re.sub(r'="([\d.]+)%"', lambda found: f'="{WIDTH * float(found[1]) / 100:.2f}"', inside)
    said = f'<text class="chart-heading" x="{MARGIN}" y="{MARGIN + 14}">{escape(title)}</text>' + "".join(
        f'<text class="chart-soft" x="{MARGIN}" y="{MARGIN + 16 + LINE * at}">{escape(line)}</text>'
        for at, line in enumerate(lines, 1)
    )
    wide, high = WIDTH + 2 * MARGIN, top + height + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="{wide}" height="{high:g}" '
        f'viewBox="0 0 {wide} {high:g}" aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{escape(title)}</title><desc id="{ident}-desc">{escape(description)}</desc>'
        f'<style>{PRINT_STYLE}</style><rect width="{wide}" height="{high:g}" fill="#fff"/>{said}'
        f'<g transform="translate({MARGIN} {top:g})">{pixels}</g></svg>'
    )
