"""The same work otherwise: on other hardware at equal work, or in other years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wattgram.assemble import of_published_power
from wattgram.comparison.entry import Entry, LeftOut, one_of, with_factors
from wattgram.errors import InputError
from wattgram.footprint import Footprint
from wattgram.resolve.peak import NUMBER_FORMATS, USUAL_FORMATS, known_formats
from wattgram.value import Value

__all__ = ["NUMBER_FORMATS", "devices", "years"]


def devices(base: Footprint, constraint: dict[str, str]) -> Iterator[Entry | LeftOut]:
    """As many of every other accelerator, for as long as the same work takes it."""
    run = base.run
    hours = base.duration.central
    if hours is None or run.measured_energy_kwh is not None:
        raise InputError(
            "by", "hardware", "equal work starts from a duration, and a measured energy belongs to one device"
        )
    mine = [device for device in base.assembled.hardware.devices if device.kind == "accelerator"]
    if base.assembled.training is not None:
        constraint.setdefault("number_format", base.assembled.training.number_format)
    column = _work_column(mine, constraint)
    work_tflop_per_s = sum(getattr(device.record, column) * device.number for device in mine)
    count = base.assembled.hardware.device_count
    share = base.catalog.default("mfu-a100")
    own_ids = {device.record.id for device in mine}
    yield Entry(base.assembled.hardware.name, "this run", base, own=True)
    for row in base.catalog.kept_rows("accelerators"):
        if row["id"] in own_ids and len(own_ids) == 1:
            continue
        if not row[column] or not row["tdp_w"]:
            lacking = "rated power" if row[column] else f"{constraint['number_format']} rate"
            yield LeftOut(row["name"], f"no {lacking} is published")
            continue
        ratio = work_tflop_per_s / (float(row[column]) * count)
        other = run._replace(hardware=row["name"], copies=round(count), duration_h=hours * ratio, work=None)
        try:
            footprint = Footprint(other, base.catalog)
        except InputError as error:
            yield LeftOut(row["name"], error.allowed)
            continue
        spread_sq = share.low_sq + share.high_sq
        reason = (
            f"equal work at the peak dense {constraint['number_format']} rate, both at the same share of it"
        )
        duration = Value.from_deviations(
            hours * ratio, spread_sq, spread_sq, "h", "assumed", share.sources, reason
        )
        # the same work is the same class of work: fewer device-hours do not make it a smaller one
        load = base.assembled.factors.load if run.load is None else footprint.assembled.factors.load
        published = of_published_power(run, footprint.assembled.hardware, base.assembled.scale)
        moved = with_factors(footprint, duration_h=duration, load=load, use_system_power=published)
        yield Entry(row["name"], row["full_name"] or row["name"], moved)


def _work_column(mine: list[Any], constraint: dict[str, str]) -> str:
    """The column of peak rates that measures the work; a format that the run's own devices have."""
    wanted = constraint.get("number_format")
    if wanted is not None:
        one_of("number format", wanted, NUMBER_FORMATS)
    for name in (wanted,) if wanted else USUAL_FORMATS:
        if mine and all(getattr(device.record, NUMBER_FORMATS[name]) for device in mine):
            constraint["number_format"] = name
            return NUMBER_FORMATS[name]
    allowed = f"of this hardware the peak rate is known in {', '.join(known_formats(mine)) or 'no format'}"
    raise InputError("number format", wanted or "any", allowed)


def years(base: Footprint, constraint: dict[str, str]) -> Iterator[Entry | LeftOut]:  # noqa: ARG001 - one face for all axes
    """The run at the same place in every year the catalog knows, newest first."""
    import datetime as dt  # noqa: PLC0415 - only this axis needs it

    place, zone = base.assembled.place, base.assembled.zone
    if place is None or not zone:
        raise InputError("by", "year", "a stated intensity has no years; name the place")
    own_year = base.run.start.year if base.run.start else base.assembled.year
    known = {row.year for row in base.catalog.zone_years(zone, base.run.boundary)} | (
        {own_year} if own_year else set()
    )
    for year in sorted(known, reverse=True):
        if year == own_year:
            yield Entry(str(year), "this run", base, own=True)
            continue
        start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        try:
            yield Entry(str(year), zone, Footprint(base.run._replace(start=start, series=None), base.catalog))
        except InputError as error:
            yield LeftOut(str(year), error.allowed)
