"""What happens, told as it happens: server-sent events, from the log.

The log itself is the queue. A client is told what comes after the position that it has; who reads slowly or was away
lies further back and loses nothing, and costs no memory here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from threading import Event
from time import monotonic
from typing import Any

import orjson

from api.ports import Answer, Questions

LOOK = 0.5
"""Seconds between two looks at the log."""
COUNT = 2.0
"""Seconds between two messages about sums, at least."""
HEARTBEAT = 15.0
"""Seconds of silence after which a comment tells that the line still stands; proxies cut what is silent."""
RETRY = 2_000
"""Milliseconds after which a browser comes back."""


def message(kind: str, data: Any, at: int) -> bytes:
    """One server-sent event; `at` is the position up to which everything has been told with it."""
    return b"event: %s\nid: %d\ndata: %s\n\n" % (kind.encode(), at, orjson.dumps(data))


def changes(news: Answer) -> list[bytes]:
    """Of several changes by one event only the last says that the event was told: who is cut off in between hears
    all of them again.
    """
    found = news["changes"]
    last = {change["position"]: number for number, change in enumerate(found)}
    return [
        message(change["type"], change, change["position"] - (number < last[change["position"]]))
        for number, change in enumerate(found)
    ]


async def told(
    questions: Questions, after: int | None, unit: str | None, until: float, stop: Event
) -> AsyncIterator[bytes]:  # fmt: skip
    """Messages from a position on, from now on where there is none; until a moment of the loop's clock, or `stop`.

    However busy the machine is, the log is looked at once.
    """
    yield b"retry: %d\n\n" % RETRY
    said, counted, heard, over = dict[str, Any](), -COUNT, monotonic(), False
    while not (over or stop.is_set()):
        news = await asyncio.to_thread(questions.news, after, unit)
        after, messages = news["read"], changes(news)
        if not news["more"] and monotonic() - counted >= COUNT:
            counted = monotonic()
            sums = await asyncio.to_thread(questions.sums, unit) or {}
            for kind, data in sums.get("snapshots", {}).items():
                if said.get(kind) != data:
                    said[kind] = data
                    messages.append(message(kind, {"as_of": sums["as_of"], **data}, after))
        for each in messages:
            yield each
            heard = monotonic()
        if monotonic() - heard >= HEARTBEAT:
            heard = monotonic()
            yield b": still here\n\n"
        if not news["more"]:
            await asyncio.sleep(LOOK)
        over = monotonic() >= until
