"""Every public function that takes or gives a number says the unit of it in its docstring, not in a name alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "wattgram"
A_NUMBER = re.compile(r"\b(float|Number)\b")
NAMED = re.compile(r"_(w|kw|kwh|wh|kg|g|g_per_kwh|l|l_per_kwh|h|s|j|gb|flop|tflop_per_s|years)$")
UNIT = re.compile(
    r"\[(1|%|[kMm]?Wh?|W/GB|[mu]?J|J|g/kWh|g CO2/kWh|g h/kWh|(kg|g) CO2e(/(kWh|J|unit|year|slot))?|kg|L|L/kWh|h|h/year|s|years"
    r"|T?FLOP|TFLOP/s|GB|km|deg|unit|UTC datetime|ln J)([ ,;)][^\]]*)?\]|\[as [^\]]+\]"
)
"""A unit between brackets and what it is told from (`[s since 1970]`); `[as ...]` where it is that of something named."""


def public_functions(path):
    """Each function and method that a module lists in `__all__`, with its dotted name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    listed = {
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        for name in ast.literal_eval(node.value)
    }
    for node in tree.body:
        if getattr(node, "name", "") not in listed:
            continue
        if isinstance(node, ast.FunctionDef) and not any(
            "overload" in ast.unparse(d) for d in node.decorator_list
        ):
            yield node.name, node
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                yield f"{node.name}.{method.name}", method


def has_a_number(name, function):
    """Whether a parameter or the result is a number, by its annotation or by a name that ends in a unit."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    annotations = [one.annotation for one in given] + [function.returns]
    return any(NAMED.search(one) for one in (name, *(one.arg for one in given))) or any(
        A_NUMBER.search(ast.unparse(one)) for one in annotations if one is not None
    )


def unstated(path):
    """The functions of a module that handle a number and name no unit."""
    return [
        name
        for name, function in public_functions(path)
        if has_a_number(name, function) and not UNIT.search(ast.get_docstring(function) or "")
    ]


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix()
)
def test_every_public_number_has_its_unit(path):
    """A float comes and goes with `[unit]`; a `Value` carries its own, and a count (`int`) needs none."""
    assert unstated(path) == []


def test_a_number_without_its_unit_is_found(tmp_path):
    """The check finds the float that says nothing, and the name that ends in a unit; a private one is let be."""
    path = tmp_path / "module.py"
    path.write_text(
        "__all__ = ['said', 'unsaid', 'heat_w']\n"
        "def said(x: float) -> None:\n    'x [kg]'\n"
        "def unsaid(x: 'float | None') -> None:\n    'pip install wattgram[web]'\n"
        "def heat_w(a):\n    'Heat in watts.'\n"
        "def hidden(x: float) -> float:\n    'Nothing.'\n"
    )
    assert unstated(path) == ["unsaid", "heat_w"]
