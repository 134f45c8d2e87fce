"""The intensity of a place in a year: which row is taken, how far it is trusted, and what is said of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from wattgram.catalog import Catalog
from wattgram.errors import InputError
from wattgram.resolve import resolve_place
from wattgram.resolve.intensity import _row_of_year, annual_intensity, residual_mix

CATALOG = Catalog.load()
AS_OF_2026 = Catalog.load(as_of="2026-06-01")


def intensity(word, year=None, boundary="lifecycle", catalog=CATALOG):
    return annual_intensity(resolve_place(word, catalog), boundary, year, catalog)


def codes(word, year=None, boundary="lifecycle", catalog=CATALOG):
    return [notice.code for notice in intensity(word, year, boundary, catalog)[3]]


def row(zone, year, basis="consumption", boundary="lifecycle"):
    return next(r for r in CATALOG.zone_years(zone, boundary) if (r.year, r.basis) == (year, basis))


def test_the_year_of_the_run_is_taken_with_its_own_range_and_source(grid):
    """France 2024 (33 g/kWh, 30 to 40.48 in the edition of 2025, the higher end from a second source), consumption, as the row has it."""
    known = grid("FR", 2024)
    value, zone, year, notices = intensity("FR", 2024)
    assert (value.central, zone, year, notices) == (known["intensity_g_per_kwh"], "FR", 2024, ())
    assert (value.low, value.high) == pytest.approx((known["low_g_per_kwh"], known["high_g_per_kwh"]))
    assert value.reason == "FR 2024, lifecycle, consumption"
    assert value.sources == tuple(known["source_id"].split("|"))
    assert len(value.sources) == 2
    assert (value.unit, value.origin) == ("g/kWh", "catalog")


def test_consumption_goes_before_generation_where_a_year_has_both():
    """Algeria 2024 has both bases; what is drawn from the grid is what a run emits."""
    assert {r.basis for r in CATALOG.zone_years("DZ", "lifecycle") if r.year == 2024} == {
        "consumption",
        "generation",
    }
    assert intensity("DZ", 2024)[0].central == row("DZ", 2024).intensity_g_per_kwh
    assert intensity("DZ", 2023)[0].reason.startswith("DZ 2023")
    assert intensity("FR", 2012)[0].reason == "FR 2012, lifecycle, generation"


@pytest.mark.parametrize(("asked", "taken"), [(1990, 2000), (1999, 2000), (2000, 2000), (2999, None)])
def test_a_year_outside_the_table_takes_the_nearest_and_says_so(asked, taken, grid):
    """France begins in 2000; a run of 1990 takes 2000, one of 2999 the newest, each with a remark."""
    taken = taken or grid("FR")["year"]
    value, _, year, notices = intensity("FR", asked)
    assert year == taken
    assert value.reason.startswith(f"FR {taken}")
    said = [notice.text for notice in notices if notice.code == "intensity-year"]
    assert said == ([] if asked == taken else [f"FR has no figure for {asked}; that of {taken} was taken"])


def rows_of(*years_and_bases):
    """Rows as the table has them: each with a year of its own making."""
    return [SimpleNamespace(year=int(year), basis=basis) for year, basis in years_and_bases]


def test_between_two_years_equally_near_the_later_is_taken():
    """2020 lies between 2018 and 2022: of two neighbours the younger grid is nearer to today's; the nearer goes first."""
    rows = rows_of(("2018", "consumption"), ("2022", "consumption"))
    assert [_row_of_year(rows, year).year for year in (2019, 2020, 2021)] == [2018, 2022, 2022]
    first, *_ = CATALOG.zone_years("CA-QC", "direct")
    assert intensity("CA-QC", first.year - 5, "direct")[2] == first.year


def test_consumption_is_found_wherever_it_stands_in_its_year():
    """Before or after generation, and of that year alone; without it generation is taken."""
    rows = rows_of(
        ("2023", "consumption"), ("2024", "generation"), ("2024", "consumption"), ("2025", "generation")
    )
    for year, taken in ((2023, 0), (2024, 2), (2025, 3), (None, 3)):
        assert _row_of_year(rows, year) is rows[taken]
    assert _row_of_year(rows[2:0:-1], 2024) is rows[2]


def test_without_a_year_the_newest_figure_is_taken():
    """France's newest year, not its first."""
    newest = max(r.year for r in CATALOG.zone_years("FR", "lifecycle"))
    assert intensity("FR")[2] == newest
    assert "intensity-year" not in codes("FR")


@pytest.mark.parametrize(
    ("as_of", "stale"), [("2024-06-01", False), ("2025-06-01", True), ("2026-06-01", True)]
)
def test_a_newest_figure_of_over_two_years_is_said_to_be_stale(as_of, stale):
    """Ukraine's newest is 2022: in 2024 that is two years, in 2025 it is three; a stated year makes it no question."""
    catalog = Catalog.load(as_of=as_of)
    assert intensity("UA", None, catalog=catalog)[2] == 2022
    assert ("stale-intensity" in codes("UA", None, catalog=catalog)) == stale
    assert "stale-intensity" not in codes("UA", 2022, catalog=catalog)
    assert "stale-intensity" not in codes("UA", 2023, catalog=catalog)
    assert "stale-intensity" not in codes("FR", None, catalog=catalog)


