"""Run the examples of the documentation, and write their output where it is shown.

    python tools/doc_blocks.py            # check: says which block prints something else
    python tools/doc_blocks.py --write    # put today's output into the pages

A page is a small session: its blocks run in order in one empty folder. In a ```console block every line that begins
with `$ ` is a command for the shell and what follows is its output, standard error included; `…` alone on a line stands
for lines left out, within a line for characters; --write keeps each where the output still fits it, and never writes a traceback,
which is a fault of the program. In a ```python block `#> ` lines are what the code above them prints. A block with a file name
(```csv title="runs.csv") is written into the folder first, so that a tutorial can bring its own small files; one of Python must
compile.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(
    r"^```(\w+)(?: title=\"([\w./-]+)\")?[^\S\n]*\n(.*?)^```[^\S\n]*$", re.DOTALL | re.MULTILINE
)
ELLIPSIS = "…"
TRACEBACK = "Traceback (most recent call last)"
CATALOG_HASH = re.compile(r"(\b\d{4}\.\d{1,2}\+)[0-9a-f]{6,}\b")
ALIKE = 0.4
"""Likeness of two lines, of 1, from which one is the other changed and not another line."""
SECONDS = 120


class Drift(NamedTuple):
    """A block whose output is not what the page shows."""

    page: str
    line: int
    command: str
    shown: str
    printed: str

    @property
    def crashed(self) -> bool:
        """Whether the page shows a traceback or the program printed one: nothing to write, something to mend."""
        return TRACEBACK in self.shown or TRACEBACK in self.printed

    def __str__(self) -> str:
        return (
            f"{self.page}:{self.line}: {self.command}\n--- shown\n{self.shown}\n--- printed\n{self.printed}"
        )


def pages() -> list[Path]:
    """Every page with examples: the README and docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def run_page(page: Path, *, write: bool = False) -> list[Drift]:
    """Run the blocks of a page in order; the drifts, or the page rewritten with today's output, unless a traceback is in it."""
    text = page.read_text(encoding="utf-8")
    drifts: list[Drift] = []
    pieces: list[str] = []
    at = 0
    with tempfile.TemporaryDirectory(prefix="wattgram-docs-") as folder:
        code_before = ""
        for match in FENCE.finditer(text):
            language, name, body = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            label = str(page.relative_to(ROOT))
            fresh = body
            if name:
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).write_text(body, encoding="utf-8")
                if language == "python":
                    compile(body, f"{label}:{line}", "exec")
            elif language == "console":
                fresh = _console(body, folder, label, line, drifts)
            elif language == "python":
                fresh = _python(body, code_before, folder, label, line, drifts)
                code_before += re.sub(r"^#> .*\n?", "", body, flags=re.MULTILINE) + "\n"
            pieces += [text[at : match.start(3)], fresh]
            at = match.end(3)
    if write and drifts and not any(drift.crashed for drift in drifts):
        page.write_text("".join([*pieces, text[at:]]), encoding="utf-8")
    return drifts


def _environment() -> dict[str, str]:
    """A plain terminal of 100 columns whose `wattgram` and `python` are those of this interpreter."""
    keep = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "JAVA_HOME") if name in os.environ}
    here = str(Path(sys.executable).parent)
    return keep | {
        "PATH": f"{here}:{os.environ.get('PATH', '')}",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "PYTHONWARNINGS": "error",
        "LC_ALL": "C.UTF-8",
    }


def _console(body: str, folder: str, label: str, line: int, drifts: list[Drift]) -> str:
    fresh: list[str] = []
    for command, shown, at in _commands(body):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        printed = done.stdout.rstrip("\n")
        kept = same(shown, printed)
        drift = Drift(label, line + at, command, shown, printed)
        if not kept or drift.crashed:
            drifts.append(drift)
        output = shown if kept else masked(shown, printed)
        fresh += [f"$ {command}\n", *([output + "\n"] if output else [])]
    return "".join(fresh)


def _commands(body: str) -> list[tuple[str, str, int]]:
    """Each command of a block with the output shown for it and its line; a command may go on after a backslash."""
    found: list[tuple[list[str], list[str], int]] = []
    lines = body.splitlines()
    continued = False
    for number, text in enumerate(lines, 1):
        if text.startswith("$ "):
            found.append(([text[2:]], [], number))
        elif continued:
            found[-1][0].append(text)
        elif found:
            found[-1][1].append(text)
        continued = (text.startswith("$ ") or continued) and text.endswith("\\")
    return [("\n".join(command), "\n".join(shown).rstrip("\n"), number) for command, shown, number in found]


