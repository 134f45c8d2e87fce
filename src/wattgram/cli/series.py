"""`wattgram catalog series show|fetch` and `wattgram catalog profile`: look at a series, ask for one, make a profile."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import Command
from wattgram.errors import InputError

if TYPE_CHECKING:
    from wattgram.series import Series

__all__ = ["profile", "series"]

FORMS = ("text", "json", "csv")
HOURS = 24


@click.group(name="series")
def series() -> None:
    """A zone's intensity hour by hour: look at a file, or ask a service for one.

    \b
    wattgram catalog series show FR_2024_hourly.csv
    wattgram catalog series fetch electricitymaps FR --from 2024-05-01 --to 2024-05-08 -o FR.csv
    """  # noqa: D301 - \b keeps the lines of a block apart in click


_FILE_OPTIONS = (
    click.option("--zone", metavar="ZONE", help="The zone, where the file names none or several."),
    click.option("--column", metavar="NAME", help="The column of values, where it cannot be told."),
    click.option("--timezone", metavar="NAME", help="Zone of times that name none, as in Europe/Paris."),
    click.option("--boundary", metavar="NAME", help="lifecycle or direct."),
    click.option("--kind", metavar="NAME", help="average or marginal, where the file does not say."),
)


def _file_options(command: Any) -> Any:
    for option in reversed(_FILE_OPTIONS):
        command = option(command)
    return command


@series.command(cls=Command, name="show")
@click.argument("file")
@_file_options
@click.option("--format", "form", metavar="FORM", default="text", help="text, json or csv.  [default: text]")
def show(file: str, form: str, **said: str | None) -> int:
    """What a file of a series holds: zone, span, gaps, estimated share, mean, hours of the day."""
    if form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")
    from wattgram.grid import write_series  # noqa: PLC0415 - `--help` reads nothing

    found = _read(file, said)
    if form == "csv":
        click.echo(write_series(found), nl=False)
        return 0
    facts = _facts(found)
    if form == "json":
        import json  # noqa: PLC0415

        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return 0
    for name, value in facts.items():
        if name == "hours_utc":
            best = min(value, key=lambda hour: value[hour])
            worst = max(value, key=lambda hour: value[hour])
            click.echo(
                f"{'hours of the day':<20} least {best}:00 UTC {value[best]:.4g}, most {worst}:00 UTC {value[worst]:.4g} g/kWh"
            )
        elif isinstance(value, list):
            for line in value:
                click.echo(f"! {line}")
        elif value != "":
            shown = f"{value:.6g}" if isinstance(value, float) else value
            click.echo(f"{name.replace('_', ' '):<20} {shown}")
    return 0


def _facts(found: Series) -> dict[str, Any]:
    from wattgram.resolve.hours import ESTIMATED_UPSTREAM, series_spread  # noqa: PLC0415
    from wattgram.series import text_of  # noqa: PLC0415

    low, high = series_spread(found)
    gaps = found.gaps
    notes = list(found.notes)
    if found.zone in ESTIMATED_UPSTREAM:
        notes.append(
            f"every hour of {found.zone} is estimated by its source: no ground for claims about the time of day"
        )
    return {
        "zone": found.zone,
        "kind": found.kind,
        "boundary": found.boundary,
        "basis": found.basis,
        "source": found.source,
        "licence": found.licence,
        "from": text_of(found.begin_s),
        "to": text_of(found.end_s),
        "step_minutes": found.step_s // 60,
        "coverage": found.coverage(found.begin_s, found.end_s),
        "gaps": len(gaps),
        "estimated_share": found.estimated_share,
        "mean_g_per_kwh": found.mean_g_per_kwh(found.begin_s, found.end_s),
        "p5_g_per_kwh": low,
        "p95_g_per_kwh": high,
        "hours_utc": _by_hour(found),
        "notes": notes,
    }


def _by_hour(found: Series) -> dict[str, float]:
    sums: dict[int, list[float]] = {}
    for index, value in enumerate(found.g_per_kwh):
        if value == value:  # noqa: PLR0124 - NaN alone differs from itself
            sums.setdefault((found.begin_s + index * found.step_s) // 3600 % HOURS, []).append(value)
    return {f"{hour:02d}": sum(values) / len(values) for hour, values in sorted(sums.items())}


@series.command(cls=Command, name="fetch")
@click.argument("source", metavar="electricitymaps|neso|entsoe|watttime")
@click.argument("zone")
@click.option("--from", "begin", metavar="DATE", required=True, help="Start of the time that is asked for.")
@click.option("--to", "end", metavar="DATE", required=True, help="End of it.")
@click.option("--boundary", metavar="NAME", help="lifecycle or direct, where the source has both.")
@click.option("-o", "--output", metavar="FILE", help="Where to write the CSV.  [default: standard output]")
def fetch(source: str, zone: str, begin: str, end: str, boundary: str | None, output: str | None) -> int:
    """Ask a service for a series and write it as CSV. Keys come from the environment; answers are kept on disk.

    \b
    electricitymaps   ELECTRICITYMAPS_API_KEY                average, life-cycle or direct
    neso              no key; zone GB, or a region 1 to 17   average, direct, by half-hours
    entsoe            ENTSOE_API_KEY                         generation mix times factors by fuel
    watttime          WATTTIME_USER, WATTTIME_PASSWORD       marginal: never in a footprint
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.grid import open_series, write_series  # noqa: PLC0415
    from wattgram.run import parse_start  # noqa: PLC0415

    found = open_series(f"live:{source}:{zone}", parse_start(begin), parse_start(end), boundary=boundary)
    _say_notes(found)
    _write(write_series(found), output)
    return 0


@click.command(cls=Command, name="profile")
@click.argument("file")
@_file_options
@click.option(
    "-o", "--output", metavar="FILE", help="Where to write it, named profiles.csv to be an overlay."
)
def profile(file: str, output: str | None, **said: str | None) -> int:
    """Derive a month x hour profile from a series of yours, as rows that an overlay takes.

    \b
    wattgram catalog profile FR_2024_hourly.csv -o mine/profiles.csv
    wattgram estimate 8xA100 100h FR --overlay mine
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    from wattgram.grid import profile_csv, profile_rows  # noqa: PLC0415
    from wattgram.series import UNNAMED  # noqa: PLC0415

    found = _read(file, said)
    if found.zone == UNNAMED:
        raise InputError("zone", "", "the file names none; say it with --zone, as in --zone FR")
    _say_notes(found)
    _write(profile_csv(profile_rows(found)), output)
    return 0


def _read(file: str, said: dict[str, str | None]) -> Series:
    from wattgram.grid import read_series  # noqa: PLC0415 - `--help` reads nothing

    return read_series(sys.stdin if file == "-" else file, **said)  # type: ignore[arg-type]


def _say_notes(found: Series) -> None:
    from wattgram.resolve.hours import ESTIMATED_UPSTREAM  # noqa: PLC0415

    for note in found.notes:
        click.echo(f"! {note}", err=True)
    if found.zone in ESTIMATED_UPSTREAM or found.estimated_share == 1:
        click.echo(f"! every hour of {found.zone} is estimated by its source", err=True)


def _write(text: str, output: str | None) -> None:
    if output is None or output == "-":
        click.echo(text, nl=False)
        return
    path = Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(f"wrote {output}", err=True)
