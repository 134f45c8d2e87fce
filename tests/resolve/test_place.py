"""Place words: each form leads to its grid zones, and what is open is said or asked."""

from __future__ import annotations

import pytest

from wattgram.catalog import Catalog
from wattgram.errors import AmbiguousWordError, UnknownWordError
from wattgram.resolve import resolve_place
from wattgram.resolve.place import PlaceWord, _nearest_city, _ranked

CATALOG = Catalog.load()


def found(word):
    return resolve_place(word, CATALOG)


def codes(word):
    return [notice.code for notice in found(word).notices]


@pytest.mark.parametrize(
    ("word", "kind", "name", "zone"),
    [
        ("FR", "country", "France", "FR"),
        ("fra", "country", "France", "FR"),
        ("United Kingdom", "country", "United Kingdom", "GB"),
        ("Monaco", "country", "Monaco", "FR"),
        ("CA-QC", "zone", "CA-QC", "CA-QC"),
        ("ca-qc", "zone", "CA-QC", "CA-QC"),
        ("US-MIDA-PJM", "zone", "US-MIDA-PJM", "US-MIDA-PJM"),
        ("DK-DK1", "zone", "DK-DK1", "DK-DK1"),
        ("DE-BY", "subdivision", "Bavaria", "DE"),
        ("JP-13", "subdivision", "Tokyo Prefecture", "JP-TK"),
        ("US-VA", "subdivision", "Virginia", "US-MIDA-PJM"),
        ("us-va", "subdivision", "Virginia", "US-MIDA-PJM"),
        ("US-HI", "zone", "US-HI", "US-HI"),
        ("Quebec", "subdivision", "Quebec", "CA-QC"),
        ("Nevada", "subdivision", "Nevada", "US-NW-NEVP"),
        ("Montreal", "city", "Montréal, CA-QC", "CA-QC"),
        ("Brussels", "city", "Brussels, BE", "BE"),
        ("aws:us-east-1", "region", "aws:us-east-1", "US-MIDA-PJM"),
        ("AWS:US-East-1", "region", "aws:us-east-1", "US-MIDA-PJM"),
        ("westus2", "region", "azure:westus2", "US-NW-BPAT"),
        ("N. Virginia", "region", "aws:us-east-1", "US-MIDA-PJM"),
        ("45.5,-73.6", "coordinates", "Montréal, CA-QC", "CA-QC"),
    ],
)
def test_each_form_of_a_place_leads_to_its_zone(word, kind, name, zone):
    """Code, country, subdivision, city, region and coordinates, each to the zone that serves it."""
    place = found(word)
    assert (place.kind, place.name, place.zones[0]) == (kind, name, zone)


def test_a_stated_intensity_is_a_place_without_a_zone():
    """20 g/kWh is what was said, and nothing else is known of it."""
    place = found("20 g/kWh")
    assert (place.kind, place.intensity_g_per_kwh, place.zones, place.country) == ("intensity", 20, (), "")


@pytest.mark.parametrize(
    ("word", "direct"),
    [
        ("FR", ("FR",)),
        ("CA-QC", ("CA-QC", "CA")),
        ("US-CAL-CISO", ("US-CAL-CISO", "US")),
        ("California", ("US-CA", "US")),
        ("DE-BY", ("DE",)),
        ("Portland OR", ("US-OR", "US-NW-PGE", "US")),
        ("Brussels", ("BE", "BE")),
        ("aws:us-east-1", ("US-VA", "US-MIDA-PJM", "US")),
        ("aws:ap-southeast-1", ("SG", "SG")),
    ],
)
def test_direct_figures_are_looked_for_from_near_to_far(word, direct):
    """Subdivision, grid zone, country: an empty one is passed over."""
    assert found(word).direct_zones == direct


def test_a_region_has_its_provider_place_and_coordinates():
    """us-east-1 is Amazon's, in the United States, at 39.04, -77.49."""
    place = found("aws:us-east-1")
    assert (place.provider, place.region, place.country, place.continent) == (
        "aws",
        "us-east-1",
        "US",
        "North America",
    )
    assert place.coordinates_deg == pytest.approx((39.04372, -77.48749))
    assert place.record.region == "us-east-1"
    assert found("Montreal").coordinates_deg == pytest.approx((45.509, -73.588))
    assert found("FR").coordinates_deg is None


