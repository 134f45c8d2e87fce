"""Mutation score: one small fault after another is put into the arithmetic, and a test must fail for each.

    make mutation                                     all modules that tools/mutation.toml names
    python tools/mutation.py value resolve/place      these alone
    python tools/mutation.py --survivors              what survived last time, once more
    python tools/mutation.py --sample 400 --seed 1    a random part of each module, with the range of its score

The faults are those of cosmic-ray (its operators, none chosen by us). It starts a new Python for each, which takes a
second and more; here each is a fork of one process that has pytest and the libraries in memory, but nothing of
wattgram, which it imports with the fault in it. Of the tests only those run that pass through the changed statement,
the fastest first, until one fails. No file is changed, so it may be stopped at any time.

What cannot fail a test is left out and counted: annotations (never evaluated), imports for types alone, and the
faults that tools/mutation.toml names, each with its reason. Run it where cosmic-ray is (`make mutation` sees to it).
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.machinery
import importlib.util
import json
import math
import os
import random
import resource
import signal
import sys
import tempfile
import time
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import _hypothesis_pytestplugin as hypothesis_plugin
import coverage
import hypothesis
import pytest
import syrupy

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "wattgram"
SETTINGS = tomllib.loads((ROOT / "tools" / "mutation.toml").read_text(encoding="utf-8"))
RESULTS = ROOT / "build" / "mutation.json"
PRELOADED = ("narwhals.stable.v2", "polars", "pint", "syrupy.extensions.single_file", "yaml", "click")
"""What the tests import beside wattgram; a fork has it for nothing."""
PYTEST = (
    "-x",
    "-q",
    "--assert=plain",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:unraisableexception",
    "-m",
    "not slow",
)
LEAST_S = 10
Z_95 = 1.96


class Mutant(NamedTuple):
    """One fault: where it stands and how to make it again."""

    module: str
    line: int
    operator: str
    occurrence: int
    was: str
    now: str
    source: str


class Tests(NamedTuple):
    """What the unchanged code tells: which tests pass through which line, how long each takes, and how long its file."""

    of_line: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]
    loading: dict[str, float]

    def of(self, module: str, span: range) -> list[str]:
        """Tests that pass through these lines, the fastest first; all where they run at import."""
        lines = self.of_line.get(module, {})
        found = {test for line in span for test in lines.get(line, ())}
        return sorted(self.seconds if "" in found else found, key=lambda test: (self.seconds[test], test))

    def files(self, module: str, chosen: Sequence[str]) -> list[str]:
        """The files of these tests: that of the module first, then those that load fastest."""
        own = f"test_{Path(module).name}.py"
        files = dict.fromkeys(test.split("::")[0] for test in chosen)
        return sorted(files, key=lambda file: (not file.endswith(own), self.loading[file]))


# --- the faults -----------------------------------------------------------------------------------------------------


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


# --- the tests ------------------------------------------------------------------------------------------------------


class Chosen:
    """Takes part in a pytest run: these tests alone, in this order; no search for the smallest example."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}

    def pytest_collection(self) -> None:
        """After conftest.py, before any test module."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        quiet = list(hypothesis.HealthCheck)
        hypothesis.settings.register_profile(
            "mutation",
            deadline=None,
            database=None,
            derandomize=True,
            phases=phases,
            suppress_health_check=quiet,
        )
        hypothesis.settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """What is asked for, fastest first."""
        if self.order:
            items[:] = sorted(
                (item for item in items if item.nodeid in self.order),
                key=lambda item: self.order[item.nodeid],
            )

    def pytest_runtest_makereport(self, call: Any) -> None:
        """The first failure is enough; nobody reads its story."""
        if call.excinfo and not isinstance(call.excinfo.value, pytest.skip.Exception) and self.order:
            os._exit(1)


class Recorded(Chosen):
    """Takes part in the first run: which test passes through which line."""

    def __init__(self, cover: coverage.Coverage) -> None:
        super().__init__(())
        self.cover, self.seconds, self.loading = cover, {}, {}

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Iterator[None]:
        """How long a test file takes to load."""
        began = time.process_time()
        done = yield
        self.loading[collector.nodeid] = time.process_time() - began
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Each test finds an empty memory, so that none lives on another's look-ups."""
        from wattgram.catalog import Catalog

        for catalog in Catalog._loaded.values():  # noqa: SLF001 - a tool may
            catalog.memory.clear()
        self.cover.switch_context(item.nodeid)
        began = time.process_time()
        done = yield
        self.seconds[item.nodeid] = time.process_time() - began
        self.cover.switch_context("")
        return done


