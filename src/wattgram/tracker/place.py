"""Where a run takes place: as said, as set, or as the cloud's own metadata says when that is asked for.

`where="auto"` asks the link-local address that AWS, Google and Azure serve to their machines, for 200 ms at most.
Nothing else ever contacts the network.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping

from wattgram.resolve.notice import Notice
from wattgram.tracker.settings import setting

__all__ = ["METADATA", "cloud_region", "place"]

METADATA = "169.254.169.254"
"""The link-local address of cloud metadata; `WATTGRAM_METADATA` names another (a test's own server)."""
LIMIT_S = 0.2
OK = 200


def place(where: str | None) -> tuple[str | None, list[Notice]]:
    """The place word of a run and what has to be said about it; None where it is not known."""
    said = where or setting("where")
    if said is None:
        return None, []
    if said.strip().lower() != "auto":
        return said, []
    found = cloud_region()
    if found is None:
        text = f"no cloud metadata answered within {LIMIT_S * 1000:.0f} ms, so the place is not known"
        return None, [Notice("place-unknown", text)]
    return found, []


def cloud_region(limit_s: float = LIMIT_S) -> str | None:
    """The cloud region of this machine as `provider:region`; None where no metadata answers within `limit_s` [s]."""
    until_s = time.monotonic() + limit_s
    address = os.environ.get("WATTGRAM_METADATA", METADATA)
    for ask in (_google, _aws, _azure):
        try:
            found = ask(address, until_s)
        except TimeoutError:
            return None
        except (OSError, ValueError):
            continue
        if found:
            return found
    return None


def _ask(
    address: str, method: str, path: str, headers: Mapping[str, str], until_s: float
) -> tuple[int, str, Mapping[str, str]]:
    import http.client  # noqa: PLC0415 - only where it is asked for

    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    connection = http.client.HTTPConnection(address, timeout=left_s)
    try:
        connection.request(method, path, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(4096).decode("utf-8", "replace").strip(), dict(answer.getheaders())
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def _google(address: str, until_s: float) -> str | None:
    flavor = {"Metadata-Flavor": "Google"}
    status, text, headers = _ask(address, "GET", "/computeMetadata/v1/instance/zone", flavor, until_s)
    if status != OK or headers.get("Metadata-Flavor") != "Google":
        return None
    zone = text.rpartition("/")[2]
    return f"gcp:{zone.rpartition('-')[0]}" if "-" in zone else None


def _aws(address: str, until_s: float) -> str | None:
    asked = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    status, token, _ = _ask(address, "PUT", "/latest/api/token", asked, until_s)
    headers = {"X-aws-ec2-metadata-token": token} if status == OK else {}
    status, text, _ = _ask(address, "GET", "/latest/meta-data/placement/region", headers, until_s)
    return f"aws:{text}" if status == OK and text else None


def _azure(address: str, until_s: float) -> str | None:
    path = "/metadata/instance/compute?api-version=2021-02-01"
    status, text, _ = _ask(address, "GET", path, {"Metadata": "true"}, until_s)
    location = json.loads(text).get("location") if status == OK else None
    return f"azure:{location}" if location else None
