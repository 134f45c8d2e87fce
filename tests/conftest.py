"""What every test shares: snapshots as plain text files, one a snapshot."""

from __future__ import annotations

import pytest
from hypothesis import settings
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

settings.register_profile("wattgram", deadline=None)
settings.load_profile("wattgram")
"""A busy machine is no fault of the code: no example has a time to keep."""


class TextFile(SingleFileSnapshotExtension):
    """A snapshot as a text file that reads as what a person would see."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def text_snapshot(snapshot):
    """Compare a text with the file that holds it."""
    return snapshot.use_extension(TextFile)
