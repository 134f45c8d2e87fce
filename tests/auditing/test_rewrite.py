"""Rewriting: the statement and the metadata are new, everything else is byte for byte as it was."""

from __future__ import annotations

import os

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import wattgram
from wattgram.auditing.rewrite import replaced, write_file
from wattgram.errors import InputError

LIST = (
    "- **Hardware Type:** 8 x A100-SXM4-80GB\n- **Hours used:** 100.25\n- **Cloud Provider:** AWS\n"
    "- **Compute Region:** us-east-1\n- **Carbon Emitted:** 118 kg CO2eq\n"
)
FRONT = "---\nlicense: mit   # ours\nco2_eq_emissions:\n  emissions: 7540\n  source: x\ntags:\n- a\n---\n"
CARD = f"{FRONT}# Model  \n\nBefore.\n\n## Environmental Impact\n\nSome prose of the author.\n\n{LIST}\n## After\n\ttab and trailing  \n"


def rewritten(text):
    """The text as `--write` makes it."""
    return replaced(text, wattgram.audit(text))


def test_only_the_statement_and_the_metadata_change():
    """The author's prose, comments, blanks and other metadata stand; the figure is today's, in grams and in kg."""
    out = rewritten(CARD)
    head, _, tail = CARD.partition("co2_eq_emissions:\n  emissions: 7540\n  source: x\n")
    before, _, after = tail.partition(LIST)
    assert out.startswith(head)
    assert before in out
    assert out.endswith(after)
    data = yaml.safe_load(out.split("---\n")[1])
    footprint = wattgram.estimate("A100-SXM4-80GB", 100.25, "aws:us-east-1", count=8)
    assert data["co2_eq_emissions"]["emissions"] == pytest.approx(footprint.operational.central * 1000)
    assert data["license"] == "mit"
    assert data["tags"] == ["a"]
    assert {finding.verdict for finding in wattgram.audit(out)} == {"reproduces"}


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        CARD.replace("\n", "\r\n"),
        LIST,
        LIST.rstrip("\n"),
        f"# Title\n\n{LIST}",
        f"---\nlicense: mit\n---\n{LIST}",
        f"{FRONT}\n## Carbon emissions\n\nWe used 8 A100-SXM4-80GB GPUs for 100 hours in France and emitted 18 kg CO2eq.\n\n## More\nx\n",
        f"{FRONT}\nWe used 8 A100-SXM4-80GB GPUs for 100 hours in France and emitted 18 kg CO2eq.\n",
        f"\ufeff{CARD}",
        CARD.replace("us-east-1", "us-east-1 (PUE 1.3)"),
    ],
    ids=["card", "crlf", "list", "no-end", "no-front", "no-block", "section", "appended", "bom", "pue"],
)
def test_a_second_rewrite_changes_nothing(text):
    """Rewriting is idempotent, keeps the line ends of the file, and the metadata stays valid YAML."""
    once = rewritten(text)
    assert once != text
    assert rewritten(once) == once
    assert ("\r\n" in once) == ("\r\n" in text)
    if "\r\n" in text:
        assert once.count("\n") == once.count("\r\n")
    assert (
        "emissions"
        in yaml.safe_load(once.removeprefix("\ufeff").replace("\r", "").split("---\n")[1])["co2_eq_emissions"]
    )


@settings(max_examples=25, deadline=None)
@given(
    hours=st.floats(0.5, 99_999).map(lambda x: round(x, 3)),
    count=st.integers(1, 4096),
    before=st.text(st.characters(categories=["L", "Zs"]), max_size=20),
)
def test_any_run_survives_two_rewrites(hours, count, before):
    """Whatever the hours and the count, the second rewrite reads back the run that the first wrote."""
    text = f"{before}\n\n{LIST.replace('100.25', repr(hours)).replace('8 x', f'{count} x')}"
    once = rewritten(text)
    assert rewritten(once) == once
    assert before in once


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- **Hours used:** 10\n- **Carbon Emitted:** 3 kg CO2eq\n", "hardware"),
        ("nothing here", "a carbon statement"),
        ("---\na: [\nco2_eq_emissions: 3\n---\n" + LIST, "no valid YAML"),
        (LIST + "\n# Two\n\n" + LIST.replace("100.25", "7"), "2 different runs"),
    ],
)
def test_nothing_is_written_where_no_one_run_is_stated(text, said):
    """An incomplete card, a damaged front matter or two runs are a sentence, and no half-made card."""
    with pytest.raises(InputError, match=said):
        rewritten(text)


def test_a_file_is_replaced_at_once_and_keeps_its_mode(tmp_path):
    """The file keeps its permissions, a link stays a link, an equal text is not written, and nothing is left over."""
    real = tmp_path / "card.md"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "README.md"
    link.symlink_to(real)
    assert write_file(str(link), "new")
    assert not write_file(str(link), "new")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["README.md", "card.md"]
