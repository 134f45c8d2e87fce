"""Every formula by dimension: its documented units multiply to the unit it documents, prefix and all."""

from __future__ import annotations

import inspect
import re

import pint
import pytest

from wattgram import chain, formula, methods

UNITS = pint.UnitRegistry()
FUNCTIONS = [
    thing
    for module in (formula, chain, methods)
    for thing in (getattr(module, name) for name in module.__all__)
    if inspect.isfunction(thing)
    and re.search(r"^Returns\n-+\n[^\n]*\[", inspect.getdoc(thing) or "", re.MULTILINE)
]
"""Every public function whose docstring gives its result a unit."""
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
    figures = dict(zip(names, (3.0, 0.5, 7.0, 11.0, 13.0), strict=False))
    plain = function(**figures)
    monkeypatch.setattr(formula, "KILO_PER_UNIT", 1.0)
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


def test_the_name_of_a_quantity_is_its_unit():
    """What ends in _kwh, _kg, _w, _l, _h is documented in kWh, kg, W, L, h, and figures per kWh likewise."""
    ends = {
        "_g_per_kwh": "g/kWh", "_l_per_kwh": "L/kWh", "_kwh": "kWh", "_kg": "kg", "_w": "W", "_l": "L",
        "_h": "h", "_gb": "GB", "_w_per_gb": "W/GB", "_years": "year",
    }  # fmt: skip
    for function in FUNCTIONS:
        units, unit = documented(function)
        for name, found in {**units, function.__name__: unit}.items():
            suffix = next((end for end in sorted(ends, key=len, reverse=True) if name.endswith(end)), None)
            if suffix and name != "hours_per_year":
                assert found == UNITS.Unit(ends[suffix]), (function.__name__, name)


def test_a_swapped_unit_would_be_found():
    """The check can fail: power times intensity is no energy."""
    wrong = (3.0 * UNITS.watt) * (400.0 * UNITS.Unit("g/kWh"))
    assert wrong.dimensionality != (1 * UNITS.kilowatt_hour).dimensionality
