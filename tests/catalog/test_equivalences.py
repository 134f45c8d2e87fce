"""Equivalences and fuels: units right, years told apart, mistakes of other tools not repeated."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "src" / "wattgram" / "data"


def read(name: str) -> list[dict[str, str]]:
    """The rows of a built table."""
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


ROWS = {row["id"]: row for row in read("equivalences.csv")}
KG = {key: float(row["kg_co2e"]) for key, row in ROWS.items()}


def test_every_equivalence_is_positive_dated_and_sourced() -> None:
    """Each figure carries what it is per, its year and its source."""
    for row in ROWS.values():
        assert float(row["kg_co2e"]) > 0
        assert row["per"]
        assert row["year"].isdigit()
        assert row["source_id"]


def test_a_car_km_is_its_mile_over_the_international_mile() -> None:
    """EPA 2026: 0.393 kg a mile is 0.2442 kg a km; the older 0.398 and 0.409 are 0.2473 and 0.2541."""
    assert KG["car-km-us-2026"] == pytest.approx(0.393 / 1.609344)
    assert KG["car-km-us-2026"] == pytest.approx(0.2442, abs=5e-5)
    assert KG["car-km-us-2022"] == pytest.approx(0.2473, abs=5e-5)
    assert KG["car-km-us-2019"] == pytest.approx(0.2541, abs=5e-5)


def test_the_calculators_own_three_are_its_own() -> None:
    """The page divides by 0.24731 kg/km, 1.99518 kg per kg of coal and 60 kg per seedling of ten years."""
    assert KG["calculator-car-km"] == pytest.approx(0.24731, abs=5e-6)
    assert KG["calculator-coal-kg"] == pytest.approx(1.99518, abs=5e-6)
    assert KG["calculator-tree-seedling-10-years"] == 60


def test_a_seedling_is_of_ten_years_and_a_tree_of_one() -> None:
    """EPA's 60 kg is per seedling over ten years, 6 kg a year, below the 11 kg of a mature tree-year."""
    assert "10 years" in ROWS["tree-seedling-10-years-2026"]["per"]
    assert KG["tree-seedling-10-years-2026"] / 10 < KG["tree-year-2002"] == 11


def test_one_fuel_in_two_units_is_one_figure() -> None:
    """A pound is 0.45359237 kg, a US gallon 3.785411784 L."""
    assert KG["coal-kg-2026"] * 0.45359237 == pytest.approx(KG["coal-pound-2026"]) == pytest.approx(0.905)
    assert (
        KG["petrol-litre-2026"] * 3.785411784
        == pytest.approx(KG["petrol-gallon-us-2026"])
        == pytest.approx(8.887)
    )


def test_radiative_forcing_is_stated_and_raises_the_figure() -> None:
    """DESNZ 2026 gives each flight with and without radiative forcing; with it the figure is 1.69
    times larger.
    """
    for flight in ("flight-domestic-km", "flight-short-economy-km", "flight-long-economy-km"):
        assert ROWS[flight]["scope"] == "with radiative forcing"
        assert KG[flight] / KG[f"{flight}-co2"] == pytest.approx(1.69, abs=0.01)


def test_business_class_takes_more_room() -> None:
    """Long-haul business is 2.9 times economy."""
    assert KG["flight-long-business-km"] / KG["flight-long-economy-km"] == pytest.approx(2.9, abs=0.01)


def test_grid_losses_are_no_equivalence() -> None:
    """Rows about UK transmission losses and the well-to-tank share of its grid stay out."""
    assert not [key for key in ROWS if key.startswith("uk-") or "loss" in ROWS[key]["name"].lower()]


def test_fuels_rank_as_everywhere() -> None:
    """IPCC medians: coal 820, gas 490, solar 45, hydro 24, nuclear 12, wind 11 g/kWh over the life cycle."""
    ipcc = {
        row["fuel"]: float(row["lifecycle_g_per_kwh"])
        for row in read("fuels.csv")
        if row["source_id"] == "ipcc-ar5-2014"
    }
    order = [
        ipcc[fuel] for fuel in ("coal", "gas", "biomass", "solar", "geothermal", "hydro", "nuclear", "wind")
    ]
    assert order == [820, 490, 230, 45, 38, 24, 12, 11]


def test_direct_is_never_above_life_cycle_and_nothing_comes_from_electricity_maps() -> None:
    """What leaves the stack is part of the life cycle; overrides of Electricity Maps live elsewhere."""
    rows = read("fuels.csv")
    for row in rows:
        assert "electricitymaps" not in row["source_id"]
        if row["direct_g_per_kwh"]:
            assert float(row["direct_g_per_kwh"]) <= float(row["lifecycle_g_per_kwh"])
    assert len(rows) >= 25
