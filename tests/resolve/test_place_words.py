"""Places that a provider has for one purpose alone, and words that are no place."""

from __future__ import annotations

import pytest

from wattgram import Catalog, estimate
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
