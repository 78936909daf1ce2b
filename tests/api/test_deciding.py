"""A supervisor decides on a finding from its page: what is recorded, what is refused, and that no other site can."""

import re
from time import sleep

import pytest

from cli.wiring import now, opened
from infra.doors.tokens import Tokens, tokens_of
from infra.log.urls import parse
from tests.api import simulated

HTML = {"accept": "text/html"}
WHO = {"actor": "official:430400-jw-clerk", "unit": "430400-jw"}


@pytest.fixture
def system(own_city):
    with opened(own_city) as system:
        yield system


@pytest.fixture
def client(system):
    with simulated.asked(system) as client:
        yield client


@pytest.fixture
def finding(system):
    told = system.answers.findings(state="proposed", axis="B")["findings"]
    return next(each for each in told if each["answers"][0]["official"])


def send(client, finding, step, **said):
    page = client.get(f"/findings/{finding['id']}", headers=HTML).text
    once = re.search(rf'name="id" value="(\w+-{step})"', page)
    form = {"step": step, "id": once[1] if once else "late", **WHO, **said}
    return client.post(f"/decide/{finding['id']}", data=form, headers=HTML, follow_redirects=False)


def test_a_named_human_opens_and_decides_and_the_page_shows_it(client, system, finding):
    assert send(client, finding, "opened").status_code == 303
    who = finding["answers"][0]["official"]
    said = {"official": who, "responsibility": "direct", "measure": "admonish", "reason": "逾期未作说明"}
    answer = send(client, finding, "decided", **said)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"], headers=HTML).text
    assert "已入账" in page
    assert "逾期未作说明" in page
    decided = system.answers.finding(finding["id"])
    assert (decided["state"], decided["decisions"][0]["actor"]) == ("decided", WHO["actor"])
    assert decided["decisions"][0]["measure"] == "admonish"


def test_a_second_click_records_nothing_more_though_it_comes_a_second_later(client, system, finding):
    form = {"step": "opened", "id": "one-click", **WHO}
    answers = [client.post(f"/decide/{finding['id']}", data=form, follow_redirects=False)]
    sleep(1)
    answers.append(client.post(f"/decide/{finding['id']}", data=form, follow_redirects=False))
    assert len({each.headers["location"] for each in answers}) == 1
    assert [each["type"] for each in system.answers.finding(finding["id"])["steps"]] == ["finding.opened.v1"]


def test_a_form_sent_again_with_another_reason_is_told_that_it_was_taken(client, system, finding):
    send(client, finding, "opened")
    form = {"step": "dismissed", "id": "one-form", **WHO}
    first, again = (client.post(f"/decide/{finding['id']}", data=form | {"reason": why}, headers=HTML,
                                follow_redirects=False) for why in ("情有可原", "查无实据"))  # fmt: skip
    assert (first.status_code, again.status_code) == (303, 409)
    assert "with other content" in again.text
    assert [each.get("reason") for each in system.answers.finding(finding["id"])["steps"]] == [None, "情有可原"]


def test_what_is_refused_is_told_beside_the_form_which_keeps_what_was_written(client, system, finding):
    send(client, finding, "opened")
    himself = {"official": WHO["actor"], "responsibility": "direct", "measure": "talk", "reason": "自己的事"}
    answer = send(client, finding, "decided", **himself)
    assert answer.status_code == 409
    assert "不得对本人作出认定" in answer.text
    assert 'value="自己的事"' in answer.text
    assert system.answers.finding(finding["id"])["state"] == "opened"


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://elsewhere.example"}])
def test_a_page_of_another_site_decides_nothing(client, system, finding, headers):
    form = {"step": "opened", "id": "x", **WHO}
    answer = client.post(f"/decide/{finding['id']}", data=form, headers=HTML | headers)
    assert answer.status_code == 403
    assert system.answers.finding(finding["id"])["steps"] == []


def test_only_the_steps_that_are_open_are_offered_and_none_in_the_past(client, finding):
    page = client.get(f"/findings/{finding['id']}", headers=HTML).text
    offered = re.findall(r'name="step" value="(\w+)"', page)
    assert offered == ["opened", "dismissed", "dissent_recorded"]
    for time in ("as_of", "at"):
        past = client.get(f"/findings/{finding['id']}?{time}=2021-01-16", headers=HTML).text
        assert 'name="step"' not in past


def test_no_finding_takes_no_step(client):
    form = {"step": "opened", "id": "x", **WHO}
    assert client.post("/decide/F99:none", data=form, headers=HTML).status_code == 404


def test_who_came_with_a_token_acts_under_his_own_name(system, finding):
    tokens = Tokens(tokens_of(parse(system.url)))
    token, _ = tokens.issue("supervisor", ["unit:430400-jw"], WHO["actor"], days=1, now=now())
    with simulated.asked(system) as client:
        client.cookies.set("danze", token)
        form = {"step": "opened", "id": "x", "actor": "official:somebody-else", "unit": "unit:430400-gov"}
        assert client.post(f"/decide/{finding['id']}", data=form, follow_redirects=False).status_code == 303
    step = system.answers.finding(finding["id"])["steps"][0]
    assert (step["actor"], step["unit"]) == (WHO["actor"], "unit:430400-jw")
