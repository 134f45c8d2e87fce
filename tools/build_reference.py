"""Write the reference pages of the documentation from the program itself.

    python tools/build_reference.py            # check: says which page is behind the program
    python tools/build_reference.py --write    # renew docs/reference/

Commands come from click, public names and formulas from their docstrings, tables from columns.csv and sources.toml,
raw tables from their declaration, routes from the OpenAPI description that the web application generates. A test holds the pages to it.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib
import inspect
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

import wattgram
from wattgram import calculator, chain, errors, flop, formula, methods, token_energy
from wattgram.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from catalog import raw_page  # noqa: E402 - the tools are scripts beside the package, found by path

PAGES = ROOT / "docs" / "reference"
DATA = ROOT / "src" / "wattgram" / "data"
LONG_SIGNATURE = 90
OF_TABLES = (("wattgram.frames", "summarise"), ("wattgram.frames.batch", "batch"))
"""What is asked of whole tables, each where it is imported from."""
SOURCE = ROOT / "src" / "wattgram"
ARITHMETIC = (formula, flop, token_energy)
METHODS = (
    chain.lacoste2019_kg,
    methods.green_algorithms_power_w,
    methods.ccf_power_w,
    calculator.page_kg,
)
"""The modules of the arithmetic, and what other methods compute."""
FORMULA = re.compile(r"(?m)^ {0,4}([^\W\d][\w' ^]{0,14}(?:\(t\))? = .+)$")
"""A line that is a formula: a symbol, and what it is."""
NOTE = "<!-- Written by tools/build_reference.py; do not edit by hand. -->\n\n"


def commands_page() -> str:
    """Every command with its arguments and options, from click."""
    out = [
        "# Commands\n",
        "Exit codes: 0 done; 1 done, with findings; 2 bad input; 3 nothing could be measured.\n",
    ]
    context = click.Context(cli, info_name="wattgram", **cli.context_settings)
    for name in sorted(COMMANDS):
        command = importlib.import_module(COMMANDS[name][0]).command
        out += _command(f"wattgram {name}", command, context, 2)
    return "\n".join(out)


def _command(name: str, command: click.Command, parent: click.Context, level: int) -> list[str]:
    context = click.Context(
        command,
        info_name=name.rsplit(maxsplit=1)[-1],
        parent=parent,
        terminal_width=200,
        max_content_width=200,
    )
    usage = command.get_usage(context).removeprefix("Usage: ")
    text = inspect.cleandoc(command.help or "").replace("\b\n", "\n").replace("\b", "")
    first, _, rest = text.partition("\n")
    out = [f"{'#' * level} {name}\n", f"{first}\n", f"    {usage}\n"]
    if rest.strip():
        out.append("```text\n" + rest.strip("\n") + "\n```\n")
    options = [p for p in command.get_params(context) if isinstance(p, click.Option) and not p.hidden]
    if options:
        out.append("| option | what it says |\n|---|---|")
        for option in options:
            takes = "" if option.is_flag else f" {option.make_metavar(context)}"
            words = ", ".join(f"`{word}{takes}`" for word in (*option.opts, *option.secondary_opts))
            out.append(f"| {words.replace('|', chr(92) + '|')} | {_cell(option.help or '')} |")
        out.append("")
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            inner = command.get_command(context, sub)
            if inner is not None:
                out += _command(f"{name} {sub}", inner, context, level + 1)
    return out


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def library_page() -> str:
    """Every public name with its signature and its docstring."""
    out = ["# Library\n", "The public names of `wattgram`; each is loaded when it is first used.\n"]
    for name in wattgram.__all__:
        thing = getattr(wattgram, name)
        out.append(f"## {name}\n")
        if callable(thing):
            signature = _of_class(thing) if inspect.isclass(thing) else inspect.signature(thing)
            out.append(f"```text\nwattgram.{name}{_folded(signature)}\n```\n")
        out += _docstring(thing)
    for place, name in OF_TABLES:
        thing = getattr(importlib.import_module(place), name)
        out.append(f"## {name}\n")
        out.append(f"```text\n{place}.{name}{_folded(inspect.signature(thing))}\n```\n")
        out += _docstring(thing)
    out += ["## Errors\n", "```text\n" + inspect.cleandoc(errors.__doc__ or "") + "\n```\n"]
    return "\n".join(out)


def _of_class(thing: Any) -> Any:
    try:
        return inspect.signature(thing)
    except ValueError:
        return ""


def _folded(signature: Any) -> str:
    """A signature on one line, or one parameter a line where it is long."""
    text = _unquoted(str(signature))
    if len(text) < LONG_SIGNATURE or not isinstance(signature, inspect.Signature):
        return text
    parameters = [_unquoted(str(parameter)) for parameter in signature.parameters.values()]
    keyword_only = [p.kind is p.KEYWORD_ONLY for p in signature.parameters.values()]
    if True in keyword_only:
        parameters.insert(keyword_only.index(True), "*")
    return "(\n    " + ",\n    ".join(parameters) + ",\n)" + text[text.rindex(")") + 1 :]


def _unquoted(text: str) -> str:
    """Annotations without their quotes; default texts keep theirs."""
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)


def _set_off(text: str) -> str:
    """A text with its formulas indented, as Markdown sets them off."""
    return FORMULA.sub(r"    \1", text).strip()


def _docstring(thing: Any) -> list[str]:
    """A numpy docstring as Markdown: sections become lists, the indented formula stays a formula."""
    text = inspect.getdoc(thing) or ""
    out: list[str] = []
    for number, piece in enumerate(re.split(r"\n(?=[A-Z][a-z]+\n-{4,}\n)", text)):
        if number == 0:
            out.append(_set_off(piece) + "\n")
            continue
        title, _, body = piece.split("\n", 2)
        items = re.split(r"\n(?=\S)", body.strip())
        out.append(f"**{title}**\n")
        out += [f"* {' '.join(item.split())}" for item in items]
        out.append("")
    return out


def functions_of(module: Any) -> list[Any]:
    """The public functions of a module."""
    return [thing for name in module.__all__ if inspect.isfunction(thing := getattr(module, name))]


def _formulas(functions: Iterable[Any]) -> list[str]:
    """Functions, each a heading with its docstring."""
    return [line for one in functions for line in (f"### {one.__name__}\n", *_docstring(one))]


def formulas_elsewhere() -> dict[str, str]:
    """Public functions outside of the arithmetic whose docstring has a formula: where they are, and the part that has it."""
    shown = [*METHODS, *(one for module in ARITHMETIC for one in functions_of(module))]
    known = {f"{one.__module__}.{one.__name__}" for one in shown}
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        where = ".".join(("wattgram", *path.relative_to(SOURCE).with_suffix("").parts))
        for name, docstring in _documented(ast.parse(path.read_text(encoding="utf-8"))):
            head = docstring.partition("\n\nParameters\n")[0]
            whole = f"{where.removesuffix('.__init__')}.{name}"
            if FORMULA.search(head) and whole not in known:
                found[whole] = head
    return found


def _documented(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The functions, and methods of classes, that a module lists in `__all__`: their names and docstrings."""
    listed = next(
        (
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        ),
        (),
    )
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in listed:
            yield node.name, ast.get_docstring(node) or ""  # an overload has none
        elif isinstance(node, ast.ClassDef) and node.name in listed:
            for one in node.body:
                if isinstance(one, ast.FunctionDef):
                    yield f"{node.name}.{one.name}", ast.get_docstring(one) or ""


