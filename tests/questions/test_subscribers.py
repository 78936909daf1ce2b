"""Whom letters still go to: as long as the token counts that asked for them, and whatever others do."""

import socket
import threading
from contextlib import closing
from datetime import timedelta
from time import monotonic, sleep

import pytest
from litestar.testing import TestClient

from api.app import create_app
from cli.wiring import now
from domain.reader import OPERATOR, Reader
from infra.doors.doors import Doors
from infra.doors.tokens import Tokens
from infra.webhooks.desk import Desk
from infra.webhooks.postman import Postman, posted
from infra.webhooks.subscriptions import Wanted
from tests.patience import PATIENCE, until
from tests.questions.test_webhooks import FIRST, SECOND, STORY, emptied
from tests.samples import *
from tests.system.command import Danze


class Unheard:
    """Nobody notes accesses here."""

    def read(self, *_):
        pass

    personal = denied = read


@pytest.fixture
def doors(tmp_path):
    return Doors(Tokens(tmp_path / "tokens"), None, Unheard(), open=False)


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path / "tokens")


@pytest.fixture
def dripping(monkeypatch):
    """An address that takes a letter and answers a byte every tenth of a second, for ever; and when it began to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url, began = f"http://127.0.0.1:{server.getsockname()[1]}/", []

        def drip():
            with closing(server.accept()[0]) as line:
                began.append(monotonic())
                try:
                    while line.send(b"H") is not None:
                        sleep(0.1)
                except OSError:
                    began.append(monotonic())

        threading.Thread(target=drip, daemon=True).start()
        yield url, began


def test_a_letter_is_answered_within_a_time_all_in_all(dripping):
    url, began = dripping
    assert "no answer within 0.5 s" in posted(url, b"{}", {}, patience=0.5)
    until(lambda: began)


def test_one_slow_subscriber_delays_nobody_else(after, book, mailbox, dripping, monkeypatch):
    monkeypatch.setenv("DANZE_WEBHOOK_HOSTS", f"{mailbox.url}, {dripping[0]}")
    slow, fast = book.add(Wanted(dripping[0], OPERATOR), 0), book.add(Wanted(mailbox.url, OPERATOR), 0)
    enough = threading.Event()

    def sent(url, *letter):
        return posted(url, *letter, patience=PATIENCE if url == mailbox.url or not enough.wait(PATIENCE) else 0.5)

    postman = Postman(book, after(*STORY), sent)
    until(lambda: [postman.round()] and len(mailbox.got) == 2)
    assert mailbox.subjects() == [FIRST, SECOND]
    assert book.deliveries(slow.id)[0] == []
    enough.set()
    emptied(postman)
    assert (book.get(slow.id).failed, book.get(fast.id).failed) == (1, 0)


def test_nothing_is_sent_after_the_token_was_revoked_until_another_one_resumes_it(
    after,
    book,
    mailbox,
    doors,
    tokens,
):
    answers = after(*CITY_UNITS)
    token, line = tokens.issue("clerk", [HOUSING], None, days=1, now=now())
    with TestClient(create_app(answers, None, version="t", doors=doors, hooks=Desk(book))) as http:
        by = {"authorization": f"Bearer {token}"}
        made = http.post("/v1/webhooks", json={"url": mailbox.url}, headers=by).json()
        told = after.going_on(*STORY[len(CITY_UNITS) :])
        tokens.revoke(line.id, now())
        postman = Postman(book, told, ended=doors.ended)
        emptied(postman)
        assert mailbox.got == []
        assert book.get(made["id"]).paused == "the token was revoked"
        another, _ = tokens.issue("clerk", [HOUSING], None, days=1, now=now())
        by = {"authorization": f"Bearer {another}"}
        assert http.post(f"/v1/webhooks/{made['id']}/resume", headers=by).json()["paused"] is None
        emptied(postman)
        assert mailbox.subjects() == [FIRST]


def test_a_token_that_expired_hears_nothing_more(after, book, mailbox, doors, tokens):
    _, line = tokens.issue("operator", [], None, days=1, now=now() - timedelta(days=2))
    ours = book.add(Wanted(mailbox.url, OPERATOR, by=f"token:{line.id}"), 0)
    theirs = book.add(Wanted(mailbox.url, Reader("auditor"), by="sub:7f3a", until=now().timestamp() - 1), 0)
    lasting = book.add(Wanted(mailbox.url, Reader("auditor"), by="sub:7f3a", until=now().timestamp() + 600), 0)
    nobodys = book.add(Wanted(mailbox.url, Reader("auditor")), 0)
    emptied(Postman(book, after(*STORY), ended=doors.ended))
    assert [book.get(each.id).paused for each in (ours, theirs)] == ["the token has expired"] * 2
    assert "by whose token" in book.get(nobodys.id).paused
    assert (book.get(lasting.id).paused, len(mailbox.got)) == (None, 2)


def test_what_one_may_not_ask_any_more_pauses_him_and_nobody_else(after, book, mailbox):
    gone = book.add(Wanted(mailbox.url, Reader("clerk", (LABOUR,)), unit=HOUSING, by="sub:1"), 0)
    book.add(Wanted(mailbox.url, OPERATOR), 0)
    emptied(Postman(book, after(*STORY)))
    assert "outside your jurisdiction" in book.get(gone.id).paused
    assert mailbox.subjects() == [FIRST, SECOND]


def test_after_a_backup_was_restored_a_subscriber_goes_on_from_where_the_log_is(after, book, mailbox):
    restored = after(*CITY_UNITS)
    head = restored.health()["position"]
    made = book.add(Wanted(mailbox.url, OPERATOR), head + 1_000)
    assert (restored.news(head + 1_000)["read"], restored.news(head)["read"]) == (head, head)
    emptied(Postman(book, restored))
    assert book.get(made.id).mark == head
    emptied(Postman(book, after.going_on(*STORY[len(CITY_UNITS) :])))
    assert mailbox.subjects() == [FIRST, SECOND]


def test_what_was_read_goes_back_for_nobody_whose_last_events_are_hidden(after):
    """Of a reader who sees no newest event, the position told never lies before the one he asked from."""
    answers = after(*STORY)
    accused = answers.for_(Reader("clerk", (LABOUR,)))
    head = answers.health()["position"]
    assert accused.news(head)["read"] == head
    assert accused.news(0)["read"] <= head


@pytest.mark.parametrize("said", ["hooks.example.org", "https://", "https://a@b", "https://hooks.example.org:port"])
def test_origins_that_are_none_stop_danze_before_it_serves(tmp_path, said):
    danze = Danze(tmp_path / "danze.db", DANZE_WEBHOOK_HOSTS=f"https://fine.example.org, {said}")
    danze("run", "--port", "0").refused("DANZE_WEBHOOK_HOSTS", said)
