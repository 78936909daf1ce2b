"""Subscriptions as they are told: to who made them, and to the operator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.envelope import SHANGHAI
from domain.reader import OPERATOR, NotYours, Reader
from infra.webhooks.hosts import is_address, refused
from infra.webhooks.subscriptions import Subscription, Subscriptions, Wanted
from projections.orders import Deliveries


class Desk:
    """What HTTP and the command line ask of the book of subscriptions."""

    def __init__(self, book: Subscriptions) -> None:
        self._book = book

    def subscribe(
        self, url: str, types: Sequence[str], unit: str | None, reader: Reader, mark: int, until: float | None = None
    ) -> dict[str, Any]:
        """A new one, with its secret.

        Raises `NotYours` where the operator does not allow the address, ValueError where it is none.
        """
        if why := refused(url):
            raise NotYours(why) if is_address(url) else ValueError(why)
        made = self._book.add(Wanted(url, reader.scope, tuple(types), unit, _by(reader), until), mark)
        return {**told(made), "secret": made.secret}

    def subscriptions(self) -> list[dict[str, Any]]:
        return [told(each) for each in self._book.all()]

    def subscription(self, id: str) -> dict[str, Any] | None:
        one = self._book.get(id)
        return told(one) if one is not None else None

    def belongs(self, id: str, reader: Reader) -> bool:
        """Whether it is the reader's: made in his role, for his unit. The operator's is every one."""
        one = self._book.get(id)
        return one is not None and (reader.role == "operator" or one.wanted.reader == reader.scope)

    def deliveries(
        self, id: str, limit: int, cursor: str | None = None, sort: Deliveries = "-at"
    ) -> tuple[list[dict[str, object]], str | None]:
        return self._book.deliveries(id, limit, cursor, sort)

    def resume(self, id: str, reader: Reader, until: float | None = None) -> bool:
        """The operator who resumes what another made vouches for nobody: that one's token stays the one that counts."""
        one = self._book.get(id)
        if one is not None and one.wanted.reader != reader.scope:
            return self._book.resume(id, one.wanted.by, one.wanted.until)
        return self._book.resume(id, _by(reader), until)

    def remove(self, id: str) -> bool:
        return self._book.remove(id)


def _by(reader: Reader) -> str:
    return "" if reader == OPERATOR else reader.name


def told(one: Subscription) -> dict[str, Any]:
    """How a subscription stands, without its secret."""
    after = datetime.fromtimestamp(one.next, SHANGHAI).isoformat(timespec="seconds") if one.next else None
    return {
        "id": one.id, "url": one.wanted.url, "types": list(one.wanted.types), "unit": one.wanted.unit,
        "mark": one.mark, "failed": one.failed, "next": after, "paused": one.paused,
    }  # fmt: skip
