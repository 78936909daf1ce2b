"""Where keys and subjects occur in a SQLite log: an index that costs the same at ten thousand events and at ten million.

A B-tree of random keys costs one dirty page per event, written twice (measured: 10 µs an event without any index,
39 µs with two of them after 300,000 events, and rising). So the log's table has no index but its position. What a
look-up needs is kept as sorted runs: arrays of `crc32 of the name << 32 | position`, each covering a stretch of the
log, stored as one blob each and merged by fours. The stretch after the last run is the tail, held in memory and read
again from the table by whoever opens the store. Runs answer with candidates; the caller compares the row itself.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zlib import crc32

TAIL = 16_384
"""Events in memory before they become a run: reading them back at opening takes some 20 ms."""
FAN = 4
"""Runs of one level that are merged to one of the next; each event is rewritten once a level."""
TOP = 3
"""Level whose runs (TAIL * FAN**TOP, about a million events) are not merged further: bounds the longest pause."""
REMEMBERED_VERSIONS = 100_000
"""Subjects whose last version is kept in memory: open items are far fewer, and a miss only costs a look-up."""

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS runs ("
    "first INTEGER PRIMARY KEY, last INTEGER NOT NULL, level INTEGER NOT NULL, entries BLOB NOT NULL)"
)


class Run(NamedTuple):
    """Sorted postings of the positions first..last."""

    first: int
    last: int
    level: int
    entries: array[int]

    def candidates(self, hashed: int) -> list[int]:
        low = bisect_left(self.entries, hashed << 32)
        found = []
        for index in range(low, len(self.entries)):
            value = self.entries[index]
            if value >> 32 != hashed:
                break
            found.append(value & 0xFFFFFFFF)
        return found


def hash_of(name: str) -> int:
    return crc32(name.encode())


def hash_of_key(key: bytes) -> int:
    return int.from_bytes(key[:4], "big")


def kind_of(subject: str) -> str:
    """`unit:` for `unit:430400-xfj`; the colon keeps a kind apart from a subject of the same spelling."""
    return subject[: subject.find(":") + 1]


class Index:
    """The runs and the tail of one log as one process sees them. Not locked: the log that owns it does that."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.upto = 0
        self.keys: dict[bytes, int] = {}
        self.subjects: dict[str, list[int]] = {}
        self.kinds: dict[str, list[int]] = {}
        self.versions: dict[str, int] = {}

    @property
    def folded(self) -> int:
        return self.runs[-1].last if self.runs else 0

    def catch_up(self, cursor: Any) -> None:
        """See what was committed since, by us or by others."""
        spans = cursor.execute("SELECT first, last FROM runs ORDER BY first").fetchall()
        if spans and spans[-1][1] > self.folded:
            self._load(cursor, spans)
        rows = cursor.execute(
            "SELECT rowid, originator_id, originator_version, key FROM stored_events WHERE rowid > ? ORDER BY rowid",
            (self.upto,),
        )
        for position, subject, version, key in rows:
            self.note(position, subject, version, key)

    def _load(self, cursor: Any, spans: Sequence[tuple[int, int]]) -> None:
        have = {(run.first, run.last): run for run in self.runs}
        runs = []
        for first, last in spans:
            run = have.get((first, last))
            if run is None:
                level, blob = cursor.execute("SELECT level, entries FROM runs WHERE first = ?", (first,)).fetchone()
                run = Run(first, last, level, _unpack(blob))
            runs.append(run)
        self.install(runs)
        if self.folded > self.upto:
            # Others appended and folded what we never read: what we remember of versions may be old.
            self.upto, self.versions = self.folded, {}

    def note(self, position: int, subject: str, version: int, key: bytes) -> None:
        """Take one committed event into the tail."""
        self.keys[key] = position
        if subject in self.subjects:
            self.subjects[subject].append(position)
        else:
            self.subjects[subject] = [position]
        if version == 1:
            # A kind is found through the first events of its subjects, so that a million petition events cost no more.
            self.kinds.setdefault(kind_of(subject), []).append(position)
        self.versions[subject] = version
        self.upto = position

    def key_candidates(self, key: bytes) -> list[int]:
        """Positions that may hold the key: the caller compares."""
        if key in self.keys:
            return [self.keys[key]]
        hashed = hash_of_key(key)
        return [position for run in self.runs for position in run.candidates(hashed)]

    def subject_candidates(self, subject: str) -> list[int]:
        """Positions that may belong to the subject, ascending."""
        hashed = hash_of(subject)
        found = [position for run in self.runs for position in run.candidates(hashed)]
        return found + self.subjects.get(subject, [])

    def kind_candidates(self, kind: str) -> list[int]:
        """Positions that may hold the first event of a subject of the kind, ascending."""
        hashed = hash_of(kind + ":")
        found = [position for run in self.runs for position in run.candidates(hashed)]
        return found + self.kinds.get(kind + ":", [])

    def folding(self, cursor: Any) -> list[Run] | None:
        """Write the tail as a run and merge full levels, inside the caller's transaction; `install` after its commit."""
        if self.upto - self.folded < TAIL:
            return None
        runs = [*self.runs, Run(self.folded + 1, self.upto, 0, array("Q", sorted(self._postings())))]
        merged = 1
        while len(runs) >= FAN and runs[-1].level < TOP and len({run.level for run in runs[-FAN:]}) == 1:
            runs[-FAN:] = [_merge(runs[-FAN:])]
            merged += FAN - 1
        if merged > 1:
            cursor.execute("DELETE FROM runs WHERE first >= ?", (runs[-1].first,))
        last = runs[-1]
        cursor.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", (last.first, last.last, last.level, _pack(last.entries)))
        return runs

    def _postings(self) -> Iterable[int]:
        for key, position in self.keys.items():
            yield hash_of_key(key) << 32 | position
        for names in (self.subjects, self.kinds):
            for name, positions in names.items():
                hashed = hash_of(name) << 32
                for position in positions:
                    yield hashed | position

    def install(self, runs: list[Run]) -> None:
        """Use these runs; what they cover leaves the tail."""
        self.runs = runs
        folded = self.folded
        if folded >= self.upto:
            self.keys, self.subjects, self.kinds = {}, {}, {}
        else:
            self.keys = {key: position for key, position in self.keys.items() if position > folded}
            self.subjects = _after(self.subjects, folded)
            self.kinds = _after(self.kinds, folded)
        if len(self.versions) > REMEMBERED_VERSIONS:
            self.versions = {}


def _after(names: dict[str, list[int]], folded: int) -> dict[str, list[int]]:
    kept = {name: [p for p in positions if p > folded] for name, positions in names.items() if positions[-1] > folded}
    return kept


def _merge(runs: Sequence[Run]) -> Run:
    # sorted() recognises ascending stretches and merges them in linear time.
    entries = array("Q", sorted(value for run in runs for value in run.entries))
    return Run(runs[0].first, runs[-1].last, runs[0].level + 1, entries)


def _pack(entries: array[int]) -> bytes:
    """Little-endian whatever the machine: a store file may be carried to another."""
    return _swapped(entries).tobytes()


def _unpack(blob: bytes) -> array[int]:
    return _swapped(array("Q", blob))


def _swapped(entries: array[int]) -> array[int]:
    if sys.byteorder == "little":
        return entries
    swapped = array("Q", entries)
    swapped.byteswap()
    return swapped
