"""The log in one SQLite file: the embedded default, and what an auditor is handed."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from infra.log import index
from infra.log.claim import claim_file
from infra.log.index import Index, Run
from infra.log.lookups import Lookups
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
from infra.log.sqlite_store import open_store
from infra.log.touches import Matters
from infra.parts import parts

ENTRY = "rowid, originator_id, originator_version, topic, recorded, state"
RAW = f"SELECT {ENTRY}, key, digest, leaf FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608
INSERT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
REJECT = (
    "INSERT INTO rejected (key, digest, code, message, path, subject, recorded, body, times, last_recorded) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?) "
    "ON CONFLICT (key, digest, code) DO UPDATE SET times = times + 1, last_recorded = excluded.last_recorded"
)
MARK = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"
AT_ONCE = 10_000
"""Places of one kind's events that are read together."""
CUT = (
    "SELECT 'position', coalesce(max(rowid), 0) FROM stored_events "
    "UNION ALL SELECT 'refused', coalesce(max(number), 0) FROM rejected "
    "UNION ALL SELECT name, value FROM meta WHERE name LIKE 'mark %'"
)
"""One statement reads one snapshot."""
FOREVER = 2**62
"""An upper position no log reaches: stands for `upto=None`."""


class Appended(NamedTuple):
    """What the index takes in once it is committed: the entries, the head before them, the runs that were written."""

    entries: Sequence[NewEntry]
    before: Head
    runs: list[Run] | None


class Turn(NamedTuple):
    """An open transaction that holds the writer's lock, and what was appended in it."""

    cursor: sqlite3.Cursor
    thread: int
    appended: list[Appended]


