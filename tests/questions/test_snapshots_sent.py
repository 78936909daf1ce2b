"""Sums and what comes due next, sent to who names them: as they stand, when they are other than what he was told."""

import json
import sqlite3
from contextlib import closing

import msgspec
import pytest
from litestar.testing import TestClient

from api.app import create_app
from domain.reader import OPERATOR, Reader
from infra.webhooks.desk import Desk
from infra.webhooks.letters import SNAPSHOTS
from infra.webhooks.postman import EVERY, LATER, Postman
from infra.webhooks.subscriptions import Wanted
from tests.questions.test_webhooks import FIRST, SECOND, STORY, emptied
from tests.samples import *

BEFORE = """
CREATE TABLE subscriptions (id TEXT PRIMARY KEY, body BLOB NOT NULL, secret TEXT NOT NULL,
    mark INTEGER NOT NULL, last TEXT NOT NULL, failed INTEGER NOT NULL, next REAL NOT NULL, paused TEXT);
CREATE TABLE deliveries (number INTEGER PRIMARY KEY, subscription TEXT NOT NULL, message TEXT NOT NULL,
    at REAL NOT NULL, status INTEGER, error TEXT, milliseconds INTEGER NOT NULL);
"""
ACCUSATION = [
    on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING)),
    on("2020-04-11", cause(HOUSING)),
]


class Sent:
    """What comes into a mailbox, of answers that go on, at moments that the story names."""

    def __init__(self, book, mailbox):
        self._book, self._mailbox = book, mailbox

    def __call__(self, answers, at):
        """(kind, data) of what is sent at a moment, in seconds."""
        before = len(self._mailbox.got)
        emptied(Postman(self._book, answers, now=lambda: float(at)))
        events = [json.loads(body) for _, body in self._mailbox.got[before:]]
        return [(event["type"].removeprefix("danze."), event["data"]) for event in events]


@pytest.fixture
def sent(book, mailbox):
    return Sent(book, mailbox)


def kinds(told):
    return [kind for kind, _ in told]


def test_sums_are_sent_as_on_the_stream_and_again_when_they_are_others(after, book, mailbox, sent):
    made = book.add(Wanted(mailbox.url, OPERATOR, types=SNAPSHOTS), 0)
    answers = after(*CITY_UNITS)
    assert {kind: (data.get("due"), data.get("totals", {}).get("items")) for kind, data in sent(answers, 0)} == {
        "counters": (None, 0), "deadlines": ([], None),
    }  # fmt: skip
    assert sent(answers, EVERY) == []
    first, second = sent(after.going_on(on("2020-04-10", raised())), 2 * EVERY)
    assert (first[0], first[1]["totals"]["items"]) == ("counters", 1)
    assert [each["clock"] for each in second[1]["due"]] == ["K1"]
    assert second[1]["as_of"].startswith("2020-04-10")
    assert [each["status"] for each in book.deliveries(made.id)[0]] == [204] * 4


def test_a_change_waits_until_a_minute_has_passed_and_then_only_the_last_is_told(after, book, mailbox, sent):
    book.add(Wanted(mailbox.url, OPERATOR, types=("counters",)), 0)
    sent(after(*CITY_UNITS), 0)
    assert sent(after.going_on(on("2020-04-10", raised())), 1) == []
    answers = after.going_on(on("2020-04-11", raised(), no="2"))
    assert sent(answers, EVERY - 1) == []
    assert [(kind, data["totals"]["items"]) for kind, data in sent(answers, EVERY)] == [("counters", 2)]


def test_who_names_no_sums_hears_of_findings_alone_and_who_names_only_sums_of_none(after, book, mailbox, sent):
    answers = after(*STORY)
    book.add(Wanted(mailbox.url, OPERATOR), 0)
    assert kinds(sent(answers, 0)) == ["finding.raised"] * 2
    book.add(Wanted(mailbox.url, OPERATOR, types=("deadlines",)), 0)
    assert kinds(sent(answers, 0)) == ["deadlines"]


def test_news_come_first_and_sums_of_a_unit_bear_its_name(after, book, mailbox):
    book.add(Wanted(mailbox.url, OPERATOR, types=("finding.raised", "counters"), unit=HOUSING), 0)
    emptied(Postman(book, after(*STORY)))
    assert mailbox.subjects() == [FIRST, HOUSING]
    headers, body = mailbox.got[1]
    event = json.loads(body)
    assert (event["specversion"], event["source"], event["id"]) == ("1.0", "/danze", headers["webhook-id"])
    assert event["data"]["totals"]["findings"] == 1


