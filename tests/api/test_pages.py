import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.city import CAUSED, REPEAT

F21 = f"F21:petition:{CAUSED}:unit:430408-gov"
PAGES = {
    "/": "各县市区",
    "/petitions": "小区停车收费与公共收益去向",
    f"/petitions/{CAUSED}": "谁引发，谁担责",
    f"/petitions/{CAUSED}/clocks/K5": "首日不计",
    f"/petitions/{REPEAT}/candidates": "标题相近",
    f"/matters/{CAUSED}": REPEAT,
    "/findings": "待认定",
    f"/findings/{F21}": "主要领导责任",
    "/units": "耒阳市自然资源局",
    "/units/430408-zjj": "周建国",
    "/counters": "耒阳市",
    "/due": "超 ",
    "/due?unit=430408-zjj": "按单位和承办人",
    "/kpis": "口径版本",
    "/kpis/on_time_answer?side=numerator": REPEAT,
    "/events/12": "petition.",
    "/about": "信访人",
}
HTML, PART = {"accept": "text/html"}, {"hx-request": "true"}


def links(page):
    return [
        html.unescape(h)
        for h in re.findall(r'(?:href|hx-get|action)="(/[^"]*)"', page)
        if not h.startswith(("/static/", "/decide/"))
    ]


@pytest.mark.parametrize(("path", "says"), PAGES.items())
def test_every_page_says_what_it_is_for(client, path, says):
    page = client.get(path, headers=HTML)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert says in page.text
    assert '<html lang="zh-CN">' in page.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_english_words(client, path):
    glue = "&" if "?" in path else "?"
    page = client.get(f"{path}{glue}lang=en", headers=HTML).text
    assert '<html lang="en">' in page
    assert "The software proposes" in page


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_inline(client, path):
    page = client.get(path, headers=HTML).text
    assert not re.search(r"\son\w+\s*=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"\sstyle\s*=|<style", page)
    assert "javascript:" not in page
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page), "nothing is fetched from elsewhere"


