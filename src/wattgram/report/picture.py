"""Pictures for paper and slides: our own SVG as PNG or PDF, by the extra `[figures]`."""

from __future__ import annotations

from wattgram.errors import InputError, MissingExtraError

__all__ = ["PICTURES", "picture"]

PICTURES = ("png", "pdf")
SCALE = 2.0
"""Pixels of the PNG to one of the drawing: sharp on a screen of twice the density and in a column of a paper [1]."""


def picture(svg: str, form: str) -> bytes:
    """A drawing in one of PICTURES; it must be one for paper (`chart.bars(printed=...)`), in plain colours.

    Raises
    ------
    InputError : a form that is none, with those that are; MissingExtraError : the extra is not installed
    """
    if form not in PICTURES:
        raise InputError("format", form, f"the pictures are {' and '.join(PICTURES)}")
    try:
        import vl_convert  # noqa: PLC0415 - the [figures] extra
    except ImportError:
        raise MissingExtraError(f"a picture as {form.upper()}", "figures") from None
    made = vl_convert.svg_to_png(svg, scale=SCALE) if form == "png" else vl_convert.svg_to_pdf(svg)
    return bytes(made)
