"""Run the examples of the documentation, and write their output where it is shown.

    python tools/doc_blocks.py            # check: says which block prints something else
    python tools/doc_blocks.py --write    # put today's output into the pages

A page is a small session: its blocks run in order in one empty folder. In a ```console block every line that begins
with `$ ` is a command for the shell and what follows is its output, standard error included; `…` alone on a line stands
for lines left out, within a line for characters. In a ```python block `#> ` lines are what the code above them prints. A block with a file name
(```csv title="runs.csv") is written into the folder first, so that a tutorial can bring its own small files; one of Python must
compile.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(
    r"^```(\w+)(?: title=\"([\w./-]+)\")?[^\S\n]*\n(.*?)^```[^\S\n]*$", re.DOTALL | re.MULTILINE
)
ELLIPSIS = "…"
SECONDS = 120


class Drift(NamedTuple):
    """A block whose output is not what the page shows."""

    page: str
    line: int
    command: str
    shown: str
    printed: str

    def __str__(self) -> str:
        return (
            f"{self.page}:{self.line}: {self.command}\n--- shown\n{self.shown}\n--- printed\n{self.printed}"
        )


def pages() -> list[Path]:
    """Every page with examples: the README and docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def run_page(page: Path, *, write: bool = False) -> list[Drift]:
    """Run the blocks of a page in order; the drifts, or the page rewritten with today's output."""
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
    if write and drifts:
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
        if not kept:
            drifts.append(Drift(label, line + at, command, shown, printed))
        output = shown if kept else printed
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
    print(f"{len(drifts)} blocks print something else" + (", written" if asked.write and drifts else ""))
    return 1 if drifts and not asked.write else 0


if __name__ == "__main__":
    sys.exit(main())
