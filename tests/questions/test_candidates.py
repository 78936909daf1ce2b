"""First or repeat (筛重): earlier items are offered with what speaks for them, and a human judges (domain.md 1.11)."""

import json
from typing import get_args

import pytest
from litestar.testing import TestClient

from api.app import create_app
from projections import orders
from projections.titles import likeness, shared_terms
from tests.samples import *

FIRST = on("2020-04-10", raised(title="小区停车收费不公示", about_unit=HOUSING, petitioners=("person:p1", "person:p2")))


def later(day: str = "2020-07-06", **other):
    return on(
        day, raised(**{"title": "反映小区停车收费过高", "petitioners": ("person:p2", "person:p3"), **other}), no="9"
    )


def offered(answers, no: str = "9"):
    return {each["no"]: (each["basis"], [why["sign"] for why in each["why"]])
            for each in answers.candidates(no)["candidates"]}  # fmt: skip


@pytest.mark.parametrize("sort", get_args(orders.Candidates))
def test_they_come_in_the_order_asked_for(after, sort):
    other = on("2020-05-10", raised(title="停车收费", petitioners=("person:p2",)), no="0")
    http = TestClient(create_app(after(*CITY_UNITS, FIRST, other, later()), None, version="test"))
    told = http.get(f"/v1/petitions/9/candidates?sort={sort}").json()["candidates"]
    name, down = orders.split(sort)
    assert len({each[name] for each in told}) == 2
    assert [each[name] for each in told] == sorted((each[name] for each in told), reverse=down)


def test_one_joint_signer_and_a_title_alike_make_a_candidate_with_the_judgement_to_send(after):
    told = after(*CITY_UNITS, FIRST, later()).candidates("9")
    assert (told["title"], told["judged"]) == ("反映小区停车收费过高", None)
    assert told["candidates"] == [{
        "no": "1", "title": "小区停车收费不公示", "state": "registered", "registered_on": "2020-04-10", "unit": BUREAU,
        "unit_name": BUREAU, "matter": "1", "basis": ["same_person", "same_facts"], "likeness": 58,
        "shared_terms": ["小区停车收费"], "shared_petitioners": 1,
        "why": [
            {"sign": "petitioner", "zh": "至少一名信访人相同", "en": "at least one petitioner is the same"},
            {"sign": "title", "zh": "标题相近", "en": "the titles are alike"},
            {"sign": "category", "zh": "内容分类相同", "en": "the same class of content"},
            {"sign": "place", "zh": "属地相同", "en": "the same place"},
        ],
        "emit": {"type": "petition.repeat_judged.v1", "subject": "petition:9",
                 "data": {"first": "1", "basis": ["same_person", "same_facts"]}},
    }]  # fmt: skip


def test_what_is_offered_can_be_sent_as_it_is_and_is_offered_no_more(after):
    emit = after(*CITY_UNITS, FIRST, later()).candidates("9")["candidates"][0]["emit"]
    judged = on("2020-07-07", e.RepeatJudged(first=emit["data"]["first"], basis=tuple(emit["data"]["basis"])), no="9")
    assert (judged.type, judged.subject) == (emit["type"], emit["subject"])
    answers = after.going_on(judged)
    assert answers.matter("1")["items"] == ["1", "9"]
    assert (answers.candidates("9")["judged"], answers.candidates("9")["candidates"]) == ("1", [])


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"petitioners": ("person:p8",)}, (["same_facts"], ["title", "category", "place"])),
        ({"title": "噪音扰民"}, (["same_person"], ["petitioner", "category", "place"])),
        ({"title": "噪音扰民", "category": "环境保护", "place": "430407", "about_unit": HOUSING},
         (["same_person"], ["petitioner", "about_unit"])),
        ({"title": "噪音扰民", "about_unit": HOUSING},
         (["same_person", "same_facts"], ["petitioner", "about_unit", "category", "place"])),
        ({"title": "噪音扰民", "category": "环境保护"}, None),
        ({"title": "噪音扰民", "petitioners": ("person:p8",)}, None),
    ],
)  # fmt: skip
def test_the_same_person_alone_is_no_candidate_and_neither_is_the_same_place(after, item, told):
    assert offered(after(*CITY_UNITS, FIRST, later(**item))) == ({"1": told} if told else {})


def test_anonymous_accusations_of_the_same_accused_count_as_the_same_person(after):
    accusing = {"purpose": "accusation", "anonymous": True, "petitioners": ()}
    one = on("2020-04-10", raised(**accusing, about_official=clerk(HOUSING), title="收受礼金"))
    two = later(**accusing, about_official=clerk(HOUSING), title="违规收费")
    assert offered(after(*CITY_UNITS, one, two)) == {"1": (["same_person"], ["accused", "category", "place"])}
    signed = later(**{**accusing, "anonymous": False}, about_official=clerk(HOUSING), title="违规收费")
    assert offered(after(*CITY_UNITS, one, signed)) == {}


def test_only_what_came_before_is_offered_and_the_likeliest_first(after):
    other = on("2020-05-06", raised(title="小区停车收费不公示", petitioners=("person:p8",)), no="2")
    answers = after(*CITY_UNITS, FIRST, other, later(title="小区停车收费不公示"))
    assert list(offered(answers)) == ["1", "2"]
    assert offered(answers, "1") == {}


def test_no_answer_names_a_person_and_none_can_be_asked_about(after):
    told = json.dumps(after(*CITY_UNITS, FIRST, later()).candidates("9"))
    assert "person:" not in told
    assert after(*CITY_UNITS, FIRST).candidates("person:p1") is None


def test_titles_are_compared_by_pairs_of_characters():
    assert likeness("小区停车收费", "小区停车收费") == 100
    assert likeness("小区停车收费", "农村饮水安全") == likeness("", "停车") == likeness("车", "车") == 0
    assert likeness("小区停车", "小区 停车") == 80
    assert shared_terms("请求解决停车收费", "停车乱收费") == ["停车", "收费"]
