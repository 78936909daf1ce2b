"""Where keys and subjects occur in a SQLite log: an index that costs the same at any size.

A B-tree of random keys costs one dirty page per event, written twice (measured: 10 µs an event without any index,
39 µs with two of them after 300,000 events, and rising). So the log's table has no index but its position. What a
look-up needs is kept as sorted runs: arrays of `crc32 of the name << 32 | position`, each covering a stretch of the
log, stored as one blob each and merged by fours. The stretch after the last run is the tail, held in memory and read
again from the table by whoever opens the store. Runs answer with candidates; the caller compares the row itself.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any, NamedTuple
from zlib import crc32

from infra.log.port import StoreError

TAIL = 16_384
"""Events in memory before they become a run: reading them back at opening takes some 20 ms."""
FAN = 4
"""Runs of one level that are merged to one of the next; each event is rewritten once a level."""
TOP = 3
"""Level whose runs (TAIL * FAN**TOP, about a million events) are not merged further: bounds the longest pause."""
BULK = 5_000
"""Look-ups after which a process builds the filter, not counting those of a FEW names at a time: a server would save
nothing, and all who ask would wait while it is built (some 8 s at 12 million events).
"""
FEW = 20
REMEMBERED_VERSIONS = 100_000
"""Subjects whose last version is kept in memory: open items are far fewer, and a miss only costs a look-up."""

POSITION = 0xFFFFFFFF
"""The low half of a posting; a log of four thousand million events is for another century."""

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS runs ("
    "first INTEGER PRIMARY KEY, last INTEGER NOT NULL, level INTEGER NOT NULL, entries BLOB NOT NULL)"
)

SPANS = (
    "SELECT 0, coalesce((SELECT value FROM meta WHERE name = 'index'), 0) "
    "UNION ALL SELECT * FROM (SELECT first, last FROM runs ORDER BY first)"
)
"""How often the runs were made again, and where each begins and ends; as of one moment."""


class Run(NamedTuple):
    """Sorted postings of the positions first..last."""

    first: int
    last: int
    level: int
    entries: array[int]


class StoredRun(NamedTuple):
    """A run as it lies in the store, unchecked."""

    first: int
    last: int
    entries: Any


class RunError(StoreError):
    """What lies in the store is no run of the index; the events are none the worse."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"the look-up index of this store, not the record, is damaged at position {position}: danze verify tells "
            "whether the record is whole, danze replay --index makes the index again"
        )


