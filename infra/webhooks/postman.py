"""Carries news to subscribers: each letter a CloudEvent, signed as Standard Webhooks say, in order and at least once.

An address that does not answer holds up its own letters only; they are tried again, later and later, for three days.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ssl
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from domain.reader import Reader
from infra.webhooks.book import Book, Subscription
from infra.webhooks.hosts import SCHEMES, refused

LATER = (5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400)
"""Seconds after each attempt in vain; after the last one the subscription is paused."""
PATIENCE = 10
"""Seconds for an answer."""
GONE = 410
"""The address wants nothing more."""
SOURCE = "/danze"


class Tells(Protocol):
    """Who has the news (`infra.questions.Answers`)."""

    def for_(self, reader: Reader) -> Tells: ...
    def news(self, after: int | None = None, unit: str | None = None) -> dict[str, Any]: ...


Post = Callable[[str, bytes, dict[str, str]], int | str]
"""Sends a letter to an address: the status of the answer, or what went wrong."""


def signed(secret: str, id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of a letter: an HMAC-SHA256 over its id, its time and its bytes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, b"%s.%d.%s" % (id.encode(), at, body), hashlib.sha256)
    return {
        "content-type": "application/cloudevents+json", "user-agent": "danze",
        "webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }  # fmt: skip


def letter(change: dict[str, Any], as_of: str) -> tuple[str, bytes]:
    """(id, bytes) of a change of a finding as a CloudEvent. The same change has the same id whenever it is sent."""
    finding = change["finding"]["id"]
    id = f"{change['position']}/{change['type']}/{finding}"
    event = {
        "specversion": "1.0", "id": id, "source": SOURCE, "type": f"danze.{change['type']}", "subject": finding,
        "time": as_of, "datacontenttype": "application/json", "data": change,
    }  # fmt: skip
    return id, orjson.dumps(event)


def posted(url: str, body: bytes, headers: dict[str, str]) -> int | str:
    """Follows no redirect, for it may lead where nobody allowed, and reads no more of the answer than its status."""
    parts = urlsplit(url)
    assert parts.hostname is not None, "an address without a host is refused"
    where = parts.hostname, parts.port or SCHEMES[parts.scheme]
    connection = (
        http.client.HTTPSConnection(*where, timeout=PATIENCE, context=ssl.create_default_context())
        if parts.scheme == "https" else http.client.HTTPConnection(*where, timeout=PATIENCE)
    )  # fmt: skip
    try:
        connection.request("POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()


class Postman:
    """Tells each subscriber what came after his mark."""

    def __init__(
        self, book: Book, answers: Tells, post: Post = posted, now: Callable[[], float] = time.time
    ) -> None:  # fmt: skip
        self._book, self._answers, self._post, self._now = book, answers, post, now

    def round(self) -> bool:
        """Whether anything was sent, so that there may be more at once."""
        due = [each for each in self._book.all() if each.paused is None and each.next <= self._now()]
        return any([self._heard(each) for each in due])  # noqa: C419 -- each gets his turn

    def _heard(self, one: Subscription) -> bool:
        """What one subscriber is in the way of stops nobody else's letters: who may not hear any more is paused."""
        try:
            return self._to(one)
        except PermissionError as error:
            self._book.failed(one.id, self._now(), str(error))
            return False

    def _to(self, one: Subscription) -> bool:
        news = self._answers.for_(one.wanted.reader).news(one.mark, one.wanted.unit)
        letters = [
            letter(change, news["as_of"]) for change in news["changes"]
            if not one.wanted.types or change["type"] in one.wanted.types
        ]  # fmt: skip
        ids = [id for id, _ in letters]
        failed = one.failed
        for id, body in letters[ids.index(one.last) + 1 if one.last in ids else 0 :]:
            if not self._sent(one, id, body, failed):
                return False
            self._book.told(one.id, one.mark, id)
            failed = 0
        if news["read"] > one.mark:
            self._book.told(one.id, news["read"])
        return bool(letters) or bool(news["more"])

    def _sent(self, one: Subscription, id: str, body: bytes, failed: int) -> bool:
        began = self._now()
        headers = signed(one.secret, id, int(began), body)
        outcome = refused(one.wanted.url) or self._post(one.wanted.url, body, headers)
        self._book.tried(one.id, id, began, outcome, round((self._now() - began) * 1000))
        if isinstance(outcome, int) and 200 <= outcome < 300:
            return True
        last = failed >= len(LATER) or outcome == GONE
        why = f"{id} was refused {failed + 1} times, last with {outcome}" if last else None
        self._book.failed(one.id, began + (0 if last else LATER[failed]), why)
        return False
