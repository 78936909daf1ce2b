"""News sent to real addresses on this machine: in order, signed, again where nobody answered, to nobody else."""

import base64
import hashlib
import hmac
import json
import sqlite3
from contextlib import closing
from typing import get_args

from litestar.testing import TestClient
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from api.app import create_app
from domain.reader import OPERATOR, Reader
from infra.watching import DELIVERED, IN_VAIN, PostWatch
from infra.webhooks.desk import Desk
from infra.webhooks.hosts import refused
from infra.webhooks.postman import LATER, Postman
from infra.webhooks.subscriptions import Subscriptions, Wanted
from projections.orders import Deliveries
from tests.samples import *
from tests.system.command import Danze

STORY = [
    *CITY_UNITS,
    on("2020-04-10", raised()),
    on("2020-04-10", cause(HOUSING)),
    on("2020-04-11", raised(purpose="accusation", about_unit=LABOUR), no="2"),
    on("2020-04-12", cause(LABOUR), no="2"),
]
FIRST, SECOND = "F21:petition:1:unit:430408-zjj", "F21:petition:2:unit:430408-rsj"


def emptied(postman):
    while postman.round():
        pass


def test_each_finding_is_a_cloud_event_signed_with_the_secret(after, book, mailbox):
    made = book.add(Wanted(mailbox.url, OPERATOR), 0)
    emptied(Postman(book, after(*STORY)))
    assert mailbox.subjects() == [FIRST, SECOND]
    headers, body = mailbox.got[0]
    event = json.loads(body)
    assert (event["specversion"], event["type"], event["id"]) == ("1.0", "danze.finding.raised", headers["webhook-id"])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(made.secret[6:]), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert [each["status"] for each in book.deliveries(made.id)[0]] == [204, 204]


def test_a_letter_bears_what_the_action_gave_along_to_follow_it_by(after, book, mailbox):
    span = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    followed = replace(STORY[-1], correlationid="case-2", traceparent=span)
    book.add(Wanted(mailbox.url, OPERATOR), 0)
    emptied(Postman(book, after(*STORY[:-1], followed)))
    first, second = (json.loads(body) for _, body in mailbox.got)
    assert (second["correlationid"], second["traceparent"]) == ("case-2", span)
    assert "correlationid" not in first


def test_what_was_told_is_not_told_again_by_another_process(after, book, mailbox):
    answers = after(*STORY)
    book.add(Wanted(mailbox.url, OPERATOR), 0)
    emptied(Postman(book, answers))
    emptied(Postman(Subscriptions(book.path), answers))
    assert len(mailbox.got) == 2


def test_who_does_not_answer_is_asked_later_and_later_in_order_and_then_no_more(after, book, mailbox):
    made, clock = book.add(Wanted(mailbox.url, OPERATOR), 0), [0.0]
    postman = Postman(book, after(*STORY), now=lambda: clock[0])
    mailbox.statuses = [500, 302, 204, 500]
    for moment, came in ((0, 1), (4, 1), (5, 2), (34, 2), (35, 4)):
        clock[0] = float(moment)
        emptied(postman)
        assert len(mailbox.got) == came
    assert mailbox.subjects() == [FIRST, FIRST, FIRST, SECOND]
    mailbox.statuses = [500] * 20
    for _ in range(20):
        clock[0] += max(LATER)
        emptied(postman)
    assert len(mailbox.got) == 4 + len(LATER)
    assert "last with 500" in book.get(made.id).paused
    mailbox.statuses = []
    assert book.resume(made.id)
    emptied(postman)
    assert mailbox.subjects()[-1] == SECOND
    assert [each["status"] for each in book.deliveries(made.id, 3)[0]] == [204, 500, 500]
    for sort in get_args(Deliveries):
        whole, found, cursor = book.deliveries(made.id, sort=sort)[0], [], None
        while not found or cursor:
            told, cursor = book.deliveries(made.id, 2, cursor, sort)
            found += told
        assert found == whole
        times = [each["at" if "at" in sort else "milliseconds"] for each in whole]
        assert times == sorted(times, reverse=sort[0] == "-")


def test_an_address_that_is_gone_is_left_alone_at_once(after, book, mailbox):
    made, mailbox.statuses = book.add(Wanted(mailbox.url, OPERATOR), 0), [410]
    emptied(Postman(book, after(*STORY)))
    assert len(mailbox.got) == 1
    assert book.get(made.id).paused


def test_a_subscriber_hears_what_he_may_see_and_asked_for(after, book, mailbox):
    answers = after(*STORY)
    accused, above = Reader("clerk", (LABOUR,)), Reader("supervisor", (CITY,))
    book.add(Wanted(mailbox.url, accused, by="sub:1"), 0)
    book.add(Wanted(mailbox.url, above, types=("finding.cleared",), by="sub:1"), 0)
    book.add(Wanted(mailbox.url, above, unit=LABOUR, by="sub:1"), 0)
    emptied(Postman(book, answers))
    assert mailbox.subjects() == [SECOND]


