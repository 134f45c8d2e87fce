"""`wattgram audit FILE...|FOLDER|TEXT|-`: check carbon statements against their own words."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import MASK, Command
from wattgram.cli.run_options import catalog_options
from wattgram.errors import InputError, echo

if TYPE_CHECKING:
    from wattgram.auditing import Finding

__all__ = ["command"]

SUFFIXES = (".md", ".markdown", ".mdx", ".tex", ".txt", ".rst", ".yaml", ".yml", ".csv", ".html")
SKIPPED = ("node_modules", "site-packages", "__pycache__")
MOST_FILES = 2000
MOST_BYTES = 5_000_000
LONGEST_PATH = 4096
_LOOKS_TEXT = re.compile(r"-(?![\w-]+=).*\s", re.DOTALL)


class _TextCommand(Command):
    """A command whose arguments may be whole texts: a list of a card begins with a minus and is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hide texts from the option parser; the parent shows them again."""
        return super().parse_args(ctx, [MASK + word if _LOOKS_TEXT.match(word) else word for word in args])


@click.command(cls=_TextCommand, name="audit")
@click.argument("source", nargs=-1, required=True)
@click.option("--hardware", metavar="NAME", help="What ran, where a statement does not say.")
@click.option("--hours", metavar="TIME", help="How long, where a statement does not say: 100h, 3d4h, 90min.")
@click.option(
    "--where", metavar="PLACE", help="Where it ran, where a statement does not say: aws:us-east-1, France."
)
@click.option("--count", metavar="N", help="How many devices, where a statement does not say.")
@click.option("--write", is_flag=True, help="Rewrite the card's section and metadata with today's estimate.")
@click.option("--strict", is_flag=True, help="Exit with 1 for statements that cannot be checked, too.")
@catalog_options
@click.option(
    "--format",
    "form",
    metavar="FORM",
    default="text",
    help="text, json, csv, markdown or github.  [default: text]",
)
def command(source: tuple[str, ...], form: str, *, write: bool, strict: bool, **options: Any) -> int:
    """Check published carbon statements: recompute each from its own words and say whether it reproduces.

    \b
    wattgram audit README.md paper.tex emissions.csv    files, or a folder of them
    wattgram audit "8xA100 for 100 h in France, 3 kg CO2e"    a quoted text
    wattgram audit - < README.md                        standard input

    Exit code 1 where a statement differs, or reproduces only if a stated word changes.
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.auditing import audit  # noqa: PLC0415 - `--help` opens no catalog
    from wattgram.auditing.forms import FORMS, render_findings  # noqa: PLC0415
    from wattgram.catalog import Catalog  # noqa: PLC0415

    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")
    catalog = Catalog.load(options.pop("overlay"), options.pop("as_of"))
    audited: list[tuple[str, list[Finding]]] = []
    texts = list(_texts(source))
    for name, text in texts:
        audited.append((name, audit(text, catalog=catalog, **options)))
    if write:
        _write([(name, text) for name, text in texts], audited)
    click.echo(render_findings(audited, form), nl=False)
    bad = {"differs", "reproduces-if"} | ({"not-checkable"} if strict else set())
    return 1 if any(one.verdict in bad for _, findings in audited for one in findings) else 0


def _texts(sources: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each source with its name (empty for a quoted text) and its text."""
    out: list[tuple[str, str]] = []
    for source in sources:
        if source == "-":
            out.append(("", _decoded(sys.stdin.buffer.read(MOST_BYTES + 1), "standard input")))
        elif re.match(r"(?i)\s*[a-z][a-z0-9+.-]*://\S+\s*$", source) or re.match(
            r"(?i)\s*www\.\S+\s*$", source
        ):
            raise InputError(
                "source",
                source,
                "addresses are not fetched; save the page and give the file, or pipe it to `-`",
            )
        elif _is(os.path.isdir, source):
            out += [(path, _read(path)) for path in _files(source)]
        elif _is(os.path.exists, source):
            out.append((source, _read(source)))
        elif _is_prose(source):
            out.append(("", source))
        else:
            raise InputError(
                "file", source, "there is no such file; a text to check is quoted and has its figure in it"
            )
    return out


def _is(test: Any, path: str) -> bool:
    try:
        return len(path) < LONGEST_PATH and "\0" not in path and bool(test(path))
    except (OSError, ValueError):
        return False


def _is_prose(text: str) -> bool:
    """Whether an argument that names no file is a text: it has blanks or lines, and a figure or a colon."""
    stripped = text.strip()
    if not stripped:
        raise InputError("text", text, "it is empty")
    return bool(re.search(r"\s", stripped)) or ("co2_eq_emissions" in stripped)


def _files(folder: str) -> list[str]:
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED)
        found += [os.path.join(root, name) for name in sorted(names) if name.lower().endswith(SUFFIXES)]
        if len(found) > MOST_FILES:
            raise InputError("folder", folder, f"it holds more than {MOST_FILES} files; give a narrower one")
    if not found:
        raise InputError("folder", folder, f"it holds no file that ends in {', '.join(SUFFIXES)}")
    return found


def _read(path: str) -> str:
    with open(path, "rb") as handle:
        return _decoded(handle.read(MOST_BYTES + 1), path)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MOST_BYTES:
        raise InputError(
            "file", name, f"it is larger than {MOST_BYTES / 1e6:g} MB; cut out the part with the statement"
        )
    if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("file", name, "it is no text")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _write(texts: list[tuple[str, str]], audited: list[tuple[str, list[Finding]]]) -> None:
    """Rewrite every card; all are made before the first is written."""
    from wattgram.auditing.rewrite import replaced, write_file  # noqa: PLC0415

    made = []
    for (name, text), (_, findings) in zip(texts, audited, strict=True):
        if not name or not name.lower().endswith((".md", ".markdown", ".mdx")):
            raise InputError("--write", name or "a text", "it rewrites model cards in Markdown files alone")
        if "\ufffd" in text or text.encode("utf-8") != _raw(name):
            raise InputError("--write", name, "it is not in UTF-8, so it cannot be kept byte for byte")
        made.append((name, replaced(text, findings)))
    for name, text in made:
        changed = write_file(name, text)
        click.echo(f"wattgram: {echo(name)} {'rewritten' if changed else 'is up to date'}", err=True)


def _raw(path: str) -> bytes:
    with open(path, "rb") as handle:
        return handle.read()
