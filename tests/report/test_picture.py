"""Pictures for paper: our own SVG in plain colours as PNG and PDF, with every word of it, and a sentence without the extra."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import zlib
from xml.etree import ElementTree as ET

import pytest

import wattgram
from wattgram.chart import LETTERS, WIDTH, Bar, bars
from wattgram.errors import InputError, MissingExtraError
from wattgram.report.comparison_drawing import comparison_svg
from wattgram.report.picture import picture

RUN = ("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
SVG = "{http://www.w3.org/2000/svg}"


def compared():
    """The run in the zones of Europe."""
    return wattgram.compare(wattgram.estimate(*RUN), "zone", continent="Europe")


def pixels(png):
    """Width, height and the rows of an RGBA picture, decoded by hand."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6)
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, step, rows, above = zlib.decompress(packed), wide * 4, [], bytearray(wide * 4)
    for number in range(high):
        begin = number * (step + 1)
        how, line = raw[begin], bytearray(raw[begin + 1 : begin + 1 + step])
        for i in range(step):
            left, up, corner = (line[i - 4] if i > 3 else 0), above[i], (above[i - 4] if i > 3 else 0)
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda x, guess=guess: abs(guess - x))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, paeth)[how]) & 255
        rows.append(line)
        above = line
    return wide, high, rows


def test_a_drawing_for_paper_is_in_plain_colours_and_pixels():
    """No variable, no dark screen and no percentage is left, for converters know none; title and notes are to be read."""
    svg = comparison_svg(compared(), 3, printed=True)
    assert not re.search(r"var\(|@media|currentColor|=\"[\d.]+%\"", svg)
    texts = [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own
    assert texts[0] == "The same run in other grid zones"
    assert "8xA100-SXM4-80GB · 100 h · aws:us-east-1 · continent Europe" in texts
    assert any("90 % range" in text for text in texts)
    assert max(map(len, texts)) <= LETTERS


def test_the_lengths_for_paper_are_those_of_the_page():
    """A bar of half the largest end is half the width, in pixels here and in percent there."""
    rows = [Bar("a", "1", 1, 0.5, 2), Bar("b", "0.5 < 1 & more", 0.5, 0.5, 0.5)]
    paper, page = bars(rows, "T", "D", printed=()), bars(rows, "T", "D")
    assert re.findall(r'chart-bar"[^>]* width="([\d.]+)"', paper) == [f"{WIDTH / 2:.2f}", f"{WIDTH / 4:.2f}"]
    assert re.findall(r'chart-bar"[^>]* width="([\d.]+)%"', page) == ["50.00", "25.00"]
    assert paper.count("chart-range") - paper.count(".chart-range") == page.count("chart-range") == 3
    assert "0.5 &lt; 1 &amp; more" in paper
    ET.fromstring(paper)  # noqa: S314 - our own


def test_a_png_has_its_size_and_its_colours():
    """Twice the drawing's size, white to the edge, ink for the words, green for the run itself, grey for the others."""
    pytest.importorskip("vl_convert")
    svg = bars(
        [Bar("own", "1 kg", 1, 0.5, 1.5, own=True), Bar("other", "1 kg", 1, 1, 1)], "T", "D", printed=["note"]
    )
    root = ET.fromstring(svg)  # noqa: S314 - our own
    wide, high, rows = pixels(picture(svg, "png"))
    assert (wide, high) == (2 * float(root.get("width")), 2 * float(root.get("height")))
    seen = {bytes(row[i : i + 4]) for row in rows for i in range(0, len(row), 4)}
    for colour in ("ffffff", "2f9583", "8b9692", "1c2321", "dfe4e0"):
        assert bytes.fromhex(colour + "ff") in seen
    white = bytes.fromhex("ffffffff")
    assert rows[0] == rows[-1] == white * wide
    assert all(row[:4] == row[-4:] == white for row in rows)  # nothing runs over the edge
    assert sum(pixel != 255 for row in rows[40:80] for pixel in row) > 100  # the title is there in letters


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
def test_a_pdf_has_its_words_as_text():
    """Every text of the drawing can be found and copied in the PDF, names with accents among them."""
    pytest.importorskip("vl_convert")
    found = wattgram.compare(wattgram.estimate(*RUN), "region")
    pdf = found.picture("pdf", 4)
    assert pdf.startswith(b"%PDF-")
    said = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    texts = [t.text for t in ET.fromstring(comparison_svg(found, 4, printed=True)).iter(f"{SVG}text")]  # noqa: S314 - our own
    words = " ".join(said.split())
    assert [text for text in texts if " ".join(text.split()) not in words] == []
    assert "Montréal" in words


@pytest.mark.parametrize(
    ("run", "bars_shown"),
    [
        (
            RUN,
            [
                "Operational, location-based",
                "Operational, market-based",
                "Making of the hardware, its share",
                "Total",
            ],
        ),
        (("300W", "10h", "FR"), ["Operational, location-based"]),
        (("300W", "10h", "0 g/kWh"), ["Operational, location-based"]),
    ],
)
def test_a_run_as_bars_of_what_is_known(run, bars_shown):
    """A bar for each figure that is known and none for the unknown; a total without a making would be the operation again."""
    footprint = wattgram.estimate(*run)
    texts = [t.text for t in ET.fromstring(footprint.report("svg")).iter(f"{SVG}text")]  # noqa: S314 - our own
    assert len(texts) == 2 * len(bars_shown)
    assert all(text.startswith(label) for text, label in zip(texts[::2], bars_shown, strict=True))


def test_the_bars_of_a_run_say_the_figures_of_its_report():
    """What stands at a bar is what the other forms print, and the parts of the spread are said largest first."""
    footprint = wattgram.estimate(*RUN)
    svg, text = footprint.report("svg"), footprint.report("text")
    sum_kg = footprint.operational
    carbon = f"{sum_kg.central:.3g} kg CO2e", f"{sum_kg.low:.3g} to {sum_kg.high:.3g} kg"
    for figure in (*carbon, "358.8 kWh"):
        assert figure in svg
        assert figure in text
    parts = [int(x) for x in re.findall(r"(\d+)%[,.]", re.search(r"<desc[^>]*>([^<]*)", svg)[1])]
    assert parts == sorted(parts, reverse=True)
    assert 97 <= sum(parts) <= 103


def test_without_the_extra_one_sentence(monkeypatch):
    """The SVG needs nothing; PNG and PDF say what to install."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    footprint = wattgram.estimate(*RUN)
    assert footprint.report("svg").startswith("<svg")
    for make in (footprint.picture, compared().picture):
        with pytest.raises(MissingExtraError, match=r"pip install 'wattgram\[figures\]'"):
            make("pdf")


def test_text_and_pictures_are_not_mixed_up():
    """A picture asked for as text, and a text as a picture, say where it is."""
    footprint = wattgram.estimate(*RUN)
    for thing in (footprint, wattgram.compare(footprint, "year")):
        with pytest.raises(InputError, match=r"picture\(\)"):
            thing.report("png")
        with pytest.raises(InputError, match="png and pdf"):
            thing.picture("jpeg")


def test_a_claim_of_the_provider_is_never_the_figure():
    """Where there is no total, the location-based bar is the one that stands out, not the market-based one beside it."""
    svg = wattgram.estimate("300W", "10h", "aws:us-east-1").report("svg")
    own = re.findall(r'<g class="chart-own"><title>([^<:]*)', svg)
    assert "Operational, market-based" in svg
    assert own == ["Operational, location-based"]