def formulas_page() -> str:
    """Every quantity of the arithmetic: formula, units, references; and every formula that stands elsewhere."""
    out = [
        "# Formulas\n",
        "Every formula of the program, from the docstring of the function that computes it.\n",
    ]
    for module in ARITHMETIC:
        about = inspect.cleandoc(module.__doc__ or "")
        title, _, more = about.partition("\n\n")
        out += [f"## {module.__name__}\n", title + "\n", more + "\n", *_formulas(functions_of(module))]
    out += [
        "## Other methods\n",
        "What other published methods compute, for comparison ([the methods](../methods.md)).\n",
    ]
    out += _formulas(METHODS)
    out += ["## Elsewhere\n", "Formulas of views and look-ups, each at the function that uses it.\n"]
    for name, head in formulas_elsewhere().items():
        out += [f"### {name.removeprefix('wattgram.')}\n", _set_off(head) + "\n"]
    return "\n".join(out)


def data_page() -> str:
    """Every table: how many rows, every column with unit and meaning; every source with its licence."""
    with (DATA / "columns.csv").open(encoding="utf-8", newline="") as handle:
        columns = list(csv.DictReader(handle))
    sources = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))
    licences = Counter(source["licence"] for source in sources.values())
    out = ["# Data\n", "Every table of the catalog; each row names its source.\n"]
    out += [
        "| licence | sources |\n|---|--:|",
        *(f"| {_cell(k)} | {n} |" for k, n in licences.most_common()),
        "",
    ]
    for table in sorted({row["table"] for row in columns}):
        path = DATA / table
        if not path.exists():
            continue
        with path.open(encoding="utf-8", newline="") as handle:
            rows = sum(1 for _ in csv.reader(handle)) - 1
        out += [f"## {table}\n", f"{rows:,} rows.\n", "| column | unit | meaning |\n|---|---|---|"]
        for row in columns:
            if row["table"] == table:
                out.append(f"| `{row['column']}` | {row['unit']} | {_cell(row['description'])} |")
        out.append("")
    out += ["## Sources\n", "| id | citation | licence |\n|---|---|---|"]
    out += [f"| `{k}` | {_cell(s['citation'])} | {_cell(s['licence'])} |" for k, s in sorted(sources.items())]
    return "\n".join([*out, ""])


