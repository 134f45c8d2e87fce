"""The command `audit`: files, folders, standard input and quoted text; forms; exit codes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from wattgram.cli import main

GOOD = "- **Hardware Type:** RTX 3080\n- **Hours used:** 10\n- **Cloud Provider:** Private\n- **Carbon Emitted:** 1.38 kg CO2eq\n"
BAD = (
    GOOD.replace("1.38", "77.77")
    .replace("Private", "AWS")
    .replace("- **Carbon", "- **Compute Region:** us-east-1\n- **Carbon")
)
OPEN = GOOD.replace("10\n", "\n")
CHANGED = GOOD.replace("1.38", "11.06")


def run(capsys, *arguments):
    """Exit code, standard output and standard error of the command."""
    code = main(["audit", *arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize(
    ("text", "code", "strict"),
    [(GOOD, 0, 0), (BAD, 1, 1), (CHANGED, 1, 1), (OPEN, 0, 1), ("No figure at all, only words.", 0, 0)],
    ids=["reproduces", "differs", "reproduces-if", "not-checkable", "none"],
)
def test_exit_codes_serve_a_pipeline(text, code, strict, capsys, tmp_path):
    """1 where a printed figure does not follow from the printed words; what cannot be checked counts with --strict."""
    card = tmp_path / "README.md"
    card.write_text(text, encoding="utf-8")
    assert run(capsys, str(card))[0] == code
    assert run(capsys, str(card), "--strict")[0] == strict
    assert run(capsys, text)[0] == code


def test_several_files_and_a_folder(capsys, tmp_path):
    """Findings name their file and line; a folder is searched for texts."""
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.tex").write_text(f"\n\n{BAD}", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "c.md").write_text(BAD, encoding="utf-8")
    code, out, _ = run(capsys, str(tmp_path), "--format", "json")
    found = json.loads(out)["findings"]
    assert code == 1
    assert [(one["file"].rpartition("/")[2], one["verdict"], one["line"]) for one in found] == [
        ("a.md", "reproduces", 4),
        ("b.tex", "differs", 7),
    ]
    rows = list(csv.DictReader(io.StringIO(run(capsys, str(tmp_path), "--format", "csv")[1])))
    assert [row["verdict"] for row in rows] == ["reproduces", "differs"]
    github = run(capsys, str(tmp_path), "--format", "github")[1].splitlines()
    assert github[0].startswith("::notice file=")
    assert github[1].startswith("::error file=")


def test_standard_input_and_supplied_words(capsys, monkeypatch):
    """`-` reads standard input; an option fills what a statement leaves out."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(OPEN.encode())))
    code, out, _ = run(capsys, "-", "--hours", "10h")
    assert code == 0
    assert "reproduces" in out
    assert "hours as supplied" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://example.org/card"], "addresses are not fetched"),
        (["missing.md"], "no such file"),
        ([""], "empty"),
        (["x", "--format", "xml"], "the formats are"),
        ([GOOD, "--where", "Atlantis"], "not known"),
        ([GOOD, "--count", "0"], "at least 1"),
        ([GOOD, "--write"], "model cards"),
        ([], "Missing argument"),
    ],
)
def test_unusable_input_is_one_sentence(arguments, said, capsys, tmp_path, monkeypatch):
    """Exit code 2, one line on standard error, nothing on standard output."""
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_files_that_are_no_text(capsys, tmp_path):
    """A binary or an empty folder is unusable; Latin-1 and UTF-16 are read."""
    (tmp_path / "a.md").write_bytes(b"\x00\x01")
    assert run(capsys, str(tmp_path / "a.md"))[0] == 2
    (tmp_path / "empty").mkdir()
    assert run(capsys, str(tmp_path / "empty"))[0] == 2
    (tmp_path / "b.md").write_bytes(("é" + GOOD).encode("latin-1"))
    assert run(capsys, str(tmp_path / "b.md"))[0] == 0
    (tmp_path / "c.md").write_bytes(BAD.encode("utf-16"))
    assert run(capsys, str(tmp_path / "c.md"))[0] == 1
    assert run(capsys, str(tmp_path / "c.md"), "--write")[0] == 2


def test_write_rewrites_all_cards_or_none(capsys, tmp_path):
    """A card that cannot be rewritten keeps every other from being touched."""
    full = BAD.replace("77.77", "1.18")
    good, bad = tmp_path / "a.md", tmp_path / "b.md"
    good.write_text(full, encoding="utf-8")
    bad.write_text(OPEN, encoding="utf-8")
    assert run(capsys, str(good), str(bad), "--write")[0] == 2
    assert good.read_text(encoding="utf-8") == full
    _, _, err = run(capsys, str(good), "--write")
    assert "rewritten" in err
    assert "co2_eq_emissions:" in good.read_text(encoding="utf-8")
    assert "up to date" in run(capsys, str(good), "--write")[2]


def test_the_name_is_the_function():
    """`from wattgram import audit` gives the function, whatever was imported before."""
    script = "import wattgram.auditing.statements, wattgram.cli.audit; from wattgram import audit; print(callable(audit))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out == "True\n"
