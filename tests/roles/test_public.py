"""公众查询: with number and query code a petitioner sees the steps of his item, and rates; no more, and nobody else."""

import re
import stat
from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from cli.running import Door
from cli.wiring import System, now
from domain.codec import encode
from domain.envelope import local
from infra.doors.doors import Doors
from infra.doors.query_codes import ALPHABET, FORGIVEN, FREE, LONGEST, QueryCodes
from infra.doors.tokens import Tokens
from tests.roles.conftest import Heard
from tests.samples import *

STORY = [
    on("2020-04-10", raised(purpose="accusation", about_unit=LABOUR, personal={"name": "王小明"})),
    on("2020-04-13", refer()), on("2020-04-14", supervise(), by=CITY_BUREAU), on("2020-04-20", accept(), by=HOUSING),
    on("2020-05-06", answer(), by=HOUSING),
]  # fmt: skip


class Citizen:
    """Asks over HTTP, without a token."""

    def __init__(self, system: System, client: TestClient, heard: Heard) -> None:
        self.system, self.client, self.heard = system, client, heard

    def ask(self, no: str = "1", code: str | None = None):
        return self.client.get(f"/v1/public/petitions/{no}", headers={"x-query-code": code or self.code(no)})

    def rate(self, target: str, score: str, code: str | None = None, **more: str):
        sent = {"target": target, "score": score, **more}
        by = {"x-query-code": code or self.code("1")}
        return self.client.post("/v1/public/petitions/1/ratings", json=sent, headers=by)

    def code(self, no: str) -> str:
        return self.system.answers.query_code(no, lambda: None)["query_code"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def citizen(tmp_path, clock, monkeypatch):
    """The story happened lately: its last act was yesterday. How long who tries codes must wait, the clock tells."""
    monkeypatch.setattr("cli.wiring.QueryCodes", partial(QueryCodes, clock=clock))
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        later = local(now()) - timedelta(days=1) - at("2020-05-06")
        lately = [replace(each, time=each.time + later) for each in STORY]
        outcomes = system.intake(history=True).take([encode(each) for each in [*CITY_UNITS, *lately]])
        assert {each.outcome for each in outcomes} == {"recorded"}, outcomes
        system.projector.catch_up()
        heard = Heard()
        doors = Doors(Tokens(tmp_path / "tokens"), None, heard, open=False)
        app = create_app(system.answers, Door(system.intake(), system.answers), version="t", doors=doors)
        with TestClient(app) as client:
            yield Citizen(system, client, heard)


def test_he_sees_the_steps_of_the_list_and_nothing_else(citizen):
    told = citizen.ask().json()
    assert [each["step"].removeprefix("petition.") for each in told["steps"]] == [
        "registered", "referred", "accepted", "answered",
    ]  # fmt: skip
    assert told.keys() == {"no", "steps", "ratings"}
    assert {key for each in told["steps"] for key in each} == {"step", "zh", "en", "on"}
    assert not any(word in str(told) for word in ("unit:", "official:", "person:", "王小明", "supervis"))


@pytest.mark.parametrize(("no", "code"), [("1", "2222-2222-2222"), ("77", "2222-2222-2222"), ("1", "x"), ("1", "码")])
def test_a_wrong_code_and_an_unknown_number_are_answered_alike(citizen, no, code):
    answer = citizen.client.get(f"/v1/public/petitions/{no}", headers={b"x-query-code": code.encode()})
    assert (answer.status_code, answer.json()["detail"]) == (
        404, "an item of this number with this code is not known at the time asked about",
    )  # fmt: skip
    assert [(path, why) for _, _, path, why in citizen.heard.denials] == [(f"/v1/public/petitions/{no}", "bad-code")]


def test_a_code_may_be_written_as_it_was_read(citizen):
    code = citizen.code("1")
    assert citizen.ask(code=code.lower().replace("-", " ")).status_code == 200


def test_whoever_tries_codes_waits_longer_and_longer_and_so_does_nobody_else(citizen, clock):
    for _ in range(FREE):
        assert citizen.ask(code="2222-2222-2222").status_code == 404
    slowed = citizen.ask(code="2222-2222-2222")
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "1")
    assert citizen.ask("77", code="2222-2222-2222").status_code == 404
    clock.now = 1.0
    assert citizen.ask(code="2222-2222-2222").status_code == 404


def test_he_rates_bureau_and_unit_once_each(citizen):
    assert [each["open"] for each in citizen.ask().json()["ratings"]] == [True, True]
    rated = citizen.rate("unit", "dissatisfied").json()
    assert [(each["score"], each["open"]) for each in rated["ratings"]] == [(None, True), ("dissatisfied", False)]
    assert citizen.rate("unit", "satisfied").status_code == 409
    assert citizen.rate("bureau", "satisfied").json()["ratings"][0]["score"] == "satisfied"
    case = citizen.system.answers.case("1")
    assert [(each["target"], each["score"]) for each in case["ratings"]] == [
        ("unit", "dissatisfied"), ("bureau", "satisfied"),
    ]  # fmt: skip


def told_of_rating(citizen) -> list[dict[str, str]]:
    events = citizen.system.answers.timeline("1")["events"]
    return [each["data"] for each in events if each["type"] == "petition.rated.v1"]