def test_flags_of_the_row_are_said():
    """Two sources that differ, and one mix for every year, each have their remark, both where both hold."""
    texts = {notice.code: notice.text for notice in intensity("DZ", 2024)[3]}
    assert texts["sources-disagree"] == "two sources differ on DZ in 2024: 443 to 633 g/kWh"
    assert texts["constant-intensity"] == "the source gives DZ one default mix for every year"
    assert codes("CA-NU", 2024) == ["constant-intensity"]
    assert codes("FR", 2024) == []


def test_a_large_country_spans_half_to_twice_its_mean():
    """The zones of the United States differ: 409 g/kWh in 2024 may be 204.5 to 818, and the remark says what to name."""
    value, _, _, notices = intensity("US", 2024)
    assert (value.central, value.low, value.high) == pytest.approx((409, 204.5, 818))
    assert [notice.code for notice in notices] == ["large-country"]
    assert "United States" in notices[0].text
    assert "large-country" not in codes("DE", 2024)


def test_a_place_of_several_zones_spans_all_of_them():
    """California draws from six zones: the first one's figure, from the lowest low to the highest high."""
    place = resolve_place("California", CATALOG)
    rows = [row(zone, 2024) for zone in place.zones]
    value, zone, _, _ = annual_intensity(place, "lifecycle", 2024, CATALOG)
    assert zone == "US-CAL-CISO"
    assert value.central == row("US-CAL-CISO", 2024).intensity_g_per_kwh
    assert value.low == pytest.approx(min(r.low_g_per_kwh for r in rows))
    assert value.high == pytest.approx(max(r.high_g_per_kwh for r in rows))
    assert value.low < row("US-CAL-CISO", 2024).low_g_per_kwh
    assert value.high > row("US-CAL-CISO", 2024).high_g_per_kwh


@pytest.mark.parametrize(
    ("word", "zone"),
    [("FR", "FR"), ("aws:us-east-1", "US-VA"), ("hetzner:fsn1", "DE"), ("Quebec", "CA-QC")],
)
def test_direct_takes_the_first_of_its_zones_that_has_a_figure(word, zone, grid):
    """Subdivision, grid zone, country, in this order: eGRID's Virginia for us-east-1, the country for a German region."""
    known = grid(zone, boundary="direct")
    value, taken, taken_year, _ = intensity(word, known["year"], "direct")
    assert (value.central, taken, taken_year) == (known["intensity_g_per_kwh"], zone, known["year"])
    assert ", direct, " in value.reason


def test_a_declared_figure_of_the_operator_goes_first():
    """Google declares 412.72 g/kWh for Iowa in 2024: certain, its year said where another was asked, nothing else's turn."""
    value, zone, year, notices = intensity("gcp:us-central1", 2023, "direct")
    assert (value.central, value.low, value.high) == (412.72, 412.72, 412.72)
    assert (zone, year) == ("US-MIDW-MISO", 2024)
    assert value.reason == "gcp:us-central1 2024, direct, declared by the operator"
    assert value.sources == ("google-region-carbon-2024",)
    assert [notice.text for notice in notices] == [
        "gcp:us-central1 is taken with its declared figure of 2024"
    ]
    assert codes("gcp:us-central1", 2025, "direct") == ["intensity-year"]
    assert codes("gcp:us-central1", 2024, "direct") == codes("gcp:us-central1", None, "direct") == []
    assert intensity("gcp:us-central1", 2024)[0].central != 412.72


def test_a_place_without_a_figure_is_an_error():
    """Antarctica has none of either kind: nothing is made up."""
    with pytest.raises(InputError, match="has no lifecycle intensity for it; state one, as in '400 g/kWh'"):
        intensity("AQ")
    with pytest.raises(InputError, match="no source in the catalog gives a direct figure here"):
        intensity("AQ", None, "direct")


def test_the_residual_mix_is_the_newest_published_or_none(grid):
    """Ireland: the AIB's newest (368.74 g/kWh of 2025), no figure in the United States, and none without a country; none is not 0."""
    mix = residual_mix("IE", CATALOG)
    known = grid("IE", boundary="direct", basis="residual")
    assert (mix.central, mix.unit) == (known["intensity_g_per_kwh"], "g/kWh")
    assert (mix.low, mix.high) == pytest.approx((mix.central / 1.1, mix.central * 1.1), rel=1e-5)
    assert mix.reason == f"residual mix of IE {known['year']}"
    assert mix.sources == (known["source_id"],)
    assert residual_mix("US", CATALOG) is None
    assert residual_mix("", CATALOG) is None
    assert residual_mix("IE", CATALOG) is mix


def test_a_figure_of_a_catalog_as_of_a_year_is_older_than_it():
    """As of 2026 no figure of 2026 is known, and what is asked of that year takes an earlier one with a remark."""
    assert intensity("FR", 2026, catalog=AS_OF_2026)[2] == 2025
    assert "intensity-year" in codes("FR", 2026, catalog=AS_OF_2026)