@pytest.mark.parametrize(("word", "large"), [("US", True), ("Sweden", True), ("DE", False), ("SG", False)])
def test_a_large_country_is_marked(word, large):
    """Where the zones of a country differ widely its name alone leaves much open."""
    assert found(word).large is large
    assert found("US-MIDA-PJM").large is False


@pytest.mark.parametrize(
    ("word", "country", "continent"),
    [
        ("CA-QC", "CA", "North America"),
        ("Bavaria", "DE", "Europe"),
        ("Tokyo", "JP", "Asia"),
        ("DK-DK1", "DK", "Europe"),
    ],
)
def test_country_and_continent_come_with_every_place(word, country, continent):
    """Defaults and neighbours are looked up by them."""
    assert (found(word).country, found(word).continent) == (country, continent)


def test_several_zones_of_one_subdivision_are_said():
    """Alaska has two; Nevada one, and then nothing is open."""
    place = found("Alaska")
    assert place.zones == ("US-AK", "US-AK-SEAPA")
    assert [n.text for n in place.notices] == [
        "Alaska is served by the grid zones US-AK, US-AK-SEAPA; state the city"
    ]
    assert found("Nevada").notices == found("DE-BY").notices == ()


# --- cloud regions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "name", "zones", "others"),
    [
        ("gcp:us-east", "gcp:us-east1", ("US-CAR-SC", "US-MIDA-PJM"), ["gcp:us-east4", "gcp:us-east5"]),
        ("aws:us-west", "aws:us-west-1", ("US-CAL-CISO", "US-NW-BPAT"), ["aws:us-west-2"]),
    ],
)
def test_the_beginning_of_a_region_spans_all_it_fits(word, name, zones, others):
    """The first is taken with the zones of all, each once, and the others are named."""
    place = found(word)
    assert (place.name, place.zones) == (name, zones)
    assert [n.text for n in place.notices] == [f"{word} is read as {name}; it could be {', '.join(others)}"]


def test_a_bare_region_of_several_providers_is_the_usual_one_s():
    """us-east-1 is Amazon's before Alibaba's and Lambda's, and they are named; one provider's own word needs no remark."""
    place = found("us-east-1")
    assert (place.name, place.zones) == ("aws:us-east-1", ("US-MIDA-PJM",))
    assert [n.code for n in place.notices] == ["ambiguous-place"]
    assert place.notices[0].text.startswith(
        "us-east-1 is read as aws:us-east-1; there is also alibaba:us-east-1"
    )
    assert "aws" not in place.notices[0].text.partition("there is also")[2]
    assert found("westus2").notices == found("eastus").notices == found("eu-west-3").notices == ()
    wide, others = found("eu-west").notices
    assert wide.text == "eu-west is read as aws:eu-west-1; it could be aws:eu-west-2, aws:eu-west-3"
    assert others.text == (
        "eu-west is read as aws:eu-west-1; there is also alibaba:eu-west-1, alibaba:eu-west-2, nebius:eu-west1"
    )


@pytest.mark.parametrize(("word", "name"), [("eu-we", "aws:eu-west-1"), ("westu", "azure:westus2")])
def test_five_letters_are_the_beginning_of_a_region(word, name):
    """Four could be anything, five name it."""
    assert found(word).name == name
    with pytest.raises(UnknownWordError):
        found(word[:4])


def test_a_provider_alone_is_the_region_that_has_its_name():
    """The calculator of 2019 had Scaleway without a region: Paris; of another provider a region must be said."""
    assert found("scaleway:").name == "scaleway:fr-par"
    with pytest.raises(UnknownWordError):
        found("gcp:")


