"""Backends: what only the engine itself can say, kept apart; everything else is one set of narwhals expressions.

Four things are native: reading odd column types into plain ones (text that is never null, Float64, microseconds since
1970), placing a small table where the frame's own rows are, the calendar of a time, and giving the answer back in the
shape in which the frame came. Each backend is loaded when such a frame comes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wattgram.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from wattgram.frames.backends.base import Backend

__all__ = ["backend_of"]

_HOME = {
    "pandas": ("wattgram.frames.backends.pandas", "Pandas"),
    "polars": ("wattgram.frames.backends.polars", "Polars"),
    "pyarrow": ("wattgram.frames.backends.pyarrow", "PyArrow"),
    "duckdb": ("wattgram.frames.backends.duckdb", "DuckDB"),
    "_duckdb": ("wattgram.frames.backends.duckdb", "DuckDB"),
    "dask": ("wattgram.frames.backends.dask", "Dask"),
    "pyspark": ("wattgram.frames.backends.spark", "Spark"),
}
KINDS = ("DataFrame", "LazyFrame", "Table", "DuckDBPyRelation")


def backend_of(frame: Any) -> Backend:
    """The backend of a frame, by the package its class comes from.

    Raises
    ------
    InputError : something that is no frame; MissingExtraError : narwhals is not installed
    """
    for kind in type(frame).__mro__:
        package = kind.__module__.split(".")[0]
        if package in _HOME and kind.__name__ in KINDS:
            try:
                module = import_module(_HOME[package][0])
            except ImportError as error:
                if (error.name or "").split(".")[0] == "narwhals":
                    raise MissingExtraError("estimate_frame", "frames") from None
                raise
            backend: Backend = getattr(module, _HOME[package][1])()
            return backend
    allowed = "it takes a pandas, polars, pyarrow, DuckDB, Dask or PySpark frame"
    raise InputError("frame", type(frame).__qualname__, allowed)
