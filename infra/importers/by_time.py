"""Puts actions into the order of their times without holding them all in memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

Action = dict[str, Any]

_encode = msgspec.json.Encoder().encode


def by_time(actions: Iterable[Action]) -> Iterator[Action]:
    """The actions by time; those of the same time stay in the order they came. Sorts in a temporary file on disk.

    All times must carry the same offset, so that their text sorts as they do.
    """
    shelf = sqlite3.connect("")
    try:
        shelf.execute("create table action (time text, number integer primary key, body blob)")
        numbered = ((action["time"], number, _encode(action)) for number, action in enumerate(actions))
        shelf.executemany("insert into action values (?, ?, ?)", numbered)
        for (body,) in shelf.execute("select body from action order by time, number"):
            yield msgspec.json.decode(body)
    finally:
        shelf.close()
