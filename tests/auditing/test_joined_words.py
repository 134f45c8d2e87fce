"""Words that stand in a sentence, in the metadata, or as a name beginning like a unit are read for what they say."""

from __future__ import annotations

import pytest

import wattgram
from wattgram.auditing.forms import render_findings
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


@pytest.mark.parametrize(
    ("stated", "true", "named"),
    [
        (8, 64, True),  # a power of two
        (8, 112, True),  # fourteen nodes of the eight that are stated
        (64, 8, True),
        (1, 4, True),
        (64, 72, False),  # nine nodes, and no multiple of what is stated
        (64, 84, False),  # no whole number of nodes
        (64, 112, False),
        (8, 13, False),  # few, and no number that anybody buys
    ],
)
def test_only_a_count_that_a_cluster_could_have_is_named(stated: int, true: int, named: bool) -> None:
    """A usual few, a power of two, or whole nodes of those that are stated; what fits by luck is a difference."""
    kg = 0.4 * 100 * 0.3678 * true
    (finding,) = wattgram.audit(_card(round(kg, 2), stated, "- Compute Region: aws us-east-1\n"))
    if named:
        assert finding.change == f"{true} device{'s' if true > 1 else ''} instead of {stated}"
    else:
        assert (finding.verdict, finding.change) == ("differs", None)


def _private(kg: float, hours: str, more: str = "", hardware: str = "RTX 3090") -> wattgram.auditing.Finding:
    """The finding of a card of one device at the page's default intensity."""
    (finding,) = wattgram.audit(
        f"- Hardware Type: {hardware}\n- Hours used: {hours}\n- Cloud Provider: Private Infrastructure\n"
        f"- Carbon Emitted: {kg} kg\n{more}"
    )
    return finding


@pytest.mark.parametrize(
    ("stated", "true", "named"),
    [
        ("30", 100, "100 hours instead of 30"),  # round
        ("10", 240, "240 hours instead of 10"),  # days taken for hours
        ("90", 1.5, "1.5 hours instead of 90"),  # minutes taken for hours
        ("50", 72, "72 hours instead of 50"),  # three days
        ("216", 340, None),  # two digits fit by luck
        ("300", 324, None),
        ("3000", 5094.8, None),
    ],
)
def test_other_hours_are_named_where_somebody_could_have_meant_them(
    stated: str, true: float, named: str | None
) -> None:
    """A known slip of units, a round number, whole days; any other number of hours explains any figure."""
    finding = _private(round(0.35 * true * 0.432, 4), stated)
    assert finding.change == named
    assert (finding.verdict == "reproduces-if") is (named is not None)


def test_device_hours_taken_twice_are_a_known_slip() -> None:
    """800 device-hours times eight devices once more."""
    kg = 0.35 * 8 * 800 * 0.432 * 8
    (finding,) = wattgram.audit(
        f"- Hardware Type: 8x RTX 3090\n- Hours used: 811\n- Cloud Provider: Private Infrastructure\n- Carbon Emitted: {kg / 800 * 811:.2f} kg\n"
    )
    assert finding.change in ("6488 hours instead of 811", "64 devices instead of 8")


def test_a_change_keeps_every_other_stated_figure() -> None:
    """Eight devices would explain the figure, but not the energy that is printed beside it."""
    alone = _private(120.96, "100")
    assert alone.change == "8 devices instead of 1"
    beside = _private(120.96, "100", "- Energy consumed: 35 kWh\n")
    assert beside.change is None or "devices" not in beside.change


def test_another_device_is_named_only_where_it_could_have_been_chosen() -> None:
    """72 x 400 W are 64 x 450 W: nobody takes an A100 for an RTX 4090, but an RTX 3090 for an RTX 3080."""
    kg = round(0.32 * 100 * 0.432, 3)
    assert _private(kg, "100").change == "RTX 3080 (320 W) instead of RTX 3090"


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


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("We trained on 64 A100 for 100 hours in us-east-1, emitting 84.", "84"),
        ("The total emissions were 84.5 for 8 V100 over 10 hours in France.", "84.5"),
        ("CO2 emissions: about 120 (8 A100, 100 hours, France)", "120"),
    ],
)
def test_a_figure_without_a_unit_is_a_finding(text: str, figure: str) -> None:
    """84 of what? The statement is not checkable, its unit is missing, and no unit is guessed in prose."""
    (finding,) = wattgram.audit(text)
    assert (finding.verdict, finding.missing[0], finding.claimed_kg) == ("not-checkable", "unit", None)
    assert finding.claim.unitless == figure
    assert f"{figure} has no unit of mass" in render_findings([("", [finding])], "text")


@pytest.mark.parametrize(
    "text",
    [
        "Training on 8 A100 for 100 hours in 2023; see emissions in Section 4.",
        "We ran 8 A100 for 100 hours and discuss emissions of 12 models elsewhere.",
        "We report emissions since 2019 for 8 V100 over 10 hours.",
        "Emissions grew by 12 % on 8 A100 over 100 hours.",
        "8 V100 for 10 hours in France emitted 3 kg CO2e, as in Table 4.",
    ],
)
def test_a_number_that_is_no_amount_is_none(text: str) -> None:
    """Years, counts, percentages and numbers of tables are no figures of emissions."""
    assert all(not finding.claim.unitless for finding in wattgram.audit(text))
