"""What a site says about its partitions, in a small TOML: which accelerator, which processor, where, with which PUE.

    where = "FI"
    pue = 1.2

    [partition.gpu]
    accelerator = "A100-SXM4-80GB"
    processor = "EPYC 7763"

    [accelerators]
    a100l = "A100-SXM4-80GB"

Keys before the first table hold for every partition that does not say otherwise. [partitions.gpu] is the same as
[partition.gpu].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from wattgram.errors import InputError

__all__ = ["Partition", "Site", "load_site"]


class Partition(NamedTuple):
    """The nodes of one partition; None is "not said"."""

    accelerator: str | None = None
    """Hardware word of one GPU as Slurm counts them."""
    processor: str | None = None
    cores: float | None = None
    """Cores of one such processor, where the catalog does not know them."""
    threads_per_core: float | None = None
    """CPUs that Slurm counts for one core: 2 where it counts hardware threads."""
    watts_per_core: float | None = None
    """Draw of one busy core [W]: its energy is CPU time times this."""
    memory_w_per_gb: float | None = None
    where: str | None = None
    pue: float | None = None
    load: float | None = None
    """Average draw over rated power where the log does not say it."""
    overhead: float | None = None
    workload: str | None = None
    energy_scope: str | None = None
    """What the energy counter of the nodes covers: device, it or facility."""


TABLES = "the tables are [partition.NAME] (or [partitions.NAME]), one for each partition, and [accelerators]"
WORDS = ("accelerator", "processor", "where", "workload", "energy_scope")
LIMITS: dict[str, tuple[float, float, bool]] = {
    "cores": (1, 10_000, False),
    "threads_per_core": (1, 8, False),
    "watts_per_core": (0, 1000, True),
    "memory_w_per_gb": (0, 100, True),
    "load": (0, 1.5, True),
    "overhead": (1, 10, False),
    "pue": (1, 5, False),
}


class Site(NamedTuple):
    """Every partition of a site, and what its GPU types are called."""

    everywhere: Partition
    partitions: dict[str, Partition]
    accelerators: dict[str, str]
    """GRES type, in lower case, to hardware word."""

    def of(self, partition: str) -> Partition:
        """What is known of a partition: by its name, else what holds everywhere."""
        return self.partitions.get(partition) or self.partitions.get(partition.lower()) or self.everywhere


def load_site(source: str | Mapping[str, Any] | None) -> Site:
    """The site that a TOML file (or a mapping of the same shape) describes; an empty one for None.

    Raises
    ------
    InputError : no such TOML, an unknown key, a partition that is described twice, or a figure out of range
    """
    if source is None:
        return Site(Partition(), {}, {})
    said = _read(source) if not isinstance(source, Mapping) else dict(source)
    tables = _tables(said)
    types = said.pop("accelerators", {})
    if not isinstance(types, Mapping) or not all(isinstance(word, str) for word in types.values()):
        raise InputError("accelerators", types, 'it is a table of GPU types, as in a100l = "A100-SXM4-80GB"')
    everywhere = _partition("the file", said, Partition())
    partitions = {
        str(name): _partition(f"partition {name}", words, everywhere) for name, words in tables.items()
    }
    own = {kind.lower(): word for kind, word in types.items()}
    return Site(
        _in_own_names(everywhere, own),
        {name: _in_own_names(partition, own) for name, partition in partitions.items()},
        own,
    )


def _in_own_names(partition: Partition, own: dict[str, str]) -> Partition:
    """A partition whose accelerator is named as [accelerators] names it."""
    said = partition.accelerator
    return partition._replace(accelerator=own.get(said.lower(), said)) if said else partition


def _tables(said: dict[str, Any]) -> dict[str, Any]:
    """The table of each partition, taken out of the file: [partition.NAME], or [partitions.NAME], which is the same."""
    found: dict[str, Any] = {}
    for table in ("partition", "partitions"):
        tables = said.pop(table, {})
        if not isinstance(tables, Mapping):
            raise InputError(table, tables, "it is a table for each partition, as in [partition.gpu]")
        for name, keys in tables.items():
            if name in found:
                twice = f"it is described twice, as [partition.{name}] and as [partitions.{name}]; leave one"
                raise InputError("partition", name, twice)
            found[name] = keys
    return found


def _read(path: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - only a described site needs it

    try:
        with open(path, "rb") as handle:
            return tomllib.load(handle)
    except OSError as error:
        raise InputError("partitions", path, f"{error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("partitions", path, f"it is no TOML: {error}") from None


def _partition(name: str, said: Any, everywhere: Partition) -> Partition:
    from wattgram.run import check_number  # noqa: PLC0415

    if not isinstance(said, Mapping):
        raise InputError(name, said, "it is a table of keys, as in [partition.gpu]")
    found: dict[str, Any] = {}
    for key, given in said.items():
        if key in LIMITS:
            low, high, above = LIMITS[key]
            if key == "load":
                given = _share(given)  # noqa: PLW2901 - "80%" is the share it says
            found[key] = check_number(f"{key} of {name}", given, low, high, above=above)
        elif key in WORDS:
            if not isinstance(given, str) or not given.strip():
                raise InputError(f"{key} of {name}", given, "it is a word in quotes")
            found[key] = given.strip()
        elif isinstance(given, Mapping):
            raise InputError(f"table of {name}", key, TABLES, _near(key, ("partition", "accelerators")))
        else:
            from difflib import get_close_matches  # noqa: PLC0415 - only a wrong key pays for it

            known = [*WORDS, *LIMITS]
            raise InputError(
                f"key of {name}",
                key,
                f"the keys are {', '.join(known)}",
                get_close_matches(str(key), known, n=1),
            )
    _check(name, found)
    return everywhere._replace(**found)


def _near(key: Any, known: tuple[str, ...]) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong table pays for it

    return get_close_matches(str(key), known, n=1)


def _share(given: Any) -> Any:
    """`"80%"` as 0.8; anything else as it is."""
    if not isinstance(given, str) or not given.strip().endswith("%"):
        return given
    try:
        return float(given.strip()[:-1]) / 100
    except ValueError:
        return given


def _check(name: str, found: dict[str, Any]) -> None:
    """The words that have a grammar are read once here, so that a slip is said before a million rows carry it."""
    from wattgram.estimation import SCOPES  # noqa: PLC0415
    from wattgram.resolve.fill import WORKLOADS  # noqa: PLC0415
    from wattgram.run import parse_hardware, parse_where  # noqa: PLC0415

    for key in ("accelerator", "processor"):
        if key in found:
            parse_hardware(found[key])
    if "where" in found:
        parse_where(found["where"])
    for key, allowed in (("energy_scope", SCOPES), ("workload", tuple(WORKLOADS))):
        if key in found and found[key] not in allowed:
            raise InputError(f"{key} of {name}", found[key], f"it is one of {', '.join(allowed)}")
