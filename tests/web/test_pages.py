"""The pages: what stands on them, in which language, and that every link of theirs leads somewhere."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

import wattgram
from wattgram.report import FORMS
from wattgram.report.figures import figure, mass, mass_range, quantity
from wattgram.web.messages import languages
from wattgram.web.site import VIEWS

LANGUAGES = list(languages())
RUN = "hardware=8xA100-SXM4-80GB&duration=100h&where=aws:us-east-1"
PAGES = ["/", *(f"{path}?{RUN}" for path in VIEWS), "/learn", "/data", "/data?q=h100", "/data/zones", "/api",
         "/data/assumptions/load-large-training", "/data/zones/CA-QC", "/?hardware=H10O&duration=1h&where=FR", "/nowhere"]  # fmt: skip


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the tags that were not closed."""

    VOID = ("meta", "link", "input", "br", "hr", "img")
    LEFT_OPEN = ("option",)

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID and tag not in self.LEFT_OPEN:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.LEFT_OPEN:
            assert self.open.pop() == tag


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_whole_and_says_its_language(browse, address, lang):
    """Tags close in order, ids are unique, labels have their field, and the page says its language."""
    page = browse(address, **{"accept-language": lang}).text
    tags = Tags(page)
    assert tags.open == []
    assert f'<html lang="{lang}">' in page
    ids = [attrs["id"] for _, attrs in tags.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in tags.tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "list"):
            for word in attrs.get(name, "").split() if tag != "output" else ():
                assert word in ids, (tag, name, word)


def test_every_link_of_the_pages_leads_somewhere(browse):
    """Each address of our own that a page of a run shows is answered with 200."""
    seen = set()
    for address in PAGES[:-2]:
        for tag, attrs in Tags(browse(address).text).tags:
            to = attrs.get("href", "")
            if tag == "a" and to.startswith("/") and "lang=fr" not in to:
                seen.add(unescape(to).partition("#")[0])
    assert len(seen) > 150
    kinds = {}
    for to in sorted(seen):
        kinds.setdefault(re.sub(r"[^/]*$", "", to.partition("?")[0]), []).append(to)
    for several in kinds.values():
        for to in several[:12]:
            assert browse(to).status_code == 200, to


def test_the_answer_names_every_source_as_a_link(browse):
    """Every source of the answer stands in the product or the list as a link to its row, and so does every assumption."""
    page = browse(f"/?{RUN}").text
    footprint = wattgram.estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    for key in footprint.source_ids:
        assert f'href="/data/sources/{key}"' in page
    rows = [
        "zones/US-MIDA-PJM",
        "accelerators/nvidia-a100-sxm4-80gb",
        "regions/aws:us-east-1",
        "embodied/nvidia-a100-sxm4-80gb",
    ]
    rows += [
        f"assumptions/{f.value.reason.partition(':')[0]}"
        for f in footprint.factors
        if f.value.origin == "assumed"
    ]
    assert len(rows) > 6
    for row in rows:
        assert f'href="/data/{row}"' in page


def test_the_provider_s_claim_stands_beside_and_is_not_subtracted(browse):
    """Location-based, by the claim, embodied, total and the paper's figure stand on the page, each as the library has it."""
    footprint = wattgram.estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    assert footprint.market.central == 0 < footprint.operational.central
    page = browse(f"/?{RUN}").text
    cards = dict(re.findall(r'card-(\w+)"><dt>[^<]*</dt><dd><span class="fig">([^<]*)</span>', page))
    assert cards == {
        "energy": quantity(footprint.energy),
        "location": mass(footprint.operational.central),
        "market": "0 kg",
        "embodied": mass(footprint.embodied.central),
        "total": mass(footprint.total.central),
        "paper": "118 kg",
        "water": f"{figure(footprint.water.central)} L",
    }


def test_french_writes_figures_the_french_way(browse):
    """A decimal point is a comma, 3,200 W is 3 200 W with a narrow space, and no English sentence is left unmarked."""
    page = browse(f"/?{RUN}&lang=fr").text
    footprint = wattgram.estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    assert quantity(footprint.energy).replace(".", ",") in page
    assert "3\u202f200 W" in page
    assert mass_range(footprint.operational).replace(" to ", " à ").replace(".", ",") in page
    assert "90 % range" not in page