def test_he_says_why_and_it_is_on_record(citizen):
    seen = citizen.rate("unit", "dissatisfied", reason="  答复与诉求无关  ")
    assert seen.status_code == 200
    assert told_of_rating(citizen) == [{"target": "unit", "score": "dissatisfied", "reason": "答复与诉求无关"}]
    assert "答复与诉求无关" not in seen.text, "he is told the law's list, and his scores"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_that_says_nothing_is_none(citizen, reason):
    assert citizen.rate("unit", "dissatisfied", reason=reason).status_code == 200
    assert [each.get("reason") for each in told_of_rating(citizen)] == [None]


@pytest.mark.parametrize(
    ("more", "path"), [({"reason": "长" * 501}, "reason"), ({"reason": "a\0b"}, "reason"), ({"resaon": "x"}, "resaon")]
)
def test_what_cannot_be_taken_down_is_refused_and_not_dropped(citizen, more, path):
    refused = citizen.rate("unit", "dissatisfied", **more)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, path)
    assert told_of_rating(citizen) == []


def test_nobody_rates_with_another_code(citizen):
    assert citizen.rate("unit", "satisfied", code="2222-2222-2222").status_code == 404
    assert citizen.system.answers.case("1")["ratings"] == []


# the codes


@pytest.fixture
def codes(tmp_path, clock):
    return QueryCodes(tmp_path / "tokens/query-codes", clock)


def test_a_code_is_derived_from_number_and_key_and_kept_nowhere(codes, tmp_path):
    code = codes.of("1")
    assert code == codes.of("1") == QueryCodes(tmp_path / "tokens/query-codes").of("1")
    assert code != codes.of("2")
    assert code != QueryCodes(tmp_path / "other/query-codes").of("1")
    assert set(code) <= {*ALPHABET, "-"}
    assert stat.S_IMODE((tmp_path / "tokens/query-codes").stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "tokens").iterdir()] == ["query-codes"]


def test_the_wait_doubles_up_to_a_minute_and_is_forgiven_after_an_hour(codes, clock):
    waits = []
    for _ in range(FREE + 8):
        codes.right("1", "wrong")
        waits.append(codes.wait("1"))
    assert waits == [0.0] * (FREE - 1) + [1, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]
    clock.now = FORGIVEN
    assert codes.wait("1") == 0.0


def test_the_right_code_is_taken_and_forgives(codes):
    for _ in range(3):
        codes.right("1", "wrong")
    assert codes.right("1", codes.of("1"))
    assert codes.wait("1") == 0.0


# the page


def test_a_petitioner_finds_his_item_on_a_page_and_rates_there(citizen):
    assert 'action="/public/item"' in citizen.client.get("/public").text
    slip = {"no": "1", "code": citizen.code("1")}
    page = citizen.client.post("/public/item", data=slip)
    assert page.status_code == 200
    assert all(each in page.text for each in ("登记", "对责任单位", 'name="score"'))
    assert not any(each in page.text for each in ("王小明", HOUSING[5:], LABOUR[5:], "petition:1"))
    page = citizen.client.post("/public/item", data={**slip, "target": "unit", "score": "dissatisfied"})
    assert (page.status_code, "不满意" in page.text) == (200, True)
    assert [each["score"] for each in citizen.ask().json()["ratings"]] == [None, "dissatisfied"]


def test_he_says_why_on_the_page_too(citizen):
    slip = {"no": "1", "code": citizen.code("1")}
    page = citizen.client.post("/public/item", data=slip)
    assert all(each in page.text for each in ('name="reason"', "不满意时请说明", "请勿写姓名、电话、证件号码"))
    rating = {"target": "unit", "score": "dissatisfied", "reason": "理" * 500}
    assert citizen.client.post("/public/item", data={**slip, **rating, "reason": "理" * 501}).status_code == 400
    assert citizen.client.post("/public/item", data={**slip, **rating}).status_code == 200
    assert [each["reason"] for each in told_of_rating(citizen)] == ["理" * 500]


def test_the_page_tells_a_wrong_code_like_a_number_that_does_not_exist(citizen):
    wrong, nothing = (
        citizen.client.post("/public/item", data={"no": no, "code": "2222-2222-2222"}) for no in ("1", "7")
    )
    assert (wrong.status_code, nothing.status_code) == (404, 404)
    assert wrong.text.replace('value="1"', 'value="7"') == nothing.text


def test_the_code_stands_in_no_link_and_is_kept_nowhere(citizen):
    page = citizen.client.post("/public/item", data={"no": "1", "code": citizen.code("1")})
    assert page.headers["cache-control"] == "no-store"
    assert 'href="/public?lang=en"' in page.text
    assert not any(citizen.code("1") in link for link in re.findall(r'(?:href|action)="([^"]*)"', page.text))


def test_what_is_not_to_be_rated_is_told_beside_the_steps(citizen):
    twice = [
        citizen.client.post(
            "/public/item", data={"no": "1", "code": citizen.code("1"), "target": "unit", "score": "satisfied"}
        )
        for _ in range(2)
    ]
    assert [page.status_code for page in twice] == [200, 409]
    assert "已评价过" in twice[1].text
