"""`wattgram batch RUNS [-o OUT]`: a table of runs of any size to answers and totals."""

from __future__ import annotations

import sys
import threading
from typing import Any

import click

from wattgram.cli import Command
from wattgram.cli.run_options import catalog_options
from wattgram.cli.stopping import stoppable
from wattgram.errors import InputError, MissingExtraError

__all__ = ["command"]

BAR = 30
STAGES = ("check", "words", "rows", "totals")


@click.command(cls=Command, name="batch")
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    help="Write a row of answers for every run: .parquet, .csv, .tsv or .jsonl.",
)
@click.option(
    "--by", metavar="COLUMNS", help="Sum by these columns, as in project,month (month is that of start)."
)
@click.option(
    "--engine", metavar="NAME", default="duckdb", help="duckdb, polars, spark or dask.  [default: duckdb]"
)
@click.option(
    "--master", metavar="URL", help="With spark: where it runs, as in local[4], spark://..., sc://..."
)
@click.option(
    "--map", "mapping", metavar="CSV", help="Names of your own: two columns, the word and what it means."
)
@click.option(
    "--series",
    metavar="FILE",
    multiple=True,
    help="Hourly intensity of a zone; runs with start and end use it. May be said more than once, a file for each zone.",
)
@click.option("--series-column", metavar="NAME", help="The column of their values, where it cannot be told.")
@click.option(
    "--series-timezone", metavar="NAME", help="Zone of their times where they name none, as in Europe/Paris."
)
@click.option("--series-boundary", metavar="NAME", help="lifecycle or direct, where the files do not say.")
@click.option("--where", metavar="PLACE", help="The place of runs that say none.")
@click.option("--suffix", metavar="TEXT", default="", help="Added to the names of the answers.")
@click.option(
    "--boundary", metavar="NAME", default="lifecycle", help="lifecycle or direct.  [default: lifecycle]"
)
@click.option("--any-order", is_flag=True, help="Rows in any order: every core writes, not one.")
@click.option("--no-embodied", is_flag=True, help="Leave out the making of the hardware.")
@catalog_options
@click.option(
    "--format",
    "form",
    metavar="FORM",
    default="text",
    help="Of the summary: text, json, csv or markdown.  [default: text]",
)
def command(runs: tuple[str, ...], output: str | None, by: str | None, form: str, **said: Any) -> int:
    """A table of runs, of any size, to a table of answers and to totals.

    \b
    RUNS  .parquet, .csv, .tsv, .jsonl or .json files that are one table, a folder of them, a folder of journals,
          or - (standard input)
    wattgram batch runs.parquet -o answers.parquet --by project,month
    wattgram import slurm sacct.txt --where FI | wattgram batch - --by user
    wattgram batch runs.csv --where FI                      where the table names no place

    Columns: hardware, hours or start and end, where or provider and region; and where known count, load, overhead, pue,
    intensity, measured_energy_kwh with measured_scope, workload. Blanks are filled as for one run; other columns pass
    through. Exit code 1 says that some rows carry an issue; the output is complete all the same.
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.catalog import Catalog  # noqa: PLC0415 - `--help` opens no catalog

    try:
        from wattgram.frames.batch import batch  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("wattgram"):
            raise
        raise MissingExtraError("wattgram batch", "frames") from None
    from wattgram.frames.summary import FORMS  # noqa: PLC0415

    if form not in FORMS:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(form, FORMS, n=1)
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}", near)
    catalog = Catalog.load(said.pop("overlay"), said.pop("as_of"))
    said["embodied"] = not said.pop("no_embodied")
    about = {name: said.pop(f"series_{name}") for name in ("column", "timezone", "boundary")}
    said["series"] = said["series"] or None
    if said["series"] and any(about.values()):
        from wattgram.frames.hours import read_series  # noqa: PLC0415 - only where something is said of them

        said["series"] = read_series(said["series"], catalog, **about)
    bar = Bar(said_rows=output is not None)
    try:
        with stoppable():
            summary = batch(
                runs,
                output,
                by=by or "",
                catalog=catalog,
                progress=bar.show if sys.stderr.isatty() else None,
                **said,
            )
    finally:
        bar.clear()
    for note in summary.notes:
        click.echo(f"wattgram: {note}", err=True)
    click.echo(summary.report(form), nl=False)
    return 2 if summary.is_void else 1 if summary.has_issues else 0


class Bar:
    """One line on the terminal that says how far it is; gone when it is done."""

    def __init__(self, *, said_rows: bool) -> None:
        self._stages = [stage for stage in STAGES if said_rows or stage != "rows"]
        self._shown = False
        self._lock = threading.Lock()

    def show(self, stage: str, share: float) -> None:
        """Draw the stage and its share."""
        filled = round(share * BAR)
        number = self._stages.index(stage) + 1
        with self._lock:
            line = f"\r{stage:<7} {number}/{len(self._stages)} [{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%}"
            sys.stderr.write(line)
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * (BAR + 24) + "\r")
            sys.stderr.flush()
