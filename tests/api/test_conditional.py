"""Entity tags and limits of the real application over a small city."""

import asyncio
import threading
from functools import partial

import cramjam
import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.conditional import LARGE, conditional, has
from api.encodings import packed
from api.limits import Limits, address_of, clients, proxies_of
from tests.patience import PATIENCE


def test_who_has_the_answer_already_is_told_so_and_sent_nothing(client):
    first = client.get("/v1/overview")
    again = client.get("/v1/overview", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in again.headers["vary"]


def test_another_answer_has_another_tag_whatever_it_is_packed_in(client):
    plain, packed = (client.get("/v1/overview", headers={"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert plain.headers["etag"] == packed.headers["etag"]
    assert packed.headers["content-encoding"] == "gzip"
    assert client.get("/v1/units").headers["etag"] != plain.headers["etag"]
    assert client.get("/v1/units", headers={"If-None-Match": plain.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "packing"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip, br", "br"), ("gzip;q=1.0, zstd;q=0.5", "gzip"), ("*", "zstd"),
     ("zstd;q=0, *;q=0.1", "br"), ("identity", None), ("", None), ("gzip;q=none", None), ("zstd;q=0", None)],
)  # fmt: skip
def test_it_travels_as_the_client_likes_best(client, accepted, packing):
    body = client.get("/v1/overview", headers={"Accept-Encoding": "identity"}).content
    sent, name = packed(body, accepted)
    assert name == packing
    unpack = {"zstd": cramjam.zstd, "br": cramjam.brotli, "gzip": cramjam.gzip, None: None}[packing]
    assert (bytes(unpack.decompress(sent)) if unpack else sent) == body


@pytest.mark.parametrize("path", ["/", "/petitions", "/petitions?format=csv", "/static/danze.js"])
@pytest.mark.parametrize("packing", ["zstd", "br", "gzip"])
def test_pages_and_what_they_load_travel_so_too(client, path, packing):
    plain, sent = (client.get(path, headers={"Accept-Encoding": how}) for how in ("identity", packing))
    assert (plain.headers.get("content-encoding"), sent.headers["content-encoding"]) == (None, packing)
    assert int(sent.headers["content-length"]) < len(plain.content)
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize("packing", ["zstd", "br", "gzip"])
def test_a_tag_is_of_the_answer_and_not_of_how_it_travels(client, packing):
    plain, sent = (client.get("/v1/overview", headers={"Accept-Encoding": how}) for how in ("identity", packing))
    assert sent.headers["content-encoding"] == packing
    assert int(sent.headers["content-length"]) < len(plain.content)
    asked = {"Accept-Encoding": packing, "If-None-Match": sent.headers["etag"]}
    again = client.get("/v1/overview", headers=asked)
    assert (again.status_code, again.content, again.headers.get("content-encoding")) == (304, b"", None)
    assert plain.headers["etag"] == sent.headers["etag"]
    assert "Accept-Encoding" in sent.headers["vary"]


def test_while_a_large_answer_is_packed_others_are_served(monkeypatch):
    served_another, sent = threading.Event(), []
    waited = served_another.wait
    monkeypatch.setattr("api.conditional.packed", lambda body, _: (b"packed" if waited(PATIENCE) else body, "br"))

    async def answer(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(LARGE)})

    async def send(message):
        sent.append(message)

    async def story():
        scope = {"type": "http", "method": "GET", "path": "/v1/petitions", "headers": []}
        asked = asyncio.create_task(conditional(answer)(scope, None, send))
        await asyncio.sleep(0.1)
        served_another.set()
        await asked

    asyncio.run(story())
    assert sent[1]["body"] == b"packed"


def test_what_is_no_answer_has_no_tag(client):
    assert "etag" not in client.get("/v1/petitions/nowhere").headers
    assert client.get("/v1/petitions/nowhere", headers={"If-None-Match": "*"}).status_code == 404
    assert client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("named", "same"), [('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("", False)]
)
def test_tags_are_compared_weakly(named, same):
    assert has(named, 'W/"a"') is same


def test_a_bucket_fills_again_and_each_client_has_its_own():
    clock = [0.0]
    limits = Limits(2, now=lambda: clock[0])
    assert [limits.wait(b"a") for _ in range(11)] == [0.0] * 10 + [0.5]
    assert limits.wait(b"b") == 0.0
    clock[0] = 0.5
    assert (limits.wait(b"a"), limits.wait(b"a")) == (0.0, 0.5)


def test_who_asks_too_often_is_told_when_to_come_back(questions, intake, monkeypatch):
    monkeypatch.setattr("api.app.Limits", partial(Limits, now=lambda: 0.0))
    with TestClient(create_app(questions, intake, version="test", rate=0.2)) as client:
        statuses = [client.get("/v1/health").status_code for _ in range(2)]
        told = client.get("/v1/health")
        assert statuses == [200, 429]
        assert (told.json()["code"], told.headers["content-type"]) == ("too-many-requests", "application/problem+json")
        assert told.headers["retry-after"] == "5"
        assert client.get("/v1/health", headers={"Authorization": "Bearer another"}).status_code == 200


def test_behind_a_proxy_that_is_trusted_each_client_has_his_own_address():
    proxies = proxies_of("127.0.0.1, 10.1.0.0/16")

    def address(peer, *said, proxies=proxies):
        return address_of({"client": (peer, 1), "headers": [(b"x-forwarded-for", each) for each in said]}, proxies)

    assert address("127.0.0.1", b"203.0.113.9") == "203.0.113.9"
    assert address("127.0.0.1", b"8.8.8.8, 203.0.113.9", b"10.1.2.3") == "203.0.113.9"  # the first one is made up
    assert address("203.0.113.9", b"8.8.8.8") == "203.0.113.9"  # no proxy: what it says of itself counts for nothing
    assert address("127.0.0.1", b"8.8.8.8", proxies=()) == "127.0.0.1"
    assert address("127.0.0.1") == "127.0.0.1"
    assert address("127.0.0.1", b"unknown") == "unknown"
    with pytest.raises(ValueError, match="proxy"):
        proxies_of("proxy.example")


def test_made_up_tokens_do_not_get_around_the_limit_of_an_address():
    limits = Limits(1, now=lambda: 0.0)
    asked = [{"client": ("10.0.0.1", 1), "headers": [(b"authorization", b"Bearer %d" % n)]} for n in range(51)]
    waits = [max(limits.wait(*each) for each in clients(scope)) for scope in asked]
    assert waits == [0.0] * 50 + [0.1]
