"""`wattgram advise HARDWARE DURATION WHERE`, and `wattgram advise RUNS.csv` for a table of runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import Command
from wattgram.cli.run_options import catalog_options, known_options
from wattgram.cli.series_options import series_options
from wattgram.errors import InputError
from wattgram.run import check_number

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["command"]

TABLES = (".csv", ".tsv", ".parquet", ".pq")
OWNERS = (
    "trials",
    "search",
    "early_stopping",
    "failed_share",
    "life_years",
    "within",
    "deadline",
    "interruptible",
    "number_format",
    "max_distance_km",
    "exclude",
)
OF_TABLE = ("budget", "year", "policy")


@click.command(cls=Command, name="advise")
@click.argument("hardware", metavar="HARDWARE|RUNS.csv")
@click.argument("duration", required=False)
@click.argument("where", required=False)
@click.option(
    "--table", is_flag=True, help="The first word is a table of runs, whatever its name; - reads it as CSV."
)
@click.option("--count", metavar="N", help="How many of that hardware.")
@click.option("--start", metavar="DATE", help="Earliest start of the run.")
@click.option("--trials", metavar="N", help="How many trials of this run a hyperparameter search takes.")
@click.option(
    "--search",
    metavar="KIND",
    default="grid",
    help="How it searches: grid, random or bayesian.  [default: grid]",
)
@click.option("--early-stopping", is_flag=True, help="Bad trials are stopped early already.")
@click.option(
    "--failed-share", metavar="X", help="Share of the compute that goes into runs that fail, 0 to 0.99."
)
@click.option("--life-years", metavar="YEARS", help="Service life to compare with.")
@click.option("--within", metavar="SPAN", help="How much later it may start.  [default: 48h]")
@click.option(
    "--deadline", metavar="WHEN", help="When it must have ended, as a time or as hours from the start."
)
@click.option("--interruptible", is_flag=True, help="The run may pause, and takes the cheapest hours.")
@click.option(
    "--number-format", metavar="NAME", help="The format it computes in: fp32, tf32, fp16, bf16 or fp8."
)
@click.option("--max-distance-km", metavar="KM", help="Only regions at most so far from the run's own place.")
@click.option(
    "--exclude",
    metavar="PLACE",
    multiple=True,
    help="A provider, region, zone or country that is out of the question.",
)
@series_options
@click.option("--budget", metavar="MASS", help="A table: a year's budget, as in '10 t'.")
@click.option("--year", metavar="YEAR", help="A table: the year of the budget.  [default: this year]")
@click.option(
    "--policy", metavar="FILE", help="Rules in TOML that runs must keep to; exit code 1 where one does not."
)
@known_options()
@click.option("--boundary", metavar="NAME", help="lifecycle or direct.  [default: lifecycle]")
@click.option("--no-embodied", is_flag=True, help="Leave out the making of the hardware.")
@catalog_options
@click.option(
    "--format", "form", metavar="FORM", default="text", help="text, json, csv or markdown.  [default: text]"
)
def command(
    hardware: str, duration: str | None, where: str | None, form: str, *, table: bool, **options: Any
) -> int:
    """What to change about a run, and what each change saves, most first.

    \b
    wattgram advise 8xA100 100h aws:us-east-1 --trials 50 --deadline 48h
    wattgram advise runs.csv --budget "10 t" --year 2026      where a table's savings lie
    wattgram advise runs.csv --policy policy.toml             exit code 1 where a run breaks a rule
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.advice.forms import check_form  # noqa: PLC0415 - `--help` opens no catalog
    from wattgram.catalog import Catalog  # noqa: PLC0415

    check_form(form)
    catalog = Catalog.load(options.pop("overlay"), options.pop("as_of"))
    of_table = {name: options.pop(name) for name in OF_TABLE}
    owner = {name: options.pop(name) for name in OWNERS}
    said = {name: value for name, value in options.items() if value is not None and name != "no_embodied"}
    if options["no_embodied"]:
        said["embodied"] = False
    if table or (Path(hardware).suffix.lower() in TABLES and duration is None):
        return _table(hardware, said | ({"where": where} if where else {}), of_table, catalog, form)
    for name in ("budget", "year"):
        if of_table[name] is not None:
            raise InputError(
                name, of_table[name], "a budget goes with a table of runs: wattgram advise runs.csv"
            )
    return _run(
        {"hardware": hardware, "duration": duration, "where": where} | said,
        owner,
        of_table["policy"],
        catalog,
        form,
    )


def _run(run: dict[str, Any], owner: dict[str, Any], policy: str | None, catalog: Catalog, form: str) -> int:
    from wattgram.advice import advise  # noqa: PLC0415 - a table does without
    from wattgram.advice.forms import render_advice  # noqa: PLC0415
    from wattgram.cli.estimate import read_words  # noqa: PLC0415
    from wattgram.cli.series_options import time_words  # noqa: PLC0415
    from wattgram.estimation import estimate  # noqa: PLC0415

    if run["hardware"] == "-":
        said = {name: value for name, value in run.items() if value is not None and name != "hardware"}
        run = read_words(sys.stdin.read()) | said
    owner |= time_words(run, catalog, owner["within"], owner["deadline"])
    if owner["max_distance_km"] is not None:
        owner["max_distance_km"] = check_number(
            "distance", owner["max_distance_km"], 0, 20040, "km", above=True
        )
    footprint = estimate(**run, catalog=catalog)
    click.echo(render_advice(advise(footprint, **owner), footprint, form), nl=False)
    if policy is None:
        return 0
    from wattgram.advice.policy import check_policy, read_policy  # noqa: PLC0415 - only where one is said
    from wattgram.advice.runs import Row  # noqa: PLC0415

    words = {name: str(value) for name, value in run.items() if value is not None}
    broken = list(check_policy([Row(1, words, words, footprint, "")], read_policy(policy, catalog)))
    for one in broken:
        click.echo(f"! {one.text} [{one.rule}]", err=True)
    return 1 if broken else 0


def _table(source: str, defaults: dict[str, Any], said: dict[str, Any], catalog: Catalog, form: str) -> int:
    from wattgram.advice.forms import render_review  # noqa: PLC0415 - one run does without
    from wattgram.advice.policy import read_policy  # noqa: PLC0415
    from wattgram.advice.review import parse_mass_kg, review  # noqa: PLC0415
    from wattgram.advice.runs import read_table  # noqa: PLC0415

    for name in ("series", "start", "end"):
        if defaults.get(name) is not None:
            raise InputError(name, defaults[name], "a table says it row by row")
    found = review(
        read_table(sys.stdin if source == "-" else source),  # type: ignore[arg-type]
        catalog,
        budget_kg=None if said["budget"] is None else parse_mass_kg(said["budget"]),
        year=None
        if said["year"] is None
        else int(check_number("year", said["year"], 2000, 2100, whole=True)),
        policy=None if said["policy"] is None else read_policy(said["policy"], catalog),
        defaults={name: value for name, value in defaults.items() if not name.startswith("series_")},
    )
    click.echo(render_review(found, form), nl=False)
    return 1 if found.findings or found.issues else 0
