"""How names are normalised and matched: properties that hold for any text, and real spellings."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattgram.catalog.names import NOISE, Entry, entries, key, match, nearest, normalise

PIECES = st.sampled_from(
    [
        *"rtx gtx tpu v a h 3090 ti super xt m1 max pro sxm 4 80 gb g".split(),  # noqa: SIM905
        *"gib w core cores ghz 2.30".split(),  # noqa: SIM905
        *"e5 2686v4 pci express e q mac mini macbook air titan x p 100 100s i7-12700k".split(),  # noqa: SIM905
        *("with", "radeon", "graphics"),
        *"- _ / ( ) (R) ® ™ @ . , ß İ ｒｔｘ Ω ½ 日本".split(),  # noqa: SIM905
        *"\x00\n\t",
    ]
)
GLUED = st.lists(PIECES, max_size=14).flatmap(
    lambda parts: st.sampled_from(["", " ", "-"]).map(lambda by: by.join(parts))
)


@given(st.one_of(st.text(max_size=200), GLUED))
@settings(max_examples=600, deadline=None)
def test_normalise_is_idempotent(text: str) -> None:
    """Normalising the words of a name again gives the same words, for any text in any script."""
    tokens = normalise(text)
    assert normalise(" ".join(tokens)) == tokens


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_normalise_gives_plain_lower_case_words(text: str) -> None:
    """Every word is non-empty, holds no blank and is case-folded, whatever the text was."""
    for token in normalise(text):
        assert token
        assert not any(letter.isspace() for letter in token)
        assert token == token.casefold()


@given(GLUED)
@settings(max_examples=300, deadline=None)
def test_case_never_matters(text: str) -> None:
    """Capitals change nothing."""
    assert normalise(text.lower()) == normalise(text.lower().upper().lower())


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "1" * 10_000,
        "1." * 5_000,
        "80 " * 3_300,
        "(r" * 5_000,
        "v 1 " * 2_500,
        "é" * 10_000,
        "m1max" * 2_000,
        " " * 10_000,
        "\x00" * 10_000,
        "rtx" * 3_300,
        "日" * 10_000,
        "\u0301" * 10_000,
        "1 g" * 3_300,
    ],
    ids=lambda text: repr(text[:5]),
)
def test_ten_thousand_characters_cost_milliseconds(text: str) -> None:
    """Ten thousand characters of anything cost milliseconds, so a hostile name cannot stall a server."""
    start = time.thread_time()
    normalise(text)
    assert time.thread_time() - start < 0.25


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rtx3090", "rtx 3090"),
        ("RTX-3090", "rtx 3090"),
        ("tpuv4", "tpu v4"),
        ("TPU v 3", "tpu v3"),
        ("a100-80g", "a100 80gb"),
        ("A100_80GiB", "a100 80gb"),
        ("A-100 80 GB", "a100 80gb"),
        ("V100 SXM-2", "v100 sxm2"),
        ("v100sxm2", "v100 sxm2"),
        ("H100 PCI-e", "h100 pcie"),
        ("m1max", "m1 max"),
        ("MI250x", "mi250x"),
        ("MI-300X", "mi300x"),
        ("v-100", "v100"),
        ("Xeon E5-2686v4", "xeon e5 2686 v4"),
        ("gtx1080ti", "gtx 1080 ti"),
        ("RTX4070TiSuper", "rtx 4070 ti super"),
        ("Titan V 12 GB", "titan v 12gb"),
        ("Intel(R) Xeon(R) CPU E5-2699 v3 @ 2.30GHz", "intel xeon cpu e5 2699 v3"),
        ("AMD EPYC 7763 64-Core Processor", "amd epyc 7763 64core processor"),
        ("Intel® Core™ i7-12700K", "intel core i7 12700k"),
        ("ＲＴＸ　３０９０", "rtx 3090"),
        ("T4 (Colab)", "t4 colab"),
        ("RTX PRO 6000 Max-Q", "rtx pro 6000 maxq"),
        ("AMD Ryzen 7 7840HS w/ Radeon 780M Graphics", "amd ryzen 7 7840hs"),
        ("MacBook Pro M1", "macbookpro m1"),
        ("V100 (TDP of 300 W)", "v100 tdp of 300w"),
        ("", ""),
        ("(R) ™ --- \x00", ""),
    ],
)
def test_spellings(text: str, words: str) -> None:
    """Glued, hyphenated and decorated spellings come to the same words."""
    assert " ".join(normalise(text)) == words


CARDS = [
    *entries("3090", "3090", "rtx 24gb"),
    *entries("3090-ti", "3090 ti", "rtx 24gb"),
    *entries("a100-40", "a100", "sxm4 40gb"),
    *entries("a100-80", "a100", "sxm4 80gb"),
    *entries("gold", "xeon 6148|gold 6148", "xeon gold 20core"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RTX 3090", ["3090"]),
        ("3090 Ti", ["3090-ti"]),
        ("NVIDIA GeForce RTX 3090", ["3090"]),
        ("A100", ["a100-40", "a100-80"]),
        ("A100 80GB", ["a100-80"]),
        ("A100 96GB", []),
        ("3090 Foo", []),
        ("RTX", []),
        ("", []),
        ("GPU", []),
        ("6148", []),
        ("Gold 6148", ["gold"]),
        ("Xeon Gold 6148", ["gold"]),
    ],
)
def test_a_row_is_a_candidate_only_when_it_explains_every_word(text: str, expected: list[str]) -> None:
    """`3090` never offers the 3090 Ti, an unknown word finds nothing, and too few words find several rows."""
    assert [entry.id for entry in match(normalise(text), CARDS)] == expected


@given(st.lists(st.sampled_from(sorted(NOISE)), max_size=5), st.sampled_from(CARDS))
def test_noise_never_decides(noise: list[str], card: Entry) -> None:
    """Any number of noise words in any place leaves the candidates as they are."""
    words = sorted(card.model | card.variants)
    assert match([*noise, *words], CARDS) == match(words, CARDS)


@given(st.permutations(["a100", "sxm4", "80gb", "nvidia"]))
def test_order_of_words_does_not_matter(words: list[str]) -> None:
    """`80GB A100 SXM4` is `A100-SXM4-80GB`."""
    assert [entry.id for entry in match(words, CARDS)] == ["a100-80"]
    assert key(words) == {"a100", "sxm4", "80gb"}


def test_nearest_names_what_was_probably_meant() -> None:
    """A slip of the finger is answered with the name that was meant."""
    names = ["RTX 3090", "A100-SXM4-80GB", "H100-SXM5-80GB", "TPU v3"]
    assert nearest("RXT 3090", names)[0] == "RTX 3090"
    assert nearest("H1000 SXM5", names)[0] == "H100-SXM5-80GB"
    assert nearest("\x00" * 9_999, names) == []
    # Half the letters of `wonder` are those of `Xeon D`, in their order; that is no likeness of words without a number.
    processors = ["Xeon D-2896TER", "EPYC 7763"]
    assert nearest("wonder chip", processors) == []
    assert nearest("epyc", processors) == ["EPYC 7763"]


def test_import_is_light() -> None:
    """Loading the module loads neither unicodedata nor difflib: most names are ASCII and known."""
    from wattgram.catalog import names

    code = (
        f"import sys, runpy; before = set(sys.modules); runpy.run_path({names.__file__!r});"
        "print(sorted({'unicodedata', 'difflib'} & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
