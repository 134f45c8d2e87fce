"""docs/tracker.md: its Python runs, and it names what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from wattgram.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "tracker.md").read_text(encoding="utf-8")


def test_the_example_for_tests_runs(tmp_path):
    """The block with the stand-ins runs as it stands: 300 W for an hour are 1.08 MJ."""
    (block,) = [one for one in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "FakeNvml" in one]
    done = subprocess.run(
        [sys.executable, "-c", f"import wattgram\n{block}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_of_the_page_is_there(capsys):
    """Each option that the page names is one of its command's."""
    for command, option in re.findall(r"wattgram ((?:runs )?\w+)[^\n`]*?(--[a-z-]+)", PAGE):
        if command == "batch":
            continue
        assert main([*command.split(), "--help"]) == 0
        assert option in capsys.readouterr().out or option == "--", (command, option)