def test_an_accusation_moves_no_letter_to_the_accused_organ(after, book, mailbox, sent):
    accused = Wanted(mailbox.url, Reader("clerk", (HOUSING,)), types=SNAPSHOTS, by="sub:1")
    book.add(accused, 0)
    book.add(Wanted(mailbox.url, accused.reader, types=SNAPSHOTS, unit=HOUSING, by="sub:1"), 0)
    assert len(sent(after(*CITY_UNITS), 0)) == 4
    answers = after.going_on(*ACCUSATION)
    assert sent(answers, EVERY) == []
    book.add(Wanted(mailbox.url, Reader("supervisor", (CITY,)), types=SNAPSHOTS, by="sub:2"), 0)
    assert kinds(sent(answers, EVERY)) == ["counters", "deadlines"]
    assert sent(after.going_on(on("2020-04-12", raised(), no="2"), on("2020-04-12", refer(), no="2")), 2 * EVERY)


def test_a_unit_that_one_may_not_ask_for_any_more_pauses_who_wants_its_sums(after, book, mailbox, sent):
    gone = book.add(Wanted(mailbox.url, Reader("clerk", (LABOUR,)), SNAPSHOTS, HOUSING, by="sub:1"), 0)
    assert sent(after(*CITY_UNITS), 0) == []
    assert "outside your jurisdiction" in book.get(gone.id).paused


def test_sums_that_were_not_taken_are_tried_again_as_they_are_then(after, book, mailbox, sent):
    made = book.add(Wanted(mailbox.url, OPERATOR, types=("counters",)), 0)
    mailbox.statuses = [500, 500]
    sent(after(*CITY_UNITS), 0)
    sent(after.going_on(on("2020-04-10", raised())), LATER[0])
    assert book.get(made.id).failed == 2
    ((_, data),) = sent(after.going_on(on("2020-04-11", raised(), no="2")), LATER[0] + LATER[1])
    assert data["totals"]["items"] == 2
    assert book.get(made.id).failed == 0


def test_one_kind_that_is_never_taken_ends_in_a_pause_though_much_happens_meanwhile(
    after, book, mailbox, sent, monkeypatch
):
    monkeypatch.setattr("infra.questions.news.READ", 1)
    made, moment = book.add(Wanted(mailbox.url, OPERATOR, types=SNAPSHOTS), 0), 0
    after(*CITY_UNITS)
    mailbox.statuses = [204] + [500] * 50
    for day, wait in enumerate((*LATER, 0), start=10):
        sent(after.going_on(on(f"2020-04-{day}", raised(), no=str(day))), moment)
        moment += wait
    assert "/deadlines/" in book.get(made.id).paused
    assert book.get(made.id).failed == len(LATER) + 1


def test_the_same_sums_at_one_position_have_one_id_and_of_another_unit_another(after, book, mailbox):
    answers = after(*STORY)
    mailbox.statuses = [500]
    for unit in (HOUSING, LABOUR):
        book.add(Wanted(mailbox.url, OPERATOR, ("deadlines",), unit), 0)
    for moment in (0.0, 5.0):
        emptied(Postman(book, answers, now=lambda moment=moment: moment))
    ids = [headers["webhook-id"] for headers, _ in mailbox.got]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_after_a_backup_was_restored_sums_are_told_anew(after, book, mailbox, sent):
    made, answers = book.add(Wanted(mailbox.url, OPERATOR, types=("counters",)), 0), after(*CITY_UNITS)
    assert kinds(sent(answers, 0)) == ["counters"]
    book.restored(answers.health()["position"])
    book.resume(made.id)
    assert kinds(sent(answers, 1)) == ["counters"]


def test_a_book_of_before_opens_and_its_subscriptions_go_on(after, book, mailbox, sent):
    body = msgspec.json.encode({"url": mailbox.url, "reader": OPERATOR})
    with closing(sqlite3.connect(book.path)) as rows, rows:
        rows.executescript(BEFORE)
        rows.execute("INSERT INTO subscriptions VALUES ('one', ?, 'whsec_AAAA', 0, '', 0, 0, NULL)", (body,))
    emptied(Postman(book, after(*STORY)))
    assert mailbox.subjects() == [FIRST, SECOND]


def test_over_http_and_on_the_command_line_one_names_them(after, book, mailbox, city):
    with TestClient(create_app(after(*STORY), None, version="test", hooks=Desk(book))) as http:
        made = http.post("/v1/webhooks", json={"url": mailbox.url, "types": [*SNAPSHOTS]})
        assert (made.status_code, made.json()["types"]) == (201, [*SNAPSHOTS])
    city.danze("webhook", "add", mailbox.url, "--type", "sums").refused("'sums'", "counters")
