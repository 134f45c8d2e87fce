"""The count of noticed faults counts what it says: a fault in a fork alone, what never runs left out, a sample with its range."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import mutants  # noqa: E402 - the tools are scripts beside the package, found by path
import mutation  # noqa: E402 - (the same)

SOURCE = """\
from __future__ import annotations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike


def sum_of(ätze: int | None, other: float = 1 | 2) -> int | float:
    found: int | None = 3 | 4
    return found
"""


def test_the_range_of_a_sample_by_hand():
    """8 of 10 is 49.0 to 94.3 %, 90 of 100 is 82.6 to 94.5 % (Wilson's interval), all of 10 at least 72.2 %."""
    assert mutation.wilson(8, 10) == pytest.approx((0.490, 0.943), abs=5e-4)
    assert mutation.wilson(90, 100) == pytest.approx((0.826, 0.945), abs=5e-4)
    assert mutation.wilson(10, 10) == pytest.approx((0.722, 1.0), abs=5e-4)


def test_annotations_and_imports_for_types_are_what_never_runs():
    """The bars in three annotations and the condition are found to the column; those of a default and a value are not."""
    spans = sorted(mutants._unevaluated(SOURCE), key=lambda span: span[1])
    lines = SOURCE.splitlines()
    text = [(reason, lines[low[0] - 1][low[1] : high[1]]) for reason, low, high in spans]
    assert text == [
        ("import for types alone", "TYPE_CHECKING"),
        ("annotation", "int | None"),
        ("annotation", "float"),
        ("annotation", "int | float"),
        ("annotation", "int | None"),
    ]


def test_what_is_named_as_no_fault_still_stands_in_the_code():
    """Each line of tools/mutation.toml is a line of its module, each fault another line, each with its reason."""
    for entry in mutants.SETTINGS["equivalent"]:
        lines = [line.strip() for line in mutants.path_of(entry["module"]).read_text("utf-8").splitlines()]
        assert entry["was"] in lines, entry
        assert entry["was"] not in entry["now"]
        assert len(entry["reason"]) > 10
        assert entry["module"] in mutants.SETTINGS["modules"]


def test_every_module_of_the_subject_is_tried():
    """All of `resolve`, `value` and `formula`; a new module of `resolve` is not forgotten."""
    folder = ROOT / "src" / "wattgram" / "resolve"
    inside = {f"resolve/{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"}
    assert set(mutants.SETTINGS["modules"]) == {"value", "formula", *inside}
    assert all((ROOT / path).exists() for path in mutants.SETTINGS["tests"])


TRIAL = """
import sys
sys.path.insert(0, "tools")
import mutation
mutation.SETTINGS["tests"] = ["tests/test_formula.py"]
tests = mutation.baseline(["formula"])
source = mutation.path_of("formula").read_text(encoding="utf-8")
line = next(n for n, text in enumerate(source.splitlines(), 1) if text.endswith("return rated_power_w * load"))
for now in ("load * rated_power_w", "rated_power_w + load", "rated_power_w *", "[rated_power_w for _ in iter(int, 1)]"):
    text = source.replace("return rated_power_w * load", f"return {now}")
    fault = mutation.Mutant("formula", line, "", 0, "", "", text)
    mutation.LEAST_S = 1
    print(mutation.outcome(fault, tests, mutation.spans_of("formula")[line]))
"""


@pytest.mark.slow
def test_a_fault_is_noticed_and_none_is_not():
    """Factors in another order survive; a sum in place of a product and half a line are noticed, an endless loop in time."""
    done = subprocess.run([sys.executable, "-c", TRIAL], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == ["survived", "killed", "killed", "too long"]
