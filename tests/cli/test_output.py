"""`-o`: the form that a file's ending says, whole or not at all; pictures go to files and pipes, never to a terminal."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import pytest

from wattgram.cli import main

COMPARE = ["compare", "8xA100-SXM4-80GB", "100h", "FR", "--by", "zone", "--limit", "3"]
ESTIMATE = ["estimate", "8xA100-SXM4-80GB", "100h", "FR"]


@pytest.mark.parametrize("words", [COMPARE, ESTIMATE], ids=["compare", "estimate"])
@pytest.mark.parametrize(
    ("ending", "begins"),
    [("pdf", b"%PDF-"), ("png", b"\x89PNG"), ("PDF", b"%PDF-"), ("svg", b"<svg"), ("json", b"{")],
)
def test_the_ending_says_the_form(tmp_path, capsys, words, ending, begins):
    """Each ending gives its form, in a file of that name and no other."""
    if ending.lower() in ("pdf", "png"):
        pytest.importorskip("vl_convert")
    path = tmp_path / f"out.{ending}"
    assert main([*words, "-o", str(path)]) == 0
    assert capsys.readouterr() == ("", f"wrote {path}\n")
    assert path.read_bytes().startswith(begins)
    assert os.listdir(tmp_path) == [path.name]


def test_a_file_holds_what_is_printed(tmp_path, capsys):
    """The same bytes, in a file or on standard output; `-` is standard output."""
    path = tmp_path / "zones.csv"
    main([*COMPARE, "--output", str(path)])
    capsys.readouterr()
    main([*COMPARE, "--format", "csv", "-o", "-"])
    out = capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == out
    assert [row["own"] for row in csv.DictReader(out.splitlines())].count("True") == 1
    main([*ESTIMATE, "--methods", "-o", str(tmp_path / "methods.json")])
    assert json.loads((tmp_path / "methods.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*COMPARE, "-o", "x.xyz"], "its ending is one of .txt, .json, .csv, .md, .svg, .png, .pdf"),
        ([*COMPARE, "-o", "x"], "its ending is one of .txt, .json, .csv, .md, .svg, .png, .pdf"),
        ([*COMPARE, "-o", "x.tex"], "its ending is one of .txt"),
        ([*ESTIMATE, "-o", "x.tiff"], ".tex, .bib, .html, .svg, .png, .pdf"),
        ([*COMPARE, "--format", "png", "-o", "x.pdf"], "--format says png, and its ending is that of a pdf"),
        ([*COMPARE, "--format", "png", "-o", "x"], "--format says png, and its ending is another"),
        ([*COMPARE, "--format", "csv", "-o", "x.png"], "--format says csv, and its ending is that of a png"),
        ([*COMPARE, "--format", "pgn"], "did you mean png?"),
        ([*ESTIMATE, "--methods", "--format", "png"], "the formats are text, json, csv, markdown"),
        ([*COMPARE, "-o", "none/x.csv"], "its folder cannot be written to"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(tmp_path, monkeypatch, capsys, words, sentence):
    """A wrong ending names the allowed ones, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_a_picture_is_not_for_a_terminal(monkeypatch, capsys):
    """Bytes that would garble a screen are refused with what to say instead."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main([*COMPARE, "--format", "png"]) == 2
    assert "say a file with -o" in capsys.readouterr().err


def test_a_pipe_gets_the_bytes():
    """Standard output that is no terminal carries the picture, and nothing else."""
    pytest.importorskip("vl_convert")
    done = subprocess.run(
        [sys.executable, "-m", "wattgram", *COMPARE, "--format", "pdf"], capture_output=True, check=True
    )
    assert done.stdout.startswith(b"%PDF-")
    assert done.stdout.rstrip().endswith(b"%%EOF")
    assert done.stderr == b""


def test_without_the_extra_nothing_is_written(tmp_path, monkeypatch, capsys):
    """The sentence with the line to install, exit code 2, and the file of before is as it was."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    path = tmp_path / "zones.pdf"
    path.write_text("before", encoding="utf-8")
    assert main([*COMPARE, "-o", str(path)]) == 2
    assert capsys.readouterr().err == (
        "wattgram: a picture as PDF needs an extra that is not installed: pip install 'wattgram[figures]'\n"
    )
    assert path.read_text(encoding="utf-8") == "before"
