"""A user's own words mean what a mapping or a small CSV says, whatever parts its cells, and nothing is guessed."""

from __future__ import annotations

import pytest

from wattgram.errors import InputError
from wattgram.frames.words import read_mapping
from wattgram.importers import read_columns, renamed
from wattgram.names import meaning_of, read_names

WANTED = {"room": "45.5,-73.6", "rack a": "8xA100"}


@pytest.mark.parametrize(
    "raw",
    [
        b'room,"45.5,-73.6"\nrack a,8xA100\n',
        b"room;45.5,-73.6\nrack a;8xA100\n",
        b"rack a;8xA100\r\nroom;45.5,-73.6\r\n",
        b"Word\tMeaning\nroom\t45.5,-73.6\nrack a\t8xA100\n",
        b'\xef\xbb\xbfgiven, meant\n\nroom, "45.5,-73.6"\nrack a, 8xA100,\n',
        "room\t45.5,-73.6\r\nrack a\t8xA100\r\n".encode("utf-16"),
    ],
)
def test_the_mark_is_the_one_that_makes_two_cells(tmp_path, raw):
    """Commas, semicolons and tabs, with a header or without, quoted or not, as spreadsheets write them."""
    path = tmp_path / "names.csv"
    path.write_bytes(raw)
    assert read_names(str(path)) == WANTED


def test_a_lone_row_is_parted_by_its_semicolon(tmp_path):
    """`room;45.5,-73.6` alone has two cells by either mark; no meaning holds a semicolon."""
    path = tmp_path / "names.csv"
    path.write_text("room;45.5,-73.6\n")
    assert read_names(str(path)) == {"room": "45.5,-73.6"}


def test_a_word_of_windows_1252_is_read(tmp_path):
    """A spreadsheet's plain CSV: the word keeps its accent."""
    path = tmp_path / "names.csv"
    path.write_bytes("salle dédiée;FR\n".encode("cp1252"))
    assert read_names(str(path)) == {"salle dédiée": "FR"}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a,8xA100,rack 3\n", "row 1 goes on with 'rack 3'"),
        (b"a;8xA100;rack 3\n", "row 1 goes on with 'rack 3'"),
        (b"a,8xA100\na,RTX 3090\n", "'a' cannot be used: it is given two meanings, '8xA100' and 'RTX 3090'"),
        (b"a,8xA100\nb,\n", "row 2 has no meaning"),
        (b"a\nb,FR\n", "row 1 has no meaning"),
        (b"\x00\x01\x02", "it is no text"),
    ],
)
def test_both_doors_refuse_a_map_in_the_same_words(tmp_path, raw, said):
    """What a batch refuses an import refuses too: a third cell, two meanings, none, no text."""
    path = tmp_path / "names.csv"
    path.write_bytes(raw)
    log = tmp_path / "log.csv"
    log.write_text("hardware,hours\na,1\n")
    for read in (read_mapping, lambda path: renamed(read_columns(str(log)), path)):
        with pytest.raises(InputError, match=said):
            read(str(path))


def test_a_map_that_is_not_there_is_named():
    """A path that is none is the user's word for the map."""
    with pytest.raises(InputError, match=r"map 'nowhere\.csv' cannot be used: No such file"):
        read_names("nowhere.csv")


def test_a_word_as_it_is_written_goes_before_one_in_other_letters():
    """`A` and `a` may mean two things; `ROOM` means what `room` does."""
    names = read_names({"a": "T4", "A": "V100", " room ": "FR"})
    assert [meaning_of(names, word) for word in ("a", "A", "ROOM", " room", "shed")] == ["T4", "V100", "FR", "FR", "shed"]  # fmt: skip
