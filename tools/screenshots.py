"""Pictures of the page for the documentation: light, dark, a phone, French.

python tools/screenshots.py [FOLDER]

Needs playwright and Chromium; serves the page itself on a free port of this machine.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

WIDE, PHONE = (1120, 760), (390, 844)
RUN = "hardware=8xA100-SXM4-80GB&duration=100h&where=aws:us-east-1"


class Shot(NamedTuple):
    """One picture: its file, the address, and how the page is seen."""

    name: str
    address: str
    size: tuple[int, int] = WIDE
    scheme: str = "light"
    whole: bool = False


SHOTS = (
    Shot("page-light", f"/?{RUN}"),
    Shot("page-phone", f"/?{RUN}", PHONE),
    Shot("page-french", f"/?{RUN}&lang=fr"),
    Shot("page-compare", f"/compare?{RUN}"),
    Shot("page-act-dark", f"/act?{RUN}", (1120, 680), scheme="dark"),
    Shot("page-data", "/data?q=h100"),
)


def serve() -> str:
    """The page on a free port; its address."""
    import uvicorn

    from wattgram.web import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


def main(folder: Path, shots: tuple[Shot, ...] = SHOTS) -> None:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    folder.mkdir(parents=True, exist_ok=True)
    base = serve()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in shots:
            page = _page(browser, shot)
            page.goto(base + shot.address)
            path = folder / f"{shot.name}.png"
            page.screenshot(path=path, full_page=shot.whole)
            page.context.close()
            print(f"{path} {path.stat().st_size:,} bytes")
        browser.close()


def _page(browser: Any, shot: Shot) -> Any:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,
        locale="en-GB",
        reduced_motion="reduce",
    )
    return context.new_page()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images"))
