"""A time in another SLURM_TIME_FORMAT is read where it can mean one moment alone, and never guessed."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.importers import read_slurm
from wattgram.importers.sacct_fields import time_of
from wattgram.importers.sacct_times import AmbiguousTimeError

FIRST, LAST = datetime.fromisoformat("2001-01-01"), datetime.fromisoformat("2099-01-01")
MOMENT = "2024-05-24T14:00:01"


@pytest.mark.parametrize(
    "text",
    [
        *("2024-05-24 02:00:01 PM", "2024/05/24-14:00:01", "2024-05-24-14:00:01", "02:00:01 pm 2024-05-24"),
        *(
            "24 May 2024 14:00:01",
            "May 24 2024 2:00:01 p.m.",
            "Fri May 24 14:00:01 2024",
            "24-May-2024 14:00:01",
        ),
        *(
            "Fri 24 May 2024 02:00:01 PM CEST",
            "05/24/2024 14:00:01",
            "24.05.2024 14:00:01",
            "24/05/2024 02:00:01PM",
        ),
    ],
)
def test_forms_that_mean_one_moment(text):
    """Year first, a month by name, or a day that is no month."""
    assert time_of(text) == MOMENT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("05/24-14:00:01", "no year"),
        ("05/24/24-14:00", "no year of four digits"),
        ("24 May 14:00", "relative"),
        ("Ystday 14:00", "relative"),
        ("14:00:01", "relative"),
        ("2024-13-01 10:00", "no time"),
        ("13:00 PM 2024-05-24", "no time"),
        ("soon", "no time"),
    ],
)
def test_forms_that_mean_none_say_what_to_run(text, said):
    """Each says why, and the command that prints a time that can be read."""
    with pytest.raises(ValueError, match=f"{said}.*SLURM_TIME_FORMAT=standard sacct"):
        time_of(text)


@given(st.datetimes(min_value=FIRST, max_value=LAST))
def test_day_and_month_are_never_guessed(moment):
    """Of two numbers that could each be the month neither is taken; two that are one, or a day past the 12th, are read."""
    for form in ("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %I:%M:%S %p"):
        text = moment.strftime(form)
        if moment.day <= 12 and moment.day != moment.month:
            with pytest.raises(AmbiguousTimeError):
                time_of(text)
        else:
            assert time_of(text) == moment.replace(microsecond=0).isoformat()


def test_the_hours_of_a_log_do_not_hang_on_its_times():
    """Elapsed says them; a step whose times cannot be read is no bad row, and its joules count once."""
    log = """\
JobID|State|Start|End|Elapsed|NNodes|AllocTRES|ConsumedEnergyRaw
1|COMPLETED|05/06/2024 10:00|05/06/2024 12:00|02:00:00|1|cpu=64,mem=64G,node=1|
1.batch|COMPLETED|05/06/2024 10:00|05/06/2024 12:00|02:00:00|1|cpu=64,mem=64G,node=1|3600000
1.0|COMPLETED|05/06/2024 10:00|05/06/2024 12:00|02:00:00|1|cpu=64,mem=64G,node=1|3500000
2|COMPLETED|05/24-10:00:00|05/24-12:00:00|02:00:00|1|cpu=64,mem=64G,node=1|
3|COMPLETED|2024-05-24 10:00:00 AM|2024-05-24 12:00:00 PM||1|cpu=64,mem=64G,node=1|
"""
    imported = read_slurm(io.StringIO(log))
    assert [(row["hours"], row["start"], row["measured_energy_kwh"]) for row in imported] == [
        (2, None, 1),
        (2, None, None),
        (2, "2024-05-24T10:00:00", None),
    ]
    said = imported.summary["findings"]
    assert (said["time-ambiguous"], said["time-unreadable"]) == (1, 1)
    assert imported.summary["unusable"] == 0
