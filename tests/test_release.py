"""What is released is what is committed, named alike everywhere, and nothing of somebody else's is deleted for it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wattgram

ROOT = Path(__file__).parents[1]
_spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
release = importlib.util.module_from_spec(_spec)
sys.modules["release"] = release
_spec.loader.exec_module(release)

FILES = {
    "CHANGELOG.md": "# Changelog\n\n## 1.4.0 (2026-12-01)\n\n## 1.3.0 (2026-11-01)\n",
    "CITATION.cff": "cff-version: 1.2.0\nversion: 1.4.0\ndate-released: 2026-12-01\n",
    "docs/example.md": "Since wattgram 1.3.0.\n\n  source: wattgram 1.4.0, catalog 2026.11+…\n",
    "src/wattgram/version.py": '__version__ = "1.4.0"\n',
    "pyproject.toml": '[tool.hatch.build.targets.sdist]\ninclude = ["/src", "/CITATION.cff"]\n',
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small project with the files that name a version, committed."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "All")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    return tmp_path


def test_the_version_is_that_of_all_three_files(tree):
    """The newest heading, the line of version.py and the line of the citation file say 1.4.0."""
    assert release.version() == "1.4.0"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("CITATION.cff", "cff-version: 1.4.0\nversion: 1.3.0\n", "CITATION.cff names version 1.3.0"),
        ("CITATION.cff", "cff-version: 1.4.0\n", "CITATION.cff names version none"),
        ("src/wattgram/version.py", '__version__ = "1.3.0"\n', "version.py names version 1.3.0"),
        (
            "CITATION.cff",
            "version: 1.4.0\ndate-released: 2026-11-01\n",
            r"date-released 2026-11-01, the newest of CHANGELOG\.md is of 2026-12-01",
        ),
        ("CITATION.cff", "version: 1.4.0\n", "CITATION.cff has date-released none"),
        (
            "docs/example.md",
            "# Example\n  source: wattgram 1.3.0, catalog 2026.11+…\n",
            r"docs/example\.md:2 shows what wattgram 1\.3\.0 prints, not 1\.4\.0; run make docs-write",
        ),
        (
            "docs/example.md",
            "Estimated with wattgram 1.5.0 (catalog 2026.11+…)\n",
            r"docs/example\.md:1 shows what wattgram 1\.5\.0 prints",
        ),
        ("CHANGELOG.md", "# Changelog\n\n## Next\n", "has no heading"),
    ],
)
def test_another_version_is_no_release(tree, file, text, said):
    """One file behind the others is named; the version of the citation *format* is not taken for ours."""
    (tree / file).write_text(text)
    with pytest.raises(ValueError, match=said):
        release.version()


def test_what_is_not_committed_is_not_released(tree):
    """A changed file and a new one of what is released are named; a note beside them is not looked at."""
    (tree / "note.txt").write_text("mine")
    release.check_committed()
    (tree / "CITATION.cff").write_text("version: 1.4.0\n")
    (tree / "src" / "more.py").write_text("")
    with pytest.raises(ValueError, match=r"not committed: CITATION\.cff, src/more\.py; commit"):
        release.check_committed()


@pytest.mark.parametrize(
    "urls", ["", 'urls = { Home = "https://example.org/w" }', 'urls = { Source = "soon" }']
)
def test_nothing_is_built_for_the_public_that_does_not_say_where_its_source_is(
    tree, monkeypatch, capsys, urls
):
    """No table, another name, no address: one sentence, exit code 2, nothing built; an address is enough."""
    text = '[project]\nname = "wattgram"\n{}\n' + FILES["pyproject.toml"]
    (tree / "pyproject.toml").write_text(text.format(urls))
    monkeypatch.setattr(release, "check_committed", lambda: None)
    monkeypatch.setattr(sys, "argv", ["release.py", "--public", "--out", str(tree / "dist")])
    assert release.main() == 2
    assert "no [project.urls] with Source" in capsys.readouterr().err
    assert not (tree / "dist").exists()
    (tree / "pyproject.toml").write_text(text.format('urls = { Source = "https://example.org/w" }'))
    release.check_addresses()


def test_the_workflow_of_a_tag_asks_for_the_address():
    """What a tag starts builds for the public."""
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    assert "make release RELEASE=--public\n" in text


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    """An earlier release is replaced; a folder with anything else, and a file, are refused untouched."""
    ours, theirs = tmp_path / "dist", tmp_path / "theses"
    for folder, names in (
        (ours, ("wattgram-1.3.0.tar.gz", "SHA256SUMS")),
        (theirs, ("SHA256SUMS", "thesis.tex")),
    ):
        folder.mkdir()
        for name in names:
            (folder / name).write_text("x")
    release.emptied(ours)
    assert list(ours.iterdir()) == []
    with pytest.raises(ValueError, match=r"holds thesis\.tex, which is of no release"):
        release.emptied(theirs)
    assert sorted(path.name for path in theirs.iterdir()) == ["SHA256SUMS", "thesis.tex"]
    with pytest.raises(ValueError, match="is a file"):
        release.emptied(theirs / "thesis.tex")
    release.emptied(tmp_path / "new" / "dist")
    assert (tmp_path / "new" / "dist").is_dir()


def test_every_file_at_the_top_is_in_the_sdist():
    """Whoever unpacks the sdist can run `make test`: the lock, the pages' configuration and all texts are in it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = {name.lstrip("/") for name in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    needed = {"uv.lock", "Makefile", "mkdocs.yml", *(path.name for path in ROOT.glob("*.md"))}
    assert needed - included == set()
    assert {name for name in included if not (ROOT / name).exists()} == set()


def test_the_tree_as_it_is_names_one_version():
    """Changelog, citation and package agree today."""
    assert release.version() == wattgram.__version__
