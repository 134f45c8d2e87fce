"""`wattgram runs list|show|export|compare`: what was tracked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from wattgram.cli import Command
from wattgram.errors import InputError

__all__ = ["command"]

TABLES = ("text", "json", "csv", "markdown")


@click.group(name="runs")
def command() -> None:
    """The runs that were tracked.

    \b
    wattgram runs list
    wattgram runs show last --where FR --format markdown
    wattgram runs compare 1f0c 9a2e
    """  # noqa: D301 - \b keeps the lines of a block apart in click


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What every view of runs can be told."""
    for option in (
        click.option("--scope", metavar="SCOPE", default="job", help="job or node.  [default: job]"),
        click.option("--where", metavar="WHERE", help="Where they ran, in place of what the journals say."),
        click.option(
            "--runs", metavar="DIR", default="runs", help="Folder of the journals.  [default: runs]"
        ),
    ):
        function = option(function)
    return function


def _folder(runs: str) -> str:
    from wattgram.tracker.journal import default_folder  # noqa: PLC0415 - `--help` reads nothing

    return default_folder(None if runs == "runs" else runs)


def _checked(form: str, forms: tuple[str, ...], scope: str, where: str | None) -> None:
    if form not in forms:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(form[:80], forms, n=1)
        raise InputError("format", form, f"the formats are {', '.join(forms)}", near)
    if scope not in ("job", "node"):
        raise InputError("scope", scope, "it is one of job, node")
    if where is not None:
        from wattgram.catalog import Catalog  # noqa: PLC0415 - only where a place is said
        from wattgram.resolve import resolve_place  # noqa: PLC0415

        resolve_place(where, Catalog.load())


@command.command(cls=Command, name="list")
@_options
@click.option(
    "--format", "form", metavar="FORM", default="text", help="text, json, csv or markdown.  [default: text]"
)
def list_runs(runs: str, where: str | None, scope: str, form: str) -> int:
    """Every run, oldest first; the ranks of one job are one run."""
    from wattgram.tracker.journal import read_runs  # noqa: PLC0415
    from wattgram.tracker.summary import listed, table  # noqa: PLC0415

    _checked(form, TABLES, scope, where)
    rows = [listed(run, where, scope) for run in read_runs(_folder(runs))]
    _print_rows(rows, form, lambda: table(rows))
    return 0


@command.command(cls=Command, name="show")
@click.argument("identity", default="last", metavar="[ID]")
@_options
@click.option(
    "--format", "form", metavar="FORM", default="text", help="Any form of report, as `estimate` has them."
)
@click.option("--pue", metavar="X", help="Power usage effectiveness of the facility, 1 or more.")
@click.option("--overhead", metavar="X", help="Draw of the whole server over what was measured, 1 or more.")
@click.option("--boundary", metavar="NAME", help="lifecycle or direct.  [default: lifecycle]")
def show(identity: str, runs: str, where: str | None, scope: str, form: str, **options: Any) -> int:
    """The footprint of one run, by its id or the beginning of it; without one, the newest."""
    from wattgram.report import FORMS  # noqa: PLC0415
    from wattgram.tracker.account import JOULES_PER_KWH, footprint_of  # noqa: PLC0415
    from wattgram.tracker.journal import find_run, read_runs  # noqa: PLC0415
    from wattgram.tracker.summary import duration_text, energy_text  # noqa: PLC0415

    _checked(form, FORMS, scope, where)
    run = find_run(read_runs(_folder(runs)), identity)
    said = {name: value for name, value in options.items() if value is not None}
    footprint = footprint_of(run, where, scope=scope, **said)
    click.echo(footprint.report(form), nl=False)
    tasks = run.tasks()
    if form == "text" and tasks:
        click.echo("\nTasks, nested ones in those around them:")
        for name, (seconds, joules) in tasks.items():
            share = energy_text(joules / JOULES_PER_KWH)
            click.echo(
                f"  {'  ' * name.count('/')}{name.rpartition('/')[2]:<30} {duration_text(seconds / 3600):>10}  {share}"
            )
    return 0


@command.command(cls=Command, name="export")
@click.argument("identities", nargs=-1, metavar="[ID]...")
@_options
@click.option("--samples", is_flag=True, help="Every sample, in place of a row for each run.")
@click.option("--format", "form", metavar="FORM", default="csv", help="csv or json.  [default: csv]")
def export(
    identities: tuple[str, ...],
    runs: str,
    where: str | None,
    scope: str,
    samples: bool,  # noqa: FBT001 - a flag of the command
    form: str,
) -> int:
    """A table with a row for each run, in the columns that `batch` reads; or every sample."""
    from wattgram.tracker.journal import find_run, read_runs, row, sample_rows  # noqa: PLC0415

    _checked(form, ("csv", "json"), scope, where)
    every = read_runs(_folder(runs))
    chosen = [find_run(every, one) for one in identities] if identities else every
    if samples:
        rows = [one for run in chosen for one in sample_rows(run)]
    else:
        rows = [row(run, scope) | ({"where": where} if where else {}) for run in chosen]
    _print_rows(rows, form, lambda: "")
    return 0


@command.command(cls=Command, name="compare")
@click.argument("identities", nargs=-1, metavar="[ID]...")
@_options
@click.option("--by", metavar="AXIS", help="One run elsewhere: region, zone, provider, hardware or year.")
@click.option("--limit", metavar="N", type=int, help="With --by: how many to show.")
@click.option(
    "--format", "form", metavar="FORM", default="text", help="text, json, csv or markdown.  [default: text]"
)
def compare_runs(
    identities: tuple[str, ...],
    runs: str,
    where: str | None,
    scope: str,
    by: str | None,
    limit: int | None,
    form: str,
) -> int:
    """Runs side by side, least first; or one run elsewhere, with --by."""
    from wattgram.tracker.account import footprint_of  # noqa: PLC0415
    from wattgram.tracker.journal import find_run, read_runs  # noqa: PLC0415
    from wattgram.tracker.summary import listed, table  # noqa: PLC0415

    _checked(form, TABLES, scope, where)
    every = read_runs(_folder(runs))
    chosen = [find_run(every, one) for one in identities] if identities else every
    if by is not None:
        from wattgram.comparison import compare  # noqa: PLC0415 - only with --by

        run = chosen[-1] if chosen else find_run(every, "last")
        click.echo(compare(footprint_of(run, where, scope=scope), by).report(form, limit), nl=False)
        return 0
    rows = [listed(run, where, scope) for run in chosen]
    known = all(one["operational_kg"] is not None for one in rows)
    figure = "operational_kg" if known else "energy_kwh"
    rows.sort(key=lambda one: (one[figure] is None, one[figure] or 0.0))
    least = rows[0][figure] if rows else None
    for one in rows:
        one["times_the_least"] = one[figure] / least if least and one[figure] is not None else None
    _print_rows(rows, form, lambda: table(rows))
    return 0


def _print_rows(rows: list[dict[str, Any]], form: str, text: Callable[[], str]) -> None:
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False))
        return
    if form == "text":
        click.echo(text(), nl=False)
        return
    names = list(rows[0]) if rows else []
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    click.echo(_csv(names, cells) if form == "csv" else _markdown(names, cells), nl=False)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    from wattgram.report.csv import safe_cell  # noqa: PLC0415 - only in a table

    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if isinstance(value, (int, float)) else safe_cell(text)


def _csv(names: list[str], cells: Iterable[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if names:
        writer.writerow(names)
    writer.writerows(cells)
    return out.getvalue()


def _markdown(names: list[str], cells: Iterable[list[str]]) -> str:
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in cells)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
