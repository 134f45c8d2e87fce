"""The journal's pen: one append-only file a run, each line written by one call, no lock file.

Whatever the disk does, writing returns: what could not be written stays in memory and follows when it can. A line that
was cut short (full disk, kill) is ended by the next one, so readers lose that line alone.
"""

from __future__ import annotations

import errno
import json
import os
from typing import Any

__all__ = ["Writer"]

MOST_WAITING = 2000
"""Lines kept in memory; beyond that every second sample is let go, since each one holds the total so far."""


class Writer:
    """The file of one run.

    Parameters
    ----------
    path : the file, absolute
    append : whether it is there already and is to be continued
    """

    def __init__(self, path: str, *, append: bool = False) -> None:
        self.path, self.append = path, append
        self.fd: int | None = None
        self.header: bytes = b""
        self.waiting: list[bytes] = []
        self.torn = append
        """Whether the file may end within a line."""
        self.fault = ""
        """Why lines are waiting; empty while all is written."""
        self.faults = 0
        self.written = 0

    def write(self, record: dict[str, Any]) -> bool:
        """Append one line; False while lines are waiting for the disk."""
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=False, default=str).encode() + b"\n"
        if not self.header:
            self.header = line
        self.waiting.append(line)
        if len(self.waiting) > MOST_WAITING:
            self.waiting = self.waiting[:1] + self.waiting[1:-1:2] + self.waiting[-1:]
        return self.flush()

    def flush(self) -> bool:
        """Write what is waiting; False where the disk does not take it."""
        try:
            self._ensure_open()
            while self.waiting:
                self._put(self.waiting[0])
                del self.waiting[0]
                self.written += 1
        except OSError as error:
            self.fault = f"{error.strerror or error}"
            self.faults += 1
            return False
        self.fault = ""
        return True

    def _put(self, line: bytes) -> None:
        assert self.fd is not None  # noqa: S101 - opened just before
        text = b"\n" + line if self.torn else line
        done = os.write(self.fd, text)
        self.torn = done < len(text)
        if self.torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _ensure_open(self) -> None:
        if self.fd is not None and os.fstat(self.fd).st_nlink > 0:
            return
        vanished = self.fd is not None
        self.close()
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        self.fd = os.open(self.path, flags, 0o644)
        self.torn = os.fstat(self.fd).st_size > 0
        if vanished and self.header and self.waiting[:1] != [self.header]:
            self.waiting.insert(0, self.header)

    def close(self) -> None:
        """Give the file back; what is waiting stays waiting."""
        if self.fd is not None:
            try:
                os.close(self.fd)
            except OSError as error:
                self.fault = str(error)
            self.fd = None
