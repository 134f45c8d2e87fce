"""The faults of tools/mutation.py: what cosmic-ray would change in a module, without what cannot fail a test."""

from __future__ import annotations

import ast
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "wattgram"
SETTINGS = tomllib.loads((ROOT / "tools" / "mutation.toml").read_text(encoding="utf-8"))


class Mutant(NamedTuple):
    """One fault: where it stands and how to make it again."""

    module: str
    line: int
    operator: str
    occurrence: int
    was: str
    now: str
    source: str


def mutants_of(module: str, left_out: Counter[str]) -> Iterator[Mutant]:
    """Every fault of cosmic-ray's operators in a module that can matter."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    source = path_of(module).read_text(encoding="utf-8")
    tree, lines = get_ast(source), source.splitlines()
    unevaluated = list(_unevaluated(source))
    known = {source}
    for name in sorted(plugins.operator_names()):
        kind = plugins.get_operator(name)
        if kind.arguments():  # these need the name of a variable
            continue
        operator = kind()
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            reason = next((reason for reason, low, high in unevaluated if low <= start < high), None)
            changed = None if reason else mutate_code(source, operator, occurrence)
            if reason or changed in known or changed is None or not _compiles(changed):
                left_out[reason or "that the compiler refuses or that are the same text"] += 1
                continue
            known.add(changed)
            was, now = _difference(lines, changed.splitlines())
            if said := _named(module, was, now):
                left_out[said] += 1
                continue
            yield Mutant(module, start[0], name.removeprefix("core/"), occurrence, was, now, changed)


def _unevaluated(source: str) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Spans of the source that never run: annotations, and the condition of imports for types alone."""
    lines = source.encode().split(b"\n")
    at = lambda line, byte: (line, len(lines[line - 1][:byte].decode()))  # noqa: E731
    for node in ast.walk(ast.parse(source)):
        parts: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parts = [("annotation", node.returns)]
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            parts = [("annotation", node.annotation)]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            parts = [("import for types alone", node.test)]
        for reason, part in parts:
            if part is not None:
                yield reason, at(part.lineno, part.col_offset), at(part.end_lineno, part.end_col_offset)


def _compiles(source: str) -> bool:
    """Whether the compiler takes it without a word; it warns of `x is 1`, which is `x == 1` by chance."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(source, "mutant", "exec", dont_inherit=True)
        except (SyntaxError, SyntaxWarning, ValueError):
            return False
    return True


def _difference(before: list[str], after: list[str]) -> tuple[str, str]:
    """The changed text, as a line before and after."""
    head = next((n for n, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), 0)
    tail = len(before) - len(after)
    return " ".join(before[head : head + 1 + max(tail, 0)]).strip(), after[head].strip()


def _named(module: str, was: str, now: str) -> str | None:
    """Whether tools/mutation.toml names this fault as one that changes nothing."""
    for entry in SETTINGS["equivalent"]:
        if entry["module"] == module and entry["was"] == was and now in entry["now"]:
            entry["met"] = {*entry.get("met", ()), now}
            return "named in tools/mutation.toml"
    return None


def stale(modules: Sequence[str]) -> list[str]:
    """Names of faults in tools/mutation.toml that no fault answers to any more."""
    return [
        f"{entry['module']}: {now}"
        for entry in SETTINGS["equivalent"]
        if entry["module"] in modules
        for now in entry["now"]
        if now not in entry.get("met", ())
    ]


def path_of(module: str) -> Path:
    """The file of a module named as below `wattgram`."""
    return PACKAGE / f"{module}.py"