def same(shown: str, printed: str) -> bool:
    """Whether the output is as shown; `…` alone on a line stands for any lines, within one for any characters."""
    pattern = re.escape(shown + "\n").replace(f"{ELLIPSIS}\\\n", f"{ELLIPSIS}\n")
    pattern = re.sub(rf"(?m)^{ELLIPSIS}\n", lambda _: r"(?:.*\n)*?", pattern).replace(ELLIPSIS, ".*?")
    return re.fullmatch(pattern, printed + "\n") is not None


def masked(shown: str, printed: str) -> str:
    """The output with each `…` of the page that still fits it; the hash of a catalog stays masked where the page masks one."""
    lines = _aligned(shown.splitlines(), printed.splitlines(), _changed_line)
    text = "\n".join(lines)
    if f"+{ELLIPSIS}" in shown:
        text = CATALOG_HASH.sub(rf"\1{ELLIPSIS}", text)
    return text if same(text, printed) else printed


def _changed_line(shown: str, printed: str) -> str:
    """A line that changed, with the masks of its words that did not."""
    if ELLIPSIS not in shown or difflib.SequenceMatcher(None, shown, printed).ratio() < ALIKE:
        return printed
    words = _aligned(_words(shown), _words(printed), lambda _, fresh: fresh)
    line = "".join(words)
    return line if same(line, printed) else printed


def _words(line: str) -> list[str]:
    return [word for word in re.split(r"(\s+)", line) if word]


def _aligned(shown: list[str], printed: list[str], changed: Callable[[str, str], str]) -> list[str]:
    """What is printed in the words of the page where they fit: the cheapest way to make one of the other.

    A part that fits costs nothing, nor does what a lone `…` stands for; a changed part costs by how much, one more or less 1.
    """
    best: dict[tuple[int, int], tuple[float, list[str]]] = {(len(shown), len(printed)): (0.0, [])}
    for i in range(len(shown), -1, -1):
        for j in range(len(printed), -1, -1):
            ways: list[tuple[float, str | None, tuple[int, int]]] = []
            if i < len(shown) and shown[i] == ELLIPSIS:
                ways += [(0.0, ELLIPSIS, (i + 1, k)) for k in range(j, len(printed) + 1)]
            elif i < len(shown) and j < len(printed):
                if same(shown[i], printed[j]):
                    ways.append((0.0, shown[i], (i + 1, j + 1)))
                else:
                    likeness = difflib.SequenceMatcher(None, shown[i], printed[j]).ratio()
                    cost = 0.95 - 0.9 * likeness
                    ways.append((cost, changed(shown[i], printed[j]), (i + 1, j + 1)))
            if i < len(shown):
                ways.append((1.0, None, (i + 1, j)))
            if j < len(printed):
                ways.append((1.0, printed[j], (i, j + 1)))
            if ways:
                cost, part, after = min(ways, key=lambda way: way[0] + best[way[2]][0])
                rest_cost, rest = best[after]
                best[i, j] = (cost + rest_cost, rest if part is None else [part, *rest])
    return best[0, 0][1]


def _python(body: str, before: str, folder: str, label: str, line: int, drifts: list[Drift]) -> str:
    shown = re.findall(r"^#> (.*)$", body, re.MULTILINE)
    mark = "wattgram-docs-mark"
    code = f"{before}\nprint({mark!r})\n{body}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    printed = done.stdout.partition(mark + "\n")[2].splitlines()
    if done.returncode or (shown and printed != shown) or (not shown and printed):
        drifts.append(Drift(label, line, "python", "\n".join(shown), "\n".join(printed) + done.stderr))
    if len(printed) != len(shown):
        return body
    rest = iter(printed)
    return re.sub(r"^#> .*$", lambda _: f"#> {next(rest)}", body, flags=re.MULTILINE)


def main() -> int:
    """Check every page, or write today's output into it."""
    parser = argparse.ArgumentParser(description="Run the examples of the documentation.")
    parser.add_argument("pages", nargs="*", type=Path, help="pages; all when none is named")
    parser.add_argument("--write", action="store_true", help="put today's output into the pages")
    asked = parser.parse_args()
    drifts = [
        drift
        for page in ([page.resolve() for page in asked.pages] or pages())
        for drift in run_page(page, write=asked.write)
    ]
    for drift in drifts:
        print(drift, end="\n\n")
    crashed = [drift for drift in drifts if drift.crashed]
    for drift in crashed:
        print(f"{drift.page}:{drift.line}: a traceback; the page is left as it was", file=sys.stderr)
    left = {drift.page for drift in crashed}
    written = sum(asked.write and drift.page not in left for drift in drifts)
    print(f"{len(drifts)} blocks print something else" + (f", {written} written" if written else ""))
    return 1 if crashed or (drifts and not asked.write) else 0


if __name__ == "__main__":
    sys.exit(main())
