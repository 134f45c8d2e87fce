"""`--format` and `-o`: the form that a file's ending says, and a file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from wattgram.errors import InputError
from wattgram.report.picture import PICTURES

__all__ = ["ENDINGS", "form_of", "output_option", "write"]

ENDINGS = {
    ".txt": "text",
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".tex": "latex",
    ".bib": "bibtex",
    ".html": "html",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
}
"""What a file's ending says of its form, where `--format` says nothing."""

output_option: Callable[[Any], Any] = click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write it there, whole or not at all; the ending says the format, as in figure.pdf.",
)


def form_of(form: str | None, output: str | None, forms: Sequence[str]) -> str:
    """The form to write: the one that is said, else that of the file's ending, else text.

    Parameters
    ----------
    form : what `--format` says
    output : the file; None and `-` are standard output
    forms : those that the command has

    Raises
    ------
    InputError : no such form; an ending that says none of them, or another than is said; a picture to a terminal
    """
    if form is not None and form not in forms:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(form[:80], forms, n=1)
        raise InputError("format", form, f"the formats are {', '.join(forms)}", near)
    if output is None or output == "-":
        if form in PICTURES and sys.stdout.isatty():
            raise InputError(
                "format", form, "a picture is not for a terminal: say a file with -o, or pipe it on"
            )
        return form or "text"
    endings = {ending: one for ending, one in ENDINGS.items() if one in forms}
    ending = os.path.splitext(output)[1].lower()
    said = endings.get(ending)
    if form is None and said is None:
        raise InputError(
            "output file", output, f"its ending is one of {', '.join(endings)}, or --format says what it is"
        )
    if form is not None and form != said and (form in PICTURES or said in PICTURES):
        mine = f"that of a {said}" if said else "another"
        raise InputError("output file", output, f"--format says {form}, and its ending is {mine}")
    return form or str(said)


def write(made: str | bytes, output: str | None) -> None:
    """An answer to a file, or to standard output.

    Raises
    ------
    InputError : a folder, a device, a folder that cannot be written to; OSError : the disk
    """
    if output is None or output == "-":
        click.echo(made, nl=False)
        return
    from wattgram.importers.writing import whole_file  # noqa: PLC0415 - only with a file

    with whole_file(output) as temporary:
        with open(temporary, "wb") as handle:
            handle.write(made if isinstance(made, bytes) else made.encode())
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, os.path.realpath(output))
    click.echo(f"wrote {output}", err=True)