def test_a_chosen_language_is_kept_by_links_and_forms(browse):
    """With ?lang=fr every link of our own and the form carry it on; without, none does."""
    tags = Tags(browse(f"/?{RUN}&lang=fr").text).tags
    links = [a["href"] for tag, a in tags if tag == "a" and a.get("href", "").startswith("/")]
    assert all("lang=" in to for to in links)
    assert ("input", {"type": "hidden", "name": "lang", "value": "fr"}) in tags
    plain = [a["href"] for tag, a in Tags(browse(f"/?{RUN}").text).tags if tag == "a" and "hreflang" not in a]
    assert not any("lang=" in to for to in plain)


def test_publish_holds_every_form_of_the_report(browse):
    """Every form of the library can be copied or downloaded, and the text is the report's own."""
    page = browse(f"/publish?{RUN}").text
    footprint = wattgram.estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    for form in FORMS:
        assert f'id="p-{form}"' in page
        if form not in ("html", "svg"):
            assert footprint.report(form).rstrip("\n") in unescape(page)
    assert page.count('class="chart-own"') == 1
    assert "<style>" not in page  # the figure on the page takes the page's colours, the file brings its own
    assert browse(f"/estimate.figure.svg?{RUN}").text == footprint.report("svg")


def test_an_error_keeps_what_was_typed_and_offers_the_nearest(browse):
    """A wrong word gets 422, the field keeps it, and a click on a suggestion keeps the count before it."""
    answer = browse("/?hardware=8xA10O&duration=1h&where=FR")
    assert answer.status_code == 422
    assert 'value="8xA10O"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    offered = re.findall(r'<li><a href="/\?hardware=([^&"]*)', answer.text)
    assert offered
    assert all(word.startswith("8x") for word in offered)


def test_empty_fields_are_not_said(browse):
    """What a form sends with most fields empty is the same question."""
    full = browse(f"/?{RUN}&load=&pue=&start=&workload=&count=&embodied=")
    assert full.status_code == 200
    assert full.content == browse(f"/?{RUN}").content


def test_a_word_said_twice_is_an_error(browse):
    """Two different places in one address are not silently one of them."""
    answer = browse("/?hardware=A100&duration=1h&where=FR&where=DE")
    assert answer.status_code == 422
    assert "said before" in answer.text


def test_the_comparison_marks_the_run_and_says_its_constraint(browse):
    """The table has the run itself marked, and `within=country` leaves only places of that country."""
    page = browse(f"/compare?{RUN}&provider=all&within=country&limit=5").text
    assert page.count('<tr class="own">') == 1
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert rows.count("<tr") == 6
    assert all(", US</span>" in row or 'class="own"' in row for row in rows.split("</tr>")[:-1])


def test_act_is_ranked_by_what_is_saved(browse):
    """Actions come largest saving first, and each saving is a real one."""
    page = browse(f"/act?{RUN}").text
    saved = [float(x) for x in re.findall(r'class="fig">−([\d.]+) kg', page)]
    assert len(saved) >= 3
    assert saved == sorted(saved, reverse=True)


def test_what_if_is_the_comparison_s_best(browse):
    """The sentence beside the answer names the region that the comparison puts first, with its figure."""
    base = wattgram.estimate("8xA100-SXM4-80GB", "100h", "aws:us-east-1")
    best = wattgram.compare(base, "region").best
    page = browse(f"/?{RUN}").text
    told = re.search(r'class="whatif">.*?</p>', page, re.DOTALL)[0]
    assert best.name in told
    assert f"{best.footprint.operational.central:.3g} kg" in told


def test_learn_speaks_in_figures_of_the_catalog(browse):
    """The figures of Quebec and Iowa are those an estimate takes, and the paper's stand beside them."""
    page = browse("/learn").text
    quebec = wattgram.estimate("1000W", "1h", "CA-QC", pue=1).assembled.factors.intensity_g_per_kwh.central
    assert f"{quebec:.3g} g of CO₂e in Quebec" in page
    assert "printed 20 and 736.6" in page


def test_every_usual_run_has_a_page(browse):
    """Round durations and places of every kind answer with 200: no figure is too round to be shown."""
    for hardware in ("A100", "8xH100", "TPU v3-8", "Xeon Gold 6148", "1000W", "aws:p4d.24xlarge", "M2 Ultra"):
        for duration in ("1h", "10h", "100h", "0.001h", "1e6h"):
            for where in ("gcp:us-west2", "FR", "0 g/kWh"):
                answer = browse(f"/?hardware={hardware}&duration={duration}&where={where}")
                assert answer.status_code == 200, (hardware, duration, where)
