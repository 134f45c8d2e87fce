"""SQL: the cells of a DuckDB relation as numbers, hours and microseconds, each an expression."""

from __future__ import annotations

from wattgram.frames.schema import BLANKS, NUMBER, PERCENT, TIME

__all__ = ["HOUR_US", "REAL", "WHOLE", "ZONELESS", "literal", "micros", "number", "quoted", "span"]

HOUR_US = 3_600_000_000
WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
REAL = ("FLOAT", "DOUBLE")
ZONED_NS = "TIMESTAMPTZ_NS"
ZONELESS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def number(name: str, kind: str, *, share: bool = False, known: bool = False) -> str:
    """DOUBLE, null where blank, infinite where the cell is no number.

    Parameters
    ----------
    share : whether a percentage is read
    known : whether none is known to be NaN
    """
    if kind == "BOOLEAN":
        return f"(case when {name} is null then null else 'inf'::double end)"
    if kind in REAL and not known:
        # a planner that trusts the statistics of a Parquet file, which pass over NaN, takes isnan for false
        return f"(case when isfinite({name}) or isinf({name}) then cast({name} as double) end)"
    if kind in (*WHOLE, *REAL) or kind.startswith("DECIMAL"):
        return f"cast({name} as double)"
    text = f"trim(cast({name} as varchar))"
    written = f"regexp_matches({text}, {literal(NUMBER)})"
    blanks = ", ".join(literal(blank) for blank in BLANKS)
    percent = (
        f"when regexp_matches({text}, {literal(PERCENT)}) then try_cast(rtrim({text}, ' %') as double) / 100 "
    )
    return (
        f"(case when {text} is null or lower({text}) in ({blanks}) then null "
        f"when {written} then try_cast({text} as double) {percent if share else ''}else 'inf'::double end)"
    )


def span(name: str, kind: str, role: str, *, known: bool = False, per_h: int | None = None) -> dict[str, str]:
    """Hours [h]; of a column of texts those that are numbers, and the other texts beside them.

    Parameters
    ----------
    known : whether none is known to be NaN
    per_h : how many of the units of a whole number are an hour [1], where it is a span of time
    """
    if per_h and kind in WHOLE:
        return {role: f"(cast({name} as double) / {per_h}::double)"}
    if kind == "INTERVAL":
        return {role: f"(epoch_us({name}) / {HOUR_US}::double)"}
    cell = number(name, kind, known=known)
    if kind in WHOLE or kind in REAL or kind == "BOOLEAN" or kind.startswith("DECIMAL"):
        return {role: cell}
    text = f"coalesce(trim(cast({name} as varchar)), '')"
    return {
        role: f"(case when isinf({cell}) then null else {cell} end)",
        f"{role}_word": f"(case when isinf({cell}) then {text} else '' end)",
    }


def micros(name: str, kind: str, role: str, *, known: bool = False) -> dict[str, str]:
    """Microseconds since 1970 UTC; a time without a zone is UTC, whatever the session's zone."""
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        if kind == ZONED_NS:  # which takes none of the functions of time
            name = f"cast({name} as timestamptz)"
        whole = kind in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP", ZONED_NS)
        time = name if whole else f"cast({name} as timestamp)"
        in_us = f"cast(epoch_us({time}) as double)"
        return {role: in_us if known else f"(case when isfinite({name}) then {in_us} end)"}
    text = f"coalesce(trim(cast({name} as varchar)), '')"
    read = f"(case when regexp_matches({text}, {literal(TIME)}) then epoch_us(try_cast(rtrim({text}, 'Z') as timestamp)) end)"
    return {
        role: f"cast({read} as double)",
        f"{role}_word": f"(case when {read} is null then {text} else '' end)",
    }
