"""Every formula by dimension: its documented units multiply to the unit it documents, prefix and all."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import pkgutil
import re
import sys
from pathlib import Path

import pint
import pytest

from wattgram import calculator, chain, flop, formula, token_energy

ROOT = Path(__file__).parents[1]
_spec = importlib.util.spec_from_file_location("build_reference", ROOT / "tools" / "build_reference.py")
build_reference = importlib.util.module_from_spec(_spec)
sys.modules["build_reference"] = build_reference
_spec.loader.exec_module(build_reference)

UNITS = pint.UnitRegistry()
UNITS.define("FLOP = [operation]")
NO_DIMENSION = {
    token_energy.joule_per_output_token: "a fit of logarithms, whose coefficients hold for joules and 1e9 parameters alone",
    calculator.page_kg: "rounds numbers of kWh and kg, as the page did",
}
"""Formulas that quantities cannot go through, and why; each is held by worked figures in the test of its module."""
SHOWN = [
    *(one for module in build_reference.ARITHMETIC for one in build_reference.functions_of(module)),
    *build_reference.METHODS,
]
"""Every public function of the arithmetic and of the other methods: what docs/reference/formulas.md shows."""
FUNCTIONS = [one for one in SHOWN if one not in NO_DIMENSION]
PREFIXES = {
    formula: ("KILO_PER_UNIT",),
    flop: ("TERA_PER_UNIT", "HOURS_PER_SECOND"),
    token_energy: ("KWH_PER_J", "HOURS_PER_SECOND"),
}
"""Figures that turn one unit into another, which quantities do by themselves."""
ELSEWHERE = {
    "wattgram.comparison.compare": "a scaling of hours, in prose",
    "wattgram.comparison.likelihood.apart": "a probability, of numbers without unit",
    "wattgram.comparison.likelihood.probability_lower": "a probability, of numbers without unit",
    "wattgram.comparison.limits.distance_km": "an angle times a radius; tests/comparison/test_elsewhere.py has known distances",
    "wattgram.resolve.fill.published_pue": "a ratio of energies, without unit",
    "wattgram.resolve.hours.series_intensity": "an integral over time over that time",
    "wattgram.series.Series.mean_g_per_kwh": "an integral over time over that time",
}
"""Formulas of views and look-ups that say what they return in a unit, and why no quantity goes through them."""
WORDS = {"1": "dimensionless", "years": "year"}


def unit_of(text: str) -> pint.Unit:
    """The unit between brackets, CO2e being a mass like any other: `g CO2e/kWh` is g/kWh."""
    bare = text.replace("CO2e", "").replace(" ", "")
    return UNITS.Unit(WORDS.get(bare, bare))


def documented(function) -> tuple[dict[str, pint.Unit], pint.Unit]:
    """Units of the parameters and of the result, as the docstring has them."""
    doc = inspect.getdoc(function) or ""
    parameters = doc.split("Parameters\n")[1].split("Returns\n")[0]
    units = {}
    for names, unit in re.findall(r"^(\w[\w, ]*) : [^\n]*?\[([^\]]+)\]", parameters, re.MULTILINE):
        units |= dict.fromkeys((name.strip() for name in names.split(",")), unit_of(unit))
    result = re.search(r"\[([^\]]+)\]", doc.split("Returns\n")[1])
    return units, unit_of(result[1])


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_the_units_of_a_formula_multiply_to_its_own(function, monkeypatch):
    """With quantities for numbers (and no prefix of its own), the result converts to the documented unit and figure."""
    units, unit = documented(function)
    names = list(inspect.signature(function).parameters)
    assert list(units) == names, "every parameter has its unit"
    figures = dict(zip(names, (3.0, 0.5, 7.0, 11.0, 13.0, 17.0), strict=False))
    assert len(figures) == len(names)
    plain = function(**figures)
    for module, constants in PREFIXES.items():
        for name in constants:
            monkeypatch.setattr(module, name, 1.0)
    if function is chain.lacoste2019_kg:
        quantities = {name: figures[name] * units[name] for name in names}
        power = formula.it_power_w(
            formula.device_power_w(quantities["rated_power_w"], 1.0), 0.0 * UNITS.watt, 1.0
        )
        energy = formula.energy_kwh(power, quantities["duration_h"])
        found = formula.operational_kg(energy, quantities["intensity_g_per_kwh"])
    else:
        found = function(**{name: figures[name] * units[name] for name in names})
    assert found.dimensionality == (1 * unit).dimensionality
    assert found.to(unit).magnitude == pytest.approx(plain, rel=1e-12)


def test_no_formula_is_left_out():
    """Whatever has a formula and gives a unit goes through the check of dimensions, or stands here with the reason why not.

    A module whose functions import nothing but `Number` is arithmetic, and is listed as such.
    """
    found = build_reference.formulas_elsewhere()
    assert set(ELSEWHERE) <= set(found), "no reason for what is gone"
    unlisted = set(found) - set(ELSEWHERE)
    assert [name for name in sorted(unlisted) if gives_a_unit(name)] == []
    arithmetic = {path.stem for path in (ROOT / "src/wattgram").glob("*.py") if imports_numbers_alone(path)}
    assert arithmetic == {module.__name__.rpartition(".")[2] for module in build_reference.ARITHMETIC}


def gives_a_unit(name):
    """Whether the docstring of a function gives its result a unit."""
    docstring = inspect.getdoc(pkgutil.resolve_name(name)) or ""
    return re.search(r"(?m)^Returns\n-+\n[^\n]*\[", docstring)


def imports_numbers_alone(path):
    """Whether all that a module takes of the package is `Number`."""
    imported = [
        (node.module, one.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wattgram")
        for one in node.names
    ]
    return imported == [("wattgram.value", "Number")]


def test_the_name_of_a_quantity_is_its_unit():
    """What ends in _kwh, _kg, _w, _l, _h is documented in kWh, kg, W, L, h, and figures per kWh likewise."""
    ends = {
        "_g_per_kwh": "g/kWh", "_l_per_kwh": "L/kWh", "_kwh": "kWh", "_kg": "kg", "_w": "W", "_l": "L",
        "_h": "h", "_gb": "GB", "_w_per_gb": "W/GB", "_years": "year", "_j": "J", "_kg_per_j": "kg/J",
        "_flop": "FLOP", "_flop_per_token": "FLOP", "_tflop_per_s": "TFLOP/s", "_hours_per_year": "h/year",
    }  # fmt: skip
    for function in FUNCTIONS:
        units, unit = documented(function)
        for name, found in {**units, function.__name__: unit}.items():
            suffix = next((end for end in sorted(ends, key=len, reverse=True) if name.endswith(end)), None)
            if suffix and name not in ("hours_per_year", "kwh_of_j"):
                assert found == UNITS.Unit(ends[suffix]), (function.__name__, name)


def misdocumented_kwh(it_power_w, intensity_g_per_kwh):
    """Energy that multiplies a power by an intensity.

    Parameters
    ----------
    it_power_w : power [W]
    intensity_g_per_kwh : grid intensity [g CO2e/kWh]

    Returns
    -------
    energy [kWh]
    """
    return it_power_w * intensity_g_per_kwh


def test_a_swapped_unit_would_be_found(monkeypatch):
    """The check of every formula fails on one whose units do not multiply to what it documents."""
    with pytest.raises(AssertionError):
        test_the_units_of_a_formula_multiply_to_its_own(misdocumented_kwh, monkeypatch)
