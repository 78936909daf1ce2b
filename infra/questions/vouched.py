"""Which history is vouched for: every checkpoint that was given out, and whether the log still comes to the newest."""

import base64
from typing import Any

from infra.log.tree_heads import TreeHeads
from infra.questions.book import Book
from infra.seals.checkpoints import checkpoint_of
from infra.seals.notes import SealError
from infra.seals.sealer import Folder

SHOWN = 200
"""Checkpoints told, the newest first."""


def vouched(book: Book, folder: Folder | None, hashed: TreeHeads) -> dict[str, Any]:
    """Leaf hashes as stored come to the root that was signed, or not; `danze verify` reads every byte again.

    `agrees` is None where nothing was sealed, or where the seals themselves cannot be read.
    """
    told: dict[str, Any] = {**book.head(), "checkpoints": [], "total": 0, "keys": [], "agrees": None, "problem": None}
    if folder is None:
        return told
    try:
        seals = list(folder.seals())
        told["keys"] = [str(each) for each in folder.verifiers()]
    except SealError as error:
        return {**told, "problem": str(error)}
    told["total"] = len(seals)
    told["checkpoints"] = [
        {"size": each.checkpoint.size, "at": each.at, "root": base64.b64encode(each.checkpoint.root).decode(),
         "origin": each.checkpoint.origin, "signed_by": [signature.name for signature in each.note.signatures],
         "note": str(each.note)}
        for each in reversed(seals[-SHOWN:])
    ]  # fmt: skip
    newest = folder.newest()
    if newest is not None:
        sealed = checkpoint_of(newest)
        known = hashed.at(sealed.size)
        told["agrees"] = known == {"size": sealed.size, "root": base64.b64encode(sealed.root).decode()}
    return told
