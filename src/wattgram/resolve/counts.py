"""Counts said in words: `eight A100`, `dual RTX 4090`, and whole systems such as `DGX H100`, each a number of devices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wattgram.catalog.names import normalise
from wattgram.errors import AmbiguousWordError, InputError
from wattgram.resolve.notice import Notice
from wattgram.run import MOST_DEVICES, Part, check_number

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["counted"]

NUMBER = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "sixteen": 16,
    "single": 1,
    "dual": 2,
    "double": 2,
    "quad": 4,
}
"""English words for a count; `Eight-Core` in the name of a processor is none."""

_NUMBER_WORD = rf"(?i:\b({'|'.join(NUMBER)})\b(?!\s*-?\s*cores?\b))"
_LEADING = rf"{_NUMBER_WORD}(?:\s*[x×*]\s*|\s+)(?:of\s+)?(?=\S)"
_MAKER = r"(?i:(?:nvidia\s+)?(dgx|hgx)(?:[\s-]+(.*))?)"
_GPUS = r"(?i:^(.*\S)[\s,-]+\(?(\d{1,3})[\s-]*gpus?\)?$)"
_STATION = r"(?i:station\b[\s-]*)"
_OLD = {"1": "devices-per-dgx", "2": "devices-per-dgx-2"}
_RACK = r"(?i:gb\d+|gh\d+|spark|superpod|pod|cloud)"


def counted(part: Part, catalog: Catalog, notices: list[Notice]) -> Part:
    """A part with the count that its words say: of devices, or of the devices in a system of one maker.

    Raises
    ------
    InputError : a count word where none is read, a system that names no device; AmbiguousWordError : a system of several
    """
    if part.kind != "device":
        return part
    name, number = part.name.strip(), part.number
    if leading := re.match(_LEADING, name):
        number, name = number * NUMBER[leading[1].lower()], name[leading.end() :]
    stray = re.search(_NUMBER_WORD, name)
    if stray and NUMBER[stray[1].lower()] > 1:  # `MI250 (one GCD)` counts nothing twice
        raise InputError(
            "hardware",
            part.name,
            f"'{stray[1]}' is no part of a device's name; a count stands first, as in 8xA100",
        )
    if system := re.fullmatch(_MAKER, name):
        name, held = _system(part.name, system[1].upper(), (system[2] or "").strip(), catalog, notices)
        name = _on_board(name, catalog)
        number *= held
    elif number == 1 and re.search(r"(?i:\b[dh]gx\b)", name):
        device = " ".join(re.sub(r"(?i:\b[dh]gx\b)", " ", name).split())
        raise AmbiguousWordError(
            "hardware",
            part.name,
            "write the one that ran",
            [f"DGX {device} (the whole system)", f"1x{device}"],
        )
    if name == part.name.strip():
        return part
    return part._replace(
        number=int(check_number("device count", number, 1, MOST_DEVICES, whole=True)), name=name
    )


def _on_board(name: str, catalog: Catalog) -> str:
    """The device as such a board carries it: the mezzanine form, where the catalog has one."""
    tokens = normalise(name)
    if any(token.startswith(("sxm", "pcie")) for token in tokens):
        return name
    known = list(catalog.table("accelerators").all_rows())
    boards = [
        row["name"]
        for row in known
        if set(tokens) <= set(normalise(row["name"]))
        and any(t.startswith("sxm") for t in normalise(row["name"]))
    ]
    usual = [row["name"] for row in known if row["name"] in boards and row["default_for"]]
    return (usual or boards or [name])[0]


def _system(given: str, maker: str, rest: str, catalog: Catalog, notices: list[Notice]) -> tuple[str, int]:
    """The device inside a system, and how many of it."""
    row, stated = "devices-per-dgx", None
    if gpus := re.fullmatch(_GPUS, rest):
        rest, stated = gpus[1], int(gpus[2])
    if re.match(_RACK, rest):
        raise InputError("hardware", given, "say how many devices it holds, as in 72xB200 or 8xH100")
    if station := re.match(_STATION, rest):
        row, rest = "devices-per-dgx-station", rest[station.end() :]
    elif maker == "DGX" and (old := re.match(r"([12])(?=$|[\s-])[\s-]*", rest)):
        row, rest = _OLD[old[1]], rest[old.end() :] or "V100"
        rest = "V100-SXM3-32GB" if (old[1], rest) == ("2", "V100") else rest
    if not rest:
        choices = (
            ["DGX Station A100", "DGX Station V100"]
            if "station" in row
            else [f"{maker} A100", f"{maker} H100"]
        )
        raise AmbiguousWordError("hardware", given, "write the one that ran", choices)
    if stated is not None:
        return rest, stated
    held = int(catalog.figure(row))
    if maker == "HGX":
        text = f"{given} is read as {held} devices; boards of 4 exist too: write 4x{rest} for one of those"
        notices.append(Notice("ambiguous-hardware", text))
    return rest, held
