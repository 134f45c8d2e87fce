"""Batch: a file of runs of any size to a file of answers, and to their totals, on an embedded or a distant engine."""

from __future__ import annotations

import errno
import gc
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, NamedTuple

from wattgram.catalog import Catalog
from wattgram.errors import InputError, MissingExtraError, WattgramError, echo
from wattgram.frames.schema import labels_of, unread
from wattgram.frames.sentence import one_sentence
from wattgram.frames.source import Source, find_source, format_of, spooled
from wattgram.frames.summary import Summary

__all__ = ["ENGINES", "batch"]

ENGINES = ("duckdb", "polars", "spark", "dask")
MEMORY_MB = 400
"""What the embedded engine may hold before it writes to disk: a table of any length passes in it."""
USUAL_COLUMNS, COLUMN_MB = 200, 1
"""How many columns pass in it, and what each beyond takes."""
WIDE = 60
"""Columns from which the answers are made apart, and put beside the rows as these are written."""
FEW_SWAPS = "set disabled_optimizers = 'join_order,build_side_probe_side'"
"""A table of words is always the small side: a planner that swaps sides would lose the order of the rows."""
GROUP_BYTES = 128
"""What one group of a sum takes in each thread, at the most, where groups stand in a table by their number."""
TICK_S = 0.1
MOST_NAMED = 8
MASTER = re.compile(r"local(\[[^]]+\])?|yarn|(spark|sc|k8s|mesos)://\S+")
"""Where Spark may run."""
LOCAL_PIECES = 8
"""Pieces of a shuffle on Spark in one machine."""

Progress = Callable[[str, float], None]
"""Told the stage and the share of it that is done, 0 to 1."""


def batch(  # noqa: PLR0913 - one parameter for each thing a user can say
    runs: str | Sequence[str],
    output: str | None = None,
    *,
    by: str | Sequence[str] = (),
    engine: str = "duckdb",
    master: str | None = None,
    mapping: Mapping[str, str] | str | None = None,
    suffix: str = "",
    boundary: str = "lifecycle",
    embodied: bool = True,
    catalog: Catalog | None = None,
    series: Any = None,
    where: str | None = None,
    any_order: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """The answers of a table of runs to a file, whole or not at all and in its order, and what it comes to.

    Parameters
    ----------
    runs : a .parquet, .csv, .tsv, .jsonl or .json file, a folder of them, a folder of journals, a pattern such as
        `runs/*.csv`, several of these that are one table, or `-` for standard input
    output : the file to write, its format by its name; left out, only the summary is made
    by : columns to sum by, as names or as one text such as `"user,month"`; `month` is the month of `start`
    engine : `duckdb` (embedded, streaming), `polars`, `dask`, or `spark` with its `master`
    mapping, suffix, boundary, embodied, catalog, series, where : as in `estimate_frame`
    any_order : rows may come out in any order, which lets every core write (with `duckdb`)
    progress : told how far it is

    Returns
    -------
    the summary: totals with correlated ranges, coverage, issues, and what was odd about the files (`notes`)

    Raises
    ------
    InputError : nothing that can be read, nowhere to write, or an output in place of the runs; WattgramError : the disk
        is full
    """
    if engine not in ENGINES:
        near = get_close_matches(engine[:80], ENGINES, n=1)
        raise InputError("engine", engine, f"it is one of {', '.join(ENGINES)}", near)
    if master is not None and engine != "spark":
        raise InputError("master", master, "it goes with the engine spark: --engine spark --master URL")
    if master is not None and not MASTER.fullmatch(master):
        raise InputError(
            "master", master, "it is local[N], spark://HOST:PORT, sc://HOST, yarn or k8s://HOST:PORT"
        )
    said = {
        "mapping": mapping,
        "suffix": suffix,
        "boundary": boundary,
        "embodied": embodied,
        "catalog": catalog or Catalog.load(),
        "series": series,
        "where": where,
    }
    if output is not None:
        format_of(output, "output", "it takes a .parquet, .csv, .tsv or .jsonl file")
    notes: list[str] = []
    tell = progress or _silent
    source = None if runs in ("-", ["-"], ("-",)) else find_source(runs, notes.append)
    run = {"duckdb": _on_duckdb, "polars": _on_polars, "dask": _on_dask, "spark": _on_spark}[engine]
    try:
        from wattgram.frames.sink import check_output, scratch_folder  # noqa: PLC0415 - needs the extra, which may be missing

        beside = check_output(output, source.paths if source else (), runs)
        with (
            scratch_folder(beside) as scratch,
            spooled(
                source, scratch, engine=engine, say=notes.append, told=lambda share: tell("check", share)
            ) as read,
        ):
            summary = run(
                Job(read, output, labels_of(by, ()), said, scratch, tell, master, notes.append, any_order)
            )
    except ImportError as error:
        raise _missing(engine, error) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        left = f", nothing was left of the output {echo(output)}" if output else ""
        raise WattgramError(f"the disk is full{left}") from None
    return summary._replace(notes=tuple(notes))


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED:,} more"


