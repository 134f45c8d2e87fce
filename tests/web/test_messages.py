"""The words of the page: one file a language, all with the same keys and the same places to fill in."""

from __future__ import annotations

import re
import shutil
import tomllib

import pytest

from wattgram.report.figures import LABELS
from wattgram.resolve.notice import CODES
from wattgram.web import messages as module

FILES = sorted(module.FOLDER.glob("*.toml"))


def flat(path):
    """Key -> text of a message file."""
    return dict(module._flat(tomllib.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_says_everything_that_english_says(path):
    """No key is missing, each text fills in the same places, and what English takes from the program has its words too."""
    english, mine = flat(module.FOLDER / "en.toml"), flat(path)
    assert english.keys() - mine.keys() == set()
    assert all(mine[key] for key, text in english.items() if text)
    from_program = {f"notice.{code}" for code in CODES} | {f"quantity.{name}" for name in LABELS}
    titles = {
        key for key in mine if key.startswith("act.what.")
    }  # English has those of the actions themselves
    assert mine.keys() - english.keys() - from_program - titles == set()
    if path.stem != module.FALLBACK:
        assert from_program - mine.keys() == set()
    places = {key: set(re.findall(r"\{(\w+)[^}]*\}", text)) for key, text in english.items()}
    assert {k: p for k, p in places.items() if set(re.findall(r"\{(\w+)[^}]*\}", mine[k])) != p} == {}


def test_a_third_language_is_one_file(tmp_path, monkeypatch):
    """A file copied and renamed is a language of the page, chosen by its name and by what the browser accepts."""
    for path in FILES:
        shutil.copy(path, tmp_path)
    german = (module.FOLDER / "fr.toml").read_text(encoding="utf-8").replace('"Français"', '"Deutsch"')
    (tmp_path / "de.toml").write_text(german, encoding="utf-8")
    test_a_language_says_everything_that_english_says(tmp_path / "de.toml")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    for cached in (module.languages, module.messages):
        cached.cache_clear()
    try:
        assert module.languages()["de"] == "Deutsch"
        assert module.pick("de", "") == module.pick(None, "de-AT,de;q=0.9,en;q=0.5") == "de"
    finally:
        monkeypatch.undo()
        for cached in (module.languages, module.messages):
            cached.cache_clear()
