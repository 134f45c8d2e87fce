"""`wattgram import KIND FILE...`: logs that machines already write, as a table of runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import Command
from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.importers import Imported
    from wattgram.importers.record import Journal

__all__ = ["command"]

SHOWN_OF_A_CODE = 3
OPTIONS_OF = {
    "slurm": ("partitions", "where", "hardware", "finished", "delimiter", "columns"),
    "codecarbon": ("where", "hardware", "delimiter"),
    "nvidia-smi": ("where", "hardware", "columns", "delimiter"),
    "wandb": ("where", "hardware"),
    "trainer": ("where", "hardware"),
    "csv": ("where", "hardware", "columns", "delimiter"),
}
"""Which options a kind of log takes; any other is an error, so that none is ever left unheeded."""


@click.command(cls=Command, name="import")
@click.argument("kind")
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "-o", "--output", metavar="PATH", help="Write .parquet, .csv or .jsonl there, whole or not at all."
)
@click.option("--where", metavar="PLACE", help="Where it ran, for rows that do not say.")
@click.option("--hardware", metavar="WORD", help="What ran, for rows that do not say.")
@click.option("--partitions", metavar="TOML", help="slurm: what the partitions are made of.")
@click.option("--finished", is_flag=True, help="slurm: leave out jobs that still run.")
@click.option(
    "--columns",
    metavar="MAP",
    help="csv: hardware=gpu,hours=duration_h. slurm, nvidia-smi: names of the columns of a log without a header.",
)
@click.option(
    "--delimiter", metavar="TEXT", help="What stands between cells, where the header does not show it."
)
@click.option(
    "--map", "names", metavar="CSV", help="Other names for hardware and places: two columns, given and meant."
)
@click.option("--format", "form", metavar="FORM", help="csv or jsonl, on standard output.  [default: csv]")
def command(
    kind: str, files: tuple[str, ...], output: str | None, form: str | None, names: str | None, **said: Any
) -> int:
    """A log as a table of runs, for `wattgram batch`.

    \b
    KIND      slurm · codecarbon · nvidia-smi · wandb · trainer · csv
    FILE      logs of that kind, or - for standard input

    \b
    wattgram import slurm sacct.txt | wattgram batch - --by user
    wattgram import codecarbon emissions.csv -o runs.parquet
    wattgram import csv runs.csv --columns hardware=gpu,hours=duration_h --where FR
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.importers.writing import FORMS, form_of, write_file, write_lines  # noqa: PLC0415 - not for `--help`

    if form is not None and form not in FORMS:
        raise InputError("format", form, f"it is one of {', '.join(FORMS)}")
    if output is not None:
        form_of(output)
    imported = _read(kind, files, said, names)
    written = True
    if output is not None:
        written = write_file(imported, output)
    else:
        write_lines(imported, sys.stdout, form or FORMS[0])
        sys.stdout.flush()
    _tell(imported, output if written else None)
    journal = imported.journal
    return 2 if journal.usable == 0 else 1 if journal.unusable else 0


def _read(kind: str, files: tuple[str, ...], said: dict[str, Any], names: str | None) -> Imported:
    from wattgram import importers  # noqa: PLC0415 - not for `--help`

    if kind not in importers.KINDS:
        importers.read(kind, ())
    if not files:
        raise InputError("file", "", f"name a log of {kind}, or - for standard input")
    given = {name: value for name, value in said.items() if value not in (None, False)}
    for name in given:
        if name not in OPTIONS_OF[kind]:
            takes = ", ".join(f"--{option}" for option in OPTIONS_OF[kind])
            raise InputError("option", f"--{name}", f"a log of {kind} takes {takes}")
    if "where" in given:
        from wattgram.run import parse_where  # noqa: PLC0415

        parse_where(given["where"])
    if "hardware" in given:
        from wattgram.run import parse_hardware  # noqa: PLC0415

        parse_hardware(given["hardware"])
    imported: Imported = importers.read(kind, list(files), **given)
    return importers.renamed(imported, names) if names else imported


def _tell(imported: Imported, output: str | None) -> None:
    """Findings and summary on standard error: the first few of each code, and how many there are."""
    journal = imported.journal
    for code, count in journal.counts.items():
        found = [finding for finding in journal.findings if finding.code == code][:SHOWN_OF_A_CODE]
        for finding in found:
            click.echo(f"! {finding}", err=True)
        if count > len(found):
            click.echo(f"! ... and {count - len(found):,} more [{code}]", err=True)
    for line in _summary(imported.kind, journal):
        click.echo(line, err=True)
    if journal.usable == 0:
        click.echo(f"wattgram: nothing in the log can be used{_why(journal)}", err=True)
    elif output:
        click.echo(f"written to {output}", err=True)


def _why(journal: Journal) -> str:
    first = next((finding for finding in journal.findings if finding.unusable), None)
    return f": {first.text}" if first else ""


def _summary(kind: str, journal: Journal) -> list[str]:
    lines = [f"{kind}: {_count(journal.rows, 'row')}, {journal.unusable:,} unusable"]
    if kind == "slurm":
        from wattgram.importers.slurm_summary import summary_lines  # noqa: PLC0415

        lines += summary_lines(journal.figures)
    else:
        lines += [f"  {name.replace('_', ' ')}: {_figure(value)}" for name, value in journal.figures.items()]
    return lines


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _figure(value: Any) -> str:
    return (
        f"{value:,.6g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