def test_a_bare_region_that_two_usual_providers_have_is_asked():
    """us-east fits Amazon's, Google's and others' regions of different zones: an error that lists them with their zones."""
    with pytest.raises(AmbiguousWordError, match="write the provider before it") as caught:
        found("us-east")
    assert "aws:us-east-1 (US-MIDA-PJM)" in str(caught.value)
    assert "gcp:us-east1 (US-CAR-SC)" in str(caught.value)
    assert str(caught.value).count(" (US-") == 8
    with pytest.raises(AmbiguousWordError, match=r"azure:canadacentral \(CA-ON\)"):
        found("canada-central")
    with pytest.raises(AmbiguousWordError, match=r"tencent:ap-tokyo \(JP-TK\) or oci:ap-tokyo-1 \(JP-TK\)"):
        found("ap-tokyo")


def test_regions_of_one_provider_and_one_zone_are_one_answer():
    """Both German regions of Azure draw from one zone: the first is taken, and nothing but its name is open."""
    place = found("azure:germany")
    assert (place.name, place.zones) == ("azure:germanynorth", ("DE",))
    assert [n.text for n in place.notices] == [
        "azure:germany fits azure:germanynorth, azure:germanywestcentral; all draw from one zone"
    ]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("foo:us-east-1", "provider 'foo' is not known: the providers are alibaba, aws, azure"),
        ("awss:us-east-1", "did you mean aws"),
        ("gcp:us-centrall1", "did you mean gcp:us-central1"),
        ("aws:nowhere", r"did you mean aws:[\w-]+, aws:[\w-]+ or aws:[\w-]+\?"),
        ("Atlantis", "did you mean"),
        ("Franse", "did you mean France"),
        ("Germny", r"did you mean Germany, [\w ]+ or [\w ]+\?"),
        ("us-est1", r"did you mean gcp:us-west1 or gcp:us-east1\?"),
        ("Montreall", "did you mean Montréal"),
        ("us-centrall1", "gcp:us-central1"),
        ("Kalifornien-Nord", "is not known"),
    ],
)
def test_an_unknown_place_names_what_is_near(word, said):
    """A provider, a region of a provider, a word: each with what could have been meant."""
    with pytest.raises(UnknownWordError, match=said):
        found(word)


def test_at_most_three_near_words_are_named():
    """A misspelt word gets the nearest three of places and regions together, not a list."""
    with pytest.raises(UnknownWordError) as caught:
        found("us-west-l")
    near = str(caught.value).partition("did you mean ")[2].rstrip("?").replace(" or ", ", ").split(", ")
    assert 1 <= len(near) <= 3


# --- cities ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Montreal, Canada", "Montréal, CA-QC"),
        ("Cambridge (UK)", "Cambridge, GB-ENG"),
        ("Cambridge, MA", "Cambridge, US-MA"),
        ("Portland OR", "Portland, US-OR"),
        ("Birmingham, Alabama", "Birmingham, US-AL"),
        ("London, Ontario", "London, CA-ON"),
        ("San José, Costa Rica", "San José, CR"),
        ("New York, NY", "New York City, US-NY"),
        ("Victoria, BC", "Victoria, CA-BC"),
        ("Las Vegas, Nevada", "Las Vegas, US-NV"),
        ("Salt Lake City, Utah", "Salt Lake City, US-UT"),
    ],
)
def test_a_city_may_be_said_with_its_country_or_state(word, name):
    """After a comma, in brackets or by itself, by name or by code: that city, and nothing is open."""
    place = found(word)
    assert place.name == name
    assert place.kind == "city"
    assert place.notices == ()


def test_a_city_of_several_in_its_country_is_taken_with_a_remark():
    """There is a Springfield in four states: the most populous of the United States is taken, and the others are named."""
    place = found("Springfield, US")
    assert place.name == "Springfield, US-MO"
    assert [n.text for n in place.notices] == [
        (
            "Springfield, US is read as Springfield, US-MO, the most populous; "
            "there is also Springfield, US-MA, Springfield, US-IL, Springfield, US-OR"
        )
    ]


def test_a_city_with_the_wrong_country_is_unknown():
    """There is no Montreal in France, and no other is put in its place."""
    with pytest.raises(UnknownWordError):
        found("Montreal, France")