class Filter:
    """One bit for each hash in the runs: nearly every new key is absent, and this says so without searching them.

    Built by a process once it has made BULK look-ups (0.4 s at a million events), so that a few look-ups need not
    pay for it; 8 MiB for up to 4 million postings, then four times as much.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.shift = 6
        self.held = 0
        postings = sum(len(run.entries) for run in runs)
        while self.shift and 2 * postings > self.room:
            self.shift -= 2
        self.bits = bytearray(1 << (29 - self.shift))
        for run in runs:
            self.add(run.entries)

    @property
    def room(self) -> int:
        """Postings up to which at most one absent name in sixteen is searched for in vain."""
        return 1 << (28 - self.shift)

    def add(self, entries: Sequence[int]) -> None:
        self.held += len(entries)
        bits, shift = self.bits, self.shift + 32
        for value in entries:
            place = value >> shift
            bits[place >> 3] |= 1 << (place & 7)


def kind_of(subject: str) -> str:
    """`unit:` for `unit:430400-xfj`; the colon keeps a kind apart from a subject of the same spelling."""
    return subject[: subject.find(":") + 1]


def postings(
    positions: Sequence[int], subjects: Sequence[str], versions: Sequence[int], keys: Sequence[bytes]
) -> list[int]:
    """What leads to these events, not sorted: their keys, their subjects, and of a subject's first event its kind.

    In runs a kind is found through its subjects' first events: a million petition events cost it no more.
    """
    first = [(s, p) for s, p, v in zip(subjects, positions, versions, strict=True) if v == 1]
    found = [crc32(key) << 32 | p for key, p in zip(keys, positions, strict=True)]
    found += [crc32(s.encode()) << 32 | p for s, p in zip(subjects, positions, strict=True)]
    return found + [crc32(kind_of(s).encode()) << 32 | p for s, p in first]


class Index:
    """The runs and the tail of one log as one process sees them. Not locked: the log that owns it does that."""

    def __init__(self) -> None:
        self.made: tuple[Any, Any] = (0, 0)
        """How often the runs of this store were made again."""
        self._forget()

    def _forget(self) -> None:
        """As at first: runs that somebody made again are not those we have."""
        self.runs: list[Run] = []
        self.upto = 0
        self.keys: dict[bytes, int] = {}
        self.places: list[int] = []
        self.subjects: list[str] = []
        """The subject of each place in the tail."""
        self.by_subject: defaultdict[str, list[int]] = defaultdict(list)
        self.sorted_out = 0
        self.postings: list[int] = []
        """What the tail will be as a run, not yet sorted."""
        self.versions: dict[str, int] = {}
        self.absent: set[bytes] = set()
        """Keys looked for and not found, while all that came since is in the tail: saves a second search."""
        self.filter: Filter | None = None
        self.looked_up = 0

    @property
    def folded(self) -> int:
        return self.runs[-1].last if self.runs else 0

    def catch_up(self, cursor: Any) -> None:
        """See what was committed since, by us or by others."""
        made, *spans = cursor.execute(SPANS).fetchall()
        if made != self.made:
            self._forget()
            self.made = made
        if (whole := tiled(spans)) < len(spans):
            raise RunError(_after(spans[:whole]))
        if spans and spans[-1][1] > self.folded:
            self._load(cursor, spans)
        rows = cursor.execute(
            "SELECT rowid, originator_id, originator_version, key FROM stored_events WHERE rowid > ? ORDER BY rowid",
            (self.upto,),
        )
        while batch := rows.fetchmany(10_000):
            positions, subjects, versions, keys = zip(*batch, strict=True)
            self.note(positions, subjects, versions, keys)

    def _load(self, cursor: Any, spans: Sequence[tuple[int, int]]) -> None:
        have = {(run.first, run.last): run for run in self.runs}
        runs = []
        for first, last in spans:
            run = have.get((first, last))
            if run is None:
                level, blob = cursor.execute("SELECT level, entries FROM runs WHERE first = ?", (first,)).fetchone()
                run = Run(first, last, level, _likely(unpacked(blob, first), first, last))
            runs.append(run)
        self.install(runs)
        if self.folded > self.upto:
            # Others appended and folded what we never read: what we remember of versions may be old.
            self.upto, self.versions = self.folded, {}

    def note(
        self, positions: Sequence[int], subjects: Sequence[str], versions: Sequence[int], keys: Sequence[bytes]
    ) -> None:
        """Take committed events into the tail, column by column: the loops run in C where they can."""
        self.keys.update(zip(keys, positions, strict=True))
        self.versions.update(zip(subjects, versions, strict=True))
        self.places += positions
        self.subjects += subjects
        self.postings += postings(positions, subjects, versions, keys)
        self.upto = positions[-1]

    def key_candidates(self, keys: set[bytes]) -> Iterator[int]:
        """Positions that may hold one of the keys: the caller compares."""
        tail = self.keys
        if not tail.keys().isdisjoint(keys):
            yield from [tail[key] for key in keys & tail.keys()]
        yield from self._in_runs([crc32(key) for key in keys - self.absent])

    def subject_candidates(self, subjects: set[str]) -> Iterator[int]:
        """Positions that may belong to one of the subjects."""
        yield from self.folded_candidates(subjects)
        tail = self._places_of_subjects()
        for subject in subjects & tail.keys():
            yield from tail[subject]

    def _places_of_subjects(self) -> Mapping[str, list[int]]:
        """The tail by subject, brought up to date when it is asked for: bulk appends never ask."""
        for place in range(self.sorted_out, len(self.subjects)):
            self.by_subject[self.subjects[place]].append(self.places[place])
        self.sorted_out = len(self.subjects)
        return self.by_subject

    def folded_candidates(self, subjects: set[str]) -> Iterator[int]:
        """The same outside the tail: enough for a subject that `versions` does not hold, since it holds the tail's."""
        return self._in_runs([crc32(subject.encode()) for subject in subjects])

    def kind_candidates(self, kind: str) -> Iterator[int]:
        """Positions that hold an event of every subject of the kind, and maybe others."""
        prefix = kind + ":"
        yield from self._in_runs([crc32(prefix.encode())])
        yield from [p for p, subject in zip(self.places, self.subjects, strict=True) if subject.startswith(prefix)]

    def _in_runs(self, hashes: list[int]) -> Iterator[int]:
        self.looked_up += len(hashes) if len(hashes) > FEW else 0
        if self.filter is None and self.looked_up > BULK:
            self.filter = Filter(self.runs)
        if self.filter is not None:
            bits, shift = self.filter.bits, self.filter.shift
            hashes = [h for h in hashes if bits[h >> shift + 3] >> (h >> shift & 7) & 1]
        for run in self.runs:
            entries = run.entries
            size = len(entries)
            for hashed in hashes:
                place = bisect_left(entries, hashed << 32)
                while place < size and entries[place] >> 32 == hashed:
                    yield entries[place] & POSITION
                    place += 1

    def folding(self, cursor: Any) -> list[Run] | None:
        """Write the tail as a run and merge full levels, in the caller's transaction; `install` after its commit."""
        if self.upto - self.folded < TAIL:
            return None
        runs = with_run(self.runs, Run(self.folded + 1, self.upto, 0, array("Q", sorted(self.postings))))
        last = runs[-1]
        if last.level:
            cursor.execute("DELETE FROM runs WHERE first >= ?", (last.first,))
        cursor.execute("INSERT INTO runs VALUES (?, ?, ?, ?)", (last.first, last.last, last.level, _pack(last.entries)))
        return runs

    def install(self, runs: list[Run]) -> None:
        """Use these runs; what they cover leaves the tail."""
        before, self.runs, self.absent = self.folded, runs, set()
        folded = self.folded
        self._filter_new(before)
        self.by_subject, self.sorted_out = defaultdict(list), 0
        if folded >= self.upto:
            self.keys, self.places, self.subjects, self.postings = {}, [], [], []
        else:
            self.keys = {key: position for key, position in self.keys.items() if position > folded}
            covered = bisect_right(self.places, folded)
            self.places, self.subjects = self.places[covered:], self.subjects[covered:]
            self.postings = [posting for posting in self.postings if posting & POSITION > folded]
        if len(self.versions) > REMEMBERED_VERSIONS and not self.places:
            self.versions = {}

    def _filter_new(self, before: int) -> None:
        """Let the filter know what has left the tail, and what others wrote as runs before we ever read it."""
        if self.filter is None:
            return
        self.filter.add(self.postings)
        for run in self.runs:
            if run.last > max(before, self.upto):
                self.filter.add([value for value in run.entries if value & POSITION > before])
        if self.filter.held > self.filter.room and self.filter.shift:
            self.filter = Filter(self.runs)


