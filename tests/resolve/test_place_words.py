"""Places that a provider has for one purpose alone, and words that are no place."""

from __future__ import annotations

import pytest

from wattgram import Catalog, estimate
from wattgram.errors import UnknownWordError
from wattgram.resolve import resolve_place


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The shipped catalog."""
    return Catalog.load()


def test_the_region_of_tpu_v4_is_known(catalog: Catalog) -> None:
    """`us-central2` holds TPUs alone, stands in no list of general regions, and is declared by Google for Oklahoma."""
    place = resolve_place("gcp:us-central2", catalog)
    assert (place.zones, place.country) == (("US-CENT-SWPP",), "US")
    assert place.record.declared_direct_g_per_kwh == 372.23
    assert "google-region-carbon-2024" in place.record.source_id.split("|")
    footprint = estimate("TPU v4", "1h", "us-central2")
    assert footprint.assembled.place is not None
    assert footprint.assembled.place.name == "gcp:us-central2"
    # no PUE of its own is published; the fleet's stands for it
    assert footprint.assembled.factors.pue.central == 1.09


@pytest.mark.parametrize(
    ("text", "country"), [("California, US", "US"), ("Quebec, Canada", "CA"), ("Victoria, Australia", "AU")]
)
def test_a_state_with_its_country_is_the_state(text: str, country: str, catalog: Catalog) -> None:
    """`California, US` is what `California` is; the country tells states of one name apart."""
    place = resolve_place(text, catalog)
    assert (place.name, place.kind, place.country) == (text.split(",", maxsplit=1)[0], "subdivision", country)


@pytest.mark.parametrize("text", ["aws:", "azure:us"])
def test_no_part_of_a_name_means_a_government_region(text: str, catalog: Catalog) -> None:
    """A region that is shut to the public is taken where it is written, never where a part of a name fits it alone."""
    with pytest.raises(UnknownWordError):
        resolve_place(text, catalog)
    assert resolve_place("aws:us-gov-east-1", catalog).name == "aws:us-gov-east-1"
