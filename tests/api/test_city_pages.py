"""Every page over a simulated city in a real store: what it says, where its links lead, what its file holds."""

import csv
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from api.asked import read_as_of
from api.routes import figures
from cli.wiring import opened
from domain.moments import both
from tests.api import simulated

HTML = {"accept": "text/html"}
SINGLE = ("/about", "/public")
"""Pages that show nothing of the city."""
FORMS = ("/decide/", "/public/item")
"""Addresses that forms send to."""
LINK = re.compile(r'(?:href|hx-get|action)="(/[^"]*)"')


@pytest.fixture(scope="module")
def city(city_store):
    with opened(city_store) as system:
        yield system.answers


@pytest.fixture(scope="module")
def client(city_store):
    with opened(city_store) as system, simulated.asked(system) as client:
        yield client


@pytest.fixture(scope="module")
def told(client, city):
    """Every page once, in Chinese."""
    return {path: client.get(path, headers=HTML) for path in simulated.pages(city)}


def links(text):
    return {html.unescape(link) for link in LINK.findall(text) if not link.startswith(("/static/", *FORMS))}


def test_every_page_says_what_it_is_for(told, city):
    says = simulated.pages(city)
    assert {path: page.status_code for path, page in told.items() if page.status_code != 200} == {}
    assert [path for path, page in told.items() if says[path] not in page.text] == []


def test_every_page_has_english_words(told, client):
    for path in told:
        page = client.get(with_query(path, "lang=en"), headers=HTML)
        assert page.status_code == 200, path
        assert '<html lang="en">' in page.text
        assert "The software proposes" in page.text


def test_nothing_runs_inline_and_nothing_is_fetched_from_elsewhere(told):
    wrong = re.compile(
        r"\son\w+\s*=\s*[\"']|<script(?![^>]*\ssrc=)|\sstyle\s*=|<style|javascript:|(?:src|href)=\"(?:https?:)?//"
    )
    assert {path: found[0] for path, page in told.items() if (found := wrong.search(page.text))} == {}


def test_every_link_leads_somewhere(told, client):
    """Of each kind of address a few: a page of a list differs from the next by its number alone."""
    every: dict[str, list[str]] = {}
    for page in told.values():
        for link in sorted(links(page.text)):
            kind = re.sub(r"[\d:]+", "#", urlsplit(link).path), tuple(parse_qs(urlsplit(link).query))
            every.setdefault(str(kind), []).append(link)
    some = {link for kind in every.values() for link in kind[:3]}
    broken = {
        link: answer.status_code for link in some if (answer := client.get(link, headers=HTML)).status_code >= 400
    }
    assert len(some) > 100
    assert broken == {}


def test_every_page_can_be_kept_as_a_file_and_come_back_to(told):
    lists = {path: page.text for path, page in told.items() if not path.startswith(SINGLE)}
    assert [path for path, text in lists.items() if "format=csv" not in text] == []
    assert [path for path, text in lists.items() if "as_of=20" not in text] == []


def test_a_file_holds_the_whole_list_and_no_formula(client, city):
    file = client.get("/petitions?format=csv", headers=HTML)
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="danze-items.csv"'
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["编号", "标题", "状态"]
    assert len(rows) - 1 == city.search(limit=1)["total"]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_every_page_has_a_file(told, client):
    for path in told:
        file = client.get(with_query(path, "format=csv"), headers=HTML)
        if not path.startswith(SINGLE):
            assert len(list(csv.reader(io.StringIO(file.text)))) > 1, path


@pytest.mark.parametrize("day", [None, "2020-10-09"])
def test_what_comes_due_is_as_many_as_its_list_holds(city, day):
    as_of = read_as_of(day)
    coming = city.coming(as_of)
    listed = {span: city.due(span=span, as_of=as_of)["total"] for span in ("missed", "today", "week")}
    assert {span: coming[span] for span in listed} == listed
    assert listed["missed"] > 0
    assert listed["week"] > 0


