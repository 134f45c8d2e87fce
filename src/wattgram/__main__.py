"""`python -m wattgram` is the command `wattgram`."""

from __future__ import annotations

from wattgram.cli import run

if __name__ == "__main__":
    run()