class SQLiteLog:
    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.store, self.recorder = open_store(path, create=create)
        self.recorder.stream = self.stream
        self._index = Index()
        self._indexing = threading.RLock()
        self._turn: Turn | None = None

    # -- writing

    def append(
        self,
        entries: Sequence[NewEntry],
        rejections: Sequence[Rejection],
        *,
        after: int,
    ) -> Head:
        if (turn := self._mine()) is not None:
            head, appended = self._append(turn.cursor, entries, rejections, after)
            turn.appended.append(appended)
            return head
        with self.store.cursor(commit=True) as cursor:
            head, appended = self._append(cursor, entries, rejections, after)
        self._committed(appended)
        return head

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self.store.cursor(commit=True) as cursor:
            self._turn = turn = Turn(cursor, threading.get_ident(), [])
            try:
                yield
            finally:
                self._turn = None
        for appended in turn.appended:
            self._committed(appended)

    def _mine(self) -> Turn | None:
        """The open turn, for the thread whose turn it is."""
        turn = self._turn
        return turn if turn is not None and turn.thread == threading.get_ident() else None

    def _writing(self) -> AbstractContextManager[sqlite3.Cursor]:
        """In the transaction of this thread's turn, else in one of its own."""
        turn = self._mine()
        return self.store.cursor(commit=True) if turn is None else nullcontext(turn.cursor)

    def _append(
        self,
        cursor: sqlite3.Cursor,
        entries: Sequence[NewEntry],
        rejections: Sequence[Rejection],
        after: int,
    ) -> tuple[Head, Appended]:
        leaves = [leaf_of(entry.body) for entry in entries]
        before = head = _head(cursor)
        runs = self._caught_up(cursor)
        if head.position != after:
            raise Conflict(f"the log is at {head.position}, the decision was taken at {after}")
        check_order(entries, head)
        self._check_unique(cursor, entries)
        cursor.executemany(INSERT, _rows(head.position + 1, entries, leaves))
        touched = [(name, place) for place, e in enumerate(entries, head.position + 1) for name in e.touches]
        if touched:
            cursor.executemany("INSERT OR IGNORE INTO touches VALUES (?, ?)", sorted(touched))
        if rejections:
            cursor.executemany(REJECT, [(*rejection, rejection.recorded) for rejection in rejections])
        if entries:
            head = Head(head.position + len(entries), entries[-1].recorded)
            note = json.dumps([head.position, leaves[-1].hex()])
            cursor.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (note,))
        return head, Appended(entries, before, runs)

    def _caught_up(self, cursor: sqlite3.Cursor) -> list[Run] | None:
        """See all that is committed; if the tail is long, write it as a run (nothing of this append is in it yet)."""
        with self._indexing:
            self._index.catch_up(cursor)
            return self._index.folding(cursor)

    def _check_unique(self, cursor: sqlite3.Cursor, entries: Sequence[NewEntry]) -> None:
        keys = {entry.key for entry in entries}
        if len(keys) < len(entries) or self._known(cursor, keys):
            raise Conflict("an action of this batch is in the log already")
        last = self._last_versions(cursor, {entry.subject for entry in entries})
        for entry in entries:
            if entry.version != last[entry.subject] + 1:
                raise Conflict(f"{entry.subject} is at version {last[entry.subject]}, not {entry.version - 1}")
            last[entry.subject] = entry.version

    def _last_versions(self, cursor: sqlite3.Cursor, subjects: Iterable[str]) -> dict[str, int]:
        with self._indexing:
            remembered = self._index.versions
            last = {subject: remembered.get(subject, 0) for subject in subjects}
            unsure = {subject for subject, version in last.items() if not version}
            places = list(self._index.folded_candidates(unsure))
        for subject, version in _rows_at(cursor, "originator_id, originator_version", places):
            if subject in unsure:
                last[subject] = max(last[subject], version)
        return last

    def _committed(self, appended: Appended) -> None:
        entries, before, runs = appended
        with self._indexing:
            if runs is not None and runs[-1].last > self._index.folded:
                self._index.install(runs)
            if entries and self._index.upto == before.position:  # else a reader has seen them by now, or will
                subjects, versions, _, _, _, keys, _, _ = zip(*entries, strict=True)
                positions = range(before.position + 1, before.position + 1 + len(entries))
                self._index.note(positions, subjects, versions, keys)

    # -- reading

    def head(self) -> Head:
        with self.store.cursor() as cursor:
            return _head(cursor)

    def known(self, keys: Sequence[bytes]) -> dict[bytes, tuple[int, bytes]]:
        with self._indexed() as cursor:
            found = self._known(cursor, keys)
            with self._indexing:
                self._index.absent = set(keys) - found.keys()
            return found

    def _known(self, cursor: sqlite3.Cursor, keys: Iterable[bytes]) -> dict[bytes, tuple[int, bytes]]:
        wanted = set(keys)
        with self._indexing:
            places = list(self._index.key_candidates(wanted))
        rows = _rows_at(cursor, "key, rowid, digest", places)
        return {key: (position, digest) for key, position, digest in rows if key in wanted}

    def read(self, after: int, *, upto: int | None = None, limit: int = 10_000) -> list[Entry]:
        return self._entries("rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?", (after, _last(upto), limit))

    def get(self, position: int) -> Entry | None:
        return next(iter(self._entries("rowid = ?", (position,))), None)

    def stream(self, subject: str, *, upto: int | None = None) -> list[Entry]:
        return self.streams([subject], upto=upto)

    def streams(self, subjects: Sequence[str], *, upto: int | None = None) -> list[Entry]:
        with self._indexed() as cursor:
            wanted = set(subjects)
            with self._indexing:
                places = list(self._index.subject_candidates(wanted))
            rows = _rows_at(cursor, ENTRY, places, upto)
            return [Entry(*row) for row in rows if row[1] in wanted]

    def touching(self, name: str, *, upto: int | None = None) -> list[Entry]:
        where = "rowid IN (SELECT position FROM touches WHERE name = ? AND position <= ?) ORDER BY rowid"
        return self._entries(where, (name, _last(upto)))

    def touched(self, after: int, upto: int) -> dict[int, tuple[str, ...]]:
        with self.store.cursor() as cursor:
            sql = "SELECT position, name FROM touches WHERE position > ? AND position <= ? ORDER BY position, name"
            return by_position(cursor.execute(sql, (after, upto)))

    def of_kind(self, kind: str, *, upto: int | None = None) -> Iterator[Entry]:
        with self._indexed() as cursor:
            with self._indexing:
                places = list(self._index.kind_candidates(kind))
            first = _rows_at(cursor, "originator_id", places, upto)
            wanted = {subject for (subject,) in first if subject.startswith(kind + ":")}
            with self._indexing:
                places = sorted({*self._index.subject_candidates(wanted)})
        for some in parts(places, AT_ONCE):
            with self.store.cursor() as cursor:
                rows = _rows_at(cursor, ENTRY, some, upto)
            yield from (Entry(*row) for row in rows if row[1] in wanted)

    def at(self, recorded: int) -> int:
        with self.store.cursor() as cursor:
            low, high = 0, _head(cursor).position
            while low < high:
                middle = (low + high + 1) // 2
                row = cursor.execute("SELECT recorded FROM stored_events WHERE rowid = ?", (middle,)).fetchone()
                low, high = (middle, high) if row is not None and row[0] <= recorded else (low, middle - 1)
            return low

    def leaves(self, after: int = 0, limit: int = 100_000) -> list[tuple[int, bytes]]:
        with self.store.cursor() as cursor:
            sql = "SELECT rowid, leaf FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"
            return cursor.execute(sql, (after, limit)).fetchall()

    def rejected(self, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Rejection, int]]:
        with self.store.cursor() as cursor:
            rows = cursor.execute(
                "SELECT number, times, key, digest, code, message, path, subject, recorded, body FROM rejected "
                "WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            )
            return [(number, Rejection(*rest), times) for number, times, *rest in rows]

    def refused(self, keys: Sequence[bytes]) -> set[tuple[bytes, bytes]]:
        with self.store.cursor() as cursor:
            query = "SELECT key, digest FROM rejected WHERE key = ?"
            return {row for key in keys for row in cursor.execute(query, (key,))}

    def raw_entries(self, after: int = 0, limit: int = 10_000) -> list[RawEntry]:
        with self.store.cursor() as cursor:
            return list(map(partial(tuple.__new__, RawEntry), cursor.execute(RAW, (after, limit))))

    def remembered(self) -> tuple[int, bytes] | None:
        with self.store.cursor() as cursor:
            row = cursor.execute("SELECT value FROM meta WHERE name = 'head'").fetchone()
        return None if row is None else noted(row[0])

    def lowest(self) -> int | None:
        with self.store.cursor() as cursor:
            found: int | None = cursor.execute("SELECT min(rowid) FROM stored_events").fetchone()[0]
            return found

    def lookups(self, after: int = 0) -> Lookups:
        return Lookups((self, index.StoredRuns(self.store.cursor)), after)

    def reindex(self) -> int:
        with self.store.cursor(commit=True) as cursor:
            rows, matters = cursor.connection.cursor().execute(RAW, (0, FOREVER)), Matters()
            cursor.execute("DELETE FROM touches")

            def batches() -> Iterator[list[tuple[int, str, int, bytes]]]:
                while batch := list(map(RawEntry._make, rows.fetchmany(index.TAIL))):
                    cursor.executemany("INSERT OR IGNORE INTO touches VALUES (?, ?)", [*matters.of(batch)])
                    yield [(row.position, row.subject, row.version, row.key) for row in batch]

            index.made_again(cursor, batches())
            return _head(cursor).position

    # -- how far others have got

    def mark(self, name: str) -> int:
        with self.store.cursor() as cursor:
            row = cursor.execute("SELECT value FROM meta WHERE name = ?", (f"mark {name}",)).fetchone()
        return whole(row[0], name) if row else 0

    def set_mark(self, name: str, position: int) -> None:
        with self._writing() as cursor:
            cursor.execute(MARK, (f"mark {name}", position))

    def forget_mark(self, name: str) -> None:
        with self._writing() as cursor:
            cursor.execute("DELETE FROM meta WHERE name = ?", (f"mark {name}",))

    def cut(self) -> Cut:
        with self.store.cursor() as cursor:
            found = dict(cursor.execute(CUT))
        return Cut(found.pop("position"), found.pop("refused"), {name[5:]: at for name, at in found.items()})

    def claim(self, name: str) -> Claim | None:
        path = self.store.path
        return claim_file(path.with_name(f"{path.name}.{name}"), path)

    def close(self) -> None:
        self.store.close()

    @contextmanager
    def _indexed(self) -> Iterator[sqlite3.Cursor]:
        """A snapshot of the store, all of which the index has seen."""
        with self.store.cursor() as cursor:
            with self._indexing:
                self._index.catch_up(cursor)
            yield cursor

    def _entries(self, where: str, parameters: tuple[Any, ...]) -> list[Entry]:
        with self.store.cursor() as cursor:
            sql = f"SELECT {ENTRY} FROM stored_events WHERE {where}"  # noqa: S608 -- written in this module
            return list(map(partial(tuple.__new__, Entry), cursor.execute(sql, parameters)))  # `_make`, but quicker


def _rows(first: int, entries: Sequence[NewEntry], leaves: Sequence[bytes]) -> Iterator[tuple[Any, ...]]:
    """Rows of our table, put together column by column, which is twice as fast as entry by entry.

    CPython's sqlite3 takes a bytearray as it is, while every `bytes` goes through a search for adapters (1 µs each).
    """
    if not entries:
        return iter(())
    subjects, versions, types, recorded, bodies, keys, digests, _ = zip(*entries, strict=True)
    blobs = [map(bytearray, column) for column in (bodies, keys, digests, leaves)]
    positions = range(first, first + len(entries))
    return zip(positions, subjects, versions, types, blobs[0], recorded, *blobs[1:], strict=True)


def _head(cursor: sqlite3.Cursor) -> Head:
    row = cursor.execute("SELECT rowid, recorded FROM stored_events ORDER BY rowid DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head(0, 0)


def _rows_at(cursor: sqlite3.Cursor, columns: str, places: list[int], upto: int | None = None) -> list[Any]:
    """Columns of the rows at these positions, in position order, each once."""
    if not places:
        return []
    listed = "rowid IN (SELECT value FROM json_each(?)) AND rowid <= ?"
    sql = f"SELECT {columns} FROM stored_events WHERE {listed} ORDER BY rowid"  # noqa: S608 -- columns of this module
    return cursor.execute(sql, (json.dumps(places), _last(upto))).fetchall()


def _last(upto: int | None) -> int:
    return FOREVER if upto is None else upto
