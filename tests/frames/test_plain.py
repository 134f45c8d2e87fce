"""A CSV is read to its last cell whatever wrote it, or refused with the line that cannot be read."""

from __future__ import annotations

import codecs
import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattgram.errors import InputError
from wattgram.frames import plain as module
from wattgram.frames.plain import plain

HEAD = "hardware,hours,where,note\n"
ROWS = "T4,1,FR,a\nV100-SXM2-16GB,2.5,DE,b\n"


def read(path, scratch, *, tab=False, bare_lines=True):
    """The rows as an engine without mercy would read them, and what was said."""
    said = []
    found = plain(
        str(path),
        str(scratch),
        shown="runs.csv",
        tab=tab,
        bare_lines=bare_lines,
        say=said.append,
        told=lambda _: None,
    )
    with open(found.path, encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle, delimiter=found.mark, strict=True))
    return rows, said, found


@pytest.fixture
def look(tmp_path):
    """Look through some bytes."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def looked(data, name="runs.csv", **how):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read(path, scratch, **how)

    return looked


def test_a_plain_file_is_read_where_it_lies(look, tmp_path):
    """Nothing is copied and nothing is said."""
    rows, said, found = look(HEAD + ROWS)
    assert found.path == str(tmp_path / "runs.csv")
    assert (found.header, found.mark, found.multiline, said) == (
        ("hardware", "hours", "where", "note"),
        ",",
        False,
        [],
    )
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "1 line is not in UTF-8 (line 2); read as Windows-1252"),
        ("utf-16", "it is written in UTF-16"),
        ("utf-16-le", "it is written in UTF-16-LE"),
        ("utf-16-be", "it is written in UTF-16-BE"),
        ("utf-32", "it is written in UTF-32"),
        ("utf-8-sig", None),
    ],
)
def test_every_encoding_of_an_office_is_read(look, encoding, said):
    """Accents and the euro sign arrive, and what was not UTF-8 is said."""
    rows, told, _ = look((HEAD + "T4,1,FR,café à 3 €\n" + ROWS).encode(encoding))
    assert rows[0] == ["hardware", "hours", "where", "note"]
    assert rows[1][3] == "café à 3 €"
    assert told == ([f"runs.csv: {said}"] if said else [])


def test_two_encodings_in_one_file_are_both_read(look):
    """Logs joined together: each line by itself, so none is garbled."""
    rows, said, _ = look(HEAD.encode() + "T4,1,FR,é\n".encode() + "T4,1,FR,é\n".encode("latin-1"))
    assert [row[3] for row in rows[1:]] == ["é", "é"]
    assert said == ["runs.csv: 1 line is not in UTF-8 (line 3); read as Windows-1252"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ((HEAD + ROWS).replace("\n", "\r\n"), ["a", "b"]),
        ((HEAD + ROWS).replace("\n", "\r"), ["a", "b"]),
        (HEAD.replace("\n", "\r\n") + ROWS, ["a", "b"]),
        ("\n\n" + HEAD + "\n" + ROWS + "\n  \n", ["a", "b"]),
        (HEAD + ROWS.rstrip(), ["a", "b"]),
        ("sep=;\n" + (HEAD + ROWS).replace(",", ";"), ["a", "b"]),
        ((HEAD + ROWS).replace(",", ";"), ["a", "b"]),
        ((HEAD + ROWS).replace(",", "|"), ["a", "b"]),
        ('hardware;"hours, of the wall";where;note\n' + ROWS.replace(",", ";"), ["a", "b"]),
        (HEAD + 'T4,1,FR,5" disk\n', ['5" disk']),
        (HEAD + 'T4,1,FR,"two\nlines, ""q"""\nT4,1,FR,b\n', ['two\nlines, "q"', "b"]),
        (HEAD + "T4,1,FR\nT4,1,FR,b\n", ["", "b"]),
        (HEAD + "T4,1,FR,a,\nT4,1,FR,b,,  \n", ["a", "b"]),
        (HEAD + 'T4,1,FR,"a\rb"\nT4,1,FR\n', ["a\rb", ""]),
        (HEAD, []),
        (HEAD.strip(), []),
    ],
)
def test_what_spreadsheets_and_hands_write_is_read(look, text, expected):
    """Line ends of three systems, blank lines, marks, quotes in and around cells, short rows and trailing marks."""
    rows, _, _ = look(text)
    assert [row[3] for row in rows[1:]] == expected
    assert {len(row) for row in rows} == {4}


