"""Is the log the one that was sealed? Every leaf is held against the tiles, every root against its checkpoint."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from infra.log.port import RawEntry
from infra.seals.checkpoints import Checkpoint, checkpoint_of
from infra.seals.notes import Note, SealError, Verifier
from infra.seals.proofs import check_inclusion
from infra.seals.sealer import Folder
from infra.seals.tiles import Tiles

Bad = tuple[int, str]
"""The first bad position, and why."""


def _believed(keys: Sequence[Verifier], trusted: Sequence[Verifier]) -> Sequence[Verifier]:
    """The log's keys from one that is trusted on: it handed over to those that follow. Raises `SealError`."""
    if not trusted or not keys:
        return keys or trusted
    first = next((place for place, key in enumerate(keys) if key in trusted), None)
    if first is None:
        raise SealError(f"the keys of the log do not lead to that of {trusted[0].name} that is trusted")
    return keys[first:]


class Sealed:
    """What was sealed of one log: checkpoints by size, and the tiles that say which event was changed.

    `trusted` are keys of the log as the auditor knows them; without any, those that the folder names are believed.
    `kept` are checkpoints that the auditor kept himself.
    """

    def __init__(self, folder: Folder, trusted: Sequence[Verifier] = (), kept: Iterable[Note] = ()) -> None:
        self.problem: str | None = None
        """Why the seals themselves cannot be believed."""
        self._agreed: set[int] = set()
        self._tiles: Tiles | None = folder.tiles
        self._marks: dict[int, Checkpoint] = {}
        self._notes: dict[int, Note] = {}
        self._good = 0
        """Size of the newest checkpoint that the log was found to agree with."""
        try:
            keys = _believed(folder.verifiers(), trusted)
            notes = [*kept, *(seal.note for seal in folder.seals())]
            newest = folder.newest()
            for note in (*notes, *([newest] if newest is not None else [])):
                self._take(note, keys)
        except SealError as error:
            self.problem = str(error)
        self._sizes = sorted(self._marks)

    def _take(self, note: Note, keys: Sequence[Verifier]) -> None:
        checkpoint = checkpoint_of(note)
        if all(key.signed(note) is None for key in keys):
            raise SealError(f"the checkpoint of {checkpoint.size} events is not signed by a key of the log")
        self._notes[checkpoint.size] = note
        before = self._marks.setdefault(checkpoint.size, checkpoint)
        if before != checkpoint:
            raise SealError(f"two checkpoints of {checkpoint.size} events have different roots: the history was forked")

    @property
    def checked(self) -> int:
        """How many checkpoints the log was found to agree with."""
        return len(self._agreed)

    @property
    def largest(self) -> int:
        """How many events were sealed."""
        return self._sizes[-1] if self._sizes else 0

    def note(self, size: int) -> Note:
        """The signed checkpoint of a size that is one."""
        return self._notes[size]

    def next_mark(self, position: int) -> int | None:
        """The size of the next checkpoint after a position."""
        later = bisect_right(self._sizes, position)
        return self._sizes[later] if later < len(self._sizes) else None

    def changed(self, rows: Sequence[RawEntry]) -> Bad | None:
        """The first of these rows, which follow each other, that is not the one that was sealed at its place."""
        first = rows[0].position
        if self._tiles is None or first > self.largest:
            return None
        try:
            sealed = self._tiles.leaves(first - 1, min(len(rows), self.largest - first + 1))
        except (SealError, OSError):
            self._tiles = None  # damaged tiles prove nothing; the checkpoints still do
            return None
        if [row.leaf for row in rows[: len(sealed)]] == sealed:
            return None
        position, leaf = next((row.position, leaf) for row, leaf in zip(rows, sealed, strict=False) if row.leaf != leaf)
        if self._led_to(position, leaf):
            return position, "the event is not the one that was sealed at this place"
        self._tiles = None
        return None

    def _led_to(self, position: int, leaf: bytes) -> bool:
        """Whether the tiles lead from this leaf to a root that was signed: damaged ones accuse nobody."""
        assert self._tiles is not None
        size = self.largest
        try:
            proof = self._tiles.inclusion(position - 1, size)
            check_inclusion(leaf, position - 1, size, self._marks[size].root, proof)
        except (SealError, OSError):
            return False
        return True

    def at_mark(self, size: int, root: bytes) -> Bad | None:
        """What is wrong where the log has come to the size of a checkpoint."""
        mark = self._marks.get(size)
        if mark is None:
            return None
        if mark.root != root:
            return (
                self._good + 1,
                f"the log up to {size} is not the one that the checkpoint of that size was signed for",
            )
        self._good = size
        self._agreed.add(size)
        return None

    def cut(self, position: int) -> Bad | None:
        """What is wrong where the log ends."""
        if self.largest > position:
            return position + 1, f"the tail was cut: {self.largest} events were sealed, the log ends at {position}"
        return None
