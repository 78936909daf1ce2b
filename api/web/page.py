"""One page being shown: its language, the time it is pinned to, and links that keep both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

from jinja2 import ChainableUndefined, Environment, PackageLoader, select_autoescape
from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, SkipValidation
from markupsafe import Markup

from api.asked import AS_OF, AT, read_as_of, read_times
from api.ports import Answer, Asks, Questions
from api.problems import Problem
from api.roles import COOKIE
from api.web import figures
from api.web.words import HTML_LANG, Language, Words
from domain.envelope import SHANGHAI

if TYPE_CHECKING:
    from api.web.sheets import Sheet

KEPT = ("as_of", "at", "lang", "format")
MOST = 100_000
"""Rows of a list that one CSV holds."""
NOT_PAGES = ("/v1", "/metrics", "/openapi.json", "/schema", "/static")


MENU: tuple[dict[str, str], ...] = (
    {"overview": "/"},
    {"petitions": "/petitions", "due": "/due", "supervision": "/supervision", "sponsorship": "/sponsorship"},
    {"findings": "/findings", "three_none": "/three-none", "evaluations": "/evaluations"},
    {"units": "/units", "officials": "/officials", "ledgers": "/ledgers", "counters": "/counters"},
    {"rules": "/rules", "audit": "/audit", "about": "/about"},
)
"""The pages that are always at hand, in groups: the city, its items, who answers, the units, and what this is."""


class Site:
    """What all pages share: the templates, loaded once."""

    MENU = MENU

    def __init__(self, version: str) -> None:
        self.version = version
        self.templates = Environment(
            loader=PackageLoader("api.web"),
            autoescape=select_autoescape(),
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for written in (figures.number, figures.percent, figures.share, figures.moment, figures.day):
            self.templates.filters[written.__name__] = written

    def wanted(self, request: Request[Any, Any, Any]) -> bool:
        """Whether a person is looking, so that an error is told as a page."""
        path = request.url.path
        return not path.startswith(NOT_PAGES) and "text/html" in request.headers.get("accept", "")

    def error(self, request: Request[Any, Any, Any], problem: Problem) -> Response[str]:
        """The problem as a page."""
        language: Language = "en" if request.query_params.get("lang") == "en" else "zh"
        page = Page(self, None, request.url.path, {}, language, signed_in=COOKIE in request.cookies)
        return page.show("error.html", status=problem.status, headers=problem.headers, problem=problem)


class Page:
    """What a template knows beside its answers."""

    def __init__(
        self,
        site: Site,
        questions: Questions | None,
        path: str,
        query: Mapping[str, str],
        language: Language,
        as_of: str | None = None,
        at: str | None = None,
        fragment: bool = False,
        csv: bool = False,
        signed_in: bool = False,
    ) -> None:
        self.site, self.path, self.query = site, path, dict(query)
        self.as_of, self.at, self.moment = as_of or None, at or None, read_times(as_of, at)
        self.known, self.about = read_as_of(as_of), read_as_of(at, "at")
        """The two times of `moment`: by when it was known, and what it tells of."""
        self.words, self.fragment = Words(language), fragment
        self.language, self.html_lang, self.csv = language, HTML_LANG[language], csv
        self.signed_in = signed_in
        """Whether this browser has a session that can be left."""
        self.names: dict[str, str] = {}
        """Names that an answer brought along, by id."""
        self._questions = questions

    def link(self, path: str, **query: object) -> str:
        """An address on this site, pinned to the same time and language."""
        return _address(path, {**query, **self._kept})

    def here(self, **changes: object) -> str:
        """This page with some parameters changed."""
        return _address(self.path, {**self.query, **self._kept, **changes})

    @property
    def _kept(self) -> dict[str, object]:
        return {"as_of": self.as_of, "at": self.at, "lang": "en" if self.language == "en" else None}

    @property
    def past(self) -> bool:
        """Whether it is pinned to a time."""
        return self.moment is not None

    def subject(self, subject: str) -> str | None:
        """Where a subject is shown, or None if it has no page."""
        kind, _, name = subject.partition(":")
        places = {
            "petition": "petitions",
            "unit": "units",
            "duty": "units",
            "matter": "matters",
            "official": "officials",
        }
        name = name.removeprefix("unit:")
        return self.link(f"/{places[kind]}/{name}") if kind in places else None

    @cached_property
    def units(self) -> list[Answer]:
        """All units, asked only where an answer brought no names along."""
        return self._questions.units(self.moment)["units"] if self._questions else []

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Names of units by id."""
        return {u["unit"]: u["name"] for u in self.units}

    @property
    def city(self) -> str:
        """The city's own government, or nothing."""
        return next((u["unit"] for u in self.units if (u["level"], u["kind"]) == ("city", "government")), "")

    def unit(self, unit: str | None, name: str | None = None) -> str:
        """A unit's name, or its id where it has none."""
        name = name or self.names.get(unit or "")
        return name or (self.unit_names.get(unit) or unit.removeprefix("unit:") if unit else "")

    def official(self, official: str, name: str | None = None) -> str:
        """An official's name, or his id where none is known."""
        return name or self.names.get(official) or official.removeprefix("official:")

    def limit(self, shown: int) -> int:
        """How many rows to ask for: those of a page, or of a whole file."""
        return MOST if self.csv else shown

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        sheet: Sheet | None = None,
        **context: Any,
    ) -> Response[str]:
        """The template filled; or its sheet, where CSV was asked for."""
        if self.csv and sheet is not None:
            return sheet.answer(self)
        text = self.site.templates.get_template(template).render(
            page=self, words=self.words, link=self.link, version=self.site.version, sheet=sheet, **context
        )
        return Response(text, media_type=MediaType.HTML, status_code=status, headers=headers)

    def slider(self) -> Markup:
        """The days that the record spans, to slide to any of them."""
        if self._questions is None:
            return Markup()
        log = self._questions.log(0, 1)
        first = figures.local_date(log["events"][0]["recorded"]) if log["events"] else None
        last = figures.local_date(self._questions.leaders()["as_of"])
        if first is None or last is None or last <= first:
            return Markup()
        pinned = self.known.astimezone(SHANGHAI).date() if self.known else last
        text = self.site.templates.get_template("_slider.html").render(
            page=self, words=self.words, first=first, last=last, days=(last - first).days,
            now=(min(max(pinned, first), last) - first).days,
        )  # fmt: skip
        return Markup(text)  # noqa: S704 -- a template's own output

    @property
    def said_moment(self) -> str:
        """By when it was known, as a person says it; nothing where it is told as it is known now."""
        return _said(self.as_of, self.known)

    @property
    def said_about(self) -> str:
        """What time it tells of; nothing where that is when it was known."""
        return _said(self.at, self.about)

    @property
    def pinned_to(self) -> str:
        """The date in the header's picker."""
        return f"{self.known.astimezone(SHANGHAI):%Y-%m-%d}" if self.known else ""