def with_run(runs: Sequence[Run], last: Run) -> list[Run]:
    """The runs and one more, merged by fours."""
    found = [*runs, last]
    while len(found) >= FAN and found[-1].level < TOP and len({run.level for run in found[-FAN:]}) == 1:
        found[-FAN:] = [_merge(found[-FAN:])]
    return found


def made_again(cursor: Any, rows: Iterator[Sequence[tuple[int, str, int, bytes]]]) -> None:
    """All runs anew, in the caller's transaction, from batches of TAIL rows: position, subject, version and key."""
    runs: list[Run] = []
    for batch in rows:
        places = batch[0][0], batch[-1][0]
        if places[1] - places[0] + 1 != len(batch):
            raise StoreError(f"events are missing between {places[0]} and {places[1]}: danze verify names the first")
        if len(batch) == TAIL:
            entries = array("Q", sorted(postings(*zip(*batch, strict=True))))
            runs = with_run(runs, Run(*places, 0, entries))
    cursor.execute("DELETE FROM runs")
    cursor.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", [(*run[:3], _pack(run.entries)) for run in runs])
    cursor.execute("INSERT INTO meta VALUES ('index', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1")


class StoredRuns:
    """The runs as they lie in the store, for who does not believe them."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Any]]) -> None:
        self._transaction = transaction

    def spans(self) -> list[tuple[Any, Any]]:
        with self._transaction() as cursor:
            spans: list[tuple[Any, Any]] = cursor.execute(SPANS).fetchall()
        return spans[1:]

    def covering(self, first: int, last: int) -> tuple[int, list[StoredRun]]:
        whole = "FROM runs WHERE typeof(last) = 'integer'"  # a column of SQLite takes anything
        query = f"SELECT first, last, entries {whole} AND last >= ? AND first <= ? ORDER BY first"
        with self._transaction() as cursor:
            (folded,) = cursor.execute(f"SELECT coalesce(max(last), 0) {whole}").fetchone()
            return folded, list(map(StoredRun._make, cursor.execute(query, (first, last))))


def tiled(spans: Sequence[tuple[Any, Any]]) -> int:
    """How many of the runs follow each other without a gap, from position 1 on."""
    end = 0
    for number, (first, last) in enumerate(spans):
        if type(last) is not int or first != end + 1 or last < first:
            return number
        end = last
    return len(spans)


def _after(spans: Sequence[tuple[int, int]]) -> int:
    return spans[-1][1] + 1 if spans else 1


def _likely(entries: array[int], first: int, last: int) -> array[int]:
    """What a glance can tell: `danze verify` compares them all (`lookups.py`)."""
    events = last - first + 1
    ends = (entries[0] & POSITION, entries[-1] & POSITION) if entries else (0, 0)
    if not 2 * events <= len(entries) <= 3 * events or not all(first <= end <= last for end in ends):
        raise RunError(first)
    return entries


def _merge(runs: Sequence[Run]) -> Run:
    # sorted() recognises ascending stretches and merges them in linear time.
    entries = array("Q", sorted(chain.from_iterable(run.entries for run in runs)))
    return Run(runs[0].first, runs[-1].last, runs[0].level + 1, entries)


def _pack(entries: array[int]) -> bytes:
    """Little-endian whatever the machine: a store file may be carried to another."""
    return _swapped(entries).tobytes()


def unpacked(blob: Any, first: int = 1) -> array[int]:
    """Raises `RunError` for what is none."""
    if type(blob) is not bytes or len(blob) % 8:
        raise RunError(first)
    return _swapped(array("Q", blob))


def _swapped(entries: array[int]) -> array[int]:
    if sys.byteorder == "little":
        return entries
    swapped = array("Q", entries)
    swapped.byteswap()
    return swapped