def routes_page() -> str:
    """Every route: the REST interface from its OpenAPI description, then pages, codes of refusal and metrics."""
    from wattgram.web import create_app

    schema = create_app().openapi()
    out = ["# REST\n", "Errors are `application/problem+json` with one sentence in `detail`.\n"]
    for path, operations in sorted(schema["paths"].items()):
        for verb, operation in operations.items():
            out += [
                f"## {verb.upper()} {path}\n",
                f"{operation.get('description') or operation['summary']}\n",
            ]
            if operation.get("parameters"):
                out.append("| parameter | in | what it says |\n|---|---|---|")
                for each in operation["parameters"]:
                    meaning = _cell(each.get("description", each["schema"].get("title", "")))
                    out.append(f"| `{each['name']}` | {each['in']} | {meaning} |")
                out.append("")
            answers = ", ".join(
                f"{code} {answer['description']}" for code, answer in operation["responses"].items()
            )
            out.append(f"Answers: {answers}.\n")
    return "\n".join([*out, *_pages(), *_codes(), *_metrics()])


def _pages() -> list[str]:
    """The addresses that are no part of the REST interface: pages, their data, files."""
    from wattgram.web.app import ROUTES

    routers = [importlib.import_module(f"wattgram.web.routes.{name}").router for name in ROUTES]
    hidden = [route for router in routers for route in router.routes if not route.include_in_schema]
    rows = [f"| `{route.path}` | {_cell(route.description)} |" for route in hidden]
    return ["## Pages and files\n", "| address | shows |\n|---|---|", *rows, ""]


def _codes() -> list[str]:
    """The codes of a refusal."""
    from wattgram.web.problem import PROBLEMS

    out = [
        "## Codes\n",
        "`code` of a refusal, with the status it has.\n",
        "| code | status | means |\n|---|--:|---|",
    ]
    return [*out, *(f"| `{code}` | {status} | {said} |" for code, (status, said) in PROBLEMS.items()), ""]


def _metrics() -> list[str]:
    """What `/metrics` tells: of the server, and of the runs where a folder of them is served."""
    from wattgram.tracker.metrics import prometheus
    from wattgram.web.metrics import Metrics

    told = re.findall(r"(?m)^# HELP (wattgram\S+) (.+)$", Metrics().text() + prometheus(()))
    out = [
        "## Metrics\n",
        "`GET /metrics`; those of runs where `wattgram serve --runs` names a folder.\n",
        "| metric | is |\n|---|---|",
    ]
    return [*out, *(f"| `{name}` | {said} |" for name, said in told), ""]


def csv_page() -> str:
    """Every column of every answer's CSV form."""
    from wattgram.advice import forms as advice
    from wattgram.auditing import forms as audit
    from wattgram.report import comparison, methods
    from wattgram.report import csv as answer
    from wattgram.serving import forms as serving

    tables = {
        "estimate, one answer": answer.COLUMNS,
        "estimate --methods, one line a method": methods.COLUMNS,
        "compare, one line an alternative": comparison.CSV_COLUMNS,
        "advise, one line an action": advice.CSV_COLUMNS,
        "advise of a table, one line a group": advice.REVIEW_COLUMNS,
        "inference, one line an amount": serving.CSV_COLUMNS,
        "audit, one line a statement": audit.CSV_COLUMNS,
    }
    out = [
        "# Columns of CSV\n",
        '`--format csv`, `.csv` on the page and `report("csv")` give these columns, in this order. Figures have a dot and no',
        "thousands separator, and are not rounded; an empty cell is unknown, never 0. A text that a spreadsheet would take for a",
        "formula has an apostrophe before it. The columns of `batch` are on [its own page](../scale.md).\n",
    ]
    for name, columns in tables.items():
        out += [f"## {name}\n", "| column | what it holds |\n|---|---|"]
        out += [f"| `{column}` | {_cell(meaning)} |" for column, meaning in columns.items()]
        if columns is serving.CSV_COLUMNS:
            out.append(
                "\nEach figure is followed by the ends of its 90 % range, in columns `_low` and `_high`."
            )
        out.append("")
    return "\n".join(out)


MAKERS = {
    "csv.md": csv_page,
    "commands.md": commands_page,
    "library.md": library_page,
    "formulas.md": formulas_page,
    "data.md": data_page,
    "raw-tables.md": raw_page.page,
    "rest.md": routes_page,
}


def made() -> dict[str, str]:
    """Every page as it should be."""
    return {name: NOTE + make().rstrip("\n") + "\n" for name, make in MAKERS.items()}


def main() -> int:
    """Check the pages, or renew them."""
    parser = argparse.ArgumentParser(description="Write the reference pages from the program.")
    parser.add_argument("--write", action="store_true", help="renew docs/reference/")
    write = parser.parse_args().write
    PAGES.mkdir(parents=True, exist_ok=True)
    behind = []
    for name, text in made().items():
        path = PAGES / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            behind.append(name)
            if write:
                path.write_text(text, encoding="utf-8")
    print(
        f"{len(behind)} pages {'renewed' if write else 'behind the program'}: {', '.join(behind) or 'none'}"
    )
    return 1 if behind and not write else 0


if __name__ == "__main__":
    sys.exit(main())
