"""Wire: bodies as they travel, compressed once, with a tag so that a browser need not fetch them twice.

A page is a head made for the question and a tail that is always the same (the lists of hardware and places). The tail
is compressed once; deflate streams may be put one after the other when the first ends at a byte, so a page costs only
the compression of its head.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["Body", "Remembered", "Tail", "answer"]

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_RAW = -15
HEAD_LEVEL, TAIL_LEVEL = 5, 9
LEAST_BYTES = 600
"""Below this a body travels as it is: its header would outweigh what compression saves."""


class Tail:
    """The end of a page that never changes, compressed once."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        press = zlib.compressobj(TAIL_LEVEL, zlib.DEFLATED, _RAW)
        self.pressed = press.compress(self.data) + press.flush(zlib.Z_FINISH)


class Body:
    """The bytes of an answer, plain and compressed, and their tag."""

    __slots__ = ("etag", "plain", "pressed")

    def __init__(self, head: bytes, tail: Tail | None = None) -> None:
        rest, pressed_rest = (tail.data, tail.pressed) if tail else (b"", b"")
        self.plain = head + rest
        self.pressed: bytes | None = None
        if len(self.plain) >= LEAST_BYTES:
            press = zlib.compressobj(HEAD_LEVEL, zlib.DEFLATED, _RAW)
            end = zlib.Z_FULL_FLUSH if tail else zlib.Z_FINISH
            pressed_head = press.compress(head) + press.flush(end)
            crc = zlib.crc32(rest, zlib.crc32(head))
            foot = struct.pack("<LL", crc, len(self.plain) & 0xFFFFFFFF)
            self.pressed = _GZIP_HEAD + pressed_head + pressed_rest + foot
        self.etag = f'W/"{hashlib.blake2b(self.plain, digest_size=9).hexdigest()}"'

    def __len__(self) -> int:
        return len(self.plain) + len(self.pressed or b"")


class Remembered:
    """Answers already made, the least recently asked for forgotten first; bounded by bytes.

    Parameters
    ----------
    most_bytes : how much is kept [B]; 0 keeps nothing
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._bodies: OrderedDict[Hashable, Body] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Body | None:
        """The body of a question asked before."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: Hashable, body: Body) -> None:
        """Keep a body; forget the oldest ones where there is no room."""
        with self._lock:
            last = self._bodies.pop(key, None)
            self.bytes += len(body) - (len(last) if last else 0)
            self._bodies[key] = body
            while self.bytes > self.most_bytes and self._bodies:
                _, old = self._bodies.popitem(last=False)
                self.bytes -= len(old)

    def __len__(self) -> int:
        return len(self._bodies)


def answer(
    request: Request, body: Body, media_type: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """A response for this request: compressed where the browser takes it, empty where it has it already."""
    said = {"etag": body.etag, "vary": "accept-encoding", "cache-control": "no-cache", **(headers or {})}
    known = request.headers.get("if-none-match", "")
    if status == 200 and known and body.etag in [tag.strip() for tag in known.split(",")]:  # noqa: PLR2004 - OK
        return Response(status_code=304, headers=said)
    if body.pressed is not None and _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(body.pressed, status, {**said, "content-encoding": "gzip"}, media_type)
    return Response(body.plain, status, said, media_type)


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.split(","):
        name, _, weight = one.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
