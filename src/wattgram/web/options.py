"""Options: the lists a form offers, built once for a catalog: accelerators, instances, regions, countries, zones.

The lists of thousands (processors, cities) are fetched by the page's script when a field is first entered; without it
every word of theirs can be typed all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import escape

from wattgram.web.tables import Tables

__all__ = ["datalists", "more_options"]


def _option(value: str, label: str = "") -> str:
    return (
        f'<option value="{escape(value)}">{escape(label)}</option>'
        if label and label != value
        else f'<option value="{escape(value)}">'
    )


def _rows(tables: Tables, name: str) -> Iterator[dict[str, str]]:
    return iter(tables.page(name, "", 1_000_000, 0)[0])


def _hardware(tables: Tables) -> Iterator[str]:
    names = {}
    for row in _rows(tables, "accelerators"):
        names[row["id"]] = row["name"]
        watts = f"{float(row['tdp_w']):g} W" if row["tdp_w"] else ""
        yield _option(row["name"], " · ".join(word for word in (row["full_name"], watts) if word))
    for row in _rows(tables, "instances"):
        accelerator = names.get(row["accelerator_id"], "")
        count = f"{float(row['accelerator_count'] or 1):g} × " if accelerator else ""
        yield _option(f"{row['provider']}:{row['instance_type']}", f"{count}{accelerator}")


def _places(tables: Tables) -> Iterator[str]:
    for row in _rows(tables, "regions"):
        where = ", ".join(
            dict.fromkeys(word for word in (row["city"] or row["name"], row["country"]) if word)
        )
        yield _option(f"{row['provider']}:{row['region']}", where)
    for row in _rows(tables, "countries"):
        yield _option(row["name"], row["country"])
    seen = {row["country"] for row in _rows(tables, "countries")}
    for row in _rows(tables, "zones"):
        if row["zone"] not in seen:
            seen.add(row["zone"])
            yield _option(row["zone"], row["zone_name"])


def datalists(tables: Tables) -> str:
    """The lists of hardware and places, as they stand at the end of a page."""
    return (
        f'<datalist id="hardware-list">{"".join(_hardware(tables))}</datalist>'
        f'<datalist id="where-list">{"".join(_places(tables))}</datalist>'
    )


def more_options(tables: Tables, name: str) -> str:
    """The long list behind a field: processors behind `hardware`, cities behind `where`."""
    return "\n".join(_long(tables, name))


def _long(tables: Tables, name: str) -> Iterable[str]:
    if name == "hardware":
        return (_option(row["name"]) for row in _rows(tables, "processors") if row["tdp_w"])
    ranked = sorted(_rows(tables, "cities"), key=lambda row: -float(row["population"] or 0))
    return (_option(row["city"], row["subdivision"] or row["country"]) for row in ranked)
