"""`wattgram catalog TABLE [QUERY]` and `wattgram catalog check`."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import click

from wattgram.catalog import Catalog, place_key
from wattgram.cli import Command
from wattgram.cli.run_options import catalog_options
from wattgram.errors import InputError
from wattgram.report.csv import safe_cell

__all__ = ["VIEWS", "command"]

VIEWS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "hardware": (
        (
            "accelerators",
            ("id", "name", "tdp_w", "power_grade", "memory_gb", "peak_bf16_dense_tflop_per_s", "source_id"),
        ),
        ("processors", ("id", "name", "tdp_w", "power_grade", "cores", "source_id")),
        (
            "instances",
            ("provider", "instance_type", "accelerator_id", "accelerator_count", "vcpu", "ram_gib"),
        ),
    ),
    "regions": (
        ("regions", ("provider", "region", "city", "country", "zone", "pue", "pue_year", "wue_l_per_kwh")),
    ),
    "zones": (
        (
            "zones",
            (
                "zone",
                "year",
                "boundary",
                "basis",
                "intensity_g_per_kwh",
                "low_g_per_kwh",
                "high_g_per_kwh",
                "source_id",
            ),
        ),
    ),
    "profiles": (
        (
            "profiles",
            (
                "zone",
                "month",
                "hour",
                "window_h",
                "relative_mean",
                "relative_p5",
                "relative_p95",
                "source_id",
            ),
        ),
    ),
    "sources": (("sources", ("id", "producer", "title", "published", "licence", "url")),),
    "assumptions": (
        ("assumptions", ("id", "low", "central", "high", "unit", "shared_by", "status", "source_id")),
    ),
}
"""What each view shows: the tables, and of each the columns."""
COMMANDS = ("series", "profile")
FORMS = ("text", "json", "csv", "markdown")
MOST_LINES = 40


class _Catalog(Command):
    """Views of the tables, and behind the words `series` and `profile` commands of their own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the view, or of the command that the first word names."""
        if args and args[0] in COMMANDS:
            from wattgram.cli import series  # noqa: PLC0415 - the views do without

            chosen: click.Command = getattr(series, args[0])
            return chosen.make_context(f"{info_name} {args[0]}", args[1:], parent=parent, **extra)
        return super().make_context(info_name, args, parent=parent, **extra)


@click.command(cls=_Catalog, name="catalog")
@click.argument("view", metavar="hardware|regions|zones|profiles|sources|assumptions|check|series|profile")
@click.argument("query", nargs=-1)
@catalog_options
@click.option("--all", "everything", is_flag=True, help=f"Every row; the text form stops at {MOST_LINES}.")
@click.option(
    "--format", "form", metavar="FORM", default="text", help="text, json, csv or markdown.  [default: text]"
)
def command(
    view: str, query: tuple[str, ...], overlay: str | None, as_of: str | None, *, everything: bool, form: str
) -> int:
    """Look into the catalog, or check it.

    \b
    wattgram catalog hardware a100       every device, processor and instance type with these words
    wattgram catalog zones FR            every intensity of France, with range and source
    wattgram catalog check               every row against its schema, ranges and sources
    wattgram catalog series --help       a zone hour by hour: look at a file, ask a service
    wattgram catalog profile FILE        a month x hour profile of a series of yours
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")
    catalog = Catalog.load(overlay, as_of)
    if view == "check":
        return _check(catalog, form)
    if view not in VIEWS:
        from difflib import get_close_matches  # noqa: PLC0415 - only a wrong word pays for it

        near = get_close_matches(view[:80], [*VIEWS, "check", *COMMANDS], n=1)
        raise InputError("table", view, f"it is one of {', '.join(VIEWS)}, check, series or profile", near)
    found = [(columns, list(_rows(catalog, table, query))) for table, columns in VIEWS[view]]
    if not any(rows for _, rows in found):
        raise InputError("query", " ".join(query), f"no row of {view} has these words")
    click.echo(_render(found, form, everything=everything), nl=False)
    return 0


def _rows(catalog: Catalog, table: str, query: tuple[str, ...]) -> Any:
    """Rows in which every word of the query stands somewhere; a word that is a zone or id alone finds exactly it."""
    if table == "sources":
        rows: Any = ({"id": key, **source} for key, source in catalog.sources().items())
    else:
        rows = catalog.table(table).all_rows()
    wanted = [place_key(word) for word in query]
    zones = _zones_of_regions(catalog) if table == "regions" else {}
    exact = table == "zones" and len(query) == 1 and catalog.table("zones").keys_of(wanted[0])
    for row in rows:
        if table == "regions":
            row = {**row, "zone": zones.get((row["provider"], row["region"]), "")}  # noqa: PLW2901
        if exact:
            if row["zone"] not in exact:
                continue
        elif not all(any(word in place_key(str(cell)) for cell in row.values()) for word in wanted):
            continue
        yield row


def _zones_of_regions(catalog: Catalog) -> dict[tuple[str, str], str]:
    return {(row["provider"], row["region"]): row["zone"] for row in catalog.table("region_zones").all_rows()}


def _render(found: list[tuple[tuple[str, ...], list[dict[str, str]]]], form: str, *, everything: bool) -> str:
    if form == "json":
        rows = [row for _, table in found for row in table]
        return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    out = io.StringIO()
    for columns, rows in found:
        if not rows:
            continue
        shown = rows if everything or form != "text" else rows[:MOST_LINES]
        cells = [[str(row.get(column, "")) for column in columns] for row in shown]
        if form == "csv":
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([safe_cell(cell) for cell in line] for line in cells)
        elif form == "markdown":
            out.write("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns) + "\n")
            out.writelines("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |\n" for line in cells)
            out.write("\n")
        else:
            out.write(_aligned(columns, cells))
            if len(shown) < len(rows):
                out.write(f"… {len(rows) - len(shown)} more; say more words, or --all\n")
            out.write("\n")
    return out.getvalue()


def _aligned(columns: tuple[str, ...], cells: list[list[str]]) -> str:
    cut = [[cell if len(cell) <= 44 else cell[:43] + "…" for cell in line] for line in cells]  # noqa: PLR2004
    widths = [max(len(name), *(len(line[at]) for line in cut)) for at, name in enumerate(columns)]
    numeric = [all(_is_number(line[at]) for line in cut) for at in range(len(columns))]

    def shown(line: Any) -> str:
        pairs = zip(line, widths, numeric, strict=True)
        return "  ".join(c.rjust(w) if right else c.ljust(w) for c, w, right in pairs).rstrip()

    return "\n".join([shown(columns), *(shown(line) for line in cut)]) + "\n"


def _is_number(cell: str) -> bool:
    try:
        return not cell or float(cell) is not None
    except ValueError:
        return False


def _check(catalog: Catalog, form: str) -> int:
    from wattgram.catalog.check import check  # noqa: PLC0415 - only where asked for

    findings, counts = check(catalog)
    if form == "json":
        click.echo(json.dumps({"version": catalog.version, "rows": counts, "findings": findings}, indent=2))
    else:
        for finding in findings:
            click.echo(f"! {finding}")
        rows = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"Catalog {catalog.version}: {rows}; {len(findings)} findings.")
    return 1 if findings else 0
