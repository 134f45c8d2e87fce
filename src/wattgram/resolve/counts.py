"""Counts said in words: `eight A100`, `4 nodes of 8 A100`, and whole systems such as `DGX H100`, each a number of devices.

A word that makes the count that of something else (`8xA100 per node`, `8 A100 each`) is never passed over: without the
number of nodes it says no number of devices.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wattgram.catalog.names import normalise
from wattgram.errors import AmbiguousWordError, InputError
from wattgram.resolve.notice import Notice
from wattgram.run import MOST_DEVICES, Part, check_number

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["counted", "of_nodes", "of_what"]

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
_DIGITS = r"(\d{1,7})\s*[x×*]\s*(?=\S)"
_HOLDERS = r"(?i:nodes?|servers?|machines?|hosts?|workers?|boxes)"
_OF_NODES = (
    rf"(?i:(?:\s*(?:compute|gpu)[\s-]+)?{_HOLDERS}\s*(?:[,:]\s*)?(?:each\s+)?(?:(?:with|of|having|à)\s+|[x×*]\s*)?(?:each\s+)?"
    rf"(\d{{1,6}}|{'|'.join(NUMBER)})\s*[x×*]?\s*(?:of\s+)?(?=[^\W\d])(.*?)(?:\s+each)?)"
)
_SHARED_BY = (
    rf"(?i:\bper\b(?!\s+(?:gpu|card|device|chip|accelerator|socket)\b)|\b(?:each|every)\b|/\s*{_HOLDERS}\b)"
)
_HOLDER = rf"\b{_HOLDERS}\b"
_OF_ONE_DEVICE = (
    r"(?i:(\d\s*(?:gi?b|g|w|watts?)(?:\s+(?:of\s+)?(?:hbm\d?e?|v?ram|memory|tdp))?)"
    r"\s*(?:each|(?:per|/)\s*(?:gpu|card|device|chip|accelerator)))"
)
_NODES_WITHOUT_COUNT = rf"(?i:.*?\b{_HOLDERS}\s+(?:of|with|having)\s+([^\W\d].*))"
USUAL_EXAMPLE = 4
"""Nodes in the sentence that shows what a count for each node would come to."""
USUAL_HELD = 8
"""Devices of a node in the sentence that shows how to say them."""
_LEADING = rf"{_NUMBER_WORD}(?:\s*[x×*]\s*|\s+)(?:of\s+)?(?=\S)"
_MAKER = r"(?i:(?:nvidia\s+)?(dgx|hgx)(?:[\s-]+(.*))?)"
_GPUS = r"(?i:^(.*\S)[\s,-]+\(?(\d{1,3})[\s-]*gpus?\)?$)"
_STATION = r"(?i:station\b[\s-]*)"
_OLD = {"1": "devices-per-dgx", "2": "devices-per-dgx-2"}
_RACK = r"(?i:gb\d+|gh\d+|spark|superpod|pod|cloud)"


def counted(part: Part, catalog: Catalog, notices: list[Notice]) -> Part:
    """A part that names a device, with the count that its words say: of devices, or of the devices in a system.

    Raises
    ------
    InputError : a count word where none is read, a system that names no device; AmbiguousWordError : a system of several
    """
    name, number = _multiplied(part)
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


def _multiplied(part: Part) -> tuple[str, int]:
    """The name without the counts that multiply each other before it, and their product.

    Raises
    ------
    AmbiguousWordError, InputError : a count for each of something whose number is not said
    """
    name, number = part.name.strip(), part.number
    while digits := re.match(_DIGITS, name):  # `2x8xA100`
        number, name = number * int(digits[1]), name[digits.end() :]
    if system := re.match(r"(\d{1,6})\s+(?=(?i:(?:nvidia\s+)?[dh]gx\b))", name):  # `4 DGX A100`
        number, name = number * int(system[1]), name[system.end() :]
    if re.match(r"(?i:(?:nvidia\s+)?[dh]gx\b)", name):  # such a system is a node
        name = re.sub(rf"\s+{_HOLDERS}$", "", name)
    if nodes := re.fullmatch(_OF_NODES, _led(name)):
        held = nodes[1].lower()
        number, name = number * _number_before(name) * (NUMBER.get(held) or int(held)), nodes[2]
    name = re.sub(_OF_ONE_DEVICE, r"\1", name)
    if re.search(_SHARED_BY, name):
        raise of_what(part, name)
    return name, number


def _led(name: str) -> str:
    """The name without a count before it, in digits or in a word."""
    leading = re.match(rf"(?:\d{{1,6}}\s+|{_LEADING})", name)
    return name[leading.end() :] if leading else name


def _number_before(name: str) -> int:
    leading = re.match(rf"(\d{{1,6}})\s+|{_LEADING}", name)
    if not leading:
        return 1
    return int(leading[1]) if leading[1] else NUMBER[leading[2].lower()]


def of_nodes(name: str) -> bool:
    """Whether a name that nothing answers to speaks of nodes or servers."""
    return re.search(_HOLDER, name) is not None


def of_what(part: Part, name: str) -> InputError:
    """The error for a count that is one of something else, with what it could be."""
    given = part.name if part.number == 1 else f"{part.number}x{part.name}"
    if lone := re.fullmatch(_NODES_WITHOUT_COUNT, name):
        many = part.number * _number_before(name)
        nodes = many if many > 1 else USUAL_EXAMPLE
        how = (
            f"{nodes} nodes of {USUAL_HELD}x{lone[1]}, or all together, as in {nodes * USUAL_HELD}x{lone[1]}"
        )
        return InputError("hardware", given, f"say how many {lone[1]} each holds, as in {how}")
    device = re.split(rf"{_SHARED_BY}|{_HOLDER}|(?i:\b(?:in|on|across|over|for)\b)|[,(/]", name)[0].strip()
    device = re.sub(r"(?i:\s+(?:gpus?|cards?|devices?|accelerators?))$", "", device)
    number = part.number * _number_before(device)
    device = _led(device)
    if not device or device.isdigit():
        return InputError(
            "hardware", given, "write all devices together, as in 32xA100, or 4 nodes of 8xA100"
        )
    said = re.search(rf"(?i:\b(\d{{1,6}})\s+{_HOLDERS}\b)", name)
    nodes = int(said[1]) if said else USUAL_EXAMPLE
    choices = [f"{number}x{device} (all together)", f"{nodes * number}x{device} (on {nodes} such nodes)"]
    return AmbiguousWordError("hardware", given, "write how many ran in all", choices)


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


def _of_second(given: str, device: str) -> str:
    """The one device that a DGX-2 was made with: V100-SXM3-32GB.

    Raises
    ------
    AmbiguousWordError : another device, which stands in two systems of eight or in none
    """
    if "v100" not in normalise(device):
        choices = [f"2xDGX {device}", "DGX-2 V100"]
        raise AmbiguousWordError(
            "hardware", given, "a DGX-2 holds sixteen V100; write the one that ran", choices
        )
    return "V100-SXM3-32GB" if device.lower() == "v100" else device


def _system(given: str, maker: str, rest: str, catalog: Catalog, notices: list[Notice]) -> tuple[str, int]:
    """The device inside a system, and how many of it."""
    row, stated = "devices-per-dgx", None
    if gpus := re.fullmatch(_GPUS, rest):
        rest, stated = gpus[1], int(gpus[2])
    if re.match(_RACK, rest):
        raise InputError("hardware", given, "say how many devices it holds, as in 72xB200 or 8xH100")
    if station := re.match(_STATION, rest):
        row, rest = "devices-per-dgx-station", rest[station.end() :]
    elif old := re.match(
        r"([12])(?=$|[\s-])[\s-]*", rest
    ):  # HGX-1 and HGX-2 are the boards of DGX-1 and DGX-2
        row, rest, maker = _OLD[old[1]], rest[old.end() :] or "V100", "DGX"
        if old[1] == "2" and stated is None:
            rest = _of_second(given, rest)
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
