"""Is the log what was written? Every row is read and compared with its own bytes and with its neighbours.

Finds any changed column, a missing, added or moved row, and a tail cut off behind the back of the last append. A whole
history rewritten consistently is found by what was sealed of it (`infra/seals`), or by an answer of this kind kept
elsewhere: it carries the Merkle root.
"""

from __future__ import annotations

import base64
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from operator import gt
from typing import Annotated, Any, NamedTuple, Protocol

import msgspec

from infra.log.merkle import Tree
from infra.log.port import Head, RawEntry, key_of, keys_of, leaf_of
from infra.log.times import micros

BATCH = 512
"""Rows that stay in the processor's cache while they are compared column by column; a power of two suits the tree."""
Bad = tuple[int, str]
"""The first bad position, and what is wrong there."""
Columns = tuple[tuple[Any, ...], ...]
"""Rows, turned: what stands in each column of `RawEntry`."""
MANY = 100_000
"""Events from which on sorting their keys is worth loading a library that does it in C."""


class Body(msgspec.Struct, gc=False):
    """What an event's bytes say that the columns say too."""

    id: str
    source: str
    subject: str
    type: str
    version: int
    recorded: Annotated[datetime, msgspec.Meta(tz=True)]


class Rows(Protocol):
    """What is verified: a log, or a copy of one."""

    def raw_entries(self, after: int = 0, limit: int = 10_000) -> list[RawEntry]:
        """Rows after a position, as they lie there, unchecked."""
        ...

    def head(self) -> Head: ...

    def remembered(self) -> tuple[int, bytes] | None:
        """Position and leaf of the last event, noted apart."""
        ...


class Seals(Protocol):
    """What was sealed of a log, kept away from it (`infra/seals`)."""

    def next_mark(self, position: int) -> int | None:
        """The size of the next checkpoint after a position."""
        ...

    def changed(self, rows: Sequence[RawEntry]) -> Bad | None:
        """The first of these rows that is not the one that was sealed at its place."""
        ...

    def at_mark(self, size: int, root: bytes) -> Bad | None:
        """What is wrong where the log has come to the size of a checkpoint."""
        ...

    def cut(self, position: int) -> Bad | None:
        """What is wrong where the log ends."""
        ...