def test_a_letter_goes_nowhere_but_to_what_the_operator_allows(after, book, mailbox, monkeypatch):
    host = "hooks.example.org"
    for url in ("https://10.0.0.1/", f"http://{host}/", f"https://{host}:8443/", "file:///etc/passwd",
                f"https://{host}@10.0.0.1/", f"https://{host}.evil.test/", f"https://{host}\r\n/"):  # fmt: skip
        assert refused(url), url
    assert refused("https://hooks.example.org/any?path") is None
    made = book.add(Wanted(mailbox.url, OPERATOR), 0)
    monkeypatch.setenv("DANZE_WEBHOOK_HOSTS", "")
    registry = CollectorRegistry()
    emptied(Postman(book, after(*STORY), counted=PostWatch(registry, book.all).counted))
    told = [
        registry.get_sample_value("danze_webhook_letters_total", {"outcome": each}) for each in (DELIVERED, IN_VAIN)
    ]
    assert (mailbox.got, told) == ([], [0, 1])
    assert [registry.get_sample_value(f"danze_webhooks_{each}") for each in ("failing", "paused")] == [1.0, 0.0]
    assert "DANZE_WEBHOOK_HOSTS" in book.deliveries(made.id)[0][0]["error"]


def test_over_http_one_subscribes_looks_and_ends_it(after, book, mailbox):
    app = create_app(after(*STORY), None, version="test", hooks=Desk(book))
    with TestClient(app) as http:
        made = http.post("/v1/webhooks", json={"url": mailbox.url, "unit": "430400-gov"})
        assert (made.status_code, made.json()["mark"]) == (201, http.get("/v1/overview").json()["position"])
        assert made.json()["secret"].startswith("whsec_")
        (one,) = http.get("/v1/webhooks").json()["subscriptions"]
        assert (one["unit"], "secret" in one) == (CITY, False)
        assert http.get(f"/v1/webhooks/{one['id']}/deliveries").json() == {"deliveries": [], "next": None}
        assert http.post(f"/v1/webhooks/{one['id']}/resume").status_code == 200
        assert http.options("/v1/webhooks").headers["allow"] == "GET, OPTIONS, POST"
        for body, status in (
            ({"url": "https://10.0.0.1/"}, 403),
            ({"url": "file:///etc/passwd"}, 400),
            ({"url": ""}, 400),
            ({"url": mailbox.url, "unit": "nope"}, 404),
            ({"url": mailbox.url, "types": ["x"]}, 400),
            ({}, 400),
        ):
            assert http.post("/v1/webhooks", json=body).status_code == status
        assert http.delete(f"/v1/webhooks/{one['id']}").status_code == 200
        assert http.delete(f"/v1/webhooks/{one['id']}").status_code == 404


def test_the_file_with_the_secrets_is_its_owners_alone(book, mailbox):
    book.add(Wanted(mailbox.url, OPERATOR), 0)
    assert book.path.stat().st_mode & 0o077 == 0
    with book.alone() as first, Subscriptions(book.path).alone() as second:
        assert (first, second) == (True, False)


def test_a_later_release_may_have_added_columns(book, mailbox):
    made = book.add(Wanted(mailbox.url, OPERATOR), 3)
    with closing(sqlite3.connect(book.path)) as rows, rows:
        for table in ("subscriptions", "deliveries", "snapshots"):
            rows.execute(f"ALTER TABLE {table} ADD COLUMN later TEXT")
    assert book.all() == [made]
    other = book.add(Wanted(mailbox.url, OPERATOR), 4)
    book.showed(other.id, "counters", "d", 1.0)
    book.tried(other.id, "1/x", 1.0, 200, 5)
    assert book.get(other.id) == other
    assert [each["message"] for each in book.deliveries(other.id)[0]] == ["1/x"]


def test_the_command_line_subscribes_lists_and_ends(city, mailbox):
    allowed = Danze(city.system.url.removeprefix("sqlite:///"), DANZE_WEBHOOK_HOSTS=mailbox.url)

    def danze(*words):
        return allowed("webhook", *words, "--json").json

    made = danze("add", mailbox.url, "--type", "finding.raised")
    assert made["secret"].startswith("whsec_")
    assert danze("list")["subscriptions"][0]["types"] == ["finding.raised"]
    assert danze("deliveries", made["id"]) == {"deliveries": []}
    assert danze("resume", made["id"]) == {"resumed": made["id"]}
    assert danze("remove", made["id"]) == {"removed": made["id"]}
    assert danze("list") == {"subscriptions": []}
    unheard = allowed("webhook", "add", mailbox.url, "--unit", "unit:typo")
    unheard.refused("unit:typo is not on record")
    assert danze("list") == {"subscriptions": []}
    city.danze("webhook", "remove", made["id"]).refused("there is no subscription")
    city.danze("webhook", "add", mailbox.url).refused("DANZE_WEBHOOK_HOSTS")
