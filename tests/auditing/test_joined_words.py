"""Words that stand in a sentence, in the metadata, or as a name beginning like a unit are read for what they say."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.auditing.numbers import hours_of


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("64 H100s for 216 hours", [216]),
        ("8 H100 for 9 days", [216]),
        ("64 H200 GPUs for 100 hours", [100]),
        ("16 H800 and 4 GH200, 12 h", [12]),
        ("8 H20 for 5 h", [5]),
        ("5000 H100 hours", [5000]),
        ("two weeks on four cards", [336]),
        ("training took a week", [168]),
        ("emitting 3 kg a day", []),
        ("for sixty-four hours", [64]),
        ("ran three hundred hours", [300]),
    ],
)
def test_a_duration_is_a_number_in_digits_or_words_and_never_the_count_of_a_chip(
    text: str, hours: list[float]
) -> None:
    """`64 H100` holds no hours, `two weeks` holds 336, and `a day` is a duration only where something lasted it."""
    assert [found.hours for found in hours_of(text)] == hours


def test_a_count_before_an_h100_leaves_the_hours_to_the_sentence() -> None:
    """64 x 700 W x 216 h x 566.3 g/kWh = 5480 kg."""
    (finding,) = wattgram.audit("We used 64 H100s for 216 hours in gcp:us-central1, emitting 5.48 t CO2e.")
    assert finding.verdict == "reproduces"
    assert finding.claim.count == 64
    assert finding.recomputed_kg == pytest.approx(5480, rel=1e-3)


def test_a_label_before_a_sentence_leaves_it_a_sentence() -> None:
    """8 x 400 W x 100 h x 367.8 g/kWh = 117.7 kg, all said behind one label."""
    (finding,) = wattgram.audit(
        "Carbon emissions: 118 kg CO2e for 8 A100-SXM4-80GB, 100 hours, aws:us-east-1."
    )
    assert (finding.verdict, finding.missing) == ("reproduces", ())
    assert finding.recomputed_kg == pytest.approx(117.696)


def test_numbers_in_words_reproduce() -> None:
    """Four cards of 350 W for two weeks are 470.4 kWh; at 91 g/kWh 42.8 kg."""
    (finding,) = wattgram.audit(
        "Training took two weeks on four RTX 3090 cards in Lyon; emissions are 42.8 kgCO2e."
    )
    assert finding.verdict == "reproduces"
    assert (finding.claim.count, finding.claim.hours) == (4, 336)


def test_metadata_and_text_complete_each_other_and_say_where_they_disagree() -> None:
    """The metadata takes hours and region from the text; 8 and 64 devices are named in both findings."""
    card = (
        "---\nco2_eq_emissions:\n  emissions: 117700\n  hardware_used: 8 A100\n---\n"
        "Trained on 64 A100 for 100 hours in aws us-east-1, emitting 117.7 kg CO2e.\n"
    )
    metadata, body = wattgram.audit(card)
    assert metadata.verdict == "reproduces"
    assert "8 devices here, but 64 in line 6" in metadata.assumed
    assert body.change == "8 devices instead of 64"
    assert "64 devices here, but 8 in line 2" in body.assumed


def test_the_text_takes_the_hardware_of_the_metadata() -> None:
    """A text without a device is checked with the one of its card's metadata."""
    card = (
        "---\nco2_eq_emissions:\n  emissions: 117700\n  hardware_used: 8 A100\n---\n"
        "Trained for 100 hours in aws us-east-1, emitting 117.7 kg CO2e.\n"
    )
    assert [one.verdict for one in wattgram.audit(card)] == ["reproduces", "reproduces"]


def _card(kg: float, count: int, where: str) -> str:
    return f"- Hardware Type: {count} A100\n- Hours used: 100\n{where}- Carbon Emitted: {kg} kg\n"


def test_a_provider_whose_region_would_explain_the_figure_lacks_its_region() -> None:
    """64 x 400 W x 100 h at the page's default is 1106 kg; a region of the provider gives the printed figure."""
    (finding,) = wattgram.audit(_card(1280, 64, "- Cloud Provider: Google Cloud\n"))
    assert (finding.verdict, finding.missing, finding.change) == ("not-checkable", ("region",), None)
    assert any("it would reproduce in gcp:" in said for said in finding.assumed)


@pytest.mark.parametrize(("count", "verdict"), [(72, "reproduces-if"), (84, "differs")])
def test_only_a_count_that_a_cluster_could_have_is_named(count: int, verdict: str) -> None:
    """72 devices are nine nodes of eight; 84 are no whole number of nodes."""
    kg = 0.4 * 100 * 0.3678 * count
    (finding,) = wattgram.audit(_card(round(kg, 2), 64, "- Compute Region: aws us-east-1\n"))
    assert finding.change != f"{84} devices instead of 64"
    if verdict == "reproduces-if":
        assert finding.change == f"{count} devices instead of 64"


@pytest.mark.parametrize(
    "text",
    [
        "- Hardware Type: K80 4 h + Xeon E5-2690 45 h\n- Compute Region: us-east-1\n- Carbon Emitted: 0.44 kg\n",
        "Training used a K80 for 4 hours and a Xeon E5-2690 for 45 hours in us-east-1, emitting 0.44 kg CO2e.",
    ],
)
def test_a_second_device_with_hours_of_its_own_is_named_as_left_out(text: str) -> None:
    """One device is multiplied; the other of the sentence is said to be left out, with its hours."""
    (finding,) = wattgram.audit(text)
    assert (finding.claim.hardware, finding.claim.hours) == ("K80", 4)
    assert "left out: Xeon E5-2690 for 45 h" in finding.assumed


def test_one_device_said_twice_leaves_nothing_out() -> None:
    """The hours of one device in two words of a sentence are no second run."""
    (finding,) = wattgram.audit(
        "A V100 for 10 hours, and 5 hours of tests, in us-east-1 emitted 1.1 kg CO2e."
    )
    assert not any("left out" in said for said in finding.assumed)
