"""What every importer keeps, whatever it reads: the command calls each alike, and a log that is none is one sentence."""

from __future__ import annotations

import inspect

import pytest

from wattgram import importers
from wattgram.cli import main
from wattgram.cli.import_kinds import KINDS
from wattgram.errors import InputError


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "text"), [("empty.log", ""), ("junk.log", "junk ]{ ,,\n")])
def test_a_log_that_is_none_is_one_sentence(tmp_path, capsys, kind, name, text):
    """An empty file and a line of no such log end with exit code 2 and one sentence that names the file; no row comes out."""
    log = tmp_path / name
    log.write_text(text, encoding="utf-8")
    assert main(["import", kind, str(log)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (sentence,) = said.err.splitlines()
    assert sentence.startswith("wattgram: ")
    assert name in sentence
    with pytest.raises(InputError, match=name):
        list(importers.read(kind, [log]))


@pytest.mark.parametrize("kind", importers.KINDS)
def test_every_option_of_a_kind_reaches_its_reader(kind):
    """A reader takes the files first, then by keyword what its kind says, and a catalog exactly where it is catalogued."""
    takes = inspect.signature(getattr(importers, importers.KINDS[kind])).parameters
    assert ("catalog" in takes) is KINDS[kind].catalogued
    assert [option for option in KINDS[kind].options if option not in takes] == []
