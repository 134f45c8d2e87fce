"""The page in a real browser: keyboard, a shared link, no JavaScript, no internet, a phone, the dark, and axe-core."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from pathlib import Path

import pytest

from wattgram.web import create_app

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("WATTGRAM_AXE", ROOT / ".tools/axe/node_modules/axe-core/axe.min.js"))
RUN = "hardware=8xA100-SXM4-80GB&duration=100h&where=aws:us-east-1"
WORK = "hardware=64xH100-SXM5-80GB&parameters=7e9&tokens=2e12&where=CA-QC&development=1.5"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["/", f"/?{RUN}", f"/?{WORK}", f"/?{RUN}&lang=fr", f"/compare?{RUN}", f"/compare?{RUN}&by=hardware", f"/act?{RUN}", f"/publish?{RUN}", "/learn",
         "/learn?lang=fr", "/data", "/data?q=h100", "/data/zones", "/data/zones/CA-QC", "/data/assumptions/load-large-training", "/data/sources/bloom-2022",
         f"/compare?{RUN}&by=start", f"/act?{RUN}&trials=20&number_format=fp32&lang=fr", "/runs", "/runs/ID", "/api", "/?hardware=H10O&duration=1h&where=FR", "/nowhere"]  # fmt: skip


@pytest.fixture(scope="module")
def base(journals):
    import uvicorn

    app = create_app(runs=journals[0])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def chromium():
    path = os.environ.get("WATTGRAM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium, or name one in WATTGRAM_CHROMIUM")
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: uv sync --group slow"
    )
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, base, journals):
    """Open an address in a fresh profile; what is asked of other machines is refused and noted."""
    contexts = []

    def opened(address, *, width=1200, height=900, **settings):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce", **settings
        )
        contexts.append(context)
        page = context.new_page()
        page.foreign, page.faults, page.asked = [], [], []

        def passed(route):
            local = route.request.url.startswith(base)
            (page.asked if local else page.foreign).append(route.request.url)
            route.continue_() if local else route.abort()

        context.route("**/*", passed)
        page.on(
            "console", lambda message: page.faults.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(base + address.replace("/ID", f"/{journals[1]}"))
        return page

    yield opened
    for context in contexts:
        context.close()


def until(page, said, *given):
    """Wait until a function of the page says true (the page forbids evaluating texts, so it is asked from here)."""
    for _ in range(400):
        if page.evaluate(said, *given):
            return
        time.sleep(0.05)
    raise AssertionError(said)


def figure(page):
    return " ".join(page.inner_text(".figure").split())


def test_the_form_is_filled_by_keyboard_alone(open_page, base):
    """Tab reaches the skip link, then the fields; typing and Enter give the answer, and the address is the question."""
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "hardware":
            break
    for text, name in (
        ("8xA100-SXM4-80GB", "hardware"),
        ("100h", "duration"),
        ("", "count"),
        ("aws:us-east-1", "where"),
    ):
        assert page.evaluate("document.activeElement.name") == name
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.keyboard.press("Enter")
    page.wait_for_selector(".figure")
    expected = open_page(f"/?{RUN}")
    assert figure(page) == figure(expected)
    assert page.url == f"{base}/?hardware=8xA100-SXM4-80GB&duration=100h&where=aws%3Aus-east-1"
    assert [
        fault for fault in page.faults if "status of 4" not in fault
    ] == []  # half a word is refused as one types


def test_the_answer_follows_as_one_types(open_page):
    """Without pressing anything the number changes with the place, and the address with it."""
    page = open_page(f"/?{RUN}")
    before = figure(page)
    page.fill("#f-where", "CA-QC")
    until(
        page,
        "before => document.querySelector('.figure').innerText.split(/\\s+/).join(' ') !== before",
        before,
    )
    assert "where=CA-QC" in page.url
    assert page.input_value("#f-where") == "CA-QC"


def test_a_shared_link_gives_the_same_answer_in_a_fresh_profile(open_page, base):
    """The address alone carries everything that was said, options of the comparison too."""
    page = open_page(f"/compare?{RUN}&by=zone&continent=Europe&pue=1.3")
    rows = page.locator("table.grid tbody").inner_text()
    again = open_page(page.url.removeprefix(base))
    assert again.locator("table.grid tbody").inner_text() == rows
    assert again.input_value("#f-pue") == "1.3"
    assert again.input_value("#c-by") == "zone"


@pytest.mark.parametrize("address", PAGES)
def test_without_javascript_every_page_is_whole(open_page, address):
    """Nothing on a page waits for a script; buttons that need one are not shown."""
    page = open_page(address, java_script_enabled=False)
    assert page.locator("h1").count() == 1
    assert page.locator("[data-copy]:visible").count() == 0


def test_without_javascript_the_form_answers(open_page, base):
    """A plain GET form: fill, press the button, read the number."""
    page = open_page("/", java_script_enabled=False)
    page.fill("#f-hardware", "8xA100-SXM4-80GB")
    page.fill("#f-duration", "100h")
    page.fill("#f-where", "aws:us-east-1")
    page.click("button[type=submit]")
    assert figure(page) == figure(open_page(f"/?{RUN}"))
    assert page.url.startswith(f"{base}/?hardware=8xA100-SXM4-80GB")


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_asked_of_another_machine(open_page, address):
    """With every foreign request refused none is even tried, and the console stays clean."""
    page = open_page(address)
    page.wait_for_load_state("networkidle")
    assert page.foreign == []
    assert [fault for fault in page.faults if "status of 4" not in fault] == []


def test_a_first_visit_is_small(open_page):
    """At most 5 requests and 60 kB over the wire for the page with an answer."""
    sizes = []
    page = open_page("about:blank".removeprefix("about:blank") or "/healthz")
    page.asked.clear()
    page.on("response", lambda answer: sizes.append(answer.request.sizes()))
    page.goto(page.url.replace("/healthz", f"/?{RUN}"))
    page.wait_for_load_state("networkidle")
    total = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
    assert len(page.asked) <= 5, page.asked
    assert 5_000 < total <= 60_000


@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_the_screen(open_page, address):
    """From 320 px on nothing scrolls sideways but what says it does."""
    page = open_page(address)
    for width in (320, 390, 768, 960, 992, 1040, 1120, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_is_dark_and_light_is_light(open_page):
    """The ground follows the reader's preference."""

    def ground(scheme):
        page = open_page(f"/?{RUN}", color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert ground("dark") < 120
    assert ground("light") > 600


def test_texts_are_copied(chromium, base):
    """The button puts the very text of the form on the clipboard and says so."""
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{base}/publish?{RUN}")
    page.click("[data-copy=t-bibtex]")
    until(page, "document.querySelector('[data-copy=t-bibtex]').innerText.startsWith('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == page.text_content("#t-bibtex")
    context.close()


def test_the_long_lists_come_when_a_field_is_entered(open_page):
    """Processors join the offers for hardware, cities those for the place, once each."""
    page = open_page("/")
    short = page.evaluate("document.getElementById('hardware-list').options.length")
    page.focus("#f-hardware")
    until(page, "n => document.getElementById('hardware-list').options.length > n + 2000", short)
    page.focus("#f-where")
    until(page, "document.getElementById('where-list').options.length > 4000")


def test_print_leaves_out_what_paper_cannot_use(open_page):
    """On paper there is no form and no navigation, and the number is still there."""
    page = open_page(f"/?{RUN}")
    page.emulate_media(media="print")
    assert not page.is_visible(".ask")
    assert not page.is_visible(".nav")
    assert page.is_visible(".figure")


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(open_page, address):
    """No violation of WCAG A and AA by axe-core, in light, dark and at 320 px, with everything unfolded."""
    if not AXE.exists():
        pytest.skip(
            "no axe-core here: npm install --prefix .tools/axe axe-core@4, or name axe.min.js in WATTGRAM_AXE"
        )
    page = open_page(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    for scheme, width in (("light", 1200), ("dark", 1200), ("light", 320), ("dark", 320)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
        assert len(found["passes"]) > 10
        faults = [
            (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"])
            for one in found["violations"]
        ]
        assert faults == [], (scheme, width)
