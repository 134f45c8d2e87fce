"""Frames: a table of runs in, the same kind of table out, from a laptop's hundred rows to a cluster's hundred million.

    >>> import wattgram
    >>> answers = wattgram.estimate_frame(frame)      # pandas, polars, pyarrow, DuckDB, Dask or PySpark

Two scans: the first reads only the distinct words of the table (a lazy frame is asked for those alone), which are
resolved as one run's words are; the second joins them back as small tables and multiplies. The arithmetic and the
fills are those of one run, on column expressions, so both agree to 1e-9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.frames.summary import Summary

__all__ = ["estimate_frame", "summarise"]


def estimate_frame(
    frame: Any,
    *,
    catalog: Catalog | None = None,
    mapping: Mapping[str, str] | str | None = None,
    suffix: str = "",
    boundary: str = "lifecycle",
    embodied: bool = True,
    series: Any = None,
    where: str | None = None,
) -> Any:
    """The footprint of every row of a table of runs; a frame of the same kind, lazy where the frame is.

    Parameters
    ----------
    frame : pandas, polars (eager or lazy), pyarrow, DuckDB, Dask or PySpark, with the columns `hardware`, `hours` [h] (or
        `start` and `end`), `where` (or `provider` and `region`), and, where known, `count`, `load` [1], `overhead` [1],
        `pue` [1], `intensity` [g CO2e/kWh], `measured_energy_kwh` [kWh], `measured_scope`, `workload`; a blank is filled
        as for one run, other columns pass through
    catalog : another catalog than the shipped one
    mapping : names of your own: a dict, or a CSV of two columns, the word in the table and what it means
    suffix : added to the names of the answers
    boundary : `lifecycle` or `direct`
    embodied : whether the making of the hardware is counted
    series : hourly intensity of some zones: a `Series`, several, a mapping by zone, or paths of files; a run with a
        start that lies within its zone's series is integrated over its own hours
    where : the place of the runs that say none

    Returns
    -------
    the frame with `energy_kwh` [kWh], `operational_kg`, `market_kg`, `embodied_kg`, `total_kg` [kg CO2e] and their
    ranges, `intensity_g_per_kwh`, `zone`, `warning` and `issue`; not a row more or less, in their order (a DuckDB
    relation and a Spark frame have none: order them by a column of yours)

    Raises
    ------
    InputError : no frame, a column that is missing, twice, or named as an answer; MissingExtraError : narwhals is missing
    """
    from wattgram.frames.backends import backend_of  # noqa: PLC0415 - each engine when its frame comes

    backend = backend_of(frame)
    from wattgram.frames.pipeline import estimate  # noqa: PLC0415 - needs narwhals, which backend_of has seen

    return estimate(
        frame,
        backend,
        catalog=catalog,
        mapping=mapping,
        suffix=suffix,
        boundary=boundary,
        embodied=embodied,
        series=series,
        where=where,
    )


def summarise(frame: Any, *, by: str | Sequence[str] = (), **said: Any) -> Summary:
    """What a table of runs comes to: totals with correlated ranges, coverage, issues, and the words that name nothing.

    Parameters
    ----------
    frame : any frame that `estimate_frame` takes
    by : columns to sum by, as names or as one text such as `"user,month"`; `month` is the month of `start`
    said : `catalog`, `mapping`, `boundary`, `embodied`, `series`, `where` as in `estimate_frame`

    Returns
    -------
    Summary, with `.totals` (`.figures["operational_kg"]` and the like, each `.central`, `.low`, `.high`, and `.covered`, the
        number of rows that have it), `.groups` (the same under the cells of the columns, as in `("ada", "2024-05")`),
        `.failures` (words that name nothing) and `.report("text" | "json" | "csv" | "markdown")`

    Raises
    ------
    InputError : as `estimate_frame`, a column to sum by that is not there, answers in place of runs
    """
    from wattgram.frames.backends import backend_of  # noqa: PLC0415 - each engine when its frame comes

    backend = backend_of(frame)
    from wattgram.frames.pipeline import plan, summary_of  # noqa: PLC0415 - needs narwhals, which backend_of has seen

    return summary_of(frame, plan(frame, backend, **said), by)
