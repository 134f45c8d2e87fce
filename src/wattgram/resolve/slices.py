"""Slices: an instance of a GPU that is cut up (`A100 MIG 3g.20gb`) as its share of the whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wattgram.errors import UnknownWordError

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.run import Part

__all__ = ["of_slices", "slices_per_gpu"]

_PROFILE = re.compile(
    r"(?P<gpu>.*?)[_.\s-]*(?:\bmig[_.\s-]*)?(?<![^\W_])(?:\d+c\.)?(?P<slices>[1-9])g\.\d+gb(?:\.me)?",
    re.IGNORECASE,
)
"""The name of a profile as NVIDIA writes it: compute slices, then memory."""


def slices_per_gpu(gpu: str, catalog: Catalog) -> int:
    """Compute slices that a GPU is cut into [1]."""
    a30 = "a30" in re.split(r"[\s_-]", gpu.lower())
    return int(catalog.figure("mig-slices-a30" if a30 else "mig-slices"))


def of_slices(part: Part, catalog: Catalog) -> Part:
    """A part that names an instance, as so many slices of its GPU; any other as it is.

    Raises
    ------
    UnknownWordError : an instance of a GPU that is not named
    """
    match = _PROFILE.fullmatch(part.name)
    if match is None or part.whole != 1:
        return part
    gpu = match["gpu"].strip(" _.-")
    if not gpu or gpu.lower() == "mig":
        said = f"it says no GPU; write that before it, as in A100 {part.name}"
        raise UnknownWordError("hardware", part.name, said)
    of = slices_per_gpu(gpu, catalog)
    slices = min(int(match["slices"]), of)
    whole = part._replace(name=gpu)
    return whole if slices == of else whole._replace(number=part.number * slices, whole=of)