@pytest.mark.parametrize("path", PAGES)
def test_a_pinned_page_pins_all_its_links(client, path):
    glue = "&" if "?" in path else "?"
    page = client.get(f"{path}{glue}as_of=2020-08-20&lang=en", headers=HTML).text
    assert "2020-08-20" in page
    assert 'name="as_of"' in page
    hrefs = {
        html.unescape(h) for h in re.findall(r'href="(/[^"]*)"', page) if not h.startswith(("/static/", "/openapi"))
    }
    loose = [h for h in hrefs if "as_of" not in parse_qs(urlsplit(h).query)]
    assert [urlsplit(h).path for h in loose] == [urlsplit(path).path], "only the way back to now is not pinned"
    assert sum("lang=en" not in h for h in hrefs) == 1, "only the switch to Chinese leaves English"
    forms = re.findall(r"<form[^>]*method=\"get\".*?</form>", page, re.DOTALL)
    assert all(
        'name="as_of" value="2020-08-20"' in f or 'id="as-of" name="as_of" value="2020-08-20"' in f for f in forms
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(client, path):
    page = client.get(path, headers=HTML).text
    broken = {link: s for link in set(links(page)) if (s := client.get(link, headers=HTML).status_code) >= 400}
    assert broken == {}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_who_petitioned(client, path):
    page = client.get(path, headers=HTML).text
    assert "person:9f3a" not in page
    assert "q83vEjRWeJA" not in page


def test_an_event_says_that_personal_fields_are_sealed(client, questions):
    first = next(e["position"] for e in questions.events if e["type"].startswith("petition.registered"))
    page = client.get(f"/events/{first}", headers=HTML).text
    assert "已加密" in page
    assert "1 人（不显示）" in page


def test_a_case_before_its_cause_was_found_does_not_know_it(client):
    early = client.get(f"/petitions/{CAUSED}?as_of=2020-06-01", headers=HTML).text
    assert "尚未认定引发单位" in early
    assert "计时中" in early
    assert client.get(f"/petitions/{CAUSED}?as_of=2020-04-01", headers=HTML).status_code == 404


def test_a_finding_tells_its_law_its_evidence_and_who_decided_what(client):
    page = client.get(f"/findings/{F21}", headers=HTML).text
    for said in ("谁引发、谁担责", "登记", "诫勉", "违反法定程序", "当日任职", "责任认定"):
        assert said in page


def test_a_case_tells_vacant_roles_late_entries_and_dissent(client):
    page = client.get(f"/petitions/{CAUSED}", headers=HTML).text
    for said in ("空缺", "事后补录", "不担责", "逾期 16 天", "区政府常务会议未经听证即批准停车收费方案"):
        assert said in page


def test_typing_gets_rows_only(client):
    rows = client.get("/petitions?q=停车", headers={**HTML, **PART}).text
    assert "<html" not in rows
    assert rows.count("<tr>") == 3
    assert "共 2 项" in rows


def test_evidence_and_explanations_come_as_parts(client):
    assert "<html" not in client.get("/events/12", headers=PART).text
    assert "<li>" in client.get(f"/petitions/{CAUSED}/clocks/K5", headers=PART).text


def test_the_link_pinned_to_this_moment_shows_the_same(client):
    page = client.get(f"/petitions/{CAUSED}", headers=HTML).text
    pinned = next(link for link in links(page) if "as_of=2020-08-31T18" in link)
    assert client.get(pinned, headers=HTML).status_code == 200


def test_an_event_of_later_is_not_shown_earlier(client, questions):
    last = questions.events[-1]["position"]
    assert client.get(f"/events/{last}", headers=HTML).status_code == 200
    assert client.get(f"/events/{last}?as_of=2020-01-01", headers=HTML).status_code == 404
    assert client.get("/events/0", headers=HTML).status_code == 404


def test_what_a_citizen_wrote_stays_text(client, questions):
    case = questions.case(CAUSED) | {"title": "<img src=x onerror=alert(1)>"}
    questions.case = lambda *_: case
    page = client.get(f"/petitions/{CAUSED}", headers=HTML).text
    assert "<img" not in page
    assert "&lt;img" in page


def test_the_items_behind_a_rate_are_told_as_in_every_list(client):
    shown = client.get("/kpis/on_time_answer", headers=HTML).text
    assert re.search(rf'class="name"><a href="/petitions/{CAUSED}[^"]*">[^<]+</a>', shown)
    named, *rows = client.get("/kpis/on_time_answer?format=csv").text.splitlines()
    assert (named.count(","), [CAUSED in row for row in rows].count(True)) == (13, 1)


@pytest.mark.parametrize(
    "path", ["/kpis/none", "/kpis/on_time_answer?side=top", "/units/none", "/findings/F99:x", "/findings/x"]
)
def test_pages_that_are_not(client, path):
    assert client.get(path, headers=HTML).status_code == 404


@pytest.mark.parametrize(
    "path", ["/counters?by=mood", "/kpis?unit=x&from=2020-02-01&to=2020-01-01", "/petitions?cursor=x"]
)
def test_pages_that_cannot_be_asked_so(client, path):
    assert client.get(path, headers=HTML).status_code == 400


def test_a_bare_answer_still_makes_every_page(client, questions):
    """Read models may lack what only decorates; a page leaves it out."""
    case = {k: v for k, v in questions.case(CAUSED).items() if not k.endswith("_name")}
    questions.case = lambda *_: {**case, "handler": None, "first_handler": None, "deadlines": []}
    questions.dossier = lambda *_: {"caused_by": [], "answers": [], "custody": [], "verified": None}
    page = client.get(f"/petitions/{CAUSED}", headers=HTML)
    assert page.status_code == 200
    assert "没有期限在计算" in page.text
