"""The log in one PostgreSQL schema: for many processes and many machines."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from psycopg import Cursor

from infra.log.lookups import Lookups, NoRuns
from infra.log.port import (
    Claim,
    Conflict,
    Cut,
    Entry,
    Head,
    NewEntry,
    RawEntry,
    Rejection,
    by_position,
    check_order,
    leaf_of,
    noted,
    whole,
)  # fmt: skip
from infra.log.postgres_claim import claim_server
from infra.log.postgres_store import Store
from infra.log.touches import Matters
from infra.log.urls import PostgresUrl
from infra.parts import parts

ENTRY = "notification_id, originator_id, originator_version, topic, recorded, state"
COPY = "COPY {events} (" + ENTRY + ", key, digest, leaf) FROM STDIN (FORMAT BINARY)"
COPY_TYPES = ("int8", "text", "int8", "text", "int8", "bytea", "bytea", "bytea", "bytea")
REJECT = (
    "INSERT INTO {rejected} VALUES ((SELECT coalesce(max(number), 0) + 1 FROM {rejected}), "
    "%s, %s, %s, %s, %s, %s, %s, %s, 1, %s) ON CONFLICT (key, digest, code) "
    "DO UPDATE SET times = rejected.times + 1, last_recorded = excluded.last_recorded"
)
NOTE = "INSERT INTO {meta} VALUES ('head', %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
MARK = (
    "INSERT INTO {meta} VALUES (%s, %s) ON CONFLICT (name) "
    "DO UPDATE SET value = greatest(meta.value::bigint, excluded.value::bigint)::text"
)
CUT = (
    "SELECT 'position', coalesce(max(notification_id), 0) FROM {events} "
    "UNION ALL SELECT 'refused', coalesce(max(number), 0) FROM {rejected} "
    "UNION ALL SELECT name, value::bigint FROM {meta} WHERE starts_with(name, 'mark ')"
)
"""One statement reads one snapshot."""
NAMES = 10_000
"""Names in one array parameter."""
FOREVER = 2**62
"""An upper position no log reaches: stands for `upto=None`."""


class PostgresLog:
    def __init__(self, place: PostgresUrl, *, create: bool = True) -> None:
        self.store = Store(place, create=create)
        self.recorder = self.store.recorder
        self._text = self.recorder.text
        self._turn: tuple[Cursor[Any], int] | None = None
        """The transaction that holds the lock, and the thread it belongs to."""

    # -- writing

    def append(
        self,
        entries: Sequence[NewEntry],
        rejections: Sequence[Rejection],
        *,
        after: int,
    ) -> Head:
        with self._transaction(commit=True) as cursor:
            if self._turn is None or cursor is not self._turn[0]:
                self.recorder.lock(cursor)
            return self._append(cursor, entries, rejections, after)

    @contextmanager
    def _transaction(self, *, commit: bool = False) -> Iterator[Cursor[Any]]:
        """That of this thread's turn, or else one of its own.

        On another connection a turn would wait for whoever waits for it, and the server could not know.
        """
        turn = self._turn
        if turn is not None and turn[1] == threading.get_ident():
            yield turn[0]
        else:
            with self.store.cursor(commit=commit) as cursor:
                yield cursor

    def _asking(self) -> AbstractContextManager[Cursor[Any]]:
        """For one select: within this thread's turn, or with no transaction at all."""
        turn = self._turn
        return nullcontext(turn[0]) if turn is not None and turn[1] == threading.get_ident() else self.store.asking()

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self.store.cursor(commit=True) as cursor:
            self.recorder.lock(cursor)
            self._turn = (cursor, threading.get_ident())
            try:
                yield
            finally:
                self._turn = None

    def _append(
        self,
        cursor: Cursor[Any],
        entries: Sequence[NewEntry],
        rejections: Sequence[Rejection],
        after: int,
    ) -> Head:
        leaves = [leaf_of(entry.body) for entry in entries]
        head = self._head(cursor)
        if head.position != after:
            raise Conflict(f"the log is at {head.position}, the decision was taken at {after}")
        check_order(entries, head)
        self._check_versions(cursor, entries)
        for rejection in rejections:
            cursor.execute(self._text(REJECT), (*rejection, rejection.recorded))
        if entries:
            self._insert(cursor, entries, leaves, head.position + 1)
            head = Head(head.position + len(entries), entries[-1].recorded)
            note = json.dumps([head.position, leaves[-1].hex()])
            cursor.execute(self._text(NOTE), (note,))
        return head

    def _insert(self, cursor: Cursor[Any], entries: Sequence[NewEntry], leaves: Sequence[bytes], first: int) -> None:
        with cursor.copy(self._text(COPY)) as copy:
            copy.set_types(COPY_TYPES)
            for position, (e, leaf) in enumerate(zip(entries, leaves, strict=True), first):
                copy.write_row((position, e.subject, e.version, e.type, e.recorded, e.body, e.key, e.digest, leaf))
        self._touch(cursor, [(name, position) for position, e in enumerate(entries, first) for name in e.touches])

    def _touch(self, cursor: Cursor[Any], touched: list[tuple[str, int]]) -> None:
        if touched:
            names, positions = zip(*touched, strict=True)
            insert = "INSERT INTO {touches} SELECT * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING"
            cursor.execute(self._text(insert), (list(names), list(positions)))

    def _check_versions(self, cursor: Cursor[Any], entries: Sequence[NewEntry]) -> None:
        last: dict[str, int] = dict.fromkeys((entry.subject for entry in entries), 0)
        query = self._text(
            "SELECT s, (SELECT max(originator_version) FROM {events} WHERE originator_id = s) FROM unnest(%s::text[]) s"
        )
        for part in parts([*last], NAMES):
            last.update((subject, version or 0) for subject, version in cursor.execute(query, (part,)))
        for entry in entries:
            if entry.version != last[entry.subject] + 1:
                raise Conflict(f"{entry.subject} is at version {last[entry.subject]}, not {entry.version - 1}")
            last[entry.subject] = entry.version

    # -- reading

    def head(self) -> Head:
        with self._asking() as cursor:
            return self._head(cursor)

    def _head(self, cursor: Cursor[Any]) -> Head:
        query = "SELECT notification_id, recorded FROM {events} ORDER BY notification_id DESC LIMIT 1"
        row = cursor.execute(self._text(query)).fetchone()
        return Head(*row) if row else Head(0, 0)

    def known(self, keys: Sequence[bytes]) -> dict[bytes, tuple[int, bytes]]:
        found: dict[bytes, tuple[int, bytes]] = {}
        for part in parts(keys, NAMES):
            rows = self._rows("SELECT key, notification_id, digest FROM {events} WHERE key = ANY(%s)", (part,))
            found.update((key, (position, digest)) for key, position, digest in rows)
        return found

    def read(self, after: int, *, upto: int | None = None, limit: int = 10_000) -> list[Entry]:
        where = "notification_id > %s AND notification_id <= %s ORDER BY notification_id LIMIT %s"
        return self._entries(where, (after, _last(upto), limit))

    def get(self, position: int) -> Entry | None:
        return next(iter(self._entries("notification_id = %s", (position,))), None)

    def stream(self, subject: str, *, upto: int | None = None) -> list[Entry]:
        where = "originator_id = %s AND notification_id <= %s ORDER BY originator_version"
        return self._entries(where, (subject, _last(upto)))

    def streams(self, subjects: Sequence[str], *, upto: int | None = None) -> list[Entry]:
        found: list[Entry] = []
        for part in parts(dict.fromkeys(subjects), NAMES):
            found += self._entries("originator_id = ANY(%s) AND notification_id <= %s", (part, _last(upto)))
        return sorted(found)

    def touching(self, name: str, *, upto: int | None = None) -> list[Entry]:
        where = "notification_id IN (SELECT position FROM {touches} WHERE name = %s) AND notification_id <= %s "
        return self._entries(where + "ORDER BY notification_id", (name, _last(upto)))

    def touched(self, after: int, upto: int) -> dict[int, tuple[str, ...]]:
        query = "SELECT position, name FROM {touches} WHERE position > %s AND position <= %s ORDER BY 1, 2"
        return by_position(self._rows(query, (after, upto)))

    def of_kind(self, kind: str, *, upto: int | None = None) -> Iterator[Entry]:
        # ";" follows ":" in ASCII, and the column is collated by bytes. Nothing is open between pages: who reads may
        # ask the log meanwhile, in a turn on the same connection.
        query = "SELECT notification_id FROM {events} WHERE originator_id > %s AND originator_id < %s"
        rows = self._rows(f"{query} AND notification_id <= %s ORDER BY 1", (f"{kind}:", f"{kind};", _last(upto)))
        for part in parts([position for (position,) in rows], NAMES):
            yield from self._entries("notification_id = ANY(%s) ORDER BY notification_id", (part,))

    def at(self, recorded: int) -> int:
        with self._transaction() as cursor:
            low, high = 0, self._head(cursor).position
            query = self._text("SELECT recorded FROM {events} WHERE notification_id = %s")
            while low < high:
                middle = (low + high + 1) // 2
                row = cursor.execute(query, (middle,)).fetchone()
                low, high = (middle, high) if row is not None and row[0] <= recorded else (low, middle - 1)
            return low

    def leaves(self, after: int = 0, limit: int = 100_000) -> list[tuple[int, bytes]]:
        query = "SELECT notification_id, leaf FROM {events} WHERE notification_id > %s ORDER BY 1 LIMIT %s"
        return self._rows(query, (after, limit))

    def rejected(self, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Rejection, int]]:
        rows = self._rows(
            "SELECT number, times, key, digest, code, message, path, subject, recorded, body FROM {rejected} "
            "WHERE number > %s ORDER BY number LIMIT %s",
            (after, limit),
        )
        return [(number, Rejection(*rest), times) for number, times, *rest in rows]

    def refused(self, keys: Sequence[bytes]) -> set[tuple[bytes, bytes]]:
        query = "SELECT key, digest FROM {rejected} WHERE key = ANY(%s)"
        return {row for part in parts(keys, NAMES) for row in self._rows(query, (part,))}

    def raw_entries(self, after: int = 0, limit: int = 10_000) -> list[RawEntry]:
        query = f"SELECT {ENTRY}, key, digest, leaf FROM {{events}} WHERE notification_id > %s ORDER BY 1 LIMIT %s"  # noqa: S608 -- our own column names
        return list(map(RawEntry._make, self._rows(query, (after, limit))))

    def remembered(self) -> tuple[int, bytes] | None:
        rows = self._rows("SELECT value FROM {meta} WHERE name = 'head'", ())
        return noted(rows[0][0]) if rows else None

    def lowest(self) -> int | None:
        found: int | None = self._rows("SELECT min(notification_id) FROM {events}", ())[0][0]
        return found

    def lookups(self, after: int = 0) -> Lookups:
        return Lookups((self, NoRuns()), after)

    def reindex(self) -> int:
        with self._transaction(commit=True) as cursor:
            self.recorder.lock(cursor)
            cursor.execute(self._text("DELETE FROM {touches}"))
            matters, after = Matters(), 0
            while rows := self.raw_entries(after):
                self._touch(cursor, [*matters.of(rows)])
                after = rows[-1].position
            return after

    # -- how far others have got

    def mark(self, name: str) -> int:
        rows = self._rows("SELECT value FROM {meta} WHERE name = %s", (f"mark {name}",))
        return whole(rows[0][0], name) if rows else 0

    def set_mark(self, name: str, position: int) -> None:
        with self._transaction(commit=True) as cursor:
            cursor.execute(self._text(MARK), (f"mark {name}", str(position)))

    def forget_mark(self, name: str) -> None:
        with self._transaction(commit=True) as cursor:
            cursor.execute(self._text("DELETE FROM {meta} WHERE name = %s"), (f"mark {name}",))

    def cut(self) -> Cut:
        found = dict(self._rows(CUT, ()))
        return Cut(found.pop("position"), found.pop("refused"), {name[5:]: at for name, at in found.items()})

    def claim(self, name: str) -> Claim | None:
        return claim_server(self.store.place, name)

    def close(self) -> None:
        self.store.close()

    def _rows(self, query: str, parameters: tuple[Any, ...]) -> list[Any]:
        with self._asking() as cursor:
            return cursor.execute(self._text(query), parameters).fetchall()

    def _entries(self, where: str, parameters: tuple[Any, ...]) -> list[Entry]:
        query = f"SELECT {ENTRY} FROM {{events}} WHERE {where}"  # noqa: S608 -- our own column names
        return list(map(Entry._make, self._rows(query, parameters)))


def _last(upto: int | None) -> int:
    return FOREVER if upto is None else upto
