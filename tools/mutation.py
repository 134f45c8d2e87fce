"""Mutation score: one small fault after another is put into the arithmetic, and a test must fail for each.

    make mutation                                     all modules that tools/mutation.toml names
    python tools/mutation.py value resolve/place      these alone
    python tools/mutation.py --survivors              what survived last time, and what is new since then
    python tools/mutation.py --sample 400 --seed 1    a random part of each module, with the range of its score

The faults are those of cosmic-ray (its operators, none chosen by us). It starts a new Python for each, which takes a
second and more; here each is a fork of one process that has pytest and the libraries in memory, but nothing of
wattgram, which it imports with the fault in it. Of the tests only those run that pass through the changed statement,
the fastest first, until one fails. No source file is changed, so it may be stopped at any time; build/mutation.json
keeps what is known of each module.

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
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import _hypothesis_pytestplugin as hypothesis_plugin
import coverage
import hypothesis
import pytest
import syrupy

from mutants import ROOT, SETTINGS, Mutant, mutants_of, path_of, stale

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
NOTICED = ("killed", "too long")
Z_95 = 1.96


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


def table(kept: dict[str, dict[str, Any]]) -> list[str]:
    """The score of each module, as Markdown; of a sample with its 95 % range (Wilson)."""
    rows = ["| module | faults | tried | noticed | score |", "|---|--:|--:|--:|--:|"]
    left_out: Counter[str] = Counter()
    for about in kept.values():
        left_out.update(about["left_out"])
    for name, members in [*((module, [module]) for module in kept), ("together", list(kept))]:
        of = [fault for module in members for fault in kept[module]["tried"]]
        noticed = sum(fault["outcome"] in NOTICED for fault in of)
        faults = sum(kept[module]["faults"] for module in members)
        if not of:
            continue
        score = f"{noticed / len(of):.1%}"
        if len(of) < faults:
            low, high = wilson(noticed, len(of))
            score += f" ({low:.1%} to {high:.1%})"
        rows.append(f"| {name} | {faults} | {len(of)} | {noticed} | {score} |")
    return [*rows, "", "left out: " + ", ".join(f"{number} {reason}" for reason, number in left_out.items())]


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
    parser.add_argument(
        "--survivors", action="store_true", help="only what survived last time, and what is new"
    )
    said = parser.parse_args()
    os.chdir(ROOT)
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # a fork need not look through what it was born with
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    tests = baseline(said.modules)
    chance = random.Random(said.seed)  # noqa: S311 - a sample that can be drawn again
    for module in said.modules:
        left_out: Counter[str] = Counter()
        found, spans = list(mutants_of(module, left_out)), spans_of(module)
        known: dict[tuple[Any, ...], str] = {}
        for fault in kept.get(module, {}).get("tried", ()) if said.survivors else ():
            if known.get(key_of(fault), "killed") in NOTICED:  # of two lines alike the worse is remembered
                known[key_of(fault)] = fault["outcome"]
        drawn = found
        if said.sample and said.sample < len(found):
            drawn = sorted(chance.sample(found, said.sample), key=lambda mutant: mutant.line)
        tried = []
        for mutant in drawn:
            about = {"line": mutant.line, "operator": mutant.operator, "was": mutant.was, "now": mutant.now}
            how = known.get(key_of(about), "")
            if how not in NOTICED:
                span = spans.get(mutant.line, range(mutant.line, mutant.line + 1))
                how = outcome(mutant, tests, span)
                if how not in NOTICED:
                    print(f"{how}: {module}:{mutant.line}\n  - {mutant.was}\n  + {mutant.now}", flush=True)
            tried.append({**about, "outcome": how})
        kept[module] = {"faults": len(found), "left_out": left_out, "tried": tried}
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        print(
            f"{module}: {len(tried)} of {len(found)}, {_cpu_s():.0f} s of processor time so far", flush=True
        )
    print(*table({module: kept[module] for module in SETTINGS["modules"] if module in kept}), sep="\n")
    for name in stale(said.modules):
        print(f"no such fault any more, take it out of tools/mutation.toml: {name}")


def key_of(fault: dict[str, Any]) -> tuple[Any, ...]:
    """What a fault is known by in the next run: its text, not its line."""
    return fault["operator"], fault["was"], fault["now"]


def _cpu_s() -> float:
    own, forks = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + forks.ru_utime + forks.ru_stime


if __name__ == "__main__":
    main()
