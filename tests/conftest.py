"""What every test shares: snapshots as plain text files, one a snapshot."""

from __future__ import annotations

import threading

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


SERVES = ("(serve_forever)", "(process_request_thread)")
"""How the standard library names the threads of a server."""
POOL = "ThreadPoolExecutor-"
"""How it names those of a pool, which the engines keep for the next question."""


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test():
    """Fail a test that leaves a thread or a server behind: what it raises or prints would be laid to a later one."""
    before = threading.enumerate()
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before
        and (not thread.daemon or thread.name.endswith(SERVES))
        and not thread.name.startswith(POOL)
    ]
    for thread in left:
        thread.join(10)
    assert [thread.name for thread in left if thread.is_alive()] == []


@pytest.fixture
def text_snapshot(snapshot):
    """Compare a text with the file that holds it."""
    return snapshot.use_extension(TextFile)
