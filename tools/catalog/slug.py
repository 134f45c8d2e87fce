"""Make the id of a catalog row from its name: the one rule every topic shares."""

from __future__ import annotations

import re


def slug(name: str) -> str:
    """Lower-case kebab of a name, so `NVIDIA K80 (half board)` is `nvidia-k80-half-board` in every table."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
