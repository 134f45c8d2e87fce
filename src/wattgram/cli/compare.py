"""`wattgram compare HARDWARE DURATION WHERE --by region|zone|provider|hardware|start|year`."""

from __future__ import annotations

import sys
from typing import Any

import click

from wattgram.cli import Command
from wattgram.cli.output import form_of, output_option, write
from wattgram.cli.run_options import catalog_options, known_options
from wattgram.cli.series_options import series_options
from wattgram.report.picture import PICTURES
from wattgram.run import check_number

__all__ = ["command"]

CONSTRAINTS = (
    "provider",
    "continent",
    "country",
    "within",
    "figure",
    "number_format",
    "max_distance_km",
    "deadline",
    "interruptible",
)
MOST_ENTRIES = 10000


@click.command(cls=Command, name="compare")
@click.argument("hardware")
@click.argument("duration", required=False)
@click.argument("where", required=False)
@click.option(
    "--by",
    metavar="AXIS",
    default="region",
    help="region, zone, provider, hardware, start or year.  [default: region]",
)
@click.option("--provider", metavar="NAME", help="Only regions of this provider; `all` for every provider.")
@click.option("--continent", metavar="NAME", help="Only places of this continent.")
@click.option("--country", metavar="NAME", help="Only places of this country.")
@click.option(
    "--within",
    metavar="WHAT",
    help="Stay within the run's own provider, continent or country; by start: how much later, as in 48h.",
)
@click.option("--max-distance-km", metavar="KM", help="Only regions at most so far from the run's own place.")
@click.option(
    "--exclude",
    metavar="PLACE",
    multiple=True,
    help="A provider, region, zone or country that is out of the question; may be said several times.",
)
@click.option(
    "--deadline",
    metavar="WHEN",
    help="By start: when it must have ended, as a time or as hours from the start.",
)
@click.option(
    "--interruptible", is_flag=True, help="By start: the run may pause, and takes the cheapest hours."
)
@series_options
@click.option(
    "--figure", metavar="NAME", help="operational or total.  [default: operational; total by hardware]"
)
@click.option("--number-format", metavar="NAME", help="By hardware: fp32, tf32, fp16, bf16 or fp8.")
@click.option("--limit", metavar="N", help="How many to show.  [default: 20; all in csv and json]")
@click.option("--count", metavar="N", help="How many of that hardware.")
@click.option("--start", metavar="DATE", help="Start of the run, for the year of the grid figure.")
@known_options(
    pue="PUE of the run's own site; other sites take their own.",
    intensity="Carbon intensity of the run's own electricity [g CO2e/kWh].",
)
@click.option("--boundary", metavar="NAME", help="lifecycle or direct.  [default: lifecycle]")
@click.option("--method", metavar="NAME", help="full or lacoste2019.  [default: full]")
@click.option("--no-embodied", is_flag=True, help="Leave out the making of the hardware.")
@catalog_options
@click.option(
    "--format",
    "form",
    metavar="FORM",
    help="text, json, csv, markdown, svg, png or pdf.  [default: the ending of --output; else text]",
)
@output_option
def command(
    hardware: str, duration: str | None, where: str | None, by: str, form: str | None, **options: Any
) -> int:
    """The same run elsewhere, least emissions first (by year: newest first).

    \b
    wattgram compare 8xA100 100h aws:us-east-1                    other regions of the provider
    wattgram compare 8xA100 100h FR --by zone --continent Europe  other grid zones
    wattgram compare 8xA100 100h aws:us-east-1 --by hardware      the same work on other devices
    wattgram compare 8xA100 10h aws:us-west-1 --by start --within 48h    the best hours of two days
    wattgram compare 8xA100 100h aws:us-east-1 -o regions.pdf            as a figure; also .png and .svg
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.catalog import Catalog  # noqa: PLC0415 - `--help` opens no catalog
    from wattgram.cli.estimate import read_words  # noqa: PLC0415
    from wattgram.cli.series_options import time_words, with_series  # noqa: PLC0415
    from wattgram.comparison import compare  # noqa: PLC0415
    from wattgram.estimation import estimate  # noqa: PLC0415
    from wattgram.report.comparison import FORMS  # noqa: PLC0415

    output = options.pop("output")
    form = form_of(form, output, (*FORMS, *PICTURES))
    catalog = Catalog.load(options.pop("overlay"), options.pop("as_of"))
    limit = options.pop("limit")
    most = None if limit is None else int(check_number("limit", limit, 1, MOST_ENTRIES, whole=True))
    asked = {name: options.pop(name) for name in CONSTRAINTS}
    said = {name: value for name, value in options.items() if value is not None and name != "no_embodied"}
    if options["no_embodied"]:
        said["embodied"] = False
    words: dict[str, Any] = {"hardware": hardware, "duration": duration, "where": where}
    if hardware == "-":
        words = read_words(sys.stdin.read()) | {
            k: v for k, v in words.items() if v is not None and k != "hardware"
        }
    run = words | said
    asked["exclude"] = run.pop("exclude", ())
    if by == "start":
        asked |= time_words(run, catalog, asked["within"], asked["deadline"])
    else:
        with_series(run, catalog)
    footprint = estimate(**run, catalog=catalog)
    found = compare(footprint, by, **asked)
    write(found.picture(form, most) if form in PICTURES else found.report(form, most), output)
    return 0
