"""docs/tracker.md names what there is (that its blocks run is tested with all the pages)."""

from __future__ import annotations

import re
from pathlib import Path

from wattgram.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "tracker.md").read_text(encoding="utf-8")


def test_every_command_of_the_page_is_there(capsys):
    """Each option that the page names is one of its command's."""
    for command, option in re.findall(r"wattgram ((?:runs )?\w+)[^\n`]*?(--[a-z-]+)", PAGE):
        if command == "batch":
            continue
        assert main([*command.split(), "--help"]) == 0
        assert option in capsys.readouterr().out or option == "--", (command, option)
