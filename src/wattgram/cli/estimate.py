"""`wattgram estimate HARDWARE DURATION WHERE`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from wattgram.cli import Command
from wattgram.cli.output import form_of, output_option, write
from wattgram.cli.run_options import catalog_options, known_options
from wattgram.cli.series_options import series_options, with_series
from wattgram.errors import InputError
from wattgram.report.picture import PICTURES

__all__ = ["command", "read_words"]


@click.command(cls=Command, name="estimate")
@click.argument("hardware")
@click.argument("duration", required=False)
@click.argument("where", required=False)
@click.option("--where", "place", metavar="PLACE", help="Where, as the third word.")
@click.option("--count", metavar="N", help="How many of that hardware.")
@click.option("--start", metavar="DATE", help="Start of the run, for the year of the grid figure.")
@click.option("--end", metavar="DATE", help="End of the run, in place of its duration.")
@series_options
@known_options()
@click.option(
    "--flops", metavar="F", help="In place of a duration: operations of the training, as in 3.15e23."
)
@click.option(
    "--parameters",
    metavar="N",
    help="In place of a duration, with --tokens: size of the model, as in 175B or 7 billion.",
)
@click.option("--tokens", metavar="D", help="Tokens seen in training, as in 300B or 15T.")
@click.option(
    "--active-parameters", metavar="N", help="Of a mixture of experts: those that work on one token."
)
@click.option(
    "--format-of-numbers",
    "--number-format",
    "number_format",
    metavar="NAME",
    help="bf16, fp16, tf32, fp32 or fp8: whose dense peak rate counts.",
)
@click.option("--mfu", metavar="X", help="Share of that peak the model's operations reach, as in 0.4 or 40%.")
@click.option("--context", metavar="T", help="Length of the sequences in tokens; adds attention.")
@click.option("--layers", metavar="L", help="With --context: layers of the model.")
@click.option("--heads", metavar="H", help="With --context: attention heads of a layer.")
@click.option("--head-dim", metavar="Q", help="With --context: width of a head.")
@click.option("--lora", is_flag=True, help="Only adapters are trained, on a frozen base.")
@click.option("--development", metavar="X", help="Multiplier for failed and tuning runs; a line of its own.")
@click.option(
    "--per", metavar="UNIT", help="A score (SCI, SCI for AI) per token, parameter, request or flop."
)
@click.option(
    "--units", metavar="N", help="With --per: how many of them the run yields, as in 300e9 or 300B."
)
@click.option("--boundary", metavar="NAME", help="lifecycle or direct.  [default: lifecycle]")
@click.option("--method", metavar="NAME", help="full or lacoste2019.  [default: full]")
@click.option(
    "--methods",
    is_flag=True,
    help="The run by every method (full, lacoste2019, green-algorithms-2021, ccf), and why they differ.",
)
@click.option("--no-embodied", is_flag=True, help="Leave out the making of the hardware.")
@catalog_options
@click.option(
    "--format",
    "form",
    metavar="FORM",
    help="text, json, csv, markdown, latex, bibtex, modelcard, badge, html, svg, png or pdf.  "
    "[default: the ending of --output; else text]",
)
@output_option
def command(
    hardware: str,
    duration: str | None,
    where: str | None,
    place: str | None,
    form: str | None,
    output: str | None,
    **options: Any,
) -> int:
    """The carbon footprint of one run: what ran, how long, where.

    \b
    HARDWARE  8xA100 · TPU v3-8 · aws:p4d.24xlarge · 2xEPYC 7763 + 512GB · 300W · - (JSON on standard input)
    DURATION  100h · 3d4h · 90min · 12:30:00 · PT100H · a number of hours
    WHERE     aws:us-east-1 · CA-QC · France · Montreal · 45.5,-73.6 · 20 g/kWh

    \b
    Before a run, the work takes the place of DURATION:
    wattgram estimate 1024xA100 FR --parameters 175B --tokens 300B
    wattgram estimate 1024xA100 FR --flops 3.15e23 --mfu 0.4

    \b
    As a file, in the form of its ending:
    wattgram estimate 8xA100 100h FR -o footprint.pdf
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.catalog import Catalog  # noqa: PLC0415 - `--help` opens no catalog
    from wattgram.estimation import estimate  # noqa: PLC0415

    form = form_of(form, output, _forms(methods=options["methods"]))
    overlay, as_of, methods = (options.pop(name) for name in ("overlay", "as_of", "methods"))
    said = {
        name: value
        for name, value in options.items()
        if value is not None and value is not False and name != "no_embodied"
    }
    if options["no_embodied"]:
        said["embodied"] = False
    if place is not None:
        if where is not None:
            raise InputError("where", place, f"the third word says {where} already; say one of the two")
        where = place
    words: dict[str, Any] = {"hardware": hardware, "duration": duration, "where": where}
    if hardware == "-":
        words = read_words(sys.stdin.read()) | {
            k: v for k, v in words.items() if v is not None and k != "hardware"
        }
    catalog = Catalog.load(overlay, as_of)
    run = words | said
    with_series(run, catalog)
    footprint = estimate(**run, catalog=catalog)
    if methods:
        from wattgram.report.methods import render_methods  # noqa: PLC0415 - only who asks for it pays

        write(render_methods(footprint, form), output)
        return 0
    write(footprint.picture(form) if form in PICTURES else footprint.report(form), output)
    return 0


def _forms(*, methods: bool) -> tuple[str, ...]:
    """What `--format` may say; only the list that is asked for is loaded."""
    if methods:
        from wattgram.report.methods import METHOD_FORMS  # noqa: PLC0415

        return tuple(METHOD_FORMS)
    from wattgram.report import FORMS  # noqa: PLC0415

    return (*FORMS, *PICTURES)


def read_words(text: str, function: Any = None, needed: str = "hardware") -> dict[str, Any]:
    """A run as a JSON object with the names that `estimate()` (or another function) has; what else it holds is an error."""
    from inspect import signature  # noqa: PLC0415 - only with standard input

    from wattgram.estimation import estimate  # noqa: PLC0415

    names = [name for name in signature(function or estimate).parameters if name not in ("catalog", "series")]
    try:
        run = json.loads(text)
    except ValueError:
        raise InputError(
            "standard input", text.strip(), 'it takes one JSON object, as in {"hardware": "A100", ...}'
        ) from None
    if not isinstance(run, dict):
        raise InputError("standard input", text.strip(), "it takes one JSON object")
    strange = [name for name in run if name not in names]
    if strange:
        raise InputError("name", strange[0], f"a run has the names {', '.join(names)}")
    if needed not in run:
        raise InputError("standard input", text.strip(), f"the object names no {needed}")
    return run