def test_short_rows_are_counted_and_said(look):
    """How many, and where the first is."""
    _, said, _ = look(HEAD + ROWS + "T4,1\nT4,1,FR\n")
    assert said == [
        "runs.csv: 2 rows have fewer cells than the header (line 4 first); the missing ones are read as blank"
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            HEAD + ROWS + "T4,1,FR,x,more\n" + ROWS,
            "line 4 has 5 cells where the header names 4, 'more' among",
        ),
        (HEAD + ROWS + 'T4,1,FR,"two\nlines"\nT4,1,FR,x,y\n', "line 6 has 5 cells"),
        ((HEAD + ROWS).replace(",", ";") + "T4;1;FR;x;y\n", "a cell that holds a semicolon into quotes"),
        (HEAD + ROWS + 'T4,1,FR,"open\n' + ROWS, "the quote that opens in line 4 is not closed"),
        (HEAD + 'T4,1,FR,"a" b\n', "begins in line 2 goes on where its quote is closed"),
        (HEAD + "T4,1,FR,a\0b\n", "line 2 holds a NUL byte"),
        (HEAD + ROWS + "T4,1,FR,a\rb\n", "line 4 holds a carriage return in the middle of a row"),
        ("hardware,hours,where,note,note\nT4,1,FR,a,b\n", "names 'note' twice, in columns 4 and 5"),
        ("hardware,Hours,hours,where\nT4,1,2,FR\n", "names 'Hours' and 'hours', in columns 2 and 3"),
        ("\n \n", "it holds no text"),
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"PAR1rest", "name it .parquet"),
        (gzip.compress(HEAD.encode(), mtime=0), "end its name in .gz"),
        (codecs.BOM_UTF16_LE + HEAD.encode("utf-16-le") + b"\x00", "does not go on in it"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_its_line(look, data, sentence):
    """No cell is dropped, shifted or renamed in silence."""
    with pytest.raises(InputError) as caught:
        look(data)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("runs 'runs.csv' cannot be used: ")


def test_a_packed_file_that_is_cut_off_is_said(look):
    """Half a .csv.gz is no shorter table."""
    whole = gzip.compress((HEAD + ROWS * 500).encode())
    rows, _, found = look(whole, name="runs.csv.gz")
    assert len(rows) == 1001
    assert not found.path.endswith(".gz")
    with pytest.raises(InputError, match="cut off"):
        look(whole[:-20], name="runs.csv.gz")


def test_a_quote_that_is_never_closed_does_not_fill_the_memory(look, monkeypatch):
    """The search for its end is given up after the longest row that is taken."""
    monkeypatch.setattr(module, "MOST_ROW_BYTES", 1000)
    with pytest.raises(InputError, match="the quote that opens in line 2 is not closed"):
        look(HEAD + 'T4,1,FR,"open\n' + ROWS * 2000)
    with pytest.raises(InputError, match="line 1 is longer than 1,000 bytes"):
        look("x" * 2_000_000)


def test_blocks_meet_where_a_cell_holds_line_ends(look, monkeypatch):
    """Read in pieces of a few bytes, the rows and line numbers are the same."""
    from wattgram.frames import textfile

    monkeypatch.setattr(textfile.unpacked, "__defaults__", (7,))
    text = HEAD + 'T4,1,FR,"one\ntwo\nthree, ""four"""\n' + ROWS + 'T4,1,FR,"a\r\nb"\n'
    rows, said, found = look(text)
    assert rows == list(csv.reader(io.StringIO(text, newline="")))
    assert (found.multiline, said) == (True, [])
    with pytest.raises(InputError, match="line 9 has 5 cells"):
        look(text + "T4,1,FR,x,y\n")


CELLS = st.text(st.sampled_from('ab ,;"\n|é='), max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6),
    st.sampled_from([",", ";"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows, mark, end):
    """Whatever stands in the cells, a file that follows the rules gives them back; rows of blanks alone may go."""
    folder = tmp_path_factory.mktemp("csv")
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator=end).writerows([["hardware", "hours", "where"], *rows])
    (folder / "runs.csv").write_bytes(text.getvalue().encode())
    found, said, _ = read(folder / "runs.csv", folder)
    assert said == []
    assert [row for row in found[1:] if any(cell.strip() for cell in row)] == [
        row for row in rows if any(cell.strip() for cell in row)
    ]