def verify(
    log: Rows, *, seals: Seals | None = None, progress: Callable[[int], None] | None = None,
    stretches: Iterable[Checker | None] = (), begin: Callable[[], Checker] | None = None,
    reached: Callable[[Checker], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """`{"ok", "events", "checkpoint": {"size", "root"}, "first_bad": None | {"position", "why"}}`.

    Stops at the first bad event; `events` and `checkpoint` then cover the good ones before it. `progress` is told the
    position reached, every 512 events. With `seals`, a history that was rewritten consistently is found as well.
    `stretches` are parts of the log, from its beginning, that somebody else checked meanwhile (`verify_stretches.py`).
    `begin` gives a checker that goes on from what was found before (`infra/seals/memory.py`); `reached` is shown it
    wherever all was sound.
    """
    begin = begin or Checker
    going = _Going(log, seals, progress, reached)
    checker, bad = going.through(begin(), stretches)
    if bad is not None and seals is not None:
        # The roots tell that something was altered; which event it was the tiles tell, once it is asked.
        checker, bad = going.through(begin(), (), naming=seals)
    return answered(checker, bad)


class _Going(NamedTuple):
    """Once from end to end of a log."""

    log: Rows
    seals: Seals | None
    progress: Callable[[int], None] | None
    reached: Callable[[Checker], None]

    def through(
        self, checker: Checker, stretches: Iterable[Checker | None], naming: Seals | None = None
    ) -> tuple[Checker, Bad | None]:
        """The checker where it ended, and the first bad position; `naming` compares each event with the sealed one."""
        log, seals = self.log, self.seals
        for stretch in stretches:
            if not checker.join(stretch, seals):
                break  # gone through again below, where the first bad row is found
            self._sound_to(checker)
        bad: Bad | None = None
        while bad is None and (rows := log.raw_entries(checker.position, until_mark(checker.position, seals))):
            changed = naming.changed(rows) if naming is not None else None
            good = rows[: changed[0] - rows[0].position] if changed is not None else rows
            bad = (checker.check(good) if good else None) or changed
            if seals is not None:
                bad = bad or seals.at_mark(checker.position, checker.tree.root())
            if bad is None:
                self._sound_to(checker)
        cut = seals.cut(checker.position) if seals is not None and bad is None else None
        return checker, _doubled(log, checker) or bad or cut or _cut(log, checker)

    def _sound_to(self, checker: Checker) -> None:
        self.reached(checker)
        if self.progress is not None:
            self.progress(checker.position)


def answered(checker: Checker, bad: Bad | None) -> dict[str, Any]:
    """What `verify` answers."""
    return {
        "ok": bad is None,
        "events": checker.position,
        "checkpoint": {"size": checker.tree.size, "root": base64.b64encode(checker.tree.root()).decode()},
        "first_bad": None if bad is None else {"position": bad[0], "why": bad[1]},
    }


def until_mark(position: int, seals: Seals | None) -> int:
    """How many rows to read: a batch ends where a checkpoint does."""
    mark = seals.next_mark(position) if seals is not None else None
    return BATCH if mark is None else min(BATCH, mark - position)


def _doubled(log: Rows, checker: Checker) -> Bad | None:
    """The second of two events with one source and id. Looked for at the end: 8 bytes an event, a set takes 90."""
    doubled = checker.doubled()
    if not doubled:
        return None
    seen: set[bytes] = set()
    after = 0
    while rows := log.raw_entries(after, BATCH):
        after = rows[-1].position
        for row in rows:
            if row.key in seen:
                return row.position, "an earlier event has the same source and id"
            if int.from_bytes(row.key[:8], sys.byteorder) in doubled:
                seen.add(row.key)
    return None


def _cut(log: Rows, checker: Checker) -> Bad | None:
    """Compare the end with what the last append noted apart; events appended while we read are no fault."""
    noted = log.remembered()
    if noted is None:
        return (1, "the store has events but no note of its last one") if checker.position else None
    position, leaf = noted
    if position > checker.position and not log.raw_entries(checker.position, 1):
        return checker.position + 1, f"the tail was cut: the last append ended at {position}"
    if position < checker.position and log.head().position == checker.position:
        return position + 1, f"the last append ended at {position}: what follows was not appended by danze"
    if position == checker.position and leaf != checker.last_leaf:
        return position, "the last event is not the one that the last append wrote"
    return None


_decode = msgspec.json.Decoder(Body).decode


class Checker:
    """What must be remembered from one event to the next."""

    def __init__(self, after: int = 0) -> None:
        """Begins behind a position. What was before is not known then: `join` compares."""
        self.position = after
        self.recorded = 0
        self.last_leaf = b""
        self.tree = Tree()
        self.marks: dict[int, Tree] = {}
        """The tree as it stood at the sizes of checkpoints."""
        self.after = after
        self.began = 0
        """When the first event of a stretch was recorded."""
        self.versions: dict[str, int] = {}
        self.firsts: dict[str, int] = {}
        """The first version of each subject in a stretch."""
        self.prefixes = array("Q")

    def join(self, stretch: Checker | None, seals: Seals | None) -> bool:
        """Takes in what another checker found sound behind this one's end; False where the two do not fit."""
        if stretch is None or stretch.after != self.position or stretch.began < self.recorded:
            return False
        before = self.versions
        if any(version != before.get(subject, 0) + 1 for subject, version in stretch.firsts.items()):
            return False
        for size, tree in stretch.marks.items():
            whole = self.tree.copy()
            whole.join(tree)
            if seals is not None and seals.at_mark(size, whole.root()) is not None:
                return False
        self.position, self.recorded, self.last_leaf = stretch.position, stretch.recorded, stretch.last_leaf
        self.tree.join(stretch.tree)
        self.versions.update(stretch.versions)
        self.prefixes.extend(stretch.prefixes)
        return True

    def check(self, rows: Sequence[RawEntry]) -> Bad | None:
        """The first bad row and what is wrong with it; good rows before it are taken into the tree.

        A batch is compared column by column first, where the loops run in C; only one with a fault in it is gone
        through row by row.
        """
        columns = tuple(zip(*rows, strict=True))
        if self._sound(columns):
            self._take(columns)
            return None
        for row in rows:
            why = self._fault(row)
            if why is not None:
                return self.position + 1, why
            self._follow((row.subject,), (row.version,))
            self._take(tuple((cell,) for cell in row))
        return None

    def _sound(self, columns: Columns) -> bool:
        """Whether every row agrees with its own bytes and follows the one before it; `_fault` says the same of one."""
        positions, subjects, versions, types, recorded, stored, keys, digests, leaves = columns
        if positions != tuple(range(self.position + 1, self.position + 1 + len(positions))):
            return False
        try:
            if leaves != tuple([sha256(b"\0" + body).digest() for body in stored]):
                return False
            said = [_decode(body) for body in stored]
            proper = set(map(len, digests)) == {16}
        except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
            return False
        return (
            proper
            and subjects == tuple([body.subject for body in said])
            and types == tuple([body.type for body in said])
            and versions == tuple([body.version for body in said])
            and recorded == tuple([micros(body.recorded) for body in said])
            and recorded[0] >= self.recorded
            and not any(map(gt, recorded, recorded[1:]))
            and keys == tuple(keys_of([f"{body.source}\0{body.id}" for body in said]))
            and self._follow(subjects, versions)
        )

    def _follow(self, subjects: Sequence[str], versions: Sequence[int]) -> bool:
        """Takes in versions that each follow the last one of their subject; all of them or none."""
        held = self.versions
        for number, (subject, version) in enumerate(zip(subjects, versions, strict=True)):
            if version != (held.get(subject) or self._before(subject, version)) + 1:
                self._forget(subjects[:number], versions[:number])
                return False
            held[subject] = version
        return True

    def _before(self, subject: str, version: int) -> int:
        """What version is behind a subject's first: none, or in a stretch whatever fits (`join` compares)."""
        if not self.after:
            return 0
        self.firsts[subject] = version
        return version - 1

    def _forget(self, subjects: Sequence[str], versions: Sequence[int]) -> None:
        for subject, version in zip(reversed(subjects), reversed(versions), strict=True):
            if version == self.firsts.get(subject, 1):
                del self.versions[subject]
                self.firsts.pop(subject, None)
            else:
                self.versions[subject] = version - 1

    def _take(self, columns: Columns) -> None:
        _, _, _, _, recorded, _, keys, _, leaves = columns
        if self.position == self.after:
            self.began = recorded[0]
        self.position += len(leaves)
        self.recorded = recorded[-1]
        self.last_leaf = leaves[-1]
        self.tree.extend(leaves)
        self.prefixes.extend(array("Q", b"".join(keys))[::2])

    def doubled(self) -> set[int]:
        """First halves of keys that occur twice."""
        return _twice(self.prefixes)

    def _fault(self, row: RawEntry) -> str | None:
        position, subject, version, type_, recorded, stored, key, digest, leaf = row
        if position != self.position + 1:
            return f"the event is missing: {position} follows {self.position}"
        if {type(stored), type(digest)} != {bytes} or len(digest) != 16:  # SQLite's columns take anything
            return "the event or the digest of its action is not stored as it should be"
        if leaf_of(stored) != leaf:
            return "the stored leaf is not the hash of the stored bytes"
        try:
            body = _decode(stored)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            return f"the stored bytes are no event ({error})"
        if body.subject != subject or body.type != type_ or body.version != version:
            return "subject, type or version differ between the columns and the stored bytes"
        if micros(body.recorded) != recorded:
            return "the recorded time differs between the column and the stored bytes"
        if recorded < self.recorded:
            return "it is recorded before the event before it"
        if version != (before := self.versions.get(subject) or self._before(subject, version)) + 1:
            return f"version {version} of {subject} follows version {before}"
        if key_of(body.source, body.id) != key:
            return "the key is not that of the event's source and id"
        return None


def _twice(numbers: array[int]) -> set[int]:
    """Those that occur more than once."""
    if len(numbers) < MANY:
        ordered = sorted(numbers)
        return {one for one, following in pairwise(ordered) if one == following}
    import pyarrow as pa
    from pyarrow import compute

    column = pa.Array.from_buffers(pa.uint64(), len(numbers), [None, pa.py_buffer(numbers)]).sort()
    return set(column[1:].filter(compute.equal(column[1:], column[:-1])).to_pylist())
