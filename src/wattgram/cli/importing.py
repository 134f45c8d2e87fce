"""`wattgram import KIND FILE...`: logs that machines already write, as a table of runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import Command
from wattgram.cli.import_kinds import KINDS, OPTION_OF, columns_of
from wattgram.cli.run_options import overlay_option
from wattgram.cli.stopping import stoppable
from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.importers import Imported
    from wattgram.importers.record import Journal

__all__ = ["command"]

SHOWN_OF_A_CODE = 3
COMMON = ("output", "names", "overlay", "form")
"""Parameters that go with every kind, as click calls them."""
LABELS = {
    "measured_energy_kwh": ("measured energy", "kWh"),
    "codecarbon_kg": ("carbon by CodeCarbon itself", "kg CO2e"),
}


class _Import(Command):
    """The command, with a help of its own for each kind: `wattgram import slurm --help`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the kind for the help, which click shows before it knows any argument."""
        ctx.meta[__name__] = next((word for word in args if word in KINDS), None)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help of the kind that was named, or that of the command."""
        kind = ctx.meta.get(__name__)
        if kind is None:
            super().format_help(ctx, formatter)
            return
        of = KINDS[kind]
        formatter.write_usage(f"wattgram import {kind}", "[OPTIONS] FILE...")
        formatter.write_paragraph()
        formatter.write_text(of.reads)
        formatter.write_paragraph()
        formatter.write_text(of.rows)
        for title, lines in (("How to get one", of.get), ("Examples", of.example)):
            with formatter.section(title):
                formatter.write("".join(f"  {line}\n" for line in lines))
        read, passed = columns_of(kind)
        with formatter.section("Columns that come out"):
            formatter.write_dl([("of a run", ", ".join(read)), ("besides", ", ".join(passed) or "your own")])
        own = {*of.options, *COMMON}
        asking = self.get_help_option(ctx)
        records = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if param.name in own or param is asking else None
            if record is not None:
                text = OPTION_OF.get((param.name or "", kind), record[1].removeprefix(f"{kind}: "))
                # `csv or jsonl` is what is typed: a form keeps its letters.
                records.append((record[0], text if param.name == "form" else text[:1].upper() + text[1:]))
        with formatter.section("Options"):
            formatter.write_dl(records)


