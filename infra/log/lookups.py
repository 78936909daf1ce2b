"""Does the look-up index lead to every event, and to nothing else? Who asks for a subject or a key believes it.

It is compared with the rows that were read: the runs of an SQLite log (`index.py`), and of either store the table of
names that events touch. PostgreSQL's own indexes are its server's affair. A fault in it is none of the record.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

from infra.log.index import POSITION, RunError, StoredRun, kind_of, tiled, unpacked
from infra.log.port import Head
from infra.log.touches import Log as TouchedLog
from infra.log.touches import Touches

if TYPE_CHECKING:
    import pyarrow as pa

Bad = tuple[int, str]
AT_ONCE = 1 << 16
"""Events whose postings are compared together."""
FAR = 1 << 20
"""Positions over which they may lie, where not all are read."""
CURE = "danze replay --index makes it again"


class Runs(Protocol):
    """The runs of a log, each answer as of one moment."""

    def spans(self) -> list[tuple[Any, Any]]:
        """First and last position of each, in order; none where the index is the server's own."""
        ...

    def covering(self, first: int, last: int) -> tuple[int, list[StoredRun]]:
        """How far all runs reach, and those with one of these positions."""
        ...


class NoRuns:
    """Of a log whose server keeps the indexes."""

    def spans(self) -> list[tuple[Any, Any]]:
        return []

    def covering(self, first: int, last: int) -> tuple[int, list[StoredRun]]:  # noqa: ARG002 -- as `Runs` says
        return 0, []


class IndexedLog(TouchedLog, Protocol):
    def head(self) -> Head: ...


class Lookups:
    """What the index should say of the events that were read, compared as they come."""

    def __init__(self, store: tuple[IndexedLog, Runs] | None = None, after: int = 0) -> None:
        """Without a store what is taken is only kept, for another to compare: `join`."""
        self.after = after
        self.first: Bad | None = None
        """The first position at which the runs are at fault."""
        self.touches = Touches()
        self._store = store
        self.positions = array("I")
        self.keys = array("I")
        """The hash of the key at each of the positions."""
        self.subjects = array("I")
        self.kinds = array("Q")
        """Postings of the kinds of subjects that begin there."""
        self._held: tuple[int, list[StoredRun]] = (0, [])

    def take(self, columns: Sequence[tuple[Any, ...]]) -> None:
        """Sound rows, turned: what stands in each column of `RawEntry`."""
        positions, subjects, versions, types, _, bodies, keys, _, _ = columns
        self.touches.take(positions, subjects, types, bodies)
        self.look(positions, subjects, versions, keys)

    def look(
        self, positions: Sequence[int], subjects: Sequence[str], versions: Sequence[int], keys: Sequence[bytes]
    ) -> None:
        """Compares the runs alone, of positions that ascend."""
        self._make_room(positions[-1])
        self.positions.extend(positions)
        self.keys.extend(map(crc32, keys))
        self.subjects.extend(map(crc32, map(str.encode, subjects)))
        if 1 in versions:
            begun = [(s, p) for s, p, v in zip(subjects, positions, versions, strict=True) if v == 1]
            self.kinds.extend([crc32(kind_of(s).encode()) << 32 | p for s, p in begun])

    def join(self, later: Lookups | None) -> None:
        """Takes in what was taken elsewhere, of the positions behind."""
        if later is not None and later.positions:
            self._make_room(later.positions[-1])
            self.touches.join(later.touches)
            self.positions.extend(later.positions)
            self.keys.extend(later.keys)
            self.subjects.extend(later.subjects)
            self.kinds.extend(later.kinds)

    def compared(self) -> Bad | None:
        """The first fault of the runs, when all that was taken is compared."""
        if self.positions:
            self._compare()
        return self.first

    def _make_room(self, last: int) -> None:
        places = self.positions
        if self._store is not None and places and (len(places) >= AT_ONCE or last - places[0] >= FAR):
            self._compare()

    def fault(self, upto: int) -> Bad | None:
        """The first position at which the index is at fault, when all events up to one have been taken."""
        assert self._store is not None
        log, runs = self._store
        self.compared()
        self._note(_misshapen(runs, log))
        position = self.touches.astray(log, self.after, upto) or _beyond(log, upto)
        if position is not None:
            self._note((position, _fault("the names under which the event is also found are not those it touches")))
        return self.first

    def _compare(self) -> None:
        places, keys, subjects, kinds = self.positions, self.keys, self.subjects, self.kinds
        self.positions, self.keys, self.subjects, self.kinds = array("I"), array("I"), array("I"), array("Q")
        folded, runs = self._covering(places[0], places[-1])
        if not runs and folded < places[0]:
            return  # the tail, which whoever opens the store reads from the rows
        try:
            found = _together([_among(unpacked(run.entries), places) for run in runs])
        except RunError:
            self._note((max(runs[0].first, 1), _fault("it is damaged")))
            return
        wanted = _upto(_expected(places, keys, subjects, kinds), folded).sort()
        if not wanted.equals(found):
            here, there = Counter(wanted.to_pylist()), Counter(found.to_pylist())
            position = min(each & POSITION for each in (here - there) + (there - here))
            self._note((position, _fault("it does not lead to the event as it should")))

    def _covering(self, first: int, last: int) -> tuple[int, list[StoredRun]]:
        """Runs that were read before are as good: what is once in one never changes."""
        assert self._store is not None
        _, runs = self._held
        if not (runs and runs[0].first <= first and last <= runs[-1].last):
            self._held = self._store[1].covering(first, last)
        return self._held

    def _note(self, bad: Bad | None) -> None:
        if bad is not None and (self.first is None or bad[0] < self.first[0]):
            self.first = bad


