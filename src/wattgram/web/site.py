"""Site: the page's templates, languages and addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from wattgram.report.html import safe_link
from wattgram.version import __version__
from wattgram.web.desk import Desk
from wattgram.web.messages import Messages, languages, messages, pick
from wattgram.web.metrics import Metrics
from wattgram.web.options import datalists
from wattgram.web.problem import Problem
from wattgram.web.tables import Tables
from wattgram.web.view import row_address
from wattgram.web.wire import Body, Tail, answer
from wattgram.web.words import FORM, GROUPS, Word

__all__ = ["STATIC", "VIEWS", "Site", "sentence"]

HERE = Path(__file__).parent
STATIC = {
    "app.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""The files the page loads, all of them."""
HTML = "text/html; charset=utf-8"
DATA_SUFFIXES = (".json", ".csv", ".svg", ".txt", ".md", ".tex", ".bib", ".html")
FIELD_OF = {
    "place": "where",
    "region": "where",
    "provider": "where",
    "coordinates": "where",
    "device count": "count",
    "measured energy": "measured_energy_kwh",
}
"""The field that an error of the library speaks of, where it has another name."""
VIEWS = {"/": "answer", "/compare": "compare", "/act": "act", "/publish": "publish"}
"""The views of a run, each a page with the same query."""


class Site:
    """What the pages share: templates compiled once, lists built once, one tail for each language."""

    def __init__(self, desk: Desk, metrics: Metrics) -> None:
        self.desk, self.metrics = desk, metrics
        self.tables = Tables(desk.catalog)
        self._fields: dict[tuple[str, str], Markup] = {}
        self.files = {name: Body((HERE / "static" / name).read_bytes()) for name in STATIC}
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.templates.globals.update(
            languages=languages(),
            row_address=row_address,
            safe_link=safe_link,
            program_version=__version__,
            catalog_version=desk.catalog.version,
            static={name: f"/static/{name}?v={body.etag[3:-1]}" for name, body in self.files.items()},
            views=VIEWS,
            field_of=FIELD_OF,
            sentence=sentence,
        )

    @cached_property
    def form(self) -> dict[str, list[Word]]:
        """The words of the form, by fieldset."""
        groups = {group: [word for word in FORM if word.group == group] for group in GROUPS}
        return {group: words for group, words in groups.items() if words}

    @cached_property
    def tail(self) -> Tail:
        """The end of every page with the form."""
        return Tail(f"{datalists(self.tables)}\n</body>\n</html>\n")

    @cached_property
    def short_tail(self) -> Tail:
        """The end of every other page."""
        return Tail("</body>\n</html>\n")

    def say(self, request: Request) -> Messages:
        """The messages of the language of a request."""
        return messages(pick(request.query_params.get("lang"), request.headers.get("accept-language", "")))

    def field(self, say: Messages, word: Word, given: str, problem: Problem | None) -> Markup:
        """One field of the form; those that are empty, nearly all, are written once a language."""
        what = problem.more.get("what", "") if problem else ""
        wrong = word.name in (what, what.replace(" ", "_"), FIELD_OF.get(what))
        key = (say.lang, word.name)
        if given or wrong or key not in self._fields:
            text = self.templates.get_template("field.html").render(
                t=say, word=word, given=given, wrong=wrong
            )
            if given or wrong:
                return Markup(text)  # noqa: S704 - a template that escapes what was given
            self._fields[key] = Markup(text)  # noqa: S704 - (the same)
        return self._fields[key]

    def render(
        self, template: str, say: Messages, path: str, *, lang: str = "", form: bool = False, **values: Any
    ) -> Body:
        """A page as a body."""

        def link(to: str, pairs: Iterable[tuple[str, Any]] = (), **more: Any) -> str:
            """An address of this site that keeps the language somebody chose."""
            if not pairs and not more:
                return f"{to}?lang={lang}" if lang else to
            said = dict(pairs) | {name: value for name, value in more.items() if value not in (None, "")}
            if lang:
                said.setdefault("lang", lang)
            return f"{to}?{urlencode(said)}" if said else to

        text = self.templates.get_template(template).render(
            t=say,
            field=partial(self.field, say),
            lang=say.lang,
            chosen=lang,
            path=path,
            link=link,
            form=self.form if form else None,
            **values,
        )
        return Body(text.encode(errors="replace"), self.tail if form else self.short_tail)

    def page(
        self,
        request: Request,
        make: Callable[[], Body],
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """A response that is a page."""
        said = {"vary": "accept-encoding, accept-language", **(headers or {})}
        return answer(request, make(), HTML, status=status, headers=said)

    def is_page(self, request: Request) -> bool:
        """Whether somebody looks at a page here: a browser, at an address that is not one of data."""
        path = request.url.path
        if path.startswith(("/v1/", "/static/")) or path.endswith(DATA_SUFFIXES):
            return False
        return "text/html" in request.headers.get("accept", "")

    def refusal(self, request: Request, problem: Problem, headers: dict[str, str]) -> Response:
        """A page that says what is wrong."""
        say = self.say(request)
        lang = say.lang if request.query_params.get("lang") else ""
        return self.page(
            request,
            lambda: self.render("refusal.html", say, request.url.path, lang=lang, problem=problem),
            status=problem.status,
            headers={**headers, "cache-control": "no-store"},
        )


def sentence(text: str) -> str:
    """A text as a sentence: a capital at its beginning, a stop at its end."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
