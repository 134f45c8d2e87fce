"""The grid hour by hour: where series come from.

===============  ==================================================================================================
`read_series`    a series from a file: Electricity Maps, NESO, EIA-930 fuel mix, or any `time,value` CSV
`open_series`    the same, or `live:SOURCE:ZONE`, which asks a service (only when written so)
`profile_rows`   a month x hour profile of a series, as rows for an overlay
`write_series`   a series as a CSV that `read_series` reads back whole
===============  ==================================================================================================

Nothing here opens a connection unless `live:` was written.
"""

from __future__ import annotations

from wattgram.grid.files import read_series
from wattgram.grid.opening import open_series, series_for_run, write_series
from wattgram.grid.profile import profile_csv, profile_rows

__all__ = ["open_series", "profile_csv", "profile_rows", "read_series", "series_for_run", "write_series"]
