"""Checkpoints (C2SP tlog-checkpoint): at this size the log of this origin has this Merkle root."""

from __future__ import annotations

import base64
from typing import NamedTuple

from domain.digits import digits
from infra.seals.notes import Note, SealError, decoded

HASH_BYTES = 32
MOST_LEAVES = 2**63 - 1


class Checkpoint(NamedTuple):
    """Size and root of a log, which is named by its origin."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def checkpoint_of(note: Note) -> Checkpoint:
    """What a note says; lines below the third are extensions and say nothing here. Raises `SealError`."""
    origin, size, root, *_ = *note.text.split("\n", 3), "", "", ""
    number = digits(size, MOST_LEAVES)
    if origin and number is not None and str(number) == size and root:
        hashed = decoded(root)
        if len(hashed) == HASH_BYTES:
            return Checkpoint(origin, number, hashed)
    raise SealError("the note is no checkpoint: origin, size and root hash, each on a line")
