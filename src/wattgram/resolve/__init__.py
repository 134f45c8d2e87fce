"""From what the user said to what is known: words to catalog rows, and every blank to a Value with a reason.

Two halves. *Words* (`hardware`, `place`): each distinct word becomes a row, scalar, with candidates and warnings, and
is remembered. *Fill* (`fill`): blank load, overhead, PUE and year become values; written once, for one run and for
columns alike. Resolve knows no formula.
"""

from __future__ import annotations

from wattgram.resolve.hardware import Hardware, resolve_hardware
from wattgram.resolve.notice import Notice
from wattgram.resolve.place import PlaceWord, resolve_place

__all__ = ["Hardware", "Notice", "PlaceWord", "resolve_hardware", "resolve_place"]
