"""HTML: the answer as one page in one file; it loads nothing, prints well, and follows the reader's light or dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from wattgram.chart import Share, shares
from wattgram.report.figures import (
    LABELS,
    development_line,
    energy_range,
    how_long,
    label_of,
    mass,
    mass_range,
    origin_word,
    quantity,
    range_text,
    worked_line,
)
from wattgram.report.sharpen import spread_line, what_would_help
from wattgram.report.standards import ghg_line, score_line
from wattgram.value import Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["STYLE", "html", "safe_link"]

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2321;--soft:#5a6662;--line:#dfe4e0;--accent:#0b6e5f}
@media(prefers-color-scheme:dark){:root{--paper:#111513;--ink:#e8ecea;--soft:#a3afaa;--line:#38423e;--accent:#5cc9b3}}
body{margin:0 auto;max-width:46rem;padding:2rem 1.25rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.1rem;font-weight:500;color:var(--soft);margin:0}h2{font-size:1.05rem;margin:2.2rem 0 .6rem}
.figure{font-size:3rem;font-weight:650;letter-spacing:-.02em;line-height:1.1;margin:.4rem 0 0}.soft{color:var(--soft)}p{margin:.4rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n{text-align:right;white-space:nowrap}tr.sum td,tr.sum th{font-weight:650}a{color:var(--accent)}li{margin:.3rem 0;overflow-wrap:anywhere}
.chart-gap{fill:var(--accent)}@media print{body{max-width:none;padding:0}}
""".strip()


def safe_link(url: str) -> str:
    """The address where it is one of the web; nothing for anything else (an overlay may say what it likes)."""
    return url if url.startswith(("https://", "http://")) else ""


def html(footprint: Footprint) -> str:
    """A complete document."""
    found = footprint.assembled
    place = found.place.name if found.place else "place not known"
    heading = f"{found.hardware.name} · {how_long(footprint, 'measured energy')} · {place}"
    body = [f"<h1>{escape(heading)}</h1>", *_figures(footprint), *_product(footprint)]
    if footprint.warnings:
        notices = "".join(
            f"<li>{escape(notice.text)} <code>{escape(notice.code)}</code></li>"
            for notice in footprint.warnings
        )
        body.append(f"<h2>Mind</h2><ul>{notices}</ul>")
    body.append(
        f"<h2>Sources</h2><ol>{''.join(_source(key, source) for key, source in footprint.sources)}</ol>"
    )
    body.append(
        f'<p class="soft">wattgram, catalog {escape(footprint.catalog.version)}. Ranges cover 90 %.</p>'
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Carbon footprint: {escape(heading)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _figures(footprint: Footprint) -> list[str]:
    value, energy = footprint.operational, footprint.energy
    lines = []
    if isinstance(value, Value):
        lines.append(f'<p class="figure">{escape(mass(value.central))} CO<sub>2</sub>e</p>')
        span = f"90 % range {mass_range(value)}; " if value.low_sq + value.high_sq else ""
        lines.append(f'<p class="soft">{escape(span)}operational, location-based</p>')
    else:
        lines.append(f'<p class="figure">{escape(quantity(energy))}</p>')
    span = energy_range(energy) if energy.low_sq + energy.high_sq else ""
    lines.append(
        f"<p>{escape(quantity(energy))} at the facility meter{f' ({escape(span)})' if span else ''}.</p>"
    )
    if isinstance(footprint.embodied, Value) and not isinstance(footprint.total, Value):
        making = f"{mass(footprint.embodied.central)} CO2e ({mass_range(footprint.embodied)})"
        lines.append(f"<p>The making of the hardware: {escape(making)}.</p>")
    elif isinstance(footprint.embodied, Value):
        lines.append(
            f"<p>With the making of the hardware ({escape(mass(footprint.embodied.central))}): "
            f"{escape(mass(footprint.total.central))} CO<sub>2</sub>e ({escape(mass_range(footprint.total))}).</p>"
        )
    beside = (worked_line(footprint), development_line(footprint), ghg_line(footprint), score_line(footprint))
    lines += [f"<p>{escape(said)}</p>" for said in beside if said]
    claims = " ".join(f"{claim.statement} ({claim.basis})." for claim in footprint.assembled.claims)
    if claims:
        lines.append(f'<p class="soft">{escape(claims)}</p>')
    if footprint.lacoste2019_kg is not None:
        lines.append(
            f'<p class="soft">By the method of Lacoste et al. 2019: {escape(mass(footprint.lacoste2019_kg))}.</p>'
        )
    return lines


def _product(footprint: Footprint) -> list[str]:
    rows = []
    for factor in footprint.factors:
        value = factor.value
        share = f"{factor.share:.0%}" if factor.share else ""
        cells = f'<td class="n">{escape(quantity(value))}</td><td class="n">{escape(range_text(value))}</td><td class="n">{share}</td>'
        rows.append(
            f'<tr><th scope="row">{label_of(factor.name, value)}</th>{cells}<td>{escape(_why(value))}</td></tr>'
        )
    for name, value in footprint.steps:
        span = mass_range(value) if value.unit == "kg" else range_text(value)
        shown = span if value.low_sq + value.high_sq else ""
        cells = f'<td class="n">{escape(quantity(value))}</td><td class="n">{escape(shown)}</td><td></td><td></td>'
        rows.append(f'<tr class="sum"><th scope="row">{LABELS[name]}</th>{cells}</tr>')
    parts = [Share(label_of(f.name, f.value), f.share) for f in footprint.factors if f.share]
    spread = shares(parts, "What makes the spread", what_would_help(footprint)) if parts else ""
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("quantity", "value", "90 % range", "of the spread", "why")
    )
    return [
        f'<h2>The product</h2><div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>',
        f"<p>{spread}</p><p>{escape(spread_line(footprint))} {escape(what_would_help(footprint))}</p>"
        if parts
        else "",
    ]


def _why(value: Value) -> str:
    """Origin and reason; what was stated needs no second word."""
    word = origin_word(value)
    return word if value.reason in ("", word) else f"{word}: {value.reason}"


def _source(key: str, source: dict[str, str]) -> str:
    text = escape(source.get("citation", key))
    url = safe_link(source.get("url", ""))
    linked = f'<a href="{escape(url)}" rel="noreferrer">{text}</a>' if url else text
    licence = f' <span class="soft">({escape(source["licence"])})</span>' if source.get("licence") else ""
    return f"<li>{linked}{licence}</li>"
