"""Puts what a table says into order without holding it all in memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

Action = dict[str, Any]

_encode = msgspec.json.Encoder().encode


def by_time(actions: Iterable[Action]) -> Iterator[Action]:
    """The actions by time; those of the same time stay in the order they came.

    All times must carry the same offset, so that their text sorts as they do.
    """
    return in_order((action["time"], action) for action in actions)


def in_order(values: Iterable[tuple[str, Any]]) -> Iterator[Any]:
    """What stands beside each key, by key; of the same key as it came. Sorts in a temporary file on disk."""
    shelf = sqlite3.connect("")
    try:
        shelf.execute("create table value (key text, number integer primary key, body blob)")
        numbered = ((key, number, _encode(value)) for number, (key, value) in enumerate(values))
        shelf.executemany("insert into value values (?, ?, ?)", numbered)
        for (body,) in shelf.execute("select body from value order by key, number"):
            yield msgspec.json.decode(body)
    finally:
        shelf.close()
