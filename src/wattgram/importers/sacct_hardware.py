"""What a job held, as a hardware word: GPUs by their type, cores and memory as a share of a node."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from wattgram.errors import AmbiguousWordError, InputError
from wattgram.importers.partitions import Partition, Site
from wattgram.importers.sacct_fields import Gpu
from wattgram.importers.sacct_types import Types
from wattgram.importers.site_words import check_words
from wattgram.run import parse_hardware

if TYPE_CHECKING:
    from wattgram.catalog import Catalog

__all__ = ["OF_PARTITION", "Held", "Words"]

OF_PARTITION = "of the partition"
"""What stands in the text of a GPU; with a job it is put into `[partition.gpu]`."""

_SHARE = re.compile(r"(?P<slices>\d+)/(?P<of>\d+) of (?P<whole>.+)")
EXACT = 2.0**53


class Held(NamedTuple):
    """A hardware word, how many of it, and what could not be said."""

    hardware: str | None
    number: int
    code: str = ""
    text: str = ""
    load: float | None = None
    """Where the word holds the load already (stated watts beside a stated host)."""


def digits(number: float) -> str:
    """A number as it is typed, to the last bit."""
    return str(int(number)) if number == int(number) and number < EXACT else repr(number)


class Words:
    """Hardware words of jobs; each distinct set of resources is put into words once."""

    def __init__(
        self, site: Site, hardware: str | None, catalog: Catalog, meant: Callable[[str], str]
    ) -> None:
        self.site, self.catalog, self.meant = site, catalog, meant
        self.types = Types(site, hardware, catalog, meant)
        self._known: dict[object, Held] = {}
        self._cores: dict[str, float] = {}
        self._facts: dict[str, tuple[bool, float | None]] = {}
        self._curve: list[tuple[float, float]] = []

    def check(self) -> None:
        """Look up the words of the site, and the cores of its processors, before a job needs them.

        Raises
        ------
        InputError : a word that the catalog does not know, or a processor whose number of cores nobody says
        """
        check_words(self.site, self.types.hardware, self.catalog, self.meant)
        for partition in (self.site.everywhere, *self.site.partitions.values()):
            if partition.processor and not partition.cores and partition.watts_per_core is None:
                self._cores_of(self.meant(partition.processor))

    def held(
        self,
        partition: Partition,
        gpus: tuple[Gpu, ...],
        cpus: float | None,
        memory_gb: float | None,
        busy: float | None,
    ) -> Held:
        """The word for GPUs, CPUs [1] and memory [GB]; `busy` is the mean number of busy CPUs [1], where known."""
        host = partition.watts_per_core is not None and bool(gpus)
        if not host:
            busy = None
        # A partition is told by its place in memory: the site keeps it, and its twelve fields need no hashing.
        asked = (id(partition), gpus, cpus, memory_gb, busy)
        found = self._known.get(asked)
        if found is None:
            if gpus:
                found = self._gpu_job(partition, gpus, cpus, memory_gb, busy)
            else:
                found = self._cpu_job(partition, cpus, memory_gb)
            if not host:
                self._known[asked] = found
        return found

    def load_of(self, partition: Partition, efficiency: float | None) -> float | None:
        """Load of the cores of a job without GPUs [1], from the share of its CPU time that was used [1].

        With watts per busy core it is that share; else a processor's draw over its rated power at that share.
        """
        if efficiency is None:
            return partition.load
        if partition.watts_per_core is not None:
            return efficiency
        if not self._curve:
            figure = self.catalog.figure
            self._curve = [
                (0.0, figure("processor-idle-share")),
                (0.1, figure("processor-curve-10")),
                (0.5, figure("processor-curve-50")),
                (1.0, figure("processor-curve-100")),
            ]
        return _between(self._curve, efficiency)

    # --- cores ------------------------------------------------------------------------------------------------------

    def _cpu_job(self, partition: Partition, cpus: float | None, memory_gb: float | None) -> Held:
        if not cpus:
            return Held(
                None,
                1,
                "hardware-unknown",
                "neither CPUs nor GPUs of the job are known; ask sacct for AllocTRES",
            )
        return Held(self._cpu(partition, cpus) + self._memory(partition, memory_gb), 1)

    def _cpu(self, partition: Partition, cpus: float) -> str:
        threads = partition.threads_per_core or 1.0
        cores = cpus / threads
        if partition.watts_per_core is not None:
            return f"{_cores(cores)} at {digits(partition.watts_per_core)}W"
        if partition.processor is None:
            return _cores(cores)
        processor = self.meant(partition.processor)
        each = (partition.cores or self._cores_of(processor)) * threads
        if cpus % each == 0:
            return f"{digits(cpus / each)}x{processor}"
        return f"{digits(cpus)}/{digits(each)} of {processor}"

    def _cores_of(self, processor: str) -> float:
        if processor not in self._cores:
            from wattgram.resolve.device import find_device  # noqa: PLC0415 - only a named processor is looked up

            device = find_device(processor, self.catalog, [])
            cores = getattr(device.record, "cores", None) if device else None
            if not cores:
                raise InputError(
                    "processor",
                    processor,
                    "the catalog does not know how many cores it has; say cores = N beside it",
                )
            self._cores[processor] = float(cores)
        return self._cores[processor]

    def _memory(self, partition: Partition, memory_gb: float | None) -> str:
        if not memory_gb:
            return ""
        each = "" if partition.memory_w_per_gb is None else f" at {digits(partition.memory_w_per_gb)}W/GB"
        return f" + {digits(memory_gb)}GB{each}"

    # --- GPUs -------------------------------------------------------------------------------------------------------

    def _gpu_job(
        self,
        partition: Partition,
        gpus: tuple[Gpu, ...],
        cpus: float | None,
        memory_gb: float | None,
        busy: float | None,
    ) -> Held:
        named: list[tuple[str, int]] = []
        code = text = ""
        for gpu in gpus:
            count = max(1, round(gpu.number))
            word = self._gpu(gpu.type, partition)
            if word is None:
                kind = f"type '{gpu.type}'" if gpu.type else "of no named type"
                text = (
                    f"{count} GPU{'s' if count > 1 else ''} {kind}: say which with --hardware, "
                    f"or accelerator = {OF_PARTITION} in the TOML of --partitions"
                )
                return Held(None, count, "hardware-unknown", text)
            if not self._fact(word)[0]:
                code = "unknown-gpu-type"
                text = (
                    f"the catalog has no GPU '{word}'; name it in --partitions: [accelerators] {gpu.type or 'type'} = ..., "
                    f"or with --map, a CSV with the line {word},MEANING"
                )
            self.types.say_ambiguous(gpu.type, word, partition)
            named.append((word, count))
        host = self._host(partition, cpus, memory_gb, busy)
        if len(named) == 1 and not host:
            return Held(named[0][0], named[0][1], code, text)
        watts = [self._fact(word)[1] for word, _ in named]
        if all(watt is not None for watt in watts):
            load = 1.0 if partition.load is None else partition.load
            drawn = sum((watt or 0.0) * load * count for watt, (_, count) in zip(watts, named, strict=True))
            return Held(f"{digits(drawn)}W{host}", 1, code, text, load=1.0)
        return Held(" + ".join(_parts(named)) + host, 1, code, text)

    def _gpu(self, kind: str, partition: Partition) -> str | None:
        """The word of one GPU of a type: a MIG instance as its share of the GPU it is cut from."""
        whole = self.types.whole(kind, partition)
        found = self.types.slices(kind, whole) if kind and whole else None
        if whole is None or found is None:
            return whole
        slices, of = found
        watts = self._fact(whole)[1]
        if watts is not None:
            return f"{digits(watts * slices / of)}W"
        return whole if slices == of else f"{slices}/{of} of {whole}"

    def _host(
        self, partition: Partition, cpus: float | None, memory_gb: float | None, busy: float | None
    ) -> str:
        """What the site says of the host: busy cores at their watts, or the share of its processors; nothing said, nothing added."""
        if not cpus or (partition.watts_per_core is None and partition.processor is None):
            return ""
        if partition.watts_per_core is None:
            return f" + {self._cpu(partition, cpus)}{self._memory(partition, memory_gb)}"
        cores = (cpus if busy is None else busy) / (partition.threads_per_core or 1.0)
        core = f" + {_cores(cores)} at {digits(partition.watts_per_core)}W" if cores else ""
        return core + self._memory(partition, memory_gb)

    def _fact(self, word: str) -> tuple[bool, float | None]:
        """Whether the catalog knows a word, and its watts if it states them (beside a host they are no rated power)."""
        found = self._facts.get(word)
        if found is None:
            parts = parse_hardware(word)
            watts = parts[0].number * parts[0].amount if [part.kind for part in parts] == ["power"] else None
            found = self._facts[word] = (self.is_known(word), watts)
        return found

    def is_known(self, word: str) -> bool:
        """Whether the catalog has a word, or several things of that name."""
        from wattgram.resolve.hardware import resolve_hardware  # noqa: PLC0415 - only where GPUs are named

        try:
            resolve_hardware(word, self.catalog)
        except AmbiguousWordError:
            return True
        except InputError:
            return False
        return True


def _cores(number: float) -> str:
    return f"{digits(number)} core{'' if number == 1 else 's'}"


def _parts(named: list[tuple[str, int]]) -> list[str]:
    """The parts of a sum: counted GPUs, and the shares of one kind of GPU together (two of 1/7 and one of 3/7 are 5/7)."""
    slices: dict[tuple[str, int], int] = {}
    parts = []
    for word, count in named:
        share = _SHARE.fullmatch(word)
        if share is None:
            parts.append(word if count == 1 else f"{count}x{word}")
        else:
            whole = (share["whole"], int(share["of"]))
            slices[whole] = slices.get(whole, 0) + int(share["slices"]) * count
    for (name, of), held in slices.items():
        full, rest = divmod(held, of)
        if full:
            parts.append(name if full == 1 else f"{full}x{name}")
        if rest:
            parts.append(f"{rest}/{of} of {name}")
    return parts


def _between(curve: list[tuple[float, float]], at: float) -> float:
    """The straight line between the two points around `at`."""
    for (x0, y0), (x1, y1) in pairwise(curve):
        if at <= x1:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return curve[-1][1]
