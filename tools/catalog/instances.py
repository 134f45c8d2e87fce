"""Build instances.csv: which accelerators, and how much of which host, a cloud's instance type brings."""

from __future__ import annotations

import re
from pathlib import Path

from . import raw_tables
from .slug import slug
from .tables import named, read_csv, write_table

CURATED = Path(__file__).parent / "curated"
RAW = raw_tables.path_of("instances")
COLUMNS = (
    "provider",
    "instance_type",
    "aliases",
    "accelerator_id",
    "accelerator_count",
    "vcpu",
    "ram_gib",
    "processor_id",
    "host_vcpu",
    "host_ram_gib",
    "source_id",
    "note",
)
SOURCES = raw_tables.declared()["instances"].cites
LACKING = (
    "no source is named for its types; write one under [instances.cites] of tools/catalog/raw_tables.toml"
)
TPU = re.compile(r"v[0-9]+[a-z]*-[0-9]+")
# The raw table gives this type the 36 GPUs of the UltraServer that nine of them make up.
COUNTS = {("aws", "p6e-gb200.36xlarge"): ("4", "4 GPUs; 36 are in an UltraServer of nine")}
# Families of one kind of server under several names: the fraction and the memory variant share the host.
SAME_HOST = {
    "g6f": "g6",
    "g3s": "g3",
    "NCr": "NC",
    "NCrs_v2": "NCs_v2",
    "NCrs_v3": "NCs_v3",
    "NDrs": "NDs",
    "NVadms_A10_v5": "NVads_A10_v5",
}
# The largest type is no whole server, or servers are not known to be cut evenly.
NO_HOST = frozenset(("gr6", "gr6f", "inf2", "trn1"))

PROVENANCE: dict[str, dict[str, str]] = {
    "instances.csv": {
        **dict.fromkeys(("provider", "instance_type", "vcpu", "ram_gib", "note"), RAW),
        "aliases": "made here from instance_type",
        "accelerator_id": f"slug of {RAW}:accelerator",
        "accelerator_count": f"{RAW}:accelerator_count; p6e-gb200 mended here",
        "processor_id": "slug of tools/catalog/curated/instance_processors.csv:processor",
        "host_vcpu": f"{RAW}:vcpu of the largest type of the family (AWS, Azure, Google)",
        "host_ram_gib": f"{RAW}:ram_gib of the largest type of the family",
        "source_id": "made here from provider",
    },
}


def family(provider: str, name: str) -> str:
    """The series of an instance type: what its sizes share."""
    if provider == "aws":
        return name.partition(".")[0]
    if provider == "azure":
        found = re.fullmatch(r"Standard_([A-Z]+)[0-9]+([a-z]*)(.*)", name)
        if found is None:
            return name
        letters = found[2].replace("r", "").replace("di", "d") if found[3] else found[2]
        return found[1] + letters + found[3]
    if provider == "gcp":
        return re.sub(r"-[0-9]+g?$", "", name)
    if provider == "oci":
        return name.rpartition(".")[0]
    return name


def aliases(provider: str, name: str) -> str:
    """Other spellings people use for an instance type."""
    if provider == "azure":
        short = name.removeprefix("Standard_")
        return "|".join(dict.fromkeys((short, short.replace("_", " "))))
    if provider == "gcp" and TPU.fullmatch(name):
        return f"tpu-{name}|TPU {name}"
    if provider == "gcp" and name.startswith("n1+"):
        return name.removeprefix("n1+")
    if provider == "aws":
        return f"ml.{name}"
    return ""


def hosts(rows: list[dict[str, str]]) -> dict[tuple[str, str], dict[str, str]]:
    """The largest type of each family where that is a whole server."""
    largest: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        name = row["instance_type"]
        cut = row["provider"] in {"aws", "azure"} or (
            row["provider"] == "gcp" and re.match(r"[ag][0-9]", name)
        )
        if not (cut and row["vcpu"]):
            continue
        series = family(row["provider"], name)
        key = row["provider"], SAME_HOST.get(series, series)
        if key not in largest or float(row["vcpu"]) > float(largest[key]["vcpu"]):
            largest[key] = row
    return largest


def build(raw: Path, out: Path) -> None:
    """Write instances.csv."""
    rows = raw_tables.read(raw, "instances")
    processors = {
        (row["provider"], row["family"]): row["processor"]
        for row in read_csv(CURATED / "instance_processors.csv")
    }
    whole = hosts(rows)
    used: set[tuple[str, str]] = set()
    made: list[dict[str, str]] = []
    for row in rows:
        provider, name = row["provider"], row["instance_type"]
        series = family(provider, name)
        key = provider, SAME_HOST.get(series, series)
        served = next((at for at in ((provider, series), key) if at in processors), None)
        used |= {served} if served else set()
        host = {} if series in NO_HOST else whole.get(key, {})
        count, note = COUNTS.get((provider, name), (row["accelerator_count"], row["note"]))
        tpu = provider == "gcp" and TPU.fullmatch(name) is not None
        made.append(
            {
                "provider": provider,
                "instance_type": name,
                "aliases": aliases(provider, name),
                "accelerator_id": slug(row["accelerator"]),
                "accelerator_count": count,
                "vcpu": row["vcpu"],
                "ram_gib": row["ram_gib"],
                "processor_id": slug(processors[served]) if served else "",
                "host_vcpu": host.get("vcpu", ""),
                "host_ram_gib": host.get("ram_gib", ""),
                "source_id": named(SOURCES, "gcp-tpu" if tpu else provider, LACKING),
                "note": note,
            }
        )
    if unused := set(processors) - used:
        raise ValueError(f"processors of families that no instance type has: {sorted(unused)}")
    write_table(out / "instances.csv", COLUMNS, made, key=("provider", "instance_type"))