def _said(asked: str | None, moment: datetime | None) -> str:
    """A time as a person says it: a whole day without its last second."""
    return asked if asked and len(asked) == 10 else figures.moment(str(moment or ""))


def _address(path: str, query: Mapping[str, object]) -> str:
    given = {k: v for k, v in query.items() if v not in (None, "", False)}
    address = quote(path, safe="/:@!$&'()*+,;=-._~")
    return f"{address}?{urlencode(given)}" if given else address


def page_asked(
    request: Request[Any, Any, Any],
    site: NamedDependency[SkipValidation[Site]],
    questions: Asks,
    as_of: Annotated[str | None, QueryParameter(description=AS_OF)] = None,
    at: Annotated[str | None, QueryParameter(description=AT)] = None,
    lang: FromQuery[str | None] = None,
    wanted: Annotated[str | None, QueryParameter(name="format")] = None,
) -> Page:
    """The dependency behind `Shown`."""
    query = {k: v for k, v in request.query_params.items() if k not in KEPT}
    fragment = request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"
    language: Language = "en" if lang == "en" else "zh"
    csv, signed_in = wanted == "csv", COOKIE in request.cookies
    return Page(site, questions, request.url.path, query, language, as_of, at, fragment, csv, signed_in)


Shown = NamedDependency[SkipValidation[Page]]
"""How a handler says that it shows a page."""