def _fault(what: str) -> str:
    return f"the look-up index is at fault, not the record: {what}; {CURE}"


def _misshapen(runs: Runs, log: IndexedLog) -> Bad | None:
    """The first run that covers what it should not, is in no order, or holds positions that are not its own."""
    spans = runs.spans()
    whole = tiled(spans)
    if whole < len(spans):
        return (spans[whole - 1][1] + 1 if whole else 1), _fault("stretches of it are missing or overlap")
    if spans and spans[-1][1] > (end := log.head().position):
        return end + 1, _fault(f"it says that the log ends at {spans[-1][1]}")
    for first, last in spans:
        for run in runs.covering(first, last)[1]:
            try:
                entries = unpacked(run.entries)
            except RunError:
                return run.first, _fault("it is damaged")
            if not _in_order(entries, run):
                return run.first, _fault(f"its stretch of positions {run.first} to {run.last} is in no order")
    return None


def _in_order(entries: array[int], run: StoredRun) -> bool:
    from pyarrow import compute

    column = _column(entries)
    if len(column) == 0:
        return False
    ascending = compute.all(compute.less_equal(column[:-1], column[1:])).as_py()
    ends = compute.min_max(_places(column)).as_py()
    return ascending is not False and run.first <= ends["min"] and ends["max"] <= run.last


def _beyond(log: IndexedLog, upto: int) -> int | None:
    """The first position behind the log's end of which the table of names tells."""
    named = log.touched(upto, 2**62)
    end = log.head().position
    return next((position for position in sorted(named) if position > end), None)


def _expected(places: array[int], keys: array[int], subjects: array[int], kinds: array[int]) -> pa.UInt64Array:
    """All postings, made of their halves."""
    import pyarrow as pa
    from pyarrow import compute

    at, high = _column(places).cast(pa.uint64()), pa.scalar(32, pa.uint64())
    halves = (compute.shift_left(_column(each).cast(pa.uint64()), high) for each in (keys, subjects))
    return pa.concat_arrays([*(compute.bit_wise_or(each, at) for each in halves), _column(kinds)])


def _among(entries: array[int], places: array[int]) -> pa.UInt64Array:
    """The postings of these positions."""
    import pyarrow as pa
    from pyarrow import compute

    column = _column(entries)
    at = _places(column)
    first, last = (pa.scalar(end, pa.uint64()) for end in (places[0], places[-1]))
    found = column.filter(compute.and_(compute.greater_equal(at, first), compute.less_equal(at, last)))
    if places[-1] - places[0] + 1 > len(places):
        found = found.filter(compute.is_in(_places(found), value_set=_column(places).cast(pa.uint64())))
    return found


def _upto(column: pa.UInt64Array, position: int) -> pa.UInt64Array:
    import pyarrow as pa
    from pyarrow import compute

    return column.filter(compute.less_equal(_places(column), pa.scalar(position, pa.uint64())))


def _together(columns: Sequence[pa.UInt64Array]) -> pa.UInt64Array:
    import pyarrow as pa

    return pa.concat_arrays([*columns, pa.array([], pa.uint64())]).sort()


def _places(column: pa.UInt64Array) -> pa.UInt64Array:
    import pyarrow as pa
    from pyarrow import compute

    return compute.bit_wise_and(column, pa.scalar(POSITION, pa.uint64()))


def _column(numbers: array[int]) -> pa.Array:
    """The numbers where they lie, not copied."""
    import pyarrow as pa

    type_ = pa.uint32() if numbers.itemsize == 4 else pa.uint64()
    return pa.Array.from_buffers(type_, len(numbers), [None, pa.py_buffer(numbers)])
