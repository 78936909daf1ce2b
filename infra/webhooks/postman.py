"""Carries news to subscribers: each letter a CloudEvent, signed as Standard Webhooks say, in order and at least once.

An address that does not answer holds up its own letters only; they are tried again, later and later, for three days.
Nothing is sent any more once the token that subscribed counts no more.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from math import inf
from queue import Empty, SimpleQueue
from typing import Any, Protocol
from urllib.parse import urlsplit

from domain.reader import NotYours, Reader
from infra.in_time import cut
from infra.webhooks.hosts import SCHEMES, refused
from infra.webhooks.letters import SNAPSHOTS, letter, signed, snapshot
from infra.webhooks.subscriptions import Subscription, Subscriptions, Wanted

LATER = (5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400)
"""Seconds after each attempt in vain; after the last one the subscription is paused."""
PATIENCE = 10
"""Seconds for an answer, all in all: an address that sends a byte now and then is no better than a silent one."""
ABREAST, TURN = 64, 0.5
"""Subscribers who are told at once; seconds after which a round goes on while some of them still are."""
GONE = 410
"""The address wants nothing more."""
EVERY = 60
"""Seconds between two letters of a kind of snapshot, at least."""


class Tells(Protocol):
    """Who has the news (`infra.questions.Answers`)."""

    def for_(self, reader: Reader) -> Tells: ...
    def news(self, after: int | None = None, unit: str | None = None) -> dict[str, Any]: ...
    def sums(self, unit: str | None = None) -> dict[str, Any] | None: ...


Post = Callable[[str, bytes, dict[str, str]], int | str]
"""Sends a letter to an address: the status of the answer, or what went wrong."""


def posted(url: str, body: bytes, headers: dict[str, str], patience: float = PATIENCE) -> int | str:
    """Follows no redirect, for it may lead where nobody allowed, and reads no more of the answer than its status."""
    parts = urlsplit(url)
    assert parts.hostname is not None, "an address without a host is refused"
    where = parts.hostname, parts.port or SCHEMES[parts.scheme]
    connection = (
        http.client.HTTPSConnection(*where, timeout=patience, context=ssl.create_default_context())
        if parts.scheme == "https" else http.client.HTTPConnection(*where, timeout=patience)
    )  # fmt: skip
    with closing(connection), cut(patience, lambda: connection.sock) as over:
        try:
            connection.request("POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            late = f"TimeoutError: no answer within {patience:g} s"
            return late if over.is_set() or isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"


Letter = tuple[str, bytes, Callable[[], None]]
"""Its id, its bytes, and what notes that it was taken."""
Counted = Callable[[int | str], object]
"""Is told what became of each letter: the status it was answered with, or what went wrong."""
Ended = Callable[[str, float | None], str | None]
"""Why a token counts no more, by its name and its end (`infra.doors.Doors.ended`)."""


def never(by: str, until: float | None) -> None:
    """Where nobody is asked for a token, none ends."""


class Postman:
    """Tells each subscriber what came after his mark, each beside the others."""

    def __init__(
        self, book: Subscriptions, answers: Tells, post: Post = posted, now: Callable[[], float] = time.time,
        ended: Ended = never, counted: Counted = lambda _: None,
    ) -> None:  # fmt: skip
        self._book, self._answers, self._post, self._now, self._ended = book, answers, post, now, ended
        self._counted = counted
        self._out: set[str] = set()
        """Subscribers who are being told."""
        self._back: SimpleQueue[tuple[str, bool, Exception | None]] = SimpleQueue()
        """Of whom that ended, whether anything was sent to him, and what was in the way."""

    def round(self) -> bool:
        """Whether anything was sent or is under way, so that there may be more at once. What was in the way of one is
        raised when all others have had their turn; he is told again the next time.
        """
        for one in self._book.all():
            if one.paused is None and one.next <= self._now() and one.id not in self._out and len(self._out) < ABREAST:
                self._out.add(one.id)
                threading.Thread(target=self._tell, args=(one,), daemon=True).start()
        sent, until, wrong = False, time.monotonic() + TURN, list[Exception]()
        while self._out and (left := until - time.monotonic()) > 0:
            with suppress(Empty):
                id, something, why = self._back.get(timeout=left)
                self._out.discard(id)
                sent |= something
                wrong += [why] if why is not None else []
        if wrong:
            raise wrong[0]
        return sent or bool(self._out)

    def _tell(self, one: Subscription) -> None:
        something, why = False, None
        try:
            something = self._heard(one)
        except Exception as error:  # noqa: BLE001 -- `round` raises it
            why = error
        self._back.put((one.id, something, why))

    def _heard(self, one: Subscription) -> bool:
        """What one subscriber is in the way of stops nobody else's letters: who may not hear any more is paused."""
        why = self._lapsed(one.wanted)
        if why is None:
            try:
                return self._to(one)
            except NotYours as error:
                why = str(error)
        self._book.failed(one.id, self._now(), why)
        return False

    def _lapsed(self, wanted: Wanted) -> str | None:
        if not wanted.by and wanted.reader.role != "operator":
            return "it does not say by whose token it was made: resume it with one"
        return self._ended(wanted.by, wanted.until)

    def _to(self, one: Subscription) -> bool:
        """News first, then sums. A snapshot that was not taken is not kept: what is true then is sent instead."""
        answers = self._answers.for_(one.wanted.reader)
        news = answers.news(one.mark, one.wanted.unit)
        letters = self._changes(one, news)
        if not news["more"]:
            letters += self._snapshots(one, answers)
        failed = one.failed
        for id, body, taken in letters:
            if self._lapsed(one.wanted) is not None or not self._sent(one, id, body, failed):
                return False
            taken()
            failed = 0
        if news["more"]:
            self._book.read(one.id, news["read"])
        elif news["read"] != one.mark or failed:  # before it where a backup was restored: the log has not come so far
            self._book.told(one.id, news["read"])
        return bool(letters) or bool(news["more"])

    def _changes(self, one: Subscription, news: dict[str, Any]) -> list[Letter]:
        """What he wants of the news, after what he was told of them."""
        wanted = [
            letter(change, news["as_of"]) for change in news["changes"]
            if not one.wanted.types or change["type"] in one.wanted.types
        ]  # fmt: skip
        ids = [id for id, _ in wanted]
        rest = wanted[ids.index(one.last) + 1 if one.last in ids else 0 :]
        return [(id, body, partial(self._book.told, one.id, one.mark, id)) for id, body in rest]

    def _snapshots(self, one: Subscription, answers: Tells) -> list[Letter]:
        """Sums that he wants and that are other than what he was told last; what was told longest ago comes first."""
        wanted, now = [kind for kind in SNAPSHOTS if kind in one.wanted.types], self._now()
        shown = self._book.shown(one.id) if wanted else {}
        heard = {kind: shown.get(kind, ("", -inf)) for kind in wanted}
        due = [kind for kind in wanted if not 0 <= now - heard[kind][1] < EVERY]  # before it where a clock was set back
        sums = answers.sums(one.wanted.unit) if due else None
        letters = list[Letter]()
        if sums is None:
            return letters
        for kind in sorted(due, key=lambda kind: heard[kind][1]):
            id, body, digest = snapshot(kind, sums, one.wanted.unit)
            if digest == heard[kind][0]:
                self._book.looked(one.id, kind, now)
            else:
                letters.append((id, body, partial(self._book.showed, one.id, kind, digest, now)))
        return letters

    def _sent(self, one: Subscription, id: str, body: bytes, failed: int) -> bool:
        began = self._now()
        headers = signed(one.secret, id, int(began), body)
        outcome = refused(one.wanted.url) or self._post(one.wanted.url, body, headers)
        self._counted(outcome)
        self._book.tried(one.id, id, began, outcome, round((self._now() - began) * 1000))
        if isinstance(outcome, int) and 200 <= outcome < 300:
            return True
        last = failed >= len(LATER) or outcome == GONE
        why = f"{id} was refused {failed + 1} times, last with {outcome}" if last else None
        self._book.failed(one.id, began + (0 if last else LATER[failed]), why)
        return False
