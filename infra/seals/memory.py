"""What an auditor keeps of a log that was verified, so that next time only what is new need be checked whole.

A file of the auditor, never of the store: the tree of what was verified, the heads of its blocks of 256 events, the
last version of each subject, half a key of each event. It ends at the newest checkpoint, where there is one, and holds
that too, so that a tree which somebody else wrote into it does not pass.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, Protocol

import msgspec

from infra import durable
from infra.log.checker import Bad, Checker
from infra.log.lookups import Lookups
from infra.log.merkle import BLOCK, BLOCK_LEVEL, HASH, Tree, root_of
from infra.log.port import RawEntry, StoreError
from infra.log.verify import Rows, answered, verify
from infra.seals.audit import Sealed
from infra.seals.checkpoints import checkpoint_of
from infra.seals.notes import Note, parse_note

FIRST_LINE = b"danze verified 1 "
PREFIX = 8
"""Bytes that are kept of each key."""


class Verified(msgspec.Struct, gc=False):
    """A log as far as it was found sound."""

    recorded: int
    last_leaf: bytes
    blocks: bytes
    rest: list[tuple[int, bytes]]
    versions: dict[str, int]
    prefixes: bytes
    checkpoint: str
    """The signed note of this size; empty where it was not sealed."""
    turn: int
    """The block that is next to be read again."""

    @property
    def tree(self) -> Tree:
        return Tree.of(self.blocks, self.rest)

    def checker(self) -> Checker:
        """Goes on where this ends."""
        checker = Checker()
        checker.tree, checker.recorded, checker.last_leaf = self.tree, self.recorded, self.last_leaf
        checker.position, checker.versions = checker.tree.size, dict(self.versions)
        checker.prefixes = array("Q", self.prefixes)
        return checker

    def heads(self) -> list[bytes]:
        """Of each block of 256 events; of the last, shorter one too."""
        whole = [self.blocks[at : at + HASH] for at in range(0, len(self.blocks), HASH)]
        return [*whole, root_of(self.rest)] if self.rest else whole


class Naming(Protocol):
    """Tells which of some rows is not the one that was sealed (`Sealed`)."""

    def changed(self, rows: Sequence[RawEntry]) -> Bad | None: ...


class Memory:
    """The file, what it said, and what it will say when all has been found sound."""

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():
            raise StoreError(f"the folder {path.parent} for what is remembered does not exist")
        self.path = path
        self._try()
        self.before = _read(path) if path.exists() else None
        self._checker = self.begin()
        self.size = self._checker.position
        self.root = self._checker.tree.root()
        self.read_again = 0
        self.digest = ""
        self._end: int | None = None
        self._turn = self.before.turn if self.before is not None else 0
        self._next: Verified | None = None
        self._lookups: Lookups | None = None

    def begin(self) -> Checker:
        """Goes on where the file ends; from the first event, where there is none."""
        self._checker = self.before.checker() if self.before is not None else Checker()
        return self._checker

    def kept(self) -> list[Note]:
        """The checkpoint that the file holds. Raises `StoreError` where the file does not lead to it."""
        if self.before is None or not self.before.checkpoint:
            return []
        note = parse_note(self.before.checkpoint)
        said = checkpoint_of(note)
        if (said.size, said.root) != (self.size, self.root):
            raise StoreError(f"{self.path} does not lead to the checkpoint in it: somebody altered it")
        return [note]

    def against(self, sealed: Sealed) -> None:
        """Holds what is remembered against the seals. Raises `StoreError` where they contradict each other."""
        if self.size and sealed.at_mark(self.size, self.root) is not None:
            raise StoreError(f"{self.path} and the seals differ at {self.size} events; danze verify without --resume")
        self._end = sealed.largest if sealed.largest >= max(self.size, 1) else None
        self.reached(self._checker, sealed)

    def reached(self, checker: Checker, sealed: Sealed) -> None:
        """All before is sound: what is kept next ends at the newest checkpoint."""
        if checker.position == self._end:
            self._next = _kept(checker, str(sealed.note(self._end)))

    def look_again(self, log: Rows, events: int, naming: Naming, random: Random | None = None) -> Bad | None:
        """The first bad of some blocks that were verified before: half of them in turn, half at random."""
        end = log.head().position
        if end < self.size:
            return end + 1, f"the tail was cut: {self.size} events were verified before, the log ends at {end}"
        heads = self.before.heads() if self.before is not None else []
        half = min(len(heads), -(-events // BLOCK // 2))
        in_turn = {(self._turn + number) % len(heads) for number in range(half)}
        chosen = sorted(in_turn | set((random or SystemRandom()).sample(range(len(heads)), half)))
        self._turn = (self._turn + half) % len(heads) if heads else 0
        self.read_again = sum(min(BLOCK, self.size - number * BLOCK) for number in chosen)
        self._lookups = log.lookups()
        return _first_bad(log, ((number, heads[number]) for number in chosen), self.size, naming, self._lookups)

    def led_astray(self) -> Bad | None:
        """The first of the events read again to which the look-up index does not lead."""
        return self._lookups.compared() if self._lookups is not None else None

    def save(self) -> None:
        """Writes what was found sound; whole or not at all."""
        keep = self._next or _kept(self._checker, "")
        keep.turn = self._turn
        data = msgspec.msgpack.encode(keep)
        self.digest = sha256(data).hexdigest()
        durable.put(self.path, FIRST_LINE + self.digest.encode() + b"\n" + data)

    def _try(self) -> None:
        """Whether it can be kept: hours later it would be too late to say so."""
        try:
            with durable.draft(self.path, b""):
                pass
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written: {error.strerror}") from error


def resumed(
    log: Rows, memory: Memory, sealed: Sealed, again: int, progress: Callable[[int], None] | None = None,
    stretches: Iterable[Checker | None] = (),
) -> dict[str, Any]:  # fmt: skip
    """As `verify` answers, with `resumed`: how many events were verified before, and how many of them were read again.

    Some blocks of what was verified before are held against their heads; what is new is checked whole.
    """
    memory.against(sealed)
    bad = memory.look_again(log, again, sealed)
    answer = (
        answered(memory.begin(), bad)
        if bad is not None
        else verify(
            log, seals=sealed, progress=progress, stretches=() if memory.size else stretches, begin=memory.begin,
            reached=lambda checker: memory.reached(checker, sealed),
        )
    )  # fmt: skip
    if answer["ok"] and (astray := memory.led_astray()) is not None:
        answer |= {"ok": False, "first_bad": dict(zip(("position", "why"), astray, strict=True))}
    return answer | {"resumed": {"from": memory.size, "read_again": memory.read_again}}


def _kept(checker: Checker, checkpoint: str) -> Verified:
    tree = checker.tree
    return Verified(
        checker.recorded, checker.last_leaf, bytes(tree.blocks), tree.rest, dict(checker.versions),
        checker.prefixes.tobytes(), checkpoint, 0,
    )  # fmt: skip


def _read(path: Path) -> Verified:
    first, _, data = path.read_bytes().partition(b"\n")
    if not first.startswith(FIRST_LINE):
        raise StoreError(f"{path} was not written by danze verify --resume")
    if first[len(FIRST_LINE) :] != sha256(data).hexdigest().encode():
        raise StoreError(f"{path} is damaged; remove it, and danze verify begins at the first event again")
    try:
        kept = msgspec.msgpack.decode(data, type=Verified)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise StoreError(f"{path} is not what danze verify writes ({error})") from error
    if not _whole(kept):
        raise StoreError(f"{path} is not what danze verify writes: its parts do not fit each other")
    return kept


def _whole(kept: Verified) -> bool:
    """Whether a tree can be made of it, with half a key of each event."""
    levels = [level for level, _ in kept.rest]
    size = len(kept.blocks) // HASH * BLOCK + sum(1 << level for level in levels if 0 <= level < BLOCK_LEVEL)
    return (
        levels == sorted({level for level in levels if 0 <= level < BLOCK_LEVEL}, reverse=True)
        and {len(head) for _, head in kept.rest} <= {HASH}
        and len(kept.blocks) % HASH == 0
        and len(kept.prefixes) == PREFIX * size
        and all(version > 0 for version in kept.versions.values())
        and kept.turn >= 0
    )


def _first_bad(
    log: Rows, blocks: Iterable[tuple[int, bytes]], size: int, naming: Naming, lookups: Lookups | None
) -> Bad | None:
    for number, head in blocks:
        first, last = number * BLOCK, min((number + 1) * BLOCK, size)
        rows, checker = log.raw_entries(first, last - first), Checker(first)
        bad = checker.check(rows) if rows else None
        if bad is None and checker.tree.root() != head:
            bad = naming.changed(rows) or (first + 1, _one_of(first + 1, last))
        if bad is not None:
            return bad
        if lookups is not None:
            positions, subjects, versions, _, _, _, keys, _, _ = zip(*rows, strict=True)
            lookups.look(positions, subjects, versions, keys)
    return None


def _one_of(first: int, last: int) -> str:
    return f"one of the events {first} to {last} is not the one that was verified before"