@pytest.mark.parametrize(
    ("word", "name", "others"),
    [
        ("Dublin", "Dublin, IE", "Dublin, US-OH"),
        ("London", "London, GB-ENG", "London, CA-ON"),
        ("Cambridge", "Cambridge, GB-ENG", "Cambridge, CA-ON, Cambridge, US-MA"),
    ],
)
def test_of_cities_of_one_name_the_most_populous_is_taken_and_the_others_named(word, name, others):
    """Dublin is Ireland's, with a word on Ohio's."""
    place = found(word)
    assert place.name == name
    assert [n.text for n in place.notices] == [
        f"{word} is read as {name}, the most populous; there is also {others}"
    ]


def test_cities_of_one_name_in_one_zone_are_no_question():
    """Newark in New Jersey and in Delaware draw from one grid: the larger is taken without a word."""
    assert found("Newark").name == "Newark, US-NJ"
    assert found("Newark").zones == ("US-MIDA-PJM",)
    assert found("Newark").notices == ()


@pytest.mark.parametrize(
    ("word", "listed"),
    [
        ("Georgia", r"Georgia \(GE\) or Georgia \(US-GA\)"),
        ("Washington", r"Washington \(US-WA\) or Washington, US-DC"),
        ("Victoria", r"Victoria \(AU-VIC\), Victoria, CA-BC or Victoria, SC"),
    ],
)
def test_a_country_a_state_and_a_large_city_of_one_name_are_asked(word, listed):
    """None of them can be taken for the other: an error with the code of each."""
    with pytest.raises(AmbiguousWordError, match=f"could be {listed}: write the one you mean"):
        found(word)


def test_a_town_beside_a_state_of_its_name_is_only_mentioned():
    """Ontario is the province; the town in California has 175,000 people and is named."""
    place = found("Ontario")
    assert (place.kind, place.zones) == ("subdivision", ("CA-ON",))
    assert [n.text for n in place.notices] == [
        "Ontario is read as Ontario (CA-ON); there is also Ontario, US-CA"
    ]


class Town:
    """A row with people."""

    def __init__(self, population):
        self.population = population


def city(zone, population, country="US"):
    return PlaceWord("Somewhere", "city", (zone,), country, record=Town(population))


def test_two_hundred_thousand_people_are_no_town():
    """199,999 people beside a state of the same name are mentioned, 200,000 are a question; a blank counts as few."""
    state = PlaceWord("Somewhere", "subdivision", ("US-A",), "US", record=None)
    for population, asked in ((199_999, False), (None, False), (200_000, True)):
        others = [state, city("US-B", population)]
        if asked:
            with pytest.raises(AmbiguousWordError):
                _ranked("Somewhere", others)
        else:
            assert [n.code for n in _ranked("Somewhere", others).notices] == ["ambiguous-place"]


def test_a_country_that_holds_the_other_places_of_its_name_is_meant():
    """A state of several zones and a large city in one of them: the state is taken without a word."""
    state = PlaceWord("Somewhere", "subdivision", ("US-A", "US-B"), "US", record=None)
    assert _ranked("Somewhere", [state, city("US-B", 900_000)]) is state
    with pytest.raises(AmbiguousWordError):
        _ranked("Somewhere", [state, city("US-C", 900_000)])
    with pytest.raises(AmbiguousWordError):
        _ranked("Somewhere", [state, city("US-B", 900_000, "CA")])
    with pytest.raises(AmbiguousWordError):
        _ranked("Somewhere", [state, city("US-B", 900_000, "ZA")])
    with pytest.raises(AmbiguousWordError):
        _ranked("Somewhere", [state, city("US-B", 900_000), city("US-C", 900_000)])
    assert _ranked("Somewhere", [state]) is state
    with pytest.raises(AmbiguousWordError):
        _ranked("Somewhere", [state, PlaceWord("Somewhere", "subdivision", ("US-C",), "US", record=None)])
    with pytest.raises(AmbiguousWordError):
        _ranked("Somewhere", [state, city("US-B", 1), PlaceWord("S", "country", ("S",), "S", record=None)])


