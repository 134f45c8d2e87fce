"""`wattgram inference WHERE --parameters N --input-tokens I --output-tokens O`."""

from __future__ import annotations

import sys
from typing import Any

import click

from wattgram.cli import Command
from wattgram.cli.run_options import catalog_options
from wattgram.errors import InputError

__all__ = ["command"]


@click.command(cls=Command, name="inference")
@click.argument("where", required=False)
@click.option("--where", "place", metavar="PLACE", help="Where it is served, as the argument.")
@click.option("--parameters", metavar="N", help="All parameters of the model, as in 70B.")
@click.option(
    "--active-parameters", metavar="N", help="Of a mixture of experts: those that work on one token."
)
@click.option(
    "--format-of-numbers",
    "--number-format",
    "number_format",
    metavar="NAME",
    help="Of the weights: bf16, fp16, fp8, int8, mxfp4, fp4, int4 or fp32.  [default: bf16]",
)
@click.option(
    "--batch", metavar="B", help="Requests that one replica serves at once; left out, it is unknown."
)
@click.option("--input-tokens", metavar="I", help="Tokens of the prompt.  [default: 0]")
@click.option("--output-tokens", metavar="O", help="Tokens of the answer.  [default: 0]")
@click.option("--requests", metavar="R", help="How many such requests, as in 1M.")
@click.option("--hardware", metavar="NAME", help="The accelerator.  [default: H100]")
@click.option("--start", metavar="DATE", help="When, for the year of the grid figure.")
@click.option("--pue", metavar="X", help="Power usage effectiveness of the facility, 1 or more.")
@click.option("--intensity", metavar="G/KWH", help="Carbon intensity of the electricity [g CO2e/kWh].")
@click.option(
    "--development", metavar="X", help="Multiplier for requests that reach nobody; a line of its own."
)
@click.option("--boundary", metavar="NAME", help="lifecycle or direct.  [default: lifecycle]")
@click.option("--no-embodied", is_flag=True, help="Leave out the making of the hardware.")
@catalog_options
@click.option(
    "--format", "form", metavar="FORM", default="text", help="text, json, csv or markdown.  [default: text]"
)
def command(where: str | None, place: str | None, form: str, **options: Any) -> int:
    """Energy and carbon of serving a language model, per request and per million tokens.

    \b
    wattgram inference FR --parameters 70B --input-tokens 500 --output-tokens 400
    wattgram inference gcp:us-central1 --parameters 671B --active-parameters 37B --format-of-numbers fp8 \\
        --batch 64 --input-tokens 500 --output-tokens 400 --requests 1M
    WHERE as in estimate; - reads JSON on standard input; without a place there is energy and no carbon
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.catalog import Catalog  # noqa: PLC0415 - `--help` opens no catalog
    from wattgram.cli.estimate import read_words  # noqa: PLC0415
    from wattgram.serving import inference  # noqa: PLC0415

    overlay, as_of = options.pop("overlay"), options.pop("as_of")
    said = {name: value for name, value in options.items() if value is not None and name != "no_embodied"}
    if options["no_embodied"]:
        said["embodied"] = False
    words: dict[str, Any] = {}
    if where == "-":
        words, where = read_words(sys.stdin.read(), inference, "parameters"), None
    if place is not None:
        if where is not None:
            raise InputError("where", place, f"{where} is said already; say one of the two")
        where = place
    if where is not None:
        words["where"] = where
    words |= said
    if "parameters" not in words:
        raise InputError("parameters", None, "say the size of the model, as in --parameters 70B")
    answer = inference(**words, catalog=Catalog.load(overlay, as_of))
    click.echo(answer.report(form), nl=False)
    return 0