class Job(NamedTuple):
    """One batch: what is read, where it goes, and how."""

    source: Source
    output: str | None
    by: tuple[str, ...]
    said: dict[str, Any]
    scratch: str
    progress: Progress
    master: str | None
    say: Callable[[str], None]
    any_order: bool = False

    def announce_series(self, made: Any) -> None:
        """Say which zones of the table have no series, and which series are of no zone of it."""
        from wattgram.series import UNNAMED  # noqa: PLC0415 - only where some may be given

        given = made.options.series or {}
        places = made.words.places.rows
        zones = sorted({zone for row in places if (zone := row.get("zone"))})
        started = {
            row.get("zone") for row in places if row["year"]
        }  # the others were never asked for by the hour
        without = [zone for zone in zones if zone not in given and zone in started]
        if given and without and UNNAMED not in given:
            self.say(f"no series was given for {_some(without)}: these runs take the figure of the year")
        idle = sorted(zone for zone in given if zone not in zones and zone != UNNAMED)
        if idle and zones:
            self.say(f"no run is in the zone of the series of {_some(idle)}")

    def announce(self, names: Sequence[str], made: Any) -> None:
        """Say how many runs have their place from the command, and which columns are probably meant, and are not read."""
        where = self.said.get("where")
        if where:
            rows = sum(row.get("rows_elsewhere", 0) for row in made.words.places.rows)
            runs = f"{rows:,} run says" if rows == 1 else f"{rows:,} runs say"
            self.say(
                f"{runs} no place: where {echo(where)} stands for it" if rows else "every run says its place"
            )
        for role, name in unread(made.roles, names).items():
            if role == "where" and where:
                continue
            blank = (
                "no run has a place, so none has carbon" if role == "where" else f"no run states its {role}"
            )
            self.say(
                f"column {echo(name)} is not read, and {blank}: rename it to {role} if that is what it is"
            )


def _silent(stage: str, share: float) -> None:
    """Nobody looks."""


def _missing(engine: str, error: ImportError) -> WattgramError:
    if isinstance(error, WattgramError):
        return error
    package = (error.name or "").split(".")[0]
    if package in ("narwhals", "duckdb"):
        return MissingExtraError("wattgram batch", "frames")
    name = {"spark": "pyspark", "dask": "'dask[dataframe]'", "polars": "polars"}.get(engine, package)
    return WattgramError(f"the engine {engine} needs a package that is not installed: pip install {name}")


# --- engines ----------------------------------------------------------------------------------------------------------


def _on_duckdb(job: Job) -> Summary:
    import duckdb  # noqa: PLC0415 - only with this engine

    from wattgram.frames.backends.duckdb import DuckDB  # noqa: PLC0415
    from wattgram.frames.backends.parquet import spans_of  # noqa: PLC0415
    from wattgram.frames.groups import with_labels  # noqa: PLC0415
    from wattgram.frames.pipeline import plan, summary_of  # noqa: PLC0415
    from wattgram.frames.reading import on_duckdb  # noqa: PLC0415
    from wattgram.frames.sink import replacing, write_duckdb  # noqa: PLC0415

    output, progress = job.output, job.progress
    settings: dict[str, Any] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "temp_directory": job.scratch,
        "preserve_insertion_order": True,
    }
    with (
        _no_collection(),
        duckdb.connect(config=settings) as connection,
        one_sentence(duckdb.Error, job.source, output),
    ):
        connection.execute(FEW_SWAPS)
        connection.execute(f"set perfect_ht_threshold = {_group_bits(connection)}")
        files = job.source.paths if job.source.form == "parquet" else ()
        frame = on_duckdb(job.source, connection)
        backend = DuckDB(files, spans_of(connection, files) if files else {})
        beyond = len(frame.columns) - USUAL_COLUMNS
        if beyond > 0:  # it sets room aside for each column, though little of it is ever filled
            connection.execute(f"set memory_limit = '{MEMORY_MB + beyond * COLUMN_MB}MB'")
        with _watched(connection, progress, "words"):
            made = plan(frame, backend, **job.said)
        with_labels(frame, made, made.labels(frame, job.by))  # said before anything is written
        job.announce(backend.columns(frame), made)
        job.announce_series(made)
        if output is None:
            with _watched(connection, progress, "totals"):
                return summary_of(frame, made, job.by)
        wide, form = len(frame.columns) >= WIDE, format_of(output, "output", "")
        finish = backend.beside if wide else backend.finish
        answers = backend.in_hours(finish(frame, made.roles, made.answered, made.outputs))
        with replacing(output) as partial:
            if job.any_order and not wide:
                with _watched(connection, progress, "rows"):
                    write_duckdb(answers, partial, form)
                with _watched(connection, progress, "totals"):
                    return summary_of(frame, made, job.by)
            # A join in several threads hands its rows on as they come: one thread keeps the order of the file, and
            # another makes the sums meanwhile.
            connection.execute("set threads = 1")
            with _beside(connection, lambda other: _sums_on(other, job, made)) as sums:
                with _watched(connection, progress, "rows"):
                    write_duckdb(answers, partial, form)
                progress("totals", 0.0)
                summary: Summary = sums.result()
                progress("totals", 1.0)
                return summary


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without a look for circles of garbage, which would walk over the whole catalog and find next to none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _group_bits(connection: Any) -> int:
    """Up to how many bits the number of a group has a place of its own in a table, of a quarter of the memory."""
    threads = int(connection.execute("select current_setting('threads')").fetchall()[0][0])
    return max(MEMORY_MB * 1_000_000 // 4 // GROUP_BYTES // threads, 1).bit_length() - 1


def _sums_on(connection: Any, job: Job, made: Any) -> Summary:
    """The totals of a job by a plan that was made on another connection."""
    from wattgram.frames.pipeline import summary_of  # noqa: PLC0415
    from wattgram.frames.reading import on_duckdb  # noqa: PLC0415

    connection.execute(FEW_SWAPS)
    return summary_of(on_duckdb(job.source, connection), made._replace(backend=made.backend.anew()), job.by)


@contextmanager
def _beside(connection: Any, work: Callable[[Any], Summary]) -> Iterator[Future[Summary]]:
    """Work on a second connection to the same engine, in a thread of its own; given up where the first one fails."""
    with connection.cursor() as other, ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, other)
        try:
            yield future
        except BaseException:
            other.interrupt()
            raise


