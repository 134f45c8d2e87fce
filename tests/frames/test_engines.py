"""The same rows give the same figures on every engine, and those are the figures of the scalar path."""

from __future__ import annotations

import math

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wattgram
from wattgram.frames.schema import OUTPUTS

FIGURES = OUTPUTS[:10]


def _polars(columns):
    return pl.DataFrame(columns, strict=False)


def _arrow(columns):
    return pa.table({name: pa.array(cells, from_pandas=False) for name, cells in columns.items()})


def _with_pandas(columns):
    return wattgram.estimate_frame(pd.DataFrame(columns)).to_dict("list")


def _with_polars(columns):
    return wattgram.estimate_frame(_polars(columns)).to_dict(as_series=False)


def _with_lazy_polars(columns):
    answers = wattgram.estimate_frame(_polars(columns).lazy())
    assert isinstance(answers, pl.LazyFrame)
    return answers.collect().to_dict(as_series=False)


def _with_pyarrow(columns):
    return wattgram.estimate_frame(_arrow(columns)).to_pydict()


def _with_duckdb(columns):
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Kolkata'")
        table = _arrow(columns).append_column("line", pa.array(range(len(columns["job"]))))
        relation = wattgram.estimate_frame(connection.from_arrow(table))
        assert isinstance(relation, duckdb.DuckDBPyRelation)
        return relation.order("line").to_arrow_table().to_pydict()


def _with_dask(columns):
    dask = pytest.importorskip("dask.dataframe")
    return (
        wattgram.estimate_frame(dask.from_pandas(pd.DataFrame(columns), npartitions=3))
        .compute()
        .to_dict("list")
    )


ENGINES = {
    "pandas": _with_pandas,
    "polars": _with_polars,
    "polars, lazy": _with_lazy_polars,
    "pyarrow": _with_pyarrow,
    "duckdb": _with_duckdb,
    "dask": _with_dask,
}


def null(cell) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))


def check(answers, awkward, expected):
    """Every figure of every row against the scalar path."""
    assert answers["job"] == awkward["job"]
    for at, wanted in enumerate(expected):
        issue = None if null(answers["issue"][at]) else answers["issue"][at]
        row = {name: cells[at] for name, cells in awkward.items()}
        assert (issue is not None) == bool(wanted["fault"]), (row, issue, wanted["fault"])
        assert issue == "where-missing" or (issue is None) == ("energy_kwh" in wanted), (row, issue)
        if "energy_kwh" not in wanted:
            assert all(null(answers[name][at]) for name in FIGURES[:9]), row
            continue
        for name in FIGURES:
            got, value = answers[name][at], wanted[name]
            if value is None:
                assert null(got), (name, got, row)
            else:
                assert got == pytest.approx(value, rel=1e-9, abs=0), (name, row)
        assert (None if null(answers["zone"][at]) else answers["zone"][at]) == wanted["zone"], row
        codes = set() if null(answers["warning"][at]) else set(answers["warning"][at].split("|"))
        assert {code for code in codes if not code.startswith("default-")} == wanted["codes"], row


@pytest.mark.parametrize("engine", ENGINES)
def test_awkward_rows_agree_with_the_scalar_path(engine, awkward, expected):
    """Blank, NaN, infinite, unknown, ambiguous and stated cells in any mixture: engine and scalar path agree to 1e-9."""
    check(ENGINES[engine](awkward), awkward, expected)


def test_the_awkward_rows_are_awkward(expected):
    """The comparison means something only if many rows have figures, many have none, and every figure occurs."""
    faults = sum(bool(wanted["fault"]) for wanted in expected)
    assert 0.3 * len(expected) < faults < 0.9 * len(expected)
    for name in FIGURES:
        assert sum(wanted.get(name) is not None for wanted in expected) > 20, name
    codes = set().union(*(wanted["codes"] for wanted in expected))
    assert {
        "ambiguous-hardware",
        "stated-power",
        "place-unknown",
        "intensity-unit",
        "no-residual-mix",
    } <= codes