@click.command(cls=_Import, name="import")
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
@overlay_option
@click.option("--format", "form", metavar="FORM", help="csv or jsonl, on standard output.  [default: csv]")
def command(
    kind: str,
    files: tuple[str, ...],
    output: str | None,
    form: str | None,
    names: str | None,
    overlay: str | None,
    **said: Any,
) -> int:
    """A log as a table of runs, for `wattgram batch`.

    \b
    KIND      slurm · codecarbon · nvidia-smi · wandb · trainer · csv
    FILE      logs of that kind, a pattern in quotes such as 'logs/*.csv', or - for standard input
    wattgram import slurm --help      what a kind reads, how to get such a log, which options go with it

    Exit code 1 says that some rows cannot be used; the others are there all the same. With 2 nothing can be used, and no
    file is written.

    \b
    wattgram import slurm sacct.txt --where FI | wattgram batch - --by user
    wattgram import codecarbon emissions.csv -o runs.parquet
    wattgram import csv runs.csv --columns hardware=gpu,hours=duration_h --where FR
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.importers.writing import (  # noqa: PLC0415 - not for `--help`
        FORMS,
        check_not_read,
        form_of,
        write_file,
        write_lines,
    )

    if form is not None and form not in FORMS:
        raise InputError("format", form, f"it is one of {', '.join(FORMS)}")
    output = None if output == "-" else output
    files = tuple(found for file in files for found in _matched(file))
    if output is not None:
        form_of(output)
        check_not_read(output, files, (names, said["partitions"], overlay))
    imported = _read(kind, files, said, names, overlay)
    written = True
    if output is not None:
        with stoppable():
            written = write_file(imported, output)
    else:
        write_lines(imported, sys.stdout, form or FORMS[0])
        sys.stdout.flush()
    _tell(imported, output if written else None)
    journal = imported.journal
    return 2 if journal.usable == 0 else 1 if journal.unusable else 0


def _matched(file: str) -> list[str]:
    """The files of a pattern such as `logs/*.csv`, in order; a name that is none, or fits no file, stays as it is."""
    import glob  # noqa: PLC0415 - not for `--help`
    import os  # noqa: PLC0415

    if os.path.exists(file) or not glob.has_magic(file):
        return [file]
    return sorted(glob.glob(file, recursive=True)) or [file]


def _read(
    kind: str, files: tuple[str, ...], said: dict[str, Any], names: str | None, overlay: str | None
) -> Imported:
    from wattgram import importers  # noqa: PLC0415 - not for `--help`

    if kind not in importers.KINDS:
        importers.read(kind, ())
    if not files:
        raise InputError("file", None, f"name a log of {kind}, or - for standard input")
    if "" in files:
        raise InputError("file", "", f"it is no name; name a log of {kind}, or - for standard input")
    given = {name: value for name, value in said.items() if value not in (None, False)}
    for name in given:
        if name not in KINDS[kind].options:
            goes = ", ".join(other for other, of in KINDS.items() if name in of.options)
            takes = ", ".join(f"--{option}" for option in KINDS[kind].options)
            takes += " and --map, --overlay, --format, -o"
            raise InputError("option", f"--{name}", f"it goes with {goes}; a log of {kind} takes {takes}")
    if "delimiter" in given:
        given["delimiter"] = given["delimiter"].replace("\\t", "\t")
        if not given["delimiter"]:
            raise InputError("delimiter", "", "it is one character or more, as in ';' or '\\t'")
    if overlay or "where" in given or "hardware" in given:
        from wattgram.catalog import Catalog  # noqa: PLC0415 - only where words are to be looked up

        catalog = Catalog.load(overlay)
        _check_words(given, catalog)
        if KINDS[kind].catalogued:
            given["catalog"] = catalog
    imported: Imported = importers.read(kind, list(files), **given)
    return importers.renamed(imported, names) if names else imported


def _check_words(given: dict[str, Any], catalog: Catalog) -> None:
    """A place or hardware that the catalog does not know is said at once, not by each row of the batch that follows."""
    from wattgram.resolve import resolve_hardware, resolve_place  # noqa: PLC0415 - only with such a word

    if "where" in given:
        resolve_place(given["where"], catalog)
    if "hardware" in given:
        resolve_hardware(given["hardware"], catalog)


def _tell(imported: Imported, output: str | None) -> None:
    """Findings and summary on standard error: the first few of each code, and how many there are."""
    journal = imported.journal
    for code, count in journal.counts.items():
        found = [finding for finding in journal.findings if finding.code == code][:SHOWN_OF_A_CODE]
        for finding in found:
            click.echo(f"! {finding}", err=True)
        if count > len(found):
            click.echo(f"! ... and {count - len(found):,} more [{code}]", err=True)
    if journal.placeless and "place-unknown" not in journal.counts:
        click.echo(f"! {_placeless(imported.kind, journal)}", err=True)
    for line in _summary(imported.kind, journal):
        click.echo(line, err=True)
    if journal.usable == 0:
        click.echo(f"wattgram: nothing in the log can be used: {_why(journal)}", err=True)
    elif output:
        click.echo(f"written to {output}", err=True)


def _placeless(kind: str, journal: Journal) -> str:
    """That rows have no place, without which no batch can say their carbon; and what says it."""
    every = journal.placeless == journal.rows
    which = "no row has a" if every else f"{_count(journal.placeless, 'row')} of {journal.rows:,} have no"
    how = ", or where = in the TOML of --partitions," if kind == "slurm" else ""
    return f"{which} place; --where PLACE{how} says it"


def _why(journal: Journal) -> str:
    """Why a log has no row that can be used."""
    from wattgram.importers.record import WHAT_RAN  # noqa: PLC0415 - not for `--help`

    unusable = [finding for finding in journal.findings if finding.unusable]
    # What ran can be said afterwards: where something else is lacking too, that is the reason.
    first = next((finding for finding in unusable if finding.code != WHAT_RAN), next(iter(unusable), None))
    if first:
        return first.text if first.line else f"{first.file}: {first.text}"
    figures = journal.figures
    left_out = [
        f"{figures[name]:,} {words}"
        for name, words in (
            ("pending", "pending"),
            ("never_started", "that never started"),
            ("running", "still running"),
        )
        if figures.get(name)
    ]
    return f"it has no job that ran ({', '.join(left_out)})" if left_out else "it has a header and no rows"


def _summary(kind: str, journal: Journal) -> list[str]:
    files = journal.counts.get("file-unusable", 0)
    unusable, left_out = journal.unusable - files, journal.left_out - files
    lines = [f"{kind}: {_count(journal.rows, 'row')}, {unusable:,} unusable"]
    if left_out > 0:
        among = f"{unusable - left_out:,} of these rows, " if unusable > left_out else ""
        lines[0] += (
            f" ({among}{left_out:,} more left out)" if among else f" ({_count(left_out, 'line')} left out)"
        )
    elif unusable:
        lines[0] += " (of these rows)"
    if files:
        lines[0] += f"; {_count(files, 'file')} that cannot be read"
    if kind == "slurm":
        from wattgram.importers.slurm_summary import summary_lines  # noqa: PLC0415

        return lines + summary_lines(journal.figures)
    for name, value in journal.figures.items():
        label, unit = LABELS.get(name, (name.replace("_", " "), ""))
        lines.append(f"  {label}: {_figure(value)} {unit}".rstrip())
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
