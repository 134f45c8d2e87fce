"""Times of a log: what a table of runs can have stays, what it cannot is left out or cut to its day, and said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.importers.clock import Clock

NOW = datetime(2026, 5, 4, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "expected", "said"),
    [
        ("2024-03-01T10:00:00", "2024-03-01T12:00:00", ("2024-03-01T10:00:00", "2024-03-01T12:00:00"), ""),
        ("2024-03-01", None, ("2024-03-01", None), ""),
        ("2024-03-01T10:00:00Z", None, ("2024-03-01T10:00:00Z", None), ""),
        # Nine hours east of Greenwich, written just now: the 5th there is still the 4th in UTC.
        ("2026-05-05T05:30:00", "2026-05-05T05:31:00", ("2026-05-04", None), "its day alone"),
        ("2026-05-04T20:00:00", "2026-05-04T21:00:00", ("2026-05-04T20:00:00", None), "its day alone"),
        ("2026-05-06T12:00:00", None, (None, None), "ahead of now"),
        ("1970-01-01T00:00:00", "1970-01-01T00:00:10", (None, None), "before 2000"),
        ("2024-13-45T99:99:99", None, (None, None), "is no time"),
        ("yesterday", "today", (None, None), "is no time"),
        (None, "2024-03-01", (None, None), ""),
    ],
)
def test_what_stays_of_a_time(start, end, expected, said):
    """Between 2000 and now as it is; a zone ahead of UTC its day; relative, future and foreign ones not at all."""
    *found, text = Clock(NOW).checked(start, end)
    assert tuple(found) == expected
    assert said in text
    assert bool(text) is bool(said)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_it(start, end):
    """Whatever stands in a cell, it stays or it is said."""
    found, _, text = Clock(NOW).checked(start, end)
    assert found == start or text