@pytest.mark.parametrize("people", [900_000, 9])
def test_of_many_places_of_one_name_some_are_listed(people):
    """Four others beside the one that is taken, six where one must be chosen."""
    cities = [
        city(f"US-{at}", people)._replace(name=f"Somewhere {at}", direct_zones=(str(at),)) for at in range(9)
    ]
    names = ["Somewhere 1", "Somewhere 2", "Somewhere 3", "Somewhere 4"]
    (notice,) = _ranked("Somewhere", cities).notices
    assert notice.text.partition("there is also ")[2] == ", ".join(names)
    state = PlaceWord("Somewhere", "subdivision", ("US-X",), "US", record=None)
    if people < 200_000:
        (notice,) = _ranked("Somewhere", [state, *cities[1:]]).notices
        assert notice.text.partition("there is also ")[2] == ", ".join(names)
    else:
        with pytest.raises(AmbiguousWordError) as caught:
            _ranked("Somewhere", [state, *cities[1:]])
        assert str(caught.value).count("Somewhere") == 1 + 6


# --- coordinates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "name", "km"),
    [
        ("45.5,-73.6", "Montréal, CA-QC", 1),
        ("-33.9,151.2", "Sydney, AU-NSW", 4),
        ("-45,170", "Dunedin, NZ", 105),
        ("45.5,73.6", "Bishkek, KG", 303),
        ("45.46,9.19", "Milan, IT-25", 0),
    ],
)
def test_coordinates_are_taken_to_the_nearest_city(word, name, km):
    """Within 500 km, on every quarter of the globe, with the distance along the sphere."""
    place = found(word)
    assert place.name == name
    assert [n.text for n in place.notices] == [f"{word} is taken to {name}, {km} km away"]


@pytest.mark.parametrize(("word", "name"), [("-73.6,45.5", "Montréal, CA-QC"), ("100.5,13.7", "Bangkok, TH")])
def test_longitude_before_latitude_is_read_and_said(word, name):
    """Where nothing lies near, or no such latitude is, the other order is tried."""
    assert found(word).name == name
    assert codes(word) == ["coordinates-swapped", "nearest-city"]


@pytest.mark.parametrize("word", ["0,-30", "0,0", "90,0", "-89,-91", "12,-100"])
def test_the_open_sea_is_no_place(word):
    """Farther than 500 km from every city of the catalog there is an error, not the nearest one."""
    with pytest.raises(UnknownWordError, match="no city of the catalog lies within 500 km"):
        found(word)


class At:
    """A city as the distance sees it."""

    def __init__(self, latitude_deg, longitude_deg):
        self.latitude_deg, self.longitude_deg = latitude_deg, longitude_deg


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((0, 0), (0, 90), 10007.56),
        ((0, 0), (90, 0), 10007.56),
        ((0, 0), (0, 180), 20015.11),
        ((50, 10), (-50, -170), 20015.11),
        ((48.8566, 2.3522), (40.7128, -74.0060), 5837.24),
        ((60, 0), (60, 1), 55.597),
        ((0, 179.5), (0, -179.5), 111.195),
        ((10, 10), (10, 10), 0),
    ],
)
def test_distances_by_hand(here, there, km):
    """Quarter and half of 2 pi x 6371.0088 km, Paris to New York 5,837 km, a degree at 60 north half of one at the equator."""
    far = At(-there[0] or 1.0, there[1] + 77.0)
    distance_km, nearest = _nearest_city(*here, [At(*there)])
    assert distance_km == pytest.approx(km, rel=1e-4, abs=1e-6)
    assert _nearest_city(*here, [far, nearest])[0] <= distance_km


def test_no_city_is_infinitely_far():
    """An empty catalog has no nearest city."""
    assert _nearest_city(0, 0, []) == (float("inf"), None)


def test_a_place_is_resolved_once():
    """The same word gives the same object, and so do the cities of a catalog."""
    assert found("Montreal") is found("Montreal")