@contextmanager
def _watched(connection: Any, progress: Progress, stage: str) -> Iterator[None]:
    """Tell how far a query is, from a thread of its own."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(TICK_S):
            share = connection.query_progress()
            if share >= 0:
                progress(stage, min(share / 100.0, 1.0))

    if progress is _silent:
        yield
        return
    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        progress(stage, 1.0)


def _on_polars(job: Job) -> Summary:
    import polars as pl  # noqa: PLC0415 - only with this engine

    from wattgram.frames.reading import on_polars  # noqa: PLC0415
    from wattgram.frames.sink import write_polars  # noqa: PLC0415

    with one_sentence(pl.exceptions.PolarsError, job.source, job.output):
        return _generic(on_polars(job.source), job, write_polars)


def _on_dask(job: Job) -> Summary:
    from wattgram.frames.reading import on_dask  # noqa: PLC0415
    from wattgram.frames.sink import write_dask  # noqa: PLC0415

    with one_sentence((ValueError, TypeError), job.source, job.output):  # as pandas says what it cannot read
        return _generic(on_dask(job.source), job, write_dask)


def _on_spark(job: Job) -> Summary:
    from importlib import import_module  # noqa: PLC0415 - only with this engine

    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    from wattgram.frames.reading import on_spark  # noqa: PLC0415
    from wattgram.frames.sink import write_spark  # noqa: PLC0415

    master = job.master or "local[*]"
    builder = SparkSession.builder.appName("wattgram batch")
    if master.startswith("local"):
        # one machine: the 200 pieces of a cluster's shuffle would be 200 tiny tasks, and its bars would hide ours
        builder = builder.config("spark.sql.shuffle.partitions", str(LOCAL_PIECES))
        builder = builder.config("spark.ui.showConsoleProgress", "false")
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    of_java: type[Exception] = import_module("py4j.protocol").Py4JError
    try:
        session = builder.getOrCreate()
    except (PySparkException, of_java, RuntimeError) as error:
        reason = " ".join(str(error).split()).partition(" at org.")[0][:200]
        needs = "it needs Java 17 or newer here, and a master that answers"
        raise WattgramError(f"Spark cannot be started at {echo(master)} ({needs}): {reason}") from None
    try:
        with one_sentence((PySparkException, of_java), job.source, job.output):
            return _generic(on_spark(job.source, session), job, write_spark)
    finally:
        session.stop()


def _generic(frame: Any, job: Job, write: Callable[[Any, str, str], None]) -> Summary:
    from wattgram.frames.backends import backend_of  # noqa: PLC0415
    from wattgram.frames.groups import with_labels  # noqa: PLC0415
    from wattgram.frames.pipeline import plan, summary_of  # noqa: PLC0415
    from wattgram.frames.sink import replacing  # noqa: PLC0415

    backend, output, progress = backend_of(frame), job.output, job.progress
    progress("words", 0.0)
    made = plan(frame, backend, **job.said)
    with_labels(frame, made, made.labels(frame, job.by))
    job.announce(backend.columns(frame), made)
    job.announce_series(made)
    if output is not None:
        progress("rows", 0.0)
        answers = backend.finish(frame, made.roles, made.answered, made.outputs)
        form = format_of(output, "output", "")
        if "://" in output:
            write(answers, output, form)
        else:
            with replacing(output) as partial:
                write(answers, partial, form)
    progress("totals", 0.0)
    summary = summary_of(frame, made, job.by)
    progress("totals", 1.0)
    return summary