@pytest.mark.parametrize("path", ["/", "/petitions", "/findings", "/due", "/units/430400-gov", "/ledgers/supervision"])
def test_a_page_that_tells_of_a_time_keeps_it_in_all_its_links_and_forms(client, path):
    page = client.get(with_query(path, "as_of=2020-10-30&at=2020-10-09&lang=en"), headers=HTML)
    assert page.status_code == 200
    assert "what was the case on 2020-10-09" in page.text
    assert "had been recorded by 2020-10-30" in page.text
    queries = [
        parse_qs(urlsplit(html.unescape(h)).query) for h in re.findall(r'href="(/(?!static|openapi)[^"]*)"', page.text)
    ]
    assert sum("at" not in query for query in queries) == 1, "the way back to now"
    assert all('name="at" value="2020-10-09"' in f for f in re.findall(r'method="get".*?</form>', page.text, re.DOTALL))


def test_a_page_tells_what_was_the_case_and_refuses_what_nobody_could_know(client, city):
    known, about = read_as_of("2020-10-30"), read_as_of("2020-10-09")
    page = client.get("/findings?as_of=2020-10-30&at=2020-10-09&lang=en", headers=HTML).text
    assert f"{city.findings(both(known, about))['total']:,}" in page
    assert client.get("/findings?as_of=2020-10-09&at=2020-10-30", headers=HTML).status_code == 400


@pytest.mark.parametrize("measure", ["open", "late_share", "findings"])
def test_every_county_is_on_the_map_with_its_number(client, city, measure):
    page = client.get(f"/?measure={measure}", headers=HTML).text
    drawn = dict(re.findall(r'<g class="shade-\d">.*?<text[^>]*>([^<]+)</text><text class="value"[^>]*>([\d,]+)', page))
    counties = city.overview()["counties"]
    assert drawn.keys() == {each["name"] for each in counties}
    if measure != "late_share":
        assert drawn == {each["name"]: f"{each[measure]:,}" for each in counties}


NUMBER = re.compile(r'<a(?: class="n")? href="(/(?:petitions|findings)(?:\?[^"]*)?)">(?:<b>)?([\d,]+)</(?:a|b)>')


def test_every_number_of_items_or_findings_opens_a_list_of_as_many(told, client):
    """Of each kind of list a few of each page."""
    wrong, kinds = {}, set()
    for path, page in told.items():
        every: dict[str, list[tuple[str, str]]] = {}
        for link, number in NUMBER.findall(page.text):
            every.setdefault(str(sorted(parse_qs(urlsplit(html.unescape(link)).query))), []).append((link, number))
        for some in every.values():
            for link, number in [*some[:2], *some[-1:]]:
                listed = client.get(html.unescape(link), headers=HTML).text
                if f"共 {number} 项" not in listed:
                    wrong[path, link] = number, re.findall("共 [0-9,]+ 项", listed)
        kinds |= every.keys()
    assert [*wrong.items()] == []
    assert len(kinds) > 15


@pytest.mark.parametrize(
    "by", ["place", "township", "village", "county", "unit", "category", "channel", "purpose", "month"]
)
def test_every_count_of_items_opens_a_list_of_as_many(client, by):
    page = client.get(f"/counters?by={by}&from=2020-08-01&to=2020-12-31", headers=HTML).text
    found = NUMBER.findall(page)
    assert len(found) > 5
    for link, number in found[:: max(1, len(found) // 20)]:
        assert f"共 {number} 项" in client.get(html.unescape(link), headers=HTML).text, link


def test_no_page_shows_who_petitioned(told):
    assert [path for path, page in told.items() if re.search(r"person:[0-9a-z]", page.text)] == []


def with_query(path, query):
    return f"{path}{'&' if '?' in path else '?'}{query}"


def test_a_rate_names_its_items_where_they_are_few_or_asked_for(client, monkeypatch):
    year = "/v1/kpis?unit=430400-gov&from=2020-07-01&to=2020-12-31"
    few, none = (client.get(f"{year}{more}").json()["kpis"] for more in ("", "&items=false"))
    assert {name: len(rate["denominator_items"]) for name, rate in few.items()} == {
        name: rate["denominator"] for name, rate in none.items()
    }
    assert not any("denominator_items" in rate for rate in none.values())
    monkeypatch.setattr(figures, "NAMED", max(rate["denominator"] for rate in few.values()) - 1)
    assert client.get(year).json()["kpis"] == none
    assert client.get(f"{year}&items=true").json()["kpis"] == few
