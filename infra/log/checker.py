"""Is a row what was written, and does it follow the one before it? What must be remembered from one to the next."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from operator import gt
from typing import Annotated, Any, Protocol

import msgspec

from infra.log.lookups import Lookups
from infra.log.merkle import Tree
from infra.log.port import RawEntry, key_of, keys_of, leaf_of
from infra.log.times import micros

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
        self.lookups: Lookups | None = None
        """Compares the look-up index with what was found sound, where there is one."""

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
        if self.lookups is not None:
            self.lookups.join(stretch.lookups)
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
        if self.lookups is not None:
            self.lookups.take(columns)

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