def baseline(modules: Sequence[str]) -> Tests:
    """The tests on the unchanged code, in a fork, with the lines each of them runs."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "baseline.json"

        def record() -> int:
            files = {str(path_of(module)): module for module in modules}
            cover = coverage.Coverage(data_file=None, config_file=False, include=list(files), messages=False)
            cover.start()
            plugin = Recorded(cover)
            code = pytest.main([*PYTEST, *SETTINGS["tests"]], plugins=[syrupy, hypothesis_plugin, plugin])
            cover.stop()
            data = cover.get_data()
            lines = {module: data.contexts_by_lineno(file) for file, module in files.items()}
            told.write_text(json.dumps([lines, plugin.seconds, plugin.loading]), encoding="utf-8")
            return int(code)

        if forked(record, 600) != 0:
            sys.exit("the tests do not pass on the unchanged code")
        lines, seconds, loading = json.loads(told.read_text(encoding="utf-8"))
    return Tests({m: {int(n): tests for n, tests in of.items()} for m, of in lines.items()}, seconds, loading)


class Faulty(importlib.machinery.SourceFileLoader):
    """Loads a module from the text of a mutant."""

    source = ""

    def get_code(self, fullname: str) -> Any:  # noqa: ARG002 - as the loader has it
        """The mutant, compiled."""
        return compile(self.source, self.path, "exec", dont_inherit=True)


class Finder:
    """Finds the one module that is changed."""

    def __init__(self, mutant: Mutant) -> None:
        self.path = path_of(mutant.module)
        self.name = "wattgram." + mutant.module.replace("/", ".").removesuffix(".__init__")
        self.loader = Faulty(self.name, str(self.path))
        self.loader.source = mutant.source

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        """Its specification, with our loader; the others are found as ever."""
        if name != self.name:
            return None
        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, self.path, loader=self.loader, submodule_search_locations=inside
        )


def forked(work: Any, seconds: float) -> int:
    """The exit code of this work in a fork, 99 where it takes too long or dies."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        signal.alarm(math.ceil(seconds))
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        code = 99
        try:
            code = work()
        except BaseException:  # noqa: BLE001 - a fork ends here, whatever comes
            code = 99
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 99


def outcome(mutant: Mutant, tests: Tests, span: range) -> str:
    """`killed`, `too long` (which a test run also notices), `survived`, or `no test` where none passes through it."""
    chosen = tests.of(mutant.module, span)
    if not chosen:
        return "no test"

    def attempt() -> int:
        sys.meta_path.insert(0, Finder(mutant))
        for file in tests.files(mutant.module, chosen):
            code = pytest.main([*PYTEST, file], plugins=[syrupy, hypothesis_plugin, Chosen(chosen)])
            if code:
                return int(code)
        return 0

    code = forked(attempt, LEAST_S + 5 * sum(tests.seconds[test] for test in chosen))
    return {0: "survived", 99: "too long"}.get(code, "killed")


def spans_of(module: str) -> dict[int, range]:
    """Line -> the lines of the innermost statement it belongs to (of a compound one, its head)."""
    spans: dict[int, range] = {}
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):  # outer statements first
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno
            span = range(node.lineno, max(end, node.lineno) + 1)
            spans |= dict.fromkeys(span, span)
    return spans


# --- the report -----------------------------------------------------------------------------------------------------


def table(results: Sequence[dict[str, Any]], whole: dict[str, int]) -> list[str]:
    """The score of each module, as Markdown; of a sample with its 95 % range (Wilson)."""
    rows = ["| module | faults | tried | noticed | score |", "|---|--:|--:|--:|--:|"]
    modules = list(dict.fromkeys(result["module"] for result in results))
    for name, members in [*((module, [module]) for module in modules), ("together", modules)]:
        of = [result for result in results if result["module"] in members]
        noticed = sum(result["outcome"] in ("killed", "too long") for result in of)
        faults = sum(whole[module] for module in members)
        score = f"{noticed / len(of):.1%}"
        if len(of) < faults:
            low, high = wilson(noticed, len(of))
            score += f" ({low:.1%} to {high:.1%})"
        rows.append(f"| {name} | {faults} | {len(of)} | {noticed} | {score} |")
    return rows


def wilson(noticed: int, tried: int) -> tuple[float, float]:
    """95 % range of a share seen in a sample (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    share, z_sq = noticed / tried, Z_95**2
    middle = (share + z_sq / (2 * tried)) / (1 + z_sq / tried)
    half = Z_95 * math.sqrt(share * (1 - share) / tried + z_sq / (4 * tried**2)) / (1 + z_sq / tried)
    return middle - half, middle + half


def main() -> None:
    """Try the faults, print the survivors and the score."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("modules", nargs="*", default=SETTINGS["modules"], help="as in tools/mutation.toml")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="at most N faults of each module, drawn by chance"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--survivors", action="store_true", help="only what survived last time")
    said = parser.parse_args()
    os.chdir(ROOT)
    for name in PRELOADED:
        importlib.import_module(name)
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if said.survivors else []
    again = {(r["module"], r["was"], r["now"]) for r in before if r["outcome"] in ("survived", "no test")}
    tests, spans = baseline(said.modules), {module: spans_of(module) for module in said.modules}
    left_out: Counter[str] = Counter()
    gc.disable()
    gc.freeze()  # a fork need not look through what it was born with
    chance, whole, results = random.Random(said.seed), {}, []  # noqa: S311 - a sample that can be drawn again
    for module in said.modules:
        found = list(mutants_of(module, left_out))
        whole[module] = len(found)
        if said.survivors:
            found = [mutant for mutant in found if (mutant.module, mutant.was, mutant.now) in again]
        if said.sample and said.sample < len(found):
            found = sorted(chance.sample(found, said.sample), key=lambda mutant: mutant.line)
        for mutant in found:
            how = outcome(mutant, tests, spans[module].get(mutant.line, range(mutant.line, mutant.line + 1)))
            results.append({**mutant._asdict(), "source": "", "outcome": how})
            if how in ("survived", "no test"):
                print(f"{how}: {module}:{mutant.line}\n  - {mutant.was}\n  + {mutant.now}", flush=True)
        print(f"{module}: {len(found)} tried, {_cpu_s():.0f} s of processor time so far", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    if not said.survivors:
        RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(*table(results, whole) if results else (), sep="\n")
    print("left out:", ", ".join(f"{number} {reason}" for reason, number in left_out.items()) or "nothing")
    for name in stale(said.modules):
        print(f"no such fault any more, take it out of tools/mutation.toml: {name}")


def _cpu_s() -> float:
    own, forks = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + forks.ru_utime + forks.ru_stime


if __name__ == "__main__":
    main()
