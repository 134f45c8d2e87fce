"""LaTeX: a paragraph and a table for a paper; the references are a file of their own (`bibtex`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wattgram.report.bibtex import PAPER_KEY, TOOL_KEY, cite_key
from wattgram.report.figures import (
    ENERGY_WAS,
    LABELS,
    development_line,
    figure,
    how_long,
    label_of,
    mass,
    mass_range,
    origin_word,
    quantity,
    range_text,
)
from wattgram.report.sharpen import what_would_help
from wattgram.report.standards import score_line
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["escape", "latex", "paragraph"]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "×": r"$\times$",
    "÷": r"$\div$",
    "±": r"$\pm$",
    "µ": r"$\mu$",
    "·": r"$\cdot$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "₂": r"$_2$",
    "…": r"\dots{}",
    "–": "--",
    "−": "$-$",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
}
_CO2E = re.compile(r"CO2e?\b")
BOUNDARY = {"lifecycle": "life-cycle", "direct": "direct"}


def escape(text: str) -> str:
    """Text as LaTeX shows it literally."""
    out = "".join(_SPECIAL.get(c, c if c.isprintable() else " ") for c in text)
    return _CO2E.sub(lambda found: f"CO$_2${found[0][3:]}", out)


def _amount(text: str) -> str:
    """A figure and its unit, kept on one line."""
    return escape(text).replace(" ", "~")


def latex(footprint: Footprint) -> str:
    """The paragraph, then the table of factors."""
    return (
        "% For the text of the paper. The references it cites: format bibtex. No package is needed.\n"
        f"{paragraph(footprint)}\n\n{_table(footprint)}"
    )


def paragraph(footprint: Footprint) -> str:
    """What was run, what it drew and emitted, by which assumptions; citations included."""
    found, run = footprint.assembled, footprint.run
    length = how_long(footprint, "")
    duration = f" for {_amount(length)}" if length else ""
    place = f" in {escape(_place(footprint))}" if found.place else ""
    said = [f"We ran {_counted(found.hardware.name)}{duration}{place}."]
    if found.training is not None:
        peak, mfu, hours = found.training.peak_tflop_per_s, found.training.mfu, footprint.device_hours
        said.append(
            f"At a dense peak of {_amount(quantity(peak))} ({found.training.number_format}) and a model FLOPs utilisation of "
            f"{quantity(mfu)}{_cite(mfu.sources)} that takes {_amount(figure(hours.central or 0.0))} device-hours"
            f"{_ranged(range_text(hours))}."
        )
    said.append(_energy(footprint))
    operational = footprint.operational
    if isinstance(operational, Value):
        intensity = found.factors.intensity_g_per_kwh
        basis = f"{_amount(figure(intensity.central or 0.0, 4) + ' g')} of CO$_2$e per kWh"
        zone = f" ({escape(found.zone)}, {found.year}, {BOUNDARY[run.boundary]})" if found.zone else ""
        sources = _cite(intensity.sources)
        said.append(
            f"At a grid intensity of {basis}{zone}{sources} the location-based operational emissions are "
            f"{_amount(mass(operational.central))} of CO$_2$e{_ranged(mass_range(operational) if operational.low_sq else '')}."
        )
    if isinstance(footprint.embodied, Value):
        together = (
            f"; together {_amount(mass(footprint.total.central))}{_ranged(mass_range(footprint.total))}"
            if isinstance(footprint.total, Value)
            else ""
        )
        said.append(
            f"The share of the making of the hardware is {_amount(mass(footprint.embodied.central))} of CO$_2$e"
            f"{_ranged(mass_range(footprint.embodied))}{together}."
        )
    said += _standards(footprint)
    if footprint.development is not None:
        said.append(escape(development_line(footprint)))
    if helps := what_would_help(footprint):
        # for whoever writes the paper, not for whoever reads it
        said.append(f"% {helps}")
    version = escape(footprint.catalog.version)
    said.append(
        f"Ranges cover 90\\,\\%. Estimates were made with wattgram~\\cite{{{TOOL_KEY}}}, catalog {version}, "
        f"after the method of \\cite{{{PAPER_KEY}}}."
    )
    return "\n".join(said)


def _standards(footprint: Footprint) -> list[str]:
    """The lines of the GHG Protocol and of the Software Carbon Intensity."""
    lines = []
    if isinstance(footprint.operational, Value):
        location = _amount(mass(footprint.operational.central))
        if isinstance(footprint.market, Value):
            cited = _cite(tuple(claim.source_id for claim in footprint.assembled.claims))
            market = (
                f"{_amount(mass(footprint.market.central))} market-based, by the provider's claim{cited}, "
                "which is not subtracted"
            )
        else:
            market = "no market-based figure is known, as there is no claim by the provider"
        lines.append(
            f"In the terms of the GHG Protocol, Scope~2, the operational emissions are {location} of CO$_2$e location-based; {market}."
        )
    if footprint.score is not None:
        lines.append(escape(score_line(footprint)))
    return lines


def _counted(hardware: str) -> str:
    """Names of hardware with a count before each: `64xH100` as 64, a thin times sign, H100."""
    return re.sub(r"(?<![\w.])(\d+)x(?=[A-Za-z])", r"\1\\,$\\times$\\,", escape(hardware))


def _energy(footprint: Footprint) -> str:
    """What was measured and where, or that it was estimated; the energy at the facility meter."""
    run, whole = footprint.run, footprint.energy
    there = f"{_amount(quantity(whole))}{_ranged(range_text(whole))}"
    if run.measured_energy_kwh is None:
        return f"The energy at the facility meter is estimated at {there}."
    was = ENERGY_WAS[run.measured_origin]
    if run.measured_scope == "facility":
        return f"The energy {was} at the facility meter is {there}."
    values = {factor.name: factor.value for factor in footprint.factors}
    measured = values["measured_energy_kwh"]
    names = {"overhead": "a server overhead", "pue": "a PUE"}
    by = " and ".join(
        f"{words} of {quantity(values[name])}" for name, words in names.items() if name in values
    )
    at = "devices" if run.measured_scope == "device" else "servers"
    return (
        f"{_amount(quantity(measured))} {'was' if measured.central == 1 else 'were'} {was} ({at}); "
        f"with {by} the energy at the facility meter is {there}."
    )


def _place(footprint: Footprint) -> str:
    place = footprint.assembled.place
    if place is None:
        return ""
    if place.kind == "region" and place.record.city:
        return f"{place.name} ({place.record.city}, {place.country})"
    return place.name


def _ranged(span: str) -> str:
    return f" (90\\,\\% range {_amount(span)})" if span else ""


def _cite(sources: tuple[str, ...]) -> str:
    keys = ",".join(dict.fromkeys(cite_key(key) for joined in sources for key in joined.split("|") if key))
    return f"~\\cite{{{keys}}}" if keys else ""


def _table(footprint: Footprint) -> str:
    rows = [
        "\\begin{table}",
        "  \\centering",
        "  \\caption{Factors of the estimate, with their 90\\,\\% ranges and sources.}",
        "  \\label{tab:carbon}",
        "  \\footnotesize",
        "  \\setlength{\\tabcolsep}{2pt}",
        "  \\begin{tabular}{@{}lrp{0.27\\linewidth}p{0.15\\linewidth}@{}}",
        "    \\hline",
        "    Quantity & Value & 90\\,\\% range & Source \\\\",
        "    \\hline",
    ]
    for factor in footprint.factors:
        value = factor.value
        source = _cite(value.sources).lstrip("~") or escape(origin_word(value))
        cells = (
            escape(label_of(factor.name, value)),
            _amount(quantity(value)),
            _amount(range_text(value)),
            source,
        )
        rows.append(f"    {' & '.join(cells)} \\\\")
    rows.append("    \\hline")
    for name, value in footprint.steps:
        if name in ("device_hours_h", "energy_kwh", "operational_kg", "embodied_kg", "total_kg"):
            span = mass_range(value) if value.unit == "kg" else range_text(value)
            unit = " CO2e" if value.unit == "kg" else ""
            shown = span if value.low_sq + value.high_sq else ""
            cells = (escape(LABELS[name]), _amount(quantity(value) + unit), _amount(shown), "")
            rows.append(f"    {' & '.join(cells)} \\\\")
    if isinstance(footprint.operational, Unknown):
        rows.append("    operational & unknown & & \\\\")
    return "\n".join([*rows, "    \\hline", "  \\end{tabular}", "\\end{table}"]) + "\n"
