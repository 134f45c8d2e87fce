"""The words of a site's TOML, looked up in the catalog before the first job is read: a slip is an error, not a finding a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wattgram.errors import AmbiguousWordError, InputError, UnknownWordError
from wattgram.importers.partitions import Site

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["check_words"]

MEND = (
    "write a name that the catalog has (wattgram catalog hardware), watts (350W), or a word that --map gives a meaning; "
    "--overlay adds a row of your own (docs/overlays.md)"
)


def check_words(site: Site, hardware: str | None, catalog: Catalog, meant: Callable[[str], str]) -> None:
    """Places, accelerators and processors of a TOML, and the word of --hardware; `meant` is what a word means in the user's own names.

    Raises
    ------
    UnknownWordError, AmbiguousWordError : with the key, its table and the nearest match
    InputError : an accelerator that is several, or a cloud instance
    """
    if hardware is not None:
        _one("hardware", hardware, meant(hardware), catalog)
    for table, partition in (
        ("", site.everywhere),
        *((f" of partition {name}", of) for name, of in site.partitions.items()),
    ):
        inherited = partition is not site.everywhere
        for key, check in (("where", _place), ("accelerator", _accelerator), ("processor", _processor)):
            word = getattr(partition, key)
            if word is None or (inherited and word == getattr(site.everywhere, key)):
                continue
            check(f"{key}{table}", word, meant(word), catalog)
            if key == "accelerator":
                _one(f"{key}{table}", word, meant(word), catalog)
    for kind, word in site.accelerators.items():
        _accelerator(f"{kind} of [accelerators]", word, meant(word), catalog)
        _one(f"{kind} of [accelerators]", word, meant(word), catalog)


def _place(key: str, word: str, means: str, catalog: Catalog) -> None:
    from wattgram.resolve import resolve_place  # noqa: PLC0415 - only where a site says its places

    try:
        resolve_place(means, catalog)
    except UnknownWordError as error:
        raise UnknownWordError(key, word, error.allowed, error.nearest) from None


def _accelerator(key: str, word: str, means: str, catalog: Catalog) -> None:
    """A word that could be several GPUs may pass: the type in the log can tell which, and a finding says it where not."""
    from wattgram.catalog.names import nearest  # noqa: PLC0415 - only where a site says its hardware
    from wattgram.resolve import resolve_hardware  # noqa: PLC0415
    from wattgram.resolve.device import families  # noqa: PLC0415

    try:
        resolve_hardware(means, catalog)
    except AmbiguousWordError:
        return
    except UnknownWordError:
        known = [*families(catalog), *(row["name"] for row in catalog.table("accelerators").all_rows())]
        raise UnknownWordError(key, word, MEND, nearest(means, known)) from None


def _one(key: str, word: str, means: str, catalog: Catalog) -> None:
    """A count in the word of one GPU would be taken times the count in the log, and so would all that stands beside it."""
    from wattgram.resolve.device import instance_named  # noqa: PLC0415 - only where a site says its hardware
    from wattgram.run import parse_hardware  # noqa: PLC0415

    parts = parse_hardware(means)
    for part in parts:
        if part.kind == "device" and (instance := instance_named(part.name, catalog)) is not None:
            gpu = catalog.table("accelerators").record(instance.accelerator_id).name
            text = f"it is a cloud instance with {instance.accelerator_count or 1:g} of {gpu}; the log says how many GPUs a job held, so write one of them: {gpu}"
            raise InputError(key, word, text)
        if part.number > 1 and part.whole == 1:
            raise InputError(
                key, word, f"it is one GPU as Slurm counts them, {part.name}; the log says how many"
            )
    if len(parts) > 1:
        text = "it is one GPU as Slurm counts them, and nothing beside it; processor = in the TOML of --partitions describes the host"
        raise InputError(key, word, text)


def _processor(key: str, word: str, means: str, catalog: Catalog) -> None:
    from wattgram.catalog.names import nearest  # noqa: PLC0415 - only where a site says its hardware
    from wattgram.resolve import resolve_hardware  # noqa: PLC0415

    try:
        found = resolve_hardware(means, catalog)
    except AmbiguousWordError as error:
        raise AmbiguousWordError(key, word, error.allowed, error.nearest) from None
    except UnknownWordError:
        known = [row["name"] for row in catalog.table("processors").all_rows()]
        raise UnknownWordError(key, word, MEND, nearest(means, known)) from None
    if any(device.kind == "accelerator" for device in found.devices):
        raise UnknownWordError(key, word, "it is an accelerator; write it as accelerator =")
