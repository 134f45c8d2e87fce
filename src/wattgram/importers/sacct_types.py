"""Which GPU a type of Slurm means: what the log says, what the site says of it, and which of the two holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from wattgram.errors import AmbiguousWordError, InputError
from wattgram.importers.partitions import Partition, Site
from wattgram.resolve.slices import slices_per_gpu
from wattgram.run import parse_hardware

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["Types"]

_SLICE = re.compile(
    r"(?:(?P<gpu>.*?)[_.\s-]*(?:mig)?[_.\s-]*)?(?:\d+c\.)?(?P<slices>\d)g\.(?P<gb>\d+)gb(?:[+.].*)?",
    re.IGNORECASE,
)
A30_SLICE_GB = ("6", "12", "24")


class Types:
    """GPU types of a log as hardware words; what is to be said of them waits in `doubts` until a job's line says it."""

    def __init__(
        self, site: Site, hardware: str | None, catalog: Catalog, meant: Callable[[str], str]
    ) -> None:
        self.site, self.hardware, self.catalog, self.meant = site, hardware, catalog, meant
        self.doubts: list[tuple[str, str]] = []
        """Codes and sentences, each once for a type and a partition."""
        self._said: set[tuple[object, ...]] = set()
        self._rows: dict[str, frozenset[str]] = {}

    def whole(self, kind: str, partition: Partition) -> str | None:
        """The GPU that a type is, or that an instance of it is cut from; None where nobody says."""
        match = _SLICE.fullmatch(kind) if kind else None
        if match is None:
            return self._whole(kind, kind, partition)
        word = self._whole((match["gpu"] or "").strip(" _.-"), kind, partition)
        return "A30" if word is None and match["gb"] in A30_SLICE_GB else word

    def slices(self, kind: str, whole: str | None) -> tuple[int, int] | None:
        """How many slices an instance is, of how many [1]; None for a whole GPU. One that is named by its own meaning is whole."""
        match = None if kind.lower() in self.site.accelerators else _SLICE.fullmatch(kind)
        if match is None:
            return None
        of = slices_per_gpu(whole or "", self.catalog)
        return min(int(match["slices"]), of), of

    def share(self, kind: str, partition: Partition) -> float:
        """What one GPU of a type is of a whole one [1]: less than 1 for a MIG instance."""
        found = self.slices(kind, self.whole(kind, partition)) if kind else None
        return 1.0 if found is None else found[0] / found[1]

    def _whole(self, gpu: str, kind: str, partition: Partition) -> str | None:
        """The site's own name for a type first; then what the log says, unless the site says the same more closely."""
        for name in dict.fromkeys((kind, gpu)):
            if said := self.site.accelerators.get(name.lower()):
                return self.meant(said)
        typed = gpu.replace("_", " ").strip()
        named = next((means for name in (typed, gpu) if name and (means := self.meant(name)) != name), None)
        if named is not None:
            return named
        said = partition.accelerator or self.hardware
        if said is None:
            return typed or None
        means = self.meant(said)
        of_log, of_site = self._rows_of(typed), self._rows_of(means)
        if not of_log or not of_site or of_site <= of_log or _is_of(typed, means):
            return means
        if not of_log <= of_site and not _is_of(means, typed):
            self._contradicted(kind, typed, said, partition)
        return typed

    def _rows_of(self, word: str) -> frozenset[str]:
        """Rows of the catalog that a word could mean; none for watts, or for a word that names no GPU."""
        if word not in self._rows:
            from wattgram.resolve.device import accelerators_named  # noqa: PLC0415 - only where GPUs are named

            try:
                names = [part.name for part in parse_hardware(word)] if word else []
            except InputError:
                names = [word]
            found = (row.id for name in names for row in accelerators_named(name, self.catalog))
            self._rows[word] = frozenset(found)
        return self._rows[word]

    # --- what is said of them ---------------------------------------------------------------------------------------

    def _contradicted(self, kind: str, typed: str, said: str, partition: Partition) -> None:
        where = f"accelerator {self.table_of(partition)}" if partition.accelerator else "--hardware"
        text = (
            f"the log names GPUs of type '{kind}' where {where} says {said}; the log is followed, {typed} is taken; "
            f'if {said} is right, say it in the TOML of --partitions: [accelerators] "{kind}" = "{said}"'
        )
        self._say((id(partition), kind), "gpu-type-contradicted", text)

    def say_ambiguous(self, kind: str, word: str, partition: Partition) -> None:
        """Say of a word that could be several GPUs, none of them the usual one, which they are and how to say which."""
        from wattgram.resolve import resolve_hardware  # noqa: PLC0415 - only where GPUs are named

        try:
            resolve_hardware(word, self.catalog)
        except AmbiguousWordError as error:
            first = error.nearest[0].partition(" (")[0]
            key = kind or "type"
            if partition.accelerator and self.meant(partition.accelerator) == word:
                how = f"write which in accelerator {self.table_of(partition)}"
            else:
                how = (
                    f'say which in the TOML of --partitions, as in [accelerators] "{key}" = "{first}", '
                    f"or with --map, a CSV with the line {word},{first}"
                )
            text = f"GPUs of type '{kind or word}' could be {' or '.join(error.nearest)}; {how}"
            self._say((word,), "ambiguous-gpu-type", text)
        except InputError:
            return

    def _say(self, key: tuple[object, ...], code: str, text: str) -> None:
        if (code, key) not in self._said:
            self._said.add((code, key))
            self.doubts.append((code, text))

    def table_of(self, partition: Partition) -> str:
        """Where the TOML says the accelerator of a partition."""
        if partition.accelerator == self.site.everywhere.accelerator:
            return "above the first table"
        name = next((name for name, of in self.site.partitions.items() if of is partition), "NAME")
        return f"of [partition.{name}]"


def _is_of(general: str, special: str) -> bool:
    """Whether one name says less of the same GPU than another: each of its words is there, or begins one (MI250 and MI250X)."""
    words = _words(special)
    return all(
        any(word.startswith(one) and (word == one or word[len(one) :].isalpha()) for word in words)
        for one in _words(general)
    )


def _words(text: str) -> frozenset[str]:
    """The words of a name, its maker left out."""
    from wattgram.catalog.names import normalise  # noqa: PLC0415 - only where GPUs are named

    return frozenset(normalise(text)) - {"nvidia", "amd"}
