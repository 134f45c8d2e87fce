"""The parsers of the three words: what people type is understood, everything else gets one sentence."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.errors import InputError, OutOfRangeError
from wattgram.run import Part, parse_duration, parse_hardware, parse_intensity, parse_start, parse_where


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("100h", 100),
        ("100 hours", 100),
        ("100", 100),
        (100, 100),
        ("0.5", 0.5),
        ("1e3h", 1000),
        ("3d4h", 76),
        ("3 days, 4 hours", 76),
        ("3 days and 4 hours", 76),
        ("2w", 336),
        ("90min", 1.5),
        ("90 m", 1.5),
        ("1h30m", 1.5),
        ("36s", 0.01),
        ("3600000 ms", 1),
        ("12:30:00", 12.5),
        ("12:30", 12.5),
        ("1h30", 1.5),
        ("1,500h", 1500),
        ("5m", 1 / 12),
        ("P9D", 216),
        ("1-00:00:00", 24),
        ("123:00:00", 123),
        ("PT100H", 100),
        ("P3DT4H", 76),
        ("P1W", 168),
        ("pt1h30m", 1.5),
        ("1e8", 1e8),
        (dt.timedelta(days=1), 24),
    ],
)
def test_durations_people_type_and_machines_print(text, hours):
    """Every form of a duration gives the hours it says."""
    assert parse_duration(text) == pytest.approx(hours, rel=1e-12)


@pytest.mark.parametrize(
    "bad",
    ["", " ", "0", "0h", "-1h", "-1", "nan", "inf", "1e9h", "1e400", "h", "100x", "ten hours", "P", "PT",
     "3h 4h", "1,5h", "2 months", "1y", "PT9D", "2M", "100h\x00", "１００ｘ", "صد", "9" * 10_000, None, True, [], "1h foo"],
)  # fmt: skip
def test_a_bad_duration_is_one_sentence(bad):
    """Zero, negative, not finite, absurd, empty, over-long or foreign words are refused with what is allowed."""
    with pytest.raises(InputError) as caught:
        parse_duration(bad)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@given(st.floats(1e-6, 1e8))
def test_a_number_of_hours_reads_as_itself(hours):
    """A bare number and the same number with `h` are those hours."""
    assert parse_duration(hours) == hours
    assert parse_duration(f"{hours!r}h") == pytest.approx(hours, rel=1e-15)


@given(st.text(max_size=60))
def test_no_text_crashes_the_duration_parser(text):
    """Any text is a duration within its range or an InputError."""
    try:
        hours = parse_duration(text)
    except InputError:
        return
    assert 0 < hours <= 1e8


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A100", [(1, "A100", "device", 1)]),
        ("8xA100", [(8, "A100", "device", 1)]),
        ("8 x NVIDIA H100 80GB HBM3", [(8, "NVIDIA H100 80GB HBM3", "device", 1)]),
        ("8×A100", [(8, "A100", "device", 1)]),
        ("8*A100", [(8, "A100", "device", 1)]),
        ("A100 x8", [(8, "A100", "device", 1)]),
        ("A100x8", [(8, "A100", "device", 1)]),
        ("RTX 3090", [(1, "RTX 3090", "device", 1)]),
        ("2080 Ti", [(1, "2080 Ti", "device", 1)]),
        ("MI250X", [(1, "MI250X", "device", 1)]),
        ("300W", [(1, "300W", "power", 300)]),
        ("1.2 kW", [(1, "1.2 kW", "power", 1200)]),
        ("4x300W", [(4, "300W", "power", 300)]),
        ("512GB", [(1, "512GB", "memory", 512)]),
        ("1TB RAM", [(1, "1TB RAM", "memory", 1000)]),
        ("8xA100 + 2xEPYC 7763 + 1024GB",
         [(8, "A100", "device", 1), (2, "EPYC 7763", "device", 1), (1, "1024GB", "memory", 1024)]),
    ],
)  # fmt: skip
def test_hardware_words_split_into_parts(text, parts):
    """Counts stand before or after, parts are joined with +, watts and gigabytes are recognised."""
    assert parse_hardware(text) == tuple(Part(*part) for part in parts)


@pytest.mark.parametrize(
    "bad", ["", "+", "A100 +", "0xA100", "-8xA100", "1.5xA100", "99999999xA100", "0W", "A" * 300, 7]
)
def test_a_bad_hardware_word_is_one_sentence(bad):
    """A count below one or of no whole number, an empty part, zero watts or an over-long word is refused."""
    with pytest.raises(InputError):
        parse_hardware(bad)


@given(st.text(max_size=80))
def test_no_text_crashes_the_hardware_parser(text):
    """Any text is parts with counts of at least one, or an InputError."""
    try:
        parts = parse_hardware(text)
    except InputError:
        return
    assert all(part.number >= 1 and part.amount > 0 for part in parts)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("20 g/kWh", 20),
        ("20g/kwh", 20),
        ("0.432 kgCO2eq/kWh", 432),
        ("0.57 kg CO2 eq. per kWh", 570),
        ("350 kg/MWh", 350),
        ("400 gCO2e/kWh", 400),
        ("0.0004 t/kWh", 400),
        ("0 g/kWh", 0),
    ],
)
def test_stated_intensities_in_any_of_the_usual_units(text, grams):
    """g, kg and t per Wh, kWh or MWh, with or without CO2e, are the same quantity."""
    assert parse_intensity(text) == pytest.approx(grams, rel=1e-12)


def test_a_negative_or_absurd_intensity_is_refused():
    """No grid emits less than nothing or more than 5000 g/kWh."""
    for bad in ("-1 g/kWh", "6 kg/kWh"):
        with pytest.raises(OutOfRangeError):
            parse_intensity(bad)


@pytest.mark.parametrize(
    ("text", "kind", "provider"),
    [
        ("aws:us-east-1", "region", "aws"),
        ("gcp/us-central1", "region", "gcp"),
        ("CA-QC", "word", ""),
        ("45.5,-73.6", "coordinates", ""),
        ("-73.6,45.5", "coordinates", ""),
        ("20 g/kWh", "intensity", ""),
    ],
)
def test_places_by_their_form(text, kind, provider):
    """A place is a region, coordinates, an intensity or a word, by how it is written."""
    place = parse_where(text)
    assert (place.kind, place.provider) == (kind, provider)


@pytest.mark.parametrize("bad", ["", "   ", "200,300", "95,95", "0.432", "x" * 10_000])
def test_a_bad_place_is_one_sentence(bad):
    """Empty, over-long, or off the globe."""
    with pytest.raises(InputError):
        parse_where(bad)


def test_a_start_is_utc_and_never_in_the_future():
    """A year, a month, a date and a time are read in UTC; the future and the far past are refused."""
    assert parse_start("2024") == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    assert parse_start("2024-05") == dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    assert parse_start("2024-05-17T08:00+02:00") == dt.datetime(2024, 5, 17, 6, tzinfo=dt.UTC)
    assert parse_start(dt.date(2023, 3, 4)).year == 2023
    for bad in ("2999", "1980", "soon", "", "2024-13", "-1"):
        with pytest.raises(InputError):
            parse_start(bad)
